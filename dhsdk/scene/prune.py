"""remove: nodes taken out with everything that names them, which dhsdk.scene.edit offers."""

from __future__ import annotations

import dataclasses

import numpy as np

from dhsdk.errors import SceneError
from dhsdk.scene import rotation
from dhsdk.scene.frames import world
from dhsdk.scene.person import Humanoid
from dhsdk.scene.references import named_nodes
from dhsdk.scene.types import Node, Scene


def remove(scene: Scene, key: str, children: bool = True, *, drop: bool = False) -> Scene:
    """The scene without a node.

    children: take its descendants too; False hangs them on its parent, where they stand in the world.
    drop: also take what names a removed node: channels (and clips left empty), sockets, solids, bodies, joints with their
        couplings, loops, bones, springs, morphs of expressions; sounds and cues lose their place only.

    Raises:
        UnknownName: no such node.
        SceneError: something names a removed node and drop is False (it lists them), or a skin that is left needs it as a joint.
    """
    gone = {scene.node(key).key}
    if children:
        inside: dict[str | None, list[str]] = {}
        for node in scene.nodes:
            inside.setdefault(node.parent, []).append(node.key)
        ahead = [key]
        while ahead:
            below = inside.get(ahead.pop(), [])
            gone.update(below)
            ahead += below
    nodes = tuple(node for node in _lifted(scene, key, gone) if node.key not in gone)
    _check_skins(nodes, gone)
    rest = {id(node.skin) for node in nodes if node.skin is not None}
    users = sorted({who for who, named in _users(scene, rest) if named in gone})
    if users and not drop:
        raise SceneError(f"node {key!r} is named by {', '.join(users)}: remove them first, or pass drop=True")
    return _without(scene, nodes, gone)


def _users(scene: Scene, skins: set[int]) -> list[tuple[str, str]]:
    """Who names which node; skins that go with their last node count for nothing."""
    names = {f"skin {skin.name!r}" for skin in scene.skins if id(skin) not in skins}
    return [(who, key) for who, key in named_nodes(scene) if who not in names]


def _lifted(scene: Scene, key: str, gone: set[str]) -> tuple[Node, ...]:
    """The nodes, with those whose parent goes hung on the next node above, their place in the world kept."""
    if not any(node.parent in gone and node.key not in gone for node in scene.nodes):
        return scene.nodes
    matrices, above = world(scene), scene.node(key).parent

    def lifted(node: Node) -> Node:
        if node.parent not in gone or node.key in gone:
            return node
        matrix = matrices[node.key] if above is None else np.linalg.solve(matrices[above], matrices[node.key])
        where = rotation.decompose(matrix, f"the place of node {node.key!r}")
        return dataclasses.replace(node, parent=above, translation=where[0], rotation=where[1], scale=where[2])

    return tuple(map(lifted, scene.nodes))


def _check_skins(nodes: tuple[Node, ...], gone: set[str]) -> None:
    for node in nodes:
        lost = [joint for joint in (node.skin.joints if node.skin else ()) if joint in gone]
        if lost:
            raise SceneError(f"node {lost[0]!r} is a joint of the skin of {node.key!r}: remove that node first")


def _without(scene: Scene, nodes: tuple[Node, ...], gone: set[str]) -> Scene:
    clips = []
    for clip in scene.animations:
        channels = tuple(channel for channel in clip.channels if channel.node not in gone)
        if len(channels) == len(clip.channels):
            clips.append(clip)
        elif channels:
            clips.append(dataclasses.replace(clip, channels=channels))
    joints = tuple(one for one in scene.joints if one.child not in gone and (one.parent is None or one.parent not in gone))
    left = {joint.key for joint in joints}
    skeletonless = {
        id(skin): dataclasses.replace(skin, skeleton=None)
        for skin in scene.skins
        if skin.skeleton is not None and skin.skeleton in gone
    }
    return dataclasses.replace(
        scene,
        nodes=tuple(
            dataclasses.replace(node, skin=skeletonless[id(node.skin)]) if id(node.skin) in skeletonless else node
            for node in nodes
        ),
        animations=tuple(clips),
        sockets=tuple(one for one in scene.sockets if one.node not in gone),
        solids=tuple(one for one in scene.solids if one.node not in gone),
        bodies=tuple(one for one in scene.bodies if one.node not in gone),
        joints=joints,
        couplings=tuple(one for one in scene.couplings if one.driver in left and one.driven in left),
        loops=tuple(one for one in scene.loops if one.node_a not in gone and one.node_b not in gone),
        humanoid=None if scene.humanoid is None else _person(scene.humanoid, gone),
        sounds=tuple(dataclasses.replace(one, node=None) if one.node in gone else one for one in scene.sounds),
        cues=tuple(dataclasses.replace(one, node=None) if one.node in gone else one for one in scene.cues),
    )


def _person(humanoid: Humanoid, gone: set[str]) -> Humanoid:
    expressions = tuple(
        dataclasses.replace(one, morphs=tuple(morph for morph in one.morphs if morph[0] not in gone))
        for one in humanoid.expressions
    )
    springs = tuple(
        dataclasses.replace(
            spring,
            colliders=tuple(one for one in spring.colliders if one.node not in gone),
            center=None if spring.center in gone else spring.center,
        )
        for spring in humanoid.springs
        if gone.isdisjoint(spring.joints)
    )
    bones = {bone: key for bone, key in humanoid.bones.items() if key not in gone}
    return dataclasses.replace(humanoid, bones=bones, expressions=expressions, springs=springs)
