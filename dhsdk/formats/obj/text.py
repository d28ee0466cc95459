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
from dhsdk.formats.obj.mtl import MAX_MATERIALS, Library
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
    out = []
    for which in np.unique(material):
        own = material == which
        look = None if plain else library.material(names[which])
        for shape in _primitives(tables, corners[own]):
            out.append(replace(shape, material=look))
    return Mesh(tuple(out), re.sub(r"[^\w-]+", "_", path.stem) or "mesh"), tuple(library.notes)


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
        face, index = _triangles(corners, tables[0])
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


def _triangles(corners: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(T,) the polygon and (T, 3) the corners in it of the triangles that polygons (F, n, 3) are cut into."""
    count, n = corners.shape[:2]
    fan = np.stack([np.zeros(n - 2, int), np.arange(1, n - 1), np.arange(2, n)], axis=1)
    if n == 3:
        return np.arange(count), np.broadcast_to(fan, (count, 1, 3)).reshape(-1, 3)
    at = points[corners[..., 0], :3]
    across = np.cross(at[:, fan[:, 1]] - at[:, :1], at[:, fan[:, 2]] - at[:, :1])
    bent = (np.einsum("fnk,fk->fn", across, across.sum(axis=1)) < 0.0).any(axis=1)
    index = np.broadcast_to(fan, (count, n - 2, 3)).copy()
    for number in np.flatnonzero(bent):
        index[number] = list(_ears(at[number], across[number].sum(axis=0))) or fan
    return np.repeat(np.arange(count), n - 2), index.reshape(-1, 3)


def _ears(at: np.ndarray, normal: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """The triangles of a polygon (n, 3) that is not convex; where no ear is left (it crosses itself), a fan over the rest."""
    drop = int(np.abs(normal).argmax())
    flat = np.delete(at, drop, axis=1) * ([1, 1] if normal[drop] * (-1) ** drop > 0 else [-1, 1])
    ring = list(range(len(at)))
    start = 0
    while len(ring) > 3:
        for step in range(len(ring)):
            k = (start + step) % len(ring)
            a, b, c = ring[k - 1], ring[k], ring[(k + 1) % len(ring)]
            if _is_ear(flat, a, b, c, ring):
                break
        yield a, b, c
        ring.remove(b)
        start = k
    yield ring[0], ring[1], ring[2]


def _is_ear(flat: np.ndarray, a: int, b: int, c: int, ring: list[int]) -> bool:
    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return (q[0] - p[0]) * (r[..., 1] - p[1]) - (q[1] - p[1]) * (r[..., 0] - p[0])

    if side(flat[a], flat[b], flat[c]) <= 0.0:
        return False
    rest = flat[[one for one in ring if one not in (a, b, c)]]
    within = (side(flat[a], flat[b], rest) >= 0.0) & (side(flat[b], flat[c], rest) >= 0.0) & (side(flat[c], flat[a], rest) >= 0.0)
    corner = (rest[:, None] == flat[[a, b, c]]).all(axis=2).any(axis=1)
    return not bool((within & ~corner).any())


def _primitives(tables: list[np.ndarray], corners: np.ndarray) -> Iterator[Primitive]:
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
            colors=_colors(points, at[:, 0]),
        )


def _colors(points: np.ndarray, rows: np.ndarray) -> np.ndarray | None:
    """(V, 4) linear colours that stand after the coordinates (x y z r g b, or x y z w r g b), in [0, 1] or bytes; or None."""
    if points.shape[1] < 6:
        return None
    code = points[:, -3:] / (255.0 if points[:, -3:].max() > 1.0 else 1.0)
    code = np.clip(code[rows], 0.0, 1.0)
    light = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    return np.concatenate([light, np.ones((len(rows), 1))], axis=1)
