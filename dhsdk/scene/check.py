"""check(scene, target): what engines and the Khronos validator would reject or mishandle, each finding with its mend.

The types already refuse NaN, cycles, dangling names and indices out of range; this finds what is legal and still wrong.
"""

from __future__ import annotations

from dhsdk.errors import UnknownName
from dhsdk.scene.checks import motion, names, structure, surfaces, targets
from dhsdk.scene.checks.problem import TARGETS, Problem, Target
from dhsdk.scene.types import Scene

__all__ = ["TARGETS", "Problem", "Target", "check"]


def check(scene: Scene, target: str | None = None) -> tuple[Problem, ...]:
    """Everything found, errors first, then in the order of the scene.

    target: "godot", "unity", "unreal" or "web" adds what that engine minds; None what any of them would break. The budgets
    (triangles, draw calls, texture sizes) count only for a named target, since each has its own.

    Raises:
        UnknownName: no such target.
    Source: glTF 2.0; Khronos 3D Commerce asset guidelines (web budget); the engines' importers.
    """
    if target is not None and target not in TARGETS:
        raise UnknownName(f"no target {target!r}; there is: {', '.join(TARGETS)}")
    found = [
        *surfaces.problems(scene, target),
        *structure.problems(scene, target),
        *motion.problems(scene),
        *names.problems(scene, target),
        *targets.problems(scene, target),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: problem.severity != "error"))
