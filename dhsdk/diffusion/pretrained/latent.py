"""A pipeline taken apart for the core's sample(): its denoiser, its words, its way to latents and back, its scheduler.

model = pretrained.latent_model()
cond, uncond = model.encode_prompt("a red chair", size=(512, 512))
x = sample(model.denoiser(), noise(model.shape((512, 512)), seed), Schedule.of(model.scheduler, 30),
           guidance=Guidance(cond, uncond, 7.5))
picture = model.decode(x)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dhsdk.diffusion.pretrained.quiet import quiet
from dhsdk.errors import ParamError, RequestError

if TYPE_CHECKING:
    import torch

    from dhsdk.diffusion.pretrained.loading import Pretrained

FAMILIES = ("Stable Diffusion 1 and 2", "Stable Diffusion XL", "Stable Diffusion 3")
WHOLE = ("StableDiffusionUpscalePipeline", "StableDiffusionLatentUpscalePipeline")
"""Pipelines of these families whose denoiser is told more than words and a mask: they run as a whole."""


@dataclass(frozen=True, eq=False)
class LatentModel:
    """channels: of latents. factor: pixels of a picture to a latent. scheduler: diffusers' own, for Schedule.of(); leave it so.

    inputs: channels that the denoiser is shown; 9 for a UNet made for inpainting.
    """

    pretrained: Pretrained
    channels: int
    factor: int
    inputs: int
    scheduler: Any

    def shape(self, size: tuple[int, int], count: int = 1) -> tuple[int, int, int, int]:
        """(count, channels, height, width) of the latents of a picture of `size` (width, height). Raises ParamError."""
        if any(side < self.factor or side % self.factor for side in size):
            raise ParamError(f"sides of a picture must be multiples of {self.factor} for this model, got {size[0]}x{size[1]}")
        return count, self.channels, size[1] // self.factor, size[0] // self.factor

    def encode_prompt(self, prompt: str, negative: str = "", *, size: tuple[int, int]) -> tuple[Any, Any]:
        """(cond, uncond), one row each, as Guidance takes them; size (width, height) is told to models that ask for it."""
        import torch

        pipe = self.pretrained.pipe
        with quiet(), torch.no_grad():
            if self.pretrained.card.family == FAMILIES[0]:
                found = pipe.encode_prompt(prompt, pipe._execution_device, 1, True, negative)
                return {"words": found[0]}, {"words": found[1]}
            if self.pretrained.card.family == FAMILIES[1]:
                words, nothing, pooled, nothing_pooled = pipe.encode_prompt(prompt, negative_prompt=negative or None)
                told = torch.tensor([[size[1], size[0], 0, 0, size[1], size[0]]]).to(words)
                return (
                    {"words": words, "pooled": pooled, "sizes": told},
                    {"words": nothing, "pooled": nothing_pooled, "sizes": told},
                )
            words, nothing, pooled, nothing_pooled = pipe.encode_prompt(prompt, None, None, negative_prompt=negative)
            return {"words": words, "pooled": pooled}, {"words": nothing, "pooled": nothing_pooled}

    def denoiser(
        self,
        *,
        beside: torch.Tensor | None = None,
        control: torch.Tensor | None = None,
        weight: float = 1.0,
    ) -> Callable[[torch.Tensor, torch.Tensor, Any], torch.Tensor]:
        """A conditional denoiser (x, t, cond) -> prediction in the shape and dtype of x.

        beside: (1, inputs - channels, H, W) further channels, which a UNet made for inpainting needs, from masked_channels().
        control: (1, 3, height, width) in [0, 1], which a ControlNet needs; weight says how much it counts.

        Raises ParamError when one of the two is missing or not known to this model.
        """
        more = self.inputs - self.channels
        if (beside is None) != (more == 0) or (beside is not None and beside.shape[1] != more):
            got = "none" if beside is None else beside.shape[1]
            raise ParamError(f"beside x this denoiser is shown {more} channels, got {got} (a UNet made for inpainting has 5)")
        guide = self.pretrained.pipe.components.get("controlnet")
        if (control is None) != (guide is None):
            raise ParamError(f"a picture of control belongs to a ControlNet, this folder has {'one' if guide else 'none'}")
        if self.pretrained.card.family == FAMILIES[2]:
            return self._transformer
        return lambda x, t, cond: self._unet(x, t, cond, beside, control, weight)

    def encode(self, picture: torch.Tensor, rng: torch.Generator | None = None) -> torch.Tensor:
        """Latents of pictures (N, 3, height, width) in [0, 1]: the encoder's mean, or with rng a draw around it."""
        import torch

        vae = self.pretrained.pipe.vae
        with torch.no_grad():
            found = vae.encode((2.0 * picture - 1.0).to(self.pretrained.device, vae.dtype)).latent_dist
            latents = found.mode() if rng is None else found.sample(rng)
        return (latents - (vae.config.shift_factor or 0.0)) * vae.config.scaling_factor

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """Pictures (N, 3, height, width) float32 in [0, 1] on the CPU."""
        import torch

        vae = self.pretrained.pipe.vae
        with torch.no_grad():
            inside = latents.to(self.pretrained.device, vae.dtype) / vae.config.scaling_factor + (vae.config.shift_factor or 0.0)
            return (vae.decode(inside, return_dict=False)[0].float().cpu() / 2.0 + 0.5).clamp(0.0, 1.0)

    def masked_channels(self, picture: torch.Tensor, mask: torch.Tensor, rng: torch.Generator | None = None) -> torch.Tensor:
        """`beside` for a UNet made for inpainting: the mask (1 is made anew) and the latents of the picture without that part.

        picture: (1, 3, height, width) in [0, 1]. mask: (1, 1, height, width). Result: (1, 1 + channels, height / factor, ...).
        """
        import torch

        hole = (mask >= 0.5).to(picture)
        small = torch.nn.functional.interpolate(hole, scale_factor=1.0 / self.factor)
        known = self.encode(0.5 + (picture - 0.5) * (1.0 - hole), rng)
        return torch.cat([small.to(known), known], dim=1)

    def _unet(
        self, x: torch.Tensor, t: torch.Tensor, cond: Mapping[str, torch.Tensor], beside: Any, control: Any, weight: float
    ) -> torch.Tensor:
        import torch

        unet = self.pretrained.pipe.unet
        shown = x.to(unet.dtype)
        told: dict[str, Any] = {"encoder_hidden_states": cond["words"]}
        if "pooled" in cond:
            told["added_cond_kwargs"] = {"text_embeds": cond["pooled"], "time_ids": cond["sizes"]}
        if control is not None:
            picture = control.to(shown).expand(len(x), -1, -1, -1)
            down, mid = self.pretrained.pipe.controlnet(
                shown, t, controlnet_cond=picture, conditioning_scale=weight, return_dict=False, **told
            )
            told |= {"down_block_additional_residuals": down, "mid_block_additional_residual": mid}
        if beside is not None:
            shown = torch.cat([shown, beside.to(shown).expand(len(x), -1, -1, -1)], dim=1)
        return unet(shown, t, return_dict=False, **told)[0].to(x.dtype)

    def _transformer(self, x: torch.Tensor, t: torch.Tensor, cond: Mapping[str, torch.Tensor]) -> torch.Tensor:
        model = self.pretrained.pipe.transformer
        found = model(
            hidden_states=x.to(model.dtype), timestep=t.expand(len(x)), encoder_hidden_states=cond["words"],
            pooled_projections=cond["pooled"], return_dict=False,
        )  # fmt: skip
        return found[0].to(x.dtype)


def latent_model(pretrained: Pretrained) -> LatentModel:
    """The parts of a loaded pipeline that sample() needs. Raises RequestError for families that run as a whole only."""
    card, pipe = pretrained.card, pretrained.pipe
    if card.family not in FAMILIES or card.pipeline in WHOLE:
        raise RequestError(
            f"{card.pipeline} runs as a whole: use the functions of pretrained; a denoiser comes from {', '.join(FAMILIES)}"
        )
    network = pipe.unet if hasattr(pipe, "unet") else pipe.transformer
    return LatentModel(
        pretrained,
        int(pipe.vae.config.latent_channels),
        int(pipe.vae_scale_factor),
        int(network.config.in_channels),
        pipe.scheduler,
    )
