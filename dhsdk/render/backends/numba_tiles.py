"""The default rasterizer: numba on the CPU. It needs nothing but the core dependencies."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

from dhsdk.plugin import RasterizerSpec, hookimpl


def available() -> str | None:
    """None, or the reason why this machine cannot run it."""
    return None if find_spec("numba") else "numba is not installed: pip install numba"


def load(device: str) -> Any:
    """A Rasterizer. The CPU serves every device."""
    from dhsdk.render.visibility import Scanline

    return Scanline()


@hookimpl
def dhsdk_rasterizers() -> Iterable[RasterizerSpec]:
    return [RasterizerSpec(name="numba", available=available, load=load, devices=("cpu",))]
