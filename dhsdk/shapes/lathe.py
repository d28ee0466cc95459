"""Lathe and ring: profiles turned about the y axis."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dhsdk.shapes.curves import LEAST
from dhsdk.shapes.loft import Grain, Look, loft, plan_uv
from dhsdk.shapes.surface import Shell


def lathe(
    profile: Sequence[Sequence[float]] | np.ndarray,
    count: int,
    *,
    grain: Grain = "around",
    crease: float = 42.0,
    tint: float | Sequence[float] = 1.0,
) -> Shell:
    """The closed shell of a profile of (radius, y) turned about the y axis, in `count` steps, seam at the back.

    Walk the profile with the solid on the left: from the axis at the bottom up the outside, over the rim and down the inside
    for a hollow vessel. An end off the axis gets a flat cap. Flat parts (discs, floors) are projected from above.
    """
    turns, kept = _clean(np.asarray(profile, np.float64))
    tints = np.broadcast_to(np.asarray(tint, np.float64), (len(profile) - 1,))[kept[:-1]]
    # The fans that close open ends are dressed as their neighbours.
    tints = np.concatenate([tints[:1]] * bool(turns[0, 0]) + [tints] + [tints[-1:]] * bool(turns[-1, 0]))
    flat_ends = ([True] * bool(turns[0, 0]), [True] * bool(turns[-1, 0]))
    angles = math.pi + np.arange(count) * (2.0 * math.pi / count)
    around = np.stack([np.sin(angles), np.zeros(count), np.cos(angles)], axis=1)
    rings = turns[:, 0, None, None] * around + turns[:, 1, None, None] * np.array([0.0, 1.0, 0.0])
    steps = np.abs(np.diff(turns, axis=0))
    level = [*flat_ends[0], *(steps[:, 1] < 0.6 * steps[:, 0]), *flat_ends[1]]
    return loft(rings, Look(grain, crease, tints, plan_uv, level), fan=True)


def _clean(profile: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The profile with radii kept off the axis (but exactly 0 where it ends on it), without doubled points; and which stay."""
    rows = profile.copy()
    inner = np.ones(len(rows), bool)
    for end in (0, -1):
        if rows[end, 0] < LEAST:
            rows[end, 0] = 0.0
            inner[end] = False
    rows[inner, 0] = np.maximum(rows[inner, 0], LEAST)
    keep = [0]
    for i in range(1, len(rows)):
        if np.hypot(*(rows[i] - rows[keep[-1]])) >= 0.25 * LEAST or i == len(rows) - 1:
            keep.append(i)
    return rows[keep], keep


def band(radius: float, y: float, width: float, height: float, count: int, *, flare: float = 0.0) -> Shell:
    """A hoop: a chamfered rectangle (width along the radius, height along y) turned about the y axis; closed, hollow.

    flare: metres by which the radius grows from the bottom edge to the top edge.
    """
    b = 0.28 * min(width, height)
    w, h = width / 2.0, height / 2.0
    section = np.array([(w, -h + b), (w, h - b), (w - b, h), (-w, h), (-w, -h), (w - b, -h)])
    section[:, 0] += radius + flare * section[:, 1] / height
    section[:, 1] += y
    return ring(section, count)


def torus(radius: float, y: float, thickness: float, count: int, sides: int = 6) -> Shell:
    """A ring of round section about the y axis: `radius` to the middle of its section, `thickness` its section's radius."""
    angles = np.arange(sides) * (2.0 * math.pi / sides)
    return ring(np.stack([radius + thickness * np.cos(angles), y + thickness * np.sin(angles)], axis=1), count)


def ring(section: np.ndarray, count: int, crease: float = 42.0) -> Shell:
    """A closed section of (radius, y), counter-clockwise and off the axis, turned about the y axis."""
    angles = math.pi + np.arange(count) * (2.0 * math.pi / count)
    around = np.stack([np.sin(angles), np.zeros(count), np.cos(angles)], axis=1)
    rings = section[:, 0, None, None] * around + section[:, 1, None, None] * np.array([0.0, 1.0, 0.0])
    return loft(rings, Look("around", crease), loop=True)
