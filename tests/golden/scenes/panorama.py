"""A panorama from among coloured things; the middle looks along +Z, with +X on its left."""

import numpy as np

from dhsdk.render import Settings, View, panorama
from dhsdk.scene import Scene, make
from tests.golden.props import ball, eye, paint, put
from tests.golden.shot import Shot


def around(scene: Scene, view: View, settings: Settings) -> np.ndarray:
    x, y, z = view.world[:3, 3]
    return panorama(scene, (x, y, z), settings).pixels


def shot() -> Shot:
    things = [
        put("front", make.box((1.0, 1.0, 1.0), paint(0.15, 0.25, 0.8)), 0.0, 0.0, 2.5, turn=0.4),
        put("back", make.box((1.0, 1.6, 1.0), paint(0.7, 0.6, 0.1)), 0.0, 0.0, -2.5),
        put("left", ball(0.7, paint(0.8, 0.1, 0.1)), 2.4, 0.7, 0.6),
        put("right", make.cylinder(0.4, 1.4, 24, paint(0.1, 0.6, 0.2)), -2.2, 0.0, -0.3),
        put("above", make.box((1.2, 0.1, 1.2), paint(0.6, 0.2, 0.6)), 0.3, 2.6, 0.5),
        make.single(make.plane((12.0, 12.0), paint(0.5, 0.48, 0.45)), "ground"),
    ]
    return Shot(make.group("things", *things), eye((0.0, 1.0, 0.0), (0.0, 1.0, 1.0)), {"size": (240, 120)}, around)
