"""Shapes filled in from the nano prior of this folder."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dhsdk.diffusion.nano.draw import Prior, draw
from dhsdk.params import ModelUse
from dhsdk.plugins.text_to_3d.filling import by_rule
from dhsdk.plugins.text_to_3d.prior.space import space
from dhsdk.shapes.kernel import Kernel


@functools.cache
def prior() -> Prior:
    """The prior of this folder. Raises ReadError."""
    return Prior.load(Path(__file__).parent, space())


def use() -> ModelUse:
    """What provenance says of it."""
    card = prior().card
    return ModelUse(name="text_to_3d nano prior", sha256=card["sha256"], licence=card["licence"])


def from_prior(
    kernel: Kernel,
    preset: str,
    usual: Mapping[str, Any],
    fixed: Mapping[str, Any],
    stream: Callable[..., np.random.Generator],
) -> dict[str, Any]:
    """What is open, drawn around what is fixed; what the noun says anyway is no news."""
    known = {token.path for token in prior().space.tokens(preset)}
    said = prior().space.kinds[preset].said
    locks = {path: value for path, value in fixed.items() if path in known and (path not in said or value != usual[path])}
    return draw(prior(), preset, locks=locks, asked={}, rng=stream("prior"))[0]


def unlike(
    kernel: Kernel,
    preset: str,
    usual: Mapping[str, Any],
    fixed: Mapping[str, Any],
    stream: Callable[..., np.random.Generator],
) -> dict[str, Any]:
    """What is open made unlike the preset's: so a word shows that pins what is usual but need not be."""
    made = by_rule(kernel, preset, usual, fixed, stream)
    for token in space().open(preset):
        if token.kind in ("choice", "switch"):
            others = [one for one in space().free_options(preset, token) if one != usual[token.path]]
            made[token.path] = others[0] if others else usual[token.path]
        elif token.kind == "whole":
            made[token.path] = token.high if usual[token.path] != token.high else token.low
    return made
