"""A space as arrays: which channel of a network's vector belongs to which parameter, and values <-> channels.

Channels: one for a number, one for each option of a choice or switch (+1 the one that is taken, -1 the others). A number stands
as its distance from the usual value in standard deviations of what is left open, squashed far out, where only asks and locks go.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dhsdk.diffusion.nano.space import Space, Token
from dhsdk.diffusion.nano.styles import FACTORS, STRONGEST, loadings, meaning

CORE = 2.0
"""Within so many standard deviations of the usual value channels are linear in a number."""
HALF = 0.5
"""A standard deviation in channel values."""
MOST = 40.0
"""No channel is read as more: the ends of any range are nearer."""
LENGTH_SPREAD = 0.15
"""Standard deviation of what is left open, share of the usual value, for quantities that are never 0 (lengths)."""
SHARE_SPREAD = 0.12
"""The same, share of the range, for quantities that may be 0 and for those of a narrow range."""
WHOLE_SPREAD = 0.2
"""The same for counts, share of the usual one."""
WIDEST = 0.4
"""No standard deviation is wider than this share of the way to an end."""


@dataclass(frozen=True, eq=False)
class Layout:
    """K kinds, F families, T tokens of the longest family, D channels of the widest, O options at most, S factors of style.

    Per kind: family (K,), centre (K, T), spread (K, T, 2) of the place below and above, drawn (K, T) bool: may be drawn,
    own (K, T) the option it has, weight (K, T, O) log weight of each option, -inf where it may not be drawn.
    Per family: low, high (F, T), numeric, whole, optional (F, T) bool, load (F, T, S), taste (F, T, O, S) of each option,
    at (F, T) its first channel, token (F, D) whose channel, -1 past the end, option (F, D), -1 where the channel is a number's.
    """

    space: Space
    names: tuple[str, ...]
    family: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    drawn: np.ndarray
    own: np.ndarray
    weight: np.ndarray
    low: np.ndarray
    high: np.ndarray
    numeric: np.ndarray
    whole: np.ndarray
    optional: np.ndarray
    load: np.ndarray
    taste: np.ndarray
    at: np.ndarray
    token: np.ndarray
    option: np.ndarray

    @property
    def width(self) -> int:
        """D, the channels of the widest family."""
        return self.token.shape[1]

    def digest(self) -> str:
        """A hash of the space and of how its values stand in channels: weights fit one of these and no other."""
        spread = np.round(self.spread, 9).tolist()
        return hashlib.sha256(f"{self.space.digest()} {CORE} {HALF} {self.token.shape} {spread}".encode()).hexdigest()

    @functools.cached_property
    def index(self) -> Mapping[str, int]:
        """Kind -> its row."""
        return {name: row for row, name in enumerate(self.names)}


def layout(space: Space) -> Layout:
    """The arrays of a space."""
    families = {name: row for row, name in enumerate(space.families)}
    most = max(map(len, space.families.values()))
    widest = max(sum(max(len(choices(token)), 1) for token in them) for them in space.families.values())
    options = max(2, *(len(token.options) for them in space.families.values() for token in them))
    arrays = _family_arrays(space, most, widest, options)
    rows = len(space.kinds)
    family = np.array([families[one.family] for one in space.kinds.values()])
    centre, own = np.zeros((rows, most)), np.zeros((rows, most), np.int64)
    spread, drawn = np.zeros((rows, most, 2)), np.zeros((rows, most), bool)
    weight = np.full((rows, most, options), -np.inf)
    for row, (name, kind) in enumerate(space.kinds.items()):
        for column, token in enumerate(space.tokens(name)):
            value = kind.centre[token.path]
            drawn[row, column] = token.path not in kind.said
            known = choices(token)
            if known:
                own[row, column] = known.index(value)
                free = [known.index(one) for one in space.free_options(name, token)]
                weight[row, column, free] = 0.0
                weight[row, column, own[row, column]] = np.log(max(len(free) - 1, 1)) + 0.3
            else:
                centre[row, column] = value
                spread[row, column] = _spread(token, float(value))
    return Layout(space, tuple(space.kinds), family, centre, spread, drawn, own, weight, *arrays)


def choices(token: Token) -> tuple[Any, ...]:
    """All options of a choice or a switch; none of a number."""
    return (False, True) if token.kind == "switch" else token.options


def _family_arrays(space: Space, most: int, widest: int, options: int) -> tuple[np.ndarray, ...]:
    count = len(space.families)
    low, high = np.zeros((count, most)), np.ones((count, most))
    numeric, whole, optional = (np.zeros((count, most), bool) for _ in range(3))
    load, taste = np.zeros((count, most, len(FACTORS))), np.zeros((count, most, options, len(FACTORS)))
    at = np.zeros((count, most), np.int64)
    owner, option = np.full((count, widest), -1), np.full((count, widest), -1)
    for row, them in enumerate(space.families.values()):
        channel = 0
        for column, token in enumerate(them):
            known = choices(token)
            at[row, column], optional[row, column], numeric[row, column] = channel, bool(known), not known
            whole[row, column] = token.kind == "whole"
            low[row, column], high[row, column] = token.low, token.high
            load[row, column] = (0.0,) * len(FACTORS) if known else loadings(*token.words)
            for number, one in enumerate(known):
                taste[row, column, number] = _taste(token.words[int(one)] if token.kind == "switch" else one)
                option[row, channel + number] = number
            size = max(len(known), 1)
            owner[row, channel : channel + size] = column
            channel += size
    return low, high, numeric, whole, optional, load, taste, at, owner, option


def _taste(word: str) -> np.ndarray:
    found = np.array(meaning(word))
    length = float(np.linalg.norm(found))
    return found * min(1.0, STRONGEST / length) if length else found


def _spread(token: Token, centre: float) -> tuple[float, float]:
    """Standard deviations of the place below and above the usual value."""
    if token.kind == "whole":
        deviation = max(0.6, WHOLE_SPREAD * centre)
    elif token.low > 0.0:
        deviation = min(LENGTH_SPREAD * centre, 2.0 * SHARE_SPREAD * (token.high - token.low))
    else:
        deviation = min(SHARE_SPREAD * (token.high - token.low), 2.0 * LENGTH_SPREAD * (centre or token.high))
    below, above = centre - token.low, token.high - centre
    return (min(deviation / below, WIDEST) if below > 0 else 0.0, min(deviation / above, WIDEST) if above > 0 else 0.0)


def squash(deviates: np.ndarray) -> np.ndarray:
    """Distances from the usual value in standard deviations -> channel values: linear near it, logarithmic beyond CORE."""
    size = np.abs(deviates)
    return HALF * np.where(size <= CORE, deviates, np.sign(deviates) * CORE * (1.0 + np.log(np.maximum(size, CORE) / CORE)))


def warp(place: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Places (..., T) -> channel values, with spread (..., T, 2); 0 where there is no way."""
    own = np.where(place >= 0, spread[..., 1], spread[..., 0])
    return squash(np.divide(place, own, out=np.zeros(np.broadcast(place, own).shape), where=own > 0))


def unwarp(value: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """The inverse of warp(), kept within -1 ... 1."""
    own = np.where(value >= 0, spread[..., 1], spread[..., 0])
    size = np.minimum(np.abs(value) / HALF, MOST)
    size = np.where(size <= CORE, size, CORE * np.exp(size / CORE - 1.0))
    return np.sign(value) * np.minimum(size * own, 1.0)


def channels(plan: Layout, kinds: np.ndarray, numbers: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Channel vectors (B, D) of warped places (B, T) and options (B, T); 0 past the end of a family."""
    family = plan.family[kinds]
    token, option = plan.token[family], plan.option[family]
    column = np.maximum(token, 0)
    taken = 2.0 * (np.take_along_axis(chosen, column, 1) == option) - 1.0
    return np.where(token < 0, 0.0, np.where(option < 0, np.take_along_axis(numbers, column, 1), taken))


def spread_out(plan: Layout, kinds: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values of tokens (B, T) given to each of their channels (B, D); 0 past the end of a family."""
    token = plan.token[plan.family[kinds]]
    return np.where(token < 0, 0, np.take_along_axis(values, np.maximum(token, 0), 1))


def asked_channels(plan: Layout, kinds: np.ndarray, asks: np.ndarray) -> np.ndarray:
    """Asks of numbers (B, T) in the channels (B, D) of those numbers."""
    family = plan.family[kinds]
    return np.where(plan.option[family] < 0, spread_out(plan, kinds, asks), 0.0)
