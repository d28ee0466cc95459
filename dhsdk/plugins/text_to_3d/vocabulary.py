"""What this generator can make, as words: nouns and the kinds of things they stand for."""

from __future__ import annotations

import functools
import importlib.resources
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dhsdk.frozen import EMPTY, freeze
from dhsdk.words import Entry, Lexicon, lexicon


@dataclass(frozen=True, slots=True)
class Thing:
    """What a noun means. like: the noun is only of this kind ("sofa" is like a bench), so the result is a guess.

    material, shape: what the noun says besides its kind (an "oil drum" is of steel): a material or "", field -> value.
    """

    kernel: str
    preset: str
    like: bool = False
    material: str = ""
    shape: Mapping[str, Any] = EMPTY


@functools.cache
def _data(name: str) -> Any:
    return json.loads((importlib.resources.files(__package__) / "data" / f"{name}.json").read_text("utf-8"))


@functools.cache
def things() -> Mapping[str, Thing]:
    """Canonical noun (its first English name) -> what it means."""
    found: dict[str, Thing] = {}
    kernel_of: dict[str, str] = {}
    for kernel, presets in _data("nouns").items():
        for preset, names in presets.items():
            kernel_of[preset] = kernel
            for name in (*names["en"], *names["zh"]):
                found.setdefault(name, Thing(kernel, preset))
            for form in names.get("forms", ()):
                thing = Thing(kernel, preset, material=form.get("material", ""), shape=freeze(form.get("shape", {})))
                found.update(dict.fromkeys((*form["en"], *form["zh"]), thing))
    for preset, names in _data("kinds_of").items():
        for name in (*names["en"], *names["zh"]):
            found.setdefault(name, Thing(kernel_of[preset], preset, like=True))
    return found


@functools.cache
def presets() -> Mapping[str, str]:
    """Every preset and its kernel."""
    return {preset: kernel for kernel, names in _data("nouns").items() for preset in names}


@functools.cache
def words() -> Lexicon:
    """The general lexicon and these nouns."""
    return lexicon(tuple(Entry(name, "noun", name) for name in things()))


def makeable() -> str:
    """What can be made, for messages."""
    return ", ".join(presets())
