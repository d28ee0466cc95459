"""OpenEXR through the package OpenEXR of the extra [exr]: linear float pictures of one to four channels, without loss.

Source: the OpenEXR technical introduction; the provenance stands in the attribute "dhsdk", the labels in two more.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dhsdk.formats import label
from dhsdk.params import Params, param
from dhsdk.plugin import Format, hookimpl

if TYPE_CHECKING:
    from dhsdk.media import Image

MAX_PIXELS = 1 << 26
MAX_BYTES = 1 << 30
MAGIC = b"\x76\x2f\x31\x01"
NAMES = {1: "Y", 2: "YA", 3: "RGB", 4: "RGBA"}
"""The channels that a picture's last axis becomes."""


class Exr(Format):
    """One part of scanlines or tiles; half and float channels are read, float is written."""

    name, summary, suffixes, kinds = "exr", "OpenEXR: linear float light, without loss.", (".exr",), ("image",)
    keeps_provenance, extra = True, "exr"

    class Options(Params):
        compression: Literal["zip", "zips", "rle", "none"] = param("zip", help="how rows are packed; all keep every bit")

    def refuses(self, asset: Any) -> str | None:
        import numpy as np

        if asset.pixels.dtype != np.float32 or asset.colour == "srgb":
            return f"it must hold linear float32 pixels, got {asset.colour} {asset.pixels.dtype}"
        return None

    def write(self, asset: Any, path: Path, options: Any) -> None:
        import numpy as np
        import OpenEXR

        names = NAMES[asset.pixels.shape[2]]
        packing = {"zip": "ZIP", "zips": "ZIPS", "rle": "RLE", "none": "NO"}[options.compression]
        head: dict[str, Any] = {"compression": getattr(OpenEXR, f"{packing}_COMPRESSION"), "type": OpenEXR.scanlineimage}
        own = label.of(asset)
        if own is not None:
            head |= {label.KEY: label.text(own), label.AIGC: label.aigc(own), "digitalSourceType": label.source_type(own)}
        channels = {name: np.ascontiguousarray(asset.pixels[..., i]) for i, name in enumerate(names)}
        OpenEXR.File(head, channels).write(str(path))

    def read(self, path: Path, options: Any) -> Image:
        import OpenEXR

        from dhsdk.errors import ReadError

        with path.open("rb") as file:
            start = file.read(4)
        if start != MAGIC or path.stat().st_size > MAX_BYTES:
            raise ReadError(f"{path.name} must begin as an OpenEXR file and have at most {MAX_BYTES:,} bytes: it does not")
        try:
            head = OpenEXR.File(str(path), header_only=True).header()
            low, high = head["dataWindow"]
            width, height = (int(high[i]) - int(low[i]) + 1 for i in (0, 1))
            if min(width, height) < 1 or width * height * max(1, len(head["channels"])) > MAX_PIXELS * 4:
                raise ReadError(f"{path.name} must have 1..{MAX_PIXELS:,} pixels of 4 channels, got {width} x {height}")
            found = OpenEXR.File(str(path), separate_channels=True).channels()
            return _picture({name: channel.pixels for name, channel in found.items()}, head.get(label.KEY), path)
        except ReadError:
            raise
        except (Exception, SystemError) as error:  # the library's own kinds, by way of its bindings
            told = " ".join(str(error).split())[:120]
            raise ReadError(f"{path.name} is not a readable OpenEXR file: {type(error).__name__}: {told}") from error


def _picture(channels: dict[str, Any], own: Any, path: Path) -> Image:
    import numpy as np

    from dhsdk.errors import ReadError
    from dhsdk.media import Image

    names = next((names for names in ("RGBA", "RGB", "YA", "Y") if set(names) <= set(channels)), None)
    if names is None:
        raise ReadError(f"{path.name} must have the channels RGB, RGBA, Y or YA, got {', '.join(sorted(channels))[:80]}")
    light = np.stack([np.asarray(channels[name], np.float32) for name in names], axis=2)
    return Image(light, colour="linear", name=path.stem, extras=label.extras(own if isinstance(own, str) else None))


@hookimpl
def dhsdk_formats() -> Iterable[Format]:
    return [Exr()]
