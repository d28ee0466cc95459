"""Nodes out: the tree, and beside it the nodes that carry instances, lower details, named colliders and sockets.

Nodes that are not of the scene are marked with a role in their extras, so that reading leaves them out again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dhsdk.formats.gltf import own
from dhsdk.formats.gltf.given import Json
from dhsdk.formats.gltf.meshes import MeshWriter
from dhsdk.formats.gltf.packer import Packer
from dhsdk.formats.gltf.physics import PhysicsWriter
from dhsdk.formats.gltf.shapes import mesh_of
from dhsdk.scene.animation import Skin
from dhsdk.scene.mechanism import IDENTITY
from dhsdk.scene.mesh import Collider, Instances
from dhsdk.scene.types import ONE, ORIGIN, Camera, Light, Node, Scene

LIGHTS, INSTANCING, LOD = "KHR_lights_punctual", "EXT_mesh_gpu_instancing", "MSFT_lod"
SIBLING_LODS = ("unity", "unreal")
"""Targets that know details by the names _LOD0, _LOD1 ... of siblings."""
UNREAL_PREFIX = {"box": "UBX", "sphere": "USP", "capsule": "UCP", "cylinder": "UCX", "hull": "UCX"}


@dataclass
class NodeWriter:
    """The nodes of one file."""

    scene: Scene
    index: Mapping[str, int]
    target: str | None
    extend_instances: bool
    tie_details: bool
    """Write MSFT_lod. Not where the buffer has a URI: Babylon then waits for ever, as it holds back the buffers of the higher
    detail until the lower one has loaded, and both share the one buffer."""
    packer: Packer
    meshes: MeshWriter
    skin: Callable[[Skin], int]
    camera: Callable[[Camera], int]
    light: Callable[[Light], int]
    physics: PhysicsWriter | None
    used: set[str]
    nodes: list[Json] = field(default_factory=list)
    roots: list[int] = field(default_factory=list)
    detail: list[int] = field(default_factory=list)
    """Roots of the second glTF scene: the lower details."""

    def write(self) -> None:
        """Fills nodes, roots and detail. Node i of the file is node i of the scene; the helpers follow."""
        index = self.index
        self.nodes = [self._plain(node) for node in self.scene.nodes]
        for i, node in enumerate(self.scene.nodes):
            if node.parent is None:
                self.roots.append(i)
            else:
                self.nodes[index[node.parent]].setdefault("children", []).append(i)
        for i, node in enumerate(self.scene.nodes):
            if any((node.mesh, node.skin, node.weights, node.instances, node.lods, node.colliders, node.extras)):
                self._furnish(i, node, None if node.parent is None else index[node.parent])
        if self.target in ("godot", "unity", "unreal"):
            prefix = "SOCKET_" if self.target == "unreal" else ""
            for socket in self.scene.sockets:
                placed = _placed(prefix + socket.key, socket.translation, socket.rotation)
                self._helper("socket", placed, index[socket.node])

    def _plain(self, node: Node) -> Json:
        out = _placed(node.key, node.translation, node.rotation, node.scale)
        if node.camera is not None:
            out["camera"] = self.camera(node.camera)
        if node.light is not None:
            self.used.add(LIGHTS)
            out["extensions"] = {LIGHTS: {"light": self.light(node.light)}}
        return out

    def _furnish(self, i: int, node: Node, parent: int | None) -> None:
        """Gives node i its mesh, and what glTF has no word for; adds its helpers."""
        out = self.nodes[i]
        kept: Json = {}
        drawn: Json = {}
        if node.mesh is not None:
            drawn["mesh"] = self.meshes.index(node.mesh)
        if node.skin is not None:
            drawn["skin"] = self.skin(node.skin)
        if node.weights:
            drawn["weights"] = node.weights
        if node.mesh is None:
            kept |= drawn
        elif node.instances is None:
            out |= drawn
        elif self.extend_instances:
            out |= drawn
            self.used.add(INSTANCING)
            out.setdefault("extensions", {})[INSTANCING] = {"attributes": self._instance_attributes(node.instances)}
        else:
            kept |= drawn | {"instances": own.fields_out(node.instances, self.packer)}
            self._expand(i, node.key, drawn, node.instances)
        if node.instances is not None and node.mesh is None:
            kept["instances"] = own.fields_out(node.instances, self.packer)
        if node.lods:
            kept["lods"] = [self.meshes.index(mesh) for mesh in node.lods]
            self._details(i, node, parent, kept)
        if node.colliders:
            kept["colliders"] = [own.encoded(one, self.packer) for one in node.colliders]
            self._colliders(i, node)
        out |= own.with_own(node.extras, own.NODE, kept)

    def _helper(self, role: str, out: Json, parent: int | None) -> int:
        """The index of a node that is not of the scene; without a parent it is in no scene yet."""
        out["extras"] = {own.NODE: {"role": role}}
        self.nodes.append(out)
        if parent is not None:
            self.nodes[parent].setdefault("children", []).append(len(self.nodes) - 1)
        return len(self.nodes) - 1

    def _expand(self, i: int, key: str, drawn: Json, instances: Instances) -> None:
        """Instances as children that share the mesh: every engine draws them."""
        rotations = [None] * len(instances.translations) if instances.rotations is None else instances.rotations.tolist()
        scales = [None] * len(instances.translations) if instances.scales is None else instances.scales.tolist()
        for n, (at, turn, size) in enumerate(zip(instances.translations.tolist(), rotations, scales, strict=True)):
            out: Json = {"name": f"{key} {n}", "translation": at}
            if turn is not None:
                out["rotation"] = turn
            if size is not None:
                out["scale"] = size
            self._helper("instance", out | drawn, i)

    def _instance_attributes(self, instances: Instances) -> Json:
        parts = {"TRANSLATION": instances.translations, "ROTATION": instances.rotations, "SCALE": instances.scales}
        return {name: self.packer.accessor(part, target=None) for name, part in parts.items() if part is not None}

    def _details(self, i: int, node: Node, parent: int | None, kept: Json) -> None:
        """Lower details stand where the node stands, in a second scene, or beside it where the engine wants names.

        Those of a skinned node are meshes without a node: in a second scene they would need the bones there too, and then
        three moves the bones out of the first scene and Godot cannot find the node of the skin.
        """
        siblings = self.target in SIBLING_LODS
        if node.skin is not None and not siblings:
            return
        ids = []
        for n, mesh in enumerate(node.lods, start=1):
            name = f"{node.key}_LOD{n}" if siblings else f"{node.key} detail {n}"
            out = _placed(name, node.translation, node.rotation, node.scale) | {"mesh": self.meshes.index(mesh)}
            if node.skin is not None and all(one.joints is not None for one in mesh.primitives):
                out["skin"] = self.skin(node.skin)
            ids.append(self._helper("lod", out, parent if siblings else None))
        if not siblings:
            self.detail += ids
        elif parent is None:
            self.roots += ids
        if siblings:
            kept["key"] = node.key
            self.nodes[i]["name"] = f"{node.key}_LOD0"
        elif node.instances is None and self.tie_details:
            self.used.add(LOD)
            self.nodes[i].setdefault("extensions", {})[LOD] = {"ids": ids}

    def _colliders(self, i: int, node: Node) -> None:
        for n, collider in enumerate(node.colliders):
            name = self._collider_name(node, collider, n)
            if name is not None:
                mesh = self.meshes.index(mesh_of(collider, name))
                self._helper("collider", _placed(name, collider.translation, collider.rotation) | {"mesh": mesh}, i)
            if self.physics is not None:
                self.used.update(self.physics.uses)
                shape = self.physics.shape(collider, self.meshes)
                placed = _placed(f"{node.key} collider {n}", collider.translation, collider.rotation)
                self._helper("collider", placed | {"extensions": self.physics.body(shape)}, i)

    def _collider_name(self, node: Node, collider: Collider, n: int) -> str | None:
        """The name by which the target knows a collision mesh, or None where it knows none."""
        if self.target == "godot":
            return f"{node.key} {n}-{'colonly' if collider.kind == 'mesh' else 'convcolonly'}"
        if self.target == "unreal" and collider.kind in UNREAL_PREFIX:
            base = node.mesh.name if node.mesh is not None and node.mesh.name else node.key
            return f"{UNREAL_PREFIX[collider.kind]}_{base}_{n:02}"
        return None


def _placed(name: str, translation: Any, rotation: Any, scale: Any = ONE) -> Json:
    out: Json = {"name": name}
    if translation is not ORIGIN and tuple(translation) != ORIGIN:
        out["translation"] = translation
    if rotation is not IDENTITY and tuple(rotation) != IDENTITY:
        out["rotation"] = rotation
    if scale is not ONE and tuple(scale) != ONE:
        out["scale"] = scale
    return out
