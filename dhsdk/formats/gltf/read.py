"""glTF -> Scene. The file is not trusted: whatever is wrong with it becomes one ReadError."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dhsdk.errors import ReadError, SceneError
from dhsdk.formats.gltf import GlbOptions, own
from dhsdk.formats.gltf.accessors import Accessors
from dhsdk.formats.gltf.animation import clips_in
from dhsdk.formats.gltf.container import Document, parse, unread_extensions
from dhsdk.formats.gltf.given import Json, extension, extras, mapping, mappings, text, whole
from dhsdk.formats.gltf.meshes import VARIANTS
from dhsdk.formats.gltf.meshes_in import MeshReader
from dhsdk.formats.gltf.nodes_in import NodeReader
from dhsdk.formats.gltf.pause import collector_paused
from dhsdk.frozen import freeze
from dhsdk.scene.types import Scene

PROVENANCE = "dhsdk"


def from_glb(data: bytes, options: GlbOptions | None = None, folder: Path | None = None) -> Scene:
    """The scene in the bytes of a .glb or .gltf file. folder: where the files that it names may lie (None: nowhere).

    Raises ReadError for everything that is wrong with the file.
    """
    with collector_paused():
        return scene_of(parsed(data, options or GlbOptions(), folder))


def read_file(path: Path, options: GlbOptions) -> Scene:
    """The scene in a .glb or .gltf file. Raises ReadError."""
    size = path.stat().st_size
    if size > options.max_bytes:
        raise ReadError(f"{path.name} must have at most {options.max_bytes:,} bytes, got {size:,}: raise max_bytes")
    return from_glb(path.read_bytes(), options, path.parent)


def parsed(data: bytes, options: GlbOptions, folder: Path | None = None) -> Document:
    """The checked container and JSON, for formats built upon glTF. Raises ReadError."""
    return parse(data, folder, options.max_bytes)


def scene_of(document: Document) -> Scene:
    """The scene of a document. Raises ReadError."""
    try:
        return _scene(document)
    except SceneError as error:
        raise ReadError(f"the file holds a scene that breaks a rule: {error}") from error
    except RecursionError as error:
        raise ReadError("the glTF file must not be nested this deep") from error


def _scene(document: Document) -> Scene:
    accessors = Accessors(document)
    variants = _variants(document.json)
    nodes = NodeReader(document, accessors, MeshReader(document, accessors, variants))
    made, kept = nodes.read()
    scenes = document.table("scenes")
    first = scenes[whole(document.json.get("scene", 0), "scene", 0, len(scenes))] if scenes else {}
    given: dict[str, Any] = own.scene_in(own.own_of(document.json, own.SCENE, document), document)
    return Scene(
        nodes=made,
        animations=clips_in(document, accessors, nodes.keys, kept),
        variants=variants,
        name=text(first.get("name", ""), "name of a scene"),
        extras=_extras(document, first),
        **given,
    )


def _variants(root: Json) -> tuple[str, ...]:
    held = extension(root, VARIANTS)
    return tuple([text(one.get("name", ""), "name of a variant") for one in mappings(held, "variants")]) if held else ()


def _extras(document: Document, first: Json) -> Any:
    """The extras of the scene; the provenance and the rights from `asset`; the extensions that were not read."""
    out = dict(extras(first))
    asset = mapping(document.json["asset"], "asset of a glTF file")
    of_asset = extras(asset)
    if PROVENANCE in of_asset:
        out[PROVENANCE] = of_asset[PROVENANCE]
    if "copyright" in asset and "copyright" not in out:
        out["copyright"] = text(asset["copyright"], "copyright of a glTF file")
    unread = unread_extensions(document)
    if unread:
        out["unread_extensions"] = unread
    return freeze(out)
