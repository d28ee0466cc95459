"""make_ready: the steps of the game-ready pass in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from dhsdk.errors import RequestError
from dhsdk.ready.colliders import collider
from dhsdk.ready.options import ReadyOptions
from dhsdk.ready.simplify import simplify
from dhsdk.ready.tangents import tangents
from dhsdk.ready.textures import capped
from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.types import Node, Scene

LEAST = 60
"""Parts of so few triangles keep them in LODs: nothing is gained, and shapes break."""


def make_ready(
    scene: Scene,
    options: ReadyOptions = ReadyOptions(),  # noqa: B008 (frozen)
    progress: Callable[[float, str], None] = lambda fraction, message: None,
) -> Scene:
    """The scene within its budget, with tangents, LODs and colliders; nodes, names and pivots stay.

    Raises RequestError when the budget cannot be met.
    """
    progress(0.0, "budget")
    meshes = _budgeted(scene, options.tris)
    finished: dict[int, Mesh] = {}
    lods: dict[int, tuple[Mesh, ...]] = {}
    for number, (key, mesh) in enumerate(meshes.items()):
        progress(0.1 + 0.7 * number / max(1, len(meshes)), "lods and tangents")
        chain = [mesh]
        for _level in range(options.lods):
            chain.append(_reduced(chain[-1], chain[-1].triangles // 2))
        made = [_tangented(one) if options.tangents else one for one in chain]
        finished[key] = made[0]
        useful = [small for large, small in pairwise(made) if small.triangles < large.triangles]
        lods[key] = tuple(useful)
    progress(0.85, "colliders")
    nodes = tuple(_ready_node(node, finished, lods, options) for node in scene.nodes)
    ready = replace(scene, nodes=nodes)
    if options.texture is not None:
        ready = capped(ready, options.texture)
    progress(1.0, "ready")
    return ready


def _ready_node(node: Node, meshes: dict[int, Mesh], lods: dict[int, tuple[Mesh, ...]], options: ReadyOptions) -> Node:
    if node.mesh is None:
        return node
    key = id(node.mesh)
    mesh = meshes.get(key, node.mesh)
    colliders = node.colliders
    if not colliders and options.colliders != "none" and node.extras.get("collide", True) and _reducible(node.mesh):
        shape = collider(mesh, options.colliders)
        colliders = (shape,) if shape is not None else ()
    return replace(node, mesh=mesh, lods=node.lods or lods.get(key, ()), colliders=colliders)


def _reducible(mesh: Mesh) -> bool:
    return not mesh.morph_names and all(p.mode == "triangles" and p.joints is None for p in mesh.primitives)


def _budgeted(scene: Scene, tris: int | None) -> dict[int, Mesh]:
    """Every mesh of LOD0 by the id of the original, together within `tris` (a shared mesh counts as often as it is used)."""
    used: dict[int, int] = {}
    by_id: dict[int, Mesh] = {}
    for node in scene.nodes:
        if node.mesh is not None:
            by_id[id(node.mesh)] = node.mesh
            copies = len(node.instances.translations) if node.instances is not None else 1
            used[id(node.mesh)] = used.get(id(node.mesh), 0) + copies
    total = sum(by_id[key].triangles * count for key, count in used.items())
    if tris is None or total <= tris:
        return by_id
    fixed = sum(by_id[key].triangles * count for key, count in used.items() if not _reducible(by_id[key]))
    free = [key for key in by_id if _reducible(by_id[key])]
    smaller = simplify([by_id[key] for key in free], max(0, tris - fixed), [used[key] for key in free])
    out = by_id | dict(zip(free, smaller, strict=True))
    got = sum(out[key].triangles * count for key, count in used.items())
    if got > tris:
        raise RequestError(f"a budget of {tris} triangles cannot be met: closed parts with their seams need {got}; ask for more")
    return out


def _reduced(mesh: Mesh, target: int) -> Mesh:
    """The mesh with about `target` triangles; a small one stays as it is."""
    return simplify([mesh], target)[0] if _reducible(mesh) and mesh.triangles > LEAST else mesh


def _tangented(mesh: Mesh) -> Mesh:
    def with_tangents(primitive: Primitive) -> Primitive:
        if primitive.normals is None or not primitive.uvs or primitive.mode != "triangles" or primitive.tangents is not None:
            return primitive
        made = tangents(primitive.positions, primitive.normals, primitive.uvs[0], primitive.faces.astype(np.int64))
        return replace(primitive, tangents=made)

    return replace(mesh, primitives=tuple(with_tangents(primitive) for primitive in mesh.primitives))
