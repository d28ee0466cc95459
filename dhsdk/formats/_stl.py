"""STL, binary and text, with the colours that some programs put where the format has nothing.

Source: 3D Systems, StereoLithography Interface Specification, 1989; colours as VisCAM and Magics write them.
"""

from __future__ import annotations

import io

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.formats._colours import light
from dhsdk.scene.mesh import Primitive

ROW = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("note", "<u2")])


def read(data: bytes, name: str) -> Primitive:
    """Three vertices of its own for each triangle. Raises ReadError, SceneError."""
    count = int.from_bytes(data[80:84], "little")
    if len(data) >= 84 and (len(data) == 84 + ROW.itemsize * count or data.lstrip()[:5].lower() != b"solid"):
        if count * ROW.itemsize > len(data) - 84:
            raise ReadError(f"{name} promises {count:,} triangles in {len(data):,} bytes: it is truncated or damaged")
        rows = np.frombuffer(data, ROW, count, 84)
        corners, colors = rows["corners"].reshape(-1, 3), _colors(data[:80], rows["note"])
    else:
        corners, colors = _text(data, name), None
    if not len(corners):
        raise ReadError(f"{name} must hold triangles, got none")
    return Primitive(corners, np.arange(len(corners)).reshape(-1, 3), colors=colors)


def written(points: np.ndarray, faces: np.ndarray) -> bytes:
    """Binary STL of triangles (F, 3) over points (V, 3)."""
    rows = np.zeros(len(faces), ROW)
    rows["corners"] = points[faces]
    across = np.cross(rows["corners"][:, 1] - rows["corners"][:, 0], rows["corners"][:, 2] - rows["corners"][:, 0])
    rows["normal"] = across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-30)
    return bytes(80) + len(faces).to_bytes(4, "little") + rows.tobytes()


def _text(data: bytes, name: str) -> np.ndarray:
    words = bytearray()
    for line in io.BytesIO(data.replace(b"\r", b"\n").lower()):
        word, _, rest = line.strip().partition(b"vertex")
        if not word and rest:
            words.extend(rest + b"\n")
    if not words:
        raise ReadError(f"{name} must hold triangles, got none")
    try:
        return np.fromstring(bytes(words), np.float64, sep=" ").reshape(-1, 3, 3).reshape(-1, 3)
    except ValueError as error:
        raise ReadError(f"{name} is not a readable STL file: every vertex must have three numbers, every facet three") from error


def _colors(header: bytes, notes: np.ndarray) -> np.ndarray | None:
    """(3F, 4) linear colours of the corners, where the triangles' notes are colours: five bits each, and whether they count."""
    start = header.find(b"COLOR=")
    other = start >= 0 and len(header) >= start + 10
    own = (notes >> 15 == 0) if other else (notes >> 15 == 1)
    if not own.any():
        return None
    shifts = (0, 5, 10) if other else (10, 5, 0)
    codes = np.stack([(notes >> shift) & 31 for shift in shifts], axis=1) / 31.0
    rest = np.frombuffer(header[start + 6 : start + 9], np.uint8) / 255.0 if other else np.full(3, 0.8)
    return np.repeat(light(np.where(own[:, None], codes, rest)), 3, axis=0)
