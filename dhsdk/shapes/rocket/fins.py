"""Fins, legs and boosters of a rocket."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.curves import bezier, rounded
from dhsdk.shapes.kernel import Part, Stream
from dhsdk.shapes.lathe import band, lathe
from dhsdk.shapes.rocket.hull import Hull, bell
from dhsdk.shapes.slab import ACROSS, sheet
from dhsdk.shapes.solids import box
from dhsdk.shapes.surface import Shell, join, moved, surface, turned
from dhsdk.shapes.sweep import sweep

QUARTER = math.pi / 2.0


def fin_parts(hull: Hull, rng: Stream) -> list[Part]:
    """The fins, none straight in front; a forward set where it is asked for."""
    fins = hull.params.fins
    if fins.style == "none":
        return []
    first = "stage_1" if hull.stages > 1 else "hull"
    made = {"swept": _swept, "delta": _delta, "legs": _leg}[fins.style](hull)
    parts = []
    for k in range(fins.count):
        angle = (k + 0.5) * 2 * math.pi / fins.count
        bent = 0.16 * hull.params.build.wear * float(rng("fins", k).uniform(-1.0, 1.0))
        shell = turned(turned(made, (1.0, 0.0, 0.0), bent, (hull.radius, 0.0, 0.0)), (0.0, 1.0, 0.0), angle - QUARTER)
        parts.append(Part(f"fin_{k + 1}", surface(shell), "fins", hull.point(0.0, angle), first))
    if fins.forward:
        small = _plate(hull, 0.66 * hull.nose_base, 0.45 * fins.chord * hull.nose_base, 0.55, -0.2, 0.3)
        top = f"stage_{hull.stages}" if hull.stages > 1 else "hull"
        for k in range(fins.count):
            angle = (k + 0.5) * 2 * math.pi / fins.count
            shell = turned(small, (0.0, 1.0, 0.0), angle - QUARTER)
            parts.append(Part(f"canard_{k + 1}", surface(shell), "fins", hull.point(0.66 * hull.nose_base, angle), top))
    return parts


def _grid(hull: Hull, u: np.ndarray, low: np.ndarray, high: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """x, y: (R, 7): rows from inside the hull (u = 0) to `reach` beyond it (u = 1), their lower and upper ends."""
    v = np.asarray(ACROSS)[None, :]
    y = low[:, None] + (high - low)[:, None] * v
    root = np.broadcast_to(0.9 * hull.at(np.clip(y[:1], 0.0, hull.nose_base)), y.shape)
    tip = hull.radius + reach
    return root + (tip - root) * u[:, None], y


def _swept(hull: Hull) -> Shell:
    """A fin that curves outwards and down to a foot below the tail."""
    fins = hull.params.fins
    reach = fins.span * 2 * hull.radius * (1.0 + 0.2 * (hull.chunky - 1.0))
    chord = fins.chord * hull.nose_base
    drop = reach * (0.15 + 1.0 * fins.sweep)
    u = np.array([0.0, 0.2, 0.4, 0.6, 0.78, 0.9, 0.97, 1.0])
    foot = 0.34 * chord
    low = 0.06 * chord - (0.06 * chord + drop) * u**1.7
    high = chord * 1.02 + (foot - drop - chord * 1.02) * u ** (0.85 - 0.3 * fins.sweep)
    high = np.maximum(high, low + 0.25 * foot)
    x, y = _grid(hull, u, low, high, reach)
    thick = 0.17 * hull.radius * hull.chunky * np.interp(u, [0, 0.8, 0.97, 1], [1.0, 0.7, 0.62, 0.4])
    fin = sheet(x, y, thick, tint=[0.88, 0.92, 0.92, 0.92, 0.95, 1.0, 1.0])
    r = 0.085 * hull.radius * hull.chunky
    rows = [(0.0, -0.5), (0.55, -0.46), (1.0, 0.0), (1.06, 0.9), (0.7, 2.6), (0.0, 4.2)]
    pod = lathe([(a * r, t * r) for a, t in rows], max(8, hull.count // 2), crease=45.0)
    return join(fin, moved(pod, (hull.radius + reach - 0.4 * r, float(low[-1]) - 0.02 * r, 0.0)))


def _delta(hull: Hull) -> Shell:
    fins = hull.params.fins
    return _plate(hull, 0.02 * hull.nose_base, fins.chord * hull.nose_base, 1.0, fins.sweep, 0.4)


def _plate(hull: Hull, low: float, chord: float, span: float, sweep_: float, tip: float) -> Shell:
    """A straight fin: its lower edge at `low`, its upper edge swept back to a tip of `tip` chords."""
    reach = span * hull.params.fins.span * 2 * hull.radius
    u = np.array([0.0, 0.35, 0.7, 0.94, 1.0])
    back = low - 0.25 * sweep_ * chord * u
    front = low + chord + (tip * chord - 0.25 * sweep_ * chord - chord) * u
    x, y = _grid(hull, u, back, np.maximum(front, back + 0.1 * chord), reach)
    thick = min(0.16 * hull.radius * hull.chunky, 0.4 * chord)
    return sheet(x, y, thick * np.interp(u, [0, 0.94, 1], [1.0, 0.6, 0.35]))


def _leg(hull: Hull) -> Shell:
    """A curved leg on a round foot."""
    fins = hull.params.fins
    reach = fins.span * 2 * hull.radius
    top = fins.chord * hull.nose_base
    drop = (0.25 + 0.5 * fins.sweep) * reach + 0.25 * hull.radius
    start = 0.8 * float(hull.at(top))
    out = hull.radius + reach
    path = bezier([(start, top, 0.0), (out * 0.95, top * 0.85, 0.0), (out * 0.92, 0.25 * top, 0.0), (out, -drop, 0.0)], 11)
    wide, deep = 0.36 * hull.radius * hull.chunky**0.5, 0.2 * hull.radius * hull.chunky
    scale = np.stack([np.interp(np.linspace(0, 1, 11), [0, 0.45, 1], [2.0, 1.1, 0.62]), np.linspace(1.0, 0.7, 11)], axis=1)
    bar = sweep(path, rounded(wide, deep, 0.4 * deep, 2), scale=scale, side=(0.0, 1.0, 0.0), bevel=0.06 * deep)
    r = 0.24 * hull.radius * hull.chunky**0.5
    rows = [(0.0, -1.1), (0.5, -1.05), (0.95, -0.5), (1.0, 0.0), (0.85, 0.6), (0.4, 1.1), (0.0, 1.2)]
    pad = lathe([(a * r, t * r) for a, t in rows], max(8, hull.count // 2), crease=45.0)
    return join(bar, moved(pad, (out, -drop - 0.3 * r, 0.0)))


def booster_parts(hull: Hull) -> list[Part]:
    """Boosters at the sides, each a body, a nose and a bell, held by two struts."""
    count = hull.params.boosters
    first = "stage_1" if hull.stages > 1 else "hull"
    side = hull.params.strapon
    r = 0.5 * side.width * 2 * hull.radius
    tall = side.length * hull.nose_base
    away = hull.radius + 1.04 * r
    parts: list[Part] = []
    for k in range(count):
        angle = QUARTER + k * 2 * math.pi / count
        place = (away * math.sin(angle), 0.0, away * math.cos(angle))
        name = f"booster_{k + 1}"
        body = join(_tank(hull, r, tall), *_struts(hull, r, tall, angle))
        b = moved(lathe(_cap(r, tall), max(10, hull.count * 2 // 3), crease=38.0), place)
        nozzle = moved(bell(0.72 * r, hull.count), (place[0], -0.02 * r, place[2]))
        parts.append(Part(name, surface(moved(body, place)), "hull", place, first))
        parts.append(Part(f"{name}_nose", surface(b), "nose", (place[0], tall, place[2]), name))
        parts.append(Part(f"{name}_engine", surface(nozzle), "engine", place, name))
    return parts


def _tank(hull: Hull, r: float, tall: float) -> Shell:
    b = 0.03 * r
    count = max(10, hull.count * 2 // 3)
    rows = [(0.0, 0.0), (1.06 * r, 0.0), (1.1 * r, b), (r, 0.45 * r), (r, 0.5 * tall), (r, tall - b), (r - b, tall), (0.0, tall)]
    rings = [band(r, y * tall, 0.1 * r, 0.16 * r, count) for y in (0.32, 0.64)]
    return join(lathe(rows, count, crease=36.0), *rings)


def _cap(r: float, tall: float) -> list[tuple[float, float]]:
    t = np.linspace(0.0, 1.0, 6)
    rows = [(r * (1.0 - 0.94 * k**1.6), tall + 1.9 * r * k) for k in t]
    return [(0.0, tall), (r * 0.97, tall), *((x, y + 0.03 * r) for x, y in rows), (0.0, tall + 1.95 * r)]


def _struts(hull: Hull, r: float, tall: float, angle: float) -> list[Shell]:
    pieces = []
    for share in (0.1, 0.86):
        strut = box((0.22 * r, 0.16 * r, 0.5 * r + 0.2 * hull.radius), 0.03 * r, along=2)
        pieces.append(turned(moved(strut, (0.0, share * tall, -1.05 * r)), (0.0, 1.0, 0.0), angle))
    return pieces
