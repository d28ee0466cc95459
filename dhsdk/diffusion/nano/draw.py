"""Draws designs from a trained prior, in numpy: no torch is loaded for it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dhsdk.diffusion.nano import weights
from dhsdk.diffusion.nano.designs import FARTHEST_DRAWN, least, moments
from dhsdk.diffusion.nano.layout import HALF, Layout, asked_channels, channels, choices, layout, spread_out, unwarp, warp
from dhsdk.diffusion.nano.space import Ask, Space, Token
from dhsdk.errors import ParamError, ReadError, UnknownName

STEPS = 8
"""Heun steps."""
TOGETHER = 4
"""Designs that go through the network at once, always: a sum's bits depend on the shape of a product, not on its rows."""
USUAL = (-HALF * FARTHEST_DRAWN, HALF * FARTHEST_DRAWN)
"""Channel values of numbers that nobody spoke of."""
NEAREST = 1e-3
"""The lowest noise level of the schedule but 0, as diffusers' flow-matching schedulers have it."""


@dataclass(frozen=True, eq=False)
class Prior:
    """A trained prior. arrays: its weights as float32. card: what the folder says of them."""

    space: Space
    plan: Layout
    arrays: Mapping[str, np.ndarray]
    card: Mapping[str, Any]

    @classmethod
    def load(cls, folder: Path, space: Space) -> Prior:
        """The prior of a folder. Raises ReadError: missing, broken, not the file of the card, or trained on another space."""
        card = weights.read_card(folder)
        plan = layout(space)
        if card["space_sha256"] != plan.digest():
            raise ReadError(
                f"the nano prior in {folder} belongs to another state of the space {space.name!r}: "
                f"train it anew with dhsdk nano train {card['space']}"
            )
        path = folder / weights.WEIGHTS
        data = weights.read(path)
        if weights.digest(data) != card["sha256"]:
            raise ReadError(f"{path} must be the file of its card, sha256 {card['sha256']}: it was changed or cut off")
        return cls.of(space, weights.unpacked(data, str(path)), card)

    @classmethod
    def of(cls, space: Space, arrays: Mapping[str, np.ndarray], card: Mapping[str, Any]) -> Prior:
        """The prior of these weights (as train() returns them). Raises ReadError: a weight that is no finite number."""
        made = {name: array.astype(np.float32) for name, array in arrays.items()}
        for name, array in made.items():
            if not np.isfinite(array).all():
                raise ReadError(f"weights must be finite numbers, {name} of {space.name!r} is not: train the nano prior anew")
        return cls(space, layout(space), made, card)


@dataclass(frozen=True, eq=False)
class Drawn:
    """What draw_counted() made. designs: path -> value each. missed, asked: how many asks the network failed, of how many."""

    designs: tuple[dict[str, Any], ...]
    missed: int
    asked: int


def draw(
    prior: Prior,
    kind: str,
    *,
    locks: Mapping[str, Any],
    asked: Mapping[str, Ask],
    rng: np.random.Generator,
    count: int = 1,
    steps: int = STEPS,
) -> tuple[dict[str, Any], ...]:
    """That many designs of a kind, each a value for every parameter: locked ones as given, asked ones in their named third, the
    others drawn, in the range and on the quantum. Design number n is the same for any count.

    Raises UnknownName: no such kind. ParamError: an ask of nothing that there is.
    """
    return draw_counted(prior, kind, locks=locks, asked=asked, rng=rng, count=count, steps=steps).designs


def draw_counted(
    prior: Prior,
    kind: str,
    *,
    locks: Mapping[str, Any],
    asked: Mapping[str, Ask],
    rng: np.random.Generator,
    count: int = 1,
    steps: int = STEPS,
) -> Drawn:
    """draw() and how often the network missed an ask, which was then moved to the near edge of its third."""
    known = conditions(prior.plan, kind, locks, asked)
    return _values(prior, kind, draw_channels(prior, known, rng, count, steps), known, locks)


def draw_channels(prior: Prior, known: Known, rng: np.random.Generator, count: int, steps: int = STEPS) -> np.ndarray:
    """So many designs as channels (count, D), as the network has them: nothing is mended."""
    noise = np.stack([np.random.default_rng(seed).standard_normal(prior.plan.width) for seed in rng.integers(2**63, size=count)])
    x = np.concatenate([_heun(prior, known, block, steps) for block in _blocks(noise)])[:count]
    mean, scale = moments(prior.plan, prior.arrays["mean"], prior.arrays["scale"], np.array([known.row]), known.asks[None])
    return mean + scale * x


@dataclass(frozen=True, eq=False)
class Known:
    """The condition of a draw. row: the kind's. asks (T,). free (D,) bool. given (4 D,) as Denoiser takes it."""

    row: int
    asks: np.ndarray
    fixed: np.ndarray
    free: np.ndarray
    given: np.ndarray


def conditions(plan: Layout, kind: str, locks: Mapping[str, Any], asked: Mapping[str, Ask]) -> Known:
    """Locks and asks as the network is told them. An option that is asked for is locked."""
    if kind not in plan.index:
        raise UnknownName(f"the space {plan.space.name!r} has no kind {kind!r}")
    row, tokens = plan.index[kind], plan.space.tokens(kind)
    size = plan.numeric.shape[1]
    given = {**{path: one for path, one in asked.items() if not is_side(one)}, **locks}
    missing = [path for path in asked if path not in {token.path for token in tokens}]
    if missing:
        raise ParamError(f"asks must name parameters of {kind!r}, got: {', '.join(missing)}")
    asks, place, option, fixed = np.zeros(size), np.zeros(size), plan.own[row].copy(), np.zeros(size, bool)
    for column, token in enumerate(tokens):
        if token.path in given:
            fixed[column] = True
            if choices(token):
                option[column] = _option(token, given[token.path])
            else:
                place[column] = token.place(_number(token, given[token.path]), plan.centre[row, column])
        elif token.path in asked:
            asks[column] = _side(plan, row, column, token, asked[token.path])
            fixed[column] = asks[column] == 0 != asked[token.path]  # its usual value is that end
    kinds = np.array([row])
    free = spread_out(plan, kinds, ((plan.drawn[row] | (asks != 0)) & ~fixed)[None]).astype(np.float32)[0]
    mask = spread_out(plan, kinds, fixed[None].astype(float))
    locked = mask * channels(plan, kinds, warp(place[None], plan.spread[kinds]), option[None])
    parts = (free[None], locked, mask, asked_channels(plan, kinds, asks[None]))
    return Known(row, asks, fixed, free, np.concatenate(parts, 1)[0].astype(np.float32))


def is_side(ask: Ask) -> bool:
    """Whether an ask is a way to go, not an option."""
    return isinstance(ask, int | float) and not isinstance(ask, bool)


def _side(plan: Layout, row: int, column: int, token: Token, ask: Ask) -> float:
    """An ask of a number; 0 where its end is the usual value itself."""
    if choices(token) or not is_side(ask) or not -1.0 <= float(ask) <= 1.0:
        rule = "one of its options" if choices(token) else "in [-1, 1]"
        raise ParamError(f"{token.path} must be asked for {rule}, got {ask!r}")
    return float(ask) if plan.spread[row, column, int(float(ask) > 0)] > 0 else 0.0


def _option(token: Token, value: Any) -> int:
    known = choices(token)
    if value not in known:
        raise ParamError(f"{token.path} must be one of {', '.join(map(str, known))}, got {value!r}")
    return known.index(value)


def _number(token: Token, value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not token.low <= value <= token.high:
        raise ParamError(f"{token.path} must be a number in [{token.low:g}, {token.high:g}], got {value!r}")
    return float(value)


def _blocks(noise: np.ndarray) -> list[np.ndarray]:
    """Noise (B, D) in blocks of TOGETHER rows, the last one filled up with zeros."""
    rows = -(-len(noise) // TOGETHER) * TOGETHER
    filled = np.zeros((rows, noise.shape[1]), np.float32)
    filled[: len(noise)] = noise
    return [filled[at : at + TOGETHER] for at in range(0, rows, TOGETHER)]


def levels(steps: int) -> np.ndarray:
    """The noise levels of so many steps and 0, as diffusers' FlowMatchHeunDiscreteScheduler has them."""
    return np.append(np.linspace(1.0, NEAREST, steps), 0.0).astype(np.float32)


def _heun(prior: Prior, known: Known, noise: np.ndarray, steps: int) -> np.ndarray:
    """Designs (B, D) from noise (B, D): Heun's method, the last step Euler's."""
    run = _Network(prior, known)
    sigmas = levels(steps)
    x = noise * known.free
    for now, then in itertools.pairwise(sigmas):
        way = then - now
        slope = run(x, now)
        if then > 0:
            slope = 0.5 * (slope + run(x + way * slope, then))
        x = x + way * slope
    return x


class _Network:
    """network.Denoiser in numpy, for one kind and one condition."""

    def __init__(self, prior: Prior, known: Known) -> None:
        self.arrays, self.known = prior.arrays, known
        self.blocks = int(prior.card["sizes"]["blocks"])
        embedded = (self.arrays["kind.weight"][known.row], self.arrays["family.weight"][prior.plan.family[known.row]])
        self.told = self._linear("known", np.concatenate([*embedded, known.given]))
        self.entered = self.arrays["enter.weight"][:, len(known.free) :] @ known.given + self.arrays["enter.bias"]
        self.enter = np.ascontiguousarray(self.arrays["enter.weight"][:, : len(known.free)].T)
        self.frequencies = (np.pi * 2.0 ** np.linspace(-1.0, 6.0, self.arrays["time.weight"].shape[1] // 2)).astype(np.float32)

    def __call__(self, x: np.ndarray, sigma: np.float32) -> np.ndarray:
        angle = sigma * self.frequencies
        time = self._linear("time", np.concatenate([np.sin(angle), np.cos(angle)]))
        condition = _silu(self._linear("join", _silu(self.told + time)))
        hidden = x @ self.enter + self.entered
        for number in range(self.blocks):
            block = f"blocks.{number}"
            scale, shift, gate = np.split(self._linear(f"{block}.modulate", condition), 3)
            inner = _normal(hidden) * (1.0 + scale) + shift
            hidden = hidden + gate * self._linear(f"{block}.narrow", _silu(self._linear(f"{block}.widen", inner)))
        scale, shift = np.split(self._linear("last", condition), 2)
        power = (1.0 - sigma) ** 2 + sigma**2
        found = self._linear("leave", _normal(hidden) * (1.0 + scale) + shift)
        return ((2.0 * sigma - 1.0) / power * x + found / np.sqrt(power)) * self.known.free

    def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
        return x @ self.arrays[f"{name}.weight"].T + self.arrays[f"{name}.bias"]


def _silu(x: np.ndarray) -> np.ndarray:
    return x / (1.0 + np.exp(-x))


def _normal(x: np.ndarray) -> np.ndarray:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + np.float32(1e-5))


def _values(prior: Prior, kind: str, x: np.ndarray, known: Known, locks: Mapping[str, Any]) -> Drawn:
    """Channels as values; what was asked for and is not so comes to the near edge of its third."""
    plan, row = prior.plan, known.row
    family = plan.family[row]
    designs, missed = [], 0
    for one in x:
        values: dict[str, Any] = {}
        for column, token in enumerate(prior.space.tokens(kind)):
            at, options = int(plan.at[family, column]), choices(token)
            usual = plan.space.kinds[kind].centre[token.path]
            if token.path in locks:
                values[token.path] = locks[token.path]
            elif options:
                taken = one[at : at + len(options)] + np.where(np.isinf(plan.weight[row, column, : len(options)]), -np.inf, 0.0)
                fixed = known.given[plan.width + at : plan.width + at + len(options)]
                drawn = bool(plan.drawn[row, column]) and not known.fixed[column]
                values[token.path] = options[int((taken if drawn else fixed).argmax())] if drawn or known.fixed[column] else usual
            elif known.fixed[column] or (not plan.drawn[row, column] and known.asks[column] == 0):
                values[token.path] = usual
            else:
                channel = one[at : at + 1] if known.asks[column] else np.clip(one[at : at + 1], *USUAL)
                place = float(unwarp(channel, plan.spread[row, column][None])[0])
                values[token.path], hit = _number_at(token, place, usual, known.asks[column])
                missed += not hit
        designs.append(values)
    return Drawn(tuple(designs), missed, int((known.asks != 0).sum()) * len(x))


def _number_at(token: Token, place: float, usual: float, ask: float) -> tuple[float | int, bool]:
    """(the number at a place, whether it is as asked); something that is there stays there."""
    value = number_at(token, place, usual, ask)
    if ask:
        edge = float(least(np.array(ask)))
        hit = token.place(value, usual) * np.sign(ask) >= edge - 1e-9
        return (value, True) if hit else (beyond(token, edge * float(np.sign(ask)), usual), False)
    if token.low == 0 and usual > 0 and value == 0:
        value = 1 if token.kind == "whole" else max(token.quantum, round(0.1 * usual / token.quantum) * token.quantum)
    return value, True


def number_at(token: Token, place: float, usual: float, ask: float) -> float | int:
    """The number at a place: the nearest; of a count that is asked for, the next one outwards."""
    return beyond(token, place, usual) if token.kind == "whole" and place * ask > 0 else token.at(place, usual)


def beyond(token: Token, place: float, usual: float) -> float | int:
    """The number nearest to this place that is not before it, seen from the usual value."""
    value = token.at(place, usual)
    step = token.quantum if place > 0 else -token.quantum
    if abs(token.place(value, usual)) < abs(place) - 1e-9 or value == usual:
        value = min(max(value + step, token.low), token.high)
    return int(value) if token.kind == "whole" else round(value, 10)
