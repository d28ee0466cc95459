"""panorama: everything that is seen from a point, as one equirectangular picture."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.jit import kernel
from dhsdk.media import Image
from dhsdk.render import studio, tone
from dhsdk.render.camera import cube
from dhsdk.render.drawer import Drawer
from dhsdk.render.geometry import gathered
from dhsdk.render.settings import Settings
from dhsdk.render.workers import spread
from dhsdk.scene.types import Scene

BAND = 16
STEPS = 2
"""Each pixel is the mean of STEPS x STEPS directions."""
LIGHT = np.where(np.arange(256) <= 10, np.arange(256) / 255 / 12.92, ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4)
"""Linear light of the sRGB bytes."""


def panorama(
    scene: Scene,
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    settings: Settings = Settings(size=(2048, 1024)),  # noqa: B008 (frozen)
    *,
    yaw: float = 0.0,
    near: float = 0.01,
) -> Image:
    """All that is seen from `at`, sRGB uint8: (H, 2 H, 3), or (H, 2 H, 4) with background "transparent"; the top row looks up.

    The middle column looks along +Z turned by `yaw` radians about +Y, as in Environment, and +X is left of it. The studio's light
    stands as for a camera in front. The studio's backdrop goes from its middle at the horizon to its edge at both poles; with
    background "environment" the scene's own picture is behind everything. Halos (glow) and layers belong to flat pictures and are
    left out. at, near: metres.

    Raises RenderError: a size that is not twice as wide as high, a point that is not finite, nothing to draw.
    """
    width, height = settings.size
    if width != 2 * height:
        raise RenderError(f"a panorama must be twice as wide as high, got {width} x {height}")
    if not np.isfinite([*at, yaw]).all():
        raise RenderError(f"a panorama must have a finite place and yaw, got {at} and {yaw}")
    # 1.6 times as fine as the panorama in the middle of a face; a pixel more on each side, so that no lookup leaves its face.
    edge = max(height, 8)
    own = scene.environment is not None and scene.environment.image is not None and settings.lighting != "studio"
    free = "environment" if settings.background == "environment" and own else "transparent"
    flat = settings.model_copy(update={"size": (edge + 2, edge + 2), "background": free, "glow": 0.0, "layers": False})
    drawer, geometry = Drawer(scene, flat, front=0.0), gathered(scene)
    faces = np.full((6, edge + 2, edge + 2, 4), 255, np.uint8)
    for face, view in zip(faces, cube(at, near=near, overlap=2.0 / edge), strict=True):
        drawn = drawer.draw(geometry, view)
        face[..., : drawn.shape[2]] = drawn
    behind = tone.neutral(studio.backdrop(settings.background)[None] * settings.exposure)[0]
    out = np.empty((height, width, 4 if settings.background == "transparent" else 3), np.uint8)

    def work(band: int) -> None:
        _unroll(band * BAND, min((band + 1) * BAND, height), faces, LIGHT, behind, yaw, tone.CODES, out)

    spread(-(-height // BAND), work, settings.threads)
    return Image(out)


@kernel()
def _unroll(y0, y1, faces, light, behind, yaw, codes, out):  # type: ignore[no-untyped-def]
    """Fills rows y0..y1 of out (H, W, 3 or 4) from six faces (6, S, S, 4), which have a border of one pixel."""
    height, width, channels = out.shape
    total = np.empty(4)
    for y in range(y0, y1):
        for x in range(width):
            total[:] = 0.0
            for step in range(STEPS * STEPS):
                down = (y + (step // STEPS + 0.5) / STEPS) / height * math.pi
                around = (0.5 - (x + (step % STEPS + 0.5) / STEPS) / width) * math.tau + yaw
                ring = math.sin(down)
                _looked(faces, light, ring * math.sin(around), math.cos(down), ring * math.cos(around), total)
            alpha = total[3] / (STEPS * STEPS)
            share = 1.0 / (STEPS * STEPS)
            if channels == 4:
                out[y, x, 3] = int(alpha * 255 + 0.5)
                share = 1.0 / max(total[3], 1e-6)
            level = abs(2.0 * (y + 0.5) / height - 1.0) * (len(behind) - 1)
            for q in range(3):
                back = behind[int(level), q] * (1.0 - alpha) if channels == 3 else 0.0
                out[y, x, q] = codes[int(math.sqrt(min(max(total[q] * share + back, 0.0), 1.0)) * 4095 + 0.5)]


@kernel()
def _looked(faces, light, x, y, z, total):  # type: ignore[no-untyped-def]
    """Adds what is seen in a direction to total (4,): light times cover, and cover."""
    ax, ay, az = abs(x), abs(y), abs(z)
    if ax >= ay and ax >= az:
        face, far, u, v = (0, ax, z, -y) if x > 0 else (1, ax, -z, -y)
    elif ay >= az:
        face, far, u, v = (2, ay, -x, z) if y > 0 else (3, ay, -x, -z)
    else:
        face, far, u, v = (4, az, -x, -y) if z > 0 else (5, az, x, -y)
    size = faces.shape[1]
    px = (u / far * (size - 2) + size - 1) / 2
    py = (v / far * (size - 2) + size - 1) / 2
    i, j = min(int(px), size - 2), min(int(py), size - 2)
    fx, fy = px - i, py - j
    for b in range(2):
        for a in range(2):
            weight = (fx if a else 1.0 - fx) * (fy if b else 1.0 - fy) * faces[face, j + b, i + a, 3] / 255.0
            for q in range(3):
                total[q] += weight * light[faces[face, j + b, i + a, q]]
            total[3] += weight
