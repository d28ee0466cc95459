"""Plants: trees, conifers, palms, bushes, potted plants, cacti, mushrooms, flowers, ferns, grass, bamboo, bonsai, stumps.

A plant stands on the ground where its stem comes out of it; what has a front looks to +Z."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dhsdk.frozen import freeze
from dhsdk.params import Params
from dhsdk.shapes.kernel import Kernel, Part, Stream
from dhsdk.shapes.plant.params import PlantParams

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
    pieces: ClassVar[Mapping[str, tuple[str, ...]]] = freeze({"flower pot": ("pot",), "pot": ("pot",)})
    looks: ClassVar[Mapping[str, Mapping[str, str]]] = freeze(LOOKS)

    def build(self, params: PlantParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.plant.parts import plant_parts
        from dhsdk.shapes.shading import finished

        return finished(plant_parts(params, rng), rng)
