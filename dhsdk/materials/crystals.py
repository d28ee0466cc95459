"""Crystals and ice: smooth outside, with clouds, veils and cracks that lie inside."""

from __future__ import annotations

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import cells, fractal, grid, ramp, smooth


def crystal(rng: Rng, size: int, kind: Variety) -> Layers:
    cloud = fractal(rng, size, (3, 2), 5, 0.55)
    slope = ramp(size, 2, 0) + ramp(size, 3, 1)
    veil = np.abs(np.sin(np.float32(np.pi) * (slope + 0.8 * fractal(rng, size, (2, 2), 4))))
    bright = smooth(0.14, 0.0, veil) * smooth(0.4, 0.75, grid(rng, size, (5, 5)))
    _, gap, plane = cells(rng, size, 8)
    inner = plane * smooth(0.0, 0.05, gap)
    if kind.structure == "frozen":
        crack = smooth(0.05, 0.0, gap) * smooth(0.3, 0.6, cloud)
        away, _, name = cells(rng, size, 64)
        bubbles = smooth(0.9, 0.93, name) * smooth(0.3, 0.15, away)
        tone = 0.1 + 0.55 * cloud + 0.15 * inner
        height = kind.relief * (1.6 * cloud + 0.4 * crack)
        frost = smooth(0.55, 0.85, fractal(rng, size, (5, 5), 5))
        return Layers(height, tone, 0.25 * frost, ((0.7 * crack + 0.5 * bubbles + 0.4 * frost, kind.third or "#ffffff"),))
    growth = 0.5 + 0.5 * np.sin(np.float32(2.0 * np.pi) * (ramp(size, 24, 0) + 0.6 * grid(rng, size, (4, 3))))
    tone = 0.05 + 0.6 * cloud + 0.25 * inner
    height = kind.relief * (0.08 * growth + 0.4 * cloud)
    return Layers(height.astype(np.float32), tone, 0.03 * growth.astype(np.float32), ((0.55 * bright, kind.third or "#ffffff"),))
