"""Silhouette gradients: a ball's area against finite differences at 4096 pixels, a ball fitted from its outline, the cost.

Balls of 320 to 81,920 triangles. The cost is the least of interleaved runs: antialiased outline, forward and backward, against
visibility alone, at 1024 pixels. torch has one thread: after each of its operations idle ones keep cores busy for a while, which
both sides' compiled loops run on.
"""

from __future__ import annotations

import json
import time

import numpy as np
import torch

from dhsdk.render.camera import View, look_at
from dhsdk.render.diff import antialias, project, rasterize, topology
from dhsdk.render.topology import Topology
from dhsdk.render.visibility import rasterize as visible
from dhsdk.scene.primitives import sphere
from dhsdk.scene.types import Camera

VIEW = View(look_at((0.3, 0.5, 3.0), (0.02, 0.01, 0.0)), Camera(yfov=0.9))
BALLS = ((20, 9), (40, 17), (80, 33), (160, 65), (320, 129))
FINE = 4096
RUNS = 40


def ball(segments: int, rings: int) -> tuple[torch.Tensor, np.ndarray, Topology]:
    one = sphere(1.0, segments, rings).primitives[0]
    faces = np.ascontiguousarray(one.faces, dtype=np.int32)
    return torch.from_numpy(one.positions.astype(np.float64)), faces, topology(faces, one.positions)


def outline(points: torch.Tensor, faces: np.ndarray, own: Topology, size: int) -> torch.Tensor:
    corners, pos = torch.from_numpy(faces), project(points, VIEW, (size, size))
    found = rasterize(pos, corners, (size, size))
    return antialias((found.face_id >= 0)[..., None].to(points), found, pos, corners, own)


def counted(points: torch.Tensor, faces: np.ndarray, size: int) -> float:
    pos = project(points, VIEW, (FINE, FINE)).numpy().astype(np.float32)
    return float((visible(pos, faces, (FINE, FINE)).face_id >= 0).sum()) * (size / FINE) ** 2


def area_error(segments: int, rings: int) -> float:
    points, faces, own = ball(segments, rings)
    radius = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    (grad,) = torch.autograd.grad(outline(points * radius, faces, own, 256).sum(), radius)
    expected = (counted(points * 1.01, faces, 256) - counted(points * 0.99, faces, 256)) / 0.02
    return abs(grad.item() / expected - 1)


def fit_error(steps: int = 200) -> float:
    """Pixels between the centre that was fitted and the true one."""
    points, faces, own = ball(48, 25)
    true = torch.tensor([0.05, -0.03, 0.0], dtype=torch.float64)
    goal = outline(points * 0.7 + true, faces, own, 256).detach()
    place = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([place], lr=0.02)
    for number in range(steps):
        adam.param_groups[0]["lr"] = 0.02 * 0.97**number
        adam.zero_grad()
        ((outline(points * 0.7 + place, faces, own, 256) - goal) ** 2).sum().backward()
        adam.step()
    ends = project(torch.stack([true, place.detach()]), VIEW, (256, 256))
    return float(torch.linalg.norm(ends[1, :2] / ends[1, 3] - ends[0, :2] / ends[0, 3]))


def cost(runs: int = RUNS) -> tuple[float, float]:
    """Seconds of the outline forward and backward, and of visibility alone."""
    points, faces, own = ball(320, 129)
    moved = points.float().requires_grad_(True)
    pos = project(moved, VIEW, (1024, 1024)).detach().numpy()
    ours, alone = [], []
    for _ in range(runs):
        start = time.perf_counter()
        visible(pos, faces, (1024, 1024))
        middle = time.perf_counter()
        outline(moved, faces, own, 1024).sum().backward()
        alone.append(middle - start)
        ours.append(time.perf_counter() - middle)
    return min(ours), min(alone)


def main() -> None:
    torch.set_num_threads(1)
    errors = [area_error(*one) for one in BALLS]
    fit, (ours, alone) = fit_error(), cost()
    print("d(area)/d(radius) error by ball:", " ".join(f"{one:.5f}" for one in errors))
    print(f"fit {fit:.2e} px; outline {ours * 1e3:.1f} ms, visibility {alone * 1e3:.1f} ms")
    note = f"least of {RUNS}, {ours * 1e3:.1f} ms against {alone * 1e3:.1f} ms"
    claims = [
        {"id": "render.area_gradient_error", "value": max(errors), "peer": "finite difference, 4096 px", "note": "UV balls"},
        {"id": "render.fit_px", "value": fit, "peer": "the true centre", "note": "200 Adam steps, 256 px, radius known"},
        {"id": "render.silhouette_vs_visibility", "value": ours / alone, "peer": "visibility alone", "note": note},
    ]
    print(json.dumps({"claims": claims}))


if __name__ == "__main__":
    main()
