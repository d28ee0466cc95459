"""The procedural studio: soft boxes, a seamless backdrop, and the shadows on its floor."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dhsdk.render.camera import look_at
from dhsdk.render.geometry import Geometry
from dhsdk.render.raster import rasterize
from dhsdk.render.tone import blurred, shown_as

SKY = np.array([0.62, 0.65, 0.70])
GROUND = np.array([0.34, 0.32, 0.30])
SHADOW_SIZE, CONTACT_SIZE = 1024, 256

# Azimuth against the camera, elevation (degrees), sharpness, colour (linear), the key light first.
BOXES = (
    (-42.0, 48.0, 26.0, (13.5, 12.9, 12.0)),
    (62.0, 22.0, 12.0, (2.3, 2.5, 2.9)),
    (168.0, 38.0, 30.0, (9.0, 9.4, 10.0)),
    (5.0, 84.0, 8.0, (1.6, 1.6, 1.6)),
)
BACKDROPS = {"studio": ((0.86, 0.87, 0.89), (0.47, 0.49, 0.53)), "dark": ((0.09, 0.095, 0.105), (0.012, 0.013, 0.016))}


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """The key light's depth map (S, S), world to its texels (3, 4), and the contact shadow over frame (x0, z0, size)."""

    shadow: np.ndarray
    to_light: np.ndarray
    bias: float
    texel: float
    contact: np.ndarray
    frame: np.ndarray
    height: float


def lights(azimuth: float) -> np.ndarray:
    """(L, 7): direction, sharpness, colour of each soft box; the boxes stand around the camera's azimuth (radians)."""
    rows = []
    for turn, rise, sharp, color in BOXES:
        around, up = azimuth + math.radians(turn), math.radians(rise)
        rows.append([math.cos(up) * math.sin(around), math.sin(up), math.cos(up) * math.cos(around), sharp, *color])
    return np.array(rows)


def floor(geometry: Geometry, key: np.ndarray, threads: int) -> Floor:
    """Shadows of the scene: seen from the key light, and from below for the contact with the floor."""
    points = geometry.positions
    low, high = points.min(axis=0), points.max(axis=0)
    middle, reach = (low + high) / 2, float(np.linalg.norm(high - low)) / 2 * 1.04 + 1e-6
    matrix = np.linalg.inv(look_at(tuple(middle + key * 2 * reach), tuple(middle)))
    scale = SHADOW_SIZE / (2 * reach)
    to_light = np.stack([matrix[0] * scale, -matrix[1] * scale, -matrix[2]])
    to_light[:2, 3] += SHADOW_SIZE / 2
    seen = points @ to_light[:, :3].T + to_light[:, 3]
    pixels = np.stack([seen[:, 0], seen[:, 1], np.ones(len(seen))], axis=1)
    opaque = np.array([m.transmission is None and m.alpha_mode != "BLEND" for m in geometry.materials])
    pick = np.flatnonzero(opaque[geometry.material])
    _, _, depth = rasterize(pixels, seen[:, 2], geometry.faces, (SHADOW_SIZE, SHADOW_SIZE), pick=pick, threads=threads)
    contact, frame = _contact(geometry, low, high, threads)
    return Floor(depth, to_light, 2.5 / scale, 1.0 / scale, contact, frame, float(low[1]))


def _contact(geometry: Geometry, low: np.ndarray, high: np.ndarray, threads: int) -> tuple[np.ndarray, np.ndarray]:
    """How much of the sky above each floor point is hidden by what stands low over it; a sum of three widths of blur."""
    size = float(max(high[0] - low[0], high[2] - low[2])) * 1.8 + 1e-6
    start = np.array([(low[0] + high[0]) / 2 - size / 2, (low[2] + high[2]) / 2 - size / 2, size])
    scale = CONTACT_SIZE / size
    flat = geometry.positions
    pixels = np.stack([(flat[:, 0] - start[0]) * scale, (flat[:, 2] - start[1]) * scale, np.ones(len(flat))], axis=1)
    _, _, rise = rasterize(pixels, flat[:, 1] - low[1], geometry.faces, (CONTACT_SIZE, CONTACT_SIZE), threads=threads)
    total = np.zeros((CONTACT_SIZE, CONTACT_SIZE))
    for share, part, radius in ((0.55, 0.012, 1), (0.5, 0.05, 4), (0.45, 0.16, 11)):
        near = np.exp(-np.where(np.isfinite(rise), rise, 1e9) / (part * size))
        total = 1.0 - (1.0 - total) * (1.0 - share * np.clip(blurred(near, radius), 0, 1))
    return total, start


def backdrop(name: str, size: tuple[int, int]) -> np.ndarray:
    """(H, W, 3) linear: bright behind the subject, falling off to the corners; #rrggbb is even."""
    width, height = size
    if name == "white":
        name = "#ffffff"
    if name.startswith("#"):
        srgb = np.array([int(name[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
        even = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
        return np.ones((height, width, 3)) * shown_as(even)
    inner, outer = (np.array(color, np.float64) for color in BACKDROPS[name])
    y, x = np.mgrid[0:height, 0:width]
    away = np.hypot((x + 0.5) / width - 0.5, ((y + 0.5) / height - 0.46) * 0.9) / 0.72
    t = np.clip(away, 0.0, 1.0) ** 1.6
    return inner + (outer - inner) * t[..., None]
