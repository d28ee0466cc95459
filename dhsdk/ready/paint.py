"""paint: any painter of pictures paints a scene's base colour, view by view; projected onto one atlas, blended, seams and all.

What a painter is does not matter: a function of positions, a photo, a person, a diffusion model. It is handed what the view shows
and how much of it is painted already, and returns a picture.

Source: the loop of views that keep what earlier ones painted follows Richardson et al. 2023, "TEXTure".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from dhsdk.errors import GenerationError, RequestError
from dhsdk.materials.colour import decoded, encoded
from dhsdk.ready.atlas import Atlas, one_atlas, recoloured
from dhsdk.render.camera import View, frame
from dhsdk.render.geometry import Geometry
from dhsdk.render.visibility import rasterize
from dhsdk.render.workers import spread
from dhsdk.scene.types import Scene

LEAST, SHARP = 0.2, 6.0
"""A surface is painted where it faces the camera by more than this cosine; its weight rises from there with this power."""
SAME_WAY = 0.5
"""Cosine between the normals of a texel and of a pixel that shows the same surface."""
PIECE = 1 << 16
"""Texels that a thread works on at a time."""
NEIGHBOURS = 8
"""Painted texels that an unseen one takes its colour from."""


@dataclass(frozen=True, slots=True, eq=False)
class ViewBuffers:
    """What a painter sees of a view. Row 0 is the top; zeros where nothing is.

    position (H, W, 3) metres and normal (H, W, 3) unit: world space. depth (H, W): metres along the view, inf for nothing. node
    (H, W): index of the node in the scene, -1 for nothing.
    start (H, W, 3): sRGB in [0, 1], base colour as it is now: painted, or the scene's own. known (H, W): in [0, 1], 1 where an
    earlier view painted at least as well as this one can; what the painter returns there should be `start`.
    number: of the view; count: of all views.
    """

    view: View
    number: int
    count: int
    position: np.ndarray
    normal: np.ndarray
    depth: np.ndarray
    node: np.ndarray
    start: np.ndarray
    known: np.ndarray

    @property
    def covered(self) -> np.ndarray:
        """(H, W) bool: where there is something to paint."""
        return np.isfinite(self.depth)


Painter = Callable[[ViewBuffers], np.ndarray]
"""(H, W, 3) sRGB in [0, 1] of a view: base colour, without light and shadow where the painter can."""


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """The painted scene; how many texels its surfaces have, and how many of them some view has seen."""

    scene: Scene
    texels: int
    seen: int


def paint(
    scene: Scene,
    painter: Painter,
    views: Sequence[View],
    *,
    texture: int = 1024,
    size: tuple[int, int] = (512, 512),
    progress: Callable[[float, str], None] | None = None,
) -> Painted:
    """The scene on one atlas (one_atlas()) whose base colour the painter painted; other maps stay, baked anew.

    Each texel takes the mean of the views that see it, weighed by how it faces them. One that none sees takes the colours of its
    nearest painted neighbours in space on the same node; nodes that none sees, and clear surfaces, keep theirs. Clear surfaces
    hide nothing. texture: edge of the atlas, texels. size: (width, height) of the views, pixels. progress: may raise to stop.

    Raises RequestError: no views, or what one_atlas() refuses. GenerationError: the painter returned no picture of that size, or
    values that are not finite.
    """
    if not views:
        raise RequestError("a scene must be painted from at least one view, got none")
    tell = progress or (lambda fraction, message: None)
    tell(0.0, "one atlas")
    canvas = _Canvas(one_atlas(scene, texture))
    for number, view in enumerate(views):
        tell(0.1 + 0.8 * number / len(views), f"view {number + 1} of {len(views)}")
        seen = canvas.look(view, size, number, len(views))
        if seen.covered.any():
            canvas.take(seen, _checked(painter(seen), size))
    tell(0.9, "what no view saw")
    painted, count = canvas.finished()
    return Painted(painted, len(canvas.atlas.where.at), count)


def around(scene: Scene, count: int = 8) -> tuple[View, ...]:
    """Views for paint(): the front first, then to both sides in turn to the back, the last two (of four or more) from above and
    from below. Raises RequestError for none."""
    if count < 1:
        raise RequestError(f"a scene must be painted from at least one view, got {count}")
    ring = count - 2 if count >= 4 else count
    sides = [(1 if i % 2 else -1) * ((i + 1) // 2) for i in range(ring)]
    places = [(math.tau * side / ring, 0.3) for side in sides] + [(0.3, 1.25), (0.3, -0.8)][: count - ring]
    return tuple(frame(scene, azimuth, elevation, margin=0.04) for azimuth, elevation in places)


class _Canvas:
    """The atlas while it is painted. sums (N, 3) linear light times weight; weights (N,): at the texels."""

    def __init__(self, atlas: Atlas) -> None:
        self.atlas, self._geometry = atlas, atlas.geometry
        where = atlas.where
        corners = self._geometry.faces[where.face]
        share = np.concatenate([where.weights, 1.0 - where.weights.sum(axis=1, keepdims=True)], axis=1)
        self._points = np.einsum("nk,nkd->nd", share, self._geometry.positions[corners])
        self._normals = _unit(np.einsum("nk,nkd->nd", share, self._geometry.normals[corners]))
        self._flat = _flat(self._geometry)[where.face]
        self._nodes = self._geometry.node[where.face]
        clear = np.array([m.transmission is not None and m.transmission.factor > 0 for m in self._geometry.materials])
        self._drawn = np.flatnonzero(~clear[self._geometry.material])
        self._open = ~clear[self._geometry.material[where.face]]
        self._sums, self._weights = np.zeros((len(where.at), 3)), np.zeros(len(where.at))
        empty = np.ones(where.edge**2, bool)
        empty[where.at] = False
        place = distance_transform_edt(empty.reshape(where.edge, -1), return_distances=False, return_indices=True)
        number = np.empty(where.edge**2, np.int64)
        number[where.at] = np.arange(len(where.at))
        self._texel = number[place[0] * where.edge + place[1]]  # (E, E): the texel that each place of the grid shows

    def look(self, view: View, size: tuple[int, int], number: int, count: int) -> ViewBuffers:
        """What a view shows, and what of it is painted."""
        geometry = self._geometry
        pixels, far = view.projected(geometry.positions, *size)
        pos = np.stack([pixels[:, 0], pixels[:, 1], far, pixels[:, 2]], axis=1).astype(np.float32)
        seen = rasterize(pos, np.ascontiguousarray(geometry.faces[self._drawn], np.int32), size, near=view.camera.near)
        some = seen.face_id >= 0
        face = self._drawn[seen.face_id[some]]
        share = np.concatenate([seen.bary[some], 1.0 - seen.bary[some].sum(axis=1, keepdims=True)], axis=1).astype(np.float64)

        def mixed(values: np.ndarray) -> np.ndarray:
            return np.einsum("nk,nkd->nd", share, values[geometry.faces[face]])

        def laid(values: np.ndarray) -> np.ndarray:
            out = np.zeros((*some.shape, *values.shape[1:]), np.float32)
            out[some] = values
            return out

        at, normal = mixed(geometry.positions), _unit(mixed(geometry.normals))
        start = encoded(self._read(self._colours, mixed(geometry.uvs)))
        before = self._read(lambda one: self._weights[one, None], mixed(geometry.uvs))[:, 0]
        own = _facing(view, at, normal, _flat(geometry)[face])
        known = np.clip(before / np.maximum(own, 1e-6), 0.0, 1.0)
        node = np.full(some.shape, -1, np.int32)
        node[some] = geometry.node[face]
        return ViewBuffers(view, number, count, laid(at), laid(normal), seen.depth, node, laid(start), laid(known))

    def take(self, seen: ViewBuffers, picture: np.ndarray) -> None:
        """Adds a painted picture to the texels that it shows."""
        height, width = seen.depth.shape
        light = decoded(picture)

        def work(number: int) -> None:
            part = slice(number * PIECE, (number + 1) * PIECE)
            facing = _facing(seen.view, self._points[part], self._normals[part], self._flat[part]) * self._open[part]
            one = part.start + np.flatnonzero(facing)
            pixels, far = seen.view.projected(self._points[one], width, height)
            with np.errstate(divide="ignore", invalid="ignore"):
                x, y = pixels[:, 0] / pixels[:, 2] - 0.5, pixels[:, 1] / pixels[:, 2] - 0.5
            inside = (far > seen.view.camera.near) & (x > -1) & (x < width) & (y > -1) & (y < height)
            one = one[inside]
            colours, found = self._taps(one, seen, light, x[inside], y[inside], far[inside])
            one, colours = one[found], colours[found]
            weight = facing[one - part.start]
            self._sums[one] += colours * weight[:, None]
            self._weights[one] += weight

        spread(-(-len(self._points) // PIECE), work)

    def _taps(
        self, one: np.ndarray, seen: ViewBuffers, light: np.ndarray, x: np.ndarray, y: np.ndarray, far: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(K, 3) the picture at (x, y), bilinear over the pixels that show the surface of these texels; (K,) whether any does."""
        height, width = seen.depth.shape
        room = _pixel(seen.view, far, height)
        left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
        total, out = np.zeros(len(one)), np.zeros((len(one), 3))
        for dy in (0, 1):
            for dx in (0, 1):
                i, j = np.clip(left + dx, 0, width - 1), np.clip(top + dy, 0, height - 1)
                off = ((seen.position[j, i] - self._points[one]) * self._flat[one]).sum(axis=1)  # from the texel's plane
                fits = (np.abs(off) <= room) & (seen.node[j, i] == self._nodes[one])
                fits &= (seen.normal[j, i] * self._normals[one]).sum(axis=1) > SAME_WAY
                share = fits * (1.0 - np.abs(x - left - dx)) * (1.0 - np.abs(y - top - dy))
                out += share[:, None] * light[j, i]
                total += share
        return out / np.maximum(total, 1e-12)[:, None], total > 1e-3

    def finished(self) -> tuple[Scene, int]:
        """The scene with all texels coloured, and how many of them were seen."""
        seen = self._weights > 0.0
        colours = self._colours(slice(None))
        for node in np.unique(self._nodes[~seen]):
            own = self._nodes == node
            known, lost = np.flatnonzero(own & seen), np.flatnonzero(own & ~seen & self._open)
            if len(known) and len(lost):
                away, near = cKDTree(self._points[known]).query(self._points[lost], k=min(NEIGHBOURS, len(known)))
                share = 1.0 / (away.reshape(len(lost), -1) ** 2 + 1e-12)
                near = known[near.reshape(len(lost), -1)]
                colours[lost] = (share[..., None] * colours[near]).sum(axis=1) / share.sum(axis=1)[:, None]
        return recoloured(self.atlas, colours), int(seen.sum())

    def _colours(self, one: np.ndarray | slice) -> np.ndarray:
        """(N, 3) linear base colour of these texels as it is now."""
        weights = self._weights[one, None]
        painted = self._sums[one] / np.where(weights > 0.0, weights, 1.0)
        return np.where(weights > 0.0, painted, self.atlas.colours[one]).astype(np.float32)

    def _read(self, values: Callable[[np.ndarray], np.ndarray], uv: np.ndarray) -> np.ndarray:
        """(K, C) bilinear, at (K, 2) UVs, of what `values` gives for numbers of texels."""
        edge = self.atlas.where.edge
        at = uv * edge - 0.5
        low = np.floor(at).astype(np.int64)
        x, y = (at - low).T[..., None]
        (i, j), (k, m) = np.clip(low, 0, edge - 1).T, np.clip(low + 1, 0, edge - 1).T
        a, b, c, d = (values(self._texel[row, column]) for row, column in ((j, i), (j, k), (m, i), (m, k)))
        return (a * (1 - x) + b * x) * (1 - y) + (c * (1 - x) + d * x) * y


def _checked(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    picture = np.asarray(picture, np.float32)
    if picture.shape != (size[1], size[0], 3):
        raise GenerationError(f"a painter must return a picture of {(size[1], size[0], 3)} numbers, got {picture.shape}")
    wrong = int((~np.isfinite(picture)).sum())
    if wrong:
        raise GenerationError(f"a painter must return finite numbers, got {wrong} that are not")
    return np.clip(picture, 0.0, 1.0)


def _facing(view: View, points: np.ndarray, normals: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """(N,) weight of what a view sees at points with these normals, on triangles with these: 1 ahead, 0 from aside on."""
    toward = _toward(view, points)
    facing = np.clip(((normals * toward).sum(axis=1) - LEAST) / (1.0 - LEAST), 0.0, 1.0) ** SHARP
    return facing * ((flat * toward).sum(axis=1) > LEAST / 2)


def _toward(view: View, points: np.ndarray) -> np.ndarray:
    """(N, 3) unit directions from points to the camera."""
    if view.camera.kind == "orthographic":
        return np.broadcast_to(_unit(view.world[:3, 2][None]), points.shape)
    return _unit(view.world[:3, 3] - points)


def _pixel(view: View, far: np.ndarray, height: int) -> np.ndarray:
    """(N,) metres that a pixel covers at these distances."""
    if view.camera.kind == "orthographic":
        return np.full(len(far), 2.0 * view.camera.ymag / height)
    return 2.0 * math.tan(view.camera.yfov / 2) / height * far


def _flat(geometry: Geometry) -> np.ndarray:
    a, b, c = (geometry.positions[geometry.faces[:, k]] for k in range(3))
    return _unit(np.cross(b - a, c - a))


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-30)
