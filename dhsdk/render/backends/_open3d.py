"""Rays through the pixels of homogeneous positions: no camera is needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import open3d

from dhsdk.render.viewport import checked, layer, projection, turned

Tensor: Any = open3d.core.Tensor
NONE = 0xFFFFFFFF
"""Open3D's number for a ray that meets nothing."""


class Rays:
    """A Rasterizer. It builds a tree for every picture; `tree` and `rays` serve those who keep one."""

    name = "open3d"

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
        """See Rasterizer.visible, but for edges and equal depths."""
        pos, faces = checked(pos, faces, size)
        flat, near = projection(pos, near)
        numbers = np.nonzero(np.isfinite(pos).all(1)[faces].all(1) & (~turned(pos[faces]) | (not cull)))[0].astype(np.int32)
        if not len(numbers):
            return np.full((size[1], size[0]), -1, np.int32)
        scene = tree(pos, faces[numbers], size, flat)
        lines = rays(size, flat, near if np.isfinite(near) else float(pos[:, 2].min()) - 1.0)
        if behind is None and limit is None:
            found = scene.cast_rays(Tensor(lines), nthreads=threads)["primitive_ids"].numpy()
            ids = np.where(found == NONE, -1, numbers[np.where(found == NONE, 0, found)])
            return np.ascontiguousarray(ids, np.int32)
        hits = scene.list_intersections(Tensor(lines), nthreads=threads)
        ray, face = hits["ray_ids"].numpy().astype(np.int64), numbers[hits["primitive_ids"].numpy()]
        depth = hits["t_hit"].numpy() + lines[0, 0, 2]
        low, high = (layer(one, size, default).reshape(-1)[ray] for one, default in ((behind, -np.inf), (limit, np.inf)))
        # A ray's depth and the depth of a picture differ in the last digits: what lies that near to a limit lies on it.
        slack = 1e-5 * np.abs(depth)
        good = (depth > low + slack) & (depth < high - slack)
        ray, face, depth = ray[good], face[good], depth[good]
        order = np.lexsort((face, depth, ray))
        first, at = np.unique(ray[order], return_index=True)
        ids = np.full(size[0] * size[1], -1, np.int32)
        ids[first] = face[order][at]
        return ids.reshape(size[1], size[0])


def tree(pos: np.ndarray, faces: np.ndarray, size: tuple[int, int], flat: bool) -> Any:
    """An open3d RaycastingScene of homogeneous positions, in a space where the picture spans -1 to 1 at depth 1."""
    half, w = max(size) / 2.0, pos[:, 3].astype(np.float64)
    x, y = ((pos[:, axis] - size[axis] / 2.0 * w) / half for axis in range(2))
    points = np.stack([x, y, pos[:, 2] if flat else w], 1).astype(np.float32)
    scene = open3d.t.geometry.RaycastingScene()
    scene.add_triangles(Tensor(points), Tensor(faces.astype(np.uint32)))
    return scene


def rays(size: tuple[int, int], flat: bool, near: float) -> np.ndarray:
    """(H, W, 6) float32: origin, at the depth `near`, and direction of the rays through the pixel centres. t is depth - near."""
    half = max(size) / 2.0
    x, y = np.meshgrid(*((np.arange(count) + 0.5 - count / 2.0) / half for count in size))
    one, none = np.ones_like(x), np.zeros_like(x)
    lines = [x, y, near * one, none, none, one] if flat else [x * near, y * near, near * one, x, y, one]
    return np.stack(lines, -1).astype(np.float32)
