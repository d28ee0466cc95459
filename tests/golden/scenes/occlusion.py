"""Openness: corners, creases and the space under a table are darker, without any key light."""

import numpy as np

from dhsdk.media import Image
from dhsdk.scene import Environment, Scene, make
from tests.golden.props import eye, paint, put, stand
from tests.golden.shot import Shot


def shot() -> Shot:
    white = paint(0.8, 0.8, 0.8, rough=1.0)
    legs = [
        put(f"leg{i}", make.box((0.1, 0.6, 0.1), white), 0.45 * (i % 2 * 2 - 1), 0.0, 0.35 * (i // 2 * 2 - 1)) for i in range(4)
    ]
    things = [
        put("floor", make.box((3.0, 0.1, 2.4), white), 0.0, -0.1, 0.0),
        put("wall", make.box((3.0, 1.6, 0.1), white), 0.0, 0.0, -0.85),
        *legs,
        put("top", make.box((1.1, 0.1, 0.9), white), 0.0, 0.6, 0.0),
        stand("ball", 0.3, white, 1.0, -0.2),
        put("box", make.box((0.5, 0.5, 0.5), white), -1.05, 0.0, -0.3),
    ]
    even = Environment(Image(np.full((16, 32, 3), 0.9, np.float32), colour="linear"))
    return Shot(Scene(make.group("things", *things).nodes, environment=even), eye((1.3, 1.7, 3.6), (0.0, 0.4, 0.0), fov=0.62))
