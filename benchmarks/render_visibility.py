"""What is seen through each pixel: ids, weights and depth, by our scanlines on the CPU and by the rays of Open3D (Embree).

Times are of the picture alone: ours from projected positions, Open3D's from ready rays with its tree standing, and again with the
tree made anew, as for geometry that moves. All in one process, in turns. With PyTorch3D installed, its time at 20k triangles and
128 pixels is printed too: it needs half a minute at 512.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np

import dhsdk
from dhsdk.render.geometry import gathered
from dhsdk.render.visibility import Scanline, rasterize
from dhsdk.scene import make

MESHES = {"20k": 5, "80k": 6, "320k": 7, "1M": 0}
"""Name -> levels of the icosphere; 0 is a wavy sphere."""
SIZES = (512, 1024)
CLAIMS = ("render.vs_embree", "render.vs_embree_build", "render.id_mismatch")
PROMPTS = ("a carved oak chair", "a blue ceramic vase", "a brass table lamp", "a treasure chest", "an oak barrel")


def ball(levels: int) -> tuple[np.ndarray, np.ndarray]:
    """(V, 3) points and (F, 3) faces of a closed sphere."""
    import trimesh

    if levels:
        mesh = trimesh.creation.icosphere(levels)
        return np.array(mesh.vertices), np.array(mesh.faces, np.int32)
    rings, around = 708, 708
    v, u = np.meshgrid(np.linspace(1e-3, np.pi - 1e-3, rings), np.arange(around) * 2 * np.pi / around, indexing="ij")
    r = 1 + 0.05 * np.sin(8 * u) * np.sin(9 * v)
    points = np.stack([r * np.cos(u) * np.sin(v), r * np.cos(v), r * np.sin(u) * np.sin(v)], -1).reshape(-1, 3)
    number = np.arange(rings * around).reshape(rings, around)
    a, b = number[:-1].ravel(), np.roll(number[:-1], -1, 1).ravel()
    c, d = number[1:].ravel(), np.roll(number[1:], -1, 1).ravel()
    top = np.stack([np.zeros(around - 2, int), np.arange(1, around - 1), np.arange(2, around)], 1)
    last = (rings - 1) * around
    bottom = np.stack([np.full(around - 2, last), last + np.arange(2, around), last + np.arange(1, around - 1)], 1)
    return points, np.concatenate([np.stack([a, b, d], 1), np.stack([a, d, c], 1), top, bottom]).astype(np.int32)


def views(points: np.ndarray, size: int, distance: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Positions (V, 4) for a square picture, and the rays (H, W, 6) through its pixel centres. distance: in radii."""
    azimuth, elevation = 0.6, 0.35
    middle = (points.min(0) + points.max(0)) / 2
    reach = float(np.linalg.norm(points - middle, axis=1).max())
    back = np.array([np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)])
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    up = np.cross(back, right)
    eye = middle + distance * reach * back
    scale = size * 1.26
    x, y, z = ((points - eye) @ np.stack([right, -up, -back]).T).T
    pos = np.stack([x * scale + z * size / 2, y * scale + z * size / 2, z, z], 1).astype(np.float32)
    across = (np.arange(size) + 0.5 - size / 2) / scale
    directions = across[None, :, None] * right - across[:, None, None] * up - back
    return pos, np.concatenate([np.broadcast_to(eye, directions.shape), directions], -1).astype(np.float32)


def rooms() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Scenes of several generated things: name, points, faces."""
    things = [dhsdk.generate("text_to_3d", prompt=prompt, seed=seed) for seed, prompt in enumerate(PROMPTS)]
    row = make.group("row", *(make.place(thing, at=(1.4 * k, 0.0, 0.0)) for k, thing in enumerate(things)))
    chairs = [make.place(things[0], at=(1.1 * np.sin(a), 0.0, 1.1 * np.cos(a)), turn=a + np.pi) for a in np.arange(6) * np.pi / 3]
    circle = make.group("circle", make.place(things[4]), *chairs)
    crowd = make.group(
        "crowd",
        *(
            make.place(things[(5 * i + 3 * j) % 5], at=(1.5 * i, 0.0, 1.5 * j), turn=i + 0.7 * j)
            for i in range(6)
            for j in range(6)
        ),
    )
    for name, scene in (("row of 5", row), ("barrel, 6 chairs", circle), ("36 things", crowd)):
        geometry = gathered(scene)
        yield name, np.asarray(geometry.positions), np.asarray(geometry.faces, np.int32)


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def in_turns(contestants: dict[str, Callable[[], object]], runs: int) -> dict[str, tuple[float, float]]:
    """Name -> (median, minimum) in ms."""
    for work in contestants.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(runs):
        for name, work in contestants.items():
            times[name].append(timed(work))
    return {name: (statistics.median(row), min(row)) for name, row in times.items()}


def mean(ratios: list[float]) -> float:
    return float(np.exp(np.mean(np.log(ratios))))


class Peer:
    """Open3D's RaycastingScene."""

    def __init__(self, points: np.ndarray, faces: np.ndarray, rays: np.ndarray, threads: int) -> None:
        import open3d

        tensor = open3d.core.Tensor
        self.arrays = tensor(points.astype(np.float32)), tensor(faces.astype(np.uint32)), tensor(rays)
        self.make, self.threads = open3d.t.geometry.RaycastingScene, threads
        self.scene = self.built()

    def built(self):
        scene = self.make()
        scene.add_triangles(*self.arrays[:2])
        return scene

    def cast(self):
        return self.scene.cast_rays(self.arrays[2], nthreads=self.threads)

    def anew(self):
        return self.built().cast_rays(self.arrays[2], nthreads=self.threads)

    def ids(self) -> np.ndarray:
        found = self.cast()["primitive_ids"].numpy()
        return np.where(found == 0xFFFFFFFF, -1, found.astype(np.int64))


def race(
    name: str, points: np.ndarray, faces: np.ndarray, size: int, closed: bool, options: argparse.Namespace
) -> dict[str, tuple]:
    """Prints a line; the times of each contestant, and the share of ids that differ."""
    pos, rays = views(points, size, 3.0 if closed else 1.5)
    threads = options.threads
    peer = Peer(points, faces, rays, threads)
    contestants: dict[str, Callable[[], object]] = {
        "ours": lambda: rasterize(pos, faces, (size, size), threads=threads),
        "one": lambda: rasterize(pos, faces, (size, size), threads=1),
        "embree": peer.cast,
        "anew": peer.anew,
    }
    if closed:
        contestants["culled"] = lambda: rasterize(pos, faces, (size, size), threads=threads, cull=True)
    found = in_turns(contestants, options.runs)
    ids, other = Scanline().visible(pos, faces, (size, size)), peer.ids()
    differ = float((ids != other).mean())
    shown = [
        "/".join(f"{value:.1f}" for value in found.get(one, ())) or "-" for one in ("ours", "one", "culled", "embree", "anew")
    ]
    cells = "".join(f"{one:>15}" for one in shown)
    gain = found["embree"][1] / found["ours"][1]
    print(f"{name:<16}{len(faces):>9,}{size:>6}{(ids >= 0).mean():>6.0%}{cells}{gain:>7.1f}x{differ:>11.1e}")
    return {**found, "differ": (differ,)}


def pytorch3d_line(runs: int) -> str:
    """PyTorch3D at 20k triangles and 128 pixels beside ours, or why not."""
    from dhsdk.render.backends import pytorch3d_mesh

    reason = pytorch3d_mesh.available()
    if reason is not None:
        return f"PyTorch3D: not measured, {reason}"
    points, faces = ball(5)
    pos, _ = views(points, 128)
    peer, ours = pytorch3d_mesh.load("cpu"), Scanline()
    found = in_turns({one.name: lambda one=one: one.visible(pos, faces, (128, 128)) for one in (peer, ours)}, runs)
    return f"PyTorch3D (CPU), 20k@128, ids: {found['pytorch3d'][1]:.0f} ms; ours {found['numba'][1]:.2f} ms"


def claims(rows: list[dict[str, tuple]], scenes: list[dict[str, tuple]], threads: int) -> list[dict[str, object]]:
    def against(other: str, ours: str, pick: int) -> float:
        return mean([row[other][pick] / row[ours][pick] for row in rows])

    worst = max(row["differ"][0] for row in scenes)
    absolute = ", ".join(f"{row['ours'][1]:.1f}" for row in rows)
    found = []
    for name, other in zip(CLAIMS, ("embree", "anew"), strict=False):
        note = f"minima, {threads} threads, nothing culled; medians {against(other, 'ours', 0):.1f}x; with back faces"
        note += f" culled (closed meshes) {against(other, 'culled', 1):.1f}x; one thread {against(other, 'one', 1):.1f}x"
        note += f"; ours: {absolute} ms"
        found.append({"id": name, "value": round(against(other, "ours", 1), 2), "peer": "Open3D RaycastingScene", "note": note})
    note = f"worst of {len(scenes)} pictures; spheres {max(row['differ'][0] for row in rows):.1e}"
    return [*found, {"id": CLAIMS[2], "value": worst, "peer": "Open3D RaycastingScene", "note": note}]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    from dhsdk.render.backends import open3d_rays

    reason = open3d_rays.available()
    if reason is not None:
        unmeasured = [{"id": one, "value": None, "peer": None, "note": f"unmeasured: {reason}"} for one in CLAIMS]
        print(json.dumps({"claims": unmeasured}))
        return
    print(f"median/minimum in ms, {options.threads} threads ('1 thread' with one)")
    columns = ("ours", "1 thread", "back culled", "Open3D", "with build")
    print(
        f"{'':<16}{'triangles':>9}{'size':>6}{'seen':>6}"
        + "".join(f"{name:>15}" for name in columns)
        + f"{'gain':>8}{'differ':>11}"
    )
    rows = [race(name, *ball(level), size, True, options) for name, level in MESHES.items() for size in SIZES]
    scenes = [race(name, points, faces, size, False, options) for name, points, faces in rooms() for size in SIZES]
    print(f"multi-part scenes: {mean([row['embree'][1] / row['ours'][1] for row in scenes]):.1f}x Open3D without its build")
    print(pytorch3d_line(3))
    print(json.dumps({"claims": claims(rows, scenes, options.threads)}))


if __name__ == "__main__":
    main()
