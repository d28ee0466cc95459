"""Mesh: one or more primitives, each with one material; named morph targets; Instances and Collider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dhsdk.errors import SceneError
from dhsdk.frozen import EMPTY, freeze
from dhsdk.scene.arrays import checked, put
from dhsdk.scene.material import Material

Mode = Literal["triangles", "lines", "points"]
CORNERS: Mapping[str, int] = {"triangles": 3, "lines": 2, "points": 1}
Quaternion = tuple[float, float, float, float]
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Morph:
    """Displacements of one morph target for one primitive, each (V, 3) float32 or None (no change)."""

    positions: np.ndarray | None = None
    normals: np.ndarray | None = None
    tangents: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Primitive:
    """Vertices, faces and one material.

    positions: (V, 3) float32, metres.
    faces: (F, 3) uint32 for triangles, (F, 2) lines, (F, 1) points.
    normals: (V, 3) float32, unit. tangents: (V, 4) float32, unit xyz and w = +-1.
    uvs: UV sets, each (V, 2) float32, origin at the top left as in glTF.
    colors: (V, 4) float32, linear. joints: (V, 4k) uint16 into the node's skin. weights: (V, 4k) float32.
    attributes: further named arrays (V, n), custom attributes with a leading underscore as in glTF.
    morphs: one Morph per name of the mesh's morph_names.
    variants: (variant name, material) pairs of KHR_materials_variants.

    Raises:
        SceneError: a wrong shape or length, a value that is not finite, an index outside the vertices.
    """

    positions: np.ndarray
    faces: np.ndarray
    normals: np.ndarray | None = None
    tangents: np.ndarray | None = None
    uvs: tuple[np.ndarray, ...] = ()
    colors: np.ndarray | None = None
    joints: np.ndarray | None = None
    weights: np.ndarray | None = None
    attributes: Mapping[str, np.ndarray] = EMPTY
    morphs: tuple[Morph, ...] = ()
    material: Material | None = None
    variants: tuple[tuple[str, Material], ...] = ()
    mode: Mode = "triangles"
    extras: Mapping[str, Any] = EMPTY

    def __post_init__(self) -> None:
        positions = checked("positions", self.positions, (None, 3), np.float32)
        count = len(positions)
        put(self, "positions", positions)
        faces = np.asarray(self.faces)
        if faces.size and (faces.min() < 0 or faces.max() >= count):
            raise SceneError(f"faces must index the {count} vertices, got {int(faces.min())}..{int(faces.max())}")
        put(self, "faces", checked("faces", faces, (None, CORNERS[self.mode]), np.uint32))
        for name, width in (("normals", 3), ("tangents", 4), ("colors", 4)):
            value = getattr(self, name)
            if value is not None:
                put(self, name, checked(name, value, (count, width), np.float32))
        put(self, "uvs", tuple(checked(f"uvs[{i}]", uv, (count, 2), np.float32) for i, uv in enumerate(self.uvs)))
        if (self.joints is None) != (self.weights is None):
            raise SceneError("joints and weights go together: give both or neither")
        if self.joints is not None and self.weights is not None:
            width = np.asarray(self.joints).shape[-1]
            put(self, "joints", checked("joints", self.joints, (count, width), np.uint16))
            put(self, "weights", checked("weights", self.weights, (count, width), np.float32))
            if width % 4 or not width:
                raise SceneError(f"joints must have 4, 8, ... columns, got {width}")
        attributes = {key: np.asarray(value) for key, value in self.attributes.items()}
        for key, value in attributes.items():
            if len(value) != count:
                raise SceneError(f"attribute {key} must have {count} rows, got {len(value)}")
        put(self, "attributes", type(EMPTY)(attributes))
        put(self, "morphs", tuple(_checked_morph(i, morph, count) for i, morph in enumerate(self.morphs)))
        put(self, "extras", freeze(self.extras))


def _checked_morph(index: int, morph: Morph, count: int) -> Morph:
    def delta(name: str) -> np.ndarray | None:
        value = getattr(morph, name)
        return None if value is None else checked(f"morphs[{index}].{name}", value, (count, 3), np.float32)

    return Morph(delta("positions"), delta("normals"), delta("tangents"))


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """primitives: at least one. morph_names: one per morph target, unique. weights: their default values."""

    primitives: tuple[Primitive, ...]
    name: str = ""
    morph_names: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    extras: Mapping[str, Any] = EMPTY

    def __post_init__(self) -> None:
        if not self.primitives:
            raise SceneError(f"mesh {self.name!r} must have at least one primitive")
        for primitive in self.primitives:
            if len(primitive.morphs) != len(self.morph_names):
                raise SceneError(
                    f"every primitive of mesh {self.name!r} must have {len(self.morph_names)} morphs, got {len(primitive.morphs)}"
                )
        if len(set(self.morph_names)) != len(self.morph_names):
            raise SceneError(f"morph names of mesh {self.name!r} must be unique, got {self.morph_names}")
        if self.weights and len(self.weights) != len(self.morph_names):
            raise SceneError(f"mesh {self.name!r} must have {len(self.morph_names)} weights, got {len(self.weights)}")
        put(self, "extras", freeze(self.extras))

    @property
    def triangles(self) -> int:
        """Triangles of all primitives."""
        return sum(len(p.faces) for p in self.primitives if p.mode == "triangles")


@dataclass(frozen=True, slots=True, eq=False)
class Instances:
    """Copies of a node's mesh in the node's frame: (N, 3) metres, (N, 4) unit quaternions xyzw, (N, 3); float32."""

    translations: np.ndarray
    rotations: np.ndarray | None = None
    scales: np.ndarray | None = None

    def __post_init__(self) -> None:
        put(self, "translations", checked("translations", self.translations, (None, 3), np.float32))
        count = len(self.translations)
        if self.rotations is not None:
            put(self, "rotations", checked("rotations", self.rotations, (count, 4), np.float32))
        if self.scales is not None:
            put(self, "scales", checked("scales", self.scales, (count, 3), np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Collider:
    """A collision shape in the node's frame.

    size: box (x, y, z) edge lengths; sphere (radius,); capsule and cylinder (radius, height along y, caps included);
    hull and mesh: () and `positions` (V, 3) float32 with `faces` (F, 3) uint32.
    """

    kind: Literal["box", "sphere", "capsule", "cylinder", "hull", "mesh"]
    size: tuple[float, ...] = ()
    translation: Vector = (0.0, 0.0, 0.0)
    rotation: Quaternion = (0.0, 0.0, 0.0, 1.0)
    positions: np.ndarray | None = None
    faces: np.ndarray | None = None

    def __post_init__(self) -> None:
        wants = {"box": 3, "sphere": 1, "capsule": 2, "cylinder": 2, "hull": 0, "mesh": 0}[self.kind]
        if len(self.size) != wants or any(not value > 0 for value in self.size):
            raise SceneError(f"size of a {self.kind} collider must be {wants} positive lengths, got {self.size}")
        if (self.positions is None) != (wants > 0) or (self.faces is None) != (wants > 0):
            raise SceneError(f"a {self.kind} collider takes {'no mesh' if wants else 'positions and faces'}")
        if self.positions is not None and self.faces is not None:
            put(self, "positions", checked("collider positions", self.positions, (None, 3), np.float32))
            put(self, "faces", checked("collider faces", self.faces, (None, 3), np.uint32))
            if self.faces.size and self.faces.max() >= len(self.positions):
                raise SceneError(f"collider faces must index the {len(self.positions)} vertices, got {int(self.faces.max())}")
