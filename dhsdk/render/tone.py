"""From linear light to the picture: transparent layers, halo, tone mapping, averaging."""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel


def neutral(light: np.ndarray) -> np.ndarray:
    """Linear light (H, W, 3) -> [0, 1], hues kept, highlights compressed. Source: Khronos PBR Neutral tone mapper."""
    start, desaturation = 0.8 - 0.04, 0.15
    low = light.min(axis=2, keepdims=True)
    offset = np.where(low < 0.08, low - 6.25 * low * low, 0.04)
    color = light - offset
    peak = color.max(axis=2, keepdims=True)
    span = 1.0 - start
    pressed = 1.0 - span * span / (peak + span - start)
    squeezed = color * (pressed / np.maximum(peak, 1e-9))
    fade = 1.0 - 1.0 / (desaturation * (peak - pressed) + 1.0)
    out: np.ndarray = np.where(peak < start, color, squeezed + (pressed - squeezed) * fade)
    return out


def shown_as(color: np.ndarray) -> np.ndarray:
    """The linear light that neutral() turns into this linear colour (3,), bright colours slightly less saturated."""
    low = float(color.min())
    peak = min(float(color.max()), 0.998)
    start, span = 0.76, 0.24
    bright = span * span / (1.0 - peak) - span + start if peak > start else peak
    lifted = low + 0.04 if low >= 0.04 else (low / 6.25) ** 0.5
    out: np.ndarray = color * (bright / max(peak, 1e-9)) + (lifted - low)
    return out


def encoded(light: np.ndarray) -> np.ndarray:
    """(H, W, 3) linear in [0, 1] -> uint8 sRGB."""
    value = np.clip(light, 0.0, 1.0)
    srgb = np.where(value <= 0.0031308, value * 12.92, 1.055 * np.maximum(value, 1e-8) ** (1 / 2.4) - 0.055)
    return (srgb * 255.0 + 0.5).astype(np.uint8)


def averaged(field: np.ndarray, samples: int) -> np.ndarray:
    """(H s, W s, ...) -> (H, W, ...): the mean of each block of samples."""
    if samples == 1:
        return field
    height, width = field.shape[0] // samples, field.shape[1] // samples
    out: np.ndarray = field.reshape(height, samples, width, samples, *field.shape[2:]).mean(axis=(1, 3))
    return out


def blurred(field: np.ndarray, radius: int) -> np.ndarray:
    """The field after three box blurs of this radius along both axes, edges held: near a Gaussian."""
    if radius < 1:
        return field
    for axis in (0, 1):
        for _ in range(3):
            pad = [(0, 0)] * field.ndim
            pad[axis] = (radius + 1, radius)
            total = np.cumsum(np.pad(field, pad, mode="edge"), axis=axis, dtype=np.float64)
            span, count = 2 * radius + 1, field.shape[axis]
            field = (np.take(total, range(span, span + count), axis) - np.take(total, range(count), axis)) / span
    return field


CODES = np.round(
    np.where(
        (np.arange(4096) / 4095.0) ** 2 <= 0.0031308,
        (np.arange(4096) / 4095.0) ** 2 * 12.92,
        1.055 * np.maximum((np.arange(4096) / 4095.0) ** 2, 1e-8) ** (1 / 2.4) - 0.055,
    )
    * 255.0
).astype(np.uint8)
"""sRGB bytes by the square root of linear light, in steps fine enough for every byte."""


@kernel(error_model="numpy")
def gathered(y0, y1, field, out, some):  # type: ignore[no-untyped-def]
    """Rows y0..y1 of averaged(field) in out, and in some (2, N) which rows and which columns are not all zero."""
    samples = len(field) // len(out)
    share = np.float32(1.0 / (samples * samples))
    for y in range(y0, y1):
        for x in range(out.shape[1]):
            for q in range(3):
                total = np.float32(0.0)
                for j in range(y * samples, (y + 1) * samples):
                    for i in range(x * samples, (x + 1) * samples):
                        total += field[j, i, q]
                out[y, x, q] = total * share
                if total > 0.0:
                    some[0, y] = some[1, x] = True


@kernel(error_model="numpy")
def _pressed(r, g, b):  # type: ignore[no-untyped-def]
    """neutral() of one colour."""
    low = min(r, min(g, b))
    offset = low - 6.25 * low * low if low < 0.08 else 0.04
    r, g, b = r - offset, g - offset, b - offset
    peak = max(r, max(g, b))
    if peak < 0.76:
        return r, g, b
    new = 1.0 - 0.0576 / (peak + 0.24 - 0.76)
    scale = new / peak
    fade = 1.0 - 1.0 / (0.15 * (peak - new) + 1.0)
    return r * scale + (new - r * scale) * fade, g * scale + (new - g * scale) * fade, b * scale + (new - b * scale) * fade


@kernel()
def glaze(y0, y1, over, past, color, cover):  # type: ignore[no-untyped-def]
    """color (H, W, 3) becomes a transparent layer over what it was."""
    for y in range(y0, y1):
        for x in range(past.shape[1]):
            for q in range(3):
                color[y, x, q] = over[y, x, q] + past[y, x, q] * color[y, x, q]
            if len(cover):
                cover[y, x] = 1.0 - (1.0 - cover[y, x]) * (past[y, x, 0] + past[y, x, 1] + past[y, x, 2]) / 3.0


@kernel(error_model="numpy")
def _step(light):  # type: ignore[no-untyped-def]
    """The row of CODES; the first for what is no number."""
    return int(np.sqrt(min(light, 1.0)) * 4095 + 0.5) if light > 0.0 else 0


@kernel(error_model="numpy")
def develop(y0, y1, color, cover, exposure, codes, out):  # type: ignore[no-untyped-def]
    """Rows y0..y1 of out (h, w, 3 or 4) uint8: color (h s, w s, 3) tone mapped, averaged, as sRGB; alpha from cover."""
    samples = color.shape[1] // out.shape[1]
    share = 1.0 / (samples * samples)
    lr = lg = lb = np.float32(0.0)  # the colour that was pressed last: where nothing is, all samples of a pixel have one
    cr, cg, cb = _pressed(0.0, 0.0, 0.0)
    for y in range(y0, y1):
        for x in range(out.shape[1]):
            r = g = b = alpha = 0.0
            for j in range(y * samples, (y + 1) * samples):
                for i in range(x * samples, (x + 1) * samples):
                    if color[j, i, 0] != lr or color[j, i, 1] != lg or color[j, i, 2] != lb:
                        lr, lg, lb = color[j, i, 0], color[j, i, 1], color[j, i, 2]
                        cr, cg, cb = _pressed(lr * exposure, lg * exposure, lb * exposure)
                    r, g, b = r + cr, g + cg, b + cb
                    if len(cover):
                        alpha += cover[j, i]
            scale = share
            if len(cover):
                scale = 1.0 / max(alpha, 1e-6)
                out[y, x, 3] = int(min(max(alpha * share, 0.0), 1.0) * 255 + 0.5)
            out[y, x, 0] = codes[_step(r * scale)]
            out[y, x, 1] = codes[_step(g * scale)]
            out[y, x, 2] = codes[_step(b * scale)]
