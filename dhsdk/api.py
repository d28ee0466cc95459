"""The functions of `import dhsdk`: one default Host behind them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dhsdk.host import Host

if TYPE_CHECKING:
    from dhsdk.media import Image
    from dhsdk.plugin import Asset
    from dhsdk.scene.check import Problem
    from dhsdk.scene.types import Scene


@cache
def default_host() -> Host:
    """The host behind generate, save and load: any device, no network."""
    return Host()


def generate(generator: str, **values: Any) -> Asset:
    """The asset of a generator: generate("text_to_3d", prompt="an oak chair", seed=7). Arguments as Host.generate."""
    return default_host().generate(generator, **values)


def save(asset: Asset, path: str | Path, **options: Any) -> Path:
    """Writes an asset; the suffix chooses the format and its options. A scene saved as .png or .mp4 is rendered."""
    return default_host().save(asset, path, **options)


def load(path: str | Path, **options: Any) -> Asset:
    """The asset in a file; the suffix chooses the format."""
    return default_host().load(path, **options)


def make_ready(scene: Scene, *, mend: bool = False, **options: Any) -> Scene:
    """The scene after the game-ready pass (budget, tangents, LODs, colliders). Options: dhsdk.ready.ReadyOptions.

    mend: for meshes from elsewhere, as `dhsdk ready` does it: mended, unwrapped and baked anew where needed. Options then:
    dhsdk.ready.options.ForeignOptions; dhsdk.ready.foreign.foreign returns the report too.
    """
    from dhsdk.ready import ReadyOptions
    from dhsdk.ready import make_ready as run

    if mend:
        from dhsdk.ready.foreign import foreign
        from dhsdk.ready.options import ForeignOptions

        return foreign(scene, ForeignOptions(**options))[0]
    return run(scene, ReadyOptions(**options))


def snapshot(scene: Scene, camera: Any = None, size: tuple[int, int] = (1280, 720), **settings: Any) -> Image:
    """A picture of a scene. camera: "three-quarter", "front", "top", "orbit", the key of a camera node, or a render.View."""
    from dhsdk.render import Settings, render

    return render(scene, camera, Settings(size=size, **settings))


def check(scene: Scene, target: str | None = None) -> tuple[Problem, ...]:
    """What the engine `target` (godot, unity, unreal, web; None: all of them) would reject or mishandle, each with the mend."""
    from dhsdk.scene.check import check as run

    return run(scene, target)
