"""Boxes of boards: crate, box, chest, treasure chest, toolbox, planter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from dhsdk.frozen import freeze
from dhsdk.params import Params, param
from dhsdk.shapes.kernel import Kernel, Part, Stream


class Size(Params):
    width: float = param(0.7, help="width", unit="m", ge=0.16, le=2.0, low="narrow", high="wide")
    height: float = param(0.62, help="height without lid", unit="m", ge=0.1, le=1.5, low="low", high="tall")
    depth: float = param(0.7, help="depth", unit="m", ge=0.14, le=1.5, low="shallow", high="deep")
    taper: float = param(0.0, help="how much wider it is above than below", ge=0.0, le=0.25, low="straight", high="flared")


class Boards(Params):
    count: int = param(4, help="boards on a side", ge=2, le=8)
    gap: float = param(0.012, help="gap between boards, share of a board", ge=0.0, le=0.3, low="tight", high="slatted")
    thickness: float = param(0.022, help="thickness of a board", unit="m", ge=0.006, le=0.04, low="thin", high="thick")
    irregular: float = param(0.5, help="how uneven the boards are", ge=0.0, le=1.0, low="precise", high="rustic")
    upright: bool = param(False, help="boards stand instead of lying")


class Frame(Params):
    style: Literal["none", "edges", "braced", "crossed"] = param("braced", help="battens on the sides")
    width: float = param(0.085, help="width of a batten", unit="m", ge=0.02, le=0.14, low="slender", high="chunky")
    nails: bool = param(True, help="nail heads")


class Lid(Params):
    style: Literal["none", "flat", "domed"] = param("flat", help="kind of lid")
    dome: float = param(
        0.8, help="height of a domed lid, share of half the depth", ge=0.3, le=1.1, low="flat-topped", high="domed"
    )
    open: float = param(0.0, help="how far the lid stands open", unit="rad", ge=0.0, le=1.9, low="closed", high="open")


class Metal(Params):
    bands: int = param(0, help="straps over the box", ge=0, le=4)
    width: float = param(0.05, help="width of a strap", unit="m", ge=0.015, le=0.1)
    corners: bool = param(False, help="corner caps")
    lock: bool = param(False, help="a lock on the front")


class CrateParams(Params):
    size: Size = param(Size(), help="the outer size")
    planks: Boards = param(Boards(), help="the boards")
    frame: Frame = param(Frame(), help="the battens")
    lid: Lid = param(Lid(), help="the lid")
    metal: Metal = param(Metal(), help="the fittings")
    handles: Literal["none", "rope", "ring", "batten"] = param("none", help="handles on the ends")
    feet: float = param(0.0, help="height of the feet, 0 for none", unit="m", ge=0.0, le=0.1)
    detail: int = param(8, help="segments of round pieces", ge=5, le=16, low="faceted", high="smooth")


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
        from dhsdk.shapes.crate_fittings import fittings
        from dhsdk.shapes.crate_parts import CrateFrame, crate_parts
        from dhsdk.shapes.shading import finished

        frame = CrateFrame(params)
        return finished(crate_parts(frame, rng) + fittings(frame), rng)
