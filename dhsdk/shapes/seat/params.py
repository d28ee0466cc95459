"""What can be set of a seat; lengths in metres."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


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
