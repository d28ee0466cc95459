"""Metal: brushed, hammered, cast, spangled, polished or painted."""

from __future__ import annotations

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import cells, fractal, grid, scratches, smooth


def metal(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (4, 4), 4)
    if kind.structure == "cast":
        return _cast(rng, size, kind, cloud)
    if kind.structure == "hammered":
        return _hammered(rng, size, kind, cloud)
    if kind.structure == "spangled":
        _, gap, name = cells(rng, size, 32)
        feather = grid(rng, size, (size // 4, size // 8))
        tone = 0.2 + 0.5 * name + 0.15 * feather + 0.15 * cloud
        return Layers(kind.relief * 0.03 * (name + smooth(0.0, 0.1, gap)), tone, 0.3 * (name - 0.5) + 0.1 * feather)
    if kind.structure == "paint":
        peel = fractal(rng, size, (size // 8, size // 8), 2)
        return Layers(kind.relief * 0.03 * peel, 0.4 + 0.2 * cloud, 0.08 * (cloud - 0.5) + 0.03 * peel)
    if kind.structure == "brushed":
        lines = 0.6 * grid(rng, size, (size, 2)) + 0.4 * grid(rng, size, (size // 2, 5))
        deep = smooth(0.86, 0.98, grid(rng, size, (size // 2, 3)))
        tone = 0.3 + 0.3 * lines + 0.2 * cloud + 0.25 * deep
        return Layers(kind.relief * (0.02 * lines - 0.02 * deep), tone, 0.22 * (lines - 0.5) + 0.12 * (cloud - 0.5))
    swirl = scratches(rng, size, size // 2, 0.12)
    smudge = smooth(0.55, 0.8, fractal(rng, size, (7, 7), 3))
    tone = 0.32 + 0.3 * cloud + 0.12 * swirl
    height = kind.relief * (0.25 * fractal(rng, size, (3, 3), 2) - 0.006 * swirl)
    return Layers(height, tone, 0.18 * (cloud - 0.5) + 0.12 * smudge + 0.1 * swirl)


def _cast(rng: Rng, size: int, kind: Variety, cloud: np.ndarray) -> Layers:
    """Forged iron: flat blows, pits, and scale that came off in places."""
    away, _, name = cells(rng, size, 16)
    pits = smooth(0.76, 0.9, fractal(rng, size, (size // 8, size // 8), 2))
    scale = smooth(0.5, 0.62, cloud)
    blows = np.minimum(away, 0.75) ** 2
    tone = 0.28 + 0.3 * scale + 0.3 * pits + 0.12 * name + 0.15 * (1.0 - blows)
    return Layers(kind.relief * (1.1 * blows + 0.1 * scale - 0.12 * pits), tone, 0.2 * scale + 0.12 * pits - 0.1)


def _hammered(rng: Rng, size: int, kind: Variety, cloud: np.ndarray) -> Layers:
    """Planished sheet: round dents beside one another, bright on their rims."""
    away, gap, name = cells(rng, size, 32)
    dent = np.minimum(away * away, np.float32(0.6))
    rim = 1.0 - smooth(0.0, 0.25, gap)
    tone = 0.42 + 0.22 * cloud + 0.12 * name - 0.2 * rim
    return Layers(kind.relief * 0.9 * dent, tone, 0.1 * cloud - 0.05 * rim)
