"""Texture size: edges halved until they fit."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from dhsdk.media import Image
from dhsdk.scene import edit
from dhsdk.scene.material import Material, Texture
from dhsdk.scene.types import Scene


def capped(scene: Scene, edge: int) -> Scene:
    """The scene with no texture edge over `edge` pixels; images shared by several textures stay shared."""
    done: dict[int, Image] = {}

    def smaller(image: Image) -> Image:
        if id(image) not in done:
            pixels = image.pixels
            while max(pixels.shape[:2]) > edge and min(pixels.shape[:2]) > 1:
                pixels = _halved(pixels)
            done[id(image)] = image if pixels is image.pixels else image.replace(pixels=pixels)
        return done[id(image)]

    return edit.map_materials(scene, lambda material: _with_images(material, smaller))


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


def _halved(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    blocks = pixels[:height, :width].astype(np.float32).reshape(height // 2, 2, width // 2, 2, -1)
    mean = blocks.mean(axis=(1, 3))
    return mean.astype(pixels.dtype) if pixels.dtype.kind == "f" else (mean + 0.5).astype(pixels.dtype)
