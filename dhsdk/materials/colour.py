"""The sRGB curve, for numbers in [0, 1]. Source: IEC 61966-2-1."""

from __future__ import annotations

import numpy as np

from dhsdk.errors import ParamError


def decoded(srgb: np.ndarray) -> np.ndarray:
    """Linear light (float32) of sRGB values in [0, 1]."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def encoded(light: np.ndarray) -> np.ndarray:
    """sRGB values (float32) of linear light, clipped to [0, 1]."""
    light = np.clip(light, 0.0, 1.0).astype(np.float32)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-8) ** (1 / 2.4) - 0.055).astype(np.float32)


def srgb(color: str) -> np.ndarray:
    """(3,) float32 in [0, 1] of #rrggbb. Raises ParamError."""
    digits = color.lstrip("#")
    try:
        if len(digits) != 6:
            raise ValueError
        return np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)], np.float32) / np.float32(255.0)
    except ValueError:
        raise ParamError(f"a colour must be #rrggbb, got {color!r}") from None
