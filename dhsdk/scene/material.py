"""Material and its parts: metallic-roughness PBR plus the ratified KHR_materials_* extensions as typed data.

Base colour and emissive are sRGB in textures and linear in factors (as in glTF); everything else is linear.
Source: glTF 2.0 section 3.9 and the Khronos ratified extensions of the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dhsdk.errors import SceneError
from dhsdk.frozen import EMPTY, freeze
from dhsdk.media import Image
from dhsdk.scene.arrays import put

Wrap = Literal["repeat", "mirror", "clamp"]
Filter = Literal["nearest", "linear", "nearest_mip_nearest", "linear_mip_nearest", "nearest_mip_linear", "linear_mip_linear"]
Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Texture:
    """An image and how it is looked up: sampler, UV set, and KHR_texture_transform (offset, rotation in radians, scale)."""

    image: Image
    texcoord: int = 0
    wrap: tuple[Wrap, Wrap] = ("repeat", "repeat")
    mag: Filter | None = None
    min: Filter | None = None
    offset: tuple[float, float] = (0.0, 0.0)
    rotation: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Clearcoat:
    factor: float = 0.0
    texture: Texture | None = None
    roughness: float = 0.0
    roughness_texture: Texture | None = None
    normal_texture: Texture | None = None
    normal_scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Sheen:
    color: Rgb = (0.0, 0.0, 0.0)
    color_texture: Texture | None = None
    roughness: float = 0.0
    roughness_texture: Texture | None = None


@dataclass(frozen=True, slots=True)
class Transmission:
    factor: float = 0.0
    texture: Texture | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """thickness in metres; attenuation_distance in metres, None for infinite."""

    thickness: float = 0.0
    thickness_texture: Texture | None = None
    attenuation_distance: float | None = None
    attenuation_color: Rgb = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Specular:
    factor: float = 1.0
    texture: Texture | None = None
    color: Rgb = (1.0, 1.0, 1.0)
    color_texture: Texture | None = None


@dataclass(frozen=True, slots=True)
class Iridescence:
    """Film thickness in nanometres."""

    factor: float = 0.0
    texture: Texture | None = None
    ior: float = 1.3
    thickness_min: float = 100.0
    thickness_max: float = 400.0
    thickness_texture: Texture | None = None


@dataclass(frozen=True, slots=True)
class Anisotropy:
    """rotation in radians, counter-clockwise from the tangent."""

    strength: float = 0.0
    rotation: float = 0.0
    texture: Texture | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """A surface. Raises SceneError when a factor leaves its range."""

    name: str = ""
    base_color: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    base_color_texture: Texture | None = None
    metallic: float = 1.0
    roughness: float = 1.0
    metallic_roughness_texture: Texture | None = None
    normal_texture: Texture | None = None
    normal_scale: float = 1.0
    occlusion_texture: Texture | None = None
    occlusion_strength: float = 1.0
    emissive: Rgb = (0.0, 0.0, 0.0)
    emissive_texture: Texture | None = None
    emissive_strength: float = 1.0
    alpha_mode: Literal["OPAQUE", "MASK", "BLEND"] = "OPAQUE"
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    unlit: bool = False
    ior: float = 1.5
    dispersion: float = 0.0
    clearcoat: Clearcoat | None = None
    sheen: Sheen | None = None
    transmission: Transmission | None = None
    volume: Volume | None = None
    specular: Specular | None = None
    iridescence: Iridescence | None = None
    anisotropy: Anisotropy | None = None
    extras: Mapping[str, Any] = EMPTY

    def __post_init__(self) -> None:
        for name, values in (
            ("base_color", self.base_color),
            ("metallic", (self.metallic,)),
            ("roughness", (self.roughness,)),
            ("occlusion_strength", (self.occlusion_strength,)),
            ("emissive", self.emissive),
        ):
            if not all(0.0 <= value <= 1.0 for value in values):
                raise SceneError(f"{name} of material {self.name!r} must be in [0, 1], got {getattr(self, name)}")
        put(self, "extras", freeze(self.extras))
