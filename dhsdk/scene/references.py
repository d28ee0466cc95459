"""Everything in a scene that names something else by key, in one place: found (named_nodes) and rewritten (renamed)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dhsdk.scene.animation import Animation, Skin
from dhsdk.scene.person import Humanoid, Spring

if TYPE_CHECKING:
    from dhsdk.scene.types import Scene

Rename = Callable[[str], str]


def named_nodes(scene: Scene) -> Iterator[tuple[str, str]]:
    """(who names it, node key) for every reference to a node, parents left out."""
    for what, key in _named(scene):
        if key is not None:
            yield what, key


def _named(scene: Scene) -> Iterator[tuple[str, str | None]]:
    for skin in scene.skins:
        yield from ((f"skin {skin.name!r}", key) for key in (*skin.joints, skin.skeleton))
    for clip in scene.animations:
        yield from ((f"animation {clip.name!r}", channel.node) for channel in clip.channels)
    yield from ((f"socket {socket.key!r}", socket.node) for socket in scene.sockets)
    yield from (("a solid", solid.node) for solid in scene.solids)
    yield from (("a body", body.node) for body in scene.bodies)
    for joint in scene.joints:
        yield from ((f"joint {joint.key!r}", key) for key in (joint.parent, joint.child))
    for loop in scene.loops:
        yield from ((f"loop {loop.key!r}", key) for key in (loop.node_a, loop.node_b))
    yield from ((f"sound {sound.key!r}", sound.node) for sound in scene.sounds)
    yield from (("a cue", cue.node) for cue in scene.cues)
    if scene.humanoid is not None:
        yield from _named_by_person(scene.humanoid)


def _named_by_person(humanoid: Humanoid) -> Iterator[tuple[str, str | None]]:
    yield from ((f"humanoid bone {bone!r}", key) for bone, key in humanoid.bones.items())
    for expression in humanoid.expressions:
        yield from ((f"expression {expression.name!r}", key) for key, _, _ in expression.morphs)
    for spring in humanoid.springs:
        own = (*spring.joints, spring.center, *(collider.node for collider in spring.colliders))
        yield from ((f"spring {spring.name!r}", key) for key in own)


def same(key: str) -> str:
    """The rename that changes nothing."""
    return key


def renamed(scene: Scene, *, nodes: Rename = same, others: Rename = same) -> Scene:
    """The scene with every key rewritten, at its place and wherever it is named.

    nodes: new key of a node. others: new key or name of a joint, socket, loop, sound, clip or spring.
    Meshes, materials and clips' arrays stay shared; a skin that several nodes share stays one skin.

    Raises:
        SceneError: two nodes get one key.
    """
    skins: dict[int, Skin] = {}

    def skin_of(skin: Skin) -> Skin:
        if id(skin) not in skins:
            skeleton = None if skin.skeleton is None else nodes(skin.skeleton)
            skins[id(skin)] = dataclasses.replace(skin, joints=tuple(map(nodes, skin.joints)), skeleton=skeleton)
        return skins[id(skin)]

    def optional(key: str | None) -> str | None:
        return None if key is None else nodes(key)

    return dataclasses.replace(
        scene,
        nodes=tuple(
            dataclasses.replace(
                node, key=nodes(node.key), parent=optional(node.parent), skin=None if node.skin is None else skin_of(node.skin)
            )
            for node in scene.nodes
        ),
        animations=tuple(_renamed_clip(clip, nodes, others) for clip in scene.animations),
        sockets=tuple(dataclasses.replace(one, key=others(one.key), node=nodes(one.node)) for one in scene.sockets),
        solids=tuple(dataclasses.replace(one, node=nodes(one.node)) for one in scene.solids),
        bodies=tuple(dataclasses.replace(one, node=nodes(one.node)) for one in scene.bodies),
        joints=tuple(
            dataclasses.replace(one, key=others(one.key), parent=optional(one.parent), child=nodes(one.child))
            for one in scene.joints
        ),
        couplings=tuple(
            dataclasses.replace(one, driver=others(one.driver), driven=others(one.driven)) for one in scene.couplings
        ),
        loops=tuple(
            dataclasses.replace(one, key=others(one.key), node_a=nodes(one.node_a), node_b=nodes(one.node_b))
            for one in scene.loops
        ),
        humanoid=None if scene.humanoid is None else _renamed_person(scene.humanoid, nodes, others),
        sounds=tuple(dataclasses.replace(one, key=others(one.key), node=optional(one.node)) for one in scene.sounds),
        cues=tuple(dataclasses.replace(one, node=optional(one.node)) for one in scene.cues),
    )


def _renamed_clip(clip: Animation, nodes: Rename, others: Rename) -> Animation:
    channels = tuple(dataclasses.replace(channel, node=nodes(channel.node)) for channel in clip.channels)
    return dataclasses.replace(clip, name=others(clip.name), channels=channels)


def _renamed_person(humanoid: Humanoid, nodes: Rename, others: Rename) -> Humanoid:
    def spring_of(spring: Spring) -> Spring:
        return dataclasses.replace(
            spring,
            name=others(spring.name),
            joints=tuple(map(nodes, spring.joints)),
            colliders=tuple(dataclasses.replace(one, node=nodes(one.node)) for one in spring.colliders),
            center=None if spring.center is None else nodes(spring.center),
        )

    return dataclasses.replace(
        humanoid,
        bones={bone: nodes(key) for bone, key in humanoid.bones.items()},
        expressions=tuple(
            dataclasses.replace(one, morphs=tuple((nodes(key), morph, weight) for key, morph, weight in one.morphs))
            for one in humanoid.expressions
        ),
        springs=tuple(map(spring_of, humanoid.springs)),
    )
