"""Words that the lexicon lacks: what the reader makes of those kept out of lexicon and training, and of nouns kept out.

A word counts for every family of things whose fields carry its meaning (or one of its meanings); it is right when the guess names
such a field and side. Baselines, in the same run: the nearest training caption, and the nearest mean of a meaning's phrases. The
training has no chance in it, so the spread is that of three readers, each of which lacks another tenth of the phrases.
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
from dhsdk.diffusion.nano.reader_train import Phrases, held_out, solved, table
from dhsdk.params import every_field
from dhsdk.plugins.text_to_3d.vocabulary import things
from dhsdk.shapes import kernels

WORDS = Path(__file__).parent / "data" / "unknown_words.tsv"
Guesses = list[tuple[float, bool]]
"""(confidence, right) of each word with each family of things; a word that is left alone has no confidence at all, -1."""


def amongs() -> dict[str, tuple[str, ...]]:
    """The words for ends of each family of things, in the order of its fields."""
    found = {}
    for kernel in kernels().values():
        ends = [end for _, one in every_field(kernel.Params) for end in (one.low, one.high) if end]
        found[kernel.name] = tuple(dict.fromkeys(ends))
    return found


def unknown() -> Iterator[tuple[frozenset[str], str]]:
    """(meanings, word) of the words kept out; no meanings: the word says nothing about shape."""
    with WORDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield frozenset(row["meaning"].split("|")) - {"none"}, row["word"]


def asked(reader: Reader) -> Iterator[tuple[str, str, tuple[str, ...], frozenset[str]]]:
    """(word, family, its ends, the right ones among them) of every word and every family that carries its meaning."""
    for meanings, word in unknown():
        right = frozenset(end for name in meanings for end in (name, *reader.meanings[name]))
        for family, ends in amongs().items():
            if right & set(ends):
                yield word, family, ends, right & set(ends)


def measured(reader: Reader, answer: Callable[[str, str, Sequence[str]], tuple[str, float] | None]) -> tuple[float, Guesses]:
    """(share right, a mean over words of the mean over families; every guess)."""
    per_word: dict[str, list[bool]] = {}
    guesses: Guesses = []
    for word, family, ends, right in asked(reader):
        found = answer(word, family, ends)
        good = found is not None and found[0] in right
        per_word.setdefault(word, []).append(good)
        guesses.append((found[1] if found else -1.0, good))
    return statistics.mean(statistics.mean(one) for one in per_word.values()), guesses


def by_reader(reader: Reader) -> Callable[[str, str, Sequence[str]], tuple[str, float] | None]:
    def answer(word: str, family: str, ends: Sequence[str]) -> tuple[str, float] | None:
        guess = reader.guess(word, family, ends)
        return (guess.meaning, guess.confidence) if guess else None

    return answer


def by_likeness(reader: Reader, vectors: Mapping[str, np.ndarray], words: Mapping[str, np.ndarray]) -> Callable:
    """The meaning that has the likest vector of its own: vectors: meaning -> (K, 384), words: word -> (384,)."""

    def answer(word: str, family: str, ends: Sequence[str]) -> tuple[str, float] | None:
        named = {name: [one for one in (name, *its) if one in ends] for name, its in reader.meanings.items()}
        open_to = {name: found[0] for name, found in named.items() if found}
        likeness = {name: float((vectors[name] @ words[word]).max()) for name in open_to}
        best = max(likeness, key=lambda name: likeness[name])
        return open_to[best], likeness[best]

    return answer


def covered(guesses: Guesses, precision: float) -> float:
    """The largest share of the guesses, surest first, of which that share is right."""
    ordered = sorted(guesses, reverse=True)
    right = np.cumsum([good for _, good in ordered]) / np.arange(1, len(ordered) + 1)
    enough = np.flatnonzero((right >= precision) & (np.array([one for one, _ in ordered]) >= 0.0))
    return (int(enough[-1]) + 1) / len(ordered) if len(enough) else 0.0


def precise(guesses: Guesses, coverage: float) -> float:
    """The share that is right among the surest of that share."""
    ordered = sorted(guesses, reverse=True)[: round(coverage * len(guesses))]
    return statistics.mean(good for _, good in ordered)


def nouns(reader: Reader) -> tuple[Guesses, int]:
    """(the guesses for English nouns kept out whose thing has another name left, how many there are)."""
    english = {name: one.preset for name, one in things().items() if name.isascii()}
    known = [name for name in english if not held_out(name)]
    presets = [english[name] for name in known]
    asked = [name for name in english if held_out(name) and english[name] in presets]
    guesses: Guesses = []
    for name in asked:
        guess = reader.guess_noun(name, known, presets)
        assert guess is not None
        guesses.append((guess.confidence, english[guess.meaning] == english[name]))
    return guesses, len(known)


def thinned(reader: Reader, seed: int) -> Reader:
    """The reader without a tenth of its phrases."""
    known, marks = table(Phrases.load())
    keep = np.random.default_rng(seed).random(len(known)) >= 0.1
    phrases = tuple(one for one, stays in zip(known, keep, strict=True) if stays)
    return replace(reader, vectors=reader.vectors[keep], weights=solved(reader.vectors[keep], marks[keep]), phrases=phrases)


def baselines(reader: Reader) -> str:
    """The nearest training caption, the nearest mean of a meaning's phrases, and chance, as a line."""
    phrases = {name: its for name, (_, its) in Phrases.load().meanings.items()}
    words = sorted({word for meanings, word in unknown() if meanings})
    caption = {word: text.embed([f"a {word} thing"])[0] for word in words}
    captions = {name: text.embed([f"a {one} thing" for one in its]) for name, its in phrases.items()}
    nearest, _ = measured(reader, by_likeness(reader, captions, caption))
    place = {phrase: i for i, phrase in enumerate(reader.phrases)}
    means = {name: reader.vectors[[place[one.lower()] for one in its]].mean(0, keepdims=True) for name, its in phrases.items()}
    means = {name: mean / np.linalg.norm(mean) for name, mean in means.items()}
    prototype, _ = measured(reader, by_likeness(reader, means, {word: reader.seen(word) for word in words}))
    chance = statistics.mean(len(right) / len(ends) for _, _, ends, right in asked(reader))
    return f"nearest caption {nearest:.3f}, nearest mean {prototype:.3f}, chance {chance:.3f}"


def attributes(reader: Reader) -> dict[str, object]:
    """Prints what becomes of the words for attributes, and gives the claim."""
    share, guesses = measured(reader, by_reader(reader))
    less = [measured(one, by_reader(one))[0] for one in (thinned(reader, seed) for seed in range(3))]
    spread = f"{statistics.mean(less):.3f} +- {statistics.stdev(less):.3f} over three readers with nine tenths of the phrases"
    count = len({word for word, *_ in asked(reader)})
    read = [good for confidence, good in guesses if confidence >= reader.certain]
    peer = baselines(reader)
    print(f"{count} words kept out, {len(guesses)} times a family of things that has their meaning; {len(reader.phrases)} learnt")
    print(f"right field and side, nothing left out: {share:.3f} ({spread}); {peer}")
    said = f"{len(read) / len(guesses):.3f} read, {statistics.mean(read or [0]):.3f} of them right"
    print(f"as it ships (confidence {reader.certain}): {said}")
    for precision in (0.9, 0.8, 0.7, 0.6):
        print(f"  precision {precision}: coverage {covered(guesses, precision):.3f}")
    for coverage in (0.1, 0.2, 0.3, 0.5):
        print(f"  coverage {coverage}: precision {precise(guesses, coverage):.3f}")
    empty = [word for meanings, word in unknown() if not meanings]
    misread = [reader.read(word, family, ends) is not None for word in empty for family, ends in amongs().items()]
    print(f"words that say nothing about shape ({len(empty)}): read all the same in {statistics.mean(misread):.3f}")
    note = (
        f"{count} words; {spread}; precision at coverage .5: {precise(guesses, 0.5):.2f}; "
        f"precision .9 at coverage {covered(guesses, 0.9):.2f}; as it ships: {said}; "
        f"empty words read: {statistics.mean(misread):.3f}"
    )
    return {"id": "diffusion.prior_unknown_attr", "value": round(share, 3), "peer": peer, "note": note}


def main() -> None:
    reader = Reader.load()
    claim = attributes(reader)
    found, known = nouns(reader)
    sure = [good for confidence, good in found if confidence >= reader.certain_noun]
    print(f"nouns kept out: {len(found)} against {known} known ones: right {statistics.mean(good for _, good in found):.3f}")
    said = f"{len(sure) / len(found):.3f} read, {statistics.mean(sure or [0]):.3f} of them right"
    print(f"  as it ships (confidence {reader.certain_noun}): {said}")
    print(f"  precision .9 at coverage {covered(found, 0.9):.3f}, .8 at {covered(found, 0.8):.3f}")
    print(json.dumps({"claims": [claim]}))


if __name__ == "__main__":
    main()
