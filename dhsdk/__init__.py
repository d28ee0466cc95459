"""Engine-ready 3D from words, photos and speech. Public names are loaded on first use (PEP 562)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dhsdk.api import check, generate, load, make_ready, save, snapshot
    from dhsdk.errors import (
        Cancelled,
        DhsdkError,
        FormatRefused,
        GenerationError,
        MissingExtra,
        NetworkNotAllowed,
        ParamError,
        PluginError,
        PromptError,
        ReadError,
        RenderError,
        RequestError,
        SceneError,
        UnknownName,
        WriteError,
    )
    from dhsdk.host import Host
    from dhsdk.media import Audio, Clip, Image
    from dhsdk.params import Params, Plan, param
    from dhsdk.plugin import Context, Format, Generator, Request, hookimpl
    from dhsdk.scene.material import Material
    from dhsdk.scene.mesh import Mesh
    from dhsdk.scene.types import Node, Scene

_WHERE = {
    "api": "check generate load make_ready save snapshot",
    "errors": "Cancelled DhsdkError FormatRefused GenerationError MissingExtra NetworkNotAllowed ParamError PluginError "
    "PromptError ReadError RenderError RequestError SceneError UnknownName WriteError",
    "host": "Host",
    "media": "Audio Clip Image",
    "params": "Params Plan param",
    "plugin": "Context Format Generator Request hookimpl",
    "scene.material": "Material",
    "scene.mesh": "Mesh",
    "scene.types": "Node Scene",
}
_MODULE = {name: module for module, names in _WHERE.items() for name in names.split()}

__all__ = [
    "Audio", "Cancelled", "Clip", "Context", "DhsdkError", "Format", "FormatRefused", "GenerationError", "Generator", "Host",
    "Image", "Material", "Mesh", "MissingExtra", "NetworkNotAllowed", "Node", "ParamError", "Params", "Plan", "PluginError",
    "PromptError", "ReadError", "RenderError", "Request", "RequestError", "Scene", "SceneError", "UnknownName", "WriteError",
    "check", "generate", "hookimpl", "load", "make_ready", "param", "save", "snapshot",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("dhsdk.version").__version__
    if name not in _MODULE:
        raise AttributeError(f"module 'dhsdk' has no attribute {name!r}")
    value = getattr(import_module(f"dhsdk.{_MODULE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
