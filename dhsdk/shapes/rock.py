"""Rocks: boulders, flat stones, crags, pebbles, crystals, arches, hoodoos, stalagmites, cairns, basalt columns, menhirs, heaps.

A rock stands on the ground; what has a front (a crag, an arch) looks to +Z.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from dhsdk.frozen import freeze
from dhsdk.params import Params, param
from dhsdk.shapes.kernel import Kernel, Part, Stream

Form = Literal[
    "boulder", "slab", "crag", "pebbles", "crystals", "arch", "hoodoo", "stalagmite", "cairn", "columns", "menhir", "heap"
]


class Size(Params):
    width: float = param(1.8, help="from left to right", unit="m", ge=0.1, le=20.0)
    height: float = param(1.25, help="from the ground to the top", unit="m", ge=0.05, le=20.0)
    depth: float = param(1.5, help="from front to back", unit="m", ge=0.1, le=20.0)
    stretch: float = param(1.0, help="how much higher than that it is", ge=0.5, le=1.9, low="short", high="tall")
    breadth: float = param(1.0, help="how much wider than that it is", ge=0.5, le=1.9, low="narrow", high="wide")


class Stone(Params):
    facets: int = param(22, help="large cuts of one stone", ge=10, le=40, low="coarse", high="smooth")
    blocky: float = param(0.45, help="between an egg and a box", ge=0.0, le=1.0, low="round", high="square")
    rough: float = param(0.3, help="how unevenly deep the cuts are", ge=0.0, le=0.6, low="even", high="rough")
    bevel: float = param(0.4, help="how much of the edges is worn off", ge=0.05, le=1.0, low="sharp", high="rounded")
    strata: int = param(1, help="beds that lie upon one another", ge=1, le=7)
    lean: float = param(0.1, help="how far it leans", ge=0.0, le=1.0, low="upright", high="leaning")


class Gem(Params):
    sides: int = param(6, help="sides of a crystal", ge=4, le=8)
    spread: float = param(0.6, help="how far the crystals fan out", ge=0.0, le=1.0)
    girth: float = param(0.34, help="thickness of a crystal, share of its length", ge=0.12, le=0.6, low="thin", high="thick")
    tip: float = param(0.5, help="length of the pointed end", ge=0.1, le=1.0, low="blunt", high="pointed")


class Span(Params):
    opening: float = param(0.55, help="width of an arch's opening, share of its width", ge=0.3, le=0.72)
    cap: float = param(0.55, help="size of the cap of a hoodoo, waist of a stalagmite", ge=0.2, le=1.0)


class Cover(Params):
    moss: float = param(0.0, help="how far moss comes down from the top", ge=0.0, le=1.0)
    snow: float = param(0.0, help="how deep snow lies on it", ge=0.0, le=1.0)
    debris: int = param(2, help="small stones at its foot", ge=0, le=8)


class RockParams(Params):
    form: Form = param("boulder", help="what kind of rock")
    size: Size = param(Size(), help="the whole")
    count: int = param(2, help="stones, blocks or crystals it is made of", ge=1, le=16)
    stone: Stone = param(Stone(), help="the single stones")
    gem: Gem = param(Gem(), help="the crystals")
    span: Span = param(Span(), help="arches and hoodoos")
    cover: Cover = param(Cover(), help="what lies on it and around it")
    wear: float = param(0.15, help="chips, clefts and broken corners", ge=0.0, le=1.0, low="new", high="battered")
    stylised: float = param(
        0.0, help="how far the silhouette is exaggerated", ge=0.0, le=1.0, low="realistic", high="exaggerated"
    )


PRESETS: Mapping[str, Mapping[str, Any]] = {
    "rock": {
        "size": {"width": 1.1, "height": 0.7, "depth": 0.85},
        "count": 1,
        "stone": {"blocky": 0.6, "facets": 18},
        "cover": {"debris": 3},
    },
    "boulder": {},
    "flat stones": {
        "form": "slab",
        "size": {"width": 1.9, "height": 0.55, "depth": 1.4},
        "count": 3,
        "stone": {"blocky": 0.7, "facets": 20, "rough": 0.22},
    },
    "cliff": {
        "form": "crag",
        "size": {"width": 7.0, "height": 6.0, "depth": 3.4},
        "count": 5,
        "stone": {"strata": 4, "blocky": 0.9, "rough": 0.3, "bevel": 0.35},
        "cover": {"debris": 5},
    },
    "pebbles": {
        "form": "pebbles",
        "size": {"width": 0.5, "height": 0.11, "depth": 0.42},
        "count": 9,
        "stone": {"blocky": 0.12, "facets": 26, "rough": 0.1, "bevel": 1.0},
        "cover": {"debris": 0},
    },
    "crystal cluster": {
        "form": "crystals",
        "size": {"width": 0.9, "height": 0.9, "depth": 0.8},
        "count": 9,
        "stone": {"bevel": 0.12},
        "cover": {"debris": 2},
    },
    "ice spikes": {
        "form": "crystals",
        "size": {"width": 2.2, "height": 2.8, "depth": 1.8},
        "count": 7,
        "stone": {"bevel": 0.2},
        "gem": {"sides": 5, "girth": 0.3, "tip": 1.0, "spread": 0.4},
        "cover": {"snow": 0.35, "debris": 3},
    },
    "stone arch": {
        "form": "arch",
        "size": {"width": 6.4, "height": 4.6, "depth": 1.7},
        "count": 9,
        "stone": {"blocky": 0.75, "rough": 0.24},
        "cover": {"debris": 4},
    },
    "hoodoo": {
        "form": "hoodoo",
        "size": {"width": 2.2, "height": 5.2, "depth": 2.0},
        "stone": {"strata": 5, "blocky": 0.6, "rough": 0.2},
        "cover": {"debris": 3},
    },
    "stalagmite": {
        "form": "stalagmite",
        "size": {"width": 1.5, "height": 2.1, "depth": 1.3},
        "count": 5,
        "stone": {"bevel": 0.6},
        "cover": {"debris": 3},
    },
    "cairn": {
        "form": "cairn",
        "size": {"width": 0.62, "height": 0.95, "depth": 0.56},
        "count": 6,
        "stone": {"blocky": 0.3, "rough": 0.14, "bevel": 0.9, "lean": 0.35},
        "cover": {"debris": 3},
    },
    "basalt columns": {
        "form": "columns",
        "size": {"width": 2.6, "height": 2.4, "depth": 2.2},
        "count": 14,
        "stone": {"bevel": 0.2, "lean": 0.05},
        "cover": {"debris": 3},
    },
    "standing stone": {
        "form": "menhir",
        "size": {"width": 1.05, "height": 2.9, "depth": 0.6},
        "count": 1,
        "stone": {"blocky": 0.8, "rough": 0.24, "lean": 0.25},
        "cover": {"debris": 5},
    },
    "rock pile": {
        "form": "heap",
        "size": {"width": 2.0, "height": 0.95, "depth": 1.8},
        "count": 11,
        "stone": {"blocky": 0.6, "facets": 16, "rough": 0.26},
        "cover": {"debris": 5},
    },
}


LOOKS: Mapping[str, Mapping[str, str]] = {
    "crystal cluster": {"crystal": "crystal/amethyst", "stone": "rock/slate"},
    "ice spikes": {"crystal": "crystal/ice", "stone": "rock/slate"},
    "hoodoo": {"stone": "rock/sandstone"},
    "stone arch": {"stone": "rock/sandstone"},
    "stalagmite": {"stone": "rock/limestone"},
    "basalt columns": {"stone": "rock/basalt"},
    "flat stones": {"stone": "rock/slate"},
    "pebbles": {"stone": "rock/limestone"},
}


class Rock(Kernel):
    name: ClassVar[str] = "rock"
    summary: ClassVar[str] = "Rocks: boulders, flat stones, cliffs, pebbles, crystals, arches, hoodoos, cairns, basalt columns."
    Params: ClassVar[type[Params]] = RockParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {"stone": "rock/granite", "crystal": "crystal/amethyst", "moss": "ground/moss", "snow": "ground/snow"}
    )
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)
    looks: ClassVar[Mapping[str, Mapping[str, str]]] = freeze(LOOKS)

    def build(self, params: RockParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.rock_parts import rock_parts
        from dhsdk.shapes.shading import finished

        return finished(rock_parts(params, rng), rng)
