"""build() of text_to_3d: plan -> parts -> materials -> objects -> one scene -> game-ready."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dhsdk.errors import RequestError
from dhsdk.materials.bake import bake
from dhsdk.materials.finish import Finish
from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d.plan import ObjectPlan, TextTo3dPlan
from dhsdk.ready import ReadyOptions, coarser, make_ready
from dhsdk.scene import make, place
from dhsdk.scene.material import Material
from dhsdk.scene.types import Scene
from dhsdk.shapes import kernels
from dhsdk.shapes.assemble import assemble
from dhsdk.shapes.resize import resized
from dhsdk.shapes.shading import painted

ROOTED = ("plant", "building")
"""Kernels that hold nothing: what is in a forest or in a castle stands beside it."""
GAP = 0.12
"""Metres between things that stand in a row."""


def run(plan: TextTo3dPlan, ctx: Context) -> Scene:
    """The scene of a plan. Raises RequestError when the triangle budget cannot be met, even with seams cut anew."""
    scene = assembled(plan, ctx, lambda fraction, message: ctx.progress(0.6 * fraction, message))
    ready = ReadyOptions(tris=plan.tris, texture=plan.texture, lods=plan.lods)

    def tell(fraction: float, message: str) -> None:
        ctx.progress(0.6 + 0.4 * fraction, message)

    try:
        return make_ready(scene, ready, tell)
    except RequestError:  # the seams stand in the way: they can be cut anew, for every texture tiles
        return make_ready(coarser(scene, plan.tris), ready, tell)


def assembled(plan: TextTo3dPlan, ctx: Context, tell: Callable[[float, str], None]) -> Scene:
    """The objects of a plan in their materials, standing as they should, before the game-ready pass."""
    looks: dict[str, tuple[Material, float]] = {}
    whole = []
    for number, one in enumerate(plan.objects):

        def told(message: str, number: int = number) -> None:
            tell(0.2 + 0.8 * number / len(plan.objects), message)

        whole.append(_object(one, plan.texture, looks, ctx, told))
    arranged = _arranged(plan.objects, whole)
    return arranged[0] if len(arranged) == 1 else make.group("set", *arranged)


def _object(
    one: ObjectPlan, texture: int, looks: dict[str, tuple[Material, float]], ctx: Context, told: Callable[[str], None]
) -> Scene:
    def stream(*names: str | int) -> np.random.Generator:
        return ctx.rng("shape", one.key, *names)

    parts = kernels()[one.kernel].build(one.shape, stream)
    parts = resized(parts, one.scale, width=one.width, height=one.height, depth=one.depth)
    materials = {}
    for slot in dict.fromkeys(part.slot for part in parts):
        finish = one.finishes[slot]
        key = finish.model_dump_json()
        if key not in looks:
            told(f"{one.key} {slot}: {finish.family}")
            looks[key] = bake(finish, texture, _streams(ctx, key))
        materials[slot] = looks[key]
    parts = tuple(painted(part, _edges(one.finishes[part.slot])) for part in parts)
    return assemble(one.key, parts, materials)


def _edges(finish: Finish) -> float:
    """How far edges and hollows are brought out: fully where the look is painted, else by what wear has rubbed and left."""
    return max(finish.stylised, min(1.0, 0.3 + 0.7 * finish.wear))


def _streams(ctx: Context, key: str) -> Callable[..., np.random.Generator]:
    return lambda *names: ctx.rng("material", key, *names)


def _arranged(objects: tuple[ObjectPlan, ...], scenes: list[Scene]) -> tuple[Scene, ...]:
    """Every object in its number, what refers to it on or beside it; what stands alone stands in a row."""
    placed: set[int] = set()

    def stood(number: int) -> tuple[Scene, ...]:
        """An object with all that refers to it, several that stand to it alike in a row."""
        placed.add(number)
        made = _numbered(objects[number], scenes[number])
        bound: dict[str, list[int]] = {}
        for other, one in enumerate(objects):
            if one.relation and one.other == number and other not in placed:
                within = one.relation == "in" and objects[number].kernel in ROOTED
                bound.setdefault("beside" if within else one.relation, []).append(other)
        for relation, them in bound.items():
            content = [stood(other) for other in them]
            made = _related(relation, content[0] if len(content) == 1 else place.row(content, GAP), made)
        return made

    roots = [n for n, one in enumerate(objects) if not one.relation or one.other == n or one.other >= len(objects)]
    groups = [stood(number) for number in roots]
    groups += [stood(number) for number in range(len(objects)) if number not in placed]
    return groups[0] if len(groups) == 1 else place.row(groups, GAP)


def _numbered(one: ObjectPlan, scene: Scene) -> tuple[Scene, ...]:
    if not one.stacked:
        return (scene,) if one.count == 1 else place.row([scene] * one.count, GAP)
    made: tuple[Scene, ...] = (scene,)
    for _ in range(one.count - 1):
        made = place.on(scene, made)
    return made


def _related(relation: str, content: tuple[Scene, ...], goal: tuple[Scene, ...]) -> tuple[Scene, ...]:
    if relation in ("on", "in"):
        return place.on(content, goal)
    if relation == "under":
        return place.on(goal, content)
    if relation == "front":
        return place.beside(content, goal, GAP, "front")
    if relation == "behind":
        return place.beside(content, goal, GAP, "back")
    return place.beside(content, goal, GAP)
