"""Training of the reader of unknown words: closed form, no chance in it, seconds once the phrases are embedded."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dhsdk.diffusion import text
from dhsdk.diffusion.nano.dictionary import KINDS, TABLE, Kinds, row, written
from dhsdk.diffusion.nano.reader import (
    ABOUT,
    ASKED,
    FOLDER,
    NOTHING,
    NOUN,
    TEMPLATES,
    WEIGHTS,
    Embed,
    Reader,
    Trust,
    noun_facts,
    trust_facts,
)
from dhsdk.diffusion.nano.weights import packed, write
from dhsdk.diffusion.nano.wordnet import WordNet, stem

if TYPE_CHECKING:
    import numpy as np

SHARPNESS, RIDGE = 6.0, 0.1
FOLDS = 5
RIGHT, RIGHT_NOUN, RIGHT_KIND = 4 / 5, 9 / 10, 1 / 2
"""So many of the guesses that are read are right, on phrases that were left out (those without any meaning among them).

Of nouns by text vectors more: a thing like no known one is like some word all the same. By dictionary fewer: where it is wrong
it takes a near relative, a jug for a kettle.
"""
Nouns = Sequence[Sequence[str]]
NOTICE = "# Made from WordNet 3.1, Copyright 2011 by Princeton University. All rights reserved. Licence: see CARD.md.\n"
EVENED = 0.3
"""How far meanings with few phrases are lifted towards those with many."""
BLIND = Trust((0.0, 0.0, 0.0), 1.0)
"""Of a source that nothing was learnt about: never sure."""
SAYS, LEAST, MOST = 0.06, 0.01, 6
"""A word of the dictionary whose best score is below SAYS says nothing about shape; of others MOST scores from LEAST are kept."""


@dataclass(frozen=True)
class Phrases:
    """What the reader learns from. meanings: name -> (words for ends and options, phrases). none: phrases that say nothing."""

    meanings: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    none: tuple[str, ...]

    @classmethod
    def load(cls, path: Path = FOLDER / "phrases.json") -> Phrases:
        """The phrases that ship: English ones of each meaning, and those without any."""
        data = json.loads(path.read_text("utf-8"))
        meanings = {name: (tuple(one["ends"]), tuple(one["en"])) for name, one in data["meanings"].items()}
        return cls(meanings, tuple(data["none"]))


def _first_word(phrase: str) -> str:
    return phrase.replace("-", " ").split()[0]


def held_out(phrase: str) -> bool:
    """Whether a phrase is kept for the test: a quarter of all, by the hash of the stem of its first word."""
    return hashlib.sha256(stem(_first_word(phrase)).encode()).digest()[0] < 64


def train_reader(
    phrases: Phrases | None = None, *, nouns: Nouns = (), embed: Embed = text.embed, wordnet: WordNet | None = None
) -> Reader:
    """A reader of these phrases (None: those that ship). The same phrases, nouns and dictionary give the same reader.

    nouns: groups of nouns that mean the same thing; what read_noun() says of its own certainty is learnt from them. wordnet: the
    dictionary; without it the reader has no table and knows words by their vectors alone.
    """
    import numpy as np

    phrases = phrases or Phrases.load()
    known, marks = table(phrases)
    seen = np.stack([embed([template.format(one) for one in known]) for template in TEMPLATES], 1).mean(1)
    vectors = (seen / np.linalg.norm(seen, axis=1, keepdims=True)).astype(np.float32)
    kernel = likeness(vectors)
    by_text = _left_out(known, kernel, marks)
    trust = {"text": _trusted(known, by_text, marks, known), "noun": _trusted_nouns(nouns, embed) if nouns else BLIND}
    told = Told.of(known, wordnet) if wordnet else None
    if told:
        by_dictionary = _left_out(known, told.bags.T @ told.bags, marks)
        words = [one for one in known if one.isalpha()]
        trust["dictionary"] = _trusted(known, by_dictionary, marks, words)
        trust["both"] = _trusted(known, by_dictionary + by_text, marks, words)
    kinds = Kinds.of(wordnet.kinds() if wordnet else {})
    if nouns and wordnet:
        trust["kind"] = _trusted_kinds(nouns, kinds)
    return Reader(
        vectors=vectors,
        weights=solved(kernel, marks).astype(np.float32),
        phrases=known,
        meanings={name: ends for name, (ends, _) in phrases.meanings.items()},
        sharpness=SHARPNESS,
        trust={name: trust.get(name, BLIND) for name in ASKED},
        table=told.entries(known, marks, [*phrases.meanings, NOTHING]) if told else {},
        kinds=kinds,
        embed=embed,
    )


@dataclass(frozen=True, eq=False)
class Told:
    """Phrases as a dictionary explains them. bags: (S, N) float64, a unit vector over S stems of each. places: stem -> row.

    rare: (S,), what a stem weighs.
    """

    wordnet: WordNet
    bags: np.ndarray
    places: Mapping[str, int]
    rare: np.ndarray

    @classmethod
    def of(cls, known: Sequence[str], wordnet: WordNet) -> Told:
        """Stems that explain few of the phrases weigh more."""
        import numpy as np

        times = Counter(stem for one in known for stem in wordnet.traits(one))
        places = {stem: at for at, stem in enumerate(sorted(times))}
        rare = np.log(len(known) / np.array([times[stem] for stem in places]))
        told = cls(wordnet, np.zeros((len(places), len(known))), places, rare)
        for column, one in enumerate(known):
            at, weights = told.bag(one)
            told.bags[at, column] = weights
        return told

    def bag(self, word: str) -> tuple[np.ndarray, np.ndarray]:
        """A word as a unit vector: (where it is not 0, its values there)."""
        import numpy as np

        traits = [(self.places[stem], weight) for stem, weight in self.wordnet.traits(word).items() if stem in self.places]
        at = np.array([place for place, _ in traits], int)
        weights = np.array([weight for _, weight in traits]) * self.rare[at]
        return at, weights / (np.linalg.norm(weights) or 1.0)

    def entries(self, known: Sequence[str], marks: np.ndarray, names: Sequence[str]) -> dict[str, str]:
        """The table of all words of the dictionary: word -> row. A participle that says nothing has none."""
        weights = self.bags @ solved(self.bags.T @ self.bags, marks)
        found = {}
        for word in self.wordnet.words():
            at, values = self.bag(word)
            scores = values @ weights[at]
            if scores[:-1].max() >= SAYS:
                best = [i for i in (-scores[:-1]).argsort(kind="stable")[:MOST].tolist() if scores[i] >= LEAST]
                like = known[int((values @ self.bags[at]).argmax())]
                found[word] = row(like, {names[i]: float(scores[i]) for i in (*best, len(names) - 1)})
            elif word in self.wordnet.senses["a"]:
                found[word] = row("", {NOTHING: float(scores[-1])})
        return found


def _left_out(known: Sequence[str], kernel: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """The scores (N, C + 1) of phrases that the weights have not seen: a fifth of the stems left out at a time."""
    import numpy as np

    groups = np.array([hashlib.sha256(b"fold" + stem(_first_word(one)).encode()).digest()[0] % FOLDS for one in known])
    scores = np.zeros_like(marks)
    for fold in set(groups.tolist()):
        inside, outside = np.flatnonzero(groups != fold), np.flatnonzero(groups == fold)
        if len(inside):
            scores[outside] = kernel[np.ix_(outside, inside)] @ solved(kernel[np.ix_(inside, inside)], marks[inside])
    return scores


def _trusted(known: Sequence[str], scores: np.ndarray, marks: np.ndarray, asked: Sequence[str]) -> Trust:
    """How often a guess is right, learnt from the scores of left-out phrases: those that are asked.

    Each is read among half of the meanings, its own with them, as a thing has only some; words of no meaning count too.
    """
    import numpy as np

    facts: list[tuple[float, float]] = []
    right: list[bool] = []
    for at in map(known.index, asked):
        draw = np.frombuffer(hashlib.shake_128(known[at].encode()).digest(marks.shape[1]), np.uint8)
        open_to = (draw < 128) | (marks[at] > 0)
        open_to[-1] = False
        best = int(np.where(open_to, scores[at], -np.inf).argmax())
        facts.append(trust_facts(scores[at], best))
        right.append(bool(marks[at, best]))
    return _trust(np.array(facts), np.array(right), RIGHT) if len(set(right)) == 2 else BLIND


def _trusted_nouns(nouns: Nouns, embed: Embed) -> Trust:
    """The same for nouns: each is left out and sought among all others."""
    import numpy as np

    words = [(word, group) for group, names in enumerate(nouns) for word in names]
    vectors = embed([NOUN.format(word.lower()) for word, _ in words])
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1.0)
    of = [group for _, group in words]
    facts, right = [], []
    for at, one in enumerate(likeness):
        best = int(one.argmax())
        facts.append(noun_facts(one, of, best))
        right.append(of[best] == of[at])
    return _trust(np.array(facts), np.array(right), RIGHT_NOUN)


def _trusted_kinds(nouns: Nouns, kinds: Kinds) -> Trust:
    """The same for what a dictionary says of nouns: all that it takes for the same as a noun or for its kind is a guess."""
    import numpy as np

    of = {word.lower(): group for group, names in enumerate(nouns) for word in names}
    found = [(of[name] == group, facts) for word, group in of.items() for name, facts in kinds.alike(word, of)]
    return _trust(np.array([facts for _, facts in found]), np.array([right for right, _ in found]), RIGHT_KIND)


def _trust(facts: np.ndarray, right: np.ndarray, share: float) -> Trust:
    """Logistic regression of two facts by Newton's method, and the least confidence that leaves enough guesses right."""
    import numpy as np

    x = np.concatenate([facts, np.ones((len(facts), 1))], 1)
    line = np.zeros(3)
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-x @ line))
        steep = x.T @ (x * (chance * (1.0 - chance))[:, None]) + 1e-3 * np.eye(3)
        line -= np.linalg.solve(steep, x.T @ (chance - right) + 1e-3 * line)
    chance = 1.0 / (1.0 + np.exp(-x @ line))
    order = np.argsort(-chance, kind="stable")
    enough = np.flatnonzero(np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= share)
    certain = float(chance[order[enough[-1]]]) if len(enough) else 1.0
    return Trust((round(float(line[0]), 4), round(float(line[1]), 4), round(float(line[2]), 4)), round(certain, 4))


def table(phrases: Phrases) -> tuple[tuple[str, ...], np.ndarray]:
    """(N phrases in order, their meanings (N, C + 1) float64 of 0 and 1, "none" last)."""
    import numpy as np

    columns: dict[str, Sequence[str]] = {name: words for name, (_, words) in phrases.meanings.items()}
    columns[NOTHING] = phrases.none
    known = tuple(sorted({word.lower() for words in columns.values() for word in words}))
    place = {word: i for i, word in enumerate(known)}
    marks = np.zeros((len(known), len(columns)))
    for column, words in enumerate(columns.values()):
        marks[[place[word.lower()] for word in words], column] = 1.0
    return known, marks


def likeness(vectors: np.ndarray) -> np.ndarray:
    """The kernel (N, N) of unit vectors (N, 384)."""
    import numpy as np

    x = vectors.astype(np.float64)
    return np.exp(SHARPNESS * (x @ x.T - 1.0))


def solved(kernel: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """Kernel ridge regression: the weights (N, C + 1) float64 of N phrases, of their kernel (N, N)."""
    import numpy as np

    wanted = marks / marks.sum(1, keepdims=True) * np.maximum(marks.sum(0), 1.0) ** -EVENED
    return np.linalg.solve(kernel + RIDGE * np.eye(len(kernel)), wanted - wanted.mean(0))


def save_reader(reader: Reader, folder: Path = FOLDER) -> None:
    """Writes reader.json, reader.safetensors (half precision) and the table of the dictionary into the folder."""
    import numpy as np

    trust = {name: asdict(one) for name, one in reader.trust.items()}
    about = {"meanings": reader.meanings, "sharpness": reader.sharpness, "trust": trust, "phrases": reader.phrases}
    arrays = {name: getattr(reader, name).astype(np.float16) for name in ("vectors", "weights")}
    tables = {TABLE: dict(sorted(reader.table.items())), KINDS: written(reader.kinds.kinds)}
    for name, content in (
        (ABOUT, (json.dumps(about, indent=1) + "\n").encode()),
        (WEIGHTS, packed(arrays)),
        *((name, (NOTICE + "".join(f"{key}\t{said}\n" for key, said in one.items())).encode()) for name, one in tables.items()),
    ):
        write(folder / name, content)
