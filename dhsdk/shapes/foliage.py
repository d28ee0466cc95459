"""Foliage as closed solids: folded leaves, arching blades, feathered fronds and the clumps that crowns are made of."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dhsdk.shapes.kernel import Surface
from dhsdk.shapes.surface import Shell, Vec, join
from dhsdk.shapes.sweep import sweep

Rng = np.random.Generator
UP = np.array([0.0, 1.0, 0.0])
GOLDEN = math.pi * (3.0 - math.sqrt(5.0))
"""The angle from one leaf to the next around a shoot. Source: Vogel 1979, "A better way to construct the sunflower head"."""


def unit(v: np.ndarray) -> np.ndarray:
    out: np.ndarray = v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12)
    return out


def vec(v: np.ndarray) -> Vec:
    """A point as plain numbers."""
    return float(v[0]), float(v[1]), float(v[2])


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """Where leaves sit and how they look: root, ahead (towards the tip) and face (up side) are (N, 3); the rest (N,), metres."""

    root: np.ndarray
    ahead: np.ndarray
    face: np.ndarray
    length: np.ndarray
    width: np.ndarray


def leaves(at: Leaf, fold: float = 0.3, tint: float | np.ndarray = 1.0) -> Shell:
    """Each leaf a diamond folded along its middle: four corners, four faces, so it has a thickness and is closed.

    fold: how high the two halves stand, share of the width.
    """
    count = len(at.root)
    ahead = unit(at.ahead)
    across = unit(np.cross(ahead, at.face))
    face = np.cross(across, ahead)
    long, wide = at.length[:, None], 0.5 * at.width[:, None]
    middle = at.root + 0.42 * long * ahead + 2.0 * fold * wide * face
    points = np.stack([at.root, at.root + long * ahead, middle - wide * across, middle + wide * across], axis=1)
    corners = np.array([(0, 2, 1), (1, 3, 0), (0, 3, 2), (1, 2, 3)])
    flat = np.zeros((count, 4, 2))
    flat[:, 1, 0] = at.length
    flat[:, 2:, 0] = 0.42 * at.length[:, None]
    flat[:, 2, 1], flat[:, 3, 1] = -0.5 * at.width, 0.5 * at.width
    # Neighbours in the texture lie anywhere in it, so that no two leaves look alike.
    flat += (np.arange(count)[:, None] * np.array([0.381966, 0.618034]) % 1.0)[:, None]
    faces = (corners[None] + 4 * np.arange(count)[:, None, None]).reshape(-1, 3)
    bright = np.repeat(np.broadcast_to(np.asarray(tint, np.float64), (count,)), 4)
    return Shell(points.reshape(-1, 3), faces, flat[:, corners].reshape(-1, 3, 2), bright, np.full(len(faces), 0.999))


@functools.cache
def _ball(level: int) -> tuple[np.ndarray, np.ndarray]:
    """(V, 3) points on the unit sphere and (F, 3) faces: an icosahedron, each triangle cut in four `level` times."""
    p = (1.0 + math.sqrt(5.0)) / 2.0
    points = [(-1, p, 0), (1, p, 0), (-1, -p, 0), (1, -p, 0), (0, -1, p), (0, 1, p), (0, -1, -p), (0, 1, -p), (p, 0, -1),
              (p, 0, 1), (-p, 0, -1), (-p, 0, 1)]  # fmt: skip
    faces = [(0, 11, 5), (0, 5, 1), (0, 1, 7), (0, 7, 10), (0, 10, 11), (1, 5, 9), (5, 11, 4), (11, 10, 2), (10, 7, 6),
             (7, 1, 8), (3, 9, 4), (3, 4, 2), (3, 2, 6), (3, 6, 8), (3, 8, 9), (4, 9, 5), (2, 4, 11), (6, 2, 10), (8, 6, 7),
             (9, 8, 1)]  # fmt: skip
    out = unit(np.array(points, np.float64))
    index = np.array(faces)
    for _ in range(level):
        middles: dict[tuple[int, int], int] = {}
        rows = list(out)
        cut = []
        for a, b, c in index:
            mids = []
            for i, j in ((a, b), (b, c), (c, a)):
                key = (min(i, j), max(i, j))
                if key not in middles:
                    middles[key] = len(rows)
                    rows.append(unit(out[i] + out[j]))
                mids.append(middles[key])
            ab, bc, ca = mids
            cut += [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
        out, index = np.array(rows), np.array(cut)
    return out, index


def clump(rng: Rng, center: np.ndarray, radii: np.ndarray, *, level: int = 1, lumps: float = 0.22, flat: float = 0.55) -> Shell:
    """A lumpy ball of foliage. radii: (3,) metres. lumps: how far it bulges. flat: how high its underside is, 1 a full ball."""
    points, faces = _ball(level)
    bumps = unit(rng.normal(size=(7, 3)))
    reach = 1.0 + lumps * (np.exp(4.0 * (points @ bumps.T - 1.0)).max(axis=1) - 0.5)
    shape = points * (reach * rng.uniform(0.95, 1.05, len(points)))[:, None]
    shape = np.where(shape[:, 1:2] < 0.0, shape * (1.0, flat, 1.0), shape)
    turn = rng.uniform(0.0, math.tau)
    spin = np.array([[math.cos(turn), 0.0, math.sin(turn)], [0.0, 1.0, 0.0], [-math.sin(turn), 0.0, math.cos(turn)]])
    placed = (shape @ spin) * radii + center
    made = placed[faces]
    facing = np.argmax(np.abs(np.cross(made[:, 1] - made[:, 0], made[:, 2] - made[:, 0])), axis=1)
    axes = np.array([[2, 1], [0, 2], [0, 1]])[facing]
    uvs = np.take_along_axis(made, np.repeat(axes[:, None], 3, axis=1), axis=2)
    return Shell(placed, faces, uvs, np.full(len(faces), 0.94), np.full(len(faces), math.cos(math.radians(50.0))))


def tufted(
    rng: Rng, ball: Shell, center: np.ndarray, count: int, length: float, *, droop: float = 0.25, slim: float = 0.55
) -> Shell:
    """Leaves that stand off the faces of a clump, `count` of them, tips outwards and a little down."""
    middles = ball.points[ball.faces].mean(axis=1)
    middles = middles[middles[:, 1] > np.quantile(middles[:, 1], 0.12)]
    chosen = rng.choice(len(middles), count, replace=count > len(middles))
    root = middles[chosen]
    out = unit(root - center)
    side = unit(np.cross(out, rng.normal(size=(count, 3))))
    ahead = unit(0.6 * out + 0.8 * side - droop * UP)
    long = length * rng.uniform(0.7, 1.15, count)
    root = root - 0.1 * long[:, None] * out
    bright = rng.uniform(0.82, 1.0, count)
    return leaves(Leaf(root, ahead, out, long, slim * long), 0.22, bright)


def blade(
    path: np.ndarray, wide: Sequence[float] | np.ndarray, thick: float, side: Sequence[float] | np.ndarray, *, ridge: float = 0.3,
    tint: float = 1.0,
) -> Shell:  # fmt: skip
    """A long leaf along path (R, 3): wide (R,) metres across `side`, a ridge above; it ends in a point where wide is 0."""
    section = np.array([(0.5, ridge), (-0.5, ridge), (0.0, -1.0)])
    wide = np.asarray(wide, np.float64)
    thickness = thick * np.clip(wide / max(float(wide.max()), 1e-9), 0.0, 1.0) ** 0.5
    made = sweep(path, section, scale=np.stack([wide, thickness], axis=1), side=list(side), crease=50.0)
    return replace(made, tint=np.full(len(made.faces), tint))


def arching(start: np.ndarray, azimuth: float, length: float, rise: float, droop: float, count: int) -> np.ndarray:
    """(count, 3) the curve of a leaf that rises at `rise` radians from the level and sinks by `droop` times its length."""
    t = np.linspace(0.0, 1.0, count)
    out = np.array([math.cos(azimuth), 0.0, math.sin(azimuth)])
    along = length * (math.cos(rise) * t)[:, None] * out
    return start + along + np.outer(length * (math.sin(rise) * t - droop * t**2.2), UP)


def frond(
    path: np.ndarray, thick: float, pairs: int, span: float, rng: Rng, *, sweep_back: float = 0.5, hang: float = 0.25,
    slim: float = 0.2,
) -> Shell:  # fmt: skip
    """A feathered leaf: a rib along path and `pairs` leaflets on either side, the longest (`span` metres) near its middle."""
    rib = sweep(path, np.array([(1.0, 0.5), (-1.0, 0.5), (0.0, -0.9)]),
                scale=thick * np.linspace(1.0, 0.12, len(path)), side=list(_level(path)), crease=50.0)  # fmt: skip
    t = np.linspace(0.14, 0.98, pairs)
    place = np.stack([np.interp(t, np.linspace(0.0, 1.0, len(path)), path[:, k]) for k in range(3)], axis=1)
    tangent = unit(np.stack([np.interp(t, np.linspace(0.0, 1.0, len(path)), np.gradient(path[:, k])) for k in range(3)], axis=1))
    across = unit(np.cross(tangent, UP))
    above = np.cross(across, tangent)
    parts = [rib]
    for hand in (1.0, -1.0):
        long = span * np.sin(math.pi * np.clip(0.16 + 0.8 * t, 0.0, 1.0)) ** 0.7 * rng.uniform(0.88, 1.06, pairs)
        ahead = hand * across + sweep_back * tangent - hang * UP * rng.uniform(0.7, 1.3, pairs)[:, None]
        leaf = Leaf(place - 0.05 * long[:, None] * unit(ahead), ahead, above, long, slim * long)
        parts.append(leaves(leaf, 0.3, rng.uniform(0.88, 1.0, pairs)))
    return join(*parts)


def _level(path: np.ndarray) -> np.ndarray:
    """The level direction across a curve."""
    return unit(np.cross(path[-1] - path[0] + (1e-6, 0.0, 2e-6), UP))


def softened(made: Surface, center: np.ndarray) -> Surface:
    """The surface with normals turned away from `center`, as far as each face allows: a clump shades as one body.

    Source: the habit of foliage artists to copy normals from a ball ("normal transfer").
    """
    faces = made.faces
    facing = unit(np.cross(*(made.positions[faces[:, k]] - made.positions[faces[:, 0]] for k in (1, 2))))
    out = unit(made.positions - center)
    need = np.zeros(len(out))
    for k in range(3):
        corner = faces[:, k]
        lack = 0.3 - (out[corner] * facing).sum(axis=1)
        np.maximum.at(need, corner, lack / np.maximum((made.normals[corner] * facing).sum(axis=1), 0.05))
    mixed = unit(out + need[:, None] * made.normals)
    return replace(made, normals=np.where(need[:, None] > 4.0, made.normals, mixed))


def merged(parts: Sequence[Surface]) -> Surface:
    """One Surface of several; all have colours or none has."""
    starts = np.cumsum([0] + [len(one.positions) for one in parts[:-1]])
    colors = [one.colors for one in parts if one.colors is not None]
    return Surface(
        np.concatenate([one.positions for one in parts]),
        np.concatenate([one.faces + start for one, start in zip(parts, starts, strict=True)]),
        np.concatenate([one.normals for one in parts]),
        np.concatenate([one.uvs for one in parts]),
        np.concatenate(colors) if colors else None,
    )


def sunlit(made: Surface, warm: float = 1.0) -> Surface:
    """The surface of foliage: warmer and lighter above, cooler and darker below."""
    y = made.positions[:, 1]
    t = np.clip((y - y.min()) / max(float(np.ptp(y)), 1e-9), 0.0, 1.0)[:, None]
    low, high = np.array([0.62, 0.74, 0.78]), np.array([1.0, 1.0, 1.0 - 0.16 * warm])
    colors = made.colors if made.colors is not None else np.ones_like(made.positions)
    return replace(made, colors=np.clip(colors * (low + (high - low) * t**0.8), 0.0, 1.0))
