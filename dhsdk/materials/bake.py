"""Finish -> Material: base colour, normal and occlusion-roughness-metallic textures that tile exactly."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from dhsdk.errors import ParamError
from dhsdk.materials.catalogue import TILE, Variety, catalogue, variety
from dhsdk.materials.colour import decoded, srgb
from dhsdk.materials.finish import Finish
from dhsdk.materials.layers import Layers
from dhsdk.materials.noise import grid, softened
from dhsdk.materials.pattern import hammered, mask
from dhsdk.materials.structure import COURSES, STRUCTURES
from dhsdk.materials.stylised import calmed, evened, fresh
from dhsdk.materials.wear import Surface, worn
from dhsdk.media import Image
from dhsdk.scene.material import Clearcoat, Material, Sheen, Texture, Transmission, Volume

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
CUT = 3.0
"""Depth of carvings, millimetres."""
ALBEDO = np.array([39.0, 243.0], np.float32) / np.float32(255.0)
"""sRGB bounds of what is neither metal nor glass: 0.02 and 0.9 of the light (linear), charcoal and fresh snow."""
GROWN = frozenset({"wood", "fabric", "leather", "stone", "paper", "wicker", "wax", "rock", "bark", "leaf", "ground"})
DRIFT = np.array([0.2, 0.16, 0.1], np.float32)
"""How far the colour of what is not made by machine drifts over a tile, from end to end."""
DYED = 1.35
"""Leather takes a colour deeper than cloth does: the exponent of its sRGB values."""
OPACITY = {"clear": 0.35, "lit": 1.0, "frosted": 0.75, "stained": 0.85, "bottle": 0.75}
"""How much of glass covers what is behind it, for engines without transmission."""

TINGE = (0.72, 0.9, 0.82)
"""What 20 cm of window glass leave of white light: its iron makes it green at the edges."""


def bake(finish: Finish, size: int, rng: Callable[..., np.random.Generator]) -> tuple[Material, float]:
    """The material of a finish, and how many metres its textures cover.

    size: edge of the square textures, pixels, a power of two of at least 16. rng: independent streams by name. Base colour is
    sRGB, the others are data; the normal map has +Y up (glTF); ORM holds occlusion, roughness, metallic.
    Raises ParamError: unknown variety, colour or size.
    """
    if not 16 <= size <= 8192 or size & (size - 1):
        raise ParamError(f"size must be a power of two in [16, 8192], got {size} (edge of the textures, px)")
    kind = variety(finish.family, finish.variety)
    tile = kind.tile or TILE[finish.family]
    made = COURSES.get(kind.structure, STRUCTURES[finish.family])(rng("structure"), size, kind)
    layers = calmed(made, finish.stylised)
    even = 0.0 if kind.clearcoat or finish.family == "glass" else finish.stylised * (1.0 - 0.5 * kind.metallic)
    rough = evened(_gloss(finish, kind) + layers.rough, even)
    surface = Surface(
        color=_color(finish, kind, layers) * _drift(finish.family, size, rng),
        rough=np.broadcast_to(rough, (size, size)).copy(),
        metal=np.full((size, size), kind.metallic * (1.0 - 0.5 * finish.stylised), np.float32),
        height=np.broadcast_to(layers.height, (size, size)).astype(np.float32),
    )
    _pattern(finish, surface, tile, rng)
    wear = finish.wear * (1.0 - 0.3 * finish.stylised)
    if wear > 0.0:
        worn(surface, finish.family, finish.variety or catalogue()[finish.family][0], wear, rng("wear"))
    if finish.family != "glass":
        _plausible(surface)
    return _material(finish, kind, surface, tile), tile


def _gloss(finish: Finish, kind: Variety) -> float:
    """The finish's roughness moves the variety's: 0.5 keeps it, 0 polishes it, 1 dulls it."""
    shift = 2.0 * finish.roughness - 1.0
    return kind.roughness * (1.0 + 0.85 * shift) if shift < 0 else kind.roughness + (1.0 - kind.roughness) * shift


def _color(finish: Finish, kind: Variety, layers: Layers) -> np.ndarray:
    """(S, S, 3) sRGB. A tint replaces the mean colour and keeps the structure's light and dark."""
    paint = functools.partial(fresh, amount=finish.stylised, metallic=kind.metallic)
    deep = 1.0 + 1.3 * finish.stylised * kind.metallic  # painted metal shows the colour of many bounces
    first, second = (paint(srgb(name) ** deep) for name in (kind.color, kind.second))
    wanted = paint(srgb(finish.color or kind.color) ** (DYED if finish.family == "leather" else 1.0))
    tone = np.clip(0.5 + (layers.tone - layers.tone.mean() - np.float32(0.04)), 0.0, 1.0)
    stops = np.stack([np.clip(first + 0.75 * (first - second), 0.0, 1.0), first, second])
    marks = [(cover, paint(srgb(colour))) for cover, colour in layers.marks]
    if finish.color:
        stops = _recoloured(stops, first, wanted)
        marks = [(cover, _recoloured(colour, first, wanted)) for cover, colour in marks]
    steps = np.linspace(0.0, 2.0, 1024, dtype=np.float32)
    table = np.stack([np.interp(steps, [0.0, 1.0, 2.0], stops[:, k]) for k in range(3)], axis=1).astype(np.float32)
    color = table[(tone * np.float32(1023.0)).astype(np.uint16)]
    for cover, colour in marks:
        color += (colour - color) * cover[..., None]
    if finish.color:
        for _ in range(2):  # clipping takes a little of the first shift away
            color += wanted - color.reshape(-1, 3).mean(axis=0)
            np.clip(color, 0.0, 1.0, out=color)
    return color


def _drift(family: str, size: int, rng: Callable[..., np.random.Generator]) -> np.ndarray:
    """(S, S, 3) or (1,): what grew, weathered or was dyed is here a little lighter and warmer, there darker and cooler."""
    if family not in GROWN:
        return np.ones(1, np.float32)
    return 1.0 + (grid(rng("drift"), size, (3, 3)) - np.float32(0.5))[..., None] * DRIFT


def _recoloured(color: np.ndarray, mean: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The wanted colour, as much lighter or darker as `color` is against `mean`; less so where the wanted colour is dark."""
    light, usual, asked = color @ LUMA, float(mean @ LUMA), float(wanted @ LUMA)
    gain = min(1.6, (0.15 + asked) / (0.15 + usual))
    step = np.asarray((light - usual) * gain)[..., None]
    ratio = 1.0 + step / max(asked, 0.12)
    return np.asarray(np.clip(0.7 * wanted * ratio + 0.3 * (wanted + step), 0.0, 1.0), np.float32)


def _pattern(finish: Finish, surface: Surface, tile: float, rng: Callable[..., np.random.Generator]) -> None:
    if finish.pattern == "plain":
        return
    if finish.pattern == "hammered":
        surface.height += hammered(rng("pattern"), len(surface.rough), tile)
        return
    where = np.asarray(mask(finish.pattern, len(surface.rough), tile), np.float32)
    mean = surface.color.reshape(-1, 3).mean(axis=0)
    second = srgb(finish.pattern_color) if finish.pattern_color else mean * np.float32(0.45)
    if finish.pattern != "carved":
        detail = surface.color - mean
        detail *= np.float32(min(1.5, (0.15 + float(second @ LUMA)) / (0.15 + float(mean @ LUMA))))
        surface.color += (np.clip(second + detail, 0.0, 1.0) - surface.color) * where[..., None]
        return
    # Carved: the ground lies deep and takes the second colour, strongest in the grooves along the relief.
    groove = np.clip(softened(where, 64) - where, 0.0, 1.0) + 0.18 * (1.0 - np.minimum(where, 1.0))
    surface.color += (second - surface.color) * np.clip(groove, 0.0, 0.9)[..., None]
    surface.height += np.float32(CUT) * where


def _plausible(surface: Surface) -> None:
    """Keeps the albedo of all but metal within ALBEDO; half metal (rust, chips) has half of the bound."""
    low, high = ALBEDO[0] * (1.0 - surface.metal), ALBEDO[1] + (1.0 - ALBEDO[1]) * surface.metal
    np.clip(surface.color, low[..., None], high[..., None], out=surface.color)


def _material(finish: Finish, kind: Variety, surface: Surface, tile: float) -> Material:
    name = "_".join(filter(None, [finish.family, finish.variety, finish.color.lstrip("#")]))
    orm = np.stack([_occlusion(surface.height), np.clip(surface.rough, 0.03, 1.0), surface.metal], axis=-1)
    base = Texture(Image(_bytes(surface.color), colour="srgb", name=f"{name}_base"))
    packed = Texture(Image(_bytes(orm), colour="data", name=f"{name}_orm"))
    clear = finish.family == "glass" and not finish.glow
    opacity = OPACITY[finish.variety or "clear"] if clear else 1.0
    return Material(
        name=name,
        base_color=(1.0, 1.0, 1.0, opacity),
        base_color_texture=base,
        alpha_mode="BLEND" if opacity < 1.0 else "OPAQUE",
        metallic_roughness_texture=packed,
        occlusion_texture=packed,
        normal_texture=Texture(Image(_normals(surface.height, tile), colour="data", name=f"{name}_normal")),
        emissive=(min(1.0, finish.glow),) * 3,
        emissive_texture=base if finish.glow else None,
        emissive_strength=max(1.0, finish.glow),
        clearcoat=Clearcoat(kind.clearcoat, roughness=kind.gloss) if kind.clearcoat else None,
        sheen=_sheen(surface) if kind.structure in ("pile", "nap") else None,
        transmission=Transmission(0.98 if kind.structure != "leaded" else 0.6) if clear else None,
        volume=Volume(thickness=0.004, attenuation_distance=0.2, attenuation_color=TINGE) if clear else None,
    )


def _sheen(surface: Surface) -> Sheen:
    """The light in a pile's tips: that of its colour, halfway to white."""
    mean = decoded(surface.color.reshape(-1, 3).mean(axis=0))
    return Sheen(tuple(round(float(0.12 + 0.5 * value), 3) for value in mean), roughness=0.35)  # type: ignore[arg-type]


def _occlusion(height: np.ndarray) -> np.ndarray:
    """Less light where the surface lies below what surrounds it."""
    low = np.maximum(softened(height, 64) - height, 0.0)
    return np.clip(1.0 - 0.9 * low / max(0.4, float(np.ptp(height))), 0.3, 1.0)


def _normals(height: np.ndarray, tile: float) -> np.ndarray:
    """(S, S, 3) uint8 normals of heights in millimetres; rows run down, so that the slope along +v is turned for +Y up."""
    step = np.float32(0.5 * len(height) / (tile * 1000.0))
    across = (np.roll(height, 1, axis=1) - np.roll(height, -1, axis=1)) * step
    up = (np.roll(height, -1, axis=0) - np.roll(height, 1, axis=0)) * step
    unit = np.float32(127.5) / np.sqrt(across * across + up * up + np.float32(1.0))
    out = np.empty((*height.shape, 3), np.uint8)
    for channel, part in enumerate((across, up, np.float32(1.0))):
        out[..., channel] = part * unit + np.float32(128.0)
    return out


def _bytes(field: np.ndarray) -> np.ndarray:
    return (np.clip(field, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5)).astype(np.uint8)
