"""Boards with a free outline: rails, slats, splats and panels whose edges follow curves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dhsdk.shapes.curves import rounded
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.solids import EDGE_TINT, FACE_TINT
from dhsdk.shapes.surface import Shell


def across(xs: np.ndarray, low: np.ndarray, high: np.ndarray, thick: float, bevel: float) -> Shell:
    """A board along x from low(x) to high(x), `thick` in z about z = 0, with cut edges. xs, low, high: (R,) metres, R > 2."""
    b = min(bevel, 0.3 * thick, 0.2 * float((high - low).min()), 0.3 * float(np.diff(xs).min()))
    xs = np.concatenate([[xs[0], xs[0] + b], xs[1:-1], [xs[-1] - b, xs[-1]]])
    lows, highs = (np.concatenate([[v[0], v[0]], v[1:-1], [v[-1], v[-1]]]) for v in (low, high))
    insets = np.array([b, 0.0] + [0.0] * (len(xs) - 4) + [0.0, b])
    rings = np.zeros((len(xs), 8, 3))
    for row, (x, lo, hi, inset) in enumerate(zip(xs, lows, highs, insets, strict=True)):
        flat = rounded(hi - lo - 2 * inset, thick - 2 * inset, 1.1 * b - 0.586 * inset, 1)
        rings[row] = np.stack([np.full(8, x), flat[:, 0] + (lo + hi) / 2, flat[:, 1]], axis=1)
    return loft(rings, Look("along", 42.0, (EDGE_TINT, *[FACE_TINT] * (len(xs) - 3), EDGE_TINT)))


def upward(ys: np.ndarray, middle: np.ndarray, wide: np.ndarray, thick: float, bevel: float) -> Shell:
    """A board along y about x = middle(y), wide(y) in x, with cut edges. ys, middle, wide: (R,) metres, R > 2."""
    board = across(ys, middle - wide / 2, middle + wide / 2, thick, bevel)
    return replace(board, points=board.points[:, [1, 0, 2]], faces=board.faces[:, ::-1], uvs=board.uvs[:, ::-1])
