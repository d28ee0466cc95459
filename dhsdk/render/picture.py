"""render, clip and buffers: from a scene and a view to pixels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.media import Clip, Image
from dhsdk.render.camera import View, named, orbit
from dhsdk.render.drawer import Drawer
from dhsdk.render.geometry import gathered
from dhsdk.render.settings import Settings
from dhsdk.render.visibility import rasterize
from dhsdk.scene.pose import at
from dhsdk.scene.types import Scene


def render(scene: Scene, camera: View | str | None = None, settings: Settings = Settings()) -> Image:  # noqa: B008 (frozen)
    """A picture of the scene, sRGB uint8: (H, W, 3), or (H, W, 4) with background "transparent".

    camera: a View, a name (three-quarter, front, side, top) or the key of a camera node; None is three-quarter.
    Raises RenderError: nothing to draw, no such camera.
    """
    width, height = settings.size
    view = camera if isinstance(camera, View) else named(scene, camera or "three-quarter", aspect=width / height)
    return Drawer(scene, settings).picture(gathered(scene), view)


def clip(
    scene: Scene,
    cameras: Sequence[View] | str = "orbit",
    *,
    fps: float = 25.0,
    seconds: float = 4.0,
    settings: Settings = Settings(),  # noqa: B008 (frozen)
    animation: str | None = None,
) -> Clip:
    """A video of the scene, drawn frame by frame as it is pulled. cameras: one View per frame, "orbit", or a camera's name.

    animation: play this clip of the scene, for its own length (then `seconds` is not used).
    """
    width, height = settings.size
    length = max((one.seconds for one in scene.animations if one.name == animation), default=seconds)
    count = len(cameras) if not isinstance(cameras, str) else max(1, round(length * fps))
    if isinstance(cameras, str):
        still = cameras != "orbit"
        views = (named(scene, cameras, width / height),) * count if still else orbit(scene, count, aspect=width / height)
    else:
        views = tuple(cameras)
    if not views:
        raise RenderError("a clip must have at least one camera, got none")

    def frames() -> Iterator[np.ndarray]:
        opaque = settings.model_copy(update={"background": "studio"}) if settings.background == "transparent" else settings
        drawer = Drawer(scene, opaque)
        geometry = gathered(scene)
        for number, view in enumerate(views):
            posed = gathered(at(scene, animation, number / fps)) if animation is not None else geometry
            yield drawer.draw(posed, view)

    return Clip(frames, (width, height), fps, count)


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
