"""Which texel shows which point: the UV triangles drawn into a grid, with a rim around each chart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dhsdk.jit import kernel

RIM = 1.5
"""Texels this far outside a triangle show its nearest point, so that thin charts and bilinear lookups have something to read."""


@dataclass(frozen=True, slots=True, eq=False)
class Texels:
    """The covered texels: at (N,) index into the flat (E, E) grid, face (N,), weights (N, 2) of the face's first two corners."""

    edge: int
    at: np.ndarray
    face: np.ndarray
    weights: np.ndarray


def texels(uvs: np.ndarray, edge: int) -> Texels:
    """The texels of a square texture of `edge` texels that triangles with UVs (F, 3, 2) in [0, 1] cover."""
    face, weights = np.full((edge, edge), -1, np.int64), np.zeros((edge, edge, 2), np.float32)
    away = np.full((edge, edge), RIM**2, np.float32)
    _draw(np.ascontiguousarray(uvs, np.float64) * edge - 0.5, face, weights, away)
    at = np.flatnonzero(face.ravel() >= 0)
    return Texels(edge, at, face.ravel()[at], weights.reshape(-1, 2)[at].astype(np.float64))


@kernel()
def _draw(uvs, face, weights, away):  # type: ignore[no-untyped-def]
    size = len(face)
    for f in range(len(uvs)):
        ax, ay, bx, by, cx, cy = uvs[f, 0, 0], uvs[f, 0, 1], uvs[f, 1, 0], uvs[f, 1, 1], uvs[f, 2, 0], uvs[f, 2, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0:
            continue
        left, right = max(int(min(ax, bx, cx) - 1), 0), min(int(max(ax, bx, cx) + 2), size - 1)
        top, bottom = max(int(min(ay, by, cy) - 1), 0), min(int(max(ay, by, cy) + 2), size - 1)
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                p = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area
                q = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area
                d = 0.0
                if p < 0.0 or q < 0.0 or p + q > 1.0:
                    d, p, q = _nearest(x, y, ax, ay, bx, by, cx, cy)
                if d < away[y, x]:
                    away[y, x], face[y, x] = d, f
                    weights[y, x, 0], weights[y, x, 1] = p, q


@kernel()
def _nearest(x, y, ax, ay, bx, by, cx, cy):  # type: ignore[no-untyped-def]
    """Squared distance of (x, y) from the edges of a triangle and the weights of its first two corners there."""
    s, d0 = _along(x, y, ax, ay, bx, by)
    t, d1 = _along(x, y, bx, by, cx, cy)
    u, d2 = _along(x, y, cx, cy, ax, ay)
    if d0 <= d1 and d0 <= d2:
        return d0, 1.0 - s, s
    if d1 <= d2:
        return d1, 0.0, 1.0 - t
    return d2, u, 0.0


@kernel()
def _along(x, y, ax, ay, bx, by):  # type: ignore[no-untyped-def]
    ex, ey = bx - ax, by - ay
    s = min(max(((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey + 1e-300), 0.0), 1.0)
    dx, dy = x - ax - s * ex, y - ay - s * ey
    return s, dx * dx + dy * dy


def crowded(uvs: np.ndarray, chart: np.ndarray, edge: int) -> np.ndarray:
    """(C,) for each chart: on how many texels of an (edge, edge) grid two triangles meet. uvs: (F, 3, 2) in texels."""
    counts = np.zeros(int(chart.max()) + 1, np.int64)
    _pile(np.ascontiguousarray(uvs, np.float64) - 0.5, chart, np.full((edge, edge), -1, np.int64), counts)
    return counts


@kernel()
def _pile(uvs, chart, first, counts):  # type: ignore[no-untyped-def]
    size = len(first)
    for f in range(len(uvs)):
        ax, ay, bx, by, cx, cy = uvs[f, 0, 0], uvs[f, 0, 1], uvs[f, 1, 0], uvs[f, 1, 1], uvs[f, 2, 0], uvs[f, 2, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0:
            continue
        left, right = max(int(np.ceil(min(ax, bx, cx))), 0), min(int(max(ax, bx, cx)), size - 1)
        top, bottom = max(int(np.ceil(min(ay, by, cy))), 0), min(int(max(ay, by, cy)), size - 1)
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                p = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area
                q = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area
                if p <= 1e-6 or q <= 1e-6 or p + q >= 1.0 - 1e-6:
                    continue
                if first[y, x] >= 0:
                    counts[chart[f]] += 1
                    counts[chart[first[y, x]]] += 1
                else:
                    first[y, x] = f
