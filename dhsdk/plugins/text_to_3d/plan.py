"""The plan of text_to_3d: what build() makes, with every value resolved."""

from __future__ import annotations

from typing import Any, Literal

import pydantic

from dhsdk.materials.finish import Finish
from dhsdk.params import Params, Plan, param
from dhsdk.shapes import kernels

Relation = Literal["", "on", "in", "under", "beside", "front", "behind"]


class ObjectPlan(Params):
    """One kind of object. shape: the parameters of its kernel. finishes: a Finish for every material slot of the kernel."""

    key: str = param(help="name of the object in the scene")
    kernel: str = param(help="which kernel makes it")
    preset: str = param("", help="which of its things it is")
    shape: pydantic.SerializeAsAny[Params] = param(help="parameters of the kernel")
    finishes: dict[str, Finish] = param(help="what each material slot is made of")
    count: int = param(1, help="how many stand in a row", ge=1, le=24)
    stacked: bool = param(False, help="they stand on one another instead")
    scale: float = param(1.0, help="size against the usual one", ge=0.05, le=20.0, low="tiny", high="huge")
    width: float | None = param(None, help="measured width; none: as it comes", unit="m", ge=0.001, le=100.0)
    height: float | None = param(None, help="measured height; none: as it comes", unit="m", ge=0.001, le=100.0)
    depth: float | None = param(None, help="measured depth; none: as it comes", unit="m", ge=0.001, le=100.0)
    relation: Relation = param("", help="how it stands to another object")
    other: int = param(0, help="index of that object", ge=0, le=24)

    @pydantic.model_validator(mode="before")
    @classmethod
    def _shape_of_kernel(cls, values: Any) -> Any:
        known = kernels()
        kernel = values.get("kernel") if isinstance(values, dict) else None
        if not isinstance(kernel, str) or kernel not in known:
            raise ValueError(f"an object with a kernel out of: {', '.join(known)}")
        shape = values.get("shape")
        if not isinstance(shape, Params):
            values = {**values, "shape": known[kernel].Params.model_validate(shape)}
        return values


class TextTo3dPlan(Plan):
    """Objects of the kernels. backend: what filled in their shapes where the words left them open."""

    backend: Literal["design", "rules"] = param("design", help="drawn from the nano prior, or by rule")
    objects: tuple[ObjectPlan, ...] = param(help="what is made")
    tris: int = param(6000, help="most triangles of LOD0", ge=200, le=500_000)
    texture: int = param(512, help="edge of every texture", unit="px", ge=16, le=4096)
    style: Literal["realistic", "stylised"] = param("realistic", help="detailed surfaces, or few calm colours")
    lods: int = param(1, help="levels of lower detail", ge=0, le=3)
