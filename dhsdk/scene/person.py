"""What a talking person adds to a scene: the humanoid (VRM 1.0 terms), sounds and timed text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dhsdk.errors import SceneError
from dhsdk.frozen import EMPTY, freeze
from dhsdk.media import Audio
from dhsdk.scene.arrays import put
from dhsdk.scene.mesh import Vector


@dataclass(frozen=True, slots=True)
class Expression:
    """A named face: morph targets as (node key, morph name, weight in [0, 1]). Names are VRM 1.0 presets or custom."""

    name: str
    morphs: tuple[tuple[str, str, float], ...]
    binary: bool = False
    override_blink: Literal["none", "block", "blend"] = "none"
    override_mouth: Literal["none", "block", "blend"] = "none"
    override_look_at: Literal["none", "block", "blend"] = "none"


@dataclass(frozen=True, slots=True)
class LookAt:
    """Eye movement. offset: from the head bone to between the eyes, m; the four ranges are (input, output) in degrees."""

    kind: Literal["bone", "expression"] = "bone"
    offset: Vector = (0.0, 0.06, 0.0)
    inner: tuple[float, float] = (90.0, 10.0)
    outer: tuple[float, float] = (90.0, 10.0)
    down: tuple[float, float] = (90.0, 10.0)
    up: tuple[float, float] = (90.0, 10.0)


@dataclass(frozen=True, slots=True)
class SpringCollider:
    """A sphere (tail None) or a capsule in the frame of a node, m."""

    node: str
    radius: float
    offset: Vector = (0.0, 0.0, 0.0)
    tail: Vector | None = None


@dataclass(frozen=True, slots=True)
class Spring:
    """A swinging chain of nodes, root first. Source: VRMC_springBone 1.0."""

    name: str
    joints: tuple[str, ...]
    stiffness: float = 1.0
    drag: float = 0.4
    gravity: float = 0.0
    gravity_direction: Vector = (0.0, -1.0, 0.0)
    hit_radius: float = 0.02
    colliders: tuple[SpringCollider, ...] = ()
    center: str | None = None


@dataclass(frozen=True, slots=True)
class Humanoid:
    """bones: VRM 1.0 bone name -> node key. meta: the VRM meta object (name, authors, licenseUrl, ...)."""

    bones: Mapping[str, str]
    expressions: tuple[Expression, ...] = ()
    look_at: LookAt | None = None
    springs: tuple[Spring, ...] = ()
    meta: Mapping[str, Any] = EMPTY

    def __post_init__(self) -> None:
        put(self, "bones", freeze(self.bones))
        put(self, "meta", freeze(self.meta))


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio in a scene, at a node (None: everywhere), from `start` seconds on."""

    key: str
    audio: Audio
    node: str | None = None
    start: float = 0.0
    gain: float = 1.0
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """Timed text (a caption, a viseme, a word), seconds. kind says what the text is."""

    start: float
    end: float
    text: str
    kind: str = "caption"
    node: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise SceneError(f"a cue must have 0 <= start <= end, got {self.start}, {self.end}")
