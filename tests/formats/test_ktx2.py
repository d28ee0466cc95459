"""KTX2: the blocks come back nearly as they went in, the container is what the format says, damage is told."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dhsdk
from dhsdk.errors import FormatRefused, ReadError, WriteError
from dhsdk.formats.gltf.textures import encode
from dhsdk.formats.ktx2.container import MAGIC, pack, unpack
from dhsdk.formats.ktx2.uastc import decoded, encoded
from dhsdk.media import Image
from tests.effort import examples


def picture(channels=3, size=256):
    y, x = np.mgrid[0:size, 0:size] / size
    layers = [x, y, 1 - x * y, 0.5 + 0.5 * np.sin(9 * x) * np.cos(7 * y)]
    return (np.stack(layers[:channels], axis=-1) * 255).astype(np.uint8)


def noise(a, b):
    return float(((a.astype(float) - b) ** 2).mean())


@pytest.mark.parametrize("channels", [3, 4])
def test_smooth_pictures_come_back_within_a_level_or_two(channels):
    pixels = picture(channels)
    back = unpack(pack(Image(pixels)))
    assert back.pixels.shape == pixels.shape
    assert noise(back.pixels, pixels) < 2.0


def test_alpha_of_its_own_does_not_spoil_the_colours():
    pixels = np.dstack([picture(3), np.random.default_rng(1).integers(0, 256, (256, 256), np.uint8)])
    back = unpack(pack(Image(pixels))).pixels
    assert noise(back[..., :3], pixels[..., :3]) < 12.0
    assert noise(back[..., 3], pixels[..., 3]) < 60.0  # white noise


@given(st.tuples(*[st.integers(0, 255)] * 4))
@examples(30)
def test_one_colour_is_exact(colour):
    pixels = np.full((4, 8, 4), colour, np.uint8)
    assert (decoded(np.frombuffer(encoded(pixels), np.uint8).reshape(1, 2, 16)) == pixels).all()


def test_two_colours_are_nearly_exact():
    pixels = np.where(np.indices((8, 8)).sum(axis=0)[..., None] % 2, (200, 30, 90), (10, 180, 60)).astype(np.uint8)
    assert np.abs(unpack(pack(Image(pixels))).pixels.astype(int) - pixels).max() <= 2


def test_levels_are_halves_down_to_one_pixel_the_smallest_first():
    data = pack(Image(picture(3, 32)))
    count = struct.unpack_from("<9I", data, 12)[7]
    offsets, sizes = zip(*(struct.unpack_from("<2Q", data, 80 + 24 * i) for i in range(count)), strict=True)
    assert count == 6
    assert sizes == (1024, 256, 64, 16, 16, 16)
    assert list(offsets) == sorted(offsets, reverse=True)
    assert all(offset % 16 == 0 for offset in offsets)
    assert struct.unpack_from("<9I", pack(Image(picture(3, 32)), mipmaps=False), 12)[7] == 1


def test_colours_average_in_linear_light_and_masks_as_they_are():
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[:, ::2] = 255
    for colour, middle in (("srgb", 188), ("data", 128)):
        data = pack(Image(pixels, colour=colour))
        at = struct.unpack_from("<Q", data, 80 + 24)[0]
        assert abs(int(decoded(np.frombuffer(data, np.uint8, 16, at).reshape(1, 1, 16))[0, 0, 0]) - middle) <= 1


def test_a_file_keeps_its_colour_and_its_provenance(tmp_path):
    image = Image(picture(), colour="data", extras={"dhsdk": {"generator": "x", "version": "1", "seed": 3}})
    back = dhsdk.load(dhsdk.save(image, tmp_path / "a.ktx2"))
    assert back.colour == "data"
    assert back.extras["dhsdk"]["seed"] == 3
    assert (pack(image), pack(image))[0] == pack(image)


def test_glb_with_compressed_textures_is_read_back(tmp_path):
    from dhsdk.scene import Material, Texture, make
    from dhsdk.scene.primitives import box

    image = Image(picture(), name="paint")
    scene = make.single(box(material=Material("m", base_color_texture=Texture(image))), "box")
    path = dhsdk.save(scene, tmp_path / "box.glb", textures="ktx2")
    back = dhsdk.load(path).materials[0].base_color_texture.image
    assert back.mime == "image/ktx2"
    assert noise(back.pixels, image.pixels) < 2.0
    assert b"KHR_texture_basisu" in path.read_bytes()
    assert encode(back, "png", 90)[1] == "image/png"
    assert encode(back, "ktx2", 90) == (back.encoded, "image/ktx2")
    foreign = Image(encoded=MAGIC + b"something else", mime="image/ktx2")
    assert encode(foreign, "png", 90) == (foreign.encoded, "image/ktx2")


def test_what_it_cannot_hold_is_refused(tmp_path):
    with pytest.raises(FormatRefused, match="the sides of a GPU texture must be multiples of 4, got 6 x 8"):
        dhsdk.save(Image(np.zeros((8, 6, 3), np.uint8)), tmp_path / "a.ktx2")
    with pytest.raises(FormatRefused, match="linear or float pixels would lose their range"):
        dhsdk.save(Image(np.zeros((8, 8, 3), np.float32), colour="linear"), tmp_path / "a.ktx2")
    with pytest.raises(FormatRefused, match="a picture must have 1, 3 or 4 channels, got 2"):
        dhsdk.save(Image(np.zeros((8, 8, 2), np.uint8)), tmp_path / "a.ktx2")
    with pytest.raises(WriteError, match=r"a KTX2 texture must have sides that are multiples of 4, got 6 x 8 \('odd'\)"):
        encode(Image(np.zeros((8, 6, 3), np.uint8), name="odd"), "ktx2", 90)


def changed(at, value, data=None):
    out = bytearray(data or pack(Image(picture(3, 8)), mipmaps=False))
    out[at : at + len(value)] = value
    return bytes(out)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"no texture at all", "a KTX2 file must begin with its header"),
        (changed(12, b"\x25"), "a KTX2 file must hold one 2D UASTC texture"),
        (changed(20, b"\xff\xff\xff\x7f"), "a picture must have at most"),
        (changed(20, b"\x10"), "a UASTC texture of 16 x 8 must have 128 bytes"),
        (changed(104 + 12, b"\xa3"), "a KTX2 file must hold UASTC to be read here"),
    ],
)
def test_damage_is_told(data, message):
    with pytest.raises(ReadError, match=message):
        unpack(data)


def test_a_mode_that_is_never_written_is_told():
    with pytest.raises(ReadError, match="a UASTC block must have one of the modes"):
        decoded(np.full((1, 1, 16), 0x35, np.uint8))
