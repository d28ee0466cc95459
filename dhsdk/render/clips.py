"""clip: a video of a scene, drawn while it is pulled."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.media import Clip
from dhsdk.render.camera import View, named, orbit
from dhsdk.render.drawer import Drawer
from dhsdk.render.geometry import Poses
from dhsdk.render.settings import Settings
from dhsdk.render.workers import MOST, at_work
from dhsdk.scene.types import Scene

BYTES = 64
"""What drawing holds per sample of a frame: faces seen and light."""
HELD = 1 << 30
"""Bytes that the frames of a clip which are being drawn may hold together."""


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
    if not (0 < fps < float("inf") and 0 <= seconds < float("inf")):
        raise RenderError(f"a clip must have a finite rate and length, got {fps} frames per second and {seconds} s")
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
        poses = Poses(scene)
        geometry = poses.now()

        def draw(number: int, own: Drawer) -> np.ndarray:
            posed = poses.at(animation, number / fps) if animation is not None else geometry
            return own.draw(posed, views[number])

        drawer.prepare(geometry if animation is None else poses.at(animation, 0.0))
        yield from _ahead(draw, count, drawer)

    return Clip(frames, (width, height), fps, count)


def _ahead(draw: Callable[[int, Drawer], np.ndarray], count: int, drawer: Drawer) -> Iterator[np.ndarray]:
    """draw(number) of each number in turn, several at once, begun before they are asked for.

    A frame per thread keeps cores busier than a frame spread over threads: nobody waits for the slowest band. Threads without a
    frame help with the last ones. As many frames again may wait to be taken: one that is late does not stop the others. Pictures
    do not depend on the number of threads.
    """
    lanes = _lanes(drawer.settings, count)
    free: SimpleQueue[Drawer] = SimpleQueue()
    for _ in range(lanes):
        free.put(drawer.twin())

    def work(number: int) -> np.ndarray:
        own = free.get()
        try:
            with at_work():
                return draw(number, own)
        finally:
            free.put(own)

    waiting: deque[Future[np.ndarray]] = deque()
    pool = ThreadPoolExecutor(lanes, thread_name_prefix="dhsdk-clip")
    try:
        for number in range(count):
            waiting.append(pool.submit(work, number))
            if len(waiting) == 2 * lanes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _lanes(settings: Settings, count: int) -> int:
    """Frames that are drawn at once: as many as there are threads and HELD bytes for them."""
    one = BYTES * settings.size[0] * settings.size[1] * settings.samples**2
    return max(1, min(settings.threads or MOST, HELD // one, count))
