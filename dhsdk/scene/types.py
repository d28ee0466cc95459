"""Scene and Node: flat frozen tuples, nodes by scene-unique key, heavy parts shared by identity.

Space: metres, kilograms, seconds, radians; right-handed, +Y up, a front faces +Z. Quaternions are (x, y, z, w).
The other types live beside this file by subject: mesh, material, animation, mechanism, person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from dhsdk.errors import SceneError, UnknownName
from dhsdk.frozen import EMPTY, freeze
from dhsdk.media import Image
from dhsdk.scene.animation import Animation, Skin
from dhsdk.scene.arrays import put
from dhsdk.scene.material import Material
from dhsdk.scene.mechanism import IDENTITY, Body, Coupling, Joint, Loop, Solid
from dhsdk.scene.mesh import Collider, Instances, Mesh, Quaternion, Vector
from dhsdk.scene.person import Cue, Humanoid, Sound
from dhsdk.scene.references import named_nodes

ORIGIN: Vector = (0.0, 0.0, 0.0)
ONE: Vector = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Camera:
    """Looks along -Z of its node, +Y up. yfov in radians (perspective) or ymag in metres, half height (orthographic)."""

    kind: Literal["perspective", "orthographic"] = "perspective"
    yfov: float = 0.7
    aspect: float | None = None
    xmag: float = 1.0
    ymag: float = 1.0
    near: float = 0.01
    far: float | None = 1000.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Light:
    """Shines along -Z of its node. color is linear; intensity in lux (directional) or candela; cone angles in radians."""

    kind: Literal["directional", "point", "spot"] = "point"
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    intensity: float = 1.0
    range: float | None = None
    inner: float = 0.0
    outer: float = 0.7853981633974483
    name: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """Light from all around. image: equirectangular linear radiance (H, 2H, 3) float32, +Z in the middle column.

    None: the renderer's procedural studio. rotation: radians about +Y. intensity multiplies the radiance.
    """

    image: Image | None = None
    intensity: float = 1.0
    rotation: float = 0.0


@dataclass(frozen=True, slots=True)
class Socket:
    """A named place where something can be attached or put: +Y points out of the surface, +Z to its front.

    kind: "mount", "seat", "support" (a surface; size is its width along x and depth along z, m), "handle", "grip", "light" ...
    """

    key: str
    node: str
    translation: Vector = ORIGIN
    rotation: Quaternion = IDENTITY
    kind: str = "mount"
    size: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A place in the scene. key: unique in its scene. parent: key of another node, or None for a root.

    translation metres, rotation unit quaternion xyzw, scale: float64, relative to the parent.
    lods: meshes of lower detail, LOD1 first (LOD0 is `mesh`). colliders: collision shapes in this node's frame.
    """

    key: str
    mesh: Mesh | None = None
    parent: str | None = None
    translation: Vector = ORIGIN
    rotation: Quaternion = IDENTITY
    scale: Vector = ONE
    skin: Skin | None = None
    weights: tuple[float, ...] = ()
    camera: Camera | None = None
    light: Light | None = None
    instances: Instances | None = None
    lods: tuple[Mesh, ...] = ()
    colliders: tuple[Collider, ...] = ()
    extras: Mapping[str, Any] = EMPTY


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything that leaves as one file. Checked once, here; scene.check tells what engines would mind.

    Raises:
        SceneError: two nodes of one key, a parent that is missing or a cycle, a transform that is not finite, or a skin,
            clip, socket, joint ... that names a node which is not there.
    """

    nodes: tuple[Node, ...] = ()
    animations: tuple[Animation, ...] = ()
    environment: Environment | None = None
    sockets: tuple[Socket, ...] = ()
    variants: tuple[str, ...] = ()
    solids: tuple[Solid, ...] = ()
    bodies: tuple[Body, ...] = ()
    joints: tuple[Joint, ...] = ()
    couplings: tuple[Coupling, ...] = ()
    loops: tuple[Loop, ...] = ()
    humanoid: Humanoid | None = None
    sounds: tuple[Sound, ...] = ()
    cues: tuple[Cue, ...] = ()
    name: str = ""
    extras: Mapping[str, Any] = EMPTY
    _index: Mapping[str, int] = field(init=False, repr=False, default=EMPTY)

    def __post_init__(self) -> None:
        put(self, "nodes", tuple(self.nodes))
        put(self, "extras", freeze(self.extras))
        put(self, "_index", {node.key: i for i, node in enumerate(self.nodes)})
        _check_nodes(self.nodes, self._index)
        _check_references(self)

    def node(self, key: str) -> Node:
        """The node of this key. Raises UnknownName."""
        try:
            return self.nodes[self._index[key]]
        except KeyError:
            raise UnknownName(f"no node {key!r} in this scene; it has: {_some(self._index)}") from None

    def __contains__(self, key: str) -> bool:
        return key in self._index

    @property
    def meshes(self) -> tuple[Mesh, ...]:
        """Every mesh once, LODs included, in the order of first use."""
        return _once(mesh for node in self.nodes for mesh in (node.mesh, *node.lods))

    @property
    def materials(self) -> tuple[Material, ...]:
        """Every material once, variants included, in the order of first use."""
        primitives = (primitive for mesh in self.meshes for primitive in mesh.primitives)
        return _once(material for p in primitives for material in (p.material, *(m for _, m in p.variants)))

    @property
    def skins(self) -> tuple[Skin, ...]:
        """Every skin once, in the order of first use."""
        return _once(node.skin for node in self.nodes)


def _once(parts: Iterator[Any]) -> tuple[Any, ...]:
    return tuple({id(part): part for part in parts if part is not None}.values())


def _some(keys: Mapping[str, Any], most: int = 12) -> str:
    names = list(keys)
    return ", ".join(map(repr, names[:most])) + (f" and {len(names) - most} more" if len(names) > most else "") or "nothing"


def _check_nodes(nodes: tuple[Node, ...], index: Mapping[str, int]) -> None:
    if len(index) != len(nodes):
        seen: set[str] = set()
        twice = next(node.key for node in nodes if node.key in seen or seen.add(node.key))  # type: ignore[func-returns-value]
        raise SceneError(f"node keys must be unique, got {twice!r} twice")
    if "" in index:
        raise SceneError("node keys must not be empty")
    _transforms(nodes, "translation", ORIGIN)
    _transforms(nodes, "scale", ONE)
    turned, rotations = _transforms(nodes, "rotation", IDENTITY)
    unit = np.abs((rotations**2).sum(axis=1) - 1.0) < 1e-4
    if not unit.all():
        node = turned[int(np.argmin(unit))]
        raise SceneError(f"rotation of node {node.key!r} must be a unit quaternion (x, y, z, w), got {node.rotation}")
    _check_parents(nodes, index)


def _transforms(nodes: tuple[Node, ...], name: str, default: tuple[float, ...]) -> tuple[list[Node], np.ndarray]:
    """The nodes whose value of that name is not the default object, and their values: (N, 3 or 4) float64, finite."""
    set_ones = [node for node in nodes if getattr(node, name) is not default]
    if not set_ones:
        return [], np.empty((0, len(default)))
    try:
        values = np.array([getattr(node, name) for node in set_ones], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SceneError(f"every {name} must be {len(default)} numbers: {error}") from error
    if values.shape != (len(set_ones), len(default)):
        raise SceneError(
            f"every {name} must be {len(default)} numbers, got {set_ones[0].key!r} with {getattr(set_ones[0], name)}"
        )
    finite = np.isfinite(values).all(axis=1)
    if not finite.all():
        raise SceneError(f"the {name} of node {set_ones[int(np.argmin(finite))].key!r} must be finite")
    return set_ones, values


def _check_parents(nodes: tuple[Node, ...], index: Mapping[str, int]) -> None:
    # only nodes that are parents can close a cycle; a scene of 100,000 leaves has few
    parents = {node.parent for node in nodes} - {None}
    missing = parents - index.keys()
    if missing:
        node = next(node for node in nodes if node.parent in missing)
        raise SceneError(f"parent {node.parent!r} of node {node.key!r} is not in the scene")
    settled: set[str | None] = {None}
    for start in sorted(key for key in parents if key is not None):
        path: set[str | None] = set()
        key: str | None = start
        while key is not None and key not in settled:
            if key in path:
                raise SceneError(f"nodes must form a tree, but {key!r} is its own ancestor")
            path.add(key)
            key = nodes[index[key]].parent
        settled |= path


def _check_references(scene: Scene) -> None:
    for what, key in named_nodes(scene):
        if key not in scene._index:
            raise SceneError(f"{what} names node {key!r}, which is not in the scene; it has: {_some(scene._index)}")
    joints = {joint.key for joint in scene.joints}
    for coupling in scene.couplings:
        for key in (coupling.driver, coupling.driven):
            if key not in joints:
                raise SceneError(f"a coupling names joint {key!r}, which is not in the scene")
