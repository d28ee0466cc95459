"""Slabs: closed skins between a front and a back grid (blades, axe heads, fins), dressed by projection on the axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.surface import Shell

ACROSS = (0.0, 0.06, 0.28, 0.5, 0.72, 0.94, 1.0)
"""Where the columns of a plate stand between its lower and its upper edge."""
RIM = (0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5)
"""How thick each column is: the edges of a plate are cut."""


def skin(
    front: np.ndarray, back: np.ndarray, *, grain: int = 1, crease: float = 34.0, tint: float | Sequence[float] = 0.92
) -> Shell:
    """The closed shell between two grids (R, K, 3) of the same outline, whichever way they run, right side out.

    A row whose points are all equal is a tip. grain: the axis that u follows. tint: brightness of each band of rows.
    """
    rings = np.concatenate([front, back[:, ::-1]], axis=1)
    return boxed(outward(loft(rings, Look("along", crease, tint))), grain)


def sheet(x: np.ndarray, y: np.ndarray, thick: np.ndarray, *, tint: float | Sequence[float] = 0.92, grain: int = 1) -> Shell:
    """A plate in the x-y plane about z = 0 through a grid x, y: (R, 7), whose columns stand at ACROSS; thick: (R,) metres."""
    grid = np.stack([x, y, 0.5 * np.asarray(thick)[:, None] * np.asarray(RIM)], axis=2)
    return skin(grid, grid * (1.0, 1.0, -1.0), tint=tint, grain=grain)


def plate_between(
    rows: Sequence[tuple[float, float, float, float]],
    *,
    bulge: Sequence[float] | float = 0.0,
    tint: float | Sequence[float] = 0.92,
    grain: int = 1,
) -> Shell:
    """A plate in the x-y plane about z = 0: rows are (x, low y, high y, thickness), metres; edges cut.

    bulge: metres by which the ends of each row (at its low and high y) lie behind its middle, towards -x.
    """
    x, low, high, thick = np.asarray(rows, np.float64).T
    v = np.asarray(ACROSS)
    behind = np.broadcast_to(np.asarray(bulge, np.float64), x.shape)
    across = x[:, None] - behind[:, None] * (2.0 * v - 1.0) ** 2
    return sheet(across, low[:, None] + (high - low)[:, None] * v, thick, tint=tint, grain=grain)


def outward(shell: Shell) -> Shell:
    """The shell turned right side out when its faces look inwards."""
    corners = shell.points[shell.faces]
    volume = np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
    return shell if volume >= 0.0 else replace(shell, faces=shell.faces[:, ::-1], uvs=shell.uvs[:, ::-1])


def boxed(shell: Shell, grain: int = 1) -> Shell:
    """The shell with UVs in metres projected along the axis that each face looks to most; u follows axis `grain`."""
    corners = shell.points[shell.faces]
    normal = np.abs(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    facing = np.argmax(normal, axis=1)
    uvs = np.empty((len(corners), 3, 2))
    for axis in range(3):
        along = grain if axis != grain else (axis + 1) % 3
        across = 3 - axis - along
        here = facing == axis
        uvs[here] = corners[here][..., [along, across]]
    return replace(shell, uvs=uvs)


def painted(shell: Shell, tint: Callable[[np.ndarray], np.ndarray]) -> Shell:
    """The shell with the brightness of each face multiplied by tint: (F, 3) middles of the faces -> (F,)."""
    return replace(shell, tint=shell.tint * tint(shell.points[shell.faces].mean(axis=1)))


def helix_band(
    radii: Callable[[np.ndarray], np.ndarray],
    start: float,
    end: float,
    turns: float,
    width: float,
    thick: float,
    *,
    hand: int = 1,
) -> Shell:
    """A strap wound about the y axis from y = start to y = end over an oval of radii(y): (N,) -> (N, 2) half sizes in x and z.

    width: metres along y; its edges are slanted and its two ends sink under the neighbouring turn. hand: 1 right, -1 left.
    """
    count = max(8, round(turns * 9))
    t = np.linspace(0.0, 1.0, count + 1)
    angle = 2.0 * math.pi * turns * t * hand
    y = start + (end - start) * t
    rx, rz = radii(y).T
    across = np.stack([np.cos(angle), np.zeros_like(t), np.sin(angle)], axis=1)
    out = np.stack([np.cos(angle) / rx, np.zeros_like(t), np.sin(angle) / rz], axis=1)
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    middle = np.stack([rx * across[:, 0], y, rz * across[:, 2]], axis=1)
    tangent = np.gradient(middle, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    side = np.cross(tangent, out)
    lift = thick * np.minimum(1.0, 0.15 + 4.0 * turns * np.minimum(t, 1.0 - t))
    rings = np.empty((count + 1, 4, 3))
    for k, (a, b) in enumerate(((-0.5, -0.3), (-0.3, 1.0), (0.3, 1.0), (0.5, -0.3))):
        rings[:, k] = middle + side * (a * width) + out * (b * lift)[:, None]
    return outward(loft(rings, Look("along", 42.0, 0.95)))
