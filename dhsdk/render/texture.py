"""All textures of a scene in one array with mipmaps, the tables that find them, and the table of its materials.

Texels are linear uint16 (a step is 1/65535, far below one step of an sRGB byte even in the dark): half the memory of floats.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.jit import kernel
from dhsdk.media import Image
from dhsdk.render.workers import spread
from dhsdk.scene.material import Anisotropy, Clearcoat, Iridescence, Material, Sheen, Specular, Texture, Transmission, Volume

LEVELS = 14
WRAP = {"repeat": 0, "mirror": 1, "clamp": 2}
MOST_EDGE = 2048
"""Textures are drawn from at most this edge: a picture does not show more."""

MOST_VALUE = 1e30
"""Of a material's numbers: light of 32 bits must hold them, also added up."""

MAPS = (
    "base", "metallic_roughness", "normal", "occlusion", "emissive", "clearcoat", "clearcoat_roughness", "sheen",
    "sheen_roughness", "transmission", "thickness", "specular", "specular_color", "iridescence", "iridescence_thickness",
    "anisotropy", "clearcoat_normal",
)  # fmt: skip
COLUMNS = (
    "red", "green", "blue", "alpha", "metallic", "roughness", "emissive_red", "emissive_green", "emissive_blue", "normal_scale",
    "occlusion", "unlit", "cutoff", "blend", "ior", "clearcoat", "clearcoat_roughness", "sheen_red", "sheen_green", "sheen_blue",
    "sheen_roughness", "transmission", "thickness", "absorb_red", "absorb_green", "absorb_blue", "specular", "specular_red",
    "specular_green", "specular_blue", "iridescence", "film_ior", "film_least", "film_most", "rich", "dispersion",
    "anisotropy", "anisotropy_turn", "clearcoat_normal_scale",
)  # fmt: skip
"""Columns of the material table; the rows of MAPS follow. absorb_*: 1/m. rich: 1 where an extension needs the long way."""


class Textures:
    """texels: (N, 4) uint16 linear. table: (T, 4 + 3 LEVELS) int64: levels, wrap u, wrap v, layout, then offset, height, width.

    Textures of one layout have equal sizes, wraps and transforms: where a lookup falls is worked out once for all of them.
    place: (T, 7) float64 rows of the texture transform: u' = m00 u + m01 v + m02, v' = m10 u + m11 v + m12; 1 for second UVs.
    """

    def __init__(self, textures: Iterable[Texture]) -> None:
        self._numbers: dict[int, int] = {}
        self._kept: list[Texture] = []
        for texture in textures:
            if not isinstance(texture.image, Image):
                raise RenderError(f"a texture must have an image, got {type(texture.image).__name__}")
            if id(texture) not in self._numbers:
                self._numbers[id(texture)] = len(self._kept)
                self._kept.append(texture)
        self.texels, known = _pyramids({id(one.image): one.image for one in self._kept})
        layouts: dict[tuple[object, ...], int] = {}
        table, place = [], []
        for texture in self._kept:
            places = known[id(texture.image)]
            moved = _transform(texture)
            if not all(map(math.isfinite, moved)):
                name = texture.image.name
                raise RenderError(f"a texture must have a finite offset, rotation and scale, got some that are not for {name!r}")
            wrap = WRAP[texture.wrap[0]], WRAP[texture.wrap[1]]
            layout = layouts.setdefault((*places[1:3], *wrap, *moved), len(layouts))
            table.append([len(places) // 3, *wrap, layout, *places] + [0] * (3 * LEVELS - len(places)))
            place.append(moved)
        self.table = np.array(table, np.int64).reshape(-1, 4 + 3 * LEVELS)
        self.place = np.array(place, np.float64).reshape(-1, 7)

    def number(self, texture: Texture | None) -> int:
        """Row of a texture in the tables, -1 for none."""
        return -1 if texture is None else self._numbers[id(texture)]

    def level(self, number: int, level: int = 0) -> np.ndarray:
        """(h, w, 4) uint16 texels of one mipmap level of a texture."""
        offset, height, width = (int(value) for value in self.table[number, 4 + 3 * level : 7 + 3 * level])
        return self.texels[offset : offset + height * width].reshape(height, width, 4)


def maps(m: Material) -> tuple[Texture | None, ...]:
    """The textures of a material in the order of MAPS."""
    coat, sheen, through = m.clearcoat or Clearcoat(), m.sheen or Sheen(), m.transmission or Transmission()
    volume, specular, film = m.volume or Volume(), m.specular or Specular(), m.iridescence or Iridescence()
    return (
        m.base_color_texture, m.metallic_roughness_texture, m.normal_texture, m.occlusion_texture, m.emissive_texture,
        coat.texture, coat.roughness_texture, sheen.color_texture, sheen.roughness_texture, through.texture,
        volume.thickness_texture, specular.texture, specular.color_texture, film.texture, film.thickness_texture,
        (m.anisotropy or Anisotropy()).texture, coat.normal_texture,
    )  # fmt: skip


def second(m: Material) -> int:
    """The UV set that the material's textures read beside the first: the lowest of those, 0 for none."""
    return min((texture.texcoord for texture in maps(m) if texture is not None and texture.texcoord > 0), default=0)


def row(m: Material, textures: Textures) -> list[float]:
    """The material's row of the table: COLUMNS, then the numbers of its MAPS. Raises RenderError for what is not finite."""
    coat, sheen, through = m.clearcoat or Clearcoat(), m.sheen or Sheen(), m.transmission or Transmission()
    volume, specular, film = m.volume or Volume(), m.specular or Specular(), m.iridescence or Iridescence()
    far = volume.attenuation_distance
    absorb = [-math.log(min(max(c, 1e-4), 1.0)) / max(far, 1e-9) if far else 0.0 for c in volume.attenuation_color]
    brushed = m.anisotropy or Anisotropy()
    parts = (m.clearcoat, m.sheen, m.transmission, m.specular, m.iridescence, m.anisotropy)
    rich = any(one is not None for one in parts) or m.ior != 1.5
    # The alpha factor of what light passes is for engines that cannot let it pass; holes in its texture are holes here too.
    alpha = 1.0 if through.factor > 0 else m.base_color[3]
    out = [
        *m.base_color[:3], alpha, m.metallic, m.roughness, *(value * m.emissive_strength for value in m.emissive), m.normal_scale,
        m.occlusion_strength, float(m.unlit), m.alpha_cutoff if m.alpha_mode == "MASK" else -1.0, float(m.alpha_mode == "BLEND"),
        m.ior, coat.factor, coat.roughness, *sheen.color, sheen.roughness, through.factor, volume.thickness, *absorb,
        specular.factor, *specular.color, film.factor, film.ior, film.thickness_min, film.thickness_max, float(rich),
        m.dispersion, brushed.strength, brushed.rotation, coat.normal_scale,
    ]  # fmt: skip
    if not all(abs(value) <= MOST_VALUE for value in out):
        raise RenderError(
            f"a material must have finite values of at most {MOST_VALUE:g} to be drawn, got some that are not in {m.name!r}"
        )
    return [*out, *(float(textures.number(one)) for one in maps(m))]


def tint(m: Material, textures: Textures) -> np.ndarray:
    """(3,) what a wall of the material leaves of light that passes it, in the mean, linear."""
    number = textures.number(m.base_color_texture)
    mean = textures.level(number, int(textures.table[number, 0]) - 1).mean(axis=(0, 1))[:3] / 65535 if number >= 0 else 1.0
    out: np.ndarray = np.array(m.base_color[:3]) * mean * (m.transmission.factor if m.transmission is not None else 0.0)
    return out


def _pyramids(images: Mapping[int, Image]) -> tuple[np.ndarray, dict[int, list[int]]]:
    """(N, 4) uint16 the mipmaps of all pictures, made on all threads; per picture offset, height and width of each level."""
    places: dict[int, list[int]] = {}
    offset = 0
    for number, image in images.items():
        places[number] = []
        for height, width in (size for size in _sizes(*image.pixels.shape[:2]) if max(size) <= MOST_EDGE):
            places[number] += [offset, height, width]
            offset += height * width
    texels = np.full((1, 4), 65535, np.uint16) if not images else np.empty((offset, 4), np.uint16)
    todo = list(images)

    def work(piece: int) -> None:
        found = np.reshape(places[todo[piece]], (-1, 3)).tolist()
        _pyramid(images[todo[piece]], [texels[first : first + h * w].reshape(h, w, 4) for first, h, w in found])

    spread(len(todo), work)
    return texels, places


def _sizes(height: int, width: int) -> list[tuple[int, int]]:
    """Height and width of a picture and of its mipmaps, down to one texel."""
    out = [(height, width)]
    while max(out[-1]) > 1:
        out.append((max(out[-1][0] // 2, 1), max(out[-1][1] // 2, 1)))
    return out


def _pyramid(image: Image, levels: list[np.ndarray]) -> None:
    """Fills the mipmaps (h, w, 4) of a picture, each the 2 x 2 mean of the one before."""
    larger = [np.empty((*size, 4), np.uint16) for size in _sizes(*image.pixels.shape[:2]) if max(size) > MOST_EDGE]
    whole = [*larger, *levels]
    _linear(image, whole[0])
    for level, out in pairwise(whole):
        _halved(level, out)


def _linear(image: Image, out: np.ndarray) -> None:
    """Fills out (H, W, 4): sRGB decoded for colours, alpha full where there is none. Raises RenderError for broken floats."""
    pixels = image.pixels
    if pixels.dtype == np.uint8:
        codes = np.round(_decoded(np.arange(256) / 255.0, image.colour == "srgb") * 65535).astype(np.uint16)
        _looked_up(pixels, codes, out)
        return
    out[...] = 65535
    color, alpha = (pixels[..., :3], pixels[..., 3:]) if pixels.shape[2] >= 3 else (pixels[..., :1], pixels[..., 1:])
    value = color.astype(np.float32) / np.float32(65535.0 if pixels.dtype == np.uint16 else 1.0)
    if not np.isfinite(value).all():
        raise RenderError(f"a texture must be finite, got values that are not in {image.name!r}")
    out[..., :3] = np.round(_decoded(np.clip(value, 0.0, 1.0), image.colour == "srgb") * 65535)
    if alpha.shape[2]:
        out[..., 3:] = np.round(np.clip(alpha.astype(np.float32) / (65535 if pixels.dtype == np.uint16 else 1), 0, 1) * 65535)


@kernel()
def _looked_up(pixels, codes, out):  # type: ignore[no-untyped-def]
    """out (H, W, 4): the codes of 1 or 3 colours, and alpha."""
    channels = pixels.shape[2]
    colors = 3 if channels >= 3 else 1
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            for q in range(3):
                out[y, x, q] = codes[pixels[y, x, q if colors == 3 else 0]]
            out[y, x, 3] = pixels[y, x, colors] * np.uint16(257) if channels > colors else 65535


def _decoded(value: np.ndarray, srgb: bool) -> np.ndarray:
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4) if srgb else value


def _halved(level: np.ndarray, out: np.ndarray) -> None:
    """Fills out with the 2 x 2 mean of the level above."""
    rows = 64

    def work(piece: int) -> None:
        _halve(level, out, piece * rows, min((piece + 1) * rows, len(out)))

    spread(-(-len(out) // rows), work, 0 if out.size > 1 << 16 else 1)


@kernel()
def _halve(level, out, y0, y1):  # type: ignore[no-untyped-def]
    down, right = min(1, level.shape[0] - 1), min(1, level.shape[1] - 1)
    for y in range(y0, y1):
        a, b = y * (1 + down), y * (1 + down) + down
        for x in range(out.shape[1]):
            c, d = x * (1 + right), x * (1 + right) + right
            for q in range(4):
                out[y, x, q] = (int(level[a, c, q]) + level[a, d, q] + level[b, c, q] + level[b, d, q] + 2) // 4


def _transform(texture: Texture) -> list[float]:
    """Rows of translation * rotation * scale, and whether the second UVs are read. Source: KHR_texture_transform."""
    cos, sin = math.cos(texture.rotation), math.sin(texture.rotation)
    (su, sv), (ou, ov) = texture.scale, texture.offset
    return [cos * su, sin * sv, ou, -sin * su, cos * sv, ov, float(texture.texcoord > 0)]
