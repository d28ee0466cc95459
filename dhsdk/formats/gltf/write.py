"""Scene -> glTF. build() makes the JSON and the binary pieces; the others put them into files. Same scene, same bytes."""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from dhsdk.errors import WriteError
from dhsdk.formats.gltf import GlbOptions, GltfOptions, own
from dhsdk.formats.gltf.animation import clip_out, skin_out
from dhsdk.formats.gltf.given import Json
from dhsdk.formats.gltf.materials import material_out
from dhsdk.formats.gltf.meshes import VARIANTS, MeshWriter
from dhsdk.formats.gltf.meshopt import MESHOPT, compress
from dhsdk.formats.gltf.nodes import LIGHTS, NodeWriter
from dhsdk.formats.gltf.packer import Chunk, Packer, glb_chunks, json_bytes
from dhsdk.formats.gltf.pause import collector_paused
from dhsdk.formats.gltf.physics import SHAPE, PhysicsWriter
from dhsdk.formats.gltf.textures import SUFFIXES, TextureWriter
from dhsdk.scene.material import Material
from dhsdk.scene.mesh import Mesh
from dhsdk.scene.types import Camera, Light, Scene

PROVENANCE = "dhsdk"
Store = Callable[[bytes, str, str], Json]


@dataclasses.dataclass
class Table:
    """Parts of one kind, each written once; same is by identity."""

    make: Callable[[Any], Json]
    items: list[Json] = dataclasses.field(default_factory=list)
    _known: dict[int, tuple[int, Any]] = dataclasses.field(default_factory=dict)

    def index(self, part: Any) -> int:
        """The index of a part, which is written when it is first asked for."""
        if id(part) not in self._known:
            made = self.make(part)
            self._known[id(part)] = (len(self.items), part)
            self.items.append(made)
        return self._known[id(part)][0]


@dataclasses.dataclass
class Built:
    """A scene as glTF before it is packed: formats built upon glTF add to it.

    json: the document; its one buffer has no uri yet. chunks, length: the binary pieces in order.
    nodes: the index of every node by key. materials: the index of a material of the scene. unpacked: see `buffers`.
    """

    json: Json
    packer: Packer
    nodes: Mapping[str, int]
    materials: Callable[[Material], int]
    textures: TextureWriter
    unpacked: int = 0

    @property
    def buffers(self) -> list[Json]:
        """The document's buffers: the one with the data, and what compressed views would fill."""
        empty = {"byteLength": self.unpacked, "extensions": {MESHOPT: {"fallback": True}}}
        return [{"byteLength": self.length}, *([empty] if self.unpacked else [])]

    @property
    def chunks(self) -> list[Chunk]:
        return self.packer.chunks

    @property
    def length(self) -> int:
        return self.packer.length


def refusal(asset: Any) -> str | None:
    """Why a scene cannot become glTF, or None."""
    return _refusal(asset, asset.meshes)


def _refusal(scene: Scene, meshes: tuple[Mesh, ...]) -> str | None:
    if not scene.nodes:
        return "a glTF scene must have nodes, and this one has none"
    for mesh in meshes:
        for primitive in mesh.primitives:
            if not len(primitive.positions) or not len(primitive.faces):
                return f"every primitive must have vertices and faces, and one of mesh {mesh.name!r} has none: leave it out"
    return None


def _check(scene: Scene, meshes: tuple[Mesh, ...], options: GlbOptions) -> None:
    reason = _refusal(scene, meshes)
    if reason:
        raise WriteError(reason)
    if options.quantize and options.target == "godot":
        raise WriteError("quantize must be off for the target godot, which cannot read KHR_mesh_quantization")
    if options.compression != "none" and options.target == "godot":
        raise WriteError("compression must be none for the target godot, which reads no compressed meshes")


def build(scene: Scene, options: GlbOptions, store: Store | None = None) -> Built:
    """The scene as JSON and binary pieces. store: where pictures go; None puts them into the buffer. Raises WriteError."""
    drawn = scene.meshes
    _check(scene, drawn, options)
    packer, used, required = Packer(), set[str](), set[str]()
    textures = TextureWriter(packer, options.textures, options.quality, used, required, store)
    names = dict.fromkeys(scene.variants)
    names |= dict.fromkeys(name for mesh in drawn for one in mesh.primitives for name, _ in one.variants)
    variants = {name: i for i, name in enumerate(names)}
    materials = Table(lambda material: material_out(material, textures, packer))
    meshes = MeshWriter(packer, materials.index, variants, options.quantize, used, required, options.compression == "draco")
    index = {node.key: i for i, node in enumerate(scene.nodes)}
    skins = Table(lambda skin: skin_out(skin, index, packer))
    cameras, lights = Table(lambda camera: _camera(camera, packer)), Table(lambda light: _light(light, packer))
    physics = PhysicsWriter() if options.physics == "omi" else None
    nodes = NodeWriter(
        scene=scene,
        index=index,
        target=options.target,
        extend_instances=options.instancing == "extension",
        tie_details=store is None,
        packer=packer,
        meshes=meshes,
        skin=skins.index,
        camera=cameras.index,
        light=lights.index,
        physics=physics,
        used=used,
    )
    nodes.write()
    clips = [clip_out(clip, index, packer) for clip in scene.animations]
    kept = own.scene_out(scene, packer)
    if names:
        used.add(VARIANTS)
    extensions: Json = {
        **({VARIANTS: {"variants": [{"name": name} for name in names]}} if names else {}),
        **({LIGHTS: {"lights": lights.items}} if lights.items else {}),
        **({SHAPE: {"shapes": physics.shapes}} if physics is not None and physics.shapes else {}),
    }
    unpacked = _packed(packer, options, used, required)
    document = _head(scene, nodes, kept, used, required)
    for key, value in (
        ("extensions", extensions),
        ("nodes", nodes.nodes),
        ("meshes", meshes.meshes),
        ("materials", materials.items),
        ("textures", textures.textures),
        ("images", textures.images),
        ("samplers", textures.samplers),
        ("skins", skins.items),
        ("cameras", cameras.items),
        ("animations", clips),
        ("accessors", packer.accessors),
        ("bufferViews", packer.views),
    ):
        if value:
            document[key] = value
    return Built(document, packer, index, materials.index, textures, unpacked)


def _packed(packer: Packer, options: GlbOptions, used: set[str], required: set[str]) -> int:
    """Lays down the binary data; the length of what compressed views would fill."""
    packer.finish()
    unpacked = compress(packer) if options.compression == "meshopt" else 0
    if unpacked:
        used.add(MESHOPT)
        required.add(MESHOPT)
    return unpacked


def _head(scene: Scene, nodes: NodeWriter, kept: Json, used: set[str], required: set[str]) -> Json:
    """asset, extensionsUsed, scenes and our own extras. Provenance stands in the extras of asset, as it speaks of the file."""
    asset: Json = {"version": "2.0", "generator": "dhsdk"}
    if PROVENANCE in scene.extras:
        asset["extras"] = {PROVENANCE: scene.extras[PROVENANCE]}
    first: Json = {"name": scene.name} if scene.name else {}
    first["nodes"] = nodes.roots
    extras = {key: value for key, value in scene.extras.items() if key != PROVENANCE}
    if extras:
        first["extras"] = extras
    document: Json = {"asset": asset}
    for key, names in (("extensionsUsed", used), ("extensionsRequired", required)):
        if names:
            document[key] = sorted(names)
    document["scene"] = 0
    document["scenes"] = [first] + ([{"name": "detail", "nodes": nodes.detail}] if nodes.detail else [])
    if kept:
        document["extras"] = {own.SCENE: kept}
    return document


def _camera(camera: Camera, packer: Packer) -> Json:
    out: Json = {"name": camera.name} if camera.name else {}
    far = {} if camera.far is None else {"zfar": camera.far}
    if camera.kind == "perspective":
        aspect = {} if camera.aspect is None else {"aspectRatio": camera.aspect}
        out |= {"type": "perspective", "perspective": {**aspect, "yfov": camera.yfov, "znear": camera.near, **far}}
        rest = own.fields_out(camera, packer, ("xmag", "ymag"))
    else:
        far = far or {"zfar": max(1000.0, 10 * camera.near)}  # glTF has no endless orthographic camera
        out |= {"type": "orthographic", "orthographic": {"xmag": camera.xmag, "ymag": camera.ymag, "znear": camera.near, **far}}
        rest = own.fields_out(camera, packer, ("yfov", "aspect", *(("far",) if camera.far is None else ())))
    return out | own.with_own({}, own.REST, rest)


def _light(light: Light, packer: Packer) -> Json:
    out: Json = {"name": light.name} if light.name else {}
    out |= {"type": light.kind, "color": light.color, "intensity": light.intensity}
    rest: tuple[str, ...] = ("inner", "outer")
    if light.kind == "spot":  # innerConeAngle always: Godot refuses a spot light without it
        out["spot"] = {"innerConeAngle": light.inner, "outerConeAngle": light.outer}
        rest = ()
    if light.range is not None and light.kind != "directional":
        out["range"] = light.range
    elif light.range is not None:
        rest = (*rest, "range")
    return out | own.with_own({}, own.REST, own.fields_out(light, packer, rest))


def to_glb(scene: Scene, options: GlbOptions | None = None) -> bytes:
    """The scene as the bytes of one .glb file. Raises WriteError."""
    with collector_paused():
        return b"".join(glb_pieces(build(scene, options or GlbOptions())))


def write_glb(scene: Scene, path: Path, options: GlbOptions) -> None:
    """Writes one .glb file. Raises WriteError."""
    with collector_paused():
        pieces = list(glb_pieces(build(scene, options)))
    with path.open("wb") as file:
        file.writelines(pieces)


def glb_pieces(built: Built) -> Iterator[bytes | memoryview]:
    """The pieces of a GLB file in order. Raises WriteError."""
    if built.length:
        built.json["buffers"] = built.buffers
    return (_raw(one) for one in glb_chunks(built.json, built.chunks, built.length))


def _raw(piece: Chunk) -> bytes | memoryview:
    """The bytes of a piece, not copied."""
    return piece if isinstance(piece, bytes) else np.ascontiguousarray(piece).reshape(-1).view(np.uint8).data


def write_gltf(scene: Scene, path: Path, options: GltfOptions) -> None:
    """Writes a .gltf file, and beside it NAME.bin and the pictures, unless they are embedded. Raises WriteError."""
    taken: set[str] = {path.name, f"{path.stem}.bin"}

    def store(data: bytes, mime: str, name: str) -> Json:
        if options.embed:
            return {"uri": f"data:{mime};base64,{base64.b64encode(data).decode()}"}
        stem = f"{path.stem}_{re.sub(r'[^A-Za-z0-9._-]+', '_', name)[:40] or 'image'}"
        file, n = f"{stem}{SUFFIXES[mime]}", 2
        while file in taken:
            file, n = f"{stem}_{n}{SUFFIXES[mime]}", n + 1
        taken.add(file)
        path.with_name(file).write_bytes(data)
        return {"uri": quote(file)}

    with collector_paused():
        built = build(scene, options, store)
    if built.length and options.embed:
        data = b"".join(_raw(one) for one in built.chunks)
        uri = f"data:application/octet-stream;base64,{base64.b64encode(data).decode()}"
        built.json["buffers"] = built.buffers
        built.json["buffers"][0]["uri"] = uri
    elif built.length:
        with path.with_name(f"{path.stem}.bin").open("wb") as file:
            file.writelines(_raw(one) for one in built.chunks)
        built.json["buffers"] = built.buffers
        built.json["buffers"][0]["uri"] = quote(f"{path.stem}.bin")
    path.write_bytes(json_bytes(built.json))
