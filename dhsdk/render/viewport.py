"""What every rasterizer does before it draws: checks, the kind of projection, triangles that meet the near plane."""

from __future__ import annotations

import numpy as np

from dhsdk.errors import RenderError

MOST = 16384
"""Pixels of a side of a picture."""

MOST_PIXELS = 1 << 27
"""Pixels of a picture, samples counted: more would need more memory than is usual."""

NEAREST = 1e-6
"""With perspective nothing nearer than this is seen: metres."""


def checked(pos: np.ndarray, faces: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """pos as contiguous float32, faces as contiguous int32. Raises RenderError."""
    width, height = size
    if not (1 <= width <= MOST and 1 <= height <= MOST):
        raise RenderError(f"a picture must be 1 to {MOST} pixels wide and high, got {width} x {height}")
    if width * height > MOST_PIXELS:
        raise RenderError(
            f"a picture must have at most {MOST_PIXELS:,} pixels (samples counted), got {width} x {height}: "
            "make it smaller, or take fewer samples"
        )
    if pos.ndim != 2 or pos.shape[1] != 4:
        raise RenderError(f"positions must have the shape (V, 4), got {pos.shape}")
    if faces.ndim != 2 or faces.shape[1] != 3:
        raise RenderError(f"faces must have the shape (F, 3), got {faces.shape}")
    if len(faces) and not (faces.min() >= 0 and faces.max() < len(pos)):
        raise RenderError(f"faces must name positions 0 to {len(pos) - 1}, got {faces.min()} to {faces.max()}")
    return np.ascontiguousarray(pos, np.float32), np.ascontiguousarray(faces, np.int32)


def layer(given: np.ndarray | None, size: tuple[int, int], default: float) -> np.ndarray:
    """A depth limit as contiguous (H, W) float32. Raises RenderError: another shape."""
    shape = (size[1], size[0])
    if given is None:
        return np.full(shape, default, np.float32)
    if given.shape != shape:
        raise RenderError(f"depth limits must have the picture's shape {shape}, got {given.shape}")
    return np.ascontiguousarray(given, np.float32)


def projection(pos: np.ndarray, near: float) -> tuple[bool, float]:
    """Whether there is no perspective (w is 1 everywhere), and the near plane: with perspective at least NEAREST."""
    flat = len(pos) > 0 and bool(pos[0, 3] == 1.0) and bool((pos[:, 3] == 1.0).all())
    return flat, float(near) if flat else max(float(near), NEAREST)


def partly(pos: np.ndarray, faces: np.ndarray, flat: bool, near: float) -> tuple[np.ndarray, np.ndarray]:
    """The parts beyond the near plane of triangles that meet it: (T, 3, 3) float64 corners, (T,) int32 which faces they are of.

    A corner is x and y (pixels) and what is linear on the screen and greater for the nearer: 1/z, or -z without perspective.
    The crossing of an edge is computed from its far end, so that both triangles of the edge get the same one.
    """
    depth = pos[:, 2 if flat else 3]
    seen = depth >= near
    if seen.all():
        return np.empty((0, 3, 3)), np.empty(0, np.int32)
    count = seen[faces].sum(1)
    parts, numbers = [], []
    for inside in (1, 2):
        index = np.nonzero(count == inside)[0].astype(np.int32)
        corners = faces[index]
        # Turned so that the corner which differs from the other two comes first.
        first = np.argmax(seen[corners] == (inside == 1), axis=1)
        a, b, c = (np.take_along_axis(corners, ((first + step) % 3)[:, None], 1)[:, 0] for step in range(3))
        if inside == 1:
            parts.append(np.stack([_point(pos, a, flat), _meets(pos, a, b, flat, near), _meets(pos, a, c, flat, near)], 1))
            numbers.append(index)
        else:
            one, two = _meets(pos, b, a, flat, near), _meets(pos, c, a, flat, near)
            parts.append(np.stack([one, _point(pos, b, flat), _point(pos, c, flat)], 1))
            parts.append(np.stack([one, _point(pos, c, flat), two], 1))
            numbers += [index, index]
    return np.concatenate(parts), np.concatenate(numbers)


def _point(pos: np.ndarray, at: np.ndarray, flat: bool) -> np.ndarray:
    x, y, z, w = pos[at].astype(np.float64).T
    return np.stack([x, y, -z] if flat else [x / w, y / w, 1.0 / w], 1)


def _meets(pos: np.ndarray, far: np.ndarray, close: np.ndarray, flat: bool, near: float) -> np.ndarray:
    """Where the edges from `far`, which is seen, to `close`, which is not, meet the near plane."""
    a, b = pos[far].astype(np.float64), pos[close].astype(np.float64)
    z = 2 if flat else 3
    t = ((a[:, z] - near) / (a[:, z] - b[:, z]))[:, None]
    x, y = (a[:, :2] + t * (b[:, :2] - a[:, :2])).T
    edge = np.full(len(x), near)
    return np.stack([x, y, -edge] if flat else [x / edge, y / edge, 1.0 / edge], 1)


def turned(corners: np.ndarray) -> np.ndarray:
    """(F,) bool: the back of the face is seen. corners: (F, 3, 4) positions."""
    a, b, c = np.moveaxis(corners[:, :, [0, 1, 3]].astype(np.float64), 1, 0)
    return np.einsum("fk,fk->f", a, np.cross(b, c)) > 0.0
