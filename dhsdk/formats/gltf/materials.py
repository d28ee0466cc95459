"""Materials, both directions, from one table: which field of the scene types is which property of glTF.

Source: glTF 2.0 section 3.9.2 and the ratified KHR_materials_* extensions.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from dhsdk.formats.gltf import own
from dhsdk.formats.gltf.container import Document
from dhsdk.formats.gltf.given import Json, extension, extras, fail, flag, mapping, number, numbers, text
from dhsdk.formats.gltf.packer import Packer
from dhsdk.formats.gltf.textures import TextureReader, TextureWriter
from dhsdk.media import Colour
from dhsdk.scene.material import (
    Anisotropy,
    Clearcoat,
    Iridescence,
    Material,
    Sheen,
    Specular,
    Transmission,
    Volume,
)


@dataclasses.dataclass(frozen=True)
class Value:
    """A number, a colour, a word or a truth; the default is that of the scene type, and equal to that of glTF."""

    field: str
    key: str


@dataclasses.dataclass(frozen=True)
class Map:
    """A texture; strength: (field, key) of the number that stands inside its textureInfo."""

    field: str
    key: str
    colour: Colour = "data"
    strength: tuple[str, str] | None = None


@dataclasses.dataclass(frozen=True)
class Extension:
    """An extension object. field, kind: the part of Material it becomes; "" where its values are fields of Material itself."""

    name: str
    field: str
    kind: type
    entries: tuple[Value | Map, ...]


PBR = (
    Value("base_color", "baseColorFactor"),
    Map("base_color_texture", "baseColorTexture", "srgb"),
    Value("metallic", "metallicFactor"),
    Value("roughness", "roughnessFactor"),
    Map("metallic_roughness_texture", "metallicRoughnessTexture"),
)
CORE = (
    Map("normal_texture", "normalTexture", strength=("normal_scale", "scale")),
    Map("occlusion_texture", "occlusionTexture", strength=("occlusion_strength", "strength")),
    Value("emissive", "emissiveFactor"),
    Map("emissive_texture", "emissiveTexture", "srgb"),
    Value("alpha_mode", "alphaMode"),
    Value("alpha_cutoff", "alphaCutoff"),
    Value("double_sided", "doubleSided"),
)
EXTENSIONS = (
    Extension("KHR_materials_emissive_strength", "", Material, (Value("emissive_strength", "emissiveStrength"),)),
    Extension("KHR_materials_ior", "", Material, (Value("ior", "ior"),)),
    Extension("KHR_materials_dispersion", "", Material, (Value("dispersion", "dispersion"),)),
    Extension(
        "KHR_materials_clearcoat",
        "clearcoat",
        Clearcoat,
        (
            Value("factor", "clearcoatFactor"),
            Map("texture", "clearcoatTexture"),
            Value("roughness", "clearcoatRoughnessFactor"),
            Map("roughness_texture", "clearcoatRoughnessTexture"),
            Map("normal_texture", "clearcoatNormalTexture", strength=("normal_scale", "scale")),
        ),
    ),
    Extension(
        "KHR_materials_sheen",
        "sheen",
        Sheen,
        (
            Value("color", "sheenColorFactor"),
            Map("color_texture", "sheenColorTexture", "srgb"),
            Value("roughness", "sheenRoughnessFactor"),
            Map("roughness_texture", "sheenRoughnessTexture"),
        ),
    ),
    Extension(
        "KHR_materials_transmission",
        "transmission",
        Transmission,
        (Value("factor", "transmissionFactor"), Map("texture", "transmissionTexture")),
    ),
    Extension(
        "KHR_materials_volume",
        "volume",
        Volume,
        (
            Value("thickness", "thicknessFactor"),
            Map("thickness_texture", "thicknessTexture"),
            Value("attenuation_distance", "attenuationDistance"),
            Value("attenuation_color", "attenuationColor"),
        ),
    ),
    Extension(
        "KHR_materials_specular",
        "specular",
        Specular,
        (
            Value("factor", "specularFactor"),
            Map("texture", "specularTexture"),
            Value("color", "specularColorFactor"),
            Map("color_texture", "specularColorTexture", "srgb"),
        ),
    ),
    Extension(
        "KHR_materials_iridescence",
        "iridescence",
        Iridescence,
        (
            Value("factor", "iridescenceFactor"),
            Map("texture", "iridescenceTexture"),
            Value("ior", "iridescenceIor"),
            Value("thickness_min", "iridescenceThicknessMinimum"),
            Value("thickness_max", "iridescenceThicknessMaximum"),
            Map("thickness_texture", "iridescenceThicknessTexture"),
        ),
    ),
    Extension(
        "KHR_materials_anisotropy",
        "anisotropy",
        Anisotropy,
        (
            Value("strength", "anisotropyStrength"),
            Value("rotation", "anisotropyRotation"),
            Map("texture", "anisotropyTexture"),
        ),
    ),
)
UNLIT = "KHR_materials_unlit"
DEFAULTS: dict[type, dict[str, Any]] = {
    kind: {field.name: field.default for field in dataclasses.fields(kind)}
    for kind in (Material, *(one.kind for one in EXTENSIONS))
}
WORDS: dict[str, tuple[str, ...]] = {"alpha_mode": ("OPAQUE", "MASK", "BLEND")}


def material_out(material: Material, textures: TextureWriter, packer: Packer) -> Json:
    """The glTF object of a material. Values that glTF has no place for at the moment stand in extras and come back."""
    rest: Json = {}
    skip = _idle(material)
    out: Json = {"name": material.name} if material.name else {}
    pbr = _entries_out(material, PBR, textures, rest)
    if pbr:
        out["pbrMetallicRoughness"] = pbr
    out |= _entries_out(material, tuple(one for one in CORE if one.field not in skip), textures, rest)
    held: Json = {}
    for one in EXTENSIONS:
        part = getattr(material, one.field) if one.field else material
        if part is None or one.entries[0].field in skip:
            continue
        inner: Json = {}
        values = _entries_out(part, one.entries, textures, inner)
        if one.field or values:
            held[one.name] = values
        if inner:
            rest[one.field] = inner
    if material.unlit:
        held[UNLIT] = {}
    if held:
        out["extensions"] = held
        textures.used.update(held)
    rest |= own.fields_out(material, packer, skip)
    return out | own.with_own(material.extras, own.REST, rest)


def _idle(material: Material) -> tuple[str, ...]:
    """Fields that mean nothing beside the others, and that a validator would warn about."""
    out = () if material.alpha_mode == "MASK" else ("alpha_cutoff",)
    return out if any(material.emissive) else (*out, "emissive_strength")


def _entries_out(part: Any, entries: tuple[Value | Map, ...], textures: TextureWriter, rest: Json) -> Json:
    defaults = DEFAULTS[type(part)]
    out: Json = {}
    for entry in entries:
        value = getattr(part, entry.field)
        if isinstance(entry, Value):
            if value != defaults[entry.field]:
                out[entry.key] = value
            continue
        if value is not None:
            out[entry.key] = textures.info(value, entry.colour)
        if entry.strength:
            field, key = entry.strength
            strength = getattr(part, field)
            if strength != defaults[field]:
                (rest if value is None else out[entry.key])[field if value is None else key] = strength
    return out


def material_in(owner: Json, textures: TextureReader, document: Document) -> Material:
    """The material of a glTF object. Raises ReadError."""
    given: dict[str, Any] = {"name": text(owner.get("name", ""), "name of a material"), "extras": extras(owner, own.REST)}
    pbr = mapping(owner.get("pbrMetallicRoughness", {}), "pbrMetallicRoughness")
    given |= _entries_in(pbr, PBR, Material, textures) | _entries_in(owner, CORE, Material, textures)
    rest = dict(own.own_of(owner, own.REST, document))
    for one in EXTENSIONS:
        held = extension(owner, one.name)
        if held is None:
            continue
        values = _entries_in(held, one.entries, one.kind, textures)
        if one.field and one.field in rest:
            values |= own.fields_in(one.kind, rest.pop(one.field), document, f"{own.REST} of a material")
        given |= {one.field: one.kind(**values)} if one.field else values
    given["unlit"] = extension(owner, UNLIT) is not None
    only = ("normal_scale", "occlusion_strength", "alpha_cutoff", "emissive_strength")
    given |= own.fields_in(Material, rest, document, f"{own.REST} of a material", only)
    return Material(**given)


def _entries_in(held: Json, entries: tuple[Value | Map, ...], kind: type, textures: TextureReader) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for entry in entries:
        if entry.key not in held:
            continue
        value = held[entry.key]
        if isinstance(entry, Value):
            out[entry.field] = _value(value, DEFAULTS[kind][entry.field], entry)
            continue
        out[entry.field] = textures.texture(value, entry.colour, entry.key)
        if entry.strength and entry.strength[1] in value:
            out[entry.strength[0]] = number(value[entry.strength[1]], f"{entry.strength[1]} of {entry.key}")
    return out


def _value(value: Any, default: Any, entry: Value) -> Any:
    """The value of the kind that the default has."""
    if isinstance(default, bool):
        return flag(value, entry.key)
    if isinstance(default, tuple):
        return numbers(value, len(default), entry.key)
    if isinstance(default, str):
        words = WORDS[entry.field]
        return value if value in words else fail(entry.key, f"one of {', '.join(words)}", value)
    return number(value, entry.key)
