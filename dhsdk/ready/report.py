"""What the pass did to a mesh from elsewhere, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from dhsdk.scene import measure
from dhsdk.scene.types import Scene


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts of a scene as an engine meets it; texture memory in bytes, uncompressed with mip levels; size in metres."""

    triangles: int
    vertices: int
    draw_calls: int
    materials: int
    texture_bytes: int
    size: tuple[float, float, float]

    @classmethod
    def of(cls, scene: Scene) -> Facts:
        low, high = measure.bounds(scene)
        return cls(
            measure.triangles(scene),
            measure.vertices(scene),
            measure.draw_calls(scene),
            len(scene.materials),
            measure.texture_bytes(scene),
            tuple(float(value) for value in high - low),  # type: ignore[arg-type]
        )


@dataclass(frozen=True, slots=True)
class Report:
    """Before and after, what was mended, and how far the surfaces lie apart as shares of the diagonal (None: not touched).

    worst and mean (root of the mean square): the larger of both directions, over points spread evenly on the mended source and on
    the result.
    """

    before: Facts
    after: Facts
    mended: Mapping[str, int]
    baked: tuple[str, ...] = ()
    worst: float | None = None
    mean: float | None = None
    lods: tuple[int, ...] = ()
    colliders: int = 0
    notes: tuple[str, ...] = field(default=())

    def json(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self) | {"mended": dict(self.mended)}

    def lines(self) -> list[str]:
        """The report as a table, line by line."""
        rows: list[tuple[str, ...]] = [("", "before", "after")]
        for name, unit in (("triangles", 1), ("vertices", 1), ("draw_calls", 1), ("materials", 1), ("texture_bytes", 1 << 20)):
            one, other = getattr(self.before, name), getattr(self.after, name)
            label = "texture MiB" if unit > 1 else name.replace("_", " ")
            rows.append((label, *(f"{value / unit:,.1f}" if unit > 1 else f"{value:,}" for value in (one, other))))
        rows.append(("size m", *(" x ".join(f"{edge:.4g}" for edge in facts.size) for facts in (self.before, self.after))))
        out = [f"{name:14}{one:>28}{other:>28}" for name, one, other in rows]
        out += [f"mended: {what}: {count:,}" for what, count in self.mended.items()]
        if self.baked:
            out.append(f"baked: {', '.join(self.baked)}")
        if self.worst is not None and self.mean is not None:
            out.append(f"shape: at most {self.worst:.3%} of the diagonal away, {self.mean:.3%} in the mean")
        out.append(f"levels of detail: {', '.join(f'{count:,}' for count in self.lods) or 'none'}; colliders: {self.colliders}")
        return out + [f"note: {note}" for note in self.notes]
