"""Tokens: a prompt cut into words, Chinese characters, numbers and marks, each with its place in the text."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Literal, NamedTuple

from dhsdk.words.lexicon import is_chinese

TokenKind = Literal["word", "chinese", "number", "hex", "mark"]

_TOKEN = re.compile(
    r"(?P<hex>#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})(?![0-9a-zA-Z]))"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?(?:/[1-9]\d*)?)"
    r"|(?P<chinese>[\u4e00-\u9fff\u3400-\u4dbf〇])"
    r"|(?P<word>[^\W\d_\u4e00-\u9fff\u3400-\u4dbf〇]+)"
    r"|(?P<mark>[,.;:!?()\"'×*、。])"
)


class Token(NamedTuple):
    """A piece of the text. low: lower case without accents. glued: nothing stands between it and the token before."""

    kind: TokenKind
    low: str
    start: int
    end: int
    glued: bool


def tokens(text: str) -> list[Token]:
    """The tokens of a normalised text, in order."""
    found = []
    before = -1
    for match in _TOKEN.finditer(text):
        kind: TokenKind = match.lastgroup  # type: ignore[assignment]
        low = match.group().lower() if kind != "word" else _plain(match.group())
        found.append(Token(kind, low, match.start(), match.end(), match.start() == before))
        before = match.end()
    return found


@functools.lru_cache(maxsize=4096)
def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(one for one in decomposed if not unicodedata.combining(one))


_IRREGULAR = {
    "feet": "foot", "shelves": "shelf", "knives": "knife", "wolves": "wolf", "men": "man", "women": "woman", "mice": "mouse",
    "geese": "goose", "children": "child", "leaves": "leaf", "boxes": "box", "chassis": "chassis", "glasses": "glass",
    "torches": "torch", "benches": "bench", "couches": "couch", "vases": "vase", "chaises": "chaise", "dice": "die",
}  # fmt: skip
_KEEP = frozenset({"is", "its", "this", "has", "across", "brass", "glass", "canvas", "chess", "as", "less", "cross", "gas", "us"})


@functools.lru_cache(maxsize=4096)
def lemmas(word: str) -> tuple[str, ...]:
    """Simpler forms of an English word that a lexicon may hold: singular of a plural, stem of -ish and -ed."""
    if word in _IRREGULAR:
        return (_IRREGULAR[word],)
    if word in _KEEP or len(word) < 4:
        return (word[:-1],) if len(word) == 3 and word.endswith("s") and word not in _KEEP else ()
    forms = []
    if word.endswith("ies"):
        forms += [word[:-3] + "y", word[:-1]]
    elif word.endswith(("ses", "xes", "zes", "ches", "shes")):
        forms += [word[:-2], word[:-1]]
    elif word.endswith("s") and not word.endswith(("ss", "us")):
        forms.append(word[:-1])
    if word.endswith("ish"):
        stem = word[:-3]
        forms += [stem, stem[:-1] if stem[-2:-1] == stem[-1:] else stem, stem + "e"]
    if word.endswith("ed"):
        forms += [word[:-2], word[:-1]]
    return tuple(dict.fromkeys(forms))


_NO_DEGREES = frozenset({"cleaner", "dryer"})
"""Things, though they look like comparatives."""


@functools.lru_cache(maxsize=4096)
def degrees(word: str) -> tuple[str, ...]:
    """What an English comparative or superlative may come from: "wider" -> "wid", "wide"; "slimmest" -> "slimm", "slim"."""
    ending = next((one for one in ("er", "est") if word.endswith(one)), "")
    stem = word.removesuffix(ending) if ending else ""
    if len(stem) < 3 or word in _NO_DEGREES:
        return ()
    forms = [stem, stem + "e"]
    if stem[-1] == stem[-2]:
        forms.append(stem[:-1])
    if stem.endswith("i"):
        forms.append(stem[:-1] + "y")
    return tuple(forms)


def less(word: str) -> str | None:
    """The stem of a word in -less ("armless" -> "arm"), or None."""
    return word[:-4] if word.endswith("less") and len(word) > 6 else None


def has_letters(text: str) -> bool:
    """Whether there is anything to read: a letter or a Chinese character."""
    return any(character.isalpha() or is_chinese(character) for character in text)
