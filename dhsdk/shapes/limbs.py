"""Limbs: trunks and boughs as closed tubes that grow out of one another, thick as Leonardo saw it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dhsdk.shapes.curves import LEAST
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.surface import Shell
from dhsdk.shapes.sweep import frames

Rng = np.random.Generator


def limb(
    path: np.ndarray,
    radii: Sequence[float] | np.ndarray,
    sides: int,
    rng: Rng,
    *,
    ridges: float = 0.0,
    flare: float = 0.0,
    pointed: bool = True,
    level: bool = False,
    crease: float = 55.0,
) -> Shell:
    """A closed tube along path (R, 3), metres, with a radius for each point; u of its UVs runs along it.

    ridges: how uneven its section is. flare: by how much of its radius it widens at its start.
    pointed: it ends in a tip; otherwise it is cut off. level: its cut ends are level.
    """
    radii = np.maximum(np.asarray(radii, np.float64), LEAST)
    _, first, second = frames(path)
    angle = np.arange(sides) * (2.0 * math.pi / sides)
    uneven = 1.0 + ridges * rng.uniform(-1.0, 0.6, sides)
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    near = np.exp(-walked / max(0.9 * float(radii[0]), LEAST))
    rings = []
    for k, center in enumerate(path):
        own = uneven * (1.0 + ridges * 0.25 * rng.uniform(-1.0, 1.0, sides)) + flare * near[k]
        around = np.cos(angle)[:, None] * first[k] + np.sin(angle)[:, None] * second[k]
        rings.append(center + radii[k] * own[:, None] * around)
    if level:
        rings[0][:, 1] = path[0, 1]
        if not pointed:
            rings[-1][:, 1] = path[-1, 1]
    if pointed:
        tip = path[-1] + (path[-1] - path[-2]) * min(1.0, float(radii[-1]) / max(float(walked[-1] - walked[-2]), LEAST))
        rings.append(np.broadcast_to(tip, rings[-1].shape))
    return loft(np.asarray(rings), Look("along", crease, 0.95), fan=True)


def roots(foot: np.ndarray, radius: float, count: int, reach: float, rng: Rng) -> list[Shell]:
    """Roots that leave a trunk of `radius` at its foot and go into the ground `reach` radii away."""
    out = []
    start = rng.uniform(0.0, 2.0 * math.pi)
    for k in range(count):
        angle = start + 2.0 * math.pi * (k + rng.uniform(-0.22, 0.22)) / count
        ahead = np.array([math.cos(angle), 0.0, math.sin(angle)])
        long = radius * reach * rng.uniform(0.75, 1.15)
        side = np.array([-ahead[2], 0.0, ahead[0]]) * rng.uniform(-0.3, 0.3) * long
        thick = radius * rng.uniform(0.38, 0.52)
        t = np.array([0.0, 0.3, 0.6, 0.85, 1.0])
        path = foot + np.outer(0.15 * radius + t * (long + 0.2 * radius), ahead) + np.outer(t * t, side)
        radii = thick * (1.0 - 0.75 * t)
        path[:, 1] = foot[1] + 0.75 * radii + (0.8 * radius) * (1.0 - t) ** 2.6
        out.append(limb(path, radii, 6, rng, ridges=0.1))
    return out


def wandering(
    start: np.ndarray, end: np.ndarray, rng: Rng, *, bend: float, count: int | np.ndarray, rise: float = 0.0
) -> np.ndarray:
    """(count, 3) a curve from start to end. count: how many points, or where along it they lie, in [0, 1].

    bend: how far it strays in long and short waves, share of its length. rise: it leaves steeply upwards and levels out.
    """
    length = float(np.linalg.norm(end - start))
    t = np.linspace(0.0, 1.0, count) if isinstance(count, int) else count
    rows = start + (end - start) * t[:, None]
    for wave, share in ((1, 1.0), (2, 0.5)):
        aside = rng.normal(0.0, 1.0, 3) * np.array([1.0, 0.35, 1.0])
        rows = rows + np.sin(math.pi * wave * t)[:, None] * (share * bend * length * aside)
    rows[:, 1] += rise * length * np.sin(math.pi * t) * (1.0 - 0.35 * t)
    return rows


def shared(radius: float, children: int, thickest: float = 0.0) -> float:
    """The radius of each of `children` boughs that a bough of `radius` parts into. thickest: radius of one that goes on.

    Source: Leonardo's rule: the sections of the boughs together are the section of the trunk.
    """
    return math.sqrt(max(radius * radius - thickest * thickest, 0.04 * radius * radius) / max(1, children))


def tapering(low: float, high: float, count: int, power: float = 1.0) -> np.ndarray:
    """(count,) radii from low to high."""
    t = np.linspace(0.0, 1.0, count) ** power
    return low + (high - low) * t
