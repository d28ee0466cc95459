"""Lexicon: which phrases mean what. The data files hold general words; a generator adds its own nouns and qualities."""

from __future__ import annotations

import functools
import importlib.resources
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal[
    "noun", "unknown", "color", "material", "size", "quality", "part", "wear", "finish", "pattern", "style", "shape", "state",
    "tone", "intensity", "number", "measure", "dimension", "negation", "relation", "place", "join", "det", "stop",
]  # fmt: skip


class Sense(NamedTuple):
    """One meaning of a phrase: its kind, and the canonical value in that kind."""

    kind: Kind
    value: str


class Entry(NamedTuple):
    """A phrase that a generator adds: its surface in either language, and its meaning."""

    phrase: str
    kind: Kind
    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Phrases of English (keyed by their words) and Chinese (keyed by their characters), with all their senses."""

    english: dict[tuple[str, ...], tuple[Sense, ...]]
    chinese: dict[str, tuple[Sense, ...]]
    longest_english: int
    longest_chinese: int


@functools.lru_cache(maxsize=16)
def lexicon(entries: tuple[Entry, ...] = ()) -> Lexicon:
    """The general words and these entries. Equal entries give the same object, made once."""
    english: dict[tuple[str, ...], list[Sense]] = {}
    chinese: dict[str, list[Sense]] = {}
    for phrase, kind, value in (*entries, *_general()):
        sense = Sense(kind, value)
        if is_chinese(phrase[0]) or is_chinese(phrase[-1]):
            senses = chinese.setdefault(phrase, [])
        else:
            senses = english.setdefault(tuple(phrase.lower().replace("-", " ").split()), [])
        if sense not in senses:
            senses.append(sense)
    return Lexicon(
        {words: tuple(senses) for words, senses in english.items()},
        {phrase: tuple(senses) for phrase, senses in chinese.items()},
        max(map(len, english)),
        max(map(len, chinese)),
    )


def is_chinese(character: str) -> bool:
    return "一" <= character <= "鿿" or "㐀" <= character <= "䶿" or character == "〇"


@functools.cache
def data(name: str) -> Any:
    """The content of a data file of this package, read once."""
    return json.loads((importlib.resources.files("dhsdk.words") / "data" / f"{name}.json").read_text("utf-8"))


def _general() -> Iterator[Entry]:
    for language in ("en", "zh"):
        for name, value in data("colors")[language].items():
            yield Entry(name, "color", value)
    yield from _table("material", data("materials"))
    for kind, table in data("attributes").items():
        yield from _table(kind, table)
    yield from _table("part", data("parts"))
    for kind, table in data("grammar").items():
        if kind == "stop":
            yield from _table("stop", {"": table})
        else:
            yield from _table(kind, table)


def _table(kind: Kind, table: dict[str, dict[str, Iterable[str]]]) -> Iterator[Entry]:
    for value, languages in table.items():
        for phrases in languages.values():
            for phrase in phrases:
                yield Entry(phrase, kind, value)
