"""What can be set of a plant; lengths in metres."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param

Habit = Literal[
    "tree", "conifer", "palm", "bush", "cactus", "mushroom", "flower", "fern", "grass", "rosette", "bamboo", "stump",
    "log",
]  # fmt: skip


class Size(Params):
    height: float = param(5.2, help="from the ground to the top", unit="m", ge=0.04, le=30.0)
    width: float = param(3.8, help="across the crown, the cap, the leaves", unit="m", ge=0.04, le=20.0)
    stretch: float = param(1.0, help="how much higher than that it has grown", ge=0.5, le=1.9, low="short", high="tall")
    breadth: float = param(1.0, help="how much broader than that it has grown", ge=0.5, le=1.9, low="narrow", high="wide")


class Trunk(Params):
    girth: float = param(0.085, help="thickness of the trunk, share of the height", ge=0.02, le=0.4, low="thin", high="thick")
    clear: float = param(0.34, help="height of the lowest bough, share of the whole", ge=0.0, le=0.7)
    gnarled: float = param(0.25, help="how crooked trunk and boughs are", ge=0.0, le=1.0, low="straight", high="gnarled")
    leaning: float = param(0.1, help="how far it leans", ge=0.0, le=1.0, low="upright", high="leaning")
    roots: float = param(0.5, help="how far the roots stand out", ge=0.0, le=1.0)
    stems: int = param(1, help="stems that rise from the ground", ge=1, le=9)
    hollow: bool = param(False, help="a hole in the trunk")


class Crown(Params):
    style: Literal["round", "oval", "spreading", "columnar", "weeping", "layered"] = param("round", help="shape of the crown")
    boughs: int = param(4, help="boughs of the trunk, whorls of a conifer, arms of a cactus", ge=0, le=12)
    clumps: int = param(9, help="clumps of leaves", ge=3, le=16)
    dense: float = param(0.55, help="how full of leaves it is", ge=0.0, le=1.0, low="sparse", high="dense")
    leaf: float = param(0.5, help="size of a leaf", ge=0.1, le=1.0)
    bare: bool = param(False, help="no leaves at all")


class Leaves(Params):
    count: int = param(11, help="single leaves, fronds or blades", ge=3, le=40)
    droop: float = param(0.45, help="how far they hang", ge=0.0, le=1.0)
    feathered: bool = param(False, help="fronds with leaflets instead of blades")


class Bloom(Params):
    blossom: float = param(0.0, help="blossoms", ge=0.0, le=1.0)
    fruit: float = param(0.0, help="fruits, cones or nuts", ge=0.0, le=1.0)
    head: Literal["daisy", "tulip", "bell"] = param("daisy", help="kind of flower")
    petals: int = param(12, help="petals of a flower", ge=4, le=24)


class Fungus(Params):
    cap: Literal["dome", "cone", "flat"] = param("dome", help="shape of a mushroom's cap")
    spots: int = param(12, help="spots on a cap", ge=0, le=16)
    skirt: bool = param(True, help="a ring around the stem")


class Succulent(Params):
    style: Literal["column", "barrel", "pads"] = param("column", help="kind of cactus")
    ribs: int = param(9, help="ribs around a cactus", ge=6, le=14)
    spines: float = param(0.5, help="how many spines", ge=0.0, le=1.0)


class PlantParams(Params):
    habit: Habit = param("tree", help="how it grows")
    size: Size = param(Size(), help="the whole")
    trunk: Trunk = param(Trunk(), help="trunk, stem or stems")
    crown: Crown = param(Crown(), help="what the trunk bears")
    leaves: Leaves = param(Leaves(), help="leaves that stand alone")
    bloom: Bloom = param(Bloom(), help="flowers and fruits")
    fungus: Fungus = param(Fungus(), help="mushrooms")
    succulent: Succulent = param(Succulent(), help="cacti")
    pot: Literal["none", "pot", "tray"] = param("none", help="the pot it stands in")
    snow: float = param(0.0, help="how much snow lies on it", ge=0.0, le=1.0)
    moss: float = param(0.0, help="how much moss grows on its wood", ge=0.0, le=1.0)
    wear: float = param(0.1, help="broken boughs, gaps and holes", ge=0.0, le=1.0, low="new", high="battered")
    stylised: float = param(
        0.0, help="how far the silhouette is exaggerated", ge=0.0, le=1.0, low="realistic", high="exaggerated"
    )
