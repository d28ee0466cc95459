"""Clearcoat, sheen, specular and iridescence, each beside the same ball without it (lower row)."""

from dhsdk.scene import Clearcoat, Iridescence, Sheen, Specular, make
from tests.golden.props import ball, eye, paint, put
from tests.golden.shot import Shot

PLAIN = (
    {"rgb": (0.35, 0.03, 0.03), "rough": 0.6},
    {"rgb": (0.12, 0.03, 0.2), "rough": 0.9},
    {"rgb": (0.05, 0.05, 0.06), "rough": 0.2},
    {"rgb": (0.6, 0.6, 0.6), "rough": 0.15, "metal": 1.0},
)
MORE = (
    {"clearcoat": Clearcoat(1.0, roughness=0.03)},
    {"sheen": Sheen((0.8, 0.5, 0.9), roughness=0.4)},
    {"specular": Specular(1.0, color=(1.0, 0.5, 0.1)), "ior": 2.2},
    {"iridescence": Iridescence(1.0, ior=1.4, thickness_max=480.0)},
)


def shot() -> Shot:
    balls = []
    for i, (plain, more) in enumerate(zip(PLAIN, MORE, strict=True)):
        look = {key: value for key, value in plain.items() if key != "rgb"}
        for row, extra in enumerate(({}, more)):
            balls.append(put(f"ball{i}{row}", ball(0.46, paint(*plain["rgb"], **look, **extra)), i - 1.5, row - 0.5, 0.0))
    return Shot(make.group("balls", *balls), eye((0.0, 0.0, 7.0), fov=0.44), {"shadow": 0.0})
