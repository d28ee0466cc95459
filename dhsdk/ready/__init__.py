"""The game-ready pass: budget, tangents, LODs, colliders, texture size. Importing it loads no numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dhsdk.ready.options import ReadyOptions

if TYPE_CHECKING:
    from dhsdk.ready.steps import coarser, make_ready

__all__ = ["ReadyOptions", "coarser", "make_ready"]


def __getattr__(name: str) -> Any:
    if name not in ("coarser", "make_ready"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dhsdk.ready import steps

    return getattr(steps, name)
