"""Loft: a skin over a row of rings, closed at both ends. Every other builder is a way to make its rings."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from dhsdk.shapes.surface import Shell

Grain = Literal["along", "around"]
Project = Callable[[np.ndarray], np.ndarray]
"""(N, 3) points -> (N, 2) UVs, metres: a flat projection."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How the skin is dressed.

    grain: whether u runs along the rows ("along": a plank, a leg) or around the rings ("around": a pot).
    crease: degrees beyond which an edge is sharp. tint: brightness of each band between two rows, or of all.
    flat: projection for the bands marked in `flat_bands`; None: rows and rings give the UVs everywhere.
    """

    grain: Grain = "along"
    crease: float = 42.0
    tint: float | Sequence[float] | np.ndarray = 1.0
    flat: Project | None = None
    flat_bands: Sequence[bool] | np.ndarray = ()


PLAIN = Look()


def loft(rings: np.ndarray, look: Look = PLAIN, *, loop: bool = False, fan: bool = False) -> Shell:
    """The closed shell over rings: (R, N, 3), each counter-clockwise seen from the next ring.

    A ring whose points are all equal is a pole. An end that is no pole gets a flat cap: a strip, or with `fan` triangles
    around its middle (needed where the ring is not convex or has points in one line). loop: the last ring joins the first.
    """
    rings = np.asarray(rings, np.float64)
    if not loop and fan:
        rings = _with_middles(rings)
    rows, around = rings.shape[:2]
    poles = (rings == rings[:, :1]).all(axis=(1, 2))
    ids, points = _ids(rings, poles)
    pick = [*range(rows), 0] if loop else list(range(rows))
    t, s = _lengths(rings, pick)
    quads = np.stack([ids[pick][:-1], np.roll(ids, -1, 1)[pick][:-1], np.roll(ids, -1, 1)[pick][1:], ids[pick][1:]], axis=2)
    uv = np.empty((len(pick) - 1, around, 4, 2))
    uv[..., 0, 0] = uv[..., 3, 0] = s[None, :-1]
    uv[..., 1, 0] = uv[..., 2, 0] = s[None, 1:]
    uv[..., 0, 1] = uv[..., 1, 1] = t[:-1, None]
    uv[..., 2, 1] = uv[..., 3, 1] = t[1:, None]
    for band, (low, high) in enumerate(pairwise(pick)):
        for row, sides in ((low, (0, 1)), (high, (2, 3))):
            if poles[row]:
                uv[band][:, sides, 0] = uv[band][:, sides, 0].mean(axis=1, keepdims=True)
    if look.grain == "along":
        uv = uv[..., ::-1]
    if look.flat is not None:
        for level in np.flatnonzero(look.flat_bands):
            uv[level] = look.flat(points[quads[level].reshape(-1)]).reshape(around, 4, 2)
    return _assemble(points, ids, quads, uv, poles, pick, look)


def _assemble(
    points: np.ndarray, ids: np.ndarray, quads: np.ndarray, uv: np.ndarray, poles: np.ndarray, pick: list[int], look: Look
) -> Shell:
    bands, around = quads.shape[:2]
    tints = np.broadcast_to(np.asarray(look.tint, np.float64), (bands,))
    faces, uvs, tint = [], [], []
    for band in range(bands):
        for corners, dead in (((0, 1, 2), poles[pick[band]]), ((0, 2, 3), poles[pick[band + 1]])):
            if not dead:
                faces.append(quads[band][:, corners])
                uvs.append(uv[band][:, corners])
                tint.append(np.full(around, tints[band]))
    if pick[-1] != 0:
        for row, flip in ((0, True), (len(ids) - 1, False)):
            if not poles[row]:
                cap = _strip(ids[row], flip)
                faces.append(cap)
                uvs.append(flat_uv(points[ids[row]], points[cap.reshape(-1)]).reshape(-1, 3, 2))
                tint.append(np.full(len(cap), tints[0 if flip else -1]))
    every = np.concatenate(faces)
    crease = np.full(len(every), math.cos(math.radians(look.crease)))
    return Shell(points, every, np.concatenate(uvs), np.concatenate(tint), crease)


def _ids(rings: np.ndarray, poles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    ids = np.empty(rings.shape[:2], np.int64)
    points: list[np.ndarray] = []
    start = 0
    for row, pole in enumerate(poles):
        used = rings[row, :1] if pole else rings[row]
        ids[row] = start + np.arange(len(used))
        points.append(used)
        start += len(used)
    return ids, np.concatenate(points)


def _lengths(rings: np.ndarray, pick: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """t: (rows,) metres along the rows; s: (N + 1,) metres around the widest ring."""
    walked = rings[pick]
    t = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(walked, axis=0), axis=2).mean(axis=1))])
    edges = np.linalg.norm(np.roll(rings, -1, axis=1) - rings, axis=2)
    widest = int(np.argmax(edges.sum(axis=1)))
    return t, np.concatenate([[0.0], np.cumsum(edges[widest])])


def _with_middles(rings: np.ndarray) -> np.ndarray:
    ends = []
    for row in (0, -1):
        ring = rings[row]
        pole = (ring == ring[:1]).all()
        ends.append(None if pole else np.broadcast_to(ring.mean(axis=0), ring.shape)[None])
    first, last = ends
    parts = [*([] if first is None else [first]), rings, *([] if last is None else [last])]
    return np.concatenate(parts)


def _strip(ring: np.ndarray, flip: bool) -> np.ndarray:
    """A convex ring cut into triangles from both sides in turn, so that none is a sliver fan."""
    low, high, faces = 0, len(ring) - 1, []
    while high - low > 1:
        faces.append((ring[low], ring[low + 1], ring[high]))
        low += 1
        if high - low > 1:
            faces.append((ring[low], ring[high - 1], ring[high]))
            high -= 1
    out = np.asarray(faces, np.int64)
    return out[:, ::-1] if flip else out


def flat_uv(ring: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(N, 2) metres: points projected on the plane of a ring, u along the world axis that lies most in it."""
    normal = np.cross(ring, np.roll(ring, -1, axis=0)).sum(axis=0)
    normal = normal / max(float(np.linalg.norm(normal)), 1e-300)
    axis = np.eye(3)[int(np.argmin(np.abs(normal)))]
    u = axis - normal * (axis @ normal)
    u /= np.linalg.norm(u)
    return np.stack([points @ u, points @ np.cross(normal, u)], axis=1)


def plan_uv(points: np.ndarray) -> np.ndarray:
    """(N, 2) metres: points seen from above, u along x."""
    return points[:, [0, 2]]
