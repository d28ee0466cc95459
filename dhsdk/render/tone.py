"""From linear light to the picture: tone mapping, halo, averaging of samples."""

from __future__ import annotations

import numpy as np


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
