"""Rules about keys: what engines forbid, change, or read as an order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from dhsdk.scene.checks.problem import Problem, error, minded, warning
from dhsdk.scene.types import Scene

GODOT_FORBIDS = re.compile(r'[.:@/"%]')
GODOT_ORDERS = re.compile(
    r"[-_](col|convcol|colonly|convcolonly|navmesh|occ|occonly|rigid|vehicle|wheel|noimp)[\d\s._]*$"
    r"|\$(col|convcol|navmesh|occ|rigid|vehicle|wheel|noimp)",
    re.IGNORECASE,
)
"""Endings that Godot's importer obeys, digits behind them ignored. Measured with Godot 4.6.3: "front_wheel" and "cart__wheel"
become a VehicleWheel3D named "front" and "cart_", "leg_col_2" gets a static body, "a_noimp" is dropped; "wheel" alone is safe."""
UNITY_ORDERS = re.compile(r"_LOD\d+$", re.IGNORECASE)
UNREAL_ORDERS = re.compile(r"^(UCX|UBX|USP|UCP|MCDCX)_", re.IGNORECASE)
WEB_CHANGES = re.compile(r"[\[\].:/\s]")


def problems(scene: Scene, target: str | None) -> Iterator[Problem]:
    for node in scene.nodes:
        key, where = node.key, f"node {node.key!r}"
        if minded(target, "godot"):
            if GODOT_FORBIDS.search(key):
                yield warning(where, 'Godot replaces . : @ / " % in names, so clips and paths may miss it', "edit.rename it")
            if found := GODOT_ORDERS.search(key):
                yield warning(where, f"Godot's importer obeys the ending {found[0]!r}", "edit.rename it, unless this is meant")
        if minded(target, "unity"):
            if "/" in key:
                yield warning(where, "'/' in a name breaks Unity's animation paths", "edit.rename it")
            if UNITY_ORDERS.search(key):
                yield warning(where, "Unity makes a LOD group of names that end in _LOD0, _LOD1 ...", "use Node.lods")
        if minded(target, "unreal") and UNREAL_ORDERS.search(key):
            yield warning(where, "Unreal makes a collision shape of names that start so", "use Node.colliders")
        if target == "web" and WEB_CHANGES.search(key) and _is_animated(scene, key):
            yield warning(where, "three.js changes blanks and [ ] . : / in names that clips use", "edit.rename it")
    if minded(target, "unreal"):
        folded = Counter(node.key.casefold() for node in scene.nodes)
        for node in scene.nodes:
            if folded[node.key.casefold()] > 1:
                yield warning(
                    f"node {node.key!r}", "another key differs in case alone, which Unreal takes as equal", "rename one"
                )
    for what in ("joints", "sockets", "loops", "sounds"):
        keys = Counter(one.key for one in getattr(scene, what))
        for key, times in keys.items():
            if times > 1:
                yield error(f"{what[:-1]} {key!r}", f"{times} {what} have this key", "rename all but one")


def _is_animated(scene: Scene, key: str) -> bool:
    return any(channel.node == key for clip in scene.animations for channel in clip.channels)
