"""What can be set of a building; lengths in metres."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


class Body(Params):
    plan: Literal["rectangular", "square", "round", "octagonal"] = param("rectangular", help="outline of the walls")
    width: float = param(8.0, help="width of the front", unit="m", ge=2.4, le=30.0, low="narrow", high="wide")
    depth: float = param(6.0, help="from front to back", unit="m", ge=2.4, le=30.0, low="shallow", high="deep")
    storeys: int = param(1, help="storeys under the roof", ge=1, le=14)
    storey_height: float = param(2.6, help="height of a storey", unit="m", ge=2.2, le=5.0, low="low", high="tall")
    taper: float = param(0.0, help="how much narrower it is above, share", ge=0.0, le=0.5, low="straight", high="tapered")


class Walls(Params):
    made: Literal["plaster", "timbered", "stone", "brick", "wood", "logs", "glass", "metal"] = param(
        "plaster", help="how the walls are built"
    )
    thickness: float = param(0.35, help="thickness of the walls", unit="m", ge=0.15, le=1.2, low="thin", high="thick")


class Roof(Params):
    shape: Literal["gable", "hip", "mansard", "domed", "spire", "flat"] = param(
        "gable", help="shape; on a round plan gable and hip are a cone"
    )
    made: Literal["tiles", "slate", "shingles", "thatch", "metal", "glass"] = param("tiles", help="how it is covered")
    pitch: float = param(0.75, help="slope", unit="rad", ge=0.15, le=1.3, low="shallow", high="steep")
    overhang: float = param(0.45, help="how far it stands out", unit="m", ge=0.05, le=1.2, low="flush", high="overhanging")
    front_gable: bool = param(False, help="the gable looks to the front")
    parapet: Literal["none", "plain", "battlements"] = param("none", help="what stands around a flat roof")


class Windows(Params):
    count: int = param(3, help="windows of a storey at the front", ge=0, le=8)
    width: float = param(0.85, help="width of a window", unit="m", ge=0.3, le=2.4, low="narrow", high="wide")
    height: float = param(1.15, help="height of a window", unit="m", ge=0.4, le=2.6)
    head: Literal["straight", "arched", "slit"] = param("straight", help="shape: straight or arched above, or a slit")
    bars: int = param(1, help="glazing bars each way", ge=0, le=2)
    shutters: bool = param(False, help="shutters that turn, beside the windows of the front")
    lit: bool = param(False, help="light shines behind them")


class Door(Params):
    style: Literal["none", "planks", "panelled", "double", "glazed", "sliding", "portcullis"] = param(
        "planks", help="kind of door"
    )
    width: float = param(1.0, help="width of the doorway", unit="m", ge=0.7, le=4.5, low="narrow", high="wide")
    height: float = param(2.05, help="height of the doorway", unit="m", ge=1.7, le=4.5)
    open: float = param(0.0, help="how far it stands open, share", ge=0.0, le=1.0, low="closed", high="open")
    arched: bool = param(False, help="the doorway is arched")
    steps: int = param(1, help="steps up to it", ge=0, le=6)
    porch: bool = param(False, help="a roof on posts before it")


class Chimney(Params):
    count: int = param(1, help="chimneys", ge=0, le=3)
    height: float = param(0.9, help="how far they stand over the roof", unit="m", ge=0.3, le=3.0)


class Build(Params):
    ornament: float = param(0.4, help="depth of frames, cornices and corner stones", ge=0.0, le=1.0, low="plain", high="ornate")
    irregular: float = param(0.3, help="how uneven it is", ge=0.0, le=1.0, low="precise", high="rustic")
    wear: float = param(0.12, help="sagging ridge, lost tiles, a crooked chimney", ge=0.0, le=1.0, low="new", high="ruined")
    stylised: float = param(
        0.0, help="how far the silhouette is exaggerated", ge=0.0, le=1.0, low="realistic", high="exaggerated"
    )


class BuildingParams(Params):
    body: Body = param(Body(), help="plan and size")
    walls: Walls = param(Walls(), help="the walls")
    roof: Roof = param(Roof(), help="the roof")
    windows: Windows = param(Windows(), help="the windows")
    door: Door = param(Door(), help="the door")
    chimney: Chimney = param(Chimney(), help="the chimneys")
    dormers: int = param(0, help="dormers on the front of a gable or mansard roof", ge=0, le=3)
    balcony: bool = param(False, help="a balcony over the door, where there is a second storey")
    tower: float = param(0.0, help="height of a bell tower at the front, 0 for none", unit="m", ge=0.0, le=30.0)
    turrets: int = param(0, help="round turrets at the corners", ge=0, le=4)
    sails: int = param(0, help="sails of a windmill", ge=0, le=6)
    beacon: bool = param(False, help="a gallery with a lamp room on top")
    build: Build = param(Build(), help="the finer shape")
    detail: int = param(14, help="corners of round walls", ge=8, le=24, low="faceted", high="smooth")
    pieces: int = param(
        20, help="how many of the small pieces are there: a small budget of triangles asks for fewer", ge=0, le=20
    )
