"""Trees with leaves, bare trees, bushes and bonsai: the crown's clumps are laid out first, then the boughs grow to them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dhsdk.shapes.curves import LEAST
from dhsdk.shapes.foliage import GOLDEN, UP, arching, blade, clump, merged, softened, sunlit, tufted, unit, vec
from dhsdk.shapes.kernel import Part, PartSocket, Stream, Surface
from dhsdk.shapes.lathe import torus
from dhsdk.shapes.limbs import limb, roots, shared, tapering, wandering
from dhsdk.shapes.plant.params import PlantParams
from dhsdk.shapes.surface import Shell, join, mapped, moved, surface, tinted, turned

Rng = np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Clump:
    center: np.ndarray
    radii: np.ndarray


def tree_parts(p: PlantParams, rng: Stream) -> list[Part]:
    """Trunk and crown; blossoms, fruits, snow and a hollow where they are asked for."""
    clumps = _clumps(p, rng("crown"))
    shares = [[one for n, one in enumerate(clumps) if n % p.trunk.stems == k] for k in range(p.trunk.stems)]
    stems = [_stem(p, k, mine, rng) for k, mine in enumerate(shares)]
    wood = [shell for stem in stems for shell in stem.shells]
    for k, (stem, mine) in enumerate(zip(stems, shares, strict=True)):
        wood += _boughs(p, stem, mine, rng, k)
    base = stems[0]
    parts = [Part("trunk", surface(join(*wood)), "bark")]
    if not p.crown.bare:
        parts += crown_parts(p, _thinned(p, clumps, rng("gaps")), rng)
    every = np.concatenate([part.surface.positions for part in parts])
    sockets = [PartSocket("top", vec(every[int(np.argmax(every[:, 1]))]), "mount")]
    if p.trunk.hollow:
        parts += _hollow(p, base)
        sockets.append(PartSocket("hollow", vec(base.at(_knot(p)) + (0.0, 0.0, base.thick(_knot(p)))), "mount"))
    parts[0] = Part("trunk", parts[0].surface, "bark", sockets=tuple(sockets))
    return parts


@dataclass(frozen=True, slots=True, eq=False)
class Stem:
    """A trunk: its curve (R, 3), its radii (R,), and its shells."""

    path: np.ndarray
    radii: np.ndarray
    shells: list[Shell]

    def at(self, t: float) -> np.ndarray:
        return np.array([np.interp(t, ROWS, self.path[:, k]) for k in range(3)])

    def thick(self, t: float) -> float:
        return float(np.interp(t, ROWS, self.radii))


ROWS = np.array([0.0, 0.015, 0.045, 0.1, 0.2, 0.34, 0.48, 0.62, 0.76, 0.89, 1.0])
"""Where a trunk's rings stand: close together where the roots spread."""


def _stem(p: PlantParams, k: int, clumps: list[Clump], rng: Stream) -> Stem:
    """A trunk that goes on into the highest of its clumps."""
    own = rng("stem", k)
    h, many = p.size.height, p.trunk.stems > 1
    angle = GOLDEN * k + 0.7
    spread = (0.08 * p.size.width if many else 0.0) * np.array([math.cos(angle), 0.0, math.sin(angle)])
    high = max(clumps, key=lambda one: float(one.center[1])).center if clumps else UP * h
    end = high * np.array([1.0, 0.98, 1.0])
    path = wandering(spread - 0.012 * h * UP, end, own, bend=0.085 * p.trunk.gnarled, count=ROWS)
    path[:, 1] = np.maximum.accumulate(path[:, 1] + np.arange(len(path)) * 1e-4 * h)
    radius = 0.5 * p.trunk.girth * h / math.sqrt(p.trunk.stems) * (1.0 + 0.25 * p.stylised)
    fork = p.trunk.clear + 0.12
    slim = np.where(fork > ROWS, 1.0 - 0.35 * ROWS / fork, 0.65 * (1.0 - 0.8 * (ROWS - fork) / (1.0 - fork)))
    uneven = 0.06 + 0.12 * p.trunk.gnarled
    trunk = limb(path, radius * slim, 7 if many else 10, own, ridges=uneven, flare=0.15 + 0.3 * p.trunk.roots, level=True)
    count = round((3 if many else 5) * p.trunk.roots**0.5)
    return Stem(path, radius * slim, [trunk, *roots(path[0], radius, count, 1.2 + 1.8 * p.trunk.roots, own)])


def _clumps(p: PlantParams, rng: Rng) -> list[Clump]:
    """Where leaves are, by the style of the crown; the sizes are such that neighbours overlap when the crown is dense."""
    h, half = p.size.height, 0.5 * p.size.width
    low = h * p.trunk.clear * 0.92
    tall = 0.5 * (h - low)
    count = p.crown.clumps
    if p.habit == "bush":
        low, tall = -0.66 * h, 0.83 * h
    elif p.crown.style in ("layered", "columnar"):
        return _stacked(p, rng, low)
    mean = (half * half * tall) ** (1.0 / 3.0)
    radius = mean * (1.22 + 0.25 * p.stylised) / math.sqrt(count) * (0.72 + 0.5 * p.crown.dense)
    radius *= 1.22 if p.crown.style == "oval" else 1.0
    flat = {"spreading": 0.62, "weeping": 0.72, "oval": 1.05}.get(p.crown.style, 0.9)
    out = []
    for k in range(count):
        # From the top down around the shell of an egg; one in eight fills the middle.
        t = (k + 0.5) / count
        turn = 1.05 if p.habit == "bush" else {"spreading": 1.1, "oval": 1.8}.get(p.crown.style, 1.5)
        up = 1.0 - turn * (t - 0.5 / count)
        level = math.sqrt(max(0.0, 1.0 - up * up))
        angle = GOLDEN * k + rng.uniform(-0.25, 0.25)
        size = radius * (rng.uniform(0.82, 1.12) if k else 1.22)
        room = np.maximum(0.15, 1.0 - size / np.array([half, tall, half]))
        wide = 1.0
        if p.crown.style == "oval":
            wide = 1.0 - 0.45 * max(0.0, up)
        elif p.crown.style == "spreading":
            up = 0.25 + 0.7 * up if up > 0 else 0.25 + 0.5 * up
            wide = 1.12
        direction = np.array([level * math.cos(angle) * wide, up, level * math.sin(angle) * wide])
        away = rng.uniform(0.8, 1.0) if k % 8 != 5 else 0.4
        center = np.array([0.0, low + tall, 0.0]) + away * direction * room * (half, tall, half)
        out.append(Clump(center + _shift(p, center[1]), size * np.array([1.08, flat, 1.08])))
    return out


def _shift(p: PlantParams, y: float) -> np.ndarray:
    """How far the lean has carried the crown aside at a height."""
    lean = 0.35 * p.trunk.leaning * min(y, 0.6 * p.size.height)
    return np.array([lean * math.cos(0.5), 0.0, -lean * math.sin(0.5) * (p.trunk.stems == 1)])


def _stacked(p: PlantParams, rng: Rng, low: float) -> list[Clump]:
    """Pads on alternate sides, the smallest on top; or a column of clumps around the stem."""
    h, half, count = p.size.height, 0.5 * p.size.width, p.crown.clumps
    layered = p.crown.style == "layered"
    out = []
    for k in range(count):
        t = k / max(1, count - 1)
        angle = GOLDEN * 1.4 * k + rng.uniform(-0.3, 0.3)
        if layered:
            size = half * (0.6 - 0.2 * t) * (0.8 + 0.35 * p.crown.dense) * rng.uniform(0.88, 1.1) * (9.0 / (count + 4.0)) ** 0.5
            away = 1.1 * (half - size) * (1.0 - t**1.3)
            y = low + (h - low) * (0.12 + 0.82 * t) - 0.3 * size
            radii = size * np.array([1.0, 0.42 + 0.1 * p.stylised, 1.0])
        else:
            size = half * (0.86 - 0.42 * abs(t - 0.34)) * (0.8 + 0.3 * p.crown.dense) * rng.uniform(0.9, 1.08)
            size *= 1.0 - 0.45 * max(0.0, t - 0.7) / 0.3
            away = 0.3 * half * (1.0 - t)
            radii = size * np.array([0.95, min(1.9, 0.9 * (h - low) / count / size + 0.5), 0.95])
            y = low + radii[1] * 0.7 + (h - low - 1.7 * radii[1]) * t
        center = np.array([away * math.cos(angle), y, away * math.sin(angle)])
        out.append(Clump(center + _shift(p, y), radii))
    return out


def _boughs(p: PlantParams, stem: Stem, clumps: list[Clump], rng: Stream, number: int) -> list[Shell]:
    """Boughs from the stem to the clumps: the farthest of each sector is reached by the bough, the others by its twigs."""
    count = max(1, min(p.crown.boughs, len(clumps))) if p.crown.boughs or not p.crown.bare else 0
    if not clumps or not count:
        return []
    center = np.mean([one.center for one in clumps], axis=0)
    order = sorted(clumps, key=lambda one: math.atan2(one.center[2] - center[2], one.center[0] - center[0]))
    groups = [group for group in (order[k * len(order) // count : (k + 1) * len(order) // count] for k in range(count)) if group]
    shells: list[Shell] = []
    for k, group in enumerate(groups):
        own = rng("bough", number, k)
        group = sorted(group, key=lambda one: -float(np.linalg.norm(one.center - stem.path[-1])))
        goal = _reach(p, group[0])
        t = _leave(p, stem, goal[1], k / max(1, count))
        radius = min(shared(stem.thick(t), count, 0.5 * stem.thick(t)) * 1.15, 0.8 * stem.thick(t)) * (1.0 + 0.3 * p.stylised)
        shells += _bough(p, stem.at(t), goal, [_reach(p, one) for one in group[1:]], radius, own)
    return shells


def _reach(p: PlantParams, one: Clump) -> np.ndarray:
    """Where a bough to a clump ends: inside it, or at its outer side where nothing hides the wood."""
    if not p.crown.bare:
        return one.center
    out = one.center * (1.0, 0.0, 1.0)
    return one.center + 0.9 * one.radii * (unit(out) + 0.35 * UP)


def _leave(p: PlantParams, stem: Stem, y: float, share: float) -> float:
    """Where on the stem a bough to height y leaves it: below its goal, and not below the lowest bough."""
    high = float(stem.path[-1][1])
    low = p.trunk.clear + 0.04
    if p.crown.style in ("columnar", "layered"):
        return float(np.clip(y / high - 0.14, min(low, 0.9), 0.95))
    return float(np.clip(low + 0.24 * (1.0 - low) * share, 0.05, min(0.9, max(0.1, y / high - 0.05))))


def _bough(p: PlantParams, start: np.ndarray, goal: np.ndarray, others: list[np.ndarray], radius: float, rng: Rng) -> list[Shell]:
    gnarled = p.trunk.gnarled
    broken = rng.random() < 0.5 * p.wear and p.crown.bare
    path = wandering(
        start, start + (goal - start) * (0.62 if broken else 1.0), rng, bend=0.05 + 0.13 * gnarled, count=7, rise=0.16
    )
    radii = tapering(radius, radius * (0.6 if broken else 0.24), 7)
    shells = [limb(path, radii, 7, rng, ridges=0.12 * gnarled, pointed=not broken)]
    length = float(np.linalg.norm(goal - start))
    for other in others:
        t = rng.uniform(0.35, 0.7)
        at = path[round(t * 6)]
        thin = max(0.55 * float(np.interp(t, np.linspace(0, 1, 7), radii)), LEAST)
        reach = wandering(at, other, rng, bend=0.04 + 0.1 * gnarled, count=6, rise=0.12)
        thinner = tapering(thin, 0.3 * thin, 6)
        shells.append(limb(reach, thinner, 5, rng))
        if p.crown.bare:
            shells += _sprays(
                reach, thinner, rng, gnarled, 2 if p.crown.clumps < 11 else 1, 0.4 * float(np.linalg.norm(other - at))
            )
    if p.crown.bare:
        shells += _sprays(path, radii, rng, gnarled, 5, 0.45 * length)
    return shells


def _twig(start: np.ndarray, end: np.ndarray, radius: float, rng: Rng, gnarled: float) -> Shell:
    path = wandering(start, end, rng, bend=0.05 + 0.12 * gnarled, count=4, rise=0.12)
    return limb(path, tapering(radius, 0.3 * radius, 4), 4, rng)


def _sprays(path: np.ndarray, radii: np.ndarray, rng: Rng, gnarled: float, count: int, length: float) -> list[Shell]:
    """Twigs of a bare bough: outwards and upwards from its outer half on alternate sides, each with a fork."""
    out = []
    place = np.arange(len(path))
    for k in range(count):
        at_row = (len(path) - 1) * (0.42 + 0.56 * k / count)
        at = np.array([np.interp(at_row, place, path[:, i]) for i in range(3)])
        low = int(at_row)
        ahead = unit(path[low + 1] - path[low])
        side = unit(np.cross(ahead, UP + 0.4 * rng.normal(size=3))) * (-1.0) ** k
        long = length * rng.uniform(0.7, 1.0) * (1.0 - 0.4 * k / count)
        tip = at + long * unit(0.75 * ahead + 0.75 * side + 0.45 * UP)
        thin = max(0.62 * float(np.interp(at_row, place, radii)), 2 * LEAST)
        out.append(_twig(at, tip, thin, rng, gnarled))
        fork = at + 0.45 * (tip - at)
        out.append(_twig(fork, fork + 0.6 * long * unit(ahead - 0.4 * side + 0.8 * UP), 0.7 * thin, rng, gnarled))
    return out


def _thinned(p: PlantParams, clumps: list[Clump], rng: Rng) -> list[Clump]:
    """The clumps that storms have left."""
    lost = int(0.4 * p.wear * len(clumps))
    gone = set(rng.choice(len(clumps), lost, replace=False).tolist()) if lost else set()
    return [one for k, one in enumerate(clumps) if k not in gone]


def crown_parts(p: PlantParams, clumps: list[Clump], rng: Stream) -> list[Part]:
    """Leaves, blossoms, fruits and snow on clumps. The crown's coarser levels: a third of the leaves, none, smaller balls."""
    green: list[list[Surface]] = [[], [], [], []]
    more: dict[str, list[Shell]] = {"blossom": [], "fruit": [], "snow": []}
    for k, one in enumerate(clumps):
        own = rng("clump", k)
        mean = float(np.cbrt(one.radii.prod()))
        ball = clump(own, one.center, one.radii, flat=0.72, lumps=0.3 + 0.2 * p.crown.dense)
        for level, shells in enumerate(_levels(p, one, ball, len(clumps), rng, k)):
            green[level] += [softened(surface(shell), one.center - UP * (0.35 * one.radii[1])) for shell in shells]
        many, large = (16, 0.13) if p.habit == "bush" else (8, 0.085)
        more["blossom"] += _dots(own, ball, one, round(many * p.bloom.blossom), large * mean, 0.1)
        more["fruit"] += _dots(own, ball, one, round(4 * p.bloom.fruit), 0.13 * mean, -0.1)
        if p.snow > 0.02:
            cap = one.radii * (0.72 + 0.26 * p.snow, 0.3 + 0.3 * p.snow, 0.72 + 0.26 * p.snow)
            more["snow"].append(clump(own, one.center + UP * (one.radii[1] * 0.86 - 0.3 * cap[1]), cap, lumps=0.15, flat=0.5))
    fine, *coarse = (sunlit(merged(level)) for level in green)
    pivot = vec(clumps[0].center)
    parts = [Part("crown", fine, "leaves", pivot, "trunk", collide=False, lods=tuple(coarse))]
    for slot, name in (("blossom", "blossoms"), ("fruit", "fruits"), ("snow", "snow")):
        if more[slot]:
            parts.append(Part(name, surface(join(*more[slot])), slot, pivot, "trunk", collide=False))
    return parts


def _levels(p: PlantParams, one: Clump, ball: Shell, clumps: int, rng: Stream, number: int) -> list[list[Shell]]:
    """What a clump is made of at four levels of detail."""
    own = rng("leaves", number)
    tone = float(own.uniform(0.84, 1.0))
    weeping = p.crown.style == "weeping" and p.habit == "tree"
    count = round((20 + 44 * p.crown.dense) * (9.0 / max(6, clumps)) ** 0.6)
    leaf = float(np.cbrt(one.radii.prod())) * (0.24 + 0.5 * p.crown.leaf) * (1.0 + 0.2 * p.stylised)
    droop = 0.9 if weeping else 0.3
    dark = tinted(ball, 0.84)
    rough = clump(own, one.center, one.radii, level=0, flat=0.72)
    levels = [
        [join(dark, tufted(own, ball, one.center, count, leaf, droop=droop))],
        [join(dark, tufted(own, ball, one.center, max(4, count // 3), 1.5 * leaf, droop=droop))],
        [dark],
        [tinted(rough, 0.9)],
    ]
    if weeping:
        strands = _strands(p, one, own)
        levels = [level + strands for level in levels[:2]] + [level + strands[::2] for level in levels[2:]]
    if p.habit == "bush":
        levels = [[mapped(shell, _grounded) for shell in level] for level in levels]
    return [[tinted(shell, tone) for shell in level] for level in levels]


def _grounded(points: np.ndarray) -> np.ndarray:
    """What would be below the ground lies flat on it."""
    y = points[:, 1]
    return np.stack([points[:, 0], np.where(y < 0.0, 0.04 * y, y), points[:, 2]], axis=1)


def _dots(rng: Rng, ball: Shell, one: Clump, count: int, radius: float, least: float) -> list[Shell]:
    """Blossoms or fruits on a clump, where it looks up more than `least`."""
    middles = ball.points[ball.faces].mean(axis=1)
    out = unit((middles - one.center) / one.radii)
    free = np.flatnonzero(out[:, 1] > least)
    chosen = rng.choice(free, min(count, len(free)), replace=False)
    return [
        clump(rng, middles[k] + 0.25 * radius * out[k], np.full(3, radius * rng.uniform(0.8, 1.15)), level=0, lumps=0.1, flat=0.9)
        for k in chosen
    ]


def _strands(p: PlantParams, one: Clump, rng: Rng) -> list[Shell]:
    """Hanging twigs of a willow: broad ribbons of leaves down from the rim of a clump."""
    count = round(4 + 4 * p.crown.dense)
    out = []
    start = rng.uniform(0.0, math.tau)
    for k in range(count):
        angle = start + math.tau * (k + rng.uniform(-0.25, 0.25)) / count
        root = one.center + one.radii * (0.72 * math.cos(angle), 0.25, 0.72 * math.sin(angle))
        outward = np.array([root[0], 0.0, root[2]])
        away = unit(outward) @ np.array([math.cos(angle), 0.0, math.sin(angle)])
        if away < -0.2:
            continue
        fall = (root[1] - p.size.height * rng.uniform(0.08, 0.3)) * rng.uniform(0.75, 1.0)
        path = arching(root, angle, 0.4 * float(one.radii[0]) + 0.12 * fall, 0.5, 0.0, 6)
        path[:, 1] -= fall * np.linspace(0.0, 1.0, 6) ** 1.6
        wide = float(one.radii[0]) * rng.uniform(0.3, 0.46) * np.array([0.7, 1.0, 0.84, 0.96, 0.62, 0.0])
        side = (-math.sin(angle), 0.0, math.cos(angle))
        out.append(blade(path, wide, 0.16 * float(one.radii[0]), side, tint=rng.uniform(0.84, 1.0)))
    return out


def _knot(p: PlantParams) -> float:
    """Where on the trunk a hollow is: above the roots, below the boughs."""
    return 0.1 + 0.5 * p.trunk.clear


def _hollow(p: PlantParams, stem: Stem) -> list[Part]:
    """A knot hole in front: a collar of bark around a dark hollow."""
    t = _knot(p)
    radius = stem.thick(t)
    center = stem.at(t) + (0.0, 0.0, 0.98 * radius)
    wide = 0.46 * radius
    collar = turned(torus(wide, 0.0, 0.34 * wide, 12, 6), (1.0, 0.0, 0.0), math.pi / 2.0)
    dark = clump(np.random.default_rng(0), np.zeros(3), np.array([wide, wide, 0.2 * wide]), lumps=0.0, flat=1.0)
    tall = np.array([1.0, 1.4, 1.0])
    return [
        Part(name, surface(moved(Shell(one.points * tall, one.faces, one.uvs, one.tint, one.crease), vec(center))), slot,
             vec(center), "trunk", collide=False)
        for name, one, slot in (("knot", collar, "bark"), ("hole", dark, "hole"))
    ]  # fmt: skip
