"""build(): the plan's pictures are read, the folder is loaded, its pipeline run, and what it was is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image as Pillow

from dhsdk.diffusion import pretrained
from dhsdk.errors import ParamError, RequestError
from dhsdk.media import Image
from dhsdk.params import AssetRef
from dhsdk.plugin import Context
from dhsdk_picture.colour import coloured, encoded
from dhsdk_picture.plan import Change, Colourise, Common, Create, Fill, Upscale
from dhsdk_picture.tiles import enlarged

SEEN = 1024
"""Longest edge at which a picture is shown to the model that colours it: colours need no more, and models know no larger ones."""
KIND: dict[str, pretrained.Kind] = {"change": "image_to_image", "fill": "inpaint", "upscale": "upscale"}
LOADED = 0.2
"""Share of the work that loading the weights is."""


def run(plan: Any, ctx: Context) -> Image:
    """The picture of a plan, 8-bit sRGB. Raises RequestError, ReadError (the folder), GenerationError (what the model gave)."""
    if isinstance(plan, Create):
        model = _loaded(plan, "text_to_image", ctx)
        return _stamped(_bytes(_create(model, plan, ctx)), model)
    picture = _read(plan.image, ctx)  # read first: a slip must not cost loading
    mask = _mask(plan.mask, picture, ctx) if isinstance(plan, Fill) else None
    model = _loaded(plan, KIND.get(plan.task), ctx)
    pixels = _bytes(_worked(model, plan, picture[..., :3], mask, ctx))
    if picture.shape[2] == 4:
        pixels = np.dstack([pixels, _resized(picture[..., 3], pixels.shape[:2])])
    return _stamped(pixels, model)


def _stamped(pixels: np.ndarray, model: Any) -> Image:
    return Image(pixels, extras={"dhsdk": {"backend": f"diffusers {model.card.pipeline}", "models": [model.provenance]}})


def _bytes(made: np.ndarray) -> np.ndarray:
    return made if made.dtype == np.uint8 else np.round(np.clip(made, 0.0, 1.0) * 255).astype(np.uint8)


def _worked(model: Any, plan: Any, picture: np.ndarray, mask: np.ndarray | None, ctx: Context) -> np.ndarray:
    if isinstance(plan, Change):
        return pretrained.image_to_image(model, plan.prompt, picture, strength=plan.strength, **_how(plan, ctx))
    if mask is not None:
        return pretrained.inpaint(model, plan.prompt, picture, mask, **_how(plan, ctx))
    if isinstance(plan, Upscale):
        return _upscale(model, plan, picture, ctx)
    return coloured(picture.astype(float), _colours(model, plan, picture, ctx))


def _create(model: Any, plan: Create, ctx: Context) -> np.ndarray:
    size = (plan.width, plan.height) if plan.width else None
    return pretrained.text_to_image(model, plan.prompt, size=size, **_how(plan, ctx))


def _upscale(model: Any, plan: Upscale, picture: np.ndarray, ctx: Context) -> np.ndarray:
    def piece(part: np.ndarray, number: int, count: int) -> np.ndarray:
        def told(fraction: float, message: str) -> None:
            _tell(ctx, f"piece {number + 1} of {count}, ")((number + fraction) / count, message)

        how = _how(plan, ctx) | {"progress": told, "seed": _seed(ctx, number)}
        made: np.ndarray = pretrained.upscale(model, part.astype(np.float32) / 255, plan.prompt, **how)
        return made.astype(float) * 255

    scale = pretrained.PIPELINES[model.card.pipeline].scale
    return enlarged(np.round(picture * 255).astype(np.uint8), scale, plan.tile, plan.tile // 4, piece)


def _colours(model: Any, plan: Colourise, picture: np.ndarray, ctx: Context) -> np.ndarray:
    """(H, W, 3) what the model makes of the grey picture, by the first way that its folder serves."""
    height, width = picture.shape[:2]
    share = min(1.0, SEEN / max(height, width))
    grey = picture @ np.array([0.299, 0.587, 0.114], np.float32)
    small = _resized(grey, (max(1, round(height * share)), max(1, round(width * share))))
    seen = np.repeat(small[..., None].astype(np.float32) / 255, 3, axis=2)
    how = _how(plan, ctx)
    if "image_to_image" in model.card.kinds:
        made = pretrained.image_to_image(model, plan.prompt, seen, strength=plan.strength, **how)
    elif "controlnet" in model.card.kinds:
        made = pretrained.controlled(model, plan.prompt, seen, **how)
    elif "inpaint" in model.card.kinds:
        made = pretrained.inpaint(model, plan.prompt, seen, np.ones(seen.shape[:2]), strength=plan.strength, **how)
    else:
        raise RequestError(
            f"colourising needs a folder that serves image_to_image, controlnet or inpaint; {plan.model} holds "
            f"{model.card.pipeline}, which serves {', '.join(model.card.kinds)}"
        )
    return np.stack([_resized(made[..., k], (height, width)) for k in range(3)], axis=2) / 255.0


def _loaded(plan: Common, kind: pretrained.Kind | None, ctx: Context) -> pretrained.Pretrained:
    return pretrained.shared(
        plan.model,
        ctx,
        expect=kind,
        loras=(plan.lora,) if plan.lora else (),
        tell=lambda fraction, message: ctx.progress(LOADED * fraction, message),
    )


def _how(plan: Common, ctx: Context) -> dict[str, Any]:
    return {
        "negative": plan.negative, "steps": plan.steps, "guidance": plan.guidance, "seed": _seed(ctx),
        "progress": _tell(ctx, ""),
    }  # fmt: skip


def _seed(ctx: Context, *names: int) -> int:
    return int(ctx.rng("noise", *names).integers(1 << 62))


def _tell(ctx: Context, before: str) -> Callable[[float, str], None]:
    return lambda fraction, message: ctx.progress(LOADED + (1.0 - LOADED) * fraction, before + message)


def _read(ref: AssetRef, ctx: Context) -> np.ndarray:
    """(H, W, 3 or 4) float32 sRGB in [0, 1]. Raises ParamError for what is no picture, or has values that are not finite."""
    image = ctx.read(ref)
    if not isinstance(image, Image):
        raise ParamError(f"a picture must be an image file, got {ref.path!r}: {type(image).__name__.lower()}")
    pixels = image.pixels
    if pixels.dtype == np.float32:
        if not np.isfinite(pixels).all():
            raise ParamError(
                f"a picture must have finite pixels, got {int((~np.isfinite(pixels)).sum())} that are not in {ref.path!r}"
            )
        values = np.clip(pixels, 0.0, 1.0)
        values = encoded(values).astype(np.float32) if image.colour == "linear" else values
    else:
        values = pixels.astype(np.float32) / np.iinfo(pixels.dtype).max
    if values.shape[2] < 3:
        values = np.dstack([*[values[..., :1]] * 3, values[..., 1:]])
    return values


def _mask(ref: AssetRef, picture: np.ndarray, ctx: Context) -> np.ndarray:
    mask = _read(ref, ctx)[..., :3].mean(axis=2)
    if mask.shape != picture.shape[:2]:
        (high, wide), (tall, broad) = picture.shape[:2], mask.shape
        raise ParamError(f"mask must be as large as the picture, {wide} x {high}, got {broad} x {tall}: scale it")
    if not mask.any():
        raise RequestError("mask must be white somewhere, got a black one: nothing would be filled")
    return mask


def _resized(plane: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(H, W) uint8 of a plane in [0, 1]."""
    small = Pillow.fromarray(np.ascontiguousarray(plane, np.float32)).resize(shape[::-1], Pillow.Resampling.BICUBIC)
    return np.round(np.clip(np.asarray(small), 0.0, 1.0) * 255).astype(np.uint8)
