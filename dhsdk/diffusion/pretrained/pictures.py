"""Pictures from a loaded pipeline: plain functions, arrays in, arrays out.

A picture is (H, W, 3) float32 sRGB in [0, 1]. All take seed (same seed, same bytes) and progress(fraction, message), which hears
of every step and stops the work by raising. steps and guidance None are what the pipeline's makers chose.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from dhsdk.diffusion.pretrained.allowed import CLIP_ONLY, PIPELINES, Kind
from dhsdk.diffusion.pretrained.families import FAMILIES
from dhsdk.diffusion.pretrained.quiet import quiet
from dhsdk.errors import GenerationError, ParamError, RequestError

if TYPE_CHECKING:
    from dhsdk.diffusion.pretrained.loading import Pretrained
    from dhsdk.diffusion.pretrained.watch import Progress

LARGEST_SIDE = 4096


def text_to_image(
    pretrained: Pretrained,
    prompt: str,
    *,
    negative: str = "",
    size: tuple[int, int] | None = None,
    steps: int | None = None,
    guidance: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> np.ndarray:
    """A picture of the prompt; size is (width, height), None the one that the model was made for.

    Raises RequestError (the wrong folder, out of memory), ParamError, GenerationError (latents that are not finite).
    """
    given: dict[str, Any] = {}
    if size is not None:
        unit = _unit(pretrained.pipe)
        if any(side < unit or side > LARGEST_SIDE or side % unit for side in size):
            raise ParamError(f"width and height must be multiples of {unit} in [{unit}, {LARGEST_SIDE}], got {size[0]}x{size[1]}")
        given = {"width": size[0], "height": size[1]}
    return _call(pretrained, "text_to_image", prompt, negative, steps, guidance, seed, progress, given)


def image_to_image(
    pretrained: Pretrained,
    prompt: str,
    image: np.ndarray,
    *,
    strength: float = 0.6,
    negative: str = "",
    steps: int | None = None,
    guidance: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> np.ndarray:
    """The picture, redrawn towards the prompt; strength in (0, 1] says how far. Same size as `image`.

    Raises RequestError, ParamError, GenerationError.
    """
    if not 0.0 < strength <= 1.0:
        raise ParamError(f"strength must be in (0, 1], got {strength}")
    picture = _picture(image)
    padded = _padded(picture, _unit(pretrained.pipe))
    given = {"image": _tensor(padded), "strength": strength, **_sides(padded)}
    made = _call(pretrained, "image_to_image", prompt, negative, steps, guidance, seed, progress, given)
    return made[: picture.shape[0], : picture.shape[1]]


def inpaint(
    pretrained: Pretrained,
    prompt: str,
    image: np.ndarray,
    mask: np.ndarray,
    *,
    strength: float = 1.0,
    negative: str = "",
    steps: int | None = None,
    guidance: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> np.ndarray:
    """The picture with the part where mask (H, W) is 1 made anew; where it is 0 the result is `image` exactly.

    Raises RequestError, ParamError, GenerationError.
    """
    if not 0.0 < strength <= 1.0:
        raise ParamError(f"strength must be in (0, 1], got {strength}")
    picture, mask = _picture(image), np.asarray(mask, np.float32)
    if mask.shape != picture.shape[:2] or not np.isfinite(mask).all() or mask.min() < 0.0 or mask.max() > 1.0:
        raise ParamError(f"mask must be {picture.shape[:2]} numbers in [0, 1] as the picture is, got {mask.shape}")
    padded, hole = _padded(picture, _unit(pretrained.pipe)), _padded(mask[..., None], _unit(pretrained.pipe))
    given = {"image": _tensor(padded), "mask_image": _tensor(hole), "strength": strength, **_sides(padded)}
    made = _call(pretrained, "inpaint", prompt, negative, steps, guidance, seed, progress, given)
    made = made[: picture.shape[0], : picture.shape[1]]
    return np.where(mask[..., None] > 0.0, picture + mask[..., None] * (made - picture), picture).astype(np.float32)


def upscale(
    pretrained: Pretrained,
    image: np.ndarray,
    prompt: str = "",
    *,
    negative: str = "",
    steps: int | None = None,
    guidance: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> np.ndarray:
    """The picture `scale` times larger, 2 or 4 by the folder's pipeline. Raises RequestError, ParamError, GenerationError."""
    picture = _picture(image)
    scale = PIPELINES[pretrained.card.pipeline].scale
    padded = _padded(picture, 64 if scale == 2 else 8)
    given = {"image": _tensor(padded)}
    made = _call(pretrained, "upscale", prompt, negative, steps, guidance, seed, progress, given)
    return made[: picture.shape[0] * scale, : picture.shape[1] * scale]


def controlled(
    pretrained: Pretrained,
    prompt: str,
    control: np.ndarray,
    *,
    weight: float = 1.0,
    negative: str = "",
    steps: int | None = None,
    guidance: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> np.ndarray:
    """A picture of the prompt that follows `control` (a picture of depth, edges or poses, as the ControlNet was taught).

    Raises RequestError, ParamError, GenerationError.
    """
    picture = _picture(control)
    padded = _padded(picture, _unit(pretrained.pipe))
    given = {"image": _tensor(padded), "controlnet_conditioning_scale": weight, **_sides(padded)}
    made = _call(pretrained, "controlnet", prompt, negative, steps, guidance, seed, progress, given)
    return made[: picture.shape[0], : picture.shape[1]]


def _call(
    pretrained: Pretrained,
    kind: Kind,
    prompt: str,
    negative: str,
    steps: int | None,
    guidance: float | None,
    seed: int,
    progress: Progress | None,
    given: dict[str, Any],
) -> np.ndarray:
    import torch

    pipe = pretrained.serving(kind)
    takes = inspect.signature(type(pipe).__call__).parameters
    if steps is not None and steps < 1:
        raise ParamError(f"steps must be at least 1, got {steps}")
    words: dict[str, Any] = {"prompt": prompt}
    named = PIPELINES[pretrained.card.pipeline].guidance
    if negative and FAMILIES[pretrained.card.family].told:  # FLUX takes the words and does not hear them
        raise RequestError(f"{type(pipe).__name__} takes no negative prompt: leave it out")
    if negative or (named != "guidance_scale" and "negative_prompt" in takes):
        words["negative_prompt"] = negative or " "  # without one, this family would leave out guidance
    if steps is not None:
        words["num_inference_steps"] = steps
    if guidance is not None:
        words[named] = guidance
    if progress is not None and (unread := _unread(pretrained, prompt)):
        progress(0.0, f"the words that the model does not read any more: {unread}")
    noise = torch.Generator("cpu").manual_seed(seed)
    given = {name: value for name, value in given.items() if name in takes}
    with pretrained.running(pipe, progress), torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)  # for the few draws that pipelines make without the generator
        out = pipe(**words, **given, generator=noise, output_type="np")
    if any(getattr(out, "nsfw_content_detected", None) or ()):
        raise GenerationError("the folder's safety checker withheld the picture: take another seed or other words")
    made = np.asarray(out.images[0], np.float32)
    if not np.isfinite(made).all():
        raise GenerationError("the decoded picture has values that are not finite: take dtype='float32' or 'bfloat16'")
    return np.clip(made, 0.0, 1.0)


def _unread(pretrained: Pretrained, prompt: str) -> str:
    """What a text encoder of fixed length leaves out at the end of the prompt; pipelines cut it without a word."""
    if pretrained.card.family not in CLIP_ONLY:
        return ""
    tokenizer = pretrained.pipe.tokenizer
    with quiet():
        tokens = tokenizer(prompt).input_ids
    most = tokenizer.model_max_length
    return str(tokenizer.decode(tokens[most - 1 : -1])).strip() if len(tokens) > most else ""


def _unit(pipe: Any) -> int:
    """Width and height must be multiples of this: a latent's pixels, times two where latents are packed in twos."""
    return int(pipe.vae_scale_factor) * (2 if hasattr(pipe, "transformer") else 1)


def _picture(image: np.ndarray) -> np.ndarray:
    picture = np.asarray(image, np.float32)
    if picture.ndim != 3 or picture.shape[2] != 3 or not picture.size or max(picture.shape) > LARGEST_SIDE:
        raise ParamError(f"a picture must be (height, width, 3) with sides up to {LARGEST_SIDE}, got {picture.shape}")
    if not np.isfinite(picture).all() or picture.min() < 0.0 or picture.max() > 1.0:
        raise ParamError(f"a picture must have values in [0, 1], got {picture.min():g} to {picture.max():g}")
    return picture


def _padded(picture: np.ndarray, unit: int) -> np.ndarray:
    """Its right and lower edges repeated until both sides are multiples of unit."""
    rows, columns = (-side % unit for side in picture.shape[:2])
    return np.pad(picture, ((0, rows), (0, columns), (0, 0)), mode="edge")


def _sides(picture: np.ndarray) -> dict[str, int]:
    return {"height": picture.shape[0], "width": picture.shape[1]}


def _tensor(picture: np.ndarray) -> Any:
    """(1, C, H, W), as pipelines take pictures in [0, 1]."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None]
