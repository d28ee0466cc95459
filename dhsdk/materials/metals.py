"""Metal: brushed, cast, blasted, spangled, polished or painted."""

from __future__ import annotations

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import cells, fractal, grid, scratches, smooth


def metal(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (4, 4), 4)
    if kind.structure == "cast":
        return _cast(rng, size, kind, cloud)
    if kind.structure == "spangled":
        _, gap, name = cells(rng, size, 32)
        feather = grid(rng, size, (size // 4, size // 8))
        tone = 0.2 + 0.5 * name + 0.15 * feather + 0.15 * cloud
        return Layers(kind.relief * 0.03 * (name + smooth(0.0, 0.1, gap)), tone, 0.3 * (name - 0.5) + 0.1 * feather)
    if kind.structure == "paint":
        peel = fractal(rng, size, (size // 8, size // 8), 2)
        return Layers(kind.relief * 0.06 * peel, 0.4 + 0.2 * cloud, 0.08 * (cloud - 0.5) + 0.05 * peel)
    if kind.structure == "blasted":
        grain = grid(rng, size, (size // 2, size // 2))
        return Layers(kind.relief * 0.02 * grain, 0.35 + 0.2 * cloud + 0.15 * grain, 0.1 * (cloud - 0.5))
    if kind.structure == "brushed":
        lines = 0.6 * grid(rng, size, (size, 2)) + 0.4 * grid(rng, size, (size // 2, 5))
        deep = smooth(0.86, 0.98, grid(rng, size, (size // 2, 3)))
        tone = 0.3 + kind.grain * (0.3 * lines + 0.25 * deep) + 0.2 * cloud
        return Layers(kind.relief * (0.02 * lines - 0.02 * deep), tone, 0.22 * (lines - 0.5) + 0.12 * (cloud - 0.5))
    # Polished: what tells it from a perfect mirror are hairlines and what hands left, the less the finer the polish.
    swirl = scratches(rng, size, size // 2, 0.12)
    smudge = smooth(0.5, 0.85, fractal(rng, size, (5, 5), 4))
    tone = 0.3 + 0.4 * cloud + 0.15 * smudge
    height = kind.relief * (0.03 * fractal(rng, size, (3, 3), 2) - 0.004 * swirl)
    film = ((0.3 + 0.4 * cloud, kind.third),) if kind.third else ()
    return Layers(height, tone, kind.roughness * (0.5 * (cloud - 0.5) + 0.4 * smudge + 0.3 * swirl), film)


def _cast(rng: Rng, size: int, kind: Variety, cloud: np.ndarray) -> Layers:
    """Forged iron: flat blows and pits under black scale, which is rubbed off the high places."""
    away, _, name = cells(rng, size, 16)
    pits = smooth(0.76, 0.9, fractal(rng, size, (size // 8, size // 8), 2))
    blows = np.minimum(away, 0.75) ** 2
    bare = smooth(0.5, 1.0, cloud + 0.25 * (name - 0.5)) * (1.0 - pits)
    tone = 0.3 + 0.25 * name + 0.15 * (1.0 - blows) + 0.2 * cloud
    scale = ((0.92 - 0.5 * bare).astype(np.float32), kind.third or kind.second)
    return Layers(kind.relief * (0.8 * blows - 0.12 * pits), tone, 0.2 * (0.5 - bare) + 0.12 * pits, (scale,))
