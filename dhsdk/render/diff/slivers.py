"""Slivers: what is seen between two outlines that both cross the line between the same two pixel centres.

Neither centre sees such a surface: its colour is taken from the nearest pixel that does. Without it the outline in front would
not move at all before the background, or would move with the contrast of both.
"""

from __future__ import annotations

from dhsdk.jit import kernel
from dhsdk.render.diff.crossing import bounds

REACH = 12
"""How many pixels away a sliver's colour is looked for."""


@kernel(error_model="numpy", uses=("crossing.py",))
def _shown(at, faces, across, turned, pieces, sides, ids, e, sx, sy, y, x):  # type: ignore[no-untyped-def]
    """The nearest pixel to (y, x) that shows the surface of edge e, which is one piece from (sx, sy) on it to there; or -1."""
    height, width = ids.shape
    for ring in range(1, REACH + 1):
        best, row, column = 2 * ring * ring + 1, -1, -1
        for v in range(max(y - ring, 0), min(y + ring, height - 1) + 1):
            for u in range(max(x - ring, 0), min(x + ring, width - 1) + 1):
                away = (v - y) * (v - y) + (u - x) * (u - x)
                if (
                    max(abs(v - y), abs(u - x)) < ring
                    or away >= best
                    or ids[v, u] < 0
                    or pieces[ids[v, u]] != pieces[sides[e, 0]]
                ):
                    continue
                if bounds(at, faces, across, turned, sides, ids, e, sx, sy, v, u, True):
                    best, row, column = away, v, u
        if row >= 0:
            return row, column
    return -1, -1


@kernel(error_model="numpy")
def _place(found, places, n):  # type: ignore[no-untyped-def]
    x, y = found[n, 2] + 0.5, found[n, 1] + 0.5
    return (x + places[n], y) if found[n, 3] == 0 else (x, y + places[n])


@kernel(error_model="numpy", uses=("crossing.py",))
def bounded(at, faces, across, turned, pieces, sides, ids, found, places, order, inner, shown):  # type: ignore[no-untyped-def]
    """Fills inner (N,), for crossings that bound a sliver on the outside, with the one that bounds it on the inside, else -1; and
    shown (N, 2) with the pixel that has its colour. order: the outermost first. Such an outer crossing becomes a silhouette.
    """
    outer, done = -1, False
    for n in range(len(order)):
        one = order[n]
        if found[one, 4] == 1 or found[one, 4] == 2:
            continue
        y, x, axis, after = found[one, 1], found[one, 2], found[one, 3], found[one, 5]
        if outer < 0 or found[outer, 1] != y or found[outer, 2] != x or found[outer, 3] != axis or found[outer, 5] != after:
            outer, done = one, False
            continue
        if done:
            continue
        if after:  # to the pixel whose surface the inner one bounds
            y, x = (y, x + 1) if axis == 0 else (y + 1, x)
        sx, sy = _place(found, places, outer)
        tx, ty = _place(found, places, one)
        done = bounds(at, faces, across, turned, sides, ids, found[outer, 0], sx, sy, y, x, True)
        if not done and bounds(at, faces, across, turned, sides, ids, found[one, 0], tx, ty, y, x, True):
            done = True
            row, column = _shown(at, faces, across, turned, pieces, sides, ids, found[outer, 0], sx, sy, y, x)
            if row >= 0:
                inner[outer], shown[outer, 0], shown[outer, 1] = one, row, column
                found[outer, 4] = 0
