"""Turned and carved members: the profiles of legs, spindles, stems and finials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dhsdk.shapes.curves import rectangle
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.solids import stack
from dhsdk.shapes.surface import Shell

BALUSTER = (
    (0.52, 0.0), (0.66, 0.02), (0.66, 0.06), (0.42, 0.085), (0.46, 0.16), (0.72, 0.36), (0.98, 0.54), (0.9, 0.63), (0.5, 0.7),
    (0.48, 0.715), (0.86, 0.73), (0.86, 0.765), (0.5, 0.78), (0.55, 0.8), (0.98, 0.83), (1.0, 1.0),
)  # fmt: skip
BOBBIN = (
    (0.5, 0.0), (0.72, 0.04), (0.8, 0.12), (0.62, 0.2), (0.4, 0.23), (0.62, 0.27), (1.0, 0.37), (1.0, 0.43), (0.62, 0.53),
    (0.4, 0.57), (0.62, 0.61), (0.9, 0.7), (0.62, 0.79), (0.45, 0.83), (0.85, 0.87), (0.9, 1.0),
)  # fmt: skip
SPINDLE = ((0.55, 0.0), (0.7, 0.12), (1.0, 0.4), (0.9, 0.48), (0.95, 0.55), (0.75, 0.75), (0.5, 1.0))
COLUMN = (
    (0.95, 0.0), (0.95, 0.03), (0.72, 0.05), (0.7, 0.1), (0.62, 0.5), (0.55, 0.86), (0.85, 0.885), (0.85, 0.915), (0.55, 0.935),
    (0.6, 1.0),
)  # fmt: skip


def turned_member(profile: Sequence[tuple[float, float]], height: float, radius: float, count: int, depth: float = 1.0) -> Shell:
    """A member standing on the origin, turned to a profile of (share of radius, share of height); depth scales its carving."""
    rows = [(radius * (1.0 - depth * (1.0 - r)), height * t) for r, t in profile]
    return lathe([(0.0, 0.0), *rows, (0.0, height)], count, grain="along", crease=38.0)


def tapered_post(height: float, top: float, foot: float, bevel: float, *, deep: float | None = None) -> Shell:
    """A square post standing on the origin: `top` wide above (`deep` deep), scaled down to `foot` of that at the floor."""
    b = min(bevel, 0.25 * top * foot, 0.25 * height)
    profile = [(b, 0.0), (0.0, b), (0.0, 0.86 * height), (0.0, height - b), (b, height)]
    body = stack(rectangle(top, deep or top, b * 1.1, 1), profile, grain="along", tint=(0.95, 0.9, 0.9, 1.0))
    share = np.clip(body.points[:, 1] / (0.86 * height), 0.0, 1.0)
    scale = foot + (1.0 - foot) * share
    return replace(body, points=body.points * np.stack([scale, np.ones_like(scale), scale], axis=1))


def leaned(shell: Shell, height: float, dx: float, dz: float) -> Shell:
    """A member standing on y = 0, sheared so that its foot moves by (dx, dz) and its top (at `height`) stays: feet stay flat."""
    y = shell.points[:, 1]
    share = 1.0 - y / height
    return replace(shell, points=shell.points + np.stack([dx * share, np.zeros_like(y), dz * share], axis=1))


def finial(radius: float, count: int, tall: float = 2.6) -> Shell:
    """A knob on a neck, standing on the origin, `tall` radii high."""
    rows = [
        (0.5, 0.0),
        (0.62, 0.2),
        (0.62, 0.35),
        (0.38, 0.5),
        (0.42, 0.65),
        (0.85, 0.95),
        (1.0, 1.35),
        (0.86, 1.8),
        (0.45, 2.15),
        (0.16, 2.5),
    ]
    points = [(r * radius, y * radius * tall / 2.6) for r, y in rows]
    return lathe([(0.0, 0.0), *points, (0.0, radius * tall)], count, grain="along", crease=50.0)
