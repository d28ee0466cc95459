"""What fills the openings: windows with frames, sills and glass, shutters, doors that turn, slide or rise."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.building.frame import STEP, BuildingFrame, Mass, Opening, Side
from dhsdk.shapes.building.grid import Draft, bar, block, boxed_out, pierced, prism
from dhsdk.shapes.building.walls import arch_rise
from dhsdk.shapes.kernel import PartSocket, Stream
from dhsdk.shapes.lathe import lathe, torus
from dhsdk.shapes.surface import Shell, Vec, moved, turned

UP: Vec = (0.0, 1.0, 0.0)


def openings(frame: BuildingFrame, rng: Stream) -> list[Draft]:
    """Windows of every side in one part and their glass in another; shutters and doors each on their own hinge."""
    drafts: list[Draft] = []
    for mass in frame.masses:
        for side in mass.sides:
            drafts += _windows(frame, mass, side, rng)
            for hole in side.holes:
                if hole.door:
                    drafts += _doorway(frame, mass, side, hole)
    return drafts


def _wall_name(mass: Mass, side: Side) -> str:
    return mass.name("walls" if mass.corners else f"wall_{side.name}")


def _pivot(mass: Mass, side: Side, hole: Opening, local: Vec) -> Vec:
    """A point beside the foot of a hole, in asset space."""
    probe = mass.placed(boxed_out(np.array([(*corner,) for corner in _CUBE]) * 1e-3 + np.asarray(local)), side, hole)
    spot = probe.points.mean(axis=0)
    return float(spot[0]), float(spot[1]), float(spot[2])


_CUBE = [(-1, -1, -1), (1, -1, -1), (1, -1, 1), (-1, -1, 1), (-1, 1, -1), (1, 1, -1), (1, 1, 1), (-1, 1, 1)]


def _put(
    shells: list[Shell], mass: Mass, side: Side, hole: Opening, swing: float = 0.0, hung: Vec = (0.0, 0.0, 0.0)
) -> list[Shell]:
    """Pieces turned by `swing` about the upright through their origin, hung at a point of the hole, put where the hole is."""
    return [mass.placed(moved(turned(shell, UP, swing), hung), side, hole) for shell in shells]


def _windows(frame: BuildingFrame, mass: Mass, side: Side, rng: Stream) -> list[Draft]:
    holes = [hole for hole in side.holes if not hole.door]
    if not holes:
        return []
    frames, panes, drafts = [], [], []
    name = mass.name(f"windows_{side.name}")
    wall = _wall_name(mass, side)
    pivot = (mass.at[0], mass.low, mass.at[1])
    for k, hole in enumerate(holes):
        rank = (k, len(holes))
        frames += _put(_frame(frame, mass, hole, rank), mass, side, hole)
        if hole.head != "slit" and mass.tag != "tower":
            z = -0.45 * mass.thick if not hole.blind else 0.02
            panes.append(mass.placed(block((hole.width + 0.04, hole.height + 0.02, 0.02), (0.0, -0.01, z)), side, hole))
            if frame.params.windows.shutters and side.name in ("front", "round") and hole.head == "straight":
                drafts += _shutters(frame, mass, side, hole, f"{name}_{k + 1}", wall, rng, rank)
    out = [Draft(name, frames, "trim", pivot, wall, collide=False)]
    if panes:
        out.append(
            Draft(
                mass.name(f"panes_{side.name}"),
                panes,
                "bulb" if frame.params.windows.lit else "glass",
                pivot,
                name,
                collide=False,
            )
        )
    return [*out, *drafts]


def _frame(frame: BuildingFrame, mass: Mass, hole: Opening, rank: tuple[int, int]) -> list[Shell]:
    """Jambs, head, sill and bars of a window, about the foot of its hole."""
    w, h = hole.width, hole.height
    if hole.head == "slit":
        return [block((w + 0.24, 0.14, 0.12), (0.0, h, 0.0)), block((w + 0.24, 0.12, 0.14), (0.0, -0.12, 0.0))]
    edge, proud = 0.09 + 0.04 * frame.ornament, 0.03 + 0.06 * frame.ornament
    deep = 0.5 * mass.thick + proud
    z = proud - deep / 2
    spring = h - arch_rise(hole) if hole.head == "arched" else h
    if not frame.keeps(*rank, 4, 9):
        return [block((w + 2.4 * edge, 0.08, deep + 0.12), (0.0, -0.07, z + 0.06))] if frame.keeps(*rank, 2, 5) else []
    shells = [block((edge, spring, deep), (way * (w / 2 + edge / 2 - 0.03), 0.0, z)) for way in (-1, 1)]
    shells.append(block((w + 2.4 * edge, 0.08, deep + 0.12), (0.0, -0.07, z + 0.06), tint=1.0))
    if hole.head == "arched":
        shells.append(arch(w / 2 - 0.03, arch_rise(hole) - 0.03, edge, deep, spring, proud, 5 if frame.has(12) else 4))
    else:
        shells.append(block((w + 2 * edge, edge, deep * 1.04), (0.0, h - 0.03, z)))
    bars, thin = frame.params.windows.bars if frame.keeps(*rank, 9, 15) else 0, 0.045
    if mass.tag == "tower":
        return [
            *shells,
            *(block((w, 0.05, 0.2), (0.0, 0.15 * h + k * 0.2 * h, -0.3 * mass.thick)) for k in range(4 if frame.has(8) else 2)),
        ]
    for k in range(bars):
        x = w * ((k + 1) / (bars + 1) - 0.5)
        shells.append(block((thin, h - 0.02, 0.06), (x, 0.0, -0.4 * mass.thick)))
        shells.append(block((w, thin, 0.05), (0.0, h * (k + 1) / (bars + 1) - thin / 2, -0.4 * mass.thick)))
    return shells


def arch(radius: float, rise: float, wide: float, deep: float, spring: float, proud: float, count: int = 7) -> Shell:
    """A curved bar over an opening, from z = proud - deep to z = proud."""
    turn = np.linspace(-0.5 * math.pi, 0.5 * math.pi, count)
    rows = []
    for out in (0.0, wide):
        rows.append(
            np.stack([(radius + out) * np.sin(turn), spring + (rise + out) * np.cos(turn), np.full(count, proud)], axis=1)
        )
    front = np.asarray(rows)
    uv = np.stack(np.broadcast_arrays(turn[None] * radius, np.array([[0.0], [wide]])), axis=2)
    return pierced(front, front - (0.0, 0.0, deep), uv, np.ones((1, count - 1), bool))


def _shutters(
    frame: BuildingFrame, mass: Mass, side: Side, hole: Opening, name: str, wall: str, rng: Stream, rank: tuple[int, int]
) -> list[Draft]:
    """Two leaves beside a window, open against the wall; they turn in front of it. Age makes them hang askew."""
    drafts = []
    w, h = 0.5 * hole.width, hole.height
    edge = 0.09 + 0.04 * frame.ornament
    z = 0.05 + 0.06 * frame.ornament
    for label, way in (("left", 1.0), ("right", -1.0)):
        x = way * (hole.width / 2 + edge)
        boards = [block((w - 0.02, h, 0.035), (x + way * w / 2, 0.0, z))]
        boards += [
            block((0.86 * w, 0.09, 0.03), (x + way * w / 2, share * h, z + 0.03), tint=0.85)
            for share in (0.12, 0.8)
            if frame.keeps(*rank, 14, 18)
        ]
        sag = float(rng("shutter", name, label).uniform(-0.5, 1.0)) * 0.12 * frame.wear
        made = [turned(board, (0.0, 0.0, 1.0), -way * max(sag, 0.0), (x, h, z)) for board in boards]
        shells = _put(made, mass, side, hole)
        pivot = _pivot(mass, side, hole, (x, 0.0, z))
        hinge = (UP, -3.0, 0.0) if way > 0 else (UP, 0.0, 3.0)
        drafts.append(Draft(f"{name}_shutter_{label}", shells, "shutters", pivot, wall, hinge=hinge, collide=False))
    return drafts


def _doorway(frame: BuildingFrame, mass: Mass, side: Side, hole: Opening) -> list[Draft]:
    """The frame of the door, its leaf or leaves, and the steps before it."""
    wall = _wall_name(mass, side)
    edge, proud = 0.12 + 0.08 * frame.ornament, 0.05 + 0.08 * frame.ornament
    w, h, deep = hole.width, hole.height, 0.7 * mass.thick + proud
    z = proud - deep / 2
    spring = h - arch_rise(hole) if hole.head == "arched" else h
    shells = [block((edge, spring, deep), (way * (w / 2 + edge / 2 - 0.03), 0.0, z)) for way in (-1, 1)]
    if hole.head == "arched":
        shells.append(arch(w / 2 - 0.03, arch_rise(hole) - 0.03, edge, deep, spring, proud, 9 if frame.has(10) else 5))
    else:
        shells.append(block((w + 2 * edge + 0.06, 1.1 * edge, 1.1 * deep), (0.0, h - 0.03, z)))
    foot = _pivot(mass, side, hole, (0.0, 0.0, 0.0))
    socket = PartSocket("door", _pivot(mass, side, hole, (0.0, 0.0, 0.15)), "mount", (w, h))
    drafts = [Draft("doorway", _put(shells, mass, side, hole), "trim", foot, wall, sockets=[socket])]
    leaves = _leaves(frame, mass, side, hole)
    return [*drafts, *leaves, *_steps(frame, mass, side, hole), *_lamp(frame, mass, side, hole)]


def _lamp(frame: BuildingFrame, mass: Mass, side: Side, hole: Opening) -> list[Draft]:
    """A lamp on a bracket beside the door of a building whose windows are lit."""
    if not frame.params.windows.lit:
        return []
    x, y = -(hole.width / 2 + 0.42), min(1.95, hole.height)
    iron = [
        block((0.12, 0.24, 0.03), (x, y - 0.12, 0.01)),
        bar((x, y, 0.0), (x, y + 0.06, 0.26), 0.03, 0.03, face=UP),
        block((0.2, 0.1, 0.2), (x, y - 0.06, 0.26), top=0.25),
        block((0.16, 0.03, 0.16), (x, y - 0.33, 0.26)),
    ]
    glow = [block((0.12, 0.25, 0.12), (x, y - 0.31, 0.26), top=1.2)]
    spot = _pivot(mass, side, hole, (x, y - 0.2, 0.26))
    pivot = _pivot(mass, side, hole, (x, y, 0.0))
    light = PartSocket("door_light", spot, "light")
    return [
        Draft("door_lamp", _put(iron, mass, side, hole), "metal", pivot, "doorway", collide=False),
        Draft("door_lamp_glass", _put(glow, mass, side, hole), "bulb", spot, "door_lamp", sockets=[light], collide=False),
    ]


def _leaves(frame: BuildingFrame, mass: Mass, side: Side, hole: Opening) -> list[Draft]:
    door = frame.params.door
    if door.style == "portcullis":
        return [_portcullis(frame, mass, side, hole)]
    if door.style == "sliding":
        return _sliding(frame, mass, side, hole)
    pair = door.style == "double" or (door.style == "glazed" and hole.width > 1.6)
    drafts = []
    for label, way in (("_left", 1.0), ("_right", -1.0)) if pair else (("", 1.0),):
        wide = hole.width / (2 if pair else 1) - 0.02
        x, z = way * hole.width / 2, -0.25 * mass.thick
        leaf = _leaf(frame, hole, wide, way, door.style)
        swing = way * 1.9 * door.open
        pivot = _pivot(mass, side, hole, (x, 0.0, z))
        hinge = (UP, -swing, 1.9 - swing) if way > 0 else (UP, -1.9 - swing, -swing)
        name = f"door{label}"
        drafts.append(
            Draft(
                name,
                _put(leaf, mass, side, hole, swing, (x, 0.0, z)),
                "glass" if door.style == "glazed" else "door",
                pivot,
                "doorway",
                hinge=hinge,
            )
        )
        iron = _put(_fittings(frame, hole, wide, way, door.style), mass, side, hole, swing, (x, 0.0, z))
        drafts.append(_handled(frame, mass, side, hole, name, iron, (x, z, way, wide, swing)))
    return drafts


def _handled(
    frame: BuildingFrame,
    mass: Mass,
    side: Side,
    hole: Opening,
    name: str,
    iron: list[Shell],
    place: tuple[float, float, float, float, float],
) -> Draft:
    """The fittings of a leaf, with the socket of its handle."""
    x, z, way, wide, swing = place
    c, s = math.cos(swing), math.sin(swing)
    local = (-way * 0.88 * wide, 1.0, 0.09)
    spot = (x + local[0] * c + local[2] * s, min(1.0, 0.5 * hole.height), z - local[0] * s + local[2] * c)
    grip = PartSocket(f"{name}_handle", _pivot(mass, side, hole, spot), "handle", (0.1, 0.05))
    return Draft(f"{name}_fittings", iron, "metal", _pivot(mass, side, hole, (x, 0.0, z)), name, sockets=[grip], collide=False)


def _leaf(frame: BuildingFrame, hole: Opening, wide: float, way: float, style: str) -> list[Shell]:
    """A leaf that hangs at the origin and reaches to -way * wide, its face at z = 0.04."""
    h = hole.height - 0.02
    mid = -way * (wide / 2 + 0.01)
    if style == "glazed":
        edge = 0.09
        return [block((wide - edge, h - edge, 0.03), (mid, 0.02, 0.02))]
    whole = style != "double"
    if style == "panelled" or not frame.has(6):
        shells = [_slab(hole, mid - wide / 2, mid + wide / 2, whole, 0.05, mid if whole else 0.0)]
        for low, high in ((0.08, 0.42), (0.5, 0.9 if hole.head == "straight" else 0.72)) if frame.has(10) else ():
            for k in (-0.24, 0.24):
                shells.append(
                    block(
                        (0.36 * wide, (high - low) * h, 0.02 + 0.02 * frame.ornament), (mid + k * wide, low * h, 0.05), tint=1.0
                    )
                )
        return shells
    count = max(3, round(wide / 0.3))
    shells = []
    for k in range(count):
        a, b = mid - wide / 2 + wide * k / count, mid - wide / 2 + wide * (k + 1) / count
        shells.append(_slab(hole, a + 0.004, b - 0.004, whole, 0.045 + 0.008 * (k % 2), 0.0 if not whole else mid))
    return [
        *shells,
        *(block((0.94 * wide, 0.14, 0.03), (mid, share * h, -0.03), tint=0.85) for share in (0.14, 0.66) if frame.has(9)),
    ]


def _slab(hole: Opening, a: float, b: float, whole: bool, thick: float, middle: float) -> Shell:
    """A board of a leaf from x = a to b; under an arch its top follows it. middle: where the arch's crown is."""
    top = hole.height - 0.02
    if hole.head != "arched":
        return moved(prism([(a, 0.01), (b, 0.01), (b, top), (a, top)], thick), (0.0, 0.0, thick))
    r, rise = hole.width / 2, arch_rise(hole)
    crown = middle if whole else math.copysign(r, a + b)
    xs = np.linspace(a, b, 3)
    ys = top - rise + rise * np.sqrt(np.maximum(1.0 - ((xs - crown) / r) ** 2, 0.0)) - 0.01
    rows = [(a, 0.01), (b, 0.01), *((float(x), float(y)) for x, y in zip(xs[::-1], ys[::-1], strict=True))]
    return moved(prism(rows, thick), (0.0, 0.0, thick))


def _fittings(frame: BuildingFrame, hole: Opening, wide: float, way: float, style: str) -> list[Shell]:
    """Strap hinges and a ring, or a knob; of glass doors the rails around the pane and a bar."""
    h = hole.height - 0.02
    at = (-way * 0.88 * wide, min(1.0, 0.5 * h))
    if style == "glazed":
        mid, e = -way * (wide / 2 + 0.01), 0.08
        rails = [block((e, h, 0.06), (mid + k * (wide - e) / 2, 0.0, 0.02)) for k in (-1, 1)]
        rails += [block((wide - e, e, 0.055), (mid, y, 0.02)) for y in (0.01, h - e - 0.01)]
        return [*rails, block((0.035, 0.5, 0.035), (at[0], 0.8, 0.08))]
    if style == "panelled":
        knob = [(0.0, 0.0), (0.022, 0.0), (0.014, 0.03), (0.034, 0.055), (0.034, 0.075), (0.0, 0.09)]
        return [moved(turned(lathe(knob, 8), (1.0, 0.0, 0.0), 0.5 * math.pi), (at[0], at[1], 0.05))]
    ring = turned(torus(0.07, 0.0, 0.012, 8, 4), (1.0, 0.0, 0.0), 0.5 * math.pi)
    straps = []
    for share in (0.18, 0.7):
        tip = -way * (0.35 + 0.35 * frame.ornament) * wide
        straps.append(bar((-way * 0.01, share * h, 0.06), (tip, share * h, 0.06), 0.07, 0.016))
    if not frame.has(2):
        return [block((0.07, 0.09, 0.03), (at[0], at[1] - 0.02, 0.06))]
    return [*straps, moved(ring, (at[0], at[1] - 0.06, 0.075)), block((0.07, 0.09, 0.02), (at[0], at[1] - 0.02, 0.06))]


def _portcullis(frame: BuildingFrame, mass: Mass, side: Side, hole: Opening) -> Draft:
    """A grate of beams that rises into the wall."""
    lift = frame.params.door.open * 0.9 * hole.height
    z = -0.5 * mass.thick
    count = max(3, round(hole.width / 0.42 * frame.full))
    shells = []
    for k in range(count):
        x = hole.width * ((k + 0.5) / count - 0.5)
        shells.append(block((0.1, hole.height - 0.16, 0.1), (x, 0.16, z)))
        if frame.has(11):
            shells.append(turned(block((0.1, 0.16, 0.1), (x, -0.16, z), top=0.2), (1.0, 0.0, 0.0), math.pi, (x, 0.0, z)))
    for k in range(max(3, round(hole.height / 0.55))):
        y = 0.3 + k * (hole.height - 0.45) / max(2, round(hole.height / 0.55) - 1)
        shells.append(block((hole.width + 0.16, 0.09, 0.06), (0.0, y, z + 0.06)))
    made = [mass.placed(moved(shell, (0.0, lift, 0.0)), side, hole) for shell in shells]
    pivot = _pivot(mass, side, hole, (0.0, lift, z))
    return Draft("portcullis", made, "door", pivot, "doorway", slide=(UP, -lift, 0.9 * hole.height - lift))


def _sliding(frame: BuildingFrame, mass: Mass, side: Side, hole: Opening) -> list[Draft]:
    """A leaf before the wall on a rail; it slides to its right."""
    wide, tall = hole.width + 0.2, hole.height + 0.1
    move = frame.params.door.open * wide
    z = 0.12 + 0.1 * frame.ornament
    shells = [block((wide, tall, 0.06), (move, 0.02, z))]
    shells += [block((wide, 0.14, 0.03), (move, y, z + 0.045)) for y in (0.04, tall / 2, tall - 0.16)]
    shells.append(bar((move - 0.46 * wide, 0.2, z + 0.04), (move + 0.46 * wide, tall / 2, z + 0.04), 0.14, 0.03))
    pivot = _pivot(mass, side, hole, (move, 0.0, z))
    away = 0.95 * wide if not mass.corners else 0.3 * wide
    axis = (math.cos(side.turn), 0.0, -math.sin(side.turn))
    grip = PartSocket("door_handle", _pivot(mass, side, hole, (move - 0.4 * wide, 1.1, z + 0.06)), "handle", (0.1, 0.3))
    leaf = Draft(
        "door",
        _put(shells, mass, side, hole),
        "door",
        pivot,
        "doorway",
        slide=((axis[0], 0.0, axis[2]), -move, away - move if away > move else 0.0),
        sockets=[grip],
    )
    rail = [
        block((2.1 * wide if not mass.corners else wide, 0.08, 0.1), (0.5 * wide if not mass.corners else 0.0, tall, z - 0.02)),
        block((0.05, 0.4, 0.05), (-0.42 * wide + move, 0.9, z + 0.06)),
    ]
    return [leaf, Draft("door_rail", _put(rail, mass, side, hole), "metal", pivot, "doorway", collide=False)]


def _steps(frame: BuildingFrame, mass: Mass, side: Side, hole: Opening) -> list[Draft]:
    """Steps up to the door, each wider than the one above."""
    count = frame.params.door.steps
    if count == 0:
        return []
    shells = []
    wide = hole.width + 0.7
    for k in range(count):
        down = count - k
        deep = 0.45 + 0.3 * k + 0.25
        shells.append(
            block(
                (wide + 0.24 * k, STEP * down - 0.015 * (k == 0), deep),
                (0.0, -hole.y, deep / 2 - 0.2),
                tint=0.98 if k % 2 else 0.9,
            )
        )
    made = _put(shells, mass, side, hole)
    return [Draft("steps", made, "base", _pivot(mass, side, hole, (0.0, -hole.y, 0.3)), "plinth")]
