"""buffers: depth, normals, ids and UVs of what is seen, as arrays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render.camera import View
from dhsdk.render.geometry import gathered
from dhsdk.render.visibility import rasterize
from dhsdk.render.workers import spread
from dhsdk.scene.types import Scene

BAND = 16


def buffers(scene: Scene, view: View, size: tuple[int, int]) -> Mapping[str, np.ndarray]:
    """What is seen through each pixel centre, float32 and int32; zeros where nothing is, but for depth and id.

    depth: (H, W) metres along the view, inf for nothing. normal: (H, W, 3) world space, unit, of the side that the mesh says is
    the front. id: (H, W) index of the node, -1 for nothing. uv: (H, W, 2), first set. size: (width, height).
    Raises RenderError: nothing to draw, too many pixels or none.
    """
    geometry = gathered(scene)
    pixels, far = view.projected(geometry.positions, *size)
    pos = np.stack([pixels[:, 0], pixels[:, 1], far, pixels[:, 2]], axis=1).astype(np.float32)
    seen = rasterize(pos, np.ascontiguousarray(geometry.faces, np.int32), size, near=view.camera.near)
    shape = seen.face_id.shape
    normal, uv, node = np.empty((*shape, 3), np.float32), np.empty((*shape, 2), np.float32), np.empty(shape, np.int32)
    held = geometry.faces, geometry.normals, geometry.uvs, geometry.node

    def work(band: int) -> None:
        _mix(band * BAND, min((band + 1) * BAND, shape[0]), seen.face_id, seen.bary, *held, normal, uv, node)

    spread(-(-shape[0] // BAND), work)
    return {"depth": seen.depth, "normal": normal, "id": node, "uv": uv}


@kernel()
def _mix(y0, y1, ids, bary, faces, normals, uvs, owner, normal, uv, node):  # type: ignore[no-untyped-def]
    """Rows y0..y1 of what is interpolated over the faces seen."""
    for y in range(y0, y1):
        for x in range(ids.shape[1]):
            f = ids[y, x]
            node[y, x] = -1 if f < 0 else owner[f]
            if f < 0:
                normal[y, x] = 0.0
                uv[y, x] = 0.0
                continue
            i, j, k = faces[f]
            a, b = bary[y, x]
            c = 1.0 - a - b
            for q in range(2):
                uv[y, x, q] = a * uvs[i, q] + b * uvs[j, q] + c * uvs[k, q]
            size = 0.0
            for q in range(3):
                normal[y, x, q] = a * normals[i, q] + b * normals[j, q] + c * normals[k, q]
                size += normal[y, x, q] ** 2
            if size > 0.0:
                for q in range(3):
                    normal[y, x, q] /= np.sqrt(size)
