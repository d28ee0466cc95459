import io
import pickle

import numpy as np
import pytest
from PIL import Image as Pillow

from dhsdk import media
from dhsdk.errors import ReadError, SceneError
from dhsdk.media import Audio, Clip, Image, decode, readonly


def encoded(mode, size=(5, 3), kind="PNG", value=7):
    buffer = io.BytesIO()
    Pillow.new(mode, size, value).save(buffer, kind)
    return buffer.getvalue()


def test_readonly_views_what_it_can_and_leaves_the_original_writable():
    array = np.zeros((3, 2), np.float32)
    frozen = readonly(array)
    assert np.shares_memory(frozen, array)
    with pytest.raises(ValueError, match="read-only"):
        frozen[0] = 1
    array[0] = 1
    assert readonly(frozen) is frozen
    assert readonly(np.zeros((3, 4), np.float32).T).flags.c_contiguous
    assert readonly([1, 2], np.uint16).dtype == np.uint16


def test_an_image_keeps_its_pixels_read_only():
    image = Image(np.zeros((3, 5, 4), np.uint8), name="x", extras={"a": [1]})
    assert image.size == (5, 3)
    assert not image.pixels.flags.writeable
    assert image.extras == {"a": (1,)}
    assert repr(image) == "Image('x', (3, 5, 4), srgb)"
    assert Image(np.zeros((3, 5), np.uint8)).pixels.shape == (3, 5, 1)


@pytest.mark.parametrize("shape", [(3,), (3, 5, 5), (0, 5, 3), (3, 0, 3), (1, 3, 5, 3), ()])
def test_an_image_refuses_a_shape_that_no_picture_has(shape):
    with pytest.raises(SceneError, match=r"^pixels must be \(H, W, 1\.\.4\) with H, W >= 1, got \("):
        Image(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("dtype", [np.float64, np.int32, bool])
def test_an_image_refuses_other_number_types(dtype):
    with pytest.raises(SceneError, match=rf"^pixels must be uint8, uint16 or float32, got {np.dtype(dtype)}$"):
        Image(np.zeros((3, 5, 3), dtype))


def test_an_image_of_nothing_is_refused():
    with pytest.raises(SceneError, match=r"^an image needs pixels or encoded bytes$"):
        Image()


@pytest.mark.parametrize(
    ("mode", "value", "channels", "dtype"),
    [
        ("L", 7, 1, np.uint8),
        ("LA", (7, 8), 2, np.uint8),
        ("RGB", (7, 8, 9), 3, np.uint8),
        ("RGBA", (7, 8, 9, 10), 4, np.uint8),
        ("P", 0, 3, np.uint8),
        ("1", 1, 3, np.uint8),
        ("I;16", 40000, 1, np.uint16),
    ],
)
def test_encoded_bytes_are_decoded_at_first_use(mode, value, channels, dtype):
    data = encoded(mode, value=value)
    image = Image(encoded=data, mime="image/png")
    assert image.encoded is data
    assert "bytes" in repr(image)
    assert image.pixels.shape == (3, 5, channels)
    assert image.pixels.dtype == dtype
    assert image.pixels is image.pixels
    assert image.size == (5, 3)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_encodings(kind):
    assert decode(encoded("RGB", kind=kind, value=(7, 8, 9))).shape == (3, 5, 3)


def test_a_palette_with_transparency_keeps_its_alpha():
    buffer = io.BytesIO()
    picture = Pillow.new("P", (5, 3), 0)
    picture.save(buffer, "PNG", transparency=0)
    pixels = decode(buffer.getvalue())
    assert pixels.shape == (3, 5, 4)
    assert (pixels[..., 3] == 0).all()


@pytest.mark.parametrize("data", [b"", b"no picture", encoded("RGB", value=(1, 2, 3))[:-30], encoded("L", kind="BMP")])
def test_broken_bytes_are_a_read_error(data):
    image = Image(encoded=data, mime="image/png")
    with pytest.raises(ReadError, match=r"^the image/png data cannot be decoded: "):
        _ = image.pixels


def test_a_huge_picture_is_refused_before_its_pixels_are_touched(monkeypatch):
    monkeypatch.setattr(media, "MAX_PIXELS", 14)
    with pytest.raises(ReadError, match=r"^a picture must have at most 14 pixels, got 5 x 3$"):
        decode(encoded("RGB", value=(1, 2, 3)))


def test_a_decompression_bomb_is_a_read_error():
    """The header alone says 50,000 x 50,000; nothing of that size is made."""
    import struct
    import zlib

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(ReadError, match=r"50000|pixels"):
        decode(bomb, "image/png")


def test_replace_keeps_the_encoded_bytes_until_the_pixels_change():
    data = encoded("RGB", value=(7, 8, 9))
    image = Image(encoded=data, mime="image/png", colour="data", name="n", layers={"id": np.zeros((3, 5), np.uint16)})
    renamed = image.replace(name="m")
    assert (renamed.encoded, renamed.mime, renamed.colour, renamed.name) == (data, "image/png", "data", "m")
    assert set(renamed.layers) == {"id"}
    painted = image.replace(pixels=np.zeros((3, 5, 3), np.uint8))
    assert painted.encoded is None
    assert painted.mime == ""
    assert painted.colour == "data"


def test_an_image_survives_pickle():
    image = Image(np.arange(45, dtype=np.uint8).reshape(3, 5, 3), layers={"depth": np.ones((3, 5), np.float32)}, extras={"a": 1})
    again = pickle.loads(pickle.dumps(image))
    assert (again.pixels == image.pixels).all()
    assert (again.layers["depth"] == 1).all()
    assert again.extras == {"a": 1}


def test_audio_is_checked_and_frozen():
    audio = Audio(np.zeros(48_000), 48_000)
    assert audio.samples.shape == (48_000, 1)
    assert audio.samples.dtype == np.float32
    assert audio.seconds == 1.0
    assert not audio.samples.flags.writeable


@pytest.mark.parametrize("samples", [np.zeros((5, 9)), np.zeros((5, 0)), np.zeros((2, 2, 2)), np.array([np.nan])])
def test_audio_refuses_what_is_not_samples(samples):
    with pytest.raises(SceneError, match=r"^samples must be finite \(N, 1\.\.8\), got \("):
        Audio(samples, 48_000)


@pytest.mark.parametrize("rate", [0, 999, 384_001])
def test_audio_refuses_an_impossible_rate(rate):
    with pytest.raises(SceneError, match=rf"^rate must be in \[1000, 384000\], got {rate} \(samples per second\)$"):
        Audio(np.zeros(5), rate)


def frames():
    return (np.full((2, 4, 3), i, np.uint8) for i in range(5))


def test_a_clip_can_be_played_again():
    clip = Clip(frames, (4, 2), 25.0, 5, extras={"a": [1]})
    assert clip.seconds == 0.2
    assert [frame[0, 0, 0] for frame in clip.frames()] == [frame[0, 0, 0] for frame in clip.frames()] == [0, 1, 2, 3, 4]
    assert clip.extras == {"a": (1,)}


@pytest.mark.parametrize(
    ("size", "fps", "count"), [((0, 2), 25, 5), ((4, 2), 0, 5), ((4, 2), 1001, 5), ((4, 2), 25, 0), ((4, 2), float("nan"), 5)]
)
def test_a_clip_refuses_what_cannot_be_played(size, fps, count):
    with pytest.raises(SceneError, match=r"^a clip needs size >= 1, count >= 1 and 0 < fps <= 1000, got \("):
        Clip(frames, size, fps, count)


def test_the_error_of_an_unknown_picture_holds_no_address():
    with pytest.raises(ReadError, match=r"^the PNG data cannot be decoded: it is no PNG, JPEG or WebP picture$"):
        decode(b"not a picture", "PNG")


def test_the_limit_of_pixels_is_ours_and_warns_of_nothing(monkeypatch):
    data = encoded("L", (40, 40))
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", 1000)  # Pillow warns above it and raises above twice as many
    assert decode(data).shape == (40, 40)
    monkeypatch.setattr(media, "MAX_PIXELS", 1500)
    with pytest.raises(ReadError, match="a picture must have at most 1,500 pixels, got 40 x 40"):
        decode(data)
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ReadError, match="a picture must have at most 1,500 pixels, got more: "):
        decode(data)
