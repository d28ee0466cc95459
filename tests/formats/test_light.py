"""Linear light in files: Radiance HDR and OpenEXR."""

import re
import struct
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dhsdk
from dhsdk.errors import FormatRefused, MissingExtra, ReadError
from dhsdk.formats import exr, hdr
from tests.formats.fuzz import bombs, mutants

HOST = dhsdk.Host(device="cpu")
OWN = {"dhsdk": {"generator": "box", "version": "1", "plan": {"a": [1, "é" * 400]}, "seed": 3, "models": []}}
RNG = np.random.default_rng(0)
LIGHT = np.exp(RNG.normal(0, 4, (40, 300, 3))).astype(np.float32)
LIGHT[5:20] = 0.25
LIGHT[0] = 0


def picture(pixels=LIGHT, **values):
    return dhsdk.Image(pixels, colour="linear", **values)


@pytest.mark.parametrize("width", [1, 7, 8, 129, 300])
def test_hdr_keeps_light_to_one_part_in_256(tmp_path, width):
    pixels = LIGHT[:, :width]
    back = HOST.load(HOST.save(picture(pixels), tmp_path / "a.hdr"))
    assert back.colour == "linear"
    assert back.pixels.dtype == np.float32
    assert (np.abs(back.pixels - pixels).max(axis=2) <= pixels.max(axis=2) / 256).all()


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(1, 400)), min_size=1, max_size=12))
def test_run_lengths_come_back_whatever_the_runs(runs):
    values = np.concatenate([np.full(count, value, np.uint8) for value, count in runs] + [np.zeros(8, np.uint8)])
    width = len(values)
    data = bytes((2, 2, width >> 8, width & 255)) + hdr._packed(values) * 4
    out = np.empty((width, 4), np.uint8)
    assert hdr._row(data, 0, out, "a.hdr") == len(data)
    assert (out == values[:, None]).all()


def test_the_exponent_is_that_of_radiance():
    """Ward's own example of a byte: 1.0 is mantissa 128, exponent 129; a value that rounds up to 256 takes the next exponent."""
    light = np.array([[[1.0, 0.5, 0.0], [0.9999, 0, 0], [1e-39, 0, 0]]], np.float32)
    assert hdr._rgbe(light).tolist() == [[[128, 64, 0, 129], [128, 0, 0, 129], [0, 0, 0, 0]]]


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("compression", ["zip", "zips", "rle", "none"])
def test_exr_keeps_every_bit(tmp_path, channels, compression):
    pixels = np.dstack([LIGHT, LIGHT * -2])[..., :channels]
    back = HOST.load(HOST.save(picture(pixels), tmp_path / "a.exr", compression=compression))
    assert back.pixels.tobytes() == np.ascontiguousarray(pixels).tobytes()


@pytest.mark.parametrize("suffix", [".hdr", ".exr"])
def test_provenance_stands_in_the_file(tmp_path, suffix):
    first, again = (HOST.save(picture(extras=OWN), tmp_path / f"{name}{suffix}") for name in "ab")
    assert first.read_bytes() == again.read_bytes()
    assert HOST.load(first).extras["dhsdk"]["plan"] == {"a": (1, "é" * 400)}
    assert b"algorithmicMedia" in first.read_bytes()
    bare = HOST.save(picture(), tmp_path / f"c{suffix}").read_bytes()
    assert b"AIGC" not in bare


@pytest.mark.parametrize(
    ("suffix", "image", "message"),
    [
        (".hdr", dhsdk.Image(LIGHT), r"it must hold linear float32 \(H, W, 1 or 3\), got srgb float32"),
        (".hdr", picture(-LIGHT - 1), "RGBE has no negative, infinite or undefined light: clip the pixels"),
        (".hdr", picture(LIGHT * np.float32(np.nan)), "RGBE has no negative, infinite or undefined light"),
        (".exr", dhsdk.Image(LIGHT), "it must hold linear float32 pixels, got srgb float32"),
    ],
)
def test_what_a_format_cannot_carry_is_refused(tmp_path, suffix, image, message):
    with pytest.raises(FormatRefused, match=message):
        HOST.save(image, tmp_path / f"a{suffix}")


HEAD = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.hdr", b"P6", re.escape("a.hdr must begin with #?RADIANCE: it is no HDR file")),
        ("a.hdr", HEAD.replace(b"rgbe", b"xyze") + b"-Y 1 +X 1\nabcd", "a.hdr must have FORMAT=32-bit_rle_rgbe and a size"),
        ("a.hdr", HEAD + b"+X 1 -Y 1\nabcd", "a.hdr must have FORMAT=32-bit_rle_rgbe and a size"),
        ("a.hdr", HEAD + b"-Y 0 +X 8\n", r"a.hdr must have 1..67,108,864 pixels, got 8 x 0"),
        ("a.hdr", HEAD + b"-Y 9999999 +X 9999999\n", r"a.hdr must have 1..67,108,864 pixels, got 9999999 x"),
        ("a.hdr", HEAD + b"-Y 8000 +X 8000\n\2\2", "a.hdr promises 8000 x 8000 pixels in"),
        ("a.hdr", HEAD + b"-Y 2 +X 2\n1234", "a.hdr holds fewer pixels than its head says: it is truncated"),
        ("a.hdr", HEAD + b"-Y 1 +X 8\n\2\2\0\x08\x89\0", "a.hdr has a damaged scanline: its run lengths do not fill 8 pixels"),
        ("a.exr", b"P6", "a.exr must begin as an OpenEXR file and have at most"),
        ("a.exr", exr.MAGIC + b"x" * 100, "a.exr is not a readable OpenEXR file: "),
    ],
)
def test_files_that_cannot_be_read_say_why(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReadError, match=message):
        HOST.load(tmp_path / name)


def test_files_over_the_limits_are_refused(tmp_path, monkeypatch):
    path = HOST.save(picture(), tmp_path / "a.exr")
    data = path.read_bytes()
    at = data.index(b"dataWindow\0box2i\0") + 17 + 4
    path.write_bytes(data[:at] + struct.pack("<4i", 0, 0, 99_999, 99_999) + data[at + 16 :])
    with pytest.raises(ReadError, match=r"a.exr must have 1..67,108,864 pixels of 4 channels, got 100000 x 100000"):
        HOST.load(path)
    monkeypatch.setattr(hdr, "MAX_BYTES", 10)
    with pytest.raises(ReadError, match=r"b.hdr must have at most 10 bytes, got "):
        HOST.load(HOST.save(picture(), tmp_path / "b.hdr"))


def test_channels_that_are_no_colour_are_told(tmp_path):
    import OpenEXR

    OpenEXR.File({"type": OpenEXR.scanlineimage}, {"depth": LIGHT[..., 0].copy()}).write(str(tmp_path / "a.exr"))
    with pytest.raises(ReadError, match=r"a.exr must have the channels RGB, RGBA, Y or YA, got depth"):
        HOST.load(tmp_path / "a.exr")


def test_exr_without_its_package_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "OpenEXR", None)
    with pytest.raises(MissingExtra, match=r"pip install .*dhsdk\[exr\]"):
        HOST.save(picture(), tmp_path / "a.exr")


@pytest.mark.parametrize("suffix", [".hdr", ".exr"])
def test_mutants_are_read_or_refused(tmp_path, suffix):
    data = HOST.save(picture(LIGHT[:12, :20], extras=OWN), tmp_path / f"whole{suffix}").read_bytes()
    path = tmp_path / f"a{suffix}"
    outcomes = set()
    for mutant in [*bombs(suffix), *mutants(data, 5, 150)]:
        path.write_bytes(mutant)
        try:
            outcomes.add(HOST.load(path).pixels.dtype)
        except ReadError as error:
            outcomes.add(type(error))
    assert outcomes == {np.dtype(np.float32), ReadError}
