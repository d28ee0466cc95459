"""Perspective: equal things at three distances, seen through a wide lens."""

from dhsdk.scene import make
from tests.golden.props import eye, paint, put, stand
from tests.golden.shot import Shot


def shot() -> Shot:
    things = [
        stand("near", 0.4, paint(0.75, 0.12, 0.08), -0.75, 1.2),
        put("middle", make.box((0.8, 0.8, 0.8), paint(0.1, 0.45, 0.15)), 0.1, 0.0, -0.4, turn=0.6),
        stand("far", 0.4, paint(0.1, 0.2, 0.7), 1.5, -3.0),
    ]
    return Shot(make.group("things", *things), eye((0.4, 1.3, 3.6), (0.1, 0.2, -0.5), fov=0.85))
