"""Words that the lexicon lacks, guessed from what a dictionary says of them, and from text vectors where [text] is installed."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from dhsdk.diffusion import text
from dhsdk.params import ModelUse, Params, every_field
from dhsdk.plugins.text_to_3d.locks import named
from dhsdk.plugins.text_to_3d.vocabulary import Thing, things
from dhsdk.words import Mention, ObjectWords
from dhsdk.words.tokens import degrees, lemmas

if TYPE_CHECKING:
    from dhsdk.diffusion.nano.reader import Reader


class Guesses:
    """Guesses what unknown words mean. missed: what might be guessed if more were installed; models: what was used."""

    def __init__(self) -> None:
        self.missed: list[str] = []
        self.models: tuple[ModelUse, ...] = ()

    def thing(self, noun: str) -> Thing | None:
        """The thing that an unknown noun most likely means, or None where nothing is near enough."""
        if not noun.isascii():
            return None
        known = {name: one for name, one in things().items() if name.isascii()}
        of = tuple(one.preset for one in known.values())
        forms = dict.fromkeys((noun.lower(), *lemmas(noun.lower())))
        found = [guess for form in forms if (guess := self._reader().read_noun(form, tuple(known), of))]
        if not found:
            self._maybe(noun)
            return None
        return replace(known[max(found, key=lambda guess: guess.confidence).meaning], like=True)

    def known(self, one: ObjectWords, params: type[Params], notes: list[str]) -> ObjectWords:
        """The words of an object with its unknown attributes read as qualities of these parameters; others stay unknown."""
        attributes = tuple(self._attribute(mention, params, notes) for mention in one.attributes)
        return replace(one, attributes=attributes)

    def _attribute(self, mention: Mention, params: type[Params], notes: list[str]) -> Mention:
        if mention.kind != "unknown" or not mention.text.isascii() or named(mention, params):
            return mention
        forms = (mention.value, *degrees(mention.value))
        found = [guess for form in forms if (guess := self._reader().read(form, meanings(params)))]
        guess = max(found, key=lambda guess: guess.confidence, default=None)
        if guess is None:
            self._maybe(mention.text)
            return mention
        notes.append(f"{mention.text}: not in the lexicon, taken as {guess.meaning} (like {guess.like})")
        return replace(mention, kind="quality", value=guess.meaning)

    def _reader(self) -> Reader:
        from dhsdk.diffusion.nano.reader import Reader

        reader = Reader.load()
        self.models = _uses(reader.embed is not None)
        return reader

    def _maybe(self, word: str) -> None:
        """Notes that a word might be guessed if more were installed."""
        reason = text.available()
        if reason is not None:
            self.missed.append(f"{word}: neither in the lexicon nor clear from the dictionary; more can be guessed: {reason}")


@functools.cache
def _uses(vectors: bool) -> tuple[ModelUse, ...]:
    from dhsdk.diffusion.nano import dictionary, reader

    def use(name: str, *files: str, licence: str) -> ModelUse:
        hashes = sorted(hashlib.sha256((reader.FOLDER / file).read_bytes()).hexdigest() for file in files)
        return ModelUse(name=name, sha256=hashlib.sha256("".join(hashes).encode()).hexdigest(), licence=licence)

    tables = use("nano dictionary", dictionary.TABLE, dictionary.KINDS, licence="WordNet 3.1")
    if not vectors:
        return (tables,)
    own = use("nano reader", reader.ABOUT, reader.WEIGHTS, licence="Apache-2.0")
    return (tables, own, ModelUse(name="all-MiniLM-L6-v2", sha256=text.SHA256["model.safetensors"], licence="Apache-2.0"))


@functools.lru_cache(maxsize=64)
def meanings(params: type[Params]) -> tuple[str, ...]:
    """What words can mean for these parameters: the words for the ends of their ranges, and their options."""
    found = [name for _, one in every_field(params) for name in (one.low, one.high, *one.choices) if name and name != "none"]
    return tuple(dict.fromkeys(found))
