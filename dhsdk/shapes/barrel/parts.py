"""The pieces of a barrel: staves, hoops, heads, tap, handle and cradle. Everything is made upright, then laid down."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from dhsdk.shapes.barrel import drum
from dhsdk.shapes.barrel.frame import BarrelFrame
from dhsdk.shapes.barrel.params import BarrelParams
from dhsdk.shapes.boards import across
from dhsdk.shapes.crate.parts import BACK, nail
from dhsdk.shapes.curves import bezier
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import band, lathe, ring
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.solids import box
from dhsdk.shapes.surface import Shell, Vec, join, moved, rotation, surface, tinted, turned
from dhsdk.shapes.sweep import beam, tube


def barrel_parts(params: BarrelParams, rng: Stream) -> list[Part]:
    """All parts of a barrel: the staves first."""
    frame = BarrelFrame(params)
    top = 0.97 * frame.height
    inner = 2 * (float(frame.at(top)) - frame.thick)
    kind = "support" if params.head == "closed" else "mount"
    sockets = () if params.lying else (PartSocket("top", (0.0, top, 0.0), kind, (0.7 * inner, 0.7 * inner)),)
    if params.made == "metal":
        parts = [Part("staves", surface(drum.body(frame)), "staves", sockets=sockets)]
    else:
        parts = [Part("staves", surface(_staves(frame, rng)), "staves", sockets=sockets)]
        parts.append(Part("hoops", surface(_hoops(frame, rng)), "bands", parent="staves", collide=False))
        floor = surface(_head(frame, rng, "bottom", frame.croze))
        parts.append(Part("head_bottom", floor, "head", (0.0, frame.croze, 0.0), "staves"))
    if params.head != "open":
        parts.append(_upper_head(frame, rng))
    parts += _fittings(frame)
    return _laid(frame, parts) if params.lying else parts


def _staves(frame: BarrelFrame, rng: Stream) -> Shell:
    staves = frame.params.staves
    draw = rng("staves")
    rough = staves.irregular
    cuts = (np.arange(staves.count) + draw.uniform(-0.16, 0.16, staves.count) * rough) * 2 * math.pi / staves.count
    pieces = []
    lugs = (staves.count // 4, staves.count // 4 + staves.count // 2) if frame.params.handle == "lugs" else ()
    for i in range(staves.count):
        start, end = cuts[i], cuts[i + 1] if i + 1 < staves.count else cuts[0] + 2 * math.pi
        gap = (staves.gap + 0.02) * 2 * math.pi / staves.count / 2
        low = float(draw.uniform(0.0, 0.012)) * rough * frame.height
        high = frame.height * (1.0 - float(draw.uniform(0.0, 0.02)) * rough)
        if i in lugs:
            high = frame.height + 0.22 * min(frame.height, frame.radius)
        push = float(draw.uniform(-0.14, 0.1)) * rough * frame.thick
        pieces.append(tinted(_stave(frame, (start + gap, end - gap), (low, high), push), float(draw.uniform(0.76, 1.0))))
    return join(*pieces, _lining(frame))


def _lining(frame: BarrelFrame) -> Shell:
    """A dark sleeve inside the thickness of the staves: no light shines through the cracks between them."""
    ys = np.linspace(0.03, 0.95, 5) * frame.height
    radius = frame.at(ys) - 0.45 * frame.thick
    outer = np.stack([radius, ys], axis=1)
    section = np.concatenate([outer, outer[::-1] - (0.2 * frame.thick, 0.0)])
    return tinted(ring(section, max(14, frame.params.staves.count)), 0.4)


def _stave(frame: BarrelFrame, span: tuple[float, float], ends: tuple[float, float], push: float) -> Shell:
    """One stave between two angles, from its lower to its upper end, `push` metres further out than the outline."""
    rows = frame.params.detail + 1
    ys = np.linspace(ends[0], ends[1], rows)
    cut = 0.16 * frame.thick
    ys = np.concatenate([[ys[0], ys[0] + cut], ys[1:-1], [ys[-1] - cut, ys[-1]]])
    insets = np.array([cut, 0.0] + [0.0] * (rows - 2) + [0.0, cut])
    a, b = span
    middle = (a + b) / 2
    rings = np.zeros((len(ys), 7, 3))
    for row, (y, inset) in enumerate(zip(ys, insets, strict=True)):
        r = float(frame.at(min(y, frame.height))) + push
        e = (cut + inset) / r
        i = 0.5 * inset / r
        angles = np.array([a + i, a + e, middle, b - e, b - i, b - i, a + i])
        radii = np.array(
            [r - cut - inset, r - inset, r - inset, r - inset, r - cut - inset, r - frame.thick + inset, r - frame.thick + inset]
        )
        rings[row] = np.stack([radii * np.sin(angles), np.full(7, y), radii * np.cos(angles)], axis=1)
    tints = (1.0, *[0.9] * (len(ys) - 3), 1.0)
    return loft(rings, Look("along", 36.0, tints))


def _hoops(frame: BarrelFrame, rng: Stream) -> Shell:
    hoops = frame.params.hoops
    draw = rng("hoops")
    wide, thin = hoops.width * frame.height, hoops.thickness * frame.radius
    pairs = hoops.count // 2
    lows = [0.045 + hoops.width / 2 + 0.36 * k / max(pairs, 1) * (1.0 if pairs > 1 else 0.0) for k in range(pairs)]
    spots = [*lows, *([0.5] if hoops.count % 2 else []), *(1.0 - t for t in lows)]
    if frame.params.body.bulge < 0.05 and hoops.count == 2:
        spots = [0.2, 0.8]
    wide = min(wide, 0.8 * frame.height * 0.36 / max(pairs, 1))
    sides = max(14, frame.params.staves.count)
    pieces = []
    for t in spots:
        y = float(t + draw.uniform(-0.008, 0.008) * frame.params.staves.irregular) * frame.height
        slope = frame.slope(y)
        # A hoop is a polygon: it stands off far enough that its flats clear the staves, also those that stick out.
        radius = float(frame.at(y))
        clear = radius * (1.0 - math.cos(math.pi / sides)) + 0.1 * frame.params.staves.irregular * frame.thick
        radius += max(0.32 * thin, clear - 0.2 * thin)
        hoop = band(radius, y, thin, wide, sides, flare=slope * wide)
        lean = float(draw.uniform(-0.008, 0.008)) * frame.params.staves.irregular
        pieces.append(turned(hoop, (math.sin(7 * t), 0.0, math.cos(7 * t)), lean, (0.0, y, 0.0)))
        if hoops.rivets:
            for side in (-1, 1):
                head = nail(0.16 * wide, 6)
                angle = float(draw.uniform(-0.3, 0.3)) + 0.6 + 0.08 * side * wide / frame.radius
                spot = moved(head, (0.0, y + side * 0.18 * wide, radius + 0.48 * thin))
                pieces.append(turned(spot, (0.0, 1.0, 0.0), angle))
    return join(*pieces)


def _head(frame: BarrelFrame, rng: Stream, name: str, y: float) -> Shell:
    """A round lid of boards whose middle is at height y."""
    draw = rng("head", name)
    rough, count = frame.params.staves.irregular, frame.params.boards
    radius = float(frame.at(y)) - 0.8 * frame.thick
    thick = 0.8 * frame.thick
    pitch = 2 * radius / count
    pieces = []
    for i in range(count):
        low, high = -radius + i * pitch + 0.02 * pitch, -radius + (i + 1) * pitch - 0.02 * pitch
        xs = np.linspace(max(low, -0.985 * radius), min(high, 0.985 * radius), 5)
        half = np.sqrt(radius**2 - xs**2)
        board = across(xs, -half, half, thick * (1.0 + 0.2 * float(draw.uniform(-1, 1)) * rough), 0.14 * thick)
        board = turned(replace(board, uvs=board.uvs[..., ::-1]), (1.0, 0.0, 0.0), -BACK)
        pieces.append(
            tinted(moved(board, (0.0, y + 0.06 * thick * float(draw.uniform(-1, 1)), 0.0)), float(draw.uniform(0.76, 1.0)))
        )
    return join(*pieces)


def _upper_head(frame: BarrelFrame, rng: Stream) -> Part:
    top = frame.height - frame.croze
    metal = frame.params.made == "metal"
    shell = drum.head(frame, top) if metal else _head(frame, rng, "top", top)
    if frame.params.head == "closed":
        return Part("head_top", surface(shell), "head", (0.0, top, 0.0), "staves")
    # Pushed aside, it leans from the far rim over the near one.
    radius = float(frame.at(frame.height))
    batten = moved(
        box((1.4 * radius, 0.7 * frame.thick, 0.26 * radius), 0.12 * frame.thick, along=0), (0.0, top + 0.7 * frame.thick, 0.0)
    )
    shell = turned(shell if metal else join(shell, batten), (0.35, 0.0, 1.0), -0.3, (0.0, top, 0.0))
    at: Vec = (0.34 * radius, frame.croze + 0.2 * radius, 0.1 * radius)
    return Part("lid", surface(moved(shell, at)), "head", (at[0], top + at[1], at[2]), "staves")


def _fittings(frame: BarrelFrame) -> list[Part]:
    params = frame.params
    parts = []
    if params.tap:
        y = 0.2 * frame.height
        spot: Vec = (0.0, y, float(frame.at(y)))
        if params.lying:
            spot = (0.0, 0.45 * frame.croze, -0.6 * float(frame.at(0.0)))
        shell = _tap(0.16 * frame.radius, lying=params.lying)
        parts.append(
            Part(
                "tap",
                surface(moved(shell, spot)),
                "tap",
                spot,
                "staves",
                sockets=(PartSocket("tap", spot, "handle", (0.05, 0.05)),),
            )
        )
    if params.bung:
        y = 0.5 * frame.height
        r = 0.12 * frame.radius
        rows = [(0.0, -0.3 * r), (r, -0.3 * r), (1.05 * r, 0.35 * r), (0.8 * r, 0.55 * r), (0.0, 0.55 * r)]
        shell = turned(lathe(rows, 10, grain="along"), (1.0, 0.0, 0.0), -BACK)
        spot = (0.0, y, -float(frame.at(y)))
        parts.append(Part("bung", surface(moved(shell, spot)), "tap", spot, "staves", collide=False))
    if params.handle == "bail":
        parts.append(_bail(frame))
    if params.handle == "lugs":
        parts.append(drum.loops(frame) if params.made == "metal" else _carrying_bar(frame))
    return parts


def _tap(size: float, *, lying: bool) -> Shell:
    """A wooden spigot: a tapered plug, a block, a spout that bends down, a key on top. Its outlet points to the floor."""
    rows = [(0.0, -0.8), (0.42, -0.8), (0.5, 0.5), (0.62, 0.6), (0.62, 1.2), (0.45, 1.35), (0.42, 2.0), (0.0, 2.0)]
    body = turned(lathe([(r * size, y * size) for r, y in rows], 10, grain="along"), (1.0, 0.0, 0.0), BACK)
    key = lathe([(0, 0), (0.2, 0.0), (0.2, 0.75), (0.62, 0.85), (0.62, 1.15), (0.2, 1.25), (0, 1.25)], 8, grain="along")
    key = moved(replace(key, points=key.points * (size * 1.0, size, size * 0.5)), (0.0, 0.35 * size, 0.95 * size))
    path = bezier(
        [(0.0, 0.0, 1.6 * size), (0.0, 0.0, 2.2 * size), (0.0, -0.2 * size, 2.3 * size), (0.0, -0.9 * size, 2.3 * size)], 6
    )
    shell = join(body, key, tube(path, 0.34 * size, 8))
    # Lying down turns what was +y to the front, so what shall point down then points to -z now.
    return turned(shell, (1.0, 0.0, 0.0), BACK) if lying else shell


def _bail(frame: BarrelFrame) -> Part:
    y = 0.94 * frame.height
    r = float(frame.at(y)) + 0.1 * frame.thick
    path = bezier([(-r, y, 0.0), (-1.12 * r, y + 1.5 * r, 0.0), (1.12 * r, y + 1.5 * r, 0.0), (r, y, 0.0)], 15)
    thin = 0.045 * frame.radius
    wood = tube(path[6:9] + np.array([0.0, 0.0, 0.0]), 2.2 * thin, 8)
    ears = []
    for side in (-1, 1):
        ear = turned(
            lathe(
                [
                    (0, -0.6 * thin),
                    (2.4 * thin, -0.6 * thin),
                    (2.4 * thin, 0.6 * thin),
                    (1.6 * thin, 1.1 * thin),
                    (0, 1.1 * thin),
                ],
                8,
            ),
            (0.0, 0.0, 1.0),
            -side * BACK,
        )
        ears.append(moved(ear, (side * (r + 0.2 * thin), y, 0.0)))
    shell = turned(join(tube(path, thin, 6), wood, *ears), (1.0, 0.0, 0.0), 0.5, (0.0, y, 0.0))
    high = (0.0, y + 1.1 * r * math.cos(0.5), 1.1 * r * math.sin(0.5))
    grip = PartSocket("handle", high, "handle", (0.1, 0.04))
    return Part("handle", surface(shell), "handle", (0.0, y, 0.0), "staves", ((1.0, 0.0, 0.0), -1.9, 0.9), (grip,), collide=False)


def _carrying_bar(frame: BarrelFrame) -> Part:
    y = frame.height + 0.12 * min(frame.height, frame.radius)
    r = float(frame.at(frame.height)) - 0.5 * frame.thick
    count = frame.params.staves.count
    turn = (count // 4 + 0.5) * 2 * math.pi / count
    bar = tube([(-1.2 * r, y, 0.0), (0.0, y + 0.01, 0.0), (1.2 * r, y, 0.0)], 0.05 * frame.radius, 8)
    shell = turned(bar, (0.0, 1.0, 0.0), turn - BACK)
    return Part(
        "handle",
        surface(shell),
        "frame",
        (0.0, y, 0.0),
        "staves",
        sockets=(PartSocket("handle", (0.0, y, 0.0), "handle", (2 * r, 0.05)),),
    )


def _laid(frame: BarrelFrame, parts: list[Part]) -> list[Part]:
    """The barrel on its side, its lower head to the front, on a cradle of two beams and four posts."""
    widest = float(frame.at(np.linspace(0, frame.height, 9)).max())
    lift = widest + 0.22 * frame.radius
    turn = rotation((1.0, 0.0, 0.0), -BACK)

    def place(point: np.ndarray | Vec) -> np.ndarray:
        return (np.asarray(point) - (0.0, frame.height / 2, 0.0)) @ turn.T + (0.0, lift, 0.0)

    out = []
    for part in parts:
        face = replace(part.surface, positions=place(part.surface.positions), normals=part.surface.normals @ turn.T)
        spots = tuple(replace(s, translation=_vec(place(s.translation))) for s in part.sockets)
        hinge = None if part.hinge is None else (_vec(np.asarray(part.hinge[0]) @ turn.T), part.hinge[1], part.hinge[2])
        out.append(replace(part, surface=face, pivot=_vec(place(part.pivot)), sockets=spots, hinge=hinge))
    return [*out, _cradle(frame, lift)]


def _vec(point: np.ndarray) -> Vec:
    return (float(point[0]), float(point[1]), float(point[2]))


def _cradle(frame: BarrelFrame, lift: float) -> Part:
    thick = 0.2 * frame.radius
    pieces = []
    for way in (-1, 1):
        z = way * 0.24 * frame.height
        r = float(frame.at(frame.height / 2 + z))
        low = lift - r
        saddle = box((1.9 * r, thick, 0.9 * thick), 0.12 * thick, along=0)
        pieces.append(moved(saddle, (0.0, low - 0.12 * thick, z)))
        for side in (-1, 1):
            pieces.append(
                beam(
                    (side * 0.95 * r, 0.0, z),
                    (side * 0.62 * r, low + 0.42 * r, z),
                    thick,
                    0.8 * thick,
                    bevel=0.1 * thick,
                    taper=0.8,
                    side=(0.0, 0.0, 1.0),
                )
            )
    shell = join(*pieces)
    return Part("cradle", surface(shell), "frame", (0.0, 0.0, 0.0))
