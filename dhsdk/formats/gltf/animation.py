"""Skins and clips, both directions. Nodes are indices in the file and keys in the scene."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.formats.gltf.accessors import Accessors
from dhsdk.formats.gltf.container import Document
from dhsdk.formats.gltf.given import Json, extras, fail, mapping, mappings, members, optional_index, text, whole
from dhsdk.formats.gltf.packer import Packer
from dhsdk.scene.animation import WIDTH, Animation, Channel, Path, Skin

PATHS: tuple[Path, ...] = ("translation", "rotation", "scale", "weights")
GROUP = "animation"


def skin_out(skin: Skin, index: Mapping[str, int], packer: Packer) -> Json:
    """The glTF object of a skin; glTF stores matrices by column."""
    columns = np.ascontiguousarray(skin.inverse_bind.transpose(0, 2, 1)).reshape(-1, 16)
    out: Json = {"name": skin.name} if skin.name else {}
    out["joints"] = [index[key] for key in skin.joints]
    out["inverseBindMatrices"] = packer.accessor(columns, target=None)
    if skin.skeleton is not None:
        out["skeleton"] = index[skin.skeleton]
    return out


def skin_in(owner: Json, keys: Sequence[str], accessors: Accessors) -> Skin:
    """The skin of a glTF object. Raises ReadError, SceneError."""
    joints = [whole(one, "a joint of a skin", 0, len(keys)) for one in members(owner, "joints")]
    if len(set(joints)) != len(joints):
        raise ReadError("the joints of a skin must be different nodes, and one stands there twice")
    if "inverseBindMatrices" in owner:
        columns = accessors.floats(owner["inverseBindMatrices"], "inverseBindMatrices", (16,))
        if len(columns) < len(joints):
            raise ReadError(f"inverseBindMatrices must be {len(joints)}, one per joint, got {len(columns)}")
        matrices = columns[: len(joints)].reshape(-1, 4, 4).transpose(0, 2, 1)
    else:
        matrices = np.tile(np.eye(4, dtype=np.float32), (len(joints), 1, 1))
    skeleton = optional_index(owner, "skeleton", "skeleton of a skin", len(keys))
    return Skin(
        tuple([keys[i] for i in joints]),
        matrices,
        None if skeleton is None else keys[skeleton],
        text(owner.get("name", ""), "name of a skin"),
    )


def clip_out(clip: Animation, index: Mapping[str, int], packer: Packer) -> Json:
    """The glTF object of a clip. Channels with the same times share one accessor; all clips share one view."""
    channels: list[Json] = []
    samplers: list[Json] = []
    for channel in clip.channels:
        sampler: Json = {
            "input": packer.once(channel.times, "times", _timer(packer, channel.times)),
            "output": packer.once(channel.values, channel.path, _values(packer, channel)),
        }
        if channel.interpolation != "LINEAR":
            sampler["interpolation"] = channel.interpolation
        channels.append({"sampler": len(samplers), "target": {"node": index[channel.node], "path": channel.path}})
        samplers.append(sampler)
    out: Json = {"name": clip.name, "channels": channels, "samplers": samplers}
    return out | ({"extras": clip.extras} if clip.extras else {})


def _timer(packer: Packer, times: np.ndarray) -> Callable[[], int]:
    return lambda: packer.accessor(times, target=None, bounds=True, group=GROUP)


def _values(packer: Packer, channel: Channel) -> Callable[[], int]:
    width = WIDTH.get(channel.path)
    rows = channel.values.reshape(-1) if width is None else channel.values.reshape(-1, width)
    return lambda: packer.accessor(rows, target=None, group=GROUP)


def clips_in(document: Document, accessors: Accessors, keys: Sequence[str], kept: set[int]) -> tuple[Animation, ...]:
    """The clips of a document, without the channels of nodes that are not in `kept`. Raises ReadError, SceneError."""
    out = []
    for i, owner in enumerate(document.table("animations")):
        samplers = mappings(owner, "samplers")
        channels = [
            found for one in mappings(owner, "channels") if (found := _channel(one, samplers, accessors, keys, kept)) is not None
        ]
        if channels:
            name = text(owner.get("name", f"animation_{i}"), "name of an animation")
            out.append(Animation(name, tuple(channels), extras(owner)))
    return tuple(out)


def _channel(owner: Json, samplers: list[Json], accessors: Accessors, keys: Sequence[str], kept: set[int]) -> Channel | None:
    """The channel of a glTF object, or None where it moves nothing that the scene has."""
    target = mapping(owner.get("target"), "target of a channel")
    path = target.get("path")
    node = optional_index(target, "node", "node of a channel", len(keys))
    if path == "pointer" or node is None or node not in kept:
        return None
    if path not in PATHS:
        fail("path of a channel", "translation, rotation, scale or weights", path)
    sampler = samplers[whole(owner.get("sampler"), "sampler of a channel", 0, len(samplers))]
    how = sampler.get("interpolation", "LINEAR")
    if how not in ("LINEAR", "STEP", "CUBICSPLINE"):
        fail("interpolation of a sampler", "LINEAR, STEP or CUBICSPLINE", how)
    times = accessors.floats(sampler.get("input"), "input of a sampler", (1,))[:, 0]
    values = accessors.floats(sampler.get("output"), "output of a sampler", (WIDTH.get(path, 1),))
    return Channel(keys[node], path, times, _shaped(values, len(times), path, how), how)


def _shaped(values: np.ndarray, count: int, path: Any, how: Any) -> np.ndarray:
    """(T, n), or (T, 3, n) for splines; n of weights is what the length tells."""
    per_key = 3 if how == "CUBICSPLINE" else 1
    if len(values) % (count * per_key):
        raise ReadError(f"output of a {path} channel must have a multiple of {count * per_key} rows, got {len(values)}")
    width = values.size // (count * per_key)
    if path != "weights" and width != WIDTH[path]:
        raise ReadError(f"output of a {path} channel must have {count * per_key} rows, got {len(values)}")
    return values.reshape((count, 3, width) if per_key == 3 else (count, width))
