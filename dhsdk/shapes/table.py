"""Tables: dining, round pedestal, trestle, coffee and bedside tables, desks with drawers, workbenches."""

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
    shape: Literal["square", "round"] = param("square", help="outline of the top")
    thickness: float = param(0.04, help="thickness of the top", unit="m", ge=0.02, le=0.09, low="thin", high="thick")
    boards: int = param(5, help="boards of a square top", ge=1, le=8)
    overhang: float = param(0.07, help="how far the top stands out", unit="m", ge=0.02, le=0.12, low="flush", high="overhanging")
    irregular: float = param(0.3, help="how uneven the boards are", ge=0.0, le=1.0, low="precise", high="rustic")


class Stand(Params):
    style: Literal["tapered", "turned", "pedestal", "trestle"] = param("tapered", help="what carries the top")
    thickness: float = param(0.075, help="thickness of the legs", unit="m", ge=0.04, le=0.12, low="slender", high="chunky")
    apron: float = param(0.1, help="height of the apron", unit="m", ge=0.07, le=0.16, low="low", high="tall")
    stretcher: bool = param(False, help="bars between the legs")
    shelf: bool = param(False, help="a shelf under the top")


class Drawers(Params):
    count: int = param(0, help="drawers in the apron", ge=0, le=3)
    open: float = param(0.0, help="how far they stand open, share of the depth", ge=0.0, le=0.6, low="closed", high="open")


class TableParams(Params):
    size: Size = param(Size(), help="the outer size")
    top: Top = param(Top(), help="the top")
    base: Stand = param(Stand(), help="legs and frame")
    drawers: Drawers = param(Drawers(), help="the drawers")
    detail: int = param(16, help="segments of round pieces", ge=8, le=28, low="faceted", high="smooth")


PRESETS: Mapping[str, Mapping[str, Any]] = {
    "table": {},
    "round table": {
        "size": {"width": 1.1, "depth": 1.1},
        "top": {"shape": "round"},
        "base": {"style": "pedestal", "thickness": 0.1},
        "detail": 24,
    },
    "trestle table": {
        "size": {"width": 2.0},
        "top": {"boards": 4, "thickness": 0.055, "irregular": 0.8},
        "base": {"style": "trestle", "thickness": 0.1, "stretcher": True},
    },
    "coffee table": {
        "size": {"width": 1.1, "height": 0.44, "depth": 0.6},
        "top": {"boards": 3, "thickness": 0.045},
        "base": {"thickness": 0.06, "apron": 0.07, "shelf": True},
    },
    "desk": {
        "size": {"width": 1.4, "height": 0.76, "depth": 0.7},
        "top": {"boards": 1, "thickness": 0.032, "overhang": 0.04},
        "base": {"apron": 0.15, "thickness": 0.065},
        "drawers": {"count": 3},
    },
    "workbench": {
        "size": {"width": 1.7, "height": 0.88, "depth": 0.65},
        "top": {"boards": 3, "thickness": 0.085, "irregular": 0.7},
        "base": {"thickness": 0.11, "apron": 0.12, "stretcher": True, "shelf": True},
    },
    "bedside table": {
        "size": {"width": 0.48, "height": 0.58, "depth": 0.42},
        "top": {"boards": 1, "thickness": 0.026, "overhang": 0.03},
        "base": {"style": "turned", "thickness": 0.05, "apron": 0.15, "shelf": True},
        "drawers": {"count": 1},
    },
}


class Table(Kernel):
    name: ClassVar[str] = "table"
    summary: ClassVar[str] = "Tables, desks with sliding drawers, workbenches and bedside tables."
    Params: ClassVar[type[Params]] = TableParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {"top": "wood/oak", "legs": "wood/oak", "frame": "wood/oak", "drawers": "wood/oak", "handle": "metal/brass"}
    )
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)

    def build(self, params: TableParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.shading import finished
        from dhsdk.shapes.table_parts import table_parts

        return finished(table_parts(params, rng), rng)
