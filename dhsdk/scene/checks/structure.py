"""Rules about nodes and what they hold: transforms, skins, lights, cameras, colliders, variants, mechanisms, units."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from dhsdk.errors import SceneError
from dhsdk.scene.checks.problem import Problem, error, minded, shapes, warning
from dhsdk.scene.frames import world
from dhsdk.scene.measure import bounds
from dhsdk.scene.mesh import Collider
from dhsdk.scene.types import Camera, Environment, Light, Node, Scene


def problems(scene: Scene, target: str | None) -> Iterator[Problem]:
    yield from _transforms(scene, target)
    for node in scene.nodes:
        where = f"node {node.key!r}"
        yield from _skin(where, node)
        if node.light is not None and node.light.kind == "spot":
            yield from _spot(where, node.light)
        if node.camera is not None:
            yield from _camera(where, node.camera)
        for collider in node.colliders:
            yield from _collider(where, collider)
        if node.weights and len(node.weights) != len(node.mesh.morph_names if node.mesh else ()):
            yield error(
                where, f"it has {len(node.weights)} morph weights for another number of morphs", "give one per morph name"
            )
    yield from _skins(scene)
    yield from _variants(scene)
    yield from _mechanism(scene)
    if scene.environment is not None:
        yield from _environment(scene.environment)
    yield from _units(scene)


def _transforms(scene: Scene, target: str | None) -> Iterator[Problem]:
    for node in scene.nodes:
        if 0 in node.scale:
            yield error(
                f"node {node.key!r}", f"its scale is {node.scale}: it cannot be inverted", "use a small scale, or hide it"
            )
        elif min(node.scale) < 0:
            yield warning(
                f"node {node.key!r}", f"its scale is {node.scale}: a mirror turns winding and colliders", "edit.flatten it"
            )
        scale = np.abs(node.scale)
        if node.colliders and np.ptp(scale) > 1e-6 * scale.max() and minded(target, "godot", "unity", "unreal"):
            yield warning(f"node {node.key!r}", f"its scale {node.scale} would distort its colliders", "scale the mesh instead")
    if all(max(node.scale) - min(node.scale) <= 1e-6 for node in scene.nodes):
        return  # shear needs unequal scales above a turn
    for key, matrix in world(scene).items():
        axes = matrix[:3, :3]
        lengths = np.linalg.norm(axes, axis=0)
        if (lengths > 0).all() and minded(target, "unreal", "unity"):
            turned = axes / lengths
            if np.abs(turned.T @ turned - np.eye(3)).max() > 1e-4:
                yield warning(
                    f"node {key!r}", "it stands sheared in the world, which Unreal and Unity cannot keep", "edit.flatten it"
                )


def _skin(where: str, node: Node) -> Iterator[Problem]:
    bound = [shape.joints for shape in node.mesh.primitives] if node.mesh is not None else []
    if node.skin is None:
        if any(joints is not None for joints in bound):
            yield warning(where, "its mesh has joints and weights, but the node has no skin", "set Node.skin, or drop them")
        return
    if not bound:
        yield error(where, "it has a skin and no mesh", "drop the skin")
    if any(joints is None for joints in bound):
        yield error(where, "it has a skin, but a primitive has no joints and weights", "bind every primitive")
    most = max((int(joints.max()) for joints in bound if joints is not None and joints.size), default=0)
    if most >= len(node.skin.joints):
        yield error(
            where, f"its vertices name joint {most}, but the skin has {len(node.skin.joints)}", "rebuild the vertex joints"
        )
    if node.parent is not None:
        yield warning(
            where, "a skinned mesh must stand at the scene's root: its parent's transform is ignored", "set parent=None"
        )
    if (*node.translation, *node.scale) != (0, 0, 0, 1, 1, 1) or abs(node.rotation[3]) < 1 - 1e-9:
        yield warning(where, "a skinned mesh's own transform is ignored", "move the root joint, and leave the node at the origin")
    if node.instances is not None:
        yield warning(where, "a skinned mesh cannot be instanced in glTF", "make a node for each copy")


def _skins(scene: Scene) -> Iterator[Problem]:
    for skin in scene.skins:
        where = f"skin {skin.name!r}"
        matrices = skin.inverse_bind.astype(np.float64)
        broken = [skin.joints[i] for i in np.flatnonzero(np.abs(np.linalg.det(matrices)) < 1e-12)]
        if broken:
            yield error(
                where, f"the inverse bind matrix of joint {broken[0]!r} cannot be inverted", "compute it from the bind pose"
            )
        if (np.abs(matrices[:, 3] - (0, 0, 0, 1)) > 1e-6).any():
            yield error(where, "the last row of an inverse bind matrix is not 0 0 0 1", "store them row-major")
        if len(set(skin.joints)) != len(skin.joints):
            yield error(where, "it names a joint twice", "keep one and remap the vertex joints")


def _spot(where: str, light: Light) -> Iterator[Problem]:
    if not 0 <= light.inner < light.outer <= math.pi / 2:
        rule = "0 <= inner < outer <= pi/2"
        yield error(where, f"spot cone angles must be {rule}, got {light.inner:g} and {light.outer:g} (radians)", "narrow inner")


def _camera(where: str, camera: Camera) -> Iterator[Problem]:
    if not camera.near > 0 or (camera.far is not None and camera.far <= camera.near):
        yield error(where, f"camera planes must be 0 < near < far, got {camera.near:g} and {camera.far}", "set both in metres")
    if camera.kind == "perspective" and not 0 < camera.yfov < math.pi:
        yield error(where, f"yfov must be in (0, pi), got {camera.yfov:g}", "give it in radians")
    if camera.kind == "orthographic" and (camera.far is None or not camera.xmag * camera.ymag > 0):
        yield error(where, "an orthographic camera needs xmag, ymag > 0 and a far plane", "set all three")


def _collider(where: str, collider: Collider) -> Iterator[Problem]:
    what = f"{where} {collider.kind} collider"
    if collider.kind == "capsule" and collider.size[1] < 2 * collider.size[0]:
        yield error(what, f"its height {collider.size[1]:g} is less than twice its radius {collider.size[0]:g}", "use a sphere")
    if collider.positions is None or collider.faces is None:
        return
    points = collider.positions.astype(np.float64)
    span = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) if len(points) > 3 else np.zeros(3)
    if collider.kind == "hull" and span[2] <= 1e-6 * max(span[0], 1e-12):
        yield error(what, f"its {len(points)} points enclose no volume", "use a thin box")
    if collider.kind == "hull" and len(points) > 255:
        yield warning(what, f"it has {len(points)} points; Unity and Unreal take 255", "simplify the hull")
    if collider.kind == "mesh" and not len(collider.faces):
        yield error(what, "it has no faces", "drop it")


def _variants(scene: Scene) -> Iterator[Problem]:
    known, used = set(scene.variants), set()
    for where, _, shape in shapes(scene):
        names = [name for name, _ in shape.variants]
        used.update(names)
        for name in sorted(set(names) - known):
            yield error(where, f"it has variant {name!r}, which Scene.variants lacks", "add the name to Scene.variants")
        if len(set(names)) != len(names):
            yield error(where, "it names a variant twice", "keep one material for each variant")
    for name in scene.variants:
        if name not in used:
            yield warning("variants", f"variant {name!r} changes nothing", "give a primitive a material for it, or drop it")


def _mechanism(scene: Scene) -> Iterator[Problem]:
    moving = {body.node for body in scene.bodies if not body.fixed} | {joint.child for joint in scene.joints}
    for node in scene.nodes:
        if node.key in moving and any(collider.kind == "mesh" for collider in node.colliders):
            yield warning(f"node {node.key!r}", "a moving body has a mesh collider, which engines hold still", "use hulls")
    for joint in scene.joints:
        low, high = joint.lower, joint.upper
        if (low is not None and joint.rest < low - 1e-9) or (high is not None and joint.rest > high + 1e-9):
            yield error(
                f"joint {joint.key!r}", f"its rest {joint.rest:g} is outside [{low}, {high}]", "pose it within its limits"
            )
    for body in scene.bodies:
        if body.inertia is not None:
            xx, yy, zz, xy, xz, yz = body.inertia
            if np.linalg.eigvalsh([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])[0] <= 0:
                yield error(
                    f"body {body.node!r}", f"its inertia {body.inertia} is not positive definite", "compute it from the solid"
                )
    expressions = scene.humanoid.expressions if scene.humanoid else ()
    for expression in expressions:
        for key, morph, _ in expression.morphs:
            mesh = scene.node(key).mesh
            if mesh is None or morph not in mesh.morph_names:
                yield error(f"expression {expression.name!r}", f"node {key!r} has no morph {morph!r}", "name a morph of its mesh")


def _environment(environment: Environment) -> Iterator[Problem]:
    if environment.image is None:
        return
    height, width, channels = environment.image.pixels.shape
    if width != 2 * height or channels != 3:
        size = f"{width} x {height} x {channels}"
        yield error("environment", f"a panorama must be 2 H x H pixels of 3 channels, got {size}", "resample it")
    if environment.image.colour != "linear" or environment.image.pixels.dtype != np.float32:
        yield error("environment", "a panorama must hold linear float32 radiance", "convert it with Image(colour='linear')")


def _units(scene: Scene) -> Iterator[Problem]:
    try:
        low, high = bounds(scene)
    except SceneError:  # a vertex names a joint that the skin lacks: told above, and nothing to measure
        return
    size = float((high - low).max())
    if size > 1000:
        yield warning("scene", f"it is {size:g} m large: are these metres?", "scale it to metres")
    elif 0 < size < 1e-3:
        yield warning("scene", f"it is {size:g} m small: are these metres?", "scale it to metres")
