"""The nearest point of a triangle surface: a tree of boxes over triangles in Morton order, asked by many points at once.

Source: closest point of a triangle: Ericson 2005, "Real-Time Collision Detection", section 5.1.5; order: Lauterbach et al. 2009.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render.workers import spread

LEAF = 4
"""Triangles of a leaf."""
PIECE = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """corners: (F, 3, 3) float64 in Morton order; order: (F,) their numbers before; normals: (F, 3); boxes: a heap (2 L, 6)."""

    corners: np.ndarray
    order: np.ndarray
    normals: np.ndarray
    boxes: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Per point: face (N,) int64, weights (N, 2) of its first two corners, distance (N,)."""

    face: np.ndarray
    weights: np.ndarray
    distance: np.ndarray


def tree(points: np.ndarray, faces: np.ndarray) -> Tree:
    """The tree of triangles (F, 3) over points (P, 3); at least one triangle."""
    corners = points[faces].astype(np.float64)
    middle = corners.mean(axis=1)
    low, high = middle.min(axis=0), middle.max(axis=0)
    grid = ((middle - low) / np.maximum((high - low).max(), 1e-300) * 1023.0).astype(np.int64)
    code = sum(_apart(grid[:, axis]) << axis for axis in range(3))
    order = np.argsort(code, kind="stable")
    corners = np.ascontiguousarray(corners[order])
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-300)
    leaves = 1 << max(0, (-(-len(faces) // LEAF) - 1).bit_length())
    boxes = np.empty((2 * leaves, 6))
    boxes[:, :3], boxes[:, 3:] = np.inf, -np.inf
    starts = np.arange(0, len(faces), LEAF)
    boxes[leaves : leaves + len(starts), :3] = np.minimum.reduceat(corners.min(axis=1), starts)
    boxes[leaves : leaves + len(starts), 3:] = np.maximum.reduceat(corners.max(axis=1), starts)
    size = leaves
    while size > 1:
        below = boxes[size : 2 * size].reshape(-1, 2, 6)
        size //= 2
        boxes[size : 2 * size, :3] = below[:, :, :3].min(axis=1)
        boxes[size : 2 * size, 3:] = below[:, :, 3:].max(axis=1)
    return Tree(corners, order, normals, boxes)


def nearest(tree: Tree, at: np.ndarray, facing: np.ndarray | None = None, least: float = 0.0, threads: int = 0) -> Found:
    """The nearest point of the surface for each point `at` (N, 3).

    facing: (N, 3) unit; then only triangles whose normal has a cosine above `least` with it count, where there is one at all.
    """
    at = np.ascontiguousarray(at, np.float64)
    facing = np.zeros((0, 3)) if facing is None else np.ascontiguousarray(facing, np.float64)
    face, weights, distance = np.empty(len(at), np.int64), np.empty((len(at), 2)), np.empty(len(at))

    def work(number: int) -> None:
        part = slice(number * PIECE, min((number + 1) * PIECE, len(at)))
        _search(at[part], facing[part], least, tree.corners, tree.normals, tree.boxes, face[part], weights[part], distance[part])

    spread(-(-len(at) // PIECE), work, threads)
    return Found(np.where(face >= 0, tree.order[face], -1), weights, distance)


def _apart(value: np.ndarray) -> np.ndarray:
    """Ten bits with two zeros between each."""
    for shift, mask in ((16, 0x030000FF), (8, 0x0300F00F), (4, 0x030C30C3), (2, 0x09249249)):
        value = (value | (value << shift)) & mask
    return value


@kernel()
def _closest(p, tri, out):  # type: ignore[no-untyped-def]
    """Squared distance of p from the triangle; weights of the first two corners of the point go to out."""
    a, b, c = tri[0], tri[1], tri[2]
    abx, aby, abz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    acx, acy, acz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    apx, apy, apz = p[0] - a[0], p[1] - a[1], p[2] - a[2]
    d1, d2 = abx * apx + aby * apy + abz * apz, acx * apx + acy * apy + acz * apz
    bpx, bpy, bpz = p[0] - b[0], p[1] - b[1], p[2] - b[2]
    d3, d4 = abx * bpx + aby * bpy + abz * bpz, acx * bpx + acy * bpy + acz * bpz
    cpx, cpy, cpz = p[0] - c[0], p[1] - c[1], p[2] - c[2]
    d5, d6 = abx * cpx + aby * cpy + abz * cpz, acx * cpx + acy * cpy + acz * cpz
    vc, vb, va = d1 * d4 - d3 * d2, d5 * d2 - d1 * d6, d3 * d6 - d5 * d4
    if d1 <= 0.0 and d2 <= 0.0:
        v, w = 0.0, 0.0
    elif d3 >= 0.0 and d4 <= d3:
        v, w = 1.0, 0.0
    elif vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0:
        v, w = d1 / (d1 - d3), 0.0
    elif d6 >= 0.0 and d5 <= d6:
        v, w = 0.0, 1.0
    elif vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0:
        v, w = 0.0, d2 / (d2 - d6)
    elif va <= 0.0 and d4 - d3 >= 0.0 and d5 - d6 >= 0.0:
        w = (d4 - d3) / ((d4 - d3) + (d5 - d6))
        v = 1.0 - w
    else:
        total = va + vb + vc
        v, w = (vb / total, vc / total) if total != 0.0 else (0.0, 0.0)
    out[0], out[1] = 1.0 - v - w, v
    x, y, z = apx - v * abx - w * acx, apy - v * aby - w * acy, apz - v * abz - w * acz
    return x * x + y * y + z * z


@kernel()
def _gap(p, box):  # type: ignore[no-untyped-def]
    """Squared distance of p from a box."""
    total = 0.0
    for k in range(3):
        d = max(box[k] - p[k], p[k] - box[k + 3], 0.0)
        total += d * d
    return total


@kernel()
def _dot(a, b):  # type: ignore[no-untyped-def]
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@kernel()
def _search(at, facing, least, corners, normals, boxes, face, weights, distance):  # type: ignore[no-untyped-def]
    leaves = len(boxes) // 2
    stack = np.empty(64, np.int64)
    gaps = np.empty(64)
    point = np.empty(2)
    last = -1
    for i in range(len(at)):
        p = at[i]
        for attempt in range(2):
            picky = attempt == 0 and len(facing) > 0
            best, found = np.inf, -1
            if last >= 0 and not (picky and _dot(normals[last], facing[i]) <= least):
                best, found = _closest(p, corners[last], point), last  # the answer of the point before bounds this one
                weights[i, 0], weights[i, 1] = point[0], point[1]
            stack[0], gaps[0], top = 1, _gap(p, boxes[1]), 1
            while top > 0:
                top -= 1
                node = stack[top]
                if gaps[top] >= best:
                    continue
                if node >= leaves:
                    start = (node - leaves) * LEAF
                    for f in range(start, min(start + LEAF, len(corners))):
                        if picky and _dot(normals[f], facing[i]) <= least:
                            continue
                        d = _closest(p, corners[f], point)
                        if d < best:
                            best, found = d, f
                            weights[i, 0], weights[i, 1] = point[0], point[1]
                    continue
                one, other = _gap(p, boxes[2 * node]), _gap(p, boxes[2 * node + 1])
                near = 2 * node if one <= other else 2 * node + 1
                stack[top], gaps[top] = 4 * node + 1 - near, max(one, other)
                stack[top + 1], gaps[top + 1] = near, min(one, other)
                top += 2
            if found >= 0:
                break
        last = found
        face[i], distance[i] = found, np.sqrt(best)
