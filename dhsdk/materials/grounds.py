"""Ground: moss, grass, soil, sand and snow, as they cover stones and fill pots."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import cells, fractal, grid, ramp, smooth


def ground(rng: Rng, size: int, kind: Variety) -> Layers:
    return GROUNDS[kind.structure](rng, size, kind)


def _moss(rng: Rng, size: int, kind: Variety) -> Layers:
    """Cushions of tiny stars."""
    away, _, name = cells(rng, size, 16)
    near, _, star = cells(rng, size, 128)
    cushion = smooth(0.9, 0.1, away)
    fine = smooth(0.6, 0.1, near)
    cloud = fractal(rng, size, (3, 3), 4)
    tone = 0.7 - 0.2 * cushion - 0.25 * fine + 0.12 * (name - 0.5) + 0.3 * (cloud - 0.5) + 0.12 * star
    return Layers(kind.relief * (5.0 * cushion + 1.2 * fine), tone, 0.03 * star)


def _grass(rng: Rng, size: int, kind: Variety) -> Layers:
    bend = fractal(rng, size, (6, 6), 3)
    blades = np.abs(np.sin(np.float32(np.pi) * (ramp(size, 48, 1) + 2.5 * bend)))
    tuft = fractal(rng, size, (10, 16), 3)
    tone = 0.75 - 0.4 * blades * tuft - 0.25 * tuft
    return Layers(kind.relief * (3.0 * blades + 5.0 * tuft), tone, 0.04 * blades)


def _soil(rng: Rng, size: int, kind: Variety) -> Layers:
    """Crumbs of three sizes and a few small stones."""
    _, gap, name = cells(rng, size, 64)
    away, wide, large = cells(rng, size, 32)
    crumb = smooth(0.0, 0.25, gap) * 0.5 + smooth(0.0, 0.3, wide)
    fine = grid(rng, size, (size // 2, size // 2))
    stones = smooth(0.92, 0.94, large) * smooth(0.42, 0.36, away)
    tone = 0.8 - 0.3 * crumb + 0.2 * (name - 0.5) + 0.2 * (fine - 0.5)
    return Layers(
        kind.relief * (3.0 * crumb + 0.6 * fine + 1.5 * stones), tone, 0.04 * fine, ((0.7 * stones, kind.third or "#8d8579"),)
    )


def _sand(rng: Rng, size: int, kind: Variety) -> Layers:
    ripple = 0.5 + 0.5 * np.sin(np.float32(2.0 * np.pi) * (ramp(size, 6, 0) + 0.7 * fractal(rng, size, (2, 2), 3)))
    sand = grid(rng, size, (size, size))
    cloud = fractal(rng, size, (3, 3), 4)
    tone = 0.25 + 0.25 * (1.0 - ripple) + 0.25 * sand + 0.2 * cloud
    return Layers((kind.relief * (2.0 * ripple + 0.3 * sand)).astype(np.float32), tone.astype(np.float32), 0.04 * sand)


def _snow(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (3, 3), 5, 0.45)
    fine = grid(rng, size, (size // 2, size // 2))
    return Layers(
        kind.relief * (3.0 * cloud + 0.2 * fine), 0.25 + 0.5 * (1.0 - cloud) + 0.08 * fine, -0.15 * smooth(0.9, 1.0, fine)
    )


GROUNDS: Mapping[str, Callable[[Rng, int, Variety], Layers]] = {
    "": _moss, "grass": _grass, "soil": _soil, "sand": _sand, "snow": _snow,
}  # fmt: skip
