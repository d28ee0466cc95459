"""Scanlines over whole tensors: triangles -> rows -> pixels, then one scatter that keeps the nearest.

The numbers are those of dhsdk.render.scanline, in the same order, so that the two agree to the bit on one machine.
"""

from __future__ import annotations

import numpy as np
import torch

from dhsdk.render.viewport import checked, layer, partly, projection

ROWS, PIXELS = 1 << 20, 1 << 22
"""Rows of triangles, and pixels, that are held at once."""


class Dense:
    """A Rasterizer on a torch device."""

    name = "torch"

    def __init__(self, device: str = "auto") -> None:
        wanted = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        self.device = torch.device(wanted)

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
        """See Rasterizer.visible. threads is left to torch."""
        pos, faces = checked(pos, faces, size)
        flat, near = projection(pos, near)
        parts, numbers = partly(pos, faces, flat, near)
        # A number that is no number is nowhere: what touches it fails every comparison.
        points, corners = torch.tensor(pos, device=self.device).double(), torch.tensor(faces, device=self.device).long()
        limits = None
        if behind is not None or limit is not None:
            given = (layer(behind, size, -np.inf), layer(limit, size, np.inf))
            limits = tuple(torch.tensor(one, device=self.device) for one in given)
        seen = (points[:, 2 if flat else 3] >= near)[corners].all(1)
        whole = torch.nonzero(seen)[:, 0]
        scale = torch.ones_like(points[:, 3]) if flat else 1.0 / points[:, 3]
        third = -points[:, 2] if flat else scale
        screen = torch.stack([points[:, 0] * scale, points[:, 1] * scale, third], 1)
        best = torch.full((size[0] * size[1],), -(1 << 63), dtype=torch.int64, device=self.device)
        scene = _Scene(points, corners, size, cull, limits, best)
        scene.draw(screen[corners[whole]], whole)
        scene.draw(torch.tensor(parts, device=self.device), torch.tensor(numbers, device=self.device).long())
        ids = torch.where(best == -(1 << 63), -1, 0x7FFFFFFF - (best & 0xFFFFFFFF))
        return ids.to(torch.int32).reshape(size[1], size[0]).cpu().numpy()


class _Scene:
    """One picture in the making. best: per pixel a key of the nearest so far: nearness above, the face below."""

    def __init__(self, points, faces, size, cull, limits, best) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        self.points, self.faces, self.size, self.cull, self.limits, self.best = points, faces, size, cull, limits, best

    def draw(self, corners: torch.Tensor, face: torch.Tensor) -> None:
        """corners: (T, 3, 3) float64 x, y, nearness. face: (T,) their numbers."""
        x, y, k = corners.unbind(2)
        dx, dy, dk = x - x[:, :1], y - y[:, :1], k - k[:, :1]
        cross = dx[:, 1] * dy[:, 2] - dx[:, 2] * dy[:, 1]
        good = torch.isfinite(cross) & (cross != 0) & ~((cross > 0) & self.cull)
        high, low = y.amin(1), y.amax(1)
        first = torch.ceil((high - 0.5).clamp(0, self.size[1]))
        last = torch.ceil((low - 0.5).clamp(0, self.size[1]))
        good &= first < last
        corners, face, first, last, cross = corners[good], face[good], first[good].long(), last[good].long(), cross[good]
        x, y, dx, dy, dk = x[good], y[good], dx[good], dy[good], dk[good]
        kx = (dk[:, 1] * dy[:, 2] - dk[:, 2] * dy[:, 1]) / cross
        ky = (dx[:, 1] * dk[:, 2] - dx[:, 2] * dk[:, 1]) / cross
        plane = torch.stack([kx, ky, corners[:, 0, 2] - kx * x[:, 0] - ky * y[:, 0]], 1)
        x, y, cross = _sorted(x, y, cross)
        for at, row in _runs(last - first, ROWS):
            self._rows(x[at], y[at], cross[at], plane[at], face[at], first[at] + row)

    def _rows(self, x, y, cross, plane, face, row) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """One row of a triangle each: its span, then the pixels of the spans."""
        centre = row + 0.5
        slope = (x[:, 2] - x[:, 0]) / (y[:, 2] - y[:, 0])
        upper = (x[:, 1] - x[:, 0]) / (y[:, 1] - y[:, 0])
        lower = (x[:, 2] - x[:, 1]) / (y[:, 2] - y[:, 1])
        here = x[:, 0] + (centre - y[:, 0]) * slope
        above = row < torch.ceil((y[:, 1] - 0.5).clamp(0, self.size[1]))
        there = torch.where(above, x[:, 0] + (centre - y[:, 0]) * upper, x[:, 1] + (centre - y[:, 1]) * lower)
        left = torch.ceil((torch.where(cross > 0, here, there) - 0.5).clamp(0, self.size[0])).long()
        right = torch.ceil((torch.where(cross > 0, there, here) - 0.5).clamp(0, self.size[0])).long()
        start = plane[:, 2] + plane[:, 1] * centre + plane[:, 0] * (left + 0.5)
        for at, step in _runs((right - left).clamp(min=0), PIXELS):
            nearness = (start[at] + plane[at, 0] * step).float()
            self._pixels(nearness, face[at], left[at] + step, row[at])

    def _pixels(self, nearness: torch.Tensor, face: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> None:
        place = y * self.size[0] + x
        good = nearness > -torch.inf
        if self.limits is not None:
            depth = self._depth(face, x + 0.5, y + 0.5).float()
            behind, limit = (one.reshape(-1)[place] for one in self.limits)
            nearness, good = -depth, (behind < depth) & (depth < limit)
        bits = (nearness + 0.0).view(torch.int32)
        ordered = (bits ^ ((bits >> 31) & 0x7FFFFFFF)).long()
        key = (ordered << 32) | (0x7FFFFFFF - face)
        self.best.scatter_reduce_(0, place[good], key[good], "amax")

    def _depth(self, face: torch.Tensor, px: torch.Tensor, py: torch.Tensor) -> torch.Tensor:
        p0, p1, p2 = self.points[self.faces[face]].unbind(1)
        x0, x1, x2 = (p[:, 0] - px * p[:, 3] for p in (p0, p1, p2))
        y0, y1, y2 = (p[:, 1] - py * p[:, 3] for p in (p0, p1, p2))
        a, b, c = x1 * y2 - y1 * x2, x2 * y0 - y2 * x0, x0 * y1 - y0 * x1
        total = a + b + c
        scale = torch.where(total != 0, 1.0 / total, 0.0)
        p, q = a * scale, b * scale
        return p * p0[:, 2] + q * p1[:, 2] + (1.0 - p - q) * p2[:, 2]


def _sorted(x: torch.Tensor, y: torch.Tensor, cross: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Corners by ascending y; every exchange of two turns the triangle round."""
    x, y = x.clone(), y.clone()
    for a, b in ((0, 1), (1, 2), (0, 1)):
        swap = y[:, b] < y[:, a]
        for one in (x, y):
            one[:, a], one[:, b] = torch.where(swap, one[:, b], one[:, a]), torch.where(swap, one[:, a], one[:, b])
        cross = torch.where(swap, -cross, cross)
    return x, y, cross


def _runs(lengths: torch.Tensor, most: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """Lays out runs one after another, `most` places at a time: yields (run of each place, place in its run)."""
    ends = torch.cumsum(lengths, 0)
    total = int(ends[-1]) if len(ends) else 0
    for begin in range(0, total, most):
        place = torch.arange(begin, min(begin + most, total), device=lengths.device)
        run = torch.searchsorted(ends, place, right=True)
        yield run, place - (ends[run] - lengths[run])
