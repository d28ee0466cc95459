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


@functools.cache
def space() -> Space:
    """Every noun of every kernel with what it leaves open."""
    known = kernels()
    families = {name: tokens(kernel.Params, NO_DESIGN) for name, kernel in known.items()}
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
    options = {path: them for path, them in OPEN_OPTIONS.get(kernel.name, {}).items() if path not in said}
    return Kind(preset, kernel.name, own, said, options)


def _is_said(token: Token, value: Any, explicit: bool, kernel: str, preset: str) -> bool:
    """Whether the noun says it: a matter of state or of identity, set by the preset, or absent."""
    if token.path.rpartition(".")[2] in STATE or token.path in IDENTITY[kernel] | OF_KIND.get(preset, frozenset()):
        return True
    if token.kind == "switch":
        return explicit or token.path not in FREE_SWITCHES
    if token.kind == "choice":
        return explicit or (value == "none" and "none" not in OPEN_OPTIONS.get(kernel, {}).get(token.path, ()))
    return value == 0
