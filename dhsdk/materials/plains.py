"""Ceramic, glass, plastic, paper and wax: even surfaces, told apart by gloss, grain and small flaws."""

from __future__ import annotations

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import cells, fractal, grid, ramp, smooth, waves

STAINED = ("#8c1f2b", "#d9a321", "#1f4f8f", "#2f7a3d")


def ceramic(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (3, 3), 4)
    turning = waves(size, 14, 0, 0.5 * grid(rng, size, (3, 2)))
    fine = grid(rng, size, (size // 2, size // 2))
    if kind.structure == "crackle":
        _, gap, _ = cells(rng, size, 16)
        _, thin, _ = cells(rng, size, 32)
        crack = np.maximum(smooth(0.035, 0.008, gap), 0.6 * smooth(0.045, 0.01, thin))
        pool = fractal(rng, size, (5, 2), 3)
        height = kind.relief * (0.05 * turning + 0.2 * pool)
        return Layers(height, 0.25 + 0.5 * pool, 0.05 * crack, ((0.25 * crack, kind.third or kind.second),))
    if kind.structure == "speckled":
        _, _, name = cells(rng, size, 64)
        away, _, spot = cells(rng, size, 128)
        iron = smooth(0.9, 0.92, spot) * smooth(0.6, 0.3, away)
        tone = 0.15 + 0.4 * cloud + 0.12 * name + 0.15 * fine
        return Layers(
            kind.relief * (0.06 * turning + 0.08 * fine), tone, 0.08 * fine, ((0.85 * iron, kind.third or kind.second),)
        )
    if kind.structure == "fired":
        grit = smooth(0.8, 0.92, grid(rng, size, (size // 3, size // 3)))
        bloom = smooth(0.6, 0.95, fractal(rng, size, (4, 6), 5))
        tone = 0.12 + 0.4 * cloud + 0.2 * fine + 0.12 * (turning + 1.0) / 2.0 + 0.14 * grit
        height = kind.relief * (0.16 * turning + 0.06 * fine - 0.08 * grit + 0.2 * cloud)
        return Layers(height, tone, 0.04 * fine, ((0.35 * bloom, kind.third or kind.color),))
    return Layers(kind.relief * (0.08 * cloud + 0.01 * turning), 0.3 + 0.4 * cloud, 0.04 * (cloud - 0.5))


def glass(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (3, 3), 3)
    if kind.structure == "leaded":
        _, gap, name = cells(rng, size, 8)
        lead = smooth(0.1, 0.06, gap)
        ripple = fractal(rng, size, (12, 12), 3)
        panes = tuple(
            ((np.floor(name * len(STAINED)) == number) * (0.9 - 0.25 * ripple), colour) for number, colour in enumerate(STAINED)
        )
        height = kind.relief * (0.5 * ripple + 2.5 * np.sqrt(lead))
        return Layers(height, 0.3 + 0.4 * ripple, 0.5 * lead, (*panes, (lead, "#2b2d30")))
    if kind.structure == "etched":
        fine = fractal(rng, size, (size // 4, size // 4), 2, 0.8)
        fern = smooth(0.5, 0.9, fractal(rng, size, (6, 6), 5, 0.65))
        return Layers(kind.relief * (0.1 * fine + 0.12 * fern), 0.2 + 0.5 * fern + 0.15 * fine, 0.12 * fine + 0.12 * fern)
    _, _, name = cells(rng, size, 32)
    seed = smooth(0.96, 0.98, name) * cloud
    return Layers(kind.relief * (0.4 * cloud + 0.3 * seed), 0.35 + 0.3 * cloud, 0.03 * cloud)


def plastic(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (3, 3), 3)
    if kind.structure == "eroded":
        grain = fractal(rng, size, (size // 4, size // 4), 2, 0.6)
        return Layers(kind.relief * 0.12 * smooth(0.3, 0.7, grain), 0.3 + 0.25 * grain + 0.1 * cloud, 0.1 * (grain - 0.5))
    if kind.structure == "rubber":
        dust = fractal(rng, size, (5, 5), 5)
        dot = ramp(size, 32, 0), ramp(size, 32, 1)
        nubs = smooth(0.42, 0.28, np.hypot(dot[0] % 1.0 - 0.5, (dot[1] + 0.5 * (dot[0].astype(np.int64) % 2)) % 1.0 - 0.5))
        tone = 0.55 - 0.3 * dust + 0.1 * nubs
        return Layers((kind.relief * 0.3 * nubs).astype(np.float32), tone.astype(np.float32), 0.04 * dust)
    return Layers(kind.relief * (0.15 * cloud), 0.42 + 0.16 * cloud, 0.08 * (cloud - 0.5))


def paper(rng: Rng, size: int, kind: Variety) -> Layers:
    fibre = np.maximum(
        smooth(0.62, 0.9, grid(rng, size, (size // 3, size // 24))), smooth(0.62, 0.9, grid(rng, size, (size // 24, size // 3)))
    )
    cloud = fractal(rng, size, (4, 4), 5, 0.6)
    if kind.structure == "skin":
        blot = smooth(0.55, 0.8, fractal(rng, size, (3, 3), 6, 0.6))
        rim = smooth(0.12, 0.0, np.abs(blot - 0.5)) * 0.5
        vein = smooth(0.9, 1.0, 1.0 - np.abs(2.0 * fractal(rng, size, (5, 5), 4) - 1.0))
        fox = smooth(0.9, 0.96, fractal(rng, size, (24, 24), 2))
        tone = 0.05 + 0.45 * cloud + 0.2 * blot + 0.2 * rim + 0.12 * fibre
        return Layers(kind.relief * (0.3 * cloud + 0.06 * fibre + 0.1 * vein), tone, 0.05 * blot - 0.03,
                      ((0.35 * vein, kind.color), (0.45 * fox, kind.third or kind.second)))  # fmt: skip
    if kind.structure == "board":
        flutes = waves(size, 48, 1)
        flecks = smooth(0.9, 0.95, grid(rng, size, (size // 4, size // 10)))
        tone = 0.2 + 0.3 * cloud + 0.22 * fibre + 0.1 * flutes
        return Layers(
            kind.relief * (0.14 * flutes + 0.04 * fibre), tone, 0.03 * fibre, ((0.5 * flecks, kind.third or kind.second),)
        )
    return Layers(kind.relief * (0.06 * fibre + 0.06 * cloud), 0.25 + 0.35 * cloud + 0.2 * fibre, 0.02 * fibre)


def wax(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (3, 3), 4)
    run = smooth(0.35, 0.75, grid(rng, size, (2, 14)) * 0.7 + 0.3 * cloud)
    bloom = smooth(0.55, 0.9, fractal(rng, size, (9, 9), 4))
    tone = 0.15 + 0.45 * cloud + 0.2 * run
    return Layers(kind.relief * (1.3 * run + 0.5 * cloud), tone, 0.14 * bloom - 0.05, ((0.22 * bloom, "#fbf6ea"),))
