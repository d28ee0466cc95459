"""Which words decided something: a word is understood only where the prompt without it makes another plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dhsdk.errors import PromptError
from dhsdk.plugins.text_to_3d.plan import ObjectPlan
from dhsdk.plugins.text_to_3d.vocabulary import words
from dhsdk.words import Mention, Reading, read

SILENT = ("stop", "det", "join", "relation", "place", "negation", "intensity")

Planner = Callable[[Reading], tuple[ObjectPlan, ...]]
"""The objects of a reading, filled in without a prior: what that draws around a word is no effect of the word."""


def effect(reading: Reading, planner: Planner) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """(understood, already so without the word, ignored): the words of a prompt by what they did."""
    made = planner(reading)
    before = _shown(made)
    families = {name for one in made for finish in one.finishes.values() for name in (finish.family, finish.variety)}
    understood, already, ignored = [], [], []
    for mention in reading.mentions:
        if mention.kind in SILENT:
            continue
        if _matters(reading, mention, before, planner):
            understood.append(mention.text)
        elif mention.kind == "material" and {mention.value, mention.value.partition("/")[2]} & families:
            already.append(f"{mention.text}: so without the word")
        else:
            ignored.append(mention.text)
    rest = tuple(word for word in dict.fromkeys(ignored) if word not in understood)
    return tuple(dict.fromkeys(understood)), tuple(dict.fromkeys(already)), rest


def _matters(reading: Reading, mention: Mention, before: list[dict[str, Any]], planner: Planner) -> bool:
    rest = reading.text[: mention.start] + " " + reading.text[mention.end :]
    try:
        return _shown(planner(read(rest, words()))) != before
    except PromptError:
        return True


def _shown(made: tuple[ObjectPlan, ...]) -> list[dict[str, Any]]:
    """The objects without what they are called."""
    return [one.model_dump(mode="json", exclude={"key"}) for one in made]
