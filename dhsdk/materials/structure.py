"""Which function makes the fields of a family."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dhsdk.materials import barks, courses, crystals, grounds, leaves, metals, plains, rocks, stones, weaves, woods
from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng

STRUCTURES: Mapping[str, Callable[[Rng, int, Variety], Layers]] = {
    "wood": woods.wood, "metal": metals.metal, "fabric": weaves.fabric, "leather": weaves.leather, "stone": stones.stone,
    "ceramic": plains.ceramic, "glass": plains.glass, "plastic": plains.plastic, "paper": plains.paper,
    "wicker": weaves.wicker, "wax": plains.wax,
    "rock": rocks.rock, "crystal": crystals.crystal, "bark": barks.bark, "leaf": leaves.leaf, "ground": grounds.ground,
}  # fmt: skip

COURSES: Mapping[str, Callable[[Rng, int, Variety], Layers]] = {
    "coursed": courses.ashlar, "slated": courses.lapped, "pantile": courses.lapped, "shingle": courses.lapped,
    "planks": courses.planks, "thatch": courses.thatch, "render": courses.render, "corrugated": courses.corrugated,
}  # fmt: skip
"""Structures that builders lay, in whatever family."""
