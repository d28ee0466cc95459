"""Roofs: gables and gambrels of two slopes, hips and mansards, cones and domes, flat roofs with parapets, spires."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dhsdk.shapes.building.dress import gable_outline
from dhsdk.shapes.building.frame import BuildingFrame, Mass
from dhsdk.shapes.building.grid import QUARTER, Draft, bar, draped, pierced
from dhsdk.shapes.kernel import PartSocket, Stream
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.surface import Shell, moved, turned

COVER = {
    "tiles": (0.14, 0.55, 0.055), "slate": (0.12, 0.5, 0.04), "shingles": (0.13, 0.6, 0.06), "thatch": (0.36, 1.0, 0.085),
    "metal": (0.07, 99.0, 0.0), "glass": (0.05, 99.0, 0.0),
}  # fmt: skip
"""Of a covering: its thickness, the height of a course along the slope, how far a course stands proud; metres."""
MOST = 8
"""Courses of one slope at most: more would only cost triangles."""
DROP = 0.4
"""How far eaves come down before a wall at most, metres: steep roofs are bent there, so that windows stay to be seen."""
SPIRE = 1.15
"""The least slope of a spire, radians."""
Profile = list[tuple[float, float]]


def roofs(frame: BuildingFrame, rng: Stream) -> list[Draft]:
    """The roof of every mass."""
    drafts: list[Draft] = []
    for mass in frame.masses:
        if mass.tag == "tower":
            drafts += [_spire(frame, mass)]
        elif mass.tag:
            drafts += [_crown(frame, mass, "hip", max(frame.pitch, 0.95), 0.22)]
        else:
            drafts += _main(frame, rng)
    return drafts


def _main(frame: BuildingFrame, rng: Stream) -> list[Draft]:
    mass, shape = frame.main, frame.params.roof.shape
    if frame.params.beacon:
        return []
    if shape == "flat":
        return _flat(frame, mass, rng)
    if mass.corners or shape == "domed":
        return [_crown(frame, mass, shape, frame.pitch, frame.overhang)]
    if gable_outline(frame, mass):
        return _gabled(frame, mass, rng)
    return [_hipped(frame, mass)]


def top_of(frame: BuildingFrame) -> float:
    """How high the main roof is over its eaves, metres."""
    mass, shape = frame.main, frame.params.roof.shape
    if shape == "flat" or frame.params.beacon:
        return 0.25
    outline = gable_outline(frame, mass)
    if outline:
        return outline[-1][1]
    return profile_of(frame, mass, shape, frame.pitch, frame.overhang)[-1][1]


def _covering(frame: BuildingFrame) -> tuple[float, float, float]:
    thick, course, proud = COVER[frame.params.roof.made]
    return thick * (1.0 + 0.5 * frame.params.build.stylised), course, proud * (1.0 + 0.6 * frame.params.build.stylised)


def _rows(frame: BuildingFrame, length: float, course: float) -> int:
    return max(1, min(round(MOST * frame.full), round(length / course)))


def _gabled(frame: BuildingFrame, mass: Mass, rng: Stream) -> list[Draft]:
    """Slabs on both sides of the ridge, a cap on it and boards at its ends."""
    outline = gable_outline(frame, mass)
    front = frame.params.roof.front_gable
    long = (mass.depth if front else mass.width) / 2 + 0.75 * frame.overhang
    thick, _, _ = _covering(frame)
    half, _ = outline[0]
    slope = (outline[1][1] - outline[0][1]) / (outline[0][0] - outline[1][0])
    drop = frame.overhang * slope
    rows = [(half + frame.overhang, -min(drop, DROP)), *([outline[0]] if drop > DROP else []), *outline[1:]]
    lift = mass.high + 0.02
    shells, boards = [], []
    for way, name in ((0.0, "front"), (math.pi, "back")):
        draw = rng("roof", name)
        for low, high in pairwise(rows):
            shells.append(
                turned(moved(_slope(frame, low, high, long, outline[-1][1], draw), (0.0, lift, 0.0)), (0.0, 1.0, 0.0), way)
            )
            for end in (-1, 1) if frame.params.roof.made != "thatch" else ():
                a = (end * (long + 0.02), lift + low[1] - 0.4 * thick, low[0])
                b = (end * (long + 0.02), lift + high[1] - 0.4 * thick, high[0] + 0.001)
                boards.append(turned(bar(a, b, 0.2 + 0.1 * frame.ornament, 0.06, face=(1.0, 0.0, 0.0)), (0.0, 1.0, 0.0), way))
    shells.append(_ridge(frame, lift + outline[-1][1], long))
    turn = QUARTER if front else 0.0
    shells = [turned(shell, (0.0, 1.0, 0.0), turn) for shell in shells]
    boards = [turned(shell, (0.0, 1.0, 0.0), turn) for shell in boards]
    top = PartSocket("roof", (0.0, lift + outline[-1][1] + thick, 0.0), "mount")
    drafts = [Draft("roof", shells, "roof", (0.0, mass.high, 0.0), "plinth", sockets=[top])]
    if boards:
        drafts.append(Draft("bargeboards", boards, "trim", (0.0, mass.high, 0.0), "roof", collide=False))
    rafters = _rafters(frame, rows, long, lift)
    if rafters:
        made = [turned(shell, (0.0, 1.0, 0.0), turn) for shell in rafters]
        drafts.append(Draft("rafters", made, "beams", (0.0, mass.high, 0.0), "roof", collide=False))
    return drafts


def _sag(frame: BuildingFrame, a: np.ndarray, y: np.ndarray, long: float, top: float) -> np.ndarray:
    """How far an old roof hangs down at `a` along the ridge and y over the eaves."""
    amount = (0.02 * frame.rough + 0.09 * frame.wear**1.5) * long
    out: np.ndarray = -amount * (1.0 - np.abs(a / long) ** 2.2) * np.clip(y / max(top, 0.1), 0.0, 1.0)
    return out


def _slope(
    frame: BuildingFrame, low: tuple[float, float], high: tuple[float, float], long: float, top: float, draw: np.random.Generator
) -> Shell:
    """A slab facing +z from the eaves `low` to `high` (z, y), in courses, from x = -long to long; old ones have lost pieces."""
    thick, course, proud = _covering(frame)
    run, rise = low[0] - high[0], high[1] - low[1]
    length = math.hypot(run, rise)
    sin, cos = rise / length, run / length
    count = _rows(frame, length, course)
    along = np.linspace(0.0, length, count + 1)
    inset = min(0.03, 0.2 * length / count)
    s = np.concatenate([[along[k] + (inset if k else 0.0), along[k + 1]] for k in range(count)])
    lift = np.tile([proud, 0.0], count)
    columns = 9 if frame.wear > 0.5 and frame.has(10) else 5 if frame.has(10) else 3
    x = np.linspace(-long, long, columns)
    ragged = 0.35 * proud * frame.rough * draw.uniform(-1.0, 1.0, (len(s), columns))
    y = low[1] + s * sin
    grids = []
    for h in (lift[:, None] + ragged, np.full((len(s), columns), -thick)):
        z = low[0] - s[:, None] * cos + h * sin
        height = y[:, None] + h * cos + _sag(frame, x[None], y[:, None], long, top)
        grids.append(np.stack([np.broadcast_to(x, height.shape), height, z], axis=2))
    uv = np.stack(np.broadcast_arrays(x[None], s[:, None]), axis=2)
    solid = np.ones((len(s) - 1, columns - 1), bool)
    if frame.wear > 0.55 and count > 2:
        for k in range(1, count - 1, 2):
            for column in range(1 + (k // 2) % 2, columns - 2, 2):
                if draw.uniform() < 0.7 * (frame.wear - 0.45):
                    solid[2 * k : 2 * k + 1, column] = False
    return pierced(grids[0], grids[1], uv, solid, crease=22.0)


def _ridge(frame: BuildingFrame, y: float, long: float) -> Shell:
    """A cap along the ridge."""
    thick, _, proud = _covering(frame)
    w, h = 0.16 + 0.6 * thick, 0.75 * thick + 0.06
    x = np.linspace(-long - 0.03, long + 0.03, 7 if frame.has(10) else 3)
    sag = _sag(frame, np.clip(x, -long, long), np.full(len(x), y), long, y)
    drop = 0.9 * w * math.tan(min(frame.pitch, 1.2))
    flat = [(w, -drop + h), (0.45 * w, h), (-0.45 * w, h), (-w, -drop + h), (-0.8 * w, -drop), (0.8 * w, -drop)]
    rings = np.array([[(a, y + b + dy + 0.25 * proud, -c) for c, b in flat] for a, dy in zip(x, sag, strict=True)])
    return draped(loft(rings[:, ::-1], Look("along", 30.0, 1.0)))


def _rafters(frame: BuildingFrame, rows: Sequence[tuple[float, float]], long: float, lift: float) -> list[Shell]:
    """The ends of rafters under the eaves."""
    if frame.ornament < 0.3 or not frame.has(17) or frame.params.roof.made in ("metal", "glass"):
        return []
    thick, _, _ = _covering(frame)
    (z0, y0), (z1, y1) = rows[0], rows[1]
    reach = min(1.0, (frame.overhang + 0.25) / max(z0 - z1, 0.1))
    shells = []
    for way in (0.0, math.pi):
        for x in np.linspace(-0.86, 0.86, 6 if frame.has(19) else 4) * long:
            a = (float(x), lift + y0 - thick - 0.05, z0 - 0.04)
            b = (float(x), lift + y0 + (y1 - y0) * reach - thick - 0.05, z0 + (z1 - z0) * reach)
            shells.append(turned(bar(a, b, 0.1, 0.14, face=(0.0, 1.0, 0.0)), (0.0, 1.0, 0.0), way))
    return shells


def profile_of(frame: BuildingFrame, mass: Mass, shape: str, pitch: float, overhang: float) -> Profile:
    """(inset, height over the eaves) of a roof that closes from all sides, from its eaves to its top."""
    half = 0.5 * min(mass.width * float(mass.share(mass.high)), mass.depth * float(mass.share(mass.high)))
    steep = math.tan(max(pitch, SPIRE) if shape == "spire" else pitch)
    if shape == "mansard":
        first = 0.28 * half
        knee = first * math.tan(min(pitch + 0.45, 1.36))
        return [(-overhang, -0.12), (0.02, 0.1), (first, knee), (half - 0.06, knee + 0.72 * half * math.tan(0.45 * pitch))]
    if shape == "domed":
        turn = np.linspace(0.0, QUARTER, 6)[:-1]
        high = half * (0.55 + 0.6 * pitch / 0.75 * 0.5)
        rows = [
            (half - (half + overhang * (1 - t)) * math.cos(a), high * math.sin(a))
            for t, a in zip(np.linspace(0, 1, 5), turn, strict=True)
        ]
        return [*rows, (half - 0.05, high)]
    flare = min(0.35 * overhang, 0.2)
    return [
        (-overhang, -min(0.7 * overhang * steep, DROP)),
        (0.4 * half, 0.4 * half * steep - flare),
        (half - 0.05, half * steep),
    ]


def _coursed(frame: BuildingFrame, profile: Profile) -> Profile:
    """The profile in courses, its underside first."""
    thick, course, proud = _covering(frame)
    rows: Profile = [(profile[0][0] + 0.1, profile[0][1] - thick), (profile[0][0], profile[0][1] - 0.7 * thick)]
    for low, high in pairwise(profile):
        length = math.hypot(high[0] - low[0], high[1] - low[1])
        count = min(_rows(frame, length, course), 4) if proud else 1
        sin, cos = (high[1] - low[1]) / length, (high[0] - low[0]) / length
        for k in range(count):
            for t, lift in ((k / count, proud), ((k + 1) / count, 0.0)):
                s = t * length + (0.03 if k and not t * count - k else 0.0)
                rows.append((low[0] + s * cos - lift * sin, low[1] + s * sin + lift * cos))
    kept = rows[:1]
    for row in rows[1:]:
        if math.hypot(row[0] - kept[-1][0], row[1] - kept[-1][1]) > 0.012:
            kept.append(row)
    return kept


def _hipped(frame: BuildingFrame, mass: Mass) -> Draft:
    """A roof that rises from all four sides to a ridge."""
    profile = profile_of(frame, mass, frame.params.roof.shape, frame.pitch, frame.overhang)
    return _lofted(frame, mass, "roof", profile)


def _lofted(frame: BuildingFrame, mass: Mass, name: str, profile: Profile) -> Draft:
    """A closed roof over a rectangle, its top where the profile ends."""
    rings = []
    for inset, y in _coursed(frame, profile):
        w, d = (max(size / 2 - inset, 0.045) for size in (mass.width, mass.depth))
        spots = [(-w, d), (w, d), (w, -d), (-w, -d)]
        rings.append([(mass.at[0] + x, mass.high + y, mass.at[1] + z) for x, z in spots])
    shell = draped(loft(np.asarray(rings), Look("around", 22.0, 0.96)))
    top = (mass.at[0], mass.high + profile[-1][1], mass.at[1])
    return Draft(mass.name(name), [shell], "roof", (mass.at[0], mass.high, mass.at[1]), mass.name("plinth"),
                 sockets=[PartSocket(mass.name("roof"), top, "mount")])  # fmt: skip


def _crown(frame: BuildingFrame, mass: Mass, shape: str, pitch: float, overhang: float) -> Draft:
    """A cone or dome over a plan with corners; over a rectangle a dome of four sides."""
    profile = profile_of(frame, mass, shape, pitch, overhang)
    if not mass.corners:
        return _lofted(frame, mass, "roof", profile)
    angle = (np.arange(mass.corners) + 0.5) * 2 * math.pi / mass.corners
    radius = 0.5 * mass.width * float(mass.share(mass.high))
    rings = []
    for inset, y in _coursed(frame, profile):
        r = max(radius - inset, 0.045)
        rings.append(
            np.stack([mass.at[0] + r * np.sin(angle), np.full_like(angle, mass.high + y), mass.at[1] + r * np.cos(angle)], axis=1)
        )
    shell = draped(loft(np.asarray(rings), Look("around", 38.0 if mass.corners > 8 else 22.0, 0.96)))
    y = mass.high + profile[-1][1]
    knob = [(0.0, -0.1), (0.07, -0.1), (0.05, 0.12), (0.11, 0.22), (0.09, 0.32), (0.02, 0.4), (0.015, 0.75), (0.0, 0.76)]
    tip = moved(lathe(knob, 8), (mass.at[0], y, mass.at[1]))
    socket = PartSocket(mass.name("roof"), (mass.at[0], y, mass.at[1]), "mount")
    shells = [shell, tip] if frame.ornament > 0.15 and frame.has(8) and frame.params.roof.made != "thatch" else [shell]
    return Draft(mass.name("roof"), shells, "roof", (mass.at[0], mass.high, mass.at[1]), mass.name("plinth"), sockets=[socket])


def _spire(frame: BuildingFrame, mass: Mass) -> Draft:
    """A tall pyramid on the bell tower, with a cross."""
    high = mass.width * (0.9 + 0.9 * frame.pitch)
    out = 0.18 + 0.12 * frame.ornament
    profile = [(-out, -0.1), (0.16 * mass.width, 0.28 * high), (mass.width / 2 - 0.05, high)]
    draft = _lofted(frame, mass, "roof", profile)
    y, (x, z) = mass.high + high - 0.1, mass.at
    draft.shells += [
        bar((x, y, z), (x, y + 1.3, z), 0.09, 0.09),
        bar((x - 0.34, y + 0.9, z), (x + 0.34, y + 0.9, z), 0.085, 0.085),
    ]
    return draft


def _flat(frame: BuildingFrame, mass: Mass, rng: Stream) -> list[Draft]:
    """A slab, and a parapet or battlements around it."""
    parapet = frame.params.roof.parapet
    over = -0.6 * mass.thick if frame.crumbles(mass) else frame.overhang if parapet == "none" else -0.05
    slab = [(-over, -0.22), (-over, 0.0), (-over + 0.06, 0.05)]
    draft = _flat_slab(mass, slab, frame.params.turrets)
    size = (0.8 * mass.width, 0.8 * mass.depth)
    draft.sockets.append(PartSocket("roof_top", (0.0, mass.high + 0.05, 0.0), "support", size))
    if parapet == "none" or frame.crumbles(mass):
        return [draft]
    return [draft, *_parapet(frame, mass, rng, parapet == "battlements")]


def _flat_slab(mass: Mass, profile: Profile, turrets: int) -> Draft:
    rings = []
    for inset, y in profile:
        if mass.corners:
            angle = (np.arange(mass.corners) + 0.5) * 2 * math.pi / mass.corners
            r = 0.5 * mass.width * float(mass.share(mass.high)) - inset
            rings.append(np.stack([r * np.sin(angle), np.full_like(angle, mass.high + y), r * np.cos(angle)], axis=1))
        else:
            w, d = mass.width / 2 - inset, mass.depth / 2 - inset
            rings.append(np.array([(x, mass.high + y, z) for x, z in ((-w, d), (w, d), (w, -d), (-w, -d))]))
    shell = draped(loft(np.asarray(rings), Look("around", 30.0, 0.95)))
    return Draft("roof", [shell], "floor" if turrets else "roof", (0.0, mass.high, 0.0), "plinth")


def _parapet(frame: BuildingFrame, mass: Mass, rng: Stream, gaps: bool) -> list[Draft]:
    """A low wall around a flat roof on a corbelled ring; battlements have gaps, old ones have lost more."""
    draw = rng("parapet")
    proud = 0.12 + 0.22 * frame.ornament if gaps else 0.03 + 0.1 * frame.ornament
    thick = 0.4 if gaps else 0.25
    low, sill, top = mass.high - 0.25, mass.high + 0.55, mass.high + (1.35 if gaps else 0.85)
    outer, inner, merlon = _rim(mass, proud, thick, gaps, 1.7 / max(frame.full, 0.6))
    ys = [low, sill, top] if gaps else [low, top]
    front = np.stack([np.insert(outer, 1, y, axis=1) for y in ys])
    back = np.stack([np.insert(inner, 1, y, axis=1) for y in ys])
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.roll(outer, -1, axis=0) - outer, axis=1))])
    uv = np.stack(np.broadcast_arrays(walked[None], np.asarray(ys)[:, None]), axis=2)
    solid = np.ones((len(ys) - 1, len(outer)), bool)
    if gaps:
        solid[1] = merlon & (draw.uniform(size=len(outer)) > max(0.0, frame.wear - 0.4))
        if not solid[1].any():
            solid[1, 0] = True
    shells = [pierced(front, back, uv, solid, loop=True)]
    corbel: list[np.ndarray] = []
    if not frame.has(6):
        return [_parapet_draft(mass, shells)]
    for y, share in ((low - 0.75 * proud - 0.2, 0.0), (low - 0.15, 1.02), (low + 0.06, 1.02), (low + 0.1, 0.3)):
        ring, _, _ = _rim(mass, proud * share - 0.02, thick, False)
        corbel.append(np.insert(ring, 1, y, axis=1))
    shells.append(draped(loft(np.asarray(corbel), Look("around", 30.0, 0.9))))
    return [_parapet_draft(mass, shells)]


def _parapet_draft(mass: Mass, shells: list[Shell]) -> Draft:
    return Draft("parapet", shells, "walls" if mass.made != "glass" else "trim", (0.0, mass.high, 0.0), "roof")


def _rim(mass: Mass, proud: float, thick: float, gaps: bool, pitch: float = 1.7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(x, z) of a wall around the top: (N, 2) outer points from the front left counter-clockwise, inner points, merlons.

    pitch: metres from one merlon to the next.
    """
    if mass.corners:
        start = 0.5 * 2 * math.pi / mass.corners
        radius = 0.5 * mass.width * float(mass.share(mass.high)) + proud
        cells = max(5, round(2 * math.pi * radius / (0.9 * pitch))) if gaps else 0
        angle = start + (np.arange(2 * cells) if gaps else np.arange(mass.corners)) * (
            math.pi / cells if gaps else 2 * math.pi / mass.corners
        )
        way = np.stack([np.sin(angle), np.cos(angle)], axis=1)
        return radius * way, (radius - thick) * way, np.arange(len(angle)) % 2 == 0
    w, d = mass.width / 2 + proud, mass.depth / 2 + proud
    outer, inner, merlon = [], [], []
    for (ax, az), (bx, bz) in pairwise([(-w, d), (w, d), (w, -d), (-w, -d), (-w, d)]):
        length = abs(bx - ax) + abs(bz - az)
        cells = 2 * max(1, round((length - 1.2) / pitch / 2)) + 1 if gaps else 1
        edge = max((length - cells * (length / (cells + 1.4))) / 2, 1.3 * thick) if gaps else 0.0
        marks = [0.0, *(edge + (length - 2 * edge) * np.arange(cells + 1) / cells)] if gaps else [0.0]
        for k, t in enumerate(marks):
            x, z = ax + (bx - ax) * t / length, az + (bz - az) * t / length
            outer.append((x, z))
            inner.append((float(np.clip(x, -w + thick, w - thick)), float(np.clip(z, -d + thick, d - thick))))
            merlon.append(k % 2 == 0)
    return np.array(outer), np.array(inner), np.array(merlon)
