"""Which words decided something: a word is understood only where the prompt without it makes another plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dhsdk.errors import PromptError
from dhsdk.plugins.text_to_3d.pieces import wholes
from dhsdk.plugins.text_to_3d.plan import ObjectPlan
from dhsdk.plugins.text_to_3d.vocabulary import words
from dhsdk.words import Mention, PartWords, Reading, read

SILENT = ("stop", "det", "join", "relation", "place", "negation", "intensity")

Planner = Callable[[Reading], tuple[ObjectPlan, ...]]
"""The objects of a reading, filled in without a prior: what that draws around a word is no effect of the word."""


def effect(
    reading: Reading, planners: Sequence[Planner], pinned: Planner
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """(understood, already so without the word, ignored): the words of a prompt by what they did.

    planners: ways to make the objects; one that shows the effect of a word is enough. pinned: the objects with all that no word
    pins made otherwise.
    """
    each = [(planner(reading), planner) for planner in planners]
    made, found = each[0][0], wholes(reading)
    before = [(_shown(them), planner) for them, planner in each]
    families = {name for one in made for finish in one.finishes.values() for name in (finish.family, finish.variety)}
    there = {one.noun.start for one in found}
    there |= {part.part.start for one, plan in zip(found, made, strict=True) for part in one.parts if _has(plan, part)}

    def is_so(mention: Mention) -> bool:
        """Whether the objects have what the word says without it too: the thing itself, its material, number or value."""
        if mention.start in there or (mention.kind == "material" and {mention.value, mention.value.partition("/")[2]} & families):
            return True
        if mention.kind == "number":
            return any(_matters(reading, mention, *one, f"{mention.amount + 1:g}") for one in before)
        return _matters(reading, mention, _shown(pinned(reading)), pinned)

    understood, already, ignored = [], [], []
    for mention in reading.mentions:
        if mention.kind in SILENT or (mention.kind == "number" and mention.amount == 1.0):
            continue
        if any(_matters(reading, mention, *one) for one in before):
            understood.append(mention.text)
        elif is_so(mention):
            already.append(f"{mention.text}: so without the word")
        else:
            ignored.append(mention.text)
    rest = tuple(word for word in dict.fromkeys(ignored) if word not in understood)
    return tuple(dict.fromkeys(understood)), tuple(dict.fromkeys(already)), rest


def _has(one: ObjectPlan, words: PartWords) -> bool:
    """Whether the object has a part that the words want."""
    values, name = one.shape.model_dump(), words.part.value
    part = values.get(name, values.get(f"{name}s"))
    if isinstance(part, dict):
        part = part.get("style") != "none" and part.get("count") != 0
    return not words.absent and bool(part) and part != "none"


def _matters(reading: Reading, mention: Mention, before: list[dict[str, Any]], planner: Planner, instead: str = "") -> bool:
    rest = f"{reading.text[: mention.start]} {instead} {reading.text[mention.end :]}"
    try:
        return _shown(planner(read(rest, words()))) != before
    except PromptError:
        return True


def _shown(made: tuple[ObjectPlan, ...]) -> list[dict[str, Any]]:
    """The objects without what they are called."""
    return [one.model_dump(mode="json", exclude={"key"}) for one in made]
