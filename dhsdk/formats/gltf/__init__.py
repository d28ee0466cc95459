"""glTF 2.0, as one binary file (GLB) and as JSON with files beside it: everything that a Scene holds is carried both ways.

What glTF or a ratified extension can say is said so; the rest stands in extras (`dhsdk_scene`, `dhsdk_node` ...), with large
arrays in buffer views, and comes back on reading. Layout of this package: container (files, JSON), packer and accessors
(buffers out and in), materials (one table for both directions), textures, meshes, nodes, animation, own (what only dhsdk has).
Source: glTF 2.0 specification (ISO/IEC 12113) and the ratified KHR extensions.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dhsdk.params import Params, param
from dhsdk.plugin import Format, hookimpl

if TYPE_CHECKING:
    from dhsdk.scene.types import Scene

Target = Literal["godot", "unity", "unreal", "web"]


class GlbOptions(Params):
    """How a scene is written, and how much a file that is read may hold."""

    target: Target | None = param(None, help="add nodes that this engine knows by name (-convcolonly, UCX_, _LOD1, sockets)")
    textures: Literal["png", "jpeg", "webp", "ktx2", "auto"] = param(
        "png",
        help="how raw pixels are encoded; auto: JPEG for opaque colour, PNG for the rest; webp, ktx2: readers must know them "
        "(ktx2 stays compressed in the memory of the GPU)",
    )
    quality: int = param(90, help="quality of JPEG and WebP", ge=1, le=100, low="small", high="faithful")
    instancing: Literal["expand", "extension"] = param(
        "expand", help="instances as plain nodes, which every engine draws, or as EXT_mesh_gpu_instancing"
    )
    physics: Literal["extras", "omi"] = param("extras", help="colliders as typed extras alone, or also as OMI_physics drafts")
    quantize: bool = param(False, help="normals, tangents, UVs, colours as small integers (KHR_mesh_quantization); lossy")
    compression: Literal["none", "meshopt", "draco"] = param(
        "none",
        help="of vertices and indices, for readers that know it (three.js, Babylon.js); meshopt is exact, draco is smaller",
    )
    max_bytes: int = param(2 << 30, help="largest file, with all it names, that is read", unit="B", ge=1)


class GltfOptions(GlbOptions):
    embed: bool = param(False, help="buffers and pictures inside the JSON, as data: URIs, instead of files beside it")


class Glb(Format):
    """One binary file."""

    name = "glb"
    summary = "glTF 2.0 binary: one file with meshes, materials, rigs, clips and provenance"
    suffixes = (".glb",)
    kinds = ("scene",)
    keeps_provenance = True
    Options = GlbOptions

    def read(self, path: Path, options: Any) -> Scene:
        from dhsdk.formats.gltf.read import read_file

        return read_file(path, options)

    def write(self, asset: Any, path: Path, options: Any) -> None:
        from dhsdk.formats.gltf.write import write_glb

        write_glb(asset, path, options)

    def refuses(self, asset: Any) -> str | None:
        from dhsdk.formats.gltf.write import refusal

        return refusal(asset)


class Gltf(Glb):
    """JSON with a .bin and picture files beside it, or all embedded."""

    name = "gltf"
    summary = "glTF 2.0 as JSON, with buffers and pictures in files beside it"
    suffixes = (".gltf",)
    Options = GltfOptions

    def write(self, asset: Any, path: Path, options: Any) -> None:
        from dhsdk.formats.gltf.write import write_gltf

        write_gltf(asset, path, options)


@hookimpl
def dhsdk_formats() -> Iterable[Format]:
    """The two forms of glTF."""
    return [Glb(), Gltf()]
