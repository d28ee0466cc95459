"""The loops of diffusers' own pipelines against sample(), step for step. Run by a test and by the benchmark."""

from __future__ import annotations

from collections.abc import Callable

import diffusers
import torch

from dhsdk.diffusion import Guidance, Schedule, noise
from dhsdk.diffusion.sample import sample
from tests.diffusion import networks

T = torch.Tensor
SD = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
SCHEDULERS = {
    "DDIMScheduler": {"steps_offset": 1, "clip_sample": False},
    "DPMSolverMultistepScheduler": {"use_karras_sigmas": True, "steps_offset": 1},
    "UniPCMultistepScheduler": {"steps_offset": 1},
    "EulerDiscreteScheduler": {"steps_offset": 1},
    "EulerAncestralDiscreteScheduler": {"steps_offset": 1},
    "HeunDiscreteScheduler": {"steps_offset": 1},
    "PNDMScheduler": {"skip_prk_steps": True, "steps_offset": 1},
}
V = {"steps_offset": 1, "clip_sample": False, "prediction_type": "v_prediction"}
WORDS, NO_WORDS = noise((1, 7, 32), 1), noise((1, 7, 32), 2)
POOLED, NO_POOLED = noise((1, 32), 3), noise((1, 32), 4)


def generators() -> list[torch.Generator]:
    return [torch.Generator().manual_seed(one) for one in (11, 12)]


def prompts(steps: int) -> dict:
    """What a guided pipeline is asked for two pictures."""
    words = {"prompt_embeds": WORDS.expand(2, -1, -1), "negative_prompt_embeds": NO_WORDS.expand(2, -1, -1)}
    return {**words, "guidance_scale": 5.0, "num_inference_steps": steps}


def watched(pipeline: Callable, **call) -> list[T]:
    """The latents after each step of a pipeline's own loop."""
    seen: list[T] = []
    pipeline(**call, output_type="latent", callback_on_step_end=lambda pipe, step, t, now: seen.append(now["latents"]) or now)
    return seen


def ours(denoiser: Callable, x: T, made: Schedule, **call) -> list[T]:
    seen: list[T] = []
    sample(denoiser, x, made, callback=lambda step, total, now, clean: seen.append(now), **call)
    return seen


def furthest(one: list[T], two: list[T]) -> float:
    if len(one) != len(two):
        raise RuntimeError(f"{len(one)} steps against {len(two)}")
    return max(float((a - b).abs().max()) for a, b in zip(one, two, strict=True))


def parity(steps: int = 12) -> dict[str, float]:
    """Largest difference of any latent at any step, by pipeline; two pictures at once, guided."""
    found = {name.removesuffix("Scheduler"): stable_diffusion(name, config, steps) for name, config in SCHEDULERS.items()}
    found["v-prediction, rescaled"] = stable_diffusion("DDIMScheduler", V, steps, rescale=0.7)
    found["img2img"] = image_to_image(steps)
    found["inpainting"] = inpainting(steps)
    return found | {"Stable Diffusion 3": stable_diffusion_3(steps), "Flux": flux(steps)}


def asked(unet: Callable) -> Callable:
    return lambda x, t, words: unet(x, t, encoder_hidden_states=words).sample


def stable_diffusion(name: str, config: dict, steps: int, rescale: float = 0.0) -> float:
    pipeline, x = networks.stable_diffusion(getattr(diffusers, name)(**SD, **config)), noise((2, 4, 16, 16), 5)
    theirs = watched(pipeline, latents=x.clone(), generator=generators(), guidance_rescale=rescale, **prompts(steps))
    words = Guidance(WORDS, NO_WORDS, 5.0, rescale=rescale)
    mine = ours(asked(pipeline.unet), x, Schedule.of(pipeline.scheduler, steps), guidance=words, rng=generators())
    return furthest(mine, theirs)


def image_to_image(steps: int) -> float:
    scheduler = diffusers.DPMSolverMultistepScheduler(**SD, use_karras_sigmas=True, steps_offset=1)
    pipeline = networks.stable_diffusion(scheduler, diffusers.StableDiffusionImg2ImgPipeline)
    init = noise((2, 4, 16, 16), 6)
    theirs = watched(pipeline, image=init, strength=0.6, generator=generators(), **prompts(steps))
    x = torch.cat([torch.randn((1, 4, 16, 16), generator=one) for one in generators()])
    words = Guidance(WORDS, NO_WORDS, 5.0)
    made = Schedule.of(pipeline.scheduler, steps)
    return furthest(ours(asked(pipeline.unet), x, made, guidance=words, init=init, strength=0.6), theirs)


def inpainting(steps: int) -> float:
    scheduler = diffusers.DDIMScheduler(**SD, steps_offset=1, clip_sample=False)
    pipeline = networks.stable_diffusion(scheduler, diffusers.StableDiffusionInpaintPipeline)
    init, x = noise((2, 4, 16, 16), 6), noise((2, 4, 16, 16), 5)
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 12:] = 1.0
    theirs = watched(
        pipeline, image=init, mask_image=mask, masked_image_latents=init, latents=x.clone(), strength=1.0, **prompts(steps)
    )
    made, words = Schedule.of(pipeline.scheduler, steps), Guidance(WORDS, NO_WORDS, 5.0)
    return furthest(ours(asked(pipeline.unet), x, made, guidance=words, init=init, mask=mask[..., ::2, ::2]), theirs)


def stable_diffusion_3(steps: int) -> float:
    pipeline = networks.stable_diffusion_3(diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0))
    x, pooled = noise((2, 4, 16, 16), 5), {"pooled_prompt_embeds": POOLED.expand(2, -1), "height": 32, "width": 32}
    pooled["negative_pooled_prompt_embeds"] = NO_POOLED.expand(2, -1)
    theirs = watched(pipeline, latents=x.clone(), **prompts(steps), **pooled)

    def ask(x: T, t: T, cond: tuple[T, T]) -> T:
        told = {"timestep": t.expand(len(x)), "encoder_hidden_states": cond[0], "pooled_projections": cond[1]}
        return pipeline.transformer(hidden_states=x, **told).sample

    words = Guidance((WORDS, POOLED), (NO_WORDS, NO_POOLED), 5.0)
    return furthest(ours(ask, x, Schedule.of(pipeline.scheduler, steps), guidance=words), theirs)


def flux(steps: int) -> float:
    """Flux packs its latents to (N, cells, channels), shifts its levels by their number and is told where each cell lies."""
    pipeline = networks.flux(diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True))
    x, places = noise((2, 64, 16), 5), {}
    transformer = pipeline.transformer
    hook = transformer.register_forward_pre_hook(lambda one, given, named: places.update(named), with_kwargs=True)
    call = {"prompt_embeds": WORDS.expand(2, -1, -1), "pooled_prompt_embeds": POOLED.expand(2, -1), "height": 32, "width": 32}
    theirs = watched(pipeline, latents=x.clone(), num_inference_steps=steps, guidance_scale=1.0, **call)
    hook.remove()
    settings = pipeline.scheduler.config
    rise = (settings.max_shift - settings.base_shift) / (settings.max_image_seq_len - settings.base_image_seq_len)
    mu = settings.base_shift + rise * (x.shape[1] - settings.base_image_seq_len)
    made = Schedule.of(pipeline.scheduler, steps, sigmas=[1.0 - one / steps for one in range(steps)], mu=mu)
    told = {**places, "encoder_hidden_states": WORDS.expand(2, -1, -1), "pooled_projections": POOLED.expand(2, -1)}
    told |= {"return_dict": False}
    mine = ours(lambda x, t: transformer(**{**told, "hidden_states": x, "timestep": t.expand(len(x)) / 1000})[0], x, made)
    return furthest(mine, theirs)
