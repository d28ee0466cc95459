"""backend paint: the designed scene, whose base colour the user's picture model paints; both cores at work.

Shapes, roughness, metal and normals stay those of the design.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dhsdk.diffusion import pretrained
from dhsdk.errors import RequestError
from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d.backends.plan import PaintPlan
from dhsdk.plugins.text_to_3d.run import assembled
from dhsdk.ready import ReadyOptions, make_ready
from dhsdk.ready.paint import Painter, ViewBuffers, around, paint
from dhsdk.scene.types import Scene

PAINTS = frozenset({"controlnet", "image_to_image", "inpaint"})
BEHIND = 0.5
"""sRGB grey behind the object in the pictures that the model is shown."""
FAINT = 0.15
"""Brightness of the farthest point in a picture of depth; nothing is black."""

Progress = Callable[[float, str], None]


def run(plan: PaintPlan, ctx: Context) -> Scene:
    """The painted scene of a plan, within its triangles and texture edge.

    Raises ReadError, RequestError (the folder, memory, the budget), GenerationError (what the model gave).
    """
    design = plan.design
    scene = assembled(design, ctx, lambda fraction, message: ctx.progress(0.2 * fraction, message))
    bare = ReadyOptions(tris=design.tris, texture=design.texture, lods=0, lightmap=False, colliders="none")
    scene = make_ready(scene, bare, _part(ctx, 0.2, 0.25))
    model = pretrained.shared(plan.model, ctx, tell=_part(ctx, 0.25, 0.35))
    views, size = around(scene, plan.views), (plan.pixels, plan.pixels)
    if plan.method == "distill":
        from dhsdk.plugins.text_to_3d.backends.distil import distilled

        scene = distilled(scene, model, plan, views, ctx, _part(ctx, 0.35, 0.9))
    else:
        tell = _part(ctx, 0.35, 0.9)
        scene = paint(scene, painter_of(model, plan, ctx, tell), views, texture=design.texture, size=size, progress=tell).scene
    ready = make_ready(scene, ReadyOptions(texture=design.texture, lods=design.lods), _part(ctx, 0.9, 1.0))
    return replace(ready, extras={**ready.extras, "dhsdk": {"backend": plan.backend, "models": [model.provenance]}})


def _part(ctx: Context, low: float, high: float) -> Progress:
    return lambda fraction, message: ctx.progress(low + (high - low) * fraction, message)


def painter_of(model: Any, plan: PaintPlan, ctx: Context, tell: Progress) -> Painter:
    """A painter by this pipeline. What earlier views painted is kept and shown to the model; a ControlNet is shown the depth.

    Raises RequestError: a folder that makes no pictures.
    """
    if not PAINTS & set(model.card.kinds):
        raise RequestError(
            f"painting needs a folder that serves {', '.join(sorted(PAINTS))}; {plan.model} holds {model.card.pipeline}, which "
            f"serves {', '.join(model.card.kinds)}"
        )
    draw = _drawing(model, plan)

    def painter(seen: ViewBuffers) -> np.ndarray:
        start = np.where(seen.covered[..., None], seen.start, BEHIND).astype(np.float32)
        hole = np.where(seen.covered, 1.0 - seen.known, 0.0 if seen.number else 1.0).astype(np.float32)
        if not hole.any():
            return start

        def step(done: int, total: int) -> None:
            share = (seen.number + done / total) / seen.count
            tell(0.1 + 0.8 * share, f"view {seen.number + 1} of {seen.count}, step {done} of {total}")

        seed = int(ctx.rng("view", seen.number).integers(1 << 62))
        made = draw(_Task(start, hole, depth_picture(seen), f"{plan.prompt}, {side(seen)}", seed, step))
        return start + hole[..., None] * (made - start)

    return painter


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """start, depth (H, W, 3), hole (H, W), 1 where it is made anew: in [0, 1]. step(done, total) is told of every step."""

    start: np.ndarray
    hole: np.ndarray
    depth: np.ndarray
    words: str
    seed: int
    step: Callable[[int, int], None]


def _drawing(model: Any, plan: PaintPlan) -> Callable[[_Task], np.ndarray]:
    """By the core's sample(), which holds what is known at every step and is shown the depth by a ControlNet."""
    import torch

    from dhsdk.diffusion.pretrained.memory import room_for
    from dhsdk.diffusion.sample import noise, sample

    parts = model.latent_model()
    controlled = "controlnet" in model.card.kinds

    def tensor(picture: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32))[None].to(model.device)

    def draw(task: _Task) -> np.ndarray:
        size = (task.start.shape[1], task.start.shape[0])
        with room_for(f"painting with {model.card.pipeline}", model.device, model.dtype, model.offload):
            init, mask = parts.encode(tensor(task.start)), tensor(task.hole[..., None])
            beside = parts.masked_channels(tensor(task.start), mask) if parts.inputs > parts.channels else None
            denoiser = parts.denoiser(beside=beside, control=tensor(task.depth) if controlled else None)
            found = sample(
                denoiser, noise(parts.shape(size), task.seed, init.device, init.dtype), parts.schedule(plan.steps, size=size),
                guidance=parts.guidance(task.words, scale=plan.guidance, size=size),
                init=init, mask=torch.nn.functional.max_pool2d(mask, parts.factor).to(init),
                strength=1.0 if controlled else plan.strength, rng=task.seed,
                callback=lambda number, total, x, clean: task.step(number, total),
            )  # fmt: skip
            return np.asarray(parts.decode(found)[0].permute(1, 2, 0).numpy())

    return draw


def depth_picture(seen: ViewBuffers) -> np.ndarray:
    """(H, W, 3) in [0, 1] as ControlNets of depth were taught: inverse depth, the nearest white, nothing black."""
    inverse = np.where(seen.covered, 1.0 / np.maximum(seen.depth, 1e-9), 0.0)
    known = inverse[seen.covered]
    low, high = float(known.min()), float(known.max())
    bright = FAINT + (1.0 - FAINT) * (inverse - low) / max(high - low, 1e-12)
    return np.repeat(np.where(seen.covered, bright, 0.0)[..., None], 3, axis=2).astype(np.float32)


def side(seen: ViewBuffers) -> str:
    """Words for where the camera stands, which picture models know."""
    back = seen.view.world[:3, 2]
    if back[1] > 0.8:
        return "seen from above"
    if back[1] < -0.5:
        return "seen from below"
    turn = abs(math.degrees(math.atan2(back[0], back[2])))
    return "front view" if turn < 50 else "side view" if turn < 130 else "back view"
