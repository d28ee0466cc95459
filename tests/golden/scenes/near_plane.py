"""The near plane cuts a plank that runs past the camera and a ball that is around it."""

from dhsdk.scene import make
from tests.golden.props import ball, checker, eye, paint, put, textured
from tests.golden.shot import Shot


def shot() -> Shot:
    plank = make.box((0.5, 0.1, 14.0), textured(checker(6), scale=(1.0, 1.0)))
    things = [
        put("plank", plank, 0.35, -0.45, 0.0),
        put("cut", ball(0.5, paint(0.7, 0.4, 0.1, double_sided=True)), -0.42, -0.1, 2.2),
        put("post", make.box((0.3, 2.0, 0.3), paint(0.2, 0.3, 0.6)), 0.2, -1.0, -3.0),
    ]
    return Shot(make.group("things", *things), eye((0.0, 0.2, 3.0), (0.0, 0.0, -2.0), fov=1.1, near=0.6), {"shadow": 0.0})
