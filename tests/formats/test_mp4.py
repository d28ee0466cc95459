"""Videos: the planes that the encoder is given, the file's own facts, and what happens when somebody fails on the way."""

import threading

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dhsdk.errors import WriteError
from dhsdk.formats._i420 import i420
from dhsdk.formats.mp4 import Mp4
from dhsdk.media import Clip
from tests.effort import examples

PICTURES = arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4])))


def planes(pixels):
    """Y, U and V of BT.709 in float64, chroma on even columns and between rows: the standard, written out."""
    rgb = pixels[..., :3].astype(float) / 255
    rgb = np.pad(rgb, ((0, rgb.shape[0] % 2), (0, rgb.shape[1] % 2), (0, 0)), mode="edge")
    rows = (rgb[0::2] + rgb[1::2]) / 2
    wide = np.pad(rows, ((0, 0), (1, 0), (0, 0)), mode="edge")
    small = (wide[:, 0:-1:2] + 2 * wide[:, 1::2] + wide[:, 2::2]) / 4
    luma, mean = (one @ [0.2126, 0.7152, 0.0722] for one in (rgb, small))
    blue, red = (small[..., 2] - mean) / 1.8556, (small[..., 0] - mean) / 1.5748
    return 16 + 219 * luma, 128 + 224 * blue, 128 + 224 * red


@examples(60)
@given(PICTURES)
def test_planes_are_those_of_the_standard(pixels):
    out = i420(pixels)
    height, width = (side + side % 2 for side in pixels.shape[:2])
    assert out.shape == (height * 3 // 2, width)
    parts = out[:height], *out[height:].reshape(2, height // 2, width // 2)
    for made, wanted in zip(parts, planes(pixels), strict=True):
        assert np.abs(made - wanted).max() < 0.52  # rounded to the nearest, weights to 1/65536


def test_white_black_and_grey_have_no_colour():
    for grey, level in ((0, 16), (255, 235)):
        out = i420(np.full((2, 2, 3), grey, np.uint8))
        assert (out[:2] == level).all()
        assert (out[2] == 128).all()


def moving(count=12, size=(64, 48)):
    ramp = np.add.outer(np.arange(size[1]), np.arange(size[0]))
    return Clip(
        lambda: (np.dstack([(ramp + 3 * i) % 256, ramp % 256, np.full_like(ramp, 90)]).astype(np.uint8) for i in range(count)),
        size,
        25.0,
        count,
    )


def test_the_file_says_how_its_colours_are_meant_and_starts_at_once(tmp_path):
    Mp4().write(moving(), tmp_path / "a.mp4", Mp4.Options())
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(tmp_path / "a.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert context.pix_fmt == "yuv420p"
        assert (context.color_range, context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1, 1)


def test_pictures_come_back(tmp_path):
    Mp4().write(moving(), tmp_path / "a.mp4", Mp4.Options(crf=5))
    for shown, meant in zip(Mp4().read(tmp_path / "a.mp4", None).frames(), moving().frames(), strict=True):
        assert np.abs(shown.astype(int) - meant)[:, 8:56].mean() < 6


@pytest.mark.parametrize("preset", ["ultrafast", "veryfast", "medium"])
def test_the_same_clip_gives_the_same_bytes(tmp_path, preset):
    for name in ("a.mp4", "b.mp4"):
        Mp4().write(moving(40), tmp_path / name, Mp4.Options(preset=preset))
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_who_makes_frames_is_told_when_writing_fails(tmp_path):
    ended = threading.Event()

    def frames():
        try:
            yield np.zeros((48, 64, 3), np.uint8)
            yield np.zeros((10, 10, 3), np.uint8)  # the encoder would stretch it
            pytest.fail("more was pulled after the failure")
        finally:
            ended.set()

    with pytest.raises(
        WriteError, match=r"every frame of a clip must be uint8 RGB of its size 64 x 48, got \(10, 10, 3\) uint8 in frame 1"
    ):
        Mp4().write(Clip(frames, (64, 48), 25.0, 3), tmp_path / "a.mp4", Mp4.Options())
    assert ended.is_set()


def test_an_error_of_who_makes_frames_comes_out(tmp_path):
    def frames():
        yield np.zeros((48, 64, 3), np.uint8)
        raise RuntimeError("the scene fell over")

    with pytest.raises(RuntimeError, match="the scene fell over"):
        Mp4().write(Clip(frames, (64, 48), 25.0, 3), tmp_path / "a.mp4", Mp4.Options())
