"""The hull of a rocket, its stages, nose and engines. y = 0 is the lower end of the hull."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import band, lathe
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.rocket.params import RocketParams
from dhsdk.shapes.slab import boxed, skin
from dhsdk.shapes.surface import Shell, join, mapped, moved, surface, turned
from dhsdk.shapes.sweep import tube


class Hull:
    """The measures that all pieces share, metres: the outline of the hull, where its stages end, and how it is dented."""

    def __init__(self, params: RocketParams, rng: Stream) -> None:
        self.params = params
        body, stylised = params.body, params.build.stylised
        slim = min(max(body.length / body.width / 3.0, 1.0), 4.0)
        self.length = max(body.length * (1.0 - stylised * 0.55 * (1.0 - 1.0 / slim**0.8)), 0.7 * body.width)
        self.radius = 0.5 * min(body.width, 0.9 * body.length) * (1.0 + 0.12 * stylised)
        self.chunky = 1.0 + 0.7 * stylised
        self.count = params.detail
        self.style = body.style
        self.stages = 1 if body.style == "capsule" else params.stages
        self.nose_base = self.length * (1.0 - params.nose.length)
        self.profile = self._profile()
        self.joints = self._joints()
        draw = rng("dents")
        self._waves = draw.uniform(1.5, 4.0, 3), draw.uniform(0.0, 6.3, 3)

    def _profile(self) -> np.ndarray:
        """(N, 2) of (radius, y) from the tail to the foot of the nose."""
        body, r, top = self.params.body, self.radius, self.nose_base
        if self.style == "cigar":
            belly = min(1.0, body.belly + 0.25 * self.params.build.stylised)
            t = np.linspace(0.0, top / self.length, 11)
            tail = 0.86 - 0.42 * belly
            low = tail + (1.0 - tail) * np.sin(0.5 * math.pi * np.clip(t / 0.42, 0.0, 1.0))
            high = 1.0 - np.clip((t - 0.42) / 0.58, 0.0, 1.0) ** (2.6 - 0.7 * belly)
            return np.stack([r * np.minimum(low, high), t * self.length], axis=1)
        if self.style == "capsule":
            narrow = 0.72 - 0.4 * body.belly
            lip = 0.08 * top
            rows = [(0.94, 0.0), (1.0, 0.35 * lip), (1.0, lip), (0.98, 1.5 * lip)]
            cone = [(0.98 + (narrow - 0.98) * s, 1.5 * lip + (top - 1.5 * lip) * s) for s in (0.25, 0.5, 0.75, 1.0)]
            return np.array([(r * a, y) for a, y in [*rows, *cone]])
        rows, count = [], self.stages
        step = min(0.35 * r, 0.12 * top / count)
        for stage in range(count):
            wide = r * (1.0 - body.taper) ** stage
            low, high = top * self._share(stage), top * self._share(stage + 1)
            if stage:
                low += step
            rows += [(wide, low), (wide, 0.5 * (low + high)), (wide, high)]
        return np.array(rows)

    def _share(self, stage: int) -> float:
        """Where a stage begins, share of the hull: lower stages are longer."""
        weights = np.array([1.0, 0.62, 0.42][: self.stages])
        return float(weights[:stage].sum() / weights.sum())

    def _joints(self) -> list[float]:
        """Heights where the stages part, from the tail to the foot of the nose."""
        return [self.nose_base * self._share(stage) for stage in range(self.stages + 1)]

    def at(self, y: float | np.ndarray) -> np.ndarray:
        """The radius of the hull at heights y; above the foot of the nose that of its foot."""
        return np.interp(y, self.profile[:, 1], self.profile[:, 0])

    def slope(self, y: float) -> float:
        """How far the hull leans inwards at y, radians."""
        step = 0.02 * self.nose_base
        return math.atan2(float(self.at(y - step) - self.at(y + step)), 2.0 * step)

    def dented(self, shell: Shell) -> Shell:
        """The shell with the dents of a worn hull."""
        speed, phase = self._waves
        depth = 0.03 * self.params.build.wear * self.radius

        def wave(angle: np.ndarray, y: np.ndarray) -> np.ndarray:
            turn = y / self.radius
            wide = np.sin(speed[0] * turn + phase[0]) * np.sin(2 * angle + phase[1])
            return np.minimum(wide + 0.5 * np.sin(3 * angle + phase[2] + speed[1] * turn), 0.0)

        def push(p: np.ndarray) -> np.ndarray:
            # Straight between the rows of the outline, so that what lies on the hull stays on it.
            angle, rows = np.arctan2(p[:, 0], p[:, 2]), np.unique(self.profile[:, 1])
            above = np.clip(np.searchsorted(rows, p[:, 1]), 1, len(rows) - 1)
            part = np.clip((p[:, 1] - rows[above - 1]) / (rows[above] - rows[above - 1]), 0.0, 1.0)
            dent = (1.0 - part) * wave(angle, rows[above - 1]) + part * wave(angle, rows[above])
            share = 1.0 + depth * dent / np.maximum(np.hypot(p[:, 0], p[:, 2]), 0.3 * self.radius)
            return p * np.stack([share, np.ones_like(share), share], axis=1)

        return mapped(shell, push)

    def on(self, shell: Shell, y: float, angle: float, lift: float = 0.0) -> Shell:
        """A piece made about the origin facing +z, set on the hull at height y and `angle` about +Y from the front."""
        leaned = turned(shell, (1.0, 0.0, 0.0), -self.slope(y))
        return turned(moved(leaned, (0.0, y, float(self.at(y)) + lift)), (0.0, 1.0, 0.0), angle)

    def point(self, y: float, angle: float, lift: float = 0.0) -> tuple[float, float, float]:
        """A point of the hull's surface."""
        r = float(self.at(y)) + lift
        return r * math.sin(angle), float(y), r * math.cos(angle)

    @property
    def facet(self) -> float:
        """The angle of one facet of the hull."""
        return 2.0 * math.pi / self.count

    def corner(self, angle: float) -> float:
        """The nearest corner between two facets."""
        return round(angle / self.facet) * self.facet

    def faceted(self, angle: np.ndarray) -> np.ndarray:
        """How near the axis the facets of the hull are at angles about +Y, share of its radius at their corners."""
        half = 0.5 * self.facet
        share: np.ndarray = np.cos(half) / np.cos(np.mod(angle, self.facet) - half)
        return share

    def clad(self, low: float, high: float, start: float, end: float, thick: float) -> Shell:
        """A plate that follows the facets of the hull between two heights and two angles, `thick` proud of it."""
        step = self.facet
        corners = step * np.arange(math.ceil(start / step + 0.2), math.floor(end / step - 0.2) + 1)
        angle = np.concatenate([[start], corners, [end]])
        inner = self.profile[:, 1]
        gap = 0.06 * (high - low)
        y = np.concatenate([[low], np.unique(inner[(inner > low + gap) & (inner < high - gap)]), [high]])
        return self._skinned(y, np.broadcast_to(angle, (len(y), len(angle))), thick, 0.0, 0.95)

    def door(
        self, low: float, high: float, half: float, thick: float, corner: float, *, lift: float = 0.0, tint: float = 0.95
    ) -> Shell:
        """A plate with round corners on the front of the hull, from -half to half (angle), `thick` proud and `lift` above it."""
        r = min(corner, 0.45 * (high - low))
        curve = r * (1.0 - np.cos(np.linspace(0.0, 0.5 * math.pi, 4)))
        rows = [0.5 * (low + high)]
        y = np.concatenate([low + curve, rows, high - curve[::-1]])
        near = np.minimum(np.minimum(y - low, high - y), r)
        shrink = (r - np.sqrt(np.maximum(r * r - (r - near) ** 2, 0.0))) / np.maximum(self.at(y) * half, 1e-9)
        v = np.linspace(-1.0, 1.0, 3 + math.ceil(half * self.count / math.pi))
        angle = half * v[None, :] * (1.0 - np.minimum(shrink, 0.7))[:, None]
        return self._skinned(y, angle, thick, lift, tint)

    def _skinned(self, y: np.ndarray, angle: np.ndarray, thick: float, lift: float, tint: float) -> Shell:
        """A plate over heights y (R,) and angles (R, K): its rim is cut, its back lies in the hull."""
        rim = np.ones(angle.shape)
        rim[[0, -1]] = rim[:, [0, -1]] = 0.45
        grids = []
        for out in (lift + thick * rim, np.full_like(rim, lift - 0.8 * thick)):
            radius = self.at(y)[:, None] * self.faceted(angle) + out
            grids.append(
                np.stack([radius * np.sin(angle), np.broadcast_to(y[:, None], angle.shape), radius * np.cos(angle)], axis=2)
            )
        return skin(grids[0], grids[1], tint=tint)


def hull_parts(hull: Hull) -> list[Part]:
    """The stages, one above the other, the rings, and the nose."""
    parts = []
    below = None
    for stage, (low, high) in enumerate(zip(hull.joints[:-1], hull.joints[1:], strict=True)):
        name = f"stage_{stage + 1}" if hull.stages > 1 else "hull"
        sockets = (PartSocket("dock" if stage == len(hull.joints) - 2 else f"dock_{stage + 1}", (0.0, high, 0.0), "mount"),)
        parts.append(
            Part(name, surface(hull.dented(_stage(hull, low, high, stage))), "hull", (0.0, low, 0.0), below, sockets=sockets)
        )
        if stage and hull.style == "cylinder":
            parts.append(Part(f"interstage_{stage}", surface(_interstage(hull, low)), "trim", (0.0, low, 0.0), name))
        below = name
    parts += _nose(hull, below or "hull")
    rings = _bands(hull)
    if rings is not None:
        parts.append(Part("bands", surface(hull.dented(rings)), "trim", (0.0, hull.joints[0], 0.0), parts[0].name, collide=False))
    return parts


def _stage(hull: Hull, low: float, high: float, stage: int) -> Shell:
    """A closed length of the hull with cut edges."""
    step = hull.profile
    start = low if stage == 0 else float(step[step[:, 1] > low + 1e-9][0, 1])
    inner = step[(step[:, 1] > start + 1e-6) & (step[:, 1] < high - 1e-6)]
    b = 0.02 * hull.radius
    r0, r1 = float(hull.at(start)), float(hull.at(high - 1e-6))
    rows = [(0.0, start), (r0 - b, start), (r0, start + b), *map(tuple, inner), (r1, high - b), (r1 - b, high), (0.0, high)]
    return lathe(rows, hull.count, crease=36.0, tint=[0.75, 1.0, *[0.97] * (len(rows) - 5), 1.0, 0.9])


def _interstage(hull: Hull, y: float) -> Shell:
    """The ribbed collar between two stages."""
    above = hull.profile[hull.profile[:, 1] > y + 1e-9][0]
    r0, r1, top = float(hull.at(y - 1e-6)) * 0.97, float(above[0]), float(above[1])
    collar = lathe(
        [(0.0, y - 0.02 * r0), (r0, y - 0.02 * r0), (r0, y + 0.05 * (top - y)), (r1, top), (0.0, top + 0.01 * r1)], hull.count
    )
    if hull.params.build.ornament < 0.15:
        return collar
    number = max(6, hull.count // 2)
    angle = (np.arange(4 * number) + 0.5) * (2 * math.pi / (4 * number))
    proud = 1.0 + 0.09 * hull.params.build.ornament * (np.arange(4 * number) % 4 < 2)
    around = np.stack([np.sin(angle) * proud, np.zeros_like(angle), np.cos(angle) * proud], axis=1)
    spans = ((0.97, 0.1), (1.0, 0.14), (1.0, 0.86), (0.97, 0.9))
    rings = [around * (k * (r0 + (r1 - r0) * t) * 1.012) + (0.0, y + (top - y) * t, 0.0) for k, t in spans]
    return join(collar, boxed(loft(np.asarray(rings), Look("along", 30.0, 0.95), fan=True)))


def _nose(hull: Hull, below: str) -> list[Part]:
    """The nose on its ring, and what stands on its tip."""
    nose = hull.params.nose
    low, r = hull.nose_base, float(hull.at(hull.nose_base))
    tall = hull.length - low
    t = np.linspace(0.0, 1.0, 9)
    if nose.style == "cone":
        share = 1.0 - 0.93 * t
    elif nose.style in ("dome", "tower"):
        tall = tall if nose.style == "dome" else 0.55 * tall
        flat = 0.42 if hull.style == "capsule" else 0.1
        share = np.sqrt(np.maximum(1.0 - ((1.0 - flat) * t) ** 2.4, 0.0))
    elif hull.style == "cigar":
        full = np.clip((low + t * tall - 0.42 * hull.length) / (0.58 * hull.length), 0.0, 1.0)
        belly = min(1.0, hull.params.body.belly + 0.25 * hull.params.build.stylised)
        share = 1.0 - full ** (2.6 - 0.7 * belly)
        share = share / max(float(share[0]), 1e-6)
    else:
        share = (1.0 - t**1.9) * 0.97 + 0.03
    share = np.maximum(share, 0.05)
    b = 0.02 * r
    rows = [
        (0.0, low),
        (r - b, low),
        *((r * s, low + b + (tall - b) * k) for s, k in zip(share, t, strict=True)),
        (0.0, low + tall * 1.004),
    ]
    if hull.style == "capsule":
        wide, rim = rows[-2][0], 0.3 * tall
        ring = ((0.86, 0.0), (0.8, 0.7), (0.72, 1.0), (0.6, 1.0), (0.52, 0.4), (0.0, 0.35))
        rows[-1:] = [(a * wide, low + tall + t * rim) for a, t in ring]
    tip = (0.0, low + tall, 0.0)
    parts = [
        Part(
            "nose",
            surface(lathe(rows, hull.count, crease=38.0)),
            "nose",
            (0.0, low, 0.0),
            below,
            sockets=(PartSocket("tip", tip, "mount"),),
        )
    ]
    if nose.style == "tower":
        parts.append(Part("escape_tower", surface(_tower(hull, tip[1], 0.45 * (hull.length - low))), "trim", tip, "nose"))
    if nose.antenna:
        parts.append(Part("antenna", surface(_antenna(hull, tip[1])), "rim", tip, "nose"))
    return parts


def _tower(hull: Hull, y: float, tall: float) -> Shell:
    """Four legs of a truss, a brace around them and a small rocket on top."""
    r = 0.42 * float(hull.at(hull.nose_base))
    legs, top = [], 0.5 * tall
    for k in range(4):
        angle = math.pi / 4 + k * math.pi / 2
        x, z = r * math.sin(angle), r * math.cos(angle)
        legs.append(tube([(0.9 * x, y - 0.06 * tall, 0.9 * z), (0.32 * x, y + top, 0.32 * z)], 0.07 * r, 6))
    ring = band(0.62 * r, y + 0.42 * top, 0.09 * r, 0.12 * r, 8)
    motor = [
        (0.0, y + 0.92 * top),
        (0.4 * r, y + 0.92 * top),
        (0.34 * r, y + 1.05 * top),
        (0.3 * r, y + 0.8 * tall),
        (0.04 * r, y + tall),
        (0.0, y + tall * 1.005),
    ]
    return join(*legs, ring, lathe(motor, max(8, hull.count // 2)))


def _antenna(hull: Hull, y: float) -> Shell:
    r = 0.05 * hull.radius * hull.chunky
    tall = 0.55 * hull.radius
    low = y - 0.04 * hull.length
    rows = [(0.0, low), (1.6 * r, low), (0.9 * r, y + 0.1 * tall), (0.5 * r, y + 0.7 * tall), (0.9 * r, y + 0.74 * tall)]
    ball = [(1.5 * r * math.cos(a), y + 0.74 * tall + 1.6 * r + 1.5 * r * math.sin(a)) for a in np.linspace(-0.9, 1.2, 5)]
    return lathe([*rows, *ball, (0.0, y + 0.74 * tall + 3.1 * r)], max(8, hull.count // 2), crease=45.0)


def _bands(hull: Hull) -> Shell | None:
    """Rings around the hull: at its tail, under its nose, and evenly between."""
    count = hull.params.body.bands
    if count == 0:
        return None
    pieces = []
    for y in np.linspace(0.965, 0.035, count + 1)[:count] * hull.nose_base:
        r, wide = float(hull.at(float(y))), 0.09 * hull.radius * hull.chunky
        flare = -math.tan(hull.slope(float(y))) * wide
        pieces.append(band(r + 0.012 * hull.radius, float(y), 0.075 * hull.radius * hull.chunky, wide, hull.count, flare=flare))
    return join(*pieces)


def engine_parts(hull: Hull) -> list[Part]:
    """The bells under the hull, and their flames; under a capsule its heat shield."""
    first = "stage_1" if hull.stages > 1 else "hull"
    if hull.style == "capsule":
        return [Part("heat_shield", surface(_shield(hull)), "shield", (0.0, 0.0, 0.0), first)]
    tail = float(hull.at(0.0))
    skirt = [(0.0, -0.05 * tail), (0.82 * tail, -0.05 * tail), (0.9 * tail, 0.0), (0.0, 0.02 * tail)]
    parts = [Part("thrust_plate", surface(lathe(skirt, hull.count)), "trim", (0.0, 0.0, 0.0), first)]
    for k, (x, z, r) in enumerate(spots(hull, tail)):
        place = (x, -0.03 * tail, z)
        parts.append(Part(f"engine_{k + 1}", surface(moved(bell(r, hull.count), place)), "engine", place, "thrust_plate"))
        if hull.params.lit:
            flame = surface(moved(_flame(r, hull.count), place))
            parts.append(Part(f"flame_{k + 1}", flame, "flame", place, f"engine_{k + 1}", collide=False))
    return parts


def spots(hull: Hull, tail: float) -> list[tuple[float, float, float]]:
    """(x, z, exit radius) of each engine: one in the middle, few in a ring, many in a ring around one."""
    count = hull.params.engines
    size = hull.params.build.bell * (1.0 + 0.15 * hull.params.build.stylised)
    if count == 1:
        return [(0.0, 0.0, min(size * 0.95, 1.0) * tail)]
    around = count if count < 5 else count - 1
    reach = 0.6 * tail
    r = size * 0.92 * min(reach * math.sin(math.pi / around), 0.5 * reach if count >= 5 else reach)
    ring = [(reach * math.sin(a), reach * math.cos(a), r) for a in (np.arange(around) + 0.5) * 2 * math.pi / around]
    return [*([(0.0, 0.0, r)] if count >= 5 else []), *ring]


def bell(r: float, count: int) -> Shell:
    """An engine bell hanging from the origin, open below, `r` its radius there."""
    tall = 1.45 * r
    outer = [(0.0, -0.1), (0.52, -0.1), (0.5, 0.16), (0.4, 0.24), (0.46, 0.4), (0.7, 0.66), (0.9, 0.9), (1.0, 0.95), (1.0, 1.0)]
    inner = [(0.86, 1.0), (0.62, 0.68), (0.34, 0.4), (0.0, 0.36)]
    rows = [(a * r, t * tall) for a, t in [*outer, *inner]]
    tint = [*[0.9] * 6, 1.05, 1.05, 1.0, 0.5, 0.35, 0.25]
    return turned(lathe(rows, max(8, count * 3 // 5), crease=40.0, tint=tint), (1.0, 0.0, 0.0), math.pi)


def _flame(r: float, count: int) -> Shell:
    rows = [(0.0, 0.55), (0.5, 0.58), (0.78, 1.0), (0.86, 1.5), (0.6, 2.4), (0.28, 3.2), (0.0, 3.9)]
    return turned(lathe([(a * r, t * r) for a, t in rows], max(8, count // 2), crease=60.0), (1.0, 0.0, 0.0), math.pi)


def _shield(hull: Hull) -> Shell:
    """A shallow bowl under a capsule."""
    r = float(hull.at(0.0))
    deep = 0.22 * r
    angles = np.linspace(0.0, 1.0, 6)[1:]
    bowl = [(r * 1.02 * math.sin(0.5 * math.pi * a), -deep * math.cos(0.5 * math.pi * a)) for a in angles]
    return lathe(
        [(0.0, -deep), *bowl, (r * 1.02, 0.03 * r), (0.95 * r, 0.05 * r), (0.0, 0.05 * r)], hull.count, crease=38.0, tint=0.9
    )
