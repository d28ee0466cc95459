"""A small generator with a plan, words and an input file, and formats at the edges: what the tests of the host run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dhsdk
from dhsdk.params import AssetRef, Words


class BoxParams(dhsdk.Params):
    prompt: str = dhsdk.param("box", help="what to make")
    width: float = dhsdk.param(1.0, help="edge length", unit="m", ge=0.1, le=10.0)
    photo: AssetRef | None = dhsdk.param(None, help="a picture")


class BoxPlan(dhsdk.Plan):
    size: tuple[float, float, float] = dhsdk.param((1.0, 1.0, 1.0), help="edge lengths", unit="m")
    turns: int = dhsdk.param(3, help="quarter turns", ge=0, le=3)


class Box(dhsdk.Generator[BoxParams]):
    name, summary, Params, Plan = "box", "A box.", BoxParams, BoxPlan

    def plan(self, params: BoxParams, ctx: dhsdk.Context) -> BoxPlan:
        height = round(float(ctx.rng("height").uniform(0.5, 1.5)), 3)
        words = Words(understood=tuple(params.prompt.split()), assumed=(f"height {height} m",))
        return BoxPlan(size=(params.width, height, 1.0), words=words)

    def build(self, plan: BoxPlan, ctx: dhsdk.Context) -> Any:
        from dhsdk.scene import primitives
        from dhsdk.scene.make import single

        if plan.words.understood[:1] in (("memory",), ("broken",), ("module",), ("picture",)):
            return _failure(plan.words.understood[0])
        ctx.progress(0.5, "half")
        return single(primitives.box(plan.size), "box")


def _failure(which: str) -> Any:
    if which == "memory":
        raise MemoryError
    if which == "broken":
        raise KeyError("a detail")
    if which == "module":
        import a_module_that_is_not_installed  # noqa: F401
    return "a picture"


class Needy(Box):
    name, extra = "needy", "cad"

    def build(self, plan: BoxPlan, ctx: dhsdk.Context) -> Any:
        import a_module_that_is_not_installed  # noqa: F401


class Loud(dhsdk.Format):
    """Text that says what the asset was; it can be written, and does not keep provenance."""

    name, summary, suffixes, kinds, reads = "loud", "Loud text.", (".loud",), ("scene",), False

    class Options(dhsdk.Params):
        shout: bool = dhsdk.param(False, help="capital letters")

    def write(self, asset: Any, path: Path, options: Any) -> None:
        path.write_text("BOX" if options.shout else "box", "utf-8")

    def refuses(self, asset: Any) -> str | None:
        return None if len(asset.nodes) == 1 else "it takes one node only"


class Quiet(dhsdk.Format):
    name, summary, suffixes, kinds, writes = "quiet", "Read only.", (".quiet",), ("scene",), False

    def read(self, path: Path, options: Any) -> Any:
        raise OSError(5, "Input/output error")


@dhsdk.hookimpl
def dhsdk_generators() -> list[Any]:
    return [Box(), Needy()]


@dhsdk.hookimpl
def dhsdk_formats() -> list[Any]:
    return [Loud(), Quiet()]


def other_version() -> Any:
    """The same plugin with a newer generator."""

    class NewBox(Box):
        version = "2"

    @dhsdk.hookimpl
    def dhsdk_generators() -> list[Any]:
        return [NewBox()]

    return SimpleNamespace(__name__="other_version", dhsdk_generators=dhsdk_generators)
