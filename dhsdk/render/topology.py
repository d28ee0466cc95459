"""Which faces are neighbours: the edge table that silhouettes are found with."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.jit import kernel


@dataclass(frozen=True, slots=True, eq=False)
class Topology:
    """edges: (E, 4) int32 rows (a, b, o, q): the edge's ends, the third corner of its first face, that of its second or -1.

    sides: (E, 2) int32 its faces, the second may be -1. creases: (E,) bool, both faces have vertices of their own there (a seam,
    a hard edge). across: (F, 3) int32 the face beyond the edge that starts at each corner, or -1.
    pieces: (F,) int32, equal for faces that hang together. turned: (F,) bool, wound the other way than the first of its piece.
    Edges of more than two faces count as borders of each. The order is that of the faces, whatever their winding.
    """

    edges: np.ndarray
    sides: np.ndarray
    across: np.ndarray
    creases: np.ndarray
    pieces: np.ndarray
    turned: np.ndarray


def topology(faces: np.ndarray, points: np.ndarray | None = None) -> Topology:
    """The topology of triangles (F, 3). points (V, 3): vertices at the same place count as one, so that UV seams are no borders.

    Kept for as long as the faces array lives; points must then stay connected the same way. Raises RenderError: a wrong shape.
    """
    if faces.ndim != 2 or faces.shape[1] != 3:
        raise RenderError(f"faces must have the shape (F, 3), got {faces.shape}")
    kept = _KEPT.get(id(faces))
    if kept is not None and kept[0]() is faces and kept[1] == (points is not None):
        return kept[2]
    made = _made(faces, _welded(points)[faces] if points is not None and len(faces) else faces)
    number = id(faces)
    _KEPT[number] = (weakref.ref(faces, lambda _: _KEPT.pop(number, None)), points is not None, made)
    return made


_KEPT: dict[int, tuple[weakref.ref[np.ndarray], bool, Topology]] = {}


def _welded(points: np.ndarray) -> np.ndarray:
    """(V,) for each vertex the first at the same place."""
    keys = np.ascontiguousarray(points.astype(np.float64) + 0.0).view("V24").ravel()
    _, first, back = np.unique(keys, return_index=True, return_inverse=True)
    return first[back.ravel()]


def _made(faces: np.ndarray, joined: np.ndarray) -> Topology:
    count = len(faces)
    starts, ends = joined.ravel(), joined[:, [1, 2, 0]].ravel()
    low, high = np.minimum(starts, ends).astype(np.int64), np.maximum(starts, ends).astype(np.int64)
    key = low << 32 | high
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    fresh = np.ones(len(order), bool)
    fresh[1:] = sorted_key[1:] != sorted_key[:-1]
    group = np.flatnonzero(fresh)
    size = np.diff(np.append(group, len(order)))
    shared = size == 2
    one, two = order[group[shared]], order[group[shared] + 1]
    alone = order[np.repeat(~shared, size)]
    across = np.full(3 * count, -1, np.int32)
    across[one], across[two] = two // 3, one // 3
    flat = faces.ravel()
    following = faces[:, [1, 2, 0]].ravel()
    third = faces[:, [2, 0, 1]].ravel()
    first = np.concatenate([one, alone])
    beyond = np.concatenate([third[two], np.full(len(alone), -1)])
    rows = np.stack([flat[first], following[first], third[first], beyond], axis=1).astype(np.int32)
    other = np.concatenate([two // 3, np.full(len(alone), -1)])
    split = (np.minimum(flat[one], following[one]) != np.minimum(flat[two], following[two])) | (
        np.maximum(flat[one], following[one]) != np.maximum(flat[two], following[two])
    )
    creases = np.concatenate([split, np.zeros(len(alone), bool)])
    tidy = np.argsort(first, kind="stable")
    sides = np.stack([first // 3, other], axis=1).astype(np.int32)
    beyond_each = across.reshape(count, 3)
    return Topology(rows[tidy], sides[tidy], beyond_each, creases[tidy], *_pieces(joined, beyond_each))


@kernel()
def _pieces(faces, across):  # type: ignore[no-untyped-def]
    """(F,) the number of the piece that each face belongs to, counted in the order of faces; (F,) whether it is turned."""
    out, turned = np.full(len(across), -1, np.int32), np.zeros(len(across), np.bool_)
    queue = np.empty(len(across), np.int32)
    count = 0
    for first in range(len(across)):
        if out[first] >= 0:
            continue
        out[first] = count
        queue[0] = first
        done, known = 0, 1
        while done < known:
            face = queue[done]
            for corner in range(3):
                neighbour = across[face, corner]
                if neighbour >= 0 and out[neighbour] < 0:
                    out[neighbour] = count
                    alike = False
                    for other in range(3):
                        back = faces[neighbour, other] == faces[face, (corner + 1) % 3]
                        alike = alike or (back and faces[neighbour, (other + 1) % 3] == faces[face, corner])
                    turned[neighbour] = turned[face] == alike
                    queue[known] = neighbour
                    known += 1
            done += 1
        count += 1
    return out, turned
