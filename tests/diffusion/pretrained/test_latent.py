"""A pipeline taken apart and run by the core's sample() gives what the pipeline's own loop gives, step for step."""

import pytest
import torch

from dhsdk.diffusion.pretrained.families import packed, unpacked
from dhsdk.diffusion.sample import noise, sample
from dhsdk.diffusion.tile import circular
from dhsdk.errors import ParamError, RequestError

WORDS, NEGATIVE, STEPS, SIZE = "a red chair", "blue", 4, (48, 32)


def ours(model, x, scale, negative=NEGATIVE, **more):
    """(latents after each step, picture) by sample()."""
    guidance, seen = model.guidance(WORDS, negative, scale, size=SIZE), []
    x = sample(
        model.denoiser(**more), x, model.schedule(STEPS, size=SIZE), guidance=guidance,
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


def packed_theirs(loaded, x, how, **more):
    """theirs(), of a family whose loop holds its latents packed."""
    seen = []

    def keep(pipe, step, t, given):
        seen.append(unpacked(given["latents"], x.shape[2] // 2, x.shape[3] // 2))
        return given

    out = loaded.pipe(
        WORDS, width=SIZE[0], height=SIZE[1], num_inference_steps=STEPS, latents=packed(x), output_type="pt",
        callback_on_step_end=keep, **how, **more,
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


def test_flux_is_told_its_guidance(pretrained):
    loaded = pretrained("flux")
    model = loaded.latent_model()
    x = noise(model.shape(SIZE), 3)
    same(ours(model, x, 2.5, ""), packed_theirs(loaded, x, {"guidance_scale": 2.5}))
    other = ours(model, x, 5.0, "")
    assert not torch.allclose(other[1], ours(model, x, 2.5, "")[1], atol=1e-5)
    with pytest.raises(RequestError, match="FluxPipeline takes no negative prompt"):
        model.guidance(WORDS, "blue", size=SIZE)


@pytest.mark.parametrize("negative", ["blue", "a blue chair of old wood", ""])
def test_qwen_keeps_the_length_of_the_conditional_prediction(negative, pretrained):
    loaded = pretrained("qwen")
    model = loaded.latent_model()
    x = noise(model.shape(SIZE), 3)
    same(ours(model, x, 4.0, negative), packed_theirs(loaded, x, {"true_cfg_scale": 4.0, "negative_prompt": negative or " "}))


def test_flux_fill(pretrained, picture):
    loaded = pretrained("flux_fill")
    model = loaded.latent_model()
    mask = torch.zeros(1, 1, SIZE[1], SIZE[0])
    mask[..., 8:20, 7:24] = 1.0
    x = noise(model.shape(SIZE), 3)
    beside = model.masked_channels(picture, mask, torch.Generator().manual_seed(1))
    how = {"guidance_scale": 30.0, "image": picture, "mask_image": mask, "generator": torch.Generator().manual_seed(1)}
    same(ours(model, x, None, "", beside=beside), packed_theirs(loaded, x, how))


@pytest.mark.parametrize("name", ["sd", "sd3", "flux", "qwen"])
def test_every_family_is_exactly_circular_and_keeps_what_is_known(name, pretrained, picture):
    """What the family's own pipeline cannot do: a picture that closes around, with a part held at every step."""
    model = pretrained(name).latent_model()
    guidance, made = model.guidance(WORDS, size=SIZE), model.schedule(2, size=SIZE)
    with torch.no_grad():
        init = model.encode(picture)
    mask = torch.zeros(1, 1, *init.shape[2:])
    mask[..., : init.shape[3] // 2] = 1.0

    def run(turn):
        x = noise(model.shape(SIZE), 3).roll(turn, -1)
        ring = circular(model.denoiser())
        return sample(ring, x, made, guidance=guidance, init=init.roll(turn, -1), mask=mask.roll(turn, -1), rng=5).roll(-turn, -1)

    found = run(0)
    assert torch.allclose(found, run(4), atol=1e-5)
    assert torch.allclose(found * (1 - mask), init * (1 - mask), atol=1e-6)
    assert not torch.allclose(found, init, atol=1e-2)


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


@pytest.mark.parametrize("name", ["sd", "sd3", "flux"])
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
    shown = r"this denoiser is shown 0 channels, got 5 \(masked_channels\(\) makes those for inpainting\)"
    with pytest.raises(ParamError, match=shown):
        model.denoiser(beside=torch.zeros(1, 5, 4, 4))
    with pytest.raises(ParamError, match="a picture of control belongs to a ControlNet, this folder has none"):
        model.denoiser(control=picture)
    with pytest.raises(ParamError, match="beside x this denoiser is shown 5 channels, got none"):
        pretrained("sd_inpaint").latent_model().denoiser()
    with pytest.raises(ParamError, match="this folder has one"):
        pretrained("sd_controlnet").latent_model().denoiser()
    with pytest.raises(ParamError, match="sides of a picture must be multiples of 4 for this model, got 30x32"):
        pretrained("flux").latent_model().shape((30, 32))
    for name in ("shap_e", "sd_upscale"):
        with pytest.raises(RequestError, match=r"runs as a whole: use the functions of pretrained; a denoiser comes from Stable"):
            pretrained(name).latent_model()
