"""Blades and hand tools: sword, dagger, katana, axe, battle axe, hammer, war hammer, mace, spear, shovel, pickaxe.

A piece stands on its butt with +Y along the handle towards the blade or head; flats face +Z and -Z, a single cutting edge and a
hammer's face look to +X, the claw, poll or back to -X. Sockets: `hand` (and `hand_2` where two hands fit) of kind "grip", with +Y
along the blade and +Z out of the flat; `tip` of kind "mount" at the far end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dhsdk.frozen import freeze
from dhsdk.params import Params
from dhsdk.shapes.blade.params import BladeParams
from dhsdk.shapes.kernel import Kernel, Part, Stream

HAFT: Mapping[str, Any] = {"length": 0.75, "thickness": 0.032, "swell": 0.7, "curve": 0.0, "wrap": "rings", "wrapped": 0.24}
BARE: Mapping[str, Any] = {"style": "none"}

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "sword": {},
    "dagger": {
        "head": {"style": "leaf", "length": 0.24, "width": 0.042, "thickness": 0.006, "point": 0.4, "fuller": 0.0},
        "handle": {"length": 0.105, "thickness": 0.026, "swell": 0.8, "wrap": "spiral", "wrapped": 0.8},
        "guard": {"style": "curved", "width": 0.1, "thickness": 0.013},
        "pommel": {"style": "ball", "size": 0.032},
    },
    "katana": {
        "head": {
            "style": "curved",
            "length": 0.72,
            "width": 0.034,
            "thickness": 0.0075,
            "curve": 0.5,
            "point": 0.08,
            "fuller": 0.4,
        },
        "handle": {"length": 0.27, "thickness": 0.034, "oval": 0.3, "swell": 0.2, "wrap": "cross", "wrapped": 0.94},
        "guard": {"style": "disc", "width": 0.078, "thickness": 0.006},
        "pommel": {"style": "cap", "size": 0.038},
    },
    "greatsword": {
        "head": {"length": 1.12, "width": 0.066, "thickness": 0.009, "point": 0.14, "fuller": 0.9},
        "handle": {"length": 0.34, "thickness": 0.034, "swell": 0.5, "wrap": "spiral", "wrapped": 0.9},
        "guard": {"style": "winged", "width": 0.3, "thickness": 0.026, "gem": True},
        "pommel": {"style": "ball", "size": 0.058},
        "temper": {"ornament": 0.8},
    },
    "axe": {
        "head": {"style": "axe", "length": 0.16, "width": 0.17, "thickness": 0.03, "curve": 0.35},
        "handle": {**HAFT, "length": 0.72, "thickness": 0.034, "oval": 0.32, "curve": 0.6, "wrap": "none"},
        "guard": BARE,
        "pommel": BARE,
    },
    "battle axe": {
        "head": {"style": "double_axe", "length": 0.3, "width": 0.4, "thickness": 0.04, "curve": 0.6, "spike": True},
        "handle": {**HAFT, "length": 0.95, "wrap": "spiral", "wrapped": 0.3, "swell": 0.4},
        "guard": BARE,
        "pommel": {"style": "spike", "size": 0.045},
    },
    "hammer": {
        "head": {"style": "hammer", "length": 0.032, "width": 0.135, "thickness": 0.028, "curve": 0.6},
        "handle": {**HAFT, "length": 0.33, "thickness": 0.031, "oval": 0.3, "wrap": "none"},
        "guard": BARE,
        "pommel": BARE,
    },
    "war hammer": {
        "head": {"style": "war_hammer", "length": 0.15, "width": 0.3, "thickness": 0.13, "spike": True},
        "handle": {**HAFT, "length": 1.0, "thickness": 0.038, "wrap": "spiral", "wrapped": 0.35},
        "guard": BARE,
        "pommel": {"style": "cap", "size": 0.055},
    },
    "mace": {
        "head": {"style": "flanged", "length": 0.17, "width": 0.14, "thickness": 0.012, "count": 7},
        "handle": {**HAFT, "length": 0.55, "wrap": "spiral", "wrapped": 0.36},
        "guard": {"style": "disc", "width": 0.06, "thickness": 0.01},
        "pommel": {"style": "ball", "size": 0.042},
    },
    "morning star": {
        "head": {"style": "spiked", "length": 0.16, "width": 0.19, "thickness": 0.03, "count": 8},
        "handle": {**HAFT, "length": 0.62, "wrap": "rings", "wrapped": 0.3},
        "guard": BARE,
        "pommel": {"style": "cap", "size": 0.045},
    },
    "spear": {
        "head": {"style": "spear", "length": 0.34, "width": 0.07, "thickness": 0.014, "point": 0.5, "curve": 0.5},
        "handle": {**HAFT, "length": 1.65, "thickness": 0.03, "oval": 0.0, "swell": 0.1, "wrap": "spiral", "wrapped": 0.16},
        "guard": BARE,
        "pommel": {"style": "spike", "size": 0.03},
    },
    "shovel": {
        "head": {"style": "shovel", "length": 0.31, "width": 0.23, "thickness": 0.006, "curve": 0.5, "point": 0.45},
        "handle": {**HAFT, "length": 0.8, "thickness": 0.033, "oval": 0.0, "swell": 0.1, "wrap": "none"},
        "guard": BARE,
        "pommel": {"style": "bar", "size": 0.11},
    },
    "pickaxe": {
        "head": {"style": "pickaxe", "length": 0.06, "width": 0.6, "thickness": 0.045, "curve": 0.5},
        "handle": {**HAFT, "length": 0.85, "thickness": 0.036, "oval": 0.25, "wrap": "rings", "wrapped": 0.2},
        "guard": BARE,
        "pommel": BARE,
    },
}


class Blade(Kernel):
    name: ClassVar[str] = "blade"
    summary: ClassVar[str] = "Blades and hand tools: swords, axes, hammers, maces, spears, shovels, pickaxes."
    Params: ClassVar[type[Params]] = BladeParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {
            "blade": "metal/steel",
            "guard": "metal/brass",
            "pommel": "metal/brass",
            "fitting": "metal/iron",
            "handle": "wood/oak",
            "wrap": "leather/brown",
            "gem": "plastic/glossy",
        }
    )
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)

    def build(self, params: BladeParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.blade.heads import head_parts
        from dhsdk.shapes.blade.hilt import BladeFrame, hilt_parts
        from dhsdk.shapes.shading import finished

        frame = BladeFrame(params)
        return finished([*hilt_parts(frame, rng), *head_parts(frame, rng)], rng, ground=0.86)
