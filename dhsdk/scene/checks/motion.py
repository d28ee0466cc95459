"""Rules about clips: those that move nothing, and channels that cannot play."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dhsdk.scene.animation import Channel
from dhsdk.scene.checks.problem import Problem, error, warning
from dhsdk.scene.types import Node, Scene


def problems(scene: Scene) -> Iterator[Problem]:
    for clip in scene.animations:
        where = f"clip {clip.name!r}"
        for channel in clip.channels:
            yield from _channel(where, channel, scene.node(channel.node))
        if all(_is_still(channel, scene.node(channel.node)) for channel in clip.channels):
            yield warning(where, "it moves nothing: every value is the node's own", "remove the clip")
    names = [clip.name for clip in scene.animations]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield error(f"clip {name!r}", f"{names.count(name)} clips have this name", "rename all but one")


def _channel(where: str, channel: Channel, node: Node) -> Iterator[Problem]:
    keys = _keys(channel)
    if channel.path == "weights":
        count = len(node.mesh.morph_names) if node.mesh is not None else 0
        if keys.shape[-1] != count:
            what = f"its weights of node {channel.node!r} are {keys.shape[-1]} wide, but the node has {count} morphs"
            yield error(where, what, "give one column per morph name")
    elif node.skin is not None:
        yield warning(where, f"it moves skinned node {channel.node!r}, whose transform is ignored", "move its root joint")
    if channel.path == "rotation" and (np.abs(np.linalg.norm(keys, axis=1) - 1) > 1e-3).any():
        yield error(where, f"rotations of node {channel.node!r} are not unit quaternions", "normalise every key")
    if channel.path == "scale" and (keys == 0).any():
        yield warning(where, f"it scales node {channel.node!r} to 0, which cannot be inverted", "end at 0.001")


def _keys(channel: Channel) -> np.ndarray:
    values: np.ndarray = channel.values[:, 1] if channel.interpolation == "CUBICSPLINE" else channel.values
    return values.astype(np.float64)


def _is_still(channel: Channel, node: Node) -> bool:
    keys = _keys(channel)
    if channel.path == "weights":
        mesh_weights = node.mesh.weights if node.mesh is not None else ()
        rest = np.array(node.weights or mesh_weights or (0.0,) * keys.shape[-1])
    else:
        rest = np.array(getattr(node, channel.path))
    if rest.shape != keys.shape[1:]:
        return False
    spline = channel.interpolation == "CUBICSPLINE"
    if spline and len(keys) > 1 and bool(channel.values[:, (0, 2)].any()):
        return False
    gap = np.abs(keys - rest).max()
    if channel.path == "rotation":
        gap = min(gap, np.abs(keys + rest).max())
    return bool(gap <= 1e-6 * max(1.0, float(np.abs(rest).max())))
