"""Collision shapes: the primitive that fits best, a convex hull, or convex parts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from dhsdk.ready.native import solid
from dhsdk.ready.simplify import simplify
from dhsdk.scene.mesh import Collider, Mesh, Primitive, Quaternion

MOST_HULL = 32
"""Vertices of a hull: what engines handle well."""
LOOSE = 1.12
"""A primitive serves where its volume is at most this much of the convex hull's."""
FULL = 0.75
"""A surface that fills this share of its hull is not cut into parts."""
MOST_PARTS, MOST_CUT, CUTS = 16, 600, 7
"""Hulls of one shape; triangles of the surface that is cut; places along each axis where a cut is tried."""
WASTE = 0.015
"""A part is cut while its hull holds more that is not its own than this share of the whole hull."""
TURNS: tuple[Quaternion, ...] = (
    (0.0, 0.0, -math.sqrt(0.5), math.sqrt(0.5)),
    (0.0, 0.0, 0.0, 1.0),
    (math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5)),
)
"""Rotations that take +y to x, y and z."""


def colliders(
    parts: Sequence[tuple[np.ndarray, np.ndarray]], kind: Literal["auto", "box", "hull", "parts"]
) -> tuple[Collider, ...]:
    """Collision shapes around the triangles of parts, each (points (P, 3), faces (F, 3)), in one frame.

    One shape; with "parts" several hulls, where no primitive fits and the surface fills less of its hull than FULL.
    """
    points = np.concatenate([one for one, _ in parts])
    shape = collider(points, "auto" if kind == "parts" else kind)
    if shape is None:
        return ()
    if kind != "parts" or shape.kind != "hull":
        return (shape,)
    starts = np.cumsum([0] + [len(one) for one, _ in parts])
    faces = np.concatenate([one + start for (_, one), start in zip(parts, starts[:-1], strict=True)])
    return _decomposed(points, faces) or (shape,)


def _decomposed(points: np.ndarray, faces: np.ndarray) -> tuple[Collider, ...]:
    """Convex parts of a closed surface, cut across the axes where the hulls of both halves are least in all; none where its hull
    serves, or where it is not closed.

    The part whose hull holds most that is not its own is cut next, until none is worth it.
    """
    whole = solid(*_coarse(points, faces))
    if whole is None:
        return ()
    worth = WASTE * whole.hull().volume()
    done: list[Any] = []
    todo = [(one, one.hull().volume() - one.volume()) for one in whole.decompose()]
    while todo:
        number = max(range(len(todo)), key=lambda k: todo[k][1])
        part, waste = todo.pop(number)
        halves = _halved(part) if waste > worth and len(todo) + len(done) + 1 < MOST_PARTS else ()
        if halves:
            todo += [(one, one.hull().volume() - one.volume()) for one in halves]
        else:
            done.append(part)
    if len(done) == 1 or len(done) > MOST_PARTS:
        return ()
    return tuple(_hull(np.asarray(one.hull().to_mesh().vert_properties, np.float64)[:, :3]) for one in done)


def _coarse(points: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The surface with few triangles, points of one place made one."""
    made = simplify([Mesh((Primitive(points, faces),))], MOST_CUT)[0].primitives[0]
    spots, place = np.unique(made.positions, axis=0, return_inverse=True)
    return spots, place.reshape(-1)[made.faces]


def _halved(part: Any) -> tuple[Any, ...]:
    """The connected pieces of both sides of the best cut; none where no cut makes the hulls smaller."""
    low, high = np.array(part.bounding_box()).reshape(2, 3)
    best, found = 0.98 * part.hull().volume(), None
    for axis in np.argsort(low - high):
        normal = tuple(float(k == axis) for k in range(3))
        for share in np.arange(1, CUTS + 1) / (CUTS + 1):
            halves = part.split_by_plane(normal, float(low[axis] + share * (high[axis] - low[axis])))
            held = sum(one.hull().volume() for one in halves)
            if held < best:
                best, found = held, halves
    if found is None:
        return ()
    return tuple(piece for half in found for piece in half.decompose() if piece.volume() > 1e-6 * part.volume())


def collider(points: np.ndarray, kind: Literal["auto", "box", "hull"]) -> Collider | None:
    """A collision shape around points (N, 3), in their frame; None for what is too small or too thin to collide with.

    auto: the smallest of box, sphere, cylinder and capsule (along any axis) where it is hardly larger than the convex hull,
    else the hull.
    """
    from scipy.spatial import ConvexHull, QhullError

    points = np.unique(points.astype(np.float64), axis=0)
    low, high = points.min(axis=0), points.max(axis=0)
    size, middle = high - low, (low + high) / 2
    if size.max() < 1e-3 or size.min() < 1e-5:
        return None
    box = Collider("box", _floats(np.maximum(size, 1e-3)), _vector(middle))
    if kind == "box":
        return box
    try:
        hull = ConvexHull(points)
    except QhullError:
        return box
    corners = points[np.sort(hull.vertices)]
    if kind == "auto":
        volume, _, best = min(_primitives(box, size, middle, corners), key=lambda one: one[:2])
        if volume <= LOOSE * hull.volume:
            return best
    return _hull(corners)


def _primitives(box: Collider, size: np.ndarray, middle: np.ndarray, corners: np.ndarray) -> list[tuple[float, int, Collider]]:
    """(volume, rank, shape) of every primitive around the corners; among equal volumes the simpler has the lower rank."""
    away = corners - middle
    radius = float(np.linalg.norm(away, axis=1).max())
    found = [(float(size.prod()), 0, box), (4 / 3 * math.pi * radius**3, 1, Collider("sphere", (radius,), _vector(middle)))]
    for axis, turn in enumerate(TURNS):
        along = away[:, axis]
        around = np.linalg.norm(np.delete(away, axis, axis=1), axis=1)
        wide, tall = float(around.max()), float(size[axis])
        cylinder = Collider("cylinder", (wide, tall), _vector(middle), turn)
        found.append((math.pi * wide**2 * tall, 2, cylinder))
        # The caps must hold every corner: |along| <= straight / 2 + sqrt(wide^2 - around^2).
        straight = 2.0 * max(0.0, float((np.abs(along) - np.sqrt(np.maximum(wide**2 - around**2, 0.0))).max()))
        capsule = Collider("capsule", (wide, straight + 2.0 * wide), _vector(middle), turn)
        found.append((math.pi * wide**2 * (straight + 4 / 3 * wide), 3, capsule))
    return found


def _hull(corners: np.ndarray) -> Collider:
    """The convex hull of at most MOST_HULL of the corners: always the one that stands out farthest is added."""
    from scipy.spatial import ConvexHull

    if len(corners) > MOST_HULL:
        chosen = _first_four(corners)
        while len(chosen) < MOST_HULL:
            planes = ConvexHull(corners[chosen]).equations
            out = (corners @ planes[:, :3].T + planes[:, 3]).max(axis=1)
            if out.max() < 1e-9:
                break
            chosen.append(int(out.argmax()))
        corners = corners[sorted(chosen)]
    hull = ConvexHull(corners)
    faces = hull.simplices
    a, b, c = (corners[faces[:, i]] for i in range(3))
    inward = (np.cross(b - a, c - a) * hull.equations[:, :3]).sum(axis=1) < 0
    faces = np.where(inward[:, None], faces[:, ::-1], faces)
    used, index = np.unique(faces, return_inverse=True)
    return Collider("hull", positions=corners[used], faces=index.reshape(-1, 3))


def _first_four(corners: np.ndarray) -> list[int]:
    """Four corners that span a volume: each the farthest from the point, line and plane of those before."""
    first = int(corners[:, int(np.ptp(corners, axis=0).argmax())].argmin())
    away = corners - corners[first]
    second = int((away**2).sum(axis=1).argmax())
    way = away[second] / np.linalg.norm(away[second])
    third = int(np.linalg.norm(np.cross(away, way), axis=1).argmax())
    fourth = int(np.abs(away @ np.cross(away[second], away[third])).argmax())
    return [first, second, third, fourth]


def _vector(v: np.ndarray) -> tuple[float, float, float]:
    return float(v[0]), float(v[1]), float(v[2])


def _floats(v: np.ndarray) -> tuple[float, ...]:
    return tuple(float(one) for one in v)
