"""A pipeline taken apart for the core's sample(): its denoiser, its words, its way to latents and back, its noise levels.

model, size = pretrained.latent_model(), (512, 512)
x = sample(model.denoiser(), noise(model.shape(size), seed), model.schedule(30, size=size),
           guidance=model.guidance("a red chair", size=size))
picture = model.decode(x)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dhsdk.diffusion.pretrained.allowed import PIPELINES
from dhsdk.diffusion.pretrained.families import FAMILIES, Asked, Cond, Family, network
from dhsdk.diffusion.pretrained.quiet import quiet
from dhsdk.errors import ParamError, RequestError

if TYPE_CHECKING:
    import torch

    from dhsdk.diffusion.guide import Guidance
    from dhsdk.diffusion.schedules import Schedule

WHOLE = ("StableDiffusionUpscalePipeline", "StableDiffusionLatentUpscalePipeline")
"""Pipelines of these families whose denoiser is told more than words and a mask: they run as a whole."""


@dataclass(frozen=True, eq=False)
class LatentModel:
    """pipe: diffusers' own, on `device`. channels: of latents. factor: pixels of a picture to a latent.

    inputs: channels that the denoiser is shown; more than `channels` where it was made for inpainting.
    """

    pipe: Any
    device: str
    family: Family
    channels: int
    factor: int
    inputs: int

    def shape(self, size: tuple[int, int], count: int = 1) -> tuple[int, int, int, int]:
        """(count, channels, height, width) of the latents of a picture of `size` (width, height). Raises ParamError."""
        unit = self.factor * self.family.patch
        if any(side < unit or side % unit for side in size):
            raise ParamError(f"sides of a picture must be multiples of {unit} for this model, got {size[0]}x{size[1]}")
        return count, self.channels, size[1] // self.factor, size[0] // self.factor

    def schedule(self, steps: int, *, size: tuple[int, int]) -> Schedule:
        """The folder's own scheduler with as many steps, shifted for a picture of `size` (width, height) where it is made so.

        Raises ParamError. Source of the shift: Esser et al. 2024 (Scaling rectified flow transformers), section 5.3.2, linear in
        the number of patches as diffusers' pipelines take it.
        """
        from dhsdk.diffusion.schedules import Schedule

        scheduler, options = self.pipe.scheduler, {}
        config = scheduler.config
        if config.get("use_dynamic_shifting"):
            _, _, rows, columns = self.shape(size)
            first, last = config.get("base_image_seq_len", 256), config.get("max_image_seq_len", 4096)
            low, high = config.get("base_shift", 0.5), config.get("max_shift", 1.15)
            patches = rows * columns // self.family.patch**2
            options["mu"] = low + (high - low) * (patches - first) / (last - first)
        takes = inspect.signature(scheduler.set_timesteps).parameters
        if self.family.packs and "sigmas" in takes and not config.get("use_flow_sigmas") and steps > 0:
            options["sigmas"] = [1.0 - number / steps for number in range(steps)]
        return Schedule.of(scheduler, steps, **options)

    def guidance(self, prompt: str, negative: str = "", scale: float | None = None, *, size: tuple[int, int]) -> Guidance:
        """How `prompt` steers the denoiser of this family, for sample(); scale None is what the pipeline's makers chose.

        FLUX is told the scale and has no negative words: its Guidance asks once per step. Raises RequestError.
        """
        import torch

        from dhsdk.diffusion.guide import Guidance

        pipe = self.pipe
        if negative and self.family.told:
            raise RequestError(f"{type(pipe).__name__} takes no negative prompt: leave it out")
        if scale is None:
            scale = float(inspect.signature(type(pipe).__call__).parameters[PIPELINES[type(pipe).__name__].guidance].default)
        with quiet(), torch.no_grad():
            cond, uncond = self.family.words(pipe, prompt, negative, size, scale)
        return Guidance(cond, uncond, 1.0 if self.family.told else scale, keep=self.family.patch if self.family.keep else 0)

    def denoiser(
        self,
        *,
        beside: torch.Tensor | None = None,
        control: torch.Tensor | None = None,
        weight: float = 1.0,
    ) -> Callable[[torch.Tensor, torch.Tensor, Cond], torch.Tensor]:
        """A conditional denoiser (x, t, cond) -> prediction in the shape and dtype of x.

        beside: (1, inputs - channels, H, W) further channels, which a network made for inpainting needs, from masked_channels().
        control: (1, 3, height, width) in [0, 1], which a ControlNet needs; weight says how much it counts.

        Raises ParamError when one of the two is missing or not known to this model.
        """
        more = self.inputs - self.channels
        if (beside is None) != (more == 0) or (beside is not None and beside.shape[1] != more):
            got = "none" if beside is None else beside.shape[1]
            raise ParamError(
                f"beside x this denoiser is shown {more} channels, got {got} (masked_channels() makes those for inpainting)"
            )
        guide = self.pipe.components.get("controlnet")
        if (control is None) != (guide is None):
            raise ParamError(f"a picture of control belongs to a ControlNet, this folder has {'one' if guide else 'none'}")
        pipe, predict, asked = self.pipe, self.family.predict, Asked(beside, control, weight)
        dtype = network(pipe).dtype
        return lambda x, t, cond: predict(pipe, x.to(dtype), t, cond, asked).to(x.dtype)

    def encode(self, picture: torch.Tensor, rng: torch.Generator | None = None) -> torch.Tensor:
        """Latents of pictures (N, 3, height, width) in [0, 1], differentiable: the encoder's mean, or a draw by rng."""
        vae = self.pipe.vae
        inside = (2.0 * picture - 1.0).to(self.device, vae.dtype)
        found = vae.encode(inside[:, :, None] if self.family.films else inside).latent_dist
        latents = found.mode() if rng is None else found.sample(rng)
        middle, scale = self._scales(latents)
        latents = (latents - middle) * scale
        return latents[:, :, 0] if self.family.films else latents

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """Pictures (N, 3, height, width) float32 in [0, 1] on the CPU. Differentiable."""
        vae = self.pipe.vae
        inside = latents.to(self.device, vae.dtype)
        inside = inside[:, :, None] if self.family.films else inside
        middle, scale = self._scales(inside)
        made = vae.decode(inside / scale + middle, return_dict=False)[0]
        return ((made[:, :, 0] if self.family.films else made).float().cpu() / 2.0 + 0.5).clamp(0.0, 1.0)

    def masked_channels(self, picture: torch.Tensor, mask: torch.Tensor, rng: torch.Generator | None = None) -> torch.Tensor:
        """`beside` for a network made for inpainting: the mask (1: made anew) and the latents of the picture without that part.

        picture: (1, 3, height, width) in [0, 1]. mask: (1, 1, height, width). Result: (1, inputs - channels, H, W).
        """
        hole = (mask >= 0.5).to(picture)
        known = self.encode(0.5 + (picture - 0.5) * (1.0 - hole), rng)
        return self.family.beside(hole.to(known), known)

    def _scales(self, like: torch.Tensor) -> tuple[Any, Any]:
        """(middle, scale): (the decoder's latents - middle) * scale are the denoiser's."""
        config = self.pipe.vae.config
        if not self.family.films:
            return config.shift_factor or 0.0, config.scaling_factor
        middle, spread = (like.new_tensor(each).view(1, -1, 1, 1, 1) for each in (config.latents_mean, config.latents_std))
        return middle, 1.0 / spread


def latent_model(pipe: Any, family_name: str, device: str) -> LatentModel:
    """The parts of a loaded pipeline that sample() needs. Raises RequestError for pipelines that run as a whole only."""
    name = type(pipe).__name__
    if family_name not in FAMILIES or name in WHOLE:
        raise RequestError(
            f"{name} runs as a whole: use the functions of pretrained; a denoiser comes from {', '.join(FAMILIES)}"
        )
    family, vae = FAMILIES[family_name], pipe.vae.config
    inputs = network(pipe).config.in_channels // (family.patch**2 if family.packs else 1)
    channels = vae.z_dim if family.films else vae.latent_channels
    return LatentModel(pipe, device, family, int(channels), int(pipe.vae_scale_factor), int(inputs))
