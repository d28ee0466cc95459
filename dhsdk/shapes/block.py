"""Block: a convex solid cut out by planes, its edges chipped by more planes. Stones, crystals and their covers are blocks.

Whatever the planes are, their common inside is convex, so a block is closed and never meets itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy.spatial import ConvexHull

from dhsdk.shapes.curves import LEAST
from dhsdk.shapes.surface import Shell

FACE, EDGE = 0.9, 1.0
"""Brightness of what was cut first, and of edges that were chipped off later."""
MERGE = 0.012
"""Corners nearer than this share of a block's size are one."""
LEFT = 1.0 / 12.0
"""What a cut leaves at least, share of the thickness."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """normals: (N, 3) unit, outwards; a point x is inside where normals @ x <= offsets. center: a point well inside.

    tints: (N,) brightness of each cut.
    """

    normals: np.ndarray
    offsets: np.ndarray
    center: np.ndarray
    tints: np.ndarray


def block(normals: np.ndarray, offsets: np.ndarray, center: Sequence[float] = (0.0, 0.0, 0.0)) -> Block:
    return Block(normals, offsets, np.asarray(center, np.float64), np.full(len(offsets), FACE))


def directions(count: int, rng: np.random.Generator, jitter: float = 0.35) -> np.ndarray:
    """(count, 3) unit vectors, evenly spread (a Fibonacci lattice) and then moved by `jitter` of their spacing."""
    k = np.arange(count) + 0.5
    y = 1.0 - 2.0 * k / count
    turn = k * (math.pi * (3.0 - math.sqrt(5.0))) + rng.uniform(0.0, 2.0 * math.pi)
    r = np.sqrt(1.0 - y * y)
    even = np.stack([r * np.cos(turn), y, r * np.sin(turn)], axis=1)
    moved = even + rng.normal(0.0, jitter * 2.0 / math.sqrt(count), (count, 3))
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def hewn(
    rng: np.random.Generator, half: Sequence[float], planes: int, *, blocky: float = 0.4, rough: float = 0.16, sink: float = 0.8
) -> Block:
    """A stone about the origin of half sizes (x, y, z): between an egg (blocky 0) and a box (1), cut by `planes` planes.

    rough: how unevenly deep the cuts are. sink: where its flat underside lies, share of the half height.
    """
    size = np.asarray(half, np.float64)
    q = 2.0 - 0.95 * blocky
    normals = directions(planes, rng)
    offsets = ((np.abs(normals) * size) ** q).sum(axis=1) ** (1.0 / q)
    offsets *= 1.0 - rough * rng.random(planes)
    low = np.array([[0.0, -1.0, 0.0]])
    limits = np.concatenate([np.eye(3), -np.eye(3)])
    normals = np.concatenate([normals, low, limits])
    return block(normals, np.concatenate([offsets, [sink * size[1]], size, size]))


def prism(rng: np.random.Generator, sides: int, radius: float, low: float, high: float, *, uneven: float = 0.12) -> Block:
    """An upright prism about the y axis with level ends."""
    angle = (np.arange(sides) + rng.uniform(-0.5, 0.5, sides) * uneven) * (2.0 * math.pi / sides) + rng.uniform(0.0, 6.28)
    around = np.stack([np.cos(angle), np.zeros(sides), np.sin(angle)], axis=1)
    normals = np.concatenate([around, [[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]]])
    offsets = np.concatenate([radius * (1.0 - uneven * rng.random(sides)), [high, -low]])
    return block(normals, offsets, (0.0, (low + high) / 2.0, 0.0))


def cut(one: Block, normal: Sequence[float] | np.ndarray, offset: float, tint: float = FACE) -> Block:
    """The part of a block below a plane; the plane is moved out until at least a twelfth of the block's thickness stays."""
    unit = np.asarray(normal, np.float64)
    length = float(np.linalg.norm(unit))
    unit, offset = unit / length, offset / length
    points = corners(one)
    heights = points @ unit
    low, high = float(heights.min()), float(heights.max())
    offset = max(offset, low + LEFT * (high - low))
    center = one.center
    if unit @ center > offset - 0.25 * LEFT * (high - low):
        # A point between the deepest corner and the old center, half way up to the plane, is inside both.
        deepest = points[int(np.argmin(heights))]
        share = 0.5 * (offset - low) / float(unit @ (center - deepest))
        center = deepest + share * (center - deepest)
    return Block(np.concatenate([one.normals, unit[None]]), np.append(one.offsets, offset), center, np.append(one.tints, tint))


def corners(one: Block) -> np.ndarray:
    """(V, 3) the corners of a block; where many planes meet a corner is there more than once. Source: polar duality."""
    away = one.offsets - one.normals @ one.center
    # Thin blocks are looked at as if they were cubes: qhull needs a fat simplex to begin with.
    with np.errstate(divide="ignore", over="ignore"):
        reach = np.where(one.normals > 1e-9, away[:, None] / one.normals, np.inf).min(axis=0)
        reach += np.where(one.normals < -1e-9, -away[:, None] / one.normals, np.inf).min(axis=0)
    dual = ConvexHull(one.normals * reach / away[:, None])
    return -dual.equations[:, :3] / dual.equations[:, 3:] * reach + one.center


def centered(one: Block) -> Block:
    """The block with its center in the middle of its corners."""
    return replace(one, center=_welded(corners(one), LEAST).mean(axis=0))


def shifted(one: Block, offset: Sequence[float] | np.ndarray) -> Block:
    step = np.asarray(offset, np.float64)
    return replace(one, offsets=one.offsets + one.normals @ step, center=one.center + step)


def spun(one: Block, turn: np.ndarray) -> Block:
    """The block turned about the origin by a (3, 3) rotation."""
    return replace(one, normals=one.normals @ turn.T, center=turn @ one.center)


def stretched(one: Block, factors: Sequence[float] | np.ndarray) -> Block:
    """The block scaled about the origin along the axes."""
    scale = np.asarray(factors, np.float64)
    normals = one.normals / scale
    length = np.linalg.norm(normals, axis=1)
    return replace(one, normals=normals / length[:, None], offsets=one.offsets / length, center=one.center * scale)


def grown(one: Block, amounts: np.ndarray | float) -> Block:
    """The block with its planes pushed outwards, metres."""
    return replace(one, offsets=one.offsets + amounts)


def bounds(blocks: Sequence[Block]) -> tuple[np.ndarray, np.ndarray]:
    every = np.concatenate([corners(one) for one in blocks])
    return every.min(axis=0), every.max(axis=0)


def size_of(one: Block) -> float:
    return float(np.linalg.norm(np.ptp(corners(one), axis=0)))


def _merge(points: np.ndarray) -> float:
    """Below which distance corners of a block are one, metres."""
    thick = 3.4 * math.sqrt(max(0.0, float(np.linalg.eigvalsh(np.cov(points.T, bias=True))[0])))
    return max(min(MERGE * float(np.linalg.norm(np.ptp(points, axis=0))), 0.06 * thick), 0.3 * LEAST)


def broken(one: Block, rng: np.random.Generator, chips: int, depth: float) -> Block:
    """The block with `chips` of its corners broken off, up to `depth` metres deep; what it stands on stays."""
    ends = corners(one)
    points = _welded(ends, _merge(ends))
    for _ in range(chips):
        at = points[int(rng.integers(len(points)))]
        out = at - one.center + rng.normal(0.0, 0.35, 3) * np.linalg.norm(at - one.center)
        out /= np.linalg.norm(out)
        # The farthest corner that way breaks, be it this one or not: never more than `depth` goes.
        reach = float((ends @ out).max()) - depth * rng.uniform(0.35, 1.0)
        if out[1] > -0.5 and reach > float(out @ one.center):
            one = cut(one, out, reach, 0.96)
    return one


def chipped(one: Block, rng: np.random.Generator, width: float, sharp: float = 24.0) -> Block:
    """The block with its edges cut by about `width` metres. sharp: degrees; edges that turn less stay."""
    normals, offsets = _edge_cuts(one, rng, width, math.cos(math.radians(sharp)))
    return Block(
        np.concatenate([one.normals, normals]),
        np.concatenate([one.offsets, offsets]),
        one.center,
        np.concatenate([one.tints, np.full(len(offsets), EDGE)]),
    )


def _edge_cuts(one: Block, rng: np.random.Generator, width: float, flat: float) -> tuple[np.ndarray, np.ndarray]:
    points = corners(one)
    touching = np.abs(points @ one.normals.T - one.offsets) < 1e-6 * size_of(one)
    normals, offsets = [np.empty((0, 3))], []
    for a, b in combinations(np.flatnonzero(touching.any(axis=0)), 2):
        shared = points[touching[:, a] & touching[:, b]]
        turn = float(one.normals[a] @ one.normals[b])
        if len(shared) < 2 or turn > flat or turn < -0.999:
            continue
        middle = one.normals[a] + one.normals[b]
        middle /= np.linalg.norm(middle)
        deep = width * rng.uniform(0.55, 1.25) * math.sqrt(max(0.0, 0.5 - 0.5 * turn)) * 0.7
        reach = float((shared @ middle).max()) - deep
        if reach > float(middle @ one.center) + LEAST:
            normals.append(middle[None])
            offsets.append(reach)
    return np.concatenate(normals), np.asarray(offsets)


def shell(one: Block, crease: float = 30.0) -> Shell:
    """The closed shell of a block: flat cuts, UVs projected along the axes in metres."""
    points = corners(one)
    points = _welded(points, _merge(points))
    # The hull is affine invariant: found where the block is as thick as it is long.
    spread = np.linalg.cholesky(np.cov(points.T, bias=True))
    hull = ConvexHull(np.linalg.solve(spread, (points - points.mean(axis=0)).T).T)
    used, index = np.unique(hull.simplices, return_inverse=True)
    faces = index.reshape(-1, 3).astype(np.int64)
    points = points[used]
    made = points[faces]
    facing = np.cross(made[:, 1] - made[:, 0], made[:, 2] - made[:, 0])
    inwards = (facing * (made.mean(axis=1) - points.mean(axis=0))).sum(axis=1) < 0.0
    faces[inwards] = faces[inwards][:, ::-1]
    facing[inwards] *= -1.0
    tint = one.tints[np.argmax(facing @ one.normals.T, axis=1)]
    return Shell(points, faces, _upright(points[faces]), tint, np.full(len(faces), math.cos(math.radians(crease))))


def _upright(made: np.ndarray) -> np.ndarray:
    """(F, 3, 2) metres: corners projected along the axis that each face looks to most; v is up, on level faces it is z."""
    facing = np.argmax(np.abs(np.cross(made[:, 1] - made[:, 0], made[:, 2] - made[:, 0])), axis=1)
    axes = np.array([[2, 1], [0, 2], [0, 1]])[facing]
    out: np.ndarray = np.take_along_axis(made, np.repeat(axes[:, None], 3, axis=1), axis=2)
    return out


def _welded(points: np.ndarray, reach: float) -> np.ndarray:
    """The points without those that lie within reach of one before them."""
    near = np.linalg.norm(points[:, None] - points[None], axis=2) < reach
    kept = np.ones(len(points), bool)
    for i in range(1, len(points)):
        kept[i] = not (near[i, :i] & kept[:i]).any()
    return points[kept]
