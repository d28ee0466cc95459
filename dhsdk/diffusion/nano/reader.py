"""The reader: what a word that the lexicon lacks means for the thing at hand, or nothing. Numpy alone, given text vectors.

Its weights are small and ours (words/reader.safetensors; card, data and recipe beside them); `reader_train` makes them anew.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dhsdk.diffusion import text
from dhsdk.errors import ReadError

if TYPE_CHECKING:
    import numpy as np

Embed = Callable[[Sequence[str]], "np.ndarray"]

FOLDER = Path(__file__).parent / "words"
TEMPLATES = ("{}", "a {} thing", "a {} chair", "a {} vase", "a {} house", "a {} sword", "it looks {}", "make it more {}")
"""A word is seen in each of these; the mean says more of it than the word alone."""
NOUN = "a {}"
NOTHING = "none"
"""The class of words that say nothing about shape."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a word probably means. meaning: one of those asked for. confidence: 0 ... 1, how often such a guess is right.

    like: the known phrase that is nearest to it.
    """

    meaning: str
    confidence: float
    like: str


@dataclass(frozen=True)
class Reader:
    """A kernel machine over text vectors.

    vectors: (N, 384) float32, unit length, of the known phrases. weights: (N, C + 1) float32, their say in each meaning, last
    in "none". phrases: N. meanings: C names -> the words for ends of ranges and options that they stand for. sharpness: of the
    kernel exp(sharpness (cos - 1)). scale: of the scores. line: turns trust_facts() into confidence; certain: the least that is
    read. noun_line, certain_noun: the same for nouns. embed: texts -> unit vectors (N, 384).
    """

    vectors: np.ndarray
    weights: np.ndarray
    phrases: tuple[str, ...]
    meanings: Mapping[str, tuple[str, ...]]
    sharpness: float
    scale: float
    line: tuple[float, float, float]
    certain: float
    noun_line: tuple[float, float, float]
    certain_noun: float
    embed: Embed = text.embed

    @classmethod
    def load(cls, folder: Path = FOLDER, *, embed: Embed = text.embed) -> Reader:
        """The shipped reader, or the one in `folder`. Raises MissingExtra without [text], ReadError for broken weights."""
        return _loaded(folder, embed)

    def read(self, word: str, noun: str, among: Sequence[str]) -> Guess | None:
        """What `word` says of a `noun`, out of these meanings (words for ends and options, as its Params have them), or None.

        None: the word says nothing about shape, or it is not certain enough. The shipped reader makes no use of the noun but
        through `among`: a word beside its noun was read no better than a word in several sentences.
        """
        guess = self.guess(word, noun, among)
        return guess if guess is not None and guess.confidence >= self.certain else None

    def guess(self, word: str, noun: str, among: Sequence[str]) -> Guess | None:
        """The best guess however unsure; None when the reader knows no meaning of `among`."""
        import numpy as np

        open_to = {name: found for name, ends in self.meanings.items() if (found := _first(name, ends, among))}
        if not open_to or not word.strip():
            return None
        cosines = self.vectors @ self.seen(word)
        scores = self.scale * (np.exp(self.sharpness * (cosines - 1.0)) @ self.weights)
        names = tuple(self.meanings)
        best = max((i for i, name in enumerate(names) if name in open_to), key=lambda i: scores[i])
        nearest = int(cosines.argmax())
        confidence = _chance(self.line, trust_facts(scores, best, float(cosines[nearest])))
        return Guess(open_to[names[best]], confidence, self.phrases[nearest])

    def seen(self, word: str) -> np.ndarray:
        """The unit vector (384,) of a word: the mean over its templates."""
        import numpy as np

        mean = self.embed([template.format(word.lower()) for template in TEMPLATES]).mean(0)
        return mean / np.linalg.norm(mean)

    def read_noun(self, word: str, among: Sequence[str], things: Sequence[object] = ()) -> Guess | None:
        """The known noun of `among` that an unknown noun is most like, or None when it is like none of them.

        things: what each noun of `among` means (none: each a thing of its own), so that two names of one thing are no rivals.
        """
        guess = self.guess_noun(word, among, things)
        return guess if guess is not None and guess.confidence >= self.certain_noun else None

    def guess_noun(self, word: str, among: Sequence[str], things: Sequence[object] = ()) -> Guess | None:
        """As read_noun(), however unsure. None without nouns to choose from."""
        if not among or not word.strip():
            return None
        vectors = self.embed([NOUN.format(one.lower()) for one in (word, *among)])
        likeness = vectors[1:] @ vectors[0]
        best = int(likeness.argmax())
        return Guess(among[best], _chance(self.noun_line, noun_facts(likeness, things or among, best)), among[best])


def trust_facts(scores: np.ndarray, best: int, nearest: float) -> tuple[float, float]:
    """What a guess is trusted by: the lead of its score (C + 1 of them) over the best of all others, and the nearest cosine."""
    others = max(float(score) for i, score in enumerate(scores) if i != best)
    return float(scores[best]) - others, nearest


def noun_facts(likeness: np.ndarray, things: Sequence[object], best: int) -> tuple[float, float]:
    """What a noun is trusted by: its cosine (of N), and its lead over the best name of another thing."""
    others = [float(one) for one, thing in zip(likeness, things, strict=True) if thing != things[best]]
    return float(likeness[best]), float(likeness[best]) - max(others, default=0.0)


def _chance(line: tuple[float, float, float], facts: tuple[float, float]) -> float:
    import math

    return round(1.0 / (1.0 + math.exp(-(line[0] * facts[0] + line[1] * facts[1] + line[2]))), 4)


def _first(name: str, ends: Sequence[str], among: Sequence[str]) -> str:
    """The word of `among` that a meaning stands for: its own name before its other words; "" for none."""
    return next((one for one in (name, *ends) if one in among), "")


@functools.lru_cache(maxsize=4)
def _loaded(folder: Path, embed: Embed) -> Reader:
    import numpy as np

    if (reason := text.available()) is not None:
        from dhsdk.errors import MissingExtra

        raise MissingExtra(reason)
    from safetensors import SafetensorError, safe_open

    path = folder / "reader.safetensors"
    try:
        with safe_open(path, "numpy") as file:
            about: dict[str, Any] = json.loads(file.metadata()["reader"])
            arrays = {name: file.get_tensor(name).astype(np.float32) for name in ("vectors", "weights")}
        arrays["vectors"] /= np.linalg.norm(arrays["vectors"], axis=1, keepdims=True)
        meanings = {name: tuple(ends) for name, ends in about.pop("meanings").items()}
        about |= {name: tuple(about[name]) for name in ("line", "noun_line")}
        return Reader(**arrays, phrases=tuple(about.pop("phrases")), meanings=meanings, embed=embed, **about)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ReadError(f"the weights of the reader must be those that its training writes, got {path}: {error}") from error
