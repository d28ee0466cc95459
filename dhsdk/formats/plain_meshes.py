"""OBJ with its materials, PLY and STL with their colours: one static mesh. Rigs and clips need GLB.

World transforms are baked and LOD0 is written, without materials.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dhsdk.plugin import Format, hookimpl

if TYPE_CHECKING:
    import numpy as np

    from dhsdk.scene.mesh import Mesh
    from dhsdk.scene.types import Scene

MAX_BYTES = 512 << 20


class Plain(Format):
    """A format of one static mesh."""

    kinds = ("scene",)

    @abstractmethod
    def mesh(self, data: bytes, path: Path) -> tuple[Mesh, tuple[str, ...]]:
        """The mesh, and what of its materials was left out. Raises ReadError, SceneError."""

    @abstractmethod
    def data(self, points: np.ndarray, faces: np.ndarray, uvs: np.ndarray) -> bytes:
        """The bytes of triangles (F, 3) over points (V, 3) with UVs (V, 2), v upwards."""

    def read(self, path: Path, options: Any) -> Scene:
        """extras["notes"]: what of its materials was left out, and what was understood otherwise than it is written."""
        from dataclasses import replace

        import numpy as np

        from dhsdk.errors import ReadError, SceneError
        from dhsdk.scene.make import single

        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
        if not data:
            raise ReadError(f"{path.name} must have 1..{MAX_BYTES:,} bytes, got {path.stat().st_size:,}")
        try:
            with np.errstate(all="ignore"):
                mesh, notes = self.mesh(data, path)
        except SceneError as error:
            raise ReadError(f"{path.name} holds a mesh that cannot be used: {error}") from error
        name = re.sub(r"[^\w-]+", "_", path.stem) or "mesh"
        return replace(single(replace(mesh, name=name), name), extras={"notes": notes} if notes else {})

    def write(self, asset: Any, path: Path, options: Any) -> None:
        path.write_bytes(self.data(*_flat(asset)))

    def refuses(self, asset: Any) -> str | None:
        return None if any(node.mesh is not None for node in asset.nodes) else "there is no mesh in it"


class Obj(Plain):
    name, summary, suffixes = "obj", "Wavefront OBJ: one static mesh with UVs; its MTL materials are read.", (".obj",)

    def mesh(self, data: bytes, path: Path) -> tuple[Mesh, tuple[str, ...]]:
        from dhsdk.formats import _obj

        return _obj.mesh_of(data, path)

    def data(self, points: np.ndarray, faces: np.ndarray, uvs: np.ndarray) -> bytes:
        from dhsdk.formats import _obj

        return _obj.written(points, faces, uvs)


class Stl(Plain):
    name, summary, suffixes = "stl", "Binary STL: one static mesh without UVs; colours are read.", (".stl",)

    def mesh(self, data: bytes, path: Path) -> tuple[Mesh, tuple[str, ...]]:
        from dhsdk.formats import _stl
        from dhsdk.scene.mesh import Mesh

        return Mesh((_stl.read(data, path.name),)), ()

    def data(self, points: np.ndarray, faces: np.ndarray, uvs: np.ndarray) -> bytes:
        from dhsdk.formats import _stl

        return _stl.written(points, faces)


class Ply(Plain):
    name, summary, suffixes = "ply", "Binary PLY: one static mesh; colours, UVs and pictures are read.", (".ply",)

    def mesh(self, data: bytes, path: Path) -> tuple[Mesh, tuple[str, ...]]:
        from dhsdk.formats import _ply

        return _ply.mesh_of(data, path)

    def data(self, points: np.ndarray, faces: np.ndarray, uvs: np.ndarray) -> bytes:
        from dhsdk.formats import _ply

        return _ply.written(points, faces)


def _flat(scene: Scene) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(points, faces, UVs with v upwards) of all LOD0 triangles in world space."""
    import numpy as np

    from dhsdk.scene.frames import instance_matrices, world
    from dhsdk.scene.pose import posed

    points, faces, uvs, start = [], [], [], 0
    matrices = world(scene)
    for node in scene.nodes:
        for primitive in node.mesh.primitives if node.mesh is not None else ():
            if primitive.mode != "triangles":
                continue
            at = posed(node, primitive, matrices)
            inverse = np.linalg.inv(matrices[node.key])
            copies = (
                [np.eye(4)]
                if node.instances is None
                else [matrices[node.key] @ m @ inverse for m in instance_matrices(node.instances)]
            )
            for copy in copies:
                points.append(at @ copy[:3, :3].T + copy[:3, 3])
                faces.append(primitive.faces.astype(np.int64) + start)
                uvs.append(primitive.uvs[0].astype(float) * [1, -1] + [0, 1] if primitive.uvs else np.zeros((len(at), 2)))
                start += len(at)
    return np.concatenate(points), np.concatenate(faces), np.concatenate(uvs)


@hookimpl
def dhsdk_formats() -> Iterable[Format]:
    return [Obj(), Stl(), Ply()]
