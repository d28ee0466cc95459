"""The rendering core: pictures, clips, buffers and contact sheets of a scene, on the CPU. Importing it loads no numpy."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dhsdk.render.camera import View, frame, look_at, named, orbit
    from dhsdk.render.clips import clip
    from dhsdk.render.contact import sheet
    from dhsdk.render.layers import buffers
    from dhsdk.render.picture import render
    from dhsdk.render.settings import Settings

__all__ = ["Settings", "View", "buffers", "clip", "frame", "look_at", "named", "orbit", "render", "sheet"]

_HOME = {"Settings": "settings", "View": "camera", "frame": "camera", "look_at": "camera", "named": "camera", "orbit": "camera"}
_HOME |= {"buffers": "layers", "clip": "clips", "render": "picture", "sheet": "contact"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
