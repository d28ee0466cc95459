"""The forms of rocks: how their blocks are hewn, split and laid. Sizes are near the wanted ones; rock_parts makes them exact."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from dhsdk.shapes.block import Block, block, centered, cut, hewn, prism, shifted, size_of, spun, stretched
from dhsdk.shapes.kernel import Stream
from dhsdk.shapes.rock.params import RockParams
from dhsdk.shapes.surface import rotation

Y = (0.0, 1.0, 0.0)
TAU = 2.0 * math.pi
Rng = np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A part on its way: blocks that pass through one another. fitted: it counts for the size of the whole.

    smooth: its edges are rounded, not chipped.
    """

    name: str
    blocks: tuple[Block, ...]
    slot: str = "stone"
    fitted: bool = True
    smooth: bool = False


def tilted(one: Block, rng: Rng, amount: float) -> Block:
    """The block turned any way about y and up to `amount` radians about a level axis."""
    angle = rng.uniform(0.0, TAU)
    axis = (math.cos(angle), 0.0, math.sin(angle))
    return spun(one, rotation(axis, amount * rng.uniform(-1.0, 1.0)) @ rotation(Y, rng.uniform(0.0, TAU)))


def _stone(p: RockParams, rng: Rng, half: tuple[float, float, float], sink: float = 0.8, planes: int | None = None) -> Block:
    return hewn(rng, half, planes or p.stone.facets, blocky=p.stone.blocky, rough=p.stone.rough, sink=sink)


def cleft(p: RockParams, one: Block, rng: Rng) -> list[Block]:
    """The block as its beds, each set back a little, and in halves where wear has split it."""
    low, high = -one.offsets[np.argmin(one.normals[:, 1])], one.offsets[np.argmax(one.normals[:, 1])]
    beds = [one]
    if p.stone.strata > 1:
        marks = np.linspace(low, high, p.stone.strata + 1)
        marks[1:-1] += rng.uniform(-0.22, 0.22, p.stone.strata - 1) * (high - low) / p.stone.strata
        beds = []
        for k in range(p.stone.strata):
            tilt = (rng.uniform(-0.06, 0.06), 1.0, rng.uniform(-0.06, 0.06))
            bed = cut(one, tilt, float(marks[k + 1]) + 0.01) if k < p.stone.strata - 1 else one
            bed = cut(bed, (-tilt[0], -1.0, -tilt[2]), 0.02 - float(marks[k])) if k else bed
            back = 1.0 - 0.16 * rng.random() - 0.06 * (k % 2)
            beds.append(stretched(centered(bed), (back, 1.0, back)))
    if p.wear > 0.5:
        turn = rng.uniform(0.0, math.pi)
        normal = np.array([math.cos(turn), rng.uniform(-0.25, 0.25), math.sin(turn)])
        at = float(normal @ beds[0].center) + rng.uniform(-0.15, 0.15) * size_of(one) * 0.3
        gap = 0.02 * size_of(one) * p.wear
        normal = normal / np.linalg.norm(normal)
        beds = [
            shifted(half, side * 0.5 * gap * normal + (0.0, -0.3 * gap * (side > 0), 0.0))
            for bed in beds
            for side, half in ((-1.0, cut(bed, normal, at)), (1.0, cut(bed, -normal, -at)))
        ]
    return beds


def _boulder(p: RockParams, rng: Stream) -> list[Piece]:
    w, h, d = p.size.width, p.size.height, p.size.depth
    pieces = []
    for k in range(p.count):
        own = rng("stone", k)
        share = 1.0 if k == 0 else own.uniform(0.4, 0.68)
        one = _stone(p, own, (0.5 * w * share, 0.56 * h * share, 0.5 * d * share))
        one = tilted(one, own, 0.25 * p.stone.lean) if k else spun(one, rotation((0.0, 0.0, 1.0), 0.3 * p.stone.lean))
        if k:
            angle = TAU * (k * 0.382 + own.uniform(-0.06, 0.06)) + 0.6
            at = (0.46 * w * math.cos(angle), 0.42 * h * share - 0.42 * h, 0.46 * d * math.sin(angle))
            one = shifted(one, at)
        pieces.append(Piece(f"stone_{k + 1}", tuple(cleft(p, one, own))))
    return pieces


def _slab(p: RockParams, rng: Stream) -> list[Piece]:
    w, h, d = p.size.width, p.size.height, p.size.depth
    pieces = []
    for k in range(p.count):
        own = rng("stone", k)
        share = 0.8 * 0.84**k
        thick = h / (0.5 + 0.5 * p.count)
        one = _stone(p, own, (0.5 * w * share, 0.5 * thick, 0.5 * d * share), 0.9)
        one = cut(one, (0.04 * own.uniform(-1, 1), 1.0, 0.04 * own.uniform(-1, 1)), 0.4 * thick)
        one = tilted(one, own, 0.05 + 0.3 * p.stone.lean * (k > 0))
        angle = 2.4 * k + own.uniform(0.0, 0.5)
        away = 0.0 if p.count == 1 else 0.2 + 0.05 * k
        at = (away * w * math.cos(angle), 0.5 * thick * k * 0.8, away * d * math.sin(angle))
        pieces.append(Piece(f"stone_{k + 1}", tuple(cleft(p, shifted(one, at), own))))
    return pieces


def _crag(p: RockParams, rng: Stream) -> list[Piece]:
    """A wall split by joints into towers, each of its own height, their beds set back one above another."""
    w, h, d = p.size.width, p.size.height, p.size.depth
    own = rng("joints")
    marks = np.linspace(-0.5, 0.5, p.count + 1) * w
    marks[1:-1] += own.uniform(-0.25, 0.25, p.count - 1) * w / p.count
    pieces = []
    peak = int(own.integers(p.count))
    for k in range(p.count):
        own = rng("tower", k)
        wide = float(marks[k + 1] - marks[k])
        tall = h if k == peak else h * own.uniform(0.52, 0.92)
        deep = d * own.uniform(0.72, 1.0)
        planes = max(10, p.stone.facets - 6)
        one = hewn(own, (0.62 * wide, 0.5 * tall, 0.5 * deep), planes, blocky=p.stone.blocky, rough=0.7 * p.stone.rough)
        one = cut(one, (own.uniform(-0.3, 0.3), 1.0, own.uniform(0.0, 0.35)), 0.46 * tall)
        lean = rotation((1.0, 0.0, 0.0), -0.12 - 0.2 * p.stone.lean * own.random())
        one = shifted(spun(one, lean), (float(marks[k] + marks[k + 1]) / 2, 0.4 * tall, own.uniform(-0.5, 0.1) * 0.3 * d))
        pieces.append(Piece(f"tower_{k + 1}", tuple(cleft(p, one, own))))
    return pieces


def _pebbles(p: RockParams, rng: Stream) -> list[Piece]:
    """Stones beside one another on the ground: each where it touches those before and is nearest to the middle."""
    w, h, d = p.size.width, p.size.height, p.size.depth
    sizes = sorted((float(rng("size", k).uniform(0.55, 1.0)) for k in range(p.count)), reverse=True)
    unit = 0.5 * w / (1.15 * math.sqrt(p.count))
    placed: list[tuple[float, float, float]] = []
    pieces = []
    for k, size in enumerate(sizes):
        own = rng("stone", k)
        r = unit * size
        x, z = _free(placed, r, own)
        placed.append((x, z, r))
        half = (r * own.uniform(0.95, 1.25), 0.5 * h * size * own.uniform(0.7, 1.0), r * own.uniform(0.75, 0.95) * d / w)
        one = tilted(_stone(p, own, half, 0.85), own, 0.12 + 0.3 * p.stone.lean)
        low = -float(one.offsets[np.argmin(one.normals[:, 1])])
        pieces.append(Piece(f"stone_{k + 1}", tuple(cleft(p, shifted(one, (x, -low - 0.08 * half[1], z)), own))))
    return pieces


def _free(placed: list[tuple[float, float, float]], r: float, rng: Rng) -> tuple[float, float]:
    best = (0.0, 0.0)
    least = math.inf
    if not placed:
        return best
    start = rng.uniform(0.0, TAU)
    for x, z, other in placed:
        for k in range(12):
            angle = start + TAU * k / 12
            at = (x + 0.98 * (r + other) * math.cos(angle), z + 0.98 * (r + other) * math.sin(angle))
            if all(math.hypot(at[0] - a, at[1] - b) >= 0.97 * (r + c) for a, b, c in placed) and math.hypot(*at) < least:
                best, least = at, math.hypot(*at)
    return best


def _crystals(p: RockParams, rng: Stream) -> list[Piece]:
    """A fan of prisms with pointed ends on a low stone: the longest upright in the middle."""
    w, h, d = p.size.width, p.size.height, p.size.depth
    base = _stone(p, rng("base"), (0.36 * w, 0.16 * h, 0.36 * d), 0.7)
    pieces = [Piece("base", (base,))]
    for k in range(p.count):
        own = rng("crystal", k)
        share = 1.0 if k == 0 else own.uniform(0.42, 0.8) * (1.0 - 0.25 * k / p.count)
        lean = (0.08 + 0.95 * p.gem.spread * math.sqrt(k / max(1, p.count - 1)) * own.uniform(0.7, 1.0)) * (k > 0)
        angle = 2.39996 * k + own.uniform(-0.3, 0.3)
        long = 0.95 * h * share
        thick = 0.5 * p.gem.girth * long * own.uniform(0.75, 1.05) * (0.8 if k == 0 else 1.0)
        one = _gem(p, own, thick, long)
        turn = rotation((-math.sin(angle), 0.0, math.cos(angle)), -lean)
        root = (0.2 * w * (k > 0) * math.cos(angle), 0.0, 0.2 * d * (k > 0) * math.sin(angle))
        pieces.append(Piece(f"crystal_{k + 1}", (shifted(spun(one, turn), root),), "crystal"))
    return pieces


def _gem(p: RockParams, rng: Rng, radius: float, length: float) -> Block:
    one = prism(rng, p.gem.sides, radius, -0.1 * length, length, uneven=0.2)
    start = length - min(0.75 * length, radius * (0.5 + 2.2 * p.gem.tip))
    steep = math.atan2(length - start, radius)
    for k in range(p.gem.sides):
        side = one.normals[k]
        up = math.cos(steep) + 0.12 * rng.uniform(-1.0, 1.0) * math.cos(steep)
        normal = np.array([side[0] * math.sin(steep), up, side[2] * math.sin(steep)])
        normal /= np.linalg.norm(normal)
        apex = np.array([0.0, length * rng.uniform(0.97, 1.03), 0.0])
        one = cut(one, normal, float(normal @ apex), 0.97)
    # A little slimmer above than below.
    normals = one.normals + (0.0, 0.06, 0.0) * (np.abs(one.normals[:, 1:2]) < 0.01)
    length_of = np.linalg.norm(normals, axis=1)
    return Block(normals / length_of[:, None], one.offsets / length_of, one.center, one.tints)


def _arch(p: RockParams, rng: Stream) -> list[Piece]:
    """Blocks along half an oval between two piers; the crown is thinner and rises to one side."""
    w, h, d = p.size.width, p.size.height, p.size.depth
    count = max(5, p.count)
    inner = 0.5 * w * p.span.opening
    lift = h * (0.42 + 0.42 * p.span.opening)
    pieces: dict[str, list[Block]] = {"pier_left": [], "span": [], "pier_right": []}
    for k in range(count):
        own = rng("block", k)
        a, b = (math.pi * (1.0 - (k + step) / count) for step in (-0.12, 1.12))
        thick = 0.5 * (w - 2 * inner) * (1.0 if k in (0, count - 1) else own.uniform(0.72, 0.95))
        crown = max(0.0, math.sin(math.pi * (k + 0.5) / count))
        thick = thick * (1.0 - crown) + crown * min(thick, max(0.12 * h, h - lift)) * 1.05
        middle = math.pi * (1.0 - (k + 0.5) / count)
        along = np.array([-(inner + thick / 2) * math.sin(middle), 0.0, 0.0])
        along[1] = (lift + thick / 2) * math.cos(middle)
        span = abs(a - b) * float(np.linalg.norm(along))
        one = hewn(own, (0.6 * span, 0.62 * thick, 0.5 * d * own.uniform(0.75, 1.0)), p.stone.facets - 4, blocky=p.stone.blocky,
                   rough=0.6 * p.stone.rough, sink=1.0)  # fmt: skip
        turn = rotation((0.0, 0.0, 1.0), math.atan2(along[1], along[0]) + own.uniform(-0.15, 0.15) * (0.4 + p.stone.lean))
        at = (
            (inner + thick / 2) * math.cos(middle),
            max(0.1 * h, (lift + thick / 2) * math.sin(middle)),
            own.uniform(-0.08, 0.08) * d,
        )
        name = "pier_left" if k < count * 0.3 else "pier_right" if k >= count * 0.7 else "span"
        pieces[name].append(shifted(spun(one, turn), at))
    for name, side in (("pier_left", -1.0), ("pier_right", 1.0)):
        own = rng(name)
        foot = _stone(p, own, (0.62 * (0.5 * w - inner), 0.3 * lift, 0.6 * d))
        pieces[name].append(shifted(foot, (side * (inner + 0.52 * (0.5 * w - inner)), 0.16 * lift, 0.0)))
    return [Piece(name, tuple(blocks)) for name, blocks in pieces.items()]


def _hoodoo(p: RockParams, rng: Stream) -> list[Piece]:
    """A pillar of soft beds, hollowed by the wind, under a hard cap."""
    w, h, d = p.size.width, p.size.height, p.size.depth
    beds = p.stone.strata + 2
    edges = np.linspace(0.0, 0.8 * h, beds + 1)
    edges[1:-1] += rng("beds").uniform(-0.3, 0.3, beds - 1) * 0.8 * h / beds
    blocks = []
    drift = np.zeros(2)
    for k in range(beds):
        own = rng("bed", k)
        t = (edges[k] + edges[k + 1]) / (1.6 * h)
        wide = 0.52 * (1.0 - 1.25 * t + 0.8 * t * t) * own.uniform(0.9, 1.0) * (0.9 if k % 2 else 1.04)
        tall = float(edges[k + 1] - edges[k])
        one = _stone(p, own, (w * wide, 0.72 * tall, d * wide), 0.98)
        drift = drift + own.uniform(-1.0, 1.0, 2) * 0.035 * p.stone.lean * w
        blocks.append(shifted(one, (drift[0] * 3, float(edges[k]) + 0.5 * tall, drift[1] * 3)))
    own = rng("cap")
    cap = _stone(p, own, (0.5 * w * (0.45 + 0.5 * p.span.cap), 0.14 * h, 0.5 * d * (0.45 + 0.5 * p.span.cap)), 0.75)
    cap = shifted(spun(cap, rotation((0.0, 0.0, 1.0), 0.06 + 0.2 * p.stone.lean)), (drift[0] * 3, 0.88 * h, drift[1] * 3))
    return [Piece("pillar", tuple(blocks)), Piece("cap", (cap,))]


def _stalagmite(p: RockParams, rng: Stream) -> list[Piece]:
    """Cones of drums, each swollen where the drip spread; the tallest in the middle."""
    w, h, d = p.size.width, p.size.height, p.size.depth
    pieces = [Piece("base", (_stone(p, rng("base"), (0.46 * w, 0.09 * h, 0.46 * d), 0.6),))]
    for k in range(p.count):
        own = rng("cone", k)
        share = 1.0 if k == 0 else own.uniform(0.35, 0.72) * (1.0 - 0.3 * k / p.count)
        tall, radius = h * share, (0.2 if k == 0 else 0.17) * w * math.sqrt(share)
        drums = max(3, round(5.4 * math.sqrt(share)))
        angle = 2.39996 * k
        away = 0.0 if k == 0 else 0.24 + 0.08 * own.random()
        steps = np.linspace(0.0, 1.0, drums + 1)
        heights = steps**0.85 * tall
        wide = radius * (1.0 - 0.92 * steps ** (0.55 + 0.6 * p.span.cap)) * np.append(own.uniform(0.93, 1.07, drums), 0.3)
        blocks = [
            shifted(_drum(own, wide[n], wide[n + 1], heights[n + 1] - heights[n]), (0.0, heights[n], 0.0)) for n in range(drums)
        ]
        lean = rotation((math.sin(angle), 0.0, -math.cos(angle)), (0.05 + 0.25 * p.stone.lean) * own.uniform(-1.0, 0.2))
        at = (away * w * math.cos(angle), 0.0, away * d * math.sin(angle))
        drops = tuple(shifted(spun(one, lean), at) for one in blocks)
        pieces.append(Piece(f"spire_{k + 1}", drops, smooth=True))
    return pieces


def _drum(rng: Rng, low: float, high: float, height: float) -> Block:
    """A frustum from radius `low` to `high` that overlaps its neighbours, a little swollen in its upper half."""
    one = prism(rng, 9, 1.06 * low, -0.2 * height, 1.16 * height, uneven=0.1)
    slope = (low - high) / height
    for side in one.normals[:9]:
        swell = low * rng.uniform(1.0, 1.06)
        one = cut(one, (side[0], slope, side[2]), swell, 0.95)
    return one


def _cairn(p: RockParams, rng: Stream) -> list[Piece]:
    w, h, d = p.size.width, p.size.height, p.size.depth
    weights = np.array([0.86**k * rng("thick", k).uniform(0.75, 1.2) for k in range(p.count)])
    tall = h * weights / weights.sum()
    pieces, y = [], 0.0
    for k in range(p.count):
        own = rng("stone", k)
        share = 0.5 * (1.0 - 0.62 * k / max(1, p.count - 1 + (p.count == 1))) * own.uniform(0.88, 1.06)
        one = _stone(p, own, (w * share, 0.56 * float(tall[k]), d * share), 0.88)
        one = cut(one, (0.0, 1.0, 0.0), 0.5 * float(tall[k]))
        one = tilted(one, own, 0.22 * p.stone.lean * (k > 0))
        off = own.uniform(-1.0, 1.0, 2) * 0.16 * p.stone.lean * share * (w + d) * (k > 0)
        pieces.append(Piece(f"stone_{k + 1}", tuple(cleft(p, shifted(one, (off[0], y + 0.48 * float(tall[k]), off[1])), own))))
        y += float(tall[k])
    return pieces


def _columns(p: RockParams, rng: Stream) -> list[Piece]:
    """Six-sided columns in a honeycomb, highest behind the middle, each broken off at its own height."""
    w, h, d = p.size.width, p.size.height, p.size.depth
    cells = [(x + 0.5 * (z % 2), z * math.sqrt(0.75)) for z in range(-3, 4) for x in range(-3, 4)]
    cells.sort(key=lambda cell: (round(cell[0] ** 2 + cell[1] ** 2, 3), cell))
    cells = cells[: p.count]
    step = w / (1.0 + 2.0 * max(abs(x) for x, _ in cells))
    pieces = []
    for k, (x, z) in enumerate(cells):
        own = rng("column", k)
        away = math.hypot(x, z + 0.6) / 2.6
        tall = h if k == 0 else h * float(np.clip(1.0 - 0.42 * away + own.uniform(-0.22, 0.12), 0.15, 1.0))
        angle = (np.arange(6) + 0.5) * TAU / 6
        normals = np.stack([np.cos(angle), np.zeros(6), np.sin(angle)], axis=1)
        top = np.array([own.uniform(-0.12, 0.12), 1.0, own.uniform(-0.12, 0.12)])
        normals = np.concatenate([normals, [top / np.linalg.norm(top)], [[0.0, -1.0, 0.0]]])
        offsets = np.append(0.5 * step * own.uniform(0.985, 1.06, 6), [tall, 0.0])
        one = block(normals, offsets, (0.0, 0.3 * tall, 0.0))
        lean = rotation((1.0, 0.0, 0.0), -0.4 * p.stone.lean)
        one = stretched(shifted(spun(one, lean), (x * step, 0.0, z * step)), (1.0, 1.0, d / w))
        pieces.append(Piece(f"column_{k + 1}", tuple(_drums(p, one, own))))
    return pieces


def _drums(p: RockParams, one: Block, rng: Rng) -> list[Block]:
    """The column in one piece, or in as many drums as it has beds."""
    top = float(one.center[1] * 2.6)
    out = []
    for k in range(p.stone.strata):
        low, high = k * top / p.stone.strata, (k + 1) * top / p.stone.strata
        bed = cut(cut(one, (0.0, -1.0, 0.0), -low), (0.0, 1.0, 0.0), high) if p.stone.strata > 1 else one
        out.append(shifted(bed, (*rng.uniform(-0.008, 0.008, 2), 0.0)) if k else bed)
    return out


def _menhir(p: RockParams, rng: Stream) -> list[Piece]:
    w, h, d = p.size.width, p.size.height, p.size.depth
    pieces = []
    for k in range(p.count):
        own = rng("stone", k)
        share = 1.0 if k == 0 else own.uniform(0.5, 0.8)
        one = _stone(p, own, (0.5 * w * share, 0.6 * h * share, 0.5 * d * share), 0.83)
        for side in (-1.0, 1.0):
            one = cut(one, (side, 0.08 + 0.1 * own.random(), 0.0), (0.42 + 0.08 * own.random()) * w * share)
        one = cut(one, (own.uniform(-0.5, 0.5), 1.0, own.uniform(-0.2, 0.2)), 0.5 * h * share)
        one = spun(one, rotation((0.2, 0.0, 1.0), 0.2 * p.stone.lean * (-1) ** k))
        if k:
            angle = TAU * k / p.count + own.uniform(-0.2, 0.2)
            at = (1.25 * w * math.cos(angle), -0.4 * h * (1.0 - share), 1.25 * w * math.sin(angle))
            one = shifted(spun(one, rotation(Y, -angle)), at)
        pieces.append(Piece(f"stone_{k + 1}", tuple(cleft(p, one, own))))
    return pieces


def _heap(p: RockParams, rng: Stream) -> list[Piece]:
    """Stones on a mound: the lowest layer first, the last on top."""
    w, h, d = p.size.width, p.size.height, p.size.depth
    pieces = []
    for k in range(p.count):
        own = rng("stone", k)
        t = k / max(1, p.count - 1)
        r = 0.36 * (1.0 - t) ** 0.7
        size = own.uniform(0.75, 1.1) / math.sqrt(max(2.0, 0.55 * p.count))
        one = _stone(p, own, (0.46 * w * size, 0.6 * h * size * 1.1, 0.46 * d * size), 0.85)
        one = tilted(one, own, 0.2 + 0.5 * p.stone.lean)
        angle = 2.39996 * k + own.uniform(-0.3, 0.3)
        at = (r * w * math.cos(angle), 0.36 * h * size + (h - 0.9 * h * size) * t * 0.8, r * d * math.sin(angle))
        pieces.append(Piece(f"stone_{k + 1}", tuple(cleft(p, shifted(one, at), own))))
    return pieces


FORMS: Mapping[str, Callable[[RockParams, Stream], list[Piece]]] = {
    "boulder": _boulder, "slab": _slab, "crag": _crag, "pebbles": _pebbles, "crystals": _crystals, "arch": _arch,
    "hoodoo": _hoodoo, "stalagmite": _stalagmite, "cairn": _cairn, "columns": _columns, "menhir": _menhir, "heap": _heap,
}  # fmt: skip
