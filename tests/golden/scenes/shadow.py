"""The studio's shadows: soft on the ground, of one thing on another."""

from dhsdk.scene import make
from tests.golden.props import eye, paint, put, stand
from tests.golden.shot import Shot


def shot() -> Shot:
    grey = paint(0.6, 0.6, 0.6)
    things = [
        put("slab", make.box((1.6, 0.15, 1.2), grey), 0.4, 0.0, 0.0, turn=0.3),
        put("pole", make.cylinder(0.09, 1.6, 24, grey), -0.35, 0.1, 0.3),
        put("bar", make.box((1.2, 0.12, 0.12), paint(0.7, 0.3, 0.1)), 0.0, 1.55, 0.3),
        stand("ball", 0.28, paint(0.2, 0.35, 0.6), -1.1, 0.5),
    ]
    return Shot(make.group("things", *things), eye((1.2, 2.2, 4.4), (0.0, 0.7, 0.0), fov=0.56))
