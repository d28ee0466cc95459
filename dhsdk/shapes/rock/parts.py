"""From blocks to parts: the form brought to its size, chipped, covered with moss and snow, with stones at its foot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dhsdk.shapes.block import Block, bounds, broken, centered, chipped, corners, cut, hewn, shell, shifted, size_of, stretched
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.rock.cover import capped
from dhsdk.shapes.rock.forms import FORMS, Piece, tilted
from dhsdk.shapes.rock.params import RockParams
from dhsdk.shapes.surface import Shell, join, surface

UNCHIPPED = ("crystal",)
BURIED = ("boulder", "crag", "menhir")
"""Forms that come out of the ground: their lower part is left out."""
SPECK = 0.004
"""Metres: what is thinner is left out."""


def rock_parts(params: RockParams, rng: Stream) -> list[Part]:
    """The stones of the form, what covers them, and the small stones around."""
    p = _exaggerated(_stout(params))
    pieces = [_battered(piece, p, rng) for piece in _fitted(FORMS[p.form](p, rng), p)]
    parts = [_part(piece, p, rng) for piece in pieces]
    debris = [_battered(piece, p, rng) for piece in _debris(p, pieces, rng)]
    parts += [_part(piece, p, rng) for piece in debris]
    covered = [*pieces, *debris]
    for slot, amount in (("moss", p.cover.moss), ("snow", p.cover.snow)):
        shells = capped(covered, amount, p.size.height, slot, rng) if amount > 0.02 else []
        if shells:
            parts.append(replace(_standing(slot, shells, slot), collide=False))
    stones = parts[: len(pieces)]
    highest = max(stones, key=lambda part: (float(part.surface.positions[:, 1].max()), part.name))
    return [replace(part, sockets=(_top(part),)) if part is highest else part for part in parts]


def _stout(p: RockParams) -> RockParams:
    """The rock as wide and high as it has become, and nowhere thinner than a tenth of its longest side."""
    wide, high, deep = p.size.width * p.size.breadth, p.size.height * p.size.stretch, p.size.depth
    least = max(wide, high, deep) / 10.0
    size = {"width": max(wide, least), "height": max(high, least), "depth": max(deep, least)}
    return p.model_copy(update={"size": p.size.model_copy(update=size)})


def _exaggerated(p: RockParams) -> RockParams:
    """Stylised stones have fewer and bolder cuts with broad edges."""
    if p.stylised <= 0.0:
        return p
    stone = p.stone.model_copy(
        update={
            "facets": max(10, round(p.stone.facets * (1.0 - 0.35 * p.stylised))),
            "bevel": min(1.0, p.stone.bevel * (1.0 + 0.6 * p.stylised)),
            "rough": min(0.6, p.stone.rough * (1.0 + 0.3 * p.stylised)),
        }
    )
    return p.model_copy(update={"stone": stone})


def _fitted(pieces: Sequence[Piece], p: RockParams) -> list[Piece]:
    """The pieces as large as asked, standing on y = 0 about the y axis."""
    low, high = bounds([one for piece in pieces if piece.fitted for one in piece.blocks])
    if p.form in BURIED:
        # The ground is where every stone has come down to it, or a little below the middle of a boulder.
        feet = [float(bounds(piece.blocks)[0][1]) for piece in pieces if piece.fitted]
        low[1] = max(-0.12 * (high[1] - low[1]), *feet)
    factors = np.array([p.size.width, p.size.height, p.size.depth]) / (high - low)
    shift = -np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
    floor = np.array([0.0, -1.0, 0.0])
    out = []
    for piece in pieces:
        blocks = [stretched(shifted(one, shift), factors) for one in piece.blocks]
        out.append(replace(piece, blocks=tuple(one for one in (_grounded(one, floor) for one in blocks) if one is not None)))
    return [piece for piece in out if piece.blocks]


def _grounded(one: Block, floor: np.ndarray) -> Block | None:
    """The block without what lies under the ground; None when little is left."""
    points = corners(one)
    low, high = float(points[:, 1].min()), float(points[:, 1].max())
    if high < 0.15 * (high - low) or np.ptp(points, axis=0).min() < SPECK:
        return None
    if low >= -1e-9:
        return one
    return centered(cut(one, floor, 0.0))


def _battered(piece: Piece, p: RockParams, rng: Stream) -> Piece:
    """The piece with corners broken off its blocks: few of a new stone, many of an old one."""
    blocks = []
    for k, one in enumerate(piece.blocks):
        own, size = rng("chips", piece.name, k), size_of(one)
        if piece.slot in UNCHIPPED:
            blocks.append(broken(one, own, int(p.wear > 0.4) + int(p.wear > 0.75), 0.2 * size * p.wear))
        elif piece.smooth:
            blocks.append(broken(one, own, round(2 * p.wear), 0.1 * size))
        else:
            few = 3.0 / (2.0 + len(piece.blocks))
            count = round((2 + 7 * p.wear) * (0.5 + 0.5 * p.stone.rough) * few)
            blocks.append(broken(one, own, count, (0.05 + 0.1 * p.wear) * size))
    return replace(piece, blocks=tuple(blocks))


def _part(piece: Piece, p: RockParams, rng: Stream) -> Part:
    shells = [_dressed(one, piece, p, rng("edges", piece.name, k)) for k, one in enumerate(piece.blocks)]
    return _standing(piece.name, shells, piece.slot)


def _standing(name: str, shells: Sequence[Shell], slot: str) -> Part:
    """The shells as a part whose pivot is the middle of its base."""
    made = surface(join(*shells))
    low, high = made.positions.min(axis=0), made.positions.max(axis=0)
    return Part(name, made, slot, (float(low[0] + high[0]) / 2, float(low[1]), float(low[2] + high[2]) / 2))


def _dressed(one: Block, piece: Piece, p: RockParams, rng: np.random.Generator) -> Shell:
    size = size_of(one)
    if piece.slot in UNCHIPPED:
        return shell(chipped(one, rng, 0.02 * size * p.stone.bevel), 12.0)
    if piece.smooth:
        return shell(chipped(one, rng, 0.06 * size * p.stone.bevel, 40.0), 60.0)
    return shell(chipped(one, rng, 0.11 * size * p.stone.bevel), 34.0)


def _debris(p: RockParams, pieces: Sequence[Piece], rng: Stream) -> list[Piece]:
    """Small stones around the foot, where there is free ground."""
    out = []
    reach = 0.5 * max(p.size.width, p.size.depth)
    scale = max(0.02, min(0.17 * p.size.height + 0.05 * reach, 0.3 * reach))
    start = float(rng("debris").uniform(0.0, math.tau))
    for k in range(p.cover.debris):
        own = rng("debris", k)
        r = scale * own.uniform(0.45, 1.0) * (1.0 - 0.06 * k)
        angle = start + 2.39996 * k
        one = hewn(own, (r * own.uniform(0.9, 1.3), 0.62 * r, r), max(10, p.stone.facets - 8), blocky=p.stone.blocky, rough=0.22)
        away = own.uniform(1.0, 1.1)
        x, z = (0.5 * size + 0.3 * r for size in (p.size.width, p.size.depth))
        one = shifted(tilted(one, own, 0.2), (away * x * math.cos(angle), 0.42 * r, away * z * math.sin(angle)))
        low, _ = bounds([one])
        out.append(Piece(f"debris_{k + 1}", (shifted(one, (0.0, -low[1], 0.0)),), fitted=False))
    return out


def _top(part: Part) -> PartSocket:
    """Where something can be put: above the middle of the part."""
    low, high = part.surface.positions.min(axis=0), part.surface.positions.max(axis=0)
    middle = (float(low[0] + high[0]) / 2, float(high[1]), float(low[2] + high[2]) / 2)
    return PartSocket("top", middle, "support", (0.5 * float(high[0] - low[0]), 0.5 * float(high[2] - low[2])))
