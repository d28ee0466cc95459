"""A pipeline taken apart and run by the core's sample() gives what the pipeline's own loop gives, step for step."""

import pytest
import torch

from dhsdk.diffusion.guide import Guidance
from dhsdk.diffusion.sample import noise, sample
from dhsdk.diffusion.schedules import Schedule
from dhsdk.errors import ParamError, RequestError

WORDS, NEGATIVE, STEPS, SIZE = "a red chair", "blue", 4, (48, 32)


def ours(model, x, scale, rng=None, **more):
    """(latents after each step, picture) by sample()."""
    cond, uncond = model.encode_prompt(WORDS, NEGATIVE, size=SIZE)
    seen = []
    x = sample(
        model.denoiser(**more), x, Schedule.of(model.scheduler, STEPS), guidance=Guidance(cond, uncond, scale),
        callback=lambda number, total, x, clean: seen.append(x.clone()),
    )  # fmt: skip
    return seen, model.decode(x)


def theirs(loaded, x, scale, **more):
    seen = []

    def keep(pipe, step, t, given):
        seen.append(given["latents"].clone())
        return given

    out = loaded.pipe(
        WORDS, negative_prompt=NEGATIVE, width=SIZE[0], height=SIZE[1], num_inference_steps=STEPS, guidance_scale=scale,
        latents=x, output_type="pt", callback_on_step_end=keep, **more,
    )  # fmt: skip
    return seen, out.images


def same(one, other):
    assert len(one[0]) == len(other[0]) == STEPS
    for mine, its in zip(one[0], other[0], strict=True):
        assert torch.allclose(mine, its, atol=1e-5)
    assert torch.allclose(one[1], other[1], atol=1e-5)


@pytest.fixture
def picture():
    return torch.rand(1, 3, SIZE[1], SIZE[0], generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("name", ["sd", "sdxl", "sd3"])
def test_words_to_picture_as_the_pipeline_itself_does(name, pretrained):
    loaded = pretrained(name)
    model = loaded.latent_model()
    x = noise(model.shape(SIZE), 3)
    same(ours(model, x, 5.0), theirs(loaded, x, 5.0))


@pytest.mark.parametrize("name", ["sd_inpaint", "sdxl_inpaint"])
def test_a_unet_made_for_inpainting(name, pretrained, picture):
    loaded = pretrained(name)
    model = loaded.latent_model()
    mask = torch.zeros(1, 1, SIZE[1], SIZE[0])
    mask[..., 8:20, 8:24] = 1.0
    x = noise(model.shape(SIZE), 3)
    beside = model.masked_channels(picture, mask, torch.Generator().manual_seed(1))
    its = theirs(loaded, x, 5.0, image=picture, mask_image=mask, strength=1.0, generator=torch.Generator().manual_seed(1))
    same(ours(model, x, 5.0, beside=beside), its)


@pytest.mark.parametrize("name", ["sd_controlnet", "sdxl_controlnet"])
def test_a_controlnet_and_its_weight(name, pretrained, picture):
    loaded = pretrained(name)
    model = loaded.latent_model()
    x = noise(model.shape(SIZE), 3)
    its = theirs(loaded, x, 5.0, image=picture, controlnet_conditioning_scale=0.7)
    same(ours(model, x, 5.0, control=picture, weight=0.7), its)


@pytest.mark.parametrize("name", ["sd", "sd3"])
def test_latents_and_back_are_those_of_the_decoder(name, pretrained, picture):
    loaded = pretrained(name)
    model = loaded.latent_model()
    latents = model.encode(picture)
    assert latents.shape == model.shape(SIZE)
    vae = loaded.pipe.vae
    inside = vae.encode(2 * picture - 1).latent_dist.mean
    assert torch.allclose(latents, (inside - (vae.config.shift_factor or 0)) * vae.config.scaling_factor, atol=1e-6)
    assert torch.allclose(model.decode(latents), (vae.decode(inside).sample / 2 + 0.5).clamp(0, 1), atol=1e-5)
    drawn = [model.encode(picture, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)]
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_what_does_not_fit_is_told(pretrained, picture):
    model = pretrained("sd").latent_model()
    with pytest.raises(ParamError, match="sides of a picture must be multiples of 2 for this model, got 31x32"):
        model.shape((31, 32))
    with pytest.raises(ParamError, match=r"this denoiser is shown 0 channels, got 5 \(a UNet made for inpainting has 5\)"):
        model.denoiser(beside=torch.zeros(1, 5, 4, 4))
    with pytest.raises(ParamError, match="a picture of control belongs to a ControlNet, this folder has none"):
        model.denoiser(control=picture)
    with pytest.raises(ParamError, match="beside x this denoiser is shown 5 channels, got none"):
        pretrained("sd_inpaint").latent_model().denoiser()
    with pytest.raises(ParamError, match="this folder has one"):
        pretrained("sd_controlnet").latent_model().denoiser()
    for name in ("flux", "qwen", "shap_e", "sd_upscale"):
        with pytest.raises(RequestError, match=r"runs as a whole: use the functions of pretrained; a denoiser comes from Stable"):
            pretrained(name).latent_model()
