"""RGB to I420, the planes that video encoders take: one pass, in integers, so that the bytes are the same everywhere."""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel

LUMA = 0.2126, 0.7152, 0.0722
"""What red, green and blue give to luma. Source: ITU-R BT.709-6, item 3.2."""
ONE = 1 << 16
Y = tuple(round(219 / 255 * weight * ONE) for weight in LUMA)
U = tuple(round(224 / 255 * part * ONE) for part in (-LUMA[0] / 1.8556, -LUMA[1] / 1.8556, 0.5))
V = tuple(round(224 / 255 * part * ONE) for part in (0.5, -LUMA[1] / 1.5748, -LUMA[2] / 1.5748))
WEIGHTS = np.array([Y, U, V], np.int32)


def i420(pixels: np.ndarray) -> np.ndarray:
    """(H' * 3 / 2, W') uint8: the rows of Y, then those of U and of V; BT.709, limited range.

    pixels: (H, W, 3 or 4) uint8, sRGB; alpha is left out. W' and H' are W and H, plus one where they are odd: the last column or
    row is repeated. Chroma is sited left, as H.264 takes it when nothing else is said: on even columns, between two rows.
    """
    height, width = (side + side % 2 for side in pixels.shape[:2])
    out = np.empty((height * 3 // 2, width), np.uint8)
    chroma = out[height:].reshape(2, height // 2, width // 2)
    _converted(np.ascontiguousarray(pixels), WEIGHTS, out[:height], chroma[0], chroma[1])
    return out


@kernel()
def _converted(rgb: np.ndarray, weights: np.ndarray, luma: np.ndarray, blue: np.ndarray, red: np.ndarray) -> None:
    height, width = rgb.shape[0], rgb.shape[1]
    yr, yg, yb = weights[0, 0], weights[0, 1], weights[0, 2]
    for y in range(luma.shape[0]):
        row = rgb[min(y, height - 1)]
        for x in range(width):
            total = yr * np.int32(row[x, 0]) + yg * np.int32(row[x, 1]) + yb * np.int32(row[x, 2])
            luma[y, x] = (total + np.int32(1081344)) >> 16  # 16.5 steps
        if luma.shape[1] > width:
            luma[y, width] = luma[y, width - 1]
    ur, ug, ub = weights[1, 0], weights[1, 1], weights[1, 2]
    vr, vg, vb = weights[2, 0], weights[2, 1], weights[2, 2]
    for y in range(blue.shape[0]):
        one, two = rgb[2 * y], rgb[min(2 * y + 1, height - 1)]
        for x in range(blue.shape[1]):
            a, b, c = max(2 * x - 1, 0), 2 * x, min(2 * x + 1, width - 1)
            r = np.int32(one[a, 0]) + two[a, 0] + one[c, 0] + two[c, 0] + 2 * (np.int32(one[b, 0]) + two[b, 0])
            g = np.int32(one[a, 1]) + two[a, 1] + one[c, 1] + two[c, 1] + 2 * (np.int32(one[b, 1]) + two[b, 1])
            s = np.int32(one[a, 2]) + two[a, 2] + one[c, 2] + two[c, 2] + 2 * (np.int32(one[b, 2]) + two[b, 2])
            blue[y, x] = (ur * r + ug * g + ub * s + 67371008) >> 19  # 128.5 steps of eight
            red[y, x] = (vr * r + vg * g + vb * s + 67371008) >> 19
