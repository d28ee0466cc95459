"""Words that the lexicon lacks: what the reader makes of those kept out of lexicon and training, and of nouns kept out.

A word counts for every family of things whose fields carry its meaning (or one of its meanings); it is right when the guess names
such a field and side. Two lists: unknown_words.tsv, a quarter of the words that the authors wrote, by hash; fresh_words.tsv,
written later and before anything was measured on it: adjectives of a hash sample of WordNet and words out of the authors' heads,
labelled from their sense alone (its column origin tells which). The claim is that of the first. Baselines, in the same run: the
nearest training caption, the nearest mean of a meaning's phrases, and the reader without its dictionary or its text vectors. The
training has no chance in it: the spread is the standard error over words.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

# ruff: noqa: E402 (the sizes of the thread pools are read when numpy loads)
for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(pool, "1")

import numpy as np

from dhsdk.diffusion import text
from dhsdk.diffusion.nano.reader import Reader
from dhsdk.diffusion.nano.reader_train import Phrases, held_out
from dhsdk.params import every_field
from dhsdk.plugins.text_to_3d.vocabulary import things
from dhsdk.shapes import kernels

KEPT_OUT, FRESH = (Path(__file__).parent / "data" / f"{name}.tsv" for name in ("unknown_words", "fresh_words"))
Guesses = list[tuple[float, bool, bool]]
"""(confidence, right, read) of each word with each family of things; a word that is left alone has no confidence at all, -1."""
Answer = Callable[[str, str, Sequence[str]], tuple[str, float, bool] | None]


def amongs() -> dict[str, tuple[str, ...]]:
    """The words for ends of each family of things, in the order of its fields."""
    found = {}
    for kernel in kernels().values():
        ends = [end for _, one in every_field(kernel.Params) for end in (one.low, one.high) if end]
        found[kernel.name] = tuple(dict.fromkeys(ends))
    return found


def unknown(path: Path) -> Iterator[tuple[frozenset[str], str]]:
    """(meanings, word) of the words of a list; no meanings: the word says nothing about shape."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield frozenset(row["meaning"].split("|")) - {"none"}, row["word"]


def asked(reader: Reader, path: Path) -> Iterator[tuple[str, str, tuple[str, ...], frozenset[str]]]:
    """(word, family, its ends, the right ones among them) of every word and every family that carries its meaning."""
    for meanings, word in unknown(path):
        right = frozenset(end for name in meanings for end in (name, *reader.meanings[name]))
        for family, ends in amongs().items():
            if right & set(ends):
                yield word, family, ends, right & set(ends)


def measured(reader: Reader, path: Path, answer: Answer) -> tuple[float, float, Guesses]:
    """(share right, a mean over words of the mean over families; its standard error; every guess)."""
    per_word: dict[str, list[bool]] = {}
    guesses: Guesses = []
    for word, family, ends, right in asked(reader, path):
        found = answer(word, family, ends)
        good = found is not None and found[0] in right
        per_word.setdefault(word, []).append(good)
        guesses.append((found[1] if found else -1.0, good, found is not None and found[2]))
    shares = [statistics.mean(one) for one in per_word.values()]
    return statistics.mean(shares), statistics.stdev(shares) / len(shares) ** 0.5, guesses


def by_reader(reader: Reader) -> Answer:
    def answer(word: str, family: str, ends: Sequence[str]) -> tuple[str, float, bool] | None:
        guess = reader.guess(word, ends)
        return (guess.meaning, guess.confidence, guess.sure) if guess else None

    return answer


def by_likeness(reader: Reader, vectors: Mapping[str, np.ndarray], words: Mapping[str, np.ndarray]) -> Answer:
    """The meaning that has the likest vector of its own: vectors: meaning -> (K, 384), words: word -> (384,)."""

    def answer(word: str, family: str, ends: Sequence[str]) -> tuple[str, float, bool] | None:
        named = {name: [one for one in (name, *its) if one in ends] for name, its in reader.meanings.items()}
        open_to = {name: found[0] for name, found in named.items() if found}
        likeness = {name: float((vectors[name] @ words[word]).max()) for name in open_to}
        best = max(likeness, key=lambda name: likeness[name])
        return open_to[best], likeness[best], True

    return answer


def covered(guesses: Guesses, precision: float) -> float:
    """The largest share of the guesses, surest first, of which that share is right."""
    ordered = sorted(guesses, reverse=True)
    right = np.cumsum([good for _, good, _ in ordered]) / np.arange(1, len(ordered) + 1)
    enough = np.flatnonzero((right >= precision) & (np.array([one for one, _, _ in ordered]) >= 0.0))
    return (int(enough[-1]) + 1) / len(ordered) if len(enough) else 0.0


def precise(guesses: Guesses, coverage: float) -> float:
    """The share that is right among the surest of that share."""
    ordered = sorted(guesses, reverse=True)[: round(coverage * len(guesses))]
    return statistics.mean(good for _, good, _ in ordered)


def nouns(reader: Reader) -> tuple[Guesses, int]:
    """(the guesses for English nouns kept out whose thing has another name left, how many there are)."""
    english = {name: one.preset for name, one in things().items() if name.isascii()}
    known = [name for name in english if not held_out(name)]
    presets = [english[name] for name in known]
    asked = [name for name in english if held_out(name) and english[name] in presets]
    guesses: Guesses = []
    for name in asked:
        guess = reader.guess_noun(name, known, presets)
        right = guess is not None and english[guess.meaning] == english[name]
        guesses.append((guess.confidence if guess else -1.0, right, guess is not None and guess.sure))
    return guesses, len(known)


def baselines(reader: Reader, path: Path) -> str:
    """The nearest training caption, the nearest mean of a meaning's phrases, the halves of the reader, and chance, as a line."""
    phrases = {name: its for name, (_, its) in Phrases.load().meanings.items()}
    words = sorted({word for meanings, word in unknown(path) if meanings})
    caption = {word: text.embed([f"a {word} thing"])[0] for word in words}
    captions = {name: text.embed([f"a {one} thing" for one in its]) for name, its in phrases.items()}
    nearest, *_ = measured(reader, path, by_likeness(reader, captions, caption))
    place = {phrase: i for i, phrase in enumerate(reader.phrases)}
    means = {name: reader.vectors[[place[one.lower()] for one in its]].mean(0, keepdims=True) for name, its in phrases.items()}
    means = {name: mean / np.linalg.norm(mean) for name, mean in means.items()}
    seen = {word: reader.seen(word, text.embed) for word in words}
    prototype, *_ = measured(reader, path, by_likeness(reader, means, seen))
    vectors, *_ = measured(reader, path, by_reader(replace(reader, table={})))
    table, *_ = measured(reader, path, by_reader(replace(reader, embed=None)))
    chance = statistics.mean(len(right) / len(ends) for _, _, ends, right in asked(reader, path))
    return (
        f"nearest caption {nearest:.3f}, nearest mean {prototype:.3f}, text vectors alone {vectors:.3f}, "
        f"dictionary alone {table:.3f}, chance {chance:.3f}"
    )


def attributes(reader: Reader, path: Path) -> dict[str, object]:
    """Prints what becomes of the words for attributes, and gives the claim."""
    share, error, guesses = measured(reader, path, by_reader(reader))
    count = len({word for word, *_ in asked(reader, path)})
    peer = baselines(reader, path)
    print(f"{path.stem}: {count} words, {len(guesses)} times a family of things that has their meaning")
    print(f"right field and side, nothing left out: {share:.3f} +- {error:.3f}; {peer}")
    said = as_shipped(guesses)
    alone = as_shipped(measured(reader, path, by_reader(replace(reader, embed=None)))[2])
    print(f"as it ships: {said}; without text vectors: {alone}")
    for precision in (0.9, 0.8, 0.7, 0.6):
        print(f"  precision {precision}: coverage {covered(guesses, precision):.3f}")
    for coverage in (0.1, 0.2, 0.3, 0.5):
        print(f"  coverage {coverage}: precision {precise(guesses, coverage):.3f}")
    empty = [word for meanings, word in unknown(path) if not meanings]
    misread = [reader.read(word, ends) is not None for word in empty for ends in amongs().values()]
    print(f"words that say nothing about shape ({len(empty)}): read all the same in {statistics.mean(misread):.3f}")
    note = (
        f"{count} words, +- {error:.3f}; precision at coverage .5: {precise(guesses, 0.5):.2f}; "
        f"precision .9 at coverage {covered(guesses, 0.9):.2f}; as it ships: {said}; "
        f"empty words read: {statistics.mean(misread):.3f}"
    )
    return {"id": "diffusion.prior_unknown_attr", "value": round(share, 3), "peer": peer, "note": note}


def as_shipped(guesses: Guesses) -> str:
    """How many are sure enough to be read, and how many of them are right."""
    read = [good for _, good, sure in guesses if sure]
    return f"{len(read) / len(guesses):.3f} read, {statistics.mean(read or [0]):.3f} of them right"


def main() -> None:
    reader = Reader.load()
    claim = attributes(reader, KEPT_OUT)
    fresh = attributes(reader, FRESH)
    claim["note"] = f"{claim['note']}; words written later: {fresh['value']} ({fresh['note']})"
    for one, says in ((reader, "with text vectors"), (replace(reader, embed=None), "dictionary alone")):
        found, known = nouns(one)
        print(f"nouns kept out, {says}: {len(found)} against {known}: right {statistics.mean(good for _, good, _ in found):.3f}")
        surest = ", ".join(f"{share} at coverage {covered(found, share):.3f}" for share in (0.9, 0.8))
        print(f"  as it ships: {as_shipped(found)}; precision {surest}")
    print(json.dumps({"claims": [claim]}))


if __name__ == "__main__":
    main()
