"""A generator that keeps the contract, and one for each way to break it. Light at the top, as every plugin."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import pydantic

import dhsdk


class Size(dhsdk.Params):
    size: float = dhsdk.param(1.0, help="edge length", unit="m", ge=0.1, le=10.0)
    finish: str = dhsdk.param("plain", help="what it looks like")


def triangle(size: float, **values: Any) -> dhsdk.Scene:
    from dhsdk.scene import Material, Mesh, Node, Primitive, Scene

    positions = [(0, 0, 0), (size, 0, 0), (0, size, 0)]
    primitive = Primitive(positions, [(0, 1, 2)], [(0, 0, 1)] * 3, uvs=([(0, 0), (1, 0), (0, 1)],), material=Material("plain"))
    return Scene((Node("triangle", Mesh((primitive,))),), **values)


class Good(dhsdk.Generator[Size]):
    name, summary, Params, example = "good", "A triangle.", Size, {"size": 2.0}

    def build(self, plan: Size, ctx: dhsdk.Context) -> dhsdk.Scene:
        ctx.progress(0.5, "half")
        (ctx.cache / "kept").mkdir(parents=True, exist_ok=True)
        (ctx.cache / "kept" / "file.txt").write_text("in the cache")
        return triangle(plan.size + ctx.rng("size").random())


class Helpless(Good):
    class Params(dhsdk.Params):
        size: float = dhsdk.param(1.0, help="")

    name = "helpless"


class Wordy(Good):
    name, summary = "wordy", "One.\nTwo."


class Kindless(Good):
    name, produces = "kindless", ("mesh",)


class Thawed(Good):
    class Params(Size):
        model_config = pydantic.ConfigDict(frozen=False)

    name = "thawed"


class Failing(Good):
    name = "failing"

    def build(self, plan, ctx):
        return 1 / 0


class OutOfRange(Good):
    name, example = "out_of_range", {"size": 99.0}


class Lenient(Good):
    class Params(Size):
        @pydantic.field_validator("size", mode="before")
        @classmethod
        def _clamp(cls, value):
            return min(max(value, 0.1), 10.0)

    name = "lenient"


class Random(Good):
    name = "random"

    def build(self, plan, ctx):
        return triangle(1 + os.urandom(1)[0] + os.urandom(1)[0] * 256)


class PerProcess(Good):
    name = "per_process"

    def build(self, plan, ctx):
        return triangle(1 + os.getpid())


class PlanOfText(Good):
    name = "plan_of_text"

    def plan(self, params, ctx):
        return "a plan"


class Forgetful(Good):
    class Plan(dhsdk.Params):
        size: float = dhsdk.param(1.0, help="edge length")
        hidden: float = pydantic.Field(0.0, exclude=True)

    name = "forgetful"

    def plan(self, params, ctx):
        return self.Plan(size=params.size, hidden=5.0)


class Hidden(Good):
    """Keeps what it chose in itself, so that the plan alone does not make the same thing."""

    name = "hidden"
    turn = 0

    def plan(self, params, ctx):
        self.turn += 1
        return params

    def build(self, plan, ctx):
        self.turn += 1
        return triangle(self.turn)


class Falling(Good):
    name = "falling"

    def build(self, plan, ctx):
        ctx.progress(0.9)
        ctx.progress(0.1)
        return triangle(1)


class Faulty(Good):
    """A camera that looks behind itself."""

    name = "faulty"

    def build(self, plan, ctx):
        from dhsdk.scene import Camera, Node, Scene

        return Scene((Node("camera", camera=Camera(near=2.0, far=1.0)),))


class Online(Good):
    name = "online"

    def build(self, plan, ctx):
        import contextlib
        import socket

        with contextlib.suppress(OSError), socket.socket() as one:
            one.settimeout(0.01)
            one.connect(("127.0.0.1", 9))
        return triangle(1)


class Littering(Good):
    name = "littering"

    def build(self, plan, ctx):
        import tempfile

        os.close(tempfile.mkstemp()[0])
        return triangle(1)


class Elsewhere(Good):
    name = "elsewhere"

    def build(self, plan, ctx):
        with open(os.path.join(os.environ["ELSEWHERE"], "file.txt"), "w") as file:
            json.dump(1, file)
        return triangle(1)


class Crashing(Good):
    name = "crashing"

    def build(self, plan, ctx):
        os._exit(9)


class Stubborn(Good):
    name = "stubborn"

    def build(self, plan, ctx):
        ctx.progress(0.1)
        time.sleep(0.3)
        return triangle(1)


class Patient(Good):
    name = "patient"

    def build(self, plan, ctx):
        for step in range(30):
            ctx.progress(step / 30)
            time.sleep(0.01)
        return triangle(1)


class OfAnotherKind(Good):
    """The host refuses a kind that `produces` does not name before any check sees it."""

    name, produces = "of_another_kind", ("image",)


class Unwritable(Good):
    """Its extras hold what no file can hold."""

    name = "unwritable"

    def build(self, plan, ctx):
        return triangle(plan.size, extras={"not json": object()})


class _Drawn(Good):
    """A generator with a space: its plan holds a size that a prior drew."""

    class Params(Size):
        backend: Literal["design", "rules"] = dhsdk.param("design", help="what draws the size")

    class Plan(dhsdk.Plan):
        size: float = dhsdk.param(1.0, help="its size", ge=0.1, le=10.0)

    uses: ClassVar[Mapping[str, tuple[str, float]]] = {}

    def space(self):
        return object()

    def plan(self, params, ctx):
        name, size = self.uses[params.backend]
        models = [{"name": name, "sha256": "0" * 64, "licence": "CC0-1.0"}] if name else []
        return self.Plan.parse({"size": size, "models": models})


class Priorless(_Drawn):
    name, uses = "priorless", {"design": ("", 1.0), "rules": ("", 2.0)}


class Clinging(_Drawn):
    name, uses = "clinging", {"design": ("a prior", 1.0), "rules": ("a prior", 2.0)}


class Indifferent(_Drawn):
    name, uses = "indifferent", {"design": ("a prior", 1.0), "rules": ("", 1.0)}
