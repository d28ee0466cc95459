"""Sweep: a section carried along a curve (legs, rails, handles, arms, ropes)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dhsdk.shapes.curves import circle, rounded
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.surface import Shell


def frames(path: np.ndarray, side: Sequence[float] | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(R, 3) each: tangents, and two normals carried along without twist; `side` hints the first at the start.

    Source: Wang et al. 2008, "Computation of rotation minimizing frames", double reflection.
    """
    tangent = np.gradient(path, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-12)
    hint = np.asarray(side if side is not None else np.eye(3)[int(np.argmin(np.abs(tangent[0])))], np.float64)
    first = np.empty_like(tangent)
    first[0] = _unit(hint - tangent[0] * (hint @ tangent[0]))
    for i in range(len(path) - 1):
        v = path[i + 1] - path[i]
        c = v @ v
        carried = first[i] - (2.0 / c) * (v @ first[i]) * v
        heading = tangent[i] - (2.0 / c) * (v @ tangent[i]) * v
        w = tangent[i + 1] - heading
        d = w @ w
        out = carried - (2.0 / d) * (w @ carried) * w if d > 1e-18 else carried
        first[i + 1] = _unit(out - tangent[i + 1] * (out @ tangent[i + 1]))
    return tangent, first, np.cross(tangent, first)


def _unit(v: np.ndarray) -> np.ndarray:
    out: np.ndarray = v / max(float(np.linalg.norm(v)), 1e-12)
    return out


def sweep(
    path: Sequence[Sequence[float]] | np.ndarray,
    section: np.ndarray,
    *,
    scale: Sequence[float] | np.ndarray | float = 1.0,
    side: Sequence[float] | None = None,
    bevel: float = 0.0,
    crease: float = 42.0,
) -> Shell:
    """The closed shell of a convex section (N, 2) carried along path (R, 3); ends flat, with `bevel` cut.

    The section's first axis starts along `side`. scale: a factor (or (x, y) factors) for each point of the path.
    """
    points = np.asarray(path, np.float64)
    factor = np.asarray(scale, np.float64)
    factor = np.broadcast_to(factor[:, None] if factor.ndim == 1 else factor, (len(points), 2))
    tangent, first, second = frames(points, side)
    reach = float(np.abs(section).max(axis=0).min())
    rings = [
        p + f[0] * section[:, :1] * a + f[1] * section[:, 1:] * b
        for p, f, a, b in zip(points, factor, first, second, strict=True)
    ]
    tints = [0.93] * (len(points) - 1)
    if bevel > 0.0:
        for end, row in ((0, 0), (1, len(points) - 1)):
            cut = min(
                bevel,
                0.4 * reach * float(factor[row].min()),
                0.3 * float(np.linalg.norm(points[row] - points[row - 1 if row else 1])),
            )
            ends = rings[-1] if end else rings[0]
            shrink = 1.0 - cut / (reach * float(factor[row].max()))
            small = points[row] + (ends - points[row]) * shrink
            out = (1.0 if end else -1.0) * tangent[row] * cut
            if end:
                rings[-1] = ends - out
                rings.append(small)
                tints.append(1.0)
            else:
                rings[0] = ends - out
                rings.insert(0, small)
                tints.insert(0, 1.0)
    return loft(np.asarray(rings), Look("along", crease, tints))


def tube(
    path: Sequence[Sequence[float]] | np.ndarray,
    radius: float,
    sides: int = 8,
    *,
    scale: Sequence[float] | np.ndarray | float = 1.0,
) -> Shell:
    """A round rod along a path, smooth around, its ends cut."""
    return sweep(path, circle(radius, sides, np.pi / sides), scale=scale, bevel=0.3 * radius, crease=50.0)


def beam(
    start: Sequence[float] | np.ndarray,
    end: Sequence[float] | np.ndarray,
    width: float,
    depth: float,
    *,
    bevel: float = 0.004,
    taper: float = 1.0,
    side: Sequence[float] = (1.0, 0.0, 0.0),
) -> Shell:
    """A straight bar of rectangular section from start to end: `width` along `side`, its section scaled by `taper` at the end."""
    a, b = np.asarray(start, np.float64), np.asarray(end, np.float64)
    cut = min(bevel, 0.3 * min(width, depth))
    return sweep(np.array([a, b]), rounded(width, depth, cut, 1), scale=np.array([1.0, taper]), side=side, bevel=cut)
