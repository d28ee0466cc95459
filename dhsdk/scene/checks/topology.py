"""Connected pieces of a triangle surface: whether they are closed, and what they enclose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Piece:
    """One connected piece. open_edges: edges without a partner of the other direction; volume m3, signed; area m2."""

    open_edges: int
    volume: float
    area: float
    low: np.ndarray
    high: np.ndarray


def welded(positions: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(points (P, 3) float64, faces over them): vertices of bit-equal position made one."""
    rows = np.ascontiguousarray(positions + np.float32(0)).view(np.dtype((np.void, 12))).ravel()
    _, first, which = np.unique(rows, return_index=True, return_inverse=True)
    return positions[first].astype(np.float64), which[faces]


def pieces(points: np.ndarray, faces: np.ndarray) -> list[Piece]:
    """The pieces of welded faces, connected through shared points; collapsed triangles (a point twice) are left out."""
    proper = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    faces = faces[proper]
    if not len(faces):
        return []
    label = _labels(faces, len(points))[faces[:, 0]]
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.diff(label[order], prepend=-1))
    a, b, c = (points[faces[order, i]] for i in range(3))
    across = np.cross(b - a, c - a)
    centre = np.repeat(
        np.add.reduceat(a, starts) / np.diff(np.append(starts, len(faces)))[:, None],
        np.diff(np.append(starts, len(faces))),
        axis=0,
    )
    volumes = np.add.reduceat(np.einsum("ij,ij->i", a - centre, np.cross(b - centre, c - centre)) / 6, starts)
    areas = np.add.reduceat(np.linalg.norm(across, axis=1) / 2, starts)
    low = np.minimum.reduceat(np.minimum(np.minimum(a, b), c), starts)
    high = np.maximum.reduceat(np.maximum(np.maximum(a, b), c), starts)
    opened = np.add.reduceat(_open_edges(faces, len(points))[order], starts)
    return [Piece(int(opened[i]), float(volumes[i]), float(areas[i]), low[i], high[i]) for i in range(len(starts))]


def _open_edges(faces: np.ndarray, count: int) -> np.ndarray:
    """(F,): how many of a face's three directed edges lack a single partner in the other direction."""
    start, end = faces.ravel().astype(np.int64), np.roll(faces, -1, axis=1).ravel().astype(np.int64)
    ahead, back = start * count + end, end * count + start
    keys, times = np.unique(ahead, return_counts=True)
    place = np.searchsorted(keys, back)
    place[place == len(keys)] = 0
    partners = np.where(keys[place] == back, times[place], 0)
    own = times[np.searchsorted(keys, ahead)]
    lonely: np.ndarray = ((partners != own) | (own != 1)).reshape(-1, 3).sum(axis=1)
    return lonely


def _labels(faces: np.ndarray, count: int) -> np.ndarray:
    """(count,): the lowest point index of each point's piece."""
    label = np.arange(count)
    while True:
        lowest = label[faces].min(axis=1)
        before = label.copy()
        for corner in range(3):
            np.minimum.at(label, before[faces[:, corner]], lowest)  # hooks whole trees, so the rounds stay few
            np.minimum.at(label, faces[:, corner], lowest)
        while not np.array_equal(label, label[label]):
            label = label[label]
        if np.array_equal(before, label):
            return label
