"""Masonry in little: plates with holes between two grids, plain blocks, extruded outlines, and drafts of parts."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dhsdk.shapes.kernel import Part, PartSocket
from dhsdk.shapes.slab import outward
from dhsdk.shapes.surface import Shell, Vec, join, mapped, moved, surface

QUARTER = math.pi / 2
CREASE = 28.0
Axis = tuple[Vec, float, float]


@dataclass
class Draft:
    """A Part whose shells are still apart, in asset space. rigid: what leans the building moves but does not bend it."""

    name: str
    shells: list[Shell]
    slot: str
    pivot: Vec = (0.0, 0.0, 0.0)
    parent: str | None = None
    hinge: Axis | None = None
    slide: Axis | None = None
    sockets: list[PartSocket] = field(default_factory=list)
    collide: bool = True
    rigid: bool = False

    def part(self, change: Callable[[np.ndarray], np.ndarray]) -> Part:
        """The part, every point of it (pivot and sockets too) sent through `change`: (P, 3) -> (P, 3)."""
        places = change(np.array([self.pivot, *(socket.translation for socket in self.sockets)], np.float64))
        pivot, *spots = ((float(p[0]), float(p[1]), float(p[2])) for p in places)
        sockets = tuple(replace(socket, translation=spot) for socket, spot in zip(self.sockets, spots, strict=True))
        shell = together(self.shells, self.name)
        offset = np.subtract(pivot, self.pivot)
        face = surface(moved(shell, tuple(offset)) if self.rigid else mapped(shell, change))
        return Part(self.name, face, self.slot, pivot, self.parent, self.hinge, sockets, self.collide, self.slide)


def standing(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts that have pieces; what hung on one without hangs on what that hung on."""
    bare = {draft.name: draft.parent for draft in drafts if not draft.shells}
    for draft in drafts:
        while draft.parent in bare:
            draft.parent = bare[draft.parent]
    return [draft for draft in drafts if draft.shells]


def together(shells: Sequence[Shell], name: str = "") -> Shell:
    """One Shell of many that may touch, each right side out and shifted by up to 3 mm: no two share a point and weld into one.

    name: of the part; pieces of parts with other names are shifted otherwise.
    """
    first = zlib.crc32(name.encode())
    spots = [first + k for k in range(len(shells))]
    moves = [((7 * k) % 101, (37 * k) % 101, (61 * k) % 101) for k in spots]
    return join(
        *(
            replace(one, points=one.points + 6e-5 * (np.array(move) - 50.0))
            for one, move in zip(map(outward, shells), moves, strict=True)
        )
    )


def pierced(
    front: np.ndarray, back: np.ndarray, uv: np.ndarray, solid: np.ndarray, *, loop: bool = False, crease: float = CREASE,
    tint: float = 0.95,
) -> Shell:  # fmt: skip
    """The closed shell between two grids of points where `solid`: a wall with its openings, a parapet with its gaps.

    front, back: (R, K, 3), rows upwards, columns to the right seen from the front. uv: (R, K, 2) metres, with loop (R, K + 1, 2).
    solid: (R - 1, K - 1) cells that are there, with loop (R - 1, K): the last column joins the first.
    """
    rows, columns = front.shape[:2]
    right = np.roll(np.arange(columns), -1) if loop else np.arange(columns)[1:]
    left = np.arange(columns)[: len(right)]
    number = np.arange(rows * columns).reshape(rows, columns)
    corner = np.stack([number[:-1][:, left], number[:-1][:, right], number[1:][:, right], number[1:][:, left]], axis=2)
    flat = uv[:, : len(left) + 1]
    corner_uv = np.stack([flat[:-1, :-1], flat[:-1, 1:], flat[1:, 1:], flat[1:, :-1]], axis=2)
    thick = np.linalg.norm(front - back, axis=2).reshape(-1)
    here, its_uv = corner[solid], corner_uv[solid]
    deep = rows * columns
    quads, uvs = [here, here[:, ::-1] + deep], [its_uv, its_uv[:, ::-1]]
    open_ = ~np.pad(solid, 1, constant_values=False)
    if loop:
        open_[1:-1, 0], open_[1:-1, -1] = ~solid[:, -1], ~solid[:, 0]
    around = (open_[:-2, 1:-1], open_[1:-1, 2:], open_[2:, 1:-1], open_[1:-1, :-2])
    for side, bare in enumerate(around):
        rim = solid & bare
        a, b = corner[rim][:, side], corner[rim][:, (side + 1) % 4]
        quads.append(np.stack([b, a, a + deep, b + deep], axis=1))
        at, to = corner_uv[rim][:, side], corner_uv[rim][:, (side + 1) % 4]
        into = np.array([1.0, 0.0] if side % 2 else [0.0, 1.0])  # the pattern goes on around the edge
        uvs.append(np.stack([to, at, at + thick[a, None] * into, to + thick[b, None] * into], axis=1))
    quad, quad_uv = np.concatenate(quads), np.concatenate(uvs)
    faces = np.concatenate([quad[:, [0, 1, 2]], quad[:, [0, 2, 3]]])
    faces_uv = np.concatenate([quad_uv[:, [0, 1, 2]], quad_uv[:, [0, 2, 3]]])
    points = np.concatenate([front.reshape(-1, 3), back.reshape(-1, 3)])
    used, index = np.unique(faces, return_inverse=True)
    count = len(faces)
    return Shell(
        points[used], index.reshape(-1, 3), faces_uv, np.full(count, tint), np.full(count, math.cos(math.radians(crease)))
    )


def block(size: Sequence[float], at: Sequence[float] = (0.0, 0.0, 0.0), *, tint: float = 0.95, top: float = 1.0) -> Shell:
    """A plain box of size (x, y, z) standing on `at`, the middle of its foot; `top` scales its upper face. Twelve triangles."""
    w, h, d = (0.5 * float(size[0]), float(size[1]), 0.5 * float(size[2]))
    flat = np.array([(-w, -d), (w, -d), (w, d), (-w, d)])
    points = np.concatenate([np.insert(flat, 1, 0.0, axis=1), np.insert(top * flat, 1, h, axis=1)]) + np.asarray(at, np.float64)
    return boxed_out(points, tint)


def bar(
    start: Sequence[float], end: Sequence[float], wide: float, deep: float, *, tint: float = 0.95, face: Vec = (0.0, 0.0, 1.0)
) -> Shell:
    """A straight beam between two points: `deep` along `face`, `wide` across it and itself. Twelve triangles."""
    a, b = np.asarray(start, np.float64), np.asarray(end, np.float64)
    along = (b - a) / np.linalg.norm(b - a)
    side = np.cross(along, np.asarray(face, np.float64))
    side /= np.linalg.norm(side)
    out = np.cross(side, along)
    ring = [p * side * wide / 2 + q * out * deep / 2 for p, q in ((-1, -1), (-1, 1), (1, 1), (1, -1))]
    return boxed_out(np.array([*(a + r for r in ring), *(b + r for r in ring)]), tint)


def boxed_out(points: np.ndarray, tint: float = 0.95) -> Shell:
    """The hexahedron over 8 points: four around its foot and the four above them; draped in metres."""
    quads = np.array([(0, 1, 2, 3), (7, 6, 5, 4), (0, 4, 5, 1), (1, 5, 6, 2), (2, 6, 7, 3), (3, 7, 4, 0)])
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    shell = Shell(points, faces, np.zeros((12, 3, 2)), np.full(12, tint), np.full(12, math.cos(math.radians(CREASE))))
    return draped(outward(shell))


def prism(outline: Sequence[Sequence[float]], deep: float, *, tint: float = 0.95) -> Shell:
    """A convex outline (N, 2) in the x-y plane, counter-clockwise seen from +z, from z = -deep to z = 0."""
    flat = np.asarray(outline, np.float64)
    n = len(flat)
    points = np.concatenate([np.insert(flat, 2, 0.0, axis=1), np.insert(flat, 2, -deep, axis=1)])
    ring, after = np.arange(n), np.roll(np.arange(n), -1)
    cap = np.stack([np.zeros(n - 2, np.int64), ring[1:-1], ring[2:]], axis=1)
    rim = np.concatenate([np.stack([after, ring, ring + n], axis=1), np.stack([after, ring + n, after + n], axis=1)])
    faces = np.concatenate([cap, cap[:, ::-1] + n, rim])
    count = len(faces)
    return draped(
        Shell(points, faces, np.zeros((count, 3, 2)), np.full(count, tint), np.full(count, math.cos(math.radians(CREASE))))
    )


def draped(shell: Shell) -> Shell:
    """The shell with UVs in metres on every face: u level along it, v up its slope; on level faces u along x, v along z."""
    corners = shell.points[shell.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-300)
    across = np.stack([normal[:, 2], np.zeros(len(normal)), -normal[:, 0]], axis=1)
    level = np.linalg.norm(across, axis=1) < 0.05
    across[level] = (1.0, 0.0, 0.0)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    up = np.cross(normal, across)
    uvs = np.stack([np.einsum("fij,fj->fi", corners, across), np.einsum("fij,fj->fi", corners, up)], axis=2)
    return replace(shell, uvs=uvs)


def cuts(low: float, high: float, marks: Sequence[float], least: float = 0.03) -> np.ndarray:
    """(N,) the ends and every mark between them, none nearer to the one before than `least`."""
    kept = [low]
    for mark in sorted(marks):
        if kept[-1] + least < mark < high - least:
            kept.append(float(mark))
    return np.array([*kept, high])
