"""Seats: chair, stool, armchair, bench, throne, rocking chair, bar stool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dhsdk.frozen import freeze
from dhsdk.params import Params
from dhsdk.shapes.kernel import Kernel, Part, PartSocket, Stream
from dhsdk.shapes.seat.params import SeatParams

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
        from dhsdk.shapes.seat import back as seat_back
        from dhsdk.shapes.seat import legs as seat_legs
        from dhsdk.shapes.seat.frame import SeatFrame, seat_parts
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
