"""What can be set of a rocket; lengths in metres."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


class Body(Params):
    style: Literal["cigar", "cylinder", "capsule"] = param("cigar", help="kind of hull")
    length: float = param(8.0, help="length of hull and nose", unit="m", ge=1.0, le=70.0, low="short", high="long")
    width: float = param(2.5, help="diameter of the hull", unit="m", ge=0.2, le=8.0, low="slender", high="fat")
    belly: float = param(
        0.6, help="how far a cigar bulges, how far a capsule narrows", ge=0.0, le=1.0, low="straight", high="bulging"
    )
    taper: float = param(0.0, help="how much narrower each stage is", ge=0.0, le=0.3)
    bands: int = param(2, help="rings around the hull", ge=0, le=5)
    livery: Literal["none", "checks", "stripe"] = param("none", help="what is painted on the hull")
    porthole: float = param(0.26, help="diameter of a porthole, share of the hull's", ge=0.08, le=0.45)


class Nose(Params):
    style: Literal["ogive", "cone", "dome", "tower"] = param("ogive", help="kind of nose; tower: an escape tower")
    length: float = param(0.28, help="length of the nose, share of the whole", ge=0.08, le=0.45, low="blunt", high="pointed")
    antenna: bool = param(True, help="a rod with a ball on the tip")


class Fins(Params):
    style: Literal["none", "swept", "delta", "legs"] = param("swept", help="kind of fins")
    count: int = param(4, help="number of fins", ge=3, le=6)
    span: float = param(0.5, help="how far they stand out, share of the hull's diameter", ge=0.12, le=1.0)
    chord: float = param(0.32, help="their height at the hull, share of its length", ge=0.08, le=0.5)
    sweep: float = param(0.6, help="how far they are swept back", ge=0.0, le=1.0, low="straight", high="swept")
    forward: bool = param(False, help="a second set of small fins further up")


class Strapon(Params):
    length: float = param(0.62, help="length of a booster, share of the rocket's", ge=0.3, le=0.9)
    width: float = param(0.55, help="diameter of a booster, share of the hull's", ge=0.25, le=0.8)


class Hatch(Params):
    has_hatch: bool = param(True, help="a door in the hull")
    open: float = param(0.0, help="how far the hatch stands open", unit="rad", ge=0.0, le=1.9, low="closed", high="open")


class Build(Params):
    bell: float = param(0.62, help="size of the engine bells", ge=0.25, le=1.0)
    ornament: float = param(0.5, help="ribs, rivets and rims", ge=0.0, le=1.0, low="plain", high="ornate")
    wear: float = param(0.12, help="dents and bent fins", ge=0.0, le=1.0, low="new", high="battered")
    stylised: float = param(
        0.0, help="how far the silhouette is exaggerated", ge=0.0, le=1.0, low="realistic", high="exaggerated"
    )


class RocketParams(Params):
    body: Body = param(Body(), help="the hull")
    nose: Nose = param(Nose(), help="the nose")
    fins: Fins = param(Fins(), help="the fins")
    stages: int = param(1, help="stages that part from one another", ge=1, le=3)
    engines: int = param(1, help="engine bells, or pairs of thrusters of a capsule", ge=1, le=7)
    boosters: int = param(0, help="boosters at the sides", ge=0, le=4)
    strapon: Strapon = param(Strapon(), help="the boosters")
    panes: int = param(2, help="portholes", ge=0, le=5)
    hatch: Hatch = param(Hatch(), help="the door")
    lit: bool = param(False, help="flames come out of the engines")
    build: Build = param(Build(), help="the finer shape")
    detail: int = param(20, help="segments around the hull", ge=8, le=32, low="faceted", high="smooth")
