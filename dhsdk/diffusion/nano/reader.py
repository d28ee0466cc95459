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
    kernel exp(sharpness (cos - 1)). scale: of the scores. certain: least confidence of a guess; for nouns certain_noun, and
    noun_line turns (cosine, lead over the next) into confidence. embed: texts -> unit vectors (N, 384).
    """

    vectors: np.ndarray
    weights: np.ndarray
    phrases: tuple[str, ...]
    meanings: Mapping[str, tuple[str, ...]]
    sharpness: float
    scale: float
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

        None: the word says nothing about shape, or it is not certain enough.
        """
        guess = self.guess(word, noun, among)
        return guess if guess is not None and guess.confidence >= self.certain else None

    def guess(self, word: str, noun: str, among: Sequence[str]) -> Guess | None:
        """The best guess however unsure; None when no meaning of `among` is known to the reader or "none" is likelier."""
        import numpy as np

        open_to = {name: found for name, ends in self.meanings.items() if (found := _first(name, ends, among))}
        if not open_to or not word.strip():
            return None
        vector = self.seen(word)
        near = np.exp(self.sharpness * (self.vectors @ vector - 1.0))
        scores = self.scale * (near @ self.weights)
        names = [*self.meanings, NOTHING]
        allowed = [i for i, name in enumerate(names) if name in open_to or name == NOTHING]
        odds = np.exp(scores - scores.max())  # over all meanings: one that this thing lacks is no reason to take another
        best = max(allowed, key=lambda i: odds[i])
        name = names[best]
        if name == NOTHING:
            return None
        closest = self.phrases[int((self.vectors @ vector).argmax())]
        return Guess(open_to[name], round(float(odds[best] / odds.sum()), 4), closest)

    def seen(self, word: str) -> np.ndarray:
        """The unit vector (384,) of a word: the mean over its templates."""
        import numpy as np

        mean = self.embed([template.format(word.lower()) for template in TEMPLATES]).mean(0)
        return mean / np.linalg.norm(mean)

    def read_noun(self, word: str, among: Sequence[str]) -> Guess | None:
        """The known noun of `among` that an unknown noun is most like, or None when it is like none of them."""
        import numpy as np

        if not among or not word.strip():
            return None
        vectors = self.embed([NOUN.format(one.lower()) for one in (word, *among)])
        likeness = vectors[1:] @ vectors[0]
        best = int(likeness.argmax())
        slope, lead, offset = self.noun_line
        rest = np.delete(likeness, best)
        line = slope * likeness[best] + lead * (likeness[best] - (rest.max() if len(rest) else 0.0)) + offset
        guess = Guess(among[best], round(float(1.0 / (1.0 + np.exp(-line))), 4), among[best])
        return guess if guess.confidence >= self.certain_noun else None


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
        about["noun_line"] = tuple(about["noun_line"])
        return Reader(**arrays, phrases=tuple(about.pop("phrases")), meanings=meanings, embed=embed, **about)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ReadError(f"the weights of the reader must be those that its training writes, got {path}: {error}") from error
