"""Fewer triangles for a closed part, with its UV seams, creases and closedness kept.

A vertex is only ever moved onto a neighbour (half-edge collapse), so every corner keeps a UV and normal that were there before.
All copies of a vertex (its wedges, split at seams and creases) must find a copy of the neighbour on their own side: collapses
run along seams, never across. Cost: quadric error (Garland and Heckbert 1997). A collapse that would open, fold or flip the
surface is refused (link condition: the two ends share exactly two neighbours).
"""

from __future__ import annotations

import heapq
from dataclasses import replace

import numpy as np

from dhsdk.scene.mesh import Primitive

FLIP = 0.2
"""Least cosine between a triangle's normal before and after a collapse."""


def simplify(primitive: Primitive, target: int) -> Primitive:
    """The primitive with at most `target` triangles where that can be had without opening it, else with as few as can.

    Vertices keep their attributes; those that no triangle uses any more are dropped.
    """
    faces = primitive.faces.astype(np.int64)
    if target >= len(faces):
        return primitive
    points, place = np.unique(primitive.positions, axis=0, return_inverse=True)
    surface = _Surface(points.astype(np.float64), place.reshape(-1), faces, primitive.normals)
    surface.reduce(max(4, target))
    return _picked(primitive, np.array(sorted(surface.alive.items()), dtype=object)[:, 1])


def _picked(primitive: Primitive, rows: np.ndarray) -> Primitive:
    """The primitive with these faces only, its unused vertices dropped."""
    used, index = np.unique(np.array(rows.tolist(), dtype=np.int64), return_inverse=True)

    def pick(array: np.ndarray | None) -> np.ndarray | None:
        return None if array is None else array[used]

    return replace(
        primitive,
        positions=primitive.positions[used],
        faces=index.reshape(-1, 3),
        normals=pick(primitive.normals),
        tangents=pick(primitive.tangents),
        uvs=tuple(uv[used] for uv in primitive.uvs),
        colors=pick(primitive.colors),
        attributes={name: values[used] for name, values in primitive.attributes.items()},
    )


class _Surface:
    """A mesh under reduction: wedges are the primitive's vertices, spots the points where they stand."""

    def __init__(self, points: np.ndarray, place: np.ndarray, faces: np.ndarray, normals: np.ndarray | None) -> None:
        self.normals = normals
        self.points = points
        self.place = place.tolist()
        self.alive: dict[int, tuple[int, ...]] = {i: tuple(face) for i, face in enumerate(faces.tolist())}
        self.around: list[set[int]] = [set() for _ in range(len(points))]
        for number, face in self.alive.items():
            for wedge in face:
                self.around[self.place[wedge]].add(number)
        self.quadrics = _quadrics(points, place[faces])

    def reduce(self, target: int) -> None:
        queue = [item for spot in range(len(self.points)) for item in self._options(spot)]
        heapq.heapify(queue)
        while queue and len(self.alive) > target:
            cost, source, goal = heapq.heappop(queue)
            if not self.around[source] or not self.around[goal] or cost < self._cost(source, goal) * (1 - 1e-9):
                continue  # out of date: the newer entry is in the queue as well
            moves = self._moves(source, goal)
            if moves is None or not self._link_holds(source, goal) or not self._faces_hold(source, goal, moves):
                continue
            self._collapse(source, goal, moves)
            for neighbour in sorted(self._neighbours(goal)):
                for one, other in ((neighbour, goal), (goal, neighbour)):
                    heapq.heappush(queue, (self._cost(one, other), one, other))

    def _options(self, spot: int) -> list[tuple[float, int, int]]:
        return [(self._cost(spot, other), spot, other) for other in sorted(self._neighbours(spot))]

    def _cost(self, source: int, goal: int) -> float:
        x, y, z = self.points[goal]
        at = np.array((x, y, z, 1.0))
        length = float(((self.points[source] - self.points[goal]) ** 2).sum())
        return float(at @ self.quadrics[source] @ at) + 1e-6 * length

    def _neighbours(self, spot: int) -> set[int]:
        return {self.place[wedge] for face in self.around[spot] for wedge in self.alive[face]} - {spot}

    def _moves(self, source: int, goal: int) -> dict[int, int] | None:
        """Wedge of the source -> the one wedge of the goal that shares a triangle with it; None where one has none or two."""
        moves: dict[int, int] = {}
        for face in self.around[source] & self.around[goal]:
            wedges = self.alive[face]
            own = next(wedge for wedge in wedges if self.place[wedge] == source)
            new = next(wedge for wedge in wedges if self.place[wedge] == goal)
            if moves.setdefault(own, new) != new:
                return None
        mine = {wedge for face in self.around[source] for wedge in self.alive[face] if self.place[wedge] == source}
        return moves if mine == set(moves) else None

    def _link_holds(self, source: int, goal: int) -> bool:
        shared = self.around[source] & self.around[goal]
        common = self._neighbours(source) & self._neighbours(goal)
        return len(shared) == 2 and len(common) == 2 and len(self.around[source]) + len(self.around[goal]) > 8

    def _faces_hold(self, source: int, goal: int, moves: dict[int, int]) -> bool:
        kept = [self.alive[face] for face in self.around[source] - self.around[goal]]
        if not kept:
            return False
        spots = np.array([[self.place[wedge] for wedge in face] for face in kept])
        before = self.points[spots]
        after = self.points[np.where(spots == source, goal, spots)]
        old, new = _normals(before), _normals(after)
        size, length = np.linalg.norm(new, axis=1), np.linalg.norm(old, axis=1)
        edges = np.linalg.norm(after - np.roll(after, 1, axis=1), axis=2).max(axis=1)
        if not ((size > 1e-3 * edges**2).all() and ((old * new).sum(axis=1) > FLIP * size * length).all()):
            return False
        if self.normals is None:
            return True
        wedges = np.array([[moves.get(wedge, wedge) for wedge in face] for face in kept])
        return bool(((self.normals[wedges] * new[:, None]).sum(axis=2) > 0.1 * size[:, None]).all())

    def _collapse(self, source: int, goal: int, moves: dict[int, int]) -> None:
        for face in sorted(self.around[source]):
            wedges = self.alive[face]
            if face in self.around[goal]:
                for wedge in wedges:
                    self.around[self.place[wedge]].discard(face)
                del self.alive[face]
            else:
                self.alive[face] = tuple(moves.get(wedge, wedge) for wedge in wedges)
                self.around[goal].add(face)
        self.around[source] = set()
        self.quadrics[goal] += self.quadrics[source]


def _normals(corners: np.ndarray) -> np.ndarray:
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def _quadrics(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(P, 4, 4) sums of the squared-distance forms of the planes around each point, weighted by area."""
    corners = points[faces]
    normal = _normals(corners)
    area = np.linalg.norm(normal, axis=1, keepdims=True)
    unit = normal / np.maximum(area, 1e-30)
    plane = np.concatenate([unit, -(unit * corners[:, 0]).sum(axis=1, keepdims=True)], axis=1)
    forms = plane[:, :, None] * plane[:, None, :] * area[:, :, None]
    out = np.zeros((len(points), 4, 4))
    for corner in range(3):
        np.add.at(out, faces[:, corner], forms)
    return out
