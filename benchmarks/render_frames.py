"""A frame of 1920 x 1080 of typical scenes: CPU and wall time of a still (2 x 2 samples) and of a turntable's frame (one sample).

CPU time is summed over threads; the wall time is that of one frame on all cores. Each is the least of the runs, after one that
compiles and makes what does not depend on the view (decoded textures, openness, trees, shadows' taps).
"""

from __future__ import annotations

import argparse
import json
import os
import time

import dhsdk
from dhsdk.demo import PROMPTS
from dhsdk.render import Settings, orbit
from dhsdk.render.drawer import Drawer
from dhsdk.render.geometry import gathered
from dhsdk.scene import Scene, make, place

SIZE = (1920, 1080)


def scenes() -> list[tuple[str, Scene]]:
    made = {name: dhsdk.generate("text_to_3d", prompt=prompt) for name, prompt in PROMPTS.items()}
    lamp = place.on(made["lamp"], made["chest"])
    room = make.group("room", place.row([made["vase"], lamp, made["chair"]], gap=0.35))
    glass = dhsdk.generate("text_to_3d", prompt="a glass vase")
    return [("chair", made["chair"]), ("chest", made["chest"]), ("glass vase", glass), ("room with a glass lamp", room)]


def measured(scene: Scene, samples: int, runs: int) -> tuple[float, float]:
    """Least milliseconds of CPU and of wall time of a frame of an orbit."""
    drawer, geometry = Drawer(scene, Settings(size=SIZE, samples=samples)), gathered(scene)
    views = orbit(scene, 16, aspect=SIZE[0] / SIZE[1])
    drawer.draw(geometry, views[0])
    cpu, wall = [], []
    for number in range(runs):
        before, start = time.process_time(), time.perf_counter()
        drawer.draw(geometry, views[1 + number])
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - before)
    return 1e3 * min(cpu), 1e3 * min(wall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two frames of each")
    runs = 2 if parser.parse_args().quick else 8
    print(f"{os.cpu_count()} cores, least of {runs}; ms a frame")
    print(f"{'scene':24} {'triangles':>9} {'still CPU':>10} {'wall':>6} {'turntable CPU':>14} {'wall':>6}")
    for name, scene in scenes():
        faces = len(gathered(scene).faces)
        (still, still_wall), (turn, turn_wall) = (measured(scene, samples, runs) for samples in (2, 1))
        print(f"{name:24} {faces:9,} {still:10.0f} {still_wall:6.0f} {turn:14.0f} {turn_wall:6.0f}", flush=True)
    print(json.dumps({"claims": []}))  # no goals: figures for the docs


if __name__ == "__main__":
    main()
