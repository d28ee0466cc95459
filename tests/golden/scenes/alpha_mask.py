"""Alpha masks: holes by the cutoff, their shadow, and what is seen through them."""

import numpy as np

from dhsdk.media import Image
from dhsdk.scene import Texture, make
from tests.golden.props import eye, paint, plate, put, stand
from tests.golden.shot import Shot


def lattice() -> Image:
    y, x = (np.mgrid[0:64, 0:64] + 0.5) / 64
    pixels = np.empty((64, 64, 4), np.uint8)
    pixels[..., :3] = (180, 120, 60)
    pixels[..., 3] = np.clip(255 * 1.6 * np.hypot((x * 3) % 1 - 0.5, (y * 3) % 1 - 0.5), 0, 255)
    return Image(pixels)


def shot() -> Shot:
    texture = Texture(lattice())
    panels = [
        put(
            f"panel{i}",
            plate(paint(1.0, 1.0, 1.0, base_color_texture=texture, alpha_mode="MASK", alpha_cutoff=cutoff)),
            1.1 * i - 0.55,
            0.5,
            0.4,
        )
        for i, cutoff in enumerate((0.3, 0.65))
    ]
    return Shot(
        make.group("things", *panels, stand("ball", 0.5, paint(0.1, 0.4, 0.5), 0.0, -0.7)),
        eye((0.3, 1.2, 4.0), (0.0, 0.45, 0.0), fov=0.5),
    )
