"""Scene -> Scene. Nothing is changed in place; meshes, materials and clips that an edit does not touch stay the same objects."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dhsdk.errors import SceneError, UnknownName
from dhsdk.scene import rotation
from dhsdk.scene.bake import flatten
from dhsdk.scene.frames import world
from dhsdk.scene.join import joined, prefixed, unique
from dhsdk.scene.material import Material
from dhsdk.scene.mesh import Mesh, Primitive, Quaternion, Vector
from dhsdk.scene.prune import remove
from dhsdk.scene.references import renamed
from dhsdk.scene.types import Node, Scene
from dhsdk.scene.weld import weld

__all__ = [
    "add", "flatten", "map_materials", "map_meshes", "map_primitives", "move", "prefix", "remove", "rename", "replace",
    "use_variant", "weld", "with_extras", "with_node",
]  # fmt: skip


def with_node(scene: Scene, node: Node) -> Scene:
    """The scene with this node in the place of the one of its key. Raises UnknownName."""
    old = scene.node(node.key)
    at = next(i for i, one in enumerate(scene.nodes) if one is old)
    return dataclasses.replace(scene, nodes=(*scene.nodes[:at], node, *scene.nodes[at + 1 :]))


def replace(whole: Scene, /, key: str, *, node: Node | None = None, scene: Scene | None = None) -> Scene:
    """The scene with new content at a node. Its key, place, parent, children and everything that names it stay.

    node: its mesh, weights, LODs, colliders, camera, light, instances and extras are taken; its skin where it has one, or
        else the old skin stays.
    scene: its content is hung under the key, which then shows nothing itself; its keys become `key__old`.

    Raises:
        UnknownName: no such node.
        SceneError: not exactly one of node and scene; a mesh that a skin, a clip or an expression of the scene cannot drive.
    """
    old = whole.node(key)
    if (node is None) == (scene is None):
        raise SceneError("replace needs either node or scene, and not both")
    if node is not None:
        content = {name: getattr(node, name) for name in CONTENT}
        new = dataclasses.replace(old, **content, skin=node.skin or (old.skin if node.mesh is not None else None))
        _check_driven(whole, old, new)
        return with_node(whole, new)
    assert scene is not None
    empty = Node(key, None, old.parent, old.translation, old.rotation, old.scale)
    _check_driven(whole, old, empty)
    taken = [one.key for one in whole.nodes if one.key != key]
    return joined(with_node(whole, empty), [_apart(scene, key, {*taken, key})], key)


CONTENT = ("mesh", "weights", "camera", "light", "instances", "lods", "colliders", "extras")


def _check_driven(scene: Scene, old: Node, new: Node) -> None:
    """Raises SceneError where the new mesh lacks what drives the old one: vertex joints, or morph targets."""
    names = new.mesh.morph_names if new.mesh else ()
    bound = new.mesh is not None and all(shape.joints is not None for shape in new.mesh.primitives)
    if new.skin is not None and not bound:
        raise SceneError(f"the new mesh of {old.key!r} must have joints and weights, because the node is skinned: bind it first")
    if new.skin is not None and new.mesh is not None:
        most = max(int(p.joints.max()) if p.joints is not None and p.joints.size else 0 for p in new.mesh.primitives)
        if most >= len(new.skin.joints):
            raise SceneError(f"the new mesh of {old.key!r} must use joints below {len(new.skin.joints)}, got {most}")
    for clip in scene.animations:
        if any(one.node == old.key and one.path == "weights" and _width(one.values) != len(names) for one in clip.channels):
            raise SceneError(f"the new mesh of {old.key!r} must have the morphs that clip {clip.name!r} moves, got {list(names)}")
    expressions = scene.humanoid.expressions if scene.humanoid else ()
    for expression in expressions:
        lost = [morph for key, morph, _ in expression.morphs if key == old.key and morph not in names]
        if lost:
            raise SceneError(f"the new mesh of {old.key!r} must have morph {lost[0]!r} of expression {expression.name!r}")


def _width(values: Any) -> int:
    return int(values.shape[-1])


def _apart(scene: Scene, label: str, taken: set[str]) -> Scene:
    """The scene with all its keys prefixed so that none is taken."""
    while True:
        part = prefixed(scene, label)
        if taken.isdisjoint(node.key for node in part.nodes):
            return part
        label = unique(label, {label, *taken})
        taken = {*taken, label}


def rename(scene: Scene, names: Mapping[str, str]) -> Scene:
    """The scene with node keys replaced, old -> new, wherever they are named. Swaps are allowed.

    Raises:
        UnknownName: no node of an old key. SceneError: two nodes would get one key.
    """
    for old in names:
        scene.node(old)
    return renamed(scene, nodes=lambda key: names.get(key, key))


def prefix(scene: Scene, text: str) -> Scene:
    """The scene with `text__` before every key of a node, joint, socket, loop, sound, clip and spring."""
    return prefixed(scene, text)


def add(scene: Scene, content: Node | Scene, parent: str | None = None) -> Scene:
    """The scene with a node, or all of another scene, hung under `parent` (None: a root).

    A node keeps its key; another scene's keys are prefixed with its name (or "part") where they would clash.

    Raises:
        UnknownName: no node `parent`. SceneError: the node's key is taken, or two humanoids or environments meet.
    """
    if parent is not None:
        scene.node(parent)
    if isinstance(content, Node):
        if content.key in scene:
            raise SceneError(f"key {content.key!r} is taken: rename the node, or use edit.replace")
        return dataclasses.replace(scene, nodes=(*scene.nodes, dataclasses.replace(content, parent=parent)))
    taken = {node.key for node in scene.nodes}
    clash = not taken.isdisjoint(node.key for node in content.nodes) or _names(scene) & _names(content)
    part = _apart(content, unique(content.name or "part", taken), taken) if clash else content
    return joined(scene, [part], parent)


def _names(scene: Scene) -> set[tuple[str, str]]:
    named = {("clip", clip.name) for clip in scene.animations}
    return named | {(what, one.key) for what in ("joints", "sockets", "loops", "sounds") for one in getattr(scene, what)}


def move(
    scene: Scene,
    key: str,
    *,
    translation: Vector | None = None,
    rotation: Quaternion | None = None,
    scale: Vector | None = None,
    parent: str | None = None,
) -> Scene:
    """The scene with the given parts of a node's transform set, relative to its parent.

    parent: hang the node there instead, its place in the world kept (before the given parts are set).

    Raises:
        UnknownName: no such node. SceneError: a cycle, or a place that shears in the new parent's frame.
    """
    node = scene.node(key)
    if parent is not None:
        node = _hung(scene, node, parent)
    parts: dict[str, Any] = {"translation": translation, "rotation": rotation, "scale": scale}
    return with_node(scene, dataclasses.replace(node, **{name: part for name, part in parts.items() if part is not None}))


def _hung(scene: Scene, node: Node, parent: str) -> Node:
    scene.node(parent)
    matrices = world(scene)
    local = np.linalg.solve(matrices[parent], matrices[node.key])
    place = rotation.decompose(local, f"the place of {node.key!r} under {parent!r}")
    return dataclasses.replace(node, parent=parent, translation=place[0], rotation=place[1], scale=place[2])


def map_meshes(scene: Scene, change: Callable[[Mesh], Mesh]) -> Scene:
    """The scene with every mesh, LODs included, passed through `change` once; meshes that were shared stay shared.

    Returns the same scene when `change` returns every mesh itself.
    """
    new = {id(mesh): change(mesh) for mesh in scene.meshes}

    def changed(node: Node) -> Node:
        mesh = None if node.mesh is None else new[id(node.mesh)]
        lods = tuple(new[id(lod)] for lod in node.lods)
        same = mesh is node.mesh and all(a is b for a, b in zip(lods, node.lods, strict=True))
        return node if same else dataclasses.replace(node, mesh=mesh, lods=lods)

    nodes = tuple(map(changed, scene.nodes))
    return scene if all(a is b for a, b in zip(nodes, scene.nodes, strict=True)) else dataclasses.replace(scene, nodes=nodes)


def map_primitives(scene: Scene, change: Callable[[Primitive], Primitive]) -> Scene:
    """map_meshes over the primitives of each mesh."""

    def changed(mesh: Mesh) -> Mesh:
        shapes = tuple(map(change, mesh.primitives))
        same = all(a is b for a, b in zip(shapes, mesh.primitives, strict=True))
        return mesh if same else dataclasses.replace(mesh, primitives=shapes)

    return map_meshes(scene, changed)


def map_materials(scene: Scene, change: Callable[[Material], Material]) -> Scene:
    """The scene with every material, those of variants included, passed through `change` once; shared ones stay shared."""
    new = {id(material): change(material) for material in scene.materials}

    def changed(shape: Primitive) -> Primitive:
        material = None if shape.material is None else new[id(shape.material)]
        variants = tuple((name, new[id(one)]) for name, one in shape.variants)
        same = material is shape.material and all(a[1] is b[1] for a, b in zip(variants, shape.variants, strict=True))
        return shape if same else dataclasses.replace(shape, material=material, variants=variants)

    return map_primitives(scene, changed)


def use_variant(scene: Scene, name: str) -> Scene:
    """The scene wearing this material variant; primitives that do not have it keep their material. Raises UnknownName."""
    if name not in scene.variants:
        raise UnknownName(f"no variant {name!r} in this scene; it has: {', '.join(map(repr, scene.variants)) or 'none'}")

    def worn(shape: Primitive) -> Primitive:
        material = dict(shape.variants).get(name, shape.material)
        return shape if material is shape.material else dataclasses.replace(shape, material=material)

    return map_primitives(scene, worn)


def with_extras(scene: Scene, values: Mapping[str, Any], key: str | None = None) -> Scene:
    """The scene with these JSON values added to its extras, or to those of the node `key`. Raises UnknownName."""
    if key is None:
        return dataclasses.replace(scene, extras={**scene.extras, **values})
    node = scene.node(key)
    return with_node(scene, dataclasses.replace(node, extras={**node.extras, **values}))
