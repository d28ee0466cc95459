"""Shading at 1024 x 1024 with 2048-texel textures: the compiled path against render.diff, torch, on the same visible faces.

Times are CPU time summed over threads: of the compiled kernel alone, and of torch's forward pass without gradients, textures
already tensors. In turns, in one process. Then the whole frame of a turntable at 1920 x 1080, by wall and CPU time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

import numpy as np

import dhsdk
from dhsdk.render import Settings, named, orbit
from dhsdk.render.camera import View
from dhsdk.render.drawer import Drawer, Frame
from dhsdk.render.geometry import gathered
from dhsdk.render.tone import neutral
from dhsdk.scene import Scene

PROMPTS = ("a treasure chest with iron bands", "a golden goblet", "a wooden barrel", "a carved oak chair")
MIDDLE = np.array([[0.5, 0.5]])


def weights(pos: np.ndarray, faces: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """(H, W, 2) weights of the seen faces at pixel centres, float64."""
    y, x = np.mgrid[0 : ids.shape[0], 0 : ids.shape[1]] + 0.5
    corners = [pos[faces[np.maximum(ids, 0), k]] for k in range(3)]
    d = [(one[..., 0] - x * one[..., 3], one[..., 1] - y * one[..., 3]) for one in corners]
    w = [d[i][0] * d[j][1] - d[i][1] * d[j][0] for i, j in ((1, 2), (2, 0), (0, 1))]
    return np.stack(w[:2], axis=-1) / sum(w)[..., None]


def encoded(light: np.ndarray) -> np.ndarray:
    """(H, W, 3) the picture's bytes, not rounded."""
    value = np.clip(neutral(light.astype(np.float64)), 0, 1)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * np.maximum(value, 1e-8) ** (1 / 2.4) - 0.055) * 255


def compared(scene: Scene, view: View, size: int, runs: int) -> tuple[list[float], list[float], float, int]:
    """CPU seconds of ours and of torch's, the RMS difference of the pictures in 1/255, and the pixels shaded."""
    import torch

    from dhsdk.render.diff.shading import Vertices, look_of, shade

    geometry = gathered(scene)
    drawer = Drawer(scene, Settings(size=(size, size), samples=1))
    look = drawer.look(geometry, view)[0]
    frame = Frame(geometry, view, (size, size), look, 0, False)
    ids = frame.visible(np.ones(len(geometry.faces), bool), None, None, False)[0][:1]

    def put(array: np.ndarray) -> torch.Tensor:
        return torch.tensor(array, dtype=torch.float32)

    arrays = geometry.positions, geometry.normals, geometry.tangents, geometry.uvs, geometry.colors, frame.drawn[0]
    vertices = Vertices(*(put(one) for one in arrays))
    faces, material, seen = (torch.tensor(one).long() for one in (geometry.faces, geometry.material, ids[0]))
    torch_look = look_of(drawer.textures, look)
    bary, eye = put(weights(frame.drawn[0], geometry.faces, ids[0])), put(frame.eye)
    ours: list[float] = []
    theirs: list[float] = []
    with torch.no_grad():
        for number in range(runs + 1):
            start = time.process_time()
            fast = frame.shaded(ids, MIDDLE)[0]
            middle = time.process_time()
            slow = shade(torch_look, vertices, faces, material, seen, bary, eye)
            end = time.process_time()
            if number:
                ours.append(middle - start)
                theirs.append(end - middle)
    covered = ids[0] >= 0
    difference = (encoded(fast) - encoded(slow.numpy()))[covered]
    return ours, theirs, float(np.sqrt((difference**2).mean())), int(covered.sum())


def turntable(scene: Scene, frames: int) -> tuple[list[float], list[float], float]:
    """Wall and CPU seconds of each 1080p frame, and the seconds that the first one needs beside."""
    geometry = gathered(scene)
    views = orbit(scene, frames + 1, aspect=16 / 9)
    start = time.perf_counter()
    drawer = Drawer(scene, Settings(size=(1920, 1080), samples=1))
    drawer.draw(geometry, views[0])
    first = time.perf_counter() - start
    walls, cpus = [], []
    for view in views[1:]:
        wall, cpu = time.perf_counter(), time.process_time()
        drawer.draw(geometry, view)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return walls, cpus, first


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two scenes, few runs")
    quick = parser.parse_args().quick
    ratios, worst = [], 0.0
    print(f"{'scene':34} {'pixels':>8} {'ours CPU ms min/med':>20} {'torch CPU ms min/med':>21} {'ratio':>6} {'rms/255':>8}")
    scenes = [(one, dhsdk.generate("text_to_3d", prompt=one, texture=2048)) for one in PROMPTS[: 2 if quick else None]]
    for name, scene in scenes:
        ours, theirs, rms, pixels = compared(scene, named(scene, "three-quarter"), 1024, 3 if quick else 7)
        ratios.append(min(theirs) / min(ours))
        worst = max(worst, rms)
        mine, other = (f"{min(one) * 1e3:.0f}/{statistics.median(one) * 1e3:.0f}" for one in (ours, theirs))
        print(f"{name:34} {pixels:8d} {mine:>20} {other:>21} {ratios[-1]:6.1f} {rms:8.4f}")
    print(f"\n{'1080p turntable frame, samples=1':34} {'wall ms min/med':>16} {'CPU ms min/med':>16} {'made once, s':>13}")
    for name, scene in scenes:
        walls, cpus, first = turntable(scene, 6 if quick else 16)
        wall, cpu = (f"{min(one) * 1e3:.0f}/{statistics.median(one) * 1e3:.0f}" for one in (walls, cpus))
        print(f"{name:34} {wall:>16} {cpu:>16} {first:13.2f}")
    note = f"the least of {len(ratios)} scenes, 1024 x 1024, 2048-texel textures, minima of CPU time"
    claims = [
        {"id": "render.pbr_vs_torch_cpu", "value": round(min(ratios), 2), "peer": "render.diff (torch)", "note": note},
        {"id": "render.pbr_parity_rms", "value": round(worst, 5), "peer": "render.diff (torch)", "note": "the worst scene"},
    ]
    print(json.dumps({"claims": claims}))


if __name__ == "__main__":
    main()
