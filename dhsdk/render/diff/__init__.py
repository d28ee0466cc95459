"""The differentiable face of the rendering core: torch in, torch out. Importing it loads no torch.

pos = project(points, view, size)
seen = rasterize(pos, faces, size)
colors = interpolate(values, faces, seen)
picture = antialias(colors, seen, pos, faces, topology(faces.numpy(), points.numpy()))
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dhsdk.render.diff.fragments import Fragments, interpolate, project, rasterize
    from dhsdk.render.diff.shading import shade
    from dhsdk.render.diff.silhouette import antialias
    from dhsdk.render.diff.texture import sample_texture
    from dhsdk.render.topology import topology

__all__ = ["Fragments", "antialias", "interpolate", "project", "rasterize", "sample_texture", "shade", "topology"]

_HOME = dict.fromkeys(("Fragments", "interpolate", "project", "rasterize"), "diff.fragments")
_HOME |= {"antialias": "diff.silhouette", "sample_texture": "diff.texture", "shade": "diff.shading", "topology": "topology"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"dhsdk.render.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
