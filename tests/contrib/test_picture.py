"""dhsdk-picture with tiny random weights: the real loading code, real steps, every task."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image as Pillow

from dhsdk.errors import Cancelled, ParamError, RequestError
from dhsdk.host import Host
from dhsdk.media import Image
from dhsdk.params import AssetRef
from tests.contrib.conftest import PICTURE
from tests.contrib.test_picture_parts import lightness
from tests.diffusion import tiny
from tests.strangers import python


@pytest.fixture(scope="module")
def host(picture_plugin):
    import torch

    torch.set_num_threads(1)
    return Host(device="cpu", plugins=[picture_plugin])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    wide = np.linspace(0, 255, 52).astype(np.uint8)
    hole = np.zeros((37, 52), np.uint8)
    hole[10:30, 12:40] = 255
    clear = np.dstack([rng.integers(0, 256, (37, 52, 3)), np.tile(wide, (37, 1))]).astype(np.uint8)
    pictures = {
        "colour": rng.integers(0, 256, (37, 52, 3)).astype(np.uint8), "grey": np.tile(wide, (37, 1)), "hole": hole,
        "clear": clear, "small": hole[:30], "black": hole * 0, "large": rng.integers(0, 256, (70, 120, 3)).astype(np.uint8),
    }  # fmt: skip
    for name, pixels in pictures.items():
        Pillow.fromarray(pixels).save(folder / f"{name}.png")
    return {name: str(folder / f"{name}.png") for name in pictures}


def make(host, name, **values):
    values = {"prompt": "a red wooden house", "steps": 2} | values
    return host.generate("picture", model=str(tiny.folder(name)), **values)


def pixels_of(path):
    with Pillow.open(path) as picture:
        return np.array(picture)


@pytest.mark.parametrize("name", ["sd", "sdxl", "sd3", "qwen"])
def test_words_become_a_picture_of_the_size_asked_for(host, name):
    made = make(host, name, width=64, height=32)
    assert made.pixels.shape == (32, 64, 3)
    assert made.pixels.dtype == np.uint8
    assert np.ptp(made.pixels) > 0


def test_the_seed_decides_the_bytes(host):
    one, same, other = (make(host, "sd", seed=seed).pixels for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_words_decide_too_chinese_ones_as_far_as_the_tokenizer_knows_them(host):
    pictures = [
        make(host, "qwen", prompt=words, width=32, height=32).pixels for words in ("一只红色的杯子", "一座木屋", "a house")
    ]
    assert (pictures[0] != pictures[1]).any()
    assert (pictures[1] != pictures[2]).any()


def test_it_says_which_weights_made_it_and_rebuilds(host, tmp_path):
    from dhsdk.diffusion import pretrained

    made = make(host, "sd", seed=4)
    own = made.extras["dhsdk"]
    assert own["backend"] == "diffusers StableDiffusionPipeline"
    loaded = pretrained.load(tiny.folder("sd"))
    assert [dict(one) for one in own["models"]] == [loaded.provenance]
    assert (own["models"][0]["licence"], len(own["models"][0]["sha256"])) == ("cc0-1.0", 64)
    host.save(made, tmp_path / "a.png")
    np.testing.assert_array_equal(host.rebuild(tmp_path / "a.png").pixels, made.pixels)


def test_a_changed_picture_keeps_its_size_and_depends_on_the_strength(host, files):
    gentle, strong = (make(host, "sd", image=files["colour"], steps=4, strength=one).pixels for one in (0.3, 1.0))
    assert gentle.shape == strong.shape == (37, 52, 3)
    assert (gentle != strong).any()


def test_alpha_stays(host, files):
    made = make(host, "sd", image=files["clear"]).pixels
    assert made.shape == (37, 52, 4)
    np.testing.assert_array_equal(made[..., 3], pixels_of(files["clear"])[..., 3])
    large = make(host, "sd_upscale", image=files["clear"], task="upscale").pixels
    assert large.shape == (148, 208, 4)
    assert np.abs(large[::4, ::4, 3].astype(int) - pixels_of(files["clear"])[..., 3]).max() <= 8


@pytest.mark.parametrize("name", ["sd", "sd_inpaint", "flux_fill"])
def test_what_the_mask_leaves_out_stays_as_it_is(host, files, name):
    made = make(host, name, image=files["colour"], mask=files["hole"]).pixels
    free = pixels_of(files["hole"]) == 0
    np.testing.assert_array_equal(made[free], pixels_of(files["colour"])[free])
    assert (made[~free] != pixels_of(files["colour"])[~free]).mean() > 0.5


@pytest.mark.parametrize(("name", "scale"), [("sd_upscale", 4), ("latent_upscale", 2)])
def test_upscaling_goes_piece_by_piece(host, files, name, scale, monkeypatch):
    from dhsdk.diffusion import pretrained
    from dhsdk.diffusion.pretrained import pictures

    sizes, real = [], pictures.upscale

    def watched(model, part, *args, **how):
        sizes.append(part.shape)
        return real(model, part, *args, **how)

    monkeypatch.setattr(pretrained, "upscale", watched, raising=False)
    said = []
    made = make(host, name, image=files["large"], task="upscale", tile=64, progress=lambda *one: said.append(one))
    assert made.pixels.shape == (70 * scale, 120 * scale, 3)
    assert sizes == [(64, 64, 3)] * 6
    assert any("piece 6 of 6" in message for _, message in said)
    assert said[-1][0] == 1.0


@pytest.mark.parametrize("name", ["sd", "sd_inpaint", "sd_controlnet"])
@pytest.mark.parametrize("picture", ["grey", "colour"])
def test_colourising_keeps_the_lightness(host, files, name, picture):
    made = make(host, name, image=files[picture], task="colourise").pixels
    own = pixels_of(files[picture]) / 255
    own = np.repeat(own[..., None], 3, axis=2) if own.ndim == 2 else own
    assert np.abs(lightness(made / 255) - lightness(own)).max() < 0.6  # a step of 8 bits is up to 0.45
    assert np.ptp(made.astype(int), axis=2).max() > 20  # and there are colours


def test_a_large_picture_is_coloured_from_a_small_one(host, tmp_path, picture_plugin, monkeypatch):
    from dhsdk_picture import run

    monkeypatch.setattr(run, "SEEN", 32)
    Pillow.fromarray(np.tile(np.linspace(0, 255, 200).astype(np.uint8), (90, 1))).save(tmp_path / "old.png")
    made = make(host, "sd", image=str(tmp_path / "old.png"), task="colourise").pixels
    own = np.repeat((pixels_of(tmp_path / "old.png") / 255)[..., None], 3, axis=2)
    assert np.abs(lightness(made / 255) - lightness(own)).max() < 0.6


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("sd", {"image": "grey", "task": "upscale"}, "upscale needs a folder of StableDiffusion"),
        ("shap_e", {}, "text_to_image needs a folder of StableDiffusionPipeline or "),
        ("sd_upscale", {"image": "grey", "task": "colourise"}, "colourising needs a folder that serves image_to_image"),
        ("sd", {"image": "colour", "mask": "small"}, "mask must be as large as the picture, 52 x 37, got 52 x 30: scale it"),
        ("sd", {"image": "colour", "mask": "black"}, "mask must be white somewhere, got a black one: nothing would be filled"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told(host, files, name, values, message):
    with pytest.raises(RequestError) as error:
        make(host, name, **{key: files.get(value, value) for key, value in values.items()})
    assert message in str(error.value)


def test_a_folder_that_is_not_there_is_told(host):
    with pytest.raises(RequestError) as error:
        host.generate("picture", prompt="a house", model="no/such/folder")
    assert "no/such/folder" in str(error.value)


def test_pixels_that_are_not_finite_are_refused(picture_plugin):
    from dhsdk_picture.run import _read

    broken = np.zeros((4, 4, 3), np.float32)
    broken[1, 2] = np.nan
    ctx = SimpleNamespace(read=lambda ref: Image(broken, colour="linear"))
    with pytest.raises(ParamError, match=r"^a picture must have finite pixels, got 3 that are not in 'x\.exr'$"):
        _read(AssetRef.model_construct(path="x.exr", sha256="0"), ctx)
    half = SimpleNamespace(read=lambda ref: Image(np.full((2, 2, 1), 0.5, np.float32), colour="linear"))
    light = _read(AssetRef.model_construct(path="x.exr", sha256="0"), half)
    np.testing.assert_allclose(light, 0.7353569, atol=1e-5)


def test_what_is_no_picture_is_refused(host, tmp_path):
    (tmp_path / "box.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    with pytest.raises(ParamError, match=r"^a picture must be an image file, got '.*box\.obj': scene$"):
        make(host, "sd", image=str(tmp_path / "box.obj"))


def test_a_cancel_stops_between_steps(host):
    said = []
    with pytest.raises(Cancelled):
        make(host, "sd", steps=50, progress=lambda *one: said.append(one), cancelled=lambda: len(said) > 3)
    assert any("step" in message for _, message in said)
    assert len(said) < 10


def test_too_little_memory_is_told_with_the_mend(picture_plugin, monkeypatch):
    from dhsdk.diffusion.pretrained import memory

    monkeypatch.setattr(memory, "free_bytes", lambda device: 1000)
    with pytest.raises(RequestError, match=r"^the weights of sd need .* on cpu, free are "):
        make(Host(device="cpu", plugins=[picture_plugin]), "sd")


def test_a_lora_changes_the_picture_and_is_named(host, tmp_path):
    from dhsdk.diffusion import pretrained
    from tests.diffusion.pretrained.test_lora import lora_of

    folder, _ = lora_of(pretrained.load(tiny.folder("sd")), tmp_path)
    plain, dressed = make(host, "sd"), make(host, "sd", lora=str(folder))
    assert (plain.pixels != dressed.pixels).any()
    np.testing.assert_array_equal(make(host, "sd").pixels, plain.pixels)  # the shared weights are as they were
    assert plain.extras["dhsdk"]["models"][0]["sha256"] != dressed.extras["dhsdk"]["models"][0]["sha256"]


def test_weights_are_loaded_once_for_all_variants(picture_plugin, monkeypatch):
    from dhsdk.diffusion.pretrained import loading

    loads, real = [], loading.load
    monkeypatch.setattr(loading, "load", lambda *args, **how: loads.append(args) or real(*args, **how))
    host = Host(device="cpu", plugins=[picture_plugin])
    for seed in range(3):
        make(host, "sd", seed=seed)
    assert len(loads) == 1


@pytest.mark.slow
def test_it_keeps_the_contract(host, tmp_path, monkeypatch):
    """The example gets weights: as a stranger's own class of this generator would."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # of the new process
    (tmp_path / "tiny_picture.py").write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(PICTURE)!r})\n"
        "from dhsdk_picture import Picture\n"
        "class Tiny(Picture):\n"
        "    name = 'tiny_picture'\n"
        f"    example = {{'prompt': 'a house', 'steps': 3, 'width': 32, 'height': 32, 'model': {str(tiny.folder('sd'))!r}}}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    from tiny_picture import Tiny

    from dhsdk.testing import check_generator

    check_generator(Tiny())


@pytest.mark.slow
def test_installed_it_is_found_and_says_which_folder_to_give(tmp_path):
    import shutil

    source, target = tmp_path / "source", tmp_path / "site"
    shutil.copytree(PICTURE, source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index", "--target"]
    done = subprocess.run([*command, str(target), str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    code = "from dhsdk.cli import main; main()"
    done = python(target, "-c", code, "make", "picture", "a red house", "-o", "a.png", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: model must be the folder of a diffusers pipeline, got none: ")
    weights = str(tiny.folder("sd"))
    done = python(
        target, "-c", code, "make", "picture", "a house", "--model", weights, "--steps", "2", "-o", "a.png", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert pixels_of(tmp_path / "a.png").shape == (32, 32, 3)
