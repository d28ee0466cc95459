"""text_to_3d: a prompt in English or Chinese -> a game-ready scene of closed, named, textured parts.

plan() reads the words, chooses kernels and resolves every parameter and finish, what the words leave open from a small diffusion
model of our own; build() makes the parts, their materials, and runs the game-ready pass. No network is used. With the user's own
weights (backends/) Shap-E makes a mesh instead, or a picture model paints the design.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pydantic

from dhsdk.params import Params, param
from dhsdk.plugin import Context, Generator, hookimpl

if TYPE_CHECKING:
    from dhsdk.scene.types import Scene

HOMES = {"shap-e": "backends.shap_e", "paint": "backends.paint"}
"""Where the backends are that do not build what run.py builds."""


class TextTo3dParams(Params):
    prompt: str = param(help="what to make, in English or Chinese: 'a carved oak chair with a red cushion'")
    tris: int = param(6000, help="most triangles of the whole asset (LOD0)", ge=200, le=500_000)
    texture: int = param(512, help="edge of every texture, a power of two", unit="px", ge=16, le=4096)
    style: Literal["realistic", "stylised"] = param("realistic", help="detailed surfaces, or few calm colours")
    backend: Literal["design", "rules", "shap-e", "paint"] = param(
        "design",
        help="design, rules: the nano prior or plain rules fill in what the words leave open; shap-e: your Shap-E makes the "
        "mesh; paint: your picture model paints the design",
    )
    model: str = param("", help="folder of the pretrained pipeline, for shap-e and paint")
    lods: int = param(1, help="levels of lower detail", ge=0, le=3)

    @pydantic.field_validator("texture")
    @classmethod
    def _power_of_two(cls, value: int) -> int:
        if value & (value - 1):
            raise ValueError("a power of two")
        return value


class TextTo3d(Generator[TextTo3dParams]):
    name = "text_to_3d"
    summary = "Props and buildings from a prompt: furniture, vessels, lamps, tools, rocks, plants, houses. English, Chinese."
    Params = TextTo3dParams
    example: ClassVar[Mapping[str, Any]] = {"prompt": "a small oak stool", "texture": 64}

    @property
    def Plan(self) -> Any:
        from dhsdk.plugins.text_to_3d.backends.plan import AnyPlan

        return AnyPlan

    def plan(self, params: TextTo3dParams, ctx: Context) -> Any:
        from dhsdk.plugins.text_to_3d.backends.plan import resolved

        return resolved(params, ctx)

    def change(self, plan: Any, words: str, ctx: Context) -> Any:
        from dhsdk.plugins.text_to_3d.backends.plan import changed

        return changed(plan, words, ctx)

    def build(self, plan: Any, ctx: Context) -> Scene:
        home = importlib.import_module(f"{__name__}.{HOMES.get(plan.backend, 'run')}")
        scene: Scene = home.run(plan, ctx)
        return scene

    def space(self) -> Any:
        from dhsdk.plugins.text_to_3d.prior.space import space

        return space()


@hookimpl
def dhsdk_generators() -> Iterable[Generator[Any]]:
    return [TextTo3d()]
