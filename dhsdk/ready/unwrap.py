"""UVs for meshes that have none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dhsdk.errors import RequestError
from dhsdk.ready.native import atlas
from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.weld import taken

MOST = 60_000
"""Triangles of one mesh that are unwrapped: 50,000 take 20 seconds, in native code that cannot be stopped."""


def unwrapped(mesh: Mesh) -> Mesh:
    """The mesh with one UV atlas in [0, 1] over those of its primitives that have no UVs; the mesh itself where all have.

    Vertices are split along the seams of the charts; their points stay bit-equal, so a closed mesh stays closed.
    Raises RequestError: more than MOST triangles.
    """
    bare = [shape for shape in mesh.primitives if shape.mode == "triangles" and not shape.uvs and len(shape.faces)]
    if not bare:
        return mesh
    count = sum(len(shape.faces) for shape in bare)
    if count > MOST:
        raise RequestError(
            f"a mesh to unwrap must have at most {MOST:,} triangles, got {count:,} in {mesh.name!r}: give a budget (tris) or "
            "leave the UVs out (uv=False)"
        )
    welded = []
    for shape in bare:
        points, place = np.unique(shape.positions, axis=0, return_inverse=True)  # charts grow across split normals
        welded.append((points, place.reshape(-1)[shape.faces]))
    made = {id(shape): with_uvs(shape, *part) for shape, part in zip(bare, atlas(welded, 1024), strict=True)}
    return replace(mesh, primitives=tuple(made.get(id(shape), shape) for shape in mesh.primitives))


def with_uvs(shape: Primitive, indices: np.ndarray, uvs: np.ndarray) -> Primitive:
    """One vertex for each pair of an old vertex and a vertex of the atlas; corners keep their order."""
    pairs = np.stack([shape.faces.reshape(-1).astype(np.int64), indices.reshape(-1)], axis=1)
    rows, index = np.unique(pairs, axis=0, return_inverse=True)
    split = taken(shape, rows[:, 0], index.reshape(-1, 3))
    return replace(split, uvs=(uvs[rows[:, 1]],))
