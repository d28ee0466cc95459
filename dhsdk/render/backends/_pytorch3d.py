"""pytorch3d.renderer.mesh.rasterize_meshes behind our contract. Triangles meet the near plane here, not there."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch

from dhsdk.render.viewport import checked, layer, partly, projection, turned

with warnings.catch_warnings():  # it warns about its own use of torch
    warnings.simplefilter("ignore")
    from pytorch3d.renderer.mesh.rasterize_meshes import rasterize_meshes  # type: ignore[import-not-found]
    from pytorch3d.structures import Meshes as Batch  # type: ignore[import-not-found]


NEAREST = 1e-3
"""With perspective nothing nearer than this is seen: metres. Its edge functions are float32, and what is near is large."""


class Meshes:
    """A Rasterizer."""

    name = "pytorch3d"

    def __init__(self, device: str = "auto") -> None:
        wanted = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        self.device = torch.device(wanted)

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
        """See Rasterizer.visible, but for pixel centres on edges and for equal depths."""
        pos, faces = checked(pos, faces, size)
        flat, near = projection(pos, near)
        near = near if flat else max(near, NEAREST)
        parts, owners = partly(pos, faces, flat, near)
        whole = np.nonzero((pos[:, 2 if flat else 3] >= near)[faces].all(1))[0]
        numbers = np.concatenate([whole, owners]).astype(np.int64)
        corners = np.concatenate([_screen(pos, flat)[faces[whole]], parts])
        good = np.isfinite(corners).all((1, 2))
        if cull:
            good &= ~turned(pos[faces[numbers]])
        if not good.any():
            return np.full((size[1], size[0]), -1, np.int32)
        numbers, corners = numbers[good], corners[good]
        x, y, k = np.moveaxis(corners, 2, 0)
        shift = 1.0 - float((-k).min()) if flat else 0.0  # it drops what lies behind 0
        half = min(size) / 2.0
        points = np.stack([(size[0] / 2 - x) / half, (size[1] / 2 - y) / half, -k + shift if flat else 1.0 / k], 2)
        found, depth = self._layers(points, size, flat, 1 if behind is None and limit is None else 4)
        low, high = layer(behind, size, -np.inf)[..., None], layer(limit, size, np.inf)[..., None]
        # Its depth and ours differ in the last digits: what lies that near to a limit lies on it.
        slack = 1e-5 * np.abs(depth - shift)
        seen = (found >= 0) & (depth - shift > low + slack) & (depth - shift < high - slack)
        first = np.argmax(seen, axis=2)[..., None]
        chosen = np.where(seen.any(2), np.take_along_axis(found, first, 2)[..., 0], -1)
        return np.where(chosen < 0, -1, numbers[chosen]).astype(np.int32)

    def _layers(self, points: np.ndarray, size: tuple[int, int], flat: bool, count: int) -> tuple[np.ndarray, np.ndarray]:
        """(H, W, layers) triangle numbers and depths, the nearest first: `count` layers, or all if count is above 1."""
        corners = torch.tensor(points.reshape(-1, 3), dtype=torch.float32, device=self.device)
        triangles = torch.arange(len(corners), device=self.device).reshape(-1, 3)
        batch: Any = Batch([corners], [triangles])
        while True:
            found, depth, _, _ = rasterize_meshes(
                batch, (size[1], size[0]), blur_radius=0.0, faces_per_pixel=count, bin_size=0, perspective_correct=not flat
            )
            if count == 1 or bool((found[..., -1] < 0).all()):
                return found[0].cpu().numpy(), depth[0].cpu().numpy()
            count *= 2


def _screen(pos: np.ndarray, flat: bool) -> np.ndarray:
    """(V, 3) float64: x, y and what is linear on the screen. Behind the eye the numbers mean nothing."""
    x, y, z, w = pos.astype(np.float64).T
    with np.errstate(all="ignore"):
        return np.stack([x, y, -z] if flat else [x / w, y / w, 1.0 / w], 1)
