"""Files in: the GLB container, the JSON, and the buffers it names, inside the file's folder alone."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dhsdk.errors import ReadError
from dhsdk.formats.beside import inside
from dhsdk.formats.gltf.given import Json, extension, mapping, mappings, members, text, whole
from dhsdk.formats.gltf.meshopt import MESHOPT, unpack

MAX_JSON = 256 << 20
"""Largest JSON part, in bytes, of a GLB; a .gltf with embedded buffers may be as large as the whole limit."""

ALLOWANCE, USES = 256 << 20, 4 << 30
"""Bytes that may be allocated beyond what the file holds, and that may be looked at, at least; see Document."""

READABLE = frozenset(
    (
        *("KHR_lights_punctual", "KHR_texture_transform", "KHR_materials_variants", "KHR_mesh_quantization"),
        *("KHR_materials_anisotropy", "KHR_materials_clearcoat", "KHR_materials_dispersion", "KHR_materials_emissive_strength"),
        *("KHR_materials_ior", "KHR_materials_iridescence", "KHR_materials_sheen", "KHR_materials_specular"),
        *("KHR_materials_transmission", "KHR_materials_unlit", "KHR_materials_volume"),
        *("EXT_meshopt_compression", "EXT_mesh_gpu_instancing", "EXT_texture_webp", "KHR_texture_basisu", "MSFT_lod"),
    )
)
"""Extensions whose content becomes part of the scene (MSFT_lod: only of files written here)."""

IGNORABLE = frozenset(("OMI_physics_body", "OMI_physics_shape"))
"""Written by the option physics=omi beside the typed colliders, which are what is read."""

MENDS = {
    "KHR_draco_mesh_compression": "export it without Draco compression, or decode it: gltf-transform copy in.glb out.glb",
    "KHR_meshopt_compression": "export it without meshopt compression, or decode it: gltf-transform copy in.glb out.glb",
}


@dataclass
class Document:
    """A parsed file. json: its JSON. own: written by dhsdk, so that its own extras can be believed to fit the rest."""

    json: Json
    binary: memoryview | None
    folder: Path | None
    max_bytes: int
    size: int
    own: bool = False
    loaded: int = 0
    allowance: int = 0
    uses: int = 0
    buffers: dict[int, memoryview] = field(default_factory=dict)
    unpacked: dict[int, memoryview] = field(default_factory=dict)
    tables: dict[str, list[Json]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """A small file can ask for a lot of memory (an accessor without bytes is all zeros) and of work (a thousand primitives
        over one accessor): `allowance` is how many bytes may still be allocated, `uses` how many may still be looked at."""
        self.allowance = max(ALLOWANCE, 16 * self.size)
        self.uses = max(USES, 64 * self.size)

    def spend(self, size: int) -> None:
        """Takes `size` bytes off the allowance. Raises ReadError when it is used up."""
        self.allowance -= size
        if self.allowance < 0:
            raise ReadError(f"the accessors of a glTF file must not ask for {size:,} bytes that the file does not hold")

    def use(self, size: int) -> None:
        """Takes `size` bytes off what may be looked at. Raises ReadError when it is used up."""
        self.uses -= size
        if self.uses < 0:
            raise ReadError("a glTF file must not use its arrays this often: the scene would not fit in memory")

    def table(self, name: str) -> list[Json]:
        """A top-level list of mappings, checked once."""
        if name not in self.tables:
            self.tables[name] = mappings(self.json, name)
        return self.tables[name]

    def buffer(self, index: int) -> memoryview:
        """The bytes of buffer `index`, as long as the file says at most. Raises ReadError."""
        if index not in self.buffers:
            owner = self.table("buffers")[index]
            length = whole(owner.get("byteLength"), "byteLength of a buffer", 1)
            if "uri" in owner:
                data = memoryview(self.resource(text(owner["uri"], "uri of a buffer"), f"buffer {index}"))
            elif index == 0 and self.binary is not None:
                data = self.binary
            else:
                raise ReadError(f"buffer {index} must have a uri or be the binary chunk of a GLB; the file holds no data for it")
            if len(data) < length:
                raise ReadError(f"buffer {index} must hold {length:,} bytes as the file says, got {len(data):,}: it is cut off")
            self.buffers[index] = data[:length]
        return self.buffers[index]

    def view(self, index: int) -> tuple[memoryview, int | None]:
        """(bytes, stride or None) of a bufferView. Raises ReadError."""
        views = self.table("bufferViews")
        owner = views[whole(index, "a bufferView", 0, len(views))]
        packed = extension(owner, MESHOPT)
        if packed is not None:
            return self._unpacked(index, packed, owner)
        data = self.buffer(whole(owner.get("buffer"), "buffer of a bufferView", 0, len(self.table("buffers"))))
        offset = whole(owner.get("byteOffset", 0), "byteOffset of a bufferView", 0, len(data) + 1)
        length = whole(owner.get("byteLength"), "byteLength of a bufferView", 1, len(data) - offset + 1)
        stride = whole(owner["byteStride"], "byteStride of a bufferView", 4, 253) if "byteStride" in owner else None
        return data[offset : offset + length], stride

    def _unpacked(self, index: int, packed: Json, owner: Json) -> tuple[memoryview, int | None]:
        size = whole(owner.get("byteLength"), "byteLength of a bufferView", 1)
        if index not in self.unpacked:
            data = self.buffer(whole(packed.get("buffer"), "buffer of a compressed view", 0, len(self.table("buffers"))))
            offset = whole(packed.get("byteOffset", 0), "byteOffset of a compressed view", 0, len(data) + 1)
            length = whole(packed.get("byteLength"), "byteLength of a compressed view", 1, len(data) - offset + 1)
            self.spend(size)
            self.unpacked[index] = unpack(packed, data[offset : offset + length], size)
        stride = whole(owner["byteStride"], "byteStride of a bufferView", 4, 253) if "byteStride" in owner else None
        return self.unpacked[index], stride

    def resource(self, uri: str, what: str) -> bytes:
        """The bytes behind a data: URI or a file in the folder of the glTF file. Raises ReadError."""
        if uri[:5].lower() == "data:":
            return _data_uri(uri, what)
        if self.folder is None:
            raise ReadError(f"{what} names the file {uri[:60]!r}, and there is no folder to look in: read the file by its path")
        file = inside(self.folder, uri, what)
        size = file.stat().st_size
        self.loaded += size
        if self.loaded > self.max_bytes:
            raise ReadError(
                f"a glTF with its files must have at most {self.max_bytes:,} bytes, got {self.loaded:,}: raise max_bytes"
            )
        return file.read_bytes()


def _data_uri(uri: str, what: str) -> bytes:
    head, comma, body = uri.partition(",")
    if not comma or not head.lower().endswith(";base64"):
        raise ReadError(f"{what} must be a data: URI in base64, got {uri[:40]!r}")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ReadError(f"{what} must be a data: URI in base64: {error}") from error


def parse(data: bytes, folder: Path | None, max_bytes: int) -> Document:
    """The document in the bytes of a .glb or .gltf file. Raises ReadError."""
    if len(data) > max_bytes:
        raise ReadError(f"a file must have at most {max_bytes:,} bytes, got {len(data):,}: raise max_bytes")
    binary: memoryview | None = None
    if data[:4] == b"glTF":
        source, binary = _chunks(memoryview(data))
        if len(source) > MAX_JSON:
            raise ReadError(f"the JSON of a GLB must have at most {MAX_JSON:,} bytes, got {len(source):,}")
    else:
        source = memoryview(data)
    document = Document(_json(bytes(source)), binary, folder, max_bytes, len(data), loaded=len(data))
    _check_asset(document)
    return document


def _chunks(data: memoryview) -> tuple[memoryview, memoryview | None]:
    if len(data) < 20:
        raise ReadError(f"a GLB file must have at least 20 bytes, got {len(data)}: it is cut off")
    _, version, total = struct.unpack_from("<4sII", data)
    if version != 2:
        raise ReadError(f"a GLB file must have version 2, got {version}: export it as glTF 2.0")
    if total > len(data):
        raise ReadError(f"the GLB file must have {total:,} bytes as its header says, got {len(data):,}: it is cut off")
    found: list[memoryview] = []
    at = 12
    while at + 8 <= total and len(found) < 2:
        length, kind = struct.unpack_from("<I4s", data, at)
        if length > total - at - 8:
            raise ReadError(f"a chunk of the GLB file must end inside it, got {length:,} bytes where {total - at - 8:,} are left")
        if kind == (b"BIN\0" if found else b"JSON"):
            found.append(data[at + 8 : at + 8 + length])
        elif not found:
            raise ReadError(f"the first chunk of a GLB file must be JSON, got {kind!r}")
        at += 8 + length
    if not found:
        raise ReadError("a GLB file must have a JSON chunk, and this one has none")
    return found[0], found[1] if len(found) > 1 else None


def _json(source: bytes) -> Json:
    try:
        decoded = source.decode("utf-8-sig")
        out = json.loads(decoded, parse_constant=_no_constant, object_pairs_hook=_unique)
        if "\\ud" in decoded or "\\uD" in decoded:
            json.dumps(out, ensure_ascii=False).encode()  # half of a surrogate pair cannot be written again
    except ReadError:
        raise
    except RecursionError as error:
        raise ReadError("the JSON of a glTF file must not be nested this deep") from error
    except UnicodeError as error:
        raise ReadError(f"the JSON of a glTF file must be UTF-8: {str(error)[:80]}") from error
    except ValueError as error:
        raise ReadError(f"the JSON of a glTF file is broken: {str(error)[:80]}") from error
    if type(out) is not dict:
        raise ReadError(f"the JSON of a glTF file must be an object, got {type(out).__name__}")
    return out


def _no_constant(word: str) -> Any:
    raise ReadError(f"the JSON of a glTF file must hold finite numbers, got {word}")


def _unique(pairs: list[tuple[str, Any]]) -> Json:
    out = dict(pairs)
    if len(out) != len(pairs):
        twice = next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i]))
        raise ReadError(f"a JSON object must have every key once, got {twice[:40]!r} twice")
    return out


def _check_asset(document: Document) -> None:
    asset = mapping(document.json.get("asset"), "asset of a glTF file")
    version = text(asset.get("version", ""), "version of a glTF file")
    least = text(asset.get("minVersion", "2.0"), "minVersion of a glTF file")
    if not version.startswith("2.") or least not in ("2.0", ""):
        raise ReadError(f"a glTF file must have version 2.0, got {version[:20]!r} (least: {least[:20]!r}): export it as glTF 2.0")
    document.own = asset.get("generator") == "dhsdk"
    for name in members(document.json, "extensionsRequired"):
        if text(name, "every member of extensionsRequired") not in READABLE:
            mend = MENDS.get(name, "export the file without it")
            raise ReadError(f"the file requires the extension {name[:60]}, which is not read: {mend}")


def unread_extensions(document: Document) -> tuple[str, ...]:
    """Extensions that the file uses and the scene does not hold."""
    names = {text(name, "every member of extensionsUsed") for name in members(document.json, "extensionsUsed")}
    return tuple(sorted(names - READABLE - IGNORABLE))
