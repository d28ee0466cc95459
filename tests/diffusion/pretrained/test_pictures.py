"""Pictures from every family: real loading, real steps, random weights; deterministic, watched, stopped."""

import numpy as np
import pytest
import torch

from dhsdk.diffusion.pretrained import controlled, image_to_image, inpaint, load, pictures, text_to_image, upscale
from dhsdk.errors import Cancelled, GenerationError, ParamError, RequestError
from tests.diffusion import tiny

WORDS = "a red chair"


@pytest.fixture(scope="module")
def picture():
    return np.random.default_rng(3).random((32, 32, 3), dtype=np.float32)


@pytest.fixture(scope="module")
def mask():
    hole = np.zeros((32, 32), np.float32)
    hole[8:20, 8:24] = 1.0
    return hole


def made(kind, loaded, picture, mask, seed=0, prompt=WORDS, progress=None):
    more = {"steps": 3, "seed": seed, "progress": progress}
    if kind == "text_to_image":
        return text_to_image(loaded, prompt, size=(48, 32), **more)
    if kind == "image_to_image":
        return image_to_image(loaded, prompt, picture, strength=0.7, **more)
    if kind == "inpaint":
        return inpaint(loaded, prompt, picture, mask, **more)
    if kind == "controlnet":
        return controlled(loaded, prompt, picture, **more)
    return upscale(loaded, picture, prompt, **more)


SHAPES = {"text_to_image": (32, 48, 3), "image_to_image": (32, 32, 3), "inpaint": (32, 32, 3), "controlnet": (32, 32, 3)}
CASES = [
    *((name, kind) for name in ("sd", "sdxl", "sd3", "flux", "qwen") for kind in ("text_to_image", "image_to_image", "inpaint")),
    ("sd_inpaint", "inpaint"), ("sdxl_inpaint", "inpaint"), ("flux_fill", "inpaint"), ("sd_controlnet", "controlnet"),
    ("sdxl_controlnet", "controlnet"), ("sd_upscale", "upscale"), ("latent_upscale", "upscale"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_family_makes_pictures_that_follow_seed_and_words(name, kind, pretrained, picture, mask):
    loaded = pretrained(name)
    told = []
    one = made(kind, loaded, picture, mask, progress=lambda share, text: told.append((share, text)))
    scale = {"sd_upscale": 4, "latent_upscale": 2}.get(name, 1)
    assert one.shape == SHAPES.get(kind, (32 * scale, 32 * scale, 3))
    assert one.dtype == np.float32
    assert 0.0 <= one.min() < one.max() <= 1.0
    assert np.array_equal(one, made(kind, loaded, picture, mask))
    assert not np.array_equal(one, made(kind, loaded, picture, mask, seed=1))
    assert not np.array_equal(one, made(kind, loaded, picture, mask, prompt="a green house"))
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert 1 < len(told) <= 3
    assert told[-1][0] == 1.0


@pytest.mark.parametrize("name", ["sd", "sd_inpaint", "sdxl_inpaint", "sd3", "flux_fill", "qwen"])
def test_inpainting_keeps_the_rest_exactly(name, pretrained, picture, mask):
    result = made("inpaint", pretrained(name), picture, mask)
    assert np.array_equal(result[mask == 0.0], picture[mask == 0.0])
    assert np.abs(result - picture)[mask == 1.0].mean() > 0.05


def test_control_and_its_weight_reach_the_picture(pretrained, picture):
    loaded = pretrained("sd_controlnet")
    one = controlled(loaded, WORDS, picture, steps=2)
    assert not np.allclose(one, controlled(loaded, WORDS, 1.0 - picture, steps=2))
    free = controlled(loaded, WORDS, picture, weight=0.0, steps=2)
    assert np.array_equal(free, controlled(loaded, WORDS, 1.0 - picture, weight=0.0, steps=2))


def test_sizes_that_do_not_fit_the_latents_are_padded_and_cut(pretrained, picture, mask):
    odd = picture[:29, :31]
    assert image_to_image(pretrained("sd"), WORDS, odd, steps=2).shape == odd.shape
    assert inpaint(pretrained("flux"), WORDS, odd, mask[:29, :31], steps=2).shape == odd.shape
    assert upscale(pretrained("sd_upscale"), odd, steps=2).shape == (29 * 4, 31 * 4, 3)


def test_the_size_of_the_model_is_the_default(pretrained):
    assert text_to_image(pretrained("sd"), WORDS, steps=1).shape == (32, 32, 3)


def test_strength_says_how_far(pretrained, picture):
    loaded = pretrained("sd")
    near, far = (image_to_image(loaded, WORDS, picture, strength=one, steps=10) for one in (0.1, 1.0))
    round_trip = image_to_image(loaded, WORDS, picture, strength=0.1, steps=10, seed=5)
    assert np.abs(near - round_trip).mean() < np.abs(far - round_trip).mean()


def test_guidance_and_a_negative_prompt_reach_the_picture(pretrained):
    for name in ("sd", "qwen", "sd3"):
        loaded = pretrained(name)
        plain = text_to_image(loaded, WORDS, size=(32, 32), steps=2)
        assert not np.array_equal(plain, text_to_image(loaded, WORDS, negative="blue", size=(32, 32), steps=2))
        assert not np.array_equal(plain, text_to_image(loaded, WORDS, guidance=9.0, size=(32, 32), steps=2))


def test_the_global_random_stream_is_left_alone(pretrained):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    text_to_image(pretrained("sd"), WORDS, steps=1)
    assert torch.equal(torch.rand(3), expected)


def test_a_call_leaves_the_scheduler_as_it_was(pretrained):
    loaded = pretrained("sd")
    text_to_image(loaded, WORDS, steps=1)
    assert "step" not in vars(loaded.pipe.scheduler)


def test_cancel_in_the_middle_stops_at_the_step(pretrained):
    told = []

    def stop(share, text):
        told.append(text)
        if len(told) == 2:
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        text_to_image(pretrained("sd"), WORDS, steps=9, progress=stop)
    assert told == ["step 1 of 9", "step 2 of 9"]


@pytest.mark.parametrize("name", ["sd", "flux"])
def test_latents_that_are_no_numbers_are_stopped_at_the_step(name, tmp_path):
    loaded = load(tiny.folder(name))
    told = []
    model = loaded.pipe.components.get("unet") or loaded.pipe.components["transformer"]
    model.register_forward_hook(lambda m, given, out: tuple(one * float("nan") for one in out) if len(told) == 2 else out)
    with pytest.raises(GenerationError, match="latents must be finite numbers, step 3 of 5 made others: take dtype='bfloat16'"):
        text_to_image(loaded, WORDS, size=(32, 32), steps=5, progress=lambda share, text: told.append(text))
    assert len(told) == 2


def test_a_decoder_that_overflows_is_told():
    loaded = load(tiny.folder("sd"))
    loaded.pipe.vae.register_forward_hook(lambda *rest: None)
    decode = loaded.pipe.vae.decode
    loaded.pipe.vae.decode = lambda *given, **more: [decode(*given, **more)[0] * float("nan")]
    with pytest.raises(GenerationError, match="the decoded picture has values that are not finite: take dtype='float32'"):
        text_to_image(loaded, WORDS, steps=1)


def test_a_picture_that_the_safety_checker_withheld_is_no_black_picture():
    loaded = load(tiny.folder("sd_checked"))
    assert text_to_image(loaded, WORDS, steps=1).std() > 0.0
    with torch.no_grad():
        loaded.pipe.safety_checker.concept_embeds_weights.fill_(-2.0)
    with pytest.raises(GenerationError, match="the folder's safety checker withheld the picture: take another seed"):
        text_to_image(loaded, WORDS, steps=1)


def test_words_beyond_the_length_of_the_text_encoder_are_told(pretrained):
    """The tiny tokenizer reads 16 tokens, two of them its own marks; an "a" is one."""
    told = []
    text_to_image(pretrained("sd"), 14 * "a " + "wooden tree", steps=1, progress=lambda share, text: told.append(text))
    assert told[0] == "the words that the model does not read any more: wooden tree"
    told.clear()
    text_to_image(pretrained("sd"), WORDS, steps=1, progress=lambda share, text: told.append(text))
    assert told == ["step 1 of 1"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda sd, p, m: text_to_image(sd, WORDS, size=(33, 32)),
            r"width and height must be multiples of 2 in \[2, 4096\], got 33x32",
        ),
        (lambda sd, p, m: text_to_image(sd, WORDS, size=(8192, 32)), "width and height must be multiples of 2"),
        (lambda sd, p, m: text_to_image(sd, WORDS, steps=0), "steps must be at least 1, got 0"),
        (lambda sd, p, m: image_to_image(sd, WORDS, p, strength=0.0), r"strength must be in \(0, 1\], got 0.0"),
        (lambda sd, p, m: inpaint(sd, WORDS, p, m, strength=2.0), r"strength must be in \(0, 1\], got 2.0"),
        (
            lambda sd, p, m: image_to_image(sd, WORDS, p[..., 0]),
            r"a picture must be \(height, width, 3\) with sides up to 4096, got",
        ),
        (lambda sd, p, m: image_to_image(sd, WORDS, p * 255), r"a picture must have values in \[0, 1\], got"),
        (lambda sd, p, m: image_to_image(sd, WORDS, p * np.nan), r"a picture must have values in \[0, 1\], got"),
        (
            lambda sd, p, m: inpaint(sd, WORDS, p, m[:8]),
            r"mask must be \(32, 32\) numbers in \[0, 1\] as the picture is, got \(8, 32\)",
        ),
        (lambda sd, p, m: inpaint(sd, WORDS, p, m * 2), r"mask must be \(32, 32\) numbers"),
    ],
)
def test_values_are_checked_before_anything_runs(call, message, pretrained, picture, mask):
    with pytest.raises(ParamError, match=message):
        call(pretrained("sd"), picture, mask)


def test_the_wrong_folder_and_words_that_a_model_does_not_take(pretrained, picture, mask):
    with pytest.raises(RequestError, match="image_to_image needs a folder of StableDiffusionPipeline or"):
        image_to_image(pretrained("sd_inpaint"), WORDS, picture)
    with pytest.raises(RequestError, match="FluxFillPipeline takes no negative prompt: leave it out"):
        inpaint(pretrained("flux_fill"), WORDS, picture, mask, negative="blue")


def test_half_precision_makes_pictures(picture):
    loaded = load(tiny.folder("sd"), dtype="bfloat16")
    one = text_to_image(loaded, WORDS, steps=2)
    assert one.dtype == np.float32
    assert np.isfinite(one).all()
    assert image_to_image(loaded, WORDS, picture, steps=2).shape == picture.shape


def test_defaults_are_those_of_the_pipelines_makers(pretrained):
    told = []
    text_to_image(pretrained("sd"), WORDS, size=(8, 8), progress=lambda share, text: told.append(text))
    assert told[-1] == "step 50 of 50"
    assert pictures.LARGEST_SIDE == 4096
