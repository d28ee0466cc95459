"""Wavefront OBJ with its MTL materials and their pictures."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dhsdk.formats.plain_meshes import Plain, flat
from dhsdk.plugin import Format, hookimpl

if TYPE_CHECKING:
    import numpy as np

    from dhsdk.scene.types import Scene


class Obj(Plain):
    name, summary, suffixes, kind = "obj", "Wavefront OBJ: one static mesh; its MTL materials are read.", (".obj",), "obj"

    def scene(self, data: bytes, path: Path) -> Scene:
        """One mesh of a primitive for each material; extras["notes"]: what of the materials was left out."""
        from dataclasses import replace

        from dhsdk.formats.obj.text import mesh_of
        from dhsdk.scene.make import single

        mesh, notes = mesh_of(data, path)
        return replace(single(mesh, mesh.name), extras={"notes": notes} if notes else {})

    def write(self, asset: Any, path: Path, options: Any) -> None:
        path.write_bytes(_written(*flat(asset)))


def _written(points: np.ndarray, faces: np.ndarray, uvs: np.ndarray) -> bytes:
    lines = [f"v {x:.9g} {y:.9g} {z:.9g}" for x, y, z in points.tolist()]
    lines += [f"vt {u:.9g} {v:.9g}" for u, v in uvs.tolist()]
    lines += [f"f {a}/{a} {b}/{b} {c}/{c}" for a, b, c in (faces + 1).tolist()]
    return ("\n".join(lines) + "\n").encode()


@hookimpl
def dhsdk_formats() -> Iterable[Format]:
    return [Obj()]
