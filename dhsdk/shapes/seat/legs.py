"""Legs of a seat: single legs, sleds, pedestals and plinths, with stretchers and rockers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dhsdk.shapes.curves import bezier, circle, rectangle, rounded
from dhsdk.shapes.kernel import Part, Stream
from dhsdk.shapes.lathe import lathe, torus
from dhsdk.shapes.seat.frame import SeatFrame
from dhsdk.shapes.solids import stack
from dhsdk.shapes.surface import Shell, join, mirrored, moved, surface
from dhsdk.shapes.sweep import sweep, tube
from dhsdk.shapes.turning import BALUSTER, BOBBIN, COLUMN, leaned, tapered_post, turned_member

ROCK = 0.035
"""How far a rocker has risen where the feet stand on it, metres."""


@dataclass(frozen=True)
class Stand:
    """One leg: its name, where its top and its foot are (x, z), metres."""

    name: str
    top: tuple[float, float]
    foot: tuple[float, float]

    def at(self, share: float) -> tuple[float, float]:
        """(x, z) at a share of the height: 0 the foot, 1 the top."""
        return (
            self.foot[0] + (self.top[0] - self.foot[0]) * share,
            self.foot[1] + (self.top[1] - self.foot[1]) * share,
        )


def stands(frame: SeatFrame) -> list[Stand]:
    """Where the legs stand: at the corners, then along the long sides; on a circle for a round seat or three legs."""
    legs, seat = frame.params.legs, frame.params.seat
    slope = math.tan(legs.splay) * frame.under
    if seat.shape == "round":
        spots = []
        for i in range(legs.count):
            angle = math.pi / legs.count + i * 2 * math.pi / legs.count
            spots.append((f"leg_{i + 1}", 0.68 * frame.width / 2 * math.sin(angle), 0.68 * frame.depth / 2 * math.cos(angle)))
    else:
        x, z, back_x, back_z = frame.width / 2 - 0.62 * frame.leg, frame.depth / 2 - 0.62 * frame.leg, frame.post_x, frame.post_z
        front = [("leg_front_left", x, z), ("leg_front_right", -x, z)]
        back = [("leg_back_left", back_x, back_z), ("leg_back_right", -back_x, back_z)]
        if legs.count == 3:
            back = [("leg_back", 0.0, back_z)]
        spots = front + back
        if legs.count == 5:
            spots.append(("leg_middle", 0.0, 0.0))
        if legs.count == 6:
            spots += [("leg_front_middle", 0.0, z), ("leg_back_middle", 0.0, back_z)]
    out = []
    for name, x, z in spots:
        reach = math.hypot(x / frame.width, z / frame.depth)
        # Legs lean along the diagonal of the seat, not along that of a long bench.
        dx, dz = ((x / frame.width) / reach, (z / frame.depth) / reach) if reach > 1e-6 else (0.0, 0.0)
        out.append(Stand(name, (x, z), (x + dx * slope, z + dz * slope)))
    return out


def leg_parts(frame: SeatFrame, rng: Stream) -> list[Part]:
    """The legs and what joins them."""
    style = frame.params.legs.style
    if style == "plinth":
        return [Part("base", surface(_plinth(frame)), "legs", (0.0, 0.0, 0.0), "seat")]
    if style == "pedestal":
        return [Part("pedestal", surface(_pedestal(frame)), "legs", (0.0, 0.0, 0.0), "seat")]
    if style == "sled":
        left = _runner(frame)
        parts = []
        for name, shell, side in (("leg_left", left, 1), ("leg_right", mirrored(left), -1)):
            parts.append(Part(name, surface(shell), "legs", (side * frame.post_x, frame.under, 0.0), "seat"))
        return parts
    spots = stands(frame)
    lift = ROCK + 0.3 * frame.leg if frame.params.legs.rockers else 0.0
    parts = [_leg(frame, rng, stand, lift) for stand in spots]
    bars = _stretchers(frame, spots)
    if bars is not None:
        parts.append(Part("stretchers", surface(bars), "frame", (0.0, 0.35 * frame.under, 0.0), "seat"))
    if frame.params.legs.rockers:
        parts += _rockers(frame, spots)
    return parts


def _leg(frame: SeatFrame, rng: Stream, stand: Stand, lift: float) -> Part:
    legs, carving = frame.params.legs, frame.params.carving
    height = frame.under + 0.5 * frame.thick - lift
    draw = rng("legs", stand.name)
    wide = legs.thickness * (1.0 + float(draw.uniform(-0.06, 0.06)) * carving.irregular)
    top = stand.top
    foot = tuple(float(f + draw.uniform(-0.006, 0.006) * carving.irregular) for f in stand.foot)
    if legs.style == "cabriole":
        shell = moved(_cabriole(frame, stand, height, wide), (0.0, lift, 0.0))
    else:
        if legs.style == "tapered":
            shell = tapered_post(height, wide, legs.taper, frame.bevel)
        else:
            profile = BALUSTER if legs.style == "turned" else BOBBIN
            shell = turned_member(profile, height, wide / 2, frame.params.detail, 0.55 + 0.45 * carving.ornament)
            share = shell.points[:, 1] / height
            shell = _scaled_below(shell, legs.taper, share)
        shell = moved(leaned(shell, height, foot[0] - top[0], foot[1] - top[1]), (top[0], lift, top[1]))
    return Part(stand.name, surface(shell), "legs", (top[0], frame.under, top[1]), "seat")


def _scaled_below(shell: Shell, taper: float, share: np.ndarray) -> Shell:
    from dataclasses import replace

    factor = 1.0 + (taper / 0.8 - 1.0) * np.clip(1.0 - share / 0.8, 0.0, 1.0)
    return replace(shell, points=shell.points * np.stack([factor, np.ones_like(factor), factor], axis=1))


def _cabriole(frame: SeatFrame, stand: Stand, height: float, wide: float) -> Shell:
    """A leg with a knee, an ankle and a foot, in the vertical plane of its outward direction."""
    x, z = stand.top
    out = np.array([math.copysign(0.7071, x or 1.0), 0.0, math.copysign(0.7071, z or 1.0)])
    knee = 0.9 * wide * (0.6 + frame.params.carving.ornament)
    reach = math.hypot(stand.foot[0] - x, stand.foot[1] - z)
    sway = [
        (0.0, 1.0),
        (knee * 0.5, 0.93),
        (knee, 0.78),
        (0.1 * knee, 0.5),
        (-0.35 * knee, 0.24),
        (-0.2 * knee, 0.1),
        (0.55 * knee, 0.0),
    ]
    path = [np.array([x, 0.0, z]) + out * (a + reach * (1 - t)) + np.array([0.0, t * height, 0.0]) for a, t in sway]
    from dhsdk.shapes.curves import spline

    rows = spline([tuple(p) for p in path], 2)
    scale = np.interp(np.linspace(0, 6, len(rows)), range(7), [1.0, 1.15, 1.25, 0.85, 0.62, 0.6, 0.95])
    scale[len(rows) // 2 :] *= np.linspace(1.0, frame.params.legs.taper / 0.62, len(rows) - len(rows) // 2)
    body = sweep(
        rows[::-1],
        rounded(wide, wide, 0.22 * wide, 2),
        scale=scale[::-1],
        side=tuple(np.cross(out, (0, 1, 0))),
        bevel=frame.bevel,
    )
    return _floored(body)


def _floored(shell: Shell) -> Shell:
    """The shell moved up so that its lowest point is on the floor."""
    return moved(shell, (0.0, -float(shell.points[:, 1].min()), 0.0))


def _runner(frame: SeatFrame) -> Shell:
    """The left runner of a sled: down in front, along the floor and up behind, with round corners."""
    legs = frame.params.legs
    h = frame.under + 0.3 * frame.thick
    w = legs.thickness
    slope = math.tan(legs.splay) * h
    x = frame.post_x - 0.5 * w
    top_z, foot_z = 0.36 * frame.depth, 0.44 * frame.depth + 0.6 * slope
    r = 0.28 * h
    foot = w / 2
    spots = [
        [(top_z, h), (top_z + (foot_z - top_z) * 0.6, foot + r)],
        bezier([(top_z + (foot_z - top_z) * 0.6, foot + r), (foot_z, foot), (foot_z - r, foot)], 6)[1:],
        [(0.0, foot * (1.0 + 0.9 * frame.params.carving.ornament))],
    ]
    half = np.concatenate([np.asarray(s) for s in spots])
    half = half[np.concatenate([[True], np.linalg.norm(np.diff(half, axis=0), axis=1) > 0.01])]
    back = half[:-1][::-1] * (-1.0, 1.0)
    flat = np.concatenate([half, back])
    path = np.stack([x + slope * 0.35 * (1.0 - flat[:, 1] / h), flat[:, 1], flat[:, 0]], axis=1)
    scale = np.interp(flat[:, 1] / h, [0.0, 1.0], [legs.taper / 0.62, 1.0])
    bar = sweep(path, rounded(w, w * 0.8, 0.2 * w, 1), scale=scale, side=(1.0, 0.0, 0.0), bevel=frame.bevel)
    return _floored(bar)


def _pedestal(frame: SeatFrame) -> Shell:
    """A turned column on radial feet."""
    legs, carving, count = frame.params.legs, frame.params.carving, frame.params.detail
    h = frame.under + 0.3 * frame.thick
    lift = 0.1 * h
    column = moved(turned_member(COLUMN, h - lift, 0.75 * legs.thickness, count, 0.4 + 0.6 * carving.ornament), (0.0, lift, 0.0))
    collar = moved(
        lathe([(0, 0), (1.1 * legs.thickness, 0.0), (0.9 * legs.thickness, 0.03), (0, 0.03)], count),
        (0.0, frame.under - 0.022, 0.0),
    )
    reach = 0.42 * min(frame.width, frame.depth) + math.tan(legs.splay) * 0.8 * h
    w = legs.thickness * 0.8
    parts = [column, collar]
    for i in range(legs.count):
        angle = math.pi / 4 + i * 2 * math.pi / legs.count
        out = np.array([math.sin(angle), 0.0, math.cos(angle)])
        curve = bezier(
            [
                (0.0, lift + 0.5 * w + 0.09 * h),
                (0.4 * reach, lift + 0.5 * w + 0.09 * h),
                (0.6 * reach, 0.35 * w),
                (reach, 0.35 * w),
            ],
            7,
        )
        path = curve[:, :1] * out + curve[:, 1:] * np.array([0.0, 1.0, 0.0])
        scale = np.linspace(1.0, legs.taper, 7)
        parts.append(
            sweep(path, rounded(w, w, 0.25 * w, 1), scale=scale, side=tuple(np.cross(out, (0, 1, 0))), bevel=frame.bevel)
        )
    if legs.stretchers != "none" or h > 0.55:
        parts.append(torus(0.62 * reach, 0.36 * h, 0.2 * w, 2 * count))
        for i in range(legs.count):
            angle = math.pi / 4 + i * 2 * math.pi / legs.count
            end = (0.62 * reach * math.sin(angle), 0.36 * h, 0.62 * reach * math.cos(angle))
            start = (0.06 * reach * math.sin(angle), 0.36 * h, 0.06 * reach * math.cos(angle))
            parts.append(tube([start, end], 0.14 * w, 6))
    return _floored(join(*parts))


def _plinth(frame: SeatFrame) -> Shell:
    """A solid base with a step at the floor and a moulding under the seat."""
    h, b = frame.under + 0.3 * frame.thick, frame.bevel
    step = 0.5 * frame.leg
    base = min(0.22 * h, 0.12)
    spread = math.tan(frame.params.legs.splay) * h * 0.4
    profile = [
        (b - spread, 0.0),
        (-spread, b),
        (-spread, base - b),
        (b - spread * 0.9, base),
        (step * 0.9, base + 0.6 * step),
        (step, base + step),
        (step * 1.15, 0.72 * h),
        (step * 0.6, 0.8 * h),
        (0.35 * step, 0.82 * h),
        (0.35 * step, h),
    ]
    body = stack(rectangle(frame.width, frame.depth, 0.03, 1), profile, tint=(1.0, 0.9, 1.0, 0.95, 0.9, 0.88, 0.92, 0.97, 0.9))
    columns = []
    thick = 0.42 * frame.leg
    for sx in (-1, 1):
        column = turned_member(
            COLUMN, 0.62 * h, thick, max(8, frame.params.detail // 2), 0.4 + 0.6 * frame.params.carving.ornament
        )
        columns.append(moved(column, (sx * (frame.width / 2 - 1.1 * step), base - 0.004, frame.depth / 2 - 1.1 * step)))
    return join(body, *columns)


def _stretchers(frame: SeatFrame, spots: list[Stand]) -> Shell | None:
    kind = frame.params.legs.stretchers
    if kind == "none":
        return None
    thick = 0.5 * frame.leg
    share = 0.34
    y = share * frame.under
    if kind == "ring":
        radius = float(np.mean([math.hypot(*stand.at(share)) for stand in spots if stand.name != "leg_middle"]))
        ring = torus(radius, y, 0.45 * thick, 2 * frame.params.detail)
        far = [stand.at(share) for stand in spots if math.hypot(*stand.at(share)) > 1.12 * radius]
        inner = [(x * radius / math.hypot(x, z), z * radius / math.hypot(x, z)) for x, z in far]
        return join(ring, *(_bar(end, near, y, thick) for end, near in zip(far, inner, strict=True)))
    ends = [stand.at(share) for stand in spots]
    if len(ends) == 3 or frame.params.seat.shape == "round":
        if kind == "cross":
            return join(*(_bar(end, (0.0, 0.0), y + 0.3 * thick * i, thick) for i, end in enumerate(ends)))
        return join(
            *(
                _bar(a, b, y + 0.35 * thick * (i % 3), thick)
                for i, (a, b) in enumerate(zip(ends, ends[1:] + ends[:1], strict=True))
            )
        )
    fl, fr, bl, br = ends[:4]
    sides = [_bar(fl, bl, y, thick), _bar(fr, br, y, thick)]
    if kind == "cross":
        middle = [tuple(np.add(a, b) / 2) for a, b in ((fl, bl), (fr, br))]
        return join(*sides, _bar(middle[0], middle[1], y, thick))
    return join(*sides, _bar(fl, fr, y + 0.12 * frame.under, thick), _bar(bl, br, y + 0.16 * frame.under, thick))


def _bar(a: tuple[float, ...], b: tuple[float, ...], y: float, thick: float) -> Shell:
    side = np.cross((b[0] - a[0], 0.0, b[1] - a[1]), (0.0, 1.0, 0.0))
    path = np.stack([np.linspace(a[0], b[0], 3), np.full(3, y), np.linspace(a[1], b[1], 3)], axis=1)
    return sweep(
        path,
        circle(thick / 2, 8, math.pi / 8),
        scale=np.array([0.75, 1.15, 0.75]),
        side=tuple(side),
        bevel=0.1 * thick,
        crease=50.0,
    )


def _rockers(frame: SeatFrame, spots: list[Stand]) -> list[Part]:
    """A runner under each side: an arc that has risen by ROCK where the feet stand on it."""
    parts = []
    front = max(stand.foot[1] for stand in spots)
    back = min(stand.foot[1] for stand in spots)
    middle, half = (front + back) / 2, (front - back) / 2
    w = 0.9 * frame.leg
    z = np.linspace(front + 0.4 * half, back - 0.75 * half, 13)
    y = ROCK * ((z - middle) / half) ** 2 + 0.4 * w
    for name, sign in (("rocker_left", 1), ("rocker_right", -1)):
        xs = [abs(stand.foot[0]) for stand in spots if stand.foot[0] * sign > 0.02] or [0.4 * frame.width]
        x = sign * float(np.mean(xs))
        path = np.stack([np.full(13, x), y, z], axis=1)
        scale = np.interp(np.arange(13), [0, 3, 8, 12], [0.7, 1.0, 1.0, 0.7])
        shell = sweep(path, rounded(w, 0.8 * w, 0.2 * w, 1), scale=scale, side=(1.0, 0.0, 0.0), bevel=frame.bevel)
        parts.append(Part(name, surface(shell), "legs", (x, 0.0, 0.0), "seat"))
    return parts
