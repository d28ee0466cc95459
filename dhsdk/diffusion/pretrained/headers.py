"""The header of a safetensors file, judged before any library reads it: nothing is mapped, nothing is allocated by its numbers.

Source: the safetensors format, https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from dhsdk.errors import ReadError

LARGEST_HEADER = 100_000_000
"""Bytes; the reference reader has the same limit."""

BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32,
    "U32": 32, "F32": 32, "F64": 64, "I64": 64, "U64": 64, "C64": 64,
}  # fmt: skip


@dataclass(frozen=True)
class Header:
    """tensors: name -> (dtype as the file writes it, shape). bytes: of the data, without the header."""

    tensors: dict[str, tuple[str, tuple[int, ...]]]
    bytes: int


def read_header(path: Path) -> Header:
    """What the file says it holds. Raises ReadError, with the file's name, when it is cut off, broken or contradicts itself."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            if len(start) < 8:
                raise ReadError(f"a safetensors file begins with the length of its header, {path} has {size} bytes")
            (length,) = struct.unpack("<Q", start)
            if length > LARGEST_HEADER:
                raise ReadError(f"the header of a safetensors file has at most {LARGEST_HEADER} bytes, {path} claims {length}")
            if length > size - 8:
                raise ReadError(f"{path} is cut off in its header, which claims {length} bytes; copy it again")
            text = file.read(length)
    except OSError as error:
        raise ReadError(f"cannot read the weights {path}: {error.strerror or error}") from error
    return _judge(path, text, size - 8 - length)


def _judge(path: Path, text: bytes, room: int) -> Header:
    try:
        if not text.startswith(b"{"):
            raise ValueError("it does not begin with {")
        entries = json.loads(text.decode("utf-8"), object_pairs_hook=_once)
        entries.pop("__metadata__", None)
        places = sorted((*_place(name, entry), name) for name, entry in entries.items())
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise ReadError(f"the header of {path} is broken: {reason}") from error
    at = 0
    for begin, end, name in places:
        if begin != at:
            raise ReadError(
                f"tensors of a safetensors file follow one another, in {path} {name!r} begins at {begin} instead of {at}"
            )
        at = end
    if at != room:
        raise ReadError(f"the header of {path} describes {at} bytes of weights, the file holds {room}; copy it again")
    return Header({name: (entry["dtype"], tuple(entry["shape"])) for name, entry in entries.items()}, room)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {next(name for name in names if names.count(name) > 1)!r} occurs twice")
    return found


def _place(name: str, entry: Any) -> tuple[int, int]:
    """Where the tensor begins and ends, checked against its type and shape."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"{name!r} needs dtype, shape and data_offsets")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in BITS:
        raise ValueError(f"{name!r} has the unknown type {dtype!r}")
    if not _counts(shape) or not _counts(offsets) or len(offsets) != 2 or len(shape) > 16:
        raise ValueError(f"shape and offsets of {name!r} must be whole numbers from 0")
    if offsets[1] - offsets[0] != prod(shape) * BITS[dtype] // 8:
        raise ValueError(f"{name!r} of shape {shape} and type {dtype} cannot lie between {offsets[0]} and {offsets[1]}")
    return offsets[0], offsets[1]


def _counts(value: Any) -> bool:
    return isinstance(value, list) and all(type(one) is int and 0 <= one < 1 << 48 for one in value)
