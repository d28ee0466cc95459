"""What can be set of a rock; lengths in metres."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param

Form = Literal[
    "boulder", "slab", "crag", "pebbles", "crystals", "arch", "hoodoo", "stalagmite", "cairn", "columns", "menhir", "heap"
]


class Size(Params):
    width: float = param(1.8, help="from left to right", unit="m", ge=0.1, le=20.0)
    height: float = param(1.25, help="from the ground to the top", unit="m", ge=0.05, le=20.0)
    depth: float = param(1.5, help="from front to back", unit="m", ge=0.1, le=20.0)
    stretch: float = param(1.0, help="how much higher than that it is", ge=0.5, le=1.9, low="short", high="tall")
    breadth: float = param(1.0, help="how much wider than that it is", ge=0.5, le=1.9, low="narrow", high="wide")


class Stone(Params):
    facets: int = param(22, help="large cuts of one stone", ge=10, le=40, low="coarse", high="smooth")
    blocky: float = param(0.45, help="between an egg and a box", ge=0.0, le=1.0, low="round", high="square")
    rough: float = param(0.3, help="how unevenly deep the cuts are", ge=0.0, le=0.6, low="even", high="rough")
    bevel: float = param(0.4, help="how much of the edges is worn off", ge=0.05, le=1.0, low="sharp", high="rounded")
    strata: int = param(1, help="beds that lie upon one another", ge=1, le=7)
    lean: float = param(0.1, help="how far it leans", ge=0.0, le=1.0, low="upright", high="leaning")


class Gem(Params):
    sides: int = param(6, help="sides of a crystal", ge=4, le=8)
    spread: float = param(0.6, help="how far the crystals fan out", ge=0.0, le=1.0)
    girth: float = param(0.34, help="thickness of a crystal, share of its length", ge=0.12, le=0.6, low="thin", high="thick")
    tip: float = param(0.5, help="length of the pointed end", ge=0.1, le=1.0, low="blunt", high="pointed")


class Span(Params):
    opening: float = param(0.55, help="width of an arch's opening, share of its width", ge=0.3, le=0.72)
    cap: float = param(0.55, help="size of the cap of a hoodoo, waist of a stalagmite", ge=0.2, le=1.0)


class Cover(Params):
    moss: float = param(0.0, help="how far moss comes down from the top", ge=0.0, le=1.0)
    snow: float = param(0.0, help="how deep snow lies on it", ge=0.0, le=1.0)
    debris: int = param(2, help="small stones at its foot", ge=0, le=8)


class RockParams(Params):
    form: Form = param("boulder", help="what kind of rock")
    size: Size = param(Size(), help="the whole")
    count: int = param(2, help="stones, blocks or crystals it is made of", ge=1, le=16)
    stone: Stone = param(Stone(), help="the single stones")
    gem: Gem = param(Gem(), help="the crystals")
    span: Span = param(Span(), help="arches and hoodoos")
    cover: Cover = param(Cover(), help="what lies on it and around it")
    wear: float = param(0.15, help="chips, clefts and broken corners", ge=0.0, le=1.0, low="new", high="battered")
    stylised: float = param(
        0.0, help="how far the silhouette is exaggerated", ge=0.0, le=1.0, low="realistic", high="exaggerated"
    )
