"""What a mechanism adds to a scene: exact solids, bodies, joints, couplings and closed loops. All name nodes by key.

Frames: a joint's frame stands at `translation`, `rotation` in its parent node's frame (the world where parent is None);
its axis is a unit vector of that frame. Values are radians or metres; the scene's node transforms show the value `rest`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dhsdk.errors import SceneError
from dhsdk.frozen import freeze
from dhsdk.scene.arrays import put
from dhsdk.scene.mesh import Quaternion, Vector

JointKind = Literal["fixed", "revolute", "continuous", "prismatic", "cylindrical", "ball", "planar", "free"]
IDENTITY: Quaternion = (0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Solid:
    """The recipe of an exact solid, in the frame of its node: JSON that a CAD format rebuilds; density in kg/m3."""

    node: str
    recipe: Mapping[str, Any]
    density: float = 1000.0

    def __post_init__(self) -> None:
        put(self, "recipe", freeze(self.recipe))


@dataclass(frozen=True, slots=True)
class Body:
    """A rigid body. mass kg; center in the node's frame, m; inertia about the center: xx, yy, zz, xy, xz, yz, kg m2."""

    node: str
    mass: float
    center: Vector = (0.0, 0.0, 0.0)
    inertia: tuple[float, float, float, float, float, float] | None = None
    fixed: bool = False
    friction: float = 0.5
    restitution: float = 0.0

    def __post_init__(self) -> None:
        if not self.mass > 0:
            raise SceneError(f"mass of body {self.node!r} must be > 0, got {self.mass} (kg)")


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint between two nodes. lower, upper: limits (None: none); velocity, effort: limits of a drive, SI."""

    key: str
    kind: JointKind
    parent: str | None
    child: str
    translation: Vector = (0.0, 0.0, 0.0)
    rotation: Quaternion = IDENTITY
    axis: Vector = (0.0, 1.0, 0.0)
    lower: float | None = None
    upper: float | None = None
    rest: float = 0.0
    velocity: float | None = None
    effort: float | None = None
    damping: float = 0.0
    friction: float = 0.0

    def __post_init__(self) -> None:
        if abs(sum(value * value for value in self.axis) - 1.0) > 1e-6:
            raise SceneError(f"axis of joint {self.key!r} must be a unit vector, got {self.axis}")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise SceneError(f"limits of joint {self.key!r} must be lower <= upper, got {self.lower} > {self.upper}")


@dataclass(frozen=True, slots=True)
class Coupling:
    """driven = polynomial(driver), coefficients from the constant upwards: gears (0, -2.5), a belt (0, 1)."""

    driver: str
    driven: str
    coefficients: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """A closed chain: frame a of node a and frame b of node b coincide (weld), share a point or share an axis (their z)."""

    key: str
    kind: Literal["weld", "point", "axis"]
    node_a: str
    node_b: str
    translation_a: Vector = (0.0, 0.0, 0.0)
    rotation_a: Quaternion = IDENTITY
    translation_b: Vector = (0.0, 0.0, 0.0)
    rotation_b: Quaternion = IDENTITY
