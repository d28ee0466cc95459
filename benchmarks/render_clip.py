"""A turntable of 1920 x 1080 as MP4, from the scene to the finished file, against its work: drawing alone and encoding alone.

Overhead is wall time / ((CPU time of drawing + CPU time of encoding) / cores): 1 is a machine that never waits. Drawing is timed
by pulling all frames without an encoder (what is made once for the clip is in it), encoding by handing ready I420 frames to the
encoder; conversion, hand-over and the file are overhead. In turns, in one process; the least of the runs.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import dhsdk
from dhsdk.formats._i420 import i420
from dhsdk.formats.mp4 import Mp4
from dhsdk.media import Clip
from dhsdk.render import Settings, clip
from dhsdk.scene import Scene

PROMPTS = ("a treasure chest with iron bands", "a carved oak chair", "a golden goblet")
PRESETS = ("veryfast", "ultrafast")
SIZE = (1920, 1080)
CORES = os.cpu_count() or 1


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def encoded(planes: list[np.ndarray], like: Clip, preset: str, folder: Path) -> None:
    """Ready frames through the same encoder, no conversion."""
    import av

    format_ = Mp4()
    with av.open(str(folder / "ready.mp4"), "w", format="mp4") as container:
        video = format_._stream(container, like, format_.Options(preset=preset))
        for number, plane in enumerate(planes):
            frame = av.VideoFrame.from_ndarray(plane, format="yuv420p")
            frame.pts = number
            container.mux(video.encode(frame))
        container.mux(video.encode())


def measured(scene: Scene, preset: str, frames: int, runs: int, folder: Path) -> tuple[float, float, float]:
    """Least wall seconds of the whole, CPU seconds of drawing and of encoding."""
    format_ = Mp4()
    options = format_.Options(preset=preset)
    video = clip(scene, "orbit", fps=25.0, seconds=frames / 25.0, settings=Settings(size=SIZE, samples=1))
    planes = [i420(pixels) for pixels in video.frames()]  # also compiles and decodes whatever is kept
    walls, draws, encodes = [], [], []
    for _ in range(runs):
        walls.append(timed(lambda: format_.write(video, folder / "whole.mp4", options))[0])
        draws.append(timed(lambda: [None for _ in video.frames()])[1])
        encodes.append(timed(lambda: encoded(planes, video, preset, folder))[1])
    return min(walls), min(draws), min(encodes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one scene, fewer frames, one run")
    quick = parser.parse_args().quick
    frames, runs = (25, 1) if quick else (100, 2)
    print(f"{'scene':34} {'preset':>9} {'wall s':>7} {'fps':>6} {'ms/frame':>9} {'draw CPU':>12} {'encode CPU':>14} {'over':>5}")
    worst: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for prompt in PROMPTS[: 1 if quick else None]:
            path = dhsdk.save(dhsdk.generate("text_to_3d", prompt=prompt, texture=2048), Path(folder) / "scene.glb")
            scene = dataclasses.replace(dhsdk.load(path))
            for preset in PRESETS:
                wall, draw, encode = measured(scene, preset, frames, runs, Path(folder))
                over = wall / ((draw + encode) / CORES)
                worst[preset] = max(worst.get(preset, (0.0, 0.0)), (over, frames / wall))
                each = [1e3 * one / frames for one in (wall, draw, encode)]
                line = f"{prompt:34} {preset:>9} {wall:7.2f} {frames / wall:6.1f} {each[0]:9.1f} {each[1]:12.1f} {each[2]:14.1f}"
                print(f"{line} {over:5.2f}", flush=True)
    over, fps = worst["veryfast"]
    note = f"preset veryfast, {frames} frames, the worst scene ({fps:.1f} fps), {CORES} cores, least of {runs}; "
    note += f"with ultrafast {worst['ultrafast'][0]:.2f}"
    print(
        json.dumps({"claims": [{"id": "render.clip_overhead", "value": round(over, 3), "peer": "the work itself", "note": note}]})
    )


if __name__ == "__main__":
    main()
