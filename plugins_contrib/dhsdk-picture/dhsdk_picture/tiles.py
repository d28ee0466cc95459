"""A large picture enlarged piece by piece: pieces overlap and fade into one another; memory holds one row of pieces."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def starts(length: int, tile: int, overlap: int) -> list[int]:
    """Where pieces of `tile` begin along an edge of this length: they overlap by at least `overlap`, spread evenly."""
    if length <= tile:
        return [0]
    count = -(-(length - overlap) // (tile - overlap))
    return [round(i * (length - tile) / (count - 1)) for i in range(count)]


def _fade(length: int, overlap: int, first: bool, last: bool) -> np.ndarray:
    """(length,) weights: they rise over `overlap` from the beginning and fall to the end, but not at the picture's edges."""
    ramp = (np.arange(length) + 0.5) / max(overlap, 1)
    up = np.ones(length) if first else np.minimum(ramp, 1.0)
    down = np.ones(length) if last else np.minimum(ramp[::-1], 1.0)
    return np.minimum(up, down)


def enlarged(
    picture: np.ndarray, scale: int, tile: int, overlap: int, piece: Callable[[np.ndarray, int, int], np.ndarray]
) -> np.ndarray:
    """(scale H, scale W, 3) uint8 of a picture (H, W, 3). piece: (h, w, 3), its number and how many there are -> (scale h,
    scale w, 3) of the same range, float; h, w are `tile`, or the picture's own edge where that is smaller."""
    height, width = picture.shape[:2]
    rows, columns = starts(height, tile, overlap), starts(width, tile, overlap)
    tall, wide = min(tile, height), min(tile, width)
    out = np.empty((height * scale, width * scale, 3), np.uint8)
    band, weight = (np.zeros((tall * scale, width * scale, depth)) for depth in (3, 1))
    for i, y in enumerate(rows):
        for j, x in enumerate(columns):
            made = piece(picture[y : y + tall, x : x + wide], i * len(columns) + j, len(rows) * len(columns))
            fade = np.outer(
                _fade(tall * scale, overlap * scale, i == 0, i == len(rows) - 1),
                _fade(wide * scale, overlap * scale, j == 0, j == len(columns) - 1),
            )[..., None]
            part = np.s_[:, x * scale : (x + wide) * scale]
            band[part] += made * fade
            weight[part] += fade
        done = ((rows[i + 1] - y) if i + 1 < len(rows) else tall) * scale
        out[y * scale : y * scale + done] = np.clip(np.round(band[:done] / weight[:done]), 0, 255)
        for one in (band, weight):  # what the next row of pieces still adds to moves up
            one[: tall * scale - done] = one[done:].copy()
            one[tall * scale - done :] = 0.0
    return out
