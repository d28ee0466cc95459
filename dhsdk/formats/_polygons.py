"""Polygons cut into triangles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def triangles(corners: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(T,) the polygon and (T, 3) the corners in it of the triangles that polygons (F, n) of points (P, 3) are cut into."""
    count, n = corners.shape
    fan = np.stack([np.zeros(n - 2, int), np.arange(1, n - 1), np.arange(2, n)], axis=1)
    if n == 3:
        return np.arange(count), np.broadcast_to(fan, (count, 1, 3)).reshape(-1, 3)
    at = points[corners]
    across = np.cross(at[:, fan[:, 1]] - at[:, :1], at[:, fan[:, 2]] - at[:, :1])
    bent = (np.einsum("fnk,fk->fn", across, across.sum(axis=1)) < 0.0).any(axis=1)
    index = np.broadcast_to(fan, (count, n - 2, 3)).copy()
    for number in np.flatnonzero(bent):
        index[number] = list(_ears(at[number], across[number].sum(axis=0))) or fan
    return np.repeat(np.arange(count), n - 2), index.reshape(-1, 3)


def _ears(at: np.ndarray, normal: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """The triangles of a polygon (n, 3) that is not convex; where no ear is left (it crosses itself), a fan over the rest."""
    drop = int(np.abs(normal).argmax())
    flat = np.delete(at, drop, axis=1) * ([1, 1] if normal[drop] * (-1) ** drop > 0 else [-1, 1])
    ring = list(range(len(at)))
    start = 0
    while len(ring) > 3:
        for step in range(len(ring)):
            k = (start + step) % len(ring)
            a, b, c = ring[k - 1], ring[k], ring[(k + 1) % len(ring)]
            if _is_ear(flat, a, b, c, ring):
                break
        yield a, b, c
        ring.remove(b)
        start = k
    yield ring[0], ring[1], ring[2]


def _is_ear(flat: np.ndarray, a: int, b: int, c: int, ring: list[int]) -> bool:
    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return (q[0] - p[0]) * (r[..., 1] - p[1]) - (q[1] - p[1]) * (r[..., 0] - p[0])

    if side(flat[a], flat[b], flat[c]) <= 0.0:
        return False
    rest = flat[[one for one in ring if one not in (a, b, c)]]
    within = (side(flat[a], flat[b], rest) >= 0.0) & (side(flat[b], flat[c], rest) >= 0.0) & (side(flat[c], flat[a], rest) >= 0.0)
    corner = (rest[:, None] == flat[[a, b, c]]).all(axis=2).any(axis=1)
    return not bool((within & ~corner).any())
