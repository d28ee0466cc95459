"""All textures of a scene in one float array with mipmaps, and the tables that find them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dhsdk.media import Image
from dhsdk.scene.material import Texture

LEVELS = 14
WRAP = {"repeat": 0, "mirror": 1, "clamp": 2}
MOST_EDGE = 2048
"""Textures are drawn from at most this edge: a picture does not show more."""


class Textures:
    """texels: (N, 4) float32 linear. table: (T, 4 + 3 LEVELS) int64: levels, wrap u, wrap v, 0, then offset, height, width.

    place: (T, 6) float64 rows of the texture transform: u' = m00 u + m01 v + m02, v' = m10 u + m11 v + m12.
    """

    def __init__(self, textures: Iterable[Texture]) -> None:
        self._numbers: dict[int, int] = {}
        self._kept: list[Texture] = []
        chunks: list[np.ndarray] = []
        table, place, offset = [], [], 0
        for texture in textures:
            if id(texture) in self._numbers:
                continue
            self._numbers[id(texture)] = len(self._kept)
            self._kept.append(texture)
            row = [0, WRAP[texture.wrap[0]], WRAP[texture.wrap[1]], 0]
            levels = _levels(texture.image)
            for level in levels:
                row += [offset, *level.shape[:2]]
                offset += level.shape[0] * level.shape[1]
                chunks.append(level.reshape(-1, 4))
            row[0] = len(levels)
            table.append(row + [0] * (4 + 3 * LEVELS - len(row)))
            place.append(_transform(texture))
        self.texels = np.concatenate(chunks) if chunks else np.ones((1, 4), np.float32)
        self.table = np.array(table, np.int64).reshape(-1, 4 + 3 * LEVELS)
        self.place = np.array(place, np.float64).reshape(-1, 6)

    def number(self, texture: Texture | None) -> int:
        """Row of a texture in the tables, -1 for none."""
        return -1 if texture is None else self._numbers[id(texture)]


def _levels(image: Image) -> list[np.ndarray]:
    level = _linear(image)
    while max(level.shape[:2]) > MOST_EDGE:
        level = _halved(level)
    out = [level]
    while max(level.shape[:2]) > 1 and len(out) < LEVELS:
        level = _halved(level)
        out.append(level)
    return out


def _linear(image: Image) -> np.ndarray:
    """(H, W, 4) float32: sRGB decoded for colours, alpha 1 where there is none."""
    pixels = image.pixels
    top = {np.dtype(np.uint8): 255.0, np.dtype(np.uint16): 65535.0}.get(pixels.dtype, 1.0)
    value = pixels.astype(np.float32) / np.float32(top)
    channels = value.shape[2]
    alpha = value[..., -1:] if channels in (2, 4) else np.ones((*value.shape[:2], 1), np.float32)
    color = value[..., : 3 if channels >= 3 else 1]
    if color.shape[2] == 1:
        color = np.repeat(color, 3, axis=2)
    if image.colour == "srgb":
        color = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
    return np.concatenate([color, alpha], axis=2).astype(np.float32)


def _halved(level: np.ndarray) -> np.ndarray:
    height, width = level.shape[:2]
    if height > 1:
        level = (level[: height // 2 * 2 : 2] + level[1 : height // 2 * 2 : 2]) * np.float32(0.5)
    if width > 1:
        level = (level[:, : width // 2 * 2 : 2] + level[:, 1 : width // 2 * 2 : 2]) * np.float32(0.5)
    return level


def _transform(texture: Texture) -> list[float]:
    """Rows of translation * rotation * scale. Source: KHR_texture_transform."""
    cos, sin = np.cos(texture.rotation), np.sin(texture.rotation)
    (su, sv), (ou, ov) = texture.scale, texture.offset
    return [cos * su, sin * sv, ou, -sin * su, cos * sv, ov]
