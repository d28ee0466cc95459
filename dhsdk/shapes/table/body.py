"""Drawers, the carcasses that hold stacks of them, and the vise of a workbench."""

from __future__ import annotations

import itertools

import numpy as np

from dhsdk.shapes.boards import across
from dhsdk.shapes.curves import bezier, rectangle
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import lathe, torus
from dhsdk.shapes.solids import box, stack
from dhsdk.shapes.surface import Shell, Vec, join, moved, surface, turned
from dhsdk.shapes.sweep import tube
from dhsdk.shapes.table.frame import QUARTER, TableFrame, drawer_count
from dhsdk.shapes.table.legs import post

WALL = 0.018
"""Thickness of the boards of a carcass, metres."""
FIELD = 6.0
"""The slopes of a raised field are slight, but its middle is flat, degrees."""


def body_parts(frame: TableFrame, rng: Stream) -> list[Part]:
    """Carcasses with their feet, every drawer, the vise."""
    parts: list[Part] = []
    if frame.body == "pillars":
        wide = min(0.32 * frame.width, 0.46)
        middle = frame.width / 2 - frame.params.top.overhang - wide / 2
        gap, count = 2 * (middle - wide / 2), frame.params.drawers.count
        over = count % 2 if gap > 0.2 else 0
        for name, way in (("left", 1.0), ("right", -1.0)):
            parts += _carcass(frame, rng, name, way * middle, wide, (count - over + (way > 0)) // 2)
        parts += _bridge(frame, rng, gap, over)
    elif frame.body == "cabinet":
        parts += _carcass(frame, rng, "", 0.0, frame.width - 2 * frame.params.top.overhang, frame.params.drawers.count)
    else:
        parts += _row(frame, rng)
    if frame.params.vise and not frame.rounded:
        parts += _vise(frame)
    return parts


def _row(frame: TableFrame, rng: Stream) -> list[Part]:
    """Drawers side by side in the rails."""
    count = drawer_count(frame)
    inner = 2 * frame.x - frame.leg
    parts: list[Part] = []
    for i in range(count):
        middle = ((i + 0.5) / count - 0.5) * inner
        at = (middle, frame.under - frame.apron / 2, frame.z + 0.12 * frame.leg)
        parts += _drawer(frame, rng, f"drawer_{i + 1}", at, (inner / count - 0.026, frame.apron - 0.036, 1.7 * frame.z), "top")
    return parts


def _drawer(frame: TableFrame, rng: Stream, name: str, at: Vec, size: Vec, parent: str) -> list[Part]:
    """An open box behind a fielded front whose face is at `at`; it slides out along +z. size: width, height, depth."""
    wide, tall, deep = size
    loose = float(rng("drawer", name).uniform(0.0, 0.05)) * frame.wear
    out = (frame.params.drawers.open + loose) * deep
    x, y, z = at[0], at[1], at[2] + out
    b = min(frame.bevel, 0.007)
    front = moved(box((wide, tall, 0.022), b, along=0), (x, y, z - 0.011))
    pieces = [front]
    field = min(0.2 * min(wide, tall), 0.03)
    if frame.params.joinery.ornament > 0.25:
        raised = stack(
            rectangle(wide - 2 * field, tall - 2 * field, 0.004, 1),
            [(0.0, -0.004), (0.0, 0.002), (0.35 * field, 0.002 + 0.012 * frame.params.joinery.ornament)],
            crease=FIELD,
        )
        pieces.append(moved(turned(raised, (1.0, 0.0, 0.0), QUARTER), (x, y, z)))
    for side in (-1, 1):
        wall = box((0.011, 0.8 * tall, deep - 0.024), 0.002, along=2)
        pieces.append(moved(wall, (x + side * (wide / 2 - 0.012), y - 0.05 * tall, z - deep / 2 - 0.008)))
    back = box((wide - 0.03, 0.76 * tall, 0.01), 0.002, along=0)
    floor = box((wide - 0.031, 0.008, deep - 0.026), 0.002, along=2)
    pieces += [moved(back, (x, y - 0.05 * tall, z - deep + 0.01)), moved(floor, (x, y - 0.4 * tall, z - deep / 2 - 0.008))]
    inside = PartSocket(f"{name}_inside", (x, y - 0.36 * tall, z - deep / 2), "support", (0.8 * wide, 0.8 * deep))
    slide = ((0.0, 0.0, 1.0), -out, max(0.75 * deep - out, 0.0))
    pivot = (x, y, z)
    drawer = Part(name, surface(join(*pieces)), "drawers", pivot, parent, sockets=(inside,), slide=slide)
    pull, reach = _pull(frame, min(wide, 0.5), tall)
    lift = 0.004 + 0.012 * frame.params.joinery.ornament if frame.params.joinery.ornament > 0.25 else 0.0
    grip = PartSocket(f"{name}_pull", (x, y, z + lift + reach), "handle", (0.06, 0.03))
    shell = moved(pull, (x, y, z + lift - 0.001))
    return [drawer, Part(f"{name}_pull", surface(shell), "handle", (x, y, z), name, sockets=(grip,), collide=False)]


def _pull(frame: TableFrame, wide: float, tall: float) -> tuple[Shell, float]:
    """(a knob, bail or ring on the plane z = 0, how far it stands out)."""
    kind, count = frame.params.drawers.pull, frame.params.detail
    s = min(0.018, 0.28 * tall) * (1.0 + 0.4 * frame.params.joinery.stylised)
    if kind == "knob":
        rows = [(0.0, -0.3), (0.62, -0.3), (0.55, 0.1), (0.36, 0.6), (0.85, 0.95), (1.0, 1.35), (0.75, 1.75), (0.0, 1.9)]
        return turned(lathe([(r * s, t * s) for r, t in rows], count, crease=45.0), (1.0, 0.0, 0.0), QUARTER), 1.9 * s
    if kind == "ring":
        rose = turned(
            lathe([(0.0, -0.2 * s), (0.8 * s, -0.2 * s), (0.7 * s, 0.25 * s), (0.0, 0.4 * s)], count), (1.0, 0.0, 0.0), QUARTER
        )
        hoop = turned(torus(0.9 * s, 0.0, 0.16 * s, 2 * count // 2), (1.0, 0.0, 0.0), QUARTER - 0.2)
        return join(rose, moved(hoop, (0.0, -0.85 * s, 0.45 * s))), 0.7 * s
    half = min(0.28 * wide, 2.6 * s)
    path = bezier(
        [
            (-half, 0.0, -0.1 * s),
            (-half, 0.1 * s, 1.9 * s),
            (0.0, -0.9 * s, 1.5 * s),
            (half, 0.1 * s, 1.9 * s),
            (half, 0.0, -0.1 * s),
        ],
        8,
    )
    rose = turned(
        lathe([(0.0, -0.2 * s), (0.55 * s, -0.2 * s), (0.5 * s, 0.15 * s), (0.0, 0.3 * s)], max(6, count // 2)),
        (1.0, 0.0, 0.0),
        QUARTER,
    )
    bail = tube(path, 0.2 * s, 5, scale=np.interp(np.arange(8), [0, 3.5, 7], [0.8, 1.25, 0.8]))
    return join(bail, *(moved(rose, (side * half, 0.0, 0.0)) for side in (-1, 1))), 1.6 * s


def _lines(low: float, high: float, count: int) -> list[float]:
    """Heights between which drawers lie, from the top down; room left below is open, with none a shelf halves it."""
    count = min(count, max(1, int((high - low) / 0.085)))
    if not count:
        return [high, (low + high) / 2, low]
    tall = min((high - low) / count, 0.3)
    if (high - low) - count * tall < 0.06:
        tall = (high - low) / count
    return [high - i * tall for i in range(count + 1)]


def _carcass(frame: TableFrame, rng: Stream, name: str, x: float, wide: float, wanted: int) -> list[Part]:
    """A box of boards under the top, on feet or a plinth, with a stack of drawers and open below them."""
    tag = f"_{name}" if name else ""
    low, high = frame.foot, frame.under + 0.001
    deep = frame.depth - 2 * frame.params.top.overhang
    tall, b = high - low, min(frame.bevel, 0.4 * WALL)
    middle = (low + high) / 2
    pieces = []
    for side in (-1, 1):
        pieces.append(moved(box((WALL, tall, deep), b, along=1), (x + side * (wide - WALL) / 2, middle, 0.0)))
    pieces.append(moved(box((wide - 1.7 * WALL, 0.99 * tall, 0.6 * WALL), 0.3 * b, along=0), (x, middle, -deep / 2 + 0.5 * WALL)))
    pieces.append(moved(box((wide - 1.6 * WALL, WALL, 0.985 * deep), 0.5 * b, along=0), (x, low + 0.55 * WALL, 0.0)))
    lines = _lines(low + 1.05 * WALL, high, wanted)
    for y in lines[1:] if lines[-1] > low + 2 * WALL else lines[1:-1]:
        rail = box((wide - 1.62 * WALL, 0.8 * WALL, 0.975 * deep), 0.3 * WALL, along=0)
        pieces.append(moved(rail, (x, y, 0.0)))
    if frame.params.joinery.ornament > 0.25:
        pieces += _fielded(frame, x, wide, middle, tall, deep)
    case = Part(f"carcass{tag}", surface(join(*pieces)), "frame", (x, low, 0.0), "top")
    parts = [case, Part(f"feet{tag}", surface(_feet(frame, x, wide, deep)), "legs", (x, 0.0, 0.0), case.name)]
    for i, (upper, lower) in enumerate(itertools.pairwise(lines if wanted else [])):
        upper -= 0.4 * WALL if i else 0.0
        lower += 0.4 * WALL if lower > low + 2 * WALL else 0.0
        at = (x, (lower + upper) / 2, deep / 2 + 0.004)
        parts += _drawer(
            frame, rng, f"drawer{tag}_{i + 1}", at, (wide - 2 * WALL - 0.006, upper - lower - 0.006, 0.9 * deep), case.name
        )
    return parts


def _fielded(frame: TableFrame, x: float, wide: float, middle: float, tall: float, deep: float) -> list[Shell]:
    """Raised fields on both sides of a carcass."""
    inset = min(0.14 * tall, 0.05)
    rise = 0.003 + 0.009 * frame.params.joinery.ornament
    field = stack(
        rectangle(deep - 2 * inset, tall - 2 * inset, 0.006, 1), [(0.0, -0.004), (0.0, 0.0015), (0.5 * inset, rise)], crease=FIELD
    )
    flat = turned(field, (1.0, 0.0, 0.0), QUARTER)
    return [moved(turned(flat, (0.0, 1.0, 0.0), side * QUARTER), (x + side * wide / 2, middle, 0.0)) for side in (-1, 1)]


def _feet(frame: TableFrame, x: float, wide: float, deep: float) -> Shell:
    """Short legs under the corners; under panel ends a plinth with an arch in front."""
    high = frame.foot + 0.004
    if frame.params.legs.style == "panel":
        xs = np.linspace(-wide / 2 + 0.004, wide / 2 - 0.004, 9)
        arch = 0.5 * high * np.clip(1.0 - np.abs(2.6 * xs / wide) ** 4, 0.0, 1.0)
        front = across(xs, arch, np.full(9, high), 1.4 * WALL, 0.4 * frame.bevel)
        side = box((1.4 * WALL, 0.99 * high, 0.97 * deep), 0.4 * frame.bevel, along=2)
        pieces = [moved(front, (x, 0.0, way * (deep / 2 - 0.9 * WALL))) for way in (1, -1)]
        return join(*pieces, *(moved(side, (x + way * (wide / 2 - WALL), 0.5 * high, 0.0)) for way in (1, -1)))
    thick = min(frame.leg, 0.25 * wide, 0.25 * deep)
    if frame.params.legs.style == "turned":
        r, h = 0.62 * thick, high
        rows = [(0.0, 0.0), (0.55, 0.0), (0.8, 0.12), (1.0, 0.4), (0.85, 0.68), (0.5, 0.78), (0.8, 0.84), (0.8, 1.0), (0.0, 1.0)]
        foot = lathe([(a * r, t * h) for a, t in rows], frame.params.detail, crease=45.0)
    else:
        foot = post(frame, "tapered", high, thick)
    inset = 0.62 * thick
    spread = np.tan(frame.splay) * high
    pieces = []
    for sx in (-1, 1):
        for sz in (-1, 1):
            lean = np.clip(1.0 - foot.points[:, 1:2] / high, 0.0, 1.0) * np.array([[sx * spread, 0.0, sz * spread]])
            shell = Shell(foot.points + lean, foot.faces, foot.uvs, foot.tint, foot.crease)
            pieces.append(moved(shell, (x + sx * (wide / 2 - inset), 0.0, sz * (deep / 2 - inset))))
    return join(*pieces)


def _bridge(frame: TableFrame, rng: Stream, gap: float, drawers: int) -> list[Part]:
    """The rail over the knees with its flat drawer, and the panel behind."""
    if gap <= 0.2:
        return []
    deep = frame.depth - 2 * frame.params.top.overhang
    tall = max(frame.apron, 0.07)
    y = frame.under - tall
    lower = moved(box((gap + 0.004, WALL, 0.93 * deep), 0.3 * WALL, along=0), (0.0, y + WALL / 2, -0.02 * deep))
    panel = moved(
        box((gap + 0.004, 0.5 * frame.under, 0.7 * WALL), 0.2 * WALL, along=0),
        (0.0, frame.under - 0.25 * frame.under, -0.4 * deep),
    )
    parts = [Part("bridge", surface(join(lower, panel)), "frame", (0.0, frame.under, 0.0), "top")]
    at = (0.0, frame.under - (tall - WALL) / 2, deep / 2 - 0.02)
    if drawers:
        parts += _drawer(frame, rng, "drawer_middle", at, (gap - 0.008, tall - WALL - 0.006, 0.8 * deep), "bridge")
    return parts


def _vise(frame: TableFrame) -> list[Part]:
    """A jaw on a screw at the front, left; the jaw slides out along +z."""
    wide = min(0.26 * frame.width, 0.3)
    tall = min(0.16, 0.3 * frame.under)
    thick = 0.05
    x, y, z = 0.3 * frame.width, frame.height - tall / 2 - 0.004, frame.depth / 2
    gap = 0.02 + 0.03 * frame.params.joinery.irregular
    fixed = moved(box((wide, 0.98 * tall, thick), 0.8 * frame.bevel, along=0), (x, y, z + 0.35 * thick))
    jaw = moved(box((wide, tall, thick), 1.2 * frame.bevel, along=0), (x, y, z + 1.35 * thick + gap))
    face = z + 1.85 * thick + gap
    count = max(8, frame.params.detail)
    screw = [
        (0.0, -gap - 2 * thick),
        (0.018, -gap - 2 * thick),
        (0.018, 0.0),
        (0.032, 0.002),
        (0.032, 0.03),
        (0.022, 0.034),
        (0.026, 0.075),
        (0.0, 0.078),
    ]
    spindle = moved(turned(lathe(screw, count), (1.0, 0.0, 0.0), QUARTER), (x, y - 0.1 * tall, face))
    bar = turned(tube([(-0.11, 0.0, 0.0), (0.11, 0.0, 0.0)], 0.008, 8), (0.0, 0.0, 1.0), 0.5)
    knob = lathe([(0.0, -0.014), (0.012, -0.01), (0.015, 0.0), (0.012, 0.01), (0.0, 0.014)], 8)
    knobs = [moved(knob, (side * 0.11 * np.cos(0.5), side * 0.11 * np.sin(0.5), 0.0)) for side in (-1, 1)]
    handle = moved(join(bar, *knobs), (x, y - 0.1 * tall, face + 0.056))
    pivot = (x, y, z + 0.85 * thick + gap)
    return [
        Part("vise", surface(fixed), "frame", (x, y, z), "top"),
        Part("vise_jaw", surface(jaw), "frame", pivot, "vise", slide=((0.0, 0.0, 1.0), -gap, 0.15)),
        Part("vise_screw", surface(join(spindle, handle)), "iron", pivot, "vise_jaw", collide=False),
    ]
