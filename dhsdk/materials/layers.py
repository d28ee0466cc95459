"""What a structure gives: the fields that bake turns into textures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator
Mark = tuple[np.ndarray, str]
"""(mask in [0, 1], sRGB #rrggbb): a second matter that shows where the mask is."""


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Periodic (size, size) float32 fields of one surface.

    height: millimetres. tone: 0 is lighter than the variety's colour, 0.5 that colour, 1 its second colour.
    rough: offset of the roughness. marks: painted over the tone, in order.
    """

    height: np.ndarray
    tone: np.ndarray
    rough: np.ndarray
    marks: tuple[Mark, ...] = ()
