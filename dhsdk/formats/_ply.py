"""PLY, text and binary: polygons of any size, colours of vertices or faces, UVs of vertices or corners, pictures.

Source: Turk, The PLY Polygon File Format, 1994; UVs and pictures (comment TextureFile) as MeshLab writes them.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.formats._colours import light
from dhsdk.formats._mtl import Library
from dhsdk.formats._polygons import triangles
from dhsdk.scene.mesh import Mesh, Primitive

KINDS = {"char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4", "float": "f4", "double": "f8"} | {
    **{f"{kind}{8 * size}": f"{kind[0]}{size}" for kind in ("int", "uint") for size in (1, 2, 4, 8)},
    "float32": "f4",
    "float64": "f8",
}
MOST_CORNERS = 4096
"""Corners of one polygon."""
UVS = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"), ("texture_s", "texture_t"))
COLOURS = ("red", "green", "blue", "alpha")


@dataclass
class _Element:
    """properties: (name, type of a list's length or "", type)."""

    name: str
    count: int
    properties: list[tuple[str, str, str]] = field(default_factory=list)


def mesh_of(data: bytes, path: Path) -> tuple[Mesh, tuple[str, ...]]:
    """The mesh of a PLY, and what is to be told of its pictures. Raises ReadError, SceneError."""
    end = re.search(rb"end_header[ \t]*\r?\n", data[: 1 << 16])
    if not data.startswith(b"ply") or end is None:
        raise ReadError(f"{path.name} must begin with a PLY header: it is no PLY file")
    elements, order, pictures = _header(data[: end.start()].decode("latin-1"), path.name)
    most = max((one.count for one in elements), default=0)
    if most > len(data):
        raise ReadError(f"{path.name} promises {most:,} elements in {len(data):,} bytes: it is truncated or damaged")
    body = data[end.end() :]
    if order == "":
        try:
            body, order = np.fromstring(body, np.float64, sep=" ").tobytes() if body.strip() else b"", "<"
        except ValueError as error:
            raise ReadError(f"{path.name} is not a readable PLY file: its text must be numbers") from error
        for one in elements:
            one.properties = [(what, "f8" if length else "", "f8") for what, length, _ in one.properties]
    at = 0
    vertices: Mapping[str, np.ndarray] = {}
    shapes: list[Mapping[str, np.ndarray]] = []
    for element in elements:
        found, at = _rows(element, body, at, order, path.name)
        if element.name == "vertex":
            vertices = found[0] if found else {}
        elif element.name == "face":
            shapes = found
            break
    return _mesh(vertices, shapes, pictures, path)


def _header(text: str, name: str) -> tuple[list[_Element], str, list[str]]:
    """The elements, the byte order ("" for text), and the pictures that comments name."""
    elements: list[_Element] = []
    order, pictures = "", []
    for line in text.splitlines():
        match line.split():
            case ["format", kind, *_]:
                order = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}.get(kind, "?")
            case ["comment", "TextureFile", *_]:
                pictures.append(line.split("TextureFile", 1)[1].strip())
            case ["element", what, count] if re.fullmatch(r"\d{1,18}", count):
                elements.append(_Element(what, int(count)))
            case ["property", "list", length, kind, what] if elements and length in KINDS and kind in KINDS:
                elements[-1].properties.append((what, KINDS[length], KINDS[kind]))
            case ["property", kind, what] if elements and kind in KINDS:
                elements[-1].properties.append((what, "", KINDS[kind]))
            case ["property" | "element", *_]:
                raise ReadError(f"{name} has a line in its header that is no PLY: {line[:60]!r}")
    if order == "?":
        raise ReadError(f"{name} must be ascii or binary PLY, got another format")
    return elements, order, pictures


def _rows(element: _Element, body: bytes, at: int, order: str, name: str) -> tuple[list[Mapping[str, np.ndarray]], int]:
    """Columns by name of the rows with lists of equal lengths, and where the next element begins."""
    lengths = [kind for _, kind, _ in element.properties if kind]
    if not element.count or not element.properties:
        return [], at
    if not lengths:
        row = _dtype(element, (), order)
        _check(at + row.itemsize * element.count <= len(body), name)
        return [_columns(np.frombuffer(body, row, element.count, at), element)], at + row.itemsize * element.count
    first = next(_walk(element, body, at, order, 1, name))[1]
    row = _dtype(element, first, order)
    if at + row.itemsize * element.count <= len(body):
        rows = np.frombuffer(body, row, element.count, at)
        if all((rows[f"# {k}"] == length).all() for k, length in enumerate(first)):
            return [_columns(rows, element)], at + row.itemsize * element.count
    groups: dict[tuple[int, ...], list[int]] = {}
    for start, sizes in _walk(element, body, at, order, element.count, name):
        groups.setdefault(sizes, []).append(start)
    out: list[Mapping[str, np.ndarray]] = []
    for sizes, starts in groups.items():
        row = _dtype(element, sizes, order)
        spots = np.array(starts)[:, None] + np.arange(row.itemsize)
        rows = np.frombuffer(np.frombuffer(body, np.uint8)[spots].tobytes(), row)
        out.append(_columns(rows, element) | {"# row": np.array(starts)})
    return out, start + _dtype(element, sizes, order).itemsize


def _walk(element: _Element, body: bytes, at: int, order: str, count: int, name: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(start, lengths of its lists) of each row."""
    steps: list[tuple[int, struct.Struct, int]] = []  # bytes before, how a length is read, bytes of a member
    before = 0
    for _, length, kind in element.properties:
        size = np.dtype(kind).itemsize
        if length:
            steps.append((before, struct.Struct(order + np.dtype(length).char), size))
            before = 0
        else:
            before += size
    for _ in range(count):
        start, sizes = at, []
        for skip, reads, size in steps:
            at += skip
            _check(at + reads.size <= len(body), name)
            found = reads.unpack_from(body, at)[0]
            if not 0 <= found <= MOST_CORNERS:
                raise ReadError(f"a list of {name} must have 0..{MOST_CORNERS:,} members, got {found:,.0f}")
            members = int(found)
            sizes.append(members)
            at += reads.size + members * size
        at += before
        _check(at <= len(body), name)
        yield start, tuple(sizes)


def _check(kept: bool, name: str) -> None:
    if not kept:
        raise ReadError(f"{name} ends before its last element: it is truncated or damaged")


def _dtype(element: _Element, lengths: tuple[int, ...], order: str) -> np.dtype:
    fields: list[tuple] = []
    left = iter(enumerate(lengths))
    for number, (_, length, kind) in enumerate(element.properties):
        if length:
            k, members = next(left)
            fields += [(f"# {k}", order + length), (f"{number}", order + kind, (members,))]
        else:
            fields.append((f"{number}", order + kind))
    return np.dtype(fields)


def _columns(rows: np.ndarray, element: _Element) -> dict[str, np.ndarray]:
    return {name: rows[str(number)] for number, (name, _, _) in enumerate(element.properties)}


def _mesh(
    vertices: Mapping[str, np.ndarray], shapes: list[Mapping[str, np.ndarray]], pictures: list[str], path: Path
) -> tuple[Mesh, tuple[str, ...]]:
    if not all(axis in vertices for axis in "xyz"):
        raise ReadError(f"{path.name} must hold vertices with x, y and z")
    points = np.stack([vertices[axis].astype(np.float64) for axis in "xyz"], axis=1)
    if not (np.abs(points) < np.finfo(np.float32).max).all():
        raise ReadError(f"the positions of {path.name} must be finite, got NaN or more than single precision holds")
    found = [one for one in (_cut(shape, points, path.name) for shape in shapes) if one is not None]
    if not found:
        raise ReadError(f"{path.name} must hold triangles, got none: points alone must be meshed first")
    order = np.argsort(np.concatenate([one["row"] for one in found]), kind="stable")
    corners, picture = (np.concatenate([one[key] for one in found])[order] for key in ("corners", "picture"))
    own = {key: np.concatenate([one[key] for one in found])[order] for key in ("uv", "color") if all(key in one for one in found)}
    uvs = next((uv for uv in (_stacked(vertices, names, 2) for names in UVS) if uv is not None), None)
    colors, normals = _stacked(vertices, COLOURS, 3), _stacked(vertices, ("nx", "ny", "nz"), 3)
    library = Library(path.parent)
    library.keys |= {str(number): {"map_kd": name, "ns": "0"} for number, name in enumerate(pictures)}
    out = []
    for which in np.unique(picture):
        used, index = np.unique(corners[picture == which], return_inverse=True)
        if own:  # what corners and faces say needs vertices of their own
            used, index = corners[picture == which].reshape(-1), np.arange(3 * int((picture == which).sum()))
        uv = None if uvs is None else uvs[used]
        tint = None if colors is None else colors[used]
        if "uv" in own:
            uv = own["uv"][picture == which].reshape(-1, 2)
        if "color" in own:
            tint = np.repeat(own["color"][picture == which], 3, axis=0)
        out.append(
            Primitive(
                points[used],
                index.reshape(-1, 3),
                uvs=() if uv is None or not np.isfinite(uv).all() else (np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1),),
                colors=None if tint is None else light(tint),
                normals=None if normals is None else _unit(normals[used]),
                material=library.material(str(which)) if pictures else None,
            )
        )
    return Mesh(tuple(out)), tuple(library.notes)


def _cut(shape: Mapping[str, np.ndarray], points: np.ndarray, name: str) -> dict[str, np.ndarray] | None:
    """Polygons of one size as triangles (T, 3) of vertices, with row and picture, colour and corners' UVs if they have any."""
    index = shape.get("vertex_indices", shape.get("vertex_index"))
    if index is None or index.ndim != 2 or index.shape[1] < 3:
        return None
    index = index.astype(np.int64)
    if not ((index >= 0) & (index < len(points))).all():
        raise ReadError(f"{name} must name vertices 0..{len(points) - 1:,}, got {int(index.min())}..{int(index.max()):,}")
    face, within = triangles(index, points)
    out = {"corners": index[face[:, None], within], "row": shape.get("# row", np.arange(len(index)))[face]}
    out["picture"] = shape["texnumber"][face].astype(np.int64) if "texnumber" in shape else np.zeros(len(face), np.int64)
    uv, color = shape.get("texcoord"), _stacked(shape, COLOURS, 3)
    if uv is not None and uv.ndim == 2 and uv.shape[1] == 2 * index.shape[1]:
        out["uv"] = uv.reshape(len(index), -1, 2)[face[:, None], within]
    if color is not None:
        out["color"] = color[face]
    return out


def _stacked(columns: Mapping[str, np.ndarray], names: tuple[str, ...], least: int) -> np.ndarray | None:
    """(N, C) the columns of these names, or None where fewer than so many are there."""
    found = [columns[name] for name in names if name in columns and columns[name].ndim == 1]
    return np.stack(found, axis=1) if len(found) >= least else None


def _unit(rows: np.ndarray) -> np.ndarray | None:
    rows = rows.astype(np.float64)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / length if (length > 1e-12).all() and np.isfinite(length).all() else None


def written(points: np.ndarray, faces: np.ndarray) -> bytes:
    """Binary PLY of triangles (F, 3) over points (V, 3)."""
    rows = np.zeros(len(faces), [("count", "u1"), ("index", "<i4", 3)])
    rows["count"], rows["index"] = 3, faces
    head = "\n".join(
        (
            *("ply", "format binary_little_endian 1.0", f"element vertex {len(points)}"),
            *(f"property float {axis}" for axis in "xyz"),
            *(f"element face {len(faces)}", "property list uchar int vertex_indices", "end_header", ""),
        )
    )
    return head.encode() + points.astype("<f4").tobytes() + rows.tobytes()
