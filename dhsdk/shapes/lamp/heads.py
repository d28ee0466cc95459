"""Shades and lanterns, made about the origin: the top of the stem, or for a hung one the end of the cord."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.curves import bezier
from dhsdk.shapes.lathe import band, lathe, ring
from dhsdk.shapes.solids import box
from dhsdk.shapes.surface import Shell, join, mapped, tinted, turned
from dhsdk.shapes.sweep import beam, tube


def open_shade(style: str, radius: float, height: float, top: float, count: int) -> Shell:
    """A cone, drum or pleated shade, open above and below, from y = 0 to `height`."""
    t = max(0.018 * radius, 0.0022)
    # A drum is hardly tapered, and straight where a cone is drawn in a little.
    top = 0.75 + 0.25 * top if style == "drum" else top
    drawn = {"cone": -0.035, "drum": 0.0, "pleated": 0.03}[style]
    ys = np.linspace(0.0, 1.0, 5 if style == "pleated" else 4)
    outer = np.stack([radius * (1.0 + (top - 1.0) * ys + drawn * np.sin(ys * math.pi)), height * ys], axis=1)
    section = np.concatenate([outer, outer[::-1] - (t, 0.0)])
    if style != "pleated":
        shade = ring(section, count, crease=50.0)
        slope = (top - 1.0) * radius / height
        trim = 0.055 * height
        rims = []
        for at, share in ((0.0, 0.45), (1.0, -0.45)):
            y = height * at + trim * share
            rims.append(
                band(float(np.interp(y, outer[:, 1], outer[:, 0])) + 0.1 * t, y, 2.2 * t, trim, count, flare=slope * trim)
            )
        return join(shade, *rims)
    pleats = max(10, count)
    shade = ring(section, 2 * pleats, crease=24.0)

    def pleated(points: np.ndarray) -> np.ndarray:
        x, y, z = points.T
        factor = 1.0 + 0.045 * np.cos(pleats * np.arctan2(x, z))
        return np.stack([x * factor, y, z * factor], axis=1)

    return mapped(shade, pleated)


def closed_shade(style: str, radius: float, height: float, top: float, count: int) -> Shell:
    """A dome or bell that is open below only, from y = 0 to `height`, dark inside."""
    t = max(0.02 * radius, 0.0022)
    neck = max(0.5 * top * radius, 3.0 * t)
    if style == "dome":
        curve = bezier([(radius, 0.0), (radius, 0.62 * height), (0.62 * radius, 0.9 * height), (neck, 0.93 * height)], 8)
    else:
        curve = bezier([(radius, 0.0), (0.62 * radius, 0.2 * height), (0.82 * radius, 0.8 * height), (neck, 0.92 * height)], 9)
    inner = curve - np.stack([np.full(len(curve), t), np.linspace(0.0, t, len(curve))], axis=1)
    lip = [(radius + 0.5 * t, 0.3 * t), (radius + 0.6 * t, 1.8 * t)]
    cap = [(neck * 0.98, height - t), (neck * 0.8, height), (0.0, height)]
    rows = [(0.0, float(inner[-1, 1]) - 0.2 * t), *map(tuple, inner[::-1]), *lip, *map(tuple, curve[1:]), *cap]
    tint = [0.55] * len(inner) + [0.9] + [1.0] * (len(rows) - len(inner) - 2)
    return lathe(rows, count, tint=tint, crease=46.0)


def harp(radius: float, bottom: float, top: float, wide: float) -> Shell:
    """The wire that carries an open shade: a loop around the bulb and three spokes at the top, `radius` long."""
    thin = max(0.012 * radius, 0.0016)
    pieces = []
    for side in (-1, 1):
        path = bezier(
            [
                (side * 0.008, bottom, 0.0),
                (side * 1.7 * wide, bottom + 0.1 * (top - bottom), 0.0),
                (side * 1.3 * wide, top, 0.0),
                (side * 0.001, top - 0.4 * thin, 0.0),
            ],
            8,
        )
        pieces.append(tube(path, thin, 5))
    for i in range(3):
        angle = i * 2 * math.pi / 3 + 0.4
        out = (math.sin(angle), math.cos(angle))
        pieces.append(
            tube(
                [(0.1 * thin * out[0], top + 0.2 * thin * i, 0.1 * thin * out[1]), (radius * out[0], top, radius * out[1])],
                thin,
                5,
            )
        )
    return join(*pieces)


def globe(radius: float, height: float, count: int) -> Shell:
    """A glass ball on a short neck, standing on the origin."""
    angles = np.linspace(-0.42 * math.pi, 0.5 * math.pi, max(7, count // 2))[:-1]
    half = height / 2.0
    rows = [(radius * math.cos(a), half * 1.02 + half * math.sin(a)) for a in angles]
    neck = rows[0][0]
    return lathe([(0.0, -0.03 * height), (neck, -0.03 * height), *rows, (0.0, 2.02 * half)], count, crease=80.0)


class LanternFrame:
    """A lantern's cage, metres: `sides` corners on a circle, from the floor up."""

    def __init__(self, radius: float, height: float, top: float, sides: int) -> None:
        self.radius, self.height, self.sides = radius, height, sides
        self.low, self.high = 0.12 * height, 0.8 * height
        self.upper = radius * (0.72 + 0.28 * top)
        self.thick = max(0.085 * radius, 0.004)
        self.roof = 0.42 * height

    def corner(self, index: float, y: float, grow: float = 0.0) -> tuple[float, float, float]:
        """A corner of the cage at a height; with sides / 4 = half an edge the front is a pane."""
        share = (y - self.low) / (self.high - self.low)
        r = self.radius + (self.upper - self.radius) * share + grow
        angle = (index + 0.5) * 2 * math.pi / self.sides
        return (r * math.sin(angle), y, r * math.cos(angle))

    @property
    def flat(self) -> float:
        """Turn that brings the corners of a lathe of `sides` steps over the cage's corners, radians."""
        return math.pi / self.sides


def lantern_cage(frame: LanternFrame, draw: np.random.Generator, rough: float) -> Shell:
    """Floor, corner posts, top rail and roof."""
    r, h, t, n = frame.radius, frame.height, frame.thick, frame.sides
    floor = [
        (0.0, 0.0),
        (0.78 * r, 0.0),
        (0.84 * r, 0.03 * h),
        (0.8 * r, 0.05 * h),
        (1.14 * r, 0.075 * h),
        (1.16 * r, frame.low),
        (1.06 * r, frame.low + 0.02 * h),
        (0.0, frame.low + 0.02 * h),
    ]
    u, y = frame.upper, frame.high
    roof = [
        (0.0, y - 0.01 * h),
        (1.02 * u, y - 0.01 * h),
        (1.34 * u, y + 0.015 * h),
        (1.36 * u, y + 0.05 * h),
        (1.02 * u, y + 0.3 * frame.roof),
        (0.5 * u, y + 0.62 * frame.roof),
        (0.36 * u, y + 0.66 * frame.roof),
        (0.36 * u, y + 0.84 * frame.roof),
        (0.44 * u, y + 0.86 * frame.roof),
        (0.4 * u, y + 0.94 * frame.roof),
        (0.0, y + frame.roof),
    ]
    pieces = [turned(lathe(rows, n, crease=22.0), (0.0, 1.0, 0.0), frame.flat) for rows in (floor, roof)]
    for i in range(n):
        jolt = draw.uniform(-0.12, 0.12, 2) * t * rough
        low, high = np.array(frame.corner(i, frame.low - 0.01 * h)), np.array(frame.corner(i, y + 0.01 * h))
        side = (math.cos((i + 0.5) * 2 * math.pi / n), 0.0, -math.sin((i + 0.5) * 2 * math.pi / n))
        pieces.append(beam(low + (jolt[0], 0.0, jolt[1]), high, t, t, bevel=0.2 * t, side=side))
    return join(*pieces)


def lantern_pane(frame: LanternFrame, index: int) -> Shell:
    """The glass between two corner posts."""
    low, high = frame.low + 0.008 * frame.height, frame.high - 0.002 * frame.height
    inset = -0.25 * frame.thick
    corners = [np.array(frame.corner(i, y, inset)) for i, y in ((index, low), (index + 1, low), (index + 1, high), (index, high))]
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    thin = max(0.16 * frame.thick, 0.0016)
    pane = box((1.0, 1.0, thin), 0.3 * thin, along=1)
    a, b, c, d = corners
    out = np.cross(b - a, d - a)
    out /= np.linalg.norm(out)

    def put(points: np.ndarray) -> np.ndarray:
        s, v = points[:, :1] + 0.5, points[:, 1:2] + 0.5
        return a * (1 - s) * (1 - v) + b * s * (1 - v) + c * s * v + d * (1 - s) * v + out * points[:, 2:]

    shell = mapped(pane, put)
    return Shell(shell.points, shell.faces, shell.uvs * (wide, high - low)[::-1], shell.tint, shell.crease)


def lantern_bars(frame: LanternFrame, index: int) -> Shell:
    """The glazing bars of a pane: a cross of thin strips just outside the glass."""
    t = 0.45 * frame.thick
    y = frame.low + 0.62 * (frame.high - frame.low)
    a, b = np.array(frame.corner(index, y)), np.array(frame.corner(index + 1, y))
    low = (np.array(frame.corner(index, frame.low)) + frame.corner(index + 1, frame.low)) / 2
    high = (np.array(frame.corner(index, frame.high)) + frame.corner(index + 1, frame.high)) / 2
    out = np.array([high[0] + low[0], 0.0, high[2] + low[2]])
    out /= np.linalg.norm(out)
    across = beam(a, b, t, 0.8 * t, bevel=0.2 * t, side=(0.0, 1.0, 0.0))
    along = beam(
        low + out * 0.07 * t, high + out * 0.07 * t, t, 0.8 * t, bevel=0.2 * t, side=np.cross(out, (0.0, 1.0, 0.0)).tolist()
    )
    return tinted(join(across, along), 0.97)
