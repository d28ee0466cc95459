"""render: a picture of a scene."""

from __future__ import annotations

from dhsdk.media import Image
from dhsdk.render.camera import View, named
from dhsdk.render.drawer import Drawer
from dhsdk.render.geometry import gathered
from dhsdk.render.settings import Settings
from dhsdk.scene.types import Scene


def render(scene: Scene, camera: View | str | None = None, settings: Settings = Settings()) -> Image:  # noqa: B008 (frozen)
    """A picture of the scene, sRGB uint8: (H, W, 3), or (H, W, 4) with background "transparent".

    camera: a View, a name (three-quarter, front, side, top) or the key of a camera node; None is three-quarter.
    Raises RenderError: nothing to draw, no such camera.
    """
    width, height = settings.size
    view = camera if isinstance(camera, View) else named(scene, camera or "three-quarter", aspect=width / height)
    return Drawer(scene, settings).picture(gathered(scene), view)
