"""Per-vertex tangents for normal mapping."""

from __future__ import annotations

import numpy as np


def tangents(positions: np.ndarray, normals: np.ndarray, uvs: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V, 4) float32: unit tangents along +u, orthogonal to the normals; w is the side of the bitangent (+1 or -1).

    Triangle tangents are summed with the angle at each corner. A vertex whose UVs have no area gets any orthogonal vector.
    Source: Lengyel, "Foundations of Game Engine Development 2", section 7.5; w in glTF: bitangent = cross(n, t) * w.
    """
    p, t = positions.astype(np.float64), uvs.astype(np.float64)
    edge1, edge2 = p[faces[:, 1]] - p[faces[:, 0]], p[faces[:, 2]] - p[faces[:, 0]]
    uv1, uv2 = t[faces[:, 1]] - t[faces[:, 0]], t[faces[:, 2]] - t[faces[:, 0]]
    area = uv1[:, 0] * uv2[:, 1] - uv2[:, 0] * uv1[:, 1]
    side = np.where(area < 0, -1.0, 1.0)[:, None]
    along = _unit((edge1 * uv2[:, 1:] - edge2 * uv1[:, 1:]) * side)
    # Against +v: v runs down the texture, and the normal map's green channel points up.
    across = _unit((edge1 * uv2[:, :1] - edge2 * uv1[:, :1]) * side)
    sum_t, sum_b = np.zeros_like(p), np.zeros_like(p)
    angles = _angles(p, faces)
    for corner in range(3):
        weight = angles[:, corner, None] * (np.abs(area)[:, None] > 1e-20)
        np.add.at(sum_t, faces[:, corner], along * weight)
        np.add.at(sum_b, faces[:, corner], across * weight)
    n = normals.astype(np.float64)
    flat = sum_t - n * (n * sum_t).sum(axis=1, keepdims=True)
    lost = np.linalg.norm(flat, axis=1) < 1e-9
    if lost.any():
        helper = np.where(np.abs(n[lost, :1]) < 0.9, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
        flat[lost] = np.cross(n[lost], helper)
    unit = _unit(flat)
    w = np.where((np.cross(n, unit) * sum_b).sum(axis=1) < 0, -1.0, 1.0)
    return np.concatenate([unit, w[:, None]], axis=1).astype(np.float32)


def _unit(v: np.ndarray) -> np.ndarray:
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-30)


def _angles(p: np.ndarray, faces: np.ndarray) -> np.ndarray:
    corners = p[faces]
    after = _unit(np.roll(corners, -1, axis=1) - corners)
    before = _unit(np.roll(corners, 1, axis=1) - corners)
    return np.arccos(np.clip((after * before).sum(axis=2), -1.0, 1.0))
