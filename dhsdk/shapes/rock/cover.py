"""Moss and snow: cushions that lie on the upper cuts of stones and hang over their edges."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dhsdk.shapes.block import Block, bounds, chipped, corners, cut, grown, shell
from dhsdk.shapes.kernel import Stream
from dhsdk.shapes.rock.forms import Piece
from dhsdk.shapes.surface import Shell

SPECK = 0.003
"""Metres: what is thinner is left out."""


MANY = 8
"""Beyond so many blocks each has a plain cushion."""


def capped(pieces: Sequence[Piece], amount: float, height: float, slot: str, rng: Stream) -> list[Shell]:
    """A cushion for every block that looks up and is free above."""
    blocks = [one for piece in pieces for one in piece.blocks if piece.slot == "stone"]
    if not blocks:
        return []
    out = []
    limits = [bounds([one]) for one in blocks]
    for k, one in enumerate(blocks):
        own = rng(slot, k)
        low, high = limits[k]
        middle = (low + high) / 2
        roofed = any(
            n != k and other[1][1] > high[1] + 0.2 * (high[1] - low[1])
            and (other[0][[0, 2]] < middle[[0, 2]]).all() and (other[1][[0, 2]] > middle[[0, 2]]).all()
            for n, other in enumerate(limits)
        )  # fmt: skip
        highest = high[1] >= max(limit[1][1] for limit in limits)
        if highest or (not roofed and (slot == "snow" or own.random() < 0.45 + 0.55 * amount)):
            out += _cushions(one, amount, height, slot, own, many=len(blocks) > MANY)
    return out


def _cushions(one: Block, amount: float, height: float, slot: str, rng: np.random.Generator, many: bool) -> list[Shell]:
    points = corners(one)
    low, high = float(points[:, 1].min()), float(points[:, 1].max())
    span = np.ptp(points, axis=0)
    reach = float(min(span[0], span[2]))
    thick = (0.035 + 0.05 * amount if slot == "snow" else 0.02 + 0.03 * amount) * min(reach, 0.5 * height + 0.5 * reach)
    down = (0.05 + (0.26 if slot == "snow" else 0.17) * amount) * min(high - low, 1.4 * reach) + thick
    up = np.clip(one.normals[:, 1], -0.3, 1.0)
    body = grown(one, thick * (0.42 + 0.58 * np.clip(up, 0.0, 1.0)))
    tilt = np.array([rng.uniform(-0.2, 0.2), -1.0, rng.uniform(-0.2, 0.2)])
    top = points[points[:, 1] > high - 0.3 * (high - low)].mean(axis=0)
    level = np.array([top[0], high - down, top[2]])
    whole = cut(body, tilt, float(tilt @ level), 0.86)
    out = [whole]
    for k in range(1 if many else 3 + round(3 * amount)):
        # A tongue: a narrow sector of the same cushion that comes further down.
        angle = rng.uniform(-0.4, 0.4) + 2.4 * k
        side = np.array([-math.sin(angle), 0.0, math.cos(angle)])
        outwards = np.array([math.cos(angle), 0.0, math.sin(angle)])
        wide = reach * rng.uniform(0.12, 0.3)
        tongue = grown(body, -(0.12 + 0.03 * k) * thick)  # no two share a face
        narrowing = np.array([0.0, rng.uniform(0.15, 0.5), 0.0])
        for normal, limit in ((side - narrowing, wide), (-side - narrowing, wide), (-outwards, -0.05 * reach)):
            tongue = cut(tongue, normal, float(normal @ top) + limit, 0.86)
        fall = level - (0.0, down * rng.uniform(0.35, 1.5), 0.0)
        out.append(cut(tongue, (0.0, -1.0, 0.0), float(-fall[1]), 0.86))
    kept = [each for each in out if np.ptp(corners(each), axis=0).min() > SPECK]
    # Only a large cushion has its edges rounded; tongues and the caps of many small stones are too small for that to be seen.
    return [shell(chipped(each, rng, 0.7 * thick, 30.0) if each is whole and not many else each, 62.0) for each in kept]
