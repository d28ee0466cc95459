"""Silhouettes that are smooth and differentiable: pixels on both sides of one are mixed by where it crosses between them.

A silhouette edge (a border, or one whose two faces lie on one side of it on the screen) meets the lines through pixel centres.
Its crossing lies between a pixel of its surface and one of what is behind; the farther it lies from the first centre, the more
the surface covers. The mix follows the crossing, and the crossing follows the edge's ends: that is the gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from dhsdk.errors import RenderError
from dhsdk.render.diff import kernels
from dhsdk.render.diff.fragments import Fragments, numpy
from dhsdk.render.topology import Topology


def antialias(colors: Tensor, fragments: Fragments, pos: Tensor, faces: Tensor, topology: Topology) -> Tensor:
    """(H, W, C) colours (H, W, C) with smooth silhouettes; gradients go into the colours and, along silhouettes, into pos (V, 4).

    topology: of the same faces (render.topology.topology). A crossing counts when what is behind is farther than the edge, and
    when the surface is one piece between the edge and the pixel's centre, which a walk over neighbouring faces finds out.
    Raises RenderError: shapes that do not belong together.
    """
    if colors.dim() != 3 or colors.shape[:2] != fragments.face_id.shape:
        raise RenderError(
            f"colours must have the picture's shape {tuple(fragments.face_id.shape)} and channels, got {tuple(colors.shape)}"
        )
    out: Tensor = _Mix.apply(colors, pos, faces, fragments.face_id, fragments.depth, topology)  # type: ignore[no-untyped-call]
    return out


def _silhouettes(pos: np.ndarray, faces: np.ndarray, ids: np.ndarray, depth: np.ndarray, own: Topology) -> tuple[np.ndarray, ...]:
    """(screen positions (V, 4), crossings (N, 4), their places (N,)): one for each pair of pixels and side, the outermost."""
    flat = bool(len(pos)) and bool((pos[:, 3] == 1.0).all())
    at = np.empty((len(pos), 4))
    kernels.screen(pos, flat, at)
    room = 16 * (ids.shape[0] + ids.shape[1])
    while True:
        found, places = np.empty((room, 4), np.int32), np.empty(room)
        count = kernels.crossings(at, faces, own.across, own.edges, own.sides, own.creases, ids, depth, flat, found, places)
        if count <= room:
            break
        room = count
    found, places = found[:count], places[:count]
    pair = (found[:, 1].astype(np.int64) * ids.shape[1] + found[:, 2]) * 4 + found[:, 3]
    order = np.lexsort((found[:, 0], -places, pair))
    outermost = np.ones(count, bool)
    outermost[1:] = pair[order][1:] != pair[order][:-1]
    kept = order[outermost]
    return at, found[kept], places[kept]


class _Mix(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, colors: Tensor, pos: Tensor, faces: Tensor, ids: Tensor, depth: Tensor, own: Topology) -> Tensor:
        kind = np.float64 if colors.dtype == torch.float64 else np.float32
        flat_pos, corners = numpy(pos, np.float64), numpy(faces, np.int32)
        at, found, places = _silhouettes(flat_pos, corners, numpy(ids, np.int32), numpy(depth, np.float32), own)
        source = numpy(colors, kind)
        out = source.copy()
        kernels.mix(source, found, places, out)
        ctx.save_for_backward(colors, pos)
        ctx.kept = (own, at, found, places)
        return torch.from_numpy(out).to(colors)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        colors, pos = ctx.saved_tensors
        own, at, found, places = ctx.kept
        kind = np.float64 if colors.dtype == torch.float64 else np.float32
        grad = numpy(grads[0], kind)
        to_colors, to_pos = grad.copy(), np.zeros(tuple(pos.shape))
        kernels.mix_back(at, numpy(pos, np.float64), own.edges, numpy(colors, kind), found, places, grad, to_colors, to_pos)
        return torch.from_numpy(to_colors).to(colors), torch.from_numpy(to_pos).to(pos), None, None, None, None
