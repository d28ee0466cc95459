"""Vessels: vase, bottle, jar, bowl, cup, goblet, jug, teapot, amphora, plate, flower pot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dhsdk.frozen import freeze
from dhsdk.params import Params
from dhsdk.shapes.kernel import Kernel, Part, Stream
from dhsdk.shapes.vessel.params import VesselParams

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "vase": {"body": {"height": 0.3, "belly": 0.58, "roundness": 1.8, "base": 0.45}, "neck": {"width": 0.36, "flare": 0.7}},
    "bottle": {
        "body": {"height": 0.27, "radius": 0.055, "belly": 0.38, "roundness": 2.0, "base": 0.84},
        "neck": {"length": 0.3, "width": 0.32, "flare": 0.1},
        "foot": {"height": 0.0},
        "lid": "cork",
        "rings": 1,
        "detail": 20,
    },
    "jar": {
        "body": {"height": 0.2, "radius": 0.085, "belly": 0.5, "roundness": 2.6, "base": 0.72},
        "neck": {"length": 0.08, "width": 0.74, "flare": 0.25},
        "foot": {"height": 0.0},
        "lid": "domed",
    },
    "bowl": {
        "body": {"height": 0.085, "radius": 0.1, "belly": 1.0, "roundness": 1.8, "base": 0.42},
        "neck": {"length": 0.0, "width": 1.0, "flare": 0.2},
        "foot": {"height": 0.1, "stem": 0.9, "spread": 1.0},
        "rings": 1,
    },
    "plate": {
        "body": {"height": 0.026, "radius": 0.13, "belly": 1.0, "roundness": 1.3, "base": 0.6, "wall": 0.035},
        "neck": {"length": 0.0, "width": 1.0, "flare": 0.9},
        "foot": {"height": 0.1, "spread": 0.9},
        "rings": 0,
        "detail": 36,
    },
    "cup": {
        "body": {"height": 0.075, "radius": 0.045, "belly": 0.95, "roundness": 1.7, "base": 0.55},
        "neck": {"length": 0.0, "width": 1.0, "flare": 0.35},
        "foot": {"height": 0.07, "spread": 1.05},
        "handles": {"count": 1, "reach": 0.62, "thickness": 0.12},
        "saucer": True,
        "rings": 0,
    },
    "mug": {
        "body": {"height": 0.1, "radius": 0.044, "belly": 0.45, "roundness": 2.4, "base": 0.9, "wall": 0.09},
        "neck": {"length": 0.0, "width": 0.94, "flare": 0.2},
        "foot": {"height": 0.0},
        "handles": {"count": 1, "style": "loop", "reach": 0.75, "thickness": 0.15},
        "rings": 0,
    },
    "goblet": {
        "body": {"height": 0.19, "radius": 0.046, "belly": 0.72, "roundness": 1.9, "base": 0.34},
        "neck": {"length": 0.0, "width": 0.9, "flare": 0.1},
        "foot": {"height": 0.46, "stem": 0.5, "spread": 2.1},
        "rings": 0,
    },
    "jug": {
        "body": {"height": 0.25, "radius": 0.08, "belly": 0.4, "base": 0.7},
        "neck": {"length": 0.26, "width": 0.56, "flare": 0.5},
        "handles": {"count": 1, "reach": 0.72, "thickness": 0.13},
        "spout": "lip",
    },
    "teapot": {
        "body": {"height": 0.13, "radius": 0.085, "belly": 0.48, "roundness": 2.1, "base": 0.62},
        "neck": {"length": 0.05, "width": 0.46, "flare": 0.1},
        "handles": {"count": 1, "reach": 0.7, "thickness": 0.11},
        "spout": "tube",
        "lid": "domed",
        "rings": 1,
    },
    "amphora": {
        "body": {"height": 0.62, "radius": 0.16, "belly": 0.66, "roundness": 1.6, "base": 0.26},
        "neck": {"length": 0.26, "width": 0.34, "flare": 0.5},
        "foot": {"height": 0.06, "stem": 0.7, "spread": 1.5},
        "handles": {"count": 2, "style": "ear", "reach": 0.5, "thickness": 0.1},
    },
    "urn": {
        "body": {"height": 0.46, "radius": 0.15, "belly": 0.7, "roundness": 1.7, "base": 0.3},
        "neck": {"length": 0.1, "width": 0.68, "flare": 0.45},
        "foot": {"height": 0.2, "stem": 0.6, "spread": 1.9},
        "handles": {"count": 2, "style": "loop", "reach": 0.35, "thickness": 0.1},
        "flutes": 10,
        "flute_depth": 0.6,
        "rings": 1,
    },
    "flower pot": {
        "body": {"height": 0.2, "radius": 0.11, "belly": 1.0, "roundness": 1.0, "base": 0.66, "wall": 0.08},
        "neck": {"length": 0.2, "width": 1.0, "flare": 0.1},
        "foot": {"height": 0.0},
        "rings": 0,
        "saucer": True,
    },
}


class Vessel(Kernel):
    name: ClassVar[str] = "vessel"
    summary: ClassVar[str] = "Hollow turned things: vases, bottles, cups, bowls, jugs, teapots, amphoras, plates."
    Params: ClassVar[type[Params]] = VesselParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {"body": "ceramic/terracotta", "handle": "ceramic/terracotta", "spout": "ceramic/terracotta", "lid": "ceramic/terracotta",
         "rim": "ceramic/terracotta", "cork": "wood/cork", "saucer": "ceramic/terracotta"}
    )  # fmt: skip
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)

    exaggeration: ClassVar[Mapping[str, float]] = freeze(
        {
            "body.radius": 1.18,
            "body.belly": 0.85,
            "neck.length": 0.85,
            "neck.flare": 1.4,
            "handles.reach": 1.2,
            "handles.thickness": 1.5,
            "rim": 1.5,
            "rings": 0.6,
            "wobble": 1.5,
        }
    )

    def build(self, params: VesselParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.shading import finished
        from dhsdk.shapes.vessel.parts import vessel_parts

        return finished(vessel_parts(params, rng), rng)
