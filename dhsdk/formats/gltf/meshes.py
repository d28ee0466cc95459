"""Meshes out: primitives, named morph targets, variants; arrays that are shared in the scene are shared in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from dhsdk.errors import WriteError
from dhsdk.formats.gltf import own
from dhsdk.formats.gltf.draco import EXTENSION as DRACO
from dhsdk.formats.gltf.draco import encoded
from dhsdk.formats.gltf.given import Json
from dhsdk.formats.gltf.packer import ELEMENT_ARRAY_BUFFER, Packer
from dhsdk.scene.material import Material
from dhsdk.scene.mesh import Mesh, Primitive

MODES = {"points": 0, "lines": 1, "triangles": 4}
VARIANTS = "KHR_materials_variants"
QUANTIZATION = "KHR_mesh_quantization"
DIRECT = re.compile(r"_.+|COLOR_[1-9]\d*")
"""Names of further attributes that stand in the file as attributes."""


@dataclass
class MeshWriter:
    """The meshes of one file. material: the index of a material. variants: the index of a variant name."""

    packer: Packer
    material: Callable[[Material], int]
    variants: Mapping[str, int]
    quantize: bool
    used: set[str]
    required: set[str]
    draco: bool = False
    meshes: list[Json] = field(default_factory=list)
    _known: dict[int, tuple[int, Mesh]] = field(default_factory=dict)
    _rows: dict[int, np.ndarray] = field(default_factory=dict)

    def index(self, mesh: Mesh) -> int:
        """The index of a mesh, which is written when it is first asked for."""
        if id(mesh) not in self._known:
            out: Json = {"name": mesh.name} if mesh.name else {}
            out["primitives"] = [self._primitive(one, mesh.name) for one in mesh.primitives]
            if mesh.weights:
                out["weights"] = mesh.weights
            extras = dict(mesh.extras)
            if mesh.morph_names:
                extras["targetNames"] = mesh.morph_names
            if extras:
                out["extras"] = extras
            self._known[id(mesh)] = (len(self.meshes), mesh)
            self.meshes.append(out)
        return self._known[id(mesh)][0]

    def _primitive(self, primitive: Primitive, name: str) -> Json:
        if not len(primitive.positions) or not len(primitive.faces):
            raise WriteError(f"a primitive must have vertices and faces, and one of mesh {name!r} has none: leave it out")
        kept: Json = {}
        out: Json = {"attributes": self._attributes(primitive, kept)}
        extensions: Json = {}
        if self.draco and primitive.mode == "triangles":
            out["indices"] = self.packer.accessor(primitive.faces.reshape(-1), bare=True)
            extensions[DRACO] = self._compressed(primitive.faces, out["attributes"])
        elif (indices := self._indices(primitive)) is not None:
            out["indices"] = indices
        if primitive.mode != "triangles":
            out["mode"] = MODES[primitive.mode]
        if primitive.material is not None:
            out["material"] = self.material(primitive.material)
        if primitive.morphs:
            out["targets"] = self._targets(primitive, kept)
        if primitive.variants:
            self.used.add(VARIANTS)
            extensions[VARIANTS] = {"mappings": self._mappings(primitive)}
        if extensions:
            out["extensions"] = extensions
        return out | own.with_own(primitive.extras, own.PRIMITIVE, kept)

    def _compressed(self, faces: np.ndarray, attributes: Mapping[str, int]) -> Json:
        stream, numbers = encoded(faces, {name: self._rows[number] for name, number in attributes.items()})
        self.used.add(DRACO)
        self.required.add(DRACO)
        return {"bufferView": self.packer.view(stream), "attributes": numbers}

    def _indices(self, primitive: Primitive) -> int | None:
        """The accessor of the indices, or None where they only count up."""
        faces, count = primitive.faces, len(primitive.positions)
        flat = faces.reshape(-1)
        if len(flat) == count and flat[0] == 0 and flat[-1] == count - 1 and np.array_equal(flat, np.arange(count)):
            return None
        # 65535 is the restart value of 16-bit indices, so it must not be an index
        narrow = flat if count > 65535 else flat.astype(np.uint16)
        return self.packer.once(faces, "indices", lambda: self.packer.accessor(narrow, target=ELEMENT_ARRAY_BUFFER))

    def _vertices(
        self, array: np.ndarray, kind: str, convert: Callable[[np.ndarray], np.ndarray] | None = None, *, bare: bool = False
    ) -> int:
        """The accessor of a vertex attribute; integers that `convert` makes of floats are normalised. bare: rows are in Draco."""

        def make() -> int:
            out = array if convert is None else convert(array)
            normalized = out.dtype.kind in "iu" and array.dtype.kind == "f"
            width = min(array.shape[1], out.shape[1])
            number = self.packer.accessor(
                out, bounds=kind.endswith("positions"), normalized=normalized, width=width, bare=bare
            )  # fmt: skip
            if bare:
                self._rows[number] = out[:, :width]
            return number

        return self.packer.once(array, f"{kind} in Draco" if bare else kind, make)

    def _attributes(self, primitive: Primitive, kept: Json) -> dict[str, int]:
        small = self.quantize
        put = partial(self._vertices, bare=self.draco and primitive.mode == "triangles")
        out = {"POSITION": put(primitive.positions, "positions")}
        if small:
            self._note_quantization(primitive)
        if primitive.normals is not None:
            out["NORMAL"] = put(primitive.normals, "normals", _signed_bytes if small else None)
        if primitive.tangents is not None:
            out["TANGENT"] = put(primitive.tangents, "tangents", _signed_bytes if small else None)
        for i, uv in enumerate(primitive.uvs):
            inside = small and uv.min() >= 0 and uv.max() <= 1
            out[f"TEXCOORD_{i}"] = put(uv, "uvs", _unsigned_shorts if inside else None)
        if not primitive.uvs and primitive.morphs and primitive.normals is not None and primitive.mode == "triangles":
            # Godot makes tangents for every morphed mesh with normals, and reports an error where it finds no UVs
            kept["no_uvs"] = True
            out["TEXCOORD_0"] = put(np.zeros((len(primitive.positions), 2), np.float32), "uvs")
        if primitive.colors is not None:
            out["COLOR_0"] = put(primitive.colors, "colors", _unsigned_bytes if small else None)
        if primitive.joints is not None and primitive.weights is not None:
            self._skinning(primitive.joints, primitive.weights, out, put)
        for name, array in primitive.attributes.items():
            if _is_direct(name, array):
                out[name] = put(array, "attribute")
            else:
                kept.setdefault("attributes", {})[name] = self.packer.block(array)
        return out

    def _note_quantization(self, primitive: Primitive) -> None:
        """Small normals and tangents need the extension; UVs and colours of unsigned integers are plain glTF."""
        if primitive.normals is not None or primitive.tangents is not None:
            self.used.add(QUANTIZATION)
            self.required.add(QUANTIZATION)

    def _skinning(self, joints: np.ndarray, weights: np.ndarray, out: dict[str, int], put: Callable[..., int]) -> None:
        kind = np.uint8 if joints.max() < 256 else np.uint16
        for i in range(joints.shape[1] // 4):
            at = slice(4 * i, 4 * i + 4)
            out[f"JOINTS_{i}"] = put(joints, f"joints {i}", _columns(at, kind))
            out[f"WEIGHTS_{i}"] = put(weights, f"weights {i}", _columns(at, np.float32))

    def _targets(self, primitive: Primitive, kept: Json) -> list[dict[str, int]]:
        """Every target gets the same attributes, positions always: engines take a missing one for something else than zero."""
        names = [("positions", "POSITION"), ("normals", "NORMAL"), ("tangents", "TANGENT")]
        present = [
            (name, key)
            for name, key in names
            if name == "positions" or any(getattr(morph, name) is not None for morph in primitive.morphs)
        ]
        still = np.zeros_like(primitive.positions)
        missing: list[list[int | str]] = []
        out = []
        for i, morph in enumerate(primitive.morphs):
            target = {}
            for name, key in present:
                delta = getattr(morph, name)
                if delta is None:
                    missing.append([i, name])
                    delta = still
                target[key] = self._vertices(delta, "morph positions" if name == "positions" else "morph")
            out.append(target)
        if missing:
            kept["missing"] = missing
        return out

    def _mappings(self, primitive: Primitive) -> list[Json]:
        out: list[Json] = []
        for name, material in primitive.variants:
            index = self.material(material)
            if out and out[-1]["material"] == index:
                out[-1]["variants"].append(self.variants[name])
            else:
                out.append({"material": index, "variants": [self.variants[name]]})
        return out


def _is_direct(name: str, array: np.ndarray) -> bool:
    """Whether an attribute can stand in the file as it is: a legal name, 1 to 4 columns, rows of whole 4 bytes, finite."""
    if not DIRECT.fullmatch(name) or array.ndim != 2 or not 1 <= array.shape[1] <= 4:
        return False
    if name.startswith("COLOR") and array.shape[1] != 4:
        return False
    if array.dtype == np.float32:
        return bool(np.isfinite(array).all())
    return array.dtype.name in ("int8", "uint8", "int16", "uint16") and array.itemsize * array.shape[1] % 4 == 0


def _columns(at: slice, kind: Any) -> Callable[[np.ndarray], np.ndarray]:
    return lambda array: array[:, at].astype(kind)


def _signed_bytes(array: np.ndarray) -> np.ndarray:
    """(N, 4) int8: rows of four bytes, as vertex data must be aligned; the fourth column of normals is a zero."""
    out = np.zeros((len(array), 4), np.int8)
    out[:, : array.shape[1]] = np.rint(np.clip(array, -1, 1) * 127)
    return out


def _unsigned_bytes(array: np.ndarray) -> np.ndarray:
    out: np.ndarray = np.rint(np.clip(array, 0, 1) * 255).astype(np.uint8)
    return out


def _unsigned_shorts(array: np.ndarray) -> np.ndarray:
    out: np.ndarray = np.rint(array * 65535).astype(np.uint16)
    return out
