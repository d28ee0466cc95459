"""Leaf: foliage seen as a mass, needles, single blades, petals, the skin of succulents and of mushrooms."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import cells, fractal, grid, ramp, smooth


def leaf(rng: Rng, size: int, kind: Variety) -> Layers:
    return LEAVES[kind.structure](rng, size, kind)


def _mass(rng: Rng, size: int, kind: Variety) -> Layers:
    """Leaves over leaves: each its own green, lit at one end, dark between."""
    away, gap, name = cells(rng, size, 16)
    near, _, other = cells(rng, size, 32)
    dome, small = smooth(0.9, 0.1, away) * smooth(0.0, 0.3, gap), smooth(0.8, 0.1, near)
    body = np.maximum(dome, 0.8 * small)
    cloud = fractal(rng, size, (3, 3), 3)
    tone = 0.72 - 0.3 * body + 0.3 * (name - 0.5) + 0.2 * (other - 0.5) + 0.3 * (cloud - 0.5)
    height = kind.relief * (5.0 * dome + 3.0 * small)
    pale = smooth(0.8, 0.86, name) * dome
    return Layers(height, tone, 0.08 * (other - 0.5), ((0.5 * pale * kind.spots, kind.third or kind.color),))


def _needles(rng: Rng, size: int, kind: Variety) -> Layers:
    """Needles along u, in tufts."""
    bend = 0.8 * fractal(rng, size, (4, 4), 3)
    fine = np.abs(np.sin(np.float32(np.pi) * (ramp(size, 40, 0) + 3.0 * bend)))
    streak = fractal(rng, size, (size // 6, size // 24), 2)
    tuft = fractal(rng, size, (8, 8), 3)
    tone = 0.75 - 0.35 * fine - 0.2 * streak + 0.4 * (tuft - 0.4)
    return Layers(kind.relief * (2.5 * fine + 2.0 * streak + 2.0 * tuft), tone, 0.06 * streak)


def _blade(rng: Rng, size: int, kind: Variety) -> Layers:
    """Long blades: fine veins along u."""
    vein = np.abs(np.sin(np.float32(np.pi) * (ramp(size, 28, 0) + 0.15 * grid(rng, size, (6, 3)))))
    streak = fractal(rng, size, (24, 2), 3)
    cloud = fractal(rng, size, (3, 3), 4)
    tone = 0.2 + 0.3 * streak + 0.3 * cloud + 0.15 * (1.0 - vein)
    return Layers(kind.relief * (0.5 * vein + 0.6 * streak), tone, 0.05 * cloud)


def _petal(rng: Rng, size: int, kind: Variety) -> Layers:
    streak = fractal(rng, size, (18, 2), 3)
    cloud = fractal(rng, size, (3, 3), 4)
    return Layers(kind.relief * (0.35 * streak + 0.3 * cloud), 0.2 + 0.35 * cloud + 0.25 * streak, 0.05 * cloud)


def _skin(rng: Rng, size: int, kind: Variety) -> Layers:
    """Waxy skin with fine bumps and pale flecks."""
    cloud = fractal(rng, size, (4, 4), 5)
    fine = grid(rng, size, (size // 4, size // 4))
    away, _, fleck = cells(rng, size, 32)
    dots = smooth(0.85, 0.88, fleck) * smooth(0.25, 0.12, away)
    tone = 0.15 + 0.5 * cloud + 0.2 * fine
    return Layers(
        kind.relief * (0.4 * cloud + 0.15 * fine), tone, 0.06 * cloud, ((0.5 * dots * kind.spots, kind.third or kind.color),)
    )


LEAVES: Mapping[str, Callable[[Rng, int, Variety], Layers]] = {
    "": _mass, "needles": _needles, "blade": _blade, "petal": _petal, "skin": _skin,
}  # fmt: skip
