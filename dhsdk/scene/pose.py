"""Forward kinematics: where nodes stand, what a clip shows at a time, joints at given values, skinned vertices."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from dhsdk.errors import SceneError, UnknownName
from dhsdk.scene import rotation
from dhsdk.scene.animation import Animation, Channel
from dhsdk.scene.articulation import with_joints
from dhsdk.scene.frames import instance_matrices, local_matrices, world, world_matrices
from dhsdk.scene.mesh import Primitive
from dhsdk.scene.types import Node, Scene

__all__ = [
    "at",
    "instance_matrices",
    "local_matrices",
    "morphed",
    "moved",
    "posed",
    "sample",
    "skinned",
    "with_joints",
    "world",
    "world_matrices",
]


def at(scene: Scene, clip: str | Animation, t: float) -> Scene:
    """The scene as a clip shows it at t seconds; before its first and after its last key the nearest key holds.

    Nodes that the clip leaves alone keep their place; Joint.rest is not touched.

    Raises:
        UnknownName: no clip of that name. SceneError: the clip moves a node that is not there.
    Source: glTF 2.0 section 3.11 and appendix C.
    """
    changes = moved(scene, clip, t)
    nodes = tuple(dataclasses.replace(node, **changes[node.key]) if node.key in changes else node for node in scene.nodes)
    return dataclasses.replace(scene, nodes=nodes)


def moved(scene: Scene, clip: str | Animation, t: float) -> dict[str, dict[str, Any]]:
    """Node key -> field -> value: what a clip changes of the nodes at t seconds. Raises as at()."""
    if isinstance(clip, str):
        named = {one.name: one for one in scene.animations}
        if clip not in named:
            raise UnknownName(f"no clip {clip!r} in this scene; it has: {', '.join(map(repr, named)) or 'none'}")
        clip = named[clip]
    changes: dict[str, dict[str, Any]] = {}
    for channel in clip.channels:
        if channel.node not in scene:
            raise SceneError(f"clip {clip.name!r} moves node {channel.node!r}, which is not in the scene")
        changes.setdefault(channel.node, {})[channel.path] = tuple(sample(channel, t).tolist())
    return changes


def sample(channel: Channel, t: float) -> np.ndarray:
    """(n,) float64: the channel's value at t seconds; a rotation is a unit quaternion."""
    times, values = channel.times, channel.values.astype(np.float64)
    keys = values[:, 1] if channel.interpolation == "CUBICSPLINE" else values
    after = int(np.searchsorted(times, np.float32(t), side="right"))
    if after == 0 or after == len(times):
        return _unit(channel, keys[min(after, len(times) - 1)])
    before, step = after - 1, float(times[after]) - float(times[after - 1])
    share = min(max((t - float(times[before])) / step, 0.0), 1.0)
    if channel.interpolation == "STEP":
        return _unit(channel, keys[before])
    if channel.interpolation == "CUBICSPLINE":
        s2, s3 = share**2, share**3
        out = (2 * s3 - 3 * s2 + 1) * keys[before] + step * (s3 - 2 * s2 + share) * values[before, 2]
        return _unit(channel, out + (3 * s2 - 2 * s3) * keys[after] + step * (s3 - s2) * values[after, 0])
    if channel.path == "rotation":
        return rotation.slerp(_unit(channel, keys[before]), _unit(channel, keys[after]), share)
    mixed: np.ndarray = keys[before] + share * (keys[after] - keys[before])
    return mixed


def _unit(channel: Channel, value: np.ndarray) -> np.ndarray:
    if channel.path != "rotation":
        return value
    length = np.linalg.norm(value)
    unit: np.ndarray = value / length if length > 1e-12 else np.array([0.0, 0.0, 0.0, 1.0])
    return unit


def morphed(node: Node, primitive: Primitive) -> np.ndarray:
    """(V, 3) float64 positions of a primitive of this node's mesh, in mesh space, with the morph weights of the node."""
    positions = primitive.positions.astype(np.float64)
    weights = node.weights or (node.mesh.weights if node.mesh is not None else ())
    for weight, morph in zip(weights, primitive.morphs, strict=False):
        if weight and morph.positions is not None:
            positions = positions + weight * morph.positions
    return positions


def skinned(scene: Scene, key: str) -> np.ndarray:
    """(V, 3) float64 world positions of a node's mesh, all primitives in a row, morph weights and skin applied.

    Copies (Instances) are left out. A skinned mesh ignores its node's own transform, as glTF says.

    Raises:
        UnknownName: no such node. SceneError: the node has no mesh, or a vertex names a joint that the skin lacks.
    """
    node = scene.node(key)
    if node.mesh is None:
        raise SceneError(f"node {key!r} must have a mesh to give positions")
    matrices = world(scene)
    every: np.ndarray = np.concatenate([posed(node, primitive, matrices) for primitive in node.mesh.primitives])
    return every


def posed(node: Node, primitive: Primitive, matrices: dict[str, np.ndarray]) -> np.ndarray:
    """(V, 3) float64 world positions of one primitive of the node's mesh; `matrices` as world() gives them."""
    positions = morphed(node, primitive)
    if node.skin is None or primitive.joints is None or primitive.weights is None:
        matrix = matrices[node.key]
        moved: np.ndarray = positions @ matrix[:3, :3].T + matrix[:3, 3]
        return moved
    if primitive.joints.size and int(primitive.joints.max()) >= len(node.skin.joints):
        raise SceneError(
            f"joints of node {node.key!r} must index its skin's {len(node.skin.joints)} joints, got {int(primitive.joints.max())}"
        )
    bones = np.stack([matrices[joint] for joint in node.skin.joints]) @ node.skin.inverse_bind.astype(np.float64)
    blended = np.einsum("vk,vkij->vij", primitive.weights.astype(np.float64), bones[primitive.joints])
    out: np.ndarray = np.einsum("vij,vj->vi", blended[:, :3, :3], positions) + blended[:, :3, 3]
    return out
