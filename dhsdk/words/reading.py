"""Reading: the typed mentions of a prompt, in order, each with its place in the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dhsdk.errors import PromptError
from dhsdk.words.colors import toned
from dhsdk.words.lexicon import Kind, Lexicon, Sense, lexicon
from dhsdk.words.numbers import amount
from dhsdk.words.tokens import Token, degrees, has_letters, lemmas, less, tokens

MAX_CHARACTERS = 4000

GRADED = ("size", "wear", "quality", "tone", "finish", "style", "shape", "pattern")
"""Kinds of words that a thing can be more or less of."""

NOT = ("not", "isn t", "is not", "不")
"""Denials of the one word after them."""

ARTICLES = ("a", "an", "the")
"""Never the first half of a word written apart: a round table is not around a table."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase and its meaning.

    value: canonical word of its kind: "family/variety" of a material, #rrggbb of a color, the name of a part, the dimension
    of a measure ("height", or "" when the text does not say). amount: number or measure in SI. unit: SI unit of a measure.
    start, end: place in Reading.text. strength: 2.0 for "very", 0.5 for "slightly", below 0 for "less" and "not". absent: the
    word itself negates ("armless"). senses: what else it may mean.
    """

    kind: Kind
    value: str
    text: str
    start: int
    end: int
    amount: float = 0.0
    unit: str = ""
    strength: float = 1.0
    absent: bool = False
    senses: tuple[Sense, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt as it was read. text: normalised (NFKC), case kept. mentions: in the order of the text."""

    text: str
    mentions: tuple[Mention, ...]


def read(prompt: str, words: Lexicon | None = None) -> Reading:
    """The mentions of a prompt, with the general lexicon or the one given.

    Raises PromptError for a text that is empty, longer than 4,000 characters, not text, or without any words.
    """
    if len(prompt) > MAX_CHARACTERS:
        raise PromptError(
            f"the prompt must have at most {MAX_CHARACTERS:,} characters, got {len(prompt):,}: say what to make in a sentence"
        )
    if not prompt.strip():
        raise PromptError("the prompt must name what to make, got an empty text: try 'a small oak stool'")
    if any(unicodedata.category(character) in ("Cs", "Co") or character == "\0" for character in prompt):
        raise PromptError("the prompt must be plain text, got characters that are none (surrogates, private use or NUL)")
    text = unicodedata.normalize("NFKC", prompt)
    if not has_letters(text):
        shown = text.strip()[:40]
        raise PromptError(f"the prompt must have words, got {shown!r}: try 'a small oak stool'")
    words = words or lexicon()
    raw = _scan(text, tokens(text), words)
    return Reading(text, tuple(_merged(text, _decided(_merged_measures(text, raw)))))


def _scan(text: str, found: Sequence[Token], words: Lexicon) -> list[Mention]:
    mentions: list[Mention] = []
    i = 0
    while i < len(found):
        mention, i = _one(text, found, i, words)
        before = mentions[-1] if mentions else None
        if (
            mention.kind == "unknown"
            and before
            and before.kind == "unknown"
            and found[i - 1].kind == "chinese"
            and before.end == mention.start
        ):
            mentions[-1] = replace(
                before, value=before.value + mention.value, text=text[before.start : mention.end], end=mention.end
            )
        else:
            mentions.append(mention)
    return mentions


def _one(text: str, found: Sequence[Token], i: int, words: Lexicon) -> tuple[Mention, int]:
    token = found[i]
    if token.kind == "mark":
        kind: Kind = "stop" if token.low in "\"'×*:()" else "join"
        value = "and" if token.low == "、" else "x" if token.low in "×*" else "," if kind == "join" else ""
        return _mention(text, found, i, i + 1, Sense(kind, value)), i + 1
    if token.kind == "hex":
        return _mention(text, found, i, i + 1, Sense("color", _long_hex(token.low))), i + 1
    senses, end = _phrase(found, i, words)
    number = amount(found, i, words)
    named = senses and end - i >= 2 and (token.kind == "chinese" or senses[0].kind == "noun")  # "two handed sword"
    if number and not (named and number.end <= end and not number.unit):
        kind = "measure" if number.unit else "number"
        mention = _mention(text, found, i, number.end, Sense(kind, ""))
        return replace(mention, amount=number.value, unit=number.unit), number.end
    if senses:
        return replace(_mention(text, found, i, end, senses[0]), senses=senses), end
    stem = less(token.low) if token.kind == "word" else None
    for sense in words.english.get((stem,), ()) if stem else ():
        if sense.kind == "part":
            return replace(_mention(text, found, i, i + 1, sense), absent=True), i + 1
    return _mention(text, found, i, i + 1, Sense("unknown", token.low)), i + 1


def _mention(text: str, found: Sequence[Token], first: int, end: int, sense: Sense) -> Mention:
    start, stop = found[first].start, found[end - 1].end
    return Mention(sense.kind, sense.value, text[start:stop], start, stop)


def _long_hex(low: str) -> str:
    return low if len(low) == 7 else "#" + "".join(2 * one for one in low[1:])


def _phrase(found: Sequence[Token], i: int, words: Lexicon) -> tuple[tuple[Sense, ...], int]:
    """The longest phrase of the lexicon that starts here: its senses and the index after it."""
    kind = found[i].kind
    longest = words.longest_chinese if kind == "chinese" else words.longest_english
    run: list[str] = []
    for token in found[i : i + longest]:
        if token.kind != kind or (kind == "chinese" and run and not token.glued):
            break
        run.append(token.low)
    for length in range(len(run), 0, -1):
        if kind == "chinese":
            senses = words.chinese.get("".join(run[:length]))
            if senses:
                return senses, i + length
            continue
        *head, last = run[:length]
        for form in (last, *lemmas(last)):
            senses = words.english.get((*head, form)) or words.english.get(
                ("".join(head) + form,) if head and head[0] not in ARTICLES else ()
            )
            if senses:
                return senses, i + length
        for form in degrees(last):
            senses = tuple(one for one in words.english.get((*head, form), ()) if one.kind in GRADED)
            if senses:
                return senses, i + length
    return (), i


_SIZE_DIMENSION = {"tall": "height", "wide": "width", "deep": "depth", "long": "length", "thick": "thickness", "high": "height"}
_BETWEEN = ("stop", "relation")


def _dimension(mention: Mention) -> str | None:
    for sense in (*mention.senses, Sense(mention.kind, mention.value)):
        if sense.kind == "dimension":
            return sense.value
        if sense.kind == "size" and sense.value in _SIZE_DIMENSION:
            return _SIZE_DIMENSION[sense.value]
    return None


def _merged_measures(text: str, raw: list[Mention]) -> list[Mention]:
    """Measures joined with the dimension that stands beside them, and "60 x 40 x 80 cm" as width, depth and height."""
    raw = _products(raw)
    out: list[Mention] = []
    i = 0
    while i < len(raw):
        here = raw[i]
        if here.kind == "measure" and here.unit == "m" and not here.value:
            first, name, j = _dimension_before(out, here), None, i + 1
            if first is not None:
                name, start = first
                del out[start:]
                here = replace(here, start=min(here.start, name.start))
            else:
                while j < len(raw) and j <= i + 2 and raw[j].kind in _BETWEEN and raw[j].text.lower() in ("in", "的", "of"):
                    j += 1
                if j < len(raw) and _dimension(raw[j]):
                    name = raw[j]
                    i = j
            if name is not None:
                end = max(here.end, name.end)
                here = replace(here, value=_dimension(name) or "", text=text[here.start : end], end=end)
        out.append(here)
        i += 1
    return out


def _dimension_before(out: list[Mention], here: Mention) -> tuple[Mention, int] | None:
    """The dimension word before a measure, and where it stands: "height of 60 cm", "diameter: 30 cm", "高60厘米"."""
    at = len(out) - 1
    while at >= 0 and at >= len(out) - 3 and (out[at].kind == "stop" or out[at].text.lower() in ("of", "is", "为", "是")):
        at -= 1
    if at < 0:
        return None
    named = any(sense.kind == "dimension" for sense in out[at].senses)
    touching = at == len(out) - 1 and out[at].end == here.start and _dimension(out[at])
    return (out[at], at) if named or touching else None


def _products(raw: list[Mention]) -> list[Mention]:
    out = list(raw)
    for i in range(len(out)):
        run = [i]
        while (
            run[-1] + 2 < len(out)
            and out[run[-1] + 1].text.lower() in ("x", "×", "*", "by")
            and out[run[-1] + 2].kind in ("number", "measure")
        ):
            run.append(run[-1] + 2)
        last = out[run[-1]]
        if len(run) < 2 or out[i].kind not in ("number", "measure") or last.kind != "measure" or last.unit != "m":
            continue
        names = ("width", "height") if len(run) == 2 else ("width", "depth", "height")
        factor = _factor(last)
        for at, name in zip(run, names, strict=False):
            value = out[at].amount if out[at].kind == "measure" else out[at].amount * factor
            out[at] = replace(out[at], kind="measure", unit="m", amount=round(value, 9), value=name)
            if at + 1 < len(out) and at != run[-1]:
                out[at + 1] = replace(out[at + 1], kind="stop", value="")
    return out


def _factor(measure: Mention) -> float:
    digits = "".join(one for one in measure.text if one.isdigit() or one == ".")
    return measure.amount / float(digits) if digits and float(digits) else 1.0


def _decided(mentions: list[Mention]) -> list[Mention]:
    """Each mention with the one sense that fits its neighbours."""
    return [_decide(mentions, i) for i in range(len(mentions))]


def _decide(mentions: list[Mention], i: int) -> Mention:
    here = mentions[i]
    kinds = {sense.kind: sense for sense in reversed(here.senses)}
    if len(kinds) < 2:
        return here
    following = mentions[i + 1 : i + 2]
    if "tone" in kinds:
        colored = following and any(sense.kind in ("color", "material", "tone") for sense in following[0].senses)
        if colored or (following and following[0].value.startswith("#")) or set(kinds) <= {"tone", "wear", "quality"}:
            return _as(here, kinds["tone"])
        del kinds["tone"]
        if "noun" in kinds and _noun_follows(mentions, i):
            return _as(here, Sense("tone", "light"))
    if "noun" in kinds:
        others = [kind for kind in kinds if kind != "noun"]
        elsewhere = any(one.kind == "noun" or any(s.kind == "noun" for s in one.senses) for one in mentions[:i])
        if "material" in kinds and elsewhere and _said_of_what_it_is(mentions, i):
            return _as(here, kinds["material"])
        if others and (_noun_follows(mentions, i) or ("part" in kinds and elsewhere)):
            del kinds["noun"]
        else:
            return _as(here, kinds["noun"])
    if "place" in kinds and "relation" in kinds:
        return _as(here, kinds["relation"])
    order: tuple[Kind, ...] = (
        "quality",
        "part",
        "material",
        "color",
        "size",
        "dimension",
        "finish",
        "pattern",
        "wear",
        "style",
        "shape",
        "state",
    )
    for kind in order:
        if kind in kinds:
            return _as(here, kinds[kind])
    return here


def _said_of_what_it_is(mentions: list[Mention], i: int) -> bool:
    """Whether the word tells what a thing or a part consists of: "made of dark oak", "legs of stone", "with an oak top"."""
    if any(sense.kind == "part" for one in mentions[i + 1 : i + 2] for sense in one.senses):
        return True
    at = i - 1
    while at >= 0 and mentions[at].kind in ("tone", "color", "size", "wear", "finish", "quality", "material", "stop"):
        at -= 1
    return at >= 0 and mentions[at].kind == "relation" and mentions[at].value in ("made", "is")


def _as(mention: Mention, sense: Sense) -> Mention:
    return replace(mention, kind=sense.kind, value=sense.value)


_BREAKS = frozenset({"relation", "negation", "place"})


def _noun_follows(mentions: list[Mention], i: int) -> bool:
    """Whether a noun comes later in the same phrase; "glass and brass lantern" is one phrase, "a glass and a lantern" is not."""
    for at in range(i + 1, len(mentions)):
        here = mentions[at]
        kinds = {sense.kind for sense in here.senses} | {here.kind}
        if "noun" in kinds:
            return True
        if kinds & _BREAKS or "det" in kinds:
            return False
        if here.kind == "join" and here.value != "and" and here.text != ",":
            return False
        if here.kind == "join" and not (
            at + 1 < len(mentions) and mentions[at + 1].kind in ("material", "color", "wear", "tone", "size")
        ):
            return False
    return False


def _merged(text: str, mentions: list[Mention]) -> list[Mention]:
    """Tones joined with the colours after them ("dark red"), intensities with the words that they strengthen."""
    out: list[Mention] = []
    for here in mentions:
        before = out[-1] if out else None
        if before and before.kind == "tone" and here.kind == "color":
            joined = text[before.start : here.end]
            out[-1] = replace(here, value=toned(here.value, before.value), text=joined, start=before.start, senses=())
        elif before and before.kind == "intensity" and here.kind in GRADED:
            joined = text[before.start : here.end]
            out[-1] = replace(here, text=joined, start=before.start, strength=float(before.value))
        elif before and before.kind == "negation" and before.text.lower() in NOT and here.kind in ("size", "quality", "style"):
            joined = text[before.start : here.end]
            out[-1] = replace(here, text=joined, start=before.start, strength=-here.strength)
        else:
            out.append(here)
    return out
