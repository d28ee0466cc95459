"""Pixel and sample assets: Image, Clip and Audio. All frozen; arrays are read-only."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from dhsdk.errors import ReadError, SceneError
from dhsdk.frozen import EMPTY, FrozenDict, freeze

Colour = Literal["srgb", "linear", "data"]
MAX_PIXELS = 16384 * 16384 // 2
"""Largest picture that is decoded (134 megapixels): larger ones are refused before their pixels are touched."""


def readonly(array: Any, dtype: Any = None) -> np.ndarray:
    """A C-contiguous read-only array. The input is copied only where it must be: a writable array is viewed, not frozen."""
    out = np.ascontiguousarray(array, dtype=dtype)
    if out.flags.writeable:
        out = out.view()
        out.flags.writeable = False
    return out


class Image:
    """A picture: (H, W, C) with C in 1..4; uint8, uint16 or float32; row 0 is the top.

    colour: "srgb" (base colour, emissive), "linear" (radiance) or "data" (normals, masks).
    layers: further named (H, W) or (H, W, C) arrays of the same size (depth, normal, id).
    encoded, mime: the file's own bytes (PNG, JPEG, WebP, KTX2), kept so that a texture passes through unchanged;
    pixels are then decoded on first use.

    Raises:
        SceneError: a shape or dtype that no picture has.
        ReadError: (from `pixels`) the encoded bytes are broken or hold more than MAX_PIXELS.
    """

    __slots__ = ("_pixels", "colour", "encoded", "extras", "layers", "mime", "name")

    def __init__(
        self,
        pixels: np.ndarray | None = None,
        *,
        colour: Colour = "srgb",
        name: str = "",
        layers: Mapping[str, np.ndarray] = EMPTY,
        encoded: bytes | None = None,
        mime: str = "",
        extras: Mapping[str, Any] = EMPTY,
    ) -> None:
        if pixels is None and encoded is None:
            raise SceneError("an image needs pixels or encoded bytes")
        self._pixels = None if pixels is None else _checked_pixels(pixels)
        self.colour = colour
        self.name = name
        self.layers = FrozenDict((key, readonly(layer)) for key, layer in layers.items())
        self.encoded = encoded
        self.mime = mime
        self.extras = freeze(extras)

    @property
    def pixels(self) -> np.ndarray:
        """(H, W, C), read-only, decoded from `encoded` when first asked for."""
        if self._pixels is None:
            assert self.encoded is not None
            self._pixels = _checked_pixels(decode(self.encoded, self.mime))
        return self._pixels

    @property
    def decoded(self) -> bool:
        """Whether the pixels are at hand already."""
        return self._pixels is not None

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        height, width = self.pixels.shape[:2]
        return width, height

    def replace(self, **changes: Any) -> Image:
        """A new image with these constructor arguments changed; new pixels drop the old encoded bytes."""
        own = {"colour": self.colour, "name": self.name, "layers": self.layers, "extras": self.extras}
        if "pixels" not in changes:
            own |= {"pixels": self._pixels, "encoded": self.encoded, "mime": self.mime}
        return Image(**(own | changes))

    def __repr__(self) -> str:
        what = f"{self.mime} {len(self.encoded)} bytes" if self.encoded is not None else str(self.pixels.shape)
        return f"Image({self.name!r}, {what}, {self.colour})"


def _checked_pixels(pixels: np.ndarray) -> np.ndarray:
    array = np.asarray(pixels)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or not 1 <= array.shape[2] <= 4 or 0 in array.shape:
        raise SceneError(f"pixels must be (H, W, 1..4) with H, W >= 1, got {array.shape}")
    if array.dtype not in (np.uint8, np.uint16, np.float32):
        raise SceneError(f"pixels must be uint8, uint16 or float32, got {array.dtype}")
    return readonly(array)


PICTURES = ("PNG", "JPEG", "WEBP")
OLD_PICTURES = (*PICTURES, "TGA", "BMP", "TIFF", "GIF", "DDS")
"""What materials of old formats name."""


def decode(encoded: bytes, mime: str = "", kinds: tuple[str, ...] = PICTURES) -> np.ndarray:
    """(H, W, C) uint8 or uint16 pixels of a picture of these kinds. Raises ReadError for broken or too large pictures."""
    import warnings

    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with (
            warnings.catch_warnings(action="ignore", category=Pillow.DecompressionBombWarning),
            Pillow.open(io.BytesIO(encoded), formats=kinds) as picture,
        ):
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise ReadError(f"a picture must have at most {MAX_PIXELS:,} pixels, got {width} x {height}")
            if picture.mode in ("I;16", "I;16B", "I"):
                return np.asarray(picture).astype(np.uint16)
            if picture.mode not in ("L", "LA", "RGB", "RGBA"):
                has_alpha = "transparency" in picture.info or picture.mode in ("PA", "La", "RGBa")
                return np.array(picture.convert("RGBA" if has_alpha else "RGB"))
            return np.array(picture)
    except ReadError:
        raise
    except UnidentifiedImageError as error:  # its own text holds the address of the buffer
        known = f"{', '.join(kinds[:-1])} or {kinds[-1]}".replace("WEBP", "WebP")
        raise ReadError(f"the {mime or 'image'} data cannot be decoded: it is no {known} picture") from error
    except Pillow.DecompressionBombError as error:
        raise ReadError(f"a picture must have at most {MAX_PIXELS:,} pixels, got more: {str(error)[:60]}") from error
    except Exception as error:  # Pillow raises many kinds for broken files
        raise ReadError(f"the {mime or 'image'} data cannot be decoded: {str(error)[:120]}") from error


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """samples: (N, C) float32 in [-1, 1]; rate: samples per second."""

    samples: np.ndarray
    rate: int
    extras: Mapping[str, Any] = EMPTY

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples, dtype=np.float32)
        samples = samples[:, None] if samples.ndim == 1 else samples
        if samples.ndim != 2 or not 1 <= samples.shape[1] <= 8 or not np.isfinite(samples).all():
            raise SceneError(f"samples must be finite (N, 1..8), got {samples.shape}")
        if not 1000 <= self.rate <= 384_000:
            raise SceneError(f"rate must be in [1000, 384000], got {self.rate} (samples per second)")
        object.__setattr__(self, "samples", readonly(samples))
        object.__setattr__(self, "extras", freeze(self.extras))

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A video as a re-iterable frame source: frames() starts again at the first frame, and never holds them all.

    frames: yields (height, width, 3) uint8 sRGB arrays, `count` of them.
    cues: (start, end, text) in seconds: subtitles.
    """

    frames: Callable[[], Iterator[np.ndarray]] = field(repr=False)
    size: tuple[int, int]
    fps: float
    count: int
    audio: Audio | None = None
    cues: tuple[tuple[float, float, str], ...] = ()
    extras: Mapping[str, Any] = EMPTY

    def __post_init__(self) -> None:
        if min(self.size) < 1 or self.count < 1 or not 0 < self.fps <= 1000:
            raise SceneError(f"a clip needs size >= 1, count >= 1 and 0 < fps <= 1000, got {self.size}, {self.count}, {self.fps}")
        object.__setattr__(self, "extras", freeze(self.extras))

    @property
    def seconds(self) -> float:
        return self.count / self.fps
