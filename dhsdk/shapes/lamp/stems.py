"""Bases and stems of lamps."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.curves import bezier, rectangle, rounded, spline
from dhsdk.shapes.lamp.params import LampParams
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.solids import stack
from dhsdk.shapes.surface import Shell, join, mapped, moved
from dhsdk.shapes.sweep import sweep, tube
from dhsdk.shapes.turning import BALUSTER, COLUMN, turned_member

ROD = (
    (0.9, 0.0),
    (0.9, 0.04),
    (0.55, 0.055),
    (0.5, 0.45),
    (0.72, 0.46),
    (0.72, 0.5),
    (0.5, 0.51),
    (0.46, 0.94),
    (0.8, 0.95),
    (0.8, 1.0),
)
GOURD = (
    (0.5, 0.0),
    (0.56, 0.02),
    (0.56, 0.05),
    (0.42, 0.08),
    (0.62, 0.14),
    (0.92, 0.28),
    (1.0, 0.42),
    (0.9, 0.58),
    (0.6, 0.74),
    (0.36, 0.84),
    (0.3, 0.9),
    (0.4, 0.92),
    (0.4, 0.95),
    (0.24, 0.97),
    (0.24, 1.0),
)
POST = (
    (1.5, 0.0),
    (1.5, 0.03),
    (1.2, 0.045),
    (1.0, 0.09),
    (1.0, 0.17),
    (1.3, 0.18),
    (1.3, 0.2),
    (0.8, 0.215),
    (0.62, 0.5),
    (0.52, 0.84),
    (0.95, 0.85),
    (0.95, 0.87),
    (0.5, 0.88),
    (0.5, 0.93),
    (0.85, 0.96),
    (1.1, 1.0),
)


def base_shell(params: LampParams, *, dish: bool) -> Shell:
    """The base, standing on the origin; `dish`: with a raised rim, as a candle wants it."""
    base, count = params.base, max(8, params.detail)
    r, h = base.radius, base.height
    if base.style == "tripod":
        return _tripod(params)
    if base.style == "square":
        return _plinth(r, h)
    if dish:
        t = 0.07 * r
        rows = [
            (0.0, 0.0),
            (0.72 * r, 0.0),
            (0.78 * r, 0.3 * t),
            (r, h),
            (1.03 * r, h + 0.5 * t),
            (0.98 * r, h + t),
            (0.92 * r, h + 0.3 * t),
            (0.72 * r, t),
            (0.0, t),
        ]
        return lathe(rows, count, tint=[0.9, 0.95, 0.95, 1.0, 1.0, 1.0, 0.85, 0.8])
    if base.style == "disc":
        rows = [
            (0.0, 0.0),
            (0.95 * r, 0.0),
            (r, 0.22 * h),
            (r, 0.42 * h),
            (0.93 * r, 0.56 * h),
            (0.6 * r, 0.68 * h),
            (0.26 * r, 0.86 * h),
            (0.18 * r, h),
            (0.0, h),
        ]
    elif base.style == "ceiling":
        rows = [(0.0, 0.0), (0.16 * r, 0.0), (0.24 * r, 0.3 * h), (0.8 * r, 0.62 * h), (r, 0.84 * h), (r, h), (0.0, h)]
    else:
        rows = [
            (0.0, 0.0),
            (r, 0.0),
            (1.02 * r, 0.12 * h),
            (0.94 * r, 0.24 * h),
            (0.86 * r, 0.26 * h),
            (0.74 * r, 0.52 * h),
            (0.5 * r, 0.78 * h),
            (0.3 * r, 0.9 * h),
            (0.3 * r, h),
            (0.0, h),
        ]
    return lathe(rows, count)


def _plinth(r: float, h: float) -> Shell:
    """A square base in steps."""
    b = 0.06 * r
    steps = [
        (0.0, 0.0),
        (0.0, 0.16 * h),
        (b, 0.18 * h),
        (0.16 * r, 0.26 * h),
        (0.2 * r, 0.3 * h),
        (0.24 * r, 0.8 * h),
        (0.18 * r, 0.84 * h),
        (0.16 * r, 0.92 * h),
        (0.34 * r, h),
    ]
    return stack(rectangle(2 * r, 2 * r, 0.1 * r, 1), steps, tint=(0.9, 1.0, 0.95, 0.9, 0.88, 0.92, 0.97, 1.0))


def _tripod(params: LampParams) -> Shell:
    """Three tapered legs from a hub at the height of the base."""
    r, h = params.base.radius, params.base.height
    thick = max(0.7 * params.stem.thickness, 0.012)
    hub = lathe(
        [
            (0.0, h - 0.7 * thick),
            (1.5 * thick, h - 0.7 * thick),
            (1.8 * thick, h),
            (1.4 * thick, h + 1.1 * thick),
            (0.0, h + 1.1 * thick),
        ],
        max(8, params.detail),
    )
    legs = []
    for i in range(3):
        angle = math.pi + i * 2 * math.pi / 3
        out = np.array([math.sin(angle), 0.0, math.cos(angle)])
        flat = np.array([(0.02 * r, h), (0.5 * r, 0.56 * h), (0.9 * r, 0.42 * thick + 0.08 * h), (r, 0.42 * thick)])
        path = flat[:, :1] * out + flat[:, 1:] * np.array([0.0, 1.0, 0.0])
        side = np.cross(out, (0.0, 1.0, 0.0))
        legs.append(
            sweep(
                path,
                rounded(1.1 * thick, thick, 0.25 * thick, 1),
                scale=(1.15, 1.0, 0.8, 0.7),
                side=side.tolist(),
                bevel=0.15 * thick,
            )
        )
    body = join(hub, *legs)
    return moved(body, (0.0, -float(body.points[:, 1].min()), 0.0))


def stem_shell(params: LampParams) -> tuple[Shell, list[tuple[float, float, float]]]:
    """The stem standing on the origin, and the places of the lights at its end or at the ends of its arms."""
    stem, count = params.stem, max(8, params.detail)
    h, r = stem.height, stem.thickness
    if stem.style == "gooseneck":
        reach = 0.5 * h
        path = spline(
            [(0, 0, 0), (0, 0.4 * h, -0.05 * h), (0, 0.82 * h, 0.02 * h), (0, h, 0.55 * reach), (0, 0.86 * h, reach)], 4
        )
        collar = lathe([(0.0, -0.2 * r), (2.0 * r, -0.2 * r), (1.9 * r, 1.2 * r), (1.2 * r, 2.4 * r), (0.0, 2.4 * r)], count)
        return join(tube(path, 0.8 * r, 8), collar), [(0.0, 0.86 * h, reach)]
    if stem.style == "cord":
        path = np.array([(0.0, 0.0, 0.0), (0.0, 0.5 * h, 0.0), (0.0, h, 0.0)])
        return tube(path, max(0.45 * r, 0.0025), 6), [(0.0, 0.0, 0.0)]
    profile = {"rod": ROD, "turned": BALUSTER, "gourd": GOURD, "post": POST}.get(stem.style, COLUMN)
    body = turned_member(profile, h, r, count, 0.35 + 0.65 * stem.carving)
    if stem.style == "post":
        body = _fluted(body, r, h, stem.carving)
    if stem.arms == 1:
        return body, [(0.0, h, 0.0)]
    return _with_arms(params, body)


def _fluted(body: Shell, radius: float, height: float, depth: float) -> Shell:
    def change(points: np.ndarray) -> np.ndarray:
        x, y, z = points.T
        share = np.clip(np.minimum((y / height - 0.2) / 0.03, (0.85 - y / height) / 0.03), 0.0, 1.0)
        factor = 1.0 - 0.1 * depth * share * (1.0 + np.cos(6 * np.arctan2(x, z)))
        return np.stack([x * factor, y, z * factor], axis=1)

    return mapped(body, change)


def _with_arms(params: LampParams, body: Shell) -> tuple[Shell, list[tuple[float, float, float]]]:
    """Scrolling arms around the stem; one of the lights stands on the stem itself, where that does not go up to a ceiling."""
    stem = params.stem
    h, r = stem.height, stem.thickness
    thick = max(0.3 * r, 0.004)
    reach = min(0.55 * h, 0.4) + 1.5 * r
    hangs = params.base.style == "ceiling"
    spots = [] if hangs else [(0.0, h, 0.0)]
    pieces = [body, tube([(0.0, 0.96 * h, 0.0), (0.0, 1.4 * h, 0.0), (0.0, 1.85 * h, 0.0)], thick, 8)] if hangs else [body]
    around = stem.arms - len(spots)
    for i in range(around):
        angle = math.pi / 2 + i * 2 * math.pi / around
        out = np.array([math.sin(angle), 0.0, math.cos(angle)])
        low, high = 0.56 * h, 0.86 * h
        curve = bezier([(0.2 * r, low), (0.55 * reach, low - 0.16 * h), (1.05 * reach, low - 0.04 * h), (reach, high)], 10)
        path = curve[:, :1] * out + curve[:, 1:] * np.array([0.0, 1.0, 0.0])
        pieces.append(tube(path, thick, 6, scale=np.linspace(1.3, 0.85, 10)))
        end = path[-1]
        spots.append((float(end[0]), float(end[1]), float(end[2])))
    return join(*pieces), spots
