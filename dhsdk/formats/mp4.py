"""MP4: H.264 video and AAC sound through PyAV."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dhsdk.errors import WriteError
from dhsdk.formats import label
from dhsdk.params import Params, param
from dhsdk.plugin import Format, hookimpl

if TYPE_CHECKING:
    import numpy as np

    from dhsdk.media import Audio, Clip

THREADS = 4
"""Pinned: x264's output depends on the number of its threads."""

MOST_PIXELS = 8192 * 8192


class Mp4(Format):
    name, summary, suffixes, kinds = "mp4", "MP4 video: H.264, yuv420p, BT.709, faststart.", (".mp4",), ("clip",)
    keeps_provenance = True
    extra = "video"

    class Options(Params):
        preset: Literal["ultrafast", "veryfast", "fast", "medium", "slow"] = param("veryfast", help="speed of the encoder")
        crf: int = param(18, help="constant rate factor", ge=0, le=51, low="faithful", high="small")

    def write(self, asset: Any, path: Path, options: Any) -> None:
        import av

        from dhsdk.formats._i420 import i420

        own = label.of(asset)
        flags = {"movflags": "+faststart+use_metadata_tags", "fflags": "+bitexact"}
        with av.open(str(path), "w", format="mp4", options=flags) as container:
            if own is not None:
                container.metadata.update({label.KEY: label.text(own), label.AIGC: label.aigc(own)})
                container.metadata["DigitalSourceType"] = label.source_type(own)
            video = self._stream(container, asset, options)
            sound = container.add_stream("aac", rate=asset.audio.rate) if asset.audio is not None else None
            if sound is not None:
                sound.layout = "mono" if asset.audio.samples.shape[1] == 1 else "stereo"
            with _pulled(asset) as frames:
                for number, pixels in enumerate(frames):
                    _check(pixels, number, asset.size)
                    frame = av.VideoFrame.from_ndarray(i420(pixels), format="yuv420p")
                    frame.pts = number
                    container.mux(video.encode(frame))
            container.mux(video.encode())
            if sound is not None:
                _write_sound(container, sound, asset.audio)

    def _stream(self, container: Any, asset: Any, options: Any) -> Any:
        rate = Fraction(asset.fps).limit_denominator(1001)
        video = container.add_stream("libx264", rate=rate)
        video.width, video.height = (side + side % 2 for side in asset.size)
        video.pix_fmt = "yuv420p"
        video.time_base = 1 / rate
        video.options = {"preset": options.preset, "crf": str(options.crf), "x264-params": f"threads={THREADS}:sliced-threads=0"}
        context = video.codec_context
        context.thread_count = THREADS
        context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, 1, 1, 1
        return video

    def read(self, path: Path, options: Any) -> Clip:
        import av

        from dhsdk.errors import ReadError
        from dhsdk.media import Clip

        try:
            with av.open(str(path), format="mov") as container:
                stream = next(iter(container.streams.video), None)
                if stream is None or stream.codec_context is None:
                    raise ReadError(f"{path.name} must hold a video stream, got none")
                size, rate, count = (stream.width, stream.height), stream.average_rate, stream.frames
                if not 0 < size[0] * size[1] <= MOST_PIXELS or not rate or not 0 < count < 10_000_000:
                    raise ReadError(
                        f"{path.name} must have 1..{MOST_PIXELS:,} pixels, a rate and frames; got {size}, {rate}, {count}"
                    )
                extras = label.extras(container.metadata.get(label.KEY))
                audio = _read_sound(container)
            made = Clip(lambda: _frames(path), size, min(float(rate), 1000.0), count, audio=audio, extras=extras)
            if next(iter(made.frames()), None) is None:
                raise ReadError(f"{path.name} holds no frame that can be decoded")
            return made
        except (av.FFmpegError, ValueError, OverflowError, UnicodeDecodeError, MemoryError) as error:
            raise ReadError(f"{path.name} is not a readable MP4: {str(error)[:120]}") from error


def _check(pixels: np.ndarray, number: int, size: tuple[int, int]) -> None:
    """Raises WriteError: the encoder would quietly stretch a frame of another size."""
    height, width, channels = pixels.shape if pixels.ndim == 3 else (0, 0, 0)
    if (width, height) != tuple(size) or channels not in (3, 4) or pixels.dtype.name != "uint8":
        found = f"{pixels.shape} {pixels.dtype} in frame {number}"
        raise WriteError(f"every frame of a clip must be uint8 RGB of its size {size[0]} x {size[1]}, got {found}")


@contextmanager
def _pulled(clip: Clip) -> Iterator[Iterator[np.ndarray]]:
    """The clip's frames; whoever makes them stops when this ends, also by an error of the encoder."""
    frames = clip.frames()
    try:
        yield frames
    finally:
        if isinstance(frames, Generator):
            frames.close()


def _frames(path: Path) -> Iterator[np.ndarray]:
    import av

    from dhsdk.errors import ReadError

    try:
        with av.open(str(path), format="mov") as container:
            for frame in container.decode(video=0):
                yield frame.to_ndarray(format="rgb24")
    except (av.FFmpegError, ValueError) as error:
        raise ReadError(f"{path.name} is damaged: a frame cannot be decoded: {str(error)[:120]}") from error


def _write_sound(container: Any, stream: Any, audio: Audio) -> None:
    import av
    import numpy as np

    samples = audio.samples if audio.samples.shape[1] <= 2 else audio.samples[:, :2]
    for start in range(0, len(samples), 1024):
        block = np.ascontiguousarray(samples[start : start + 1024].T)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono" if block.shape[0] == 1 else "stereo")
        frame.sample_rate = audio.rate
        frame.pts = start
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def _read_sound(container: Any) -> Audio | None:
    import numpy as np

    from dhsdk.media import Audio

    stream = next(iter(container.streams.audio), None)
    if stream is None:
        return None
    blocks = [frame.to_ndarray() for frame in container.decode(stream)]
    if not blocks or blocks[0].dtype != np.float32 or blocks[0].ndim != 2:
        return None
    return Audio(np.nan_to_num(np.concatenate(blocks, axis=1).T), int(stream.rate))


@hookimpl
def dhsdk_formats() -> Iterable[Format]:
    return [Mp4()]
