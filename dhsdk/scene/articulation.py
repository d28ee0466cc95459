"""Joints at given values: with_joints, which dhsdk.scene.pose offers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from dhsdk.errors import SceneError, UnknownName
from dhsdk.scene import rotation
from dhsdk.scene.frames import world
from dhsdk.scene.mechanism import Joint
from dhsdk.scene.types import Node, Scene

Value = float | Sequence[float]
WIDTHS = {"cylindrical": 2, "ball": 4, "planar": 3, "free": 7}
"""Numbers that a joint with several freedoms takes; all others take one (fixed: none)."""
UNIT = {"revolute": "radians", "continuous": "radians", "prismatic": "m", "cylindrical": "radians"}


def with_joints(scene: Scene, values: Mapping[str, Value]) -> Scene:
    """The scene with joints at these values: each moves its child's subtree, counted from the joint's `rest`.

    values, by joint key: revolute, continuous: radians; prismatic: metres; cylindrical: (radians, metres); ball: quaternion xyzw;
    planar: (x, y, radians) in the plane across the axis; free: (x, y, z, then quaternion xyzw). Joints that are not
    named keep their value, driven ones follow their drivers through the couplings. `rest` of the moved joints becomes
    the new value; the freedoms that `rest` cannot hold (all but the angle) count from the pose shown. Loops are not solved.

    Raises:
        UnknownName: no joint of that key.
        SceneError: a value outside the limits or of the wrong width, a driven joint set by hand against its coupling, a
            node that two joints carry, joints in a circle, or a moved node under a scale that would shear it.
    """
    joints = {joint.key: joint for joint in scene.joints}
    unknown = [key for key in values if key not in joints]
    if unknown:
        raise UnknownName(f"no joint {unknown[0]!r} in this scene; it has: {', '.join(map(repr, joints)) or 'none'}")
    wanted = {key: _checked(joints[key], value) for key, value in _followed(scene, values).items()}
    carriers = _carriers(scene)
    moves = _Moves(scene, wanted, carriers)
    nodes = tuple(moves.moved(node) for node in scene.nodes)
    rests = tuple(_rested(joint, wanted.get(joint.key)) for joint in scene.joints)
    return dataclasses.replace(scene, nodes=nodes, joints=rests)


def _followed(scene: Scene, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values with every driven joint's added, drivers before driven."""
    out: dict[str, Value] = dict(values)
    rest = {joint.key: joint.rest for joint in scene.joints}
    pending = list(scene.couplings)
    driven = {coupling.driven for coupling in pending}
    while pending:
        ready = [one for one in pending if one.driver not in driven]
        if not ready:
            raise SceneError(f"couplings must not form a circle, but joint {pending[0].driven!r} drives itself")
        for coupling in ready:
            pending.remove(coupling)
            driven.discard(coupling.driven)
            if coupling.driver not in out:
                continue  # neither the driver nor what drives it moves
            driver = out.get(coupling.driver, rest[coupling.driver])
            angle = float(driver) if isinstance(driver, int | float) else float(driver[0])
            value = sum(factor * angle**power for power, factor in enumerate(coupling.coefficients))
            if coupling.driven in values and not np.isclose(np.ravel(values[coupling.driven])[0], value, atol=1e-9):
                raise SceneError(f"joint {coupling.driven!r} must be {value:.6g}, as joint {coupling.driver!r} drives it")
            out[coupling.driven] = value
    return out


def _checked(joint: Joint, value: Value) -> tuple[float, ...]:
    parts = tuple(float(part) for part in np.ravel(value))
    if joint.kind == "cylindrical" and len(parts) == 1:
        parts = (*parts, 0.0)
    width = WIDTHS.get(joint.kind, 1)
    if joint.kind == "fixed" or len(parts) != width or not np.isfinite(parts).all():
        rule = "takes no value: it is fixed" if joint.kind == "fixed" else f"takes {width} finite numbers ({joint.kind})"
        raise SceneError(f"joint {joint.key!r} {rule}, got {value}")
    low = -np.inf if joint.lower is None else joint.lower
    high = np.inf if joint.upper is None else joint.upper
    if joint.kind in UNIT and not low - 1e-9 <= parts[0] <= high + 1e-9:
        raise SceneError(f"joint {joint.key!r} must be in [{low:g}, {high:g}], got {parts[0]:g} ({UNIT[joint.kind]})")
    return parts


def _carriers(scene: Scene) -> dict[str, Joint]:
    out: dict[str, Joint] = {}
    for joint in scene.joints:
        if joint.child in out:
            raise SceneError(f"node {joint.child!r} must hang on one joint, got {out[joint.child].key!r} and {joint.key!r}")
        out[joint.child] = joint
    return out


def _rested(joint: Joint, value: tuple[float, ...] | None) -> Joint:
    return joint if value is None or joint.kind in ("ball", "planar", "free") else dataclasses.replace(joint, rest=value[0])


class _Moves:
    """How far each node is carried from its place: a world matrix, the identity for what stays."""

    def __init__(self, scene: Scene, wanted: Mapping[str, tuple[float, ...]], carriers: Mapping[str, Joint]) -> None:
        self.scene = scene
        self.wanted = wanted
        self.carriers = carriers
        self.world = world(scene)
        self.carried: dict[str, np.ndarray | None] = {}

    def of(self, key: str) -> np.ndarray | None:
        """The carrying matrix of a node, None where it stays. Iterative: chains may be longer than Python's stack."""
        path = [] if key in self.carried else [key]
        while path:
            here = path[-1]
            joint, parent = self.carriers.get(here), self.scene.node(here).parent
            above = joint.parent if joint is not None else parent
            if above is not None and above not in self.carried:
                if above in path:
                    raise SceneError(f"joints must not form a circle, but node {above!r} hangs on itself; close it with a Loop")
                path.append(above)
                continue
            base = None if above is None else self.carried[above]
            self.carried[here] = base if joint is None else self._by(joint, base)
            path.pop()
        return self.carried[key]

    def _by(self, joint: Joint, base: np.ndarray | None) -> np.ndarray | None:
        value = self.wanted.get(joint.key)
        if value is None:
            return base
        frame = rotation.compose(joint.translation, joint.rotation, (1.0, 1.0, 1.0))
        frame = frame if joint.parent is None else _rigid(self.world[joint.parent], joint) @ frame
        turn: np.ndarray = frame @ motion(joint, value) @ np.linalg.inv(frame)
        return turn if base is None else base @ turn

    def moved(self, node: Node) -> Node:
        own = self.of(node.key)
        above = None if node.parent is None else self.of(node.parent)
        if own is above:
            return node
        target = self.world[node.key] if own is None else own @ self.world[node.key]
        if node.parent is not None:
            parent = self.world[node.parent] if above is None else above @ self.world[node.parent]
            target = np.linalg.inv(parent) @ target
        place = rotation.decompose(target, f"the moved transform of node {node.key!r}")
        return dataclasses.replace(node, translation=place[0], rotation=place[1], scale=place[2])


def _rigid(matrix: np.ndarray, joint: Joint) -> np.ndarray:
    """The world frame that a joint stands in: the parent's place and turn; one scale for all axes scales its offset."""
    lengths = np.linalg.norm(matrix[:3, :3], axis=0)
    if np.ptp(lengths) > 1e-6 * lengths.max():
        raise SceneError(f"the parent of joint {joint.key!r} must have one scale for x, y and z, got {lengths.tolist()}")
    return matrix


def motion(joint: Joint, value: Sequence[float]) -> np.ndarray:
    """(4, 4): how the child moves in the joint's frame from its rest to `value` (numbers as in with_joints)."""
    axis = np.asarray(joint.axis)
    none, one = np.zeros(3), (1.0, 1.0, 1.0)
    if joint.kind in ("revolute", "continuous"):
        return rotation.compose(none, rotation.from_axis_angle(joint.axis, value[0] - joint.rest), one)
    if joint.kind == "prismatic":
        return rotation.compose(axis * (value[0] - joint.rest), (0.0, 0.0, 0.0, 1.0), one)
    if joint.kind == "cylindrical":
        return rotation.compose(axis * value[1], rotation.from_axis_angle(joint.axis, value[0] - joint.rest), one)
    if joint.kind == "planar":
        across = np.eye(3)[int(np.argmin(np.abs(axis)))]
        y = np.cross(axis, across) / np.linalg.norm(np.cross(axis, across))
        x = np.cross(y, axis)
        return rotation.compose(x * value[0] + y * value[1], rotation.from_axis_angle(joint.axis, value[2]), one)
    if joint.kind == "ball":
        return rotation.compose(none, rotation.quaternion(value), one)
    return rotation.compose(np.asarray(value[:3]), rotation.quaternion(value[3:]), one)
