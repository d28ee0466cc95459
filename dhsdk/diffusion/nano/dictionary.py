"""What a dictionary says of words that the lexicon lacks: tables made from WordNet beforehand, read with nothing installed."""

from __future__ import annotations

import functools
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dhsdk.errors import ReadError

TABLE, KINDS = "dictionary.tsv", "kinds.tsv"
PARTS = 1000.0
"""The scores of the table are whole numbers of so many parts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """like: the known phrase that is explained most alike, "" for a word that says nothing. scores: meaning -> score."""

    like: str
    scores: Mapping[str, float]


@functools.lru_cache(maxsize=4)
def rows(path: Path) -> Mapping[str, str]:
    """word -> the rest of its line in a table of words. Raises ReadError: no such table."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"the dictionary must be the table that its training writes, got {path}: {error}") from error
    return dict(line.partition("\t")[::2] for line in lines if not line.startswith("#"))


def entry(table: Mapping[str, str], word: str) -> Entry | None:
    """What a table says of a word, or None."""
    row = table.get(word)
    if row is None:
        return None
    like, _, said = row.partition("\t")
    pairs = (one.rpartition(" ") for one in said.split("\t"))
    return Entry(like, {name: int(parts) / PARTS for name, _, parts in pairs})


def row(like: str, scores: Mapping[str, float]) -> str:
    """The row of a word in a table."""
    return "\t".join((like, *(f"{name} {round(score * PARTS)}" for name, score in scores.items())))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of things. names: its nouns -> which of their senses. above: keys of what it is a kind of. size: kinds within."""

    names: Mapping[str, int]
    above: tuple[str, ...]
    size: int


@dataclass(frozen=True)
class Kinds:
    """What is a kind of what. kinds: key -> kind. senses: noun -> keys."""

    kinds: Mapping[str, Kind]
    senses: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, kinds: Mapping[str, Kind]) -> Kinds:
        """With the nouns looked up."""
        senses: dict[str, tuple[str, ...]] = {}
        for key, kind in kinds.items():
            for name in kind.names:
                senses[name] = (*senses.get(name, ()), key)
        return cls(kinds, senses)

    def alike(self, noun: str, among: Collection[str]) -> Iterator[tuple[str, tuple[float, float]]]:
        """(another noun of `among` for the same or its kind, what that is trusted by: how far up, how much it embraces)."""
        for key in self.senses.get(noun, ()):
            far, front = 0.5 * self.kinds[key].names[noun], {key: None}
            while front:
                for kind in map(self.kinds.__getitem__, front):
                    for name in kind.names:
                        if name in among and name != noun:
                            yield name, (far, math.log(kind.size))
                front = dict.fromkeys(above for one in front for above in self.kinds[one].above)
                far += 1.0


def written(kinds: Mapping[str, Kind]) -> dict[str, str]:
    """The rows of a table of kinds, which are numbered."""
    number = {key: str(at) for at, key in enumerate(kinds)}
    return {
        number[key]: "\t".join(
            (
                str(kind.size),
                " ".join(number[above] for above in kind.above),
                *(f"{name}:{sense}" if sense else name for name, sense in kind.names.items()),
            )
        )
        for key, kind in kinds.items()
    }


def kinds(table: Mapping[str, str]) -> Kinds:
    """What a table of kinds says."""
    found = {}
    for key, one in table.items():
        size, above, *names = one.split("\t")
        senses = {name: int(sense or 0) for name, _, sense in (written.partition(":") for written in names)}
        found[key] = Kind(senses, tuple(above.split()), int(size))
    return Kinds.of(found)
