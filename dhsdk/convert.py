"""One kind of asset turned into another: a scene asked for as a picture or a video is rendered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dhsdk.errors import FormatRefused, PluginError
from dhsdk.media import Audio, Clip, Image
from dhsdk.provenance import KEY, with_extras
from dhsdk.scene.types import Scene

if TYPE_CHECKING:
    from dhsdk.plugin import Kind

KINDS: dict[type, Kind] = {Scene: "scene", Image: "image", Clip: "clip", Audio: "audio"}


def kind_of(asset: Any) -> Kind:
    """The kind of an asset. Raises PluginError for anything else."""
    try:
        return KINDS[type(asset)]
    except KeyError:
        raise PluginError(f"an asset must be a Scene, Image, Clip or Audio, got {type(asset).__name__}") from None


def converted(asset: Any, kinds: Sequence[Kind]) -> Any:
    """The asset as one of these kinds. Raises FormatRefused when there is no way."""
    kind = kind_of(asset)
    if kind in kinds:
        return asset
    if kind == "scene" and "image" in kinds:
        from dhsdk.render import render

        return _drawn(render(asset), asset)
    if kind == "scene" and "clip" in kinds:
        from dhsdk.render import clip

        return _drawn(clip(asset, "orbit"), asset)
    if kind == "clip" and "audio" in kinds and asset.audio is not None:
        return with_extras(asset.audio, asset.extras)
    raise FormatRefused(f"a {kind} cannot be turned into {' or '.join(kinds)}")


def _drawn(made: Any, scene: Scene) -> Any:
    """What was drawn of a scene, with the scene's provenance and what drew it."""
    from dhsdk.render.visibility import Scanline

    own = scene.extras.get(KEY)
    return with_extras(made, {**scene.extras, **({KEY: {**own, "rasterizer": Scanline.name}} if own else {})})
