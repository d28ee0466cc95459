"""Pictures from words and from pictures with the user's own diffusion weights: create, change, fill, upscale, colourise.

This module is light: the parameters and the generator. plan.py resolves a request, run.py does the work.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import pydantic

import dhsdk
from dhsdk.params import AssetRef

Task = Literal["auto", "create", "change", "fill", "upscale", "colourise"]


class PictureParams(dhsdk.Params):
    prompt: str = dhsdk.param("", help="what the picture shows, in a language that the model reads")
    model: str = dhsdk.param("", help="folder of a diffusers pipeline (model_index.json), or a hub id with --allow-network")
    task: Task = dhsdk.param("auto", help="what is done; auto: fill with a mask, change with a picture, create without")
    image: AssetRef | None = dhsdk.param(None, help="the picture to work on")
    mask: AssetRef | None = dhsdk.param(None, help="white where the picture is to be filled anew, of the picture's size")
    negative: str = dhsdk.param("", help="what the picture must not show")
    width: int = dhsdk.param(0, help="of a created picture, a multiple of 8; 0: the model's own", unit="px", ge=0, le=4096)
    height: int = dhsdk.param(0, help="of a created picture, a multiple of 8; 0: the model's own", unit="px", ge=0, le=4096)
    steps: int | None = dhsdk.param(
        None, help="denoising steps; none: as many as the model's makers chose", ge=1, le=1000, low="fast", high="fine"
    )
    guidance: float = dhsdk.param(7.0, help="how closely the words are followed", ge=0.0, le=50.0, low="loosely", high="strictly")
    strength: float = dhsdk.param(
        0.6, help="how much of the picture is made anew (change, colourise)", ge=0.02, le=1.0, low="touched up", high="made anew"
    )
    tile: int = dhsdk.param(256, help="edge of the pieces in which a large picture is upscaled", unit="px", ge=64, le=2048)
    lora: str = dhsdk.param("", help="folder or safetensors file of a LoRA to add")

    @pydantic.field_validator("width", "height", "tile")
    @classmethod
    def _in_blocks(cls, value: int) -> int:
        if value % 8:
            raise ValueError("a multiple of 8")
        return value


class Picture(dhsdk.Generator[PictureParams]):
    name = "picture"
    summary = "Pictures with your diffusion weights: from words, from a picture, filled, upscaled or colourised."
    Params = PictureParams
    produces = ("image",)
    extra = "diffusion"
    example: ClassVar[Mapping[str, Any]] = {"prompt": "a red wooden house"}

    @property
    def Plan(self) -> Any:
        from dhsdk_picture.plan import PicturePlan

        return PicturePlan

    def plan(self, params: PictureParams, ctx: dhsdk.Context) -> Any:
        from dhsdk_picture.plan import resolved

        return resolved(params)

    def build(self, plan: Any, ctx: dhsdk.Context) -> dhsdk.Image:
        from dhsdk_picture.run import run

        return run(plan, ctx)


@dhsdk.hookimpl
def dhsdk_generators() -> list[dhsdk.Generator]:
    return [Picture()]
