"""Two UV sets: colours by the first, light and shade by the second; all by the second; the second moved and turned."""

from dataclasses import replace

import numpy as np

from dhsdk.media import Image
from dhsdk.scene import Material, Mesh, Texture, make
from tests.golden.props import arrow, checker, eye, plate, put
from tests.golden.shot import Shot


def two(material: Material) -> Mesh:
    """A plate whose second set has the picture four times, lying on its side."""
    one = plate(material).primitives[0]
    return Mesh((replace(one, uvs=(one.uvs[0], np.ascontiguousarray(2.0 * one.uvs[0][:, ::-1]))),))


def shot() -> Shot:
    rings = checker(4, 64, (30, 30, 30), (255, 255, 255))
    shade = Texture(Image(rings.pixels, colour="data"), texcoord=1)
    colors, other = Texture(arrow()), Texture(arrow(), texcoord=1)
    moved = Texture(arrow(), texcoord=1, offset=(0.25, 0.0), rotation=0.5, scale=(0.5, 0.5))
    plain = Material("m", roughness=0.9, base_color_texture=colors)
    materials = (
        plain, replace(plain, occlusion_texture=shade), replace(plain, emissive=(0.6, 0.2, 0.0), emissive_texture=shade),
        replace(plain, base_color_texture=other), replace(plain, base_color_texture=moved),
        replace(plain, base_color_texture=other, occlusion_texture=Texture(shade.image)),
    )  # fmt: skip
    tiles = [put(f"tile{i}", two(one), 1.1 * (i % 3 - 1), 0.55 - 1.1 * (i // 3), 0.0) for i, one in enumerate(materials)]
    return Shot(make.group("tiles", *tiles), eye((0.0, 0.0, 4.0), fov=0.62), {"shadow": 0.0, "glow": 0.0})
