"""The varieties of every family: their colours and how they catch the light. Plain data, no numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dhsdk.errors import ParamError


@dataclass(frozen=True, slots=True)
class Variety:
    """color, second: sRGB #rrggbb, the surface's mean and what its structure varies towards. roughness, metallic: in [0, 1].

    relief: how deep the structure is, 1 is the family's usual. scale: how large, 1 is the usual. clearcoat: a glaze on top.
    structure: which of the family's ways it is made; '' is the usual. third: colour of knots, veins, mortar or other marks.
    grain, spots: how much of its lines and of its pores or flecks shows, 1 is the usual.
    tile: metres that one texture covers, 0 is the family's usual. gloss: roughness of the clearcoat.

    A metal's color is its measured reflectance at normal incidence, as sRGB; third is the film that air grows on it.
    Source: Lagarde 2011, "Feeding a physically based shading model" (from the optical constants of the elements); gold: Adobe,
    "Metal material references"; brass: Filament, "Material properties". Bronze and tin are judged by eye.
    """

    color: str
    second: str
    roughness: float
    metallic: float = 0.0
    relief: float = 1.0
    scale: float = 1.0
    clearcoat: float = 0.0
    structure: str = ""
    third: str = ""
    grain: float = 1.0
    spots: float = 1.0
    tile: float = 0.0
    gloss: float = 0.03


TILE: Mapping[str, float] = {
    "wood": 0.8, "metal": 0.5, "fabric": 0.16, "leather": 0.3, "stone": 0.8, "ceramic": 0.5, "glass": 0.5,
    "plastic": 0.4, "paper": 0.4, "wicker": 0.2, "wax": 0.3,
    "rock": 2.0, "crystal": 0.7, "bark": 0.7, "leaf": 1.2, "ground": 0.5,
}  # fmt: skip
"""Metres that one texture covers, where its variety has no measure of its own."""

CATALOGUE: Mapping[str, Mapping[str, Variety]] = {
    "wood": {
        "oak": Variety("#a87b4a", "#75502f", 0.62, spots=1.3),
        "pine": Variety("#d2a96e", "#b27a3f", 0.66, scale=1.3, structure="knots", third="#5a3519", spots=0.2),
        "walnut": Variety("#6b452b", "#38241a", 0.55, grain=1.1),
        "mahogany": Variety("#7a3b24", "#4c1d12", 0.48, relief=0.7, structure="ribbon", grain=0.5, spots=0.7),
        "cherry": Variety("#9c5635", "#74391f", 0.52, relief=0.6, grain=0.7, spots=0.3),
        "birch": Variety("#dcc39a", "#c09c6c", 0.6, relief=0.5, scale=1.2, structure="ribbon", grain=0.6, spots=0.3),
        "ebony": Variety("#2e2622", "#120c0a", 0.36, relief=0.5, scale=0.5, grain=0.7, spots=0.5),
        "bamboo": Variety("#cdb36c", "#a3823c", 0.45, structure="culm"),
        "teak": Variety("#94683c", "#5f3f20", 0.58, scale=0.6),
        "cork": Variety("#bd8f5e", "#8a5f38", 0.9, structure="granules", third="#4b301b"),
        "driftwood": Variety("#9b9486", "#5d564b", 0.88, relief=2.4, scale=0.8, grain=1.3, spots=1.4),
        "painted": Variety("#c9c4b8", "#b0a997", 0.5, relief=0.6, structure="paint"),
        "lacquer": Variety("#6e1814", "#4d0f0d", 0.3, structure="lacquer", clearcoat=1.0, gloss=0.02),
        "planks": Variety("#8a6a4a", "#5c432c", 0.82, structure="planks", third="#20160e", tile=1.4),
        "shingles": Variety("#7d6a55", "#4c3d2f", 0.9, structure="shingle", tile=1.6),
    },
    "metal": {
        "steel": Variety("#c5c7c8", "#a3a6a9", 0.3, 1.0, structure="brushed"),
        "iron": Variety("#c5c7c8", "#8e8f90", 0.5, 1.0, structure="cast", third="#686664"),
        "brass": Variety("#f4e4ae", "#cfae62", 0.24, 1.0, third="#b08136"),
        "copper": Variety("#fad1c2", "#dc9a80", 0.22, 1.0, third="#a9542f"),
        "bronze": Variety("#d9b184", "#a87f52", 0.34, 1.0, relief=1.3, third="#5f3d22"),
        "gold": Variety("#ffdb98", "#eeb85c", 0.18, 1.0),
        "silver": Variety("#fcfaf5", "#d9d5ca", 0.13, 1.0),
        "aluminium": Variety("#f5f6f6", "#d5d7d9", 0.42, 1.0, relief=0.6, structure="brushed", grain=0.6),
        "titanium": Variety("#c3bbb3", "#a1988f", 0.4, 1.0, structure="blasted"),
        "nickel": Variety("#d4cdc0", "#b5ac9c", 0.2, 1.0),
        "platinum": Variety("#d6d1c9", "#b9b3a9", 0.16, 1.0),
        "tin": Variety("#c9cccb", "#98a0a0", 0.42, 1.0, structure="spangled"),
        "chrome": Variety("#c4c5c5", "#b4b6b7", 0.04, 1.0),
        "painted": Variety("#b4b8bc", "#9da2a7", 0.42, 0.0, structure="paint", clearcoat=0.5, gloss=0.18),
        "corrugated": Variety("#9aa0a4", "#6d7478", 0.5, 0.6, structure="corrugated", third="#4a4d50", tile=1.0),
    },
    "fabric": {
        "cotton": Variety("#d3cbba", "#a59b88", 0.92),
        "linen": Variety("#cbbb98", "#97855f", 0.94, scale=1.3, relief=1.3, grain=2.2),
        "wool": Variety("#a18f7b", "#6d5c4b", 0.97, structure="knit"),
        "velvet": Variety("#7d2233", "#43101b", 0.85, structure="pile"),
        "silk": Variety("#dcccae", "#b79f76", 0.36, scale=0.7, relief=0.35, structure="satin"),
        "denim": Variety("#3d5778", "#1f3048", 0.93, scale=1.1, structure="twill", third="#aeb8c4"),
        "hemp": Variety("#a98c5c", "#6f5734", 0.96, scale=2.4, relief=2.0, grain=2.0),
        "black": Variety("#26252a", "#141317", 0.9),
        "canvas": Variety("#bfb08e", "#8a7b5d", 0.95, scale=1.7, relief=1.5),
    },
    "leather": {
        "brown": Variety("#6f4426", "#3f2313", 0.5),
        "black": Variety("#2b2724", "#131110", 0.44),
        "tan": Variety("#a8733f", "#764a26", 0.52),
        "red": Variety("#7e2a22", "#4a1512", 0.46),
        "suede": Variety("#8d6a4a", "#664a31", 0.95, structure="nap"),
    },
    "stone": {
        "granite": Variety("#a8a29b", "#857f79", 0.2, third="#cdc8c1"),
        "marble": Variety("#e8e5df", "#c6c2bd", 0.16, relief=0.2, structure="veined", third="#77757a"),
        "sandstone": Variety("#c6a677", "#976f42", 0.92, structure="bedded"),
        "limestone": Variety("#cfc8b4", "#a2977c", 0.9, structure="pitted"),
        "slate": Variety("#525960", "#2d3237", 0.72, structure="split"),
        "obsidian": Variety("#1d1b20", "#3a3640", 0.08, structure="glassy"),
        "jade": Variety("#5f9a72", "#2f6a48", 0.22, structure="cloudy", third="#b9d8bd"),
        "concrete": Variety("#a5a39e", "#7d7b76", 0.9, structure="cast"),
        "brick": Variety("#9c5239", "#6a3122", 0.92, structure="laid"),
        "cobble": Variety("#8b867d", "#57534d", 0.85, structure="cobbled"),
        "ashlar": Variety("#a09788", "#6f675b", 0.9, structure="coursed", third="#7a7263", tile=2.0),
        "slates": Variety("#5b626b", "#363c44", 0.7, structure="slated", tile=1.6),
    },
    "ceramic": {
        "porcelain": Variety("#f0efec", "#e2e1dd", 0.45, clearcoat=1.0, gloss=0.02),
        "glazed": Variety("#a9bdb2", "#6f8f82", 0.4, clearcoat=0.9, structure="crackle", third="#4c5a50", gloss=0.08),
        "terracotta": Variety("#b8653f", "#8a4024", 0.88, structure="fired", third="#dca684"),
        "clay": Variety("#a07c5e", "#71523a", 0.92, relief=1.6, structure="fired"),
        "stoneware": Variety("#a39784", "#7b6d5a", 0.45, structure="speckled", third="#4a382a"),
        "tiles": Variety("#b0593a", "#78351f", 0.85, structure="pantile", third="#2c150d", tile=1.6),
        "plaster": Variety("#e2d9c6", "#c2b598", 0.92, structure="render", tile=2.4),
    },
    "glass": {
        "clear": Variety("#eef5f2", "#e4eee9", 0.03),
        "frosted": Variety("#eaf0ef", "#d3dedd", 0.5, structure="etched"),
        "lit": Variety("#ffe2b0", "#ffcc7d", 0.4),
        "stained": Variety("#3f7f6a", "#2c6050", 0.08, structure="leaded"),
        "bottle": Variety("#3c6b45", "#274c31", 0.05, relief=1.4),
    },
    "plastic": {
        "glossy": Variety("#d9dadb", "#c6c8ca", 0.26),
        "matte": Variety("#c9cacb", "#b2b4b6", 0.6, structure="eroded"),
        "rubber": Variety("#2f3032", "#1c1d1e", 0.9, structure="rubber"),
    },
    "paper": {
        "white": Variety("#f1eee6", "#dcd7ca", 0.95),
        "parchment": Variety("#dfc99a", "#b08f57", 0.88, structure="skin", third="#7a5527"),
        "cardboard": Variety("#b58e60", "#8f673d", 0.95, structure="board", third="#6f4c2a"),
    },
    "wicker": {
        "rattan": Variety("#bd9156", "#7a5528", 0.55, third="#2a1c0e"),
        "straw": Variety("#dcc27c", "#a18343", 0.8, structure="stalks", third="#8a6a35"),
        "thatch": Variety("#b39a63", "#6e5a34", 0.95, structure="thatch", third="#3b2f1a", tile=1.6),
        "willow": Variety("#8d6840", "#543a20", 0.62, scale=1.3, third="#1d130a"),
    },
    "wax": {
        "white": Variety("#f0e8d6", "#dccfb2", 0.42),
        "beeswax": Variety("#d9a548", "#b57c28", 0.4),
    },
    "rock": {
        "granite": Variety("#8c8981", "#5b5854", 0.86),
        "basalt": Variety("#56565a", "#303136", 0.84, structure="bubbled"),
        "sandstone": Variety("#c49f78", "#94694a", 0.92, structure="bedded", third="#dcc09a"),
        "limestone": Variety("#bfb8a6", "#8b8271", 0.9, structure="pitted"),
        "slate": Variety("#6a7078", "#42474e", 0.78, structure="bedded", relief=0.5, third="#7f868c"),
        "lava": Variety("#3a3433", "#1c1817", 0.8, structure="bubbled", relief=1.6),
    },
    "crystal": {
        "quartz": Variety("#d9e3ea", "#a9b9c8", 0.1),
        "amethyst": Variety("#8d55c4", "#4b2486", 0.1, third="#e6cff6"),
        "emerald": Variety("#2f9a66", "#0f5a3a", 0.1, third="#bdf0d4"),
        "ruby": Variety("#b8263f", "#6d0f24", 0.1, third="#f6b9c0"),
        "sapphire": Variety("#2f62c4", "#173580", 0.1, third="#c3d8fa"),
        "citrine": Variety("#e0a437", "#a86a14", 0.1, third="#fbe6b0"),
        "ice": Variety("#b3dcec", "#7bb4d2", 0.12, structure="frozen", relief=1.5),
    },
    "bark": {
        "oak": Variety("#7d6a54", "#3d3126", 0.92),
        "pine": Variety("#8a5a3c", "#462c1e", 0.9, structure="plated", third="#b98257"),
        "birch": Variety("#ddd8cc", "#b5ab9a", 0.75, structure="peeling"),
        "palm": Variety("#94785a", "#5c4733", 0.92, structure="ringed"),
        "cherry": Variety("#6f4437", "#3f241e", 0.7, structure="peeling", relief=0.7, third="#a5745f"),
        "dead": Variety("#9a9186", "#5f574d", 0.9, structure="bare"),
    },
    "leaf": {
        "green": Variety("#6a8a3c", "#36531f", 0.8, third="#94ad55"),
        "spring": Variety("#9ab250", "#5f7a2e", 0.78, third="#bccb74"),
        "dark": Variety("#52743f", "#2a4526", 0.8, third="#78935a"),
        "autumn": Variety("#c8782f", "#96401f", 0.8, third="#e0ae45"),
        "dry": Variety("#a5814d", "#6b4c2b", 0.9, third="#c4a468"),
        "needle": Variety("#4c6b48", "#25402f", 0.85, structure="needles"),
        "blade": Variety("#6b8c42", "#3b5c2a", 0.86, structure="blade"),
        "straw": Variety("#c7a95a", "#8f7235", 0.9, structure="blade"),
        "petal": Variety("#e6a3bb", "#c66a8e", 0.85, structure="petal"),
        "cactus": Variety("#5f8f55", "#35603c", 0.74, structure="skin", third="#c9d3a0"),
        "fungus": Variety("#d8c7a6", "#b39a74", 0.6, structure="skin", third="#f0e6cf", spots=0.4),
    },
    "ground": {
        "moss": Variety("#788a42", "#465a24", 0.95),
        "grass": Variety("#6c9a38", "#33601f", 0.9, structure="grass"),
        "soil": Variety("#5b4331", "#33241a", 0.95, structure="soil"),
        "sand": Variety("#d3b583", "#a98a5a", 0.92, structure="sand"),
        "snow": Variety("#eff4f8", "#cfdde9", 0.65, structure="snow"),
    },
}
"""Family -> variety -> how it looks; the first variety of a family is its plainest."""


def catalogue() -> dict[str, tuple[str, ...]]:
    """Family -> the names of its varieties, the plainest first."""
    return {family: tuple(varieties) for family, varieties in CATALOGUE.items()}


def variety(family: str, name: str) -> Variety:
    """The named variety of a family; '' is its first. Raises ParamError listing what there is."""
    known = CATALOGUE[family]
    if name and name not in known:
        raise ParamError(f"variety of {family} must be one of {', '.join(known)}, got {name!r}")
    return known[name] if name else next(iter(known.values()))
