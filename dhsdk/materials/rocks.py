"""Rock as it lies outdoors, +v up: weathered, cracked, bedded or full of bubbles, at the scale of boulders and cliffs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import cells, fractal, grid, ramp, smooth


def rock(rng: Rng, size: int, kind: Variety) -> Layers:
    return ROCKS[kind.structure](rng, size, kind)


def _cracks(rng: Rng, size: int, count: int) -> np.ndarray:
    """Thin joints that come and go: the zero lines of bent noise, few of them."""
    field = np.abs(2.0 * fractal(rng, size, (count // 2, count // 2), 5, 0.55) - 1.0)
    there = smooth(0.5, 0.75, fractal(rng, size, (count // 2, count // 2), 3))
    return smooth(0.02, 0.003, field) * there


def _lichen(rng: Rng, size: int) -> np.ndarray:
    """A few ragged patches."""
    patch = fractal(rng, size, (9, 9), 5, 0.7)
    return smooth(0.72, 0.78, patch) * smooth(0.5, 0.7, grid(rng, size, (4, 4)))


def _weathered(rng: Rng, size: int, kind: Variety) -> Layers:
    broad = fractal(rng, size, (2, 2), 6, 0.55)
    away, _, plane = cells(rng, size, 8)
    facets = plane * smooth(1.0, 0.3, away)
    fine = grid(rng, size, (size // 3, size // 3))
    _, _, grain = cells(rng, size, 128)
    specks = smooth(0.86, 0.9, grain)
    crack = _cracks(rng, size, 8)
    tone = 0.08 + 0.42 * broad + 0.12 * facets + 0.14 * fine + 0.16 * specks * kind.spots + 0.35 * crack
    height = kind.relief * (9.0 * broad + 2.2 * facets + 0.5 * fine - 4.0 * crack)
    return Layers(height, tone, 0.05 * fine - 0.04 * specks, ((0.5 * _lichen(rng, size), kind.third or "#b9bda5"),))


def _bubbled(rng: Rng, size: int, kind: Variety) -> Layers:
    """Lava: dark, full of holes of two sizes."""
    broad = fractal(rng, size, (3, 3), 5, 0.5)
    away, _, name = cells(rng, size, 64)
    large, _, other = cells(rng, size, 32)
    holes = np.maximum(smooth(0.3, 0.16, away) * smooth(0.5, 0.55, name), smooth(0.34, 0.2, large) * smooth(0.78, 0.82, other))
    crack = _cracks(rng, size, 4)
    tone = 0.1 + 0.45 * broad + 0.3 * holes + 0.3 * crack + 0.1 * grid(rng, size, (size // 2, size // 2))
    height = kind.relief * (5.0 * broad - 3.0 * holes - 4.0 * crack)
    return Layers(height, tone, 0.04 * holes)


def _bedded(rng: Rng, size: int, kind: Variety) -> Layers:
    """Level beds of many thicknesses, the soft ones eaten back."""
    bend = fractal(rng, size, (2, 1), 4)
    beds = ramp(size, 9, 0) + 0.8 * bend
    own = rng.random(9, dtype=np.float32)[np.floor(beds).astype(np.int64) % 9]
    part = (beds % np.float32(1.0)).astype(np.float32)
    shelf = smooth(0.0, 0.12, part) * smooth(1.0, 0.8, part)
    lines = 0.5 + 0.5 * np.sin(np.float32(2.0 * np.pi) * beds * 4.0)
    cloud = fractal(rng, size, (4, 4), 5)
    sand = grid(rng, size, (size // 2, size // 2))
    tone = 0.12 + 0.3 * own + 0.06 * lines + 0.3 * cloud + 0.12 * sand + 0.16 * (1.0 - shelf)
    height = kind.relief * (6.0 * own * shelf + 2.0 * shelf + 0.7 * lines + 2.0 * cloud + 0.3 * sand)
    return Layers(
        height.astype(np.float32), tone.astype(np.float32), 0.04 * sand, ((0.3 * (own > 0.86), kind.third or kind.color),)
    )


def _pitted(rng: Rng, size: int, kind: Variety) -> Layers:
    """Limestone: pale, washed into runnels down the face."""
    runs = fractal(rng, size, (2, 12), 4)
    cloud = fractal(rng, size, (4, 4), 6, 0.55)
    pits = smooth(0.7, 0.85, fractal(rng, size, (24, 24), 3))
    crack = _cracks(rng, size, 4)
    tone = 0.1 + 0.3 * cloud + 0.35 * (1.0 - runs) * smooth(0.3, 0.8, cloud) + 0.35 * pits + 0.3 * crack
    height = kind.relief * (5.0 * runs + 4.0 * cloud - 3.0 * pits - 3.0 * crack)
    return Layers(height, tone, 0.05 * pits)


ROCKS: Mapping[str, Callable[[Rng, int, Variety], Layers]] = {
    "": _weathered, "bubbled": _bubbled, "bedded": _bedded, "pitted": _pitted,
}  # fmt: skip
