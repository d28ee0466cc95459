"""dhsdk-picture without weights: what a request means, colours on a lightness, pictures in pieces."""

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image as Pillow

from dhsdk.errors import ParamError, PromptError
from dhsdk.host import Host


@pytest.fixture
def host(picture_plugin):
    return Host(device="cpu", plugins=[picture_plugin])


@pytest.fixture
def files(tmp_path):
    for name, size in (("in.png", (24, 16)), ("m.png", (24, 16))):
        Pillow.fromarray(np.full((size[1], size[0], 3), 90, np.uint8)).save(tmp_path / name)
    return {"image": str(tmp_path / "in.png"), "mask": str(tmp_path / "m.png")}


@pytest.mark.parametrize(
    ("given", "task"),
    [
        ({"prompt": "a house"}, "create"),
        ({"image": True}, "change"),
        ({"image": True, "mask": True, "prompt": "a house"}, "fill"),
        ({"image": True, "task": "upscale"}, "upscale"),
        ({"image": True, "task": "colourise"}, "colourise"),
    ],
)
def test_what_is_given_says_what_is_done(host, files, given, task):
    values = {key: files[key] if value is True else value for key, value in given.items()}
    plan = host.plan(host.request("picture", model="some/folder", **values))
    assert plan.task == task
    assert plan.model == "some/folder"


@pytest.mark.parametrize("task", ["create", "change", "fill", "upscale", "colourise"])
def test_without_weights_the_error_says_which_folder_to_give(host, files, task):
    values = {} if task == "create" else {"image": files["image"]}
    values |= {"mask": files["mask"]} if task == "fill" else {}
    with pytest.raises(ParamError, match=r"^model must be the folder of a diffusers pipeline, got none: ") as error:
        host.generate("picture", prompt="a house", task=task, **values)
    text = str(error.value)
    assert f"To {task} give --model FOLDER, where FOLDER holds model_index.json" in text
    assert "safetensors" in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"mask": True}, ParamError, "mask must come with the picture that it masks, got no image: give --image too"),
        ({"task": "change"}, ParamError, "image must be given to change it, got none: --image in.png"),
        ({"task": "create", "image": True}, ParamError, "image must not be given to create from words alone: leave it out, or"),
        ({"task": "fill", "image": True}, ParamError, "mask must be given to fill a picture, got none: --mask m.png"),
        ({"task": "upscale", "image": True, "mask": True}, ParamError, "mask must be left out to upscale a picture: it is for"),
        ({}, PromptError, "a prompt must say what to create, got none: --prompt 'a red wooden house'"),
        ({"width": 100}, ParamError, "width must be a multiple of 8, got 100"),
        ({"image": "no_such.png"}, ParamError, "image must be the path of a file that exists (no file at 'no_such.png')"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(host, files, given, kind, message):
    values = {key: files[key] if value is True else value for key, value in given.items()}
    with pytest.raises(kind) as error:
        host.generate("picture", model="some/folder", **values)
    assert message in str(error.value)


def lightness(srgb):
    """CIE L* of sRGB in [0, 1], written down anew."""
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    y = light @ [0.2126390, 0.7151687, 0.0721923]
    return np.where(y > 216 / 24389, 116 * np.cbrt(y) - 16, y * 24389 / 27)


def test_colouring_keeps_the_lightness_and_takes_the_hue(picture_plugin):
    from dhsdk_picture.colour import coloured, lab

    rng = np.random.default_rng(0)
    grey = np.repeat(np.linspace(0, 1, 64 * 64).reshape(64, 64, 1), 3, axis=2)
    colour = rng.random((64, 64, 3))
    made = coloured(grey, colour)
    assert made.min() >= 0
    assert made.max() <= 1
    np.testing.assert_allclose(lightness(made), lightness(grey), atol=1e-4)
    np.testing.assert_allclose(lab(made)[..., 0], lightness(grey), atol=1e-3)
    middle = (lightness(grey) > 20) & (lightness(grey) < 80) & (np.hypot(*np.moveaxis(lab(colour)[..., 1:], -1, 0)) > 20)
    angle = [np.arctan2(lab(one)[..., 2], lab(one)[..., 1]) for one in (made, colour)]
    # Lab is not straight in linear light: what is made paler turns a little
    assert np.median(np.abs((angle[0] - angle[1] + np.pi) % (2 * np.pi) - np.pi)[middle]) < 0.05


def test_a_colour_picture_coloured_by_itself_stays(picture_plugin):
    from dhsdk_picture.colour import coloured

    own = np.random.default_rng(1).random((32, 32, 3))
    np.testing.assert_allclose(coloured(own, own), own, atol=1e-5)


@pytest.mark.parametrize("size", [(40, 200), (256, 130), (64, 64), (65, 64), (200, 333)])
def test_pieces_give_the_picture_that_one_piece_gives(picture_plugin, size):
    """For what looks at one pixel only; any fading of equal things is exact."""
    from dhsdk_picture.tiles import enlarged, starts

    picture = np.random.default_rng(2).integers(0, 256, (*size, 3)).astype(np.uint8)
    shapes = set()

    def piece(part, number, count):
        shapes.add(part.shape[:2])
        return part.repeat(2, 0).repeat(2, 1).astype(float)

    np.testing.assert_array_equal(enlarged(picture, 2, 64, 16, piece), picture.repeat(2, 0).repeat(2, 1))
    assert shapes == {(min(64, size[0]), min(64, size[1]))}  # memory: nothing larger is ever handed over
    for length in size:
        begins = starts(length, 64, 16)
        assert begins[0] == 0
        assert begins[-1] + min(64, length) == length
        assert all(b - a <= 48 for a, b in pairwise(begins))


def test_pieces_that_differ_fade_without_a_step(picture_plugin):
    from dhsdk_picture.tiles import enlarged

    flat = np.zeros((64, 208, 3), np.uint8)
    made = enlarged(flat, 2, 64, 16, lambda part, number, count: np.full((128, 128, 3), 60.0 * number))
    steps = np.abs(np.diff(made[:, :, 0].astype(int), axis=1))
    assert made[0, 0, 0] == 0
    assert made[0, -1, 0] == 180
    assert steps.max() <= 3  # 60 over 32 pixels of overlap
