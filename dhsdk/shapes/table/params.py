"""What can be set of a table; lengths in metres."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


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
