"""One collision shape for a mesh: the primitive that fits it best, or a convex hull."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dhsdk.scene.mesh import Collider, Mesh

MOST_HULL = 32
"""Vertices of a hull: what engines handle well."""


def collider(mesh: Mesh, kind: Literal["auto", "box", "hull"]) -> Collider | None:
    """A box, sphere, cylinder or hull in the mesh's frame; None for a mesh that is too thin to collide with.

    auto: the primitive whose volume is at most a tenth larger than the convex hull's, else the hull.
    """
    from scipy.spatial import ConvexHull, QhullError

    points = np.unique(np.concatenate([p.positions for p in mesh.primitives]).astype(np.float64), axis=0)
    low, high = points.min(axis=0), points.max(axis=0)
    size, middle = high - low, (low + high) / 2
    if size.max() < 1e-3 or size.min() < 1e-5:
        return None
    box = Collider("box", _floats(np.maximum(size, 1e-3)), _vector(middle))
    if kind == "box":
        return box
    try:
        hull = ConvexHull(points)
    except QhullError:
        return box
    if kind == "auto":
        for shape, volume in _primitives(box, size, middle, points):
            if volume <= 1.1 * hull.volume:
                return shape
    return _hull(points[hull.vertices], hull.volume) or box


def _primitives(box: Collider, size: np.ndarray, middle: np.ndarray, points: np.ndarray) -> list[tuple[Collider, float]]:
    away = points - middle
    radius = float(np.linalg.norm(away, axis=1).max())
    around = float(np.linalg.norm(away[:, [0, 2]], axis=1).max())
    return [
        (box, float(size.prod())),
        (Collider("sphere", (radius,), _vector(middle)), 4 / 3 * np.pi * radius**3),
        (Collider("cylinder", (around, float(size[1])), _vector(middle)), float(np.pi * around**2 * size[1])),
    ]


def _hull(corners: np.ndarray, volume: float) -> Collider | None:
    """The convex hull of at most MOST_HULL of the corners: those that lie farthest out in evenly spread directions."""
    from scipy.spatial import ConvexHull

    if len(corners) > MOST_HULL:
        steps = np.arange(MOST_HULL) + 0.5
        polar, turn = np.arccos(1 - 2 * steps / MOST_HULL), np.pi * (1 + 5**0.5) * steps
        ways = np.stack([np.cos(turn) * np.sin(polar), np.cos(polar), np.sin(turn) * np.sin(polar)], axis=1)
        corners = corners[np.unique((corners @ ways.T).argmax(axis=0))]
    if len(corners) < 4:
        return None
    hull = ConvexHull(corners)
    faces = hull.simplices
    a, b, c = (corners[faces[:, i]] for i in range(3))
    inward = (np.cross(b - a, c - a) * hull.equations[:, :3]).sum(axis=1) < 0
    faces = np.where(inward[:, None], faces[:, ::-1], faces)
    used, index = np.unique(faces, return_inverse=True)
    if hull.volume < 0.5 * volume:
        return None
    return Collider("hull", positions=corners[used], faces=index.reshape(-1, 3))


def _vector(v: np.ndarray) -> tuple[float, float, float]:
    return float(v[0]), float(v[1]), float(v[2])


def _floats(v: np.ndarray) -> tuple[float, ...]:
    return tuple(float(one) for one in v)
