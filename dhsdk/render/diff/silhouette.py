"""Outlines that are smooth and differentiable: pixels on both sides of one are mixed by how much each surface covers.

Silhouettes (borders, and edges whose two faces lie on one side of them on the screen), creases and lines in which surfaces pass
through each other cross the lines between neighbouring pixel centres (crossing). Between the crossings, areas are cut (cells) and
colours mixed (mixing). The areas follow the edges' ends without a jump: that is the gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dhsdk.errors import RenderError
from dhsdk.render.diff import crossing as kernels
from dhsdk.render.diff import mixing, slivers
from dhsdk.render.diff.fragments import Fragments, numpy, numpy_kind, tensor
from dhsdk.render.topology import Topology
from dhsdk.render.workers import spread

EDGES, ROWS = 16384, 32
"""Edges and rows of pixels that are searched at once."""


def antialias(colors: Tensor, fragments: Fragments, pos: Tensor, faces: Tensor, topology: Topology) -> Tensor:
    """(H, W, C) colours (H, W, C) with smooth outlines; gradients go into the colours and, along outlines, into pos (V, 4).

    topology: of the same faces (render.topology.topology). A silhouette counts when what is beyond is farther away, and when the
    surface is one piece between it and the pixel's centre, which a walk over neighbouring faces finds out; before the background
    every one does. A pixel's own part takes on the colour of its neighbours as an outline nears its centre.
    Raises RenderError: shapes that do not belong together.
    """
    if colors.dim() != 3 or colors.shape[:2] != fragments.face_id.shape:
        raise RenderError(
            f"colours must have the picture's shape {tuple(fragments.face_id.shape)} and channels, got {tuple(colors.shape)}"
        )
    out: Tensor = _Mix.apply(colors, pos, faces, fragments.face_id, topology)  # type: ignore[no-untyped-call]
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """at: (V, 4), see crossing.screen. flat: no perspective. cells: (M,) int64 in order, see mixing.touched.

    net: what kernels mix with. Of it found: (N, 6) int32 and places: (N,), see crossing; lines: (N, 4), see cells. where:
    (H, W, 2) int32 the number of the crossing right of and below each pixel, or -1. inner: (N,) int32 the crossing that bounds a
    sliver on its inside, or -1, and shown: (N, 2) int32 the pixel that has its colour, see slivers.
    """

    at: np.ndarray
    flat: bool
    cells: np.ndarray
    net: tuple[np.ndarray, ...]


def crossings(pos: np.ndarray, faces: np.ndarray, ids: np.ndarray, own: Topology, threads: int = 0) -> Crossings:
    """What crosses the lines between neighbouring pixel centres: silhouettes, else creases, else pieces that meet.

    pos: (V, 4) float64; ids: (H, W) int32. The same on any number of threads.
    """
    flat = bool(len(pos)) and bool((pos[:, 3] == 1.0).all())
    at = np.empty((len(pos), 4))
    kernels.screen(pos, flat, at)
    height, width = ids.shape

    def edges(first: int, last: int, found: np.ndarray, places: np.ndarray) -> int:
        return int(kernels.crossings(
            pos, at, faces, own.across, own.turned, own.edges, own.sides, own.creases, first, last, ids, flat, found, places
        ))  # fmt: skip

    found, places = _collected(len(own.edges), EDGES, 4 * (height + width), edges, threads)
    order, outlines = _sorted(found, places, width), np.zeros((height, width, 2), np.bool_)
    inner, shown = np.full(len(found), -1, np.int32), np.full((len(found), 2), -1, np.int32)
    slivers.bounded(at, faces, own.across, own.turned, own.pieces, own.sides, ids, found, places, order, inner, shown)
    sure = order[found[order, 4] < 2]
    parts = [sure[kernels.first(found, sure, outlines)]]
    if own.pieces.any():

        def rows(first: int, last: int, found: np.ndarray, places: np.ndarray) -> int:
            return int(kernels.meetings(pos, flat, at, faces, own.across, own.pieces, ids, outlines, first, last, found, places))

        more, theirs = _collected(height, ROWS, 2 * width, rows, threads)
        parts.append(len(found) + np.arange(len(more)))
        kernels.first(more, np.arange(len(more)), outlines)
        found, places = np.concatenate([found, more]), np.concatenate([places, theirs])
        inner, shown = (np.concatenate([one, np.full((len(more), *one.shape[1:]), -1, np.int32)]) for one in (inner, shown))
    doubtful = order[found[order, 4] == 2]
    parts.append(doubtful[kernels.first(found, doubtful, outlines)])
    chosen = np.concatenate(parts)
    outer = np.flatnonzero(inner[chosen] >= 0)
    kept = np.concatenate([chosen, inner[chosen[outer]]])
    found, places, inner, shown = found[kept], places[kept], np.full(len(kept), -1, np.int32), shown[kept]
    inner[outer] = len(chosen) + np.arange(len(outer))
    lines, where = np.empty((len(found), 4)), np.full((height, width, 2), -1, np.int32)
    kernels.drawn(pos, flat, at, faces, own.edges, own.sides, own.pieces, found, places, lines)
    cells = np.empty(2 * len(chosen), np.int64)
    cells = np.sort(cells[: mixing.touched(found[: len(chosen)], where, cells)])
    return Crossings(at, flat, cells, (found, places, lines, where, inner, shown))


def _sorted(found: np.ndarray, places: np.ndarray, width: int) -> np.ndarray:
    """The order in which crossings of edges are preferred: silhouettes, the farthest out first, then creases; else as found."""
    creased = found[:, 4] == 1
    group = (((found[:, 1].astype(np.int64) * width + found[:, 2]) * 2 + found[:, 3]) * 2 + creased) * 2 + found[:, 5]
    return np.lexsort((np.where((found[:, 5] == 1) | creased, places, -places), group))


def _collected(
    total: int, step: int, room: int, search: Callable[[int, int, np.ndarray, np.ndarray], int], threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """What search(first, last, found, places) -> count finds in steps of 0 .. total, one after the other."""
    pieces = -(-total // step)
    out: list[tuple[np.ndarray, np.ndarray]] = [(np.empty((0, 6), np.int32), np.empty(0))] * (pieces + 1)

    def work(piece: int) -> None:
        space = room
        while True:
            found, places = np.empty((space, 6), np.int32), np.empty(space)
            count = search(piece * step, min((piece + 1) * step, total), found, places)
            if count <= space:
                break
            space = count
        out[piece] = found[:count], places[:count]

    spread(pieces, work, threads)
    return np.concatenate([one for one, _ in out]), np.concatenate([one for _, one in out])


def _by_bands(found: Crossings, work: Callable[[int, int], None]) -> None:
    """work(first, last) on the cells of bands of rows: every other one first, so that bands at work together share no pixels."""
    height, width = found.net[3].shape[:2]
    starts = np.searchsorted(found.cells, np.arange(0, height + 1 + ROWS, ROWS) * (width + 1))
    for odd in range(2):
        spread((len(starts) - odd) // 2, lambda n, odd=odd: work(*starts[2 * n + odd : 2 * n + odd + 2]))  # type: ignore[misc]


class _Mix(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, colors: Tensor, pos: Tensor, faces: Tensor, ids: Tensor, own: Topology) -> Tensor:
        kind = numpy_kind(colors)
        places, corners, seen = numpy(pos, np.float64), numpy(faces, np.int32), numpy(ids, np.int32)
        found = crossings(places, corners, seen, own)
        source = numpy(colors, kind)
        out = source.copy()
        _by_bands(found, lambda first, last: mixing.mix(source, found.net, found.cells, first, last, out))
        ctx.save_for_backward(colors, pos)
        ctx.kept = (own, corners, found)
        return tensor(out, colors)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        colors, pos = ctx.saved_tensors
        own, corners, found = ctx.kept
        kind = numpy_kind(colors)
        grad, source = numpy(grads[0], kind), numpy(colors, kind)
        to_colors = grad.copy() if ctx.needs_input_grad[0] else np.empty((0, 0, 0), kind)
        to_pos, pushes = np.zeros(tuple(pos.shape)), np.zeros((len(found.net[0]), 3))
        _by_bands(
            found, lambda first, last: mixing.mix_back(source, found.net, found.cells, grad, first, last, to_colors, pushes)
        )
        kernels.pushed(
            numpy(pos, np.float64), found.flat, found.at, corners, own.edges, found.net[0], found.net[2], pushes, to_pos
        )
        into = tensor(to_colors, colors) if ctx.needs_input_grad[0] else None
        return into, tensor(to_pos, pos), None, None, None
