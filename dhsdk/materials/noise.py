"""Periodic noise: every field wraps exactly, so that textures tile."""

from __future__ import annotations

import numpy as np

Rng = np.random.Generator


def grid(rng: Rng, size: int, cells: tuple[int, int]) -> np.ndarray:
    """(size, size) float32 in [0, 1]: smooth value noise of cells = (along v, along u) random values, periodic."""
    rows, columns = (max(1, min(count, size)) for count in cells)
    values = rng.random((rows, columns), dtype=np.float32)
    across = _blend(values, size, axis=1)
    return _blend(across, size, axis=0)


def _blend(values: np.ndarray, size: int, axis: int) -> np.ndarray:
    count = values.shape[axis]
    if count == size:
        return values
    place = np.arange(size, dtype=np.float32) * (count / size)
    low = place.astype(np.int64)
    t = place - low
    t = t * t * (3.0 - 2.0 * t)
    t = t[:, None] if axis == 0 else t[None, :]
    first = np.take(values, low % count, axis=axis)
    return first + (np.take(values, (low + 1) % count, axis=axis) - first) * t.astype(np.float32)


def fractal(rng: Rng, size: int, cells: tuple[int, int], octaves: int = 4, gain: float = 0.5) -> np.ndarray:
    """(size, size) float32 stretched to [0, 1]: octaves of grid noise, each twice as fine and `gain` as strong."""
    total = np.zeros((size, size), np.float32)
    weight = 1.0
    for octave in range(octaves):
        rows, columns = cells[0] << octave, cells[1] << octave
        if min(rows, columns) > size:
            break
        total += weight * grid(rng, size, (rows, columns))
        weight *= gain
    return stretched(total)


def stretched(field: np.ndarray) -> np.ndarray:
    """The field scaled to [0, 1]."""
    low, high = float(field.min()), float(field.max())
    return (field - low) / max(high - low, 1e-9)


def cells(rng: Rng, size: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Cellular noise of count x count jittered points: ((size, size) distance to the nearest in cells, gap to the second).

    Source: Worley 1996, "A cellular texture basis function".
    """
    points = rng.random((count, count, 2), dtype=np.float32)
    place = np.arange(size, dtype=np.float32) * (count / size)
    base = place.astype(np.int64)
    part = place - base
    nearest = np.full((size, size), 9.0, np.float32)
    second = nearest.copy()
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            spot = points[np.ix_((base + dy) % count, (base + dx) % count)]
            away = np.hypot(spot[..., 1] + dx - part[None, :], spot[..., 0] + dy - part[:, None])
            second = np.minimum(second, np.maximum(nearest, away))
            nearest = np.minimum(nearest, away)
    return nearest, second - nearest


def smooth(edge0: float, edge1: float, field: np.ndarray) -> np.ndarray:
    """0 below edge0, 1 above edge1, smooth between."""
    t = np.clip((field - edge0) / (edge1 - edge0), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def waves(size: int, count: int, axis: int, shift: np.ndarray | float = 0.0) -> np.ndarray:
    """(size, size) in [-1, 1]: `count` sine waves along v (axis 0) or u (axis 1), shifted by `shift` waves."""
    place = np.arange(size, dtype=np.float32) * (count / size)
    place = place[:, None] if axis == 0 else place[None, :]
    return np.sin(2.0 * np.pi * (place + shift)).astype(np.float32) * np.ones((size, size), np.float32)
