"""The top of a table, the rails under it, and the measures that all its pieces share."""

from __future__ import annotations

import itertools
import math

import numpy as np

from dhsdk.shapes.boards import across
from dhsdk.shapes.curves import Outline, disc, rectangle
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import band
from dhsdk.shapes.solids import box, plank, stack
from dhsdk.shapes.surface import Shell, join, mapped, moved, surface, tinted, turned
from dhsdk.shapes.table.params import TableParams

QUARTER = math.pi / 2
ROUND = ("round", "oval")


class TableFrame:
    """Where the pieces of a table meet, metres. body: the top rests on carcasses, which stand `foot` above the floor."""

    def __init__(self, params: TableParams) -> None:
        self.params = params
        s = params.joinery.stylised
        size, legs = params.size, params.legs
        even = math.sqrt(size.width * size.depth)
        equal = params.top.shape in ("round", "square")
        self.width, self.depth = (even, even) if equal else (size.width, size.depth)
        self.height = size.height
        self.thick = min(params.top.thickness * (1.0 + 0.8 * s), 0.2 * self.height)
        self.under = self.height - self.thick
        self.leg = min(legs.thickness * (1.0 + 0.6 * s), 0.2 * min(self.width, self.depth), 0.3 * self.under)
        self.splay = legs.splay + 0.07 * s
        self.bevel = (0.0025 + 0.008 * params.joinery.bevel) * (1.0 + 1.2 * s)
        self.rough = params.joinery.irregular
        self.wear = params.joinery.wear
        self.apron = min(legs.apron, 0.3 * self.under)
        self.rounded = params.top.shape in ROUND
        self.body = params.drawers.layout if params.drawers.layout != "apron" and not self.rounded else ""
        self.foot = min(0.16 * self.under, 0.14)
        inset = params.top.overhang + 0.5 * self.leg
        share = 0.74 if self.rounded else 1.0
        self.x = max(share * self.width / 2 - inset, 0.8 * self.leg)
        self.z = max(share * self.depth / 2 - inset, 0.8 * self.leg)

    def outline(self) -> Outline:
        """The outline of the top."""
        if self.rounded:
            return disc(self.width / 2, 2 * self.params.detail, self.depth / 2)
        return rectangle(self.width, self.depth, 0.012 + 0.02 * self.params.joinery.bevel, 2)

    def knocked(self, shell: Shell, draw: np.random.Generator) -> Shell:
        """The shell with its rim knocked in here and there, all the way down."""
        phase, speed = draw.uniform(0.0, 6.3, 3), draw.integers(3, 9, 3)
        depth = 0.02 * self.wear * min(1.0, self.width)

        def knock(p: np.ndarray) -> np.ndarray:
            angle = np.arctan2(p[:, 2] / self.depth, p[:, 0] / self.width)
            wave = sum(np.sin(k * angle + a) for k, a in zip(speed, phase, strict=True))
            reach = np.hypot(p[:, 0] / self.width, p[:, 2] / self.depth) / 0.5
            push = 1.0 - depth * np.maximum(np.asarray(wave) - 1.0, 0.0) * np.clip(reach, 0.0, 1.0) / self.width
            return p * np.stack([push, np.ones_like(push), push], axis=1)

        return mapped(shell, knock)


def top_parts(frame: TableFrame, rng: Stream) -> list[Part]:
    """The top with its support surface, the board behind it, and the rails."""
    params = frame.params
    draw = rng("top")
    plain = frame.rounded or params.top.boards == 1
    shell = frame.knocked(_slab(frame), draw) if plain else _boarded(frame, draw)
    share = 0.7 if frame.rounded else 0.94
    support = PartSocket("top", (0.0, frame.height, 0.0), "support", (share * frame.width, share * frame.depth))
    under = (0.0, frame.under, 0.0)
    parts = [Part("top", surface(moved(shell, under)), "top", under, sockets=(support,))]
    if params.back > 0.02 and not frame.rounded:
        parts.append(Part("back", surface(_back(frame, draw)), "frame", (0.0, frame.height, -frame.depth / 2), "top"))
    if params.legs.style in ("tapered", "turned", "hairpin") and not frame.body:
        rails = _ring(frame) if frame.rounded else _rails(frame)
        parts.append(Part("apron", surface(rails), "frame", under, "top"))
    return parts


def _slab(frame: TableFrame) -> Shell:
    """One piece with a profiled rim, from y = 0 up."""
    t = frame.thick
    b = min(frame.bevel, 0.3 * t)
    under = min(t, 0.2 * min(frame.width, frame.depth))
    rows = {
        "eased": [(b, 0.0), (0.0, b), (0.0, t - b), (b, t)],
        "chamfered": [(0.95 * under, 0.0), (0.08 * under, 0.55 * t), (0.0, 0.62 * t), (0.0, t - b), (b, t)],
        "moulded": [(0.8 * under, 0.0), (0.6 * under, 0.14 * t), (0.5 * under, 0.34 * t), (0.12 * under, 0.46 * t),
                    (0.0, 0.56 * t), (0.0, t - b), (b, t)],
    }[frame.params.top.edge]  # fmt: skip
    return stack(frame.outline(), rows, tint=[*[0.92] * (len(rows) - 2), 1.0], crease=30.0)


def _boarded(frame: TableFrame, draw: np.random.Generator) -> Shell:
    """Boards along x, uneven and gaping with age; chamfered: on battens, moulded: between end boards."""
    edge = frame.params.top.edge
    cap = min(0.11 * frame.width, 0.1) if edge == "moulded" else 0.0
    flat = laid(frame, frame.width - 2 * cap, frame.depth, frame.thick, frame.params.top.boards, draw)
    pieces = [moved(flat, (0.0, frame.thick / 2, 0.0))]
    b = min(frame.bevel * 1.2, 0.3 * frame.thick)
    for side in (-1, 1):
        if cap:
            end = box((cap - 0.002, 1.02 * frame.thick, frame.depth * 1.004), b, along=2)
            pieces.append(moved(end, (side * (frame.width - cap) / 2, frame.thick / 2, 0.0)))
        elif edge == "chamfered":
            batten = box((0.09 * frame.width**0.5, 0.55 * frame.thick, 0.9 * frame.depth), b, along=2)
            pieces.append(moved(batten, (side * 0.38 * frame.width, -0.22 * frame.thick, 0.0)))
    return join(*pieces)


def laid(frame: TableFrame, width: float, depth: float, thick: float, count: int, draw: np.random.Generator) -> Shell:
    """Boards along x side by side, faces up, about the origin."""
    rough, wear = frame.rough, frame.wear
    cuts = np.concatenate([[0.0], np.arange(1, count) + draw.uniform(-0.16, 0.16, count - 1) * rough, [count]]) * depth / count
    pieces = []
    for low, high in itertools.pairwise(cuts):
        length = width * (1.0 - (0.025 * rough + 0.035 * wear) * float(draw.uniform()))
        gap = 0.0015 + 0.008 * wear * float(draw.uniform(0.3, 1.0))
        deep = thick * (1.0 + 0.08 * rough * float(draw.uniform(-1.0, 1.0)))
        board = plank(length, high - low - gap, deep, draw, bevel=min(frame.bevel, 0.25 * thick), rough=0.6 * rough)
        board = turned(board, (0.0, 0.0, 1.0), 0.006 * (rough + wear) * float(draw.uniform(-1.0, 1.0)))
        board = moved(turned(board, (1.0, 0.0, 0.0), -QUARTER), (0.0, 0.0, (low + high - depth) / 2))
        shift = float(draw.uniform(-0.5, 0.5)) * (width - length)
        pieces.append(moved(tinted(board, float(draw.uniform(0.78, 1.0))), (shift, 0.0, 0.0)))
    return join(*pieces)


def _back(frame: TableFrame, draw: np.random.Generator) -> Shell:
    """A board along the rear edge that rises towards its middle, between two posts."""
    high, half = frame.params.back, frame.width / 2 - 0.02
    thick = max(0.5 * frame.thick, 0.016)
    xs = np.linspace(-half, half, 9)
    rise = high * (0.72 + 0.28 * np.cos(xs / half * QUARTER) ** (0.4 + 2.0 * frame.params.joinery.ornament))
    board = across(xs, np.full(9, -0.004), rise, thick, frame.bevel)
    post = box((1.6 * thick, high, 1.5 * thick), frame.bevel, along=1, base=True)
    posts = [moved(post, (side * (half - 0.8 * thick), -0.006, 0.0)) for side in (-1, 1)]
    return moved(join(board, *posts), (0.0, frame.height, -frame.depth / 2 + 1.2 * thick))


def _ring(frame: TableFrame) -> Shell:
    """The rail under a round top."""
    thick = 0.3 * frame.leg
    reach = frame.x + 0.2 * frame.leg
    hoop = band(reach, frame.under - frame.apron / 2 + 0.002, thick, frame.apron, 2 * frame.params.detail)
    return mapped(hoop, lambda p: p * (1.0, 1.0, (frame.z + 0.2 * frame.leg) / reach))


def drawer_count(frame: TableFrame) -> int:
    """As many drawers in the rails as asked for, but none narrower than 12 cm; none under a round top."""
    if frame.rounded or frame.params.legs.style not in ("tapered", "turned"):
        return 0
    return min(frame.params.drawers.count, int((2 * frame.x - frame.leg) / 0.12))


def _rails(frame: TableFrame) -> Shell:
    """Rails between the legs, their lower edges arched; where drawers are, two thin rails and stiles in front."""
    tall, thick, x, z = frame.apron, 0.34 * frame.leg, frame.x, frame.z
    low = frame.under - tall + 0.002
    arch = 0.3 * frame.params.joinery.ornament * tall

    def rail(half: float, share: float) -> Shell:
        xs = np.linspace(-half, half, 9)
        bow = arch * (1.0 - (xs / half) ** 4)
        return across(xs, low + bow, np.full(9, low + share * tall), thick, 0.5 * frame.bevel)

    side = turned(rail(z, 0.985), (0.0, 1.0, 0.0), QUARTER)
    pieces = [moved(rail(x, 1.0), (0.0, 0.0, -z - 0.12 * thick))]
    pieces += [moved(side, (way * (x + 0.12 * thick), 0.0, 0.0)) for way in (-1, 1)]
    count = drawer_count(frame)
    if not count:
        return join(*pieces, moved(rail(x, 1.0), (0.0, 0.0, z + 0.12 * thick)))
    for place in (frame.under - 0.006, low + 0.008):
        pieces.append(moved(box((2 * x, 0.016, thick), 0.003, along=0), (0.0, place, z)))
    for line in np.linspace(-1, 1, count + 1)[1:-1] * (x - frame.leg / 2):
        pieces.append(moved(box((0.02, 0.97 * tall, 0.98 * thick), 0.003, along=1), (float(line), low + tall / 2, z)))
    return join(*pieces)
