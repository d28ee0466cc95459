"""Plants of blades and fronds: conifers, palms, ferns, rosettes, grass and bamboo."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.foliage import (
    GOLDEN,
    UP,
    Leaf,
    arching,
    blade,
    clump,
    frond,
    leaves,
    merged,
    softened,
    sunlit,
    unit,
    vec,
)  # fmt: skip
from dhsdk.shapes.kernel import Part, Stream
from dhsdk.shapes.limbs import limb, roots, wandering
from dhsdk.shapes.plant.params import PlantParams
from dhsdk.shapes.plant.trees import ROWS, tree_parts
from dhsdk.shapes.surface import Shell, join, surface

Rng = np.random.Generator


def _across(azimuth: float) -> tuple[float, float, float]:
    """The level direction across a leaf that grows towards an azimuth."""
    return (-math.sin(azimuth), 0.0, math.cos(azimuth))


def conifer_parts(p: PlantParams, rng: Stream) -> list[Part]:
    """Whorls of drooping boughs, each a jagged blade, shorter and shorter up the trunk; layered: an old pine's pads."""
    if p.crown.style == "layered" or p.crown.bare:
        return tree_parts(p, rng)
    h, half = p.size.height, 0.5 * p.size.width
    own = rng("trunk")
    lean = 0.3 * p.trunk.leaning * h
    path = wandering(-0.012 * h * UP, np.array([lean, 0.96 * h, 0.0]), own, bend=0.05 * p.trunk.gnarled, count=ROWS)
    radius = 0.5 * p.trunk.girth * h * (1.0 + 0.3 * p.stylised)
    wood = [limb(path, radius * (1.02 - 0.93 * ROWS), 9, own, ridges=0.06 + 0.1 * p.trunk.gnarled, level=True)]
    wood += roots(path[0], radius, round(5 * p.trunk.roots**0.5), 1.2 + 1.6 * p.trunk.roots, own)
    # A slender tree has more of them: they are as far apart as they are long.
    whorls = max(3, round(p.crown.boughs * max(1.0, 0.25 * h / half) ** 0.6))
    green, snow = [], []
    cones: list[Shell] = []
    for k in range(whorls):
        own = rng("whorl", k)
        # Whorls stand closer together where they are shorter, so that the outline is a cone without gaps.
        t = (k / (whorls - 1.0)) ** (0.68 + 0.15 * p.stylised)
        rise = p.trunk.clear + (0.95 - p.trunk.clear) * t
        at = np.array([np.interp(rise, ROWS, path[:, i]) for i in range(3)])
        reach = half * (1.0 - 0.85 * t) * (1.0 + 0.12 * p.stylised * math.cos(2.0 * math.pi * t))
        count = max(4, round((5 + 5 * p.crown.dense) * (1.0 - 0.4 * t)))
        lost = set(np.flatnonzero(own.random(count) < 0.3 * p.wear).tolist())
        for n in range(count):
            if n in lost:
                continue
            angle = math.tau * (n + 0.5 * (k % 2) + own.uniform(-0.14, 0.14)) / count
            long = reach * own.uniform(0.86, 1.06)
            droop = min(p.leaves.droop, max(0.0, 0.62 * (float(at[1]) - 0.02 * h) / long))
            bough = _bough(at, angle, long, droop, math.tau * reach / count, own)
            green.append(softened(surface(bough), at - 0.4 * reach * UP))
            if p.snow > 0.02 and own.random() < 0.35 + 0.65 * p.snow:
                snow.append(_drift(at, angle, long, droop, math.tau * reach / count, p.snow))
            if p.bloom.fruit > own.random() * 2.0:
                tip = arching(at, angle, 0.82 * long, 0.25, 0.7 * droop, 3)[-1]
                cones.append(clump(own, tip - 0.05 * long * UP, long * np.array([0.07, 0.13, 0.07]), level=0, flat=1.0))
    top = path[-1]
    green.append(surface(_tip(top, 0.1 * h, 0.17 * half)))
    parts = [Part("trunk", surface(join(*wood)), "bark"), Part("crown", sunlit(merged(green), 0.6), "leaves", parent="trunk")]
    for name, slot, shells in (("cones", "fruit", cones), ("snow", "snow", snow)):
        if shells:
            parts.append(Part(name, surface(join(*shells)), slot, parent="trunk", collide=False))
    return parts


def _bough(at: np.ndarray, angle: float, long: float, droop: float, share: float, rng: Rng) -> Shell:
    """A bough as a blade that sinks and lifts its tip, jagged where its twigs end. share: the room it has, metres."""
    t = np.array([0.0, 0.3, 0.5, 0.58, 0.78, 0.85, 1.0])
    out = np.array([math.cos(angle), 0.0, math.sin(angle)])
    sink = long * (1.5 * droop * t**1.2 - 0.12 * t**4) - 0.1 * long * t * (1.0 - t)
    path = at + np.outer(long * t, out) - np.outer(sink, UP)
    wide = 1.5 * share * np.array([0.2, 0.78, 1.0, 0.68, 0.72, 0.46, 0.0]) * rng.uniform(0.9, 1.1)
    return blade(path, wide, 0.16 * long, _across(angle), tint=rng.uniform(0.86, 1.0))


def _drift(at: np.ndarray, angle: float, long: float, droop: float, share: float, amount: float) -> Shell:
    """Snow along the upper side of a bough."""
    t = np.array([0.2, 0.4, 0.62, 0.85])
    out = np.array([math.cos(angle), 0.0, math.sin(angle)])
    sink = long * (1.5 * droop * t**1.2 - 0.12 * t**4) - 0.1 * long * t * (1.0 - t)
    path = at + np.outer(long * t, out) + np.outer(0.05 * long - sink, UP)
    wide = share * (0.5 + 0.6 * amount) * np.array([0.5, 1.0, 0.85, 0.0])
    return blade(path, wide, (0.08 + 0.1 * amount) * long, _across(angle), ridge=0.1)


def _tip(top: np.ndarray, height: float, radius: float) -> Shell:
    """The leading shoot."""
    path = top + np.outer(np.array([-0.8, -0.2, 0.25]) * height, UP)
    return limb(path, [1.1 * radius, 0.62 * radius, 0.2 * radius], 6, np.random.default_rng(1), ridges=0.2)


def palm_parts(p: PlantParams, rng: Stream) -> list[Part]:
    """A ringed trunk that bends up, and a head of feathered fronds; coconuts where it bears fruit."""
    h, half = p.size.height, 0.5 * p.size.width
    own = rng("trunk")
    rise = 0.8 * h
    lean = 0.5 * p.trunk.leaning * h * np.array([math.cos(0.4), 0.0, math.sin(0.4)])
    t = np.linspace(0.0, 1.0, 15)
    path = (
        np.outer(t, UP) * rise
        + np.outer(t**1.9, lean)
        + 0.06 * p.trunk.gnarled * h * np.outer(np.sin(math.pi * 2 * t), unit(lean + 1e-9))
    )
    radius = 0.5 * p.trunk.girth * h * (1.0 + 0.4 * p.stylised)
    girth = radius * (1.0 - 0.36 * t + 0.5 * p.trunk.roots * np.exp(-9.0 * t)) * np.where(np.arange(15) % 2, 1.06, 0.94)
    parts = [Part("trunk", surface(limb(path, girth, 9, own, ridges=0.05, level=True, crease=28.0)), "bark")]
    head = path[-1] + 0.4 * radius * UP
    if p.crown.bare:
        return parts
    heart = clump(own, head, np.array([1.25, 1.5, 1.25]) * radius * 0.8, level=1, lumps=0.3)
    levels: list[list[Shell]] = [[heart], [heart], [heart]]
    snow: list[Shell] = []
    for k in range(p.leaves.count):
        own = rng("frond", k)
        inner = k / p.leaves.count
        angle = GOLDEN * k
        long = half * own.uniform(1.0, 1.15) * (1.25 - 0.3 * inner)
        up = 0.3 + 1.0 * inner + own.uniform(-0.1, 0.1)
        path = arching(head, angle, long, up, (0.35 + 0.75 * p.leaves.droop) * (1.05 - 0.5 * inner), 7)
        for level, shell in zip(levels, _leaf(p, path, long, angle, own, 12, 0.42), strict=True):
            level.append(shell)
        if p.snow > 0.02:
            snow.append(
                blade(path[1:5] + 0.03 * long * UP, 0.1 * long * p.snow * np.array([0.6, 1, 0.8, 0]), 0.04 * long, _across(angle))
            )
    crown, *lods = (sunlit(softened(surface(join(*level)), head - 0.5 * half * UP)) for level in levels)
    parts.append(Part("crown", crown, "leaves", vec(head), "trunk", lods=tuple(lods)))
    nuts = []
    for k in range(round(6 * p.bloom.fruit)):
        at = head + radius * np.array([1.5 * math.cos(GOLDEN * k), -1.15, 1.5 * math.sin(GOLDEN * k)])
        nuts.append(clump(rng("nut", k), at, np.full(3, 0.85 * radius), lumps=0.1, flat=1.0))
    if nuts:
        parts.append(Part("coconuts", surface(join(*nuts)), "fruit", vec(head), "trunk", collide=False))
    if snow:
        parts.append(Part("snow", surface(join(*snow)), "snow", vec(head), "trunk", collide=False))
    return parts


def _leaf(p: PlantParams, path: np.ndarray, long: float, angle: float, rng: Rng, pairs: int, span: float) -> list[Shell]:
    """A frond with leaflets, or one broad blade, at three levels of detail."""
    place = np.linspace(0.0, 1.0, len(path))
    tint = rng.uniform(0.86, 1.0)
    shape = np.interp(place, [0.0, 0.25, 0.6, 0.85, 1.0], [0.45, 0.9, 1.0, 0.6, 0.0])
    if not p.leaves.feathered:
        wide = long * (0.1 + 0.22 * p.crown.leaf) * shape
        fine, rough = (
            blade(path[rows], wide[rows], 0.05 * long, _across(angle), tint=tint) for rows in (slice(None), slice(0, None, 2))
        )
        return [fine, rough, rough]
    count = max(5, round(pairs * (0.7 + 0.6 * p.crown.dense)))
    reach, hang = span * long * (0.6 + 0.8 * p.crown.leaf), 0.2 + 0.5 * p.leaves.droop
    fine = frond(path, 0.022 * long, count, reach, rng, hang=hang, slim=0.3)
    half = frond(path[::2], 0.022 * long, max(3, count // 2), reach, rng, hang=hang, slim=0.5)
    return [fine, half, blade(path[::2], 1.1 * reach * shape[::2], 0.05 * long, _across(angle), tint=tint)]


def fern_parts(p: PlantParams, rng: Stream) -> list[Part]:
    """Fronds or broad leaves in a rosette from the ground: the inner ones steeper and shorter."""
    h, half = p.size.height, 0.5 * p.size.width
    low = p.habit == "fern"
    levels: list[list[Shell]] = [[], [], []]
    count = p.leaves.count
    for k in range(count):
        own = rng("leaf", k)
        inner = k / count
        if own.random() < 0.35 * p.wear and k:
            continue
        angle = GOLDEN * k + own.uniform(-0.15, 0.15)
        up = (0.7 if low else 0.85) + 0.65 * inner + own.uniform(-0.1, 0.1)
        up = min(up, 1.5)
        long = math.hypot(half, h) * (1.0 - 0.25 * inner) * own.uniform(0.85, 1.08)
        start = 0.05 * half * np.array([math.cos(angle), 0.0, math.sin(angle)])
        path = arching(start, angle, long, up, p.leaves.droop * (1.15 - 0.75 * inner), 7)
        path[:, 1] = np.maximum(path[:, 1], 0.012 * h * (1.0 + np.arange(7)))
        for level, shell in zip(levels, _leaf(p, path, long, angle, own, 8, 0.3), strict=True):
            level.append(shell)
    fine, *lods = (sunlit(softened(surface(join(*level)), -0.6 * h * UP)) for level in levels)
    made = [Part("leaves", fine, "leaves", collide=False, lods=tuple(lods))]
    return made + _blossoms(p, rng, h, half) + _flakes(p, rng, h, half)


def _blossoms(p: PlantParams, rng: Stream, h: float, half: float) -> list[Part]:
    """Flower heads on stalks above a rosette."""
    shells = []
    for k in range(round(6 * p.bloom.blossom)):
        own = rng("blossom", k)
        foot = 0.1 * half * np.array([math.cos(GOLDEN * k), 0.0, math.sin(GOLDEN * k)])
        top = foot * 3.0 + UP * h * own.uniform(0.85, 1.1)
        shells += [limb(wandering(foot, top, own, bend=0.04, count=4), np.full(4, 0.012 * h), 4, own),
                   clump(own, top, np.full(3, 0.055 * h), level=0, flat=0.9)]  # fmt: skip
    return [Part("blossoms", surface(join(*shells)), "blossom", collide=False)] if shells else []


def _flakes(p: PlantParams, rng: Stream, h: float, half: float) -> list[Part]:
    """Snow that lies on and among the leaves."""
    if p.snow <= 0.02:
        return []
    shells = []
    for k in range(round(3 + 5 * p.snow)):
        own = rng("snow", k)
        away = 0.62 * half * math.sqrt((k + 0.5) / 8.0)
        at = np.array([away * math.cos(GOLDEN * k), h * own.uniform(0.25, 0.6), away * math.sin(GOLDEN * k)])
        shells.append(clump(own, at, half * (0.16 + 0.12 * p.snow) * np.array([1.0, 0.4, 1.0]), flat=0.5))
    return [Part("snow", surface(join(*shells)), "snow", collide=False)]


def grass_parts(p: PlantParams, rng: Stream) -> list[Part]:
    """A tuft of blades from a narrow foot; reeds bear brown heads."""
    h, half = p.size.height, 0.5 * p.size.width
    shells, heads = [], []
    for k in range(p.leaves.count):
        own = rng("blade", k)
        t = math.sqrt((k + 0.5) / p.leaves.count)
        angle = GOLDEN * k + own.uniform(-0.3, 0.3)
        start = 0.34 * half * t * np.array([math.cos(angle), 0.0, math.sin(angle)])
        tall = h * own.uniform(0.62, 1.02) * (1.0 - 0.25 * t) * (0.55 if own.random() < 0.6 * p.wear else 1.0)
        up = 1.5 - (0.5 + 0.5 * p.leaves.droop) * t
        path = arching(start, angle, tall, up, 0.75 * p.leaves.droop * t, 5)
        wide = (0.05 + 0.1 * p.crown.leaf) * min(tall, 2.4 * half) * np.array([0.4, 1.0, 0.95, 0.6, 0.0])
        shells.append(blade(path, wide, 0.35 * float(wide.max()), _across(angle), tint=own.uniform(0.8, 1.0)))
        if k < round(12 * p.bloom.fruit):
            rod = wandering(start, start * 1.6 + UP * h * own.uniform(0.85, 1.0), own, bend=0.03, count=4)
            heads.append(limb(rod, np.full(4, 0.012 * half + 0.002 * h), 4, own))
            thick = 0.035 * half + 0.006 * h
            club = rod[-1] + np.outer(np.array([-0.5, -0.4, 0.3, 0.42]) * 0.2 * h, UP)
            heads.append(limb(club, thick * np.array([0.55, 1.0, 1.0, 0.5]), 6, own))
    parts = [Part("leaves", sunlit(softened(surface(join(*shells)), -h * UP)), "leaves", collide=False)]
    if heads:
        parts.append(Part("heads", surface(join(*heads)), "heart", collide=False))
    return parts + _blossoms(p, rng, h, half) + _flakes(p, rng, h, half)


def bamboo_parts(p: PlantParams, rng: Stream) -> list[Part]:
    """Jointed culms of different heights with sprays of narrow leaves."""
    h, half = p.size.height, 0.5 * p.size.width
    parts: list[Part] = []
    sprays, snow = [], []
    for k in range(p.trunk.stems):
        own = rng("culm", k)
        angle = GOLDEN * k
        foot = 0.55 * half * math.sqrt((k + 0.3) / p.trunk.stems) * np.array([math.cos(angle), 0.0, math.sin(angle)])
        tall = h * (1.0 if k == 0 else own.uniform(0.6, 0.95))
        joints = 7
        near = [(n + d) / joints for n in range(1, joints) for d in (-0.09, 0.0, 0.09)]
        t = np.array([0.0, *near, 1.0])
        lean = (0.12 + 0.5 * p.trunk.leaning) * tall * 0.3 * unit(foot + 1e-9) * own.uniform(0.3, 1.0)
        path = foot + np.outer(t * tall, UP) + np.outer(t**2.0, lean)
        path = path + 0.03 * p.trunk.gnarled * tall * np.outer(np.sin(9.0 * t), unit(np.cross(lean + 1e-9, UP)))
        radius = 0.5 * p.trunk.girth * h * (1.0 + 0.5 * p.stylised) * own.uniform(0.8, 1.0)
        node = np.isclose((t * joints) % 1.0, 0.0, atol=1e-6) | np.isclose((t * joints) % 1.0, 1.0, atol=1e-6)
        culm = limb(path, radius * (1.0 - 0.45 * t) * np.where(node, 1.16, 1.0), 7, own, pointed=False, level=True, crease=25.0)
        parts.append(Part(f"culm_{k + 1}", surface(culm), "bark", vec(foot)))
        if not p.crown.bare:
            for n in range(2, joints + 1):
                at = np.array([np.interp(min(1.0, n / joints), t, path[:, i]) for i in range(3)])
                sprays.append(_spray(p, at, GOLDEN * (n + 2 * k), 0.3 * half + 0.05 * h, own))
        if p.snow > 0.02:
            snow.append(clump(own, path[-1], radius * (1.5 + 2.0 * p.snow) * np.array([1.0, 0.7, 1.0]), level=0, flat=0.6))
    if sprays:
        parts.append(Part("leaves", sunlit(surface(join(*sprays)), 0.8), "leaves", collide=False))
    if snow:
        parts.append(Part("snow", surface(join(*snow)), "snow", collide=False))
    return parts


def _spray(p: PlantParams, at: np.ndarray, angle: float, long: float, rng: Rng) -> Shell:
    count = round(4 + 9 * p.crown.dense)
    out = np.array([math.cos(angle), 0.25, math.sin(angle)])
    turn = rng.uniform(-1.0, 1.0, count)[:, None] * np.asarray(_across(angle))
    root = at + np.outer(rng.uniform(0.0, 0.55, count) * long, out)
    ahead = unit(out + 0.9 * turn - (0.2 + 0.9 * p.leaves.droop) * UP * rng.uniform(0.4, 1.2, count)[:, None])
    size = long * (0.45 + 0.8 * p.crown.leaf) * rng.uniform(0.7, 1.1, count)
    stalk = limb(np.array([at, at + 0.6 * long * out]), [0.012 * long, 0.008 * long], 4, rng)
    return join(
        stalk,
        leaves(Leaf(root, ahead, np.broadcast_to(UP, root.shape) + 0.01, size, 0.2 * size), 0.25, rng.uniform(0.85, 1.0, count)),
    )
