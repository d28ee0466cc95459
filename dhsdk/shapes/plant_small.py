"""Cacti, mushrooms, flowers, stumps and logs."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.block import chipped, hewn, shell
from dhsdk.shapes.foliage import GOLDEN, UP, Leaf, arching, blade, clump, leaves, sunlit, unit
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import lathe, torus
from dhsdk.shapes.limbs import limb, roots, wandering
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.plant import PlantParams
from dhsdk.shapes.surface import Shell, join, mapped, moved, rotation, surface
from dhsdk.shapes.sweep import frames

Rng = np.random.Generator


def _vec(v: np.ndarray) -> tuple[float, float, float]:
    return float(v[0]), float(v[1]), float(v[2])


# Cacti


def cactus_parts(p: PlantParams, rng: Stream) -> list[Part]:
    if p.succulent.style == "pads":
        return _pads(p, rng)
    h, half = p.size.height, 0.5 * p.size.width
    barrel = p.succulent.style == "barrel"
    parts, tops = [], []
    own = rng("body")
    lean = 0.35 * p.trunk.leaning * h
    radius = (0.5 * p.size.width if barrel else 0.5 * p.trunk.girth * h) * (1.0 + 0.2 * p.stylised)
    path = wandering(np.zeros(3), np.array([lean, h, 0.0]), own, bend=0.04 * p.trunk.gnarled * (not barrel), count=12)
    parts.append(_column(p, "body", path, radius, own))
    tops.append((path[-1], radius, UP))
    count = min(p.crown.boughs, 6)
    for k in range(count):
        own = rng("arm", k)
        angle = 0.35 + math.pi * k + own.uniform(-0.4, 0.4) + 0.9 * (k // 2)
        ahead = np.array([math.cos(angle), 0.0, math.sin(angle)])
        if barrel:
            size = 0.42 * own.uniform(0.75, 1.1)
            foot = 0.98 * radius * ahead
            path = np.linspace(foot, foot + 0.85 * size * h * UP, 12)
            parts.append(_column(p, f"offset_{k + 1}", path, size * radius, own))
            tops.append((path[-1], size * radius, UP))
            continue
        at = h * np.clip(p.trunk.clear + 0.13 * (k % 3) * own.uniform(0.6, 1.2), 0.05, 0.72)
        out = max(half - 0.5 * radius, 1.9 * radius)
        rise = h * own.uniform(0.24, 0.4)
        t = np.linspace(0.0, 1.0, 12)
        elbow = np.clip(t / 0.45, 0.0, 1.0)
        along = out * np.sin(0.5 * math.pi * elbow)
        up = 0.55 * out * (1.0 - np.cos(0.5 * math.pi * elbow)) + rise * np.clip((t - 0.4) / 0.6, 0.0, 1.0)
        path = np.array([lean * at / h, at, 0.0])
        path = path + np.outer(along, ahead) + np.outer(up, UP)
        parts.append(_column(p, f"arm_{k + 1}", path, 0.62 * radius, own))
        tops.append((path[-1], 0.62 * radius, UP))
    parts = [part if part.name == "body" else _child(part, "body") for part in parts]
    parts[0] = Part("body", parts[0].surface, "skin", sockets=(PartSocket("top", _vec(tops[0][0]), "mount"),))
    return parts + _prickles(p, parts, rng) + _crowns(p, tops, rng)


def _child(part: Part, parent: str) -> Part:
    return Part(part.name, part.surface, part.slot, part.pivot, parent)


def _column(p: PlantParams, name: str, path: np.ndarray, radius: float, rng: Rng) -> Part:
    """A ribbed column with a round top along a path of evenly spaced points."""
    ribs = p.succulent.ribs
    around = 2 * ribs
    angle = np.arange(around) * (math.tau / around) + rng.uniform(0.0, 1.0)
    deep = np.where(np.arange(around) % 2, 0.8, 1.0)
    barrel = p.succulent.style == "barrel"
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    long = float(walked[-1])
    cap = min(radius * (1.0 if not barrel else 9.0), 0.5 * long)
    body = np.linspace(0.0, long - cap, 9 if not barrel else 4)
    dome = long - cap + cap * np.sin(np.linspace(0.0, 0.5 * math.pi, 6 if not barrel else 8))[1:-1]
    place = np.concatenate([body, dome, [long]])
    rows = np.stack([np.interp(place, walked, path[:, i]) for i in range(3)], axis=1)
    _, first, second = frames(rows)
    share = np.sqrt(np.maximum(0.0, 1.0 - (np.maximum(place - (long - cap), 0.0) / cap) ** 2))
    wide = radius * share * (0.9 + 0.12 * np.sin(7.0 * place / long + 1.0)) * (1.0 - 0.2 * np.exp(-6.0 * place / long))
    if barrel:
        wide = radius * share * np.sqrt(np.clip(1.0 - (0.9 * (1.0 - 2.2 * place / long)).clip(0.0, 1.0) ** 2, 0.1, 1.0))
    rings = []
    for k, center in enumerate(rows):
        spread = wide[k] * deep[:, None] * (np.cos(angle)[:, None] * first[k] + np.sin(angle)[:, None] * second[k])
        rings.append(center + spread)
    rings[-1] = np.broadcast_to(rows[-1], rings[-1].shape)
    rings[0][:, 1] = np.minimum(rings[0][:, 1], path[0, 1]) if name != "body" else path[0, 1]
    made = loft(np.asarray(rings), Look("along", 24.0, 0.95), fan=True)
    return Part(name, sunlit(surface(made), 0.4), "skin", _vec(path[0]))


def _prickles(p: PlantParams, parts: list[Part], rng: Stream) -> list[Part]:
    """Spines where the skin stands out."""
    own = rng("spines")
    shells = []
    for part in parts:
        made = part.surface
        y = made.positions[:, 1]
        free = np.flatnonzero((y > y.min() + 0.06 * np.ptp(y)) & (np.abs(made.normals[:, 1]) < 0.95))
        count = (
            round((20 + 110 * p.succulent.spines) * (1.0 if part.name in ("body", "pad_1") else 0.4))
            if p.succulent.spines > 0.02
            else 0
        )
        if not count or not len(free):
            continue
        chosen = own.choice(free, min(count, len(free)), replace=False)
        size = 0.05 * float(np.ptp(made.positions, axis=0).max()) * (0.6 + 0.6 * p.succulent.spines)
        ahead = unit(made.normals[chosen] + 0.3 * own.normal(size=(len(chosen), 3)))
        face = unit(np.cross(ahead, own.normal(size=(len(chosen), 3))))
        long = size * own.uniform(0.7, 1.2, len(chosen))
        shells.append(leaves(Leaf(made.positions[chosen] - 0.25 * long[:, None] * ahead, ahead, face, long, 0.24 * long), 0.5))
    return [Part("spines", surface(join(*shells)), "spines", parent=parts[0].name, collide=False)] if shells else []


def _crowns(p: PlantParams, tops: list[tuple[np.ndarray, float, np.ndarray]], rng: Stream) -> list[Part]:
    """Flowers and snow on the tops."""
    flowers, snow = [], []
    for k, (top, radius, _) in enumerate(tops):
        own = rng("top", k)
        for n in range(math.ceil(4 * p.bloom.blossom) if p.bloom.blossom > 0.02 else 0):
            angle = GOLDEN * n + own.uniform(0.0, 1.0)
            at = top + 0.32 * radius * np.array([math.cos(angle), 0.0, math.sin(angle)]) - 0.1 * radius * UP
            flowers.append(moved(_cup(own, 0.42 * radius, 7), _vec(at)))
        if p.snow > 0.02:
            cap = radius * np.array([0.8, 0.3 + 0.3 * p.snow, 0.8])
            snow.append(clump(own, top - 0.1 * radius * UP, cap, flat=0.4))
    parts = []
    for name, slot, shells in (("blossoms", "blossom", flowers), ("snow", "snow", snow)):
        if shells:
            parts.append(Part(name, surface(join(*shells)), slot, collide=False))
    return parts


def _cup(rng: Rng, size: float, count: int) -> Shell:
    """A small flower of upright petals."""
    angle = np.arange(count) * math.tau / count
    out = np.stack([np.cos(angle), np.zeros(count), np.sin(angle)], axis=1)
    ahead = unit(out + 0.9 * UP)
    long = size * rng.uniform(0.9, 1.1, count)
    return leaves(Leaf(0.1 * size * out, ahead, UP - 0.6 * out, long, 0.55 * long), 0.25)


def _pads(p: PlantParams, rng: Stream) -> list[Part]:
    """Flat pads that grow out of one another's rims."""
    h = p.size.height
    placed: list[tuple[np.ndarray, float, np.ndarray]] = []
    parts: list[Part] = []
    ends = []
    for k in range(max(1, p.crown.boughs)):
        own = rng("pad", k)
        size = h * (0.3 if k == 0 else own.uniform(0.2, 0.27)) * (1.0 + 0.15 * p.stylised)
        if k == 0:
            center, tilt, turn = np.array([0.0, 0.92 * size, 0.0]), 0.2 * p.trunk.leaning, 0.3
        else:
            home, rim, up = placed[(k - 1) // 2]
            tilt = (0.75 if k % 2 else -0.65) * own.uniform(0.6, 1.05) * min(1.6, p.size.width / h)
            turn = 0.3 + own.uniform(-0.8, 0.8)
            ahead = unit(rotation((0.0, 0.0, 1.0), -tilt) @ up)
            center = home + (0.86 * rim + 0.82 * size) * ahead
        up = unit(rotation((0.0, 0.0, 1.0), -tilt) @ (placed[(k - 1) // 2][2] if k else UP))
        pad = clump(own, np.zeros(3), size * np.array([0.78, 1.0, 0.17]), level=2 if k < 4 else 1, lumps=0.08, flat=1.0)
        spin = rotation((0.0, 1.0, 0.0), turn)
        lean = rotation((0.0, 0.0, 1.0), math.atan2(-up[0], up[1]))
        pad = mapped(pad, lambda points, spin=spin, lean=lean: points @ spin.T @ lean.T)  # type: ignore[misc]
        placed.append((center, size, up))
        ends.append((center + 0.9 * size * up, 0.4 * size, up))
        parent = None if k == 0 else f"pad_{(k - 1) // 2 + 1}"
        parts.append(
            Part(f"pad_{k + 1}", sunlit(surface(moved(pad, _vec(center))), 0.4), "skin", _vec(center - 0.9 * size * up), parent)
        )
    free = [end for k, end in enumerate(ends) if 2 * k + 2 > len(ends)]
    top = max(free, key=lambda end: float(end[0][1]))
    parts[0] = Part("pad_1", parts[0].surface, "skin", parts[0].pivot, sockets=(PartSocket("top", _vec(top[0]), "mount"),))
    return parts + _prickles(p, parts, rng) + _crowns(p, free, rng)


# Mushrooms


def mushroom_parts(p: PlantParams, rng: Stream) -> list[Part]:
    """Stems with caps, gills below them, and spots and a skirt where asked for; the tallest in the middle."""
    parts: list[Part] = []
    snow = []
    for k in range(p.trunk.stems):
        own = rng("mushroom", k)
        share = 1.0 if k == 0 else own.uniform(0.5, 0.85)
        number = f"_{k + 1}" if p.trunk.stems > 1 else ""
        angle = GOLDEN * k
        foot = 0.34 * p.size.width * math.sqrt(k) * np.array([math.cos(angle), 0.0, math.sin(angle)])
        made, top, cap = _mushroom(p, own, share, foot, number)
        parts += made
        if p.snow > 0.02:
            deep = (0.12 + 0.25 * p.snow) * cap
            rows = [(0.0, -0.2 * cap), (0.7 * cap, 0.0), (0.74 * cap, 0.4 * deep), (0.4 * cap, 1.1 * deep), (0.0, 1.4 * deep)]
            snow.append(moved(lathe(rows, 12, crease=60.0), _vec(top - 0.28 * cap * UP)))
    if snow:
        parts.append(Part("snow", surface(join(*snow)), "snow", collide=False))
    return parts


def _mushroom(p: PlantParams, rng: Rng, share: float, foot: np.ndarray, number: str) -> tuple[list[Part], np.ndarray, float]:
    h, wide = p.size.height * share, 0.5 * p.size.width * share
    cap_high = {"dome": 0.78, "cone": 1.25, "flat": 0.42}[p.fungus.cap] * wide * (1.0 + 0.2 * p.stylised)
    cap_high = min(cap_high, 0.62 * h)
    radius = min(0.5 * p.trunk.girth * h, 0.7 * wide)
    out = unit(foot) if foot.any() else np.array([0.6, 0.0, 0.8])
    lean = 0.3 * p.trunk.leaning * h * out
    t = np.array([0.0, 0.06, 0.2, 0.45, 0.75, 1.0])
    joint = h - 0.82 * cap_high
    path = foot + np.outer(t * joint, UP) + np.outer(t**1.6, lean)
    path = path + 0.07 * p.trunk.gnarled * h * np.outer(np.sin(math.pi * 1.6 * t), np.array([out[2], 0.0, -out[0]]))
    girth = radius * (1.0 + (0.25 + 0.7 * p.trunk.roots) * np.exp(-7.0 * t) - 0.16 * t)
    stem = [limb(path, girth, 10, rng, ridges=0.03, pointed=False, level=True)]
    top = path[-1]
    if p.fungus.skirt:
        rows = [
            (0.8 * radius, 0.0),
            (1.0 * radius, -0.02 * h),
            (1.75 * radius, -0.1 * h),
            (1.68 * radius, -0.11 * h),
            (0.9 * radius, -0.06 * h),
        ]
        at = np.array([np.interp(0.72, t, path[:, i]) for i in range(3)])
        stem.append(moved(lathe([(0.0, -0.055 * h), *rows[::-1], (0.0, 0.005 * h)], 12, crease=40.0), _vec(at)))
    tilt = rotation((out[2], 0.0, -out[0]), 0.5 * p.trunk.leaning * rng.uniform(0.4, 1.0) + 0.1)
    profile = _cap(p.fungus.cap, wide, cap_high, rng)
    cap = lathe(profile, 20, crease=38.0, tint=[0.74] * 3 + [0.95] * (len(profile) - 4))
    cap = mapped(cap, lambda q: _gilled(q, wide, rng) @ tilt.T + top)
    name = f"stem{number}"
    socket = PartSocket(f"top{number}", _vec(top + tilt @ (UP * cap_high)), "support", (0.7 * wide, 0.7 * wide))
    parts = [
        Part(name, surface(join(*stem)), "stem", _vec(foot)),
        Part(f"cap{number}", surface(cap), "cap", _vec(top), name, sockets=(socket,)),
    ]
    spots = _spots(p, profile, wide, tilt, top, rng)
    if spots:
        parts.append(Part(f"spots{number}", surface(join(*spots)), "spots", _vec(top), f"cap{number}", collide=False))
    return parts, top + tilt @ (UP * cap_high), wide


def _cap(kind: str, wide: float, high: float, rng: Rng) -> list[tuple[float, float]]:
    """The profile of a cap: from the stem along the gills out to the rim and over the top."""
    below = [(0.0, 0.02 * high), (0.3 * wide, 0.03 * high), (0.84 * wide, -0.1 * high), (0.97 * wide, -0.16 * high)]
    angle = np.linspace(0.0, 0.5 * math.pi, 7)
    power = {"dome": 0.95, "cone": 1.5, "flat": 0.75}[kind]
    over = [
        (float(wide * math.cos(a) ** (0.9 if kind != "cone" else 1.1)), float(high * (-0.1 + 1.1 * math.sin(a) ** power)))
        for a in angle
    ]
    over[-1] = (0.0, over[-1][1] + (0.12 * high if kind == "cone" else 0.0))
    return [*below, *over]


def _gilled(points: np.ndarray, wide: float, rng: Rng) -> np.ndarray:
    """The cap a little out of round."""
    angle = np.arctan2(points[:, 2], points[:, 0])
    phase = rng.uniform(0.0, math.tau, 2)
    wave = 1.0 + 0.05 * np.sin(2.0 * angle + phase[0]) + 0.035 * np.sin(3.0 * angle + phase[1])
    droop = -0.05 * wide * np.sin(3.0 * angle + phase[0]) * (np.hypot(points[:, 0], points[:, 2]) / wide) ** 2
    return np.stack([points[:, 0] * wave, points[:, 1] + droop, points[:, 2] * wave], axis=1)


def _spots(
    p: PlantParams, profile: list[tuple[float, float]], wide: float, tilt: np.ndarray, top: np.ndarray, rng: Rng
) -> list[Shell]:
    """Warts on the cap: flat pebbles that lie on its curve."""
    rows = np.array(profile[4:])
    out = []
    for k in range(p.fungus.spots):
        share = math.sqrt((k + 0.35) / max(1, p.fungus.spots)) * 0.9
        angle = GOLDEN * k + rng.uniform(-0.2, 0.2)
        r = share * wide
        y = float(np.interp(r, rows[::-1, 0], rows[::-1, 1]))
        slope = float(np.interp(r + 0.04 * wide, rows[::-1, 0], rows[::-1, 1])) - y
        normal = unit(np.array([-slope * math.cos(angle), 0.04 * wide, -slope * math.sin(angle)]))
        size = wide * rng.uniform(0.1, 0.19) * (1.0 - 0.3 * share)
        spot = shell(chipped(hewn(rng, (size, 0.34 * size, size), 12, blocky=0.2, rough=0.1), rng, 0.3 * size), 60.0)
        axis = np.cross(UP, normal)
        turn = rotation(axis, math.acos(float(np.clip(normal[1], -1, 1)))) if np.linalg.norm(axis) > 1e-6 else np.eye(3)
        at = np.array([r * math.cos(angle), y, r * math.sin(angle)])
        out.append(mapped(spot, lambda q, turn=turn, at=at: (q @ turn.T + at) @ tilt.T + top))  # type: ignore[misc]
    return out


# Flowers


def flower_parts(p: PlantParams, rng: Stream) -> list[Part]:
    """Stalks with a head each and leaves along them."""
    green: list[Shell] = []
    petals: list[Shell] = []
    hearts: list[Shell] = []
    tops = []
    h, wide = p.size.height, 0.5 * p.size.width
    for k in range(p.trunk.stems):
        own = rng("stalk", k)
        share = 1.0 if k == 0 else own.uniform(0.7, 0.95)
        angle = 1.2 + GOLDEN * k
        out = np.array([math.cos(angle), 0.0, math.sin(angle)])
        foot = 0.25 * wide * math.sqrt(k) * out
        lean = 0.28 * p.trunk.leaning * h * out
        t = np.linspace(0.0, 1.0, 8)
        path = foot + np.outer(t * 0.93 * h * share, UP) + np.outer(t**2.2, lean)
        path = path + 0.05 * p.trunk.gnarled * h * np.outer(np.sin(math.pi * 1.5 * t), np.array([out[2], 0.0, -out[0]]))
        radius = 0.5 * p.trunk.girth * h * (1.0 + 0.4 * p.stylised)
        green.append(limb(path, radius * (1.15 - 0.35 * t), 6, own, pointed=False, level=True))
        green += _stalk_leaves(p, path, own, k)
        tops.append(path[-1])
        head = _head(p, own, path, wide * share)
        for pile, shells in zip((petals, hearts, green), head, strict=True):
            pile += shells
    parts = [
        Part("stalk", sunlit(surface(join(*green)), 0.5), "leaves"),
        Part("petals", surface(join(*petals)), "petals", _vec(tops[0]), "stalk", collide=False),
    ]
    if hearts:
        parts.append(Part("heart", surface(join(*hearts)), "heart", _vec(tops[0]), "stalk", collide=False))
    if p.snow > 0.02:
        flakes = [
            clump(rng("snow", k), top + 0.12 * wide * UP, wide * np.array([0.5, 0.18 + 0.2 * p.snow, 0.5]), flat=0.4)
            for k, top in enumerate(tops)
        ]
        parts.append(Part("snow", surface(join(*flakes)), "snow", collide=False))
    return parts


def _stalk_leaves(p: PlantParams, path: np.ndarray, rng: Rng, number: int) -> list[Shell]:
    h = p.size.height
    out = []
    count = p.leaves.count if number == 0 else max(1, p.leaves.count // 2)
    for k in range(count):
        low = p.bloom.head != "daisy"
        t = (0.03 if low else 0.12) + (0.1 if low else 0.62) * k / max(1, count)
        at = np.array([np.interp(t, np.linspace(0, 1, len(path)), path[:, i]) for i in range(3)])
        angle = GOLDEN * k + 0.5 + number
        long = h * (0.62 if low else 0.26) * rng.uniform(0.8, 1.1) * (1.0 - 0.25 * k / count)
        row = arching(at, angle, long, 1.25 if low else 0.7, (0.35 if low else 0.9) * p.leaves.droop, 6)
        row[:, 1] = np.maximum(row[:, 1], 0.01 * h * (1 + np.arange(6)))
        shape = np.array([0.5, 0.9, 1.0, 0.85, 0.5, 0.0]) if low else np.array([0.18, 0.75, 1.0, 0.86, 0.5, 0.0])
        wide = long * (0.1 + (0.12 if low else 0.5) * p.crown.leaf) * shape
        out.append(blade(row, wide, 0.09 * long, (-math.sin(angle), 0.0, math.cos(angle)), tint=rng.uniform(0.86, 1.0)))
    return out


def _head(p: PlantParams, rng: Rng, path: np.ndarray, wide: float) -> tuple[list[Shell], list[Shell], list[Shell]]:
    """(petals, heart, green) of one flower, at the end of its stalk and looking on along it."""
    top, ahead = path[-1], unit(path[-1] - path[-2])
    if p.bloom.head == "bell":
        return _bells(p, rng, path, wide)
    ahead = unit(ahead + (np.array([0.25, 0.0, 0.45]) if p.bloom.head == "daisy" else 0.0))
    axis = np.cross(UP, ahead)
    turn = rotation(axis, math.acos(float(np.clip(ahead[1], -1, 1)))) if np.linalg.norm(axis) > 1e-6 else np.eye(3)

    def put(shells: list[Shell]) -> list[Shell]:
        return [mapped(one, lambda q: q @ turn.T + top) for one in shells]

    petals: list[Shell] = []
    count = p.bloom.petals
    cup = p.bloom.head == "tulip"
    for k in range(count):
        angle = math.tau * k / count + rng.uniform(-0.06, 0.06)
        inner = k % 2
        if cup:
            t = np.linspace(0.0, 1.0, 6)
            long = 2.3 * wide * (1.0 - 0.1 * inner)
            reach = wide * (0.82 - 0.14 * inner) * np.sin(math.pi * (0.12 + 0.66 * t)) ** 0.8
            out = np.array([math.cos(angle), 0.0, math.sin(angle)])
            row = np.outer(reach, out) + np.outer(long * t, UP)
            shape = wide * 1.25 * np.array([0.5, 0.9, 1.0, 0.92, 0.6, 0.0])
        else:
            row = arching(np.zeros(3), angle, wide * rng.uniform(0.92, 1.05) * (1.0 - 0.1 * inner), 0.22 + 0.24 * inner, 0.3, 5)
            shape = wide * min(0.62, 4.6 / count) * np.array([0.35, 0.8, 1.0, 0.82, 0.0])
        petals.append(
            blade(row, shape, 0.06 * wide, (-math.sin(angle), 0.0, math.cos(angle)), ridge=0.25, tint=0.92 + 0.08 * inner)
        )
    green = [lathe([(0.0, -0.12 * wide), (0.16 * wide, -0.06 * wide), (0.3 * wide, 0.02 * wide), (0.0, 0.06 * wide)], 8)]
    if cup:
        return put(petals), [], put(green)
    r = wide * (0.36 if count < 16 else 0.48)
    heart = lathe(
        [(0.0, -0.04 * wide), (r, 0.0), (1.02 * r, 0.06 * wide), (0.72 * r, 0.17 * wide), (0.0, 0.2 * wide)], 14, crease=34.0
    )
    return put(petals), put([heart]), put(green)


def _bells(p: PlantParams, rng: Rng, path: np.ndarray, wide: float) -> tuple[list[Shell], list[Shell], list[Shell]]:
    """Bells that hang from the upper half of an arching stalk."""
    petals = []
    out = unit((path[-1] - path[0]) * (1.0, 0.0, 1.0) + 1e-6)
    for k in range(6):
        t = 0.58 + 0.42 * k / 5
        at = np.array([np.interp(t, np.linspace(0, 1, len(path)), path[:, i]) for i in range(3)])
        size = wide * (1.15 - 0.1 * k) * rng.uniform(0.9, 1.1)
        side = np.array([out[2], 0.0, -out[0]]) * (0.5 if k % 2 else -0.5)
        at = at + size * (0.55 * out + side) - 0.2 * size * UP
        n = max(4, p.bloom.petals)
        outside = [(0.55, 0.0), (0.82, -0.3)]
        inside = [(0.42, 0.02), (0.0, 0.5)]
        rows = np.array([(0.0, 0.9), (0.36, 0.78), *outside, (0.72, -0.3), *inside]) * size
        bell = lathe(rows[::-1], 2 * n, crease=50.0)

        def frilled(q: np.ndarray, n: int = n, size: float = size) -> np.ndarray:
            """Every other point of the rim stands up: the ends of the petals."""
            rim = np.clip(-q[:, 1] / (0.3 * size), 0.0, 1.0)
            angle = np.arctan2(q[:, 0], q[:, 2]) + math.pi
            return q + np.outer(0.22 * size * rim * (0.5 + 0.5 * np.cos(n * angle)), UP)

        petals.append(moved(mapped(bell, frilled), _vec(at)))
    return petals, [], []


# Stumps and logs


def stump_parts(p: PlantParams, rng: Stream) -> list[Part]:
    """What is left of a felled tree: bark, roots, and a sawn top with its rings."""
    h = p.size.height
    radius = 0.36 * p.size.width * (0.6 + 1.1 * p.trunk.girth)
    own = rng("trunk")
    t = np.array([0.0, 0.06, 0.2, 0.45, 0.75, 1.0])
    lean = 0.3 * p.trunk.leaning * h
    path = np.outer(t * h, UP) + np.outer(t, np.array([lean, 0.0, 0.0]))
    girth = radius * (1.0 + (0.1 + 0.3 * p.trunk.roots) * np.exp(-6.0 * t) - 0.06 * t)
    shells = [limb(path, girth, 14, own, ridges=0.06 + 0.1 * p.trunk.gnarled, pointed=False, level=True, crease=40.0)]
    shells += roots(path[0], radius, round(7 * p.trunk.roots**0.5), 1.1 + 1.2 * p.trunk.roots, own)
    shells += _snags(p, path, radius, rng)
    top = path[-1]
    disc = moved(_sawn(0.93 * float(girth[-1]), own), _vec(top))
    socket = PartSocket("top", _vec(top + 0.03 * radius * UP), "support", (1.2 * radius, 1.2 * radius))
    parts = [
        Part("trunk", surface(join(*shells)), "bark"),
        Part("top", surface(disc), "wood", _vec(top), "trunk", sockets=(socket,)),
    ]
    if p.snow > 0.02:
        deep = (0.1 + 0.25 * p.snow) * radius
        cap = lathe(
            [
                (0.0, -0.05 * radius),
                (0.96 * radius, -0.03 * radius),
                (1.04 * radius, 0.4 * deep),
                (0.8 * radius, deep),
                (0.0, 1.15 * deep),
            ],
            14,
            crease=60.0,
        )
        parts.append(Part("snow", surface(moved(cap, _vec(top))), "snow", _vec(top), collide=False))
    if p.trunk.hollow:
        parts.append(_pit(top, 0.5 * radius))
    return parts


def _pit(top: np.ndarray, radius: float) -> Part:
    """The dark of a hollow: a raised ring would be wood, so it is a lens that stands a little proud."""
    dark = lathe([(0.0, -0.1 * radius), (radius, 0.02 * radius), (0.9 * radius, 0.09 * radius), (0.0, 0.05 * radius)], 11)
    socket = PartSocket("hollow", _vec(top), "mount")
    return Part("hole", surface(moved(dark, _vec(top))), "hole", _vec(top), collide=False, sockets=(socket,))


def _sawn(radius: float, rng: Rng) -> Shell:
    """A sawn face with growth rings as low steps, about the y axis."""
    rows = [(0.0, -0.05 * radius), (radius, -0.05 * radius), (radius, 0.02 * radius)]
    for k in range(5):
        r = radius * (0.9 - 0.19 * k) * rng.uniform(0.95, 1.02)
        rows += [(r, 0.022 * radius), (r - 0.035 * radius, 0.006 * radius), (r - 0.07 * radius, 0.022 * radius)]
    return lathe([*rows, (0.0, 0.022 * radius)], 14, crease=30.0, tint=[0.9] * 2 + [0.95, 0.7, 0.9] * 5 + [0.95])


def _snags(p: PlantParams, path: np.ndarray, radius: float, rng: Stream) -> list[Shell]:
    """Broken stubs of boughs."""
    out = []
    for k in range(p.crown.boughs):
        own = rng("snag", k)
        t = own.uniform(0.35, 0.8)
        at = np.array([np.interp(t, np.linspace(0, 1, len(path)), path[:, i]) for i in range(3)])
        axis = unit(path[-1] - path[0])
        side = unit(np.cross(axis, own.normal(size=3)))
        side = side * np.sign(side[1] + 0.3) if p.habit == "log" else side
        end = at + radius * own.uniform(1.4, 2.1) * unit(side + 0.5 * axis)
        out.append(limb(np.linspace(at, end, 4), radius * np.array([0.34, 0.3, 0.26, 0.2]), 7, own, ridges=0.15, pointed=False))
    return out


def log_parts(p: PlantParams, rng: Stream) -> list[Part]:
    """A felled trunk that lies along x, sawn at both ends."""
    long, h = p.size.width, p.size.height
    radius = 0.5 * h * (0.6 + p.trunk.girth)
    own = rng("trunk")
    t = np.linspace(-0.5, 0.5, 8)
    bow = 0.12 * p.trunk.gnarled * long * np.cos(math.pi * t)
    path = np.stack([t * long, np.full(8, radius), bow], axis=1)
    path[:, 1] += 0.15 * p.trunk.leaning * (t + 0.5) * long
    girth = radius * (1.06 - 0.14 * (t + 0.5) + 0.04 * np.sin(9.0 * t))
    shells = [
        limb(path, girth, 12, own, ridges=0.06 + 0.1 * p.trunk.gnarled, pointed=False, crease=40.0),
        *_snags(p, path, radius, rng),
    ]
    socket = PartSocket("top", (0.0, float(2.0 * radius), 0.0), "support", (0.7 * long, radius))
    parts = [Part("trunk", surface(join(*shells)), "bark", sockets=(socket,))]
    for name, end, way in (("end_left", path[0], path[0] - path[1]), ("end_right", path[-1], path[-1] - path[-2])):
        ahead = unit(way)
        axis = np.cross(UP, ahead)
        turn = rotation(axis, math.acos(float(ahead[1])))
        r = 0.92 * float(girth[0] if name == "end_left" else girth[-1])
        disc = mapped(_sawn(r, own), lambda q, turn=turn, end=end: q @ turn.T + end)  # type: ignore[misc]
        parts.append(Part(name, surface(disc), "wood", _vec(end), "trunk"))
        if p.trunk.hollow:
            dark = torus(0.3 * r, 0.02 * r, 0.3 * r, 11, 6)
            hole = mapped(dark, lambda q, turn=turn, end=end: q * (1.0, 0.2, 1.0) @ turn.T + end)  # type: ignore[misc]
            parts.append(Part(f"hole_{name[4:]}", surface(hole), "hole", _vec(end), "trunk", collide=False))
    if p.snow > 0.02:
        row = np.linspace(0.06, 0.94, 6)
        drift = np.stack([np.interp(row, t + 0.5, path[:, i]) for i in range(3)], axis=1) + UP * 0.86 * radius
        girth_ = radius * (0.35 + 0.3 * p.snow) * np.array([0.5, 0.9, 1.0, 0.95, 0.9, 0.5])
        parts.append(Part("snow", surface(limb(drift, girth_, 8, own, ridges=0.12)), "snow", collide=False))
    return parts
