"""Triangle meshes of collision shapes, for engines that know colliders only as meshes of a certain name."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.scene.mesh import Collider, Mesh, Primitive

SIDES = 16
RINGS = 4
"""Rings of a half sphere."""


def mesh_of(collider: Collider, name: str) -> Mesh:
    """The collider as a closed mesh in its own frame; round shapes are inscribed, with 16 sides."""
    if collider.positions is not None and collider.faces is not None:
        return Mesh((Primitive(collider.positions, collider.faces),), name)
    if collider.kind == "box":
        points, faces = _box(collider.size)
    else:
        radius = collider.size[0]
        points, faces = _turned(_profile(collider.kind, radius, collider.size[-1]))
    return Mesh((Primitive(points, faces),), name)


def _box(size: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]) * size
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [triangle for a, b, c, d in quads for triangle in ((a, b, c), (a, c, d))]
    return corners.astype(np.float32), np.array(faces, np.uint32)


def _profile(kind: str, radius: float, height: float) -> list[tuple[float, float]]:
    """(radius, y) from the bottom pole to the top pole."""
    if kind == "cylinder":
        return [(0.0, -height / 2), (radius, -height / 2), (radius, height / 2), (0.0, height / 2)]
    middle = max(height / 2 - radius, 0.0) if kind == "capsule" else 0.0
    arc = [i * math.pi / 2 / RINGS for i in range(RINGS + 1)]
    lower = [(radius * math.sin(a), -middle - radius * math.cos(a)) for a in arc]
    upper = [(radius * math.cos(a), middle + radius * math.sin(a)) for a in (arc if middle else arc[1:])]
    return [*lower, *upper]


def _turned(profile: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """The profile turned about +Y; its first and last point are poles."""
    angles = 2 * math.pi * np.arange(SIDES) / SIDES
    rings = [np.stack([r * np.sin(angles), np.full(SIDES, y), r * np.cos(angles)], axis=1) for r, y in profile[1:-1]]
    points = np.concatenate([[[0.0, profile[0][1], 0.0]], *rings, [[0.0, profile[-1][1], 0.0]]])
    here = np.arange(SIDES)
    after = (here + 1) % SIDES
    faces = [np.stack([np.zeros(SIDES, int), 1 + after, 1 + here], axis=1)]
    for i in range(len(rings) - 1):
        low, high = 1 + i * SIDES, 1 + (i + 1) * SIDES
        faces.append(np.stack([low + here, low + after, high + after], axis=1))
        faces.append(np.stack([low + here, high + after, high + here], axis=1))
    last = 1 + (len(rings) - 1) * SIDES
    faces.append(np.stack([last + here, last + after, np.full(SIDES, len(points) - 1)], axis=1))
    return points.astype(np.float32), np.concatenate(faces).astype(np.uint32)
