"""UVs for meshes that have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dhsdk.errors import RequestError
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


def atlas(shapes: Sequence[tuple[np.ndarray, np.ndarray]], edge: int, padding: int = 2) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each (points (P, 3), faces (F, 3)): its corners (F, 3) over UVs (V, 2) in [0, 1]; one atlas for all.

    edge: of the texture, pixels, which lie `padding` apart between charts. Points are in one unit, so that all have the same
    share of texels to their area.
    """
    import xatlas

    made = xatlas.Atlas()
    size = max((float(np.ptp(points, axis=0).max()) for points, _ in shapes), default=1.0) or 1.0
    for points, faces in shapes:
        # in a unit of its own: xatlas takes triangles of a millimetre for none
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        made.add_mesh(((points - middle) / size).astype(np.float32), np.ascontiguousarray(faces, dtype=np.uint32))
    pack = xatlas.PackOptions()
    pack.padding, pack.resolution, pack.bilinear = padding, edge, True
    made.generate(xatlas.ChartOptions(), pack)
    found = (made.get_mesh(number) for number in range(len(shapes)))
    return [(indices.astype(np.int64).reshape(-1, 3), np.clip(uvs, 0.0, 1.0)) for _, indices, uvs in found]


def with_uvs(shape: Primitive, indices: np.ndarray, uvs: np.ndarray) -> Primitive:
    """One vertex for each pair of an old vertex and a vertex of the atlas; corners keep their order."""
    pairs = np.stack([shape.faces.reshape(-1).astype(np.int64), indices.reshape(-1)], axis=1)
    rows, index = np.unique(pairs, axis=0, return_inverse=True)
    split = taken(shape, rows[:, 0], index.reshape(-1, 3))
    return replace(split, uvs=(uvs[rows[:, 1]],))
