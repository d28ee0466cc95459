"""Scanlines on a GPU: one thread draws a small triangle, blocks of threads share the rows of a large one.

The nearest wins by an atomic maximum of a 64-bit key: nearness above, the face's number, counted down, below. Which thread comes
first does not matter. The numbers are those of dhsdk.render.scanline, but for fused multiply-adds.
"""

# ruff: noqa: ANN001, ANN202 (compiled: numba infers the types)
from __future__ import annotations

import math
from typing import Any

import numba.cuda
import numpy as np

from dhsdk.render.viewport import checked, layer, partly, projection

cuda: Any = numba.cuda
SMALL = 128
"""Pixels of the box of a triangle that one thread draws."""
THREADS = 128
BLOCKS = 256
BAND = 32
"""Rows of a large triangle that one block draws."""
NOTHING = -(1 << 63)


@cuda.jit(device=True)
def _corners(number, pos, faces, parts, flat, near):  # type: ignore[no-untyped-def]
    """Triangle `number`, or the part -1 - number: nine coordinates, or zeros if it is not wholly beyond the near plane."""
    if number < 0:
        p = parts[-1 - number]
        return p[0, 0], p[0, 1], p[0, 2], p[1, 0], p[1, 1], p[1, 2], p[2, 0], p[2, 1], p[2, 2]
    i, j, m = faces[number, 0], faces[number, 1], faces[number, 2]
    z = 2 if flat else 3
    z0, z1, z2 = np.float64(pos[i, z]), np.float64(pos[j, z]), np.float64(pos[m, z])
    if not (z0 >= near and z1 >= near and z2 >= near):
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if flat:
        return (
            np.float64(pos[i, 0]), np.float64(pos[i, 1]), -z0, np.float64(pos[j, 0]), np.float64(pos[j, 1]), -z1,
            np.float64(pos[m, 0]), np.float64(pos[m, 1]), -z2,
        )  # fmt: skip
    r0, r1, r2 = 1.0 / z0, 1.0 / z1, 1.0 / z2
    return pos[i, 0] * r0, pos[i, 1] * r0, r0, pos[j, 0] * r1, pos[j, 1] * r1, r1, pos[m, 0] * r2, pos[m, 1] * r2, r2


@cuda.jit(device=True)
def _edge(value, most):  # type: ignore[no-untyped-def]
    """The first pixel whose centre lies at or after a coordinate, in 0..most."""
    return np.int32(math.ceil(min(max(value - 0.5, 0.0), float(most))))


@cuda.jit(device=True)
def _depth(pos, i, j, m, px, py):  # type: ignore[no-untyped-def]
    """As dhsdk.render.scanline has it: the depth of a face at a point of the screen."""
    w0, w1, w2 = np.float64(pos[i, 3]), np.float64(pos[j, 3]), np.float64(pos[m, 3])
    x0, x1, x2 = pos[i, 0] - px * w0, pos[j, 0] - px * w1, pos[m, 0] - px * w2
    y0, y1, y2 = pos[i, 1] - py * w0, pos[j, 1] - py * w1, pos[m, 1] - py * w2
    a, b, c = x1 * y2 - y1 * x2, x2 * y0 - y2 * x0, x0 * y1 - y0 * x1
    total = a + b + c
    scale = 1.0 / total if total != 0.0 else 0.0
    p, q = a * scale, b * scale
    return p * pos[i, 2] + q * pos[j, 2] + (1.0 - p - q) * pos[m, 2]


@cuda.jit(device=True)
def _rows(number, owner, pos, faces, parts, flat, near, cull, peel, behind, limit, best, top, end, lane, lanes):  # type: ignore[no-untyped-def]
    """Draws the rows top..end - 1 of a triangle: every `lanes`-th pixel of a span, from number `lane` on."""
    x0, y0, k0, x1, y1, k1, x2, y2, k2 = _corners(number, pos, faces, parts, flat, near)
    cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if not (abs(cross) < math.inf and cross != 0.0) or (cull and cross > 0.0):
        return
    kx = ((k1 - k0) * (y2 - y0) - (k2 - k0) * (y1 - y0)) / cross
    ky = ((x1 - x0) * (k2 - k0) - (x2 - x0) * (k1 - k0)) / cross
    base = k0 - kx * x0 - ky * y0
    if y1 < y0:
        x0, y0, x1, y1, cross = x1, y1, x0, y0, -cross
    if y2 < y1:
        x1, y1, x2, y2, cross = x2, y2, x1, y1, -cross
    if y1 < y0:
        x0, y0, x1, y1, cross = x1, y1, x0, y0, -cross
    height, width = best.shape
    middle = _edge(y1, height)
    slope = (x2 - x0) / (y2 - y0)
    upper = (x1 - x0) / (y1 - y0) if y1 > y0 else 0.0
    lower = (x2 - x1) / (y2 - y1) if y2 > y1 else 0.0
    i, j, m = faces[owner, 0], faces[owner, 1], faces[owner, 2]
    for row in range(max(top, _edge(y0, height)), min(end, _edge(y2, height))):
        y = row + 0.5
        here = x0 + (y - y0) * slope
        there = x0 + (y - y0) * upper if row < middle else x1 + (y - y1) * lower
        a, b = (here, there) if cross > 0.0 else (there, here)
        left, right = _edge(a, width), _edge(b, width)
        start = base + ky * y + kx * (left + 0.5)
        for x in range(left + lane, right, lanes):
            nearness = np.float32(start + kx * (x - left))
            seen = nearness > -math.inf
            if peel:
                far = np.float32(_depth(pos, i, j, m, x + 0.5, y))
                seen = behind[row, x] < far < limit[row, x]
                nearness = -far
            if seen:
                bits = np.int64((nearness + np.float32(0.0)).view(np.int32))
                ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF)
                cuda.atomic.max(best, (row, x), (ordered << 32) | np.int64(0x7FFFFFFF - owner))


@cuda.jit
def _small(first, count, pos, faces, parts, owners, flat, near, cull, peel, behind, limit, best, queue, length):  # type: ignore[no-untyped-def]
    """One thread, one triangle, from `first` on; large ones are left in the queue."""
    at = cuda.grid(1)
    if at >= count:
        return
    number = first + at if first >= 0 else first - at
    owner = number if number >= 0 else owners[-1 - number]
    x0, y0, _, x1, y1, _, x2, y2, _ = _corners(number, pos, faces, parts, flat, near)
    height, width = best.shape
    top, end = _edge(min(y0, y1, y2), height), _edge(max(y0, y1, y2), height)
    left, right = _edge(min(x0, x1, x2), width), _edge(max(x0, x1, x2), width)
    if (end - top) * (right - left) > SMALL:
        queue[cuda.atomic.add(length, 0, 1)] = number
    elif end > top and right > left:
        _rows(number, owner, pos, faces, parts, flat, near, cull, peel, behind, limit, best, top, end, 0, 1)


@cuda.jit
def _large(pos, faces, parts, owners, flat, near, cull, peel, behind, limit, best, queue, length):  # type: ignore[no-untyped-def]
    """One block, one band of rows, every so many triangles of the queue."""
    for at in range(cuda.blockIdx.x, length[0], cuda.gridDim.x):
        number = queue[at]
        owner = number if number >= 0 else owners[-1 - number]
        top = cuda.blockIdx.y * BAND
        _rows(
            number, owner, pos, faces, parts, flat, near, cull, peel, behind, limit, best, top, top + BAND,
            cuda.threadIdx.x, cuda.blockDim.x,
        )  # fmt: skip


@cuda.jit
def _numbers(best, ids):  # type: ignore[no-untyped-def]
    x, y = cuda.grid(2)
    if y < ids.shape[0] and x < ids.shape[1]:
        ids[y, x] = -1 if best[y, x] == NOTHING else 0x7FFFFFFF - (best[y, x] & 0xFFFFFFFF)


class Cuda:
    """A Rasterizer on the current CUDA device."""

    name = "cuda"

    def visible(
        self,
        pos: np.ndarray,
        faces: np.ndarray,
        size: tuple[int, int],
        *,
        near: float = 0.0,
        cull: bool = False,
        behind: np.ndarray | None = None,
        limit: np.ndarray | None = None,
        threads: int = 0,
    ) -> np.ndarray:
        """See Rasterizer.visible. threads has no meaning here."""
        pos, faces = checked(pos, faces, size)
        width, height = size
        flat, near = projection(pos, near)
        parts, owners = partly(pos, faces, flat, near)
        peel = behind is not None or limit is not None
        one = np.zeros((1, 1), np.float32)
        low, high = (layer(behind, size, -np.inf), layer(limit, size, np.inf)) if peel else (one, one)
        best: Any = cuda.to_device(np.full((height, width), NOTHING, np.int64))
        if len(faces):
            # A kernel takes no array without elements.
            parts, owners = (parts, owners) if len(parts) else (np.zeros((1, 3, 3)), np.zeros(1, np.int32))
            queue = cuda.device_array(len(faces) + len(parts), np.int32)
            length = cuda.to_device(np.zeros(1, np.int32))
            scene = [cuda.to_device(array) for array in (pos, faces, parts, owners)]
            rest = (flat, near, cull, peel, cuda.to_device(low), cuda.to_device(high), best, queue, length)
            for first, count in ((0, len(faces)), (-1, len(parts))):
                _small[-(-count // THREADS), THREADS](first, count, *scene, *rest)
            _large[(min(BLOCKS, len(faces) + len(parts)), -(-height // BAND)), THREADS](*scene, *rest)
        ids = cuda.device_array((height, width), np.int32)
        _numbers[(-(-width // 16), -(-height // 8)), (16, 8)](best, ids)
        return np.asarray(ids.copy_to_host())
