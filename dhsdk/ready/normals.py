"""Normals of corners: smooth where a surface is, apart along creases."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from dhsdk.ready.surface import edges

SLIVER = 0.08
"""Triangles lower than this share of their longest edge, or smaller than this of the usual, may have a normal of rounding."""
AGREE = np.cos(np.radians(20.0))


def corner_normals(points: np.ndarray, faces: np.ndarray, crease: float) -> tuple[np.ndarray, np.ndarray]:
    """((F, 3, 3) unit normals of the corners, (F, 3) number of the smooth fan each corner is in).

    Faces over welded points; those that meet at more than `crease` radians, or at an edge that is not of two faces, are apart.
    Faces count with their angle at the corner.
    """
    corners = points[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    order, starts = edges(faces, len(points))
    pairs = starts[:-1][np.diff(starts) == 2]
    h, m = order[pairs], order[pairs + 1]
    flat = _trusted(corners, across, h // 3, m // 3)
    smooth = (flat[h // 3] * flat[m // 3]).sum(axis=1) >= np.cos(crease)
    h, m = h[smooth], m[smooth]
    after_h, after_m = 3 * (h // 3) + (h + 1) % 3, 3 * (m // 3) + (m + 1) % 3
    opposite = faces.ravel()[h] == faces.ravel()[after_m]
    h, m, after_h, after_m = h[opposite], m[opposite], after_h[opposite], after_m[opposite]
    rows, columns = np.concatenate([h, after_h]), np.concatenate([after_m, m])
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), (3 * len(faces), 3 * len(faces)))
    count, fan = connected_components(graph, False)
    weight = _angles(corners).ravel()
    sums = np.stack([np.bincount(fan, np.repeat(flat[:, k], 3) * weight, count) for k in range(3)], axis=1)
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    unit = (sums / np.maximum(length, 1e-300))[fan].reshape(-1, 3, 3)
    lost = np.linalg.norm(unit, axis=2) < 0.5
    if lost.any():
        own = np.where(np.linalg.norm(flat, axis=1, keepdims=True) > 0.5, flat, [[0.0, 1.0, 0.0]])
        unit = np.where(lost[:, :, None], own[:, None, :], unit)
    return unit, fan.reshape(-1, 3)


def _trusted(corners: np.ndarray, across: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(F, 3) unit normals of the faces; slivers that agree with none of their neighbours take the mean of those.

    one, other: the faces on both sides of each edge.
    """
    double = np.linalg.norm(across, axis=1)
    flat = across / np.maximum(double, 1e-300)[:, None]
    longest = (np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)) ** 2
    sliver = (double < SLIVER * longest) | (double < SLIVER * np.median(double))
    alike = (flat[one] * flat[other]).sum(axis=1) > AGREE
    sliver[one[alike]] = sliver[other[alike]] = False
    if not sliver.any() or sliver.all():
        return flat
    sums = np.zeros_like(flat)
    for own, beside in ((one, other), (other, one)):
        ask = sliver[own] & ~sliver[beside]
        np.add.at(sums, own[ask], across[beside[ask]])
    size = np.linalg.norm(sums, axis=1)
    found = sliver & (size > 0)
    flat[found] = sums[found] / size[found, None]
    return flat


def _angles(corners: np.ndarray) -> np.ndarray:
    after = np.roll(corners, -1, axis=1) - corners
    before = np.roll(corners, 1, axis=1) - corners
    lengths = np.linalg.norm(after, axis=2) * np.linalg.norm(before, axis=2)
    return np.arccos(np.clip((after * before).sum(axis=2) / np.maximum(lengths, 1e-300), -1.0, 1.0))
