"""The KTX 2.0 container around UASTC blocks. Source: Khronos KTX File Format Specification 2.0, Data Format Specification 1.3."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.formats import label
from dhsdk.formats.ktx2.uastc import decoded, encoded
from dhsdk.media import MAX_PIXELS, Colour, Image

MAGIC = b"\xabKTX 20\xbb\r\n\x1a\n"
HEADER = struct.Struct("<9I4I2Q")
LEVEL = struct.Struct("<3Q")
UASTC, BT709, LINEAR, SRGB = 166, 1, 1, 2
RGB, RGBA = 0, 3


def pack(image: Image, mipmaps: bool = True) -> bytes:
    """The bytes of a .ktx2 file: UASTC blocks without supercompression, the smallest level first, as the format asks.

    Colours are averaged in linear light for the smaller levels, normals and masks as they are.
    """
    levels = _levels(image, mipmaps)
    height, width, channels = levels[0].shape
    data = [encoded(level) for level in levels]
    descriptor = _descriptor(image.colour == "srgb", channels == 4)
    notes = _notes(image)
    start = len(MAGIC) + HEADER.size + LEVEL.size * len(data)
    notes_at = start + len(descriptor)
    offset = notes_at + len(notes)
    index: list[bytes] = []
    body = b""
    for blocks in reversed(data):
        body += bytes(-(offset + len(body)) % 16)
        index.insert(0, LEVEL.pack(offset + len(body), len(blocks), len(blocks)))
        body += blocks
    head = HEADER.pack(0, 1, width, height, 0, 0, 1, len(data), 0, start, len(descriptor), notes_at, len(notes), 0, 0)
    return MAGIC + head + b"".join(index) + descriptor + notes + body


def unpack(data: bytes, name: str = "") -> Image:
    """The largest level of a file as `pack` writes it. Raises ReadError for other contents and for damaged files."""
    if not data.startswith(MAGIC) or len(data) < len(MAGIC) + HEADER.size + LEVEL.size:
        raise ReadError(f"a KTX2 file must begin with its header, got {data[:12]!r}")
    fields = HEADER.unpack_from(data, len(MAGIC))
    form, _, width, height, depth, layers, faces, _, packing, described, _, notes_at, notes_size = fields[:13]
    if form or depth or layers or faces != 1 or packing:
        raise ReadError("a KTX2 file must hold one 2D UASTC texture without supercompression to be read here, got another kind")
    if not 0 < width <= 1 << 16 or not 0 < height <= 1 << 16 or width * height > MAX_PIXELS:
        raise ReadError(f"a picture must have at most {MAX_PIXELS:,} pixels, got {width} x {height}")
    offset, size, _ = LEVEL.unpack_from(data, len(MAGIC) + HEADER.size)
    columns, rows = -(-width // 4), -(-height // 4)
    if size != columns * rows * 16 or offset + size > len(data):
        raise ReadError(f"a UASTC texture of {width} x {height} must have {columns * rows * 16} bytes, got {size} at {offset}")
    if described + 40 > len(data) or data[described + 12] != UASTC:
        raise ReadError("a KTX2 file must hold UASTC to be read here, got another colour model")
    blocks = np.frombuffer(data, np.uint8, size, offset).reshape(rows, columns, 16)
    pixels = decoded(blocks)[:height, :width]
    alpha = data[described + 31] & 15 == RGBA
    notes = data[notes_at : notes_at + min(notes_size, label.MAX_TEXT)]
    colour: Colour = "srgb" if data[described + 14] == SRGB else "data"
    return Image(pixels if alpha else pixels[..., :3], colour=colour, name=name, extras=_provenance(notes))


def _descriptor(srgb: bool, alpha: bool) -> bytes:
    """The data format descriptor: one sample of 128 bits for each 4 x 4 block."""
    block = struct.pack("<IHH", 0, 2, 40)
    block += struct.pack("<4B4B8B", UASTC, BT709, SRGB if srgb else LINEAR, 0, 3, 3, 0, 0, 16, *([0] * 7))
    block += struct.pack("<HBB4BII", 0, 127, RGBA if alpha else RGB, 0, 0, 0, 0, 0, 0xFFFFFFFF)
    return struct.pack("<I", len(block) + 4) + block


def _notes(image: Image) -> bytes:
    """Key and value pairs, sorted by key as the format asks: how the picture is turned, who wrote it, where it is from."""
    pairs = {"KTXorientation": "rd", "KTXwriter": "dhsdk"}
    own = label.of(image)
    if own is not None:
        pairs |= {label.KEY: label.text(own), label.AIGC: label.aigc(own)}
    out = b""
    for key, value in sorted(pairs.items()):
        pair = key.encode() + b"\0" + value.encode() + b"\0"
        out += struct.pack("<I", len(pair)) + pair + bytes(-len(pair) % 4)
    return out


def _provenance(notes: bytes) -> Mapping[str, Any]:
    at = 0
    while at + 4 <= len(notes):
        (size,) = struct.unpack_from("<I", notes, at)
        key, _, value = notes[at + 4 : at + 4 + size].partition(b"\0")
        if key == label.KEY.encode():
            return label.extras(value.rstrip(b"\0"))
        at += 4 + size + -size % 4
    return label.extras(None)


def _levels(image: Image, mipmaps: bool) -> list[np.ndarray]:
    """(H, W, 3 or 4) uint8 of each level, the largest first."""
    pixels = image.pixels if image.pixels.dtype == np.uint8 else (image.pixels >> 8).astype(np.uint8)
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    levels = [np.ascontiguousarray(pixels)]
    light = pixels.astype(np.float32) / 255.0
    if image.colour == "srgb":
        light[..., :3] = np.where(light[..., :3] <= 0.04045, light[..., :3] / 12.92, ((light[..., :3] + 0.055) / 1.055) ** 2.4)
    while mipmaps and max(light.shape[:2]) > 1:
        light = _halved(light)
        shown = light.copy()
        if image.colour == "srgb":
            c = light[..., :3]
            shown[..., :3] = np.where(c <= 0.0031308, c * 12.92, 1.055 * np.maximum(c, 0.0031308) ** (1 / 2.4) - 0.055)
        levels.append(np.ascontiguousarray((shown * 255.0 + 0.5).astype(np.uint8)))
    return levels


def _halved(light: np.ndarray) -> np.ndarray:
    height, width = max(1, light.shape[0] // 2), max(1, light.shape[1] // 2)
    rows = light[: height * 2].reshape(height, -1, *light.shape[1:]).mean(axis=1)
    out: np.ndarray = rows[:, : width * 2].reshape(height, width, -1, light.shape[2]).mean(axis=2)
    return out
