"""Curves and outlines as point rows: what lathes turn, sweeps follow and stacks pile up."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

LEAST = 0.0006
"""Smallest feature, metres: below it float32 rounding and welding by position could merge points."""

Outline = Callable[[float], np.ndarray]
"""inset (metres) -> (N, 2) the outline moved inwards by it, counter-clockwise, always N points."""


def bezier(points: Sequence[Sequence[float]], count: int) -> np.ndarray:
    """(count, D) points of the Bezier curve of the control points, ends included. Source: de Casteljau's algorithm."""
    t = np.linspace(0.0, 1.0, count)[:, None, None]
    rows = np.broadcast_to(np.asarray(points, np.float64)[None], (count, len(points), len(points[0])))
    while rows.shape[1] > 1:
        rows = rows[:, :-1] * (1.0 - t) + rows[:, 1:] * t
    return np.array(rows[:, 0])


def spline(points: Sequence[Sequence[float]], each: int) -> np.ndarray:
    """(each * (P - 1) + 1, D) points of the centripetal-free Catmull-Rom curve through the points."""
    p = np.asarray(points, np.float64)
    padded = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = (np.arange(each) / each)[:, None]
    rows = []
    for i in range(len(p) - 1):
        a, b, c, d = padded[i : i + 4]
        rows.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate([*rows, p[-1:]])


def bevelled(points: Sequence[Sequence[float]], width: float, keep: Sequence[int] = ()) -> np.ndarray:
    """(M, 2) a polyline with its inner corners cut by `width` metres (at most 40 % of the shorter side); `keep`: not these."""
    p = np.asarray(points, np.float64)
    rows = [p[0]]
    for i in range(1, len(p) - 1):
        before, after = p[i - 1] - p[i], p[i + 1] - p[i]
        lengths = float(np.linalg.norm(before)), float(np.linalg.norm(after))
        cut = min(width, 0.4 * min(lengths))
        straight = abs(before @ after) > 0.985 * lengths[0] * lengths[1]
        if i in keep or straight or cut < LEAST:
            rows.append(p[i])
        else:
            rows += [p[i] + before * (cut / lengths[0]), p[i] + after * (cut / lengths[1])]
    rows.append(p[-1])
    return np.array(rows)


def offset(points: np.ndarray, distance: float, least: float) -> np.ndarray:
    """(M, 2) an (r, y) polyline moved to its left by `distance` metres, never nearer the axis than `least`."""
    tangent = np.gradient(points, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-12)
    out = points + distance * np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    out[:, 0] = np.maximum(out[:, 0], least)
    return out


def circle(radius: float, count: int, start: float = 0.0) -> np.ndarray:
    """(count, 2) points of a circle, counter-clockwise."""
    angle = start + np.arange(count) * (2.0 * math.pi / count)
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def rounded(width: float, height: float, radius: float, steps: int = 1) -> np.ndarray:
    """(4 (steps + 1), 2) a rectangle about the origin with rounded corners; steps = 1 cuts them straight."""
    w, h = width / 2.0, height / 2.0
    r = min(max(radius, LEAST), 0.48 * min(width, height))
    angles = np.linspace(0.0, math.pi / 2.0, steps + 1)
    arc = r * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    sides = []
    for turn, (x, y) in enumerate(((w - r, h - r), (-(w - r), h - r), (-(w - r), -(h - r)), (w - r, -(h - r)))):
        c, s = round(math.cos(turn * math.pi / 2)), round(math.sin(turn * math.pi / 2))
        sides.append(arc @ np.array([[c, s], [-s, c]]) + (x, y))
    return np.concatenate(sides)


def rectangle(width: float, height: float, radius: float, steps: int = 1) -> Outline:
    """The outline of a rounded rectangle that can be inset."""

    def at(inset: float) -> np.ndarray:
        return rounded(width - 2 * inset, height - 2 * inset, radius - (0.586 if steps == 1 else 0.8) * inset, steps)

    return at


def disc(radius: float, count: int, depth: float | None = None) -> Outline:
    """The outline of a circle, or of an ellipse `depth` half as deep, that can be inset."""
    start = math.pi / count
    ratio = 1.0 if depth is None else depth / radius

    def at(inset: float) -> np.ndarray:
        unit = circle(1.0, count, start)
        return unit * (radius - inset, radius * ratio - inset)

    return at


def trapezoid(front: float, back: float, depth: float, radius: float, steps: int = 2) -> Outline:
    """The outline of a seat: `front` wide at +y, `back` wide at -y (of the outline's plane)."""

    def at(inset: float) -> np.ndarray:
        flat = rectangle(front, depth, radius, steps)(inset)
        share = (flat[:, 1] / depth + 0.5).clip(0.0, 1.0)
        return np.stack([flat[:, 0] * (back / front + (1.0 - back / front) * share), flat[:, 1]], axis=1)

    return at
