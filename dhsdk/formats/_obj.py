"""OBJ text as a mesh: a primitive for each material, polygons of any kind, UVs, normals, and the colours that some programs add.

Source: Wavefront, Advanced Visualizer manual, appendix B1; colours after the coordinates as MeshLab writes them.
"""

from __future__ import annotations

import io
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.formats._colours import light
from dhsdk.formats._mtl import MAX_MATERIALS, Library
from dhsdk.formats._polygons import triangles
from dhsdk.scene.mesh import Mesh, Primitive

MOST_CORNERS = 4096
"""Corners of one polygon."""
MOST_FILES = 64
"""Material files of one OBJ."""
LETTER = {b"v": 0, b"vt": 1, b"vn": 2}
FORMS = {(0, False): (0,), (1, False): (0, 1), (2, False): (0, 1, 2), (2, True): (0, 2)}
"""What the numbers of a corner name, by its slashes and whether two stand together: a, a/b, a/b/c, a//c."""


@dataclass
class _Faces:
    """Faces of so many corners that are written alike. notes: five numbers each, see _Text.face."""

    form: tuple[int, ...]
    corners: int
    text: bytearray = field(default_factory=bytearray)
    notes: array = field(default_factory=lambda: array("q"))


@dataclass
class _Text:
    """The lines of an OBJ, by what they say."""

    rows: tuple[bytearray, bytearray, bytearray] = field(default_factory=lambda: (bytearray(), bytearray(), bytearray()))
    counts: list[int] = field(default_factory=lambda: [0, 0, 0])
    faces: dict[tuple[int, bytes], _Faces] = field(default_factory=dict)
    count: int = 0
    materials: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    other: set[str] = field(default_factory=set)


def mesh_of(data: bytes, path: Path) -> tuple[Mesh, tuple[str, ...]]:
    """The mesh of an OBJ, and what is to be told of its materials. Raises ReadError, SceneError."""
    text = _read(data, path.name)
    if not text.count:
        raise ReadError(f"{path.name} must hold triangles, got none")
    library = Library(path.parent)
    for name in text.files[:MOST_FILES]:
        library.add(name, f"{path.stem}.mtl")
    if text.other:
        library.note(f"{', '.join(sorted(text.other))} are not read: only polygons are")
    tables = [_numbers(row, count, path.name) for row, count in zip(text.rows, text.counts, strict=True)]
    if len(tables[0]) and tables[0].shape[1] < 3:
        raise ReadError(f"a point of {path.name} must have three coordinates, got {tables[0].shape[1]}")
    if not _fits(tables[0]):
        raise ReadError(f"the positions of {path.name} must be finite, got NaN or more than single precision holds")
    if not _fits(tables[1]):
        library.note("UVs that are not finite: all left out")
        tables[1] = np.zeros((len(tables[1]), 0))
    corners, material = _corners(text, tables, path.name, library)
    names = list(text.materials)
    plain = not library.keys and names == [""]  # an OBJ without any materials
    colors = light(tables[0][:, -3:]) if tables[0].shape[1] >= 6 else None  # x y z r g b, or x y z w r g b
    out = []
    for which in np.unique(material):
        own = material == which
        look = None if plain else library.material(names[which])
        for shape in _primitives(tables, colors, corners[own]):
            out.append(replace(shape, material=look))
    return Mesh(tuple(out)), tuple(library.notes)


def _read(data: bytes, name: str) -> _Text:
    text = _Text()
    material = text.materials.setdefault("", 0)
    for line in io.BytesIO(re.sub(rb"\\[ \t]*\n", b" ", data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))):
        word, _, rest = (line if b"#" not in line else line.split(b"#")[0]).strip().replace(b"\t", b" ").partition(b" ")
        if word in LETTER:
            text.rows[LETTER[word]].extend(rest + b"\n")
            text.counts[LETTER[word]] += 1
        elif word == b"f" or word == b"fo":
            _face(text, rest, material, name)
        elif word == b"usemtl":
            material = text.materials.setdefault(rest.decode("utf-8", "replace").strip(), len(text.materials))
            if material > MAX_MATERIALS:
                raise ReadError(f"{name} must have at most {MAX_MATERIALS:,} materials, got more")
        elif word == b"mtllib":
            text.files.extend(_files(rest.decode("utf-8", "replace").strip()))
        elif word in (b"curv", b"curv2", b"surf", b"l", b"p"):
            text.other.add({b"l": "lines", b"p": "points"}.get(word, "curved surfaces"))
    return text


def _files(names: str) -> list[str]:
    """The files of a mtllib line: a name may have spaces, and a line several names."""
    return re.findall(r"\S.*?\.mtl\b|\S+", names, re.IGNORECASE) if names else []


def _face(text: _Text, rest: bytes, material: int, name: str) -> None:
    if b"/ " in rest or rest.endswith(b"/"):
        rest = re.sub(rb"/+(?=\s|$)", b"", rest)
    corners = rest.split()
    if not 3 <= len(corners) <= MOST_CORNERS:
        if len(corners) > MOST_CORNERS:
            raise ReadError(f"a polygon of {name} must have at most {MOST_CORNERS:,} corners, got {len(corners):,}")
        return
    kind = (len(corners), re.sub(rb"[^/]+", b"", corners[0]))
    if kind not in text.faces:
        form = FORMS.get((len(kind[1]), b"//" in corners[0]))
        if form is None:
            raise ReadError(f"a corner in {name} must be written a, a/b, a/b/c or a//c, got {corners[0][:40]!r}")
        text.faces[kind] = _Faces(form, len(corners))
    faces = text.faces[kind]
    faces.text.extend(rest + b"\n")
    faces.notes.extend((text.count, material, *text.counts))
    text.count += 1


def _numbers(rows: bytearray, count: int, name: str) -> np.ndarray:
    """(count, columns) numbers; where lines differ in length, the columns that all have."""
    if not count:
        return np.zeros((0, 0))
    columns = len(rows[: rows.index(b"\n")].split())
    try:
        flat = np.fromstring(bytes(rows), np.float64, sep=" ")
        if columns and len(flat) == count * columns:
            return flat.reshape(count, columns)
        lines = [line.split() for line in bytes(rows).split(b"\n")[:count]]
        columns = min(map(len, lines))
        return np.array([[float(word) for word in line[:columns]] for line in lines]).reshape(count, columns)
    except ValueError as error:
        raise ReadError(f"{name} is not a readable OBJ file: {str(error)[:80]}") from error


def _corners(text: _Text, tables: list[np.ndarray], name: str, library: Library) -> tuple[np.ndarray, np.ndarray]:
    """(T, 3, 3) point, UV and normal of the corners of all triangles, -1 for none; (T,) their materials; in the file's order."""
    found, materials, orders = [], [], []
    for faces in text.faces.values():
        notes = np.frombuffer(faces.notes, np.int64).reshape(-1, 5)
        given = _whole(bytes(faces.text).replace(b"/", b" "), (len(notes), faces.corners, len(faces.form)), name)
        corners = np.full((len(notes), faces.corners, 3), -1)
        for column, which in enumerate(faces.form):
            one = given[..., column]
            one = np.where(one < 0, notes[:, 2 + which, None] + one, one - 1)
            wrong = (one < 0) | (one >= len(tables[which]))
            if wrong.any() and which == 0:
                raise ReadError(f"{name} must name points 1..{len(tables[0]):,}, got {int(given[..., 0][wrong][0])}")
            if wrong.any():
                what = "UVs" if which == 1 else "normals"
                library.note(f"{what} that are not there are named {int(wrong.sum()):,} times: left out")
            corners[..., which] = np.where(wrong, -1, one)
        face, index = triangles(corners[..., 0], tables[0][:, :3])
        found.append(corners[face[:, None], index])
        materials.append(notes[face, 1])
        orders.append(notes[face, 0])
    order = np.argsort(np.concatenate(orders), kind="stable")
    return np.concatenate(found)[order], np.concatenate(materials)[order]


def _fits(values: np.ndarray) -> bool:
    return bool((np.abs(values) < np.finfo(np.float32).max).all())


def _whole(text: bytes, shape: tuple[int, ...], name: str) -> np.ndarray:
    try:
        flat = np.fromstring(text, np.int64, sep=" ")
        return flat.reshape(shape)
    except ValueError as error:
        raise ReadError(f"{name} is not a readable OBJ file: corners of a face must be whole numbers, written alike") from error


def _primitives(tables: list[np.ndarray], colors: np.ndarray | None, corners: np.ndarray) -> Iterator[Primitive]:
    """Of triangles (T, 3, 3) of one material: those with UVs and without, with normals and without."""
    points, uvs, normals = tables
    normals = normals[:, :3] if normals.shape[1] >= 3 and np.abs(normals).max(initial=0.0) < 1e30 else np.zeros((len(normals), 3))
    lengths = np.linalg.norm(normals, axis=1)
    has_uv = (corners[..., 1] >= 0).all(axis=1) & (uvs.shape[1] >= 2)
    has_normal = (corners[..., 2] >= 0).all(axis=1)
    if has_normal.any():
        has_normal &= (lengths[np.maximum(corners[..., 2], 0)] > 1e-12).all(axis=1)
    kind = 2 * has_uv + has_normal
    for which in np.unique(kind):
        own = corners[kind == which].reshape(-1, 3)
        keys = own[:, 0]
        for column, used in ((1, which & 2), (2, which & 1)):
            if used:  # numbers of pairs stay small: three columns in one number would not fit
                keys = np.unique(keys, return_inverse=True)[1].reshape(-1) * (len(tables[column]) + 1) + own[:, column]
        _, first, index = np.unique(keys, return_index=True, return_inverse=True)
        at = own[first]
        yield Primitive(
            points[at[:, 0], :3],
            index.reshape(-1, 3),
            uvs=(np.stack([uvs[at[:, 1], 0], 1.0 - uvs[at[:, 1], 1]], axis=1),) if which & 2 else (),
            normals=normals[at[:, 2]] / lengths[at[:, 2], None] if which & 1 else None,
            colors=None if colors is None else colors[at[:, 0]],
        )


def written(points: np.ndarray, faces: np.ndarray, uvs: np.ndarray) -> bytes:
    """OBJ text of triangles (F, 3) over points (V, 3) with UVs (V, 2)."""
    lines = [f"v {x:.9g} {y:.9g} {z:.9g}" for x, y, z in points.tolist()]
    lines += [f"vt {u:.9g} {v:.9g}" for u, v in uvs.tolist()]
    lines += [f"f {a}/{a} {b}/{b} {c}/{c}" for a, b, c in (faces + 1).tolist()]
    return ("\n".join(lines) + "\n").encode()
