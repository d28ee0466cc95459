"""clip: a video of a scene, drawn while it is pulled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.media import Clip
from dhsdk.render.camera import View, named, orbit
from dhsdk.render.drawer import Drawer
from dhsdk.render.geometry import gathered
from dhsdk.render.settings import Settings
from dhsdk.scene.pose import at
from dhsdk.scene.types import Scene


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
        aspect = width / height
        still = cameras != "orbit"
        views = (
            (named(scene, cameras, aspect, animation),) * count
            if still
            else orbit(scene, count, aspect=aspect, animation=animation)
        )
    else:
        views = tuple(cameras)
    if not views:
        raise RenderError("a clip must have at least one camera, got none")

    def frames() -> Iterator[np.ndarray]:
        opaque = settings.model_copy(update={"background": "studio"}) if settings.background == "transparent" else settings
        drawer = Drawer(scene, opaque)
        geometry = gathered(scene)

        def draw(number: int) -> np.ndarray:
            posed = gathered(at(scene, animation, number / fps)) if animation is not None else geometry
            return drawer.draw(posed, views[number])

        # One frame ahead: while the reader encodes a frame, the next one is drawn. Never more than two are held.
        with ThreadPoolExecutor(1, thread_name_prefix="dhsdk-clip") as pool:
            coming = pool.submit(draw, 0)
            for number in range(1, count + 1):
                ready = coming.result()
                if number < count:
                    coming = pool.submit(draw, number)
                yield ready

    return Clip(frames, (width, height), fps, count)
