"""Meshes without doubles: equal vertices made one, triangles without area and vertices without triangles dropped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.weld import taken, weld


def cleaned(mesh: Mesh) -> Mesh:
    """The mesh without doubles; the mesh itself where there are none. A primitive of which nothing is left stays as it was."""
    welded = weld(mesh)
    shapes = tuple(map(_without_slivers, welded.primitives))
    same = all(a is b for a, b in zip(shapes, welded.primitives, strict=True))
    return welded if same else replace(welded, primitives=shapes)


def _without_slivers(shape: Primitive) -> Primitive:
    """Drops triangles two corners of which stand at one point: they have no area in any precision."""
    if shape.mode != "triangles":
        return shape
    a, b, c = (shape.positions[shape.faces[:, k]] for k in range(3))
    flat = (a == b).all(axis=1) | (b == c).all(axis=1) | (c == a).all(axis=1)
    faces = shape.faces[~flat]
    used, index = np.unique(faces, return_inverse=True)
    if not len(faces) or (not flat.any() and len(used) == len(shape.positions)):
        return shape
    return taken(shape, used, index.reshape(-1, 3))
