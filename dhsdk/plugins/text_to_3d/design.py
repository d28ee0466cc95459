"""plan() of text_to_3d: words -> objects, what they lock, what is drawn, and an honest report of both."""

from __future__ import annotations

import functools
from typing import Any

from dhsdk.errors import PromptError
from dhsdk.params import Words, every_field
from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d import TextTo3dParams
from dhsdk.plugins.text_to_3d.locks import ANY, AT_LEAST_SOME, Locks, Toward, locked
from dhsdk.plugins.text_to_3d.plan import ObjectPlan, TextTo3dPlan
from dhsdk.plugins.text_to_3d.surfaces import finishes, stylised
from dhsdk.plugins.text_to_3d.vocabulary import Thing, makeable, things, words
from dhsdk.shapes import kernels
from dhsdk.shapes.kernel import Kernel
from dhsdk.words import Mention, ObjectWords, Reading, objects, read

MOST_OBJECTS = 12
SPREAD = 0.1
"""Lengths that the words leave open are drawn within a tenth of the preset's, so that proportions stay those of the thing."""

REDUCIBLE = 1.12
"""By how much the parts may be over the budget: so much can be reduced without taking a piece away."""
STRAINED = 1.2
ENOUGH = 0.9
"""By how much they may be over it where one piece less would leave more than a tenth of the budget unused."""

SILENT = ("stop", "det", "join", "relation", "place", "negation", "intensity")


def design(params: TextTo3dParams, ctx: Context) -> TextTo3dPlan:
    """The plan of a prompt. Raises PromptError: nothing to make in it, or with ctx.strict a thing that is only alike."""
    reading = read(params.prompt, words())
    made, low_confidence = _objects(reading, ctx)
    understood, already, ignored = _effect(reading, made, ctx)
    if params.style == "stylised":
        made = tuple(one.model_copy(update={"finishes": stylised(one.finishes), "shape": _exaggerated(one)}) for one in made)
    made = tuple(_fitted(one, params.tris / sum(other.count for other in made), ctx) for one in made)
    assumed = (*already, *_assumptions(made))
    report = Words(understood=understood, ignored=ignored, assumed=assumed, low_confidence=tuple(low_confidence))
    return TextTo3dPlan(
        objects=made, tris=params.tris, texture=params.texture, style=params.style, lods=params.lods, words=report
    )


def _objects(reading: Reading, ctx: Context) -> tuple[tuple[ObjectPlan, ...], list[str]]:
    found = objects(reading)
    if len(found) > MOST_OBJECTS:
        raise PromptError(f"a prompt must name at most {MOST_OBJECTS} objects, got {len(found)}: make the others separately")
    if not found:
        raise PromptError(f"the prompt must name a thing to make; there is: {makeable()}")
    low_confidence: list[str] = []
    keys: dict[str, int] = {}
    made = []
    for one in found:
        thing = _thing(one, ctx, low_confidence)
        keys[thing.preset] = keys.get(thing.preset, 0) + 1
        number = f"_{keys[thing.preset]}" if keys[thing.preset] > 1 else ""
        key = thing.preset.replace(" ", "_") + number
        made.append(_planned(one, thing, key, ctx, low_confidence))
    return tuple(made), low_confidence


def _thing(one: ObjectWords, ctx: Context, low_confidence: list[str]) -> Thing:
    thing = things().get(one.noun.value) if one.noun.kind == "noun" else None
    if thing is None:
        raise PromptError(f"{one.noun.text!r} is nothing that can be made; there is: {makeable()}")
    if thing.like:
        guess = thing.preset
        if ctx.strict:
            raise PromptError(f"{one.noun.text!r} can only be guessed as a {guess}; there is: {makeable()}")
        low_confidence.append(f"{one.noun.text}: no kernel of its own, made like a {guess}")
    return thing


def _planned(one: ObjectWords, thing: Thing, key: str, ctx: Context, low_confidence: list[str]) -> ObjectPlan:
    kernel = kernels()[thing.kernel]
    locks = locked(one, kernel.Params)
    low_confidence += locks.notes
    relation = next(iter(one.relations), None)
    return ObjectPlan(
        key=key,
        kernel=kernel.name,
        shape=_shape(kernel, thing.preset, locks, key, ctx),
        finishes=finishes(one, kernel.dress(thing.preset), ctx.rng("plan", key, "finishes")),
        count=locks.count,
        scale=round(min(max(locks.scale, 0.05), 20.0), 4),
        width=locks.sizes.get("width"),
        height=locks.sizes.get("height"),
        depth=locks.sizes.get("depth"),
        relation=relation.kind if relation and relation.kind in ("on", "in", "under", "beside", "front", "behind") else "",
        other=relation.other if relation else 0,
    )


def _shape(kernel: Kernel, preset: str, locks: Locks, key: str, ctx: Context) -> Any:
    base = kernel.Params.model_validate(kernel.presets.get(preset, {})).model_dump(mode="json")
    for path, one in every_field(kernel.Params):
        group = base
        for step in path[:-1]:
            group = group[step]
        value = group[path[-1]]
        lock = locks.values.get(path)
        if lock == ANY:
            group[path[-1]] = value if value != "none" else next(choice for choice in one.choices if choice != "none")
        elif lock == AT_LEAST_SOME:
            group[path[-1]] = value or one.type(max(1, (one.le or 2) // 2) if one.type is int else (one.le or 1.0) / 2)
        elif isinstance(lock, Toward):
            moved = value + lock.share * (lock.end - value)
            group[path[-1]] = round(moved) if one.type is int else round(moved, 4)
        elif lock is not None:
            group[path[-1]] = lock
        elif one.type is float and one.ge is not None and one.le is not None and value:
            drawn = value * (1.0 + SPREAD * ctx.rng("plan", key, *path).uniform(-1.0, 1.0))
            group[path[-1]] = round(min(max(drawn, one.ge), one.le), 4)
    return kernel.Params.parse(base)


def _fitted(one: ObjectPlan, tris: float, ctx: Context) -> ObjectPlan:
    """The object with as many small pieces as the triangles allow, where its kernel counts them in a field called `pieces`."""
    most = getattr(one.shape, "pieces", None)
    if most is None:
        return one

    @functools.cache
    def count(pieces: int) -> int:
        shape = one.shape.model_copy(update={"pieces": pieces})
        parts = kernels()[one.kernel].build(shape, lambda *names: ctx.rng("shape", one.key, *names))
        return sum(len(part.surface.faces) for part in parts)

    if count(most) <= REDUCIBLE * tris:
        return one
    low, high = 0, most - 1
    while low < high:  # the most pieces that fit
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(middle) <= REDUCIBLE * tris else (low, middle - 1)
    if count(low) < ENOUGH * tris and count(low + 1) <= STRAINED * tris:
        low += 1
    return one.model_copy(update={"shape": one.shape.model_copy(update={"pieces": low})})


def _exaggerated(one: ObjectPlan) -> Any:
    """The shape as the stylised look has it: the kernel knows what of it to exaggerate."""
    values, times = one.shape.model_dump(mode="json"), kernels()[one.kernel].exaggeration
    for path, field in every_field(type(one.shape)):
        factor = times.get(".".join(path), 1.0)
        if path[-1] != "stylised" and factor == 1.0:
            continue
        group = values
        for step in path[:-1]:
            group = group[step]
        was, low, high = group[path[-1]], field.ge or 0.0, field.le or 0.0
        value = high if path[-1] == "stylised" else min(max(was * factor, low), high)
        group[path[-1]] = round(value) if isinstance(was, int) else value
    return type(one.shape).parse(values)


def _effect(reading: Reading, made: tuple[ObjectPlan, ...], ctx: Context) -> tuple[tuple[str, ...], ...]:
    """(understood, already so, ignored). A word is understood only when the prompt without it makes another plan."""
    quiet = Context(seed=ctx.seed)
    before = [one.model_dump(mode="json") for one in made]
    families = {name for one in made for finish in one.finishes.values() for name in (finish.family, finish.variety)}
    understood, already, ignored = [], [], []
    for mention in reading.mentions:
        if mention.kind in SILENT:
            continue
        if _matters(reading, mention, before, quiet):
            understood.append(mention.text)
        elif mention.kind == "material" and {mention.value, mention.value.partition("/")[2]} & families:
            already.append(f"{mention.text}: so without the word")
        else:
            ignored.append(mention.text)
    rest = tuple(word for word in dict.fromkeys(ignored) if word not in understood)
    return tuple(dict.fromkeys(understood)), tuple(dict.fromkeys(already)), rest


def _matters(reading: Reading, mention: Mention, before: list[dict[str, Any]], ctx: Context) -> bool:
    rest = reading.text[: mention.start] + " " + reading.text[mention.end :]
    try:
        after, _ = _objects(read(rest, words()), ctx)
    except PromptError:
        return True
    shown = [one.model_dump(mode="json") for one in after]
    for one in (*shown, *before):
        one.pop("key", None)
    return shown != before


def _assumptions(made: tuple[ObjectPlan, ...]) -> tuple[str, ...]:
    """The finishes that were taken, in words."""
    lines = []
    for one in made:
        for slot, finish in one.finishes.items():
            look = "/".join(filter(None, [finish.family, finish.variety]))
            lines.append(f"{one.key} {slot}: {look}{' ' + finish.color if finish.color else ''}")
    return tuple(lines)
