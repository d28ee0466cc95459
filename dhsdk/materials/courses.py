"""What builders lay: ashlar, roof tiles, slates, shingles, planks, thatch, render, sheets. +v is up the wall or roof."""

from __future__ import annotations

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import fractal, grid, ramp, smooth, waves


def _laid(rng: Rng, size: int, rows: int, columns: int, jitter: float) -> tuple[np.ndarray, ...]:
    """(up, across, own, second): place in the piece in [0, 1), two random numbers of the piece; every row is shifted by half."""
    v = ramp(size, rows, 0)
    row = v.astype(np.int64)
    shift = 0.5 * (row % 2) + jitter * (rng.random(rows, dtype=np.float32)[row] - 0.5)
    u = ramp(size, columns, 1) + shift.astype(np.float32)
    column = np.floor(u).astype(np.int64) % columns
    own, second = rng.random((2, rows, columns), dtype=np.float32)[:, row, column]
    return np.broadcast_to(v % 1.0, own.shape), u % 1.0, own, second


def ashlar(rng: Rng, size: int, kind: Variety) -> Layers:
    """Dressed blocks in six courses; joints of mortar, faces rough and each of its own stone."""
    rows, columns = 6, 4
    up, across, own, second = _laid(rng, size, rows, columns, 0.7)
    warp = 0.05 * (fractal(rng, size, (9, 9), 3) - 0.5)
    wide = 0.75 + 0.5 * (second - 0.5) * 0.3
    edge = np.minimum(np.minimum(up, 1.0 - up) / rows, np.minimum(across, 1.0 - across) * wide / columns) + warp * 0.12
    body = smooth(0.005, 0.02, edge.astype(np.float32))
    cloud, sand = fractal(rng, size, (8, 8), 6), grid(rng, size, (size // 2, size // 2))
    tone = 0.08 + 0.42 * own + 0.5 * cloud + 0.12 * sand
    height = kind.relief * (9.0 * body + 5.0 * body * second + 5.0 * cloud * body + 0.5 * sand)
    mortar = ((0.75 * (1.0 - body)).astype(np.float32), kind.third or "#8d8574")
    return Layers(height.astype(np.float32), tone.astype(np.float32), 0.05 * sand, (mortar,))


def lapped(rng: Rng, size: int, kind: Variety) -> Layers:
    """Tiles, slates or shingles that hang one over the other: each is highest at its lower end."""
    rows = max(4, round(8 / kind.scale / 2) * 2)
    flat = kind.structure != "pantile"
    up, across, own, second = _laid(rng, size, rows, rows, 0.8 if kind.structure == "shingle" else 0.06)
    ragged = 0.1 * (second - 0.5) if kind.structure == "shingle" else 0.04 * (second - 0.5)
    tip = up - np.clip(ragged, 0.0, None)
    slope = (1.0 - tip) % 1.0
    gap = smooth(0.0, 0.05, np.minimum(across, 1.0 - across).astype(np.float32))
    dome = np.float32(0.0) if flat else np.sin(np.float32(np.pi) * across)
    cloud, fibre = fractal(rng, size, (7, 7), 5), grid(rng, size, (size // 8, size // 3))
    under = smooth(0.14, 0.0, tip.astype(np.float32))
    tone = 0.1 + 0.55 * own + 0.35 * cloud + 0.18 * fibre + 0.3 * (1.0 - gap)
    height = kind.relief * (14.0 * slope * gap + 12.0 * dome * gap + 3.0 * own + 1.2 * cloud + 0.5 * fibre)
    shadow = (np.clip(0.55 * under + 0.45 * (1.0 - gap), 0.0, 0.8).astype(np.float32), kind.third or "#1c1a18")
    return Layers(height.astype(np.float32), tone.astype(np.float32), (0.06 * fibre).astype(np.float32), (shadow,))


def planks(rng: Rng, size: int, kind: Variety) -> Layers:
    """Boards beside one another along +v, their joints open, each of its own tone."""
    count = 8
    u = ramp(size, count, 1)
    board = np.broadcast_to(u.astype(np.int64), (size, size))
    own = rng.random(count, dtype=np.float32)[board]
    start = rng.random(count, dtype=np.float32)[board]
    edge = np.minimum(u % 1.0, 1.0 - u % 1.0)
    joint = np.broadcast_to(smooth(0.05, 0.02, edge), (size, size))
    butt = smooth(0.004, 0.0015, np.abs((ramp(size, 1, 0) + start) % 1.0 - 0.5))
    grain, streak = grid(rng, size, (6, size // 3)), fractal(rng, size, (3, 48), 3)
    nail = smooth(0.1, 0.06, np.hypot(u % 1.0 - 0.5, 40.0 * (np.abs((ramp(size, 1, 0) + start) % 1.0 - 0.5) - 0.012) * 0.12))
    dark = np.clip(0.85 * np.maximum(joint, butt) + 0.6 * nail, 0.0, 0.9).astype(np.float32)
    tone = 0.12 + 0.42 * own + 0.24 * grain + 0.34 * streak
    height = kind.relief * (6.0 * (1.0 - np.maximum(joint, butt)) + 1.5 * own + 0.5 * grain + 0.6 * streak)
    return Layers(height.astype(np.float32), tone.astype(np.float32), 0.1 * grain, ((dark, kind.third or kind.second),))


def thatch(rng: Rng, size: int, kind: Variety) -> Layers:
    """Straw that hangs down in ragged courses."""
    v = ramp(size, 3, 0) + 0.25 * (grid(rng, size, (3, 14)) - 0.5)
    lip = smooth(0.12, 0.0, v % 1.0)
    stalk = grid(rng, size, (10, size // 2))
    bundle, cloud = fractal(rng, size, (4, 40), 3), fractal(rng, size, (4, 4), 4)
    tone = 0.05 + 0.5 * stalk + 0.3 * bundle + 0.3 * cloud + 0.35 * lip
    height = kind.relief * (3.0 * stalk + 8.0 * bundle + 10.0 * (1.0 - v % 1.0) + 6.0 * cloud)
    return Layers(height.astype(np.float32), tone.astype(np.float32), 0.1 * stalk, ((0.45 * lip, kind.third or kind.second),))


def render(rng: Rng, size: int, kind: Variety) -> Layers:
    """Lime render: trowelled, patchy, with a few hair cracks."""
    cloud, patch = fractal(rng, size, (5, 5), 5), smooth(0.45, 0.75, fractal(rng, size, (3, 3), 4))
    sand, trowel = grid(rng, size, (size // 2, size // 2)), fractal(rng, size, (14, 9), 3)
    crack = smooth(0.012, 0.002, np.abs(fractal(rng, size, (3, 3), 6) - 0.5)) * smooth(0.55, 0.8, cloud)
    tone = 0.2 + 0.24 * cloud + 0.1 * patch + 0.1 * sand + 0.1 * trowel + 0.3 * crack
    height = kind.relief * (1.6 * trowel + 0.06 * sand + 2.0 * patch - 1.5 * crack)
    return Layers(height.astype(np.float32), tone.astype(np.float32), 0.05 * sand)


def corrugated(rng: Rng, size: int, kind: Variety) -> Layers:
    """Sheets of metal in waves that run up, lapped once, held by screws."""
    wave = waves(size, 10, 1)
    v, u = ramp(size, 1, 0), ramp(size, 10, 1)
    lap = smooth(0.012, 0.0, np.abs(v - 0.5))
    screw = smooth(0.16, 0.08, np.hypot(u % 1.0 - 0.25, 10.0 * (np.abs(v - 0.5) - 0.04)))
    cloud, streak = fractal(rng, size, (4, 4), 5), fractal(rng, size, (2, 30), 3)
    tone = 0.25 + 0.25 * cloud + 0.25 * streak - 0.1 * wave
    height = kind.relief * (9.0 * wave + 2.0 * screw + 1.5 * lap)
    dark = np.clip(0.6 * lap + 0.5 * screw, 0.0, 0.8).astype(np.float32)
    return Layers(height.astype(np.float32), tone.astype(np.float32), 0.1 * cloud, ((dark, kind.third or kind.second),))
