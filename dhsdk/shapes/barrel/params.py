"""What can be set of a barrel; lengths in metres."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


class Body(Params):
    height: float = param(0.85, help="height of the staves", unit="m", ge=0.15, le=1.6, low="short", high="tall")
    radius: float = param(0.28, help="radius at the ends", unit="m", ge=0.08, le=0.7, low="slim", high="fat")
    bulge: float = param(0.22, help="how much wider the middle is", ge=0.0, le=0.4, low="straight", high="bulging")
    taper: float = param(0.0, help="how much narrower the lower end is", ge=0.0, le=0.4, low="straight-sided", high="tapered")


class Staves(Params):
    count: int = param(16, help="number of staves", ge=8, le=28)
    gap: float = param(0.06, help="gap between staves, share of a stave", ge=0.0, le=0.15, low="tight", high="leaky")
    thickness: float = param(
        0.08, help="thickness of the staves, share of the radius", ge=0.04, le=0.14, low="thin", high="thick"
    )
    irregular: float = param(0.45, help="how uneven the staves are", ge=0.0, le=1.0, low="precise", high="rustic")


class Hoops(Params):
    count: int = param(4, help="number of hoops", ge=2, le=8)
    width: float = param(0.065, help="width of a hoop, share of the height", ge=0.025, le=0.1, low="narrow", high="broad")
    thickness: float = param(0.045, help="thickness of a hoop, share of the radius", ge=0.02, le=0.08, low="thin", high="heavy")
    rivets: bool = param(True, help="a rivet on each hoop")


class BarrelParams(Params):
    made: Literal["wood", "metal"] = param("wood", help="coopered of staves and hoops, or rolled of sheet metal")
    body: Body = param(Body(), help="the body")
    staves: Staves = param(Staves(), help="the staves")
    hoops: Hoops = param(Hoops(), help="the hoops")
    head: Literal["closed", "open", "ajar"] = param("closed", help="the upper end: boarded, open, or with its lid pushed aside")
    boards: int = param(5, help="boards of a head", ge=2, le=8)
    tap: bool = param(False, help="a tap low on the front")
    bung: bool = param(False, help="a bung in the side")
    handle: Literal["none", "bail", "lugs"] = param(
        "none", help="a hoop to carry it by, or two taller staves with holes for a rope"
    )
    lying: bool = param(False, help="it lies in a cradle")
    detail: int = param(5, help="segments along a stave", ge=4, le=12, low="faceted", high="smooth")
