"""Projection, fragments and interpolation in torch: ids are found by a rasterizer, the rest is differentiable."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dhsdk.errors import RenderError
from dhsdk.render.camera import View
from dhsdk.render.diff import kernels
from dhsdk.render.rasterizer import Rasterizer
from dhsdk.render.visibility import rasterize as visible


@dataclass(frozen=True, slots=True, eq=False)
class Fragments:
    """face_id: (H, W) int32, -1 for nothing. bary: (H, W, 2) weights of the first two corners. depth: (H, W) metres, inf."""

    face_id: Tensor
    bary: Tensor
    depth: Tensor


def project(points: Tensor, view: View, size: tuple[int, int], world: Tensor | None = None) -> Tensor:
    """(V, 4) pos of world points (V, 3): x w and y w (pixels), z (metres along the view), w. Differentiable in both tensors.

    world: (4, 4) camera to world, instead of the view's own.
    """
    width, height = size
    inverse = torch.from_numpy(np.linalg.inv(view.world)) if world is None else torch.linalg.inv(world.to(points))
    flat = view.camera.kind != "perspective"
    scale = height / 2 / (view.camera.ymag if flat else math.tan(view.camera.yfov / 2))
    out: Tensor = _Project.apply(points, inverse, scale, width / 2, height / 2, flat)  # type: ignore[no-untyped-call]
    return out


def rasterize(
    pos: Tensor, faces: Tensor, size: tuple[int, int], *, backend: Rasterizer | None = None, near: float = 0.0, cull: bool = False
) -> Fragments:
    """What is seen through each pixel centre. face_id has no gradient; bary and depth have, with respect to pos.

    pos: (V, 4) as from project(). faces: (F, 3) integers. The arguments are those of render.visibility.rasterize.
    Raises RenderError: a shape or a face index that cannot be, no pixels.
    """
    if pos.dim() != 2 or faces.dim() != 2:
        raise RenderError(
            f"fragments must have positions (V, 4) and faces (F, 3), got {tuple(pos.shape)} and {tuple(faces.shape)}"
        )
    found = visible(numpy(pos, np.float32), numpy(faces, np.int32), size, backend=backend, near=near, cull=cull)
    ids, bary, depth = torch.from_numpy(found.face_id), torch.from_numpy(found.bary), torch.from_numpy(found.depth)
    if pos.dtype == torch.float64:
        bary, depth = bary.double(), depth.double()
        kernels.weigh(numpy(pos, np.float64), numpy(faces, np.int32), found.face_id, bary.numpy(), depth.numpy())
    ids = ids.to(pos.device)
    bary, depth = _Weights.apply(pos, faces, ids, bary.to(pos.device), depth.to(pos.device))  # type: ignore[no-untyped-call]
    return Fragments(ids, bary, depth)


def interpolate(values: Tensor, faces: Tensor, fragments: Fragments) -> Tensor:
    """(H, W, C) vertex values (V, C) at the fragments, zero where nothing is seen. Differentiable in values and weights."""
    if values.dim() != 2:
        raise RenderError(f"vertex values must have the shape (V, C), got {tuple(values.shape)}")
    out: Tensor = _Blend.apply(values, faces, fragments.face_id, fragments.bary)  # type: ignore[no-untyped-call]
    return out


def numpy(tensor: Tensor, kind: Any) -> np.ndarray:
    """The tensor's numbers as a contiguous array on the CPU."""
    return np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=kind)


def numpy_kind(tensor: Tensor) -> Any:
    """What compiled loops compute a tensor's numbers in: float64 for those, else float32."""
    return np.float64 if tensor.dtype == torch.float64 else np.float32


def tensor(array: np.ndarray, like: Tensor) -> Tensor:
    """The array as a tensor of the same kind and place as another. Not converted by torch, whose idle threads keep cores busy."""
    return torch.from_numpy(array.astype(numpy_kind(like), copy=False)).to(like)


class _Project(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, points: Tensor, matrix: Tensor, scale: float, middle_x: float, middle_y: float, flat: bool) -> Tensor:
        ctx.save_for_backward(points, matrix)
        ctx.kept = (scale, middle_x, middle_y, flat)
        out = np.empty((len(points), 4), numpy_kind(points))
        kernels.projected(numpy(points, out.dtype), numpy(matrix, np.float64), *ctx.kept, out)
        return tensor(out, points)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        points, matrix = ctx.saved_tensors
        kind = numpy_kind(points)
        to_points, to_matrix = np.empty(tuple(points.shape), kind), np.zeros((4, 4))
        places, transform = numpy(points, kind), numpy(matrix, np.float64)
        kernels.projected_back(places, transform, *ctx.kept, numpy(grads[0], kind), to_points, to_matrix)
        return tensor(to_points, points), tensor(to_matrix, matrix), None, None, None, None


class _Weights(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, pos: Tensor, faces: Tensor, ids: Tensor, bary: Tensor, depth: Tensor) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(pos, faces, ids, bary)
        return bary.to(pos), depth.to(pos)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        pos, faces, ids, bary = ctx.saved_tensors
        if grads[0] is None and grads[1] is None:
            return None, None, None, None, None
        kind, out = numpy_kind(pos), np.zeros(tuple(pos.shape))
        to_bary = np.zeros(tuple(bary.shape), kind) if grads[0] is None else numpy(grads[0], kind)
        to_depth = np.zeros(tuple(ids.shape), kind) if grads[1] is None else numpy(grads[1], kind)
        corners = numpy(faces, np.int32)
        kernels.bary_back(numpy(pos, np.float64), corners, numpy(ids, np.int32), numpy(bary, kind), to_bary, to_depth, out)
        return tensor(out, pos), None, None, None, None


class _Blend(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, faces: Tensor, ids: Tensor, bary: Tensor) -> Tensor:
        ctx.save_for_backward(values, faces, ids, bary)
        kind = numpy_kind(values)
        out = np.empty((*ids.shape, values.shape[1]), kind)
        kernels.blend(numpy(values, kind), numpy(faces, np.int32), numpy(ids, np.int32), numpy(bary, kind), out)
        return tensor(out, values)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        values, faces, ids, bary = ctx.saved_tensors
        kind = numpy_kind(values)
        to_values, to_bary = np.zeros(tuple(values.shape)), np.zeros(tuple(bary.shape), kind)
        kernels.blend_back(
            numpy(values, kind), numpy(faces, np.int32), numpy(ids, np.int32), numpy(bary, kind), numpy(grads[0], kind),
            to_values, to_bary,
        )  # fmt: skip
        return tensor(to_values, values), None, None, tensor(to_bary, bary)
