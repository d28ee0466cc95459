"""An object suited to its style and budget: a silhouette exaggerated, small pieces as many as the triangles allow."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from dhsdk.params import Params, every_field
from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d.plan import ObjectPlan
from dhsdk.shapes import kernels

REDUCIBLE = 1.12
"""By how much the parts may be over the budget: so much can be reduced without taking a piece away."""
STRAINED = 1.2
ENOUGH = 0.9
"""By how much they may be over it where one piece less would leave more than a tenth of the budget unused."""


def _triangles(one: ObjectPlan, ctx: Context) -> int:
    parts = kernels()[one.kernel].build(one.shape, lambda *names: ctx.rng("shape", one.key, *names))
    return sum(len(part.surface.faces) for part in parts)


def fitted(one: ObjectPlan, tris: float, ctx: Context) -> ObjectPlan:
    """The object with as many small pieces as the triangles allow, where its kernel counts them in a field called `pieces`."""
    most = getattr(one.shape, "pieces", None)
    if most is None:
        return one

    @functools.cache
    def count(pieces: int) -> int:
        return _triangles(one.model_copy(update={"shape": one.shape.model_copy(update={"pieces": pieces})}), ctx)

    if count(most) <= REDUCIBLE * tris:
        return one
    low, high = 0, most - 1
    while low < high:  # the most pieces that fit
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(middle) <= REDUCIBLE * tris else (low, middle - 1)
    if count(low) < ENOUGH * tris and count(low + 1) <= STRAINED * tris:
        low += 1
    return one.model_copy(update={"shape": one.shape.model_copy(update={"pieces": low})})


def stylised(one: ObjectPlan) -> ObjectPlan:
    """The object in the stylised look: every field of that name, of its shape and of its finishes, at its upper end, and what its
    kernel exaggerates."""
    return one.model_copy(
        update={
            "shape": _upwards(one.shape, kernels()[one.kernel].exaggeration),
            "finishes": {slot: _upwards(finish, {}) for slot, finish in one.finishes.items()},
        }
    )


def _upwards(params: Params, times: Mapping[str, float]) -> Any:
    values = params.model_dump(mode="json")
    for path, field in every_field(type(params)):
        factor = times.get(".".join(path), 1.0)
        if path[-1] != "stylised" and factor == 1.0:
            continue
        group = values
        for step in path[:-1]:
            group = group[step]
        was, low, high = group[path[-1]], field.ge or 0.0, field.le or 0.0
        value = high if path[-1] == "stylised" else min(max(was * factor, low), high)
        group[path[-1]] = round(value) if isinstance(was, int) else value
    return type(params).parse(values)
