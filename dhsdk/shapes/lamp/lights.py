"""What gives light: bulbs and candles, each with its holder. Made about the origin, which is the top of the stem."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.curves import bezier
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.surface import Shell, join, mapped, moved
from dhsdk.shapes.sweep import tube

BULB = ((0.3, 0.0), (0.34, 0.35), (0.62, 0.9), (0.96, 1.5), (1.0, 1.95), (0.84, 2.45), (0.48, 2.78))
FLAME = ((0.34, 0.1), (0.82, 0.5), (1.0, 0.95), (0.86, 1.5), (0.5, 2.2), (0.2, 2.85))


def bulb(radius: float, count: int, *, down: bool = False) -> Shell:
    """A light bulb 2.9 radii long above the origin; `down`: below it."""
    rows = [(0.0, 0.0), *((r * radius, y * radius) for r, y in BULB), (0.0, 2.9 * radius)]
    if down:
        rows = [(r, -y) for r, y in rows[::-1]]
    return lathe(rows, max(8, count), grain="along", crease=70.0)


def bulb_holder(radius: float, count: int, *, down: bool = False) -> Shell:
    """The metal cup that a bulb of this radius is screwed into; its mouth is at the origin's height."""
    rows = [(0.0, -1.5), (0.36, -1.5), (0.46, -1.3), (0.46, -0.7), (0.62, -0.6), (0.62, 0.3), (0.5, 0.42), (0.0, 0.42)]
    if down:
        rows = [(r, -y) for r, y in rows[::-1]]
    return lathe([(r * radius, y * radius) for r, y in rows], max(8, count))


def candle(radius: float, height: float, count: int, draw: np.random.Generator, rough: float) -> Shell:
    """A candle standing on the origin: a hollowed, uneven top and drips down its side."""
    sag = 0.18 * radius
    rows = [
        (0.0, 0.0),
        (0.94 * radius, 0.0),
        (radius, 0.06 * radius),
        (0.97 * radius, 0.5 * height),
        (0.99 * radius, height - 0.5 * radius),
        (0.94 * radius, height - 0.08 * radius),
        (0.8 * radius, height),
        (0.62 * radius, height - 0.06 * radius),
        (0.4 * radius, height - sag),
        (0.0, height - 1.2 * sag),
    ]
    body = lathe(rows, max(8, count), grain="along", crease=60.0, tint=[1.0] * 6 + [1.0, 0.95, 0.85])
    slope = draw.uniform(-0.35, 0.35, 2) * rough

    def melted(points: np.ndarray) -> np.ndarray:
        upper = np.clip((points[:, 1] / height - 0.6) / 0.4, 0.0, 1.0)
        return points + np.outer(upper * (points[:, 0] * slope[0] + points[:, 2] * slope[1]), (0.0, 1.0, 0.0))

    drips = []
    for i in range(round(1 + 4 * rough)):
        angle = 2 * math.pi * (i + float(draw.uniform(0.1, 0.9))) / 5
        long = float(draw.uniform(0.25, 0.62)) * height
        thick = float(draw.uniform(0.13, 0.2)) * radius
        top = height - 0.3 * radius
        path = [
            (0.92 * radius, top, 0.0),
            (0.97 * radius, top - 0.35 * long, 0.0),
            (0.985 * radius, top - 0.8 * long, 0.0),
            (0.96 * radius, top - long, 0.0),
        ]
        turned_path = [(r * math.sin(angle), y, r * math.cos(angle)) for r, y, _ in path]
        drips.append(tube(bezier(turned_path, 6), thick, 6, scale=(0.6, 0.85, 0.9, 1.05, 1.3, 0.8)))
    return mapped(join(body, *drips), melted)


def wick(radius: float, height: float) -> Shell:
    """The wick of a candle, sticking out of its hollow."""
    thick = max(0.06 * radius, 0.0012)
    return tube([(0.0, height - 0.35 * radius, 0.0), (0.0, height, 0.0), (0.12 * radius, height + 0.3 * radius, 0.0)], thick, 5)


def flame(radius: float, height: float, draw: np.random.Generator) -> Shell:
    """A flame over a candle of this radius and height, leaning a little."""
    size = 0.52 * radius
    rows = [(0.0, 0.0), *((r * size, y * size) for r, y in FLAME), (0.0, 3.3 * size)]
    body = lathe(rows, 8, grain="along", crease=80.0)
    lean = draw.uniform(-0.07, 0.07, 2)
    body = mapped(body, lambda p: p + np.outer((p[:, 1] / size) ** 2 * size, (lean[0], 0.0, lean[1])))
    return moved(body, (0.05 * radius, height + 0.08 * radius, 0.0))


def drip_pan(radius: float, count: int) -> Shell:
    """The cup and pan under a candle of this radius: its floor is at the origin."""
    rows = [
        (0.0, -0.75),
        (0.5, -0.75),
        (0.55, -0.35),
        (1.75, -0.2),
        (2.0, 0.12),
        (1.86, 0.22),
        (1.6, 0.02),
        (1.22, -0.06),
        (1.22, 0.7),
        (1.06, 0.7),
        (1.04, 0.0),
        (0.0, 0.0),
    ]
    return lathe([(r * radius, y * radius) for r, y in rows], max(10, count))
