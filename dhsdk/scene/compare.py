"""Deep comparison of two scenes with readable paths. The round-trip tests of file formats stand on it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.media import Image
from dhsdk.scene.types import Scene

KEYED = ("key", "name")
"""Attributes by which the members of a tuple are matched and named in a path."""


def differences(a: Any, b: Any, *, tolerance: float = 0.0, ignore: tuple[str, ...] = ()) -> list[str]:
    """What differs between two scenes, or between two parts of one type; an empty list means equal.

    Each line starts with a path: "nodes['leg'].mesh.primitives[0].uvs[0]: max difference 0.001".
    Nodes, clips, sockets and joints are matched by key or name; their order counts too. Images are equal when their encoded bytes
    or their pixels are; a rotation equals its negated quaternion. Sharing of meshes and materials is not compared.

    tolerance: largest difference of two numbers that still counts as equal, absolute up to 1 and relative above.
    ignore: names of fields that are left out, at any depth ("extras", "name").
    """
    return list(_Comparison(tolerance, frozenset(ignore)).walk(a, b, ""))


class _Comparison:
    """One run: the tolerance, and the pairs that were found equal already (shared meshes are compared once)."""

    def __init__(self, tolerance: float, ignore: frozenset[str]) -> None:
        self.tolerance = tolerance
        self.ignore = ignore
        self.equal: dict[tuple[int, int], tuple[Any, Any]] = {}  # holds the pairs, so that an id is not used again

    def walk(self, a: Any, b: Any, path: str) -> Iterator[str]:
        if a is b or (id(a), id(b)) in self.equal:
            return
        found = list(self._compare(a, b, path))
        if found:
            yield from found
        elif dataclasses.is_dataclass(a) or isinstance(a, np.ndarray | Image):
            self.equal[id(a), id(b)] = (a, b)

    def _compare(self, a: Any, b: Any, path: str) -> Iterator[str]:
        here = path.lstrip(".") or type(a).__name__
        if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
            yield from self._arrays(a, b, here)
        elif _is_number(a) and _is_number(b):
            if not self._close(float(a), float(b)):
                yield f"{here}: {a!r} != {b!r}"
        elif isinstance(a, Mapping) and isinstance(b, Mapping):
            yield from self._mappings(a, b, path)
        elif isinstance(a, tuple | list) and isinstance(b, tuple | list):
            yield from self._sequences(a, b, path)
        elif type(a) is not type(b):
            yield f"{here}: {_shown(a)} != {_shown(b)}"
        elif isinstance(a, Image):
            yield from self._images(a, b, path)
        elif dataclasses.is_dataclass(a):
            for field in dataclasses.fields(a):
                if field.init and field.name not in self.ignore:
                    yield from self.walk(getattr(a, field.name), getattr(b, field.name), f"{path}.{field.name}")
        elif a != b:
            yield f"{here}: {_shown(a)} != {_shown(b)}"

    def _close(self, a: float, b: float) -> bool:
        return a == b or abs(a - b) <= self.tolerance * max(1.0, abs(a), abs(b)) or (math.isnan(a) and math.isnan(b))

    def _arrays(self, a: np.ndarray, b: np.ndarray, here: str) -> Iterator[str]:
        if a.shape != b.shape or a.dtype != b.dtype:
            yield f"{here}: {a.dtype}{list(a.shape)} != {b.dtype}{list(b.shape)}"
        elif a.dtype.kind == "f":
            gap = np.abs(a.astype(np.float64) - b)
            limit = self.tolerance * np.maximum(1.0, np.maximum(np.abs(a), np.abs(b)))
            if a.size and not (gap <= limit).all():
                yield f"{here}: max difference {float(gap.max()):.6g}"
        elif not np.array_equal(a, b):
            yield f"{here}: {int((a != b).sum())} of {a.size} values differ"

    def _mappings(self, a: Mapping[str, Any], b: Mapping[str, Any], path: str) -> Iterator[str]:
        for key in [*a, *(key for key in b if key not in a)]:
            if key in self.ignore:
                continue
            inner = f"{path}[{key!r}]"
            if key not in b or key not in a:
                yield f"{inner.lstrip('.')}: only in the {'first' if key in a else 'second'}"
            else:
                yield from self.walk(a[key], b[key], inner)

    def _sequences(self, a: Any, b: Any, path: str) -> Iterator[str]:
        names = [self._names(a), self._names(b)]
        if names[0] is not None and names[1] is not None and names[0] != names[1]:
            yield from self._mappings(dict(zip(names[0], a, strict=True)), dict(zip(names[1], b, strict=True)), path)
            if set(names[0]) == set(names[1]):
                yield f"{path.lstrip('.')}: same members, another order"
            return
        if len(a) != len(b):
            yield f"{path.lstrip('.')}: {len(a)} members != {len(b)} members"
            return
        if path.rpartition(".")[2].startswith("rotation") and len(a) == 4 and self._opposite(a, b):
            return
        labels = [repr(name) for name in names[0]] if names[0] else [str(i) for i in range(len(a))]
        for label, one, other in zip(labels, a, b, strict=True):
            yield from self.walk(one, other, f"{path}[{label}]")

    def _names(self, members: Any) -> list[str] | None:
        """The unique names of the members, or None where they have none."""
        if not members or not dataclasses.is_dataclass(members[0]):
            return None
        attribute = next((name for name in KEYED if hasattr(members[0], name)), None)
        if attribute is None or attribute in self.ignore:
            return None
        names = [str(getattr(member, attribute, "")) for member in members]
        return names if len(set(names)) == len(names) else None

    def _opposite(self, a: Any, b: Any) -> bool:
        return all(_is_number(x) and _is_number(y) and self._close(x, -y) for x, y in zip(a, b, strict=True))

    def _images(self, a: Image, b: Image, path: str) -> Iterator[str]:
        for name in ("colour", "name", "layers", "extras"):
            if name not in self.ignore:
                yield from self.walk(getattr(a, name), getattr(b, name), f"{path}.{name}")
        if a.encoded is not None and a.encoded == b.encoded:
            return
        try:
            yield from self.walk(a.pixels, b.pixels, f"{path}.pixels")
        except ReadError:
            yield f"{path.lstrip('.')}.encoded: the bytes differ, and one of them cannot be decoded to compare pixels"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    if isinstance(value, Scene) or dataclasses.is_dataclass(value):
        return f"a {type(value).__name__}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
