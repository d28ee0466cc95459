"""What only dhsdk has, as JSON and back: frozen dataclasses by their type hints, arrays in buffer views.

One codec serves Solid, Body, Joint, Coupling, Loop, Humanoid, Sound, Cue, Environment, Socket, Collider and Instances, so a new
field of these types needs no line here. Fields that have their default value are left out.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.formats.gltf.container import Document
from dhsdk.formats.gltf.given import Json, fail, flag, mapping, number, plain, text, whole
from dhsdk.formats.gltf.packer import Packer
from dhsdk.frozen import freeze
from dhsdk.media import Image
from dhsdk.scene.types import Scene

SCENE, NODE, PRIMITIVE, REST = "dhsdk_scene", "dhsdk_node", "dhsdk_primitive", "dhsdk_rest"
"""Keys of extras that this format keeps for itself: of the document, nodes, primitives; fields that glTF has no place for."""

CARRIED = ("environment", "sockets", "solids", "bodies", "joints", "couplings", "loops", "humanoid", "sounds", "cues")
"""Fields of Scene that stand in extras as they are."""

DTYPES = frozenset(
    ("bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)), "float16", "float32", "float64")
)


def encoded(value: Any, packer: Packer) -> Any:
    """The JSON of a value of the scene types."""
    if isinstance(value, np.ndarray):
        return packer.block(value)
    if isinstance(value, Image):
        return _image_out(value, packer)
    if dataclasses.is_dataclass(value):
        return fields_out(value, packer)
    if isinstance(value, Mapping):
        return {key: encoded(one, packer) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [encoded(one, packer) for one in value]
    return value


def fields_out(value: Any, packer: Packer, only: tuple[str, ...] | None = None) -> Json:
    """The fields (or only these) that differ from their defaults."""
    out: Json = {}
    for field in dataclasses.fields(value):
        held = getattr(value, field.name)
        if not field.init or (only is not None and field.name not in only):
            continue
        if held is field.default or (not isinstance(held, np.ndarray) and not _is_missing(field) and held == field.default):
            continue
        out[field.name] = encoded(held, packer)
    return out


def _is_missing(field: Any) -> bool:
    return field.default is dataclasses.MISSING


def _image_out(image: Image, packer: Packer) -> Json:
    out: Json = {"colour": image.colour, "name": image.name, "mime": image.mime}
    if image.encoded is not None:
        out["encoded"] = packer.view(image.encoded)
    else:
        out["pixels"] = packer.block(image.pixels)
    if image.layers:
        out["layers"] = {key: packer.block(layer) for key, layer in image.layers.items()}
    if image.extras:
        out["extras"] = image.extras
    return out


def scene_out(scene: Scene, packer: Packer) -> Json:
    """The fields of a scene that glTF has no place for."""
    return {name: encoded(getattr(scene, name), packer) for name in CARRIED if getattr(scene, name)}


def scene_in(value: Any, document: Document) -> Json:
    """Arguments of Scene. Raises ReadError."""
    held = mapping(value, SCENE)
    hints = _hints(Scene)
    return {name: decoded(hints[name], held[name], document, name) for name in CARRIED if name in held}


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def fields_in(kind: type, value: Any, document: Document, what: str, only: tuple[str, ...] | None = None) -> Json:
    """Checked arguments of a dataclass. Raises ReadError."""
    held = mapping(value, what)
    hints = _hints(kind)
    allowed = {field.name for field in dataclasses.fields(kind) if field.init} if only is None else set(only)
    for key in held:
        if key not in allowed:
            raise ReadError(f"{what} must have the fields {', '.join(sorted(allowed))}, got {key[:40]!r}")
    return {key: decoded(hints[key], one, document, f"{what}.{key}") for key, one in held.items()}


def decoded(kind: Any, value: Any, document: Document, what: str) -> Any:
    """A value of the type `kind` (a type hint of the scene types) from JSON. Raises ReadError."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return freeze(plain(value, what))
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        return decoded(next(one for one in arguments if one is not type(None)), value, document, what)
    if origin is typing.Literal:
        return value if type(value) is str and value in arguments else fail(what, f"one of {', '.join(arguments)}", value)
    if origin is tuple:
        return _tuple(arguments, value, document, what)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: decoded(arguments[1], one, document, f"{what}.{key[:40]}") for key, one in mapping(value, what).items()}
    if kind is float:
        return number(value, what)
    if kind is int:
        return whole(value, what, -(1 << 53))
    if kind is bool:
        return flag(value, what)
    if kind is str:
        return text(value, what)
    if kind is np.ndarray:
        return array_in(value, document, what)
    if kind is Image:
        return _image_in(value, document, what)
    return _dataclass(kind, value, document, what)


def _tuple(arguments: tuple[Any, ...], value: Any, document: Document, what: str) -> tuple[Any, ...]:
    if type(value) is not list:
        fail(what, "a list", value)
    if arguments[-1] is Ellipsis:
        return tuple(decoded(arguments[0], one, document, what) for one in value)
    if len(value) != len(arguments):
        fail(what, f"a list of {len(arguments)}", value)
    return tuple(decoded(kind, one, document, what) for kind, one in zip(arguments, value, strict=True))


def _dataclass(kind: type, value: Any, document: Document, what: str) -> Any:
    given = fields_in(kind, value, document, what)
    for field in dataclasses.fields(kind):
        if field.init and field.name not in given and _is_missing(field) and field.default_factory is dataclasses.MISSING:
            raise ReadError(f"{what} must have the field {field.name}")
    return kind(**given)


def array_in(value: Any, document: Document, what: str) -> np.ndarray:
    """A read-only array from its view, dtype and shape. Raises ReadError."""
    held = mapping(value, what)
    name = text(held.get("dtype"), f"dtype of {what}")
    if name not in DTYPES:
        fail(f"dtype of {what}", "a number type", name)
    shape = held.get("shape")
    if type(shape) is not list or len(shape) > 8:
        fail(f"shape of {what}", "a list of lengths", shape)
    lengths = [whole(one, f"shape of {what}") for one in shape]
    dtype, size = np.dtype(name), 1
    for length in lengths:
        size *= length
    if size == 0:
        if sum(lengths) > 1 << 30:
            fail(f"shape of {what}", "below a thousand million", lengths)
        return np.zeros(lengths, dtype)
    data, _ = document.view(held.get("view", -1))
    document.use(len(data))
    if size * dtype.itemsize != len(data):
        raise ReadError(f"{what} must fill its bufferView of {len(data):,} bytes, got shape {lengths} of {name}"[:200])
    flat = np.frombuffer(data, dtype.newbyteorder("<")).astype(dtype, copy=False)
    out = flat.reshape(lengths)
    return out if out.flags.aligned else out.copy()


def _image_in(value: Any, document: Document, what: str) -> Image:
    held = mapping(value, what)
    colour = held.get("colour")
    if colour not in ("srgb", "linear", "data"):
        fail(f"colour of {what}", "srgb, linear or data", colour)
    given: Json = {"colour": colour} | {key: text(held.get(key, ""), f"{key} of {what}") for key in ("name", "mime")}
    if "encoded" in held:
        given["encoded"] = bytes(document.view(held["encoded"])[0])
    else:
        given["pixels"] = array_in(held.get("pixels"), document, f"pixels of {what}")
    layers = mapping(held.get("layers", {}), f"layers of {what}")
    given["layers"] = {key: array_in(one, document, f"layer of {what}") for key, one in layers.items()}
    given["extras"] = freeze(plain(mapping(held.get("extras", {}), f"extras of {what}"), f"extras of {what}"))
    return Image(**given)


def with_own(extras: Mapping[str, Any], key: str, own: Any) -> Json:
    """{"extras": ...} of an object: the user's, and ours under the kept key; empty when there is neither."""
    both = {name: one for name, one in extras.items() if name != key}
    if own:
        both[key] = own
    return {"extras": both} if both else {}


def own_of(owner: Json, key: str, document: Document) -> Json:
    """What this format put under a kept key of an object's extras; {} in files that another tool has written."""
    held = owner.get("extras")
    if not document.own or type(held) is not dict or key not in held:
        return {}
    return mapping(held[key], key)
