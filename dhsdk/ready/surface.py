"""Surface: triangles on their way from soup to sound."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

FLAT = 1e-6
"""Height of a triangle over its longest edge that rounding may have made."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """points: (P, 3) float64. faces: (F, 3) int64. origin: (F,) number of the triangle each was, -1 for a filling.

    turned: (F,) whether it runs the other way round than before. piece: (F,). mended: what was done, and how often.
    """

    points: np.ndarray
    faces: np.ndarray
    origin: np.ndarray
    turned: np.ndarray
    piece: np.ndarray
    mended: Counter[str]


def edges(faces: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(order, starts): half-edges sorted by undirected edge, and where each edge begins among them, with the end."""
    ends = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    keys = ends[:, 0] * count + ends[:, 1]
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    return order, np.append(starts, len(order))


def kept(surface: Surface, keep: np.ndarray) -> Surface:
    """The surface with these faces (F,) bool only."""
    _, piece = np.unique(surface.piece[keep], return_inverse=True)
    return replace(
        surface, faces=surface.faces[keep], origin=surface.origin[keep], turned=surface.turned[keep], piece=piece.reshape(-1)
    )


def areas(surface: Surface) -> np.ndarray:
    """(F,) areas of the faces."""
    a, b, c = (surface.points[surface.faces[:, k]] for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


def has_area(surface: Surface) -> bool:
    """Whether a triangle is higher than rounding: FLAT of its longest edge."""
    corners = surface.points[surface.faces]
    longest = ((corners - np.roll(corners, 1, axis=1)) ** 2).sum(axis=2).max(axis=1, initial=0.0)
    return bool((2.0 * areas(surface) > FLAT * longest).any())


def spread(points: np.ndarray, faces: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """((N, 3) points spread over triangles by area, (N,) their faces), always the same. Source: Roberts 2018, R2 sequence."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    total = np.cumsum(np.linalg.norm(np.cross(b - a, c - a), axis=1))
    if not total[-1] > 0:
        return points[faces[:, 0]], np.arange(len(faces))
    face = np.searchsorted(total, (np.arange(count) + 0.5) * (total[-1] / count))
    face = np.minimum(face, len(faces) - 1)
    u, v = ((np.arange(count) * step) % 1.0 for step in (0.7548776662466927, 0.5698402909980532))
    fold = u + v > 1.0
    u, v = np.where(fold, 1.0 - u, u)[:, None], np.where(fold, 1.0 - v, v)[:, None]
    return a[face] + u * (b - a)[face] + v * (c - a)[face], face
