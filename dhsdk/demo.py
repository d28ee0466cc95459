"""`dhsdk demo`: four prompted assets, a scripted scene of them, a contact sheet and a turntable, all made at that moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dhsdk.errors import MissingExtra, WriteError

if TYPE_CHECKING:
    from dhsdk.host import Host
    from dhsdk.scene.types import Scene

PROMPTS = {
    "chair": "a carved oak chair with a red velvet cushion",
    "vase": "a blue ceramic vase with a gold rim",
    "chest": "an old treasure chest with brass bands",
    "lamp": "一盏黄铜台灯，配绿色玻璃灯罩",
}


def run(host: Host, folder: Path, say: Callable[[str], Any]) -> None:
    """Fills `folder` and says what it made, how long each took and how to look at it. Raises WriteError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"cannot make the folder {str(folder)!r}: {error.strerror or error}") from error
    assets: dict[str, Any] = {}
    for name, prompt in PROMPTS.items():
        say(f"{name}: {prompt}")
        assets[name] = _timed(say, folder / f"{name}.glb", host, partial(host.generate, "text_to_3d", prompt=prompt))
    room = _timed(say, folder / "room.glb", host, lambda: _room(assets))
    _timed(say, folder / "sheet.png", host, lambda: _sheet(assets))
    try:
        _timed(say, folder / "turntable.mp4", host, lambda: _turntable(room))
    except MissingExtra as error:
        say(f"turntable.mp4 left out: {error}")
    say(
        f"Look at {folder / 'sheet.png'} and {folder / 'turntable.mp4'}; drop the .glb files into Godot, Unity, Unreal,\n"
        f"Blender or any glTF viewer; see how one was made with: dhsdk info {folder / 'chair.glb'}\n"
        f"and make a variant with: dhsdk edit {folder / 'chair.glb'} --set legs.count=3 -o {folder / 'chair3.glb'}"
    )


def _timed(say: Callable[[str], Any], path: Path, host: Host, make: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    asset = make()
    host.save(asset, path)
    say(f"  {path}  {path.stat().st_size / 1024:,.0f} KiB  {time.perf_counter() - start:.1f} s")
    return asset


def _room(assets: dict[str, Scene]) -> Scene:
    """The chair before the chest, the lamp on the chest and the vase beside them: placed by their sizes, not by numbers."""
    from dhsdk.scene import make, place

    lit_chest = place.on(assets["lamp"], assets["chest"])
    return make.group("room", place.row([assets["vase"], lit_chest, assets["chair"]], gap=0.35))


def _sheet(assets: dict[str, Scene]) -> Any:
    from dhsdk.render import Settings, sheet

    return sheet(list(assets.items()), Settings(size=(480, 480)))


def _turntable(scene: Scene) -> Any:
    from dhsdk.render import Settings, clip

    return clip(scene, "orbit", fps=25.0, seconds=4.0, settings=Settings(size=(960, 540)))
