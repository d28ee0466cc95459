"""STL and PLY with their colours, and what they share with OBJ: one static mesh. Rigs and clips need GLB.

World transforms are baked and LOD0 is written, without materials. Files are parsed by trimesh, a second to import.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from dhsdk.plugin import Format, hookimpl

if TYPE_CHECKING:
    import numpy as np

    from dhsdk.scene.types import Scene

MAX_BYTES = 512 << 20


class Plain(Format):
    kinds = ("scene",)
    kind: ClassVar[str]

    def read(self, path: Path, options: Any) -> Scene:
        from dhsdk.errors import ReadError

        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
        if not data:
            raise ReadError(f"{path.name} must have 1..{MAX_BYTES:,} bytes, got {path.stat().st_size:,}")
        return self.scene(data, path)

    def scene(self, data: bytes, path: Path) -> Scene:
        """What the bytes of the file hold. Raises ReadError."""
        _check_counts(data, self.kind, path.name)
        return _scene(_parsed(data, self.kind, path.name), path)

    def write(self, asset: Any, path: Path, options: Any) -> None:
        points, faces, _ = flat(asset)
        path.write_bytes(_exported(points, faces, self.kind))

    def refuses(self, asset: Any) -> str | None:
        return None if any(node.mesh is not None for node in asset.nodes) else "there is no mesh in it"


class Stl(Plain):
    name, summary, suffixes, kind = "stl", "Binary STL: one static mesh without UVs.", (".stl",), "stl"


class Ply(Plain):
    name, summary, suffixes, kind = "ply", "Binary PLY: one static mesh with normals.", (".ply",), "ply"


def _check_counts(data: bytes, kind: str, name: str) -> None:
    """Counts in a header are held against the bytes that are there, before anything is allocated."""
    from dhsdk.errors import ReadError

    counts: list[int] = []
    if kind == "ply":
        if not data.startswith(b"ply") or b"end_header" not in data[:65536]:
            raise ReadError(f"{name} must begin with a PLY header: it is no PLY file")
        counts = [int(one) for one in re.findall(rb"element\s+\w+\s+(\d{1,18})", data[: data.index(b"end_header")])]
    elif kind == "stl" and not data[:5].lower().startswith(b"solid"):
        counts = [int.from_bytes(data[80:84], "little") * 50]
    if any(count > len(data) for count in counts):
        raise ReadError(f"{name} promises {max(counts):,} elements in {len(data):,} bytes: it is truncated or damaged")


def _parsed(data: bytes, kind: str, name: str) -> Any:
    import io

    import trimesh

    from dhsdk.errors import ReadError

    try:
        # No resolver: pictures that a PLY names are not opened by trimesh.
        mesh = trimesh.load_mesh(io.BytesIO(data), file_type=kind, process=False, resolver=None)
        return mesh.to_mesh() if isinstance(mesh, trimesh.Scene) else mesh
    except Exception as error:  # trimesh raises whatever its parsers stumble over
        raise ReadError(f"{name} is not a readable {kind.upper()} file: {type(error).__name__}: {str(error)[:120]}") from error


def _scene(mesh: Any, path: Path) -> Scene:
    from dataclasses import replace

    import numpy as np

    from dhsdk.errors import ReadError, SceneError
    from dhsdk.scene.make import single
    from dhsdk.scene.mesh import Primitive

    faces = np.asarray(getattr(mesh, "faces", ()))
    if not len(faces):
        raise ReadError(f"{path.name} must hold triangles, got none")
    uv = getattr(mesh.visual, "uv", None)
    uv = np.zeros(0) if uv is None else np.asarray(uv)
    has_uv = uv.ndim == 2 and uv.shape[1] >= 2 and len(uv) == len(mesh.vertices)
    uvs = (np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1),) if has_uv else ()
    try:
        primitive = Primitive(mesh.vertices, faces, uvs=uvs, colors=_colors(mesh))
        with np.errstate(all="ignore"):  # the normals of triangles without area are not finite: then there are none
            normals = np.asarray(mesh.vertex_normals)
        if normals.shape == mesh.vertices.shape and (np.abs(np.linalg.norm(normals, axis=1) - 1.0) < 1e-3).all():
            primitive = replace(primitive, normals=normals)
        return single(primitive, re.sub(r"[^\w-]+", "_", path.stem) or "mesh")
    except SceneError as error:
        raise ReadError(f"{path.name} holds a mesh that cannot be used: {error}") from error


def _colors(mesh: Any) -> np.ndarray | None:
    """(V, 4) linear colours of the vertices, which files hold as sRGB bytes; None where there are none."""
    import numpy as np

    if getattr(mesh.visual, "kind", None) != "vertex":
        return None
    codes = np.asarray(mesh.visual.vertex_colors)
    if codes.shape != (len(mesh.vertices), 4):
        return None
    value = codes / 255.0
    value[:, :3] = np.where(value[:, :3] <= 0.04045, value[:, :3] / 12.92, ((value[:, :3] + 0.055) / 1.055) ** 2.4)
    return value


def flat(scene: Scene) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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


def _exported(points: np.ndarray, faces: np.ndarray, kind: str) -> bytes:
    import trimesh

    data = trimesh.Trimesh(points, faces, process=False).export(file_type=kind)
    return data.encode() if isinstance(data, str) else bytes(data)


@hookimpl
def dhsdk_formats() -> Iterable[Format]:
    return [Stl(), Ply()]
