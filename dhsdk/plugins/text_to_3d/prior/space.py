"""The design space of text_to_3d: a family is a kernel, a kind is a preset, its centre are the preset's values.

What a noun says is never drawn: what makes a bucket of a barrel, what is there or not there at all, how worn, how far open.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from dhsdk.diffusion.nano.space import Kind, Space, Token, tokens, values_of
from dhsdk.shapes import kernels
from dhsdk.shapes.kernel import Kernel

NO_DESIGN = frozenset({"detail", "pieces", "stylised"})
"""Fields that set the triangles or the style of the whole asset."""

BY_MATERIAL = "made"
"""How a whole thing is made follows from what it is made of: its material says it, nothing draws it."""

STATE = frozenset({"wear", "open", "lit", "snow", "moss"})
"""Fields of a thing's state: only words move them."""

IDENTITY: Mapping[str, frozenset[str]] = {
    "barrel": frozenset({"head", "boards"}),
    "blade": frozenset({"head.style", "head.fuller", "handle.curve"}),
    "building": frozenset(
        {
            "body.plan",
            "body.storeys",
            "walls.made",
            "roof.made",
            "chimney.count",
            "windows.bars",
            "windows.count",
            "door.steps",
            "dormers",
            "turrets",
            "sails",
        }
    ),
    "crate": frozenset({"lid.style"}),
    "lamp": frozenset({"light", "light_size", "stem.arms", "shade.sides"}),
    "plant": frozenset(
        {"habit", "size.height", "size.width", "trunk.stems", "bloom.head", "bloom.petals", "succulent.style", "fungus.cap"}
    ),
    "rock": frozenset({"form", "gem.sides", "stone.strata"}),
    "rocket": frozenset({"body.style", "stages", "engines", "boosters", "body.livery"}),
    "seat": frozenset({"legs.count", "seat.planks"}),
    "table": frozenset({"top.shape", "top.boards", "legs.count", "drawers.count", "drawers.layout"}),
    "vessel": frozenset({"handles.count", "spout", "lid"}),
}
"""What makes a thing what it is, besides all that is absent: drawn otherwise, it would be another thing."""

OF_KIND: Mapping[str, frozenset[str]] = {
    "bench": frozenset({"legs.style"}),
    "cottage": frozenset({"roof.shape"}),
    "greenhouse": frozenset({"roof.shape"}),
    "log cabin": frozenset({"roof.shape"}),
    "mushroom": frozenset({"size.breadth"}),
    "brown mushroom": frozenset({"size.breadth"}),
}
"""The same for single nouns: no bench stands on cabriole legs, no cap hides its stem, a hip roof has no dormers."""

FREE_SWITCHES = frozenset({"planks.upright", "hoops.rivets", "frame.nails", "roof.front_gable", "door.arched"})
"""Switches between two ways to make a thing; all others say whether something is there."""

OPEN_OPTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "blade": {"guard.style": ("cross", "curved", "disc", "winged"), "pommel.style": ("ball", "disc", "spike", "cap")},
    "building": {
        "roof.shape": ("gable", "hip"),
        "windows.head": ("straight", "arched"),
        "door.style": ("planks", "panelled", "glazed"),
    },
    "lamp": {
        "base.style": ("disc", "dome", "square"),
        "stem.style": ("rod", "turned", "gourd"),
        "shade.style": ("cone", "bell", "pleated", "dome"),
    },
    "plant": {"crown.style": ("round", "oval", "spreading")},
    "rocket": {"nose.style": ("ogive", "cone"), "fins.style": ("swept", "delta")},
    "seat": {
        "legs.style": ("tapered", "turned", "bobbin", "cabriole"),
        "legs.stretchers": ("none", "box", "cross"),
        "seat.shape": ("square", "rounded", "trapezoid"),
    },
    "table": {"legs.style": ("tapered", "turned", "hairpin", "crossed", "trestle")},
}
"""Options that keep a thing what it is; the others only come when words name them or the noun sets them."""

OPTIONS_OF_KIND: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "amphora": {"handles.style": ("ear", "loop")},
    "armchair": {"legs.style": ("tapered", "turned", "cabriole"), "arms.style": ("curved", "padded")},
    "bar stool": {"legs.style": ("tapered", "turned", "pedestal"), "seat.shape": ("square", "rounded", "round")},
    "battle axe": {"pommel.style": ("ball", "spike", "cap"), "handle.wrap": ("spiral", "cross", "rings")},
    "bench": {"legs.stretchers": ("none", "box", "cross")},
    "candelabrum": {"stem.style": ("rod", "turned"), "base.style": ("disc", "dome", "square")},
    "candlestick": {"stem.style": ("rod", "turned", "gourd"), "base.style": ("disc", "dome", "square")},
    "chair": {"back.style": ("slats", "spindles", "ladder", "splat", "solid")},
    "chest": {"frame.style": ("none", "edges", "braced"), "handles": ("rope", "ring")},
    "coffee table": {"top.shape": ("rectangular", "round", "oval")},
    "dagger": {
        "guard.style": ("cross", "curved", "disc"),
        "pommel.style": ("ball", "disc", "cap"),
        "handle.wrap": ("spiral", "cross", "rings"),
    },
    "desk": {"drawers.pull": ("knob", "bail", "ring")},
    "desk lamp": {"base.style": ("disc", "dome", "square"), "shade.style": ("cone", "dome", "bell")},
    "floor lamp": {
        "base.style": ("disc", "dome", "square"),
        "stem.style": ("rod", "turned"),
        "shade.style": ("cone", "drum", "bell", "pleated"),
    },
    "greatsword": {"guard.style": ("cross", "curved", "winged"), "pommel.style": ("ball", "disc", "spike")},
    "jar": {"lid": ("domed", "cork", "flat")},
    "launch vehicle": {"nose.style": ("ogive", "cone", "dome")},
    "mace": {"pommel.style": ("ball", "disc", "cap"), "handle.wrap": ("spiral", "cross", "rings")},
    "missile": {"nose.style": ("ogive", "cone"), "fins.style": ("swept", "delta")},
    "mug": {"handles.style": ("ear", "loop", "angular")},
    "park bench": {"arms.style": ("straight", "curved")},
    "pendant": {"shade.style": ("cone", "drum", "dome", "bell", "globe")},
    "pickaxe": {"handle.wrap": ("none", "rings")},
    "rocking chair": {
        "legs.style": ("tapered", "turned", "bobbin"),
        "back.style": ("slats", "spindles", "ladder"),
        "arms.style": ("straight", "curved"),
    },
    "round table": {"top.edge": ("eased", "chamfered", "moulded")},
    "shovel": {"pommel.style": ("none", "bar")},
    "side table": {"top.shape": ("square", "round"), "legs.style": ("tapered", "turned", "hairpin")},
    "stool": {
        "seat.shape": ("square", "rounded", "round"),
        "legs.style": ("tapered", "turned", "bobbin"),
        "legs.stretchers": ("none", "box", "cross", "ring"),
    },
    "street lamp": {"base.style": ("dome", "square"), "shade.style": ("globe", "lantern")},
    "sword": {"head.style": ("straight", "leaf")},
    "teapot": {"lid": ("domed", "flat")},
    "throne": {
        "legs.style": ("turned", "cabriole", "plinth"),
        "back.style": ("splat", "solid", "padded"),
        "arms.style": ("straight", "curved", "padded"),
    },
    "treasure chest": {"handles": ("rope", "ring")},
    "tripod lamp": {"shade.style": ("cone", "drum", "pleated")},
    "urn": {"handles.style": ("ear", "loop", "angular")},
    "war hammer": {"pommel.style": ("ball", "spike", "cap"), "handle.wrap": ("spiral", "cross", "rings")},
    "writing table": {"legs.style": ("tapered", "turned")},
}
"""The same for single nouns, though their presets set one: ways to build the thing that nobody would call another."""


@functools.cache
def space() -> Space:
    """Every noun of every kernel with what it leaves open."""
    known = kernels()
    families = {
        name: tuple(token for token in tokens(kernel.Params, NO_DESIGN) if token.path != BY_MATERIAL)
        for name, kernel in known.items()
    }
    kinds = {
        preset: _kind(kernel, preset, families[name])
        for name, kernel in known.items()
        for preset in dict.fromkeys([*kernel.presets])
    }
    return Space("text_to_3d", families, kinds)


def _kind(kernel: Kernel, preset: str, known: tuple[Token, ...]) -> Kind:
    given = values_of(kernel.presets[preset])
    centre = values_of(kernel.Params.model_validate(kernel.presets[preset]).model_dump(mode="json"))
    said = frozenset(
        token.path for token in known if _is_said(token, centre[token.path], token.path in given, kernel.name, preset)
    )
    own = {token.path: centre[token.path] for token in known}
    ways = {**OPEN_OPTIONS.get(kernel.name, {}), **OPTIONS_OF_KIND.get(preset, {})}
    options = {path: them for path, them in ways.items() if path not in said}
    return Kind(preset, kernel.name, own, said, options)


def _is_said(token: Token, value: Any, explicit: bool, kernel: str, preset: str) -> bool:
    """Whether the noun says it: a matter of state or of identity, set by the preset, or absent."""
    if token.path in OPTIONS_OF_KIND.get(preset, {}):
        return False
    if token.path.rpartition(".")[2] in STATE or token.path in IDENTITY[kernel] | OF_KIND.get(preset, frozenset()):
        return True
    if token.kind == "switch":
        return explicit or token.path not in FREE_SWITCHES
    if token.kind == "choice":
        return explicit or (value == "none" and "none" not in OPEN_OPTIONS.get(kernel, {}).get(token.path, ()))
    return value == 0
