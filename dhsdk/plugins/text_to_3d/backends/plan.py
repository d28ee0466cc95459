"""Plans of all backends: a design, a mesh by Shap-E, or a design whose base colour a picture model paints."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pydantic

from dhsdk.errors import ParamError, PromptError
from dhsdk.params import Plan, Words, param
from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d import TextTo3dParams
from dhsdk.plugins.text_to_3d.plan import TextTo3dPlan


class ShapEPlan(Plan):
    """One mesh out of a Shap-E folder, made ready for an engine."""

    backend: Literal["shap-e"] = param("shap-e", help="a mesh by Shap-E")
    prompt: str = param(help="what the model is asked for: it was taught English")
    model: str = param(help="folder of the pipeline")
    tris: int = param(6000, help="most triangles of LOD0", ge=200, le=500_000)
    texture: int = param(512, help="edge of every texture", unit="px", ge=16, le=4096)
    lods: int = param(1, help="levels of lower detail", ge=0, le=3)
    size: float = param(1.0, help="longest edge: the model knows no metres", unit="m", ge=0.001, le=1000.0)
    steps: int = param(64, help="denoising steps", ge=1, le=1000)
    guidance: float = param(15.0, help="how closely the words are followed", ge=0.0, le=50.0)
    grid: int = param(128, help="points along each side at which the model's field is asked", ge=8, le=512)


class PaintPlan(Plan):
    """A designed scene, and how its base colour is painted."""

    backend: Literal["paint"] = param("paint", help="painted by a picture model")
    design: TextTo3dPlan = param(help="what is painted")
    prompt: str = param(help="what the model is asked for")
    model: str = param(help="folder of the pipeline")
    method: Literal["project", "distill"] = param(
        "project", help="pictures of views projected onto the surface, or the texture itself moved by score distillation"
    )
    views: int = param(8, help="how many views are painted, or lie around in turn", ge=1, le=32)
    pixels: int = param(512, help="edge of a view, a multiple of 64", unit="px", ge=64, le=2048)
    strength: float = param(
        0.75, help="how far the colours may leave those of the design, where no ControlNet holds the shape", ge=0.05, le=1.0
    )
    steps: int = param(30, help="denoising steps of a view; of the whole, 20 times as many for distill", ge=1, le=1000)
    guidance: float | None = param(
        None, help="how closely the words are followed; none: as the model's makers chose", ge=0.0, le=100.0
    )


AnyPlan = Annotated[TextTo3dPlan | ShapEPlan | PaintPlan, pydantic.Field(discriminator="backend")]
NEEDS = {
    "shap-e": "a Shap-E pipeline (prior, text_encoder, tokenizer, scheduler, shap_e_renderer)",
    "paint": "a picture pipeline: Stable Diffusion, with a ControlNet for depth or without, FLUX or Qwen-Image",
}


def resolved(params: TextTo3dParams, ctx: Context) -> Any:
    """The plan of a request. Raises PromptError, and ParamError: a backend without its model, or a model without its backend."""
    if params.backend not in NEEDS:
        if params.model:
            raise ParamError(
                f"model is for --backend shap-e and paint, got one with backend {params.backend}: leave out one of both"
            )
        return _designed(params, ctx)
    if not params.model.strip():
        raise ParamError(
            f"model must be the folder of a diffusers pipeline for backend {params.backend}, got none: give --model FOLDER, "
            f"which holds model_index.json and the weights as .safetensors of {NEEDS[params.backend]}"
        )
    if params.backend == "paint":
        made = _designed(params.model_copy(update={"backend": "design"}), ctx)
        return PaintPlan(design=made, prompt=params.prompt, model=params.model, words=made.words, models=made.models)
    if not params.prompt.strip():
        raise PromptError("a prompt must say what to make, got none: 'a corgi'")
    words = Words(assumed=("1 m along its longest edge unless size says else: the model knows no metres",))
    return ShapEPlan(
        prompt=params.prompt, model=params.model, tris=params.tris, texture=params.texture, lods=params.lods, words=words
    )


def _designed(params: TextTo3dParams, ctx: Context) -> TextTo3dPlan:
    from dhsdk.plugins.text_to_3d.design import design

    return design(params, ctx)


def changed(plan: Any, text: str, ctx: Context) -> Any:
    """The plan moved by words: its design, where it has one. Raises PromptError."""
    from dhsdk.plugins.text_to_3d.change import changed as moved

    if isinstance(plan, ShapEPlan):
        raise PromptError(f"words cannot change a mesh by shap-e, got {text!r}: put them into the prompt")
    if isinstance(plan, PaintPlan):
        design = moved(plan.design, text, ctx)
        return plan.model_copy(update={"design": design, "words": design.words, "models": design.models})
    return moved(plan, text, ctx)
