"""Princeton WordNet's own files, read for training: what a dictionary says of a word, and what kind of thing a noun is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dhsdk.diffusion.nano.dictionary import Kind
from dhsdk.errors import ReadError

ENDINGS = (
    "ingly", "edly", "ness", "like", "ish", "ing", "ier", "iest", "ied", "ed", "ly", "y", "er", "est", "en", "es", "e", "s",
)  # fmt: skip
SENSES = 5
"""So many meanings of a word count, each less than the one before."""
EMPTY = frozenset((
    "a", "an", "and", "any", "are", "as", "at", "be", "been", "being", "by", "can", "e", "especially", "etc", "for", "from", "g",
    "having", "in", "is", "it", "its", "made", "make", "of", "on", "one", "or", "person", "quality", "relating", "resembling",
    "something", "that", "the", "to", "used", "very", "which", "who", "with",
))  # fmt: skip
"""Words of definitions that say nothing. "Not" and the like turn what follows in the definition round."""
TURNS = frozenset(("not", "no", "without", "lacking", "never"))
WEIGHT = {"own": 1.0, "&": 0.7, "!": -0.7, "+": 0.4, "\\": 0.4, "^": 0.4, "@": 0.4, "definition": 0.6}
"""What tells of a word: its synonyms, words similar, opposite, derived, to be seen also, more general, and its definition."""


ROOTS = (("artifact", 0), ("natural object", 0), ("geological formation", 0), ("plant", 1), ("fungus", 0))
"""Kinds of things that can stand in a scene: a word and which of its senses."""


@dataclass(frozen=True, slots=True)
class Synset:
    """Words of one meaning. pointers: (symbol, key of another synset). definition: without its examples."""

    key: str
    words: tuple[str, ...]
    pointers: tuple[tuple[str, str], ...]
    definition: str

    @property
    def above(self) -> tuple[str, ...]:
        """Keys of what this is a kind of."""
        return tuple(key for symbol, key in self.pointers if symbol in ("@", "@i"))


@dataclass(frozen=True)
class WordNet:
    """synsets: key (part of speech and offset) -> synset. senses: part of speech -> word -> keys, the commonest first."""

    synsets: Mapping[str, Synset]
    senses: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def load(cls, folder: Path) -> WordNet:
        """Reads data.* and index.* of adjectives, nouns and verbs. Raises ReadError where they are not WordNet's.

        Source: Fellbaum 1998, WordNet; the format is that of wndb(5WN).
        """
        synsets: dict[str, Synset] = {}
        senses: dict[str, dict[str, tuple[str, ...]]] = {}
        try:
            for part, letter in (("adj", "a"), ("noun", "n"), ("verb", "v")):
                synsets |= {one.key: one for one in (_synset(line, letter) for line in _lines(folder / f"data.{part}"))}
                senses[letter] = dict(_index(line, letter) for line in _lines(folder / f"index.{part}"))
        except (OSError, ValueError, IndexError) as error:
            got = f"got {folder}: {error}"
            raise ReadError(f"a dictionary must be the folder of WordNet's data and index files, {got}") from error
        return cls(synsets, senses)

    def of(self, word: str) -> tuple[Synset, ...]:
        """The senses of a word that tells how a thing is: as an adjective, else a participle, else a noun."""
        spelt = tuple(dict.fromkeys((word, word.replace("-", " "), word.replace("-", ""))))
        verbs = tuple(_infinitives(word))
        for letter, forms in (("a", spelt), ("v", verbs), ("n", spelt)):
            for form in forms:
                if keys := self.senses[letter].get(form):
                    return tuple(self.synsets[key] for key in keys[:SENSES])
        return ()

    def traits(self, word: str) -> dict[str, float]:
        """Stems of the words that the dictionary explains it by, each with its weight; the opposite's are below 0."""
        found: dict[str, float] = {}
        word = word.lower()
        for rank, sense in enumerate(self.of(word)):
            _told(found, sense.words, WEIGHT["own"], rank)
            for symbol, key in sense.pointers:
                if symbol in WEIGHT and key in self.synsets:
                    _told(found, self.synsets[key].words, WEIGHT[symbol], rank)
            weight = WEIGHT["definition"]
            for said in re.findall("[a-z]+", sense.definition.lower()):
                if said in TURNS:
                    weight = -WEIGHT["definition"]
                elif said not in EMPTY:
                    _told(found, (said,), weight, rank)
        _told(found, (word,), 1.0, 0)
        if "-" in word or " " in word:
            _told(found, word.replace("-", " ").split(), 0.7, 0)
        return found

    def kinds(self) -> dict[str, Kind]:
        """Everything that can be made or grows or lies about, with what each is a kind of: key -> kind, in a fixed order."""
        below: dict[str, list[str]] = {}
        for one in self.synsets.values():
            for above in one.above:
                below.setdefault(above, []).append(one.key)
        found = {key for word, number in ROOTS for key in _under(self.senses["n"][word][number], below)}
        kinds = {}
        for key in sorted(found):
            one = self.synsets[key]
            names = {name: self.senses["n"][name].index(key) for name in one.words if name.islower()}
            kinds[key] = Kind(names, tuple(above for above in one.above if above in found), len(_under(key, below)))
        return kinds

    def words(self) -> Iterator[str]:
        """Every single word that can tell how a thing is: adjectives, and regular participles of verbs."""
        adjectives = [word for word in self.senses["a"] if re.fullmatch("[a-z]+(-[a-z]+)*", word)]
        verbs = [word for word in self.senses["v"] if word.isalpha()]
        yield from sorted({*adjectives, *(form for verb in verbs for form in _participles(verb))})


def _under(key: str, below: Mapping[str, Iterable[str]]) -> set[str]:
    """The key and all that is of its kind."""
    found, front = set[str](), [key]
    while front:
        one = front.pop()
        if one not in found:
            found.add(one)
            front.extend(below.get(one, ()))
    return found


def _told(found: dict[str, float], words: Iterable[str], weight: float, rank: int) -> None:
    for word in words:
        found[stem(word)] = found.get(stem(word), 0.0) + weight / (1.0 + 0.5 * rank)


def stem(word: str) -> str:
    """A word without its ending, so that "lank", "lanky" and "lankier" fall on one side of the split."""
    word = word.lower()
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return stem(word[: -len(ending)])
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] else word


def _lines(path: Path) -> Iterator[list[str]]:
    """The lines of a file but for the licence at its head, which is indented; each as (fields, text after the bar)."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if not line.startswith(" "):
                fields, _, gloss = line.partition(" | ")
                yield [*fields.split(), gloss.strip()]


def _synset(fields: list[str], letter: str) -> Synset:
    count = int(fields[3], 16)
    words = tuple(re.sub(r"\(\w+\)$", "", word).replace("_", " ") for word in fields[4 : 4 + 2 * count : 2])
    rest = fields[4 + 2 * count : -1]
    named = [rest[at : at + 3] for at in range(1, 1 + 4 * int(rest[0]), 4)]
    pointers = tuple((symbol, part.replace("s", "a") + offset) for symbol, offset, part in named)
    return Synset(letter + fields[0], words, pointers, re.split(r';\s*"', fields[-1])[0])


def _index(fields: list[str], letter: str) -> tuple[str, tuple[str, ...]]:
    return fields[0].replace("_", " "), tuple(letter + offset for offset in fields[-1 - int(fields[2]) : -1])


def _infinitives(word: str) -> Iterator[str]:
    for ending, instead in (("ied", ("y",)), ("ed", ("", "e")), ("ing", ("", "e")), ("en", ("", "e"))):
        base = word.removesuffix(ending)
        if base != word and len(base) > 2:
            yield from (base + end for end in instead)
            if base[-1] == base[-2]:
                yield base[:-1]


def _participles(verb: str) -> Iterator[str]:
    """Both spellings where an ending may double: "tufted", "pitted"."""
    if verb.endswith("e"):
        yield from (f"{verb}d", f"{verb[:-1]}ing")
    elif re.search("[^aeiou]y$", verb):
        yield from (f"{verb[:-1]}ied", f"{verb}ing")
    else:
        double = verb[-1] if re.search("[^aeiou][aeiou][bdglmnprt]$", verb) else ""
        yield from (f"{verb}{more}{ending}" for more in {"", double} for ending in ("ed", "ing"))
