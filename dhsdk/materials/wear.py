"""What time does to a surface: dirt, scratches, and what the family alone knows (rust, verdigris, chips, fading, stains)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dhsdk.materials.colour import srgb
from dhsdk.materials.layers import Rng
from dhsdk.materials.noise import fractal, grid, scratches, smooth, softened

Ageing = Literal["dull", "fade", "chip", "rust", "verdigris", "tarnish", "scuff", "weather", "stain"]

AGEING: dict[str, Ageing] = {
    "wood": "scuff", "wood/painted": "chip", "wood/lacquer": "dull", "wood/driftwood": "weather",
    "metal": "dull", "metal/painted": "chip",
    "metal/iron": "rust", "metal/steel": "rust", "metal/tin": "rust", "metal/copper": "verdigris", "metal/bronze": "verdigris",
    "metal/brass": "verdigris", "metal/silver": "tarnish", "fabric": "fade", "leather": "scuff", "stone": "weather",
    "stone/granite": "dull", "stone/marble": "dull", "stone/jade": "dull", "stone/obsidian": "dull",
    "ceramic": "dull", "glass": "dull", "plastic": "dull", "paper": "stain", "wicker": "weather", "wax": "dull",
    "wood/planks": "weather", "wood/shingles": "weather", "ceramic/tiles": "weather", "ceramic/plaster": "weather",
    "metal/corrugated": "rust",
    "rock": "weather", "crystal": "dull", "bark": "weather", "leaf": "fade", "ground": "fade",
}  # fmt: skip
"""How a family ages, and those of its varieties that age in another way."""

SHALLOW = 0.05
"""Millimetres: hollows that are less deep hold no dirt."""

BELOW = {"wood": ("#9c7448", 0.75, 0.0), "metal": ("#6d6a66", 0.45, 1.0)}
"""What stands under chipped paint: colour, roughness, metallic."""


@dataclass(slots=True, eq=False)
class Surface:
    """The maps of a surface while it is made: color (S, S, 3) in sRGB; rough, metal, height (mm) (S, S); all float32."""

    color: np.ndarray
    rough: np.ndarray
    metal: np.ndarray
    height: np.ndarray

    def cover(self, mask: np.ndarray, color: str, rough: float | None = None, metal: float | None = None) -> None:
        """Paints a matter where the mask is 1."""
        self.color += (srgb(color) - self.color) * mask[..., None]
        if rough is not None:
            self.rough += (np.float32(rough) - self.rough) * mask
        if metal is not None:
            self.metal += (np.float32(metal) - self.metal) * mask

    def shade(self, mask: np.ndarray | float, amount: float) -> None:
        """Brighter (amount > 0) or darker where the mask is 1."""
        self.color *= (1.0 + np.float32(amount) * np.asarray(mask, np.float32))[..., None]


def worn(surface: Surface, family: str, variety: str, wear: float, rng: Rng) -> None:
    """Ages a surface in place: nothing at wear 0, near ruin at 1."""
    size = len(surface.rough)
    cloud = fractal(rng, size, (4, 4), 5)
    low = softened(surface.height, 48) - surface.height
    deep = np.clip(low / np.float32(2.0 * max(float(low.std()), SHALLOW)), -1.0, 1.0)
    how = AGEING.get(f"{family}/{variety}", AGEING[family])
    # Dirt gathers where it is deep and where the cloud is thick.
    dirt = smooth(1.05 - 0.75 * wear, 1.5 - 0.6 * wear, cloud + 0.35 * deep) * np.float32(wear)
    surface.cover(0.55 * dirt, "#3a3026")
    surface.rough += 0.3 * dirt + np.float32(0.2 * wear) * (cloud - 0.4)
    if how not in ("fade", "stain", "weather"):
        lines = scratches(rng, size, int(20 + 160 * wear), 0.3)
        surface.shade(lines, (0.35 if how != "chip" else -0.15) * wear)
        surface.rough += np.float32(0.25 * wear) * lines
        surface.height -= np.float32(0.12 * wear) * lines * np.minimum(2.0 * surface.rough, np.float32(1.0))
    WAYS[how](surface, family, wear, rng, cloud, deep)


def _dull(surface: Surface, family: str, wear: float, rng: Rng, cloud: np.ndarray, deep: np.ndarray) -> None:
    smear = smooth(0.4, 0.8, fractal(rng, len(cloud), (6, 3), 3))
    surface.rough += np.float32(0.3 * wear) * smear
    surface.shade(smear, -0.12 * wear)


def _fade(surface: Surface, family: str, wear: float, rng: Rng, cloud: np.ndarray, deep: np.ndarray) -> None:
    pale = smooth(0.75 - 0.5 * wear, 1.1 - 0.3 * wear, cloud - 0.25 * deep) * np.float32(0.6 * wear)
    grey = surface.color.mean(axis=-1, keepdims=True)
    surface.color += (0.35 * grey + 0.65 * surface.color + 0.16 - surface.color) * pale[..., None]
    pills = smooth(0.86, 0.95, grid(rng, len(cloud), (len(cloud) // 6, len(cloud) // 6))) * pale
    surface.height += 0.3 * pills


def _chip(surface: Surface, family: str, wear: float, rng: Rng, cloud: np.ndarray, deep: np.ndarray) -> None:
    size = len(cloud)
    rough = cloud + 0.22 * (fractal(rng, size, (size // 12, size // 16), 3) - 0.5) - 0.08 * deep
    edge = 1.08 - 0.62 * wear
    bare = smooth(edge, edge + 0.02, rough)
    rim = smooth(edge - 0.05, edge, rough) * (1.0 - bare)
    color, dull, metal = BELOW.get(family, BELOW["wood"])
    surface.shade(rim, 0.12)
    surface.cover(bare, color, dull, metal)
    surface.shade(bare * grid(rng, size, (size // 3, 6)), -0.3)
    surface.height += 0.12 * rim - 0.25 * bare


def _rust(surface: Surface, family: str, wear: float, rng: Rng, cloud: np.ndarray, deep: np.ndarray) -> None:
    size = len(cloud)
    fine = fractal(rng, size, (size // 10, size // 10), 3)
    amount = cloud + 0.3 * (fine - 0.5) + 0.1 * deep
    bloom = smooth(1.15 - 0.85 * wear, 1.4 - 0.75 * wear, amount)
    halo = smooth(0.95 - 0.8 * wear, 1.2 - 0.75 * wear, amount) * np.float32(0.5)
    surface.cover(halo * np.float32(min(1.0, 2.0 * wear)), "#6b4a35", 0.7)
    surface.cover(bloom, "#83421c", 0.93, 0.0)
    surface.cover(bloom * smooth(0.45, 0.75, fine) * 0.7, "#b4662b")
    surface.cover(bloom * smooth(0.5, 0.25, fine) * 0.6, "#47241a")
    surface.height += bloom * (0.25 + 0.5 * fine)


def _verdigris(surface: Surface, family: str, wear: float, rng: Rng, cloud: np.ndarray, deep: np.ndarray) -> None:
    size = len(cloud)
    fine = fractal(rng, size, (size // 12, size // 12), 3)
    brown = smooth(0.9 - 0.9 * wear, 1.3 - 0.8 * wear, cloud + 0.25 * deep)
    green = smooth(1.2 - 0.8 * wear, 1.4 - 0.7 * wear, cloud + 0.3 * deep + 0.25 * (fine - 0.5))
    surface.cover(0.6 * brown, "#4a3322", 0.6)
    surface.cover(0.9 * green, "#5b9c86", 0.92, 0.0)
    surface.shade(green * fine, 0.25)
    surface.height += 0.15 * green * fine


def _tarnish(surface: Surface, family: str, wear: float, rng: Rng, cloud: np.ndarray, deep: np.ndarray) -> None:
    dark = smooth(0.95 - 0.9 * wear, 1.4 - 0.8 * wear, cloud + 0.35 * deep)
    surface.cover(0.75 * dark, "#57503f", 0.5)
    surface.cover(0.25 * dark * (1.0 - dark), "#8a6a8c")


def _scuff(surface: Surface, family: str, wear: float, rng: Rng, cloud: np.ndarray, deep: np.ndarray) -> None:
    size = len(cloud)
    rub = smooth(0.6 - 0.25 * wear, 0.95 - 0.2 * wear, fractal(rng, size, (5, 3), 5) - 0.2 * deep) * np.float32(wear)
    pale = np.clip(surface.color.reshape(-1, 3).mean(axis=0) * 1.25 + 0.08, 0.0, 1.0)
    surface.color += (pale - surface.color) * (0.5 * rub)[..., None]
    surface.rough += 0.2 * rub
    dents = smooth(0.9, 0.97, grid(rng, size, (22, 22)))
    surface.height -= np.float32(0.9 * wear) * dents
    surface.shade(dents, -0.3 * wear)


def _weather(surface: Surface, family: str, wear: float, rng: Rng, cloud: np.ndarray, deep: np.ndarray) -> None:
    size = len(cloud)
    bleach = smooth(0.5, 0.9, fractal(rng, size, (3, 3), 4)) * np.float32(0.3 * wear)
    surface.color += (np.float32(0.72) - surface.color) * bleach[..., None]
    moss = smooth(1.28 - 0.75 * wear, 1.5 - 0.65 * wear, cloud + 0.4 * deep + 0.2 * grid(rng, size, (size // 8, size // 8)))
    surface.cover(0.8 * moss, "#5c6236" if family in ("stone", "rock", "bark") else "#4d4a40", 0.95)
    chips = smooth(0.93 - 0.1 * wear, 0.97 - 0.1 * wear, fractal(rng, size, (26, 26), 2)) * np.float32(min(1.0, 2.0 * wear))
    surface.height -= 0.9 * chips
    surface.shade(chips, -0.18)


def _stain(surface: Surface, family: str, wear: float, rng: Rng, cloud: np.ndarray, deep: np.ndarray) -> None:
    size = len(cloud)
    spread = fractal(rng, size, (2, 2), 5)
    blot = smooth(0.98 - 0.55 * wear, 1.02 - 0.5 * wear, spread)
    rim = smooth(0.05, 0.0, np.abs(spread - np.float32(1.0 - 0.52 * wear))) * np.float32(min(1.0, 2.5 * wear))
    surface.cover(0.3 * blot, "#9b7440")
    surface.cover(0.45 * rim, "#6e4a22")
    creases = scratches(rng, size, int(12 * wear), 0.7)
    surface.height += 0.25 * creases
    surface.shade(creases, -0.15 * wear)


WAYS = {
    "dull": _dull, "fade": _fade, "chip": _chip, "rust": _rust, "verdigris": _verdigris, "tarnish": _tarnish,
    "scuff": _scuff, "weather": _weather, "stain": _stain,
}  # fmt: skip
