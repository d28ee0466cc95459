"""What a kernel is: typed parameters -> closed, named parts with UVs in metres, pivots and sockets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dhsdk.frozen import EMPTY
from dhsdk.params import Params

Stream = Callable[..., np.random.Generator]
"""rng(*names) -> an independent random stream, as Context.rng."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """One connected or unconnected closed surface, in asset space (metres, +Y up, front +Z, base at y = 0).

    positions: (V, 3) float64. Vertices are split at UV seams and hard edges; vertices that are the same point have
    bit-equal positions, so that welding by position gives a closed, oriented two-manifold.
    faces: (F, 3) int64, counter-clockwise from outside.
    normals: (V, 3) float64, unit, smooth or split as the look wants.
    uvs: (V, 2) float64 in METRES along the surface (+u along the grain); assemble() divides by the texture's tile size.
    colors: (V, 3) float64 linear multipliers (darkening towards the ground, worn edges), or None.
    """

    positions: np.ndarray
    faces: np.ndarray
    normals: np.ndarray
    uvs: np.ndarray
    colors: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class PartSocket:
    """A socket of a part, in asset space: key, place, kind and size as in scene.Socket."""

    key: str
    translation: tuple[float, float, float]
    kind: str = "mount"
    size: tuple[float, float] | None = None
    rotation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A named piece. slot: which of the kernel's material slots it wears. pivot: its natural joint or base centre, m.

    parent: the name of another part, or None. hinge: (axis, lower, upper) when it turns about its pivot, radians.
    slide: (axis, lower, upper) when it slides along its axis instead (drawers, vise jaws), metres.
    collide: False for trim that no collider should cover.
    lods: the same part with fewer triangles, the finest first, where decimation would not do (a crown of closed leaves).
    """

    name: str
    surface: Surface
    slot: str
    pivot: tuple[float, float, float] = (0.0, 0.0, 0.0)
    parent: str | None = None
    hinge: tuple[tuple[float, float, float], float, float] | None = None
    sockets: tuple[PartSocket, ...] = ()
    collide: bool = True
    slide: tuple[tuple[float, float, float], float, float] | None = None
    lods: tuple[Surface, ...] = ()


class Kernel(ABC):
    """One family of shapes. Stateless.

    Params: the design space in SI units; every field has help, a range, and where it has ends the words low and high.
        Fields of one part stand in a nested group: legs.count, back.height.
    slots: material slot -> default finish as "family", "family/variety" ("wood/oak") or "family/variety/#rrggbb" (an accent:
        words for the whole leave its colour alone); the first slot is the main one.
    presets: noun -> values that make it ({"stool": {"back": {"style": "none"}}}): they differ in topology.
    looks: noun -> the slots that it dresses otherwise than `slots` does, in the same form; the first of them is its main one.
    pieces: noun of another thing -> names of the parts that it is here: candles stand on the arms of a lamp.
    sawn: field that counts boards -> the slot that they wear: what is not of wood is of one piece.
    exaggeration: field -> how many times its value the stylised look takes ({"legs.thickness": 1.5}). A field called `stylised`
        goes to its upper end besides.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    Params: ClassVar[type[Params]]
    slots: ClassVar[Mapping[str, str]]
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = EMPTY
    looks: ClassVar[Mapping[str, Mapping[str, str]]] = EMPTY
    pieces: ClassVar[Mapping[str, tuple[str, ...]]] = EMPTY
    sawn: ClassVar[Mapping[str, str]] = EMPTY
    exaggeration: ClassVar[Mapping[str, float]] = EMPTY

    @abstractmethod
    def build(self, params: Any, rng: Stream) -> tuple[Part, ...]:
        """The parts, in a stable order, with unique names."""

    def dress(self, preset: str) -> dict[str, str]:
        """Slot -> default finish of a preset, its main slot first."""
        own = self.looks.get(preset, {})
        return {**own, **{slot: finish for slot, finish in self.slots.items() if slot not in own}}
