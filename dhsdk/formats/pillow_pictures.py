"""PNG, JPEG and WebP through Pillow, with provenance and content labels in the file's own metadata."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from dhsdk.formats import label
from dhsdk.params import Params, param
from dhsdk.plugin import Format, hookimpl

if TYPE_CHECKING:
    from dhsdk.media import Image

MAX_BYTES = 1 << 30


class _Picture(Format):
    """What the three have in common: 8-bit sRGB or data pixels, one picture per file."""

    kinds = ("image",)
    keeps_provenance = True
    pillow: ClassVar[str]

    def read(self, path: Path, options: Any) -> Image:
        from dhsdk.errors import ReadError
        from dhsdk.media import Image, decode

        if path.stat().st_size > MAX_BYTES:
            raise ReadError(f"{path.name} must have at most {MAX_BYTES:,} bytes, got {path.stat().st_size:,}")
        encoded = path.read_bytes()
        return Image(decode(encoded, self.pillow), name=path.stem, extras=_provenance(encoded, self.pillow))

    def refuses(self, asset: Any) -> str | None:
        import numpy as np

        pixels = asset.pixels
        if pixels.dtype == np.float32 or asset.colour == "linear":
            return "linear or float pixels would lose their range: render with tone mapping, or keep them as an array"
        if pixels.dtype == np.uint16 and self.pillow != "PNG":
            return "16-bit pixels need PNG"
        if pixels.dtype == np.uint16 and pixels.shape[2] != 1:
            return "16-bit pixels must have one channel, got " + str(pixels.shape[2])
        return None

    def _pillow(self, asset: Any) -> Any:
        from PIL import Image as Pillow

        pixels = asset.pixels
        if pixels.shape[2] == 1:
            pixels = pixels[:, :, 0]
        return Pillow.fromarray(pixels)


class Png(_Picture):
    name, summary, suffixes, pillow = "png", "PNG picture, 8 or 16 bits.", (".png",), "PNG"

    class Options(Params):
        level: int = param(6, help="compression: larger is smaller and slower", ge=0, le=9)

    def write(self, asset: Any, path: Path, options: Any) -> None:
        from PIL import PngImagePlugin

        info = PngImagePlugin.PngInfo()
        own = label.of(asset)
        if own is not None:
            info.add_itxt("XML:com.adobe.xmp", label.xmp(own))
            info.add_itxt(label.AIGC, label.aigc(own))
            info.add_itxt(label.KEY, label.text(own), zip=True)
        self._pillow(asset).save(path, "PNG", compress_level=options.level, pnginfo=info)


class Jpeg(_Picture):
    name, summary, suffixes, pillow = "jpeg", "JPEG picture.", (".jpg", ".jpeg"), "JPEG"

    class Options(Params):
        quality: int = param(92, help="fidelity", ge=1, le=100, low="small", high="faithful")

    def write(self, asset: Any, path: Path, options: Any) -> None:
        own = label.of(asset)
        picture = self._pillow(asset)
        comment = b"" if own is None else label.text(own).encode()
        packet = b"" if own is None else label.xmp(own).encode()
        # A JPEG segment holds 64 kB; a longer record stays in the XMP labels only, and the host cannot rebuild from it.
        extra = {"comment": comment} if len(comment) < 65_000 else {}
        picture.convert("L" if picture.mode in ("L", "LA") else "RGB").save(
            path, "JPEG", quality=options.quality, subsampling=0, **extra, **({"xmp": packet} if packet else {})
        )


class Webp(_Picture):
    name, summary, suffixes, pillow = "webp", "WebP picture.", (".webp",), "WEBP"

    class Options(Params):
        quality: int = param(90, help="fidelity of lossy files", ge=0, le=100, low="small", high="faithful")
        lossless: bool = param(False, help="keep every pixel")

    def write(self, asset: Any, path: Path, options: Any) -> None:
        own = label.of(asset)
        packet = label.xmp(own, whole=True).encode() if own is not None else b""
        self._pillow(asset).save(path, "WEBP", quality=options.quality, lossless=options.lossless, method=4, xmp=packet)


def _provenance(encoded: bytes, kind: str) -> Any:
    """extras of the metadata of a picture that decode() has already accepted."""
    import io
    import warnings

    from PIL import Image as Pillow

    quiet = warnings.catch_warnings(action="ignore", category=Pillow.DecompressionBombWarning)  # decode() has the limit
    with quiet, Pillow.open(io.BytesIO(encoded), formats=(kind,)) as picture:
        picture.load()
        info = picture.info
    if kind == "WEBP":
        return label.from_xmp(info.get("xmp"))
    found = info.get(label.KEY if kind == "PNG" else "comment")
    return label.extras(found if isinstance(found, str | bytes) else None)


@hookimpl
def dhsdk_formats() -> Iterable[Format]:
    return [Png(), Jpeg(), Webp()]
