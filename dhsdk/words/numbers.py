"""Numbers and measures in English and Chinese: "two hundred", "half a metre", "6ft 2in", "三条", "一米五", to SI."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

from dhsdk.words.lexicon import Lexicon, data
from dhsdk.words.tokens import Token, lemmas


class Amount(NamedTuple):
    """A number that was read. unit: SI unit of a measure, or "" for a count. end: index after its last token."""

    value: float
    unit: str
    end: int


def amount(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Amount | None:
    """The number or measure that starts at this token, or None."""
    number = _number(tokens, at, lexicon)
    if number is None or not math.isfinite(number[0]):
        return None
    value, after = number
    unit = _unit(tokens, after)
    if unit is None:
        return _counted(tokens, value, after, lexicon)
    name, factor, end = unit
    total = value * factor
    if name == "m":
        total, end = _rest_of_length(tokens, total, factor, end, lexicon)
    return Amount(round(total, 9), name, end)


def _number(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[float, int] | None:
    token = tokens[at]
    if token.kind == "number":
        return None if _is_year(tokens, at) else (_digits(token.low), at + 1)
    if token.kind == "word":
        return _english(tokens, at)
    return _chinese(tokens, at, lexicon) if token.kind == "chinese" else None


def _is_year(tokens: Sequence[Token], at: int) -> bool:
    """ "1950s", "1920": a time, not a count, unless a unit follows."""
    decade = at + 1 < len(tokens) and tokens[at + 1].glued and tokens[at + 1].low == "s"
    low = tokens[at].low
    return decade or (len(low) == 4 and low.isdigit() and 1000 <= int(low) < 2100 and _unit(tokens, at + 1) is None)


def _digits(text: str) -> float:
    over, _, under = text.replace(",", "").partition("/")
    if len(over) > 300 or len(under) > 300:
        return math.inf
    return float(over) / float(under or 1)


def _english(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    words, scales, fractions = data("numbers")["en"], data("numbers")["scale"], data("numbers")["fraction"]
    low = [token.low if token.kind == "word" else "" for token in tokens[at : at + 10]]
    if low[0] in fractions or (low[0] == "a" and len(low) > 1 and low[1] in fractions):
        end = 1 if low[0] in fractions else 2
        share = fractions[low[end - 1]]
        if low[end : end + 1] == ["of"]:
            end += 1
        if low[end : end + 1] and low[end] in ("a", "an"):
            end += 1
        if low[end : end + 1] == ["dozen"]:
            return share * 12, at + end + 1
        return (share, at + end) if _unit(tokens, at + end) else None
    if (
        low[0] in ("a", "an")
        and len(low) > 1
        and low[1] in ("dozen", "couple", "pair", "trio", "few", "score", "hundred", "thousand")
    ):
        inner = _english(tokens, at + 1)
        return inner
    if low[0] not in words and low[0] not in scales:
        return None
    total, current, i = 0.0, 0.0, 0
    while i < len(low) and (low[i] in words or low[i] in scales):
        if low[i] in scales:
            current = max(current, 1.0) * scales[low[i]]
        elif low[i] == "dozen" and current:
            current *= 12
        else:
            current += words[low[i]]
        i += 1
        if i + 1 < len(low) and low[i] == "and" and low[i - 1] in scales and low[i + 1] in words:
            i += 1
    if low[i : i + 3] == ["and", "a", "half"]:
        total, i = total + 0.5, i + 3
    if low[i : i + 1] == ["of"] and low[i - 1] in ("dozen", "couple", "pair", "trio", "few", "score"):
        i += 1
    return total + current, at + i


def _chinese(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[float, int] | None:
    digits, scales = data("numbers")["zh_digits"], data("numbers")["zh_scale"]
    if tokens[at].low == "半" and _unit(tokens, at + 1):
        return 0.5, at + 1
    if tokens[at].low not in digits and tokens[at].low != "十":
        return None
    total, current, i = 0.0, 0.0, at
    while i < len(tokens) and (tokens[i].low in digits or tokens[i].low in scales):
        if tokens[i].low in scales:
            total += (current or 1.0) * scales[tokens[i].low]
            current = 0.0
        elif current and tokens[i - 1].low in digits:
            current = current * 10 + digits[tokens[i].low]
        else:
            current = digits[tokens[i].low]
        i += 1
    vague = i == at + 1 and tokens[at].low in ("双", "单", "几", "数")
    if vague and not (_unit(tokens, i) or _classifier(tokens, i, lexicon)):
        return None
    return total + current, i


_UNIT_ENDS = frozenset({"tall", "high", "wide", "long", "deep", "thick", "diameter", "across", "height", "width"})


@functools.cache
def _units() -> dict[str, tuple[str, float]]:
    return {word: (unit, float(factor)) for unit, table in data("numbers")["units"].items() for word, factor in table.items()}


def _unit(tokens: Sequence[Token], at: int) -> tuple[str, float, int] | None:
    if at >= len(tokens):
        return None
    token, table = tokens[at], _units()
    if token.kind == "mark" and token.glued and token.low in "\"'":
        return "m", 0.0254 if token.low == '"' else 0.3048, at + 1
    if token.kind == "chinese":
        for length in (2, 1):
            joined = "".join(one.low for one in tokens[at : at + length] if one.kind == "chinese")
            if len(joined) == length and joined in table:
                return *table[joined], at + length
        return None
    if token.kind != "word":
        return None
    if token.low == "in" and not token.glued and not (at + 1 == len(tokens) or tokens[at + 1].low in _UNIT_ENDS):
        return None
    for word in (token.low, *lemmas(token.low)):
        if word in table:
            return *table[word], at + 1
    return None


def _rest_of_length(tokens: Sequence[Token], total: float, factor: float, end: int, lexicon: Lexicon) -> tuple[float, int]:
    """What follows a length and belongs to it: "6 ft 2 in", "1米5", "一米五", "一米半", "1米20"."""
    if end >= len(tokens):
        return total, end
    if tokens[end].low == "半":
        return total + factor / 2, end + 1
    number = _number(tokens, end, lexicon)
    if number is None:
        return total, end
    value, after = number
    smaller = _unit(tokens, after)
    if smaller and smaller[0] == "m" and smaller[1] < factor:
        return total + value * smaller[1], smaller[2]
    counted = _classifier(tokens, after, lexicon)
    if (
        tokens[end - 1].low in ("米", "m")
        and tokens[end].glued
        and smaller is None
        and counted is None
        and value == int(value)
        and value < 100
    ):
        return total + factor * value / (10 if value < 10 else 100), after
    if tokens[end - 1].low == "'" and tokens[end].glued and value < 12:
        return total + value * 0.0254, after
    return total, end


def _classifier(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> str | None:
    if at >= len(tokens) or tokens[at].low not in data("numbers")["zh_classifiers"] + list(data("numbers")["zh_groups"]):
        return None
    for length in range(min(lexicon.longest_chinese, len(tokens) - at), 1, -1):
        if "".join(token.low for token in tokens[at : at + length]) in lexicon.chinese:
            return None
    return tokens[at].low


def _counted(tokens: Sequence[Token], value: float, end: int, lexicon: Lexicon) -> Amount:
    name = _classifier(tokens, end, lexicon)
    if name is None:
        return Amount(value, "", end)
    return Amount(value * data("numbers")["zh_groups"].get(name, 1), "", end + 1)
