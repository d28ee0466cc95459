"""Long blades: sword, katana, spear and shovel, built about the top of the handle."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.blade.hilt import BladeFrame
from dhsdk.shapes.curves import LEAST
from dhsdk.shapes.kernel import Stream
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.slab import painted, skin
from dhsdk.shapes.solids import box
from dhsdk.shapes.surface import Shell, join, moved

EDGE = 1.4 * LEAST
"""Thickness of a cutting edge, metres: it catches light and is never a razor."""


def bladed(
    y: np.ndarray, left: np.ndarray, right: np.ndarray, thick: np.ndarray, groove: np.ndarray, *, back: float = 0.0
) -> Shell:
    """A blade: edges at x = left(y) and right(y), a body `thick` in the middle with a groove (share of the thickness).

    y, left, right, thick, groove: (R,) metres. The last row closes to a tip. back: thickness of the left edge, share of the body
    (a single-edged blade has a spine), 0 for a second cutting edge.
    """
    half = 0.5 * thick
    edge = np.minimum(0.5 * EDGE, 0.4 * half)
    spine = np.maximum(back * half, edge)
    ridge = 0.5 + 0.06 * np.ones_like(y)
    lows = (0.0, 0.26 if back == 0.0 else 0.1, 0.36, 0.43, 0.57, 0.64, None, 1.0)
    heights = (
        spine,
        half,
        half * (1 - 0.3 * groove),
        half * (1 - 0.75 * groove),
        half * (1 - 0.75 * groove),
        half * (1 - 0.3 * groove),
        half,
        edge,
    )
    grid = np.empty((len(y), 8, 3))
    for k, (share, high) in enumerate(zip(lows, heights, strict=True)):
        at = (0.74 if back == 0.0 else ridge + 0.16) if share is None else share
        grid[:, k, 0] = left + (right - left) * at
        grid[:, k, 1] = y
        grid[:, k, 2] = high
    tip = grid[-1].mean(axis=0)
    grid[-1] = (grid[-1, 7, 0] if back else tip[0], y[-1], 0.0)
    shell = skin(grid, grid * (1.0, 1.0, -1.0), crease=24.0)
    width = float((right - left).max())
    middle = np.stack([y, left, right], axis=1)

    def bright(p: np.ndarray) -> np.ndarray:
        lo, hi = np.interp(p[:, 1], middle[:, 0], middle[:, 1]), np.interp(p[:, 1], middle[:, 0], middle[:, 2])
        share = (p[:, 0] - lo) / np.maximum(hi - lo, 1e-3 * width)
        ground = (share > 0.74) | ((share < 0.26) & (back == 0.0))
        inner = (share > 0.36) & (share < 0.64)
        return np.where(ground, 1.08, np.where(inner, 0.84, 0.97))

    return painted(shell, bright)


def nicks(frame: BladeFrame, rng: Stream, rows: int, *names: str) -> np.ndarray:
    """(rows,) metres that a worn edge is notched at each row: mostly little, here and there a chip."""
    draw = rng("nicks", *names).uniform(0.0, 1.0, rows)
    return frame.params.temper.wear * 0.22 * frame.head_width * np.clip(draw - 0.45, 0.0, 1.0) ** 1.5


def sword(frame: BladeFrame, rng: Stream) -> list[Shell]:
    head = frame.params.head
    length, half = frame.head_length, 0.5 * frame.head_width
    thick = min(head.thickness * frame.chunky * 1.1, 0.8 * half)
    point = min(head.point, 0.9)
    t = np.concatenate([np.linspace(0.0, 1.0 - point, 9), 1.0 - point * np.array([0.72, 0.45, 0.2, 0.0])])
    to_tip = np.clip((t - (1.0 - point)) / point, 0.0, 1.0)
    stylised = frame.params.temper.stylised
    if head.style == "leaf":
        outline = 0.72 + 0.5 * np.sin(math.pi * np.clip(t / (1.0 - 0.4 * point), 0, 1)) ** 2 * (0.5 + head.curve)
        outline = np.minimum(outline, 1.3)
    else:
        outline = 1.0 - (0.1 + 0.3 * head.curve * (1 - stylised)) * t + 0.22 * stylised * t
    outline = outline * (1.0 - to_tip**1.8 * 0.985)
    outline[0] *= 0.86
    groove = head.fuller * np.interp(t, [0.0, 0.06, 0.6, 0.72], [0.0, 1.0, 1.0, 0.0])
    body = thick * np.interp(t, [0.0, 1.0 - point, 1.0], [1.0, 0.75, 0.5])
    left = -half * outline + np.minimum(nicks(frame, rng, len(t), "left"), 0.3 * half * outline)
    right = half * outline - np.minimum(nicks(frame, rng, len(t), "right"), 0.3 * half * outline)
    return [bladed(t * length, left, right, body, groove)]


def katana(frame: BladeFrame, rng: Stream) -> list[Shell]:
    """A single edge at +X on the outer side of the curve, a spine behind, an angled point."""
    head = frame.params.head
    length, wide = frame.head_length, frame.head_width
    thick = min(head.thickness * frame.chunky, 0.5 * wide)
    point = min(head.point, 0.6)
    t = np.concatenate([np.linspace(0.0, 1.0 - point, 11), 1.0 - point * np.array([0.7, 0.4, 0.15, 0.0])])
    to_tip = np.clip((t - (1.0 - point)) / point, 0.0, 1.0)
    taper = 1.0 - 0.26 * t * (1.0 - frame.params.temper.stylised)
    sweep_back = -0.13 * head.curve * length * t**2
    left = -0.5 * wide * taper + sweep_back
    right = 0.5 * wide * taper + sweep_back - wide * taper * 0.97 * to_tip**2.2 - nicks(frame, rng, len(t))
    right = np.maximum(right, left + 0.02 * wide)
    groove = 0.8 * head.fuller * np.interp(t, [0.0, 0.04, 0.55, 0.66], [0.0, 1.0, 1.0, 0.0])
    shell = bladed(t * length, left, right, thick * np.interp(t, [0, 1], [1.0, 0.72]), groove, back=0.75)
    collar = box((1.12 * wide, 0.035, 1.5 * thick), 0.25 * thick, along=1)
    return [shell, moved(collar, (0.0, 0.5 * frame.guard + 0.012, 0.0))]


def spear(frame: BladeFrame, rng: Stream) -> list[Shell]:
    """A leaf on a socket, its shoulders drawn in or flared."""
    head = frame.params.head
    length, half = frame.head_length, max(0.5 * frame.head_width * (1.0 + 0.3 * frame.params.temper.stylised), 1.3 * frame.radius)
    socket = 0.28 * length
    belly = 1.0 - head.point
    t = np.array([0.0, 0.1, 0.25, 0.45, 0.6, 0.72, 0.84, 0.93, 1.0])
    rise = np.interp(t, [0.0, 0.35 * belly + 0.02, 0.8 * belly + 0.1, 1.0], [0.3, 0.3 + 0.6 * head.curve, 1.0, 0.015])
    outline = half * np.minimum(rise, 1.0 - np.clip((t - belly) / head.point, 0.0, 1.0) ** 1.5 * 0.985)
    nick = np.minimum(nicks(frame, rng, len(t)), 0.3 * outline)
    thick = min(head.thickness * frame.chunky, 0.9 * half) * np.interp(t, [0, 0.3, 1], [1.3, 1.0, 0.6])
    blade = moved(
        bladed(t * (length - 0.6 * socket), -outline, outline - nick, thick, 0.0 * t + 0.3 * head.fuller),
        (0.0, 0.6 * socket, 0.0),
    )
    r = frame.radius
    rows = [
        (0.0, -0.3 * socket),
        (1.12 * r, -0.3 * socket),
        (1.28 * r, -0.22 * socket),
        (1.14 * r, -0.1 * socket),
        (0.8 * r, 0.6 * socket),
        (0.45 * r, 0.95 * socket),
        (0.0, 1.0 * socket),
    ]
    return [blade, lathe(rows, max(8, frame.count), crease=35.0)]


def shovel(frame: BladeFrame, rng: Stream) -> list[Shell]:
    """A dished sheet, round or pointed, with rolled shoulders and a socket that runs out on it."""
    head = frame.params.head
    length, half = frame.head_length, max(0.5 * frame.head_width, 2.2 * frame.radius)
    sheet = min(max(head.thickness * frame.chunky, 0.003), 0.1 * half)
    point = max(head.point, 0.1)
    t = np.concatenate([[0.0, 0.03, 0.15], np.linspace(0.3, 1.0, 8)])
    to_tip = np.clip((t - (1.0 - point)) / point, 0.0, 1.0)
    outline = (
        half * np.interp(t, [0, 0.03, 0.15, 1], [0.86, 0.94, 1.0, 0.96]) * np.sqrt(np.clip(1.0 - 0.985 * to_tip**2.2, 0.01, 1))
    )
    nick = np.minimum(nicks(frame, rng, len(t)), 0.2 * outline)
    v = np.array([-1.0, -0.93, -0.6, -0.2, 0.2, 0.6, 0.93, 1.0])
    grid = np.empty((len(t), len(v), 3))
    grid[..., 0] = v * outline[:, None] - nick[:, None] * (v > 0.9)
    grid[..., 1] = (t * length)[:, None]
    dish = head.curve * 0.34 * half
    deep = (
        dish * ((grid[..., 0] / half) ** 2 - 1.0) * np.interp(t, [0, 0.3, 1], [0.7, 1.0, 0.55])[:, None]
        + 0.1 * length * (t**2)[:, None]
    )
    front, back = grid.copy(), grid.copy()
    rim = 0.5 * sheet * np.where(np.abs(v) > 0.95, 0.5, 1.0)
    front[..., 2], back[..., 2] = deep + rim, deep - rim
    blade = skin(front, back, crease=40.0, tint=[0.8, 0.85, *[0.95] * (len(t) - 4), 1.08])
    r = frame.radius
    socket = lathe(
        [
            (0.0, -0.42 * length),
            (1.1 * r, -0.42 * length),
            (1.16 * r, -0.38 * length),
            (1.05 * r, 0.0),
            (0.5 * r, 0.3 * length),
            (0.0, 0.34 * length),
        ],
        max(8, frame.count),
        crease=35.0,
    )
    treads = [moved(box((0.62 * half, 0.014, 0.02), 0.004, along=0), (s * 0.55 * half, 0.002, -0.3 * dish)) for s in (1, -1)]
    return [blade, join(socket, *treads)]
