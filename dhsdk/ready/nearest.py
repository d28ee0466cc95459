"""The nearest point of a triangle surface, asked by many points at once: the boxes are those of render.bvh.

Source: closest point of a triangle: Ericson 2005, "Real-Time Collision Detection", section 5.1.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render import bvh
from dhsdk.render.bvh import DEEPEST
from dhsdk.render.workers import spread

PIECE = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """boxes, links, corners, order: as bvh.tree() gives them; normals: (F, 3) in its order."""

    boxes: np.ndarray
    links: np.ndarray
    corners: np.ndarray
    order: np.ndarray
    normals: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Per point: face (N,) int64, weights (N, 2) of its first two corners, distance (N,)."""

    face: np.ndarray
    weights: np.ndarray
    distance: np.ndarray


def tree(points: np.ndarray, faces: np.ndarray) -> Tree:
    """The tree of triangles (F, 3) over points (P, 3); at least one triangle."""
    boxes, links, corners, order = bvh.tree(points, faces)
    across = np.cross(corners[:, 3:6], corners[:, 6:])
    return Tree(boxes, links, corners, order, across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-300))


def nearest(tree: Tree, at: np.ndarray, facing: np.ndarray | None = None, least: float = 0.0, threads: int = 0) -> Found:
    """The nearest point of the surface for each point `at` (N, 3).

    facing: (N, 3) unit; then only triangles whose normal has a cosine above `least` with it count, where there is one at all.
    """
    at = np.ascontiguousarray(at, np.float64)
    facing = np.zeros((0, 3)) if facing is None else np.ascontiguousarray(facing, np.float64)
    face, weights, distance = np.empty(len(at), np.int64), np.empty((len(at), 2)), np.empty(len(at))

    boxes = tree.boxes, tree.links

    def work(number: int) -> None:
        part = slice(number * PIECE, min((number + 1) * PIECE, len(at)))
        _search(at[part], facing[part], least, boxes, tree.corners, tree.normals, face[part], weights[part], distance[part])

    spread(-(-len(at) // PIECE), work, threads)
    return Found(np.where(face >= 0, tree.order[face], -1), weights, distance)


@kernel()
def _closest(p, tri, out):  # type: ignore[no-untyped-def]
    """Squared distance of p from the triangle (a point and two edges); weights of its first two corners there go to out."""
    abx, aby, abz, acx, acy, acz = tri[3], tri[4], tri[5], tri[6], tri[7], tri[8]
    apx, apy, apz = p[0] - tri[0], p[1] - tri[1], p[2] - tri[2]
    d1, d2 = abx * apx + aby * apy + abz * apz, acx * apx + acy * apy + acz * apz
    bpx, bpy, bpz = apx - abx, apy - aby, apz - abz
    d3, d4 = abx * bpx + aby * bpy + abz * bpz, acx * bpx + acy * bpy + acz * bpz
    cpx, cpy, cpz = apx - acx, apy - acy, apz - acz
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
def _gap(p, boxes, node):  # type: ignore[no-untyped-def]
    """Squared distance of p from a box."""
    total = 0.0
    for k in range(3):
        d = max(boxes[node, k] - p[k], p[k] - boxes[node, k + 3], 0.0)
        total += d * d
    return total


@kernel()
def _dot(a, b):  # type: ignore[no-untyped-def]
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@kernel()
def _search(at, facing, least, tree, corners, normals, face, weights, distance):  # type: ignore[no-untyped-def]
    boxes, links = tree
    stack, gaps = np.empty(DEEPEST + 2, np.int64), np.empty(DEEPEST + 2)
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
            stack[0], gaps[0], top = 0, _gap(p, boxes, 0), 1
            while top > 0:
                top -= 1
                node = stack[top]
                if gaps[top] >= best:
                    continue
                one, other = links[node, 0], links[node, 1]
                if other < 0:
                    for f in range(one, one - other):
                        if picky and _dot(normals[f], facing[i]) <= least:
                            continue
                        d = _closest(p, corners[f], point)
                        if d < best:
                            best, found = d, f
                            weights[i, 0], weights[i, 1] = point[0], point[1]
                    continue
                near, far = _gap(p, boxes, one), _gap(p, boxes, other)
                if far < near:
                    one, other, near, far = other, one, far, near
                stack[top], gaps[top] = other, far
                stack[top + 1], gaps[top + 1] = one, near
                top += 2
            if found >= 0:
                break
        last = found
        face[i], distance[i] = found, np.sqrt(best)
