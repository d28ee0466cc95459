"""dhsdk ready: the game-ready pass for anybody's file."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from dhsdk import terminal

TARGETS = ("godot", "unity", "unreal", "web", "gltf")


def ready_command() -> click.Command:
    """The command; its flags are the fields of ForeignOptions."""
    from dhsdk.params import fields
    from dhsdk.ready.options import ForeignOptions

    options: list[click.Parameter] = [
        click.Argument(["file"]),
        click.Option(["-o", "--out"], required=True, help="Where to write; the suffix chooses the format."),
        click.Option(["--target"], type=click.Choice(TARGETS), help="Name nodes as this engine expects; gltf: as they are."),
        *map(terminal.flag, fields(ForeignOptions)),
        click.Option(["--json", "as_json"], is_flag=True, help="Print the report as JSON."),
        click.Option(["--report"], metavar="FILE", help="Write the report as JSON."),
    ]
    about = (
        "Make anybody's mesh ready for an engine: mended, within a budget, with UVs, baked maps, LODs and colliders.\n\n"
        "dhsdk ready scan.ply -o scan.glb --target unreal --tris 5000 --texture 1024"
    )
    return click.Command("ready", params=options, callback=_ready, help=about)


def _ready(file: str, out: str, target: str | None, as_json: bool, report: str | None, **given: Any) -> None:
    from dhsdk.errors import RequestError
    from dhsdk.host import Host
    from dhsdk.ready.foreign import foreign
    from dhsdk.ready.options import ForeignOptions
    from dhsdk.scene.types import Scene

    options = ForeignOptions.parse({name: value for name, value in given.items() if value is not None})
    host = Host()
    form = host.format_of(out)
    start = time.perf_counter()
    scene = host.load(file)
    if not isinstance(scene, Scene):
        raise RequestError(f"{file} must hold a scene, got: {type(scene).__name__.lower()}")
    with terminal.progress("ready") as progress:
        made, told = foreign(scene, options, progress)
    named = target not in (None, "gltf") and "target" in form.Options.model_fields
    host.save(made, out, **({"target": target} if named else {}))
    seconds = time.perf_counter() - start
    data = {"file": out, "source": file, "seconds": round(seconds, 3), **told.json()}
    text = json.dumps(data, indent=1, ensure_ascii=False)
    if report:
        terminal.write_text(Path(report), text)
    if as_json:
        click.echo(text)
        return
    for line in told.lines():
        click.echo(line)
    click.echo(f"{out}  {Path(out).stat().st_size / 1024:,.0f} KiB  {seconds:.2f} s")
