"""What can be set of a vessel; lengths in metres."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


class Body(Params):
    height: float = param(
        0.26, help="height of the body with neck and foot", unit="m", ge=0.015, le=1.2, low="short", high="tall"
    )
    radius: float = param(0.08, help="radius at the widest place", unit="m", ge=0.03, le=0.4, low="slim", high="wide")
    belly: float = param(
        0.5, help="where the body is widest, share of its height", ge=0.15, le=1.0, low="bottom-heavy", high="top-heavy"
    )
    roundness: float = param(1.9, help="from a cone to a drum", ge=1.0, le=3.5, low="angular", high="round")
    base: float = param(
        0.55, help="radius at the base, share of the widest", ge=0.2, le=1.0, low="narrow-based", high="broad-based"
    )
    wall: float = param(
        0.06, help="thickness of the wall, share of the radius", ge=0.03, le=0.14, low="thin-walled", high="thick-walled"
    )


class Neck(Params):
    length: float = param(
        0.22, help="length of the neck, share of the height", ge=0.0, le=0.5, low="short-necked", high="long-necked"
    )
    width: float = param(
        0.42, help="radius of the neck, share of the widest", ge=0.16, le=1.0, low="narrow-necked", high="wide-mouthed"
    )
    flare: float = param(0.4, help="how far the lip opens", ge=0.0, le=1.0, low="straight-lipped", high="flared")


class Foot(Params):
    height: float = param(
        0.05, help="height of the foot, share of the height, 0 for none", ge=0.0, le=0.5, low="footless", high="footed"
    )
    stem: float = param(0.8, help="radius of the foot's waist, share of the base", ge=0.12, le=1.0, low="stemmed", high="sturdy")
    spread: float = param(1.0, help="radius of the foot, share of the base", ge=0.7, le=2.2)


class Handles(Params):
    count: int = param(0, help="number of handles", ge=0, le=3)
    style: Literal["ear", "loop", "angular"] = param("ear", help="kind of handle")
    reach: float = param(
        0.6, help="how far a handle stands out, share of the radius", ge=0.3, le=1.1, low="tight", high="generous"
    )
    thickness: float = param(
        0.11, help="thickness of a handle, share of the radius", ge=0.07, le=0.18, low="dainty", high="stout"
    )


class VesselParams(Params):
    body: Body = param(Body(), help="the body")
    neck: Neck = param(Neck(), help="the neck and the lip")
    foot: Foot = param(Foot(), help="the foot")
    handles: Handles = param(Handles(), help="the handles")
    spout: Literal["none", "lip", "tube"] = param("none", help="how it pours")
    lid: Literal["none", "domed", "cork", "flat"] = param("none", help="what closes it")
    rim: float = param(
        0.0, help="height of a band around the lip, share of the radius, 0 for none", ge=0.0, le=0.3, low="rimless", high="rimmed"
    )
    saucer: bool = param(False, help="a saucer under it")
    flutes: int = param(0, help="flutes around the body, 0 for none", ge=0, le=20, low="smooth", high="fluted")
    flute_depth: float = param(0.5, help="depth of the flutes", ge=0.1, le=1.0)
    rings: int = param(2, help="turned rings around the body", ge=0, le=4, low="unadorned", high="ringed")
    wobble: float = param(0.25, help="how uneven the hand has made it", ge=0.0, le=1.0, low="precise", high="handmade")
    detail: int = param(24, help="segments around", ge=6, le=48, low="faceted", high="smooth")
