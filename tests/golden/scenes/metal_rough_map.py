"""Occlusion, roughness and metal from the three channels of one picture, on a ball and a box."""

import numpy as np

from dhsdk.media import Image
from dhsdk.scene import Material, Texture, make
from tests.golden.props import ball, eye, put
from tests.golden.shot import Shot


def shot() -> Shot:
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[..., 0] = np.where(np.arange(64) % 16 < 3, 90, 255)[:, None]
    pixels[..., 1] = np.linspace(20, 255, 64)[None]
    pixels[..., 2] = np.where(np.arange(64)[:, None] // 8 % 2, 255, 0)
    texture = Texture(Image(pixels, colour="data"))
    material = Material("m", base_color=(0.85, 0.75, 0.6, 1.0), metallic_roughness_texture=texture, occlusion_texture=texture)
    things = [
        put("ball", ball(0.6, material), -0.7, 0.6, 0.0),
        put("box", make.box((1.0, 1.0, 1.0), material), 0.75, 0.0, -0.2, turn=0.5),
    ]
    return Shot(make.group("things", *things), eye((0.0, 1.3, 4.0), (0.0, 0.5, 0.0), fov=0.55))
