"""What carries a table: legs, pedestals, trestles, crossed legs, hairpins, panels; bars and shelves between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dhsdk.shapes.boards import across, upward
from dhsdk.shapes.curves import bezier, circle, disc, rounded
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.solids import box, plate
from dhsdk.shapes.surface import Shell, join, moved, surface, turned
from dhsdk.shapes.sweep import beam, sweep, tube
from dhsdk.shapes.table.frame import QUARTER, TableFrame, laid
from dhsdk.shapes.turning import BALUSTER, COLUMN, leaned, tapered_post, turned_member


@dataclass(frozen=True)
class Stand:
    """One leg: its name, where its top and foot are (x, z), metres."""

    name: str
    top: tuple[float, float]
    foot: tuple[float, float]

    def at(self, share: float) -> tuple[float, float]:
        """(x, z) at a share of the height: 0 the foot, 1 the top."""
        return tuple(f + (t - f) * share for f, t in zip(self.foot, self.top, strict=True))  # type: ignore[return-value]


def stands(frame: TableFrame, rng: Stream) -> list[Stand]:
    """Where legs stand: at the corners, then along the long sides; on an ellipse under a round top. Worn ones lean."""
    x, z, count = frame.x, frame.z, frame.params.legs.count
    if frame.rounded:
        angles = (np.arange(count) + 0.5) * 2 * math.pi / count
        spots = [(f"leg_{i + 1}", x * math.sin(a), z * math.cos(a)) for i, a in enumerate(angles)]
    else:
        spots = [("leg_front_left", x, z), ("leg_front_right", -x, z), ("leg_back_left", x, -z), ("leg_back_right", -x, -z)]
        if count == 3:
            spots[2:] = [("leg_back", 0.0, -z)]
        elif count > 4:
            spots += [("leg_front_middle", 0.0, z), ("leg_back_middle", 0.0, -z)][: count - 4]
    slope = math.tan(frame.splay) * frame.under
    out = []
    for name, a, b in spots:
        reach = math.hypot(a / frame.width, b / frame.depth)
        lean = rng("lean", name).uniform(-1.0, 1.0, 2) * 0.02 * frame.wear * frame.under
        dx, dz = (a / frame.width / reach * slope, b / frame.depth / reach * slope)
        out.append(Stand(name, (a, b), (a + dx + float(lean[0]), b + dz + float(lean[1]))))
    return out


def leg_parts(frame: TableFrame, rng: Stream) -> list[Part]:
    """All that stands on the floor, and what joins it; carcasses bring feet of their own."""
    legs = frame.params.legs
    if frame.body:
        return []
    under = (0.0, frame.under, 0.0)
    if legs.style == "pedestal":
        return [Part("pedestal", surface(_pedestal(frame)), "legs", under, "top")]
    if legs.style in ("trestle", "crossed", "panel"):
        return _ends(frame, rng)
    spots = stands(frame, rng)
    parts = [
        Part(one.name, surface(_leg(frame, rng, one)), _slot(frame), (one.top[0], frame.under, one.top[1]), "top")
        for one in spots
    ]
    if legs.stretcher:
        parts.append(Part("stretchers", surface(_stretchers(frame, spots)), _slot(frame), (0.0, 0.2 * frame.under, 0.0), "top"))
    if legs.shelf:
        parts.append(_shelf(frame, rng, spots))
    return parts


def _slot(frame: TableFrame) -> str:
    return "iron" if frame.params.legs.style == "hairpin" else "legs"


def _leg(frame: TableFrame, rng: Stream, one: Stand) -> Shell:
    high = frame.under + 0.25 * frame.thick
    wide = frame.leg * (1.0 + 0.05 * frame.rough * float(rng("legs", one.name).uniform(-1.0, 1.0)))
    style = frame.params.legs.style
    if style == "hairpin":
        return _hairpin(frame, one)
    shell = post(frame, style, high, wide)
    return moved(leaned(shell, high, one.foot[0] - one.top[0], one.foot[1] - one.top[1]), (one.top[0], 0.0, one.top[1]))


def post(frame: TableFrame, style: str, high: float, wide: float) -> Shell:
    """A leg on the origin: square and tapered, or turned under a square block."""
    if style != "turned":
        return tapered_post(high, wide, frame.params.legs.taper, frame.bevel)
    block = min(frame.apron + 0.03, 0.4 * high)
    spread = 0.62 + 0.5 * (frame.params.legs.taper - 0.4)
    body = turned_member(
        BALUSTER, high - block + 0.012, 0.5 * wide, frame.params.detail, 0.5 + 0.5 * frame.params.joinery.ornament
    )
    share = np.clip(1.0 - body.points[:, 1] / (0.5 * high), 0.0, 1.0)
    factor = 1.0 + (spread - 0.75) * share
    body = Shell(
        body.points * np.stack([factor, np.ones_like(factor), factor], axis=1), body.faces, body.uvs, body.tint, body.crease
    )
    return join(body, moved(box((wide, block, wide), frame.bevel, along=1), (0.0, high - block / 2, 0.0)))


def _hairpin(frame: TableFrame, one: Stand) -> Shell:
    """A bent rod: down, around at the floor and up again, on a plate under the top."""
    r = 0.14 * frame.leg + 0.001
    out = np.array([one.top[0], 0.0, one.top[1]])
    out = out / max(float(np.linalg.norm(out)), 1e-9)
    side = np.cross(out, (0.0, 1.0, 0.0))
    high = frame.under - 0.004
    top, foot = np.array([one.top[0], high, one.top[1]]), np.array([one.foot[0], r, one.foot[1]])
    spread = 0.11 * frame.under**0.5 * (1.0 + 0.4 * frame.params.joinery.ornament)
    bend = [
        foot + side * (spread * 0.22 * s) + (0.0, lift, 0.0)
        for s, lift in ((-1.0, 0.05), (-0.7, 0.012), (0.0, 0.0), (0.7, 0.012), (1.0, 0.05))
    ]
    path = [top - side * spread, *bend, top + side * spread]
    rod = tube(path, r, max(6, frame.params.detail // 2))
    pad = moved(box((2.8 * spread, 0.006, 4.0 * r + 0.02), 0.0015, along=0), (0.0, high + 0.001, 0.0))
    pad = turned(pad, (0.0, 1.0, 0.0), math.atan2(-float(side[2]), float(side[0])))
    return join(rod, moved(pad, (one.top[0], 0.0, one.top[1])))


def _pedestal(frame: TableFrame) -> Shell:
    """A turned column on curved feet, under a round block."""
    legs, ornament = frame.params.legs, frame.params.joinery.ornament
    h, count, w = frame.under, frame.params.detail, frame.leg
    lift = 0.11 * h
    column = moved(turned_member(COLUMN, h - lift, 0.72 * w, count, 0.4 + 0.6 * ornament), (0.0, lift, 0.0))
    reach = (0.34 + 0.6 * math.tan(frame.splay)) * min(frame.width, frame.depth)
    block = moved(plate(disc(max(0.5 * reach, w), 2 * count), 0.03, 0.5 * frame.bevel), (0.0, h - 0.027, 0.0))
    boss = moved(
        lathe([(0.0, 0.0), (0.5 * w, 0.0), (0.62 * w, 0.25 * w), (0.2 * w, 0.5 * w), (0.0, 0.5 * w)], count),
        (0.0, lift - 0.3 * w, 0.0),
    )
    pieces = [column, block, boss]
    for i in range(legs.count):
        angle = math.pi / legs.count + i * 2 * math.pi / legs.count
        out = np.array([math.sin(angle), 0.0, math.cos(angle)])
        rise = lift + 0.4 * w + (0.05 + 0.09 * ornament) * h
        curve = bezier([(0.0, rise), (0.42 * reach, rise), (0.55 * reach, 0.32 * w), (reach, 0.34 * w)], 8)
        path = curve[:, :1] * out + curve[:, 1:] * np.array([0.0, 1.0, 0.0])
        scale = np.linspace(1.0, min(legs.taper, 1.0), 8)
        scale[-1] *= 1.1
        side = tuple(np.cross(out, (0.0, 1.0, 0.0)))
        pieces.append(sweep(path, rounded(0.62 * w, 0.78 * w, 0.2 * w, 1), scale=scale, side=side, bevel=frame.bevel))
    shell = join(*pieces)
    return moved(shell, (0.0, -float(shell.points[:, 1].min()), 0.0))


def _ends(frame: TableFrame, rng: Stream) -> list[Part]:
    """Two frames that carry the top at its ends, and the bar between them."""
    legs = frame.params.legs
    make = {"trestle": _trestle, "crossed": _crossed, "panel": _panel}[legs.style]
    x = 0.8 * frame.x if legs.style != "panel" else frame.x
    parts = []
    for name, way in (("left", 1.0), ("right", -1.0)):
        lean = way * (math.tan(frame.splay) + 0.012 * frame.wear * float(rng("lean", name).uniform(-1.0, 1.0))) * frame.under
        shell = moved(leaned(turned(make(frame), (0.0, 1.0, 0.0), way * QUARTER), frame.under, lean, 0.0), (way * x, 0.0, 0.0))
        parts.append(Part(f"end_{name}", surface(shell), "legs", (way * x, frame.under, 0.0), "top"))
    if legs.stretcher:
        parts.append(Part("stretcher", surface(_long_bar(frame, x)), "legs", (0.0, 0.3 * frame.under, 0.0), "top"))
    if legs.shelf:
        y = 0.3 * frame.under
        board = moved(laid(frame, 2 * x - 0.3 * frame.leg, 1.1 * frame.z, 0.024, 2, rng("shelf")), (0.0, y, 0.0))
        support = PartSocket("shelf", (0.0, y + 0.012, 0.0), "support", (1.6 * x, 0.9 * frame.z))
        parts.append(Part("shelf", surface(board), "frame", (0.0, y, 0.0), "top", sockets=(support,)))
    return parts


def _trestle(frame: TableFrame) -> Shell:
    """A foot with an arched sole, a waisted post and a bearer, in the x-y plane."""
    w, h = frame.leg, frame.under
    half = max(frame.z, 1.3 * w)
    xs = np.linspace(-half, half, 9)
    share = np.abs(xs / half)
    sole = 0.4 * w * (0.4 + frame.params.joinery.ornament) * np.clip(1.0 - share * 1.5, 0.0, 1.0) ** 0.5
    foot = across(xs, sole, (1.5 - 0.62 * share**1.6) * w, w, frame.bevel)
    bearer = across(xs * 0.92, h - (1.25 - 0.6 * share**2) * w, np.full(9, h + 0.002), 0.92 * w, frame.bevel)
    ys = np.linspace(1.2 * w, h - 0.8 * w, 7)
    t = np.linspace(-1.0, 1.0, 7)
    wide = min(2.6 * w, 1.1 * half) * (1.0 - (0.12 + 0.4 * frame.params.joinery.ornament) * (1.0 - t * t))
    middle = upward(ys, np.zeros(7), wide, 0.84 * w, frame.bevel)
    return join(foot, bearer, middle)


def _crossed(frame: TableFrame) -> Shell:
    """Two beams halved into one another, under a bearer, in the x-y plane."""
    w, h = frame.leg, frame.under
    half = max(frame.z, 1.5 * w)
    beams = []
    for k, way in enumerate((1.0, -1.0)):
        bar = beam((-way * half, 0.0, 0.0), (way * 0.86 * half, h, 0.0), 0.8 * w, w, bevel=frame.bevel, side=(0.0, 0.0, 1.0),
                   taper=1.0)  # fmt: skip
        flat = np.clip(bar.points, (-9.0, 0.0, -9.0), (9.0, h, 9.0)) + (0.0, 0.0, 0.06 * w * (k - 0.5))
        beams.append(Shell(flat, bar.faces, bar.uvs, bar.tint, bar.crease))
    bearer = moved(box((1.96 * half, 0.9 * w, 1.1 * w), frame.bevel, along=0), (0.0, h - 0.44 * w, 0.0))
    return join(*beams, bearer)


def _panel(frame: TableFrame) -> Shell:
    """A board on end with an arch cut out at the floor, in the x-y plane."""
    half = max(frame.z, 1.2 * frame.leg)
    xs = np.linspace(-half, half, 13)
    arch = (0.06 + 0.2 * frame.params.joinery.ornament) * frame.under
    low = arch * np.clip(1.0 - (np.abs(xs) / (0.8 * half)) ** 4, 0.0, 1.0)
    return across(xs, low, np.full(13, frame.under + 0.002), 0.7 * frame.leg, frame.bevel)


def _long_bar(frame: TableFrame, x: float) -> Shell:
    """A board on edge from end to end, through both and held by wedges."""
    w = frame.leg
    y = 0.3 * frame.under
    reach = x + 1.3 * w
    pieces = [moved(box((2 * reach, 1.25 * w, 0.42 * w), frame.bevel, along=0), (0.0, y, 0.0))]
    for side in (-1, 1):
        wedge = box((0.3 * w, 1.9 * w, 0.5 * w), 0.05 * w, along=1, taper=(1.25, 1.0))
        pieces.append(moved(turned(wedge, (1.0, 0.0, 0.0), 0.05 * side), (side * (x + 0.72 * w), y + 0.12 * w, 0.0)))
    return join(*pieces)


def _bar(a: tuple[float, float], b: tuple[float, float], y: float, frame: TableFrame) -> Shell:
    thick = 0.5 * frame.leg
    side = np.cross((b[0] - a[0], 0.0, b[1] - a[1]), (0.0, 1.0, 0.0))
    path = [(a[0], y, a[1]), ((a[0] + b[0]) / 2, y, (a[1] + b[1]) / 2), (b[0], y, b[1])]
    if frame.params.legs.style == "tapered":
        return sweep(path, rounded(0.8 * thick, 1.4 * thick, 0.16 * thick, 1), side=tuple(side), bevel=0.1 * thick)
    return sweep(
        path, circle(thick / 2, 8, math.pi / 8), scale=(0.75, 1.1, 0.75), side=tuple(side), bevel=0.1 * thick, crease=50.0
    )


def _stretchers(frame: TableFrame, spots: list[Stand]) -> Shell:
    y = 0.2 * frame.under
    ends = [one.at(0.2) for one in spots]
    if frame.rounded or len(ends) == 3:
        return join(*(_bar(end, (0.0, 0.0), y + 0.003 * i, frame) for i, end in enumerate(ends)))
    fl, fr, bl, br = ends[:4]
    left, right = ((a[0] / 2 + b[0] / 2, a[1] / 2 + b[1] / 2) for a, b in ((fl, bl), (fr, br)))
    return join(_bar(fl, bl, y, frame), _bar(fr, br, y, frame), _bar(left, right, y + 0.004, frame))


def _shelf(frame: TableFrame, rng: Stream, spots: list[Stand]) -> Part:
    share = 0.3
    y = share * frame.under
    ends = np.array([one.at(share) for one in spots])
    half_x, half_z = (float(v) for v in np.abs(ends).max(axis=0))
    if frame.rounded:
        board = plate(disc(0.96 * half_x, 2 * frame.params.detail, 0.96 * half_z), 0.022, 0.006)
        board = moved(board, (0.0, y, 0.0))
    else:
        board = laid(frame, 2 * half_x - 0.2 * frame.leg, 2 * half_z - 0.2 * frame.leg, 0.022, 3, rng("shelf"))
        board = moved(board, (0.0, y + 0.011, 0.0))
    support = PartSocket("shelf", (0.0, y + 0.022, 0.0), "support", (1.3 * half_x, 1.3 * half_z))
    return Part("shelf", surface(board), "frame", (0.0, y, 0.0), "top", sockets=(support,))
