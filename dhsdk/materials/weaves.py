"""Fabric, wicker and leather: what is woven, knitted, plaited or grown."""

from __future__ import annotations

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import cells, fractal, grid, ramp, smooth, waves


def fabric(rng: Rng, size: int, kind: Variety) -> Layers:
    if kind.structure == "pile":
        return _velvet(rng, size, kind)
    if kind.structure == "knit":
        return _knit(rng, size, kind)
    return _woven(rng, size, kind)


def _woven(rng: Rng, size: int, kind: Variety) -> Layers:
    """Warp (along v) and weft (along u) over and under: plain, twill (2 over 1, in diagonals) or satin (warp on top)."""
    repeat = {"twill": 3, "satin": 5}.get(kind.structure, 2)
    count = max(2, round(48 / kind.scale / repeat)) * repeat
    v, u = ramp(size, count, 0), ramp(size, count, 1)
    row, column = v.astype(np.int64), u.astype(np.int64)
    turn = (row + column if repeat < 5 else 2 * row + column) % repeat
    warp_up = turn > 0 if repeat > 2 else turn == 0
    across_u, across_v = np.abs(2.0 * (u % 1.0) - 1.0), np.abs(2.0 * (v % 1.0) - 1.0)
    profile = np.where(warp_up, 1.0 - across_u**2, 1.0 - across_v**2)
    dip = np.where(warp_up, 1.0 - 0.5 * across_v**2, 1.0 - 0.5 * across_u**2)
    body = (np.sqrt(np.maximum(profile, 0.0)) * dip).astype(np.float32)
    slub = np.where(
        warp_up, rng.random((1, count), dtype=np.float32)[:, column[0]], rng.random((count, 1), dtype=np.float32)[row[:, 0]]
    )
    thick = np.where(warp_up, grid(rng, size, (9, count)), grid(rng, size, (count, 9)))
    fuzz = grid(rng, size, (size // 2, size // 2))
    cloud = grid(rng, size, (5, 5))
    tone = 0.15 + 0.5 * (1.0 - body) + 0.22 * kind.grain * (0.5 * slub + 0.5 * thick) + 0.14 * fuzz + 0.12 * cloud
    height = kind.relief * (0.45 * body + 0.1 * kind.grain * thick + 0.03 * fuzz)
    rough = 0.04 * fuzz - 0.02
    if kind.structure != "twill":
        return Layers(height, tone, rough)
    return Layers(height, tone, rough, ((np.where(warp_up, 0.0, 0.75 * body).astype(np.float32), kind.third or kind.color),))


def _knit(rng: Rng, size: int, kind: Variety) -> Layers:
    """Stockinette: columns of V-shaped stitches."""
    count = max(4, round(20 / kind.scale))
    x = np.abs(2.0 * (ramp(size, count, 1) % 1.0) - 1.0)
    y = ramp(size, round(count * 1.15), 0) + 0.8 * x
    leg = np.maximum(0.0, 1.0 - (2.0 * x - 1.0) ** 2) * np.maximum(0.0, 1.0 - (2.0 * (y % 1.0) - 1.0) ** 2)
    body = np.sqrt(leg).astype(np.float32)
    ply = 0.5 + 0.5 * np.sin(np.float32(2.0 * np.pi) * (y * 3.0 - x * 2.5))
    fuzz = fractal(rng, size, (size // 8, size // 8), 3, 0.8)
    tone = 0.08 + 0.6 * (1.0 - body) + 0.1 * ply + 0.3 * (fuzz - 0.3) + 0.12 * grid(rng, size, (6, 6))
    return Layers(
        (kind.relief * (1.5 * body + 0.08 * ply + 0.15 * fuzz)).astype(np.float32), tone.astype(np.float32), 0.02 * fuzz
    )


def _velvet(rng: Rng, size: int, kind: Variety) -> Layers:
    """Pile that was stroked this way and that."""
    lay = fractal(rng, size, (3, 4), 2)
    nap = grid(rng, size, (size // 2, size // 3))
    ribs = 0.5 + 0.5 * waves(size, 64, 1)
    tone = 0.08 + 0.16 * lay + 0.2 * nap + 0.06 * ribs
    return Layers(kind.relief * (0.12 * nap + 0.2 * lay), tone, 0.08 * (lay - 0.5))


def wicker(rng: Rng, size: int, kind: Variety) -> Layers:
    if kind.structure == "stalks":
        return _straw(rng, size, kind)
    count = max(4, round(12 / kind.scale / 2) * 2)
    stakes = count // 2
    v, u = ramp(size, count, 0), ramp(size, stakes, 1)
    row = v.astype(np.int64)[:, 0]
    own = rng.random(count, dtype=np.float32)[row][:, None]
    wave = 0.5 + 0.5 * np.cos(np.float32(np.pi) * (u * 2.0 + (row % 2)[:, None]) - np.float32(np.pi))
    round_ = np.sqrt(np.maximum(0.0, 1.0 - (2.0 * (v % 1.0) - 1.0) ** 2))
    strand = round_ * (0.3 + 0.7 * wave)
    stake = np.sqrt(np.maximum(0.0, 1.0 - ((u % 1.0 - 0.5) / 0.2) ** 2)) * 0.62
    front = (strand > stake * 1.02).astype(np.float32)
    fibre = np.where(front > 0, grid(rng, size, (size // 2, 6)), grid(rng, size, (6, size // 2)))
    body = np.maximum(strand, stake)
    tone = 0.05 + 0.75 * (1.0 - body) + 0.22 * fibre + 0.22 * own * front + 0.1 * (1.0 - front)
    hole = smooth(0.3, 0.12, body)
    dark = ((0.85 * hole).astype(np.float32), kind.third or kind.second)
    return Layers((kind.relief * (3.0 * body + 0.08 * fibre)).astype(np.float32), tone.astype(np.float32), 0.1 * fibre, (dark,))


def _straw(rng: Rng, size: int, kind: Variety) -> Layers:
    """Stalks beside and over one another, bound in rows."""
    height, tone = np.zeros((size, size), np.float32), np.zeros((size, size), np.float32)
    for level in range(3):
        count = 32
        v = ramp(size, count, 0) + 0.35 * (grid(rng, size, (6, 2)) - 0.5) * (level + 1) + np.float32(level / 3)
        row = np.floor(v).astype(np.int64) % count
        own = rng.random(count, dtype=np.float32)
        broken = grid(rng, size, (count, 3)) * 1.2 + own[row] * 0.4
        body = np.sqrt(np.maximum(0.0, 1.0 - (2.0 * (v % 1.0) - 1.0) ** 2)) * (0.45 + 0.35 * broken)
        over = body > height
        tone = np.where(over, 0.15 + 0.55 * rng.random(count, dtype=np.float32)[row] + 0.35 * (0.8 - body), tone)
        height = np.maximum(height, body)
    fibre = grid(rng, size, (size // 2, 5))
    tie = smooth(0.06, 0.035, np.abs(ramp(size, 2, 1) % 1.0 - 0.5)) * np.ones((size, 1), np.float32)
    sink = smooth(0.2, 0.03, np.abs(ramp(size, 2, 1) % 1.0 - 0.5))
    full = kind.relief * (1.8 * height - 0.9 * sink + 0.6 * tie)
    twist = 0.5 + 0.5 * waves(size, 40, 0, ramp(size, 8, 1))
    return Layers(full.astype(np.float32), (tone + 0.2 * fibre + 0.25 * sink).astype(np.float32), 0.1 * fibre,
                  ((tie * (0.7 + 0.3 * twist), kind.third or kind.second),))  # fmt: skip


def leather(rng: Rng, size: int, kind: Variety) -> Layers:
    folds = fractal(rng, size, (5, 5), 4)
    if kind.structure == "nap":
        nap = fractal(rng, size, (size // 4, size // 4), 2, 0.8)
        brush = smooth(0.35, 0.65, fractal(rng, size, (4, 3), 3))
        return Layers(kind.relief * (0.1 * nap + 0.1 * brush), 0.2 + 0.3 * nap + 0.35 * brush, 0.05 * (brush - 0.5))
    _, gap, name = cells(rng, size, 128)
    _, wide, _ = cells(rng, size, 16)
    grain = smooth(0.0, 0.4, gap)
    crease = (1.0 - smooth(0.0, 0.06, wide)) * smooth(0.45, 0.8, folds)
    tone = 0.3 + 0.16 * (1.0 - grain) + 0.2 * folds + 0.05 * name + 0.16 * crease
    height = kind.relief * (0.07 * grain + 0.3 * folds - 0.12 * crease)
    return Layers(height, tone, 0.14 * (1.0 - grain) + 0.1 * crease + 0.22 * (folds - 0.5) - 0.06)
