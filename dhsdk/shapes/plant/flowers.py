"""Flowers: stalks with leaves and heads of petals, cups or bells."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.foliage import GOLDEN, UP, arching, blade, clump, sunlit, unit, vec
from dhsdk.shapes.kernel import Part, Stream
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.limbs import limb
from dhsdk.shapes.plant.params import PlantParams
from dhsdk.shapes.surface import Shell, join, mapped, moved, rotation, surface

Rng = np.random.Generator


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
        Part("petals", surface(join(*petals)), "petals", vec(tops[0]), "stalk", collide=False),
    ]
    if hearts:
        parts.append(Part("heart", surface(join(*hearts)), "heart", vec(tops[0]), "stalk", collide=False))
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

        petals.append(moved(mapped(bell, frilled), vec(at)))
    return petals, [], []
