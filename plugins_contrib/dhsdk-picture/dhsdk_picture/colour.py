"""Colours of one picture on the lightness of another. Source: CIE 15 (L*a*b*, D65), IEC 61966-2-1 (sRGB)."""

from __future__ import annotations

import numpy as np

XYZ = np.array([[0.4123908, 0.3575843, 0.1804808], [0.2126390, 0.7151687, 0.0721923], [0.0193308, 0.1191948, 0.9505322]])
WHITE = XYZ.sum(axis=1)
E = 6 / 29


def linear(srgb: np.ndarray) -> np.ndarray:
    """Linear light of sRGB values in [0, 1]."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def encoded(light: np.ndarray) -> np.ndarray:
    """sRGB values of linear light in [0, 1]."""
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-12) ** (1 / 2.4) - 0.055)


def lab(srgb: np.ndarray) -> np.ndarray:
    """(..., 3) L* in [0, 100], a*, b* of sRGB values in [0, 1]."""
    t = linear(srgb) @ XYZ.T / WHITE
    f = np.where(t > E**3, np.cbrt(t), t / (3 * E**2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def coloured(light: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """(H, W, 3) sRGB in [0, 1]: the lightness of `light`, the hue and, as far as a screen shows it, the chroma of `colour`.

    Both (H, W, 3) sRGB in [0, 1]. A colour that a screen lacks at that lightness is made paler; the lightness never moves.
    """
    own, other = lab(light), lab(colour)
    y = (own[..., 0] + 16) / 116
    f = np.stack([y + other[..., 1] / 500, y, y - other[..., 2] / 200], axis=-1)
    xyz = np.where(f > E, f**3, 3 * E**2 * (f - 4 / 29)) * WHITE
    rgb, grey = xyz @ np.linalg.inv(XYZ).T, np.clip(xyz[..., 1:2], 0.0, 1.0)
    away = rgb - grey
    room = np.where(away > 0, 1.0 - grey, grey) / np.maximum(np.abs(away), 1e-12)
    return encoded(np.clip(grey + away * np.minimum(room.min(axis=-1, keepdims=True), 1.0), 0.0, 1.0))
