"""What makes a building its own: chimneys, dormers, porch, balcony, the sails of a mill, the lamp room of a lighthouse."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from dhsdk.shapes.building.frame import BuildingFrame, Mass
from dhsdk.shapes.building.grid import QUARTER, Draft, bar, block, draped, prism
from dhsdk.shapes.building.roofs import _crown, top_of
from dhsdk.shapes.kernel import PartSocket, Stream
from dhsdk.shapes.lathe import band, lathe
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.surface import Shell, moved, turned


def extras(frame: BuildingFrame, rng: Stream) -> list[Draft]:
    """All that a building may have besides walls, openings and roofs."""
    return [
        *_core(frame),
        *_chimneys(frame, rng),
        *_dormers(frame),
        *_porch(frame),
        *_balcony(frame),
        *_sails(frame),
        *_beacon(frame),
    ]


def _core(frame: BuildingFrame) -> list[Draft]:
    """What stands in the middle of a tall house of glass: lifts and stairs, and a plant room on the roof."""
    mass = frame.main
    if mass.made != "glass" or len(mass.levels) < 2 or mass.corners:
        return []
    size = (0.42 * mass.width, 0.38 * mass.depth)
    top = mass.high + (1.9 if frame.params.roof.shape == "flat" else -0.1)
    shells = [block((size[0], top - mass.low, size[1]), (0.0, mass.low, 0.0), tint=0.85)]
    if frame.params.roof.shape == "flat":
        shells += [
            block((1.6, 1.0, 1.6), (0.32 * mass.width, mass.high, -0.28 * mass.depth)),
            block((0.08, 3.4, 0.08), (0.1, top, 0.0)),
        ]
    return [Draft("core", shells, "base", (0.0, mass.low, 0.0), "plinth")]


def _chimneys(frame: BuildingFrame, rng: Stream) -> list[Draft]:
    """Stacks with a cap and a pot; old ones stand crooked. Smoke comes out of their sockets."""
    chimney, mass = frame.params.chimney, frame.main
    drafts = []
    wide = 0.7 + 0.25 * frame.params.build.stylised
    top = mass.high + top_of(frame)
    half = 0.5 * (mass.depth if frame.params.roof.front_gable else mass.width)
    for k in range(chimney.count):
        along = (half - 0.75) * (0.88, -0.88, 0.1)[k] if not mass.corners else 0.0
        off = 0.18 * min(mass.width, mass.depth) * (-1 if k == 2 else 1)
        x, z = (off, along) if frame.params.roof.front_gable else (along, -off)
        if mass.corners:
            x, z = 0.32 * mass.width * math.sin(2.0 + 2.1 * k), 0.32 * mass.width * math.cos(2.0 + 2.1 * k)
        foot, high = mass.high - 0.3, chimney.height * (1.0 + 0.4 * frame.params.build.stylised)
        if mass.tag or frame.params.beacon:
            continue
        y = top + high if not mass.corners else mass.high + 0.55 * top_of(frame) + high
        cap = 0.08 + 0.1 * frame.ornament
        shells = [
            block((wide, y - foot, wide), (x, foot, z), top=0.92),
            block((wide + cap, 0.16, wide + cap), (x, y - 0.3, z)),
            block((wide + 0.5 * cap, 0.12, wide + 0.5 * cap), (x, y - 0.02, z)),
        ]
        shells = shells if frame.has(12) else shells[:2]
        pot = [
            (0.0, 0.0),
            (0.17, 0.0),
            (0.13, 0.1),
            (0.14, 0.4),
            (0.17, 0.42),
            (0.17, 0.48),
            (0.11, 0.48),
            (0.1, 0.2),
            (0.0, 0.2),
        ]
        if frame.has(10):
            shells.append(moved(lathe([(1.1 * r, t) for r, t in pot], 8), (x, y + 0.08, z)))
        lean = rng("chimney", k).uniform(-1.0, 1.0, 2) * (0.02 * frame.rough + 0.16 * frame.wear**1.5)
        shells = [turned(turned(s, (0.0, 0.0, 1.0), lean[0], (x, top, z)), (1.0, 0.0, 0.0), lean[1], (x, top, z)) for s in shells]
        mouth = y + (0.55 if frame.has(10) else 0.08)
        over = mouth - top
        smoke = PartSocket(f"smoke_{k + 1}", (x - over * lean[0], mouth, z + over * lean[1]), "mount", (0.2, 0.2))
        drafts.append(Draft(f"chimney_{k + 1}", shells, "chimney", (x, foot, z), "roof", sockets=[smoke]))
    return drafts


def _dormers(frame: BuildingFrame) -> list[Draft]:
    """Small gables with a window that look out of the front slope."""
    mass, params = frame.main, frame.params
    shape = params.roof.shape
    front = not params.roof.front_gable
    if not params.dormers or mass.corners or params.beacon or shape not in ("gable", "mansard") or not front:
        return []
    steep = frame.pitch if shape == "gable" else min(frame.pitch + 0.45, 1.36)
    half = mass.depth / 2
    wide = min(1.5, 0.75 * mass.width / params.dormers)
    tall = min(1.25, 0.42 * top_of(frame) + 0.25)
    z = half - (0.3 * half if shape == "gable" else 0.02)
    foot = mass.high + (half - z) * math.tan(steep) - 0.15
    deep = min(half * 0.9, (tall + 0.5) / math.tan(min(steep, 1.2)) + 0.6)
    body, trim, glass, cover = [], [], [], []
    for k in range(params.dormers):
        x = mass.width * ((k + 0.5) / params.dormers - 0.5) * 0.86
        peak = 0.42 * wide
        outline = [(-wide / 2, 0.0), (wide / 2, 0.0), (wide / 2, tall), (0.0, tall + peak), (-wide / 2, tall)]
        body.append(moved(prism(outline, deep), (x, foot, z)))
        w, h = 0.56 * wide, 0.72 * tall
        at = (x, foot + 0.16 + 0.1 * tall, z)
        glass.append(block((w, h, 0.05), at, tint=0.8))
        for way in (-1, 1):
            trim.append(block((0.09, h, 0.12), (x + way * w / 2, at[1], z + 0.02)))
            a, b = (x + way * (wide / 2 + 0.16), foot + tall - 0.13), (x - way * 0.03, foot + tall + peak + 0.03)
            middle = z - deep / 2 + 0.12
            cover.append(bar((*a, middle), (*b, middle), deep + 0.24, 0.12, face=_normal(a, b, way)))
        trim += [
            block((w + 0.2, 0.09, 0.13), (x, at[1] + h - 0.02, z + 0.02)),
            block((w + 0.26, 0.08, 0.2), (x, at[1] - 0.07, z + 0.04)),
            block((0.05, h, 0.08), (x, at[1], z + 0.01)),
        ]
    pivot = (0.0, mass.high, z)
    pane = "bulb" if params.windows.lit else "glass"
    return [
        Draft("dormers", body, "walls" if mass.made not in ("logs", "glass", "timbered") else "trim", pivot, "roof"),
        Draft("dormer_windows", trim, "trim", pivot, "dormers", collide=False),
        Draft("dormer_panes", glass, pane, pivot, "dormers", collide=False),
        Draft("dormer_roofs", cover, "roof", pivot, "dormers"),
    ]


def _normal(a: tuple[float, float], b: tuple[float, float], way: float) -> tuple[float, float, float]:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    return (way * abs(dy) / length, abs(dx) / length, 0.0)


def _porch(frame: BuildingFrame) -> list[Draft]:
    """A sloping roof on two posts before the door; of an office a flat canopy."""
    mass, params = frame.front, frame.params
    if not params.door.porch or params.door.style == "none":
        return []
    hole = next((hole for side in mass.sides for hole in side.holes if hole.door), None)
    if hole is None:
        return []
    out = mass.sides[0].out if not mass.corners else float(mass.reach(0.0, hole.y + hole.height))
    wide, deep = hole.width + 1.3, 1.35
    high = min(hole.y + hole.height + 0.32, mass.high - 0.15)
    z = mass.at[1] + out
    flat = mass.made == "glass"
    drop = 0.0 if flat else 0.42
    a, b = (0.0, high - drop, z + deep + 0.15), (0.0, high, z - 0.1)
    thick = 0.18 if flat else 0.13
    cover = [bar(a, b, wide + 0.3, thick, face=(0.0, 1.0, 0.0))]
    floor = params.door.steps and not flat
    posts = []
    for x in (-wide / 2, wide / 2):
        posts.append(block((0.14, high - drop - 0.02, 0.14), (x, 0.0, z + deep - 0.1)))
        if not flat and frame.ornament > 0.15 and frame.has(12):
            posts.append(bar((x, high - drop - 0.45, z + deep - 0.1), (x * 0.72, high - drop - 0.06, z + deep - 0.1), 0.09, 0.09))
    posts.append(block((wide + 0.1, 0.14, 0.12), (0.0, high - drop - 0.14, z + deep - 0.1)))
    pivot = (0.0, high, z)
    drafts = [
        Draft("porch_posts", posts, "trim" if mass.made != "logs" else "beams", pivot, "plinth"),
        Draft("porch_roof", cover, "trim" if flat else "roof", pivot, "porch_posts"),
    ]
    if floor:
        deck = block((wide + 0.2, 0.06, 0.62), (0.0, frame.rise - 0.045, z + 0.26))
        drafts.append(Draft("porch_deck", [deck], "floor", pivot, "plinth"))
    return drafts


def _railing(points: np.ndarray, low: float, tall: float, thin: float) -> list[Shell]:
    """Posts at (N, 2) points (x, z) and a handrail and a foot rail from each to the next."""
    shells = [block((thin, tall, thin), (float(x), low, float(z))) for x, z in points]
    for (ax, az), (bx, bz) in pairwise(points):
        for share, wide in ((1.0, 1.5), (0.12, 0.9)):
            shells.append(
                bar((ax, low + share * tall, az), (bx, low + share * tall, bz), wide * thin, wide * thin, face=(0.0, 1.0, 0.0))
            )
    return shells


def _balcony(frame: BuildingFrame) -> list[Draft]:
    """A slab on brackets with a railing over the door, at the second storey."""
    mass = frame.main
    if not frame.params.balcony or len(mass.levels) < 2:
        return []
    y = mass.levels[1] + 0.05
    out = mass.sides[0].out if not mass.corners else float(mass.reach(0.0, y)) - 0.1
    wide, deep = min(2.6, 0.5 * mass.width), 1.1
    z = out - 0.15
    slab = [block((wide, 0.16, deep), (0.0, y - 0.16, z + deep / 2))]
    for x in (-0.38 * wide, 0.38 * wide):
        slab.append(prism([(0.0, 0.0), (0.75 * deep, 0.62), (0.0, 0.62)], 0.16))
        slab[-1] = moved(turned(slab[-1], (0.0, 1.0, 0.0), -QUARTER), (x, y - 0.77, z + 0.1))
    count = max(3, round(wide / 0.28 * frame.full))
    e = 0.07
    across = np.linspace(-wide / 2 + e, wide / 2 - e, count)
    path = np.array([(-wide / 2 + e, z + 0.2), (-wide / 2 + e, z + deep * 0.6), *((x, z + deep - e) for x in across),
                     (wide / 2 - e, z + deep * 0.6), (wide / 2 - e, z + 0.2)])  # fmt: skip
    stand = PartSocket("balcony", (0.0, y, z + deep / 2), "support", (0.85 * wide, 0.7 * deep))
    pivot = (0.0, y, out)
    return [
        Draft("balcony", slab, "base", pivot, "plinth", sockets=[stand]),
        Draft("balcony_railing", _railing(path, y - 0.02, 0.95, 0.05), "metal", pivot, "balcony"),
    ]


def _sails(frame: BuildingFrame) -> list[Draft]:
    """Latticed sails on a hub that turns before the cap, canvas on half of each."""
    count, mass = frame.params.sails, frame.main
    if count == 0:
        return []
    y = mass.high + 0.35 * top_of(frame) + 0.25
    radius = 0.5 * mass.width * float(mass.share(mass.high)) if mass.corners else mass.depth / 2
    z = radius + frame.overhang + 0.75
    reach = min(0.95 * y, 1.35 * (mass.high - mass.low))
    shaft = turned(
        lathe(
            [
                (0.0, -1.6 - frame.overhang),
                (0.16, -1.6 - frame.overhang),
                (0.18, 0.0),
                (0.34, 0.05),
                (0.34, 0.4),
                (0.12, 0.55),
                (0.0, 0.56),
            ],
            10,
        ),
        (1.0, 0.0, 0.0),
        QUARTER,
    )
    wood, cloth = [moved(shaft, (0.0, y, z - 0.25))], []
    for k in range(count):
        turn = 0.35 + 2 * math.pi * k / count
        arm = [bar((0.0, 0.1, 0.0), (0.0, reach, 0.0), 0.17, 0.15)]
        wide = 0.2 * reach
        rungs = 7 if frame.has(10) else 3 if frame.has(5) else 0
        for j in range(rungs):
            level = reach * (0.22 + 0.77 * j / max(rungs - 1, 1))
            arm.append(bar((-0.1, level, 0.03), (wide, level, 0.03), 0.06, 0.05))
        arm.append(bar((wide, 0.21 * reach, 0.03), (wide, reach, 0.03), 0.07, 0.05))
        sheet = block((0.62 * wide, 0.72 * reach, 0.02), (0.33 * wide + 0.05, 0.25 * reach, 0.075))
        wood += [moved(turned(shell, (0.0, 0.0, 1.0), turn), (0.0, y, z)) for shell in arm]
        cloth.append(moved(turned(sheet, (0.0, 0.0, 1.0), turn), (0.0, y, z)))
    hinge = ((0.0, 0.0, 1.0), -math.pi, math.pi)
    return [
        Draft("sails", wood, "beams", (0.0, y, z), "roof", hinge=hinge, collide=False, rigid=True),
        Draft("sail_cloth", cloth, "sails", (0.0, y, z), "sails", collide=False, rigid=True),
    ]


def _beacon(frame: BuildingFrame) -> list[Draft]:
    """A gallery with a railing around a room of glass with a lamp in it, under a roof of its own."""
    if not frame.params.beacon:
        return []
    mass = frame.main
    radius = 0.5 * (mass.width * float(mass.share(mass.high)) if mass.corners else min(mass.width, mass.depth))
    wide, y = radius + 0.75, mass.high
    rows = [(0.0, -0.45), (radius - 0.05, -0.45), (wide, -0.08), (wide, 0.1), (0.0, 0.1)]
    gallery = moved(lathe(rows, 16 if frame.has(10) else 8, crease=30.0), (0.0, y, 0.0))
    if not mass.corners:
        gallery = block((mass.width + 0.6, 0.3, mass.depth + 0.6), (0.0, y - 0.2, 0.0))
    count = 16 if frame.has(10) else 8
    angle = np.arange(count + 1) * 2 * math.pi / count
    posts = (wide - 0.12) * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    rail = _railing(posts, y + 0.08, 1.0, 0.055)[1:]
    inner = 0.62 * radius
    room, tall = Mass("lamp_room", (0.0, 0.0), 2 * inner, 2 * inner, 8, [y + 0.1], y + 2.3, 0.0, 0.1, "glass"), 2.2
    corner = (np.arange(8) + 0.5) * math.pi / 4
    bars = [block((0.1, tall, 0.1), (inner * math.sin(a), y + 0.1, inner * math.cos(a))) for a in corner]
    bars += [draped(band(inner, y + 0.1 + level, 0.12, 0.3 if level < 1 else 0.14, 8)) for level in (0.15, 1.2, tall - 0.08)]
    bars = [turned(shell, (0.0, 1.0, 0.0), 0.0) for shell in bars]
    angles = corner
    ring = np.stack([0.95 * inner * np.sin(angles), np.zeros(8), 0.95 * inner * np.cos(angles)], axis=1)
    inside = ring * (0.96, 1.0, 0.96)
    rings = np.stack(
        [ring + (0.0, y + 0.12, 0.0), ring + (0.0, y + 2.25, 0.0), inside + (0.0, y + 2.25, 0.0), inside + (0.0, y + 0.12, 0.0)]
    )
    panes = draped(loft(rings, Look("around", 30.0), loop=True))
    lamp = [(0.0, 0.0), (0.2, 0.0), (0.24, 0.5), (0.34, 0.7), (0.36, 1.0), (0.3, 1.3), (0.0, 1.4)]
    bulb = moved(lathe([(0.8 * inner / 0.9 * r, t) for r, t in lamp], 10), (0.0, y + 0.1, 0.0))
    light = PartSocket("light", (0.0, y + 1.1, 0.0), "light")
    cap = _crown(frame, room, "domed", 0.9, max(0.12, 0.6 * frame.overhang))
    cap.name, cap.parent = "roof", "lamp_room"
    cap.sockets = [PartSocket("roof", cap.sockets[0].translation, "mount")]
    stand = PartSocket("gallery", (0.0, y + 0.1, 0.0), "support", (2 * wide, 2 * wide))
    at = (0.0, y, 0.0)
    return [
        Draft("gallery", [gallery], "base", at, "plinth", sockets=[stand]),
        Draft("gallery_railing", rail, "trim", at, "gallery"),
        Draft("lamp_room", bars, "trim", at, "gallery"),
        Draft("lamp_panes", [panes], "glass", at, "lamp_room", collide=False),
        Draft("lamp", [bulb], "bulb", at, "gallery", sockets=[light], collide=False),
        cap,
    ]
