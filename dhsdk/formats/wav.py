"""WAV: PCM 16-bit and 32-bit float sound. Source: Microsoft RIFF/WAVE; the provenance stands in a chunk "dhsd"."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dhsdk.formats import label
from dhsdk.params import Params, param
from dhsdk.plugin import Format, hookimpl

if TYPE_CHECKING:
    from dhsdk.media import Audio

PCM, FLOAT = 1, 3


class Wav(Format):
    name, summary, suffixes, kinds = "wav", "WAV sound, 16-bit or float.", (".wav",), ("audio",)
    keeps_provenance = True

    class Options(Params):
        sample: Literal["int16", "float32"] = param("int16", help="how a sample is stored")

    def write(self, asset: Any, path: Path, options: Any) -> None:
        import numpy as np

        samples = asset.samples
        if options.sample == "int16":
            data = np.rint(np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
        else:
            data = samples.astype("<f4").tobytes()
        width, kind = (2, PCM) if options.sample == "int16" else (4, FLOAT)
        channels = samples.shape[1]
        form = struct.pack("<HHIIHH", kind, channels, asset.rate, asset.rate * channels * width, channels * width, 8 * width)
        chunks = _chunk(b"fmt ", form)
        own = label.of(asset)
        if own is not None:
            chunks += _chunk(b"dhsd", label.text(own).encode()) + _chunk(b"AIGC", label.aigc(own).encode())
        chunks += _chunk(b"data", data)
        path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)

    def read(self, path: Path, options: Any) -> Audio:
        from dhsdk.errors import ReadError, SceneError
        from dhsdk.media import Audio

        data = path.read_bytes()
        if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
            raise ReadError(f"{path.name} must begin with RIFF and WAVE: it is no WAV file")
        chunks = dict(_chunks(data))
        if len(chunks.get(b"fmt ", b"")) < 16 or not chunks.get(b"data"):
            raise ReadError(f"{path.name} must have the chunks 'fmt ' and 'data': it is truncated or damaged")
        samples, rate = _samples(chunks, path.name)
        try:
            return Audio(samples, rate, label.extras(chunks.get(b"dhsd")))
        except SceneError as error:
            raise ReadError(f"{path.name} holds no usable sound: {error}") from error


def _samples(chunks: dict[bytes, bytes], name: str) -> Any:
    import numpy as np

    from dhsdk.errors import ReadError

    kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", chunks[b"fmt "][:16])
    dtype = {(PCM, 16): "<i2", (FLOAT, 32): "<f4"}.get((kind, bits))
    if dtype is None or not 1 <= channels <= 8:
        raise ReadError(f"{name} must hold 16-bit PCM or 32-bit float in 1..8 channels, got kind {kind}, {bits} bits, {channels}")
    step = channels * np.dtype(dtype).itemsize
    data = chunks[b"data"]
    samples = np.frombuffer(data[: len(data) // step * step], dtype).reshape(-1, channels).astype(np.float32)
    return (samples / np.float32(32767.0) if kind == PCM else samples), rate


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _chunks(data: bytes) -> Iterable[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        size = struct.unpack("<I", data[at + 4 : at + 8])[0]
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


@hookimpl
def dhsdk_formats() -> Iterable[Format]:
    return [Wav()]
