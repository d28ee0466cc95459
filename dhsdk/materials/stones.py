"""Stone: grained, veined, layered, split, cast, cloudy or laid."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import cells, fractal, grid, ramp, smooth, stretched, waves


def stone(rng: Rng, size: int, kind: Variety) -> Layers:
    return STONES[kind.structure](rng, size, kind)


def _granite(rng: Rng, size: int, kind: Variety) -> Layers:
    """Grains of three minerals in two sizes, gathered in drifts: from afar it is a tone, not a noise."""
    _, gap, name = cells(rng, size, 128)
    _, _, large = cells(rng, size, 64)
    drift = fractal(rng, size, (3, 3), 4)
    mica = smooth(0.78, 0.8, 0.8 * name + 0.16 * drift + 0.12 * (large - 0.5))
    quartz = smooth(0.62, 0.66, 0.75 * large + 0.25 * drift) * (1.0 - mica)
    tone = 0.2 + 0.25 * name + 0.4 * drift + 0.1 * (1.0 - smooth(0.0, 0.15, gap))
    return Layers(
        kind.relief * 0.01 * name, tone, 0.06 * mica - 0.06 * quartz,
        ((0.3 * quartz, kind.third or kind.color), (0.5 * mica, "#343230")),
    )  # fmt: skip


def _marble(rng: Rng, size: int, kind: Variety) -> Layers:
    """Veins along folds: the zero lines of bent noise, a broad faint shade around a thin dark line that comes and goes."""
    bend = fractal(rng, size, (2, 2), 5, 0.55)
    slope = ramp(size, 2, 0) + ramp(size, 1, 1)
    vein = np.zeros((size, size), np.float32)
    for strength, wide, reach in ((0.85, 0.03, 1.2), (0.5, 0.02, 2.0)):
        bent = slope + np.float32(rng.random()) + reach * bend + 0.12 * fractal(rng, size, (9, 9), 3)
        away = np.abs(np.sin(np.float32(np.pi) * bent))
        there = smooth(0.2, 0.65, grid(rng, size, (4, 4)))
        vein = np.maximum(vein, strength * there * (smooth(wide * 2.0, 0.0, away) + 0.35 * smooth(wide * 12.0, 0.0, away)))
    vein = np.minimum(vein, np.float32(0.85))
    tone = 0.25 + 0.5 * bend + 0.06 * grid(rng, size, (size // 4, size // 4))
    return Layers(kind.relief * 0.1 * bend, tone, 0.06 * vein, ((vein, kind.third or kind.second),))


def _sandstone(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (4, 2), 5)
    beds = ramp(size, 7, 0) + 1.1 * fractal(rng, size, (1, 1), 4) + 0.1 * cloud
    bed = beds % np.float32(1.0)
    own = rng.random(7, dtype=np.float32)[np.floor(beds).astype(np.int64) % 7]
    fine = 0.5 + 0.5 * np.sin(np.float32(2 * np.pi) * beds * 5.0)
    sand = grid(rng, size, (size, size))
    pits = smooth(0.72, 0.9, fractal(rng, size, (size // 16, size // 8), 2))
    tone = 0.05 + 0.4 * own + 0.18 * fine * bed + 0.22 * sand + 0.25 * cloud + 0.25 * pits
    height = kind.relief * (0.5 * bed + 0.25 * fine + 0.5 * cloud + 0.06 * sand - 0.5 * pits)
    return Layers(height.astype(np.float32), tone.astype(np.float32), 0.05 * sand)


def _limestone(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (4, 4), 5)
    _, gap, name = cells(rng, size, 32)
    shells = smooth(0.86, 0.9, name) * smooth(0.05, 0.2, gap) * (0.5 + 0.5 * np.sin(gap * 40.0))
    pits = smooth(0.74, 0.86, fractal(rng, size, (size // 12, size // 12), 2))
    tone = 0.1 + 0.5 * cloud + 0.5 * pits + 0.2 * shells + 0.1 * grid(rng, size, (size // 2, size // 2))
    return Layers(kind.relief * (0.8 * cloud - 0.5 * pits + 0.3 * shells), tone, 0.05 * pits)


def _slate(rng: Rng, size: int, kind: Variety) -> Layers:
    """Split along its layers: terraces with ragged edges."""
    rise = fractal(rng, size, (3, 2), 6, 0.55) * 7.0
    step = np.floor(rise)
    part = (rise - step).astype(np.float32)
    edge = smooth(0.86, 1.0, part)
    fine = grid(rng, size, (size // 2, size // 6))
    own = rng.random(9, dtype=np.float32)[step.astype(np.int64) % 9]
    tone = 0.15 + 0.4 * own + 0.2 * fine - 0.25 * edge + 0.3 * smooth(0.14, 0.0, part)
    height = kind.relief * (0.9 * (step + smooth(0.8, 1.0, part)) / 2.0 + 0.08 * fine)
    return Layers(height.astype(np.float32), tone.astype(np.float32), 0.06 * fine - 0.08 * edge)


def _obsidian(rng: Rng, size: int, kind: Variety) -> Layers:
    """Glass from a volcano: shell-shaped breaks and faint flow bands."""
    bend = fractal(rng, size, (3, 3), 4)
    away, _, name = cells(rng, size, 4)
    shell = np.sin(away * 26.0) * smooth(0.9, 0.3, away)
    bands = smooth(0.4, 1.0, waves(size, 5, 0, 2.0 * bend))
    return Layers(kind.relief * (2.5 * name * away + 0.25 * shell), 0.3 + 0.35 * bands + 0.2 * bend, 0.04 * bands - 0.02)


def _jade(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (3, 3), 6, 0.6)
    milk = smooth(0.55, 0.8, fractal(rng, size, (5, 4), 4))
    ridge = smooth(0.93, 1.0, 1.0 - np.abs(2.0 * stretched(cloud + 0.4 * fractal(rng, size, (6, 6), 3)) - 1.0))
    dots = smooth(0.93, 0.97, grid(rng, size, (40, 40)))
    height = kind.relief * 0.2 * cloud
    return Layers(
        height,
        0.05 + 0.85 * cloud,
        0.03 * cloud,
        ((0.45 * milk + 0.25 * ridge, kind.third or kind.color), (0.5 * dots, kind.second)),
    )


def _concrete(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (4, 4), 6)
    away, _, name = cells(rng, size, 128)
    bubbles = smooth(0.955, 0.97, name) * smooth(0.4, 0.2, away)
    sand = grid(rng, size, (size // 2, size // 2))
    board = smooth(0.02, 0.0, np.abs(ramp(size, 4, 0) % 1.0 - 0.5))
    tone = 0.15 + 0.5 * cloud + 0.18 * sand + 0.25 * bubbles + 0.12 * board
    height = kind.relief * (0.3 * cloud + 0.06 * sand - 0.9 * bubbles + 0.3 * board)
    return Layers(height.astype(np.float32), tone.astype(np.float32), 0.05 * sand)


def _brick(rng: Rng, size: int, kind: Variety) -> Layers:
    """Stretcher bond with mortar: eight courses."""
    v = ramp(size, 8, 0)
    row = v.astype(np.int64)
    warp = 0.06 * (fractal(rng, size, (8, 8), 3) - 0.5)
    u = ramp(size, 4, 1) + 0.5 * (row % 2) + warp
    column = np.floor(u).astype(np.int64) % 4
    y, x = np.minimum((v + warp) % 1.0, 1.0 - (v + warp) % 1.0) / 8.0, np.minimum(u % 1.0, 1.0 - u % 1.0) / 4.0
    body = smooth(0.006, 0.013, np.minimum(y, x).astype(np.float32))
    own = rng.random((8, 4), dtype=np.float32)[row, column]
    sand = grid(rng, size, (size // 2, size // 2))
    cloud = fractal(rng, size, (9, 9), 4)
    tone = 0.05 + 0.5 * own + 0.25 * sand + 0.35 * cloud
    height = kind.relief * (3.0 * body + 0.25 * sand + 0.5 * cloud + 0.6 * body * own)
    mortar = ((1.0 - body).astype(np.float32), kind.third or "#b9b2a4")
    return Layers(height.astype(np.float32), tone.astype(np.float32), 0.05 * sand, (mortar,))


def _cobble(rng: Rng, size: int, kind: Variety) -> Layers:
    away, gap, name = cells(rng, size, 8)
    body = smooth(0.03, 0.2, gap)
    dome = body * np.sqrt(np.maximum(0.0, 1.0 - 0.7 * away * away))
    cloud = fractal(rng, size, (10, 10), 5)
    sand = grid(rng, size, (size // 2, size // 2))
    tone = 0.05 + 0.5 * name + 0.4 * cloud + 0.15 * sand - 0.15 * dome
    earth = ((1.0 - smooth(0.02, 0.12, gap)), kind.third or "#4b4034")
    return Layers(kind.relief * (14.0 * dome + 1.2 * cloud + 0.2 * sand), tone, 0.05 * sand, (earth,))


STONES: Mapping[str, Callable[[Rng, int, Variety], Layers]] = {
    "": _granite, "veined": _marble, "bedded": _sandstone, "pitted": _limestone, "split": _slate, "glassy": _obsidian,
    "cloudy": _jade, "cast": _concrete, "laid": _brick, "cobbled": _cobble,
}  # fmt: skip
