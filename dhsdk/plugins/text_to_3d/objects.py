"""A reading as the objects of a plan: which kernel makes each, what the words lock, and the rest filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dhsdk.errors import PromptError
from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d.filling import Fill, filled
from dhsdk.plugins.text_to_3d.locks import locked
from dhsdk.plugins.text_to_3d.pieces import wholes
from dhsdk.plugins.text_to_3d.plan import ObjectPlan
from dhsdk.plugins.text_to_3d.surfaces import finishes
from dhsdk.plugins.text_to_3d.unknown import Guesses
from dhsdk.plugins.text_to_3d.vocabulary import Thing, makeable, things
from dhsdk.shapes import kernels
from dhsdk.words import ObjectWords, Reading

MOST_OBJECTS = 12
STACK = 3
"""How many things a stack has where the words do not say it."""
RELATIONS = ("on", "in", "under", "beside", "front", "behind")


@dataclass
class Design:
    """How a prompt becomes objects: what fills them in, who guesses unknown words; notes: guesses that deserve a look."""

    ctx: Context
    fill: Fill
    guesses: Guesses
    notes: list[str] = field(default_factory=list)

    def objects(self, reading: Reading) -> tuple[ObjectPlan, ...]:
        """Raises PromptError: nothing to make, too much, or with ctx.strict a thing that is only alike."""
        found = wholes(reading)
        if len(found) > MOST_OBJECTS:
            raise PromptError(f"a prompt must name at most {MOST_OBJECTS} objects, got {len(found)}: make the others separately")
        if not found:
            raise PromptError(f"the prompt must name a thing to make; there is: {makeable()}")
        times: dict[str, int] = {}
        made: list[ObjectPlan] = []
        for one in found:
            thing = self._thing(one)
            self._doubted(one, reading, thing)
            times[thing.preset] = times.get(thing.preset, 0) + 1
            number = f"_{times[thing.preset]}" if times[thing.preset] > 1 else ""
            made.append(self._planned(one, thing, thing.preset.replace(" ", "_") + number, self._held(len(made))))
        return tuple(made)

    def _thing(self, one: ObjectWords) -> Thing:
        thing = things().get(one.noun.value) if one.noun.kind == "noun" else None
        thing = thing or self.guesses.thing(one.noun.text)
        if thing is None:
            raise PromptError(f"{one.noun.text!r} is nothing that can be made; there is: {makeable()}")
        if thing.like:
            if self.ctx.strict:
                raise PromptError(f"{one.noun.text!r} can only be guessed as a {thing.preset}; there is: {makeable()}")
            self.notes.append(f"{one.noun.text}: no kernel of its own, made like a {thing.preset}")
        return thing

    def _doubted(self, one: ObjectWords, reading: Reading, thing: Thing) -> None:
        """A noun with an unknown word right behind it may only describe that: a stone bridge is no stone."""
        later = [mention for mention in reading.mentions if mention.start >= one.noun.end]
        behind, after = (*later, None, None)[:2]
        ends = after is None or after.kind in ("relation", "join", "place", "negation")
        if behind and ends and behind.kind == "unknown" and behind.text.isalpha() and behind.start - one.noun.end == 1:
            both = f"{one.noun.text} {behind.text}"
            if self.ctx.strict:
                raise PromptError(f"{both!r} can only be guessed as a {thing.preset}; there is: {makeable()}")
            self.notes.append(f"{both}: {behind.text!r} is not understood, a {thing.preset} is made")

    def _planned(self, one: ObjectWords, thing: Thing, key: str, held: Mapping[str, Any]) -> ObjectPlan:
        kernel = kernels()[thing.kernel]
        one = self.guesses.known(one, kernel.Params, self.notes)
        if thing.material:
            one = replace(one, attributes=(replace(one.noun, kind="material", value=thing.material), *one.attributes))
        locks = locked(one, kernel.Params)
        locks.values = {**{tuple(path.split(".")): value for path, value in thing.shape.items()}, **locks.values}
        dressed = finishes(one, kernel.dress(thing.preset), self.ctx.rng("plan", key, "finishes"))
        for path, slot in kernel.sawn.items():
            if dressed[slot].family != "wood":
                locks.values.setdefault(tuple(path.split(".")), 1)
        self.notes += locks.notes
        relation = next(iter(one.relations), None)
        stacked = any(mention.value == "stacked" for mention in one.attributes)
        return ObjectPlan(
            key=key,
            kernel=kernel.name,
            preset=thing.preset,
            shape=filled(kernel, thing.preset, locks, held, self.fill, self._stream(key)),
            finishes=dressed,
            count=locks.count if one.count or not stacked else STACK,
            stacked=stacked,
            scale=round(min(max(locks.scale, 0.05), 20.0), 4),
            width=locks.sizes.get("width"),
            height=locks.sizes.get("height"),
            depth=locks.sizes.get("depth"),
            relation=relation.kind if relation and relation.kind in RELATIONS else "",
            other=relation.other if relation else 0,
        )

    def _held(self, number: int) -> dict[str, Any]:
        """The values of the plan that the request sets in the object of this number, or in whatever has such a field."""
        own = f"objects.{number}."
        return {
            path.removeprefix(own).removeprefix("shape."): value
            for path, value in self.ctx.held.items()
            if path.startswith(own) or not path.startswith("objects.")
        }

    def _stream(self, key: str) -> Callable[..., Any]:
        return lambda *names: self.ctx.rng("plan", key, *names)
