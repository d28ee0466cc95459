"""Scripted scenes: a mesh from arrays, simple solids, a scene from a mesh, scenes placed and grouped."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence, Set
from typing import Any

import numpy as np

from dhsdk.errors import SceneError
from dhsdk.scene import rotation
from dhsdk.scene.join import joined, prefixed, unique
from dhsdk.scene.material import Material
from dhsdk.scene.mesh import Mesh, Primitive, Quaternion, Vector
from dhsdk.scene.primitives import box, cylinder, plane, sphere
from dhsdk.scene.references import named_nodes
from dhsdk.scene.types import ORIGIN, Node, Scene

__all__ = ["Arrangement", "box", "cylinder", "group", "members", "mesh", "place", "plane", "single", "sphere", "title"]

Arrangement = Scene | Sequence["Arrangement"]
"""A scene, or scenes that belong together, nested as one likes: what the relations of dhsdk.scene.place return."""
PLACE = "place"


def mesh(
    positions: Any,
    faces: Any,
    *,
    normals: Any = None,
    uv: Any = None,
    material: Material | None = None,
    name: str = "",
) -> Mesh:
    """A mesh of one primitive of triangles.

    positions: (V, 3) m. faces: (F, 3). normals: (V, 3) unit or None. uv: (V, 2) or None. Raises SceneError.
    """
    sets = () if uv is None else (np.asarray(uv, dtype=np.float32),)
    shape = Primitive(np.asarray(positions, dtype=np.float32), np.asarray(faces), normals=normals, uvs=sets, material=material)
    return Mesh((shape,), name)


def single(shape: Mesh | Primitive, key: str) -> Scene:
    """A scene of one node that shows this mesh; the key is also the scene's name."""
    whole = shape if isinstance(shape, Mesh) else Mesh((shape,), key)
    return Scene((Node(key, whole),), name=key)


def place(scene: Scene, at: Vector = ORIGIN, turn: float | Quaternion = 0.0, scale: float = 1.0) -> Scene:
    """The scene under a root node "place": scaled, then turned, then moved to `at`.

    at: metres. turn: radians about +Y, or a quaternion xyzw. scale: one positive factor for all axes. Placing twice adds up in
    one node. Skinned meshes without children stay roots; their joints carry them.

    Raises:
        SceneError: a scale that is not > 0, or not 1 in a scene whose masses, joints or springs would not follow.
    """
    if not (np.isfinite(scale) and scale > 0):
        raise SceneError(f"scale must be > 0, got {scale}")
    fixed = scene.bodies or scene.joints or scene.loops or scene.solids or (scene.humanoid and scene.humanoid.springs)
    if scale != 1.0 and fixed:
        raise SceneError(f"scale of a scene with bodies, joints, solids or springs must be 1, got {scale}: make it at that size")
    quaternion = rotation.from_axis_angle((0, 1, 0), turn) if isinstance(turn, int | float) else rotation.quaternion(turn)
    matrix = rotation.compose(at, quaternion, (scale,) * 3)
    known = _placing(scene)
    if known is not None:
        matrix = matrix @ rotation.compose(known.translation, known.rotation, known.scale)
    where = rotation.decompose(matrix, "the place")
    root = Node(known.key if known else unique(PLACE, (node.key for node in scene.nodes)), None, None, *where)
    if known is not None:
        return dataclasses.replace(scene, nodes=tuple(root if node is known else node for node in scene.nodes))
    base = Scene((root,), name=scene.name, extras=scene.extras)
    return joined(base, [scene], root.key)


def _placing(scene: Scene) -> Node | None:
    """The root that place() made, when it still is the only one and nothing but joints in its frame names it."""
    roots = [node for node in scene.nodes if node.parent is None and node.skin is None]
    if len(roots) != 1 or not re.fullmatch(rf"{PLACE}(_\d+)?", roots[0].key) or not _is_plain(roots[0]):
        return None
    named = any(key == roots[0].key for who, key in named_nodes(scene) if not who.startswith("joint "))
    return None if named else roots[0]


def _is_plain(node: Node) -> bool:
    held = (node.mesh, node.camera, node.light, node.instances, node.lods, node.colliders, node.extras)
    return not any(held)


def group(name: str, *content: Arrangement) -> Scene:
    """One scene of several, each under the root node `name`.

    Every key of a member is written member__key, where member is the scene's name, or else the key of its first root; a second
    chair is chair_2__leg. The root that place() made, or else a node called like the member, is `member` itself. Clips,
    joints, sockets, loops, sounds and springs are renamed likewise; variants of one name become one switch for all.
    Everything that names a node still does. Members' extras stand in extras["members"][member].

    Raises:
        SceneError: two members hold a humanoid, or environments that differ.
    """
    parts: list[Scene] = []
    taken = {name}
    extras: dict[str, Any] = {}
    for scene in members(content):
        label, part = _member(scene, taken)
        taken.update(node.key for node in part.nodes)
        taken.add(label)
        parts.append(part)
        if scene.extras:
            extras[label] = scene.extras
    base = Scene((Node(name),), name=name, extras={"members": extras} if extras else {})
    return joined(base, parts, name)


def _member(scene: Scene, taken: Set[str]) -> tuple[str, Scene]:
    """The label of a new member and the scene with its keys, none of them taken."""
    refused: set[str] = set()
    placing = _placing(scene)
    root = placing.key if placing is not None else title(scene)
    while True:
        label = unique(title(scene), taken | refused)
        part = prefixed(scene, label, root)
        if taken.isdisjoint(node.key for node in part.nodes):
            return label, part
        refused.add(label)


def members(content: Arrangement) -> Iterator[Scene]:
    """Every scene of an arrangement, in order."""
    if isinstance(content, Scene):
        yield content
        return
    for part in content:
        yield from members(part)


def title(scene: Scene) -> str:
    """What the scene is called in a group: its name, else the key of its first root, else "part"."""
    if scene.name:
        return scene.name
    placing = _placing(scene)
    parent = placing.key if placing is not None else None
    return next((node.key for node in scene.nodes if node.parent == parent), "part")
