"""KHR_texture_transform: as it is, moved, turned, scaled, all three, and a picture that is higher than wide."""

import numpy as np

from dhsdk.media import Image
from dhsdk.scene import make
from tests.golden.props import arrow, eye, plate, put, textured
from tests.golden.shot import Shot

WAYS = (
    {}, {"offset": (0.25, 0.5)}, {"rotation": 0.5}, {"scale": (2.0, 1.0)},
    {"offset": (0.3, 0.1), "rotation": -0.8, "scale": (1.5, 2.5)}, {"scale": (1.0, 1.0)},
)  # fmt: skip


def shot() -> Shot:
    tall = Image(np.repeat(arrow(64).pixels, 4, axis=0)[:, ::4])
    tiles = [
        put(f"tile{i}", plate(textured(tall if i == 5 else arrow(), **way)), 1.1 * (i % 3 - 1), 0.55 - 1.1 * (i // 3), 0.0)
        for i, way in enumerate(WAYS)
    ]
    return Shot(make.group("tiles", *tiles), eye((0.0, 0.0, 4.0), fov=0.62), {"shadow": 0.0})
