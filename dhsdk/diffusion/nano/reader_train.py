"""Training of the reader of unknown words: closed form, no chance in it, seconds once the phrases are embedded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dhsdk.diffusion import text
from dhsdk.diffusion.nano.reader import FOLDER, NOTHING, TEMPLATES, Embed, Reader

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
SHARPNESS, RIDGE, SCALE = 6.0, 0.1, 12.0
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


def held_out(phrase: str) -> bool:
    """Whether a phrase is kept for the test: a quarter of all, by the hash of the stem of its first word."""
    first = phrase.replace("-", " ").split()[0]
    return hashlib.sha256(stem(first).encode()).digest()[0] < 64


def train_reader(phrases: Phrases | None = None, *, embed: Embed = text.embed) -> Reader:
    """A reader of these phrases (None: those that ship). The same phrases give the same reader."""
    import numpy as np

    phrases = phrases or Phrases.load()
    known, marks = table(phrases)
    seen = np.stack([embed([template.format(one) for one in known]) for template in TEMPLATES], 1).mean(1)
    vectors = (seen / np.linalg.norm(seen, axis=1, keepdims=True)).astype(np.float32)
    return Reader(
        vectors=vectors,
        weights=solved(vectors, marks),
        phrases=known,
        meanings={name: ends for name, (ends, _) in phrases.meanings.items()},
        sharpness=SHARPNESS,
        scale=SCALE,
        certain=0.5,
        noun_line=(12.0, 8.0, -8.0),
        certain_noun=0.5,
        embed=embed,
    )


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
    return np.linalg.solve(kernel, wanted).astype(np.float32)


def save_reader(reader: Reader, folder: Path = FOLDER) -> Path:
    """Writes reader.safetensors (half precision) into the folder."""
    import os

    import numpy as np
    from safetensors.numpy import save_file

    about: dict[str, Any] = {
        name: getattr(reader, name)
        for name in ("phrases", "meanings", "sharpness", "scale", "certain", "noun_line", "certain_noun")
    }
    path, fresh = folder / "reader.safetensors", folder / "reader.safetensors.part"
    arrays = {name: getattr(reader, name).astype(np.float16) for name in ("vectors", "weights")}
    save_file(arrays, fresh, metadata={"reader": json.dumps(about)})
    os.replace(fresh, path)
    return path
