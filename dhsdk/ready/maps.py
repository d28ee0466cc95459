"""Baked values as a material: a picture where a value varies, a factor where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dhsdk.media import Image
from dhsdk.ready.bake import ALPHA, EMISSION, METALLIC, NORMAL, OCCLUSION, RED, ROUGHNESS, pictures
from dhsdk.ready.layout import Texels
from dhsdk.scene.material import Material, Texture

SAME = 2.5 / 255
"""What varies by less is one value."""


def merged(values: Sequence[np.ndarray], places: Sequence[Texels], edge: int) -> tuple[np.ndarray, Texels]:
    """The values of all parts in one grid; charts lie apart, and where their rims meet the first part's stays."""
    at = np.concatenate([one.at for one in places])
    keep = np.unique(at, return_index=True)[1]
    face, weights = np.concatenate([one.face for one in places]), np.concatenate([one.weights for one in places])
    return np.concatenate(values)[keep], Texels(edge, at[keep], face[keep], weights[keep])


def materials_of(values: np.ndarray, where: Texels, before: Sequence[Material]) -> tuple[dict[str, Material], tuple[str, ...]]:
    """The material of baked values for each alpha mode of the materials `before`, and the names of the maps that they share."""
    names: list[str] = []
    textures: dict[str, Texture] = {}

    def varies(*channels: int) -> bool:
        part = values[:, list(channels)]
        return bool((np.percentile(part, 99.9, axis=0) - np.percentile(part, 0.1, axis=0)).max() > SAME)

    def picture(name: str, channels: Sequence[int], scale: float = 1.0, srgb: bool = False) -> Texture:
        names.append(name)
        pixels = pictures(values, where, channels, scale, srgb)
        return Texture(Image(pixels, colour="srgb" if srgb else "data", name=name))

    alpha = {one.alpha_mode for one in before}
    color = (RED, RED + 1, RED + 2) if alpha == {"OPAQUE"} else (RED, RED + 1, RED + 2, ALPHA)
    base: tuple[float, float, float] = _three(np.median(values[:, RED : RED + 3], axis=0))
    if varies(*color):
        textures["base_color_texture"] = picture("base_color", color, 1.0, True)
        base = (1.0, 1.0, 1.0)
    rough, metal = (float(np.median(values[:, channel])) for channel in (ROUGHNESS, METALLIC))
    shades = varies(OCCLUSION)
    if shades or varies(ROUGHNESS, METALLIC):
        textures["metallic_roughness_texture"] = picture("occlusion_roughness_metallic", (OCCLUSION, ROUGHNESS, METALLIC))
        rough = metal = 1.0
        if shades:
            textures["occlusion_texture"] = textures["metallic_roughness_texture"]
    glow = values[:, EMISSION : EMISSION + 3]
    strongest = float(np.percentile(glow, 99.99, axis=0).max())
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    strength = 1.0
    if strongest > SAME:
        strength = strongest if strongest > 1.001 else 1.0  # more than rounding
        if varies(EMISSION, EMISSION + 1, EMISSION + 2):
            textures["emissive_texture"] = picture("emissive", (EMISSION, EMISSION + 1, EMISSION + 2), 1.0 / strength, True)
            emissive = (1.0, 1.0, 1.0)
        else:
            emissive = _three(np.median(glow, axis=0) / strength)
    if np.percentile(np.abs(values[:, NORMAL : NORMAL + 2]), 99) > 2 * SAME:
        lifted = values.copy()
        lifted[:, NORMAL : NORMAL + 3] = lifted[:, NORMAL : NORMAL + 3] * np.float32(0.5) + np.float32(0.5)
        names.append("normal")
        textures["normal_texture"] = Texture(
            Image(pictures(lifted, where, (NORMAL, NORMAL + 1, NORMAL + 2)), colour="data", name="normal")
        )
    made = Material(
        "baked",
        base_color=(*base, 1.0 if len(color) == 3 or "base_color_texture" in textures else float(np.median(values[:, ALPHA]))),
        metallic=min(max(metal, 0.0), 1.0),
        roughness=min(max(rough, 0.0), 1.0),
        emissive=emissive,
        emissive_strength=strength,
        double_sided=any(one.double_sided for one in before),
        unlit=all(one.unlit for one in before),
        **textures,  # type: ignore[arg-type]
    )
    return {mode: replace(made, name=f"baked_{mode.lower()}", alpha_mode=mode) for mode in sorted(alpha)}, tuple(names)


def _three(values: np.ndarray) -> tuple[float, float, float]:
    red, green, blue = np.clip(values, 0.0, 1.0)
    return float(red), float(green), float(blue)
