"""Plants: trees, conifers, palms, bushes, potted plants, cacti, mushrooms, flowers, ferns, grass, bamboo, bonsai, stumps.

A plant stands on the ground where its stem comes out of it; what has a front looks to +Z.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from dhsdk.frozen import freeze
from dhsdk.params import Params, param
from dhsdk.shapes.kernel import Kernel, Part, Stream

Habit = Literal[
    "tree", "conifer", "palm", "bush", "cactus", "mushroom", "flower", "fern", "grass", "rosette", "bamboo", "stump",
    "log",
]  # fmt: skip


class Size(Params):
    height: float = param(5.2, help="from the ground to the top", unit="m", ge=0.04, le=30.0)
    width: float = param(3.8, help="across the crown, the cap, the leaves", unit="m", ge=0.04, le=20.0)
    stretch: float = param(1.0, help="how much higher than that it has grown", ge=0.5, le=1.9, low="short", high="tall")
    breadth: float = param(1.0, help="how much broader than that it has grown", ge=0.5, le=1.9, low="narrow", high="wide")


class Trunk(Params):
    girth: float = param(0.085, help="thickness of the trunk, share of the height", ge=0.02, le=0.4, low="thin", high="thick")
    clear: float = param(0.34, help="height of the lowest bough, share of the whole", ge=0.0, le=0.7)
    gnarled: float = param(0.25, help="how crooked trunk and boughs are", ge=0.0, le=1.0, low="straight", high="gnarled")
    leaning: float = param(0.1, help="how far it leans", ge=0.0, le=1.0, low="upright", high="leaning")
    roots: float = param(0.5, help="how far the roots stand out", ge=0.0, le=1.0)
    stems: int = param(1, help="stems that rise from the ground", ge=1, le=9)
    hollow: bool = param(False, help="a hole in the trunk")


class Crown(Params):
    style: Literal["round", "oval", "spreading", "columnar", "weeping", "layered"] = param("round", help="shape of the crown")
    boughs: int = param(4, help="boughs of the trunk, whorls of a conifer, arms of a cactus", ge=0, le=12)
    clumps: int = param(9, help="clumps of leaves", ge=3, le=16)
    dense: float = param(0.55, help="how full of leaves it is", ge=0.0, le=1.0, low="sparse", high="dense")
    leaf: float = param(0.5, help="size of a leaf", ge=0.1, le=1.0)
    bare: bool = param(False, help="no leaves at all")


class Leaves(Params):
    count: int = param(11, help="single leaves, fronds or blades", ge=3, le=40)
    droop: float = param(0.45, help="how far they hang", ge=0.0, le=1.0)
    feathered: bool = param(False, help="fronds with leaflets instead of blades")


class Bloom(Params):
    blossom: float = param(0.0, help="blossoms", ge=0.0, le=1.0)
    fruit: float = param(0.0, help="fruits, cones or nuts", ge=0.0, le=1.0)
    head: Literal["daisy", "tulip", "bell"] = param("daisy", help="kind of flower")
    petals: int = param(12, help="petals of a flower", ge=4, le=24)


class Fungus(Params):
    cap: Literal["dome", "cone", "flat"] = param("dome", help="shape of a mushroom's cap")
    spots: int = param(12, help="spots on a cap", ge=0, le=16)
    skirt: bool = param(True, help="a ring around the stem")


class Succulent(Params):
    style: Literal["column", "barrel", "pads"] = param("column", help="kind of cactus")
    ribs: int = param(9, help="ribs around a cactus", ge=6, le=14)
    spines: float = param(0.5, help="how many spines", ge=0.0, le=1.0)


class PlantParams(Params):
    habit: Habit = param("tree", help="how it grows")
    size: Size = param(Size(), help="the whole")
    trunk: Trunk = param(Trunk(), help="trunk, stem or stems")
    crown: Crown = param(Crown(), help="what the trunk bears")
    leaves: Leaves = param(Leaves(), help="leaves that stand alone")
    bloom: Bloom = param(Bloom(), help="flowers and fruits")
    fungus: Fungus = param(Fungus(), help="mushrooms")
    succulent: Succulent = param(Succulent(), help="cacti")
    pot: Literal["none", "pot", "tray"] = param("none", help="the pot it stands in")
    snow: float = param(0.0, help="how much snow lies on it", ge=0.0, le=1.0)
    moss: float = param(0.0, help="how much moss grows on its wood", ge=0.0, le=1.0)
    wear: float = param(0.1, help="broken boughs, gaps and holes", ge=0.0, le=1.0, low="new", high="battered")
    stylised: float = param(
        0.0, help="how far the silhouette is exaggerated", ge=0.0, le=1.0, low="realistic", high="exaggerated"
    )


PRESETS: Mapping[str, Mapping[str, Any]] = {
    "tree": {},
    "oak": {
        "size": {"height": 8.0, "width": 8.6},
        "trunk": {"girth": 0.13, "clear": 0.24, "gnarled": 0.55, "roots": 0.9},
        "crown": {"style": "spreading", "boughs": 5, "clumps": 12, "dense": 0.6},
    },
    "birch": {
        "size": {"height": 7.4, "width": 2.9},
        "trunk": {"girth": 0.042, "clear": 0.24, "gnarled": 0.25, "roots": 0.25, "stems": 2},
        "crown": {"style": "oval", "boughs": 5, "clumps": 12, "dense": 0.5, "leaf": 0.35},
    },
    "poplar": {
        "size": {"height": 9.0, "width": 2.1},
        "trunk": {"girth": 0.045, "clear": 0.12, "gnarled": 0.08, "leaning": 0.0},
        "crown": {"style": "columnar", "boughs": 3, "clumps": 9, "leaf": 0.35},
    },
    "willow": {
        "size": {"height": 6.2, "width": 6.4},
        "trunk": {"girth": 0.11, "clear": 0.36, "gnarled": 0.5},
        "crown": {"style": "weeping", "boughs": 5, "clumps": 8, "leaf": 0.3},
    },
    "cherry tree": {
        "size": {"height": 4.4, "width": 4.8},
        "trunk": {"girth": 0.085, "clear": 0.3, "gnarled": 0.5},
        "crown": {"boughs": 5, "clumps": 10, "leaf": 0.35},
        "bloom": {"blossom": 0.8},
    },
    "apple tree": {
        "size": {"height": 4.0, "width": 3.8},
        "trunk": {"girth": 0.09, "clear": 0.32, "gnarled": 0.4},
        "crown": {"clumps": 8},
        "bloom": {"fruit": 0.7},
    },
    "dead tree": {
        "size": {"height": 5.4, "width": 4.4},
        "trunk": {"girth": 0.12, "clear": 0.3, "gnarled": 0.85, "roots": 0.9, "leaning": 0.3, "hollow": True},
        "crown": {"style": "round", "boughs": 5, "bare": True},
        "wear": 0.5,
    },
    "fir": {
        "habit": "conifer",
        "size": {"height": 7.0, "width": 3.4},
        "trunk": {"girth": 0.05, "clear": 0.1, "gnarled": 0.05, "leaning": 0.0, "roots": 0.4},
        "crown": {"boughs": 12, "dense": 0.6},
        "leaves": {"droop": 0.5},
    },
    "pine": {
        "habit": "conifer",
        "size": {"height": 9.0, "width": 4.6},
        "trunk": {"girth": 0.065, "clear": 0.42, "gnarled": 0.5, "leaning": 0.3, "roots": 0.4},
        "crown": {"style": "layered", "boughs": 6, "clumps": 7, "dense": 0.6},
        "leaves": {"droop": 0.15},
    },
    "palm": {
        "habit": "palm",
        "size": {"height": 6.0, "width": 4.8},
        "trunk": {"girth": 0.06, "leaning": 0.6, "gnarled": 0.35, "roots": 0.5},
        "leaves": {"count": 14, "droop": 0.5, "feathered": True},
        "bloom": {"fruit": 0.5},
    },
    "bush": {
        "habit": "bush",
        "size": {"height": 1.2, "width": 1.7},
        "trunk": {"stems": 4, "girth": 0.04, "clear": 0.0},
        "crown": {"clumps": 7, "dense": 0.75, "leaf": 0.45},
    },
    "rose bush": {
        "habit": "bush",
        "size": {"height": 1.0, "width": 1.1},
        "trunk": {"stems": 5, "girth": 0.03, "clear": 0.0},
        "crown": {"clumps": 5, "dense": 0.6, "leaf": 0.5},
        "bloom": {"blossom": 0.9},
    },
    "bonsai": {
        "size": {"height": 0.46, "width": 0.52},
        "trunk": {"girth": 0.13, "clear": 0.3, "gnarled": 0.9, "roots": 0.9, "leaning": 0.5},
        "crown": {"style": "layered", "boughs": 3, "clumps": 5, "dense": 0.6, "leaf": 0.4},
        "pot": "tray",
    },
    "potted plant": {
        "habit": "rosette",
        "size": {"height": 0.75, "width": 0.8},
        "leaves": {"count": 18, "droop": 0.5},
        "pot": "pot",
    },
    "potted fern": {
        "habit": "fern",
        "size": {"height": 0.6, "width": 0.8},
        "leaves": {"count": 13, "droop": 0.6, "feathered": True},
        "pot": "pot",
    },
    "cactus": {
        "habit": "cactus",
        "size": {"height": 2.6, "width": 2.0},
        "trunk": {"girth": 0.17, "clear": 0.36, "gnarled": 0.2, "leaning": 0.0},
        "crown": {"boughs": 3},
    },
    "barrel cactus": {
        "habit": "cactus",
        "size": {"height": 0.55, "width": 0.6},
        "crown": {"boughs": 2},
        "succulent": {"style": "barrel", "ribs": 13, "spines": 0.8},
        "bloom": {"blossom": 0.6},
    },
    "prickly pear": {
        "habit": "cactus",
        "size": {"height": 1.2, "width": 1.3},
        "crown": {"boughs": 8},
        "succulent": {"style": "pads"},
        "bloom": {"blossom": 0.5},
    },
    "mushroom": {
        "habit": "mushroom",
        "size": {"height": 0.16, "width": 0.17},
        "trunk": {"girth": 0.26, "gnarled": 0.3, "leaning": 0.15, "roots": 0.6},
    },
    "brown mushroom": {
        "habit": "mushroom",
        "size": {"height": 0.12, "width": 0.15},
        "trunk": {"girth": 0.36, "gnarled": 0.2},
        "fungus": {"cap": "flat", "spots": 0, "skirt": False},
    },
    "mushroom cluster": {
        "habit": "mushroom",
        "size": {"height": 0.24, "width": 0.14},
        "trunk": {"girth": 0.1, "stems": 5, "gnarled": 0.5, "leaning": 0.5},
        "fungus": {"cap": "cone", "spots": 0, "skirt": False},
    },
    "flower": {
        "habit": "flower",
        "size": {"height": 0.5, "width": 0.2},
        "trunk": {"girth": 0.025, "gnarled": 0.25, "leaning": 0.25},
        "leaves": {"count": 4, "droop": 0.4},
    },
    "sunflower": {
        "habit": "flower",
        "size": {"height": 1.7, "width": 0.46},
        "trunk": {"girth": 0.025, "gnarled": 0.15, "leaning": 0.5},
        "leaves": {"count": 7, "droop": 0.6},
        "bloom": {"petals": 21},
    },
    "tulip": {
        "habit": "flower",
        "size": {"height": 0.42, "width": 0.1},
        "trunk": {"girth": 0.03, "gnarled": 0.1, "leaning": 0.1},
        "leaves": {"count": 3, "droop": 0.2},
        "bloom": {"head": "tulip", "petals": 6},
    },
    "bluebell": {
        "habit": "flower",
        "size": {"height": 0.4, "width": 0.06},
        "trunk": {"girth": 0.02, "gnarled": 0.2, "leaning": 0.7, "stems": 3},
        "leaves": {"count": 6, "droop": 0.6},
        "bloom": {"head": "bell", "petals": 6},
    },
    "fern": {
        "habit": "fern",
        "size": {"height": 0.8, "width": 1.3},
        "leaves": {"count": 12, "droop": 0.5, "feathered": True},
    },
    "grass": {
        "habit": "grass",
        "size": {"height": 0.42, "width": 0.5},
        "leaves": {"count": 30, "droop": 0.4},
    },
    "reed": {
        "habit": "grass",
        "size": {"height": 1.8, "width": 0.9},
        "leaves": {"count": 22, "droop": 0.15},
        "bloom": {"fruit": 0.7},
    },
    "bamboo": {
        "habit": "bamboo",
        "size": {"height": 4.2, "width": 1.5},
        "trunk": {"girth": 0.028, "stems": 6, "gnarled": 0.1, "leaning": 0.2},
        "crown": {"dense": 0.6, "leaf": 0.7},
    },
    "tree stump": {
        "habit": "stump",
        "size": {"height": 0.62, "width": 1.3},
        "trunk": {"girth": 0.36, "roots": 0.9, "gnarled": 0.3},
        "crown": {"boughs": 0},
    },
    "log": {
        "habit": "log",
        "size": {"height": 0.5, "width": 2.2},
        "trunk": {"girth": 0.4, "gnarled": 0.35},
        "crown": {"boughs": 3},
    },
}

LOOKS: Mapping[str, Mapping[str, str]] = {
    "oak": {"leaves": "leaf/dark"},
    "birch": {"leaves": "leaf/spring", "bark": "bark/birch"},
    "poplar": {"leaves": "leaf/dark"},
    "willow": {"leaves": "leaf/spring"},
    "cherry tree": {"leaves": "leaf/petal", "blossom": "leaf/petal", "bark": "bark/cherry"},
    "dead tree": {"bark": "bark/dead"},
    "fir": {"leaves": "leaf/needle", "bark": "bark/pine"},
    "pine": {"leaves": "leaf/needle", "bark": "bark/pine"},
    "palm": {"leaves": "leaf/blade", "bark": "bark/palm"},
    "rose bush": {"blossom": "leaf/petal/#c22743", "leaves": "leaf/dark"},
    "bonsai": {"leaves": "leaf/dark", "bark": "bark/pine", "pot": "ceramic/stoneware/#5b4a42"},
    "potted plant": {"leaves": "leaf/blade"},
    "potted fern": {"leaves": "leaf/blade"},
    "cactus": {"skin": "leaf/cactus"},
    "barrel cactus": {"skin": "leaf/cactus", "blossom": "leaf/petal/#e8b23a"},
    "prickly pear": {"skin": "leaf/cactus/#6f9a5a", "blossom": "leaf/petal/#d9456b"},
    "mushroom": {"cap": "leaf/fungus/#c23324"},
    "brown mushroom": {"cap": "leaf/fungus/#8a5a34"},
    "mushroom cluster": {"cap": "leaf/fungus/#b98a52"},
    "flower": {"petals": "leaf/petal/#f4f1ea", "leaves": "leaf/blade"},
    "sunflower": {"petals": "leaf/petal/#f0b323", "leaves": "leaf/blade"},
    "tulip": {"petals": "leaf/petal/#d2334a", "leaves": "leaf/blade/#6a9668"},
    "bluebell": {"petals": "leaf/petal/#6d72cf", "leaves": "leaf/blade"},
    "fern": {"leaves": "leaf/blade"},
    "grass": {"leaves": "leaf/blade"},
    "reed": {"leaves": "leaf/blade/#8f9a4c"},
    "bamboo": {"bark": "leaf/blade/#8aa548", "leaves": "leaf/blade"},
    "tree stump": {"bark": "bark/oak"},
    "log": {"bark": "bark/oak"},
}


class Plant(Kernel):
    name: ClassVar[str] = "plant"
    summary: ClassVar[str] = "Plants: trees, conifers, palms, bushes, cacti, mushrooms, flowers, ferns, grass, bonsai, stumps."
    Params: ClassVar[type[Params]] = PlantParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {
            "leaves": "leaf/green",
            "bark": "bark/oak",
            "wood": "wood/oak/#c39a66",
            "blossom": "leaf/petal/#f3c9d6",
            "fruit": "leaf/fungus/#b92f26",
            "skin": "leaf/cactus",
            "spines": "wood/birch/#e8dcc0",
            "cap": "leaf/fungus/#c23324",
            "stem": "leaf/fungus/#eadfc8",
            "spots": "leaf/fungus/#f4efe2",
            "petals": "leaf/petal/#f4f1ea",
            "heart": "leaf/fungus/#8a5a1f",
            "hole": "ground/soil/#241b14",
            "pot": "ceramic/terracotta",
            "soil": "ground/soil",
            "snow": "ground/snow",
            "moss": "ground/moss",
        }
    )
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)
    looks: ClassVar[Mapping[str, Mapping[str, str]]] = freeze(LOOKS)

    def build(self, params: PlantParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.plant_parts import plant_parts
        from dhsdk.shapes.shading import finished

        return finished(plant_parts(params, rng), rng)
