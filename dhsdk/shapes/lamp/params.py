"""What can be set of a lamp; lengths in metres."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


class Footing(Params):
    style: Literal["none", "disc", "dome", "square", "tripod", "ceiling"] = param("dome", help="what it stands on or hangs from")
    radius: float = param(0.095, help="radius of the base", unit="m", ge=0.03, le=0.35, low="small-based", high="broad-based")
    height: float = param(0.04, help="height of the base", unit="m", ge=0.012, le=0.3, low="flat", high="raised")


class Stem(Params):
    style: Literal["none", "rod", "turned", "gourd", "gooseneck", "post", "cord"] = param("gourd", help="what carries the light")
    height: float = param(0.25, help="length of the stem", unit="m", ge=0.04, le=3.2, low="short", high="tall")
    thickness: float = param(0.05, help="greatest radius of the stem", unit="m", ge=0.006, le=0.14, low="slender", high="stout")
    carving: float = param(0.7, help="depth of the turning", ge=0.0, le=1.0, low="plain", high="ornate")
    arms: int = param(1, help="lights on arms", ge=1, le=5)


class Shade(Params):
    style: Literal["none", "cone", "drum", "dome", "bell", "pleated", "globe", "lantern"] = param("cone", help="kind of shade")
    radius: float = param(0.15, help="radius at the lower edge", unit="m", ge=0.04, le=0.4, low="narrow", high="wide")
    height: float = param(0.19, help="height of the shade", unit="m", ge=0.05, le=0.5, low="shallow", high="deep")
    top: float = param(
        0.55, help="radius at the upper edge, share of the lower", ge=0.25, le=1.0, low="conical", high="cylindrical"
    )
    sides: int = param(4, help="sides of a lantern", ge=4, le=8)
    tilt: float = param(0.0, help="how far the shade is tilted", unit="rad", ge=0.0, le=0.6, low="level", high="tilted")


class LampParams(Params):
    base: Footing = param(Footing(), help="the base")
    stem: Stem = param(Stem(), help="the stem")
    shade: Shade = param(Shade(), help="the shade")
    light: Literal["bulb", "candle", "none"] = param("bulb", help="what gives the light")
    light_size: float = param(1.0, help="size of the bulb or candle", ge=0.5, le=2.0, low="dim", high="bright")
    finial: bool = param(True, help="a knob on top")
    ring: bool = param(False, help="a ring to carry or hang it by")
    rustic: float = param(0.3, help="how uneven it is", ge=0.0, le=1.0, low="precise", high="rustic")
    detail: int = param(20, help="segments around", ge=6, le=32, low="faceted", high="smooth")
