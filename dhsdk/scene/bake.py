"""flatten: static transforms baked into meshes, which dhsdk.scene.edit offers."""

from __future__ import annotations

import dataclasses

import numpy as np

from dhsdk.scene.frames import local_matrices, world
from dhsdk.scene.mechanism import IDENTITY
from dhsdk.scene.mesh import Mesh, Morph, Primitive
from dhsdk.scene.references import named_nodes
from dhsdk.scene.types import ONE, ORIGIN, Node, Scene


def flatten(scene: Scene) -> Scene:
    """The scene with the transforms of plain mesh nodes baked into their meshes, and empty nodes dropped. Bounds stay.

    A node stays as it is when something names it (a clip, skin, joint, socket, sound ...), when it has a camera, light, skin,
    copies, colliders or extras, or when it is above such a node. A baked node hangs on the nearest of those, or is a root.
    A mesh that several nodes share is copied, unless it already stands in its place.
    """
    kept = _kept(scene)
    local = dict(zip((node.key for node in scene.nodes), local_matrices(scene), strict=True))
    baked: dict[tuple[int, bytes], Mesh] = {}

    def flat(node: Node) -> Node:
        above, matrix = node.parent, local[node.key]
        while above is not None and above not in kept:
            matrix = local[above] @ matrix  # not solved from world matrices: what stands in its place already stays to the bit
            above = scene.node(above).parent

        def moved(mesh: Mesh) -> Mesh:
            key = (id(mesh), matrix.tobytes())
            if key not in baked:
                baked[key] = transformed(mesh, matrix)
            return baked[key]

        mesh = None if node.mesh is None else moved(node.mesh)
        lods = tuple(map(moved, node.lods))
        return dataclasses.replace(node, mesh=mesh, lods=lods, parent=above, translation=ORIGIN, rotation=IDENTITY, scale=ONE)

    nodes = tuple(
        node if node.key in kept else flat(node) for node in scene.nodes if node.key in kept or node.mesh is not None or node.lods
    )
    return dataclasses.replace(scene, nodes=nodes)


def _kept(scene: Scene) -> set[str]:
    """Keys of the nodes that must keep their transform: what is named or holds more than a mesh, and everything above it."""
    kept: set[str] = set()
    singular = (abs(np.linalg.det(matrix[:3, :3])) < 1e-30 for matrix in world(scene).values())
    ahead = {key for _, key in named_nodes(scene)}
    for node, flat in zip(scene.nodes, singular, strict=True):
        held = (node.skin, node.camera, node.light, node.instances)
        if flat or any(part is not None for part in held) or node.colliders or node.extras:
            ahead.add(node.key)
    for key in ahead:
        above: str | None = key
        while above is not None and above not in kept:
            kept.add(above)
            above = scene.node(above).parent
    return kept


def transformed(mesh: Mesh, matrix: np.ndarray) -> Mesh:
    """The mesh with an affine (4, 4) matrix applied to positions, normals, tangents and morphs; a mirror turns the faces round.

    Returns the mesh itself for the identity.
    """
    if np.array_equal(matrix, np.eye(4)):
        return mesh
    return dataclasses.replace(mesh, primitives=tuple(_transformed(shape, matrix) for shape in mesh.primitives))


def _transformed(shape: Primitive, matrix: np.ndarray) -> Primitive:
    linear = matrix[:3, :3]
    mirrored = bool(np.linalg.det(linear) < 0)
    across = np.linalg.inv(linear)  # normals go by the inverse transpose: n @ inv(linear), as rows
    normals = None if shape.normals is None else _units(shape.normals @ across)
    tangents = None
    if shape.tangents is not None:
        hand = -shape.tangents[:, 3:] if mirrored else shape.tangents[:, 3:]
        tangents = np.hstack([_units(shape.tangents[:, :3] @ linear.T), hand])
    faces = shape.faces[:, ::-1] if mirrored and shape.mode == "triangles" else shape.faces
    return dataclasses.replace(
        shape,
        positions=shape.positions @ linear.T + matrix[:3, 3],
        faces=faces,
        normals=normals,
        tangents=tangents,
        morphs=tuple(_morph(shape, morph, linear, across) for morph in shape.morphs),
    )


def _morph(shape: Primitive, morph: Morph, linear: np.ndarray, across: np.ndarray) -> Morph:
    positions = None if morph.positions is None else morph.positions @ linear.T
    normals = None
    if morph.normals is not None and shape.normals is not None:
        # a difference of directions: bake both ends at full weight
        normals = _units((shape.normals + morph.normals) @ across) - _units(shape.normals @ across)
    tangents = None
    if morph.tangents is not None and shape.tangents is not None:
        own = shape.tangents[:, :3]
        tangents = _units((own + morph.tangents) @ linear.T) - _units(own @ linear.T)
    return Morph(positions, normals, tangents)


def _units(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: np.ndarray = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return unit
