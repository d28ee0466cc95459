"""The pieces of a vessel: a hollow body, and the handles, spout and lid that follow its outline."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from dhsdk.shapes.curves import LEAST, bezier, offset, rounded
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import lathe, ring
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.surface import Shell, mapped, moved, surface, turned
from dhsdk.shapes.sweep import frames, sweep
from dhsdk.shapes.vessel.outline import Outside
from dhsdk.shapes.vessel.params import VesselParams


def vessel_parts(params: VesselParams, rng: Stream) -> list[Part]:
    """All parts of a vessel: the body first."""
    out = Outside(params)
    mouth, rim = float(out.rows[-1, 0]), float(out.rows[-1, 1])
    inner = mouth - out.wall
    sway = _wobble(params, rng)
    lift = 0.45 * 0.14 * out.radius + 0.002 if params.saucer else 0.0
    sockets = (PartSocket("mouth", (0.0, rim + lift, 0.0), "mount", (2 * inner, 2 * inner)),)
    body = mapped(_body(out, sway), lambda p: p + np.array((0.0, lift, 0.0)))
    parts = [Part("body", surface(body), "body", (0.0, lift, 0.0), sockets=sockets)]
    if params.rim > 0.0:
        band = moved(_shaped(out, sway, _rim(out)), (0.0, lift, 0.0))
        parts.append(Part("rim", surface(band), "rim", (0.0, rim + lift, 0.0), "body"))
    for i in range(params.handles.count):
        parts.append(_handle(out, i, sway, lift))
    if params.spout == "tube":
        shell = moved(mapped(_spout(out), sway), (0.0, lift, 0.0))
        r, y = out.at(0.42)
        parts.append(Part("spout", surface(shell), "spout", (r, y + lift, 0.0), "body"))
    if params.lid != "none":
        shell = moved(_lid(out), (0.0, lift, 0.0))
        grip = PartSocket("lid", (0.0, float(shell.points[:, 1].max()), 0.0), "grip", (0.03, 0.03))
        slot = "cork" if params.lid == "cork" else "lid"
        parts.append(Part("lid", surface(shell), slot, (0.0, rim + lift, 0.0), "body", sockets=(grip,)))
    if params.saucer:
        parts.append(Part("saucer", surface(_saucer(out)), "saucer"))
    return parts


Change = Callable[[np.ndarray], np.ndarray]


def _wobble(params: VesselParams, rng: Stream) -> Change:
    draw = rng("wobble")
    lean = draw.uniform(-0.025, 0.025, 2) * params.wobble
    oval, turn = 0.022 * params.wobble * float(draw.uniform(0.4, 1.0)), float(draw.uniform(0.0, math.pi))

    def change(points: np.ndarray) -> np.ndarray:
        x, y, z = points.T
        swell = 1.0 + oval * np.cos(2.0 * np.arctan2(x, z) + turn)
        return np.stack([x * swell + lean[0] * y, y, z * swell + lean[1] * y], axis=1)

    return change


def _body(out: Outside, sway: Change) -> Shell:
    params = out.params
    rows = _with_rings(out)
    rim = rows[-1]
    floor = max(out.foot + out.wall, 1.2 * out.wall)
    inside = offset(rows[2:], out.wall, LEAST * 2)[::-1]
    inside = inside[(inside[:, 1] > floor + 0.4 * out.wall) & (inside[:, 1] < rim[1] - 0.2 * out.wall)]
    if len(inside) > 9:
        inside = inside[:: 2 if len(inside) < 24 else 3]
    if not len(inside):
        inside = np.array([(0.6 * rim[0], 0.5 * (floor + rim[1]))])
    inner = inside[0, 0]
    lip = [
        (rim[0] - 0.12 * out.wall, rim[1] + 0.4 * out.wall),
        (inner + 0.3 * (rim[0] - inner), rim[1] + 0.4 * out.wall),
        (inner, rim[1]),
    ]
    bottom = [(inside[-1, 0] * 0.9, floor + 0.1 * out.wall), (0.0, floor)]
    profile = np.concatenate([rows, np.array(lip), inside, np.array(bottom)])
    depth = np.clip((rim[1] - inside[:, 1]) / max(rim[1] - floor, 1e-6), 0.0, 1.0)
    tint = [1.0] * (len(rows) - 1) + [1.0, 1.0, 1.0] + list(0.95 - 0.42 * depth) + [0.5, 0.5]
    return _shaped(out, sway, lathe(profile, _segments(params), tint=tint[: len(profile) - 1], crease=46.0))


def _segments(params: VesselParams) -> int:
    return params.flutes * (4 if params.flutes <= 16 else 3) if params.flutes > 2 else params.detail


def _shaped(out: Outside, sway: Change, shell: Shell) -> Shell:
    """What is turned, with the flutes, the pulled lip and the sway of the hand."""
    if out.params.flutes > 2 or out.params.spout == "lip":
        shell = mapped(shell, lambda p: _fluted(out, p))
    return mapped(shell, sway)


def _rim(out: Outside) -> Shell:
    """A band that follows the outside below the lip, and closes over the lip."""
    rows, wall = out.rows, out.wall
    mouth, top = float(rows[-1, 0]), float(rows[-1, 1])
    tall = min(max(out.params.rim * out.radius, 0.5 * wall, 0.003), 0.5 * top)
    lower = float(np.interp(top - tall, rows[2:, 1], rows[2:, 0]))
    if abs(mouth - lower) > 2.0 * tall:  # nearly level, as on a plate: no wider than the wall
        tall *= min(1.0, 0.8 * wall / abs(mouth - lower))
    ys = top - tall * np.linspace(1.0, 0.0, 4)
    outer = np.interp(ys, rows[2:, 1], rows[2:, 0])
    proud, sunk = 0.22 * wall + LEAST, 0.35 * wall
    skin = np.stack([outer + proud, ys], axis=1)
    over = [(mouth + 0.5 * proud, top + 0.6 * wall + proud), (mouth - wall - 0.5 * proud, top + 0.6 * wall + proud)]
    under = [(mouth - wall - proud, top - 0.4 * wall), (mouth - 0.6 * wall, top - 0.5 * wall)]
    inside = np.stack([outer - sunk, ys], axis=1)[2::-1]
    section = np.array([*skin, *over, *under, *inside])
    section[:, 0] = np.maximum(section[:, 0], 2 * LEAST)
    return ring(section, _segments(out.params), 46.0)


def _with_rings(out: Outside) -> np.ndarray:
    """The outside with raised rings at the shoulder, the base of the neck and below."""
    rows = out.rows
    spots = [
        out.top / rows[-1, 1],
        0.5 * (out.wide + out.top) / rows[-1, 1],
        (out.foot + 0.16 * out.height) / rows[-1, 1],
        out.wide / rows[-1, 1],
    ]
    size = 0.035 * out.radius
    for share in spots[: out.params.rings]:
        r, y = out.at(min(share, 0.93))
        half = max(0.018 * out.height, 0.0022)
        keep = (np.abs(rows[:, 1] - y) > 1.35 * half) | (rows[:, 1] < out.foot + 1e-9)
        below = [row for row in rows[keep] if row[1] < y]
        above = [row for row in rows[keep] if row[1] >= y]
        if len(below) < 3 or not above:
            continue
        slope = (above[0][0] - below[-1][0]) / max(above[0][1] - below[-1][1], 1e-6)
        at = [(r + slope * d * half + up * size, y + d * half) for d, up in ((-1.0, 0.0), (-0.7, 0.9), (0.7, 0.9), (1.0, 0.0))]
        if at[0][1] <= below[-1][1] + LEAST or at[-1][1] >= above[0][1] - LEAST:
            continue
        rows = np.array([*below, *at, *above])
    return rows


def _fluted(out: Outside, points: np.ndarray) -> np.ndarray:
    params = out.params
    x, y, z = points.T
    rim = float(out.rows[-1, 1])
    radius = np.hypot(x, z)
    angle = np.arctan2(x, z)
    if params.flutes > 2:
        share = np.clip((y - out.foot) / max(rim - out.foot, 1e-6), 0.0, 1.0)
        fade = np.clip(np.minimum(share / 0.15, (1.0 - share) / 0.2), 0.0, 1.0)
        factor = 1.0 - 0.14 * params.flute_depth * fade * (0.5 - 0.5 * np.cos(params.flutes * angle))
        x, z = x * factor, z * factor
    if params.spout == "lip":
        # A pulled lip: the rim goes outwards and up at the front of +x, and a little in beside it.
        near = np.clip((y / rim - 0.72) / 0.28, 0.0, 1.2) ** 2
        pull = 0.5 * np.exp(-(((angle - math.pi / 2) / 0.38) ** 2)) - 0.1 * np.exp(
            -(((np.abs(angle - math.pi / 2) - 0.75) / 0.3) ** 2)
        )
        grown = np.where(radius > 1e-9, 1.0 + near * pull, 1.0)
        x, z = x * grown, z * grown
        y = y + 0.12 * radius * near * np.maximum(pull, 0.0)
    return np.stack([x, y, z], axis=1)


def _handle(out: Outside, index: int, sway: Change, lift: float) -> Part:
    handles = out.params.handles
    thick = max(handles.thickness * out.radius, 0.004)
    necked = out.neck > 0.14 * out.height
    high, low = (0.9, 0.56) if necked else (0.84, 0.28)
    (r1, y1), (r0, y0) = out.at(high), out.at(low)
    least = 3.0 * thick
    if y1 - y0 < least:
        y0 = max(y1 - least, 0.2 * thick)
        r0 = float(np.interp(y0, out.rows[2:, 1], out.rows[2:, 0]))
    sunk = 0.45 * out.wall + 0.12 * thick
    reach = handles.reach * out.radius
    far = max(r0, r1) + reach
    a, b = (r1 - sunk, y1), (r0 - sunk, y0)
    span = y1 - y0
    if handles.style == "ear":
        flat = bezier([a, (far, y1 + 0.35 * span), (far + 0.25 * reach, y0 + 0.35 * span), b], 15)
    elif handles.style == "loop":
        flat = bezier([a, (far * 1.06, y1 + 0.12 * span), (far * 1.06, y0 - 0.12 * span), b], 13)
    else:
        flat = np.array(
            [
                a,
                (0.5 * (r1 + far), y1 + 0.02 * span),
                (far - 0.1 * reach, y1),
                (far, y1 - 0.1 * span),
                (0.6 * far + 0.4 * r0, y0 + 0.35 * span),
                (r0 + 0.3 * reach, y0 + 0.05 * span),
                b,
            ]
        )
    path = np.stack([flat[:, 0], flat[:, 1], np.zeros(len(flat))], axis=1)
    t = np.linspace(-1.0, 1.0, len(path))
    scale = np.stack([0.85 + 0.5 * t**4, 0.78 + 0.5 * t**4], axis=1)
    steps = 2 if out.params.detail > 12 else 1
    shell = sweep(path, rounded(1.5 * thick, thick, 0.42 * thick, steps), scale=scale, side=(0.0, 0.0, 1.0), crease=60.0)
    turn = math.pi + index * 2 * math.pi / handles.count
    shell = turned(shell, (0.0, 1.0, 0.0), turn)
    shell = moved(mapped(shell, sway), (0.0, lift, 0.0))
    name = "handle" if handles.count == 1 else f"handle_{index + 1}"
    y = float(0.5 * (y0 + y1) + lift)
    cos, sin = math.cos(turn), -math.sin(turn)
    grip, root = far - 0.1 * reach, 0.5 * (r0 + r1)
    socket = PartSocket(name, (cos * grip, y, sin * grip), "handle", (thick, span))
    return Part(name, surface(shell), "handle", (cos * root, y, sin * root), "body", sockets=(socket,))


def _spout(out: Outside) -> Shell:
    """A hollow spout on +x: thick at the body, curved up, its opening going back inside."""
    r0, y0 = out.at(0.34)
    rim = float(out.rows[-1, 1])
    far = out.radius + 0.72 * out.radius
    flat = bezier(
        [
            (r0 - 1.2 * out.wall, y0),
            (r0 + 0.55 * out.radius, y0 + 0.06 * rim),
            (r0 + 0.3 * out.radius, rim * 0.78),
            (far, rim * 1.0),
        ],
        9,
    )
    path = np.stack([flat[:, 0], flat[:, 1], np.zeros(9)], axis=1)
    width = np.linspace(0.3, 0.115, 9) * out.radius
    _, first, second = frames(path, (0.0, 0.0, 1.0))
    sides = max(8, min(out.params.detail, 16))
    angles = np.arange(sides) * 2 * math.pi / sides
    around = first[:, None] * np.cos(angles)[None, :, None] + second[:, None] * np.sin(angles)[None, :, None]
    outer = path[:, None] + around * width[:, None, None]
    inner = path[:, None] + around * np.maximum(width - 0.045 * out.radius, 0.5 * width)[:, None, None]
    rings = np.concatenate([outer, inner[:4:-1]])
    tint = [1.0] * 8 + [1.0, 0.7, 0.5, 0.4]
    return loft(rings, Look("along", 60.0, tint))


def _lid(out: Outside) -> Shell:
    mouth, rim = float(out.rows[-1, 0]), float(out.rows[-1, 1]) + 0.4 * out.wall
    hole = mouth - 1.25 * out.wall
    count = out.params.detail
    if out.params.lid == "cork":
        h = min(1.5 * hole, 0.05)
        b = 0.16 * hole
        inside = 0.82 * hole
        rows = [
            (0.0, rim - 0.5 * h),
            (inside - b, rim - 0.5 * h),
            (inside, rim - 0.5 * h + b),
            (hole * 1.0, rim + 0.02 * h),
            (hole * 1.08, rim + 0.5 * h - b),
            (hole * 1.08 - b, rim + 0.5 * h),
            (0.0, rim + 0.48 * h),
        ]
        return lathe(rows, max(8, count // 2), grain="along")
    edge, t = mouth * 1.06 + 0.2 * out.wall, 0.9 * out.wall
    skirt = [
        (0.0, rim - 0.9 * t),
        (hole - 0.6 * t, rim - 1.4 * t),
        (hole - 0.35 * t, rim - 0.9 * t),
        (hole - 0.3 * t, rim + 0.04 * t),
        (edge - 0.2 * t, rim + 0.04 * t),
        (edge, rim + 0.4 * t),
        (edge - 0.3 * t, rim + 0.95 * t),
    ]
    knob = 0.2 * mouth
    if out.params.lid == "domed":
        top = rim + t + 0.5 * mouth
        dome = bezier([skirt[-1], (0.96 * edge, rim + t + 0.3 * mouth), (0.6 * edge, top), (0.55 * knob, top)], 7)[1:]
    else:
        top = rim + 1.15 * t
        dome = np.array([(0.6 * edge, rim + 1.1 * t), (0.55 * knob, top)])
    ball = [
        (0.55 * knob, top + 0.35 * knob),
        (0.95 * knob, top + 0.7 * knob),
        (1.0 * knob, top + 1.05 * knob),
        (0.72 * knob, top + 1.45 * knob),
        (0.3 * knob, top + 1.6 * knob),
        (0.0, top + 1.62 * knob),
    ]
    return lathe([*skirt, *[tuple(p) for p in dome], *ball], count, crease=46.0)


def _saucer(out: Outside) -> Shell:
    r = max(1.62 * out.base * max(1.0, out.params.foot.spread if out.foot else 1.0), 1.25 * out.radius)
    h, t = 0.14 * r, max(0.035 * r, 0.002)
    base = 0.55 * r
    rows = [
        (0.0, 0.0),
        (base - 0.4 * t, 0.0),
        (base, 0.3 * t),
        (0.8 * r, 0.45 * h),
        (r, h),
        (r - 0.2 * t, h + 0.6 * t),
        (r - 0.9 * t, h + 0.5 * t),
        (0.8 * r - t, 0.45 * h + 0.9 * t),
        (base, 1.1 * t),
        (0.0, 1.1 * t),
    ]
    return lathe(rows, out.params.detail, tint=[0.9] * 5 + [1.0] + [0.95] * 3)
