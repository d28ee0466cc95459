"""What is laid over the walls of buildings: timber frames, battens, lintels, string courses, corner stones; the ends of roofs."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from dhsdk.shapes.building.frame import BuildingFrame, Mass, Side
from dhsdk.shapes.building.grid import Draft, bar, block, draped, prism
from dhsdk.shapes.kernel import Stream
from dhsdk.shapes.loft import PLAIN, loft
from dhsdk.shapes.surface import Shell, moved


def gable_outline(frame: BuildingFrame, mass: Mass) -> list[tuple[float, float]]:
    """(half width, height over the eaves) of a roof's end, from the eaves to the ridge; none where it has no gables."""
    roof = frame.params.roof
    if mass.corners or mass.tag or roof.shape not in ("gable", "mansard") or (roof.shape == "mansard" and not gambrel(frame)):
        return []
    half = (mass.width if roof.front_gable else mass.depth) / 2
    if roof.shape == "gable":
        return [(half, 0.0), (0.0, half * math.tan(frame.pitch))]
    knee = 0.42 * half * math.tan(min(frame.pitch + 0.5, 1.32))
    return [(half, 0.0), (0.58 * half, knee), (0.0, knee + 0.58 * half * math.tan(0.55 * frame.pitch))]


def gambrel(frame: BuildingFrame) -> bool:
    """Whether a mansard roof has gables: a barn's, of boards or with its gable to the front."""
    return frame.params.roof.front_gable


def timbers(frame: BuildingFrame, mass: Mass, side: Side, rng: Stream) -> list[Shell]:
    """Sills, posts, rails and braces over the upper storey, or the only one."""
    draw = rng("timbers", mass.tag, side.name)
    wide, proud = 0.17 + 0.05 * frame.ornament, 0.05 + 0.05 * frame.ornament
    low, high, half = mass.levels[-1], mass.high - 0.03, side.length / 2 - 0.02
    across = side.name in ("front", "back")
    reach = half + (0.04 if across else 0.0)
    holes = [hole for hole in side.holes if hole.y + hole.height > low]
    shells = []

    def put(x0: float, y0: float, x1: float, y1: float, thin: float = 1.0) -> None:
        jog = 0.03 * frame.rough * draw.uniform(-1, 1, 2)
        z = 0.25 * proud
        deep = 1.5 * proud * (0.9 + 0.2 * float(draw.uniform()))
        shells.append(
            bar((x0 + jog[0], y0, z), (x1 + jog[1], y1, z), thin * wide, deep, tint=0.85 + 0.12 * float(draw.uniform()))
        )

    for y in (low + wide / 2, high - wide / 2):
        put(-reach, y, reach, y)
    posts = [-half + wide / 2, half - wide / 2]
    for hole in holes:
        posts += [hole.x - hole.width / 2 - wide / 2, hole.x + hole.width / 2 + wide / 2]
        for y in (hole.y - wide / 2, hole.y + hole.height + wide / 2):
            if low + wide < y < high - wide and frame.has(8):
                put(hole.x - hole.width / 2, y, hole.x + hole.width / 2, y, 0.8)
    spots = [x for k, x in enumerate(sorted(posts)) if k == 0 or x - sorted(posts)[k - 1] > 0.8 * wide]
    for x in spots:
        put(x, low + wide, x, high - wide)
    gaps = [(a + wide / 2, b - wide / 2) for a, b in pairwise(spots)]
    for k, (a, b) in enumerate(gap for gap in gaps if not any(hole.x > gap[0] and hole.x < gap[1] for hole in holes)):
        if b - a > 0.5 and frame.has(11):
            rise = min(high - low - 2 * wide, 1.6 * (b - a))
            ends = (a, b) if k % 2 == 0 else (b, a)
            put(ends[0], low + wide, ends[1], low + wide + rise, 0.85)
    outline = gable_outline(frame, mass)
    if outline and side.name in (("front", "back") if frame.params.roof.front_gable else ("left", "right")):
        top = outline[-1][1]
        put(0.0, mass.high, 0.0, mass.high + top - 0.1)
        for way in (-1, 1):
            put(way * 0.45 * outline[0][0], mass.high, way * 0.45 * outline[0][0], mass.high + 0.5 * top, 0.9)
        put(-0.55 * outline[0][0], mass.high + 0.4 * top, 0.55 * outline[0][0], mass.high + 0.4 * top)
    return shells


def lintels(frame: BuildingFrame, side: Side) -> list[Shell]:
    """Wedge-shaped stones over the straight heads of holes in brick."""
    shells = []
    for k, hole in enumerate(side.holes):
        if hole.head == "straight" and frame.keeps(k, len(side.holes), 5, 9):
            half, low, high = hole.width / 2 + 0.16, hole.y + hole.height + 0.06, hole.y + hole.height + 0.34
            outline = [(hole.x - half, low), (hole.x + half, low), (hole.x + half + 0.09, high), (hole.x - half - 0.09, high)]
            shells.append(moved(prism(outline, 0.2), (0.0, 0.0, 0.035)))
            if frame.keeps(k, len(side.holes), 12, 16):
                shells.append(block((0.2, 0.36, 0.24), (hole.x, low - 0.02, -0.05), tint=1.0))
    return shells


def battens(frame: BuildingFrame, mass: Mass, side: Side) -> list[Shell]:
    """Upright battens over the joints of boards, where no hole is in the way."""
    count = max(2, round(side.length / 1.15))
    shells = []
    for k in range(1, count):
        if not frame.keeps(k, count, 7, 13):
            continue
        x = side.length * (k / count - 0.5)
        spans = sorted(
            (hole.y - 0.2, hole.y + hole.height + 0.2) for hole in side.holes if abs(hole.x - x) < hole.width / 2 + 0.2
        )
        y = mass.low
        for low, high in [*spans, (mass.high - 0.05, mass.high)]:
            if low - y > 0.4:
                shells.append(block((0.1, low - y, 0.05 + 0.03 * frame.ornament), (x, y, 0.01), tint=0.9))
            y = max(y, high)
    return shells


def courses(frame: BuildingFrame, mass: Mass, side: Side) -> list[Shell]:
    """String courses between the storeys and a cornice under the eaves."""
    proud = 0.05 + 0.09 * frame.ornament
    shells: list[Shell] = []
    if not frame.has(6):
        return shells
    for level in mass.levels[1:]:
        shells.append(block((side.length + 2 * proud, 0.16, 2 * proud), (0.0, level - 0.08, 0.0)))
    # Under eaves the cornice must stay below the slope, which comes down in front of the wall.
    sloped = bool(gable_outline(frame, mass)) and (side.name in ("front", "back")) != frame.params.roof.front_gable
    drop = 1.3 * proud * math.tan(frame.pitch) + 0.3 if sloped else 0.0
    if not frame.crumbles(mass):
        shells.append(block((side.length + 2 * proud, 0.2, 2.4 * proud), (0.0, mass.high - 0.22 - drop, 0.0)))
    return shells


def bands(frame: BuildingFrame, mass: Mass) -> list[Draft]:
    """Rings around a round wall: at its foot and under its top."""
    if frame.ornament < 0.2 or not frame.has(7):
        return []
    proud = 0.05 + 0.1 * frame.ornament
    shells = []
    for y, tall in ((mass.low - 0.05, 0.45), (mass.high - 0.3, 0.28))[: 1 if frame.crumbles(mass) else 2]:
        angle = (np.arange(mass.corners) + 0.5) * 2 * math.pi / mass.corners
        rings = []
        for rise, out in ((0.0, 0.0), (0.25, proud), (0.8, proud), (1.0, 0.0)):
            r = mass.reach(angle, y + rise * tall) + out - 0.02
            rings.append(np.stack([r * np.sin(angle), np.full_like(angle, y + rise * tall), r * np.cos(angle)], axis=1))
        if y > mass.low or not any(hole.door for side in mass.sides for hole in side.holes):
            shells.append(moved(draped(loft(np.asarray(rings), PLAIN)), (mass.at[0], 0.0, mass.at[1])))
    return [Draft(mass.name("bands"), shells, "trim", (mass.at[0], mass.high, mass.at[1]), mass.name("walls"), collide=False)]


def corner_parts(frame: BuildingFrame, mass: Mass) -> list[Draft]:
    """Corner stones of masonry, corner boards of wood and metal."""
    if frame.ornament < 0.1 or not frame.has(1 if mass.tag else 5) or mass.made not in ("stone", "wood", "metal"):
        return []
    proud = 0.02 + 0.05 * frame.ornament
    shells = []
    for corner, (x, z) in enumerate(((1, 1), (-1, 1), (1, -1), (-1, -1))):
        if not mass.tag and corner < frame.params.turrets:
            continue  # a turret stands there
        at = (mass.at[0] + x * mass.width / 2, mass.at[1] + z * mass.depth / 2)
        if mass.made in ("wood", "metal"):
            spot = (at[0] - x * (0.12 - proud), mass.low + 0.02, at[1] - z * (0.12 - proud))
            shells.append(block((0.24, mass.high - mass.low - 0.05, 0.24), spot))
            continue
        count = max(2, min(9, round((mass.high - mass.low) / 0.9 * frame.full)))
        tall = (mass.high - mass.low) / count
        for k in range(count):
            wide, deep = (0.62, 0.36) if k % 2 else (0.36, 0.62)
            spot = (at[0] - x * (wide / 2 - proud), mass.low + k * tall, at[1] - z * (deep / 2 - proud))
            shells.append(block((wide, 0.97 * tall, deep), spot, tint=0.9 if k % 2 else 0.98))
    if not shells:
        return []
    return [Draft(mass.name("corners"), shells, "trim", (mass.at[0], mass.low, mass.at[1]), mass.name("plinth"), collide=False)]
