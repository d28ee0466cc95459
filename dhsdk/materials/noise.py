"""Periodic noise: every field wraps exactly, so that textures tile."""

from __future__ import annotations

import numpy as np

Rng = np.random.Generator


def grid(rng: Rng, size: int, cells: tuple[int, int]) -> np.ndarray:
    """(size, size) float32 in [0, 1]: smooth value noise of cells = (along v, along u) random values, periodic."""
    rows, columns = (max(1, min(count, size)) for count in cells)
    values = rng.random((rows, columns), dtype=np.float32)
    return _blend(_blend(values, size, axis=1), size, axis=0)


def _blend(values: np.ndarray, size: int, axis: int, shift: float = 0.0) -> np.ndarray:
    count = values.shape[axis]
    if count == size:
        return values
    place = np.arange(size, dtype=np.float32) * np.float32(count / size) + np.float32(shift)
    floor = np.floor(place)
    low = floor.astype(np.int64)
    t = place - floor
    t = t * t * (3.0 - 2.0 * t)
    t = (t[:, None] if axis == 0 else t[None, :]).astype(np.float32)
    out = np.take(values, (low + 1) % count, axis=axis)
    first = np.take(values, low % count, axis=axis)
    out -= first
    out *= t
    out += first
    return out


def fractal(rng: Rng, size: int, cells: tuple[int, int], octaves: int = 4, gain: float = 0.5) -> np.ndarray:
    """(size, size) float32 stretched to [0, 1]: octaves of grid noise, each twice as fine and `gain` as strong."""
    total = np.zeros((size, size), np.float32)
    weight = np.float32(1.0)
    for octave in range(octaves):
        rows, columns = cells[0] << octave, cells[1] << octave
        if min(rows, columns) > size:
            break
        total += weight * grid(rng, size, (rows, columns))
        weight *= np.float32(gain)
    return stretched(total)


def stretched(field: np.ndarray) -> np.ndarray:
    """The field scaled to [0, 1]."""
    low, high = field.min(), field.max()
    return ((field - low) * np.float32(1.0 / max(float(high - low), 1e-9))).astype(np.float32)


def cells(rng: Rng, size: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cellular noise of about count x count jittered points (as many as divide the size).

    Returns (size, size) float32 fields: distance to the nearest point, in cells; gap to the second; a random number in [0, 1]
    of the nearest point. Source: Worley 1996, "A cellular texture basis function".
    """
    count = min((n for n in range(1, size + 1) if size % n == 0), key=lambda n: (abs(n - count), n))
    step = size // count
    points = rng.random((2, count, count), dtype=np.float32)
    names = rng.random((count, count), dtype=np.float32)
    place = (np.arange(step, dtype=np.float32) + np.float32(0.5)) / np.float32(step)
    nearest = np.full((count, step, count, step), 9.0, np.float32)
    second, owner = nearest.copy(), np.zeros_like(nearest)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            y, x, name = (np.roll(field, (-dy, -dx), axis=(0, 1)) for field in (*points, names))
            up = (y[:, None, :, None] + np.float32(dy) - place[None, :, None, None]) ** 2
            side = (x[:, None, :, None] + np.float32(dx) - place) ** 2
            away = up + side
            np.minimum(second, np.maximum(nearest, away), out=second)
            np.copyto(owner, name[:, None, :, None], where=away < nearest)
            np.minimum(nearest, away, out=nearest)
    nearest, second = np.sqrt(nearest), np.sqrt(second)
    second -= nearest
    shape = (size, size)
    return nearest.reshape(shape), second.reshape(shape), owner.reshape(shape)


def smooth(edge0: float, edge1: float, field: np.ndarray) -> np.ndarray:
    """0 below edge0, 1 above edge1, smooth between."""
    t = np.clip((field - np.float32(edge0)) * np.float32(1.0 / (edge1 - edge0)), np.float32(0.0), np.float32(1.0))
    return t * t * (np.float32(3.0) - np.float32(2.0) * t)


def waves(size: int, count: int, axis: int, shift: np.ndarray | float = 0.0) -> np.ndarray:
    """(size, size) in [-1, 1]: `count` sine waves along v (axis 0) or u (axis 1), shifted by `shift` waves."""
    place = np.arange(size, dtype=np.float32) * np.float32(count / size)
    place = place[:, None] if axis == 0 else place[None, :]
    return np.broadcast_to(np.sin(np.float32(2.0 * np.pi) * (place + np.asarray(shift, np.float32))), (size, size))


def ramp(size: int, count: int, axis: int) -> np.ndarray:
    """Coordinates in [0, count) along v (axis 0; (size, 1)) or u (axis 1; (1, size)), at the middles of the pixels, float32."""
    place = (np.arange(size, dtype=np.float32) + np.float32(0.5)) * np.float32(count / size)
    return place[:, None] if axis == 0 else place[None, :]


def softened(field: np.ndarray, parts: int) -> np.ndarray:
    """The field averaged over blocks of about a `parts`-th of its size and smoothly interpolated, periodic."""
    size = len(field)
    step = max(n for n in range(1, max(1, size // parts) + 1) if size % n == 0)
    small = field.reshape(size // step, step, size // step, step).mean(axis=(1, 3))
    shift = 0.5 / step - 0.5
    return _blend(_blend(small, size, 1, shift), size, 0, shift)


def scratches(rng: Rng, size: int, count: int, length: float) -> np.ndarray:
    """(size, size) float32 in [0, 1]: `count` thin straight lines of about `length` times the size, each of its own strength."""
    field = np.zeros((size, size), np.float32)
    steps = np.arange(max(2, int(1.6 * length * size)), dtype=np.float32)
    start = rng.random((count, 2), dtype=np.float32) * size
    angle = (rng.random(count) * np.pi).astype(np.float32)
    reach = (0.3 + 0.7 * rng.random(count, dtype=np.float32)) * len(steps)
    strength = 0.3 + 0.7 * rng.random(count, dtype=np.float32)
    bend = (rng.random(count, dtype=np.float32) - 0.5) * np.float32(0.5 / len(steps))
    turn = angle[:, None] + bend[:, None] * steps
    rows = (start[:, :1] + np.cumsum(np.sin(turn), axis=1)).astype(np.int64) % size
    columns = (start[:, 1:] + np.cumsum(np.cos(turn), axis=1)).astype(np.int64) % size
    fade = strength[:, None] * np.sqrt(np.maximum(0.0, 1.0 - steps / reach[:, None]))
    np.maximum.at(field, (rows, columns), fade.astype(np.float32))
    return field
