"""Fewer triangles than the seams of a closed part allow, for surfaces that wear tiling textures.

simplify() moves no vertex across a seam or a crease, so a bevelled board keeps some thirty triangles and a faceted stone all of
its own. Here only the shape counts: points are welded, collapsed, and every triangle that is left takes up the texture where the
triangle that it stands for has it, at the same scale and along the same grain. New seams cut a tiling texture anywhere; an atlas
would show its other charts there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from dhsdk.ready.nearest import nearest, tree
from dhsdk.ready.normals import corner_normals
from dhsdk.ready.simplify import simplify
from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.weld import taken, weld

CREASE = np.radians(42.0)
"""Edges that are sharper split the normals."""
AGREE = 0.1
"""Least cosine between a corner's normal and its triangle; others are flat."""
SLIVER = 0.02
"""Triangles lower than this share of their longest edge say nothing of how a texture lies."""
FLAT = 1e-5
"""A closed piece of less volume than this share of its area to the power of 1.5 encloses none."""
ENOUGH = 0.95
"""Share of the target that is worth no other try."""
TRIES = 4
FACING = 0.3
"""Least cosine between a triangle that is left and the one whose texture it continues."""


def retiled(meshes: Sequence[Mesh], target: int, copies: Sequence[int] | None = None) -> tuple[Mesh, ...]:
    """The meshes with at most `target` triangles together where that can be had without opening them, else as few as can.

    Where even closed pieces are too many (the leaves of a bamboo, the spines of a cactus), the smallest are left away, never the
    largest of a primitive. copies: how often each mesh is used. Every primitive needs normals, keeps its material and its first
    UV set, and colours.
    """
    primitives = [one for mesh in meshes for one in mesh.primitives]
    counts = copies if copies is not None else [1] * len(meshes)
    each = [count for mesh, count in zip(meshes, counts, strict=True) for _ in mesh.primitives]
    bare = [Mesh((_bare(one),)) for one in primitives]
    kept: list[Primitive] = []
    most, want = 0, target
    for _ in range(TRIES):  # pieces that collapse leave room: it is given to the others
        low = _thinned([one.primitives[0] for one in simplify(bare, want, each)], target, each)
        got = sum(len(one.faces) * count for one, count in zip(low, each, strict=True))
        if not kept or most < got <= target:
            kept, most = low, got
        if not ENOUGH * target > got:
            break
        want += target - got
    made = iter([_dressed(small, one) for small, one in zip(kept, primitives, strict=True)])
    return tuple(replace(mesh, primitives=tuple(next(made) for _ in mesh.primitives)) for mesh in meshes)


def _bare(shape: Primitive) -> Primitive:
    """The welded points and triangles, and the mean colour at each point."""
    points, place = np.unique(shape.positions, axis=0, return_inverse=True)
    place = place.reshape(-1)
    colors = None
    if shape.colors is not None:
        count = np.bincount(place, minlength=len(points))
        sums = [np.bincount(place, shape.colors[:, k], len(points)) / count for k in range(shape.colors.shape[1])]
        colors = np.stack(sums, axis=1).astype(np.float32)
    return Primitive(points, place[shape.faces.astype(np.int64)].astype(np.uint32), colors=colors)


def _thinned(shapes: list[Primitive], target: int, copies: Sequence[int]) -> list[Primitive]:
    """The primitives without pieces that collapsed, and without their smallest, as many as are too many for the target."""
    over = sum(len(one.faces) * count for one, count in zip(shapes, copies, strict=True)) - target
    pieces, spare = [], []
    for number, one in enumerate(shapes):
        piece, area, volume = _pieces(one)
        pieces.append(piece)
        flat = volume < FLAT * area**1.5
        held = np.bincount(piece) * copies[number]
        spare += [(not flat[k], area[k], number, k, int(held[k])) for k in range(len(area)) if k != int(area.argmax())]
    gone: dict[int, list[int]] = {}
    for whole, _, number, k, triangles in sorted(spare):
        if whole and over <= 0:
            break
        gone.setdefault(number, []).append(k)
        over -= triangles
    return [
        taken(one, *_used(one.faces[~np.isin(piece, gone[number])])) if number in gone else one
        for number, (one, piece) in enumerate(zip(shapes, pieces, strict=True))
    ]


def _pieces(shape: Primitive) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(F,) the connected piece of each triangle; the area and the volume of each piece."""
    faces = shape.faces.astype(np.int64)
    ends = faces[:, [0, 1]].ravel(), faces[:, [1, 2]].ravel()
    links = coo_matrix((np.ones(len(ends[0])), ends), [len(shape.positions)] * 2)
    piece = connected_components(links, False)[1][faces[:, 0]]
    corners = shape.positions[faces].astype(np.float64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    start = corners[np.unique(piece, return_index=True)[1], 0][piece]
    volume = np.bincount(piece, ((corners[:, 0] - start) * across).sum(axis=1)) / 6.0
    return piece, np.bincount(piece, np.linalg.norm(across, axis=1)) / 2.0, volume


def _used(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The vertices that faces use, and the faces over these."""
    used, index = np.unique(faces, return_inverse=True)
    return used, index.reshape(-1, 3).astype(np.uint32)


def _dressed(low: Primitive, shape: Primitive) -> Primitive:
    """The triangles of `low` with normals, and with the UVs that `shape` has under each, continued."""
    faces = low.faces.astype(np.int64)
    points = low.positions.astype(np.float64)
    corners = points[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat = (across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-300))[:, None]
    smooth, _ = corner_normals(points, faces, float(CREASE))
    normals = np.where((smooth * flat).sum(axis=2, keepdims=True) > AGREE, smooth, flat)
    uvs = (_continued(corners, shape, uv).reshape(-1, 2).astype(np.float32) for uv in shape.uvs[:1])
    every = faces.reshape(-1)
    loose = Primitive(
        positions=low.positions[every],
        faces=np.arange(len(every), dtype=np.uint32).reshape(-1, 3),
        normals=normals.reshape(-1, 3).astype(np.float32),
        uvs=tuple(uvs),
        colors=None if low.colors is None else low.colors[every],
        material=shape.material,
    )
    return weld(Mesh((loose,))).primitives[0]


def _continued(corners: np.ndarray, shape: Primitive, uv: np.ndarray) -> np.ndarray:
    """(F, 3, 2) UVs at the corners (F, 3, 3) of other triangles: the affine map of the nearest triangle that faces their way."""
    faces = shape.faces.astype(np.int64)
    points = shape.positions.astype(np.float64)
    a, b, c = (points[faces[:, k]] for k in range(3))
    doubled = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    longest = np.max([((p - q) ** 2).sum(axis=1) for p, q in ((a, b), (b, c), (c, a))], axis=0)
    sound = doubled > min(SLIVER, 0.5 * float((doubled / np.maximum(longest, 1e-300)).max())) * longest
    faces, a, b, c = faces[sound], a[sound], b[sound], c[sound]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    facing = across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-300)
    found = nearest(tree(points, faces), corners.mean(axis=1), facing, FACING, 1).face
    basis = np.stack([b - a, c - a, np.cross(b - a, c - a)], axis=2)[found]
    shares = np.linalg.solve(basis, np.swapaxes(corners - a[found][:, None], 1, 2))[:, :2]
    at = uv.astype(np.float64)[faces[found]]
    sides = np.stack([at[:, 1] - at[:, 0], at[:, 2] - at[:, 0]], axis=1)
    continued: np.ndarray = at[:, :1] + np.einsum("fkc,fkd->fcd", shares, sides)
    return continued
