"""Straps, corner caps, lock and handles of a box of boards."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.crate.parts import BACK, CrateFrame, arc, nail
from dhsdk.shapes.curves import bezier, rectangle, rounded
from dhsdk.shapes.kernel import Part, PartSocket
from dhsdk.shapes.lathe import torus
from dhsdk.shapes.solids import box, stack
from dhsdk.shapes.surface import Shell, Vec, join, mapped, mirrored, moved, surface, turned
from dhsdk.shapes.sweep import sweep, tube


def fittings(frame: CrateFrame) -> list[Part]:
    """The metal and the handles, each a part of its own; what sits on the lid hangs on the lid."""
    metal = frame.params.metal
    parts = []
    if metal.bands:
        parts.append(_part(frame, "bands", _straps(frame)))
        if frame.params.lid.style != "none":
            parts.append(_lid_part(frame, "lid_bands", _lid_straps(frame)))
    if metal.corners:
        parts.append(_part(frame, "corners", _corners(frame)))
    if metal.lock:
        parts.append(_part(frame, "lock", _lock(frame), slot="lock"))
        if frame.params.lid.style != "none":
            parts.append(_lid_part(frame, "hasp", _hasp(frame), slot="lock"))
    return parts + _handles(frame)


def _part(frame: CrateFrame, name: str, shell: Shell, slot: str = "metal") -> Part:
    return Part(name, surface(mapped(shell, frame.flare)), slot, (0.0, frame.feet, 0.0), "floor", collide=False)


def _lid_part(frame: CrateFrame, name: str, shell: Shell, slot: str = "metal") -> Part:
    return Part(name, surface(frame.opened(shell)), slot, frame.hinge, "lid", collide=False)


def _lines(frame: CrateFrame) -> tuple[np.ndarray, float]:
    """x of the straps, and their width, metres."""
    count = frame.params.metal.bands
    wide = min(frame.params.metal.width, 0.5 * frame.width / (count + 1))
    reach = 0.31 if count == 2 else 0.38 if count > 2 else 0.0
    return np.linspace(-reach, reach, count) * frame.width if count > 1 else np.zeros(1), wide


def _straps(frame: CrateFrame) -> Shell:
    lines, wide = _lines(frame)
    thin = 0.0035 + 0.1 * wide
    out = frame.depth / 2 + frame.proud + 0.3 * thin
    pieces = []
    head = nail(0.17 * wide, max(6, frame.params.detail))
    for x in lines:
        for way in (1, -1):
            strap = box((wide, frame.height - 0.004, thin), 0.3 * thin, along=1)
            pieces.append(moved(strap, (x, frame.feet + frame.height / 2, way * out)))
            for share in (0.14, 0.82):
                spot = moved(head, (0.0, 0.0, out + thin / 2))
                spot = spot if way > 0 else turned(spot, (0.0, 1.0, 0.0), math.pi)
                pieces.append(moved(spot, (x, frame.feet + share * frame.height, 0.0)))
        pieces.append(
            moved(
                box((wide, thin, 2 * out), 0.3 * thin, along=2),
                (x, frame.feet - 0.2 * thin + (0.0 if frame.feet else 0.4 * thin), 0.0),
            )
        )
    return join(*pieces)


def _lid_straps(frame: CrateFrame) -> Shell:
    lines, wide = _lines(frame)
    thin = 0.0035 + 0.1 * wide
    head = nail(0.17 * wide, max(6, frame.params.detail))
    pieces = []
    for x in lines:
        if frame.params.lid.style == "domed":
            path = arc(frame, 0.34 * frame.thick + 0.3 * thin)(np.linspace(0.03, math.pi - 0.03, 13)) + np.array([x, 0.0, 0.0])
            pieces.append(sweep(path, rounded(wide, thin, 0.3 * thin, 1), side=(1.0, 0.0, 0.0), bevel=0.3 * thin))
            for angle in (0.35, math.pi - 0.35):
                at = arc(frame, 0.34 * frame.thick + 0.75 * thin)(np.array([angle]))[0]
                out = math.atan2(math.sin(angle) * (frame.depth / 2), math.cos(angle) * frame.rise)
                pieces.append(moved(turned(head, (1.0, 0.0, 0.0), -out), at + np.array([x, 0.0, 0.0])))
        else:
            deep = frame.depth + 2 * frame.proud + 0.012 + 1.4 * thin
            y = frame.top + 1.12 * frame.thick + (frame.proud if frame.params.frame.style != "none" else 0.0) + 0.3 * thin
            pieces.append(moved(box((wide, thin, deep), 0.3 * thin, along=2), (x, y, 0.0)))
            drop = y - frame.top
            for way in (1, -1):
                pieces.append(
                    moved(
                        box((wide * 0.98, drop, thin), 0.3 * thin, along=1),
                        (x, y - drop / 2, way * (deep / 2 - thin / 2 + 0.001)),
                    )
                )
                pieces.append(moved(turned(head, (1.0, 0.0, 0.0), -BACK), (x, y + 0.5 * thin, way * 0.36 * deep)))
    return join(*pieces)


def _corners(frame: CrateFrame) -> Shell:
    """Chunky caps over the corners, and irons along the upright edges of a domed chest."""
    size = min(1.3 * frame.params.metal.width + 0.3 * frame.thick, 0.2 * min(frame.width, frame.depth, frame.height))
    thin = 0.22 * frame.thick + 0.002
    x, z = frame.width / 2 + frame.proud + thin, frame.depth / 2 + frame.proud + thin
    cap = rectangle(size, size, 0.2 * size, 1)
    b = 0.12 * size
    pieces = []
    heights = [(frame.feet - thin + (0.0 if frame.feet else thin), 1.0), (frame.top - 0.86 * size, 0.8)]
    for sx in (-1, 1):
        for sz in (-1, 1):
            for y, tall in heights:
                body = stack(cap, [(b, 0.0), (0.0, b), (0.0, tall * size - b), (b, tall * size)])
                pieces.append(moved(body, (sx * (x - size / 2), y, sz * (z - size / 2))))
    return join(*pieces)


def _lock(frame: CrateFrame) -> Shell:
    """A shield-shaped plate with a keyhole boss on the front, under the lid."""
    size = min(0.17 * frame.width, 0.34 * frame.height, 0.16)
    thin = 0.12 * size
    z = frame.depth / 2 + frame.proud
    y = frame.top - 0.62 * size
    half = np.array([(0.5, 0.42), (0.5, -0.1), (0.36, -0.42), (0.0, -0.62)])
    outline = np.concatenate([half, half[-2::-1] * (-1.0, 1.0)]) * size

    def at(inset: float) -> np.ndarray:
        return outline[::-1] * (1.0 - inset / (0.45 * size))

    plate = stack(at, [(0.0, -0.6 * thin), (0.0, 0.55 * thin), (0.35 * thin, 0.9 * thin)])
    boss = stack(rectangle(0.2 * size, 0.26 * size, 0.09 * size, 2), [(0.0, 0.0), (0.0, 1.1 * thin), (0.02 * size, 1.35 * thin)])
    slot = stack(rectangle(0.055 * size, 0.14 * size, 0.02 * size, 1), [(0.0, 0.0), (0.0, 1.42 * thin)], tint=0.25)
    flat = join(plate, boss, slot)
    return moved(turned(flat, (1.0, 0.0, 0.0), BACK), (0.0, y, z))


def _hasp(frame: CrateFrame) -> Shell:
    """The tongue that comes down from the lid over the lock."""
    size = min(0.17 * frame.width, 0.34 * frame.height, 0.16)
    z = frame.depth / 2 + frame.proud + 0.11 * size
    low, high = frame.top - 0.3 * size, frame.top + (0.45 * size if frame.params.lid.style == "domed" else 1.2 * frame.thick)
    tongue = box((0.3 * size, high - low, 0.14 * size), 0.04 * size, along=1, taper=(1.25, 1.0))
    return moved(tongue, (0.0, (low + high) / 2, z))


def _handles(frame: CrateFrame) -> list[Part]:
    kind = frame.params.handles
    if kind == "none":
        return []
    if kind == "batten":
        return [_carrier(frame)]
    x = frame.width / 2 + frame.proud * 0.9
    span = min(0.36 * frame.depth, 0.2)
    y = frame.feet + 0.62 * frame.height
    left = moved(_rope(frame, span) if kind == "rope" else _drop_ring(frame, span), (x, y, 0.0))
    parts = []
    for name, sign in (("handle_left", 1.0), ("handle_right", -1.0)):
        shell = mapped(left if sign > 0 else mirrored(left), frame.flare)
        grip = PartSocket(name, (sign * (x + 0.25 * span), y - 0.3 * span, 0.0), "handle", (span, 0.04))
        parts.append(
            Part(name, surface(shell), "rope" if kind == "rope" else "handle", (sign * x, y, 0.0), "floor", sockets=(grip,))
        )
    return parts


def _rope(frame: CrateFrame, span: float) -> Shell:
    thick = 0.075 * span
    path = bezier(
        [
            (-0.3 * thick, 0.0, span / 2),
            (0.5 * span, -0.1 * span, span / 2),
            (0.42 * span, -0.75 * span, 0.0),
            (0.5 * span, -0.1 * span, -span / 2),
            (-0.3 * thick, 0.0, -span / 2),
        ],
        13,
    )
    swell = 1.0 + 0.14 * np.cos(np.arange(13) * math.pi)
    pieces = [tube(path, thick, max(6, frame.params.detail - 2), scale=swell)]
    for side in (-1, 1):
        knot = torus(0.9 * thick, 0.0, 0.75 * thick, max(6, frame.params.detail))
        pieces.append(moved(turned(knot, (0.0, 0.0, 1.0), -BACK), (0.3 * thick, -0.02 * span, side * span / 2)))
    return join(*pieces)


def _drop_ring(frame: CrateFrame, span: float) -> Shell:
    thick = 0.06 * span
    plate = turned(
        stack(rectangle(0.5 * span, 0.3 * span, 0.1 * span, 1), [(0.0, -thick), (0.0, 0.7 * thick), (0.3 * thick, thick)]),
        (0.0, 0.0, 1.0),
        -BACK,
    )
    eye = turned(torus(1.6 * thick, 0.0, 0.8 * thick, max(6, frame.params.detail)), (1.0, 0.0, 0.0), BACK)
    ring = turned(torus(0.34 * span, 0.0, thick, 2 * frame.params.detail), (0.0, 0.0, 1.0), -BACK + 0.18)
    return join(
        turned(plate, (1.0, 0.0, 0.0), BACK), moved(eye, (1.6 * thick, 0.0, 0.0)), moved(ring, (2.3 * thick, -0.34 * span, 0.0))
    )


def _carrier(frame: CrateFrame) -> Part:
    """A round bar from end to end over an open box, between two upright cheeks."""
    high = frame.top + 0.5 * frame.height
    x = frame.width / 2 - 0.5 * frame.thick
    pieces = []
    for side in (-1, 1):
        cheek = box((frame.thick, 0.9 * frame.height + 0.08, 0.5 * frame.depth), 0.25 * frame.thick, along=1, taper=(1.0, 0.45))
        pieces.append(moved(cheek, (side * x, high - 0.4 * frame.height, 0.0)))
    bar = tube(
        [(-x - 0.02, high - 0.02, 0.0), (0.0, high - 0.012, 0.0), (x + 0.02, high - 0.02, 0.0)],
        0.045 * frame.depth + 0.006,
        frame.params.detail,
    )
    top: Vec = (0.0, high, 0.0)
    shell = join(*pieces, bar)
    return Part(
        "handle", surface(shell), "frame", top, "floor", sockets=(PartSocket("handle", top, "handle", (frame.width, 0.04)),)
    )
