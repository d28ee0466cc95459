"""KTX2: textures that stay compressed in the GPU's memory (UASTC, which every GPU format is transcoded from)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dhsdk.params import Params, param
from dhsdk.plugin import Format, hookimpl

if TYPE_CHECKING:
    from dhsdk.media import Image


class Ktx2(Format):
    """One 2D texture with its mipmaps, 8 bits for each pixel whatever the picture."""

    name = "ktx2"
    summary = "KTX 2.0 texture, UASTC, with mipmaps: a quarter of the GPU memory of PNG"
    suffixes = (".ktx2",)
    kinds = ("image",)
    keeps_provenance = True

    class Options(Params):
        mipmaps: bool = param(True, help="all smaller levels, down to one pixel")

    def read(self, path: Path, options: Any) -> Image:
        from dhsdk.formats.ktx2.container import unpack

        return unpack(path.read_bytes(), path.stem)

    def write(self, asset: Any, path: Path, options: Any) -> None:
        from dhsdk.formats.ktx2.container import pack

        path.write_bytes(pack(asset, options.mipmaps))

    def refuses(self, asset: Any) -> str | None:
        height, width, channels = asset.pixels.shape
        if asset.pixels.dtype.kind == "f" or asset.colour == "linear":
            return "linear or float pixels would lose their range: write .exr or .hdr"
        if width % 4 or height % 4:
            return f"the sides of a GPU texture must be multiples of 4, got {width} x {height}"
        return "a picture must have 1, 3 or 4 channels, got 2" if channels == 2 else None


@hookimpl
def dhsdk_formats() -> Iterable[Format]:
    return [Ktx2()]
