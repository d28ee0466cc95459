"""One scene out of several: unique keys and merged tables. make.group, edit.replace and edit.add stand on it.

Keys of a member are written `member__key`: two underscores are kept by glTF, Godot, Unity, Unreal, USD, Blender and three.js
alike ("/" and "." are paths or forbidden in four of them). A second member of one name becomes `member_2__key`.
Godot reads a few endings behind an underscore as orders ("cart__wheel"): scene.check finds them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from dhsdk.errors import SceneError
from dhsdk.scene.compare import differences
from dhsdk.scene.mechanism import Joint
from dhsdk.scene.references import renamed
from dhsdk.scene.types import Environment, Node, Scene

SEPARATOR = "__"


def unique(name: str, taken: Iterable[str]) -> str:
    """The name, or the first of name_2, name_3 ... that is not taken."""
    used = set(taken)
    tries, found = 1, name
    while found in used:
        tries += 1
        found = f"{name}_{tries}"
    return found


def prefixed(scene: Scene, prefix: str, root: str | None = None) -> Scene:
    """Every node, joint, socket, loop, sound, clip and spring renamed to `prefix__old`; node `root` becomes `prefix` itself."""
    return renamed(
        scene,
        nodes=lambda key: prefix if key == root else f"{prefix}{SEPARATOR}{key}",
        others=lambda key: f"{prefix}{SEPARATOR}{key}",
    )


def joined(base: Scene, members: Sequence[Scene], under: str | None) -> Scene:
    """The base with the members' content added; their roots hang under the node `under` of the base.

    Keys must differ already (see prefixed). Skinned meshes without children stay roots, as glTF wants them. Joints of a member
    that stood in its world stand in `under`. Variants of one name become one.

    Raises:
        SceneError: two humanoids, two different environments, or keys that are not unique.
    """
    every = [base, *members]
    tables: dict[str, Any] = {
        name: tuple(one for scene in every for one in getattr(scene, name))
        for name in ("animations", "sockets", "solids", "bodies", "couplings", "loops", "sounds", "cues")
    }
    for what in ("sockets", "loops", "sounds"):
        _all_unique(what, [one.key for one in tables[what]])
    _all_unique("animations", [clip.name for clip in tables["animations"]])
    joints = base.joints + tuple(_hung_joint(joint, under) for scene in members for joint in scene.joints)
    _all_unique("joints", [joint.key for joint in joints])
    return dataclasses.replace(
        base,
        nodes=base.nodes + tuple(node for scene in members for node in hung(scene, under)),
        joints=joints,
        environment=_one_environment(every),
        humanoid=_one_humanoid(every),
        variants=tuple(dict.fromkeys(name for scene in every for name in scene.variants)),
        **tables,
    )


def hung(scene: Scene, under: str | None) -> tuple[Node, ...]:
    """The nodes with the roots under another node, skinned meshes without children left at the root."""
    parents = {node.parent for node in scene.nodes}

    def placed(node: Node) -> Node:
        if node.parent is not None or (node.skin is not None and node.key not in parents):
            return node
        return dataclasses.replace(node, parent=under)

    return tuple(map(placed, scene.nodes))


def _hung_joint(joint: Joint, under: str | None) -> Joint:
    return dataclasses.replace(joint, parent=under) if joint.parent is None else joint


def _all_unique(what: str, keys: Sequence[str]) -> None:
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise SceneError(f"{what} of one scene must have unique names, got {twice!r} twice: rename one first")


def _one_humanoid(scenes: Sequence[Scene]) -> Any:
    people = [scene for scene in scenes if scene.humanoid is not None]
    if len(people) > 1:
        raise SceneError(
            f"one scene can hold one humanoid, got {len(people)}: put humanoid=None in all but one (rigs and clips stay)"
        )
    return people[0].humanoid if people else None


def _one_environment(scenes: Sequence[Scene]) -> Environment | None:
    found = [scene.environment for scene in scenes if scene.environment is not None]
    for other in found[1:]:
        if differences(found[0], other):
            raise SceneError("one scene can have one environment, got two that differ: put environment=None in all but one")
    return found[0] if found else None
