import numpy as np
import pytest

from dhsdk.errors import RenderError
from dhsdk.media import Image
from dhsdk.render.texture import COLUMNS, MAPS, Textures, maps, row
from dhsdk.scene import Material, Texture


def pyramid(image):
    kept = Textures([Texture(image)])
    return [kept.level(0, level) for level in range(kept.table[0, 0])]


def test_mipmaps_keep_the_mean_and_end_in_one_texel():
    image = Image(np.random.default_rng(0).integers(0, 256, (32, 64, 3), np.uint8), colour="data")
    levels = pyramid(image)
    assert [level.shape[:2] for level in levels] == [(32, 64), (16, 32), (8, 16), (4, 8), (2, 4), (1, 2), (1, 1)]
    assert levels[-1][0, 0, :3] / 65535 == pytest.approx(image.pixels.mean(axis=(0, 1)) / 255, abs=1e-4)
    assert (levels[0][..., 3] == 65535).all()


def test_a_picture_that_is_too_large_is_halved_first():
    pixels = np.zeros((2, 4096, 3), np.uint8)
    pixels[:, ::2] = 200
    levels = pyramid(Image(pixels, colour="data"))
    assert [level.shape[:2] for level in levels[:2]] == [(1, 2048), (1, 1024)]
    assert (levels[0][..., :3] == 100 * 257).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_every_kind_of_picture_is_decoded(channels, dtype):
    top = {np.uint8: 255, np.uint16: 65535, np.float32: 1.0}[dtype]
    level = pyramid(Image(np.full((2, 2, channels), top * 0.5, dtype)))[0]
    srgb = ((int(top * 0.5) / top if dtype != np.float32 else 0.5) + 0.055) / 1.055
    assert level[0, 0, 0] / 65535 == pytest.approx(srgb**2.4, abs=1e-4)
    assert level[0, 0, 3] / 65535 == pytest.approx(0.5 if channels in (2, 4) else 1.0, abs=0.01)


def test_one_picture_is_kept_once_and_equal_layouts_are_known():
    image = Image(np.zeros((8, 8, 3), np.uint8))
    other = Texture(Image(np.zeros((8, 8, 3), np.uint8)))
    one, two, moved = Texture(image), Texture(image), Texture(image, scale=(2.0, 2.0))
    kept = Textures([one, two, moved, other, one])
    assert kept.table.shape[0] == 4
    assert kept.table[0, 4] == kept.table[1, 4] == kept.table[2, 4] != kept.table[3, 4]
    assert kept.table[0, 3] == kept.table[1, 3] == kept.table[3, 3] != kept.table[2, 3]
    assert kept.level(3, 1).shape == (4, 4, 4)


def test_a_material_is_one_row_in_the_order_of_its_columns():
    material = Material(
        "m", base_color=(0.1, 0.2, 0.3, 0.4), metallic=0.5, roughness=0.6, ior=1.7, alpha_mode="MASK", alpha_cutoff=0.3
    )
    got = dict(zip((*COLUMNS, *MAPS), row(material, Textures([])), strict=True))
    assert (got["red"], got["alpha"], got["metallic"], got["roughness"], got["ior"]) == (0.1, 0.4, 0.5, 0.6, 1.7)
    assert got["cutoff"] == 0.3
    assert all(got[name] == -1 for name in MAPS)
    assert len(maps(material)) == len(MAPS)


def test_what_is_not_finite_is_refused():
    with pytest.raises(RenderError, match="a texture must be finite, got values that are not in 'hot'"):
        pyramid(Image(np.full((2, 2, 3), np.nan, np.float32), name="hot"))
    with pytest.raises(
        RenderError, match=r"a material must have finite values of at most 1e\+30 to be drawn, got some that are not in 'odd'"
    ):
        row(Material("odd", emissive_strength=float("inf"), emissive=(1.0, 1.0, 1.0)), Textures([]))
