"""Lights: table lamp, floor lamp, desk lamp, lantern, candle, candelabrum, street lamp, pendant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dhsdk.frozen import freeze
from dhsdk.params import Params
from dhsdk.shapes.kernel import Kernel, Part, Stream
from dhsdk.shapes.lamp.params import LampParams

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "table lamp": {},
    "floor lamp": {
        "base": {"style": "disc", "radius": 0.17, "height": 0.035},
        "stem": {"style": "turned", "height": 1.25, "thickness": 0.034, "carving": 0.6},
        "shade": {"style": "drum", "radius": 0.23, "height": 0.28, "top": 0.82},
        "detail": 18,
    },
    "desk lamp": {
        "base": {"style": "disc", "radius": 0.1, "height": 0.028},
        "stem": {"style": "gooseneck", "height": 0.36, "thickness": 0.013},
        "shade": {"style": "bell", "radius": 0.095, "height": 0.13, "top": 0.3, "tilt": 0.5},
        "finial": False,
    },
    "tripod lamp": {
        "base": {"style": "tripod", "radius": 0.28, "height": 0.3},
        "stem": {"style": "rod", "height": 0.9, "thickness": 0.022},
        "shade": {"style": "pleated", "radius": 0.24, "height": 0.26, "top": 0.7},
    },
    "lantern": {
        "base": {"style": "none"},
        "stem": {"style": "none"},
        "shade": {"style": "lantern", "radius": 0.1, "height": 0.2, "top": 0.9},
        "light": "candle",
        "ring": True,
    },
    "candle": {
        "base": {"style": "disc", "radius": 0.07, "height": 0.02},
        "stem": {"style": "none"},
        "shade": {"style": "none"},
        "light": "candle",
        "light_size": 1.3,
        "ring": True,
        "finial": False,
        "rustic": 0.7,
    },
    "candlestick": {
        "base": {"style": "dome", "radius": 0.08, "height": 0.035},
        "stem": {"style": "turned", "height": 0.22, "thickness": 0.026, "carving": 1.0},
        "shade": {"style": "none"},
        "light": "candle",
        "finial": False,
    },
    "candelabrum": {
        "base": {"style": "dome", "radius": 0.11, "height": 0.05},
        "stem": {"style": "turned", "height": 0.36, "thickness": 0.03, "carving": 1.0, "arms": 3},
        "shade": {"style": "none"},
        "light": "candle",
        "finial": False,
    },
    "street lamp": {
        "base": {"style": "square", "radius": 0.2, "height": 0.3},
        "stem": {"style": "post", "height": 2.6, "thickness": 0.075, "carving": 0.8},
        "shade": {"style": "lantern", "radius": 0.2, "height": 0.42, "top": 1.0, "sides": 6},
        "detail": 12,
    },
    "pendant": {
        "base": {"style": "ceiling", "radius": 0.065, "height": 0.035},
        "stem": {"style": "cord", "height": 0.55, "thickness": 0.008},
        "shade": {"style": "dome", "radius": 0.2, "height": 0.18, "top": 0.25},
        "finial": False,
    },
}


class Lamp(Kernel):
    name: ClassVar[str] = "lamp"
    summary: ClassVar[str] = "Lights: table and floor lamps, lanterns, candles, street lamps, pendants."
    Params: ClassVar[type[Params]] = LampParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {
            "base": "metal/brass",
            "stem": "metal/brass",
            "legs": "wood/walnut",
            "shade": "fabric/linen",
            "metal": "metal/iron",
            "bulb": "glass/frosted",
            "glass": "glass/clear",
            "candle": "wax/beeswax",
            "flame": "glass/frosted",
            "cord": "leather/black",
        }
    )
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)
    pieces: ClassVar[Mapping[str, tuple[str, ...]]] = freeze({"candle": ("candle", "arm")})

    exaggeration: ClassVar[Mapping[str, float]] = freeze(
        {
            "base.radius": 1.25,
            "base.height": 1.4,
            "stem.height": 0.85,
            "stem.thickness": 1.4,
            "stem.carving": 1.3,
            "shade.radius": 1.2,
            "shade.height": 1.15,
            "light_size": 1.3,
            "rustic": 1.5,
        }
    )

    def build(self, params: LampParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.lamp.parts import lamp_parts
        from dhsdk.shapes.shading import finished

        return finished(lamp_parts(params, rng), rng)
