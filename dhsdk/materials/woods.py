"""Wood: growth rings cut lengthwise (+u is along the grain), with what tells one tree from another."""

from __future__ import annotations

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import cells, fractal, grid, ramp, smooth, waves


def wood(rng: Rng, size: int, kind: Variety) -> Layers:
    if kind.structure == "culm":
        return _bamboo(rng, size, kind)
    if kind.structure == "granules":
        return _cork(rng, size, kind)
    late, phase = _rings(rng, size, kind)
    fibre = grid(rng, size, (size // 2, 8))
    streak = fractal(rng, size, (20, 2), 3)
    if kind.structure == "paint":
        brush = grid(rng, size, (size // 4, 3))
        return Layers(0.05 * brush + 0.05 * late, 0.4 + 0.16 * brush + 0.1 * streak, 0.08 * brush)
    if kind.structure == "lacquer":  # many rubbed coats: no grain is left, the edges of the brush hardly
        pool = fractal(rng, size, (2, 2), 4)
        return Layers(0.05 * pool + 0.01 * late, 0.35 + 0.3 * pool, 0.05 * (pool - 0.5))
    pores = smooth(0.74, 0.9, grid(rng, size, (size // 3, 20))) * (1.0 - 0.6 * late)
    tone = 0.2 + 0.42 * kind.grain * late + 0.2 * fibre + 0.34 * (streak - 0.3) + 0.34 * kind.spots * pores
    height = kind.relief * (0.09 * late + 0.05 * fibre - 0.2 * kind.spots * pores)
    if kind.structure == "ribbon":
        shimmer = waves(size, 9, 0, 0.7 * fractal(rng, size, (3, 1), 2)) * waves(size, 3, 1, fractal(rng, size, (6, 2), 2))
        tone = tone + 0.13 * shimmer
    rough = 0.08 * late + 0.1 * pores - 0.05
    if kind.structure != "knots":
        return Layers(height, tone, rough)
    eye, rim = phase
    return Layers(height + 0.1 * eye, tone + 0.35 * rim, rough, ((0.85 * eye, kind.third or kind.second),))


def _rings(rng: Rng, size: int, kind: Variety) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """(late wood in [0, 1], (eyes of knots, their rims)): early wood grows slowly darker, then breaks off to the next ring."""
    count = max(3, round(11 / kind.scale))
    bend = 2.6 * fractal(rng, size, (2, 1), 3) + 0.8 * grid(rng, size, (3, 2)) + 0.1 * grid(rng, size, (40, 5))
    eye, rim = np.zeros((size, size), np.float32), np.zeros((size, size), np.float32)
    if kind.structure == "knots":
        for _ in range(3):
            row, column, wide = rng.random(), rng.random(), 0.022 + 0.02 * rng.random()
            y = (ramp(size, 1, 0) - np.float32(row) + 0.5) % 1.0 - 0.5
            x = (ramp(size, 1, 1) - np.float32(column) + 0.5) % 1.0 - 0.5
            away = np.sqrt(y * y + 0.45 * x * x) / np.float32(wide)
            flow = np.exp(-(y * y + 0.12 * x * x) / np.float32((3.2 * wide) ** 2))
            bend = bend + 1.6 * flow * np.sign(y) * np.minimum(1.0, np.abs(y) / np.float32(wide))
            eye = np.maximum(eye, smooth(1.0, 0.55, away) * (0.75 + 0.25 * np.sin(away * 14.0)))
            rim = np.maximum(rim, smooth(2.2, 0.9, away))
    place = (ramp(size, count, 0) + bend.astype(np.float32)) % np.float32(1.0)
    late = place**2 * smooth(1.0, 0.93, place)
    return late, (eye, rim)


def _bamboo(rng: Rng, size: int, kind: Variety) -> Layers:
    """Split canes side by side, each with its own tone and its nodes in its own places."""
    count = 8
    across, along = ramp(size, count, 0), ramp(size, 2, 1)
    cane = across.astype(np.int64)[:, 0]
    round_ = np.sqrt(np.maximum(0.02, 1.0 - (2.0 * (across % 1.0) - 1.0) ** 2)).astype(np.float32)
    own = rng.random(count, dtype=np.float32)[cane][:, None]
    gap = np.abs((along + rng.random(count, dtype=np.float32)[cane][:, None] * 2.0 + 0.5) % 1.0 - 0.5)
    node = smooth(0.012, 0.004, gap)
    swell = smooth(0.05, 0.0, gap)
    fibre = grid(rng, size, (size // 2, 3))
    tone = 0.22 + 0.3 * own + 0.22 * fibre + 0.45 * (1.0 - round_) + 0.25 * swell + 0.5 * node
    height = kind.relief * (2.6 * round_ + 0.5 * swell - 0.7 * node + 0.03 * fibre)
    return Layers(height.astype(np.float32), tone.astype(np.float32), (0.1 * fibre - 0.05 + 0.2 * node).astype(np.float32))


def _cork(rng: Rng, size: int, kind: Variety) -> Layers:
    _, gap, name = cells(rng, size, 64)
    _, wide, large = cells(rng, size, 32)
    fine = grid(rng, size, (size // 2, size // 2))
    edge = 1.0 - smooth(0.0, 0.2, gap)
    holes = smooth(0.9, 0.94, large) * smooth(0.1, 0.3, wide)
    tone = 0.12 + 0.45 * name + 0.22 * fine + 0.2 * edge
    return Layers(
        kind.relief * (0.25 * name - 0.2 * edge - 0.6 * holes), tone, 0.05 * fine, ((0.8 * holes, kind.third or kind.second),)
    )
