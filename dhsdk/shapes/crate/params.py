"""What can be set of a crate; lengths in metres."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


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
