"""A scene as flat arrays: what is drawn, in world space, with the material of every face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.scene.frames import instance_matrices, world
from dhsdk.scene.material import Material
from dhsdk.scene.mesh import Primitive
from dhsdk.scene.pose import at, posed
from dhsdk.scene.types import Node, Scene

MOST_FACES = 20_000_000
PLAIN = Material("plain", base_color=(0.75, 0.75, 0.75, 1.0), metallic=0.0, roughness=0.6)


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """All drawn triangles. positions, normals (V, 3), tangents (V, 4), uvs (V, 2), colors (V, 4): float64; faces (F, 3).

    material: (F,) index into materials. node: (F,) index of the scene's node.
    """

    positions: np.ndarray
    normals: np.ndarray
    tangents: np.ndarray
    uvs: np.ndarray
    colors: np.ndarray
    faces: np.ndarray
    material: np.ndarray
    node: np.ndarray
    materials: tuple[Material, ...]


def gathered(scene: Scene) -> Geometry:
    """The drawn triangles of a scene: LOD0, skins, morphs and copies applied. Raises RenderError when there are none."""
    matrices = world(scene)
    materials: dict[int, Material] = {}
    chunks: list[tuple[np.ndarray, ...]] = []
    start = total = 0
    for number, node in enumerate(scene.nodes):
        for primitive in node.mesh.primitives if node.mesh is not None else ():
            if primitive.mode != "triangles" or not len(primitive.faces):
                continue
            material = primitive.material or PLAIN
            materials.setdefault(id(material), material)
            index = list(materials).index(id(material))
            for positions, normals, tangents in _copies(node, primitive, matrices):
                total += len(primitive.faces)
                if total > MOST_FACES:
                    raise RenderError(f"a picture must have at most {MOST_FACES:,} triangles, got more: use a lower LOD")
                chunks.append(_chunk(primitive, positions, normals, tangents, start, index, number))
                start += len(positions)
    if not chunks:
        raise RenderError("a scene must have triangles to be drawn, got none")
    return Geometry(*(np.concatenate(parts) for parts in zip(*chunks, strict=True)), tuple(materials.values()))  # type: ignore[call-arg, arg-type]


def _chunk(
    primitive: Primitive, positions: np.ndarray, normals: np.ndarray, tangents: np.ndarray, start: int, index: int, number: int
) -> tuple[np.ndarray, ...]:
    count = len(positions)
    uvs = primitive.uvs[0].astype(np.float64) if primitive.uvs else np.zeros((count, 2))
    colors = primitive.colors.astype(np.float64) if primitive.colors is not None else np.ones((count, 4))
    faces = primitive.faces.astype(np.int64) + start
    many = np.full(len(faces), index), np.full(len(faces), number)
    return positions, normals, tangents, uvs, colors, faces, *many


def _copies(node: Node, primitive: Primitive, matrices: dict[str, np.ndarray]) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """World positions, normals and tangents of each copy of a primitive."""
    here = posed(node, primitive, matrices)
    skinned = node.skin is not None and primitive.joints is not None
    matrix = np.eye(4) if skinned else matrices[node.key]
    if primitive.normals is None or skinned or primitive.morphs:
        normals = _normals(here, primitive.faces.astype(np.int64))
    else:
        normals = _unit(primitive.normals @ np.linalg.inv(matrix[:3, :3]))
    tangents = np.zeros((len(here), 4))
    if primitive.tangents is not None:
        tangents = np.concatenate([_unit(primitive.tangents[:, :3] @ matrix[:3, :3].T), primitive.tangents[:, 3:]], axis=1)
    if node.instances is None:
        return [(here, normals, tangents)]
    out = []
    inverse = np.linalg.inv(matrix)
    for own in instance_matrices(node.instances):
        whole = matrix @ own @ inverse
        linear = whole[:3, :3]
        turned = np.concatenate([_unit(tangents[:, :3] @ linear.T), tangents[:, 3:]], axis=1)
        out.append((here @ linear.T + whole[:3, 3], _unit(normals @ np.linalg.inv(linear)), turned))
    return out


def drawn_points(scene: Scene, animation: str | None = None) -> np.ndarray:
    """(V, 3) float64 world positions of everything that is drawn, at nine moments of an animation where one is named.

    Raises RenderError when that is nothing.
    """
    if animation is None:
        return gathered(scene).positions
    seconds = max((one.seconds for one in scene.animations if one.name == animation), default=0.0)
    return np.concatenate([gathered(at(scene, animation, seconds * i / 8)).positions for i in range(9)])


def _unit(v: np.ndarray) -> np.ndarray:
    out: np.ndarray = v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12)
    return out


def _normals(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Area-weighted vertex normals; points that coincide share theirs where the mesh has none of its own."""
    a, b, c = (points[faces[:, i]] for i in range(3))
    area = np.cross(b - a, c - a)
    out = np.zeros_like(points)
    for corner in range(3):
        np.add.at(out, faces[:, corner], area)
    return _unit(out)
