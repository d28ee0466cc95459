"""The user's pretrained pipelines: folders judged, loaded and run. The only place that imports diffusers' pipelines."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dhsdk.diffusion.pretrained.allowed import KINDS, PIPELINES, Kind
    from dhsdk.diffusion.pretrained.folder import Component, FolderCard, inspect_folder
    from dhsdk.diffusion.pretrained.latent import LatentModel
    from dhsdk.diffusion.pretrained.loading import Pretrained, load, spec
    from dhsdk.diffusion.pretrained.pictures import controlled, image_to_image, inpaint, text_to_image, upscale
    from dhsdk.diffusion.pretrained.shap_e import ShapEMesh, shap_e_mesh
    from dhsdk.diffusion.pretrained.store import shared

_NAMES = {
    "allowed": "KINDS PIPELINES Kind",
    "folder": "Component FolderCard inspect_folder",
    "latent": "LatentModel",
    "loading": "Pretrained load spec",
    "pictures": "controlled image_to_image inpaint text_to_image upscale",
    "shap_e": "ShapEMesh shap_e_mesh",
    "store": "shared",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = [
    "KINDS", "PIPELINES", "Component", "FolderCard", "Kind", "LatentModel", "Pretrained", "ShapEMesh", "controlled",
    "image_to_image", "inpaint", "inspect_folder", "load", "shap_e_mesh", "shared", "spec", "text_to_image", "upscale",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
