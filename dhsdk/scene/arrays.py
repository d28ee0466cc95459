"""Checks that scene parts run once, at construction."""

from __future__ import annotations

from typing import Any

import numpy as np

from dhsdk.errors import SceneError
from dhsdk.media import readonly


def checked(name: str, array: Any, shape: tuple[int | None, ...], dtype: Any) -> np.ndarray:
    """A read-only, C-contiguous, finite array of this shape (None: any length) and dtype. Raises SceneError naming it."""
    try:
        out = readonly(array, dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise SceneError(f"{name} must be an array of {np.dtype(dtype).name}: {error}") from error
    if out.ndim != len(shape) or any(want is not None and want != got for want, got in zip(shape, out.shape, strict=True)):
        wanted = ", ".join("N" if want is None else str(want) for want in shape)
        raise SceneError(f"{name} must have shape ({wanted}), got {out.shape}")
    if out.dtype.kind == "f" and not np.isfinite(out).all():
        raise SceneError(f"{name} must be finite, got NaN or infinity in {int((~np.isfinite(out)).sum())} places")
    return out


def put(target: Any, name: str, value: Any) -> None:
    """Sets a field of a frozen dataclass from its own __post_init__."""
    object.__setattr__(target, name, value)
