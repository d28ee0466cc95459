"""Tables: dining, round pedestal, trestle, coffee and side tables, desks, writing tables, workbenches, bedside tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from dhsdk.frozen import freeze
from dhsdk.params import Params, param
from dhsdk.shapes.kernel import Kernel, Part, Stream


class Size(Params):
    width: float = param(1.6, help="width", unit="m", ge=0.35, le=3.0, low="narrow", high="wide")
    height: float = param(0.75, help="height", unit="m", ge=0.35, le=1.1, low="low", high="tall")
    depth: float = param(0.85, help="depth", unit="m", ge=0.35, le=1.5, low="shallow", high="deep")


class Top(Params):
    shape: Literal["rectangular", "square", "round", "oval"] = param("rectangular", help="outline of the top")
    thickness: float = param(0.042, help="thickness of the top", unit="m", ge=0.02, le=0.1, low="thin", high="thick")
    edge: Literal["eased", "chamfered", "moulded"] = param("eased", help="profile of its rim; of boards: their ends")
    boards: int = param(5, help="boards of a top with corners", ge=1, le=8)
    overhang: float = param(0.07, help="how far the top stands out", unit="m", ge=0.01, le=0.14, low="flush", high="overhanging")


class Legs(Params):
    style: Literal["tapered", "turned", "pedestal", "trestle", "crossed", "hairpin", "panel"] = param(
        "tapered", help="what carries the top"
    )
    count: int = param(4, help="number of legs, or of feet under a pedestal", ge=3, le=6)
    thickness: float = param(0.075, help="thickness of the legs", unit="m", ge=0.03, le=0.14, low="slender", high="chunky")
    taper: float = param(0.66, help="thickness at the floor, share of the top", ge=0.4, le=1.3, low="tapered", high="straight")
    splay: float = param(0.0, help="how far the legs lean outwards", unit="rad", ge=0.0, le=0.28, low="upright", high="splayed")
    apron: float = param(0.1, help="height of the rails under the top", unit="m", ge=0.05, le=0.18)
    stretcher: bool = param(False, help="bars between the legs")
    shelf: bool = param(False, help="a shelf under the top")


class Drawers(Params):
    count: int = param(0, help="drawers in all, as many as find room", ge=0, le=9)
    layout: Literal["apron", "pillars", "cabinet"] = param("apron", help="where they are: in the rails, in two stacks, in a body")
    open: float = param(0.0, help="how far they stand open, share of the depth", ge=0.0, le=0.6, low="closed", high="open")
    pull: Literal["knob", "bail", "ring"] = param("knob", help="what they are pulled by")


class Joinery(Params):
    bevel: float = param(0.4, help="how far edges are rounded", ge=0.0, le=1.0, low="crisp", high="soft")
    ornament: float = param(0.4, help="depth of turnings, fields and arches", ge=0.0, le=1.0, low="plain", high="ornate")
    irregular: float = param(0.3, help="how uneven the boards are", ge=0.0, le=1.0, low="precise", high="rustic")
    wear: float = param(0.12, help="knocked corners, leaning legs, gaping boards", ge=0.0, le=1.0, low="new", high="battered")
    stylised: float = param(
        0.0, help="how far the silhouette is exaggerated", ge=0.0, le=1.0, low="realistic", high="exaggerated"
    )


class TableParams(Params):
    size: Size = param(Size(), help="the outer size")
    top: Top = param(Top(), help="the top")
    legs: Legs = param(Legs(), help="legs and frame")
    drawers: Drawers = param(Drawers(), help="the drawers")
    vise: bool = param(False, help="a vise at the front")
    back: float = param(0.0, help="height of a board behind the top, 0 for none", unit="m", ge=0.0, le=0.6)
    joinery: Joinery = param(Joinery(), help="the finer shape")
    detail: int = param(14, help="segments of round pieces", ge=8, le=28, low="faceted", high="smooth")


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

    def build(self, params: TableParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.shading import finished
        from dhsdk.shapes.table_body import body_parts
        from dhsdk.shapes.table_frame import TableFrame, top_parts
        from dhsdk.shapes.table_legs import leg_parts

        frame = TableFrame(params)
        return finished([*top_parts(frame, rng), *leg_parts(frame, rng), *body_parts(frame, rng)], rng)
