"""method distill of backend paint: the texture itself is what score distillation moves, through the lit picture of the scene.

The light is the renderer's, so that what the model takes for shadow does not end up in the base colour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dhsdk.diffusion.distill import distill
from dhsdk.diffusion.guide import Guidance
from dhsdk.diffusion.pretrained.memory import room_for
from dhsdk.diffusion.schedules import Schedule
from dhsdk.materials.colour import decoded
from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d.backends.plan import PaintPlan
from dhsdk.ready.atlas import Atlas, one_atlas, recoloured
from dhsdk.render.camera import View
from dhsdk.render.diff import model as tensors
from dhsdk.render.diff import picture
from dhsdk.scene.types import Scene

BEHIND = 0.2
"""Linear grey behind the object."""
ROUNDS = 20
"""Steps of distillation for each step of the plan."""
LEVELS = 200
"""Noise levels of the schedule that distillation goes down."""
RATE = 0.03
"""Of Adam, in units of the texture's logit."""


def distilled(
    scene: Scene, model: Any, plan: PaintPlan, views: Sequence[View], ctx: Context, tell: Callable[[float, str], None]
) -> Scene:
    """The scene on one atlas whose base colour score distillation has moved towards the prompt, seen from all views in turn.

    Raises RequestError: a family that the core does not take apart, or too little memory.
    """
    parts, size = model.latent_model(), (plan.pixels, plan.pixels)
    with room_for(f"distilling with {model.card.pipeline}", model.device, model.dtype, model.offload):
        guidance = parts.guidance(plan.prompt, scale=plan.guidance, size=size)
        atlas = one_atlas(scene, plan.design.texture)
        return moved(
            atlas, views, size, parts.denoiser(), parts.schedule(LEVELS, size=size), guidance=guidance, encode=parts.encode,
            steps=ROUNDS * plan.steps, seed=int(ctx.rng("distill").integers(1 << 62)), tell=tell,
        )  # fmt: skip


def moved(
    atlas: Atlas,
    views: Sequence[View],
    size: tuple[int, int],
    denoiser: Any,
    schedule: Schedule,
    *,
    guidance: Guidance | None = None,
    encode: Callable[[Tensor], Tensor] | None = None,
    steps: int = 600,
    lr: float = RATE,
    seed: int = 0,
    tell: Callable[[float, str], None],
) -> Scene:
    """The atlas's scene with the base colour that distill() finds: pictures (1, 3, H, W) sRGB in [0, 1], a view for each step."""
    seen = [tensors(atlas.scene, view) for view in views]
    start = torch.from_numpy(atlas.base.image.pixels[..., :3].astype(np.float32) / 255.0)
    logits = torch.logit(start.clamp(0.01, 0.99)).requires_grad_()
    turn = 0

    def render() -> Tensor:
        nonlocal turn
        number, turn = turn % len(views), turn + 1
        base = torch.cat([_linear(torch.sigmoid(logits)), torch.ones_like(logits[..., :1])], dim=2)
        one = seen[number]
        # the base colour of the first material is the first texture, and all materials share it
        look = replace(one.look, textures=(base, *one.look.textures[1:]))
        light = picture(replace(one, look=look), views[number], size, torch.full((3,), BEHIND))
        return _srgb(light).permute(2, 0, 1)[None]

    def told(number: int, total: int, x: Tensor, clean: Tensor) -> None:
        tell(number / total, f"distillation, step {number} of {total}")

    distill(denoiser, render, [logits], schedule, guidance=guidance, encode=encode, steps=steps, lr=lr, rng=seed, callback=told)
    texels = torch.sigmoid(logits).detach().numpy().reshape(-1, 3)[atlas.where.at]
    return recoloured(atlas, decoded(texels))


def _linear(srgb: Tensor) -> Tensor:
    return torch.where(srgb <= 0.04045, srgb / 12.92, ((srgb.clamp(min=0.04) + 0.055) / 1.055) ** 2.4)


def _srgb(light: Tensor) -> Tensor:
    light = light.clamp(0.0, 1.0)
    return torch.where(light <= 0.0031308, light * 12.92, 1.055 * light.clamp(min=0.003) ** (1 / 2.4) - 0.055)
