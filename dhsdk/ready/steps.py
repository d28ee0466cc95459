"""make_ready: the steps of the game-ready pass in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from dhsdk.errors import RequestError
from dhsdk.ready.clean import cleaned
from dhsdk.ready.colliders import colliders
from dhsdk.ready.lightmap import lightmapped
from dhsdk.ready.options import ReadyOptions
from dhsdk.ready.simplify import simplify
from dhsdk.ready.surface import edges
from dhsdk.ready.tangents import tangents
from dhsdk.ready.textures import capped
from dhsdk.ready.tiled import retiled
from dhsdk.ready.unwrap import unwrapped
from dhsdk.scene import edit
from dhsdk.scene.frames import instance_matrices, world
from dhsdk.scene.measure import bounds
from dhsdk.scene.mesh import Collider, Mesh, Primitive
from dhsdk.scene.types import Node, Scene
from dhsdk.scene.weld import taken

LEAST = 60
"""Parts of so few triangles keep them in LODs: nothing is gained, and shapes break."""
APART = 1e-4
"""How far each level lies from the one before along every axis, share of the scene's diagonal."""
KEPT_VOLUME = 0.4
"""A lower detail may differ from LOD0 by this share of its volume."""
LOST = (0.4, 0.65, 0.8)
"""Shares of its volume that a part may lose for a budget without its seams: the first that meets it."""


Reduce = Callable[[Sequence[Mesh], int, Sequence[int]], tuple[Mesh, ...]]
"""(meshes, most triangles together, how often each is used) -> as many smaller meshes."""


def make_ready(
    scene: Scene,
    options: ReadyOptions = ReadyOptions(),  # noqa: B008 (frozen)
    progress: Callable[[float, str], None] | None = None,
) -> Scene:
    """The scene clean and within its budget, with UVs, tangents, LODs and colliders; nodes, names and pivots stay.

    What a node has already (UVs, tangents, LODs, colliders) stays; so do meshes with skins or morphs, but for tangents.
    Raises RequestError: the budget cannot be met, or a mesh without UVs is too large to unwrap.
    """
    tell = progress or _silent
    tell(0.0, "clean and budget")
    if options.weld:
        scene = edit.map_meshes(scene, lambda mesh: cleaned(mesh) if _reducible(mesh) else mesh)
    scene, meshes = _within(scene, options.tris)
    levelled = {id(node.mesh) for node in scene.nodes if node.lods}
    apart = APART * float(np.linalg.norm(np.ptp(bounds(scene), axis=0)))
    finished: dict[int, Mesh] = {}
    lods: dict[int, tuple[Mesh, ...]] = {}
    for number, (key, mesh) in enumerate(meshes.items()):
        tell(0.1 + 0.7 * number / max(1, len(meshes)), "UVs, LODs and tangents")
        finest = unwrapped(mesh) if options.uv and _reducible(mesh) else mesh
        chain = [_lit(finest, options)]
        chain += details(chain[0], 0 if key in levelled else options.lods)
        made = [_tangented(one) if options.tangents else one for one in chain]
        finished[key], coarser = made[0], made[1:]
        lods[key] = tuple(shifted(one, apart * level) for level, one in enumerate(coarser, 1))
    tell(0.85, "colliders and textures")
    nodes = tuple(_detailed(node, finished, lods, options, apart) for node in scene.nodes)
    ready = replace(scene, nodes=_collided(replace(scene, nodes=nodes), options))
    if options.texture is not None:
        ready = capped(ready, options.texture)
    tell(1.0, "ready")
    return ready


def shifted(mesh: Mesh, shift: float) -> Mesh:
    """The mesh moved by less than can be seen: levels shown together while an engine fades between them do not flicker, and what
    welds a whole file by position does not sew one level to another."""
    moved = (replace(one, positions=one.positions - np.float32(shift)) for one in mesh.primitives)
    return replace(mesh, primitives=tuple(moved))


def _silent(fraction: float, message: str) -> None:
    pass


def _detailed(
    node: Node, meshes: dict[int, Mesh], lods: dict[int, tuple[Mesh, ...]], options: ReadyOptions, apart: float
) -> Node:
    """The node with its finished mesh and its levels: those it brought, finished where they are fresh, else the made ones."""
    if node.mesh is None:
        return node
    mesh = meshes[id(node.mesh)]
    if not node.lods:
        return replace(node, mesh=mesh, lods=lods[id(node.mesh)])
    smaller: list[Mesh] = []
    for one in node.lods:
        if one.triangles < (smaller[-1] if smaller else mesh).triangles:
            fresh = options.tangents and _bare(one)
            smaller.append(shifted(_tangented(_lit(one, options)), apart * (len(smaller) + 1)) if fresh else one)
    return replace(node, mesh=mesh, lods=tuple(smaller))


def _lit(mesh: Mesh, options: ReadyOptions) -> Mesh:
    return lightmapped(mesh) if options.lightmap and _reducible(mesh) else mesh


def _bare(mesh: Mesh) -> bool:
    return all(shape.tangents is None for shape in mesh.primitives)


def _collided(scene: Scene, options: ReadyOptions) -> tuple[Node, ...]:
    """The nodes with colliders where they had none: one for each part, or for each root around all that hangs below it."""
    kind = options.colliders
    if kind == "none":
        return scene.nodes
    around: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    matrices = world(scene) if options.collide == "asset" else {}
    solid = [node for node in scene.nodes if node.mesh is not None and node.extras.get("collide", True) and _reducible(node.mesh)]
    for node in solid:
        points, faces = _joined(node.mesh)  # type: ignore[arg-type]
        owner = node
        if options.collide == "asset":
            if node.instances is not None:
                copies = instance_matrices(node.instances)
                faces = np.concatenate([faces + number * len(points) for number in range(len(copies))])
                points = np.concatenate([points @ one[:3, :3].T + one[:3, 3] for one in copies])
            while owner.parent is not None:
                owner = scene.node(owner.parent)
            matrix = np.linalg.inv(matrices[owner.key]) @ matrices[node.key]
            points = points @ matrix[:3, :3].T + matrix[:3, 3]
        around.setdefault(owner.key, []).append((points, faces))
    shapes: dict[str, tuple[Collider, ...]] = {}
    for key, parts in around.items():
        shapes[key] = scene.node(key).colliders or colliders(parts, kind)
    return tuple(replace(node, colliders=shapes.get(node.key, node.colliders)) for node in scene.nodes)


def _joined(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """Points (P, 3) float64 and faces (F, 3) of all primitives."""
    starts = np.cumsum([0] + [len(shape.positions) for shape in mesh.primitives])
    faces = [shape.faces.astype(np.int64) + start for shape, start in zip(mesh.primitives, starts[:-1], strict=True)]
    return np.concatenate([shape.positions for shape in mesh.primitives]).astype(np.float64), np.concatenate(faces)


def _reducible(mesh: Mesh) -> bool:
    return not mesh.morph_names and all(p.mode == "triangles" and p.joints is None for p in mesh.primitives)


def coarser(scene: Scene, tris: int) -> Scene:
    """The scene within `tris`, its seams given up where they stand in the way: for tiling textures.

    Raises RequestError: the closed parts themselves need more, or would lose their volume.
    """
    for share in LOST:
        try:
            made, meshes = _within(scene, tris, retiled, share)
        except RequestError:
            if share == LOST[-1]:
                raise
            continue
        break
    return replace(made, nodes=tuple(replace(one, mesh=one.mesh and meshes[id(one.mesh)]) for one in made.nodes))


def _within(scene: Scene, tris: int | None, reduce: Reduce = simplify, lost: float = 0.9) -> tuple[Scene, dict[int, Mesh]]:
    """The scene and its meshes by the ids of its own, within `tris`.

    Where closed parts allow no fewer, those that brought coarser levels show these instead: the finest that do.
    """
    refused: RequestError | None = None
    for level in range(1 + max((len(node.lods) for node in scene.nodes if node.mesh), default=0)):
        coarse = replace(scene, nodes=tuple(_coarser(node, level) for node in scene.nodes)) if level else scene
        try:
            return coarse, _budgeted(coarse, tris, reduce, lost)
        except RequestError as error:
            refused = refused or error
    assert refused is not None  # the loop runs at least once
    raise refused


def _coarser(node: Node, level: int) -> Node:
    """The node as its `level`-th detail shows it, or its last; finer ones are dropped."""
    if node.mesh is None or not node.lods:
        return node
    first = min(level, len(node.lods))
    return replace(node, mesh=node.lods[first - 1], lods=node.lods[first:])


def _budgeted(scene: Scene, tris: int | None, reduce: Reduce, share: float) -> dict[int, Mesh]:
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
    apart: dict[int, Mesh] = {}
    while True:
        rest = [key for key in free if key not in apart]
        spent = fixed + sum(mesh.triangles * used[key] for key, mesh in apart.items())
        smaller = reduce([by_id[key] for key in rest], max(0, tris - spent), [used[key] for key in rest])
        out = by_id | apart | dict(zip(rest, smaller, strict=True))
        lost = [key for key in rest if not fills(out[key], by_id[key], share)]
        if not lost:
            break
        apart |= {key: _stout(by_id[key], reduce, min(share, 0.5)) for key in lost}
    got = sum(out[key].triangles * count for key, count in used.items())
    if got > tris:
        raise RequestError(f"a budget of {tris} triangles cannot be met: closed parts with their seams need {got}; ask for more")
    return out


def _stout(mesh: Mesh, reduce: Reduce, share: float) -> Mesh:
    """The mesh by itself with as few triangles as leave it its volume: beside larger parts it would lose it."""
    small = mesh
    while True:
        half = reduce([small], small.triangles // 2, [1])[0]
        if half.triangles == small.triangles or not fills(half, mesh, share):
            return small
        small = half


def details(mesh: Mesh, count: int) -> list[Mesh]:
    """At most `count` lower details of a mesh, each with about half the triangles of the one before."""
    chain = [mesh]
    for _level in range(count):
        small = _reduced(chain[-1], mesh)
        if small.triangles == chain[-1].triangles:
            break
        chain.append(small)
    return chain[1:]


def _reduced(mesh: Mesh, finest: Mesh) -> Mesh:
    """The mesh with about half its triangles; it stays as it is where it is small or would no longer fill the finest's volume."""
    if not _reducible(mesh) or mesh.triangles <= LEAST:
        return mesh
    half = faced(simplify([mesh], mesh.triangles // 2)[0])
    return half if fills(half, finest, KEPT_VOLUME) else mesh


def faced(mesh: Mesh) -> Mesh:
    """The mesh with flat triangles, of vertices of their own, where the normals pointed to the other side."""
    return replace(mesh, primitives=tuple(map(_faced, mesh.primitives)))


def _faced(shape: Primitive) -> Primitive:
    if shape.normals is None:
        return shape
    faces = shape.faces.astype(np.int64)
    a, b, c = (shape.positions[faces[:, k]].astype(np.float64) for k in range(3))
    across = np.cross(b - a, c - a)
    against = (across * shape.normals[faces].sum(axis=1)).sum(axis=1) < 0.0
    if not against.any():
        return shape
    corners = len(shape.positions) + np.arange(3 * int(against.sum())).reshape(-1, 3)
    flat = across[against] / np.linalg.norm(across[against], axis=1, keepdims=True)
    rows = np.concatenate([np.arange(len(shape.positions)), faces[against].ravel()])
    normals = np.concatenate([shape.normals, np.repeat(flat, 3, axis=0)])
    faces[against] = corners
    used, index = np.unique(faces, return_inverse=True)
    return replace(taken(shape, rows[used], index.reshape(-1, 3)), normals=normals[used], tangents=None)


def fills(mesh: Mesh, finest: Mesh, share: float) -> bool:
    """Whether the mesh holds its volume to a share: thin walls that pass through one another lose it, or turn it inside out.

    What lies between an open sheet and a point can cancel out: there, shares are of what lies on either side together.
    """
    points, faces = _joined(finest)
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    whole = _volumes(points, faces, middle)
    lost = abs(_volumes(*_joined(mesh), middle).sum() - whole.sum())
    slack = 1e-6 * float(np.linalg.norm(high - low)) ** 3
    if lost <= share * abs(whole.sum()) + slack:
        return True
    return bool(lost <= share * np.abs(whole).sum() + slack and _open(points, faces))


def _volumes(points: np.ndarray, faces: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """(F,) signed volumes between triangles and a point, cubic metres."""
    corners = points[faces] - middle
    return (corners[:, 0] * np.cross(corners[:, 1], corners[:, 2])).sum(axis=1) / 6.0


def _open(points: np.ndarray, faces: np.ndarray) -> bool:
    """Whether the surface has a border, points of one place taken as one."""
    spots, place = np.unique(points, axis=0, return_inverse=True)
    _, starts = edges(place.reshape(-1)[faces], len(spots))
    return bool((np.diff(starts) == 1).any())


def _tangented(mesh: Mesh) -> Mesh:
    def with_tangents(primitive: Primitive) -> Primitive:
        if primitive.normals is None or not primitive.uvs or primitive.mode != "triangles" or primitive.tangents is not None:
            return primitive
        made = tangents(primitive.positions, primitive.normals, primitive.uvs[0], primitive.faces.astype(np.int64))
        return replace(primitive, tangents=made)

    return replace(mesh, primitives=tuple(with_tangents(primitive) for primitive in mesh.primitives))
