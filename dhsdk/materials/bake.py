"""Finish -> Material: base colour, normal and occlusion-roughness-metallic textures that tile exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dhsdk.errors import ParamError
from dhsdk.materials.catalogue import TILE, Variety, variety
from dhsdk.materials.finish import Finish
from dhsdk.materials.noise import cells, fractal, grid, smooth
from dhsdk.materials.structure import STRUCTURES
from dhsdk.media import Image
from dhsdk.scene.material import Clearcoat, Material, Sheen, Texture, Transmission, Volume

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def bake(finish: Finish, size: int, rng: Callable[..., np.random.Generator]) -> tuple[Material, float]:
    """The material of a finish, and how many metres its textures cover.

    size: edge of the square textures, pixels. rng: independent streams by name. Base colour is sRGB, the others are data;
    the normal map has +Y up (glTF); ORM holds occlusion, roughness, metallic.
    Raises ParamError for an unknown variety or colour.
    """
    kind = variety(finish.family, finish.variety)
    tile = TILE[finish.family]
    height, mix, rough = STRUCTURES[finish.family](rng("structure"), size, kind)
    height, mix, rough = height * finish.detail, mix.mean() + (mix - mix.mean()) * finish.detail, rough * finish.detail
    color = _color(finish, kind, np.clip(mix, 0.0, 1.0))
    color, height = _patterned(finish, color, height, rng)
    rough = np.clip(_gloss(finish, kind) + rough, 0.03, 1.0)
    metal = np.full_like(rough, kind.metallic)
    occlusion = np.clip(1.0 - 0.9 * np.clip(_blurred(height) - height, 0.0, None) / max(0.05, float(np.ptp(height))), 0.35, 1.0)
    color, rough, metal, height = _worn(finish, color, rough, metal, height, rng)
    name = "_".join(filter(None, [finish.family, finish.variety, finish.color.lstrip("#")]))
    base = Image(_bytes(_encoded(color)), colour="srgb", name=f"{name}_base")
    normal = Image(_bytes(_normals(height, tile)), colour="data", name=f"{name}_normal")
    orm = Image(_bytes(np.stack([occlusion, rough, metal], axis=-1)), colour="data", name=f"{name}_orm")
    return _material(finish, kind, name, base, normal, orm), tile


def _material(finish: Finish, kind: Variety, name: str, base: Image, normal: Image, orm: Image) -> Material:
    glass = finish.family == "glass"
    texture = Texture(base)
    return Material(
        name=name,
        base_color_texture=texture,
        metallic_roughness_texture=Texture(orm),
        occlusion_texture=Texture(orm),
        normal_texture=Texture(normal),
        emissive=(1.0, 1.0, 1.0) if finish.glow else (0.0, 0.0, 0.0),
        emissive_texture=texture if finish.glow else None,
        emissive_strength=finish.glow or 1.0,
        clearcoat=Clearcoat(kind.clearcoat, roughness=0.08) if kind.clearcoat else None,
        sheen=Sheen(color=(0.35, 0.35, 0.35), roughness=0.4) if kind.structure == "pile" else None,
        transmission=Transmission(0.85) if glass and not finish.glow else None,
        volume=Volume(thickness=0.004) if glass and not finish.glow else None,
    )


def _gloss(finish: Finish, kind: Variety) -> float:
    """The finish's roughness moves the variety's: 0.5 keeps it, 0 polishes it, 1 dulls it."""
    shift = 2.0 * finish.roughness - 1.0
    return kind.roughness * (1.0 + 0.85 * shift) if shift < 0 else kind.roughness + (1.0 - kind.roughness) * shift


def _color(finish: Finish, kind: Variety, mix: np.ndarray) -> np.ndarray:
    """(H, W, 3) linear. A tint replaces the mean colour and keeps the structure's light and dark."""
    first, second = linear(kind.color), linear(kind.second)
    color = first + (second - first) * mix[..., None]
    if not finish.color:
        return color
    light = color @ LUMA
    ratio = light / float(light.mean())
    wanted = linear(finish.color)
    return np.clip(wanted * (1.0 + 0.8 * (ratio - 1.0))[..., None], 0.0, 1.0)


def _patterned(
    finish: Finish, color: np.ndarray, height: np.ndarray, rng: Callable[..., np.random.Generator]
) -> tuple[np.ndarray, np.ndarray]:
    if finish.pattern == "plain":
        return color, height
    size = len(height)
    place = np.arange(size, dtype=np.float32) / size
    u, v = place[None, :], place[:, None]
    if finish.pattern == "carved":
        return _carved(color, height, u, v)
    if finish.pattern == "striped":
        mask = smooth(-0.08, 0.08, np.sin(2 * np.pi * 4 * u)) * np.ones_like(height)
    elif finish.pattern == "checked":
        mask = smooth(-0.02, 0.02, np.sin(2 * np.pi * 3 * u) * np.sin(2 * np.pi * 3 * v))
    else:
        away = np.hypot((u * 4 + 0.5 * (np.floor(v * 4) % 2)) % 1.0 - 0.5, (v * 4) % 1.0 - 0.5)
        mask = 1.0 - smooth(0.24, 0.27, away)
    mean = color.reshape(-1, 3).mean(axis=0)
    second = linear(finish.pattern_color) if finish.pattern_color else mean * 0.35
    ratio = (color @ LUMA) / max(1e-6, float((color @ LUMA).mean()))
    return color + (np.clip(second * ratio[..., None], 0, 1) - color) * mask[..., None], height


def _carved(color: np.ndarray, height: np.ndarray, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Running leaves: a wave with lobes, cut a few millimetres deep, its grooves darker."""
    stem = np.abs((v * 4 + 0.18 * np.sin(2 * np.pi * 4 * u)) % 1.0 - 0.5)
    lobes = np.hypot((u * 8) % 1.0 - 0.5, ((v * 4 + 0.18 * np.sin(2 * np.pi * 4 * u)) % 1.0 - 0.5) * 2.2 - 0.28)
    raised = np.maximum(1.0 - smooth(0.03, 0.07, stem), 1.0 - smooth(0.2, 0.34, lobes))
    groove = np.clip(_blurred(raised) - raised, 0.0, 1.0)
    return color * (1.0 - 0.75 * groove - 0.15 * (1.0 - raised))[..., None], height + 3.0 * raised


def _worn(
    finish: Finish,
    color: np.ndarray,
    rough: np.ndarray,
    metal: np.ndarray,
    height: np.ndarray,
    rng: Callable[..., np.random.Generator],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Scratches, dirt, and on bare iron rust; nothing at wear 0."""
    wear = finish.wear
    if wear <= 0.0:
        return color, rough, metal, height
    stream = rng("wear")
    size = len(height)
    cloud = fractal(stream, size, (4, 4), 5)
    scratch = smooth(0.93, 1.0, grid(stream, size, (size // 2, 5))) + smooth(0.95, 1.0, grid(stream, size, (5, size // 2)))
    dirt = smooth(1.0 - 0.75 * wear, 1.25 - 0.6 * wear, cloud) * wear
    color = color * (1.0 - 0.7 * dirt)[..., None] + linear("#4a3b2c") * (0.25 * dirt)[..., None]
    color = np.clip(color * (1.0 + 0.5 * wear * (scratch - 0.05))[..., None], 0.0, 1.0)
    rough = np.clip(rough + 0.3 * wear * (cloud - 0.3) + 0.3 * dirt + 0.1 * wear * scratch, 0.03, 1.0)
    height = height - 0.15 * wear * scratch
    if finish.family == "metal" and finish.variety in ("iron", "steel", "") and wear > 0.3:
        bloom, _ = cells(stream, size, 9)
        rust = smooth(1.05 - wear, 1.35 - wear, cloud + 0.25 * (1 - bloom))
        color = color + (linear("#7a3f1d") * (0.6 + 0.7 * cloud[..., None]) - color) * rust[..., None]
        rough, metal, height = rough + (0.92 - rough) * rust, metal * (1.0 - rust), height + 0.4 * rust * cloud
    return color, rough, metal, height


def _normals(height: np.ndarray, tile: float) -> np.ndarray:
    """(H, W, 3) in [0, 1] from heights in millimetres; rows run down, so that the slope along +v is turned for +Y up."""
    step = tile * 1000.0 / len(height) * 2.0
    across = (np.roll(height, -1, axis=1) - np.roll(height, 1, axis=1)) / step
    down = (np.roll(height, -1, axis=0) - np.roll(height, 1, axis=0)) / step
    normal = np.stack([-across, down, np.ones_like(height)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return normal * 0.5 + 0.5


def _blurred(field: np.ndarray) -> np.ndarray:
    """The field averaged over about a fortieth of its size, periodic."""
    reach = max(1, len(field) // 80)
    for axis in (0, 1):
        padded = np.concatenate([field.take(range(-reach, 0), axis), field, field.take(range(reach + 1), axis)], axis)
        total = np.cumsum(padded, axis=axis, dtype=np.float64)
        span = 2 * reach + 1
        count = field.shape[axis]
        field = ((total.take(range(span, span + count), axis) - total.take(range(count), axis)) / span).astype(np.float32)
    return field


def linear(color: str) -> np.ndarray:
    """(3,) float32 linear light of sRGB #rrggbb. Raises ParamError."""
    digits = color.lstrip("#")
    try:
        if len(digits) != 6:
            raise ValueError
        srgb = np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)], np.float32) / 255.0
    except ValueError:
        raise ParamError(f"a colour must be #rrggbb, got {color!r}") from None
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _encoded(light: np.ndarray) -> np.ndarray:
    light = np.clip(light, 0.0, 1.0).astype(np.float32)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-8) ** (1 / 2.4) - 0.055)


def _bytes(field: np.ndarray) -> np.ndarray:
    return (np.clip(field, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
