"""Checked access to JSON that somebody else wrote: every value has the wanted type and range, or a ReadError names it."""

from __future__ import annotations

import math
from typing import Any, NoReturn

from dhsdk.errors import ReadError
from dhsdk.frozen import freeze

MAX_DEPTH = 64
Json = dict[str, Any]


def fail(what: str, rule: str, found: Any) -> NoReturn:
    """Raises the ReadError of a value that breaks a rule."""
    text = repr(found) if not isinstance(found, dict | list) else f"a {'list' if isinstance(found, list) else 'mapping'}"
    raise ReadError(f"{what} must be {rule}, got {text if len(text) <= 60 else text[:57] + '...'}")


def whole(value: Any, what: str, low: int = 0, high: int = 1 << 53) -> int:
    """A whole number in [low, high)."""
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or not low <= value < high:
        fail(what, f"a whole number in [{low}, {high})", value)
    return value


def optional_index(owner: Json, key: str, what: str, count: int) -> int | None:
    """An index below `count`, or None where the key is absent."""
    return whole(owner[key], what, 0, count) if key in owner else None


def number(value: Any, what: str) -> float:
    """A finite number."""
    if type(value) is float and math.isfinite(value):
        return value
    if type(value) is int and abs(value) < 1 << 1000:
        return float(value)
    fail(what, "a finite number", value)


def numbers(value: Any, count: int, what: str) -> tuple[float, ...]:
    """That many finite numbers."""
    if type(value) is not list or len(value) != count:
        fail(what, f"{count} numbers", value)
    return tuple([number(one, what) for one in value])


def text(value: Any, what: str) -> str:
    if type(value) is not str:
        fail(what, "text", value)
    return value


def flag(value: Any, what: str) -> bool:
    if type(value) is not bool:
        fail(what, "true or false", value)
    return value


def mapping(value: Any, what: str) -> Json:
    if type(value) is not dict:
        fail(what, "a mapping", value)
    return value


def members(owner: Json, key: str) -> list[Any]:
    """The list under a key; an absent key is an empty list."""
    value = owner.get(key, [])
    if type(value) is not list:
        fail(key, "a list", value)
    return value


def mappings(owner: Json, key: str) -> list[Json]:
    """The list of mappings under a key."""
    found = members(owner, key)
    for one in found:
        mapping(one, f"every member of {key}")
    return found


def extension(owner: Json, name: str) -> Json | None:
    """The object of an extension, or None."""
    if "extensions" not in owner:
        return None
    held = mapping(owner["extensions"], "extensions")
    return mapping(held[name], name) if name in held else None


def extras(owner: Json, reserved: str = "") -> Any:
    """The frozen extras of an object: always a mapping; other values, which glTF allows, stand under "value"."""
    if "extras" not in owner:
        return freeze({})
    value = owner["extras"]
    value = value if type(value) is dict else {"value": value}
    plain(value, "extras")
    return freeze({key: one for key, one in value.items() if key != reserved})


def plain(value: Any, what: str, depth: int = 0) -> Any:
    """The same JSON value, checked: finite numbers, at most MAX_DEPTH levels."""
    if type(value) is float and not math.isfinite(value):
        fail(what, "free of NaN and infinity", value)
    if type(value) in (dict, list):
        if depth >= MAX_DEPTH:
            raise ReadError(f"{what} must be nested at most {MAX_DEPTH} levels deep")
        for one in value.values() if type(value) is dict else value:
            plain(one, what, depth + 1)
    return value
