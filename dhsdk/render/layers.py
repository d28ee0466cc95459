"""buffers: depth, normals, ids and UVs of what is seen, as arrays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dhsdk.render.camera import View
from dhsdk.render.geometry import gathered
from dhsdk.render.visibility import rasterize
from dhsdk.scene.types import Scene


def buffers(scene: Scene, view: View, size: tuple[int, int]) -> Mapping[str, np.ndarray]:
    """depth (H, W) metres along the view, inf for nothing; normal (H, W, 3) world; id (H, W) node index, -1; uv (H, W, 2)."""
    geometry = gathered(scene)
    pixels, far = view.projected(geometry.positions, *size)
    pos = np.stack([pixels[:, 0], pixels[:, 1], far, pixels[:, 2]], axis=1).astype(np.float32)
    fragments = rasterize(pos, np.ascontiguousarray(geometry.faces, np.int32), size, near=view.camera.near)
    ids, bary, depth = fragments.face_id, fragments.bary, fragments.depth
    seen = ids >= 0
    corners = geometry.faces[np.where(seen, ids, 0)]
    weights = np.stack([bary[..., 0], bary[..., 1], 1.0 - bary[..., 0] - bary[..., 1]], axis=-1)[..., None]
    normal = (geometry.normals[corners] * weights).sum(axis=2)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12)
    uv = (geometry.uvs[corners] * weights).sum(axis=2)
    node = np.where(seen, geometry.node[np.where(seen, ids, 0)], -1)
    return {"depth": depth, "normal": normal * seen[..., None], "id": node, "uv": uv * seen[..., None]}
