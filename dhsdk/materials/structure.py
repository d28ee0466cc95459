"""What the families look like: periodic height and colour fields, one function per family."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.noise import cells, fractal, grid, smooth, stretched, waves

Rng = np.random.Generator
Fields = tuple[np.ndarray, np.ndarray, np.ndarray]
"""(height in millimetres, mix towards the second colour in [0, 1], roughness offset), each (size, size) float32."""


def _wood(rng: Rng, size: int, kind: Variety) -> Fields:
    """Growth rings cut lengthwise: long waves along u, bent by slow noise, with fine pores."""
    bend = fractal(rng, size, (3, 1), 3)
    rings = waves(size, round(7 / kind.scale), 0, 2.2 * bend + 0.12 * fractal(rng, size, (24, 3), 2))
    late = smooth(-0.2, 1.0, rings)
    fibre = fractal(rng, size, (size // 3, 6), 1)
    pores = smooth(0.72, 0.95, grid(rng, size, (size // 4, 16)))
    tone = grid(rng, size, (4, 1))
    if kind.structure == "paint":
        brush = fractal(rng, size, (size // 4, 4), 1)
        return 0.06 * brush + 0.05 * late, 0.3 * brush + 0.3 * tone, 0.1 * brush
    mix = 0.5 * late + 0.22 * fibre + 0.25 * pores + 0.2 * tone
    return kind.relief * (0.1 * late + 0.08 * fibre - 0.22 * pores), mix, 0.1 * late + 0.12 * pores - 0.05


def _metal(rng: Rng, size: int, kind: Variety) -> Fields:
    brushed = fractal(rng, size, (size // 2, 3), 1)
    cloud = fractal(rng, size, (4, 4), 4)
    if kind.structure == "hammered":
        dents, _ = cells(rng, size, 14)
        return kind.relief * (0.5 * dents + 0.12 * cloud), 0.4 * cloud + 0.4 * (1 - dents), 0.15 * cloud
    return kind.relief * (0.012 * brushed + 0.02 * cloud), 0.55 * cloud + 0.2 * brushed, 0.1 * brushed + 0.12 * (cloud - 0.5)


def _fabric(rng: Rng, size: int, kind: Variety) -> Fields:
    """Threads over and under one another; twill runs diagonally; pile has no threads at all."""
    cloud = fractal(rng, size, (5, 5), 3)
    if kind.structure == "pile":
        nap = fractal(rng, size, (size // 4, size // 4), 1)
        return 0.05 * nap * kind.relief, 0.65 * cloud + 0.35 * nap, 0.1 * cloud
    count = max(8, round(56 / kind.scale / 2) * 2)
    fuzz = fractal(rng, size, (size // 4, size // 4), 1)
    u, v = np.abs(waves(size, count // 2, 1)), np.abs(waves(size, count // 2, 0))
    step = np.floor(np.arange(size) * count / size)
    lift = (step[:, None] + step[None, :]) % 2 if kind.structure != "twill" else ((step[:, None] + step[None, :]) % 3 > 0)
    over = np.where(lift, np.sqrt(u) * (0.6 + 0.4 * v), np.sqrt(v) * (0.6 + 0.4 * u)).astype(np.float32)
    return kind.relief * (0.35 * over + 0.06 * fuzz), 0.55 * (1 - over) + 0.2 * fuzz + 0.3 * cloud, 0.05 * fuzz


def _leather(rng: Rng, size: int, kind: Variety) -> Fields:
    count = round(46 / kind.scale)
    _, gap = cells(rng, size, count)
    folds = fractal(rng, size, (6, 6), 4)
    grain = smooth(0.0, 0.28, gap)
    return kind.relief * (0.16 * grain + 0.12 * folds), 0.45 * (1 - grain) + 0.5 * folds, 0.15 * (1 - grain) - 0.05


def _stone(rng: Rng, size: int, kind: Variety) -> Fields:
    cloud = fractal(rng, size, (4, 4), 6)
    if kind.structure == "speckled":
        grain, _ = cells(rng, size, 70)
        dark = smooth(0.55, 0.75, grid(rng, size, (90, 90)))
        return kind.relief * (0.2 * grain + 0.15 * cloud), 0.75 * dark + 0.3 * grain, -0.2 * dark
    if kind.structure == "veined":
        ridge = 1.0 - np.abs(2.0 * stretched(cloud + 0.35 * fractal(rng, size, (9, 9), 4)) - 1.0)
        vein = smooth(0.86, 1.0, ridge)
        return kind.relief * 0.1 * cloud, 0.75 * vein + 0.3 * (1 - cloud), 0.1 * vein
    if kind.structure == "layered":
        layers = 0.5 + 0.5 * waves(size, 9, 0, 1.3 * fractal(rng, size, (2, 2), 4))
        return kind.relief * (0.5 * layers + 0.4 * cloud), 0.5 * layers + 0.4 * cloud, 0.05 * cloud
    pits = smooth(0.7, 0.9, fractal(rng, size, (40, 40), 2))
    return kind.relief * (0.5 * cloud - 0.4 * pits), 0.7 * cloud + 0.3 * pits, 0.05 * pits


def _smooth(rng: Rng, size: int, kind: Variety) -> Fields:
    """Ceramic, plastic, wax: nearly even, gently mottled, finely grained where it is rough."""
    cloud = fractal(rng, size, (3, 3), 5)
    grain = fractal(rng, size, (size // 4, size // 4), 1)
    throwing = waves(size, 12, 0, 0.4 * cloud)
    rough = kind.roughness
    return kind.relief * (0.05 * cloud + 0.1 * rough * grain + 0.02 * throwing), 0.75 * cloud + 0.2 * grain * rough, 0.06 * cloud


def _glass(rng: Rng, size: int, kind: Variety) -> Fields:
    cloud = fractal(rng, size, (3, 3), 3)
    return kind.relief * 0.3 * cloud, cloud, 0.02 * cloud


def _paper(rng: Rng, size: int, kind: Variety) -> Fields:
    fibre = fractal(rng, size, (60, 60), 3)
    stain = smooth(0.45, 0.9, fractal(rng, size, (3, 3), 5))
    return kind.relief * 0.12 * fibre, 0.35 * fibre + 0.6 * stain, 0.02 * fibre


def _wicker(rng: Rng, size: int, kind: Variety) -> Fields:
    """Strands over and under stakes, each strand a little different."""
    count = max(4, round(10 / kind.scale / 2) * 2)
    place = np.arange(size) * count / size
    odd = np.floor(place)[:, None] % 2
    lift = 0.5 + 0.5 * np.cos(np.pi * (place[None, :] + odd))
    round_ = np.sqrt(np.clip(1.0 - (2.0 * (place % 1.0) - 1.0) ** 2, 0.0, 1.0))[:, None]
    fibre = fractal(rng, size, (size // 2, 4), 1)
    tone = np.repeat(rng.random(count, dtype=np.float32), -(-size // count))[:size][:, None]
    height = (round_ * (0.35 + 0.65 * lift)).astype(np.float32)
    return kind.relief * (1.6 * height + 0.06 * fibre), 0.75 * (1 - height) + 0.2 * fibre + 0.25 * tone, 0.1 * fibre


STRUCTURES: Mapping[str, Callable[[Rng, int, Variety], Fields]] = {
    "wood": _wood, "metal": _metal, "fabric": _fabric, "leather": _leather, "stone": _stone, "ceramic": _smooth,
    "glass": _glass, "plastic": _smooth, "paper": _paper, "wicker": _wicker, "wax": _smooth,
}  # fmt: skip
