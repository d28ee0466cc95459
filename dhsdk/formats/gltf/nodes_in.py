"""Nodes in: keys from names, the tree, what each node carries. Helper nodes of files written here are left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.formats.gltf import own
from dhsdk.formats.gltf.accessors import Accessors
from dhsdk.formats.gltf.animation import skin_in
from dhsdk.formats.gltf.container import Document
from dhsdk.formats.gltf.given import (
    Json,
    extension,
    extras,
    fail,
    mapping,
    mappings,
    members,
    number,
    numbers,
    text,
    whole,
)
from dhsdk.formats.gltf.meshes_in import MeshReader, unique
from dhsdk.formats.gltf.nodes import INSTANCING, LIGHTS
from dhsdk.scene.animation import Skin
from dhsdk.scene.mesh import Collider, Instances, Mesh
from dhsdk.scene.types import Camera, Light, Node

KEPT = ("key", "role", "mesh", "skin", "weights", "instances", "lods", "colliders")
UNIT = 1e-4
"""How far the squared length of a rotation may be from 1 before it is normalised."""


class NodeReader:
    """The nodes of one document."""

    def __init__(self, document: Document, accessors: Accessors, meshes: MeshReader) -> None:
        self._document = document
        self._accessors = accessors
        self._meshes = meshes
        self._table = document.table("nodes")
        self._own = [own.own_of(owner, own.NODE, document) for owner in self._table] if document.own else None
        self.keys = self._named()
        self._parents = self._tree()
        self._cameras: dict[int, Camera] = {}
        self._lights: dict[int, Light] = {}
        self._skins: dict[int, Skin] = {}

    def read(self) -> tuple[tuple[Node, ...], set[int]]:
        """(nodes in the order of the file, their indices). Raises ReadError, SceneError."""
        kept = self._reached()
        chosen = sorted(kept)
        return tuple([self._node(i, kept) for i in chosen]), kept

    def _kept(self, i: int) -> Json:
        return self._own[i] if self._own is not None else {}

    def _named(self) -> list[str]:
        """A unique key for every node: its name, or the first free one like it. Helpers get theirs last."""
        taken: dict[str, int] = {}
        keys = [""] * len(self._table)
        order = [i for i in range(len(keys)) if "role" not in self._kept(i)] + [
            i for i in range(len(keys)) if "role" in self._kept(i)
        ]
        for i in order:
            name = self._kept(i).get("key") or self._table[i].get("name") or f"node_{i}"
            keys[i] = unique(text(name, "name of a node"), taken)
        return keys

    def _tree(self) -> list[int | None]:
        parents: list[int | None] = [None] * len(self._table)
        for i, owner in enumerate(self._table):
            if "children" not in owner:
                continue
            for child in members(owner, "children"):
                child = whole(child, "a child of a node", 0, len(parents))
                if parents[child] is not None:
                    raise ReadError(f"a node must have one parent, and {self.keys[child][:40]!r} has two")
                parents[child] = i
        self._check_cycles(parents)
        return parents

    def _check_cycles(self, parents: list[int | None]) -> None:
        state = bytearray(len(parents))  # 1: on the way up, 2: known to end at a root
        for i in range(len(parents)):
            path: list[int] = []
            at: int | None = i
            while at is not None and not state[at]:
                state[at] = 1
                path.append(at)
                at = parents[at]
            if at is not None and state[at] == 1:
                raise ReadError(f"nodes must form a tree, but {self.keys[at][:40]!r} is its own ancestor")
            for one in path:
                state[one] = 2

    def _reached(self) -> set[int]:
        """The nodes of the default scene, and with them the bones of their skins; all nodes where there are no scenes."""
        scenes = self._document.table("scenes")
        if not scenes:
            return {i for i in range(len(self._table)) if "role" not in self._kept(i)}
        scene = scenes[whole(self._document.json.get("scene", 0), "scene", 0, len(scenes))]
        todo = [whole(one, "a node of a scene", 0, len(self._table)) for one in members(scene, "nodes")]
        found = set(todo)

        def reach(i: int) -> None:
            found.add(i)
            todo.append(i)

        while todo:
            i = todo.pop()
            for child in self._table[i].get("children", ()):
                if child not in found:
                    reach(int(child))
            skin = self._skin_index(i)
            for joint in self._bones(skin) if skin is not None else ():
                above: int | None = joint
                while above is not None and above not in found:
                    reach(above)
                    above = self._parents[above]
        return {i for i in found if "role" not in self._kept(i)}

    def _bones(self, skin: int) -> list[int]:
        """Joints and skeleton of a skin, once."""
        if skin in self._skins:
            return []
        self._skin(skin)
        owner = self._document.table("skins")[skin]
        skeleton = owner.get("skeleton")
        return [int(one) for one in owner["joints"]] + ([] if skeleton is None else [int(skeleton)])

    def _skin(self, index: int) -> Skin:
        if index not in self._skins:
            self._skins[index] = skin_in(self._document.table("skins")[index], self.keys, self._accessors)
        return self._skins[index]

    def _skin_index(self, i: int) -> int | None:
        for owner in (self._table[i], self._kept(i)):
            if "skin" in owner:
                return whole(owner["skin"], "skin of a node", 0, len(self._document.table("skins")))
        return None

    def _node(self, i: int, kept: set[int]) -> Node:
        owner, mine = self._table[i], self._kept(i)
        parent = self._parents[i]
        while parent is not None and parent not in kept:
            parent = self._parents[parent]
        given: dict[str, Any] = _transform(owner)
        if mine:
            given |= self._from_own(mine)
        if "mesh" in owner:
            given["mesh"] = self._mesh(owner["mesh"])
        if "weights" in owner:
            given["weights"] = tuple([number(one, "every weight of a node") for one in members(owner, "weights")])
        if "extras" in owner:
            given["extras"] = extras(owner, own.NODE)
        skin = self._skin_index(i)
        if skin is not None:
            given["skin"] = self._skin(skin)
        if "camera" in owner:
            given["camera"] = self._camera(owner["camera"])
        if "extensions" in owner:
            given |= self._extended(owner)
        return Node(self.keys[i], parent=None if parent is None else self.keys[parent], **given)

    def _mesh(self, value: Any) -> Mesh:
        return self._meshes.mesh(whole(value, "mesh of a node", 0, len(self._document.table("meshes"))))

    def _from_own(self, mine: Json) -> dict[str, Any]:
        for key in mine:
            if key not in KEPT:
                raise ReadError(f"{own.NODE} must have the fields {', '.join(KEPT)}, got {key[:40]!r}")
        given: dict[str, Any] = {}
        if "mesh" in mine:
            given["mesh"] = self._mesh(mine["mesh"])
        if "weights" in mine:
            given["weights"] = tuple([number(one, "every weight of a node") for one in members(mine, "weights")])
        if "lods" in mine:
            given["lods"] = tuple([self._mesh(one) for one in members(mine, "lods")])
        for key, kind in (("instances", Instances), ("colliders", tuple[Collider, ...])):
            if key in mine:
                given[key] = own.decoded(kind, mine[key], self._document, key)
        return given

    def _extended(self, owner: Json) -> dict[str, Any]:
        given: dict[str, Any] = {}
        lit = extension(owner, LIGHTS)
        if lit is not None:
            root = extension(self._document.json, LIGHTS) or {}
            table = mappings(root, "lights")
            index = whole(lit.get("light"), "light of a node", 0, len(table))
            if index not in self._lights:
                self._lights[index] = _light(table[index], self._document)
            given["light"] = self._lights[index]
        copies = extension(owner, INSTANCING)
        if copies is not None:
            given["instances"] = self._instances(mapping(copies.get("attributes"), "attributes of instances"))
        return given

    def _instances(self, attributes: Json) -> Instances:
        parts = {
            name: self._accessors.floats(attributes[key], f"{key} of instances", (width,))
            for name, key, width in (("translations", "TRANSLATION", 3), ("rotations", "ROTATION", 4), ("scales", "SCALE", 3))
            if key in attributes
        }
        if not parts:
            raise ReadError("instances must have TRANSLATION, ROTATION or SCALE, and these have none")
        count = len(next(iter(parts.values())))
        self._document.spend(12 * count)
        parts.setdefault("translations", np.zeros((count, 3), np.float32))
        return Instances(**parts)

    def _camera(self, value: Any) -> Camera:
        table = self._document.table("cameras")
        index = whole(value, "camera of a node", 0, len(table))
        if index not in self._cameras:
            self._cameras[index] = _camera(table[index], self._document)
        return self._cameras[index]


def _transform(owner: Json) -> dict[str, Any]:
    """translation, rotation and scale; a matrix is taken apart."""
    given: dict[str, Any] = {}
    if "matrix" in owner:
        return _taken_apart(np.array(numbers(owner["matrix"], 16, "matrix of a node")).reshape(4, 4).T)
    if "translation" in owner:
        given["translation"] = numbers(owner["translation"], 3, "translation of a node")
    if "scale" in owner:
        given["scale"] = numbers(owner["scale"], 3, "scale of a node")
    if "rotation" in owner:
        given["rotation"] = _unit(numbers(owner["rotation"], 4, "rotation of a node"))
    return given


def _unit(rotation: tuple[float, ...]) -> tuple[float, ...]:
    """The rotation, normalised where its length is off: files round it, some to few digits."""
    try:
        square = sum([value * value for value in rotation])
    except OverflowError:
        square = 0.0
    if abs(square - 1.0) < UNIT:
        return rotation
    if not 1e-6 < square < 1e6:
        fail("rotation of a node", "a unit quaternion", rotation)
    return tuple([value / square**0.5 for value in rotation])


def _taken_apart(matrix: np.ndarray) -> dict[str, Any]:
    """TRS of a column-vector matrix without shear. Raises ReadError where it has none."""
    linear = matrix[:3, :3]
    with np.errstate(all="ignore"):
        scale = np.linalg.norm(linear, axis=0)
        if not np.isfinite(scale).all() or scale.min() < 1e-12:
            raise ReadError("matrix of a node must be a translation, rotation and scale, got one that flattens or overflows")
        if np.linalg.det(linear / scale) < 0:
            scale = scale * (-1.0, 1.0, 1.0)
        turn = linear / scale
        if np.abs(turn.T @ turn - np.eye(3)).max() > 1e-3:
            raise ReadError("matrix of a node must be a translation, rotation and scale, got shear: apply it to the mesh")
    x, y, z, w = _quaternion(turn)
    at, size = [float(one) for one in matrix[:3, 3]], [float(one) for one in scale]
    return {"translation": tuple(at), "rotation": (x, y, z, w), "scale": tuple(size)}


def _quaternion(turn: np.ndarray) -> tuple[float, float, float, float]:
    """The unit quaternion of a rotation matrix, from its largest component. Source: Shepperd 1978."""
    m = turn
    trace = m[0, 0] + m[1, 1] + m[2, 2]
    squares = np.array([2 * m[0, 0] - trace, 2 * m[1, 1] - trace, 2 * m[2, 2] - trace, trace]) + 1
    most = int(np.argmax(squares))
    pairs = {(0, 1): m[0, 1] + m[1, 0], (0, 2): m[0, 2] + m[2, 0], (1, 2): m[1, 2] + m[2, 1]}
    pairs |= {(0, 3): m[2, 1] - m[1, 2], (1, 3): m[0, 2] - m[2, 0], (2, 3): m[1, 0] - m[0, 1]}
    out = np.array([squares[i] if i == most else pairs[min(i, most), max(i, most)] for i in range(4)])
    x, y, z, w = (float(value) for value in out / np.linalg.norm(out))
    return x, y, z, w


def _camera(owner: Json, document: Document) -> Camera:
    kind = owner.get("type")
    if kind not in ("perspective", "orthographic"):
        fail("type of a camera", "perspective or orthographic", kind)
    held = mapping(owner.get(kind), f"{kind} of a camera")
    names = {"yfov": "yfov", "aspectRatio": "aspect", "xmag": "xmag", "ymag": "ymag", "znear": "near", "zfar": "far"}
    given: dict[str, Any] = {"kind": kind, "far": None, "name": text(owner.get("name", ""), "name of a camera")}
    given |= {field: number(held[key], f"{key} of a camera") for key, field in names.items() if key in held}
    rest = own.own_of(owner, own.REST, document)
    return Camera(**(given | own.fields_in(Camera, rest, document, "camera", ("yfov", "aspect", "xmag", "ymag", "far"))))


def _light(owner: Json, document: Document) -> Light:
    kind = owner.get("type")
    if kind not in ("directional", "point", "spot"):
        fail("type of a light", "directional, point or spot", kind)
    given: dict[str, Any] = {"kind": kind, "name": text(owner.get("name", ""), "name of a light")}
    if "color" in owner:
        given["color"] = numbers(owner["color"], 3, "color of a light")
    spot = mapping(owner.get("spot", {}), "spot of a light")
    for held, key, field in (
        (owner, "intensity", "intensity"),
        (owner, "range", "range"),
        (spot, "innerConeAngle", "inner"),
        (spot, "outerConeAngle", "outer"),
    ):
        if key in held:
            given[field] = number(held[key], f"{key} of a light")
    rest = own.own_of(owner, own.REST, document)
    return Light(**(given | own.fields_in(Light, rest, document, "light", ("range", "inner", "outer"))))
