"""Cacti: ribbed columns with arms, barrels with their young, pads that grow out of one another."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.foliage import GOLDEN, UP, Leaf, clump, leaves, sunlit, unit, vec
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.limbs import wandering
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.plant.params import PlantParams
from dhsdk.shapes.surface import Shell, join, mapped, moved, rotation, surface
from dhsdk.shapes.sweep import frames

Rng = np.random.Generator


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
        out = max(half - 0.5 * radius, 2.3 * radius)
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
    parts[0] = Part("body", parts[0].surface, "skin", sockets=(PartSocket("top", vec(tops[0][0]), "mount"),))
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
    return Part(name, sunlit(surface(made), 0.4), "skin", vec(path[0]))


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
            flowers.append(moved(_cup(own, 0.42 * radius, 7), vec(at)))
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
            tilt = (0.58 if k % 2 else -0.5) * own.uniform(0.6, 1.05) * min(1.6, p.size.width / h)
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
            Part(f"pad_{k + 1}", sunlit(surface(moved(pad, vec(center))), 0.4), "skin", vec(center - 0.9 * size * up), parent)
        )
    free = [end for k, end in enumerate(ends) if 2 * k + 2 > len(ends)]
    top = max(free, key=lambda end: float(end[0][1]))
    parts[0] = Part("pad_1", parts[0].surface, "skin", parts[0].pivot, sockets=(PartSocket("top", vec(top[0]), "mount"),))
    return parts + _prickles(p, parts, rng) + _crowns(p, free, rng)
