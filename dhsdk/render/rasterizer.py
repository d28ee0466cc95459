"""What a rasterizer must do: the whole contract between the rendering core and its backends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Fragments:
    """What is seen through each pixel.

    face_id: (H, W) int32, -1 for nothing. bary: (H, W, 2) float32, perspective-correct weights of the face's first two corners.
    depth: (H, W) float32, metres along the view; inf for nothing.
    """

    face_id: np.ndarray
    bary: np.ndarray
    depth: np.ndarray


class Rasterizer(Protocol):
    """A backend. Every one is held to the same tests: top-left rule, near-plane clipping, no holes between neighbours."""

    name: str

    def visible(
        self,
        pos: np.ndarray,
        faces: np.ndarray,
        size: tuple[int, int],
        *,
        near: float = 0.0,
        cull: bool = False,
        behind: np.ndarray | None = None,
        limit: np.ndarray | None = None,
        threads: int = 0,
    ) -> np.ndarray:
        """(H, W) int32: the nearest face at each pixel centre, -1 for none; of equal depths the lower number.

        pos: (V, 4) float32: x w and y w (pixels; x right, y down), z (metres along the view) and w (z, or 1 without
        perspective). faces: (F, 3) int32. size: (width, height). near: what is nearer than this is not seen. cull: skip faces
        whose back is seen (right for closed meshes only). behind, limit: (H, W) float32, only what lies strictly between these
        depths is seen. threads: 0: as many as the job deserves.
        """
        ...
