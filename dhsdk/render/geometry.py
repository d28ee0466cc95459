"""A scene as flat arrays: what is drawn, in world space, with the material of every face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dhsdk.errors import RenderError, SceneError
from dhsdk.render.posing import morphed, place, skin, smooth
from dhsdk.render.texture import second
from dhsdk.scene import rotation
from dhsdk.scene.frames import descended, instance_matrices, local_matrices
from dhsdk.scene.material import Material
from dhsdk.scene.mesh import Primitive
from dhsdk.scene.pose import moved
from dhsdk.scene.types import Node, Scene
from dhsdk.scene.weld import faceted

MOST_FACES = 20_000_000
FARTHEST = 1e25
"""Metres from the origin: what is farther away cannot be told in 32 bits once it is projected."""
PLAIN = Material("plain", base_color=(0.75, 0.75, 0.75, 1.0), metallic=0.0, roughness=0.6)


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """All drawn triangles. positions (V, 3): float64; normals (V, 3), tangents (V, 4), uvs (V, 2), colors (V, 4): float32.

    faces: (F, 3) int64. material: (F,) index into materials. node: (F,) index of the scene's node. uvs: the first UV set; more:
    (V, 2) float32 the other one that the textures of a vertex' material read, (0, 2) where none does. uvs, more, colors, faces,
    material and node are the same objects in all poses of a scene. mirrored: (F,) bool, the corners of a front run clockwise.
    """

    positions: np.ndarray
    normals: np.ndarray
    tangents: np.ndarray
    uvs: np.ndarray
    more: np.ndarray
    colors: np.ndarray
    faces: np.ndarray
    material: np.ndarray
    node: np.ndarray
    mirrored: np.ndarray
    materials: tuple[Material, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One primitive of one node. first: its first vertex in the geometry; copies: (K, 4, 4) in the node's frame.

    positions, normals (V, 3), tangents (V, 4): float32, at rest, in mesh space. flat: as morphed() needs it.
    """

    number: int
    node: Node
    primitive: Primitive
    first: int
    copies: np.ndarray
    positions: np.ndarray
    normals: np.ndarray
    tangents: np.ndarray
    flat: np.ndarray | None

    @property
    def skinned(self) -> bool:
        return self.node.skin is not None and self.primitive.joints is not None


class Poses:
    """The poses of one scene: LOD0, skins, morphs and copies applied. What stands still in all of them is gathered once.

    Any number of threads may ask for poses at once.

    Raises RenderError: nothing to draw, too many triangles. SceneError: a vertex names a joint that its skin lacks.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        index = {node.key: number for number, node in enumerate(scene.nodes)}
        self._above = np.array([-1 if node.parent is None else index[node.parent] for node in scene.nodes], np.int64)
        self._index = index
        self._local = local_matrices(scene)
        self._parts = tuple(_parts(scene))
        if not self._parts:
            raise RenderError("a scene must have triangles to be drawn, got none")
        materials: dict[int, tuple[int, Material]] = {}
        uvs, more, colors, faces, owners = [], [], [], [], []
        for part in self._parts:
            primitive, count = part.primitive, len(part.positions)
            material = primitive.material or PLAIN
            kind = materials.setdefault(id(material), (len(materials), material))[0]
            none = np.zeros((count, 2), np.float32)
            other = second(material)
            uv, two = primitive.uvs[0] if primitive.uvs else none, primitive.uvs[other] if other < len(primitive.uvs) else none
            color = primitive.colors if primitive.colors is not None else np.ones((count, 4), np.float32)
            for copy in range(len(part.copies)):
                uvs.append(uv)
                more.append(two)
                colors.append(color)
                faces.append(primitive.faces.astype(np.int64) + (part.first + copy * count))
                owners.append((kind, part.number, len(primitive.faces)))
        self._count = sum(map(len, uvs))
        kinds, numbers, repeats = np.array(owners, np.int64).T
        read = any(second(material) for _, material in materials.values())
        others = np.concatenate(more) if read else np.empty((0, 2), np.float32)
        self._still = np.concatenate(uvs), others, np.concatenate(colors), np.concatenate(faces)
        self._owners = np.repeat(kinds, repeats), np.repeat(numbers, repeats)
        self._materials = tuple(material for _, material in materials.values())

    def now(self) -> Geometry:
        """The scene as it stands."""
        return self._posed(self._local, {})

    def at(self, animation: str, seconds: float) -> Geometry:
        """The scene as a clip shows it at this time; equal to the geometry of dhsdk.scene.pose.at(). Raises UnknownName."""
        matrices, weights = self._local.copy(), {}
        for key, fields in moved(self._scene, animation, seconds).items():
            node = self._scene.node(key)
            trs = (fields.get(name, getattr(node, name)) for name in ("translation", "rotation", "scale"))
            matrices[self._index[key]] = rotation.compose(*trs)
            if "weights" in fields:
                weights[key] = fields["weights"]
        return self._posed(matrices, weights)

    def _posed(self, matrices: np.ndarray, weights: dict[str, tuple[float, ...]]) -> Geometry:
        world = descended(matrices, self._above)
        out = np.empty((self._count, 3)), np.empty((self._count, 3), np.float32), np.empty((self._count, 4), np.float32)
        mirrored, repeats = [], []
        for part in self._parts:
            repeats += [len(part.primitive.faces)] * len(part.copies)
            node, first, count = part.node, part.first, len(part.positions)
            mesh = node.mesh
            given = weights.get(node.key) or node.weights or (mesh.weights if mesh is not None else ())
            if not np.isfinite(given).all():
                raise RenderError(f"morph weights must be finite to be drawn, got {tuple(given)} at node {node.key!r}")
            rest = morphed(part.primitive, (part.positions, part.normals, part.tangents), part.flat, given)
            frame = world[part.number]
            if node.skin is not None and part.skinned:
                bones = world[[self._index[joint] for joint in node.skin.joints]] @ node.skin.inverse_bind.astype(np.float64)
                skinned = tuple(array[first : first + count] for array in out)
                skin(*rest, part.primitive.joints, part.primitive.weights, bones, *skinned)
                if node.instances is None:
                    mirrored.append(False)
                    continue
                # A skinned mesh ignores its node's own transform: its copies stand in the frame of the world.
                rest, frame = (skinned[0].astype(np.float32), skinned[1].copy(), skinned[2].copy()), np.eye(4)
            for copy, own in enumerate(part.copies):
                low, high = first + copy * count, first + (copy + 1) * count
                placed = frame @ own
                mirrored.append(bool(np.linalg.det(placed[:3, :3]) < 0.0))
                place(*rest, placed, *(array[low:high] for array in out))
        self._check(out[0])
        return Geometry(*out, *self._still, *self._owners, np.repeat(mirrored, repeats), self._materials)

    def _check(self, positions: np.ndarray) -> None:
        if len(positions) and not (positions.min() >= -FARTHEST and positions.max() <= FARTHEST):
            bad = int(np.argmin((np.abs(positions) <= FARTHEST).all(axis=1)))
            part = [one for one in self._parts if one.first <= bad][-1]
            raise RenderError(
                f"a scene must lie within {FARTHEST:g} m to be drawn, got {positions[bad].tolist()} at node {part.node.key!r}"
            )


def _parts(scene: Scene) -> Iterator[_Part]:
    """What is drawn, in the order of nodes and primitives."""
    start = total = 0
    for number, node in enumerate(scene.nodes):
        copies = np.eye(4)[None] if node.instances is None else instance_matrices(node.instances)
        for primitive in node.mesh.primitives if node.mesh is not None else ():
            if primitive.mode != "triangles" or not len(primitive.faces) or not len(copies):
                continue
            total += len(primitive.faces) * len(copies)
            if total > MOST_FACES:
                raise RenderError(f"a picture must have at most {MOST_FACES:,} triangles, got more: use a lower LOD")
            primitive = faceted(primitive)
            if node.skin is not None and primitive.joints is not None and primitive.joints.size:
                most, joints = int(primitive.joints.max()), len(node.skin.joints)
                if most >= joints:
                    raise SceneError(f"joints of node {node.key!r} must index its skin's {joints} joints, got {most}")
            tangents = (
                primitive.tangents if primitive.tangents is not None else np.zeros((len(primitive.positions), 4), np.float32)
            )
            bends = any(morph.positions is not None and morph.normals is None for morph in primitive.morphs)
            flat = smooth(primitive.positions, primitive.faces) if bends else None
            yield _Part(number, node, primitive, start, copies, primitive.positions, _normals(primitive), tangents, flat)
            start += len(primitive.positions) * len(copies)


def _normals(primitive: Primitive) -> np.ndarray:
    """(V, 3) float32: the primitive's own normals; where it has none, or one without a length, the mean of its faces'."""
    own = primitive.normals
    if own is None:
        return smooth(primitive.positions, primitive.faces)
    none = (own * own).sum(axis=1) < 1e-12
    if not none.any():
        return own
    return np.where(none[:, None], smooth(primitive.positions, primitive.faces), own)


def gathered(scene: Scene) -> Geometry:
    """The drawn triangles of a scene as it stands. Raises as Poses."""
    return Poses(scene).now()


def drawn_points(scene: Scene, animation: str | None = None) -> np.ndarray:
    """(V, 3) float64 world positions of everything that is drawn, at nine moments of an animation where one is named.

    Raises RenderError when that is nothing.
    """
    poses = Poses(scene)
    if animation is None:
        return poses.now().positions
    seconds = max((one.seconds for one in scene.animations if one.name == animation), default=0.0)
    return np.concatenate([poses.at(animation, seconds * i / 8).positions for i in range(9)])
