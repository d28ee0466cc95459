"""What is to be done, every value resolved: one kind of plan for each task, told apart by `task`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pydantic

import dhsdk
from dhsdk.errors import ParamError, PromptError
from dhsdk.params import AssetRef
from dhsdk_picture import PictureParams


class Common(dhsdk.Plan):
    model: str = dhsdk.param(help="folder or hub id of the pipeline")
    lora: str = dhsdk.param("", help="folder or file of a LoRA to add")
    prompt: str = dhsdk.param("", help="what the picture shows")
    negative: str = dhsdk.param("", help="what it must not show")
    steps: int | None = dhsdk.param(None, help="denoising steps; none: as many as the model's makers chose", ge=1, le=1000)
    guidance: float | None = dhsdk.param(
        None, help="how closely the words are followed; none: as the model's makers chose", ge=0.0, le=50.0
    )


class Create(Common):
    task: Literal["create"] = dhsdk.param("create", help="a picture from words")
    width: int = dhsdk.param(0, help="0: the model's own", unit="px", ge=0, le=4096)
    height: int = dhsdk.param(0, help="0: the model's own", unit="px", ge=0, le=4096)


class Change(Common):
    task: Literal["change"] = dhsdk.param("change", help="a picture made from another")
    image: AssetRef = dhsdk.param(help="the picture to change")
    strength: float = dhsdk.param(0.6, help="how much is made anew", ge=0.02, le=1.0)


class Fill(Common):
    task: Literal["fill"] = dhsdk.param("fill", help="a part of a picture made anew")
    image: AssetRef = dhsdk.param(help="the picture")
    mask: AssetRef = dhsdk.param(help="white where it is filled")


class Upscale(Common):
    task: Literal["upscale"] = dhsdk.param("upscale", help="a larger picture with more detail")
    image: AssetRef = dhsdk.param(help="the picture")
    tile: int = dhsdk.param(256, help="edge of the pieces", unit="px", ge=64, le=2048)


class Colourise(Common):
    task: Literal["colourise"] = dhsdk.param("colourise", help="colours for a grey picture; its lightness stays")
    image: AssetRef = dhsdk.param(help="the picture")
    strength: float = dhsdk.param(0.6, help="how freely the model sees it", ge=0.02, le=1.0)


PicturePlan = Annotated[Create | Change | Fill | Upscale | Colourise, pydantic.Field(discriminator="task")]

KINDS = {task.model_fields["task"].default: task for task in (Create, Change, Fill, Upscale, Colourise)}
NEEDS = {
    "create": "Stable Diffusion, FLUX, Qwen-Image ...",
    "change": "Stable Diffusion, FLUX, Qwen-Image ...",
    "fill": "an inpainting model, or Stable Diffusion",
    "upscale": "a Stable Diffusion upscaler",
    "colourise": "Stable Diffusion or a ControlNet pipeline for grey pictures",
}


def resolved(params: PictureParams) -> Any:
    """The plan of a request. Raises ParamError or PromptError for what the task lacks, or has no use for."""
    task = params.task
    if task == "auto":
        task = "fill" if params.mask is not None else "change" if params.image is not None else "create"
    if params.mask is not None and params.image is None:
        raise ParamError("mask must come with the picture that it masks, got no image: give --image too")
    if task != "create" and params.image is None:
        raise ParamError(f"image must be given to {task} it, got none: --image in.png")
    if task == "create" and params.image is not None:
        raise ParamError("image must not be given to create from words alone: leave it out, or choose --task change")
    if task == "fill" and params.mask is None:
        raise ParamError("mask must be given to fill a picture, got none: --mask m.png, white where it is filled")
    if task != "fill" and params.mask is not None:
        raise ParamError(f"mask must be left out to {task} a picture: it is for --task fill")
    if task in ("create", "fill") and not params.prompt.strip():
        raise PromptError(f"a prompt must say what to {task}, got none: --prompt 'a red wooden house'")
    if (params.width == 0) != (params.height == 0):
        raise ParamError(f"width and height must be given together, got {params.width} x {params.height}")
    if not params.model.strip():
        raise ParamError(
            f"model must be the folder of a diffusers pipeline, got none: this plugin has no weights of its own. To {task} give "
            f"--model FOLDER, where FOLDER holds model_index.json and the parts that it names (unet or transformer, vae, "
            f"text_encoder, tokenizer, scheduler) with their weights as .safetensors: {NEEDS[task]}"
        )
    kind = KINDS[task]
    return kind.parse(
        {name: getattr(params, name) for name in kind.model_fields if name not in ("task", *dhsdk.Plan.model_fields)}
    )
