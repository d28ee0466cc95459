"""The differentiable face of the rendering core: torch in, torch out. Importing it loads no torch.

pos = project(points, view, size)
seen = rasterize(pos, faces, size)
colors = interpolate(values, faces, seen)
smooth = antialias(colors, seen, pos, faces, topology(faces.numpy(), points.numpy()))

or, for a whole scene: picture(replace(model(scene, view), points=moved), view, size).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dhsdk.render.diff.fragments import Fragments, interpolate, project, rasterize
    from dhsdk.render.diff.losses import chamfer, laplacian, normal_consistency
    from dhsdk.render.diff.posing import morph, skin
    from dhsdk.render.diff.scenes import Model, model, picture
    from dhsdk.render.diff.shading import shade
    from dhsdk.render.diff.silhouette import antialias
    from dhsdk.render.diff.texture import sample_texture
    from dhsdk.render.topology import topology

_HOME = {
    "diff.fragments": ("Fragments", "interpolate", "project", "rasterize"),
    "diff.losses": ("chamfer", "laplacian", "normal_consistency"),
    "diff.posing": ("morph", "skin"),
    "diff.scenes": ("Model", "model", "picture"),
    "diff.shading": ("shade",),
    "diff.silhouette": ("antialias",),
    "diff.texture": ("sample_texture",),
    "topology": ("topology",),
}

__all__ = [
    "Fragments", "Model", "antialias", "chamfer", "interpolate", "laplacian", "model", "morph", "normal_consistency", "picture",
    "project", "rasterize", "sample_texture", "shade", "skin", "topology",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = next(module for module, names in _HOME.items() if name in names)
    return getattr(importlib.import_module(f"dhsdk.render.{home}"), name)


def __dir__() -> list[str]:
    return __all__
