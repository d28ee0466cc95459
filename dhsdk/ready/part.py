"""One mesh from elsewhere on its way: its sound surface, what it looks like, and the mesh made from both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from dhsdk.ready.bake import Source, Target
from dhsdk.ready.mend import mended
from dhsdk.ready.nearest import nearest, tree
from dhsdk.ready.normals import corner_normals
from dhsdk.ready.poisson import rebuilt
from dhsdk.ready.surface import Surface, spread
from dhsdk.ready.tangents import tangents
from dhsdk.render.geometry import Geometry, gathered
from dhsdk.scene.make import single
from dhsdk.scene.material import Material
from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.weld import taken

CREASE = np.radians(40.0)
"""Sources without normals of their own are sharp where their triangles meet at more than this."""
LOW_CREASE = np.radians(65.0)
"""Reduced surfaces are sharp from here on; below, the normal map says what the shape was."""
SAMPLES = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A mesh as it came, what is drawn of it, its mended surface, and how often and how large it is shown.

    given: the mended surface before it was rebuilt, where it was; else the same.
    """

    mesh: Mesh
    look: Geometry
    surface: Surface
    given: Surface
    copies: int
    scale: float

    @property
    def diagonal(self) -> float:
        return float(np.linalg.norm(np.ptp(self.surface.points, axis=0)))

    @property
    def bare(self) -> bool:
        """Whether a primitive came without normals."""
        return any(one.normals is None for one in self.mesh.primitives)


def part_of(mesh: Mesh, copies: int, scale: float, close: float, rebuild: bool = False) -> Part:
    """close: as mended(). rebuild: open surfaces are rebuilt around their points."""
    look = with_tangents(gathered(single(mesh, "part")))
    given = mended(look.positions, look.faces, close)
    if rebuild and given.mended["openings left open"]:
        return Part(mesh, look, rebuilt(given), given, copies, scale)
    return Part(mesh, look, given, given, copies, scale)


def with_tangents(look: Geometry) -> Geometry:
    """The geometry with tangents where a normal map needs them and the mesh has none."""
    lacks = np.abs(look.tangents).sum(axis=1) == 0.0
    if not lacks.any() or all(one.normal_texture is None for one in look.materials):
        return look
    made = tangents(look.positions, look.normals, look.uvs, look.faces)
    return replace(look, tangents=np.where(lacks[:, None], made, look.tangents))


def bare(part: Part) -> Mesh:
    """The mended surface as a mesh of points and triangles alone."""
    return Mesh((Primitive(part.surface.points.astype(np.float32), part.surface.faces),), part.mesh.name)


def source(part: Part) -> Source:
    """What maps are baked from: the mended triangles but the fillings, with the corners and normals that they came with."""
    surface = part.given
    came, own = np.unique(surface.origin, return_index=True)  # halves of a triangle that was cut count once
    own = own[came >= 0]
    corners = part.look.faces[surface.origin[own]]
    turned = surface.turned[own]
    corners = np.where(turned[:, None], corners[:, ::-1], corners)
    made, _ = corner_normals(surface.points, surface.faces, CREASE)
    normals = made[own]
    if _has_normals(part):
        given = part.look.normals[corners] * np.where(turned, -1.0, 1.0)[:, None, None]
        against = (given * normals).sum(axis=2, keepdims=True) < 0.0
        normals = np.where(against, normals, given)
    return Source(
        tree(part.look.positions, corners), part.look, corners, part.look.material[surface.origin[own]], normals, part.diagonal
    )


def _has_normals(part: Part) -> bool:
    """Whether the mesh has normals of its own that say more than its flat triangles do."""
    if part.bare:
        return False
    corners = part.look.positions[part.look.faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat = across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-300)
    own = part.look.normals[part.look.faces]
    return bool(((own * flat[:, None]).sum(axis=2).min(axis=1) < 0.9999).mean() > 0.01)


def shaded(part: Part, low: Mesh, untouched: bool, uv: tuple[np.ndarray, np.ndarray]) -> Primitive:
    """The reduced mesh with normals, UVs (corners (F, 3) over UVs (V, 2)) and tangents; corners that agree share a vertex.

    untouched: its triangles are those of the mended surface, one by one, and keep its normals.
    """
    shape = low.primitives[0]
    points, place = np.unique(shape.positions, axis=0, return_inverse=True)
    faces = place.reshape(-1)[shape.faces.astype(np.int64)]
    made, fan = corner_normals(points.astype(np.float64), faces, CREASE if untouched else LOW_CREASE)
    if untouched:
        known = source(part)
        came, own = np.unique(part.surface.origin, return_inverse=True)
        own = own.reshape(-1) - int(came[0] < 0)
        made = np.where((part.surface.origin >= 0)[:, None, None], known.normals[np.maximum(own, 0)], made)
        rows = np.unique(np.round(made, 3).reshape(-1, 3), axis=0, return_inverse=True)[1]
        fan = rows.reshape(-1, 3)
    at = points[faces].astype(np.float64)
    across = np.cross(at[:, 1] - at[:, 0], at[:, 2] - at[:, 0])
    against = (across * made.sum(axis=1)).sum(axis=1) < 0.0  # tubes of three sides: those are flat
    made[against] = (across[against] / np.linalg.norm(across[against], axis=1, keepdims=True))[:, None]
    fan[against] = fan.max(initial=0) + 1 + np.flatnonzero(against)[:, None]
    keys = np.stack([faces.ravel(), fan.ravel(), uv[0].ravel()], axis=1)
    _, first, index = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    index = index.reshape(-1, 3)
    normals = made.reshape(-1, 3)[first]
    uvs = uv[1][uv[0].ravel()[first]]
    at = points[faces.ravel()[first]]
    along = tangents(at, normals, uvs, index)
    return Primitive(at, index, normals=normals, tangents=along, uvs=(uvs,))


def target(shape: Primitive) -> Target:
    """The corners of a mesh that maps are baked for."""
    assert shape.normals is not None
    assert shape.tangents is not None
    faces = shape.faces.astype(np.int64)
    points, normals, along = (part[faces].astype(np.float64) for part in (shape.positions, shape.normals, shape.tangents))
    return Target(points, normals, along, shape.uvs[0][faces].astype(np.float64))


def modes(known: Source, shape: Primitive) -> np.ndarray:
    """(F,) the alpha mode of the source where it is nearest to each triangle of the mesh."""
    assert shape.normals is not None
    faces = shape.faces.astype(np.int64)
    found = nearest(known.tree, shape.positions[faces].mean(axis=1), shape.normals[faces].mean(axis=1))
    return np.array([one.alpha_mode for one in known.look.materials])[known.material[found.face]]


def cut(shape: Primitive, materials: Mapping[str, Material], mode: np.ndarray) -> tuple[Primitive, ...]:
    """A primitive for each alpha mode that the faces (F,) have, with its material."""
    out = []
    for name in sorted(set(mode.tolist())):
        used, index = np.unique(shape.faces[mode == name], return_inverse=True)
        out.append(replace(taken(shape, used, index.reshape(-1, 3)), material=materials[name]))
    return tuple(out)


def apart(part: Part, low: Mesh) -> tuple[float, float]:
    """(largest, root mean square) distance between the mended surface and a mesh, the larger of both ways, per diagonal.

    Of points spread evenly over each surface; a surface that was rebuilt counts before and after.
    """
    faces = np.concatenate([one.faces.astype(np.int64) + start for one, start in _with_starts(low)])
    points = np.concatenate([one.positions for one in low.primitives]).astype(np.float64)
    ways = []
    for (from_points, from_faces), (to_points, to_faces) in (
        ((part.surface.points, part.surface.faces), (points, faces)),
        ((points, faces), (part.surface.points, part.surface.faces)),
        ((part.given.points, part.given.faces), (points, faces)),
    ):
        ways.append(nearest(tree(to_points, to_faces), spread(from_points, from_faces, SAMPLES)[0]).distance)
    size = max(part.diagonal, 1e-300)
    return max(float(one.max()) for one in ways) / size, max(float(np.sqrt((one**2).mean())) for one in ways) / size


def _with_starts(mesh: Mesh) -> list[tuple[Primitive, int]]:
    starts = np.cumsum([0] + [len(one.positions) for one in mesh.primitives])
    return list(zip(mesh.primitives, starts.tolist(), strict=False))


def as_came(part: Part) -> Mesh:
    """The mesh with its own vertices, UVs and materials, less what was dropped, turned ones turned; not filled.

    Primitives without normals get some, sharp along creases.
    """
    surface = part.surface
    own = surface.origin >= 0
    turned, kept = np.zeros(len(part.look.faces), bool), np.zeros(len(part.look.faces), bool)
    kept[surface.origin[own]] = True
    turned[surface.origin[own]] = surface.turned[own]
    if kept.all() and not turned.any() and not part.bare:
        return part.mesh
    normals = np.zeros((len(part.look.faces), 3, 3))
    if part.bare:
        normals[surface.origin[own]] = corner_normals(surface.points, surface.faces, CREASE)[0][own]
    out, start = [], 0
    for one in part.mesh.primitives:
        left = np.flatnonzero(kept[start : start + len(one.faces)])
        rows = start + left
        start += len(one.faces)
        if len(rows):
            made = _turned(one, one.faces[left], turned[rows])
            out.append(made if made.normals is not None else _with_normals(made, normals[rows]))
    return replace(part.mesh, primitives=tuple(out))


def _with_normals(shape: Primitive, corners: np.ndarray) -> Primitive:
    """The primitive with normals (F, 3, 3) of its corners, its vertices split where they differ."""
    vertex = shape.faces.reshape(-1).astype(np.int64)
    rows = np.concatenate([vertex[:, None], np.round(corners.reshape(-1, 3) * 1e3).astype(np.int64)], axis=1)
    _, first, index = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    split = taken(shape, vertex[first], index.reshape(-1, 3))
    return replace(split, normals=corners.reshape(-1, 3)[first], tangents=None)


def _turned(shape: Primitive, faces: np.ndarray, turned: np.ndarray) -> Primitive:
    """The primitive with these faces, some of them turned; their vertices are copies with the normal turned round."""
    faces = faces.astype(np.int64)
    pairs = np.where(turned[:, None], faces[:, ::-1] + len(shape.positions), faces)
    used, index = np.unique(pairs, return_inverse=True)
    back = used >= len(shape.positions)
    made = taken(shape, used % len(shape.positions), index.reshape(-1, 3))
    if made.normals is None:
        return made
    return replace(made, normals=np.where(back[:, None], -made.normals, made.normals), tangents=None)
