"""What can be set of a blade; lengths in metres."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


class Handle(Params):
    length: float = param(
        0.15, help="length of the grip or haft", unit="m", ge=0.08, le=2.2, low="short-handled", high="long-handled"
    )
    thickness: float = param(0.031, help="thickness of the handle", unit="m", ge=0.02, le=0.06, low="slim-handled")
    oval: float = param(0.25, help="how much flatter than wide the handle is", ge=0.0, le=0.45)
    swell: float = param(0.5, help="how far it swells in the hand or at the butt", ge=0.0, le=1.0)
    curve: float = param(0.0, help="how far the handle is swept", ge=0.0, le=1.0)
    wrap: Literal["none", "spiral", "cross", "rings"] = param("spiral", help="what is wound around the handle")
    wrapped: float = param(0.9, help="share of the handle that is wrapped", ge=0.12, le=0.96)


class Guard(Params):
    style: Literal["none", "cross", "curved", "disc", "winged"] = param("cross", help="kind of guard")
    width: float = param(0.19, help="width of the guard", unit="m", ge=0.05, le=0.34)
    thickness: float = param(0.02, help="thickness of the guard", unit="m", ge=0.006, le=0.04)
    gem: bool = param(False, help="a stone set in the guard and pommel")


class Pommel(Params):
    style: Literal["none", "ball", "disc", "spike", "cap", "bar"] = param("disc", help="what ends the handle")
    size: float = param(0.05, help="size of the pommel", unit="m", ge=0.025, le=0.14)


class Head(Params):
    style: Literal[
        "straight",
        "leaf",
        "curved",
        "axe",
        "double_axe",
        "hammer",
        "war_hammer",
        "flanged",
        "spiked",
        "spear",
        "shovel",
        "pickaxe",
    ] = param("straight", help="kind of blade or head")
    length: float = param(0.8, help="extent along the handle", unit="m", ge=0.03, le=1.4, low="short", high="long")
    width: float = param(0.05, help="extent across the handle", unit="m", ge=0.02, le=0.8, low="narrow", high="broad")
    thickness: float = param(0.006, help="greatest thickness", unit="m", ge=0.003, le=0.16, low="thin", high="heavy")
    curve: float = param(0.4, help="how far it is curved, bearded or dished", ge=0.0, le=1.0, low="straight", high="curved")
    point: float = param(0.22, help="length of the tip, share of the blade", ge=0.06, le=0.6, low="blunt", high="pointed")
    fuller: float = param(0.7, help="depth of the groove in a blade", ge=0.0, le=1.0)
    count: int = param(7, help="flanges, or spikes around", ge=4, le=10)
    spike: bool = param(False, help="a spike on top of a head")


class Temper(Params):
    bevel: float = param(0.45, help="how far edges are rounded", ge=0.0, le=1.0, low="crisp", high="soft")
    ornament: float = param(0.4, help="depth of turnings and flares", ge=0.0, le=1.0, low="plain", high="ornate")
    wear: float = param(0.12, help="nicks, dents and bent pieces", ge=0.0, le=1.0, low="new", high="battered")
    irregular: float = param(0.3, help="how uneven the handle is", ge=0.0, le=1.0, low="precise", high="rustic")
    stylised: float = param(
        0.0, help="how far the silhouette is exaggerated", ge=0.0, le=1.0, low="realistic", high="exaggerated"
    )


class BladeParams(Params):
    head: Head = param(Head(), help="the blade or head")
    handle: Handle = param(Handle(), help="the grip or haft")
    guard: Guard = param(Guard(), help="the guard")
    pommel: Pommel = param(Pommel(), help="the pommel")
    temper: Temper = param(Temper(), help="the finer shape")
    detail: int = param(10, help="segments around", ge=6, le=20, low="faceted", high="smooth")
