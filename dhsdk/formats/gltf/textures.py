"""Images, samplers and texture references, both directions. PNG and JPEG bytes pass through as they are."""

from __future__ import annotations

import dataclasses
import io
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from dhsdk.errors import ReadError, WriteError
from dhsdk.formats.gltf import own
from dhsdk.formats.gltf.container import Document
from dhsdk.formats.gltf.given import Json, extension, extras, fail, mapping, number, numbers, optional_index, text, whole
from dhsdk.formats.gltf.packer import Packer
from dhsdk.formats.ktx2.container import pack, unpack
from dhsdk.media import MAX_PIXELS, Colour, Image
from dhsdk.scene.material import Filter, Texture, Wrap

IMAGE = "dhsdk_image"
WRAPS: dict[Wrap, int] = {"repeat": 10497, "mirror": 33648, "clamp": 33071}
FILTERS: dict[Filter, int] = {
    "nearest": 9728,
    "linear": 9729,
    "nearest_mip_nearest": 9984,
    "linear_mip_nearest": 9985,
    "nearest_mip_linear": 9986,
    "linear_mip_linear": 9987,
}
WEBP, BASISU, TRANSFORM = "EXT_texture_webp", "KHR_texture_basisu", "KHR_texture_transform"
MAGIC = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"\xabKTX 20\xbb\r\n\x1a\n", "image/ktx2"))
SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/ktx2": ".ktx2"}


def mime_of(data: bytes | memoryview) -> str:
    """The mime type that the first bytes tell, or ""."""
    head = bytes(data[:12])
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for magic, mime in MAGIC if head.startswith(magic)), "")


@dataclasses.dataclass
class TextureWriter:
    """The images, samplers and textures of one file. store: where the bytes of a picture go (a view or a file of its own).

    used, required: collects the extensions that the textures need.
    """

    packer: Packer
    how: str
    quality: int
    used: set[str]
    required: set[str]
    store: Callable[[bytes, str, str], Json] | None = None
    images: list[Json] = dataclasses.field(default_factory=list)
    samplers: list[Json] = dataclasses.field(default_factory=list)
    textures: list[Json] = dataclasses.field(default_factory=list)
    _images: dict[int, tuple[int, str, Image]] = dataclasses.field(default_factory=dict)
    _samplers: dict[Any, int] = dataclasses.field(default_factory=dict)
    _textures: dict[Any, int] = dataclasses.field(default_factory=dict)

    def info(self, texture: Texture, colour: Colour) -> Json:
        """The textureInfo object of a texture; colour: what the place it is used in makes of an image."""
        out: Json = {"index": self._texture(texture, colour)}
        if texture.texcoord:
            out["texCoord"] = texture.texcoord
        moved: Json = {}
        if texture.offset != (0.0, 0.0):
            moved["offset"] = texture.offset
        if texture.rotation:
            moved["rotation"] = texture.rotation
        if texture.scale != (1.0, 1.0):
            moved["scale"] = texture.scale
        if moved:
            self.used.add(TRANSFORM)
            out["extensions"] = {TRANSFORM: moved}
        return out

    def _texture(self, texture: Texture, colour: Colour) -> int:
        source, mime = self._image(texture.image, colour)
        key = (source, texture.wrap, texture.mag, texture.min)
        if key not in self._textures:
            out: Json = {}
            sampler = self._sampler(texture)
            if sampler is not None:
                out["sampler"] = sampler
            extension = {"image/webp": WEBP, "image/ktx2": BASISU}.get(mime)
            if extension is None:
                out["source"] = source
            else:
                self.used.add(extension)
                self.required.add(extension)  # there is no other picture to fall back to
                out["extensions"] = {extension: {"source": source}}
            self._textures[key] = len(self.textures)
            self.textures.append(out)
        return self._textures[key]

    def _sampler(self, texture: Texture) -> int | None:
        out: Json = {}
        for name, value in (("magFilter", texture.mag), ("minFilter", texture.min)):
            if value is not None:
                out[name] = FILTERS[value]
        for name, wrap in zip(("wrapS", "wrapT"), texture.wrap, strict=True):
            if wrap != "repeat":
                out[name] = WRAPS[wrap]
        if not out:
            return None
        key = tuple(out.items())
        if key not in self._samplers:
            self._samplers[key] = len(self.samplers)
            self.samplers.append(out)
        return self._samplers[key]

    def _image(self, image: Image, colour: Colour) -> tuple[int, str]:
        if id(image) not in self._images:
            data, mime = encode(image, self.how, self.quality)
            index = len(self.images)
            self._images[id(image)] = (index, mime, image)
            stored = (
                self.store(data, mime, image.name) if self.store else {"bufferView": self.packer.view(data), "mimeType": mime}
            )
            out = {**({"name": image.name} if image.name else {}), **stored}
            kept: Json = {} if image.colour == colour else {"colour": image.colour}
            if image.layers:
                kept["layers"] = {key: self.packer.block(layer) for key, layer in image.layers.items()}
            if image.encoded is None and image.pixels.dtype != np.uint8:
                kept["pixels"] = self.packer.block(image.pixels)  # the picture has 8 bits, and what comes back is exact
            self.images.append(out | own.with_own(image.extras, IMAGE, kept))
        return self._images[id(image)][:2]


def encode(image: Image, how: str, quality: int) -> tuple[bytes, str]:
    """(bytes, mime type) of an image as glTF takes it: its own PNG or JPEG bytes, else encoded as `how` says.

    PNG is compressed at level 1: level 6 takes ten times as long for a few per cent.
    Raises WriteError when its bytes cannot be decoded.
    """
    if image.encoded is not None:
        mime = mime_of(image.encoded)
        passes = {"ktx2": ("image/ktx2",), "webp": ("image/png", "image/jpeg", "image/webp")}.get(
            how, ("image/png", "image/jpeg")
        )
        if mime in passes or (mime == "image/ktx2" and not image.decoded):
            return image.encoded, mime
    if how == "ktx2":
        return _ktx2(image), "image/ktx2"
    from PIL import Image as Pillow

    try:
        pixels = eight_bit(image.pixels)
    except ReadError as error:
        raise WriteError(f"the picture {image.name!r} must be PNG, JPEG or WebP to become a texture: {error}") from error
    picture = Pillow.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    opaque = pixels.shape[2] in (1, 3)
    out = io.BytesIO()
    if how == "webp":
        picture = picture if pixels.shape[2] >= 3 else picture.convert("RGB" if opaque else "RGBA")
        picture.save(out, "WEBP", quality=quality, exact=True)
        return out.getvalue(), "image/webp"
    if opaque and (how == "jpeg" or (how == "auto" and image.colour == "srgb")):
        picture.save(out, "JPEG", quality=quality, subsampling=0)
        return out.getvalue(), "image/jpeg"
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue(), "image/png"


def _ktx2(image: Image) -> bytes:
    pixels = eight_bit(image.pixels)
    height, width = pixels.shape[:2]
    if width % 4 or height % 4:
        raise WriteError(
            f"a KTX2 texture must have sides that are multiples of 4, got {width} x {height} ({image.name!r}): resize it"
        )
    return pack(image.replace(pixels=pixels, extras={}))


def eight_bit(pixels: np.ndarray) -> np.ndarray:
    """(H, W, C) uint8: uint16 loses its low byte, float32 is clipped to [0, 1]."""
    if pixels.dtype == np.uint16:
        high: np.ndarray = (pixels >> 8).astype(np.uint8)
        return high
    if pixels.dtype == np.float32:
        rounded: np.ndarray = (np.nan_to_num(np.clip(pixels, 0.0, 1.0)) * 255.0 + 0.5).astype(np.uint8)
        return rounded
    return pixels


class TextureReader:
    """The textures of one document; each image is made once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._images: dict[int, Image] = {}

    def texture(self, value: Any, colour: Colour, what: str) -> Texture:
        """The texture of a textureInfo object. Raises ReadError."""
        held = mapping(value, what)
        table = self._document.table("textures")
        owner = table[whole(held.get("index"), f"index of {what}", 0, len(table))]
        moved = extension(held, TRANSFORM) or {}
        texcoord = moved.get("texCoord", held.get("texCoord", 0))
        return Texture(
            self._image(self._source(owner), colour),
            texcoord=whole(texcoord, f"texCoord of {what}", 0, 64),
            **self._sampler(owner),
            offset=_pair(moved.get("offset", [0, 0]), f"offset of {what}"),
            rotation=number(moved.get("rotation", 0.0), f"rotation of {what}"),
            scale=_pair(moved.get("scale", [1, 1]), f"scale of {what}"),
        )

    def _source(self, owner: Json) -> int:
        count = len(self._document.table("images"))
        sources = [extension(owner, BASISU), extension(owner, WEBP), owner]
        if "source" in owner:
            sources.insert(0, owner)  # PNG and JPEG are what everything here can decode
        for one in sources:
            found = None if one is None else optional_index(one, "source", "source of a texture", count)
            if found is not None:
                return found
        raise ReadError("a texture must have a source, and this one has none that is read: export it with PNG or JPEG pictures")

    def _sampler(self, owner: Json) -> dict[str, Any]:
        table = self._document.table("samplers")
        index = optional_index(owner, "sampler", "sampler of a texture", len(table))
        held: Json = {} if index is None else table[index]
        wraps = tuple(_named(WRAPS, held.get(key, 10497), key) for key in ("wrapS", "wrapT"))
        out: dict[str, Any] = {"wrap": wraps}
        for name, key in (("mag", "magFilter"), ("min", "minFilter")):
            out[name] = _named(FILTERS, held[key], key) if key in held else None
        return out

    def _image(self, index: int, colour: Colour) -> Image:
        if index not in self._images:
            owner = self._document.table("images")[index]
            kept = own.own_of(owner, IMAGE, self._document)
            data = self._bytes(owner, index)
            stored = kept.get("colour", colour)
            if stored not in ("srgb", "linear", "data"):
                fail("colour of an image", "srgb, linear or data", stored)
            layers = mapping(kept.get("layers", {}), "layers of an image")
            mime = mime_of(data) or text(owner.get("mimeType", ""), "mimeType of an image")
            given: dict[str, Any] = {"encoded": data, "mime": mime}
            if mime == "image/ktx2":
                with suppress(
                    ReadError
                ):  # kinds that cannot be decoded here stay bytes, and say so when their pixels are asked for
                    given["pixels"] = unpack(data).pixels
            if "pixels" in kept:
                given = {"pixels": own.array_in(kept["pixels"], self._document, "pixels of an image")}
            self._images[index] = Image(
                colour=stored,
                name=text(owner.get("name", ""), "name of an image"),
                layers={key: own.array_in(one, self._document, "a layer") for key, one in layers.items()},
                extras=extras(owner, IMAGE),
                **given,
            )
        return self._images[index]

    def _bytes(self, owner: Json, index: int) -> bytes:
        if "bufferView" in owner:
            data = bytes(self._document.view(owner["bufferView"])[0])
        elif "uri" in owner:
            data = self._document.resource(text(owner["uri"], "uri of an image"), f"image {index}")
        else:
            raise ReadError(f"image {index} must have a bufferView or a uri, and it has neither")
        self._document.spend(len(data))
        if data[:8] == MAGIC[0][0] and len(data) >= 24:
            width, height = struct.unpack_from(">II", data, 16)
            if width * height > MAX_PIXELS:
                raise ReadError(f"a picture must have at most {MAX_PIXELS:,} pixels, got {width} x {height} (image {index})")
        return data


def _pair(value: Any, what: str) -> tuple[float, float]:
    first, second = numbers(value, 2, what)
    return first, second


def _named(table: dict[Any, int], value: Any, what: str) -> Any:
    for name, code in table.items():
        if type(value) is int and code == value:
            return name
    fail(what, f"one of {', '.join(map(str, table.values()))}", value)
