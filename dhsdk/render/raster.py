"""Visibility: which triangle covers which sample. numba, one thread per band of rows, the same result for any number.

Edge functions are cross products of homogeneous pixel positions, so that triangles behind the camera need no clipping and the
two triangles of an edge get exactly opposite values. Source: Olano and Greer 1997, "Triangle Scan Conversion using 2D
Homogeneous Coordinates".
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from dhsdk.jit import kernel


@kernel()
def _fill(pixels, far, faces, pick, y0, y1, near, behind, ids, bary, depth):  # type: ignore[no-untyped-def]
    width = ids.shape[1]
    for k in range(len(pick)):
        f = pick[k]
        i, j, m = faces[f, 0], faces[f, 1], faces[f, 2]
        x0, t0, w0 = pixels[i, 0], pixels[i, 1], pixels[i, 2]
        x1, t1, w1 = pixels[j, 0], pixels[j, 1], pixels[j, 2]
        x2, t2, w2 = pixels[m, 0], pixels[m, 1], pixels[m, 2]
        ax, ay, az = t1 * w2 - w1 * t2, w1 * x2 - x1 * w2, x1 * t2 - t1 * x2
        bx, by, bz = t2 * w0 - w2 * t0, w2 * x0 - x2 * w0, x2 * t0 - t2 * x0
        cx, cy, cz = t0 * w1 - w0 * t1, w0 * x1 - x0 * w1, x0 * t1 - t0 * x1
        det = x0 * ax + t0 * ay + w0 * az
        if det == 0.0:
            continue
        side = 1.0 if det > 0 else -1.0
        left, right, top, bottom = 0, width - 1, y0, y1 - 1
        if w0 > 1e-9 and w1 > 1e-9 and w2 > 1e-9:
            u0, u1, u2 = x0 / w0, x1 / w1, x2 / w2
            v0, v1, v2 = t0 / w0, t1 / w1, t2 / w2
            left = max(left, int(np.floor(min(u0, u1, u2) - 0.5)))
            right = min(right, int(np.ceil(max(u0, u1, u2) - 0.5)))
            top = max(top, int(np.floor(min(v0, v1, v2) - 0.5)))
            bottom = min(bottom, int(np.ceil(max(v0, v1, v2) - 0.5)))
        elif w0 <= 1e-9 and w1 <= 1e-9 and w2 <= 1e-9:
            continue
        for y in range(top, bottom + 1):
            py = y + 0.5
            for x in range(left, right + 1):
                px = x + 0.5
                a = ax * px + ay * py + az
                b = bx * px + by * py + bz
                c = cx * px + cy * py + cz
                ea, eb, ec = a * side, b * side, c * side
                if ea < 0.0 or eb < 0.0 or ec < 0.0:
                    continue
                # A sample on an edge belongs to the one triangle whose edge points the agreed way.
                if ea == 0.0 and not (ax * side > 0.0 or (ax == 0.0 and ay * side > 0.0)):
                    continue
                if eb == 0.0 and not (bx * side > 0.0 or (bx == 0.0 and by * side > 0.0)):
                    continue
                if ec == 0.0 and not (cx * side > 0.0 or (cx == 0.0 and cy * side > 0.0)):
                    continue
                total = a + b + c
                if total == 0.0:
                    continue
                p, q = a / total, b / total
                z = p * far[i] + q * far[j] + (1.0 - p - q) * far[m]
                if z <= near or z >= depth[y, x] or z <= behind[y, x]:
                    continue
                depth[y, x] = z
                ids[y, x] = f
                bary[y, x, 0] = p
                bary[y, x, 1] = q


def bands(height: int, threads: int, work: Callable[[int, int], None]) -> None:
    """Runs work(first row, end row) over all rows, `threads` bands at once (0: as many as there are cores, 8 at most)."""
    count = min(threads or min(os.cpu_count() or 1, 8), height)
    cuts = [height * i // (count * 4) for i in range(count * 4 + 1)]
    pairs = [(low, high) for low, high in pairwise(cuts) if high > low]
    if count == 1:
        for low, high in pairs:
            work(low, high)
        return
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda pair: work(*pair), pairs))


def rasterize(
    pixels: np.ndarray,
    far: np.ndarray,
    faces: np.ndarray,
    size: tuple[int, int],
    *,
    pick: np.ndarray | None = None,
    near: float = -np.inf,
    behind: np.ndarray | None = None,
    limit: np.ndarray | None = None,
    threads: int = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(face id (H, W) int32, -1 for none; barycentrics (H, W, 2) float32 of the first two corners; distance (H, W) float64).

    pixels: (V, 3) homogeneous x w, y w, w. far: (V,) distance along the view. size: (width, height). pick: the faces to draw.
    behind, limit: (H, W) only what lies between these distances is seen (layers of transparent surfaces).
    """
    width, height = size
    ids = np.full((height, width), -1, np.int32)
    bary = np.zeros((height, width, 2), np.float32)
    depth = np.full((height, width), np.inf) if limit is None else limit.copy()
    behind = np.full((height, width), -np.inf) if behind is None else behind
    pick = np.arange(len(faces)) if pick is None else pick

    def work(low: int, high: int) -> None:
        _fill(pixels, far, faces, pick, low, high, near, behind, ids, bary, depth)

    bands(height, threads, work)
    return ids, bary, depth
