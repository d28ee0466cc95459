"""Emissive: a bar that shines with a halo, one that is dim, a ball whose pattern shines, on a dark ground."""

from dhsdk.scene import Texture, make
from tests.golden.props import checker, eye, paint, put, stand
from tests.golden.shot import Shot


def shot() -> Shot:
    bright = paint(0.1, 0.1, 0.1, emissive=(1.0, 0.45, 0.1), emissive_strength=4.0)
    dim = paint(0.1, 0.1, 0.1, emissive=(0.1, 0.3, 0.6))
    spotted = paint(0.1, 0.1, 0.1, emissive=(0.5, 1.0, 0.6), emissive_texture=Texture(checker(8, dark=(0, 0, 0))))
    things = [
        put("bar", make.box((0.2, 1.1, 0.2), bright), -0.9, 0.0, 0.0),
        put("dim", make.box((0.4, 0.7, 0.4), dim), 0.0, 0.0, 0.0, turn=0.4),
        stand("spotted", 0.4, spotted, 0.95),
    ]
    return Shot(make.group("things", *things), eye((0.0, 1.0, 4.0), (0.0, 0.5, 0.0), fov=0.56), {"background": "dark"})
