"""Problem: one finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.types import Scene

Target = Literal["godot", "unity", "unreal", "web"]
TARGETS: tuple[str, ...] = ("godot", "unity", "unreal", "web")


@dataclass(frozen=True, slots=True)
class Problem:
    """error: an engine or the validator rejects it or shows it wrong; warning: worth a look. where: the part it is about."""

    severity: Literal["error", "warning"]
    where: str
    message: str
    mend: str


def error(where: str, message: str, mend: str) -> Problem:
    return Problem("error", where, message, mend)


def warning(where: str, message: str, mend: str) -> Problem:
    return Problem("warning", where, message, mend)


def minded(target: str | None, *engines: str) -> bool:
    """Whether a rule of these engines counts for this target."""
    return target is None or target in engines


def shapes(scene: Scene) -> Iterator[tuple[str, Mesh, Primitive]]:
    """(where, mesh, primitive) of every primitive once, LODs included; shared meshes are named by their first node."""
    seen: set[int] = set()
    for node in scene.nodes:
        for level, mesh in enumerate((node.mesh, *node.lods)):
            if mesh is None or id(mesh) in seen:
                continue
            seen.add(id(mesh))
            own = f"node {node.key!r}" + (f" LOD{level}" if level else "")
            for i, primitive in enumerate(mesh.primitives):
                yield own + (f" primitive {i}" if len(mesh.primitives) > 1 else ""), mesh, primitive
