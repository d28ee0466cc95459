"""How open each point is to the light from all around: depth maps from many directions, then a look-up of every point in them.

Each direction stands for a cone of them: what hides a point hides it the more gradually, the farther away it is (after Fernando
2005, "Percentage-Closer Soft Shadows"), so that the edges of few directions do not show as blots.

The points may be anything: the grid of each face (what pictures use), the texels of a bake, the floor under a scene.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.jit import kernel
from dhsdk.render.visibility import rasterize
from dhsdk.render.workers import spread

DIRECTIONS, SIZE = 64, 256
MOST_SAMPLES = 400_000
STEPS = 96
"""Samples of a face's grid along a scene's diagonal."""
WIDEST, FEW = 10.0, 4
"""Texels to each side over which the rim of what hides a point is spread at most; the taps that are asked first."""
SPIRAL = np.arange(15, -1, -1)
TAPS = np.sqrt((SPIRAL + 0.5) / 16)[:, None] * np.stack([np.cos(2.399963 * SPIRAL), np.sin(2.399963 * SPIRAL)], axis=1)
"""(16, 2): points spread evenly over a disc of radius 1, from the rim inwards."""


@dataclass(frozen=True, slots=True, eq=False)
class Sky:
    """toward: (D, 3) unit vectors. maps: (D, S, S) float32 distance along each, nearest first. frames: (D, 3, 4) world to maps.

    texel: metres.
    """

    toward: np.ndarray
    maps: np.ndarray
    frames: np.ndarray
    texel: float


def sky(positions: np.ndarray, faces: np.ndarray, *, directions: int = DIRECTIONS, size: int = SIZE, threads: int = 0) -> Sky:
    """What a surface hides, seen from all around. positions: (V, 3) metres; faces: (F, 3), which may be none: then all is open.

    Raises RenderError for no positions.
    """
    if not len(positions):
        raise RenderError("openness must have positions to look around, got none")
    low, high = positions.min(axis=0), positions.max(axis=0)
    # Around what there is a border stays free, so that a disc of taps about a point that something hides lies in the maps.
    middle, reach = (low + high) / 2, float(np.linalg.norm(high - low)) / 2 * size / (size - 4.0 * WIDEST) + 1e-6
    toward = around(directions)
    scale = size / (2 * reach)
    frames = np.stack([_frame(one, middle, reach, scale, size) for one in toward])
    maps = np.empty((directions, size, size), np.float32)
    triangles, places = np.ascontiguousarray(faces, np.int32), np.ascontiguousarray(positions, np.float64)

    def work(number: int) -> None:
        pos = np.empty((len(places), 4), np.float32)
        _turned(places, frames[number], pos)
        maps[number] = rasterize(pos, triangles, (size, size), near=-1.0, threads=1).depth

    spread(directions, work, threads)
    return Sky(toward, maps, frames, 1.0 / scale)


@kernel(error_model="numpy")
def _turned(points, frame, out):  # type: ignore[no-untyped-def]
    """out (V, 4): points put through a frame (3, 4), and 1."""
    for i in range(len(points)):
        for r in range(3):
            out[i, r] = frame[r, 0] * points[i, 0] + frame[r, 1] * points[i, 1] + frame[r, 2] * points[i, 2] + frame[r, 3]
        out[i, 3] = 1.0


def around(count: int) -> np.ndarray:
    """(N, 3) unit vectors spread evenly over the sphere (golden spiral)."""
    y = 1.0 - (np.arange(count) + 0.5) * 2.0 / count
    turn = np.arange(count) * 2.399963229728653
    ring = np.sqrt(1.0 - y * y)
    return np.stack([ring * np.cos(turn), y, ring * np.sin(turn)], axis=1)


def _frame(toward: np.ndarray, middle: np.ndarray, reach: float, scale: float, size: int) -> np.ndarray:
    """(3, 4) world -> texels right and down, metres away from the light."""
    side = np.cross((0.0, 1.0, 0.0), toward)
    side = side / np.linalg.norm(side) if np.linalg.norm(side) > 1e-6 else np.array([1.0, 0.0, 0.0])
    rows = np.stack([side * scale, -np.cross(toward, side) * scale, -toward])
    start = rows @ -middle + np.array([size / 2, size / 2, reach])
    return np.concatenate([rows, start[:, None]], axis=1)


def openness(sky: Sky, points: np.ndarray, normals: np.ndarray, *, threads: int = 0) -> np.ndarray:
    """(N,) float32 in [0, 1]: the share of the cosine-weighted hemisphere over each point that nothing hides.

    points: (N, 3) metres; normals: (N, 3) unit, zero where there is none (such points are open).
    Raises RenderError: shapes that do not fit each other.
    """
    if points.ndim != 2 or points.shape[1:] != (3,) or normals.shape != points.shape:
        raise RenderError(f"openness must have points and normals (N, 3), got {points.shape} and {normals.shape}")
    out = np.empty(len(points), np.float32)
    piece = 4096
    at, up = np.ascontiguousarray(points, np.float64), np.ascontiguousarray(normals, np.float64)

    def work(number: int) -> None:
        start = number * piece
        end = min(start + piece, len(points))
        _look(at[start:end], up[start:end], sky.toward, sky.maps, sky.frames, sky.texel, TAPS, out[start:end])

    spread(-(-len(points) // piece), work, threads)
    return out


@kernel(error_model="numpy", _nrt=False)
def _hidden(depth, u, v, far, slope, wide, taps, most):  # type: ignore[no-untyped-def]
    """How many of the first `most` taps in a disc of `wide` texels something stands before, and how far before them, summed.

    slope: how much deeper the surface itself lies per texel along u and v: what is in its plane does not hide it.
    """
    count, away = 0, 0.0
    for k in range(most):
        du, dv = wide * taps[k, 0], wide * taps[k, 1]
        gap = max(far + slope[0] * du + slope[1] * dv - depth[np.uint32(int(v + dv)), np.uint32(int(u + du))], 0.0)
        count += gap > 0.0
        away += gap
    return count, away


@kernel(error_model="numpy")
def _look(points, normals, toward, maps, frames, texel, taps, out):  # type: ignore[no-untyped-def]
    size = maps.shape[1]
    seen, whole = np.zeros(len(points)), np.zeros(len(points))
    # A direction stands for a cone: what is far away hides a part of it, over a rim that is as wide as the cone is there.
    cone = np.sqrt(4.0 / len(toward)) / texel
    for d in range(len(toward)):
        frame, depth = frames[d], maps[d]
        for k in range(len(points)):
            n = normals[k]
            cos = n[0] * toward[d, 0] + n[1] * toward[d, 1] + n[2] * toward[d, 2]
            if cos <= 0.02:
                continue
            whole[k] += cos
            x = points[k, 0] + n[0] * texel
            y = points[k, 1] + n[1] * texel
            z = points[k, 2] + n[2] * texel
            u = frame[0, 0] * x + frame[0, 1] * y + frame[0, 2] * z + frame[0, 3]
            v = frame[1, 0] * x + frame[1, 1] * y + frame[1, 2] * z + frame[1, 3]
            far = frame[2, 0] * x + frame[2, 1] * y + frame[2, 2] * z + frame[2, 3] - texel
            if not (WIDEST <= u < size - WIDEST and WIDEST <= v < size - WIDEST):
                seen[k] += cos
                continue
            share = texel * texel / cos
            slope = (
                (frame[0, 0] * n[0] + frame[0, 1] * n[1] + frame[0, 2] * n[2]) * share,
                (frame[1, 0] * n[0] + frame[1, 1] * n[1] + frame[1, 2] * n[2]) * share,
            )
            # The rim here is that of what hides the point itself, or else of what stands around.
            gap = far - depth[int(v), int(u)]
            wide = min(max(cone * gap, 0.7), WIDEST) if gap > 0.0 else WIDEST
            count, away = _hidden(depth, u, v, far, slope, wide, taps, FEW)
            if count == 0 or (count == FEW and gap > 0.0):  # where these say the same they speak for all
                seen[k] += cos if count == 0 else 0.0
                continue
            if gap <= 0.0:
                wide = min(max(cone * away / count, 0.7), WIDEST)
            seen[k] += cos * (1.0 - _hidden(depth, u, v, far, slope, wide, taps, len(taps))[0] / len(taps))
    for k in range(len(points)):
        out[k] = seen[k] / whole[k] if whole[k] > 0 else 1.0


def grids(
    sky: Sky, positions: np.ndarray, normals: np.ndarray, faces: np.ndarray, *, threads: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The openness of every face in a grid of its own (mesh colours): first (F,) int64, steps (F,) int32, samples (N,) float32.

    Sample (i, j) of a face, 0 <= i, j, i + j <= n = steps, has the weights i / n and j / n of the first two corners and stands at
    first + i (2 n + 3 - i) / 2 + j.
    """
    longest = np.empty(len(faces))
    _longest(positions, faces, longest)
    step = sky.texel * (len(sky.maps[0]) - 4.0 * WIDEST) / STEPS
    steps = np.clip(np.ceil(longest / step), 1, 64).astype(np.int64)
    total = int(((steps + 1) * (steps + 2) // 2).sum())
    if total > MOST_SAMPLES:
        steps = np.maximum((steps * (MOST_SAMPLES / total) ** 0.5).astype(np.int64), 1)
    counts = (steps + 1) * (steps + 2) // 2
    first = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    if len(steps) and steps.max() == 1:
        # Corners alone, which neighbours share: each vertex is looked at once.
        corner = openness(sky, positions, normals, threads=threads)
        return first, steps.astype(np.int32), corner[faces[:, ::-1]].ravel()
    at, up = np.empty((int(counts.sum()), 3)), np.empty((int(counts.sum()), 3))
    _place(positions, normals, np.ascontiguousarray(faces, np.int64), first, steps, at, up)
    return first, steps.astype(np.int32), openness(sky, at, up, threads=threads)


@kernel(error_model="numpy")
def _longest(positions, faces, out):  # type: ignore[no-untyped-def]
    """out (F,): the longest edge of each face."""
    for f in range(len(faces)):
        most = 0.0
        for k in range(3):
            a, b = faces[f, k], faces[f, (k + 1) % 3]
            square = 0.0
            for q in range(3):
                square += (positions[a, q] - positions[b, q]) ** 2
            most = max(most, square)
        out[f] = np.sqrt(most)


@kernel()
def _place(positions, normals, faces, first, steps, at, up):  # type: ignore[no-untyped-def]
    for f in range(len(faces)):
        k, n = first[f], steps[f]
        for i in range(n + 1):
            for j in range(n + 1 - i):
                w0, w1 = i / n, j / n
                w2 = 1.0 - w0 - w1
                long = 0.0
                for q in range(3):
                    at[k, q] = w0 * positions[faces[f, 0], q] + w1 * positions[faces[f, 1], q] + w2 * positions[faces[f, 2], q]
                    up[k, q] = w0 * normals[faces[f, 0], q] + w1 * normals[faces[f, 1], q] + w2 * normals[faces[f, 2], q]
                    long += up[k, q] ** 2
                for q in range(3):
                    up[k, q] = up[k, q] / np.sqrt(long) if long > 1e-16 else 0.0
                k += 1
