"""Settings of a picture."""

from __future__ import annotations

import re
from typing import Annotated

import pydantic

from dhsdk.params import Params, param

BACKGROUNDS = ("studio", "dark", "white", "environment", "transparent")
LIGHTINGS = ("auto", "studio", "scene")
Side = Annotated[int, pydantic.Field(ge=1, le=8192)]


class Settings(Params):
    """How a picture is made. Every field has a default that gives a product shot."""

    size: tuple[Side, Side] = param((1024, 1024), help="width and height of the picture", unit="px")
    samples: int = param(2, help="visibility samples along each side of a pixel", ge=1, le=4, low="fast", high="smooth")
    background: str = param("studio", help=f"{', '.join(BACKGROUNDS)} or an sRGB colour #rrggbb")
    shadow: float = param(0.85, help="strength of the shadow on the ground; 0: no ground", ge=0.0, le=1.0)
    exposure: float = param(1.0, help="multiplies the light before tone mapping", ge=0.01, le=100.0, low="dark", high="bright")
    occlusion: bool = param(True, help="surfaces shade one another (soft shadows and ambient occlusion)")
    lighting: str = param("auto", help="studio, scene (only its own lights and environment) or auto (its own, else the studio)")
    glow: float = param(0.35, help="halo around emissive surfaces", ge=0.0, le=2.0)
    layers: bool = param(False, help="also return depth, normal and id as layers of the image")
    threads: int = param(0, help="threads; 0: as many as the job deserves", ge=0, le=256)

    @pydantic.field_validator("lighting")
    @classmethod
    def _lit(cls, value: str) -> str:
        if value not in LIGHTINGS:
            raise ValueError(f"one of {', '.join(LIGHTINGS)}")
        return value

    @pydantic.field_validator("background")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in BACKGROUNDS and not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise ValueError(f"one of {', '.join(BACKGROUNDS)} or #rrggbb")
        return value
