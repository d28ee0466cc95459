"""The reader: what a word that the lexicon lacks means for the thing at hand, or nothing: by dictionary, and by text vectors.

Its weights are small and ours (words/; card, data and recipe beside them); `reader_train` makes them anew.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dhsdk.diffusion import text
from dhsdk.diffusion.nano.dictionary import KINDS, TABLE, Kinds, entry, kinds, rows
from dhsdk.errors import ReadError

if TYPE_CHECKING:
    import numpy as np

Embed = Callable[[Sequence[str]], "np.ndarray"]

FOLDER = Path(__file__).parent / "words"
ABOUT, WEIGHTS = "reader.json", "reader.safetensors"
ASKED = ("both", "dictionary", "text", "noun", "kind")
"""Who tells what a word means: a dictionary and text vectors, or one of them; of nouns: text vectors, or the dictionary."""
TEMPLATES = ("{}", "a {} thing", "a {} chair", "a {} vase", "a {} house", "a {} sword", "it looks {}", "make it more {}")
"""A word is seen in each of these; the mean says more of it than the word alone."""
NOUN = "a {}"
NOTHING = "none"
"""The class of words that say nothing about shape."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a word probably means. meaning: one of those asked for. confidence: 0 ... 1, how often such a guess is right.

    like: the known phrase that is nearest to it. sure: whether guesses of that confidence are mostly right.
    """

    meaning: str
    confidence: float
    like: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Trust:
    """How sure a guess is. line: turns two facts into confidence. certain: the least confidence that is read."""

    line: tuple[float, float, float]
    certain: float

    def guess(self, meaning: str, facts: tuple[float, float], like: str) -> Guess:
        """The guess with its confidence."""
        chance = round(1.0 / (1.0 + math.exp(-(self.line[0] * facts[0] + self.line[1] * facts[1] + self.line[2]))), 4)
        return Guess(meaning, chance, like, chance >= self.certain)


@dataclass(frozen=True, eq=False)
class Reader:
    """What a dictionary says of a word, and a kernel machine over text vectors; their scores are added.

    vectors: (N, 384) float32, unit length, of the known phrases. weights: (N, C + 1) float32, their say in each meaning, last
    in "none". phrases: N. meanings: C names -> the words for ends of ranges and options that they stand for. sharpness: of the
    kernel exp(sharpness (cos - 1)). table: of the dictionary. trust: by who was asked, one of ASKED. embed: texts -> unit vectors
    (N, 384); None: the dictionary alone is asked. kinds: what the dictionary knows of nouns.
    """

    vectors: np.ndarray
    weights: np.ndarray
    phrases: tuple[str, ...]
    meanings: Mapping[str, tuple[str, ...]]
    sharpness: float
    trust: Mapping[str, Trust]
    table: Mapping[str, str]
    kinds: Kinds
    embed: Embed | None = text.embed

    @classmethod
    def load(cls, folder: Path = FOLDER, *, embed: Embed | None = None) -> Reader:
        """The shipped reader, or the one in `folder`; without [text] it reads what its dictionary has.

        Raises ReadError for broken weights.
        """
        return _loaded(folder, embed or (text.embed if text.available() is None else None))

    def read(self, word: str, among: Sequence[str]) -> Guess | None:
        """What `word` says of a thing, out of these meanings (words for ends and options, as its Params have them), or None.

        None: the word says nothing about shape, or it is not certain enough.
        """
        guess = self.guess(word, among)
        return guess if guess is not None and guess.sure else None

    def guess(self, word: str, among: Sequence[str]) -> Guess | None:
        """The best guess however unsure; None when the reader knows no meaning of `among`, or nothing of the word."""
        open_to = {name: found for name, ends in self.meanings.items() if (found := _first(name, ends, among))}
        heard = self._heard(word.strip().lower()) if open_to and word.strip() else None
        if heard is None:
            return None
        scores, like, trust = heard
        names = tuple(self.meanings)
        best = max((i for i, name in enumerate(names) if name in open_to), key=lambda i: scores[i])
        return trust.guess(open_to[names[best]], trust_facts(scores, best), like)

    def _heard(self, word: str) -> tuple[np.ndarray, str, Trust] | None:
        """(the scores (C + 1,) of a word, the known phrase that is most like it, its trust), or None where nobody can tell."""
        import numpy as np

        said = entry(self.table, word)
        if said is None and self.embed is None:
            return None
        scores = np.array([said.scores.get(name, 0.0) if said else 0.0 for name in (*self.meanings, NOTHING)])
        like = said.like if said else ""
        if self.embed is not None:
            cosines = self.vectors @ self.seen(word, self.embed)
            scores += np.exp(self.sharpness * (cosines - 1.0)) @ self.weights
            like = like or self.phrases[int(cosines.argmax())]
        return scores, like, self.trust["dictionary" if self.embed is None else "both" if said else "text"]

    @staticmethod
    def seen(word: str, embed: Embed) -> np.ndarray:
        """The unit vector (384,) of a word: the mean over its templates."""
        import numpy as np

        mean = embed([template.format(word) for template in TEMPLATES]).mean(0)
        return mean / np.linalg.norm(mean)

    def read_noun(self, word: str, among: Sequence[str], things: Sequence[object] = ()) -> Guess | None:
        """The known noun of `among` that an unknown noun is most like, or None when it is like none of them.

        things: what each noun of `among` means (none: each a thing of its own), so that two names of one thing are no rivals.
        """
        guess = self.guess_noun(word, among, things)
        return guess if guess is not None and guess.sure else None

    def guess_noun(self, word: str, among: Sequence[str], things: Sequence[object] = ()) -> Guess | None:
        """As read_noun(), however unsure. None where nobody can tell.

        What the dictionary takes for the same or for the kind when that is sure, else the surer of that and of what text vectors
        hold for most like: those mistake a chaise for a chalice.
        """
        alike = self.kinds.alike(word.strip().lower(), among)
        found = [self.trust["kind"].guess(name, facts, name) for name, facts in alike]
        if self.embed is not None and among and word.strip() and not any(guess.sure for guess in found):
            vectors = self.embed([NOUN.format(one.lower()) for one in (word, *among)])
            likeness = vectors[1:] @ vectors[0]
            best = int(likeness.argmax())
            found.append(self.trust["noun"].guess(among[best], noun_facts(likeness, things or among, best), among[best]))
        return max(found, key=lambda guess: (guess.sure, guess.confidence), default=None)


def trust_facts(scores: np.ndarray, best: int) -> tuple[float, float]:
    """What a guess is trusted by: the lead of its score (C + 1 of them) over the best of all others, and the score."""
    others = max(float(score) for i, score in enumerate(scores) if i != best)
    return float(scores[best]) - others, float(scores[best])


def noun_facts(likeness: np.ndarray, things: Sequence[object], best: int) -> tuple[float, float]:
    """What a noun is trusted by: its cosine (of N), and its lead over the best name of another thing."""
    others = [float(one) for one, thing in zip(likeness, things, strict=True) if thing != things[best]]
    return float(likeness[best]), float(likeness[best]) - max(others, default=0.0)


def _first(name: str, ends: Sequence[str], among: Sequence[str]) -> str:
    """The word of `among` that a meaning stands for: its own name before its other words; "" for none."""
    return next((one for one in (name, *ends) if one in among), "")


@functools.lru_cache(maxsize=4)
def _loaded(folder: Path, embed: Embed | None) -> Reader:
    import numpy as np

    from dhsdk.diffusion.nano.weights import unpacked

    try:
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text("utf-8"))
        arrays = unpacked((folder / WEIGHTS).read_bytes(), str(folder / WEIGHTS))
        vectors, weights = (arrays[name].astype(np.float32) for name in ("vectors", "weights"))
        meanings = {name: tuple(ends) for name, ends in about.pop("meanings").items()}
        trust = {name: Trust(tuple(found["line"]), found["certain"]) for name, found in about.pop("trust").items()}
        return Reader(
            vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
            weights=weights,
            phrases=tuple(about.pop("phrases")),
            meanings=meanings,
            table=rows(folder / TABLE),
            kinds=kinds(rows(folder / KINDS)),
            embed=embed,
            trust={name: trust[name] for name in ASKED},
            sharpness=float(about["sharpness"]),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ReadError(f"the weights of the reader must be those that its training writes, got {folder}: {error}") from error
