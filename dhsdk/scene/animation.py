"""Skins and animation clips. Both name nodes by key, so replacing a node keeps them attached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dhsdk.errors import SceneError
from dhsdk.frozen import EMPTY, freeze
from dhsdk.scene.arrays import checked, put

Path = Literal["translation", "rotation", "scale", "weights"]
Interpolation = Literal["LINEAR", "STEP", "CUBICSPLINE"]
WIDTH: Mapping[str, int] = {"translation": 3, "rotation": 4, "scale": 3}


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """joints: node keys, hips or root first. inverse_bind: (J, 4, 4) float32, row-major, mesh space to joint space."""

    joints: tuple[str, ...]
    inverse_bind: np.ndarray
    skeleton: str | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not self.joints:
            raise SceneError(f"skin {self.name!r} must have at least one joint")
        put(self, "inverse_bind", checked("inverse_bind", self.inverse_bind, (len(self.joints), 4, 4), np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """One animated property of one node.

    times: (T,) float32 seconds, strictly increasing, >= 0.
    values: (T, n) float32; n is 3 (translation, scale), 4 (rotation, xyzw) or the number of morph targets (weights).
    With CUBICSPLINE (T, 3, n): in-tangent, value, out-tangent.
    """

    node: str
    path: Path
    times: np.ndarray
    values: np.ndarray
    interpolation: Interpolation = "LINEAR"

    def __post_init__(self) -> None:
        times = checked("times", self.times, (None,), np.float32)
        if not len(times) or times[0] < 0 or (np.diff(times) <= 0).any():
            raise SceneError(f"times of {self.node}.{self.path} must be >= 0 and strictly increasing, one at least")
        width = WIDTH.get(self.path)
        shape = (len(times), 3, width) if self.interpolation == "CUBICSPLINE" else (len(times), width)
        put(self, "times", times)
        put(self, "values", checked(f"values of {self.node}.{self.path}", self.values, shape, np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Animation:
    """A named clip: channels that play together."""

    name: str
    channels: tuple[Channel, ...]
    extras: Mapping[str, Any] = EMPTY

    def __post_init__(self) -> None:
        seen = [(channel.node, channel.path) for channel in self.channels]
        if not seen or len(set(seen)) != len(seen):
            raise SceneError(f"animation {self.name!r} needs channels, one per node and path at most")
        put(self, "extras", freeze(self.extras))

    @property
    def seconds(self) -> float:
        """Time of the last key."""
        return max(float(channel.times[-1]) for channel in self.channels)
