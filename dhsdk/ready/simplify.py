"""Fewer triangles for closed parts, with their UV seams, creases and closedness kept.

A vertex is only ever moved onto a neighbour (half-edge collapse), so every corner keeps a UV and normal that were there before.
All copies of a point (its wedges, split at seams, creases and borders of materials) must find a copy of the neighbour on their
own side: collapses run along seams, never across. What would open, fold or flip the surface or its first UV map is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dhsdk.ready.collapse import collapse, quadrics, settle
from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.weld import taken


def simplify(meshes: Sequence[Mesh], target: int, copies: Sequence[int] | None = None, *, free: bool = False) -> tuple[Mesh, ...]:
    """The meshes with at most `target` triangles together where that can be had without opening them, else as few as can.

    copies: how often each mesh is used; a triangle counts that often. All meshes stand in one queue, the errors of each measured
    against its own size: flat and finely divided parts give first, small parts are not starved.
    Vertices keep their attributes; those that no triangle uses any more are dropped. free: the points that are left then move to
    where the surface that they stand for wants them, which is for meshes whose attributes are made anew.
    """
    counts = list(copies) if copies is not None else [1] * len(meshes)
    if sum(mesh.triangles * count for mesh, count in zip(meshes, counts, strict=True)) <= target:
        return tuple(meshes)
    primitives = [primitive for mesh in meshes for primitive in mesh.primitives]
    starts = np.cumsum([0] + [len(primitive.positions) for primitive in primitives])
    faces = np.concatenate([p.faces.astype(np.int64) + start for p, start in zip(primitives, starts[:-1], strict=True)])
    points, place, scale = _spots(meshes)
    normals = np.concatenate([np.zeros_like(p.positions) if p.normals is None else p.normals for p in primitives])
    uvs = np.concatenate([p.uvs[0] if p.uvs else np.zeros((len(p.positions), 2)) for p in primitives])
    worth = np.repeat(counts, [mesh.triangles for mesh in meshes]).astype(np.int64)
    forms = quadrics(points, place[faces]) + _fences(points, place[faces])
    alive = collapse(points, place, faces, normals.astype(np.float64), uvs.astype(np.float64), forms, scale, worth, int(target))
    if free:
        settle(points, place[faces[alive]], forms)
        primitives = _moved(meshes, points, place, starts)
    ends = np.cumsum([0] + [len(primitive.faces) for primitive in primitives])
    slices = zip(primitives, starts[:-1], ends[:-1], ends[1:], strict=True)
    made = iter([_picked(p, faces[low:high][alive[low:high]] - start) for p, start, low, high in slices])
    return tuple(replace(mesh, primitives=tuple(next(made) for _ in mesh.primitives)) for mesh in meshes)


def _spots(meshes: Sequence[Mesh]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(P, 3) points of all meshes, each mesh scaled to a diagonal of 1; (W,) the point of each vertex; (P,) cost factors.

    A factor is the square of the mesh's diagonal: halfway between errors in metres (where small parts vanish first) and errors
    in proportion (where a bolt keeps as many triangles as the door).
    """
    points, place, scale = [], [], []
    at = 0
    for mesh in meshes:
        spots, index = np.unique(np.concatenate([p.positions for p in mesh.primitives]), axis=0, return_inverse=True)
        middle, diagonal = _frame(spots)
        points.append((spots - middle) / diagonal)
        place.append(index.reshape(-1) + at)
        scale.append(np.full(len(spots), diagonal**2))
        at += len(spots)
    return np.concatenate(points), np.concatenate(place).astype(np.int64), np.concatenate(scale)


def _moved(meshes: Sequence[Mesh], points: np.ndarray, place: np.ndarray, starts: np.ndarray) -> list[Primitive]:
    """The primitives at their moved points: back from the unit frames of _spots."""
    out: list[Primitive] = []
    for mesh in meshes:
        middle, diagonal = _frame(np.concatenate([one.positions for one in mesh.primitives]))
        for one in mesh.primitives:
            start = starts[len(out)]
            at = points[place[start : start + len(one.positions)]]
            out.append(replace(one, positions=(at * diagonal + middle).astype(np.float32)))
    return out


def _frame(positions: np.ndarray) -> tuple[np.ndarray, float]:
    low, high = positions.min(axis=0).astype(np.float64), positions.max(axis=0).astype(np.float64)
    return (low + high) / 2, max(float(np.linalg.norm(high - low)), 1e-12)


def _fences(points: np.ndarray, spots: np.ndarray) -> np.ndarray:
    """(P, 10) quadrics of planes that stand upright on border edges, so that an open surface keeps its outline."""
    edges = np.concatenate([spots[:, [0, 1]], spots[:, [1, 2]], spots[:, [2, 0]]])
    keys = np.sort(edges, axis=1) @ [len(points), 1]
    _, index, counts = np.unique(keys, return_inverse=True, return_counts=True)
    open_ = counts[index] == 1
    if not open_.any():
        return np.zeros((len(points), 10))
    ends, corners = edges[open_], points[np.tile(spots, (3, 1))[open_]]
    along = points[ends[:, 1]] - points[ends[:, 0]]
    upright = np.cross(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), along)
    unit = upright / np.maximum(np.linalg.norm(upright, axis=1, keepdims=True), 1e-30)
    planes = np.concatenate([unit, -(unit * points[ends[:, 0]]).sum(axis=1, keepdims=True)], axis=1)
    rows, columns = np.triu_indices(4)
    forms = planes[:, rows] * planes[:, columns] * (10.0 * (along**2).sum(axis=1, keepdims=True))
    return np.stack([np.bincount(ends.ravel(), np.repeat(form, 2), len(points)) for form in forms.T], axis=1)


def _picked(primitive: Primitive, faces: np.ndarray) -> Primitive:
    """The primitive with these faces only, its unused vertices dropped."""
    if len(faces) == len(primitive.faces):
        return primitive
    used, index = np.unique(faces, return_inverse=True)
    return taken(primitive, used, index.reshape(-1, 3))
