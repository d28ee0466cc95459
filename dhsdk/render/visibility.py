"""What is seen through each pixel: ids from a backend, then weights and depth recomputed from them in one pass."""

from __future__ import annotations

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.render.rasterizer import Fragments, Rasterizer
from dhsdk.render.scanline import BAND, CHUNK, fill, sort, weigh
from dhsdk.render.viewport import MOST_PIXELS, checked, layer, projection
from dhsdk.render.workers import MOST, spread

FEW_FACES, FEW_PIXELS = 16_000, 1 << 16
"""One thread serves a job that is above neither: waking others costs as much as it saves."""


def rasterize(
    pos: np.ndarray,
    faces: np.ndarray,
    size: tuple[int, int],
    *,
    backend: Rasterizer | None = None,
    near: float = 0.0,
    cull: bool = False,
    behind: np.ndarray | None = None,
    limit: np.ndarray | None = None,
    threads: int = 0,
) -> Fragments:
    """What is seen through each pixel centre. The arguments are those of Rasterizer.visible; backend: None is Scanline().

    Several views of one mesh in one call: pos (B, V, 4), and with it behind and limit, have one more dimension in front, and so
    has everything in the Fragments: bit for bit what single calls give, a view per thread where there are enough of them.

    Raises RenderError: a shape, dtype or face index that cannot be, no pixels, too many pixels.
    """
    one = backend or Scanline()
    if np.ndim(pos) == 3:
        return _batch(one, pos, faces, size, near, cull, (behind, limit), threads)
    pos, faces = checked(pos, faces, size)
    ids = one.visible(pos, faces, size, near=near, cull=cull, behind=behind, limit=limit, threads=threads)
    return fragments(pos, faces, ids, threads)


def _batch(
    backend: Rasterizer,
    pos: np.ndarray,
    faces: np.ndarray,
    size: tuple[int, int],
    near: float,
    cull: bool,
    depths: tuple[np.ndarray | None, np.ndarray | None],
    threads: int,
) -> Fragments:
    """rasterize() of several views: a view per thread where there are enough of them."""
    checked(np.empty((0, 4)), np.empty((0, 3)), size)
    width, height = size
    count = len(pos)
    if count * width * height > MOST_PIXELS:
        raise RenderError(f"views drawn at once must have at most {MOST_PIXELS:,} pixels, got {count} of {width} x {height}")
    for given in depths:
        if given is not None and given.shape != (count, height, width):
            raise RenderError(f"depth limits of {count} views must have the shape {(count, height, width)}, got {given.shape}")
    ids = np.empty((count, height, width), np.int32)
    bary, depth = np.empty((count, height, width, 2), np.float32), np.empty((count, height, width), np.float32)
    apart = count >= (threads or MOST) and (len(faces) > FEW_FACES or width * height > FEW_PIXELS)

    def work(view: int) -> None:
        low, high = (None if given is None else given[view] for given in depths)
        seen = rasterize(pos[view], faces, size, backend=backend, near=near, cull=cull, behind=low, limit=high,
                         threads=1 if apart else threads)  # fmt: skip
        ids[view], bary[view], depth[view] = seen.face_id, seen.bary, seen.depth

    spread(count, work, threads if apart else 1)
    return Fragments(ids, bary, depth)


def fragments(pos: np.ndarray, faces: np.ndarray, face_id: np.ndarray, threads: int = 0) -> Fragments:
    """Weights and depth of known faces. face_id: (H, W) int32, -1 for none; pos, faces as for Rasterizer.visible."""
    height, width = face_id.shape
    bary = np.empty((height, width, 2), np.float32)
    depth = np.empty((height, width), np.float32)
    bands = -(-height // BAND)

    def work(band: int) -> None:
        weigh(pos, faces, face_id, band * BAND, min((band + 1) * BAND, height), bary, depth)

    spread(bands, work, _suited(0, width * height, threads))
    return Fragments(face_id, bary, depth)


class Scanline:
    """The default rasterizer: compiled scanlines in bands of rows, on the CPU."""

    name = "numba"

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
        """See Rasterizer.visible. With perspective nothing nearer than a thousandth of a millimetre is seen."""
        pos, faces = checked(pos, faces, size)
        width, height = size
        threads = _suited(len(faces), width * height, threads)
        flat, near = projection(pos, near)
        chunks, bands = -(-len(faces) // CHUNK), -(-height // BAND)
        kept = np.empty(2 * len(faces), np.int32)
        starts = np.empty((chunks, bands + 2), np.int64)
        begins = np.arange(chunks) * (2 * CHUNK)

        def scatter(chunk: int) -> None:
            low, high = chunk * CHUNK, min((chunk + 1) * CHUNK, len(faces))
            sort(pos, faces, low, high, flat, near, cull, width, height, kept[2 * low : 2 * high], starts[chunk])

        spread(chunks, scatter, threads)
        ids = np.empty((height, width), np.int32)
        peel = behind is not None or limit is not None
        nothing = np.empty((0, 0), np.float32)
        low = layer(behind, size, -np.inf) if peel else nothing
        high = layer(limit, size, np.inf) if peel else nothing

        def draw(band: int) -> None:
            fill(pos, faces, band, flat, near, cull, peel, low, high, begins, kept, starts, ids)

        spread(bands, draw, threads)
        return ids


def _suited(faces: int, pixels: int, threads: int) -> int:
    return threads or (1 if faces <= FEW_FACES and pixels <= FEW_PIXELS else 0)
