"""KHR_draco_mesh_compression through the DracoPy package, written only: positions, normals and UVs lose their last bits.

It is not read: the library is not safe against damaged streams, so a compressed file is refused with what to do about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dhsdk.errors import MissingExtra

EXTENSION = "KHR_draco_mesh_compression"
POSITION_BITS, UV_BITS, NORMAL_BITS = 16, 14, 10
KINDS = {0: "POSITION", 1: "NORMAL", 3: "TEXCOORD_0"}
"""Draco's kinds of attributes that it rounds; all others pass as they are."""


def encoded(faces: np.ndarray, rows: Mapping[str, np.ndarray]) -> tuple[bytes, dict[str, int]]:
    """The stream of triangles (F, 3) with vertex attributes (V, C) by name, and Draco's number of each. The order is kept.

    Raises MissingExtra: DracoPy is not installed.
    """
    try:
        import DracoPy
    except ImportError as error:
        raise MissingExtra("Draco compression must have the package DracoPy: pip install 'dhsdk[draco]'") from error
    rounded = {name: rows[name].astype(np.float64) for name in ("NORMAL", "TEXCOORD_0") if _is_float(rows.get(name))}
    others = dict(enumerate(name for name in rows if name not in rounded and name != "POSITION"))
    stream = DracoPy.encode(
        rows["POSITION"], faces.reshape(-1, 3).astype(np.uint32),
        quantization_bits=POSITION_BITS, preserve_order=True,
        normals=rounded.get("NORMAL"), normal_quantization_bits=NORMAL_BITS,
        tex_coord=rounded.get("TEXCOORD_0"), tex_coord_quantization_bits=UV_BITS,
        generic_attributes={number: _plain(rows[name]) for number, name in others.items()} or None,
    )  # fmt: skip
    numbers = {name: number for number, name in others.items()}
    for one in DracoPy.decode(stream).attributes:
        if one["attribute_type"] in KINDS:
            numbers[KINDS[one["attribute_type"]]] = one["unique_id"]
    return stream, numbers


def _is_float(rows: Any) -> bool:
    return rows is not None and rows.dtype == np.float32


def _plain(rows: np.ndarray) -> np.ndarray:
    """Contiguous rows; the package knows no signed integers, whose bits are kept."""
    whole = np.ascontiguousarray(rows)
    return whole.view(f"u{whole.itemsize}") if whole.dtype.kind == "i" else whole
