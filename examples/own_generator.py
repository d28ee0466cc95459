"""A generator of one's own in one file: parameters and a build.

The contract that every generator must keep is tested by: PYTHONPATH=examples pytest --dhsdk own_generator
As a package of its own it needs one entry point more: see plugins_contrib/dhsdk-dice.
"""

from __future__ import annotations  # the type in a signature must not load it

import sys
from pathlib import Path

import dhsdk


class StepsParams(dhsdk.Params):
    count: int = dhsdk.param(5, help="steps", ge=1, le=100, low="low", high="high")
    width: float = dhsdk.param(1.0, help="width of a step", unit="m", ge=0.1, le=10.0, low="narrow", high="wide")


class Steps(dhsdk.Generator[StepsParams]):
    name, summary, Params = "steps", "A flight of steps.", StepsParams

    def build(self, plan: StepsParams, ctx: dhsdk.Context) -> dhsdk.Scene:
        from dhsdk.scene import make
        from dhsdk.scene.primitives import box

        blocks = []
        for i in range(plan.count):
            ctx.progress((i + 1) / plan.count, f"step {i + 1}")
            rise = 0.17 * (i + 1)
            blocks.append(make.place(make.single(box((plan.width, rise, 0.28)), f"step_{i}"), at=(0, rise / 2, -0.28 * i)))
        return make.group("steps", *blocks)


@dhsdk.hookimpl
def dhsdk_generators() -> list[dhsdk.Generator]:
    return [Steps()]


def main() -> None:
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
    out.mkdir(parents=True, exist_ok=True)
    host = dhsdk.Host(plugins=[sys.modules[__name__]])
    steps = host.generate("steps", count=7)
    host.save(steps, out / "steps.glb")
    host.save(steps, out / "steps.png")


if __name__ == "__main__":
    main()
