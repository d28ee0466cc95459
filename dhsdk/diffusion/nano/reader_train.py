"""Training of the reader of unknown words: closed form, no chance in it, seconds once the phrases are embedded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dhsdk.diffusion import text
from dhsdk.diffusion.nano.reader import FOLDER, NOTHING, NOUN, TEMPLATES, Embed, Reader, noun_facts, trust_facts

if TYPE_CHECKING:
    import numpy as np

ENDINGS = (
    "ingly",
    "edly",
    "ness",
    "like",
    "ish",
    "ing",
    "ier",
    "iest",
    "ied",
    "ed",
    "ly",
    "y",
    "er",
    "est",
    "en",
    "es",
    "e",
    "s",
)
SHARPNESS, RIDGE, SCALE = 6.0, 0.1, 60.0
FOLDS = 5
RIGHT = 2 / 3
"""So many of the guesses that are read are right, on phrases that were left out (those without any meaning among them)."""
Nouns = Sequence[Sequence[str]]
Trust = tuple[tuple[float, float, float], float]
EVENED = 0.3
"""How far meanings with few phrases are lifted towards those with many."""


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


def stem(word: str) -> str:
    """A word without its ending, so that "lank", "lanky" and "lankier" fall on one side of the split."""
    word = word.lower()
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return stem(word[: -len(ending)])
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] else word


def _first_word(phrase: str) -> str:
    return phrase.replace("-", " ").split()[0]


def held_out(phrase: str) -> bool:
    """Whether a phrase is kept for the test: a quarter of all, by the hash of the stem of its first word."""
    return hashlib.sha256(stem(_first_word(phrase)).encode()).digest()[0] < 64


def train_reader(phrases: Phrases | None = None, *, nouns: Nouns = (), embed: Embed = text.embed) -> Reader:
    """A reader of these phrases (None: those that ship). The same phrases and nouns give the same reader.

    nouns: groups of nouns that mean the same thing; what read_noun() says of its own certainty is learnt from them.
    """
    import numpy as np

    phrases = phrases or Phrases.load()
    known, marks = table(phrases)
    seen = np.stack([embed([template.format(one) for one in known]) for template in TEMPLATES], 1).mean(1)
    vectors = (seen / np.linalg.norm(seen, axis=1, keepdims=True)).astype(np.float32)
    blank = Reader(
        vectors=vectors,
        weights=solved(vectors, marks),
        phrases=known,
        meanings={name: ends for name, (ends, _) in phrases.meanings.items()},
        sharpness=SHARPNESS,
        scale=SCALE,
        line=(1.0, 0.0, 0.0),
        certain=0.5,
        noun_line=(12.0, 8.0, -8.0),
        certain_noun=0.5,
        embed=embed,
    )
    line, certain = _trusted(known, vectors, marks)
    trust = replace(blank, line=line, certain=certain)
    if not nouns:
        return trust
    line, certain = _trusted_nouns(nouns, embed)
    return replace(trust, noun_line=line, certain_noun=certain)


def _trusted(known: Sequence[str], vectors: np.ndarray, marks: np.ndarray) -> Trust:
    """How often a guess is right, learnt from phrases that the weights have not seen: a fifth of the stems left out at a time.

    Each is read among half of the meanings, its own with them, as a thing has only some; words of no meaning count too.
    """
    import numpy as np

    groups = np.array([hashlib.sha256(b"fold" + stem(_first_word(one)).encode()).digest()[0] % FOLDS for one in known])
    facts: list[tuple[float, float]] = []
    right: list[bool] = []
    for fold in range(FOLDS):
        if not (groups == fold).any() or (groups == fold).all():
            continue
        inside, outside = groups != fold, np.flatnonzero(groups == fold)
        weights = solved(vectors[inside], marks[inside])
        cosines = vectors[outside] @ vectors[inside].T
        scores = SCALE * (np.exp(SHARPNESS * (cosines - 1.0)) @ weights)
        for row, at in enumerate(outside.tolist()):
            draw = np.frombuffer(hashlib.shake_128(known[at].encode()).digest(marks.shape[1]), np.uint8)
            open_to = (draw < 128) | (marks[at] > 0)
            open_to[-1] = False
            best = int(np.where(open_to, scores[row], -np.inf).argmax())
            facts.append(trust_facts(scores[row], best, float(cosines[row].max())))
            right.append(bool(marks[at, best]))
    return _trust(np.array(facts), np.array(right)) if len(set(right)) == 2 else ((1.0, 0.0, 0.0), 0.5)


def _trusted_nouns(nouns: Nouns, embed: Embed) -> Trust:
    """The same for nouns: each is left out and sought among all others."""
    import numpy as np

    words = [(word, group) for group, names in enumerate(nouns) for word in names]
    vectors = embed([NOUN.format(word.lower()) for word, _ in words])
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1.0)
    of = [group for _, group in words]
    facts, right = [], []
    for at, row in enumerate(likeness):
        best = int(row.argmax())
        facts.append(noun_facts(row, of, best))
        right.append(of[best] == of[at])
    return _trust(np.array(facts), np.array(right))


def _trust(facts: np.ndarray, right: np.ndarray) -> Trust:
    """Logistic regression of two facts by Newton's method, and the least confidence that leaves two guesses in three right."""
    import numpy as np

    x = np.concatenate([facts, np.ones((len(facts), 1))], 1)
    line = np.zeros(3)
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-x @ line))
        steep = x.T @ (x * (chance * (1.0 - chance))[:, None]) + 1e-3 * np.eye(3)
        line -= np.linalg.solve(steep, x.T @ (chance - right) + 1e-3 * line)
    chance = 1.0 / (1.0 + np.exp(-x @ line))
    order = np.argsort(-chance, kind="stable")
    enough = np.flatnonzero(np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= RIGHT)
    certain = float(chance[order[enough[-1]]]) if len(enough) else 1.0
    return (round(float(line[0]), 4), round(float(line[1]), 4), round(float(line[2]), 4)), round(certain, 4)


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


def solved(vectors: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """Kernel ridge regression: the weights (N, C + 1) float32 of N phrases."""
    import numpy as np

    x = vectors.astype(np.float64)
    kernel = np.exp(SHARPNESS * (x @ x.T - 1.0)) + RIDGE * np.eye(len(x))
    wanted = marks / marks.sum(1, keepdims=True) * marks.sum(0) ** -EVENED
    return np.linalg.solve(kernel, wanted - wanted.mean(0)).astype(np.float32)


def save_reader(reader: Reader, folder: Path = FOLDER) -> Path:
    """Writes reader.safetensors (half precision) into the folder."""
    import os

    import numpy as np
    from safetensors.numpy import save_file

    about: dict[str, Any] = {
        name: getattr(reader, name)
        for name in ("phrases", "meanings", "sharpness", "scale", "line", "certain", "noun_line", "certain_noun")
    }
    path, fresh = folder / "reader.safetensors", folder / "reader.safetensors.part"
    arrays = {name: getattr(reader, name).astype(np.float16) for name in ("vectors", "weights")}
    save_file(arrays, fresh, metadata={"reader": json.dumps(about)})
    os.replace(fresh, path)
    return path
