"""Seats: chair, stool, armchair, bench, throne, rocking chair, bar stool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from dhsdk.frozen import freeze
from dhsdk.params import Params, param
from dhsdk.shapes.kernel import Kernel, Part, PartSocket, Stream


class SeatPlate(Params):
    width: float = param(0.44, help="width of the seat", unit="m", ge=0.3, le=1.8, low="narrow", high="wide")
    depth: float = param(0.42, help="depth of the seat", unit="m", ge=0.3, le=0.8, low="shallow", high="deep")
    height: float = param(0.45, help="height of the seat above the floor", unit="m", ge=0.25, le=0.9, low="low", high="tall")
    thickness: float = param(0.045, help="thickness of the seat", unit="m", ge=0.02, le=0.12, low="thin", high="thick")
    shape: Literal["square", "rounded", "trapezoid", "round"] = param("trapezoid", help="outline of the seat")
    cushion: float = param(0.0, help="height of the cushion, 0 for none", unit="m", ge=0.0, le=0.16, low="hard", high="padded")
    dish: float = param(0.3, help="how far the seat is hollowed", ge=0.0, le=1.0, low="flat", high="scooped")
    apron: float = param(0.06, help="height of the rails under the seat, 0 for none", unit="m", ge=0.0, le=0.12)
    planks: int = param(1, help="boards that make the seat, side by side", ge=1, le=6)


class Legs(Params):
    count: int = param(4, help="number of legs", ge=3, le=6)
    style: Literal["tapered", "turned", "bobbin", "cabriole", "sled", "pedestal", "plinth"] = param(
        "tapered", help="kind of legs"
    )
    thickness: float = param(0.052, help="thickness of a leg", unit="m", ge=0.025, le=0.09, low="thin", high="thick")
    taper: float = param(0.62, help="thickness at the floor, share of the top", ge=0.4, le=1.3, low="tapered", high="chunky")
    splay: float = param(0.08, help="how far the legs lean outwards", unit="rad", ge=0.0, le=0.35, low="straight", high="splayed")
    stretchers: Literal["none", "box", "cross", "ring"] = param("none", help="bars between the legs")
    rockers: bool = param(False, help="curved runners under the legs")


class Back(Params):
    style: Literal["none", "slats", "spindles", "ladder", "splat", "solid", "padded"] = param("slats", help="kind of back")
    height: float = param(0.48, help="height of the back above the seat", unit="m", ge=0.2, le=1.1, low="low", high="high")
    rake: float = param(0.16, help="how far the back leans", unit="rad", ge=0.0, le=0.4, low="upright", high="reclined")
    count: int = param(4, help="slats, spindles or rungs", ge=2, le=9)
    arch: float = param(0.35, help="how far the top rises in the middle", ge=0.0, le=1.0, low="straight", high="arched")
    wrap: float = param(0.3, help="how far the back curves around", ge=0.0, le=1.0, low="flat", high="curved")


class Arms(Params):
    style: Literal["none", "straight", "curved", "padded"] = param("none", help="kind of arms")
    height: float = param(0.2, help="height of the arms above the seat", unit="m", ge=0.12, le=0.32, low="low", high="high")


class Carving(Params):
    bevel: float = param(0.4, help="how far edges are rounded", ge=0.0, le=1.0, low="crisp", high="soft")
    ornament: float = param(0.25, help="depth of turnings, crests and finials", ge=0.0, le=1.0, low="plain", high="ornate")
    irregular: float = param(0.35, help="how uneven the pieces are", ge=0.0, le=1.0, low="precise", high="rustic")


class SeatParams(Params):
    seat: SeatPlate = param(SeatPlate(), help="the seat")
    legs: Legs = param(Legs(), help="the legs")
    back: Back = param(Back(), help="the back")
    arms: Arms = param(Arms(), help="the arms")
    carving: Carving = param(Carving(), help="the finer shape")
    detail: int = param(12, help="segments around a turned piece", ge=6, le=24, low="faceted", high="smooth")


PRESETS: Mapping[str, Mapping[str, Any]] = {
    "chair": {},
    "stool": {
        "seat": {"width": 0.36, "depth": 0.36, "height": 0.46, "shape": "round", "apron": 0.0, "thickness": 0.05, "dish": 0.5},
        "legs": {"count": 3, "style": "tapered", "splay": 0.2, "thickness": 0.05, "stretchers": "ring", "taper": 0.7},
        "back": {"style": "none"},
    },
    "bar stool": {
        "seat": {"width": 0.36, "depth": 0.36, "height": 0.76, "shape": "round", "apron": 0.0, "cushion": 0.07},
        "legs": {"count": 4, "style": "pedestal", "thickness": 0.06},
        "back": {"style": "none"},
    },
    "armchair": {
        "seat": {
            "width": 0.62,
            "depth": 0.62,
            "height": 0.34,
            "thickness": 0.12,
            "shape": "rounded",
            "cushion": 0.14,
            "apron": 0.0,
        },
        "legs": {"style": "turned", "thickness": 0.07, "splay": 0.04},
        "back": {"style": "padded", "height": 0.52, "rake": 0.2, "arch": 0.5, "wrap": 0.5},
        "arms": {"style": "padded", "height": 0.27},
        "carving": {"bevel": 0.8},
    },
    "bench": {
        "seat": {"width": 1.4, "depth": 0.42, "shape": "square", "planks": 3, "apron": 0.07, "dish": 0.0},
        "legs": {"count": 4, "thickness": 0.08, "taper": 1.1, "splay": 0.1, "stretchers": "cross"},
        "back": {"style": "none"},
        "carving": {"irregular": 0.7},
    },
    "park bench": {
        "seat": {"width": 1.5, "depth": 0.46, "shape": "square", "planks": 4, "apron": 0.0},
        "legs": {"style": "sled", "thickness": 0.05},
        "back": {"style": "ladder", "height": 0.45, "count": 3, "wrap": 0.0, "rake": 0.22, "arch": 0.1},
        "arms": {"style": "curved", "height": 0.22},
    },
    "throne": {
        "seat": {"width": 0.7, "depth": 0.6, "height": 0.5, "thickness": 0.08, "shape": "square", "cushion": 0.09, "apron": 0.0},
        "legs": {"style": "plinth", "thickness": 0.085},
        "back": {"style": "solid", "height": 1.05, "rake": 0.06, "arch": 0.9, "wrap": 0.0},
        "arms": {"style": "straight", "height": 0.27},
        "carving": {"ornament": 1.0, "bevel": 0.7},
    },
    "rocking chair": {
        "seat": {"width": 0.5, "depth": 0.48, "height": 0.42, "apron": 0.0, "dish": 0.6},
        "legs": {"style": "bobbin", "rockers": True, "stretchers": "box", "splay": 0.06, "thickness": 0.045},
        "back": {"style": "spindles", "height": 0.66, "count": 6, "rake": 0.24, "arch": 0.6, "wrap": 0.5},
        "arms": {"style": "curved", "height": 0.21},
    },
}


class Seat(Kernel):
    name: ClassVar[str] = "seat"
    summary: ClassVar[str] = "Things to sit on: chairs, stools, benches, armchairs, thrones."
    Params: ClassVar[type[Params]] = SeatParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {
            "frame": "wood/oak",
            "seat": "wood/oak",
            "legs": "wood/oak",
            "back": "wood/oak",
            "arms": "wood/oak",
            "cushion": "fabric/velvet",
            "ornament": "metal/brass",
        }
    )
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)
    looks: ClassVar[Mapping[str, Mapping[str, str]]] = freeze({"armchair": {"cushion": "fabric/velvet"}})

    exaggeration: ClassVar[Mapping[str, float]] = freeze(
        {
            "seat.thickness": 1.6,
            "seat.apron": 1.3,
            "seat.cushion": 1.25,
            "legs.thickness": 1.5,
            "legs.taper": 0.8,
            "legs.splay": 1.7,
            "back.height": 1.1,
            "back.rake": 1.3,
            "back.count": 0.7,
            "back.arch": 1.8,
            "carving.bevel": 1.8,
            "carving.irregular": 1.4,
        }
    )

    def build(self, params: SeatParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes import seat_back, seat_legs
        from dhsdk.shapes.seat_frame import SeatFrame, seat_parts
        from dhsdk.shapes.shading import finished

        frame = SeatFrame(params)
        parts = seat_parts(frame, rng)
        parts += seat_legs.leg_parts(frame, rng)
        parts += seat_back.back_parts(frame, rng)
        parts += seat_back.arm_parts(frame, rng)
        return finished([_with_sockets(part, frame.sockets) if part.name == "seat" else part for part in parts], rng)


def _with_sockets(part: Part, sockets: tuple[PartSocket, ...]) -> Part:
    from dataclasses import replace

    return replace(part, sockets=sockets)
