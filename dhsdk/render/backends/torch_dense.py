"""The reference rasterizer: torch on any device, all triangles at once. Needs the extra [diffusion]."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

from dhsdk.plugin import RasterizerSpec, hookimpl


def available() -> str | None:
    """None, or the reason why this machine cannot run it."""
    return None if find_spec("torch") else "torch is not installed: pip install 'dhsdk[diffusion]'"


def load(device: str) -> Any:
    """A Rasterizer. device: "cpu", "cuda" or "auto"."""
    from dhsdk.render.backends._torch import Dense

    return Dense(device)


@hookimpl
def dhsdk_rasterizers() -> Iterable[RasterizerSpec]:
    return [RasterizerSpec(name="torch", available=available, load=load)]
