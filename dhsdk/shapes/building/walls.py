"""The walls of buildings: masonry and boards with real openings, logs, timber frames, curtain walls; plinth and floors."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.building.dress import bands, battens, corner_parts, courses, gable_outline, lintels, timbers
from dhsdk.shapes.building.frame import BuildingFrame, Mass, Opening, Side
from dhsdk.shapes.building.grid import QUARTER, Draft, bar, block, cuts, draped, pierced, prism
from dhsdk.shapes.curves import circle
from dhsdk.shapes.kernel import PartSocket, Stream
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.loft import PLAIN, loft
from dhsdk.shapes.surface import Shell, moved, turned


def walls(frame: BuildingFrame, rng: Stream) -> list[Draft]:
    """The plinth first; then the walls of every mass, what is laid over them, and the floors of its storeys."""
    drafts: list[Draft] = []
    for mass in frame.masses:
        drafts += _plinth(frame, mass)
        for side in mass.sides:
            drafts += _wall(frame, mass, side, rng)
        if not mass.corners:
            drafts += corner_parts(frame, mass)
        drafts += _floors(mass) if frame.has(3) else []
    return drafts


def _at(mass: Mass, side: Side, shells: list[Shell]) -> list[Shell]:
    """Pieces made along x at z = 0, put to their side."""
    made = (turned(moved(shell, (0.0, 0.0, side.out)), (0.0, 1.0, 0.0), side.turn) for shell in shells)
    return [moved(shell, (mass.at[0], 0.0, mass.at[1])) for shell in made]


def _wall(frame: BuildingFrame, mass: Mass, side: Side, rng: Stream) -> list[Draft]:
    name = mass.name("walls" if mass.corners else f"wall_{side.name}")
    way = (math.sin(side.turn) * side.out, math.cos(side.turn) * side.out) if not mass.corners else (0.0, 0.0)
    pivot = (mass.at[0] + way[0], mass.low, mass.at[1] + way[1])
    parent = mass.name("plinth")
    if mass.corners:
        return [
            Draft(name, [_ring(frame, mass, side, rng), *_fills(frame, mass, side)], "walls", pivot, parent),
            *bands(frame, mass),
        ]
    if mass.made == "glass":
        return _curtain(frame, mass, side, name, pivot, parent)
    if mass.made == "logs":
        return [Draft(name, _at(mass, side, _logs(frame, mass, side, rng)), "walls", pivot, parent)]
    flat = [_panel(frame, mass, side, rng), *_gable(frame, mass, side)]
    drafts = [Draft(name, [*_at(mass, side, flat), *_fills(frame, mass, side)], "walls", pivot, parent)]
    if mass.made in ("brick", "wood"):
        what, extra = ("lintels", lintels(frame, side)) if mass.made == "brick" else ("battens", battens(frame, mass, side))
        if extra:
            drafts.append(
                Draft(
                    mass.name(f"{what}_{side.name}"),
                    _at(mass, side, extra),
                    "trim" if mass.made == "brick" else "walls",
                    pivot,
                    name,
                    collide=False,
                )
            )
    if mass.made == "timbered":
        drafts.append(
            Draft(
                mass.name(f"beams_{side.name}"),
                _at(mass, side, timbers(frame, mass, side, rng)),
                "beams",
                pivot,
                name,
                collide=False,
            )
        )
    elif frame.ornament > 0.2 and mass.made in ("brick", "plaster", "stone") and side.name in ("front", "back"):
        trim = courses(frame, mass, side)
        if trim:
            drafts.append(Draft(mass.name(f"courses_{side.name}"), _at(mass, side, trim), "trim", pivot, name, collide=False))
    return drafts


def _grid(us: np.ndarray, vs: np.ndarray, holes: list[Opening]) -> np.ndarray:
    """(len(vs) - 1, len(us) - 1) where a wall is solid."""
    u, v = (us[:-1] + us[1:]) / 2, (vs[:-1] + vs[1:]) / 2
    solid = np.ones((len(v), len(u)), bool)
    for hole in holes:
        if hole.blind:
            continue
        inside = (np.abs(u - hole.x) < hole.width / 2)[None] & ((v > hole.y) & (v < hole.y + hole.height))[:, None]
        solid &= ~inside
    return solid


def _marks(holes: list[Opening]) -> tuple[list[float], list[float]]:
    holes = [hole for hole in holes if not hole.blind]
    return ([hole.x + way * hole.width / 2 for hole in holes for way in (-1, 1)],
            [hole.y + up * hole.height for hole in holes for up in (0, 1)])  # fmt: skip


def _panel(frame: BuildingFrame, mass: Mass, side: Side, rng: Stream) -> Shell:
    """A flat wall, a little uneven with age, from below the floor to the eaves."""
    across, up = _marks(side.holes)
    fallen = _fallen_rows(frame, mass)
    if fallen:
        across += list(np.arange(-side.length / 2, side.length / 2, 1.15))
    us = cuts(-side.length / 2, side.length / 2, across, 0.1 if fallen else 0.03)
    vs = cuts(mass.low - 0.04, fallen[-1] if fallen else mass.high, [*up, *fallen[:-1]])
    x, y = np.meshgrid(us, vs)
    bulge = (
        0.05
        * frame.rough
        * np.sin(1.3 * x + 2.1 * y + side.turn)
        * np.sin(math.pi * (y - vs[0]) / np.ptp(vs))
        * (np.abs(x) < 0.98 * us[-1])
    )
    front = np.stack([x, y, bulge], axis=2)
    solid = _grid(us, vs, side.holes)
    if fallen:
        solid &= _crumbled(us, vs, solid, fallen, rng("fallen", side.name))
    return pierced(front, front * (1.0, 1.0, 0.0) + (0.0, 0.0, -mass.thick), front[..., :2], solid)


def _fallen_rows(frame: BuildingFrame, mass: Mass) -> list[float]:
    """Heights to which the top of a ruined wall has fallen, the last one where it once ended; none of a wall that stands."""
    return [mass.high + rise for rise in (-2.4, -1.4, -0.5, 0.4, 1.3)] if frame.crumbles(mass) else []


def _crumbled(us: np.ndarray, vs: np.ndarray, solid: np.ndarray, fallen: list[float], draw: np.random.Generator) -> np.ndarray:
    """Cells that are left of a ruined wall: every column has fallen down to some row, but never to a hole."""
    width = solid.shape[1]
    depth = 0.5 + np.cumsum(draw.uniform(-1.3, 1.3, width))
    depth = len(fallen) * (0.5 + 0.5 * np.sin(depth))  # a walk that turns back at both ends
    holes = ~solid
    near = holes | np.roll(holes, 1, axis=1) | np.roll(holes, -1, axis=1)
    lowest = np.where(near.any(axis=0), vs[:-1][len(vs) - 2 - np.argmax(near[::-1], axis=0)] + 0.9, vs[0])
    left = np.array([fallen[len(fallen) - 1 - min(int(d), len(fallen) - 1)] for d in depth])
    left = np.maximum(left, lowest)
    out: np.ndarray = vs[:-1][:, None] < left[None] - 1e-6
    return out


def _gable(frame: BuildingFrame, mass: Mass, side: Side) -> list[Shell]:
    """The triangle over an end wall, under a gable roof (a barn's is broken)."""
    outline = gable_outline(frame, mass)
    ends = ("front", "back") if frame.params.roof.front_gable else ("left", "right")
    if mass.tag or not outline or side.name not in ends:
        return []
    rows = [(-x, y) for x, y in outline[:-1]] + [outline[-1]] + [(x, y) for x, y in outline[-2::-1]]
    flat = [(x, mass.high - 0.02 + max(y - 0.05, 0.0)) for x, y in rows]
    return [prism(flat[::-1], mass.thick * 0.96)]


def _ring(frame: BuildingFrame, mass: Mass, side: Side, rng: Stream) -> Shell:
    """The wall of a round plan: its corners and the edges of its holes are where it is cut."""
    step = 2 * math.pi / mass.corners
    start = 0.5 * step
    holes, marks = [], []
    for hole in side.holes:
        if hole.blind:
            continue
        half = 0.5 * hole.width / float(mass.reach(hole.x, hole.y))
        middle = (hole.x - start) % (2 * math.pi) + start
        holes.append(Opening(middle, hole.y, 2 * half, hole.height))
        marks += [middle - half, middle + half]
    wrapped = [(mark - start) % (2 * math.pi) + start for mark in marks]
    base = start + step * np.arange(mass.corners)
    kept = [angle for angle in base if min((abs(math.remainder(angle - m, 2 * math.pi)) for m in wrapped), default=9.0) > 0.06]
    us = np.unique([*kept, *wrapped])
    us = us[np.append(True, np.diff(us) > 0.012)]
    us = us[: len(us) - (us[0] + 2 * math.pi - us[-1] < 0.012)]
    fallen = _fallen_rows(frame, mass)
    vs = cuts(mass.low - 0.04, fallen[-1] if fallen else mass.high, [*_marks(side.holes)[1], *fallen[:-1]])
    around = np.append(us, us[0] + 2 * math.pi)
    middle = (around[:-1] + around[1:]) / 2
    height = (vs[:-1] + vs[1:]) / 2
    solid = np.ones((len(height), len(us)), bool)
    for hole in holes:
        near = np.abs(np.remainder(middle - hole.x + math.pi, 2 * math.pi) - math.pi) < hole.width / 2
        solid &= ~(near[None] & ((height > hole.y) & (height < hole.y + hole.height))[:, None])
    if fallen:
        solid &= _crumbled(around, vs, solid, fallen, rng("fallen", side.name))
    angle, y = np.meshgrid(us, vs)
    grids = []
    for inset in (0.0, mass.thick):
        r = mass.reach(angle, y, inset) * (1.0 + 0.012 * frame.rough * np.sin(3 * angle + y))
        grids.append(np.stack([r * np.sin(angle) + mass.at[0], y, r * np.cos(angle) + mass.at[1]], axis=2))
    uv = np.stack(np.broadcast_arrays(around[None] * mass.width / 2, vs[:, None]), axis=2)
    return pierced(grids[0], grids[1], uv, solid, loop=True, crease=18.0 if mass.corners == 8 else 40.0)


def _fills(frame: BuildingFrame, mass: Mass, side: Side) -> list[Shell]:
    """What makes the heads of arched holes round: the wall in their two upper corners."""
    shells = []
    for hole in side.holes:
        if hole.head != "arched" or hole.blind:
            continue
        r, spring = hole.width / 2, hole.height - arch_rise(hole)
        turn = np.linspace(0.0, QUARTER, 5 if frame.has(10) else 3)
        arc = np.stack([r * np.sin(turn), spring + arch_rise(hole) * np.cos(turn)], axis=1)
        right = [(r + 0.01, hole.height + 0.01), *arc[:-1], (r + 0.01, spring)]
        for way in (1.0, -1.0):
            outline = [(way * x, y) for x, y in right]
            shells.append(mass.placed(prism(outline if way < 0 else outline[::-1], 0.94 * mass.thick), side, hole))
    return [moved(shell, (0.0, 0.0, 0.0)) for shell in shells]


def arch_rise(hole: Opening) -> float:
    """How high the arch of a hole is over its springing."""
    return min(0.5 * hole.width, 0.45 * hole.height)


def _logs(frame: BuildingFrame, mass: Mass, side: Side, rng: Stream) -> list[Shell]:
    """Round logs one on the other, cut at the openings, crossing at the corners; shorter ones make the gable."""
    draw = rng("logs", side.name)
    shells = []
    r = 0.5 * mass.thick * 1.12 * (1.9 - 0.9 * min(1.0, frame.params.pieces / 14.0))
    pitch = 2 * r * 0.9
    across = side.name in ("front", "back")
    full = mass.width if across else mass.depth
    base = mass.low + r + (0.0 if across else -0.5 * pitch) + 0.02
    count = math.ceil((mass.high - base) / pitch)
    outline = gable_outline(frame, mass)
    ends = ("front", "back") if frame.params.roof.front_gable else ("left", "right")
    rise = outline[-1][1] if outline and side.name in ends else 0.0
    for k in range(count + int(rise / pitch)):
        y = base + k * pitch
        over = y - mass.high
        if over > 0:
            heights, halves = [h for _, h in outline], [w for w, _ in outline]
            half = float(np.interp(over + r, heights, halves)) - 0.1
        else:
            half = full / 2 + 0.28 + 0.12 * frame.rough * float(draw.uniform(-1, 1))
        ends_at = [-half, half]
        for hole in side.holes:
            if hole.y - 0.6 * r < y < hole.y + hole.height + 0.6 * r:
                ends_at += [hole.x - hole.width / 2 - 0.02, hole.x + hole.width / 2 + 0.02]
        points = sorted(ends_at)
        for a, b in zip(points[::2], points[1::2], strict=True):
            if b - a > 0.15:
                thick = r * (1.0 + 0.08 * frame.rough * float(draw.uniform(-1, 1)))
                shells.append(_log(a, b, y, -mass.thick / 2, thick, max(4, frame.params.detail - (2 if frame.has(15) else 4))))
    return shells


def _log(a: float, b: float, y: float, z: float, r: float, detail: int) -> Shell:
    flat = circle(r, min(detail, 10), math.pi / min(detail, 10))
    rings = [np.stack([np.full(len(flat), x), y + flat[:, 1], z + flat[:, 0]], axis=1)[::-1] for x in (a, b)]
    return loft(np.asarray(rings), PLAIN)


def _curtain(
    frame: BuildingFrame, mass: Mass, side: Side, name: str, pivot: tuple[float, float, float], parent: str
) -> list[Draft]:
    """A wall of glass behind mullions and the edges of the floors."""
    across, up = _marks(side.holes)
    us, vs = cuts(-side.length / 2, side.length / 2, across), cuts(mass.low - 0.02, mass.high, up)
    x, y = np.meshgrid(us, vs)
    front = np.stack([x, y, np.full_like(x, -0.45 * mass.thick)], axis=2)
    glass = pierced(front, front - (0.0, 0.0, 0.05), front[..., :2], _grid(us, vs, side.holes))
    bays = (
        max(2, frame.params.windows.count)
        if side.name in ("front", "back")
        else max(2, round(frame.params.windows.count * side.length / mass.width))
    )
    thin, deep = min(0.16, 0.3 * mass.thick + 0.03), 0.7 * mass.thick + 0.1 * frame.ornament
    z = -0.3 * mass.thick
    bars = []
    for place in np.linspace(-0.5, 0.5, bays + 1) * (side.length - thin):
        door = next((hole for hole in side.holes if abs(hole.x - place) < hole.width / 2 + thin), None)
        low = door.y + door.height if door else mass.low
        bars.append(block((thin, mass.high - low - 0.01, deep), (float(place), low, z)))
    for k, level in enumerate([*mass.levels, mass.high]):
        tall = 0.32 if len(mass.levels) > 1 else 0.1
        if k == 0 and side.holes:
            continue
        bars.append(block((side.length, tall, 0.9 * deep), (0.0, level - 0.6 * tall, z), tint=0.9))
    if len(mass.levels) == 1:
        bars += [block((side.length, 0.07, 0.7 * deep), (0.0, 0.5 * (mass.low + mass.high), z))] if not side.holes else []
    outline = gable_outline(frame, mass)
    panes = [glass]
    if outline and side.name in (("front", "back") if frame.params.roof.front_gable else ("left", "right")):
        top = mass.high + outline[-1][1]
        panes.append(moved(_gable(frame, mass, side)[0], (0.0, 0.0, -0.3 * mass.thick)))
        bars.append(block((thin, top - mass.high - 0.02, 0.8 * deep), (0.0, mass.high, z)))
        bars += [bar((way * outline[0][0] * 0.98, mass.high, z), (0.0, top - 0.03, z), thin, 0.9 * deep) for way in (-1, 1)]
    return [
        Draft(name, _at(mass, side, panes), "walls", pivot, parent),
        Draft(mass.name(f"mullions_{side.name}"), _at(mass, side, bars), "trim", pivot, name),
    ]


def _plinth(frame: BuildingFrame, mass: Mass) -> list[Draft]:
    """What it stands on: its top is the floor; from it things are placed inside."""
    out = 0.06 + 0.08 * frame.ornament
    top, x, z = mass.low, *mass.at
    if mass.corners:
        r = mass.width / 2 + out
        rows = [(0.0, 0.0), (r + 0.05, 0.0), (r + 0.05, 0.06), (r, top), (0.0, top)]
        shell = turned(lathe(rows, mass.corners), (0.0, 1.0, 0.0), math.pi / mass.corners)
        shell = moved(draped(shell), (x, 0.0, z))
        inner = (1.2 * (mass.width / 2 - mass.thick),) * 2
    else:
        shell = block((mass.width + 2 * out, top, mass.depth + 2 * out), (x, 0.0, z))
        inner = (mass.width - 2 * mass.thick, mass.depth - 2 * mass.thick)
    inside = PartSocket(mass.name("inside"), (x, top, z), "support", (0.95 * inner[0], 0.95 * inner[1]))
    return [Draft(mass.name("plinth"), [shell], "base", (x, 0.0, z), None if not mass.tag else "plinth", sockets=[inside])]


def _floors(mass: Mass) -> list[Draft]:
    """The floors of the upper storeys, inside."""
    shells, sockets = [], []
    x, z = mass.at
    for k, level in enumerate(mass.levels[1:]):
        if mass.corners:
            r = 0.5 * mass.width * float(mass.share(level)) * math.cos(math.pi / mass.corners) - 0.6 * mass.thick
            shells.append(moved(lathe([(0.0, level - 0.2), (r, level - 0.2), (r, level), (0.0, level)], 10), (x, 0.0, z)))
            size = (1.2 * r, 1.2 * r)
        else:
            size = (mass.width - 1.4 * mass.thick, mass.depth - 1.4 * mass.thick)
            shells.append(block((size[0], 0.2, size[1]), (x, level - 0.2, z)))
        sockets.append(PartSocket(mass.name(f"floor_{k + 2}"), (x, level, z), "support", (0.85 * size[0], 0.85 * size[1])))
    if not shells or mass.tag.startswith("turret"):
        return []
    return [Draft(mass.name("floors"), shells, "floor", (x, mass.levels[1], z), mass.name("plinth"), sockets=sockets)]
