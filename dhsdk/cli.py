"""The dhsdk command. Flags of `make` are built from the Params of the generator."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from dhsdk import terminal
from dhsdk.errors import DhsdkError, ParamError, RequestError
from dhsdk.version import __version__

if TYPE_CHECKING:
    from dhsdk.host import Host

TARGETS = ("godot", "unity", "unreal", "web")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the command: exit code 0 done, 2 bad request (one line says what to change), 1 failure, 130 cancelled."""
    arguments = sys.argv[1:] if arguments is None else arguments
    terminal.listen()
    try:
        command.main(args=arguments, prog_name="dhsdk", standalone_mode=False)
        code = 0
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        code = _fail(error.format_message(), 2, error, arguments)
    except DhsdkError as error:
        code = _fail(str(error), error.exit_code, error, arguments)
    except (KeyboardInterrupt, click.Abort) as error:
        code = _fail("cancelled", 130, error, arguments)
    except BrokenPipeError:
        sys.stderr.close()
        code = 1
    except Exception as error:  # a defect of dhsdk: say so in one line, the traceback with --debug
        code = _fail(f"internal error: {type(error).__name__}: {error} (see it whole with --debug)", 1, error, arguments)
    sys.exit(code)


def _fail(message: str, code: int, error: BaseException, arguments: list[str]) -> int:
    if "--debug" in arguments:
        raise error
    click.echo("error: " + " ".join(message.split()), err=True)
    return code


class _Commands(click.Group):
    """The commands; those whose flags are Params are made when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), "nano", "ready"])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name == "nano":
            from dhsdk.cli_nano import nano

            return nano
        if name == "ready":
            from dhsdk.cli_ready import ready_command

            return _debug(ready_command())
        return super().get_command(ctx, name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="dhsdk")
def command() -> None:
    """Engine-ready 3D from words, photos and speech: offline, verified, parametric, deterministic."""


def _debug(function: Any) -> Any:
    return click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")(function)


class _Generators(click.Group):
    """One subcommand per generator, made when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_host().generators)

    def get_command(self, ctx: click.Context, name: str) -> click.Command:
        return _make_command(name)


@command.group(cls=_Generators, subcommand_metavar="GENERATOR [OPTIONS]", invoke_without_command=False)
def make() -> None:
    """Make an asset: dhsdk make text-to-3d "a carved oak chair" -o chair.glb"""


def _make_command(name: str) -> click.Command:
    from dhsdk.params import fields

    host = _host()
    generator = host._generator(name)
    known = fields(generator.Params)
    options: list[click.Parameter] = [terminal.flag(field) for field in known]
    if any(field.name == "prompt" for field in known):
        options.append(click.Argument(["prompt_words"], nargs=-1, metavar="[PROMPT]"))
    options += [
        click.Option(
            ["-o", "--out"], multiple=True, required=True, help="Output file; its suffix chooses the format. Repeatable."
        ),
        click.Option(["--set", "edits"], multiple=True, metavar="PATH=VALUE", help="Set a value of the plan: legs.count=5."),
        click.Option(["--lock"], multiple=True, metavar="PATH", help="Keep this value of the plan in every variant: legs.style."),
        click.Option(["--change"], default="", metavar="TEXT", help='Move the plan by words: "older, with thicker legs".'),
        click.Option(["--seed"], type=int, default=0, show_default=True, help="Decides everything that the words leave open."),
        click.Option(["--variants"], type=click.IntRange(1, 1000), default=1, help="Make N files with seeds SEED, SEED+1, ..."),
        click.Option(["--report"], metavar="FILE", help="Write what was done, with timings, as JSON."),
        click.Option(["--target"], type=click.Choice(TARGETS), help="Name nodes as this engine expects."),
        click.Option(["--device"], type=click.Choice(["auto", "cpu", "cuda"]), default="auto"),
        click.Option(["--strict"], is_flag=True, help="Refuse what would be a flagged fallback."),
        click.Option(["--allow-network"], is_flag=True, help="Let a generator use the network."),
    ]
    made: click.Command = _debug(click.Command(name, params=options, callback=_making(generator.name), help=generator.summary))
    return made


def _making(name: str) -> Callable[..., None]:
    def run(out: tuple[str, ...], edits: tuple[str, ...], **given: Any) -> None:
        from dhsdk.host import variants

        host = _host(given.pop("device"), given.pop("allow_network"))
        report, target = given.pop("report"), given.pop("target")
        count, lock = given.pop("variants"), given.pop("lock")
        how = {key: given.pop(key) for key in ("seed", "strict", "change")}
        words = given.pop("prompt_words", ())
        if words and given.get("prompt"):
            raise RequestError("the prompt must be given once, as words or as --prompt")
        if words:
            given["prompt"] = " ".join(words)
        values = {key: value for key, value in given.items() if value is not None and value != ()}
        outputs = [Path(one) for one in out]
        want = tuple(dict.fromkeys(kind for path in outputs for kind in host.format_of(path).kinds))
        first = host.request(name, want=want, plan=_edits(edits), **how, **values)
        done = []
        for number, request in enumerate(variants(host, first, count, lock)):
            start = time.perf_counter()
            with terminal.progress(request.generator) as progress:
                asset = host.generate(request, progress=progress)
            made = time.perf_counter() - start
            for path in outputs:
                path = path if count == 1 else path.with_stem(f"{path.stem}_{number + 1}")
                options = {"target": target} if target and "target" in host.format_of(path).Options.model_fields else {}
                start = time.perf_counter()
                host.save(asset, path, **options)
                saved = time.perf_counter() - start
                done.append({"file": str(path), "make_s": made, "save_s": saved})
                click.echo(f"{path}  {path.stat().st_size / 1024:,.0f} KiB  {made + saved:.2f} s")
            _say_words(asset.extras["dhsdk"])
            done[-1]["provenance"] = asset.extras["dhsdk"]
        if report:
            terminal.write_text(Path(report), json.dumps({"files": done}, indent=1, ensure_ascii=False))

    return run


def _say_words(own: Mapping[str, Any]) -> None:
    for name in ("understood", "ignored", "assumed", "low_confidence"):
        if own.get(name):
            click.echo(f"  {name.replace('_', ' ')}: {', '.join(own[name])}")


def _edits(pairs: tuple[str, ...]) -> dict[str, Any]:
    edits = {}
    for pair in pairs:
        path, sign, text = pair.partition("=")
        if not sign or not path:
            raise ParamError(f"--set must be PATH=VALUE, got {pair!r}")
        try:
            edits[path] = json.loads(text)
        except ValueError:
            edits[path] = text
    return edits


@command.command("list")
@_debug
def list_generators() -> None:
    """List the generators."""
    for name, generator in sorted(_host().generators.items()):
        click.echo(f"{name:16} {generator.summary}")


@command.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_debug
def plugins(as_json: bool) -> None:
    """Show what was found: plugins, formats, rasterizers, and what is missing, with the reason."""
    host = _host()
    found = host.found
    reasons = {name: spec.available() for name, spec in found.rasterizers.items()}
    if as_json:
        failures = [{"plugin": failure.plugin, "reason": failure.reason} for failure in host.failures]
        data = {"plugins": found.plugins, "owners": found.owners, "rasterizers": reasons, "failures": failures}
        click.echo(json.dumps(data, indent=1))
        return
    for plugin in found.plugins:
        offers = [name for name, owner in found.owners.items() if owner == plugin]
        click.echo(f"{plugin:32} {', '.join(offers)}")
    for name, reason in reasons.items():
        click.echo(f"rasterizer {name:21} {'available' if reason is None else 'not available: ' + reason}")
    for failure in host.failures:
        click.echo(f"left out: {failure.plugin}: {failure.reason}")


@command.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_debug
def info(file: str, as_json: bool) -> None:
    """Show what is in a file and how it was made."""
    from dhsdk.convert import kind_of
    from dhsdk.scene.measure import summary
    from dhsdk.scene.types import Scene

    asset = _host().load(file)
    facts = summary(asset) if isinstance(asset, Scene) else {"kind": kind_of(asset)}
    own = asset.extras.get("dhsdk")
    if as_json:
        click.echo(json.dumps({"facts": facts, "provenance": own}, indent=1, ensure_ascii=False))
        return
    for name, value in facts.items():
        click.echo(f"{name:16} {value}")
    if own is None:
        click.echo("provenance       none: not made by dhsdk")
        return
    for name in (
        "dhsdk",
        "generator",
        "version",
        "seed",
        "params",
        "understood",
        "ignored",
        "assumed",
        "low_confidence",
        "edits",
    ):
        if own.get(name) not in (None, (), {}, ""):
            click.echo(f"{name:16} {json.dumps(own[name], ensure_ascii=False)}")


@command.command()
@click.argument("file")
@click.option("-o", "--out", help="Where to write; default: the same file.")
@_debug
def rebuild(file: str, out: str | None) -> None:
    """Build a generated file again from the plan stored in it: the same bytes."""
    _rebuilt(file, out or file, {})


@command.command()
@click.argument("file")
@click.option("--set", "edits", multiple=True, metavar="PATH=VALUE", help="legs.count=5; repeatable.")
@click.option("--change", default="", metavar="TEXT", help='Words that move it: "older, with thicker legs".')
@click.option("-o", "--out", required=True, help="Where to write.")
@_debug
def edit(file: str, edits: tuple[str, ...], change: str, out: str) -> None:
    """Make a variant of a generated file: move its plan by words, or set values of it."""
    if not edits and not change:
        raise RequestError("edit needs --set PATH=VALUE or --change TEXT: say what to change")
    _rebuilt(file, out, _edits(edits), change)


def _rebuilt(file: str, out: str, edits: dict[str, Any], change: str = "") -> None:
    host = _host()
    host.format_of(out)
    with terminal.progress("rebuild") as progress:
        asset = host.rebuild(file, plan=edits, change=change, progress=progress)
    options = dict(asset.extras["dhsdk"]["options"]) if Path(out).suffix.lower() == Path(file).suffix.lower() else {}
    host.save(asset, out, **options)
    click.echo(f"{out}  {Path(out).stat().st_size / 1024:,.0f} KiB")


@command.command()
@click.argument("file")
@click.option("--target", type=click.Choice(TARGETS), help="Only what this engine minds; default: all.")
@_debug
def check(file: str, target: str | None) -> None:
    """Tell what an engine would reject or mishandle in a file, each with the mend. Exit code 1 when there are errors."""
    from dhsdk.scene.check import check as run

    problems = run(_scene(file), target)
    for problem in problems:
        click.echo(f"{problem.severity}: {problem.where}: {problem.message} ({problem.mend})")
    errors = sum(problem.severity == "error" for problem in problems)
    click.echo(f"{file}: {errors} errors, {len(problems) - errors} warnings")
    if errors:
        raise click.exceptions.Exit(1)


@command.command()
@click.argument("file")
@click.option("-o", "--out", required=True, help="x.png for a still, x.mp4 for a turntable.")
@click.option("--camera", help="three-quarter, front, top, or the key of a camera node.")
@click.option("--size", default="1280x720", show_default=True, help="WIDTHxHEIGHT in pixels.")
@click.option("--seconds", default=4.0, show_default=True, help="Length of a turntable.")
@click.option("--fps", default=25.0, show_default=True)
@click.option("--animation", help="Play this clip of the file while the camera stands.")
@_debug
def render(file: str, out: str, camera: str | None, size: str, seconds: float, fps: float, animation: str | None) -> None:
    """Draw a file as a picture or a video."""
    from dhsdk.provenance import with_extras
    from dhsdk.render import Settings, clip
    from dhsdk.render import render as still

    host = _host()
    scene = _scene(file)
    width, _, height = size.partition("x")
    settings = Settings.parse({"size": (width, height)})
    if "clip" in host.format_of(out).kinds:
        made: Any = clip(scene, camera or "orbit", fps=fps, seconds=seconds, settings=settings, animation=animation)
    else:
        made = still(scene, camera, settings)
    host.save(with_extras(made, {**made.extras, **_own(scene)}), out)
    click.echo(f"{out}  {Path(out).stat().st_size / 1024:,.0f} KiB")


@command.command()
@click.option("-o", "--out", default="demo", show_default=True, help="Folder to fill.")
@_debug
def demo(out: str) -> None:
    """Make four prompted assets, a scene of them, a contact sheet and a turntable, offline."""
    from dhsdk.demo import run

    run(_host(), Path(out), click.echo)


def _host(device: str = "auto", allow_network: bool = False) -> Host:
    from dhsdk.host import Host

    return Host(device=device, allow_network=allow_network)


def _scene(file: str) -> Any:
    from dhsdk.scene.types import Scene

    asset = _host().load(file)
    if not isinstance(asset, Scene):
        raise RequestError(f"{file} must hold a scene, got: {type(asset).__name__.lower()}")
    return asset


def _own(scene: Any) -> dict[str, Any]:
    return {"dhsdk": scene.extras["dhsdk"]} if "dhsdk" in scene.extras else {}
