"""The design space of a generator: what a nano prior is trained on and draws from. Light: no numpy, no torch.

A generator publishes a Space; captions, training data, the network's tokens, locks, edits and captions all come from it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pydantic

from dhsdk.frozen import EMPTY
from dhsdk.params import Field, every_field

Ask = float | str | bool
"""What words want of one parameter: towards its low end (-1 ... 0) or its high end (0 ... 1), or one of its options."""


@dataclass(frozen=True, slots=True)
class Token:
    """One parameter. words: what its low and its high end are called. quantum: what drawn numbers are rounded to."""

    path: str
    kind: Literal["real", "whole", "choice", "switch"]
    low: float = 0.0
    high: float = 1.0
    options: tuple[str, ...] = ()
    words: tuple[str, str] = ("", "")
    quantum: float = 1e-4

    def place(self, value: float, centre: float) -> float:
        """Where a number lies between the centre (0) and the ends of the range (-1 and 1)."""
        reach = self.high - centre if value >= centre else centre - self.low
        return (value - centre) / reach if reach > 0 else 0.0

    def at(self, place: float, centre: float) -> float | int:
        """The number at this place: the inverse of place(), rounded to the quantum and kept in the range."""
        place = min(max(place, -1.0), 1.0)
        number = centre + place * (self.high - centre if place >= 0 else centre - self.low)
        if self.kind == "whole":
            return round(min(max(number, self.low), self.high))
        return min(max(round(round(number / self.quantum) * self.quantum, 10), self.low), self.high)


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be made. centre: path -> value of its usual form. said: paths that its noun says, never drawn.

    options: path -> those options that its noun leaves open, its own among them; a path that is missing leaves all but "none".
    """

    name: str
    family: str
    centre: Mapping[str, Any]
    said: frozenset[str] = frozenset()
    options: Mapping[str, tuple[str, ...]] = EMPTY


@dataclass(frozen=True)
class Space:
    """All that a generator can design. families: name -> the parameters of its members, in a stable order."""

    name: str
    families: Mapping[str, tuple[Token, ...]]
    kinds: Mapping[str, Kind]

    def tokens(self, kind: str) -> tuple[Token, ...]:
        """The parameters of a kind."""
        return self.families[self.kinds[kind].family]

    def open(self, kind: str) -> tuple[Token, ...]:
        """The parameters of a kind that a prior may draw."""
        return tuple(token for token in self.tokens(kind) if token.path not in self.kinds[kind].said)

    def free_options(self, kind: str, token: Token) -> tuple[str | bool, ...]:
        """The options of a choice or switch that may be drawn for this kind; its own is always among them."""
        one = self.kinds[kind]
        if token.kind == "switch":
            return (False, True)
        given = one.options.get(token.path) or tuple(name for name in token.options if name != "none")
        return tuple(name for name in token.options if name in given or name == one.centre[token.path])

    def digest(self) -> str:
        """A hash of all that the space says: weights belong to the space that they were trained on."""
        said = {
            "families": {name: [dataclasses.astuple(token) for token in them] for name, them in self.families.items()},
            "kinds": {
                name: [one.family, dict(one.centre), sorted(one.said), {path: list(them) for path, them in one.options.items()}]
                for name, one in self.kinds.items()
            },
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def tokens(params: type[pydantic.BaseModel], leave: frozenset[str] = frozenset()) -> tuple[Token, ...]:
    """The parameters of a Params class, groups opened, in order. leave: last names of fields that are no matter of design."""
    return tuple(found for path, one in every_field(params) if path[-1] not in leave and (found := _token(path, one)))


def _token(path: tuple[str, ...], one: Field) -> Token | None:
    name, words = ".".join(path), (one.low, one.high)
    if one.choices:
        return Token(name, "choice", options=one.choices)
    if one.type is bool:
        return Token(name, "switch", words=words)
    if one.type in (int, float) and one.ge is not None and one.le is not None:
        whole = one.type is int
        return Token(name, "whole" if whole else "real", one.ge, one.le, words=words, quantum=1.0 if whole else 1e-4)
    return None


def values_of(data: Mapping[str, Any], here: str = "") -> dict[str, Any]:
    """Nested JSON values as path -> value."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        path = f"{here}.{name}" if here else name
        if isinstance(value, Mapping):
            found |= values_of(value, path)
        else:
            found[path] = value
    return found


def nested(values: Mapping[str, Any], base: Mapping[str, Any] = EMPTY) -> dict[str, Any]:
    """path -> value as nested JSON values, over those of base."""
    made: dict[str, Any] = {key: nested({}, value) if isinstance(value, Mapping) else value for key, value in base.items()}
    for path, value in values.items():
        *groups, last = path.split(".")
        group = made
        for name in groups:
            group = group.setdefault(name, {})
        group[last] = value
    return made
