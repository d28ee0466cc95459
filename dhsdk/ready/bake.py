"""Maps of a source baked onto new UVs: what its materials, textures, vertex colours and normals say at the nearest point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dhsdk.jit import kernel
from dhsdk.materials.colour import encoded
from dhsdk.ready.layout import Texels
from dhsdk.ready.nearest import Tree, nearest
from dhsdk.render.geometry import Geometry
from dhsdk.render.surface import BASE, COVER, FINE, GLOW, METAL, MORE, NOTES, OPEN, ROUGH, TINT, UV, N, T, surface
from dhsdk.render.texture import Textures, maps, row
from dhsdk.render.workers import spread

FAR = 0.05
"""Texels farther from the source than this share of its diagonal (fillings) keep the normal of the new surface."""
RED, ALPHA, OCCLUSION, ROUGHNESS, METALLIC, EMISSION, NORMAL, CHANNELS = 0, 3, 4, 5, 6, 7, 10, 13


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What is baked from: a tree of triangles, and for each of those

    corners (F, 3), vertices of `look`; material (F,), of its materials; normals (F, 3, 3) of the corners.
    diagonal: in the unit of the points.
    """

    tree: Tree
    look: Geometry
    corners: np.ndarray
    material: np.ndarray
    normals: np.ndarray
    diagonal: float


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """The new surface. points, normals (F, 3, 3), tangents (F, 3, 4), uvs (F, 3, 2): of the corners of its triangles."""

    points: np.ndarray
    normals: np.ndarray
    tangents: np.ndarray
    uvs: np.ndarray


def baked(source: Source, target: Target, where: Texels, threads: int = 0) -> np.ndarray:
    """(N, CHANNELS) float32 at the texels: colour (linear), alpha, occlusion, roughness, metallic, emission, tangent normal."""

    def find(part: slice, at: np.ndarray, up: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        found = nearest(source.tree, at, up, threads=1)
        return found.face, found.weights, found.distance > FAR * source.diagonal

    shape = source.look.positions[source.corners]
    return _looked_up(source.look, (source.corners, source.normals, source.material), shape, target, where, find, threads)


def rebaked(look: Geometry, target: Target, where: Texels, threads: int = 0) -> np.ndarray:
    """baked() where the new surface has the triangles of the old, one by one, and only its UVs differ: nothing is searched."""

    def find(part: slice, at: np.ndarray, up: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return where.face[part], np.ascontiguousarray(where.weights[part]), np.zeros(len(at), bool)

    corners = (look.faces, look.normals[look.faces].astype(np.float64), look.material)
    return _looked_up(look, corners, look.positions[look.faces], target, where, find, threads)


def _looked_up(
    look: Geometry,
    corners: tuple[np.ndarray, np.ndarray, np.ndarray],
    shape: np.ndarray,
    target: Target,
    where: Texels,
    find: Callable[[slice, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]],
    threads: int,
) -> np.ndarray:
    """corners: of the source's triangles, vertices of the look (F, 3), normals (F, 3, 3) and material (F,); shape: their points.

    find: (texels, points, normals) -> (triangle of the source, weights of its first two corners, whether it is far).
    """
    vertices, normals, material = corners
    textures = Textures(texture for one in look.materials for texture in maps(one) if texture is not None)
    table = np.array([row(one, textures) for one in look.materials])
    uvs = np.concatenate([look.uvs, look.more if len(look.more) else np.zeros_like(look.uvs)], axis=1)
    density = _densities(uvs[vertices], shape, target, where.edge)
    out = np.empty((len(where.at), CHANNELS), np.float32)
    piece = 1 << 15

    def work(number: int) -> None:
        part = slice(number * piece, (number + 1) * piece)
        face = where.face[part]
        weights = np.concatenate([where.weights[part], 1.0 - where.weights[part].sum(axis=1, keepdims=True)], axis=1)
        at = np.einsum("nk,nkd->nd", weights, target.points[face])
        up = _unit(np.einsum("nk,nkd->nd", weights, target.normals[face]))
        along = np.einsum("nk,nkd->nd", weights, target.tangents[face])
        own, share, far = find(part, at, up)
        _sample(
            own, share, far, density[0][own] * density[1][face, None], vertices, normals, look.tangents, uvs, look.colors,
            material, table, textures.texels, textures.table, textures.place, up, along, out[part],
        )  # fmt: skip

    spread(-(-len(where.at) // piece), work, threads)
    return out


def _densities(uv: np.ndarray, shape: np.ndarray, target: Target, edge: int) -> tuple[np.ndarray, np.ndarray]:
    """(F, 2) UV edge per metre of every source triangle in both sets (F, 3, 4); metres per texel of every target triangle."""
    fine = np.stack([_area(uv[..., :2]), _area(uv[..., 2:])], axis=1) / np.maximum(_area(shape), 1e-300)[:, None]
    return np.sqrt(fine), np.sqrt(_area(target.points) / np.maximum(_area(target.uvs) * edge * edge, 1e-12))


def _area(corners: np.ndarray) -> np.ndarray:
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    if corners.shape[2] == 2:
        return np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2
    return np.linalg.norm(np.cross(one, other), axis=1) / 2


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-30)


@kernel(uses=("../render/surface.py",), error_model="numpy")
def _sample(  # type: ignore[no-untyped-def]
    face, weights, far, fine, corners, normals, tangents, uvs, colors, material, table, texels, rows, spots, up, along, out
):
    s, n = np.empty(NOTES), np.empty(3)
    for i in range(len(face)):
        f = face[i]
        s[:] = 0.0
        for k in range(3):
            w = weights[i, k] if k < 2 else 1.0 - weights[i, 0] - weights[i, 1]
            v = corners[f, k]
            for q in range(3):
                s[N + q] += w * normals[f, k, q]
                s[T + q] += w * tangents[v, q]
            for q in range(2):
                s[UV + q] += w * uvs[v, q]
                s[MORE + q] += w * uvs[v, 2 + q]
            for q in range(4):
                s[TINT + q] += w * colors[v, q]
        s[T + 3] = tangents[corners[f, 0], 3]
        long = np.sqrt(s[N] ** 2 + s[N + 1] ** 2 + s[N + 2] ** 2) + 1e-12
        for q in range(3):
            s[N + q] /= long
        s[OPEN], s[FINE], s[FINE + 1] = 1.0, fine[i, 0], fine[i, 1]
        surface(s, table[material[f]], texels, rows, spots)
        for q in range(3):
            out[i, RED + q], out[i, EMISSION + q] = s[BASE + q], s[GLOW + q]
            n[q] = up[i, q] if far[i] else s[N + q]
        out[i, ALPHA], out[i, OCCLUSION], out[i, ROUGHNESS], out[i, METALLIC] = s[COVER], s[OPEN], s[ROUGH], s[METAL]
        _into(n, up[i], along[i], out[i])


@kernel()
def _into(n, up, along, out):  # type: ignore[no-untyped-def]
    """The normal in the frame that the new surface shades with: tangent made orthogonal, bitangent = cross(n, t) w."""
    lean = along[0] * up[0] + along[1] * up[1] + along[2] * up[2]
    tx, ty, tz = along[0] - lean * up[0], along[1] - lean * up[1], along[2] - lean * up[2]
    size = np.sqrt(tx * tx + ty * ty + tz * tz)
    if size < 1e-9:
        out[NORMAL], out[NORMAL + 1], out[NORMAL + 2] = 0.0, 0.0, 1.0
        return
    tx, ty, tz = tx / size, ty / size, tz / size
    side = -1.0 if along[3] < 0 else 1.0
    bx, by, bz = (up[1] * tz - up[2] * ty) * side, (up[2] * tx - up[0] * tz) * side, (up[0] * ty - up[1] * tx) * side
    x, y = n[0] * tx + n[1] * ty + n[2] * tz, n[0] * bx + n[1] * by + n[2] * bz
    z = max(n[0] * up[0] + n[1] * up[1] + n[2] * up[2], 0.1)
    long = np.sqrt(x * x + y * y + z * z)
    out[NORMAL], out[NORMAL + 1], out[NORMAL + 2] = x / long, y / long, z / long


def pictures(values: np.ndarray, where: Texels, channels: Sequence[int], scale: float = 1.0, srgb: bool = False) -> np.ndarray:
    """(E, E, C) uint8 of these channels; what no texel covers takes the nearest, so that no mip level mixes in a background."""
    from scipy.ndimage import distance_transform_edt

    empty = np.ones(where.edge * where.edge, bool)
    empty[where.at] = False
    grid = np.zeros((where.edge * where.edge, len(channels)), np.uint8)
    light = np.clip(values[:, list(channels)] * np.float32(scale), 0.0, 1.0)
    if srgb:
        light[:, :3] = encoded(light[:, :3])
    grid[where.at] = np.round(light * 255.0)
    place = distance_transform_edt(empty.reshape(where.edge, where.edge), return_distances=False, return_indices=True)
    return grid.reshape(where.edge, where.edge, -1)[tuple(place)]
