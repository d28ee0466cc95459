"""weld: one vertex for equal vertices, which dhsdk.scene.edit offers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from dhsdk.scene.mesh import Mesh, Morph, Primitive


def weld(mesh: Mesh) -> Mesh:
    """The mesh with vertices that are equal in every attribute made one, in order of first use; faces keep their order.

    Equal means the same numbers (-0.0 equals 0.0) in positions, normals, tangents, UVs, colours, skin, morphs and custom
    attributes, so nothing that is seen changes. Idempotent; returns the mesh itself when there is nothing to weld.
    """
    shapes = tuple(map(_welded, mesh.primitives))
    if all(a is b for a, b in zip(shapes, mesh.primitives, strict=True)):
        return mesh
    return dataclasses.replace(mesh, primitives=shapes)


def _columns(shape: Primitive) -> Iterator[np.ndarray]:
    held = (shape.positions, shape.normals, shape.tangents, *shape.uvs, shape.colors, shape.joints, shape.weights)
    morphs = (part for morph in shape.morphs for part in (morph.positions, morph.normals, morph.tangents))
    yield from (part for part in (*held, *shape.attributes.values(), *morphs) if part is not None)


def _welded(shape: Primitive) -> Primitive:
    count = len(shape.positions)
    if not count:
        return shape
    parts = [np.ascontiguousarray(part + part.dtype.type(0)).reshape(count, -1) for part in _columns(shape)]
    rows = np.hstack([part.view(np.uint8).reshape(count, -1) for part in parts])
    keys = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1]))).ravel()
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    if len(first) == count:
        return shape
    keep = np.sort(first)  # np.unique sorts by bytes; the order of first use keeps the vertices near their faces
    place = np.empty(len(first), dtype=np.uint32)
    place[np.argsort(first)] = np.arange(len(first), dtype=np.uint32)
    return taken(shape, keep, place[which][shape.faces])


def faceted(shape: Primitive) -> Primitive:
    """The primitive with vertices of its own for each triangle where it has no normals, so that every triangle is flat; itself
    where it has. Source: glTF 2.0, section 3.7.2.1: without normals, flat ones are calculated."""
    if shape.normals is not None or shape.mode != "triangles":
        return shape
    return taken(shape, shape.faces.reshape(-1), np.arange(3 * len(shape.faces)).reshape(-1, 3))


def taken(shape: Primitive, keep: np.ndarray, faces: np.ndarray) -> Primitive:
    """The primitive with only the vertices `keep` (indices, in that order) and these faces over them."""

    def part(array: np.ndarray | None) -> np.ndarray | None:
        return None if array is None else array[keep]

    return dataclasses.replace(
        shape,
        positions=shape.positions[keep],
        faces=faces,
        normals=part(shape.normals),
        tangents=part(shape.tangents),
        uvs=tuple(uv[keep] for uv in shape.uvs),
        colors=part(shape.colors),
        joints=part(shape.joints),
        weights=part(shape.weights),
        attributes={name: array[keep] for name, array in shape.attributes.items()},
        morphs=tuple(Morph(part(morph.positions), part(morph.normals), part(morph.tangents)) for morph in shape.morphs),
    )
