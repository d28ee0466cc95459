"""assemble: parts and materials -> a Scene of named nodes with pivots, sockets and hinges."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from dhsdk.errors import SceneError
from dhsdk.scene.material import Material
from dhsdk.scene.mechanism import Joint
from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.types import Node, Scene, Socket
from dhsdk.shapes.kernel import Part, Surface
from dhsdk.shapes.surface import Vec

OBEYED = re.compile(r"_((?:col|convcol|colonly|convcolonly|rigid|navmesh|occ|occonly|vehicle|wheel|loop|cycle|noimp)[\d_]*)$")
"""Endings of names that Godot's importer acts upon, digits behind them too. Source: Godot manual, "Node type customization"."""


def assemble(name: str, parts: Sequence[Part], materials: Mapping[str, tuple[Material, float]]) -> Scene:
    """The Scene of one object: a root node and one node per part, each standing at its pivot.

    materials: slot -> (material, edge length in metres of one texture tile, which divides the UVs).
    Hinged parts become revolute joints, sliding ones prismatic; the sockets of parts become sockets of their nodes.
    Raises: SceneError for a part whose slot has no material, whose parent is missing, or a tile that is not positive.
    """
    keys = _keys(name, parts)
    pivots = {part.name: part.pivot for part in parts}
    root = keys[""]
    nodes = [Node(root)]
    sockets: list[Socket] = []
    joints: list[Joint] = []
    for part in parts:
        if part.parent is not None and part.parent not in pivots:
            raise SceneError(f"parent of part {part.name!r} must be another part, got {part.parent!r}")
        key = keys[part.name]
        parent = root if part.parent is None else keys[part.parent]
        place = part.pivot if part.parent is None else _minus(part.pivot, pivots[part.parent])
        extras = {} if part.collide else {"collide": False}
        mesh = _mesh(key, part, part.surface, materials)
        lods = tuple(_mesh(f"{key}_lod{level}", part, one, materials) for level, one in enumerate(part.lods, 1))
        nodes.append(Node(key, mesh=mesh, lods=lods, parent=parent, translation=place, extras=extras))
        for socket in part.sockets:
            at = _minus(socket.translation, part.pivot)
            sockets.append(Socket(socket.key, key, at, socket.rotation, socket.kind, socket.size))
        if part.hinge is not None:
            axis, lower, upper = part.hinge
            joints.append(Joint(f"{key}_hinge", "revolute", parent, key, place, axis=axis, lower=lower, upper=upper))
        if part.slide is not None:
            axis, lower, upper = part.slide
            joints.append(Joint(f"{key}_slide", "prismatic", parent, key, place, axis=axis, lower=lower, upper=upper))
    return Scene(nodes=tuple(nodes), sockets=tuple(sockets), joints=tuple(joints), name=name)


def node_key(text: str) -> str:
    """The text as a snake_case key that every engine takes: lower-case letters, digits and underscores.

    A last word that Godot's importer obeys is joined to the one before: front_wheel -> frontwheel.
    """
    key = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "part"
    while (short := OBEYED.sub(r"\1", key)) != key:
        key = short
    return key


def _keys(name: str, parts: Sequence[Part]) -> dict[str, str]:
    """Part name (and "" for the root) -> a node key that no other part has."""
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for key, text in [("", name), *((part.name, part.name) for part in parts)]:
        wanted = node_key(text)
        unique, number = wanted, 2
        while unique in taken:
            unique, number = f"{wanted}_{number}", number + 1
        taken.add(unique)
        keys[key] = unique
    return keys


def _minus(a: Vec, b: Vec) -> Vec:
    return (float(a[0] - b[0]), float(a[1] - b[1]), float(a[2] - b[2]))


def _mesh(key: str, part: Part, surface: Surface, materials: Mapping[str, tuple[Material, float]]) -> Mesh:
    if part.slot not in materials:
        raise SceneError(f"every slot must have a material, got none for {part.slot!r} of part {part.name!r}")
    material, tile = materials[part.slot]
    if not tile > 0.0:
        raise SceneError(f"tile of slot {part.slot!r} must be > 0, got {tile} (metres)")
    colors = None
    if surface.colors is not None and material.transmission is None:  # hollows do not darken what light passes
        colors = np.concatenate([surface.colors, np.ones((len(surface.colors), 1))], axis=1).astype(np.float32)
    primitive = Primitive(
        positions=(surface.positions - np.asarray(part.pivot)).astype(np.float32),
        faces=surface.faces.astype(np.uint32),
        normals=surface.normals.astype(np.float32),
        uvs=((surface.uvs / tile).astype(np.float32),),
        colors=colors,
        material=material,
    )
    return Mesh((primitive,), name=key)
