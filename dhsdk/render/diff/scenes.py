"""A scene as tensors, and its picture: what fitting and score distillation start from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from dhsdk.render.camera import View
from dhsdk.render.diff.fragments import project, rasterize
from dhsdk.render.diff.shading import Look, Vertices, look_of, shade
from dhsdk.render.diff.silhouette import antialias
from dhsdk.render.drawer import Drawer
from dhsdk.render.geometry import gathered
from dhsdk.render.settings import Settings
from dhsdk.render.topology import Topology, topology
from dhsdk.scene.types import Scene


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """points, normals (V, 3), tangents (V, 4), uvs (V, 2), colors (V, 4): the vertices in the world frame, float32.

    faces: (F, 3) int64. material: (F,) rows of look.table. node: (F,) numbers of the scene's nodes. own: how faces hang together.
    Any tensor may be replaced by one that asks for gradients: dataclasses.replace(model, points=moved).
    """

    points: Tensor
    normals: Tensor
    tangents: Tensor
    uvs: Tensor
    colors: Tensor
    faces: Tensor
    material: Tensor
    node: Tensor
    own: Topology
    look: Look


def model(scene: Scene, view: View, settings: Settings = Settings()) -> Model:  # noqa: B008 (frozen)
    """The tensors of a scene at rest, lit as render() lights it, but without shadows of lamps: those would stay where they are
    when points move. How open a surface is to its surround moves with it.

    Raises RenderError: as render().
    """
    geometry = gathered(scene)
    drawer = Drawer(scene, settings)

    def put(array: np.ndarray) -> Tensor:
        return torch.tensor(array, dtype=torch.float32)

    faces = np.ascontiguousarray(geometry.faces, dtype=np.int32)
    look = look_of(drawer.textures, drawer.look(geometry, view)[0])
    look = replace(look, shadow=(torch.empty(0, 0), *look.shadow[1:]), walls=(look.walls[0], np.zeros(0, np.bool_)))
    return Model(
        put(geometry.positions),
        put(geometry.normals),
        put(geometry.tangents),
        put(geometry.uvs),
        put(geometry.colors),
        torch.from_numpy(faces).long(),
        torch.tensor(geometry.material).long(),
        torch.tensor(geometry.node).long(),
        topology(faces, geometry.positions),
        look,
    )


def picture(one: Model, view: View, size: tuple[int, int], background: Tensor | None = None) -> Tensor:
    """(H, W, 3) linear light of a model, antialiased; gradients flow into every tensor of it.

    background: (3,) or (H, W, 3) linear, black if not given. Opaque surfaces; no ground, no tone mapping.
    """
    pos = project(one.points, view, size)
    seen = rasterize(pos, one.faces, size)
    vertices = Vertices(one.points, one.normals, one.tangents, one.uvs, one.colors, pos)
    world = torch.as_tensor(view.world, dtype=one.points.dtype)
    parallel = view.camera.kind != "perspective"
    eye = world[:3, 2] if parallel else world[:3, 3]
    light = shade(one.look, vertices, one.faces, one.material, seen.face_id.long(), seen.bary, eye, parallel=parallel)
    if background is not None:
        light = torch.where((seen.face_id >= 0)[..., None], light, background.to(light))
    return antialias(light, seen, pos, one.faces, one.own)
