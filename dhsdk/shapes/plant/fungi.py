"""Mushrooms: stems, caps with gills below, warts and skirts."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.block import chipped, hewn, shell
from dhsdk.shapes.foliage import GOLDEN, UP, unit, vec
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.limbs import limb
from dhsdk.shapes.plant.params import PlantParams
from dhsdk.shapes.surface import Shell, join, mapped, moved, rotation, surface

Rng = np.random.Generator


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
            snow.append(moved(lathe(rows, 12, crease=60.0), vec(top - 0.28 * cap * UP)))
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
        stem.append(moved(lathe([(0.0, -0.055 * h), *rows[::-1], (0.0, 0.005 * h)], 12, crease=40.0), vec(at)))
    tilt = rotation((out[2], 0.0, -out[0]), 0.5 * p.trunk.leaning * rng.uniform(0.4, 1.0) + 0.1)
    profile = _cap(p.fungus.cap, wide, cap_high, rng)
    cap = lathe(profile, 20, crease=38.0, tint=[0.74] * 3 + [0.95] * (len(profile) - 4))
    cap = mapped(cap, lambda q: _gilled(q, wide, rng) @ tilt.T + top)
    name = f"stem{number}"
    socket = PartSocket(f"top{number}", vec(top + tilt @ (UP * cap_high)), "support", (0.7 * wide, 0.7 * wide))
    parts = [
        Part(name, surface(join(*stem)), "stem", vec(foot)),
        Part(f"cap{number}", surface(cap), "cap", vec(top), name, sockets=(socket,)),
    ]
    spots = _spots(p, profile, wide, tilt, top, rng)
    if spots:
        parts.append(Part(f"spots{number}", surface(join(*spots)), "spots", vec(top), f"cap{number}", collide=False))
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
        size = wide * rng.uniform(0.12, 0.24) * (1.0 - 0.3 * share)
        spot = shell(chipped(hewn(rng, (size, 0.34 * size, size), 12, blocky=0.2, rough=0.1), rng, 0.3 * size), 60.0)
        axis = np.cross(UP, normal)
        turn = rotation(axis, math.acos(float(np.clip(normal[1], -1, 1)))) if np.linalg.norm(axis) > 1e-6 else np.eye(3)
        at = np.array([r * math.cos(angle), y, r * math.sin(angle)])
        out.append(mapped(spot, lambda q, turn=turn, at=at: (q @ turn.T + at) @ tilt.T + top))  # type: ignore[misc]
    return out
