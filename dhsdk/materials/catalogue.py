"""The varieties of every family: their colours and how they catch the light. Plain data, no numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dhsdk.errors import ParamError


@dataclass(frozen=True, slots=True)
class Variety:
    """color, second: sRGB #rrggbb, the surface's mean and what its structure varies towards. roughness, metallic: in [0, 1].

    relief: how deep the structure is, 1 is the family's usual. scale: how large, 1 is the usual. clearcoat: a glaze on top.
    """

    color: str
    second: str
    roughness: float
    metallic: float = 0.0
    relief: float = 1.0
    scale: float = 1.0
    clearcoat: float = 0.0
    structure: str = ""


TILE: Mapping[str, float] = {
    "wood": 0.8, "metal": 0.5, "fabric": 0.16, "leather": 0.3, "stone": 0.8, "ceramic": 0.5, "glass": 0.5,
    "plastic": 0.4, "paper": 0.4, "wicker": 0.2, "wax": 0.3,
}  # fmt: skip
"""Metres that one texture covers."""

CATALOGUE: Mapping[str, Mapping[str, Variety]] = {
    "wood": {
        "oak": Variety("#a87b4a", "#7a5230", 0.62),
        "pine": Variety("#cfa56b", "#b07d45", 0.66, scale=1.4),
        "walnut": Variety("#6b452b", "#41291a", 0.55),
        "mahogany": Variety("#7a3b24", "#521f12", 0.48, relief=0.7),
        "cherry": Variety("#9c5635", "#7a3d22", 0.52, relief=0.7),
        "birch": Variety("#dcc39a", "#c4a577", 0.6, relief=0.6, scale=1.2),
        "ebony": Variety("#2e2622", "#181210", 0.42, relief=0.6),
        "bamboo": Variety("#cdb36c", "#a98a45", 0.5, scale=0.6),
        "teak": Variety("#94683c", "#6d4826", 0.58),
        "cork": Variety("#b98a58", "#8a5f38", 0.9, relief=0.8, scale=0.5),
        "painted": Variety("#c9c4b8", "#b8b2a4", 0.5, relief=0.5, structure="paint"),
    },
    "metal": {
        "steel": Variety("#b9bcc0", "#a3a7ac", 0.32, 1.0),
        "iron": Variety("#5d5c5a", "#454443", 0.55, 1.0, relief=1.6, structure="hammered"),
        "brass": Variety("#c9a24a", "#a9812f", 0.3, 1.0),
        "copper": Variety("#c0714a", "#9a5434", 0.3, 1.0),
        "bronze": Variety("#8f6a3a", "#6a4b27", 0.38, 1.0),
        "gold": Variety("#e2b54a", "#c99a2e", 0.22, 1.0, relief=0.5),
        "silver": Variety("#d6d6d8", "#c0c0c4", 0.2, 1.0, relief=0.5),
        "aluminium": Variety("#c8cacc", "#b6b8ba", 0.38, 1.0),
        "tin": Variety("#a9abaa", "#8f9190", 0.45, 1.0),
        "painted": Variety("#b4b8bc", "#a8acb0", 0.4, 0.0, relief=0.5, clearcoat=0.3),
    },
    "fabric": {
        "cotton": Variety("#cfc6b4", "#a89e8c", 0.92),
        "linen": Variety("#cbbb98", "#a3936f", 0.94, scale=1.3, relief=1.3),
        "wool": Variety("#9c8a76", "#7a6a58", 0.97, scale=1.5, relief=1.4),
        "velvet": Variety("#7d2233", "#561320", 0.85, relief=0.4, structure="pile"),
        "silk": Variety("#d9c7a8", "#c2ac88", 0.42, scale=0.6, relief=0.4),
        "denim": Variety("#3f5878", "#25374f", 0.93, structure="twill"),
        "hemp": Variety("#a98c5c", "#7d6540", 0.96, scale=1.8, relief=1.6),
        "black": Variety("#26252a", "#161519", 0.9),
        "canvas": Variety("#bfb08e", "#95876a", 0.95, scale=1.6, relief=1.4),
    },
    "leather": {
        "brown": Variety("#6f4426", "#492a16", 0.55),
        "black": Variety("#2b2724", "#181513", 0.5),
        "tan": Variety("#a8733f", "#80532b", 0.58),
        "suede": Variety("#8d6a4a", "#6f5238", 0.95, relief=0.4, scale=0.6),
    },
    "stone": {
        "granite": Variety("#8b8783", "#4c4a49", 0.6, structure="speckled"),
        "marble": Variety("#e4e0d8", "#8f8c8a", 0.22, relief=0.2, structure="veined"),
        "sandstone": Variety("#c2a273", "#a3814f", 0.92, relief=1.2, structure="layered"),
        "limestone": Variety("#cfc8b4", "#b1a88f", 0.9),
        "slate": Variety("#4e545a", "#363b40", 0.75, structure="layered"),
        "obsidian": Variety("#1d1b20", "#0e0d10", 0.1, relief=0.1),
        "jade": Variety("#5f9a72", "#3c7350", 0.25, relief=0.2, structure="veined"),
        "concrete": Variety("#a5a39e", "#8b8984", 0.9, relief=0.8),
    },
    "ceramic": {
        "porcelain": Variety("#eeece6", "#e2dfd6", 0.12, relief=0.2, clearcoat=0.9),
        "glazed": Variety("#b9c3bd", "#8ea29a", 0.16, relief=0.4, clearcoat=0.9),
        "terracotta": Variety("#b8653f", "#96492a", 0.88, relief=1.2),
        "clay": Variety("#a07c5e", "#7f5f45", 0.92, relief=1.4),
        "stoneware": Variety("#8d8272", "#6d6355", 0.55, relief=0.8),
    },
    "glass": {
        "clear": Variety("#f2f7f5", "#e6efec", 0.04, relief=0.1),
        "frosted": Variety("#eaf0ef", "#dde6e4", 0.5, relief=0.4),
        "lit": Variety("#ffe2b0", "#ffd28a", 0.4, relief=0.1),
        "stained": Variety("#3f7f6a", "#2c6050", 0.08, relief=0.3),
    },
    "plastic": {
        "glossy": Variety("#d9dadb", "#d0d1d2", 0.2, relief=0.3),
        "matte": Variety("#c9cacb", "#bebfc0", 0.6, relief=0.6),
        "rubber": Variety("#2f3032", "#232426", 0.9, relief=0.8),
    },
    "paper": {
        "white": Variety("#f1eee6", "#e4e0d4", 0.95),
        "parchment": Variety("#dfc99a", "#bd9f67", 0.9, scale=1.4),
        "cardboard": Variety("#b18a5c", "#966f44", 0.95, relief=1.3),
    },
    "wicker": {
        "rattan": Variety("#b98d52", "#7d5a2f", 0.6),
        "straw": Variety("#d8bd76", "#a98d4a", 0.8, scale=0.7),
        "willow": Variety("#8d6840", "#5e4326", 0.65),
    },
    "wax": {
        "white": Variety("#f0e8d6", "#e3d7bd", 0.45, relief=0.5),
        "beeswax": Variety("#d9a548", "#bd8730", 0.42, relief=0.5),
    },
}
"""Family -> variety -> how it looks; the first variety of a family is its plainest."""


def variety(family: str, name: str) -> Variety:
    """The named variety of a family; '' is its first. Raises ParamError listing what there is."""
    known = CATALOGUE[family]
    if name and name not in known:
        raise ParamError(f"variety of {family} must be one of {', '.join(known)}, got {name!r}")
    return known[name] if name else next(iter(known.values()))
