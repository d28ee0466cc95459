"""The pieces of a barrel of sheet metal: a body with rolled hoops and rims, a pressed head with its caps, loops to carry it."""

from __future__ import annotations

import numpy as np

from dhsdk.shapes.barrel.frame import BarrelFrame
from dhsdk.shapes.curves import bezier
from dhsdk.shapes.kernel import Part, PartSocket
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.surface import Shell, join, moved, surface
from dhsdk.shapes.sweep import tube

RIB = ((-0.5, 0.0), (-0.3, 0.65), (0.0, 1.0), (0.3, 0.65), (0.5, 0.0))
"""Section of a rolled hoop: shares of its width along y and of its depth outwards."""


def body(frame: BarrelFrame) -> Shell:
    """The open body: its floor, its wall with rolled hoops, a bead around either end."""
    hoops, height, thick = frame.params.hoops, frame.height, frame.thick
    count = hoops.count - 2  # the outer two are the rims
    wide = min(hoops.width, 0.6 / (count + 1)) * height
    deep = hoops.thickness * frame.radius
    middles = np.arange(1, count + 1) * height / (count + 1)
    ribs = [(y + along * wide, out * deep) for y in middles for along, out in RIB] or [(0.5 * height, 0.0)]
    bead = 0.45 * deep
    low, high, floor = float(frame.at(0.0)), float(frame.at(height)), frame.croze
    rim = ((0.3, 0.0), (1.0, 0.6), (1.0, 1.4), (0.0, 2.2))
    outer = [(low + out * bead, along * bead) for out, along in rim]
    outer += [(float(frame.at(y)) + out, y) for y, out in ribs]
    outer += [(high + out * bead, height - along * bead) for out, along in reversed(rim)]
    inner = [(float(frame.at(y)) - thick, y) for y in (height, *(y for y, out in reversed(ribs) if not out), floor + thick)]
    profile = [(0.0, floor), (low - thick, floor), (low - thick, 0.0), *outer, *inner, (0.0, floor + thick)]
    dark = [0.8, 0.8, 0.9, *[1.0] * (len(outer) - 1), 0.95, *[0.7] * len(inner)]
    return lathe(profile, _around(frame), crease=50.0, tint=dark)


def head(frame: BarrelFrame, y: float) -> Shell:
    """A pressed lid whose upper face is at height y, with a large and a small screw cap."""
    thick, radius = frame.thick, float(frame.at(y)) - 0.6 * frame.thick
    rows = [
        (0.0, -thick),
        (radius, -thick),
        (radius, 0.0),
        (0.88 * radius, 0.0),
        (0.84 * radius, 0.5 * thick),
        (0.0, 0.5 * thick),
    ]
    caps = []
    for size, at in ((0.16, 0.55), (0.09, -0.6)):
        r = size * radius
        cap = lathe([(0.0, 0.0), (1.2 * r, 0.0), (1.2 * r, 0.9 * thick), (r, thick), (0.9 * r, 2 * thick), (0.0, 2 * thick)], 12)
        caps.append(moved(cap, (0.0, 0.0, at * radius)))
    return moved(join(lathe(rows, _around(frame)), *caps), (0.0, y, 0.0))


def loops(frame: BarrelFrame) -> Part:
    """Two loops of rod at the sides, to carry it by."""
    y, thin = 0.8 * frame.height, 0.05 * frame.radius
    r, half = float(frame.at(y)) - 0.3 * frame.thick, 0.3 * frame.radius
    at, out = float(np.sqrt(r**2 - half**2)), r + 0.28 * frame.radius
    path = bezier([(at, y, -half), (out, y, -half), (out, y, half), (at, y, half)], 12)
    pieces = [tube(path * (side, 1.0, side), thin, 8) for side in (1, -1)]
    sockets = tuple(
        PartSocket(f"handle_{name}", (side * (r + 0.15 * frame.radius), y, 0.0), "handle", (2 * half, 0.05))
        for name, side in (("right", 1), ("left", -1))
    )
    return Part("handle", surface(join(*pieces)), "handle", (0.0, y, 0.0), "staves", sockets=sockets)


def _around(frame: BarrelFrame) -> int:
    return 4 * frame.params.detail + 8
