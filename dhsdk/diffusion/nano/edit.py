"""Edits of a design: what is asked for moves the right way from where it is, and everything else stays bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dhsdk.diffusion.nano.draw import Prior, conditions, draw, is_side
from dhsdk.diffusion.nano.layout import choices, layout
from dhsdk.diffusion.nano.space import Ask, Space, Token

LEAST, MOST = 0.8, 1.5
"""What a prior draws counts as the change when it goes about as far as was asked for: between these shares of the way."""


@dataclass(frozen=True, eq=False)
class Changed:
    """values: the design after the edit. moved: paths that are otherwise now. stuck: paths that had been there already."""

    values: dict[str, Any]
    moved: tuple[str, ...]
    stuck: tuple[str, ...]


def changed(
    prior: Prior | None, space: Space, kind: str, values: Mapping[str, Any], asked: Mapping[str, Ask], rng: np.random.Generator
) -> Changed:
    """A design with what is asked for moved from its present value towards the end that is asked for, by about the share of the
    way that the ask says, or set to the option. The prior draws the new values given all the others; without one they go that
    share of the way.

    Raises UnknownName: no such kind. ParamError: an ask of nothing that there is, or that its parameter cannot follow.
    """
    conditions(layout(space) if prior is None else prior.plan, kind, {}, asked)
    known = {token.path: token for token in space.tokens(kind)}
    targets = {path: _target(known[path], values[path], ask) for path, ask in asked.items()}
    stuck = tuple(path for path, target in targets.items() if target == values[path])
    moving = {path: target for path, target in targets.items() if path not in stuck}
    proposed = _drawn(prior, kind, values, moving, known, rng) if prior is not None else moving
    made = dict(values)
    for path, target in moving.items():
        token, now = known[path], values[path]
        share = 1.0 if choices(token) else (proposed[path] - now) / (target - now)
        made[path] = proposed[path] if LEAST <= share <= MOST else target
    return Changed(made, tuple(moving), stuck)


def _target(token: Token, now: Any, ask: Ask) -> Any:
    """Where an ask wants a value: the share of the way to the end, at least one step of the quantum; or the option."""
    if not is_side(ask):
        return ask
    end = token.high if float(ask) > 0 else token.low
    target = token.at(0.0, now + abs(float(ask)) * (end - now))
    if target == now and now != end:
        target = token.at(0.0, now + (token.quantum if end > now else -token.quantum))
    return target


def _drawn(
    prior: Prior,
    kind: str,
    values: Mapping[str, Any],
    moving: Mapping[str, Any],
    known: Mapping[str, Token],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """What the prior draws for the moving parameters, asked to be about their targets, all others locked."""
    centre = prior.space.kinds[kind].centre
    asks: dict[str, Ask] = {}
    for path, target in moving.items():
        token = known[path]
        asks[path] = target if choices(token) else token.place(target, centre[path])
    locks = {path: value for path, value in values.items() if path in known and path not in moving}
    found = draw(prior, kind, locks=locks, asked={path: ask for path, ask in asks.items() if ask != 0}, rng=rng)[0]
    return {path: found[path] if asks[path] != 0 else target for path, target in moving.items()}
