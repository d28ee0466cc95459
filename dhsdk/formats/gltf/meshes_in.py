"""Meshes in: every mode of glTF becomes triangles, lines or points; every component type becomes that of the scene types."""

from __future__ import annotations

from typing import Any

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.formats.gltf import own
from dhsdk.formats.gltf.accessors import Accessors
from dhsdk.formats.gltf.container import Document
from dhsdk.formats.gltf.given import Json, extension, extras, fail, mapping, mappings, members, number, text, whole
from dhsdk.formats.gltf.materials import material_in
from dhsdk.formats.gltf.meshes import DIRECT, VARIANTS
from dhsdk.formats.gltf.textures import TextureReader
from dhsdk.frozen import freeze
from dhsdk.scene.material import Material
from dhsdk.scene.mesh import Mesh, Mode, Morph, Primitive

MODES: tuple[Mode, ...] = ("points", "lines", "lines", "lines", "triangles", "triangles", "triangles")
LINE_LOOP, LINE_STRIP, STRIP, FAN = 2, 3, 5, 6
LEAST = (1, 2, 2, 2, 3, 3, 3)
ENCODED = ("KHR_draco_mesh_compression",)


class MeshReader:
    """The meshes and materials of one document, each made once. variants: the variant names of the document."""

    def __init__(self, document: Document, accessors: Accessors, variants: tuple[str, ...]) -> None:
        self._document = document
        self._accessors = accessors
        self._variants = variants
        self._textures = TextureReader(document)
        self._materials: dict[int, Material] = {}
        self._meshes: dict[int, Mesh] = {}
        self._faces: dict[tuple[int, int], np.ndarray] = {}
        self._colors: dict[int, np.ndarray] = {}

    def mesh(self, index: int) -> Mesh:
        """The mesh of this index. Raises ReadError, SceneError."""
        if index not in self._meshes:
            self._meshes[index] = self._mesh(self._document.table("meshes")[index])
        return self._meshes[index]

    def material(self, value: Any, what: str) -> Material:
        """The material of this index. Raises ReadError, SceneError."""
        table = self._document.table("materials")
        index = whole(value, what, 0, len(table))
        if index not in self._materials:
            self._materials[index] = material_in(table[index], self._textures, self._document)
        return self._materials[index]

    def _mesh(self, owner: Json) -> Mesh:
        parts = mappings(owner, "primitives")
        name = text(owner.get("name", ""), "name of a mesh")
        if not parts:
            raise ReadError(f"mesh {name[:40]!r} must have primitives, and it has none")
        held = extras(owner)
        count = max(len(members(part, "targets")) for part in parts)
        names = _target_names(held.get("targetNames"), count)
        if count and "targetNames" in held:
            held = freeze({key: one for key, one in held.items() if key != "targetNames"})
        weights = tuple([number(one, "every weight of a mesh") for one in members(owner, "weights")])
        return Mesh(tuple([self._primitive(part) for part in parts]), name, names, weights, held)

    def _primitive(self, owner: Json) -> Primitive:
        attributes = mapping(owner.get("attributes"), "attributes of a primitive")
        kept = own.own_of(owner, own.PRIMITIVE, self._document)
        if "POSITION" not in attributes:
            raise ReadError(f"a primitive must have the attribute POSITION, got {', '.join(attributes)[:80] or 'none'}")
        positions = self._accessors.floats(attributes["POSITION"], "POSITION", (3,))
        for name in ENCODED:
            if extension(owner, name) is not None and self._accessors.is_bare(attributes["POSITION"]):
                raise ReadError(f"a primitive is compressed with {name}, which is not read: export it without")
        code = whole(owner.get("mode", 4), "mode of a primitive", 0, 7)
        given = self._optional(attributes)
        given["attributes"] = given["attributes"] | {
            key: own.array_in(one, self._document, f"attribute {key[:40]}")
            for key, one in mapping(kept.get("attributes", {}), "attributes").items()
        }
        if "no_uvs" in kept:
            given["uvs"] = ()
        if "material" in owner:
            given["material"] = self.material(owner["material"], "material of a primitive")
        return Primitive(
            positions=positions,
            faces=self._indices(owner, code, len(positions)),
            morphs=self._morphs(owner, kept),
            variants=self._mappings(owner),
            mode=MODES[code],
            extras=extras(owner, own.PRIMITIVE),
            **given,
        )

    def _optional(self, attributes: Json) -> dict[str, Any]:
        read = self._accessors.floats
        out: dict[str, Any] = {"attributes": {}}
        if "NORMAL" in attributes:
            out["normals"] = read(attributes["NORMAL"], "NORMAL", (3,))
        if "TANGENT" in attributes:
            out["tangents"] = read(attributes["TANGENT"], "TANGENT", (4,))
        names = [f"TEXCOORD_{i}" for i in range(_sets(attributes, "TEXCOORD"))]
        out["uvs"] = tuple([read(attributes[name], name, (2,)) for name in names])
        if "COLOR_0" in attributes:
            out["colors"] = self._color(attributes["COLOR_0"])
        sets = _sets(attributes, "JOINTS")
        if sets != _sets(attributes, "WEIGHTS"):
            raise ReadError(f"a primitive must have as many WEIGHTS as JOINTS, got {_sets(attributes, 'WEIGHTS')} and {sets}")
        if sets:
            bones = [self._accessors.whole(attributes[f"JOINTS_{i}"], f"JOINTS_{i}", 4) for i in range(sets)]
            shares = [read(attributes[f"WEIGHTS_{i}"], f"WEIGHTS_{i}", (4,)) for i in range(sets)]
            if len({len(one) for one in (*bones, *shares)}) != 1:
                raise ReadError("JOINTS and WEIGHTS of a primitive must have one row per vertex")
            if max(int(one.max()) for one in bones) > 65535:
                raise ReadError("JOINTS must be below 65536")
            out["joints"] = np.hstack(bones) if sets > 1 else bones[0]
            out["weights"] = np.hstack(shares) if sets > 1 else shares[0]
        for name, index in attributes.items():
            if DIRECT.fullmatch(name):
                read_it = self._color if name[0] == "C" else self._custom
                out["attributes"][name] = read_it(index)
        return out

    def _custom(self, index: Any) -> np.ndarray:
        return self._accessors.raw(index, "a custom attribute")

    def _color(self, index: Any) -> np.ndarray:
        """(V, 4) float32; three channels get an alpha of 1."""
        color = self._accessors.floats(index, "COLOR", (3, 4))
        if color.shape[1] == 4:
            return color
        if index not in self._colors:
            self._document.spend(16 * len(color))
            self._colors[index] = np.hstack([color, np.ones((len(color), 1), np.float32)])
        return self._colors[index]

    def _indices(self, owner: Json, code: int, count: int) -> np.ndarray:
        if "indices" not in owner:
            self._document.spend(12 * count)
            return faces_of(np.arange(count, dtype=np.uint32), code)
        flat = self._accessors.whole(owner["indices"], "indices", 1)[:, 0]
        key = (owner["indices"], code)
        if key not in self._faces:
            self._document.spend(12 * len(flat))
            self._faces[key] = faces_of(flat, code)
        return self._faces[key]

    def _morphs(self, owner: Json, kept: Json) -> tuple[Morph, ...]:
        missing = set()
        for pair in members(kept, "missing"):
            if type(pair) is not list or len(pair) != 2:
                fail("missing of a primitive", "pairs", pair)
            missing.add((whole(pair[0], "missing of a primitive"), text(pair[1], "missing of a primitive")))
        out = []
        for i, target in enumerate(mappings(owner, "targets")):
            given = {
                name: self._accessors.floats(target[key], f"{key} of a morph target", (3,))
                for name, key in (("positions", "POSITION"), ("normals", "NORMAL"), ("tangents", "TANGENT"))
                if key in target and (i, name) not in missing
            }
            out.append(Morph(**given))
        return tuple(out)

    def _mappings(self, owner: Json) -> tuple[tuple[str, Material], ...]:
        held = extension(owner, VARIANTS)
        out: list[tuple[str, Material]] = []
        for one in mappings(held, "mappings") if held else []:
            material = self.material(one.get("material"), "material of a variant")
            for index in members(one, "variants"):
                out.append((self._variants[whole(index, "a variant", 0, len(self._variants))], material))
        return tuple(out)


def _sets(attributes: Json, name: str) -> int:
    count = 0
    while f"{name}_{count}" in attributes:
        count += 1
    return count


def _target_names(value: Any, count: int) -> tuple[str, ...]:
    """The names of the morph targets; where the file has none, or they clash, numbers stand in."""
    given = value if isinstance(value, tuple) and all(isinstance(one, str) for one in value) else ()
    names: list[str] = []
    taken: dict[str, int] = {}
    for i in range(count):
        names.append(unique(given[i] if i < len(given) else f"morph_{i}", taken))
    return tuple(names)


def unique(name: str, taken: dict[str, int]) -> str:
    """The name, or the name with the first free number behind it; it is taken from then on."""
    found = name
    while found in taken:
        found = f"{name}_{taken[name]}"
        taken[name] += 1
    taken[found] = 2
    return found


def faces_of(flat: np.ndarray, code: int) -> np.ndarray:
    """(F, corners) uint32 of the indices of a primitive in one of the seven modes. Raises ReadError."""
    flat = flat.astype(np.uint32, copy=False)
    corners = {"points": 1, "lines": 2, "triangles": 3}[MODES[code]]
    if len(flat) < LEAST[code]:
        raise ReadError(f"a primitive of mode {code} must have at least {LEAST[code]} indices, got {len(flat)}")
    if code == LINE_LOOP:
        return np.stack([flat, np.roll(flat, -1)], axis=1)
    if code == LINE_STRIP:
        return np.stack([flat[:-1], flat[1:]], axis=1)
    if code == FAN:
        return np.stack([np.full(len(flat) - 2, flat[0]), flat[1:-1], flat[2:]], axis=1)
    if code == STRIP:
        out = np.stack([flat[:-2], flat[1:-1], flat[2:]], axis=1)
        out[1::2] = out[1::2, [1, 0, 2]]
        return out
    if len(flat) % corners:
        raise ReadError(f"{MODES[code]} must have a multiple of {corners} indices, got {len(flat)}")
    return flat.reshape(-1, corners)
