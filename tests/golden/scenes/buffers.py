"""Depth, normals, node numbers and UVs of one scene, in colours, two above and two below."""

import numpy as np

from dhsdk.render import Settings, View, buffers
from dhsdk.scene import Scene, make
from tests.golden.props import ball, eye, paint, put
from tests.golden.shot import Shot


def coloured(scene: Scene, view: View, settings: Settings) -> np.ndarray:
    width, height = settings.size
    seen = buffers(scene, view, (width // 2, height // 2))
    hit = seen["id"] >= 0
    depth = np.where(hit, 255 * (7.0 - np.where(hit, seen["depth"], 7.0)) / 4.5, 0).clip(0, 255)
    number = (seen["id"] + 1)[..., None] * np.array([67, 151, 41]) % 256
    uv = np.dstack([seen["uv"] * 255, 128 * hit]).clip(0, 255)
    normal = np.where(hit[..., None], (seen["normal"] * 0.5 + 0.5) * 255, 0)
    rows = [np.hstack([np.repeat(depth[..., None], 3, axis=2), normal]), np.hstack([number, uv])]
    return np.round(np.vstack(rows)).astype(np.uint8)


def shot() -> Shot:
    things = [
        put("ball", ball(0.6, paint(0.5, 0.5, 0.5)), -0.8, 0.6, 0.3),
        put("box", make.box((0.9, 0.9, 0.9), paint(0.5, 0.5, 0.5)), 0.7, 0.0, -0.2, turn=0.5),
        make.single(make.plane((5.0, 3.0), paint(0.5, 0.5, 0.5)), "ground"),
    ]
    return Shot(make.group("things", *things), eye((0.4, 1.8, 4.4), (0.0, 0.4, 0.0), fov=0.6), {"size": (240, 180)}, coloured)
