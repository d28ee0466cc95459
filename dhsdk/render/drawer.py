"""Draws one scene from many views: what does not depend on the view is made once and kept."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from dhsdk.media import Image
from dhsdk.render import backdrop, bvh, occlusion, studio, tone
from dhsdk.render.camera import View
from dhsdk.render.clear import WAY, look_through
from dhsdk.render.geometry import Geometry, gathered
from dhsdk.render.lamps import CLEARANCE_SHARE
from dhsdk.render.lighting import lighting
from dhsdk.render.settings import Settings
from dhsdk.render.shade import facts, shade
from dhsdk.render.surface import EMIT, NOTES
from dhsdk.render.texture import Textures, maps, row, tint
from dhsdk.render.visibility import Scanline, rasterize
from dhsdk.render.workers import spread
from dhsdk.scene.types import Scene

PEELS = 4
"""Layers of veils (surfaces that cover in part, alpha mode BLEND or MASK) that are drawn, the nearest first."""
BAND = 16
GLASS_SHADE = 0.5
"""How much of the light that falls through clear surfaces the floor under them loses."""
AT = np.array([[0.375, 0.125], [0.875, 0.375], [0.125, 0.625], [0.625, 0.875]])
"""Where a pixel is looked at: a turned square, so that nearly upright and nearly level edges get all steps."""
NO_FIELD = np.empty((0, 0), np.float32)
NOBODY = np.empty(0, np.bool_)


class Drawer:
    """Pictures of one scene. draw() may be called for any number of views, also of poses of the scene with the same faces.

    front: the azimuth (radians about +Y from +Z) for which the studio's light stands, None: it goes round with the camera.
    Openness is that of the first geometry drawn. Not for two threads at once: give each its own.
    Raises RenderError for materials, textures, lights or an environment that are broken.
    """

    def __init__(self, scene: Scene, settings: Settings, front: float | None = None) -> None:
        self.settings = settings
        self._front = front
        materials = gathered(scene).materials
        self.textures = Textures(texture for material in materials for texture in maps(material) if texture is not None)
        self._maps = (self.textures.texels, self.textures.table, self.textures.place)
        self._table = np.array([row(material, self.textures) for material in materials])
        self._clear = np.array([m.transmission is not None and m.transmission.factor > 0 for m in materials])
        self._veil = np.array([m.alpha_mode != "OPAQUE" for m in materials]) & ~self._clear
        self._solid = np.array([m.alpha_mode != "BLEND" for m in materials]) & ~self._clear
        self._two_sided = np.array([m.double_sided for m in materials])
        self._tint = np.array([tint(material, self.textures) for material in materials])
        self._shines = bool((self._table[:, EMIT : EMIT + 3] > 0).any()) and settings.glow > 0
        self._lighting = lighting(scene, settings.lighting)
        self._ramp = studio.backdrop(settings.background)
        self._open: tuple[tuple[np.ndarray, ...], studio.Floor] | None = None
        self._cast: tuple[np.ndarray, tuple[float, ...], studio.Shadow, np.ndarray] | None = None
        # Memory of the picture before this one: to get it anew costs a tenth of the time of a frame.
        self._fields: dict[str, np.ndarray] = {}
        self._tree: tuple[np.ndarray, tuple[np.ndarray, ...]] | None = None

    def prepare(self, geometry: Geometry) -> None:
        """Makes what all views of a geometry share, before its first picture and for all twins."""
        self._opened(geometry)
        self._lamps(geometry)
        if self._clear.any():
            self._boxes(geometry)

    def twin(self) -> Drawer:
        """Another one for another thread, which shares what does not depend on the view."""
        own = copy.copy(self)
        own._fields = {}
        return own

    def draw(self, geometry: Geometry, view: View) -> np.ndarray:
        """(H, W, 3) uint8 sRGB, or (H, W, 4) with background "transparent"."""
        return self.picture(geometry, view).pixels

    def picture(self, geometry: Geometry, view: View) -> Image:
        """The picture with its layers, where the settings ask for them."""
        settings = self.settings
        size = settings.size[0] * settings.samples, settings.size[1] * settings.samples
        look, floor, dark = self.look(geometry, view)
        frame = Frame(geometry, view, size, look, settings.threads, self._shines, self._fields)
        shown = self._two_sided[geometry.material] | frame.fronts
        veil = self._veil[geometry.material]
        veiled = bool(veil.any())
        ids, depths = frame.visible(shown & ~veil, None, None, veiled or settings.layers)
        color, past, glow, left = frame.shaded(ids, leave=self._clear)
        ground = self._ground(geometry, floor, dark, view)
        if left.any():
            frame.looked_through(ids, left, self._clear, (self._boxes(geometry), ground), (color, past, glow))
        cover = np.empty(size[::-1], np.float32) if settings.background == "transparent" else NO_FIELD
        self._bands(lambda y0, y1: backdrop.compose(y0, y1, settings.samples, color, past, ground, cover))
        if veiled:
            _peeled(frame, shown & veil, depths, color, glow, cover)
        if self._shines:
            _halo(color, glow, settings)
        out = np.empty((settings.size[1], settings.size[0], 4 if len(cover) else 3), np.uint8)
        self._bands(lambda y0, y1: tone.develop(y0, y1, color, cover, settings.exposure, tone.CODES, out))
        layers = {}
        if settings.layers:
            seen = ids[0, :: settings.samples, :: settings.samples]
            node = np.where(seen >= 0, geometry.node[np.maximum(seen, 0)], -1).astype(np.int32)
            layers = {"depth": depths[0][:: settings.samples, :: settings.samples], "id": node}
        self._fields |= {"ids": ids, "over": color, "past": past, "glow": glow}
        return Image(out, layers=layers)

    def look(self, geometry: Geometry, view: View) -> tuple[tuple[Any, ...], studio.Floor, np.ndarray]:
        """What the shading kernel reads (materials, maps, openness, surround, lamps, shadow), the floor and the shadow on it."""
        threads = self.settings.threads
        env, key = self._lighting.around(math.atan2(view.world[0, 2], view.world[2, 2]) if self._front is None else self._front)
        grids, floor = self._opened(geometry)
        casting = self._casting(geometry)
        name = tuple(np.round(key, 6).tolist())
        if self._cast is None or self._cast[0] is not geometry.positions or self._cast[1] != name:
            cast, stain = studio.NO_SHADOW, studio.NO_STAIN
            if self.settings.occlusion:
                cast = studio.shadow(geometry, casting, key, threads)
                stain, frame = studio.stained(
                    geometry, self._clear[geometry.material], self._tint[geometry.material], key, threads
                )
                cast = cast if len(cast.depth) else replace(cast, to_light=frame.to_light, bias=frame.bias)
            self._cast = (geometry.positions, name, cast, studio.floor_light(floor, cast, stain, threads))
        cast, dark = self._cast[2:]
        shadow = (cast.depth, cast.to_light, cast.bias)
        return (self._table, self._maps, grids, env, self._lamps(geometry), shadow), floor, dark

    def _casting(self, geometry: Geometry) -> np.ndarray:
        """(F, 3) the faces that hide and shade others."""
        faces: np.ndarray = geometry.faces[self._solid[geometry.material]]
        return faces

    def _opened(self, geometry: Geometry) -> tuple[tuple[np.ndarray, ...], studio.Floor]:
        """The openness of the surfaces and of the floor, kept for all poses."""
        if self._open is None:
            self._open = _opened(geometry, self._casting(geometry), self.settings)
        return self._open

    def _lamps(self, geometry: Geometry) -> tuple[Any, ...]:
        """The table of lamps, and what stands in their light: nothing where only the key light is one."""
        lamps = self._lighting.lamps
        if not self.settings.occlusion or not (lamps[:, 13] == 0).any():
            return lamps, bvh.NO_TREE, NOBODY
        return lamps, self._boxes(geometry), self._solid[geometry.material]

    def _boxes(self, geometry: Geometry) -> tuple[np.ndarray, ...]:
        """The tree of all faces, kept for one pose."""
        if self._tree is None or self._tree[0] is not geometry.positions:
            self._tree = (geometry.positions, bvh.tree(geometry.positions, geometry.faces))
        return self._tree[1]

    def _ground(self, geometry: Geometry, floor: studio.Floor, dark: np.ndarray, view: View) -> tuple[Any, ...]:
        settings, picture = self.settings, backdrop.NO_SCENERY
        if settings.background == "environment" and self._lighting.picture is not None:
            picture = self._lighting.picture
        diagonal, free = float(np.linalg.norm(np.ptp(geometry.positions, axis=0))), settings.background == "transparent"
        aspect, scenery = settings.size[0] / settings.size[1], (picture, self._lighting.turn or 0.0)
        return backdrop.ground(self._ramp, floor, dark, view, aspect, settings.shadow, diagonal, free, scenery)

    def _bands(self, work: Callable[[int, int], None]) -> None:
        _bands(self.settings.size[1], work, self.settings.threads)


def _bands(height: int, work: Callable[[int, int], None], threads: int) -> None:
    """Runs work(first row, end row) over all rows."""
    spread(-(-height // BAND), lambda k: work(k * BAND, min((k + 1) * BAND, height)), threads)


def _opened(geometry: Geometry, casting: np.ndarray, settings: Settings) -> tuple[tuple[np.ndarray, ...], studio.Floor]:
    """The openness of the surfaces and of the floor."""
    count = len(geometry.faces)
    above = occlusion.sky(geometry.positions, casting, threads=settings.threads)
    floor = studio.floor(geometry, above, settings.threads)
    if len(casting) < count:
        whole = studio.floor(
            geometry, occlusion.sky(geometry.positions, geometry.faces, threads=settings.threads), settings.threads
        )
        floor = replace(floor, contact=floor.contact * (1 - GLASS_SHADE) + whole.contact * GLASS_SHADE)
    if not settings.occlusion:
        return (np.zeros(count, np.int64), np.zeros(count, np.int32), np.ones(1, np.float32)), floor
    grids = occlusion.grids(above, geometry.positions, geometry.normals, geometry.faces, threads=settings.threads)
    return grids, floor


class Frame:
    """One geometry before one camera: finds what is seen, and shades it."""

    def __init__(
        self,
        geometry: Geometry,
        view: View,
        size: tuple[int, int],
        look: tuple[Any, ...],
        threads: int,
        shines: bool,
        fields: dict[str, np.ndarray] | None = None,
    ) -> None:
        self._fields = {} if fields is None else fields
        self.size, self.threads, self._shines = size, threads, shines
        pixels, far = view.projected(geometry.positions, *size)
        pos = np.stack([pixels[:, 0], pixels[:, 1], far, pixels[:, 2]], axis=1)
        self._near, self._yfov = view.camera.near, view.camera.yfov
        self.faces = np.ascontiguousarray(geometry.faces, np.int32)
        self._moved = []
        for dx, dy in AT - 0.5:
            moved = pos.copy()
            moved[:, 0] -= dx * pos[:, 3]
            moved[:, 1] -= dy * pos[:, 3]
            self._moved.append(moved.astype(np.float32))
        vertices = np.concatenate(
            [geometry.positions, geometry.normals, geometry.tangents, geometry.uvs, geometry.colors], axis=1
        ).astype(np.float32)
        a, b, c = (geometry.positions[geometry.faces[:, i]] for i in range(3))
        flat = np.cross(b - a, c - a)
        flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-20)
        self.drawn = (pos, self.faces, vertices, geometry.material, flat.astype(np.float32), geometry.more)
        self.parallel = view.camera.kind == "orthographic"
        self.eye = np.ascontiguousarray(view.world[:3, 2] if self.parallel else view.world[:3, 3])
        toward = self.eye - (0.0 if self.parallel else a)
        self.fronts = ((flat * toward).sum(axis=1) > 0.0) != geometry.mirrored
        """(F,) bool: the faces that turn their front to the camera."""
        table, texels, grids, (chain, levels, harmonics, tint, answer, turn), lamps, (depth, *frame) = look
        self._read = (table, texels, grids, (chain, levels, answer), lamps, depth)
        clearance = CLEARANCE_SHARE * float(np.linalg.norm(np.ptp(geometry.positions, axis=0)))
        self._facts = facts((harmonics, tint, turn), (frame[0], frame[1]), self.eye, self.parallel, clearance)

    def bands(self, work: Callable[[int, int], None]) -> None:
        _bands(self.size[1], work, self.threads)

    def _field(self, name: str, shape: tuple[int, ...], kind: Any) -> np.ndarray:
        """Memory of that name and shape, whatever is in it: what an earlier Frame left, or new."""
        found = self._fields.pop(name, None)
        return found if found is not None and found.shape == shape else np.empty(shape, kind)

    def visible(
        self, keep: np.ndarray, behind: list[np.ndarray] | None, limit: list[np.ndarray] | None, deep: bool
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """(K, H, W) int32 faces seen at the points of each pixel, and their depths. keep: (F,) bool, those that count."""
        ids = self._field("ids", (len(AT), self.size[1], self.size[0]), np.int32)
        depths = []
        faces = self.faces if keep.all() else self.faces * keep[:, None]  # a face whose corners are one is never seen
        for k, pos in enumerate(self._moved):
            low, high = behind[k] if behind else None, limit[k] if limit else None
            if not deep:
                ids[k] = Scanline().visible(pos, faces, self.size, near=self._near, threads=self.threads)
                continue
            seen = rasterize(pos, faces, self.size, near=self._near, behind=low, limit=high, threads=self.threads)
            ids[k] = seen.face_id
            depths.append(seen.depth)
        return ids, depths

    def shaded(
        self, ids: np.ndarray, at: np.ndarray = AT, leave: np.ndarray = NOBODY
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """over, past and glow (H, W, 3) float32 of a layer, as shade() fills them; how many points of each band were left out."""
        shape = (*ids.shape[1:], 3)
        over, past = self._field("over", shape, np.float32), self._field("past", shape, np.float32)
        glow = self._field("glow", shape if self._shines else (0, 0, 3), np.float32)
        glow[...] = 0.0
        columns, left = self._read[0].shape[1], np.zeros(-(-len(over) // BAND), np.int64)

        def work(y0: int, y1: int) -> None:
            notes = self._facts, np.zeros(NOTES), np.empty(columns), np.empty(64, np.int64)
            left[y0 // BAND] = shade(y0, y1, ids, at, leave, self.drawn, self._read, notes, over, past, glow)

        self.bands(work)
        return over, past, glow, left

    def looked_through(
        self,
        ids: np.ndarray,
        left: np.ndarray,
        clear: np.ndarray,
        behind: tuple[tuple[np.ndarray, ...], tuple[Any, ...]],
        into: tuple[np.ndarray, ...],
    ) -> None:
        """Adds what shaded() has left out to what it gave. clear: (M,) bool materials. behind: bvh.tree(), backdrop.ground()."""
        columns = self._read[0].shape[1]
        pixel = 2.0 * math.tan(self._yfov / 2) / self.size[1]
        world = self.drawn, self._read, *behind, pixel, self._facts, NOBODY

        def work(y0: int, y1: int) -> None:
            if left[y0 // BAND]:
                rows = np.zeros(NOTES), np.empty(columns), np.zeros(NOTES), np.empty(columns)
                look_through(y0, y1, ids, AT, clear, world, (*rows, np.zeros(WAY), np.empty(64, np.int64)), *into)

        self.bands(work)


def _peeled(
    frame: Frame, veil: np.ndarray, depths: list[np.ndarray], color: np.ndarray, glow: np.ndarray, cover: np.ndarray
) -> None:
    """Lays the veils over the picture, the farthest first."""
    layers = []
    last: list[np.ndarray] | None = None
    for _ in range(PEELS):
        ids, far = frame.visible(veil, last, depths, True)
        if not (ids >= 0).any():
            break
        layers.append(frame.shaded(ids)[:3])
        last = far
    for over, past, shine in reversed(layers):

        def work(y0: int, y1: int, over: np.ndarray = over, past: np.ndarray = past) -> None:
            tone.glaze(y0, y1, over, past, color, cover)

        frame.bands(work)
        if len(glow):
            glow *= past
            glow += shine


def _halo(color: np.ndarray, glow: np.ndarray, settings: Settings) -> None:
    """Adds the light that spreads around shining surfaces."""
    small = np.empty((settings.size[1], settings.size[0], 3), np.float32)
    shining = np.zeros((2, max(settings.size)), np.bool_)
    _bands(len(small), lambda y0, y1: tone.gathered(y0, y1, glow, small, shining), settings.threads)
    near, far = max(1, settings.size[1] // 90), max(1, settings.size[1] // 30)
    rows, columns = (np.flatnonzero(one) for one in shining)
    if not len(rows):
        return
    # Three blurs of this radius reach no farther than this.
    y0, y1 = max(rows[0] - 3 * far - 3, 0), rows[-1] + 3 * far + 4
    x0, x1 = max(columns[0] - 3 * far - 3, 0), columns[-1] + 3 * far + 4
    small, s = small[y0:y1, x0:x1], settings.samples
    halo = np.float32(settings.glow) * (tone.blurred(small, near) + 0.6 * tone.blurred(small, far))
    color[y0 * s : y1 * s, x0 * s : x1 * s] += np.repeat(np.repeat(halo, s, axis=0), s, axis=1)
