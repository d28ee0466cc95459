"""What a nano prior is trained on: designs of a space, made from a seed and never stored.

A design is its kind's usual form, moved: every number by a Gaussian about its usual value, every option with its usual one the
likeliest, all tied together by factors of style that come from the words of the parameters' ends. Some parameters are given
(locked to any value of their range) or asked for (a value of the named third): they are evidence for the factors, and the rest
follows. So the network learns p(the rest | kind, locks, asks) exactly as this process says it, and sample() is that truth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dhsdk.diffusion.nano.layout import Layout, asked_channels, channels, spread_out, squash, warp

THIRD = 1.0 / 3.0
"""Beyond this place a number counts as what the word of that end says."""
ASK_SPREAD = 0.08
"""Standard deviation of the place about the one that was asked for."""
FARTHEST = 2.5
"""Standard deviations that a given value speaks for its factors at most."""
FARTHEST_DRAWN = 2.0
"""Standard deviations that what is left open may be from its usual value: farther only when asked for."""
TASTE = 1.5
"""How strongly options follow the factors."""
LEAST_SCALE = 0.05
"""No channel is taken to be surer than this."""
MEASURED = 300
"""Batches of 128 designs by which mean and deviation of the channels are measured."""
MOST_LOCKS = 8
MOST_ASKS = 4
HELD_OUT = 10
"""One of so many pairs of attributes is never asked for together in training."""
USUAL_ASKS = np.array([0.2, 0.45, 0.8])
"""How far the words of size go: slightly, as such, very."""


@dataclass(frozen=True, eq=False)
class Given:
    """What is known of B designs. kinds (B,); locked (B, T) bool with place (B, T) or option (B, T); asks (B, T), 0 for none."""

    kinds: np.ndarray
    locked: np.ndarray
    place: np.ndarray
    option: np.ndarray
    asks: np.ndarray


@dataclass(frozen=True, eq=False)
class Batch:
    """B designs as channels (B, D): target, free (1 where the network draws), locked and its mask, asks.

    kinds (B,). sides (B, T): the asks once more, by parameter.
    """

    kinds: np.ndarray
    target: np.ndarray
    free: np.ndarray
    locked: np.ndarray
    mask: np.ndarray
    asks: np.ndarray
    sides: np.ndarray


Source = Callable[[np.random.Generator, int], Batch]
"""batches(rng, count) -> that many training designs."""


def least(asks: np.ndarray) -> np.ndarray:
    """The least place, without its sign, that fulfils an ask: the named third, less where only a little was asked for."""
    return np.minimum(THIRD, 0.75 * np.abs(asks))


def nothing(plan: Layout, kinds: np.ndarray) -> Given:
    """Nothing is known but the kinds."""
    shape = (len(kinds), plan.numeric.shape[1])
    return Given(kinds, np.zeros(shape, bool), np.zeros(shape), np.zeros(shape, np.int64), np.zeros(shape))


def sample(plan: Layout, given: Given, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Designs (places (B, T), options (B, T)) drawn from the process, given what is known."""
    deviates, option = drawn(plan, given, rng)
    return settled(plan, given, deviates), option


def drawn(plan: Layout, given: Given, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The same before numbers are kept near their usual values and counts are whole: (deviates (B, T), options (B, T))."""
    family, kinds = plan.family[given.kinds], given.kinds
    load, spread = plan.load[family], plan.spread[kinds]
    factors = _factors(plan, given, rng)
    own = np.sqrt(np.maximum(1.0 - (load**2).sum(-1), 0.0))
    deviates = np.einsum("bts,bs->bt", load, factors) + own * rng.standard_normal(own.shape)
    asked = np.abs(given.asks) + ASK_SPREAD * rng.standard_normal(own.shape)
    asked = np.clip(asked, least(given.asks) + 0.02, 1.0) * np.sign(given.asks)
    place = np.where(given.asks != 0, asked, given.place)
    way = np.where(place >= 0, spread[..., 1], spread[..., 0])
    known = np.divide(place, way, out=np.zeros_like(place), where=way > 0)
    usual = ~plan.drawn[kinds]
    deviates = np.where(given.locked | (given.asks != 0), known, np.where(usual, 0.0, deviates))
    liking = plan.weight[kinds] + TASTE * np.einsum("btos,bs->bto", plan.taste[family], factors)
    option = (liking + rng.gumbel(size=liking.shape)).argmax(-1)
    return deviates, np.where(given.locked, given.option, np.where(usual, plan.own[kinds], option))


def settled(plan: Layout, given: Given, deviates: np.ndarray) -> np.ndarray:
    """Places (B, T) of deviates: what nobody spoke of near its usual value, counts whole."""
    spread = plan.spread[given.kinds]
    near = np.where(given.locked | (given.asks != 0), deviates, np.clip(deviates, -FARTHEST_DRAWN, FARTHEST_DRAWN))
    return _whole(plan, given, np.clip(near * np.where(near >= 0, spread[..., 1], spread[..., 0]), -1.0, 1.0))


def _factors(plan: Layout, given: Given, rng: np.random.Generator) -> np.ndarray:
    """Factors of style (B, S) given the evidence of locks and asks: a draw from their Gaussian posterior."""
    family, spread = plan.family[given.kinds], plan.spread[given.kinds]
    below = np.where(given.place >= 0, spread[..., 1], spread[..., 0])
    locked = np.clip(given.place / np.where(below > 0, below, 1.0), -FARTHEST, FARTHEST)
    seen = np.where(given.asks != 0, np.sign(given.asks) * (0.8 + 1.2 * np.abs(given.asks)), locked)
    chosen = np.take_along_axis(plan.taste[family], given.option[..., None, None], 2)[:, :, 0]
    optional = plan.optional[family]
    load = np.where(optional[..., None], chosen, plan.load[family])
    seen = np.where(optional, 1.5 * np.linalg.norm(chosen, axis=-1), seen)
    count = load.shape[-1]
    weight = (given.locked | (given.asks != 0)) / np.maximum(1.0 - (load**2).sum(-1), 0.2)
    precision = np.eye(count) + np.einsum("bt,bts,btr->bsr", weight, load, load)
    pull = np.einsum("bt,bts,bt->bs", weight, load, seen)
    root = np.linalg.cholesky(np.linalg.inv(precision))
    mean = np.linalg.solve(precision, pull[..., None])[..., 0]
    return mean + np.einsum("bsr,br->bs", root, rng.standard_normal((len(family), count)))


def _whole(plan: Layout, given: Given, place: np.ndarray) -> np.ndarray:
    """Places with counts moved to whole numbers; asked ones away from the usual value, none of them to 0 unless it is usual."""
    family, kinds = plan.family[given.kinds], given.kinds
    low, high, centre = plan.low[family], plan.high[family], plan.centre[kinds]
    reach = np.where(place >= 0, high - centre, centre - low)
    number = centre + place * reach
    away = np.where(place >= 0, np.ceil(number - 1e-9), np.floor(number + 1e-9))
    rounded = np.where(given.asks != 0, away, np.rint(number))
    floor = np.where((low == 0) & (centre > 0) & ~given.locked, 1.0, low)
    rounded = np.clip(rounded, floor, high)
    moved = rounded - centre
    new_reach = np.where(moved >= 0, high - centre, centre - low)
    whole = np.divide(moved, new_reach, out=np.zeros_like(moved), where=new_reach > 0)
    return np.where(plan.whole[family], whole, place)


def moments(
    plan: Layout, mean: np.ndarray, scale: np.ndarray, kinds: np.ndarray, asks: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (B, D) of every channel: those of its kind (K, D), those of the ask where one is."""
    spread = plan.spread[kinds]
    place = np.sign(asks) * np.clip(np.abs(asks), least(asks) + 0.5 * ASK_SPREAD, 1.0 - 0.5 * ASK_SPREAD)
    near, far = (warp(np.clip(place + step, -1.0, 1.0), spread) for step in (-ASK_SPREAD, ASK_SPREAD))
    asked = asked_channels(plan, kinds, asks) != 0
    middle = np.where(asked, asked_channels(plan, kinds, warp(place, spread)), mean[kinds])
    return middle, np.where(asked, asked_channels(plan, kinds, np.maximum(0.5 * np.abs(far - near), LEAST_SCALE)), scale[kinds])


def measured(plan: Layout, source: Source, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (K, D) of the channels of each kind, where they are free and not asked for; else 0 and 1."""
    shape = (len(plan.names), plan.width)
    count, total, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for _ in range(MEASURED):
        batch = source(rng, 128)
        known = batch.free * (batch.asks == 0)
        for sums, values in ((count, known), (total, known * batch.target), (squares, known * batch.target**2)):
            np.add.at(sums, batch.kinds, values)
    many = np.maximum(count, 1.0)
    mean = total / many
    scale = np.sqrt(np.maximum(squares / many - mean**2, 0.0))
    few = count < 16
    return np.where(few, 0.0, mean), np.where(few, 1.0, np.maximum(scale, LEAST_SCALE))


def batches(plan: Layout, held_out: bool = False) -> Source:
    """The training designs of a space; held_out: instead, those whose asks hold one of the pairs kept out of training."""
    pairs = held_out_pairs(plan)

    def source(rng: np.random.Generator, count: int) -> Batch:
        given = contexts(plan, pairs, rng, count, held_out)
        return encoded(plan, given, *drawn(plan, given, rng))

    return source


def encoded(plan: Layout, given: Given, deviates: np.ndarray, option: np.ndarray) -> Batch:
    """Designs and what is known of them as channels."""
    kinds, spread = given.kinds, plan.spread[given.kinds]
    family = plan.family[kinds]
    mask = spread_out(plan, kinds, given.locked.astype(float))
    locked = mask * channels(plan, kinds, warp(given.place, spread), given.option)
    target = channels(plan, kinds, squash(deviates), option)
    free = spread_out(plan, kinds, ((plan.drawn[kinds] | (given.asks != 0)) & ~given.locked).astype(float))
    known = plan.token[family] >= 0
    return Batch(kinds, target * free, free * known, locked, mask, asked_channels(plan, kinds, given.asks), given.asks)


def contexts(plan: Layout, pairs: np.ndarray, rng: np.random.Generator, count: int, held_out: bool = False) -> Given:
    """Random kinds, locks and asks. pairs (F, 2T, 2T) bool: attributes never asked for together, or (held_out) always."""
    kinds = rng.integers(len(plan.names), size=count)
    family = plan.family[kinds]
    tokens = plan.numeric.shape[1]
    real = plan.numeric[family] | plan.optional[family]
    order = np.where(real, rng.random((count, tokens)), 2.0).argsort(1).argsort(1)
    many = rng.integers(0, MOST_LOCKS + 1, count) * (rng.random(count) < 0.6)
    locked = real & (order < many[:, None])
    place, option = _locks(plan, kinds, rng)
    asks = _asks(plan, kinds, rng)
    order = np.where((asks != 0) & ~locked, rng.random((count, tokens)), 2.0).argsort(1).argsort(1)
    many = rng.integers(0, MOST_ASKS + 1, count) * (rng.random(count) < 0.7)
    asks = np.where((order < many[:, None]) & ~locked, asks, 0.0)
    asks = _apart(asks, pairs[family]) if not held_out else _together(plan, kinds, pairs[family], rng)
    locked = locked & (asks == 0)
    return Given(kinds, locked, np.where(locked, place, 0.0), np.where(locked, option, plan.own[kinds]), asks)


def _locks(plan: Layout, kinds: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Values to lock: mostly usual ones, else anything of the range, and any option."""
    family, spread = plan.family[kinds], plan.spread[kinds]
    shape = plan.numeric[family].shape
    usual = rng.standard_normal(shape)
    usual *= np.where(usual >= 0, spread[..., 1], spread[..., 0])
    place = np.clip(np.where(rng.random(shape) < 0.5, usual, rng.uniform(-1.0, 1.0, shape)), -1.0, 1.0)
    place *= np.where(place >= 0, spread[..., 1], spread[..., 0]) > 0
    sizes = _sizes(plan)[family]
    option = np.minimum((rng.random(shape) * sizes).astype(np.int64), np.maximum(sizes - 1, 0))
    return place, option


def _sizes(plan: Layout) -> np.ndarray:
    """How many options each token has (F, T); 0 for a number."""
    tokens = plan.numeric.shape[1]
    return np.stack([
        [((owner == token) & (option >= 0)).sum() for token in range(tokens)]
        for owner, option in zip(plan.token, plan.option, strict=True)
    ])  # fmt: skip


def _asks(plan: Layout, kinds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An ask for every number that has a way to go, 0 for the others."""
    family, spread = plan.family[kinds], plan.spread[kinds]
    shape = plan.numeric[family].shape
    size = np.where(rng.random(shape) < 0.6, rng.choice(USUAL_ASKS, shape), rng.uniform(0.15, 1.0, shape))
    sign = np.where(rng.random(shape) < 0.5, -1.0, 1.0)
    way = np.where(sign > 0, spread[..., 1], spread[..., 0]) > 0
    return np.where(plan.numeric[family] & way, sign * size, 0.0)


def held_out_pairs(plan: Layout) -> np.ndarray:
    """Pairs of attributes kept out of training, by a hash of their names: (F, 2T, 2T) bool; attribute t is low, T + t high."""
    tokens = plan.numeric.shape[1]
    found = np.zeros((len(plan.low), 2 * tokens, 2 * tokens), bool)
    for row, (family, them) in enumerate(plan.space.families.items()):
        ends = ((0, "low"), (tokens, "high"))
        names = [(end + at, f"{family} {one.path} {name}") for end, name in ends for at, one in enumerate(them)]
        for at, first in names:
            for other, second in names:
                if at % tokens < other % tokens:
                    digest = hashlib.sha256(f"{first}|{second}".encode()).digest()
                    found[row, at, other] = found[row, other, at] = digest[0] * 256 + digest[1] < 65536 // HELD_OUT
    return found


def _apart(asks: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """The asks without those that would make a pair that is held out: of two the later one goes."""
    tokens = asks.shape[1]
    kept = asks.copy()
    for at in range(tokens):
        attribute = np.where(kept[:, at] > 0, tokens + at, at)
        others = np.concatenate([kept[:, :at] < 0, np.zeros((len(asks), tokens - at), bool)], 1)
        highs = np.concatenate([kept[:, :at] > 0, np.zeros((len(asks), tokens - at), bool)], 1)
        barred = pairs[np.arange(len(asks)), attribute]
        clash = (barred & np.concatenate([others, highs], 1)).any(1)
        kept[:, at] = np.where(clash, 0.0, kept[:, at])
    return kept


def _together(plan: Layout, kinds: np.ndarray, pairs: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two asks each that make a pair that is held out; no ask for a kind that has none."""
    spread, tokens = plan.spread[kinds], plan.numeric.shape[1]
    way = np.concatenate([spread[..., 0] > 0, spread[..., 1] > 0], 1) & np.tile(plan.numeric[plan.family[kinds]], 2)
    fit = pairs & way[:, :, None] & way[:, None, :]
    score = np.where(fit, rng.random(fit.shape), -1.0).reshape(len(kinds), -1)
    best = score.argmax(1)
    asks = np.zeros((len(kinds), tokens))
    rows = np.flatnonzero(score.max(1) >= 0)
    for attribute in (best // (2 * tokens), best % (2 * tokens)):
        sign = np.where(attribute[rows] >= tokens, 1.0, -1.0)
        asks[rows, attribute[rows] % tokens] = sign * rng.choice(USUAL_ASKS[1:], len(rows))
    return asks
