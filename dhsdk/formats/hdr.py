"""Radiance HDR: linear float pictures as RGBE, a shared exponent per pixel, with run lengths by scanline and channel.

Source: Greg Ward, "Real Pixels" (Graphics Gems II, 1991) and the Radiance file format notes.
A byte b of exponent e is b * 2^(e - 136).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dhsdk.formats import label
from dhsdk.plugin import Format, hookimpl

if TYPE_CHECKING:
    import numpy as np

    from dhsdk.media import Image

MAX_PIXELS = 1 << 26
MAX_BYTES = 1 << 29
MAX_HEAD = 32 << 20
LARGEST = 2.0**126
"""Brighter pixels are refused: they are near the end of what the exponent can say."""

NARROWEST, WIDEST = 8, 32767
"""Widths that run lengths are defined for; other pictures are stored flat."""

_SIZE = re.compile(rb"-Y (\d{1,7}) \+X (\d{1,7})$")


class Hdr(Format):
    """Three channels of light, without alpha; eight bits of mantissa: the largest channel is within 1/256 of what it was."""

    name, summary, suffixes, kinds = "hdr", "Radiance HDR: linear light as RGBE.", (".hdr",), ("image",)
    keeps_provenance = True

    def refuses(self, asset: Any) -> str | None:
        import numpy as np

        pixels = asset.pixels
        if pixels.dtype != np.float32 or asset.colour != "linear" or pixels.shape[2] not in (1, 3):
            return f"it must hold linear float32 (H, W, 1 or 3), got {asset.colour} {pixels.dtype} {pixels.shape}"
        if not (pixels >= 0).all() or not (pixels < LARGEST).all():
            return "RGBE has no negative, infinite or undefined light: clip the pixels"
        return None

    def write(self, asset: Any, path: Path, options: Any) -> None:
        import numpy as np

        pixels = asset.pixels
        if pixels.shape[2] == 1:
            pixels = np.repeat(pixels, 3, axis=2)
        height, width = pixels.shape[:2]
        own = label.of(asset)
        notes = "".join(f"# {line}\n" for line in label.comments(own)) if own is not None else ""
        head = f"#?RADIANCE\n{notes}FORMAT=32-bit_rle_rgbe\n\n-Y {height} +X {width}\n".encode("ascii")
        rgbe = _rgbe(pixels)
        if not NARROWEST <= width <= WIDEST:
            path.write_bytes(head + rgbe.tobytes())
            return
        with path.open("wb") as file:
            file.write(head)
            for row in rgbe:
                file.write(bytes((2, 2, width >> 8, width & 255)))
                for channel in row.T:
                    file.write(_packed(np.ascontiguousarray(channel)))

    def read(self, path: Path, options: Any) -> Image:
        import numpy as np

        from dhsdk.errors import ReadError
        from dhsdk.media import Image

        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ReadError(f"{path.name} must have at most {MAX_BYTES:,} bytes, got {size:,}")
        data = path.read_bytes()
        height, width, at, notes = _head(data, path.name)
        if height * width > (size - at) * 128:  # the densest run: 127 values in two bytes, for each of four channels
            raise ReadError(f"{path.name} promises {width} x {height} pixels in {size:,} bytes: it is truncated or damaged")
        if NARROWEST <= width <= WIDEST and data[at : at + 2] == b"\2\2":
            rgbe = np.empty((height, width, 4), np.uint8)
            for y in range(height):
                at = _row(data, at, rgbe[y], path.name)
        else:
            flat = np.frombuffer(data[at : at + height * width * 4], np.uint8)
            if len(flat) < height * width * 4:
                raise ReadError(f"{path.name} holds fewer pixels than its head says: it is truncated, or has old run lengths")
            rgbe = flat.reshape(height, width, 4)
        light = np.ldexp(rgbe[..., :3].astype(np.float32), rgbe[..., 3:].astype(np.int32) - 136)
        return Image(light, colour="linear", name=path.stem, extras=label.from_comments(notes))


def _rgbe(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 4) uint8 of (H, W, 3) light; what is darker than 2^-127 is black."""
    import numpy as np

    largest = pixels.max(axis=2)
    _, exponent = np.frexp(largest)
    exponent += np.rint(np.ldexp(largest, 8 - exponent)) > 255  # rounding up to 256 needs the next exponent
    out = np.zeros((*largest.shape, 4), np.uint8)
    seen = exponent > -127
    out[seen, :3] = np.rint(np.ldexp(pixels[seen], (8 - exponent[seen])[:, None])).astype(np.uint8)
    out[seen, 3] = exponent[seen] + 128
    return out


def _packed(values: np.ndarray) -> bytes:
    """One channel of a scanline: runs of four or more as (128 + n, value), the rest as (n, values)."""
    import numpy as np

    starts = np.concatenate(([0], np.flatnonzero(np.diff(values)) + 1))
    ends = np.append(starts[1:], len(values))
    long = ends - starts >= 4
    data, out, done = values.tobytes(), bytearray(), 0
    for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        out += _literal(data[done:start])
        for at in range(start, end, 127):
            out += bytes((128 + min(127, end - at), data[start]))
        done = end
    return bytes(out + _literal(data[done:]))


def _literal(data: bytes) -> bytes:
    pieces: Iterator[bytes] = (data[at : at + 128] for at in range(0, len(data), 128))
    return b"".join(bytes((len(piece),)) + piece for piece in pieces)


def _head(data: bytes, name: str) -> tuple[int, int, int, list[str]]:
    """(height, width, where the pixels begin, comments)."""
    from dhsdk.errors import ReadError

    if not data.startswith((b"#?RADIANCE", b"#?RGBE")):
        raise ReadError(f"{name} must begin with #?RADIANCE: it is no HDR file")
    end = data.find(b"\n\n", 0, MAX_HEAD)
    lines = data[:end].split(b"\n") if end > 0 else []
    formats = [line for line in lines if line.startswith(b"FORMAT=")]
    stop = data.find(b"\n", end + 2, end + 100)
    size = _SIZE.match(data[end + 2 : stop]) if end > 0 and stop > 0 else None
    if formats not in ([], [b"FORMAT=32-bit_rle_rgbe"]) or size is None:
        raise ReadError(f"{name} must have FORMAT=32-bit_rle_rgbe and a size '-Y height +X width': other orders are not read")
    height, width = int(size[1]), int(size[2])
    if not 0 < height * width <= MAX_PIXELS:
        raise ReadError(f"{name} must have 1..{MAX_PIXELS:,} pixels, got {width} x {height}")
    notes = [line[2:].decode("ascii", "replace") for line in lines if line.startswith(b"# ")]
    return height, width, stop + 1, notes


def _row(data: bytes, at: int, out: np.ndarray, name: str) -> int:
    """Fills (W, 4) with the scanline at `at`; returns where the next one begins."""
    from dhsdk.errors import ReadError

    width = len(out)
    whole = data[at : at + 4] == bytes((2, 2, width >> 8, width & 255))
    at += 4
    row = bytearray()
    while whole and len(row) < 4 * width:
        goal = (len(row) // width + 1) * width
        while whole and len(row) < goal:
            code = data[at] if at + 1 < len(data) else 0
            count = code - 128 if code > 128 else code
            row += data[at + 1 : at + 2] * count if code > 128 else data[at + 1 : at + 1 + count]
            at += 2 if code > 128 else 1 + count
            whole = code > 0 and at <= len(data) and len(row) <= goal
    if not whole:
        raise ReadError(f"{name} has a damaged scanline: its run lengths do not fill {width} pixels")
    import numpy as np

    out[:] = np.frombuffer(row, np.uint8).reshape(4, width).T
    return at


@hookimpl
def dhsdk_formats() -> Iterable[Format]:
    return [Hdr()]
