"""Gradients where surfaces hide and pass through each other: a scene of generated furniture, and a ball before a ball.

L2: one object of the scene is moved, turned and scaled; the gradient of the squared difference to another pose is compared with
central differences of the same pictures, steps of a tenth of a pixel, as vectors over the five motions in pixels. Textures are
looked up in mipmaps, shading is diffuse. Occlusion: a weighted sum of the picture's pixels, against pictures of 4096 pixels.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

import dhsdk
from dhsdk.render import frame
from dhsdk.render.camera import View, look_at
from dhsdk.render.diff import antialias, interpolate, project, rasterize, sample_texture, topology
from dhsdk.render.diff.texture import halved
from dhsdk.render.geometry import gathered
from dhsdk.render.topology import Topology
from dhsdk.render.visibility import rasterize as visible
from dhsdk.scene import Scene, make, place
from dhsdk.scene.primitives import sphere
from dhsdk.scene.types import Camera

STEP = 0.1
"""Pixels that a finite difference goes either way."""
TEXTURE = 256
PROMPTS = ("a carved oak chair", "a brass table lamp", "an old treasure chest")
LIGHT = torch.tensor([0.4, 0.8, 0.45], dtype=torch.float64)
VIEW = View(look_at((0.3, 0.5, 3.0), (0.02, 0.01, 0.0)), Camera(yfov=0.9))
FRONTS = {"inside": (0.1, 0.05, 0.9), "across the outline": (-0.45, 0.35, 0.9), "along the outline": (0.3, 0.2, 0.9)}
"""Where the ball in front is: its outline lies within the other's, crosses it, or runs beside it within a pixel."""
BALLS = ((36, 37), (144, 145))
FINE, COARSE = 4096, 256
PIXEL = 0.01
"""How far a ball moves for about a pixel. Finite differences go a quarter of it either way: where outlines run beside each other,
what a whole one brings into sight is no part of the gradient."""


@dataclass(frozen=True)
class Setting:
    """A scene as tensors. owner: (F,) which of its objects a face belongs to. textures: by material, linear (h, w, 3)."""

    points: Tensor
    normals: Tensor
    uvs: Tensor
    faces: Tensor
    own: Topology
    owner: np.ndarray
    material: Tensor
    textures: list[Tensor]
    view: View


def setting() -> Setting:
    chair, lamp, chest = (dhsdk.generate("text_to_3d", prompt=one, texture=TEXTURE, tris=4000) for one in PROMPTS)
    scene = make.group("room", place.row([make.group("shelf", chest, make.place(lamp, at=(0, 0.62, 0))), chair], gap=0.3))
    found = gathered(scene)
    faces = np.ascontiguousarray(found.faces, dtype=np.int32)
    owners = [_object(scene, node.key) for node in scene.nodes]
    values = (torch.tensor(one).double() for one in (found.positions, found.normals, found.uvs))
    return Setting(
        *values, torch.from_numpy(faces),
        topology(faces, found.positions), np.unique([owners[node] for node in np.asarray(found.node)], return_inverse=True)[1],
        torch.from_numpy(np.asarray(found.material)).long(), [_texture(one) for one in found.materials], frame(scene),
    )  # fmt: skip


def _object(scene: Scene, key: str) -> str:
    """The key of the node below the root's children that a node hangs under."""
    above: list[str] = []
    node = scene.node(key)
    while node.parent:
        above.append(node.key)
        node = scene.node(node.parent)
    return above[-2] if len(above) > 1 else key


def _texture(material: dhsdk.Material) -> Tensor:
    if material.base_color_texture is None:
        return torch.tensor(material.base_color[:3], dtype=torch.float64)[None, None]
    return torch.tensor((material.base_color_texture.image.pixels[..., :3] / 255.0) ** 2.2)


def reduced(textures: list[Tensor], size: int) -> list[Tensor]:
    """Mipmaps whose texels are about as large as a picture's pixels."""
    out = list(textures)
    for _ in range(max(0, round(np.log2(TEXTURE * 4.0 / size)))):
        out = [one if one.shape[0] == 1 else halved(one) for one in out]
    return out


def picture(one: Setting, points: Tensor, normals: Tensor, size: int) -> Tensor:
    pos = project(points, one.view, (size, size))
    found = rasterize(pos, one.faces, (size, size))
    at = interpolate(torch.cat([one.uvs, normals], 1), one.faces, found)
    material = torch.where(found.face_id >= 0, one.material[found.face_id.clamp(min=0).long()], -1)
    colors = torch.full((size, size, 3), 0.8, dtype=torch.float64)
    for number, texture in enumerate(one.textures):
        here = material == number
        if here.any():
            seen = at[here]
            shade = 0.35 + 0.65 * (seen[:, 2:] @ LIGHT).clamp(min=0) / seen[:, 2:].norm(dim=-1).clamp(min=1e-6)
            colors = colors.index_put((here,), sample_texture(texture, seen[None, :, :2])[0] * shade[:, None])
    return antialias(colors, found, pos, one.faces, one.own)


def l2_errors(one: Setting, size: int, poses: int) -> list[float]:
    """Of each object and pose: how far the gradient is from central differences, as a share of those."""
    rng, out = np.random.default_rng(0), []
    one = replace(one, textures=reduced(one.textures, size))
    near = project(one.points, one.view, (size, size))[:, 3].mean().item()
    pixel = near * np.tan(one.view.camera.yfov / 2) / (size / 2)
    for number in range(one.owner.max() + 1):
        chosen = np.zeros(len(one.points), bool)
        chosen[one.faces.numpy()[one.owner == number].ravel()] = True
        moves = torch.from_numpy(chosen)
        centre = one.points[moves].mean(0)
        reach = (one.points[moves] - centre).norm(dim=1).mean().item()
        units = torch.tensor([pixel] * 3 + [pixel / reach] * 2, dtype=torch.float64)
        for _ in range(poses):
            start, goal = torch.from_numpy(rng.normal(size=5)) * 2, torch.from_numpy(rng.normal(size=5)) * 8
            target = picture(one, *_moved(one, moves, centre, goal * units), size).detach()

            def loss(pose: Tensor, moves=moves, centre=centre, units=units, target=target) -> Tensor:  # type: ignore[no-untyped-def]
                return ((picture(one, *_moved(one, moves, centre, pose * units), size) - target) ** 2).mean()

            out.append(_error(loss, start))
    return out


def _error(loss: Callable[[Tensor], Tensor], start: Tensor) -> float:
    at = start.clone().requires_grad_(True)
    (grad,) = torch.autograd.grad(loss(at), at)
    with torch.no_grad():
        steps = torch.eye(len(start), dtype=torch.float64) * STEP
        expected = torch.stack([(loss(start + one) - loss(start - one)) / (2 * STEP) for one in steps])
    return float((grad - expected).norm() / expected.norm())


def _moved(one: Setting, moves: Tensor, centre: Tensor, pose: Tensor) -> tuple[Tensor, Tensor]:
    """Points and normals after a shift (3 metres), a turn about the vertical (radians) and a growth of some points."""
    cos, sin, zero, unit = torch.cos(pose[3]), torch.sin(pose[3]), torch.zeros_like(pose[3]), torch.ones_like(pose[3])
    turn = torch.stack([torch.stack([cos, zero, sin]), torch.stack([zero, unit, zero]), torch.stack([-sin, zero, cos])])
    points = (one.points - centre) @ turn.T * (1 + pose[4]) + centre + pose[:3]
    return torch.where(moves[:, None], points, one.points), torch.where(moves[:, None], one.normals @ turn.T, one.normals)


def occlusion_errors(segments: int, rings: int, front: tuple[float, float, float], step: float = PIXEL / 4) -> list[float]:
    """A small ball before a big one, each moved sideways and grown: errors of a weighted sum of pixels."""
    mesh = sphere(1.0, segments, rings).primitives[0]
    unit = torch.from_numpy(mesh.positions.astype(np.float64))
    faces = np.concatenate([mesh.faces, mesh.faces + len(unit)]).astype(np.int32)
    both = torch.cat([unit * 0.35 + torch.tensor(front), unit * 0.8])
    own, corners = topology(faces, both.numpy()), torch.from_numpy(faces)
    out = []
    for number in range(2):
        moves = torch.zeros(len(both), 1, dtype=torch.float64)
        moves[number * len(unit) : (number + 1) * len(unit)] = 1.0
        centre = both[moves[:, 0] > 0].mean(0)
        for motion in (torch.tensor([1.0, 0.0, 0.0]) * moves, (both - centre) * moves):
            amount = torch.zeros((), dtype=torch.float64, requires_grad=True)
            pos = project(both + amount * motion, VIEW, (COARSE, COARSE))
            found = rasterize(pos, corners, (COARSE, COARSE))
            shown = antialias(_colors(found.face_id, len(mesh.faces))[..., None], found, pos, corners, own)[..., 0]
            (grad,) = torch.autograd.grad((shown * _weights(COARSE)).sum(), amount)
            ends = [_summed(both + h * motion, faces, len(mesh.faces)) for h in (-step, step)]
            out.append(abs(grad.item() / ((ends[1] - ends[0]) / (2 * step)) - 1))
    return out


def _colors(ids: Tensor, first: int) -> Tensor:
    return torch.where(ids < 0, 0.0, torch.where(ids < first, 1.0, 0.4)).double()


def _weights(size: int) -> Tensor:
    along = (torch.arange(size, dtype=torch.float64) + 0.5) / size
    return along[None, :] + 0.5 * along[:, None]


def _summed(points: Tensor, faces: np.ndarray, first: int) -> float:
    pos = project(points, VIEW, (FINE, FINE)).numpy().astype(np.float32)
    ids = torch.from_numpy(visible(pos, faces, (FINE, FINE)).face_id)
    return float((_colors(ids, first) * _weights(FINE)).sum()) * (COARSE / FINE) ** 2


def main() -> None:
    torch.set_num_threads(1)
    hidden = {name: max(max(occlusion_errors(*ball, front)) for ball in BALLS) for name, front in FRONTS.items()}
    whole = max(max(occlusion_errors(*ball, front, PIXEL)) for ball in BALLS for front in FRONTS.values())
    print("occluded balls, worst:", ", ".join(f"{name} {one:.4f}" for name, one in hidden.items()))
    one = setting()
    found = {size: l2_errors(one, size, poses) for size, poses in ((256, 4), (512, 8), (1024, 3))}
    medians = {size: float(np.median(errors)) for size, errors in found.items()}
    for size, errors in found.items():
        print(f"L2 at {size} px: median {medians[size]:.4f}, worst {max(errors):.4f} of {len(errors)}")
    others = ", ".join(f"{size} px {median:.4f}" for size, median in medians.items() if size != 512)
    note = f"512 px, {len(one.faces)} triangles, {len(one.textures)} materials, steps of {STEP} px; {others}"
    placed = "a ball before a ball, the worst motion: " + ", ".join(f"{name} {value:.4f}" for name, value in hidden.items())
    placed += f"; quarter-pixel steps, {whole:.4f} with whole ones"
    claims = [
        {
            "id": "render.occlusion_gradient_error",
            "value": max(hidden.values()),
            "peer": "finite difference, 4096 px",
            "note": placed,
        },
        {"id": "render.l2_gradient_median_error", "value": medians[512], "peer": "central differences", "note": note},
    ]
    print(json.dumps({"claims": claims}))


if __name__ == "__main__":
    main()
