"""Rocks: boulders, flat stones, crags, pebbles, crystals, arches, hoodoos, stalagmites, cairns, basalt columns, menhirs, heaps.

A rock stands on the ground; what has a front (a crag, an arch) looks to +Z."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dhsdk.frozen import freeze
from dhsdk.params import Params
from dhsdk.shapes.kernel import Kernel, Part, Stream
from dhsdk.shapes.rock.params import RockParams

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
        from dhsdk.shapes.rock.parts import rock_parts
        from dhsdk.shapes.shading import finished

        return finished(rock_parts(params, rng), rng)
