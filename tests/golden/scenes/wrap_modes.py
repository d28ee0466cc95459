"""Wrap modes: repeat, mirror and clamp above; below each other along the two axes. Few texels: how they are blended shows."""

from dhsdk.scene import make
from tests.golden.props import arrow, eye, plate, put, textured
from tests.golden.shot import Shot

MODES = (
    ("repeat", "repeat"),
    ("mirror", "mirror"),
    ("clamp", "clamp"),
    ("repeat", "mirror"),
    ("mirror", "clamp"),
    ("clamp", "repeat"),
)


def shot() -> Shot:
    tiles = [
        put(
            f"tile{i}",
            plate(textured(arrow(24), wrap=modes, offset=(-0.75, -0.75)), 1.0, 1.0, 2.5),
            1.1 * (i % 3 - 1),
            0.55 - 1.1 * (i // 3),
            0.0,
        )
        for i, modes in enumerate(MODES)
    ]
    return Shot(make.group("tiles", *tiles), eye((0.0, 0.0, 4.0), fov=0.62), {"shadow": 0.0})
