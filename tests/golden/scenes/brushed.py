"""Anisotropy: brushed metal along u, across it, at a slant and by a map whose direction goes round, beside plain metal."""

import math

import numpy as np

from dhsdk.media import Image
from dhsdk.scene import Anisotropy, Texture, make
from tests.golden.props import ball, eye, paint, put
from tests.golden.shot import Shot


def turning(size: int = 64) -> Image:
    """A map of directions that go round the middle, at full strength."""
    y, x = (np.mgrid[0:size, 0:size] + 0.5) / size * 2 - 1
    around = np.arctan2(-y, x) + math.pi / 2
    pixels = np.stack([np.cos(around) * 0.5 + 0.5, np.sin(around) * 0.5 + 0.5, np.ones_like(x)], axis=-1)
    return Image(np.round(pixels * 255).astype(np.uint8), colour="data")


def shot() -> Shot:
    kinds = (None, Anisotropy(0.9), Anisotropy(0.9, math.pi / 2), Anisotropy(0.9, math.pi / 4))
    metals = [paint(0.8, 0.78, 0.75, rough=0.3, metal=1.0, anisotropy=one) for one in kinds]
    balls = [put(f"ball{i}", ball(0.46, one), i - 1.5, 0.55, 0.0) for i, one in enumerate(metals)]
    drum = make.cylinder(0.6, 0.25, 48, metals[1])
    lid = make.box(
        (1.2, 0.2, 1.0), paint(0.8, 0.78, 0.75, rough=0.3, metal=1.0, anisotropy=Anisotropy(0.9, texture=Texture(turning())))
    )
    things = [*balls, put("drum", drum, -0.9, -0.75, 0.6), put("lid", lid, 0.9, -0.75, 0.6)]
    return Shot(make.group("things", *things), eye((0.0, 1.6, 6.4), (0.0, 0.0, 0.0), fov=0.46), {"shadow": 0.0})
