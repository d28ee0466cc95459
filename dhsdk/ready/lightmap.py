"""A second UV set for lightmaps: in [0, 1], no two triangles on one texel, the same density everywhere.

Made of the charts that are there: the connected parts of the first set, scaled to their area in space and packed anew. Charts
that lie over themselves are cut along the six directions of the axes, then, where that is not enough, into single triangles.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from dhsdk.ready.layout import crowded
from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.weld import taken

GRID = 512
"""Texels along an edge on which overlaps are looked for."""
GAP = 1 / 256
"""Room between charts, share of the edge."""
SLIVERS, DOUBLED = 0.01, 0.005
"""Share of triangles that may have no area, and of texels that may be doubled, in a first set that serves as the second."""
MOST_GAPS = 0.25
"""Room that gaps may take of the edge: with many charts they shrink."""


def lightmapped(mesh: Mesh) -> Mesh:
    """The mesh with a second UV set for all its triangles; the mesh itself where it has one, no first one or no triangles.

    Vertices are split where a chart had to be cut; points stay bit-equal.
    """
    shapes = mesh.primitives
    if any(shape.mode != "triangles" or len(shape.uvs) != 1 or not len(shape.faces) for shape in shapes):
        return mesh
    starts = np.cumsum([0] + [len(shape.positions) for shape in shapes])
    faces = np.concatenate([shape.faces.astype(np.int64) + start for shape, start in zip(shapes, starts[:-1], strict=True)])
    points = np.concatenate([shape.positions for shape in shapes]).astype(np.float64)
    uvs = np.concatenate([shape.uvs[0] for shape in shapes]).astype(np.float64)
    flat = uvs[faces]
    if _serves(flat):
        low = flat.min(axis=(0, 1))  # what there is fills the square
        made = (flat - low) / max(float((flat.max(axis=(0, 1)) - low).max()), 1e-12) * (1.0 - GAP) + GAP / 2
    else:
        made = _packed(points[faces], flat, _components(faces, len(points)))
    ends = np.cumsum([0] + [len(shape.faces) for shape in shapes])
    pieces = (made[low:high] for low, high in pairwise(ends))
    return replace(mesh, primitives=tuple(_with_second(shape, piece) for shape, piece in zip(shapes, pieces, strict=True)))


def _serves(flat: np.ndarray) -> bool:
    """Whether UVs (F, 3, 2) are a lightmap's already, but for a handful of slivers."""
    if flat.min() < 0.0 or flat.max() > 1.0 or (_areas(flat) <= 0.0).mean() > SLIVERS:
        return False
    return float(crowded(flat * GRID, np.zeros(len(flat), np.int64), GRID)[0]) <= DOUBLED * _areas(flat).sum() * GRID**2


def _areas(corners: np.ndarray) -> np.ndarray:
    """Areas of triangles (F, 3, 2 or 3)."""
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    if corners.shape[2] == 2:
        return np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2
    return np.linalg.norm(np.cross(one, other), axis=1) / 2


def _components(faces: np.ndarray, count: int) -> np.ndarray:
    """(F,) number of the connected part of each face."""
    rows, columns = np.concatenate([faces[:, 0], faces[:, 0]]), np.concatenate([faces[:, 1], faces[:, 2]])
    _, label = connected_components(coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), (count, count)), False)
    return np.unique(label[faces[:, 0]], return_inverse=True)[1].reshape(-1)


def _packed(corners: np.ndarray, flat: np.ndarray, chart: np.ndarray) -> np.ndarray:
    """(F, 3, 2) new UVs of triangles with points (F, 3, 3) and first UVs (F, 3, 2), in charts (F,)."""
    one, other = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    side = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    size = _areas(corners)
    area, mapped = np.bincount(chart, size), np.bincount(chart, np.abs(side) / 2)
    mixed = np.bincount(chart, side > 0) * np.bincount(chart, side < 0) > 0
    bad = mixed | (np.bincount(chart, (np.abs(side) < 1e-14) & (size > 0)) > 0) | (mapped <= 0)
    plane = flat * np.sqrt(area / np.maximum(mapped, 1e-300))[chart][:, None, None]
    for attempt in range(3):
        if bad.any():
            turn = bad[chart]
            plane[turn], cut = _projected(corners[turn]) if attempt < 2 else _single(corners[turn])
            chart = chart.copy()
            chart[turn] = chart.max() + 1 + cut
            chart = np.unique(chart, return_inverse=True)[1].reshape(-1)
        placed = _placed(plane, chart)
        bad = crowded(placed * GRID, chart, GRID) > 0
        if not bad.any():
            break
    return placed


def _projected(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """((F, 3, 2), chart (F,)): triangles seen along the axis that they face most; those that touch and face one way: a chart."""
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    axis = np.abs(across).argmax(axis=1)
    way = 2 * axis + (np.take_along_axis(across, axis[:, None], 1)[:, 0] < 0)
    rest = np.array([[1, 2], [2, 0], [0, 1]])[axis]
    plane = np.take_along_axis(corners, np.broadcast_to(rest[:, None, :], (len(corners), 3, 2)), axis=2)
    spots = np.unique(corners.reshape(-1, 3), axis=0, return_inverse=True)[1].reshape(-1, 3)
    keys = spots * 6 + way[:, None]
    return plane, _components(np.unique(keys, return_inverse=True)[1].reshape(-1, 3), keys.size)


def _single(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every triangle flat on its own."""
    along, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    length = np.linalg.norm(along, axis=1)
    unit = along / np.maximum(length, 1e-300)[:, None]
    x = (other * unit).sum(axis=1)
    y = np.linalg.norm(other - x[:, None] * unit, axis=1)
    zero = np.zeros(len(corners))
    return np.stack([np.stack(pair, axis=1) for pair in ((zero, zero), (length, zero), (x, y))], axis=1), np.arange(len(corners))


def _placed(plane: np.ndarray, chart: np.ndarray) -> np.ndarray:
    """The charts side by side in [0, 1], rows of falling height."""
    count = int(chart.max()) + 1
    order = np.argsort(chart, kind="stable")
    starts = np.searchsorted(chart[order], np.arange(count))
    low = np.minimum.reduceat(plane[order].min(axis=1), starts)
    size = np.maximum.reduceat(plane[order].max(axis=1), starts) - low
    local = plane - low[chart][:, None]
    stands = size[:, 1] > size[:, 0]
    turned = np.stack([local[:, :, 1], size[chart, 0][:, None] - local[:, :, 0]], axis=2)
    local = np.where(stands[chart][:, None, None], turned, local)
    size = np.where(stands[:, None], size[:, ::-1], size)
    gap = min(GAP, MOST_GAPS / np.sqrt(count))
    best, edge, where = None, np.inf, size
    for factor in (1.0, 1.08, 1.16, 1.25, 1.35, 1.5, 1.75, 2.0):
        width = max(np.sqrt(size.prod(axis=1).sum()) * factor, size[:, 0].max() * (1 + 2 * gap))
        at, tall = _shelves(size, width, gap * width)
        if max(width, tall) < edge:
            best, edge, where = width, max(width, tall), at
    room = gap * float(best or 1.0)
    return (local + where[chart][:, None] + room / 2) / max(edge, 1e-300)


def _shelves(size: np.ndarray, width: float, gap: float) -> tuple[np.ndarray, float]:
    """(C, 2) low corners of boxes in rows no wider than `width`, the tallest first; the height of all rows."""
    at = np.empty_like(size)
    x = y = tall = 0.0
    for number in np.argsort(-size[:, 1], kind="stable").tolist():
        wide, high = size[number, 0] + gap, size[number, 1] + gap
        if x + wide > width and x > 0.0:
            x, y, tall = 0.0, y + tall, 0.0
        at[number] = x, y
        x, tall = x + wide, max(tall, high)
    return at, y + tall


def _with_second(shape: Primitive, made: np.ndarray) -> Primitive:
    """The primitive with second UVs for its corners (F, 3, 2), vertices split where corners differ."""
    corners = np.clip(made.reshape(-1, 2), 0.0, 1.0).astype(np.float32)
    vertex = shape.faces.reshape(-1).astype(np.int64)
    second = np.zeros((len(shape.positions), 2), np.float32)
    second[vertex] = corners
    if np.abs(second[vertex] - corners).max() < 1e-6:
        return replace(shape, uvs=(*shape.uvs, second))
    rows = np.concatenate([vertex[:, None], np.round(corners * 1e6).astype(np.int64)], axis=1)
    _, first, index = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    split = taken(shape, vertex[first], index.reshape(-1, 3))
    return replace(split, uvs=(*split.uvs, corners[first]))
