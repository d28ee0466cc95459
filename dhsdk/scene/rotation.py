"""Quaternions (x, y, z, w) and 4 x 4 matrices, for one or for many: every function takes and gives leading axes.

Matrices are row-major and act on column vectors, float64. Angles in radians, counter-clockwise about the axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dhsdk.errors import SceneError
from dhsdk.scene.mesh import Quaternion, Vector


def from_axis_angle(axis: Sequence[float], angle: float) -> Quaternion:
    """The unit quaternion of a turn about an axis of any length but zero. Raises SceneError."""
    length = float(np.linalg.norm(axis))
    if not length > 0:
        raise SceneError(f"axis must be longer than 0, got {tuple(axis)}")
    x, y, z = (float(part) / length * float(np.sin(angle / 2)) for part in axis)
    return (x, y, z, float(np.cos(angle / 2)))


def from_euler(x: float, y: float, z: float) -> Quaternion:
    """The unit quaternion that turns about x first, then about the fixed y, then about the fixed z."""
    turns = (from_axis_angle((1, 0, 0), x), from_axis_angle((0, 1, 0), y), from_axis_angle((0, 0, 1), z))
    return quaternion(multiply(multiply(turns[2], turns[1]), turns[0]))


def quaternion(values: Any) -> Quaternion:
    """Four numbers as a unit quaternion of plain floats."""
    parts = np.asarray(values, dtype=np.float64)
    x, y, z, w = (parts / np.linalg.norm(parts)).tolist()
    return (x, y, z, w)


def multiply(a: Any, b: Any) -> np.ndarray:
    """(..., 4): the turn b followed by the turn a."""
    ax, ay, az, aw = np.moveaxis(np.asarray(a, dtype=np.float64), -1, 0)
    bx, by, bz, bw = np.moveaxis(np.asarray(b, dtype=np.float64), -1, 0)
    return np.stack(
        [
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        ],
        axis=-1,
    )


def to_matrix(quaternions: Any) -> np.ndarray:
    """(..., 3, 3) rotation matrices of (..., 4) unit quaternions."""
    x, y, z, w = np.moveaxis(np.asarray(quaternions, dtype=np.float64), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), (0, 1), (-2, -1))


def from_matrix(matrices: Any) -> np.ndarray:
    """(..., 4) unit quaternions of (..., 3, 3) rotation matrices, w >= 0.

    Source: Bar-Itzhack 2000, the eigenvector form, which has no branches and also takes slightly inexact rotations.
    """
    m = np.asarray(matrices, dtype=np.float64)
    k = np.empty((*m.shape[:-2], 4, 4))
    k[..., 0, 0] = m[..., 0, 0] - m[..., 1, 1] - m[..., 2, 2]
    k[..., 1, 1] = m[..., 1, 1] - m[..., 0, 0] - m[..., 2, 2]
    k[..., 2, 2] = m[..., 2, 2] - m[..., 0, 0] - m[..., 1, 1]
    k[..., 3, 3] = m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2]
    k[..., 0, 1] = k[..., 1, 0] = m[..., 0, 1] + m[..., 1, 0]
    k[..., 0, 2] = k[..., 2, 0] = m[..., 0, 2] + m[..., 2, 0]
    k[..., 1, 2] = k[..., 2, 1] = m[..., 1, 2] + m[..., 2, 1]
    k[..., 0, 3] = k[..., 3, 0] = m[..., 2, 1] - m[..., 1, 2]
    k[..., 1, 3] = k[..., 3, 1] = m[..., 0, 2] - m[..., 2, 0]
    k[..., 2, 3] = k[..., 3, 2] = m[..., 1, 0] - m[..., 0, 1]
    found = np.linalg.eigh(k)[1][..., 3]
    return np.where(found[..., 3:] < 0, -found, found)


def slerp(a: Any, b: Any, share: float) -> np.ndarray:
    """(..., 4): from a (share 0) to b (share 1) along the shorter arc. Source: glTF 2.0, appendix C.4."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    dot = (a * b).sum(axis=-1, keepdims=True)
    b, dot = np.where(dot < 0, -b, b), np.clip(np.abs(dot), 0.0, 1.0)
    angle = np.arccos(dot)
    small = angle < 1e-6
    sine = np.where(small, 1.0, np.sin(angle))
    first = np.where(small, 1.0 - share, np.sin((1.0 - share) * angle) / sine)
    second = np.where(small, share, np.sin(share * angle) / sine)
    mixed = first * a + second * b
    unit: np.ndarray = mixed / np.linalg.norm(mixed, axis=-1, keepdims=True)
    return unit


def compose(translation: Any, rotation: Any, scale: Any) -> np.ndarray:
    """(..., 4, 4) matrices: scale first, then rotation, then translation; each (..., 3 or 4)."""
    t, s = np.asarray(translation, dtype=np.float64), np.asarray(scale, dtype=np.float64)
    out = np.zeros((*t.shape[:-1], 4, 4))
    out[..., :3, :3] = to_matrix(rotation) * s[..., None, :]
    out[..., :3, 3] = t
    out[..., 3, 3] = 1.0
    return out


def decompose(matrix: np.ndarray, what: str = "the matrix") -> tuple[Vector, Quaternion, Vector]:
    """(translation, rotation, scale) whose compose() is this (4, 4) matrix; a mirror becomes a negative x scale.

    Raises:
        SceneError: the matrix shears (its axes are not at right angles) or a scale is zero.
    """
    linear = np.asarray(matrix, dtype=np.float64)[:3, :3]
    lengths = np.linalg.norm(linear, axis=0)
    if not (lengths > 0).all():
        raise SceneError(f"{what} must have a scale other than 0, got {lengths.tolist()}")
    axes = linear / lengths
    if np.linalg.det(axes) < 0:
        lengths, axes = lengths * (-1, 1, 1), axes * (-1, 1, 1)
    if np.abs(axes.T @ axes - np.eye(3)).max() > 1e-6:
        raise SceneError(
            f"{what} shears, which translation, rotation and scale cannot say: use one scale for x, y and z above it"
        )
    translation, scale = np.asarray(matrix)[:3, 3].tolist(), lengths.tolist()
    return (translation[0], translation[1], translation[2]), quaternion(from_matrix(axes)), (scale[0], scale[1], scale[2])
