"""Stumps and logs: sawn wood with its rings, roots and snags."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.foliage import UP, unit, vec
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import lathe, torus
from dhsdk.shapes.limbs import limb, roots
from dhsdk.shapes.plant.params import PlantParams
from dhsdk.shapes.surface import Shell, join, mapped, moved, rotation, surface

Rng = np.random.Generator


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
    disc = moved(_sawn(0.93 * float(girth[-1]), own), vec(top))
    socket = PartSocket("top", vec(top + 0.03 * radius * UP), "support", (1.2 * radius, 1.2 * radius))
    parts = [
        Part("trunk", surface(join(*shells)), "bark"),
        Part("top", surface(disc), "wood", vec(top), "trunk", sockets=(socket,)),
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
        parts.append(Part("snow", surface(moved(cap, vec(top))), "snow", vec(top), collide=False))
    if p.trunk.hollow:
        parts.append(_pit(top, 0.5 * radius))
    return parts


def _pit(top: np.ndarray, radius: float) -> Part:
    """The dark of a hollow: a raised ring would be wood, so it is a lens that stands a little proud."""
    dark = lathe([(0.0, -0.1 * radius), (radius, 0.02 * radius), (0.9 * radius, 0.09 * radius), (0.0, 0.05 * radius)], 11)
    socket = PartSocket("hollow", vec(top), "mount")
    return Part("hole", surface(moved(dark, vec(top))), "hole", vec(top), collide=False, sockets=(socket,))


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
        parts.append(Part(name, surface(disc), "wood", vec(end), "trunk"))
        if p.trunk.hollow:
            dark = torus(0.3 * r, 0.02 * r, 0.3 * r, 11, 6)
            hole = mapped(dark, lambda q, turn=turn, end=end: q * (1.0, 0.2, 1.0) @ turn.T + end)  # type: ignore[misc]
            parts.append(Part(f"hole_{name[4:]}", surface(hole), "hole", vec(end), "trunk", collide=False))
    if p.snow > 0.02:
        row = np.linspace(0.06, 0.94, 6)
        drift = np.stack([np.interp(row, t + 0.5, path[:, i]) for i in range(3)], axis=1) + UP * 0.86 * radius
        girth_ = radius * (0.35 + 0.3 * p.snow) * np.array([0.5, 0.9, 1.0, 0.95, 0.9, 0.5])
        parts.append(Part("snow", surface(limb(drift, girth_, 8, own, ridges=0.12)), "snow", collide=False))
    return parts
