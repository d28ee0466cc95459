"""Weights of a nano prior as safetensors, read and written with numpy alone, and the card that goes with them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dhsdk.errors import ReadError

WEIGHTS, CARD, README = "weights.safetensors", "card.json", "README.md"
MOST_BYTES = 256 * 2**20
DTYPES: Mapping[str, np.dtype[Any]] = {"F16": np.dtype("<f2"), "F32": np.dtype("<f4"), "I64": np.dtype("<i8")}


def packed(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The safetensors file of named arrays: float16, float32 or int64."""
    codes = {kind: code for code, kind in DTYPES.items()}
    header: dict[str, Any] = {}
    parts = []
    at = 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": codes[array.dtype], "shape": list(array.shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


def unpacked(data: bytes, source: str) -> dict[str, np.ndarray]:
    """The arrays of a safetensors file. Raises ReadError: not such a file, cut off, or of a kind that is not read."""
    size = int.from_bytes(data[:8], "little")
    try:
        if not 2 <= size <= len(data) - 8:
            raise ValueError("no header of that size")
        header = json.loads(data[8 : 8 + size])
        arrays = {}
        for name, one in header.items():
            if name == "__metadata__":
                continue
            start, end = one["data_offsets"]
            kind, shape = DTYPES[one["dtype"]], tuple(one["shape"])
            if not 0 <= start <= end <= len(data) - 8 - size or end - start != kind.itemsize * int(np.prod(shape)):
                raise ValueError(f"{name} is cut off")
            arrays[name] = np.frombuffer(data, kind, int(np.prod(shape)), 8 + size + start).reshape(shape)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReadError(f"{source} must be a whole safetensors file: {error}") from error
    return arrays


def write(path: Path, data: bytes) -> None:
    """Writes a file so that a killed process leaves the old or the new one."""
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(data)
    os.replace(beside, path)


def read(path: Path) -> bytes:
    """The bytes of a file. Raises ReadError: missing or too large."""
    if not path.is_file():
        raise ReadError(f"a nano prior needs the file {path.name}, missing in {path.parent}: train it with dhsdk nano train")
    if path.stat().st_size > MOST_BYTES:
        raise ReadError(f"{path} must be at most {MOST_BYTES} bytes, got {path.stat().st_size}")
    return path.read_bytes()


def read_card(folder: Path) -> dict[str, Any]:
    """The card of a folder. Raises ReadError."""
    data = read(folder / CARD)
    try:
        card = json.loads(data)
    except ValueError as error:
        raise ReadError(f"{folder / CARD} must be JSON: {error}") from error
    if not isinstance(card, dict) or not {"space", "space_sha256", "sha256", "sizes"} <= set(card):
        raise ReadError(f"{folder / CARD} must be the card of a nano prior, with space, space_sha256, sha256 and sizes")
    return card


def digest(data: bytes) -> str:
    """The sha256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()
