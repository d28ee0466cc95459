"""Buffers in: accessors as read-only arrays, every bound checked before a byte is allocated."""

from __future__ import annotations

from typing import Any

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.formats.gltf.container import Document
from dhsdk.formats.gltf.given import Json, fail, flag, mapping, text, whole

DTYPES = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


class Accessors:
    """The accessors of one document, each decoded once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._raw: dict[int, np.ndarray] = {}
        self._floats: dict[int, np.ndarray] = {}

    def raw(self, index: Any, what: str) -> np.ndarray:
        """(N, width) in the type that the file has. Raises ReadError."""
        table = self.document.table("accessors")
        index = whole(index, what, 0, len(table))
        if index not in self._raw:
            array = self._read(table[index], what)
            array.flags.writeable = False
            self._raw[index] = array
        found = self._raw[index]
        self.document.use(found.nbytes)
        return found

    def is_bare(self, index: int) -> bool:
        """Whether an accessor that has been read has no bytes of its own."""
        return "bufferView" not in self.document.table("accessors")[int(index)]

    def floats(self, index: Any, what: str, widths: tuple[int, ...]) -> np.ndarray:
        """(N, width) float32, normalised integers turned into [-1, 1] or [0, 1]. Raises ReadError."""
        raw, index = self.raw(index, what), int(index)
        if raw.shape[1] not in widths:
            raise ReadError(f"{what} must have {' or '.join(map(str, widths))} components, got {raw.shape[1]}")
        if raw.dtype == np.float32:
            return raw
        if index not in self._floats:
            self.document.spend(4 * raw.size)
            normalized = flag(self.document.table("accessors")[index].get("normalized", False), "normalized of an accessor")
            out = raw.astype(np.float32)
            if normalized and raw.dtype != np.uint32:
                out = np.maximum(out / np.float32(np.iinfo(raw.dtype).max), np.float32(-1))
            out.flags.writeable = False
            self._floats[index] = out
        return self._floats[index]

    def whole(self, index: Any, what: str, width: int) -> np.ndarray:
        """(N, width) unsigned integers. Raises ReadError."""
        raw = self.raw(index, what)
        if raw.shape[1] != width or raw.dtype.kind != "u":
            raise ReadError(f"{what} must be unsigned integers with {width} components, got {raw.dtype} with {raw.shape[1]}")
        return raw

    def _read(self, owner: Json, what: str) -> np.ndarray:
        kind = text(owner.get("type"), f"type of {what}")
        component = whole(owner.get("componentType"), f"componentType of {what}")
        if kind not in WIDTHS:
            fail(f"type of {what}", "SCALAR, VEC2, VEC3, VEC4, MAT2, MAT3 or MAT4", kind)
        if component not in DTYPES:
            fail(f"componentType of {what}", "5120 to 5123, 5125 or 5126", component)
        dtype, width = np.dtype(DTYPES[component]), WIDTHS[kind]
        if kind in ("MAT2", "MAT3") and dtype.itemsize < 4:
            raise ReadError(f"{what} must not be a matrix of small integers: export it with floats")
        count = whole(owner.get("count"), f"count of {what}", 1)
        if "bufferView" in owner:
            array = self._strided(owner, count, dtype, width, what)
        else:
            self.document.spend(count * width * dtype.itemsize)
            array = np.zeros((count, width), dtype)
        return self._sparse(mapping(owner["sparse"], "sparse"), array, what) if "sparse" in owner else array

    def _strided(self, owner: Json, count: int, dtype: np.dtype, width: int, what: str) -> np.ndarray:
        data, stride = self.document.view(owner["bufferView"])
        offset = whole(owner.get("byteOffset", 0), f"byteOffset of {what}", 0, len(data) + 1)
        row = width * dtype.itemsize
        step = stride or row
        if step < row:
            raise ReadError(f"byteStride of {what} must be at least {row}, got {step}")
        if offset + (count - 1) * step + row > len(data):
            raise ReadError(f"{what} must fit in a bufferView of {len(data):,} bytes, got {count:,} rows of {row} at {offset:,}")
        array: np.ndarray = np.ndarray((count, width), dtype.newbyteorder("<"), data, offset, (step, dtype.itemsize))
        if step != row or not array.flags.aligned or array.dtype != dtype:
            self.document.spend(count * row)
            array = array.astype(dtype, order="C")
        return array

    def _sparse(self, sparse: Json, array: np.ndarray, what: str) -> np.ndarray:
        count = whole(sparse.get("count"), f"sparse count of {what}", 1, len(array) + 1)
        indices, values = (mapping(sparse.get(key), f"sparse {key} of {what}") for key in ("indices", "values"))
        component = whole(indices.get("componentType"), f"sparse componentType of {what}")
        if component not in (5121, 5123, 5125):
            fail(f"sparse componentType of {what}", "5121, 5123 or 5125", component)
        for part in (indices, values):
            if "bufferView" not in part:
                raise ReadError(f"sparse indices and values of {what} must have a bufferView")
        rows = self._strided(indices, count, np.dtype(DTYPES[component]), 1, f"sparse indices of {what}")[:, 0]
        if rows.max() >= len(array):
            raise ReadError(f"sparse indices of {what} must be below {len(array):,}, got {int(rows.max()):,}")
        self.document.spend(array.nbytes)
        out = array.copy()
        out[rows] = self._strided(values, count, array.dtype, array.shape[1], f"sparse values of {what}")
        return out
