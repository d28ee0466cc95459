"""The procedural studio: soft boxes, a seamless backdrop, the key light's shadow map and the shadows on the floor."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render.camera import look_at
from dhsdk.render.environment import Surround, directions, surround
from dhsdk.render.geometry import Geometry
from dhsdk.render.occlusion import Sky, openness
from dhsdk.render.tone import shown_as
from dhsdk.render.visibility import rasterize
from dhsdk.render.workers import spread

SHADOW_SIZE, FLOOR_SIZE = 640, 192

# Azimuth from the camera's side, elevation (degrees), half width and half height (radians), softness of the rim, radiance.
KEY = (-42.0, 46.0, 0.54, 0.44, 0.14, 3.2)
KEY_TINT = np.array([1.0, 0.955, 0.89])
BOXES = (
    (64.0, 24.0, 0.17, 0.55, 0.08, (1.8, 1.95, 2.15)),
    (150.0, 30.0, 0.16, 0.50, 0.08, (3.1, 3.25, 3.5)),
    (-128.0, 22.0, 0.12, 0.52, 0.08, (2.4, 2.4, 2.5)),
    (0.0, 86.0, 0.55, 0.40, 0.12, (1.5, 1.5, 1.55)),
)
POLISH = 0.85
"""Share of the boxes' light that the floor mirrors, softened: it gives upright metal its bright and dark streaks."""
BACKDROPS = {"studio": ((0.82, 0.83, 0.85), (0.44, 0.455, 0.49)), "dark": ((0.09, 0.095, 0.105), (0.012, 0.013, 0.016))}


def radiance(height: int = 256) -> np.ndarray:
    """(H, 2 H, 4) float32: the studio seen from its middle, the camera's side at +Z; the last channel is the key light."""
    d = directions(height, 2 * height)
    x, y, z = d[..., 0], d[..., 1], d[..., 2]
    floor = np.clip(0.5 - 6.0 * y, 0.0, 1.0)
    backdrop = _ramp((-z - 0.25) / 0.6) * (1.0 - 0.6 * _ramp((y - 0.35) / 0.5))
    wall = 0.09 + 0.50 * backdrop + 0.10 * _ramp((y - 0.5) / 0.5)
    out = np.zeros((height, 2 * height, 4), np.float32)
    # The floor is bright where it meets the backdrop, darker below, in the shadow of what stands on it, and a little polished.
    lit = 0.13 + 0.22 * np.clip(1.0 + y, 0.0, 1.0) ** 2 + 0.16 * backdrop - 0.05 * np.abs(x)
    for q, (cool, warm) in enumerate(((0.98, 1.02), (1.0, 1.0), (1.04, 0.97))):
        out[..., q] = (wall * cool) * (1 - floor) + (lit * warm) * floor
    below, polish = d * np.array([1.0, -1.0, 1.0]), POLISH * floor * (1.0 + 0.6 * np.minimum(y, 0.0))
    for around, rise, wide, high, soft, light in (*BOXES, (*KEY[:5], KEY[5] * KEY_TINT)):
        out[..., :3] += (_box(below, around, rise, wide, high, 1.8 * soft) * polish)[..., None] * np.array(light)
    for around, rise, wide, high, soft, light in BOXES:
        out[..., :3] += _box(d, around, rise, wide, high, soft)[..., None] * np.array(light)
    out[..., 3] = _box(d, *KEY[:5]) * KEY[5]
    return out


def _box(d: np.ndarray, around: float, rise: float, wide: float, high: float, soft: float) -> np.ndarray:
    """A soft box as seen from the middle: even inside, fading over its rim, a little brighter in the middle."""
    toward = direction(around, rise)
    side = np.cross((0.0, 1.0, 0.0), toward)
    side /= np.linalg.norm(side)
    up = np.cross(toward, side)
    ahead = d @ toward
    x, y = d @ side / np.maximum(ahead, 1e-6), d @ up / np.maximum(ahead, 1e-6)
    inside = _ramp((wide - np.abs(x)) / soft + 0.5) * _ramp((high - np.abs(y)) / soft + 0.5) * (ahead > 0)
    out: np.ndarray = inside * (1.15 - 0.3 * np.clip((x / wide) ** 2 + (y / high) ** 2, 0, 1))
    return out


def _ramp(t: np.ndarray) -> np.ndarray:
    t = np.clip(t, 0.0, 1.0)
    out: np.ndarray = t * t * (3 - 2 * t)
    return out


def direction(around: float, rise: float) -> np.ndarray:
    """(3,) unit vector of an azimuth from +Z and an elevation, degrees."""
    a, b = math.radians(around), math.radians(rise)
    return np.array([math.cos(b) * math.sin(a), math.sin(b), math.cos(b) * math.cos(a)])


@lru_cache(maxsize=1)
def studio() -> Surround:
    """The studio's light, made once per process."""
    return surround(radiance(), direction(*KEY[:2]), KEY_TINT)


@dataclass(frozen=True, slots=True, eq=False)
class Shadow:
    """The key light's depth map (S, S) float32, world to its texels and metres (3, 4) float64, and its bias in metres."""

    depth: np.ndarray
    to_light: np.ndarray
    bias: float


NO_SHADOW = Shadow(np.empty((0, 0), np.float32), np.zeros((3, 4)), 0.0)


def shadow(geometry: Geometry, faces: np.ndarray, key: np.ndarray, threads: int) -> Shadow:
    """What the key light sees. faces: (F, 3) those that cast a shadow; key: unit vector towards the light, zeros for none."""
    if not key.any() or not len(faces):
        return NO_SHADOW
    points = geometry.positions
    low, high = points.min(axis=0), points.max(axis=0)
    middle, reach = (low + high) / 2, float(np.linalg.norm(high - low)) / 2 * 1.04 + 1e-6
    matrix = np.linalg.inv(look_at(tuple(middle + key * 2 * reach), tuple(middle)))
    scale = SHADOW_SIZE / (2 * reach)
    to_light = np.stack([matrix[0] * scale, -matrix[1] * scale, -matrix[2]])
    to_light[:2, 3] += SHADOW_SIZE / 2
    pos = np.ones((len(points), 4), np.float32)
    pos[:, :3] = points @ to_light[:, :3].T + to_light[:, 3]
    seen = rasterize(pos, faces, (SHADOW_SIZE, SHADOW_SIZE), threads=threads)
    return Shadow(seen.depth, to_light, 2.0 / scale)


@dataclass(frozen=True, slots=True, eq=False)
class Stained:
    """What clear surfaces do to the key light: their depth map (S, S) and the share of each colour (S, S, 3) that passes there.

    The frame is that of the Shadow of the same scene.
    """

    depth: np.ndarray
    passed: np.ndarray


NO_STAIN = Stained(np.empty((0, 0), np.float32), np.empty((0, 0, 3), np.float32))


def stained(geometry: Geometry, pick: np.ndarray, tint: np.ndarray, key: np.ndarray, threads: int) -> tuple[Stained, Shadow]:
    """What the key light passes. pick: the clear faces, tint: (F, 3) what each of them leaves of light that meets it straight."""
    cast = shadow(geometry, geometry.faces[pick], key, threads)
    if not len(cast.depth):
        return NO_STAIN, cast
    a, b, c = (geometry.positions[geometry.faces[pick, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    cos = np.abs(across @ key) / np.maximum(np.linalg.norm(across, axis=1), 1e-20)
    # A wall that is met slantwise throws light back and bends the rest away.
    share = tint[pick] * (1.0 - 0.85 * (1.0 - cos[:, None]) ** 2)
    pos = np.ones((len(geometry.positions), 4), np.float32)
    pos[:, :3] = geometry.positions @ cast.to_light[:, :3].T + cast.to_light[:, 3]
    seen = rasterize(pos, geometry.faces[pick], (SHADOW_SIZE, SHADOW_SIZE), threads=threads).face_id
    return Stained(cast.depth, np.where((seen >= 0)[..., None], share[np.maximum(seen, 0)], 1.0).astype(np.float32)), cast


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """The ground under a scene. contact: (G, G) float32 how open its points are; start: x, z and edge of the square, metres."""

    contact: np.ndarray
    start: np.ndarray
    height: float


def floor(geometry: Geometry, above: Sky, threads: int) -> Floor:
    """The ground under a scene, and how much light from all around arrives there."""
    low, high = geometry.positions.min(axis=0), geometry.positions.max(axis=0)
    size = float(max(high[0] - low[0], high[2] - low[2]) + 2.4 * (high[1] - low[1])) * 1.15 + 1e-6
    start = np.array([(low[0] + high[0] - size) / 2, (low[2] + high[2] - size) / 2, size])
    grid = (np.arange(FLOOR_SIZE) + 0.5) / FLOOR_SIZE * size
    z, x = np.meshgrid(grid + start[1], grid + start[0], indexing="ij")
    points = np.stack([x.ravel(), np.full(x.size, low[1]), z.ravel()], axis=1)
    normals = np.broadcast_to(np.array([0.0, 1.0, 0.0]), points.shape)
    contact = openness(above, points, np.ascontiguousarray(normals), threads=threads).reshape(FLOOR_SIZE, FLOOR_SIZE)
    return Floor(contact, start, float(low[1]))


def floor_light(ground: Floor, cast: Shadow, stain: Stained, threads: int) -> np.ndarray:
    """(G, G, 3) float32: how dark the floor is in each colour, 0 to 1, by the key light's shadow and by what stands over it."""
    out = np.empty((*ground.contact.shape, 3), np.float32)
    rows = 12

    def work(piece: int) -> None:
        _floor(piece * rows, min((piece + 1) * rows, FLOOR_SIZE), TAPS, (ground.contact, ground.start, ground.height), cast.depth,
               (stain.depth, stain.passed), (cast.to_light, cast.bias), out)  # fmt: skip

    spread(-(-FLOOR_SIZE // rows), work, threads)
    soft = np.empty_like(out)
    _soften(out, soft)
    return soft


@kernel(error_model="numpy")
def _soften(field, out):  # type: ignore[no-untyped-def]
    """The mean of 4 x 4 points, over which the taps of _floor turn once."""
    size = len(field)
    for r in range(size):
        for c in range(size):
            for q in range(3):
                total = 0.0
                for i in range(-2, 2):
                    for j in range(-2, 2):
                        total += field[min(max(r + i, 0), size - 1), min(max(c + j, 0), size - 1), q]
                out[r, c, q] = total / 16.0


def _taps() -> np.ndarray:
    """(16, 96, 2): where the light is looked up around a point of the floor: 32 for what blocks it, 64 for what arrives; even in
    a disc of radius 1, and turned from point to point."""
    k = np.concatenate([np.arange(32), np.arange(64)])
    reach = np.sqrt((k + 0.5) / np.repeat([32, 64], [32, 64]))
    turn = 2.399963 * k + np.arange(16)[:, None] * 0.3926990817
    return np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=2)


TAPS = _taps()


@kernel(error_model="numpy")
def _rim(tap, depth, x, y, z, scale):  # type: ignore[no-untyped-def]
    """Texels over which a shadow fades here, wider the farther what casts it is (Fernando 2005); 0 where nothing casts one."""
    size = len(depth)
    near, blockers, wide = 0.0, 0, 0.09 * size
    if not (-wide <= x < size + wide and -wide <= y < size + wide):
        return 0.0
    for k in range(32):
        i, j = int(x + wide * tap[k, 0]), int(y + wide * tap[k, 1])
        if 0 <= i < size and 0 <= j < size and depth[j, i] < z:
            near += z - depth[j, i]
            blockers += 1
    return min(max(near / blockers * 0.30 * scale, 3.0), 0.16 * size) if blockers else 0.0


@kernel(error_model="numpy")
def _floor(r0, r1, taps, ground, depth, stain, light, out):  # type: ignore[no-untyped-def]
    """How dark the floor is; see floor_light."""
    (contact, start, height), (to_light, bias) = ground, light
    clear, passed = stain
    grid, size = len(contact), len(depth)
    scale = np.sqrt(to_light[0, 0] ** 2 + to_light[0, 1] ** 2 + to_light[0, 2] ** 2)
    for r in range(r0, r1):
        for c in range(grid):
            tap = taps[(r % 4) * 4 + c % 4]
            px, pz = start[0] + (c + 0.5) / grid * start[2], start[1] + (r + 0.5) / grid * start[2]
            x = to_light[0, 0] * px + to_light[0, 1] * height + to_light[0, 2] * pz + to_light[0, 3]
            y = to_light[1, 0] * px + to_light[1, 1] * height + to_light[1, 2] * pz + to_light[1, 3]
            z = to_light[2, 0] * px + to_light[2, 1] * height + to_light[2, 2] * pz + to_light[2, 3] - bias
            lit, red, green, blue = 1.0, 1.0, 1.0, 1.0
            rim = _rim(tap, depth, x, y, z, scale)
            if rim > 0:
                arrived = 0
                for k in range(32, 96):
                    i, j = int(x + rim * tap[k, 0]), int(y + rim * tap[k, 1])
                    if not (0 <= i < size and 0 <= j < size) or depth[j, i] >= z:
                        arrived += 1
                lit = arrived / 64.0
            rim = 0.5 * _rim(tap, clear, x, y, z, scale)
            if rim > 0:
                red = green = blue = 0.0
                for k in range(32, 96):
                    i, j = int(x + rim * tap[k, 0]), int(y + rim * tap[k, 1])
                    if not (0 <= i < len(clear) and 0 <= j < len(clear)) or clear[j, i] >= z:
                        red, green, blue = red + 1, green + 1, blue + 1
                    else:
                        red, green, blue = red + passed[j, i, 0], green + passed[j, i, 1], blue + passed[j, i, 2]
                red, green, blue = red / 64.0, green / 64.0, blue / 64.0
            edge = 0.5 * min(min(min(c, grid - 1 - c), min(r, grid - 1 - r)) / (0.12 * grid), 1.0)
            out[r, c, 0] = (2.0 - lit * red - contact[r, c]) * edge
            out[r, c, 1] = (2.0 - lit * green - contact[r, c]) * edge
            out[r, c, 2] = (2.0 - lit * blue - contact[r, c]) * edge


def backdrop(name: str) -> np.ndarray:
    """(257, 3) float32 linear light from the middle of the picture to its corners; #rrggbb is even."""
    name = {"white": "#ffffff", "environment": "studio", "transparent": "#000000"}.get(name, name)
    if name.startswith("#"):
        srgb = np.array([int(name[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
        even = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
        return np.tile(shown_as(even), (257, 1)).astype(np.float32)
    inner, outer = (np.array(color) for color in BACKDROPS[name])
    t = np.clip(np.sqrt(np.arange(257) / 256.0), 0.0, 1.0)[:, None] ** 1.6
    return (inner + (outer - inner) * t).astype(np.float32)
