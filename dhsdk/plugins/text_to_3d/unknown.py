"""Words that the lexicon lacks, guessed from their meaning where the extra [text] is installed."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from dhsdk.params import ModelUse, Params, every_field
from dhsdk.plugins.text_to_3d.locks import named
from dhsdk.plugins.text_to_3d.vocabulary import Thing, things
from dhsdk.words import Mention, ObjectWords

if TYPE_CHECKING:
    from dhsdk.diffusion.nano.reader import Reader


SURE = 0.75
"""Least confidence of a guessed noun: a wrong thing is worse than the error that lists what there is ("credenza" -> a crag)."""


class Guesses:
    """Guesses what unknown words mean. missed: what could not even be tried, and why; models: what was used."""

    def __init__(self) -> None:
        self._reader: Reader | None = None
        self.missed: list[str] = []
        self.models: tuple[ModelUse, ...] = ()

    def thing(self, noun: str) -> Thing | None:
        """The thing that an unknown noun most likely means, or None where nothing is near enough."""
        reader = self._ready(noun) if noun.isascii() else None
        names = {name: thing.preset for name, thing in things().items() if name.isascii()}
        guess = reader.guess_noun(noun, tuple(names), tuple(names.values())) if reader else None
        return replace(things()[guess.meaning], like=True) if guess and guess.confidence >= SURE else None

    def known(self, one: ObjectWords, preset: str, params: type[Params], notes: list[str]) -> ObjectWords:
        """The words of an object with its unknown attributes read as qualities of these parameters; others stay unknown."""
        attributes = tuple(self._attribute(mention, preset, params, notes) for mention in one.attributes)
        return replace(one, attributes=attributes)

    def _attribute(self, mention: Mention, preset: str, params: type[Params], notes: list[str]) -> Mention:
        if mention.kind != "unknown" or not mention.text.isascii():
            return mention
        if named(mention, params):
            return mention
        reader = self._ready(mention.text)
        guess = reader.read(mention.value, preset, meanings(params)) if reader else None
        if guess is None:
            return mention
        notes.append(f"{mention.text}: not in the lexicon, taken as {guess.meaning} (like {guess.like})")
        return replace(mention, kind="quality", value=guess.meaning)

    def _ready(self, word: str) -> Reader | None:
        from dhsdk.diffusion import text
        from dhsdk.diffusion.nano.reader import Reader

        reason = text.available()
        if reason is not None:
            self.missed.append(f"{word}: not in the lexicon, and it cannot be guessed: {reason}")
            return None
        if self._reader is None:
            self._reader = Reader.load()
            self.models = _uses()
        return self._reader


@functools.cache
def _uses() -> tuple[ModelUse, ...]:
    from dhsdk.diffusion import text
    from dhsdk.diffusion.nano import reader

    own = hashlib.sha256((reader.FOLDER / "reader.safetensors").read_bytes()).hexdigest()
    return (
        ModelUse(name="nano reader", sha256=own, licence="Apache-2.0"),
        ModelUse(name="all-MiniLM-L6-v2", sha256=text.SHA256["model.safetensors"], licence="Apache-2.0"),
    )


@functools.lru_cache(maxsize=64)
def meanings(params: type[Params]) -> tuple[str, ...]:
    """What words can mean for these parameters: the words for the ends of their ranges, and their options."""
    found = [name for _, one in every_field(params) for name in (one.low, one.high, *one.choices) if name and name != "none"]
    return tuple(dict.fromkeys(found))
