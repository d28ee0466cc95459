"""Boxes of boards: crate, box, chest, treasure chest, toolbox, planter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dhsdk.frozen import freeze
from dhsdk.params import Params
from dhsdk.shapes.crate.params import CrateParams
from dhsdk.shapes.kernel import Kernel, Part, Stream

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "crate": {},
    "box": {
        "size": {"width": 0.36, "height": 0.2, "depth": 0.26},
        "planks": {"count": 2, "thickness": 0.014, "irregular": 0.2},
        "frame": {"style": "none", "width": 0.03},
        "metal": {"corners": True, "lock": True, "width": 0.026},
        "lid": {"style": "flat"},
        "feet": 0.018,
    },
    "chest": {
        "size": {"width": 0.9, "height": 0.4, "depth": 0.5},
        "planks": {"count": 3, "thickness": 0.026},
        "frame": {"style": "edges", "width": 0.06, "nails": False},
        "lid": {"style": "flat"},
        "metal": {"bands": 2, "width": 0.055, "lock": True},
        "handles": "rope",
        "feet": 0.05,
    },
    "treasure chest": {
        "size": {"width": 0.82, "height": 0.36, "depth": 0.52, "taper": 0.05},
        "planks": {"count": 3, "thickness": 0.03, "irregular": 0.7},
        "frame": {"style": "none"},
        "lid": {"style": "domed", "dome": 0.85},
        "metal": {"bands": 2, "width": 0.075, "corners": True, "lock": True},
        "handles": "ring",
    },
    "fruit crate": {
        "size": {"width": 0.52, "height": 0.26, "depth": 0.34},
        "planks": {"count": 3, "gap": 0.24, "thickness": 0.01, "irregular": 0.8},
        "frame": {"style": "edges", "width": 0.04},
        "lid": {"style": "none"},
    },
    "toolbox": {
        "size": {"width": 0.5, "height": 0.18, "depth": 0.22, "taper": 0.1},
        "planks": {"count": 2, "thickness": 0.016, "irregular": 0.2},
        "frame": {"style": "none"},
        "lid": {"style": "none"},
        "metal": {"corners": True, "width": 0.03},
        "handles": "batten",
    },
}


class Crate(Kernel):
    name: ClassVar[str] = "crate"
    summary: ClassVar[str] = "Boxes of boards: crates, boxes, chests, treasure chests, toolboxes."
    Params: ClassVar[type[Params]] = CrateParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {"planks": "wood/pine", "frame": "wood/oak", "lid": "wood/pine", "metal": "metal/iron", "lock": "metal/brass",
         "handle": "metal/iron", "rope": "fabric/canvas"}
    )  # fmt: skip
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)

    exaggeration: ClassVar[Mapping[str, float]] = freeze(
        {
            "planks.count": 0.75,
            "planks.gap": 1.6,
            "planks.thickness": 1.6,
            "planks.irregular": 1.5,
            "frame.width": 1.45,
            "lid.dome": 1.35,
            "metal.width": 1.6,
            "feet": 1.4,
        }
    )

    def build(self, params: CrateParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.crate.fittings import fittings
        from dhsdk.shapes.crate.parts import CrateFrame, crate_parts
        from dhsdk.shapes.shading import finished

        frame = CrateFrame(params)
        return finished(crate_parts(frame, rng) + fittings(frame), rng)
