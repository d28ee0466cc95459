"""Finish: what a surface is made of and how it looks, as typed, JSON-able parameters. materials.bake turns it into a Material."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param

Family = Literal[
    "wood", "metal", "fabric", "leather", "stone", "ceramic", "glass", "plastic", "paper", "wicker", "wax",
    "rock", "crystal", "bark", "leaf", "ground",
]  # fmt: skip


class Finish(Params):
    family: Family = param("wood", help="what the surface is made of")
    variety: str = param("", help="kind within the family: oak, brass, marble; empty: the family's plainest")
    color: str = param("", help="sRGB colour #rrggbb that tints the surface; empty: the variety's own")
    roughness: float = param(0.5, help="gloss of the surface", ge=0.0, le=1.0, low="glossy", high="matte")
    wear: float = param(0.15, help="scratches, worn edges and dirt", ge=0.0, le=1.0, low="new", high="worn")
    pattern: Literal["plain", "striped", "checked", "carved", "dotted", "hammered"] = param(
        "plain", help="pattern on the surface"
    )
    pattern_color: str = param("", help="second colour #rrggbb of the pattern; empty: darker than the first")
    glow: float = param(0.0, help="emitted light, times the base colour", ge=0.0, le=50.0, low="dark", high="glowing")
    stylised: float = param(
        0.0, help="painted by hand: few calm colours in place of the structure", ge=0.0, le=1.0, low="lifelike", high="stylised"
    )
