"""Colours of vertices and triangles as files hold them."""

from __future__ import annotations

import numpy as np


def light(codes: np.ndarray) -> np.ndarray:
    """(V, 4) linear colours of sRGB codes (V, 3 or 4): whole numbers of their type, or in [0, 1], or bytes as real numbers."""
    whole = codes.dtype.kind == "u"
    top = float(np.iinfo(codes.dtype).max) if whole else 1.0 if codes.max(initial=0.0) <= 1.0 else 255.0
    value = np.ones((len(codes), 4))
    value[:, : codes.shape[1]] = np.clip(codes / top, 0.0, 1.0)
    value[:, :3] = np.where(value[:, :3] <= 0.04045, value[:, :3] / 12.92, ((value[:, :3] + 0.055) / 1.055) ** 2.4)
    return value
