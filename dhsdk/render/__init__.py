"""The rendering core: pictures, clips, buffers and contact sheets of a scene, on the CPU. Importing it loads no numpy."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dhsdk.render.around import panorama
    from dhsdk.render.camera import View, cube, frame, look_at, named, orbit, orthographic, plans
    from dhsdk.render.clips import clip
    from dhsdk.render.contact import sheet
    from dhsdk.render.layers import buffers
    from dhsdk.render.picture import render
    from dhsdk.render.settings import Settings

_HOME = {
    "Settings": "settings", "View": "camera", "buffers": "layers", "clip": "clips", "cube": "camera", "frame": "camera",
    "look_at": "camera", "named": "camera", "orbit": "camera", "orthographic": "camera", "panorama": "around",
    "plans": "camera", "render": "picture", "sheet": "contact",
}  # fmt: skip

__all__ = [
    "Settings", "View", "buffers", "clip", "cube", "frame", "look_at", "named", "orbit", "orthographic", "panorama", "plans",
    "render", "sheet",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
