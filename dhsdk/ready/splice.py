"""T-junctions: where a border point lies on a border edge, its triangle is cut, so that both sides have the same points."""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy.spatial import cKDTree

from dhsdk.ready.surface import edges

CROWD = 4096
"""Border edges with more border points around them than this are left alone."""


def spliced(
    points: np.ndarray, faces: np.ndarray, origin: np.ndarray, reach: float, done: Counter[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Faces (F, 3) and the numbers (F,) of what they came from, cut at border points that lie within `reach` of their borders.

    No point moves. Each cut leaves edges that are shorter by `reach` at least: it ends.
    """
    while True:
        half, point, share = _on_edges(points, faces, reach)
        if not len(half):
            return faces, origin
        first = np.unique(half // 3, return_index=True)[1]
        now = np.isin(half, half[first])  # one edge of a triangle in a round
        half, point, share = half[now], point[now], share[now]
        done["border points on border edges sewn in"] += len(point)
        cut = np.unique(half)
        face, k = cut // 3, cut % 3
        starts = np.concatenate([faces[face, k], point])
        ends = np.concatenate([point, faces[face, (k + 1) % 3]])
        ahead = np.lexsort((np.concatenate([np.full(len(cut), -1.0), share]), np.concatenate([cut, half])))
        behind = np.lexsort((np.concatenate([share, np.full(len(cut), 2.0)]), np.concatenate([half, cut])))
        owner = np.concatenate([cut, half])[ahead]
        made = np.stack([starts[ahead], ends[behind], faces[owner // 3, (owner % 3 + 2) % 3]], axis=1)
        rest = np.ones(len(faces), bool)
        rest[face] = False
        faces = np.concatenate([faces[rest], made])
        origin = np.concatenate([origin[rest], origin[owner // 3]])


def _on_edges(points: np.ndarray, faces: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(half-edge, point, share of the way along it) of border points that lie on border edges."""
    order, starts = edges(faces, len(points))
    half = order[starts[:-1][np.diff(starts) == 1]]
    none = np.zeros(0, np.int64)
    if not len(half):
        return none, none, none
    face, k = half // 3, half % 3
    a, b, c = (faces[face, (k + step) % 3] for step in range(3))
    rim = np.unique(np.concatenate([a, b]))
    tree = cKDTree(points[rim])
    way = points[b] - points[a]
    length = np.linalg.norm(way, axis=1)
    height = np.linalg.norm(np.cross(way, points[c] - points[a]), axis=1) / np.maximum(length, 1e-300)
    middle, radius = (points[a] + points[b]) / 2, length / 2
    count = tree.query_ball_point(middle, radius, return_length=True)
    some = np.flatnonzero((count > 2) & (count <= CROWD) & (height > 4 * reach) & (length > 4 * reach))
    if not len(some):
        return none, none, none
    near = tree.query_ball_point(middle[some], radius[some])
    edge, point = np.repeat(some, [len(one) for one in near]), rim[np.concatenate(near).astype(np.int64)]
    along = np.einsum("ij,ij->i", points[point] - points[a[edge]], way[edge]) / length[edge] ** 2
    off = np.linalg.norm(points[point] - points[a[edge]] - along[:, None] * way[edge], axis=1)
    room = 2 * reach / length[edge]
    on = (off < reach) & (along > room) & (along < 1 - room) & (point != c[edge])
    return half[edge[on]], point[on], along[on]
