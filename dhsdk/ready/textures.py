"""Texture size: edges brought down to powers of two."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from dhsdk.materials.colour import decoded, encoded
from dhsdk.media import Image
from dhsdk.scene import edit
from dhsdk.scene.material import Material, Texture
from dhsdk.scene.types import Scene


def capped(scene: Scene, edge: int) -> Scene:
    """The scene with textures of at most `edge` pixels along each edge, every edge brought down to a power of two.

    Averages of areas: base colour and emissive in linear light, colours weighted by alpha. Shared images stay shared.
    """
    done: dict[int, Image] = {}

    def smaller(image: Image) -> Image:
        if id(image) not in done:
            height, width = image.pixels.shape[:2]
            share = min(1.0, edge / max(height, width))
            size = (_power(height * share), _power(width * share))
            done[id(image)] = image if size == (height, width) else image.replace(pixels=_resized(image, size))
        return done[id(image)]

    return edit.map_materials(scene, lambda material: _with_images(material, smaller))


def _power(edge: float) -> int:
    return 1 << (max(1, int(edge)).bit_length() - 1)


def _with_images(part: Any, change: Any) -> Any:
    changes = {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if isinstance(value, Texture):
            image = change(value.image)
            if image is not value.image:
                changes[field.name] = dataclasses.replace(value, image=image)
        elif dataclasses.is_dataclass(value) and isinstance(part, Material):
            inner = _with_images(value, change)
            if inner is not value:
                changes[field.name] = inner
    return dataclasses.replace(part, **changes) if changes else part


def _resized(image: Image, size: tuple[int, int]) -> np.ndarray:
    pixels = image.pixels
    top = 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(pixels.dtype).max)
    light = pixels.astype(np.float32) / np.float32(top)
    colors = light.shape[2] - (light.shape[2] in (2, 4))
    curved = image.colour == "srgb" and top > 1.0
    if curved:
        light[..., :colors] = decoded(light[..., :colors])
    if colors < light.shape[2]:
        light[..., :colors] *= light[..., colors:]
    for axis in (0, 1):
        light = _averaged(light, size[axis], axis)
    if colors < light.shape[2]:
        light[..., :colors] /= np.maximum(light[..., colors:], 1e-6)
    if curved:
        light[..., :colors] = encoded(light[..., :colors])
    return light if top == 1.0 else (np.clip(light, 0.0, 1.0) * top + 0.5).astype(pixels.dtype)


def _averaged(field: np.ndarray, count: int, axis: int) -> np.ndarray:
    """The field with `count` cells along an axis, each the mean of the stretch it covers."""
    field = np.moveaxis(field, axis, 0)
    while len(field) >= 2 * count and len(field) % 2 == 0:
        field = 0.5 * (field[0::2] + field[1::2])
    if len(field) != count:
        # The integral at the cells' borders, linear between samples; its differences are the means.
        total = np.concatenate([np.zeros_like(field[:1], np.float64), np.cumsum(field, axis=0, dtype=np.float64)])
        borders = np.arange(count + 1) * (len(field) / count)
        low = np.minimum(borders.astype(np.int64), len(field) - 1)
        part = (borders - low).reshape(-1, *[1] * (field.ndim - 1))
        at = total[low] * (1.0 - part) + total[low + 1] * part
        field = (np.diff(at, axis=0) * (count / len(field))).astype(np.float32)
    return np.ascontiguousarray(np.moveaxis(field, 0, axis))
