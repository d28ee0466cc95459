"""Heads of axes, hammers, maces and pickaxes, and the parts of everything above the handle. Built about its top."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from dhsdk.shapes.blade.edges import EDGE, katana, nicks, shovel, spear, sword
from dhsdk.shapes.blade.hilt import QUARTER, BladeFrame
from dhsdk.shapes.curves import bezier, rounded
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import band, lathe
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.slab import boxed, plate_between
from dhsdk.shapes.solids import box
from dhsdk.shapes.surface import Shell, Vec, join, mapped, moved, surface, turned
from dhsdk.shapes.sweep import sweep


def head_parts(frame: BladeFrame, rng: Stream) -> list[Part]:
    """The blade or head, what fixes it, and its tip."""
    style = frame.params.head.style
    top: Vec = (0.0, frame.length, 0.0)
    shells = MAKERS[style](frame, rng)
    name = "blade" if frame.hilted or style in ("spear", "shovel") else "head"
    parent = "guard" if frame.guard and not frame.crosswise else "handle"
    high = float(shells[0].points[:, 1].max())
    tip: Vec = (0.0, frame.length + high, 0.0)
    sockets = (PartSocket("tip", tip, "mount"),)
    parts = [Part(name, surface(moved(shells[0], top)), "blade", top, parent, sockets=sockets)]
    if len(shells) > 1:
        slot = "guard" if frame.hilted else "fitting"
        parts.append(Part("fitting", surface(moved(shells[1], top)), slot, top, name))
    if frame.params.head.spike and (frame.crosswise or style in ("flanged", "spiked")):
        rise = 0.012 if frame.crosswise else high - 0.006
        spike = moved(_spike(frame), (0.0, frame.length + rise - 0.008, 0.0))
        parts.append(Part("spike", surface(spike), "fitting", top, name))
    return parts


def _axe(frame: BladeFrame, rng: Stream) -> list[Shell]:
    return [_axe_head(frame, rng, double=False), _eye_pin(frame)]


def _double_axe(frame: BladeFrame, rng: Stream) -> list[Shell]:
    head = _axe_head(frame, rng, double=True)
    rise, fall = 0.006, min(max(0.42 * frame.head_length, 1.6 * frame.radius), 0.9 * frame.head_length) * 1.06
    collars = [
        moved(band(1.12 * frame.radius, 0.0, 0.55 * frame.radius, 0.7 * frame.radius, frame.count), (0.0, y, 0.0))
        for y in (rise, -fall)
    ]
    eye = max(frame.params.head.thickness * frame.chunky, 2.5 * frame.radius * (1.0 - frame.params.handle.oval))
    rows = [(0.0, -0.7 * eye), (0.34 * fall, -0.62 * eye), (0.3 * fall, -0.52 * eye)]
    boss = lathe([*rows, *((r, -y) for r, y in rows[::-1])], max(8, frame.count))
    return [head, join(*collars, moved(turned(boss, (1.0, 0.0, 0.0), QUARTER), (0.0, -0.53 * fall, 0.0)))]


def _axe_head(frame: BladeFrame, rng: Stream, *, double: bool) -> Shell:
    """A head that is thick at its eye, thin in its cheek and flares to a curved edge at +X."""
    head = frame.params.head
    high, reach = frame.head_length, max(0.5 * frame.head_width if double else frame.head_width, 2.2 * frame.radius)
    rx, rz = frame.radius, frame.radius * (1.0 - frame.params.handle.oval)
    eye = max(head.thickness * frame.chunky, 2.5 * rz)
    waist = min(max(0.42 * high, 1.6 * rx), 0.9 * high)
    beard = head.curve * (0.0 if double else 0.34)
    up, down = high * (0.5 - 0.5 * beard), -high * (0.5 + beard)
    shares = np.array([0.34, 0.5, 0.64, 0.76, 0.86, 0.93, 1.0])
    flare = ((shares - 0.28) / 0.72) ** 1.8
    thick = eye * np.array([0.68, 0.5, 0.36, 0.26, 0.18, 0.13, 0.0]) + EDGE
    rows = [
        (reach * s, -0.5 * waist + (down + 0.5 * waist) * f, 0.5 * waist + (up - 0.5 * waist) * f, t)
        for s, f, t in zip(shares, flare, thick, strict=True)
    ]
    bulges = list(reach * (0.06 + 0.2 * head.curve) * flare)
    nick = nicks(frame, rng, 5, "edge")
    if double:
        near = [(x, lo, hi, t) for x, lo, hi, t in rows]
        body = (
            [(-x, lo, hi, t) for x, lo, hi, t in near[::-1]]
            + [(-1.2 * rx, -0.5 * waist, 0.5 * waist, eye), (1.2 * rx, -0.5 * waist, 0.5 * waist, eye)]
            + near
        )
        bulge = [-b for b in bulges[::-1]] + [0.0, 0.0] + bulges
    else:
        poll = 1.5 * rx + 0.16 * reach * (1.0 - head.curve)
        b = min(frame.bevel, 0.2 * poll)
        back = 0.5 * waist * 1.05
        body = [
            (-poll, b - back, back - b, eye - 2 * b),
            (b - poll, -back, back, eye),
            (1.1 * rx, -0.5 * waist, 0.5 * waist, eye),
            *rows,
        ]
        bulge = [0.0, 0.0, 0.0, *bulges]
    tint = [0.84] * (len(body) - 1)
    tint[-2:] = [1.08, 1.08]
    if double:
        tint[:2] = [1.08, 1.08]
    shell = plate_between(body, bulge=bulge, tint=tint, grain=0)
    shell = mapped(shell, lambda p: _notched(p, reach, nick, high))
    return moved(shell, (0.0, -0.56 * waist, 0.0))


def _notched(points: np.ndarray, reach: float, nick: np.ndarray, high: float) -> np.ndarray:
    """The cutting edges of an axe, knocked in where it is worn."""
    spots = np.linspace(-0.75, 0.55, len(nick)) * high
    depth = np.interp(points[:, 1], spots, np.minimum(nick, 0.05 * reach))
    share = np.clip((np.abs(points[:, 0]) / reach - 0.9) / 0.1, 0.0, 1.0)
    return points - np.stack([np.sign(points[:, 0]) * depth * share, 0 * depth, 0 * depth], axis=1)


def _eye_pin(frame: BladeFrame) -> Shell:
    """The wedge in the top of the haft."""
    r = frame.radius
    return moved(box((1.1 * r, 0.012, 0.32 * r), 0.0015, along=0), (0.0, 0.012, 0.0))


def _block(frame: BladeFrame, stations: list[tuple[float, float, float]], cut: float) -> Shell:
    """A body along x through stations (x, share of height, share of depth), sections with cut corners."""
    high = frame.head_length
    rings = []
    for x, h, d in stations:
        flat = rounded(d, h * high, cut, 1)
        rings.append(np.stack([np.full(len(flat), x), flat[:, 1], flat[:, 0]], axis=1)[::-1])
    return boxed(loft(np.asarray(rings), Look("along", 30.0, 0.95)), 0)


def _hammer(frame: BladeFrame, rng: Stream) -> list[Shell]:
    """A bell face at +X on a neck, cheeks around the eye, two claws curving down behind."""
    head = frame.params.head
    w = frame.head_width
    high = max(frame.head_length, 1.3 * frame.radius)
    deep = max(head.thickness * frame.chunky, 2.5 * frame.radius * (1.0 - frame.params.handle.oval), 0.7 * high)
    eye = 1.35 * frame.radius
    w = max(w, 6.0 * eye)
    s = high / frame.head_length
    b = 0.012 * w + frame.bevel
    stations = [
        (-eye - 0.03 * w, 0.8 * s, 0.8 * deep),
        (-eye, s, deep),
        (eye, s, deep),
        (eye + 0.05 * w, 0.66 * s, 0.66 * deep),
        (0.29 * w, 0.62 * s, 0.62 * deep),
        (0.31 * w, 0.98 * s, 0.98 * deep),
        (0.42 * w - b, 1.02 * s, 1.02 * deep),
        (0.42 * w, 1.02 * s - 1.5 * b / frame.head_length, max(1.02 * deep - 1.5 * b, 0.5 * deep)),
    ]
    body = _block(frame, stations, 0.28 * min(high, deep))
    drop = high * (0.25 + 1.1 * head.curve)
    claws = []
    for side in (1, -1):
        path = bezier(
            [(-0.6 * eye, 0.0, 0.0), (-eye - 0.12 * w, 0.2 * high, 0.0), (-0.42 * w, 0.1 * high, 0.0), (-0.58 * w, -drop, 0.0)], 9
        )
        path[:, 2] = side * deep * np.linspace(0.2, 0.34, 9)
        scale = np.stack([np.linspace(1.0, 0.14, 9), np.linspace(1.0, 0.95, 9)], axis=1)
        claws.append(
            boxed(
                sweep(path, rounded(0.78 * high, 0.42 * deep, 0.1 * deep, 1), scale=scale, side=(0.0, 1.0, 0.0), bevel=0.0006), 0
            )
        )
    shell = join(body, *claws)
    return [moved(_dented(shell, frame, rng), (0.0, -0.5 * high, 0.0)), _eye_pin(frame)]


def _dented(shell: Shell, frame: BladeFrame, rng: Stream) -> Shell:
    """A worn head loses its straight corners."""
    draw = rng("dents")
    a, b = draw.uniform(60.0, 140.0, 3), draw.uniform(0.0, 6.0, 3)
    depth = 0.05 * frame.params.temper.wear * frame.head_length
    return mapped(shell, lambda p: p + depth * np.sin(p[:, [1, 2, 0]] * a + b))


def _war_hammer(frame: BladeFrame, rng: Stream) -> list[Shell]:
    """A great block, banded at both faces."""
    head = frame.params.head
    half = 0.5 * max(frame.head_width, 4.0 * frame.radius)
    deep = max(head.thickness * frame.chunky, 2.8 * frame.radius)
    s = max(1.0, 2.8 * frame.radius / frame.head_length)
    b = min(frame.bevel * 1.6, 0.06 * half)
    lip = 0.3 * half
    waist = 0.8 - 0.14 * frame.params.temper.ornament
    right = [
        (0.62 * half - lip * 0.5, waist),
        (half - lip - 0.5 * b, waist),
        (half - lip, 1.0),
        (half - b, 1.0),
    ]
    ends = [(half, s - 2 * b / frame.head_length, max(deep - 2 * b, 0.6 * deep))]
    side = [(x, k * s, k * deep) for x, k in right]
    stations = [(-x, h, d) for x, h, d in (side + ends)[::-1]] + side + ends
    body = _block(frame, stations, 0.16 * min(frame.head_length * s, deep))
    high = s * frame.head_length
    shell = moved(_dented(body, frame, rng), (0.0, -0.5 * high, 0.0))
    fitting = moved(band(1.1 * frame.radius, 0.0, 0.5 * frame.radius, 0.25 * high, frame.count), (0.0, -1.06 * high, 0.0))
    return [shell, join(fitting, _eye_pin(frame))]


def _pickaxe(frame: BladeFrame, rng: Stream) -> list[Shell]:
    """A bow of iron through the eye: a point at -X, a chisel at +X."""
    head = frame.params.head
    half = 0.5 * max(frame.head_width, 6.0 * frame.radius)
    high = max(frame.head_length, 1.2 * frame.radius)
    deep = max(min(head.thickness, high) * frame.chunky, 2.5 * frame.radius)
    u = np.array([-1.0, -0.92, -0.75, -0.5, -0.22, -0.1, 0.1, 0.22, 0.5, 0.75, 0.92, 1.0])
    fall = (0.12 + 0.5 * head.curve) * half
    path = np.stack([u * half, -fall * np.abs(u) ** 1.8, np.zeros_like(u)], axis=1)
    tall = np.array([0.12, 0.28, 0.5, 0.66, 0.8, 1.0, 1.0, 0.8, 0.6, 0.4, 0.22, 0.1])
    wide = np.array([0.12, 0.24, 0.36, 0.46, 0.7, 1.0, 1.0, 0.7, 0.52, 0.74, 1.0, 1.12])
    tall = tall * (1.0 - np.resize(rng("worn").uniform(0.0, 0.3, len(u)), len(u)) * frame.params.temper.wear)
    shell = sweep(
        path,
        rounded(high, deep, 0.2 * min(high, deep), 1),
        scale=np.stack([tall, wide], axis=1),
        side=(0.0, 1.0, 0.0),
        bevel=frame.bevel,
    )
    collar = band(1.12 * frame.radius, -1.25 * high, 0.5 * frame.radius, 0.6 * high, frame.count)
    return [moved(boxed(shell, 0), (0.0, -0.6 * high, 0.0)), join(collar, _eye_pin(frame))]


def _flanged(frame: BladeFrame, rng: Stream) -> list[Shell]:
    """Blades around a core, each a plate that swells outwards."""
    head = frame.params.head
    high, reach = frame.head_length, max(0.5 * frame.head_width, 2.0 * frame.radius)
    core = 1.25 * frame.radius
    thick = min(max(head.thickness * frame.chunky, 0.004), 1.6 * core)
    dent = nicks(frame, rng, head.count, "flanges")
    mid = 0.5 + 0.16 * head.curve
    flanges = []
    for i in range(head.count):
        out = reach - min(float(dent[i]), 0.4 * (reach - core))
        rows = [
            (0.6 * core, 0.06 * high, 0.94 * high, thick),
            (0.5 * (core + out), (mid - 0.38) * high, (mid + 0.32) * high, 0.9 * thick),
            (out - 0.1 * reach, (mid - 0.24) * high, (mid + 0.18) * high, 0.7 * thick),
            (out, (mid - 0.14) * high, (mid + 0.08) * high, 0.35 * thick + EDGE),
        ]
        plate = plate_between(rows, tint=[0.85, 0.92, 1.08], grain=1)
        flanges.append(turned(plate, (0.0, 1.0, 0.0), 2 * math.pi * (i + 0.5) / head.count))
    body = lathe(
        [
            (0.0, -0.3 * high),
            (1.12 * frame.radius, -0.3 * high),
            (1.3 * frame.radius, -0.05 * high),
            (core, 0.0),
            (core, high),
            (1.2 * core, 1.02 * high),
            (1.1 * core, 1.1 * high),
            (0.4 * core, 1.2 * high),
            (0.0, 1.22 * high),
        ],
        max(8, frame.count),
    )
    return [join(*flanges), body]


def _spiked(frame: BladeFrame, rng: Stream) -> list[Shell]:
    """A ball with rows of spikes."""
    head = frame.params.head
    r = max(0.5 * frame.head_length, 1.6 * frame.radius)
    long = max(0.5 * frame.head_width - 0.62 * r, 0.25 * r)
    thick = min(0.3 * r, 0.5 * head.thickness * frame.chunky + 0.1 * r)
    angles = np.linspace(-QUARTER, QUARTER, 8)
    ball = lathe([(r * max(math.cos(a), 0.0), r + r * math.sin(a)) for a in angles], max(10, frame.count), crease=60.0)
    draw = rng("spikes")
    spikes = []
    for lift, number, shift in (
        (0.0, head.count, 0.0),
        (0.72, max(3, head.count // 2), 0.5),
        (-0.72, max(3, head.count // 2), 0.5),
        (QUARTER, 1, 0.0),
    ):
        for i in range(number):
            blunt = 1.0 - 0.5 * frame.params.temper.wear * float(draw.uniform(0.0, 1.0))
            tall = (0.12 * r + long) * blunt
            cone = lathe(
                [(0.0, 0.0), (thick, 0.0), (0.82 * thick, 0.12 * tall), (0.14 * thick, 0.97 * tall), (0.0, tall)], 6, crease=50.0
            )
            leaned = turned(moved(cone, (0.0, 0.88 * r, 0.0)), (0.0, 0.0, 1.0), lift - QUARTER)
            spikes.append(turned(leaned, (0.0, 1.0, 0.0), 2 * math.pi * (i + shift) / number))
    socket = lathe(
        [
            (0.0, -0.8 * r),
            (1.1 * frame.radius, -0.8 * r),
            (1.15 * frame.radius, -0.2 * r),
            (1.5 * frame.radius, 0.06 * r),
            (1.5 * frame.radius, 0.2 * r),
            (0.0, 0.2 * r),
        ],
        max(8, frame.count),
    )
    return [join(ball, *(moved(spike, (0.0, r, 0.0)) for spike in spikes)), socket]


def _spike(frame: BladeFrame) -> Shell:
    """A spike on a collar, standing on the origin."""
    r = 0.95 * frame.radius
    tall = max(0.62 * frame.head_length, 4.0 * r)
    rows = [
        (0.0, 0.0),
        (1.15 * r, 0.0),
        (1.15 * r, 0.5 * r),
        (0.85 * r, 0.7 * r),
        (0.7 * r, 0.3 * tall),
        (0.1 * r, 0.97 * tall),
        (0.0, tall),
    ]
    return lathe(rows, max(6, frame.count - 2), crease=35.0)


MAKERS: dict[str, Callable[[BladeFrame, Stream], list[Shell]]] = {
    "straight": sword,
    "leaf": sword,
    "curved": katana,
    "axe": _axe,
    "double_axe": _double_axe,
    "hammer": _hammer,
    "war_hammer": _war_hammer,
    "flanged": _flanged,
    "spiked": _spiked,
    "spear": spear,
    "shovel": shovel,
    "pickaxe": _pickaxe,
}
"""How each style of head is made: (frame, rng) -> the head and, where it has one, its fitting, about the top of the handle."""
