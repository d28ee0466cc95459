"""How good a prior is: against the process that made its data, and beside what else could fill in a design.

Every way to draw is a function (Case, count) -> places (N, T) and options (N, T), before anything is mended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dhsdk.diffusion.nano.designs import Given, contexts, held_out_pairs, least, nothing, sample
from dhsdk.diffusion.nano.draw import STEPS, USUAL, Prior, conditions, draw_channels, number_at
from dhsdk.diffusion.nano.layout import Layout, channels, choices, unwarp, warp
from dhsdk.diffusion.nano.space import Ask

STRONG = 0.25
"""Correlations that are weaker drown in the noise of some hundred draws."""

Draws = tuple[np.ndarray, np.ndarray]
Way = Callable[["Case", int], Draws]


@dataclass(frozen=True, eq=False)
class Case:
    """One kind with what is locked and asked for: given has one row. seed: of its draws."""

    plan: Layout
    given: Given
    seed: int

    @property
    def kind(self) -> str:
        return self.plan.names[int(self.given.kinds[0])]

    def told(self) -> tuple[dict[str, object], dict[str, Ask]]:
        """(locks, asks) as draw() takes them."""
        locks: dict[str, object] = {}
        asks: dict[str, Ask] = {}
        centre = self.plan.space.kinds[self.kind].centre
        for column, token in enumerate(self.plan.space.tokens(self.kind)):
            if self.given.locked[0, column]:
                known = choices(token)
                place, option = self.given.place[0, column], self.given.option[0, column]
                locks[token.path] = known[option] if known else token.at(place, centre[token.path])
            elif self.given.asks[0, column]:
                asks[token.path] = float(self.given.asks[0, column])
        return locks, asks

    def free(self) -> np.ndarray:
        """Which tokens (T,) nothing was said of and that may be drawn."""
        return self.plan.drawn[self.given.kinds[0]] & ~self.given.locked[0] & (self.given.asks[0] == 0)


def cases(plan: Layout, count: int, seed: int, held_out: bool = False) -> list[Case]:
    """Kinds with random locks and asks; held_out: each with a pair of asks that training never had together, and no locks."""
    given = contexts(plan, held_out_pairs(plan), np.random.default_rng([seed, 1]), 4 * count, held_out)
    if held_out:
        given = Given(given.kinds, np.zeros_like(given.locked), np.zeros_like(given.place), given.option, given.asks)
    rows = np.flatnonzero((given.asks != 0).any(1))[:count]
    parts = (given.kinds, given.locked, given.place, given.option, given.asks)
    return [Case(plan, Given(*(part[row : row + 1] for part in parts)), seed * 100_003 + int(row)) for row in rows]


def truth(case: Case, count: int) -> Draws:
    """The process itself: what the network is to learn."""
    many = Given(*(np.repeat(part, count, 0) for part in _parts(case.given)))
    return sample(case.plan, many, np.random.default_rng([case.seed, 2]))


def network(prior: Prior, steps: int = STEPS) -> Way:
    """The trained prior."""

    def way(case: Case, count: int) -> Draws:
        known = conditions(prior.plan, case.kind, *case.told())
        x = draw_channels(prior, known, np.random.default_rng([case.seed, 3]), count, steps)
        return _tokens(case.plan, case, x)

    return way


def rules(case: Case, count: int) -> Draws:
    """Rule priors: the usual values, lengths within a tenth, asks moved as far as they say, usual options."""
    plan, row, rng = case.plan, case.given.kinds[0], np.random.default_rng([case.seed, 4])
    family = plan.family[row]
    centre, low, high = plan.centre[row], plan.low[family], plan.high[family]
    value = centre * (1.0 + 0.1 * rng.uniform(-1.0, 1.0, (count, len(centre))))
    value = np.where(plan.whole[family], centre, np.clip(value, low, high))
    reach = np.where(value >= centre, high - centre, centre - low)
    place = np.divide(value - centre, reach, out=np.zeros_like(value), where=reach > 0)
    return _told(case, np.where(case.given.asks != 0, case.given.asks, place), np.repeat(plan.own[row][None], count, 0))


def unconditional(case: Case, count: int) -> Draws:
    """Plain sampling: designs of the kind as they come, what is locked put over them."""
    blank = nothing(case.plan, np.repeat(case.given.kinds, count))
    return _told(case, *sample(case.plan, blank, np.random.default_rng([case.seed, 5])))


def retrieval(plan: Layout, stored: int = 40_000, seed: int = 0) -> Way:
    """The nearest of so many stored designs of the same kind by what is asked for and locked; what is locked put over them."""
    each = max(stored // len(plan.names), 1)
    kinds = np.repeat(np.arange(len(plan.names)), each)
    rng = np.random.default_rng([seed, 6])
    place, option = sample(plan, contexts_without_locks(plan, kinds, rng), rng)

    def way(case: Case, count: int) -> Draws:
        own = slice(int(case.given.kinds[0]) * each, (int(case.given.kinds[0]) + 1) * each)
        places, options, given = place[own], option[own], case.given
        numeric = plan.numeric[plan.family[given.kinds[0]]]
        wish = np.where(given.asks != 0, given.asks, given.place)
        counts = ((given.asks != 0) | given.locked) & numeric
        far = (np.abs(places - wish) * counts).sum(1) + ((options != given.option) & given.locked & ~numeric).sum(1)
        near = np.argsort(far, kind="stable")[:count]
        return _told(case, places[near], options[near])

    return way


def contexts_without_locks(plan: Layout, kinds: np.ndarray, rng: np.random.Generator) -> Given:
    """These kinds with the asks of training."""
    given = contexts(plan, held_out_pairs(plan), rng, len(kinds))
    reach = np.where(given.asks > 0, plan.spread[kinds][..., 1], plan.spread[kinds][..., 0]) > 0
    fits = reach & plan.numeric[plan.family[kinds]]
    blank = nothing(plan, kinds)
    return Given(kinds, blank.locked, blank.place, blank.option, np.where(fits, given.asks, 0.0))


@dataclass(frozen=True, slots=True)
class Figures:
    """attribute: share of asks that are in their third. spread: deviation of what is left open against the true one.

    correlation: mean error of those correlations that are beyond STRONG. options: total variation of the options.
    energy: energy distance to the truth in units of what two samples of the truth have.
    """

    attribute: float
    spread: float
    correlation: float
    options: float
    energy: float


def compare(way: Way, asked: Sequence[Case], open_: Sequence[Case], count: int = 64) -> Figures:
    """The figures of a way to draw: attributes on `asked` (one draw each), the rest on `open_` (count draws each)."""
    hits = [_hit(case, way(case, 1)[0]) for case in asked]
    rows = []
    for case in open_:
        true, other, mine = truth(case, 8 * count), _again(case, count), way(case, count)
        rows.append(_row(case, true, other, mine))
    spread, correlation, options, energy, floor = (_mean(column) for column in np.array(rows).T)
    attribute = float(np.concatenate(hits).mean())
    return Figures(attribute, spread, correlation, options, energy / floor)


def floor(open_: Sequence[Case], count: int = 64) -> Figures:
    """The figures of the truth against itself: what no way can be better than, with so few draws."""
    return compare(lambda case, many: _again(case, many), open_[:1], open_, count)


def _mean(values: np.ndarray) -> float:
    """The mean of what could be measured."""
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else np.nan


def _again(case: Case, count: int) -> Draws:
    return truth(Case(case.plan, case.given, case.seed + 1), count)


def _row(case: Case, true: Draws, other: Draws, mine: Draws) -> tuple[float, ...]:
    plan, free = case.plan, case.free()
    family = plan.family[case.given.kinds[0]]
    numbers = free & plan.numeric[family] & (true[0].std(0) > 0)
    spread = correlation = options = np.nan
    if numbers.any():
        spread = float((mine[0].std(0)[numbers] / true[0].std(0)[numbers]).mean())
    if numbers.sum() > 1:
        correlation = _off_diagonal(mine[0][:, numbers], true[0][:, numbers])
    chosen = np.flatnonzero(free & plan.optional[family])
    if len(chosen):
        many = plan.weight.shape[-1]
        shares = [[np.bincount(one[1][:, at], minlength=many) / len(one[1]) for at in chosen] for one in (mine, true)]
        options = float(0.5 * np.abs(np.array(shares[0]) - np.array(shares[1])).sum(-1).mean())
    features = [_features(case, one, true) for one in (true, mine, other)]
    return spread, correlation, options, _energy(features[0], features[1]), _energy(features[0], features[2])


def _off_diagonal(mine: np.ndarray, true: np.ndarray) -> float:
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.nan_to_num(np.corrcoef(mine.T))
    wanted = np.corrcoef(true.T)
    strong = ~np.eye(len(found), dtype=bool) & (np.abs(wanted) > STRONG)
    return float(np.abs(found - wanted)[strong].mean()) if strong.any() else np.nan


def _features(case: Case, draws: Draws, true: Draws) -> np.ndarray:
    """What is left open as channels, each in units of its true deviation."""
    plan = case.plan
    kinds = np.repeat(case.given.kinds, len(draws[0]))
    family = plan.family[case.given.kinds[0]]
    open_ = (plan.token[family] >= 0) & case.free()[np.maximum(plan.token[family], 0)]

    def flat(one: Draws) -> np.ndarray:
        rows = kinds[:1].repeat(len(one[0]))
        return channels(plan, rows, warp(one[0], plan.spread[rows]), one[1])[:, open_]

    return flat(draws) / np.maximum(flat(true).std(0), 0.05)


def _energy(one: np.ndarray, other: np.ndarray) -> float:
    """Energy distance of two samples, as its V-statistic. Source: Székely and Rizzo 2013, equation 2.5."""

    def far(a: np.ndarray, b: np.ndarray) -> float:
        squares = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2.0 * a @ b.T
        return float(np.sqrt(np.maximum(squares, 0.0)).mean())

    return 2.0 * far(one, other) - far(one, one) - far(other, other)


def _hit(case: Case, place: np.ndarray) -> np.ndarray:
    asks = case.given.asks[0]
    asked = asks != 0
    return (place * np.sign(asks) >= least(asks) - 1e-9)[:, asked].ravel()


def _told(case: Case, place: np.ndarray, option: np.ndarray) -> Draws:
    given = case.given
    return np.where(given.locked, given.place, place), np.where(given.locked, given.option, option)


def _parts(given: Given) -> tuple[np.ndarray, ...]:
    return given.kinds, given.locked, given.place, given.option, given.asks


def _tokens(plan: Layout, case: Case, x: np.ndarray) -> Draws:
    """Channels (N, D) as places and options; numbers on the quantum, counts whole."""
    row = int(case.given.kinds[0])
    family = plan.family[row]
    numbers = np.take_along_axis(x, np.repeat(plan.at[family][None], len(x), 0), 1)
    place = unwarp(np.where(case.given.asks != 0, numbers, np.clip(numbers, *USUAL)), plan.spread[[row]])
    option = np.repeat(plan.own[row][None], len(x), 0)
    centre = plan.space.kinds[case.kind].centre
    for column, token in enumerate(plan.space.tokens(case.kind)):
        known = choices(token)
        if known and plan.drawn[row, column]:
            at = int(plan.at[family, column])
            barred = np.isinf(plan.weight[row, column, : len(known)])
            option[:, column] = np.where(barred, -np.inf, x[:, at : at + len(known)]).argmax(1)
        elif not known:
            usual = centre[token.path]
            ask = float(case.given.asks[0, column])
            place[:, column] = [token.place(number_at(token, float(one), usual, ask), usual) for one in place[:, column]]
    kept = plan.numeric[family] & (plan.drawn[row] | (case.given.asks[0] != 0))
    return _told(case, np.where(kept, place, 0.0), option)


def card_metrics(prior: Prior, seed: int = 1) -> Mapping[str, float]:
    """The figures that a card tells."""
    found = compare(network(prior), cases(prior.plan, 300, seed, held_out=True), cases(prior.plan, 24, seed))
    return {
        "asked value in its named third, pairs never trained together, before mending": round(found.attribute, 4),
        "spread of what is left open / true spread": round(found.spread, 3),
        "mean error of correlations beyond .25 (64 draws)": round(found.correlation, 3),
        "energy distance to the data / that of two samples of the data": round(found.energy, 2),
    }
