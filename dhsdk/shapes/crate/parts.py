"""Walls, floor and lid of a box of boards. A wall is made facing +z about its own middle, then turned to its side."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dhsdk.shapes.crate.params import CrateParams
from dhsdk.shapes.curves import rounded
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.solids import box, plank
from dhsdk.shapes.surface import Shell, Vec, join, mapped, moved, surface, tinted, turned
from dhsdk.shapes.sweep import sweep

BACK = math.pi / 2.0
SIDES = (("front", 0.0), ("left", BACK), ("back", 2 * BACK), ("right", 3 * BACK))


class CrateFrame:
    """The measures that all pieces share, metres. `flare` widens everything with the height, `opened` turns the lid."""

    def __init__(self, params: CrateParams) -> None:
        self.params = params
        size = params.size
        self.width, self.height, self.depth = size.width, size.height, size.depth
        least = min(self.width, self.depth, self.height)
        self.thick = min(params.planks.thickness, 0.09 * least)
        self.batten = min(params.frame.width, 0.22 * least)
        self.proud = 0.75 * self.thick if params.frame.style != "none" else 0.0
        self.feet = params.feet if params.feet > 0.008 else 0.0
        self.top = self.feet + self.height
        self.rise = params.lid.dome * self.depth / 2.0 if params.lid.style == "domed" else 1.5 * self.thick
        self.hinge: Vec = (0.0, self.top, -self.depth / 2.0 - self.proud)

    def flare(self, points: np.ndarray) -> np.ndarray:
        """Points moved outwards as they rise; the lid is as wide as the top."""
        share = np.clip((points[:, 1] - self.feet) / self.height, 0.0, 1.0)
        grown = 1.0 - self.params.size.taper * (1.0 - share)
        return points * np.stack([grown, np.ones_like(grown), grown], axis=1)

    def opened(self, shell: Shell) -> Shell:
        """A piece of the lid, turned about the hinge as far as the lid stands open."""
        return turned(shell, (-1.0, 0.0, 0.0), self.params.lid.open, self.hinge)


def crate_parts(frame: CrateFrame, rng: Stream) -> list[Part]:
    """The floor, four walls, their battens and the lid."""
    parts = [Part("floor", surface(mapped(_floor(frame, rng), frame.flare)), "planks", (0.0, frame.feet, 0.0))]
    inner = (frame.width - 2 * frame.thick, frame.depth - 2 * frame.thick)
    shut = frame.params.lid.style != "none" and frame.params.lid.open < 0.3
    kind = "inside" if shut else "support"  # what is put on a closed chest stands on its lid
    parts[0] = replace(parts[0], sockets=(PartSocket("inside", (0.0, frame.feet + frame.thick, 0.0), kind, inner),))
    for name, turn in SIDES:
        along, out = (
            (frame.width, frame.depth / 2) if turn in (0.0, 2 * BACK) else (frame.depth - 2.02 * frame.thick, frame.width / 2)
        )
        wall = _wall(frame, rng, name, along)
        shell = mapped(_stood(wall, frame, out, turn), frame.flare)
        way = (math.sin(turn), math.cos(turn))
        pivot: Vec = (way[0] * out, frame.feet, way[1] * out)
        parts.append(Part(f"side_{name}", surface(shell), "planks", pivot, "floor"))
        if frame.params.frame.style != "none":
            battens = mapped(_stood(_battens(frame, rng, name, along), frame, out, turn), frame.flare)
            parts.append(Part(f"frame_{name}", surface(battens), "frame", pivot, f"side_{name}"))
    if frame.feet:
        parts.append(Part("feet", surface(_feet(frame)), "frame", (0.0, 0.0, 0.0), "floor"))
    if frame.params.lid.style != "none":
        parts += _lid(frame, rng)
    return parts


def _stood(wall: Shell, frame: CrateFrame, out: float, turn: float) -> Shell:
    return turned(moved(wall, (0.0, frame.feet + frame.height / 2, out - frame.thick / 2)), (0.0, 1.0, 0.0), turn)


def boards(
    frame: CrateFrame, draw: np.random.Generator, along: float, across: float, count: int, *, short: float = 0.0
) -> list[Shell]:
    """`count` boards side by side about the origin, along x, piled in y, facing +z; `short`: ends may stop short by it."""
    planks = frame.params.planks
    pitch = across / count
    cuts = np.concatenate([[0.0], np.arange(1, count) + draw.uniform(-0.16, 0.16, count - 1) * planks.irregular, [count]]) * pitch
    out = []
    for i in range(count):
        wide = (cuts[i + 1] - cuts[i]) - planks.gap * pitch - 0.0012
        length = along - short * float(draw.uniform(0.0, 1.0)) * planks.irregular
        thick = frame.thick * (1.0 + 0.22 * float(draw.uniform(-1.0, 1.0)) * planks.irregular)
        board = plank(length, wide, thick, draw, bevel=0.16 * frame.thick + 0.001, rough=planks.irregular)
        board = turned(board, (0.0, 0.0, 1.0), float(draw.uniform(-0.008, 0.008)) * planks.irregular)
        shift = float(draw.uniform(-0.5, 0.5)) * (along - length)
        out.append(tinted(moved(board, (shift, (cuts[i] + cuts[i + 1]) / 2 - across / 2, 0.0)), float(draw.uniform(0.74, 1.0))))
    return out


def _wall(frame: CrateFrame, rng: Stream, name: str, along: float) -> Shell:
    draw = rng("wall", name)
    planks = frame.params.planks
    short = 0.03 * along if frame.params.frame.style == "none" else 0.0
    if planks.upright:
        count = min(max(2, round(planks.count * along / frame.height)), 10)
        pieces = [turned(board, (0.0, 0.0, 1.0), BACK) for board in boards(frame, draw, frame.height, along, count, short=short)]
    else:
        pieces = boards(frame, draw, along, frame.height, planks.count, short=0.0)
    if planks.gap < 0.08:
        # A dark lining behind closed boards: no light shines through the cracks between them.
        lining = tinted(box((0.985 * along, 0.97 * frame.height, 0.3 * frame.thick), 0.001), 0.42)
        pieces.append(moved(lining, (0.0, 0.0, -0.45 * frame.thick)))
    return join(*pieces)


def _floor(frame: CrateFrame, rng: Stream) -> Shell:
    flat = join(*boards(frame, rng("floor"), frame.width - 1.9 * frame.thick, frame.depth - 1.9 * frame.thick, 3))
    return moved(turned(flat, (1.0, 0.0, 0.0), -BACK), (0.0, frame.feet + frame.thick / 2 + 0.001, 0.0))


def _battens(frame: CrateFrame, rng: Stream, name: str, along: float) -> Shell:
    """Boards along the edges of a wall, a brace or a cross between them, and nails."""
    draw = rng("battens", name)
    w, t, h = frame.batten, frame.proud, frame.height
    z = frame.thick / 2 + t / 2 - 0.12 * frame.thick
    rough = frame.params.planks.irregular
    b = 0.12 * w
    wide = along + (2 * t if name in ("front", "back") else 0.0)
    pieces = []
    for side in (-1, 1):
        stile = plank(h + 0.004 + 0.012 * h * rough * float(draw.uniform(0, 1)), w, t, draw, bevel=b, rough=0.6 * rough)
        pieces.append(moved(turned(stile, (0.0, 0.0, 1.0), BACK), (side * (wide / 2 - w / 2), 0.0, z)))
        rail = plank(wide - 1.9 * w, w * 0.96, t * 0.94, draw, bevel=b, rough=0.6 * rough)
        pieces.append(moved(rail, (0.0, side * (h / 2 - w / 2 - 0.002), z)))
    span, drop = wide - 2 * w, h - 2 * w
    length, angle = math.hypot(span, drop) - 0.55 * w, math.atan2(drop, span)
    braces = {"edges": (), "braced": (1.0 if draw.uniform() < 0.5 else -1.0,), "crossed": (1.0, -1.0)}[frame.params.frame.style]
    for k, way in enumerate(braces):
        brace = plank(length, 0.92 * w, t * (0.8 - 0.22 * k), draw, bevel=b, rough=0.4 * rough)
        pieces.append(moved(turned(brace, (0.0, 0.0, 1.0), way * angle), (0.0, 0.0, z - 0.05 * t)))
    if frame.params.frame.nails:
        head = tinted(nail(0.1 * w + 0.0012), 0.45)
        for sx in (-1, 1):
            for y in (-1, 1):
                spot = (sx * (wide / 2 - w / 2), y * (h / 2 - 0.55 * w), z + t / 2)
                pieces.append(
                    moved(
                        head,
                        (spot[0] + float(draw.uniform(-0.1, 0.1)) * w, spot[1] + float(draw.uniform(-0.1, 0.1)) * w, spot[2]),
                    )
                )
    return join(*pieces)


def nail(radius: float, sides: int = 6) -> Shell:
    """The domed head of a nail or rivet, about the origin, facing +z; its rim is sunk a little."""
    rows = [
        (0.0, -0.5 * radius),
        (radius, -0.1 * radius),
        (0.62 * radius, 0.42 * radius),
        (0.0, 0.52 * radius),
    ]
    return turned(lathe(rows, sides), (1.0, 0.0, 0.0), BACK)


def _feet(frame: CrateFrame) -> Shell:
    size = max(0.12 * min(frame.width, frame.depth), 0.02)
    low = 1.0 - frame.params.size.taper
    pieces = []
    for sx in (-1, 1):
        for sz in (-1, 1):
            foot = box((size, frame.feet + 0.3 * frame.thick, size), 0.12 * size, base=True, taper=(1.25, 1.25), along=1)
            pieces.append(
                moved(foot, (sx * (low * frame.width / 2 - 0.7 * size), 0.0, sz * (low * frame.depth / 2 - 0.7 * size)))
            )
    return join(*pieces)


def _lid(frame: CrateFrame, rng: Stream) -> list[Part]:
    lid = frame.params.lid
    shells = _domed(frame, rng) if lid.style == "domed" else _flat(frame, rng)
    hinge = ((-1.0, 0.0, 0.0), -lid.open, 1.9 - lid.open)
    top = frame.top + frame.rise
    support = PartSocket("top", (0.0, top, 0.0), "support", (0.9 * frame.width, 0.9 * frame.depth))
    sockets = (support,) if lid.style == "flat" and lid.open < 0.05 else ()
    main = Part("lid", surface(frame.opened(shells[0])), "lid", frame.hinge, "floor", hinge, sockets)
    trims = [Part("lid_frame", surface(frame.opened(shells[1])), "frame", frame.hinge, "lid")] if len(shells) > 1 else []
    return [main, *trims]


def _flat(frame: CrateFrame, rng: Stream) -> list[Shell]:
    """Boards over the box, on two battens, with battens along the edges where the walls have them."""
    draw = rng("lid")
    t, out = frame.thick, frame.proud + 0.006
    wide, deep = frame.width + 2 * out, frame.depth + 2 * out
    count = min(max(2, round(frame.params.planks.count * deep / (frame.height + deep) * 1.6)), 10)
    flat = turned(join(*boards(frame, draw, wide, deep, count, short=0.015 * wide)), (1.0, 0.0, 0.0), -BACK)
    pieces = [moved(flat, (0.0, frame.top + 0.62 * t, 0.0))]
    lining = tinted(box((0.97 * frame.width, 0.3 * t, 0.97 * frame.depth), 0.001), 0.5)
    pieces.append(moved(lining, (0.0, frame.top + 0.1 * t, 0.0)))
    boards_ = join(*pieces)
    if frame.params.frame.style == "none":
        return [boards_]
    trim = []
    w = frame.batten
    for side in (-1, 1):
        rail = plank(deep, w, frame.proud, draw, bevel=0.12 * w, rough=0.5)
        rail = turned(turned(rail, (1.0, 0.0, 0.0), -BACK), (0.0, 1.0, 0.0), BACK)
        trim.append(moved(rail, (side * (wide / 2 - w / 2), frame.top + 1.1 * t + 0.5 * frame.proud, 0.0)))
        cross = plank(wide - 1.9 * w, 0.96 * w, 0.92 * frame.proud, draw, bevel=0.12 * w, rough=0.5)
        trim.append(
            moved(
                turned(cross, (1.0, 0.0, 0.0), -BACK), (0.0, frame.top + 1.1 * t + 0.48 * frame.proud, side * (deep / 2 - w / 2))
            )
        )
    return [boards_, join(*trim)]


def arc(frame: CrateFrame, grow: float) -> Callable[[np.ndarray], np.ndarray]:
    """The outline of a domed lid grown by `grow` metres: angles -> (N, 3) points at x = 0, from the front edge to the back."""
    deep, rise = frame.depth / 2 + grow, frame.rise + grow

    def at(angle: np.ndarray) -> np.ndarray:
        return np.stack([np.zeros_like(angle), frame.top + 0.008 + rise * np.sin(angle), deep * np.cos(angle)], axis=1)

    return at


def _domed(frame: CrateFrame, rng: Stream) -> list[Shell]:
    """Staves along x over an arc, a lining under them, and boards that close the ends."""
    draw = rng("lid")
    rough = frame.params.planks.irregular
    count = max(4, frame.params.planks.count * 2)
    t = frame.thick
    line = arc(frame, -0.2 * t)
    knots = line(np.linspace(0.0, math.pi, count + 1))
    pieces = []
    for i in range(count):
        a, b = knots[i], knots[i + 1]
        middle, way = (a + b) / 2, b - a
        chord = float(np.linalg.norm(way))
        stave = plank(
            frame.width + 0.012 * float(draw.uniform(-1, 1)) * rough, chord + 0.08 * t, t, draw, bevel=0.16 * t, rough=0.6 * rough
        )
        # A plank faces +z with its width along y: turned about x it lies along the chord, facing outwards.
        stave = turned(stave, (1.0, 0.0, 0.0), math.atan2(way[2], way[1]))
        pieces.append(tinted(moved(stave, middle), float(draw.uniform(0.74, 1.0))))
    inner = arc(frame, -0.8 * t)(np.linspace(0.04, math.pi - 0.04, 9))
    pieces.append(tinted(sweep(inner, rounded(frame.width - 2.4 * t, 0.4 * t, 0.001, 1), side=(1.0, 0.0, 0.0)), 0.45))
    for side in (-1, 1):
        pieces.append(_end(frame, side))
    return [join(*pieces)]


def _end(frame: CrateFrame, side: int) -> Shell:
    """The half-round board that closes an end of a domed lid."""
    t = frame.thick
    b = 0.15 * t
    angles = np.linspace(0.0, math.pi, 13)
    rings = []
    for inset, x in ((b, 0.0), (0.0, b), (0.0, t - b), (b, t)):
        ring = arc(frame, -0.75 * t - inset)(angles)
        ring[:, 1] += inset * (1.0 - np.sin(angles))
        ring[:, 0] = x - t / 2 + side * (frame.width / 2 - 0.8 * t)
        rings.append(ring[::-1])
    return loft(np.asarray(rings), Look("around", 42.0, (1.0, 0.9, 1.0)))
