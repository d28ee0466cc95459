"""Transmission: clear, coloured, frosted glass and a thick green block before stripes."""

from dhsdk.scene import Transmission, Volume, make
from tests.golden.props import checker, eye, paint, plate, put, stand, textured
from tests.golden.shot import Shot


def shot() -> Shot:
    through = Transmission(1.0)
    green = Volume(0.3, None, 0.3, (0.2, 0.8, 0.4))
    block = paint(1.0, 1.0, 1.0, rough=0.05, transmission=through, volume=green)
    things = [
        put("wall", plate(textured(checker(2, 32), scale=(9.0, 1.0)), 4.0, 1.8), 0.0, 0.9, -1.0),
        stand("clear", 0.38, paint(1.0, 1.0, 1.0, rough=0.02, transmission=through), -1.25),
        stand("red", 0.38, paint(0.9, 0.2, 0.15, rough=0.05, transmission=through), -0.4),
        stand("frosted", 0.38, paint(0.85, 0.9, 1.0, rough=0.5, transmission=through), 0.45),
        put("block", make.box((0.6, 0.75, 0.4), block), 1.3, 0.0, 0.0, turn=-0.4),
    ]
    return Shot(make.group("things", *things), eye((0.0, 1.1, 4.2), (0.0, 0.5, 0.0), fov=0.6))
