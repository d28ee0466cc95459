"""Shell: a closed mesh of welded points on its way to a Surface, and what can be done to it before normals are made.

Builders (loft and its children lathe, box, sweep, stack) return Shells. surface() turns one into a Surface: it splits the
vertices where an edge is sharp or the UVs jump, and keeps the points of one place bit-equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dhsdk.shapes.kernel import Surface

Vec = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Shell:
    """A closed, oriented mesh without split vertices.

    points: (P, 3) float64, metres. faces: (F, 3) int64, counter-clockwise from outside.
    uvs: (F, 3, 2) float64, metres, one per corner of a face.
    tint: (F,) brightness of each face. crease: (F,) cosine of the angle beyond which an edge of the face is sharp.
    """

    points: np.ndarray
    faces: np.ndarray
    uvs: np.ndarray
    tint: np.ndarray
    crease: np.ndarray


def join(*shells: Shell) -> Shell:
    """One Shell of several disjoint ones (they may pass through one another)."""
    starts = np.cumsum([0] + [len(shell.points) for shell in shells[:-1]])
    return Shell(
        np.concatenate([shell.points for shell in shells]),
        np.concatenate([shell.faces + start for shell, start in zip(shells, starts, strict=True)]),
        np.concatenate([shell.uvs for shell in shells]),
        np.concatenate([shell.tint for shell in shells]),
        np.concatenate([shell.crease for shell in shells]),
    )


def moved(shell: Shell, offset: Sequence[float]) -> Shell:
    """The shell moved by offset (x, y, z), metres."""
    return replace(shell, points=shell.points + np.asarray(offset, np.float64))


def rotation(axis: Sequence[float] | np.ndarray, angle: float) -> np.ndarray:
    """(3, 3) matrix that turns column vectors by angle (radians) about axis. Source: Rodrigues' formula."""
    x, y, z = np.asarray(axis, np.float64) / math.sqrt(sum(a * a for a in axis))
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * cross @ cross


def turned(shell: Shell, axis: Sequence[float], angle: float, about: Sequence[float] = (0.0, 0.0, 0.0)) -> Shell:
    """The shell turned by angle (radians) about the axis through `about`."""
    center = np.asarray(about, np.float64)
    return replace(shell, points=(shell.points - center) @ rotation(axis, angle).T + center)


def mirrored(shell: Shell, axis: int = 0) -> Shell:
    """The shell mirrored in the plane where coordinate `axis` is 0, still right side out."""
    sign = np.ones(3)
    sign[axis] = -1.0
    return replace(shell, points=shell.points * sign, faces=shell.faces[:, ::-1], uvs=shell.uvs[:, ::-1])


def mapped(shell: Shell, change: Callable[[np.ndarray], np.ndarray]) -> Shell:
    """The shell with its points sent through change: (P, 3) -> (P, 3). UVs stay."""
    return replace(shell, points=change(shell.points))


def tapered(shell: Shell, low: float, high: float) -> Shell:
    """The shell scaled in x and z by `low` at its bottom, growing to `high` at its top."""
    y = shell.points[:, 1]
    t = (y - y.min()) / max(float(np.ptp(y)), 1e-9)
    factor = low + (high - low) * t
    return replace(shell, points=shell.points * np.stack([factor, np.ones_like(y), factor], axis=1))


def bent(shell: Shell, radius: float) -> Shell:
    """The shell bent about the y axis so that its x axis follows a circle of `radius` centred at z = -radius (front convex)."""
    x, y, z = shell.points.T
    angle = x / radius
    return replace(shell, points=np.stack([(radius + z) * np.sin(angle), y, (radius + z) * np.cos(angle) - radius], axis=1))


def tinted(shell: Shell, factor: float) -> Shell:
    """The shell made darker (factor < 1)."""
    return replace(shell, tint=shell.tint * factor)


def surface(shell: Shell) -> Surface:
    """The Surface of a shell: area-weighted normals, split at creases and UV seams; colours lit by cavity and tint."""
    faces = shell.faces
    corners = shell.points[faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1)
    flat = cross / np.maximum(area, 1e-300)[:, None]
    weights = area[:, None] * _angles(corners)
    normals = _corner_normals(faces, flat, weights, shell.crease)
    shade = _cavity(shell, flat * area[:, None])[faces] * shell.tint[:, None]
    uvs = shell.uvs.reshape(-1, 2)
    flat_shade = shade.reshape(-1)
    keys = _keys(faces.reshape(-1), normals, uvs, flat_shade)
    order = np.lexsort(keys.T)
    fresh = np.ones(len(order), bool)
    fresh[1:] = (keys[order[1:]] != keys[order[:-1]]).any(axis=1)
    groups = np.empty(len(order), np.int64)
    groups[order] = np.cumsum(fresh) - 1
    chosen = order[fresh]
    return Surface(
        positions=corners.reshape(-1, 3)[chosen],
        faces=groups.reshape(-1, 3),
        normals=normals[chosen],
        uvs=uvs[chosen],
        colors=np.repeat(flat_shade[chosen, None], 3, axis=1),
    )


def _keys(vertices: np.ndarray, normals: np.ndarray, uvs: np.ndarray, shade: np.ndarray) -> np.ndarray:
    """(C, 3) int64: equal rows may share a vertex. Normals to 1/2000, UVs to 10 micrometres, shade to 1/500."""
    n = np.rint(normals * 2000.0).astype(np.int64) + 4096
    uv = np.rint(uvs * 1e5).astype(np.int64)
    packed = (n[:, 0] * 8192 + n[:, 1]) * 8192 + n[:, 2]
    return np.stack([vertices * 1024 + np.rint(shade * 500).astype(np.int64), packed, uv[:, 0] * (1 << 24) + uv[:, 1]], axis=1)


def _angles(corners: np.ndarray) -> np.ndarray:
    """(F, 3) angle of each corner, radians."""
    ahead = np.roll(corners, -1, axis=1) - corners
    behind = np.roll(corners, 1, axis=1) - corners
    lengths = np.linalg.norm(ahead, axis=2) * np.linalg.norm(behind, axis=2)
    return np.arccos(np.clip((ahead * behind).sum(axis=2) / np.maximum(lengths, 1e-300), -1.0, 1.0))


def _corner_normals(faces: np.ndarray, flat: np.ndarray, weights: np.ndarray, crease: np.ndarray) -> np.ndarray:
    """(3F, 3) unit normals: each corner gathers the faces around its point that turn less than the crease."""
    vertices = faces.reshape(-1)
    owner = np.repeat(np.arange(len(faces)), 3)
    order = np.argsort(vertices, kind="stable")
    counts = np.bincount(vertices)
    starts = np.cumsum(counts) - counts
    repeats = counts[vertices]
    left = np.repeat(np.arange(len(vertices)), repeats)
    step = np.arange(len(left)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    right = order[starts[vertices[left]] + step]
    alike = (flat[owner[left]] * flat[owner[right]]).sum(axis=1)
    near = alike >= np.maximum(crease[owner[left]], crease[owner[right]]) - 1e-9
    left, right = left[near], right[near]
    pulled = flat[owner[right]] * weights.reshape(-1)[right, None]
    total = np.stack([np.bincount(left, pulled[:, k], len(vertices)) for k in range(3)], axis=1)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return np.where(length > 1e-12 * max(float(weights.max()), 1e-30), total / np.maximum(length, 1e-300), flat[owner])


def _cavity(shell: Shell, area_normals: np.ndarray) -> np.ndarray:
    """(P,) brightness in [0.55, 1]: crevices dark, worn edges light."""
    count = len(shell.points)
    normal = np.zeros((count, 3))
    around = np.zeros((count, 3))
    reach = np.zeros(count)
    links = np.zeros(count)
    for k in range(3):
        here, there = shell.faces[:, k], shell.faces[:, (k + 1) % 3]
        edge = shell.points[there] - shell.points[here]
        length = np.linalg.norm(edge, axis=1)
        for end, way in ((here, edge), (there, -edge)):
            links += np.bincount(end, minlength=count)
            reach += np.bincount(end, length, count)
            for axis in range(3):
                around[:, axis] += np.bincount(end, way[:, axis], count)
        for axis in range(3):
            normal[:, axis] += np.bincount(here, area_normals[:, axis], count)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-300)
    bulge = -(normal * around).sum(axis=1) / np.maximum(reach, 1e-300)
    shade: np.ndarray = np.clip(0.88 + 0.22 * np.clip(bulge, 0.0, 1.0) + 0.9 * np.clip(bulge, -1.0, 0.0), 0.55, 1.0)
    return shade
