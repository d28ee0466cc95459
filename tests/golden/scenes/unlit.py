"""Unlit: the colour of the texture and of the factor as they are, wherever the light stands; beside them a lit twin."""

from dhsdk.scene import Texture, make
from tests.golden.props import arrow, ball, eye, paint, put
from tests.golden.shot import Shot


def shot() -> Shot:
    things = [
        put("flat", ball(0.45, paint(0.2, 0.5, 0.8, unlit=True)), -1.1, 0.45, 0.0),
        put(
            "picture",
            make.box((0.8, 0.8, 0.8), paint(1.0, 1.0, 1.0, unlit=True, base_color_texture=Texture(arrow()))),
            0.0,
            0.0,
            0.0,
            turn=0.5,
        ),
        put("lit", ball(0.45, paint(0.2, 0.5, 0.8)), 1.1, 0.45, 0.0),
    ]
    return Shot(make.group("things", *things), eye((0.0, 0.9, 4.2), (0.0, 0.4, 0.0), fov=0.62))
