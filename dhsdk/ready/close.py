"""Holes of a surface filled, and what is left over of it dropped."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from dhsdk.ready.sew import ears, loops, mates
from dhsdk.ready.surface import Surface, areas, edges, kept

SCRAP, SCRAPS = 0.05, 0.01
"""Open pieces smaller than this share of the diagonal are scraps, while all together are less than this share of the area."""
LIFT = 1e-5
"""How far the middle of a fan lies off, share of the size."""
MOST_EARS = 2000
"""Loops of more vertices are filled as a fan."""


def filled(surface: Surface, spot: np.ndarray, close: float) -> Surface:
    """The surface with its holes filled, its fans at one point joined again."""
    count = len(surface.points)
    order, starts = edges(surface.faces, count)
    ring, ends = loops(surface.faces, mates(surface.faces, surface.points, order, starts), count)
    home = np.empty(count, np.int64)
    home[surface.faces.ravel()] = np.repeat(surface.piece, 3)
    surface = replace(surface, faces=spot[surface.faces])
    if len(ends) < 2 or close <= 0:
        surface.mended["openings left open"] += len(ends) - 1
        return surface
    area = np.bincount(surface.piece, areas(surface), int(surface.piece.max()) + 1)
    keys, made, opened = _keys(surface.faces, count), _Filling(), set[int]()
    extra: list[np.ndarray] = []
    lift = LIFT * np.ptp(surface.points, axis=0).max() * np.array([0.48, 0.6, 0.64])
    for low, high in pairwise(ends):
        own = int(home[ring[low]])
        for loop in _simple(spot[ring[low:high]]):
            at = surface.points[loop]
            middle = at.mean(axis=0)
            fan = np.linalg.norm(np.cross(at - middle, np.roll(at, -1, axis=0) - middle), axis=1).sum() / 2
            if fan > close * area[own]:
                surface.mended["openings left open"] += 1
                opened.add(own)
                continue
            new = ears(at, loop, keys, made.keys, count) if len(loop) <= MOST_EARS else np.empty((0, 3), np.int64)
            if not len(new):
                new = np.stack([loop, np.roll(loop, -1), np.full(len(loop), count + len(extra))], axis=1)
                extra.append(middle + lift * (1.0 + len(extra) % 7))  # never on a point that is there
            made.add(new, own, count)
    opened |= made.withdraw(surface.faces, count + len(extra))
    if made.faces:
        surface.mended["holes closed"] += len(made.faces)
        number = sum(map(len, made.faces))
        surface = replace(
            surface,
            points=np.concatenate([surface.points, np.array(extra).reshape(-1, 3)]),
            faces=np.concatenate([surface.faces, *made.faces]),
            origin=np.concatenate([surface.origin, np.full(number, -1)]),
            turned=np.concatenate([surface.turned, np.zeros(number, bool)]),
            piece=np.concatenate([surface.piece, *made.pieces]),
        )
    return _without_scraps(surface, np.array(sorted(opened), np.int64), area)


def _without_scraps(surface: Surface, opened: np.ndarray, area: np.ndarray) -> Surface:
    """The surface without the open pieces that are small, as long as they are next to nothing together."""
    order = np.argsort(surface.piece, kind="stable")
    starts = np.flatnonzero(np.diff(surface.piece[order], prepend=-1))
    corners = surface.points[surface.faces[order]]
    size = np.maximum.reduceat(corners.max(axis=1), starts) - np.minimum.reduceat(corners.min(axis=1), starts)
    whole = float(np.linalg.norm(np.ptp(corners.reshape(-1, 3), axis=0)))
    small = opened[np.linalg.norm(size, axis=1)[opened] < SCRAP * whole]
    if not len(small) or area[small].sum() > SCRAPS * area.sum():
        return surface
    surface.mended["loose open scraps dropped"] += len(small)
    return kept(surface, ~np.isin(surface.piece, small))


class _Filling:
    """What holes were filled with: triangles, their pieces, and their edges as sorted keys."""

    def __init__(self) -> None:
        self.faces: list[np.ndarray] = []
        self.pieces: list[np.ndarray] = []
        self.keys = np.empty(0, np.int64)

    def add(self, faces: np.ndarray, piece: int, count: int) -> None:
        self.faces.append(faces)
        self.pieces.append(np.full(len(faces), piece))
        if len(faces) > 1:
            self.keys = np.union1d(self.keys, _keys(faces, count))

    def withdraw(self, faces: np.ndarray, count: int) -> set[int]:
        """Takes back fillings that share an edge with more than one other triangle; returns the pieces that stay open."""
        gone: set[int] = set()
        while self.faces:
            whole = np.concatenate([faces, *self.faces])
            order, starts = edges(whole, count)
            crowded = order[np.repeat(np.diff(starts) > 2, np.diff(starts))] // 3 - len(faces)
            loop = np.repeat(np.arange(len(self.faces)), [len(one) for one in self.faces])
            bad = set(loop[crowded[crowded >= 0]].tolist())
            if not bad:
                break
            gone |= {int(self.pieces[number][0]) for number in bad}
            self.pieces = [one for number, one in enumerate(self.pieces) if number not in bad]
            self.faces = [one for number, one in enumerate(self.faces) if number not in bad]
        return gone


def _keys(faces: np.ndarray, count: int) -> np.ndarray:
    """Sorted low * count + high of the edges."""
    ends = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    return np.unique(ends[:, 0] * count + ends[:, 1])


def _simple(ring: np.ndarray) -> list[np.ndarray]:
    """The loop cut into loops that pass each point once; what has fewer than three points is none."""
    if len(np.unique(ring)) == len(ring):
        return [ring] if len(ring) > 2 else []
    out: list[list[int]] = []
    path: list[int] = []
    for point in ring.tolist():
        if point in path:
            at = path.index(point)
            out.append(path[at:])
            path = path[:at]
        path.append(point)
    return [np.array(one) for one in (*out, path) if len(one) > 2]
