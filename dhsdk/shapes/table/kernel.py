"""Tables: dining, round pedestal, trestle, coffee and side tables, desks, writing tables, workbenches, bedside tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dhsdk.frozen import freeze
from dhsdk.params import Params
from dhsdk.shapes.kernel import Kernel, Part, Stream
from dhsdk.shapes.table.params import TableParams

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "table": {},
    "round table": {
        "size": {"width": 1.15, "depth": 1.15},
        "top": {"shape": "round", "edge": "moulded"},
        "legs": {"style": "pedestal", "thickness": 0.12},
        "joinery": {"ornament": 0.7},
        "detail": 18,
    },
    "trestle table": {
        "size": {"width": 2.0},
        "top": {"boards": 4, "thickness": 0.058, "edge": "chamfered"},
        "legs": {"style": "trestle", "thickness": 0.1, "stretcher": True},
        "joinery": {"irregular": 0.8, "wear": 0.3},
    },
    "coffee table": {
        "size": {"width": 1.15, "height": 0.44, "depth": 0.62},
        "top": {"shape": "oval", "thickness": 0.045, "edge": "chamfered"},
        "legs": {"thickness": 0.05, "apron": 0.06, "shelf": True, "splay": 0.14, "taper": 0.5},
        "joinery": {"bevel": 0.7},
    },
    "side table": {
        "size": {"width": 0.5, "height": 0.55, "depth": 0.5},
        "top": {"shape": "round", "thickness": 0.028, "edge": "chamfered", "overhang": 0.04},
        "legs": {"style": "hairpin", "count": 3, "thickness": 0.04, "splay": 0.16, "apron": 0.05},
        "joinery": {"bevel": 0.7},
    },
    "desk": {
        "size": {"width": 1.5, "height": 0.77, "depth": 0.72},
        "top": {"boards": 1, "thickness": 0.036, "overhang": 0.03, "edge": "moulded"},
        "legs": {"apron": 0.1, "thickness": 0.06, "style": "turned"},
        "drawers": {"count": 7, "layout": "pillars", "pull": "bail"},
        "joinery": {"ornament": 0.6},
        "detail": 10,
    },
    "writing table": {
        "size": {"width": 1.3, "height": 0.76, "depth": 0.65},
        "top": {"boards": 1, "thickness": 0.03, "overhang": 0.04, "edge": "chamfered"},
        "legs": {"apron": 0.13, "thickness": 0.055, "style": "tapered", "splay": 0.06, "taper": 0.5},
        "drawers": {"count": 3},
    },
    "workbench": {
        "size": {"width": 1.7, "height": 0.88, "depth": 0.68},
        "top": {"boards": 3, "thickness": 0.09, "overhang": 0.05},
        "legs": {"thickness": 0.11, "apron": 0.12, "taper": 1.0, "stretcher": True, "shelf": True},
        "vise": True,
        "back": 0.18,
        "joinery": {"irregular": 0.7, "wear": 0.4, "ornament": 0.1},
    },
    "bedside table": {
        "size": {"width": 0.48, "height": 0.6, "depth": 0.42},
        "top": {"boards": 1, "thickness": 0.028, "overhang": 0.02, "edge": "chamfered"},
        "legs": {"thickness": 0.045, "apron": 0.08, "splay": 0.12},
        "drawers": {"count": 2, "layout": "cabinet"},
    },
    "camp table": {
        "size": {"width": 1.5, "height": 0.74, "depth": 0.75},
        "top": {"boards": 6, "thickness": 0.03},
        "legs": {"style": "crossed", "thickness": 0.07, "stretcher": True},
        "joinery": {"irregular": 0.6},
    },
}


class Table(Kernel):
    name: ClassVar[str] = "table"
    summary: ClassVar[str] = "Tables, desks with sliding drawers, workbenches and bedside tables."
    Params: ClassVar[type[Params]] = TableParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {
            "top": "wood/oak",
            "legs": "wood/oak",
            "frame": "wood/oak",
            "drawers": "wood/oak",
            "handle": "metal/brass",
            "iron": "metal/iron",
        }
    )
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)
    sawn: ClassVar[Mapping[str, str]] = freeze({"top.boards": "top"})

    def build(self, params: TableParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.shading import finished
        from dhsdk.shapes.table.body import body_parts
        from dhsdk.shapes.table.frame import TableFrame, top_parts
        from dhsdk.shapes.table.legs import leg_parts

        frame = TableFrame(params)
        return finished([*top_parts(frame, rng), *leg_parts(frame, rng), *body_parts(frame, rng)], rng)
