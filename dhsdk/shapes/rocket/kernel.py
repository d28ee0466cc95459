"""Rockets: retro rocket, rocket ship, launch vehicle with boosters, moon rocket, missile, space capsule.

A rocket stands on its tail or its fins with +Y towards the nose; hatch and portholes look to the front (+Z)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from dhsdk.frozen import freeze
from dhsdk.params import Params
from dhsdk.shapes.kernel import Kernel, Part, Stream
from dhsdk.shapes.rocket.params import RocketParams

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "rocket": {},
    "rocket ship": {
        "body": {"length": 16.0, "width": 4.4, "belly": 0.9, "livery": "checks", "bands": 0, "porthole": 0.16},
        "nose": {"length": 0.2},
        "fins": {"style": "legs", "count": 3, "span": 0.62, "chord": 0.34},
        "panes": 3,
    },
    "launch vehicle": {
        "body": {"style": "cylinder", "length": 44.0, "width": 3.8, "bands": 2, "livery": "stripe"},
        "nose": {"style": "ogive", "length": 0.2, "antenna": False},
        "fins": {"style": "none"},
        "stages": 2,
        "engines": 5,
        "boosters": 2,
        "panes": 0,
        "hatch": {"has_hatch": False},
    },
    "moon rocket": {
        "body": {"style": "cylinder", "length": 62.0, "width": 7.0, "taper": 0.24, "bands": 0, "livery": "checks"},
        "nose": {"style": "tower", "length": 0.2, "antenna": False},
        "fins": {"style": "delta", "count": 4, "span": 0.3, "chord": 0.1, "sweep": 0.7},
        "stages": 3,
        "engines": 5,
        "panes": 0,
        "detail": 18,
    },
    "missile": {
        "body": {"style": "cylinder", "length": 3.8, "width": 0.36, "bands": 3, "livery": "stripe"},
        "nose": {"style": "ogive", "length": 0.24, "antenna": False},
        "fins": {"style": "delta", "count": 4, "span": 0.8, "chord": 0.17, "sweep": 0.8, "forward": True},
        "panes": 0,
        "hatch": {"has_hatch": False},
    },
    "space capsule": {
        "body": {"style": "capsule", "length": 3.4, "width": 3.9, "belly": 0.6, "bands": 1, "porthole": 0.12},
        "nose": {"style": "dome", "length": 0.22, "antenna": False},
        "fins": {"style": "none"},
        "engines": 4,
        "panes": 4,
    },
}


class Rocket(Kernel):
    name: ClassVar[str] = "rocket"
    summary: ClassVar[str] = "Rockets, launch vehicles, missiles and space capsules."
    Params: ClassVar[type[Params]] = RocketParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {
            "hull": "metal/painted/#e9e4d8",
            "nose": "metal/painted/#c4301f",
            "fins": "metal/painted/#c4301f",
            "trim": "metal/painted/#30353d",
            "engine": "metal/iron/#77726a",
            "rim": "metal/brass/#c9a24a",
            "glass": "plastic/glossy/#1c4a66",
            "shield": "ceramic/clay/#4b372c",
            "flame": "glass/lit",
        }
    )
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)

    def build(self, params: RocketParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.rocket.fins import booster_parts, fin_parts
        from dhsdk.shapes.rocket.fittings import fitting_parts
        from dhsdk.shapes.rocket.hull import Hull, engine_parts, hull_parts
        from dhsdk.shapes.shading import finished

        hull = Hull(params, rng)
        # Textures are made for things of a metre or two; on a hull of forty they would repeat a hundred times.
        coarse = max(1.0, hull.length / 4.0)
        parts = finished(
            [*hull_parts(hull), *engine_parts(hull), *fin_parts(hull, rng), *booster_parts(hull), *fitting_parts(hull)], rng
        )
        return tuple(replace(part, surface=replace(part.surface, uvs=part.surface.uvs / coarse)) for part in parts)
