"""foreign: the game-ready pass for a mesh that came from elsewhere. Mends, reduces, bakes, then goes the way of all scenes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from dhsdk.errors import RequestError
from dhsdk.ready.bake import baked
from dhsdk.ready.layout import texels
from dhsdk.ready.lightmap import lightmapped
from dhsdk.ready.maps import materials_of, merged
from dhsdk.ready.native import atlas
from dhsdk.ready.options import ForeignOptions, ReadyOptions
from dhsdk.ready.part import Part, apart, as_came, bare, cut, modes, part_of, shaded, source, target
from dhsdk.ready.report import Facts, Report
from dhsdk.ready.simplify import simplify
from dhsdk.ready.steps import APART, KEPT_VOLUME, LEAST, details, fills, make_ready, shifted
from dhsdk.ready.surface import has_area
from dhsdk.ready.unwrap import MOST
from dhsdk.scene import edit, measure
from dhsdk.scene.frames import world
from dhsdk.scene.make import place
from dhsdk.scene.measure import bounds
from dhsdk.scene.mesh import Mesh
from dhsdk.scene.types import Node, Scene

UNITS = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}
CLOSE = {"holes": 0.25, "poisson": 0.25, "none": 0.0}
"""Share of a piece's area up to which an opening is a hole."""
EDGE = 2048
"""Edge of baked textures where none is asked for."""
STUCK = 1.6
"""A chain of details ends too early where its coarsest has more than so many times the triangles that it should have."""
MOVED = (
    "edges of more than two triangles parted",
    "border vertices sewn",
    "border points on border edges sewn in",
    "one-sided surfaces cut",
)
"""What mends a mesh by moving points or cutting triangles: then those that it came with will not do."""
READ = ("notes", "unread_extensions")
"""What readers say in the extras of a scene: told once, and not written on."""
_NONE: tuple[str, ...] = ()
LOST = 0.98
"""Meshes that keep more than this share of their triangles keep their UVs too."""


def foreign(
    scene: Scene,
    options: ForeignOptions = ForeignOptions(),  # noqa: B008 (frozen)
    progress: Callable[[float, str], None] | None = None,
) -> tuple[Scene, Report]:
    """The scene ready for an engine, and what was done to it.

    Meshes with skins or morphs keep their vertices, triangles and UVs. Raises RequestError: there is nothing to work on, the
    budget or the tolerance cannot be met.
    """
    tell = progress or (lambda fraction, message: None)
    tell(0.0, "mend")
    before, notes = Facts.of(scene), _notes(scene)
    scene = _settled(replace(scene, extras={key: value for key, value in scene.extras.items() if key not in READ}), options)
    scene, parts = _parts(scene, options)
    fixed = _fixed(scene, parts)
    made, lower, told = _remade(parts, fixed, options, lambda fraction, message: tell(0.05 + 0.7 * fraction, message))
    scene = replace(scene, nodes=tuple(_with(node, made, lower, options, bounds(scene)) for node in scene.nodes))
    rest = ReadyOptions(**{name: getattr(options, name) for name in ReadyOptions.model_fields} | {"tris": None})
    ready = make_ready(scene, rest, lambda fraction, message: tell(0.75 + 0.25 * fraction, message))
    deepest = max((node.lods for node in ready.nodes), key=len, default=())
    lods = tuple(sum(n.lods[level].triangles for n in ready.nodes if len(n.lods) > level) for level in range(len(deepest)))
    colliders = sum(len(node.colliders) for node in ready.nodes)
    return ready, replace(told, before=before, after=Facts.of(ready), lods=lods, colliders=colliders, notes=notes + told.notes)


def _notes(scene: Scene) -> tuple[str, ...]:
    """What the file held that its reader left out."""
    unread = tuple(scene.extras.get("unread_extensions", ()))
    return (*scene.extras.get("notes", ()), *((f"extensions that are not read: {', '.join(unread)}",) if unread else ()))


def _with(
    node: Node, made: Mapping[int, Mesh], lower: Mapping[int, tuple[Mesh, ...]], options: ForeignOptions, corners: np.ndarray
) -> Node:
    """The node with its new mesh and lower details; others are left to be made."""
    if id(node.mesh) not in made:
        return node
    lods = lower.get(id(node.mesh), ())
    if options.lightmap:
        lods = tuple(map(lightmapped, lods))
    step = APART * float(np.linalg.norm(np.ptp(corners, axis=0)))
    lods = tuple(shifted(mesh, step * level) for level, mesh in enumerate(lods, 1))
    return replace(node, mesh=made[id(node.mesh)], lods=lods)


def _settled(scene: Scene, options: ForeignOptions) -> Scene:
    """The scene in metres, upright, at its size, with its pivot; the way there is baked into plain meshes."""
    low, high = bounds(scene)
    edge = float((high - low).max())
    if not edge > 0:
        raise RequestError(
            f"a mesh must have a size to be made ready, got {edge:g} along its longest edge: it is empty or a point"
        )
    factor = options.size / edge if options.size is not None else UNITS[options.unit]
    turn = (-np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)) if options.up == "z" else 0.0
    if factor == 1.0 and turn == 0.0 and options.pivot == "keep":
        return scene
    moved = place(scene, turn=turn, scale=factor)
    if options.pivot != "keep":
        low, high = bounds(moved)
        middle = (low + high) / 2
        down = low[1] if options.pivot == "base" else middle[1]
        moved = place(moved, at=(-float(middle[0]), -float(down), -float(middle[2])))
    return edit.flatten(moved)


def _parts(scene: Scene, options: ForeignOptions) -> tuple[Scene, list[Part]]:
    """The scene without the meshes that have no area, and the others that may be changed on their way."""
    matrices = world(scene)
    found: dict[int, tuple[Mesh, int, float]] = {}
    for node in scene.nodes:
        mesh = node.mesh
        if mesh is None or mesh.morph_names or any(p.mode != "triangles" or p.joints is not None for p in mesh.primitives):
            continue
        count = 1 if node.instances is None else len(node.instances.translations)
        size = abs(float(np.linalg.det(matrices[node.key][:3, :3]))) ** (1 / 3)
        _, copies, scale = found.get(id(mesh), (mesh, 0, 0.0))
        found[id(mesh)] = mesh, copies + count, max(scale, size)
    how = CLOSE[options.close], options.close == "poisson"
    parts = [part_of(mesh, copies, scale, *how) for mesh, copies, scale in found.values() if mesh.triangles]
    sound = [part for part in parts if has_area(part.surface)]
    if parts and not sound:
        raise RequestError(
            f"a mesh must have triangles with an area, got none in {parts[0].mesh.name!r}: points and lines must be meshed first"
        )
    gone = {id(part.mesh) for part in parts} - {id(part.mesh) for part in sound}
    if gone:
        sound[0].surface.mended["meshes without area dropped"] += len(gone)
        nodes = (replace(node, mesh=None, lods=()) if id(node.mesh) in gone else node for node in scene.nodes)
        scene = replace(scene, nodes=tuple(nodes))
    return scene, sound


def _remade(
    parts: list[Part], fixed: int, options: ForeignOptions, tell: Callable[[float, str], None]
) -> tuple[dict[int, Mesh], dict[int, tuple[Mesh, ...]], Report]:
    """By the id of each old mesh: the new one, and lower details where they are ready too; and the report without its counts."""
    nothing = Facts(0, 0, 0, 0, 0, (0.0, 0.0, 0.0))
    total = sum(len(part.surface.faces) * part.copies for part in parts)
    budget = total + fixed if options.tris is None else options.tris
    if not parts:
        _check_budget((), parts, budget, fixed)
        return {}, {}, Report(nothing, nothing, {})
    done = sum((part.surface.mended for part in parts), Counter[str]())
    done["meshes without normals made smooth between creases"] += sum(part.bare for part in parts)
    goal = max(budget - fixed, 0)
    shares = [part.copies for part in parts]
    lower: dict[int, tuple[Mesh, ...]] = {}
    if _keeps(parts, total, goal, options):
        kept = {id(part.mesh): as_came(part) for part in parts}
        if options.tris is not None:
            smaller = simplify(list(kept.values()), goal, shares)
            kept = dict(zip(kept, smaller, strict=True))
        made, names = kept, _NONE
    else:
        tell(0.1, "reduce")
        low = simplify([bare(part) for part in parts], goal, shares, free=True)
        _check_budget(low, parts, budget, fixed)
        tell(0.4, "unwrap and bake")
        edge = 1 << ((options.texture or EDGE).bit_length() - 1)
        made, names = _baked(parts, low, edge)
        lower = _levels(parts, low, edge, options.lods, made)
    got = _check_budget([made[id(part.mesh)] for part in parts], parts, budget, fixed)
    tell(0.9, "measure")
    away = [apart(part, made[id(part.mesh)]) for part in parts]
    worst, mean = max(one for one, _ in away), max(one for _, one in away)
    if worst > options.tolerance:
        raise RequestError(
            f"the shape must change by at most {options.tolerance:.2%} of its diagonal, got {worst:.2%} with {got} triangles: "
            "ask for more triangles (tris) or allow it (tolerance)"
        )
    return made, lower, Report(nothing, nothing, {what: count for what, count in done.items() if count}, names, worst, mean)


def _check_budget(meshes: Sequence[Mesh], parts: list[Part], budget: int, fixed: int) -> int:
    """The triangles of the meshes, every copy counted. Raises RequestError: they and the fixed ones are more than the budget."""
    got = sum(mesh.triangles * part.copies for mesh, part in zip(meshes, parts, strict=True))
    if got + fixed > budget:
        pieces = sum(int(part.surface.piece.max()) + 1 for part in parts)
        need = ([f"{pieces} loose parts need {got}"] if pieces else []) + (
            [f"meshes with skins or morphs, which are not reduced, have {fixed}"] if fixed else []
        )
        raise RequestError(f"a budget of {budget} triangles cannot be met: {', '.join(need)}; ask for more")
    return got


def _fixed(scene: Scene, parts: list[Part]) -> int:
    """The triangles of meshes that are left as they are, every copy counted."""
    free = {id(part.mesh) for part in parts}
    return measure.triangles(replace(scene, nodes=tuple(replace(n, mesh=None) if id(n.mesh) in free else n for n in scene.nodes)))


def _keeps(parts: list[Part], total: int, goal: int, options: ForeignOptions) -> bool:
    """Whether the meshes keep their own UVs, textures and materials."""
    if any(part.surface is not part.given for part in parts):
        return False
    if options.bake != "auto":
        return options.bake == "never"
    bare_ = any(not one.uvs for part in parts for one in part.mesh.primitives)
    filled = any((part.surface.origin < 0).any() for part in parts)
    moved = any(part.surface.mended[what] for part in parts for what in MOVED)
    return goal >= LOST * total and not bare_ and not filled and not moved


def _levels(
    parts: list[Part], low: tuple[Mesh, ...], edge: int, count: int, made: dict[int, Mesh]
) -> dict[int, tuple[Mesh, ...]]:
    """Lower details by the id of each old mesh, unwrapped and baked on their own; none where seams leave room to reduce `made`.

    Scans full of noise have charts so small that nothing can be taken away between their seams. Each level has half the triangles
    of the one before, and maps of half the edge.
    """
    large = [mesh for mesh in made.values() if mesh.triangles > LEAST << count]
    if all(
        len(chain) == count and (chain or [mesh])[-1].triangles < STUCK * (mesh.triangles >> count)
        for mesh, chain in _details(large, count)
    ):
        return {}
    shares = [part.copies for part in parts]
    total = sum(mesh.triangles * share for mesh, share in zip(low, shares, strict=True))
    levels: dict[int, tuple[Mesh, ...]] = dict.fromkeys(made, ())
    for level in range(1, count + 1):
        low = simplify(low, total >> level, shares, free=True)
        for key, mesh in _baked(parts, low, max(edge >> level, 16))[0].items():
            finer = levels[key][-1] if levels[key] else made[key]
            if mesh.triangles < 0.9 * finer.triangles and fills(mesh, made[key], KEPT_VOLUME):
                levels[key] += (mesh,)
    return levels


def _details(meshes: list[Mesh], count: int) -> Iterator[tuple[Mesh, list[Mesh]]]:
    return ((mesh, details(mesh, count)) for mesh in meshes)


def _baked(parts: list[Part], low: tuple[Mesh, ...], edge: int) -> tuple[dict[int, Mesh], tuple[str, ...]]:
    """The reduced meshes unwrapped into one atlas, with the maps of their sources."""
    count = sum(mesh.triangles for mesh in low)
    if count > MOST:
        raise RequestError(
            f"a mesh to unwrap must have at most {MOST:,} triangles, got {count:,}: give a budget (tris) or keep the UVs that "
            "there are (bake=never)"
        )
    welded = []
    for part, mesh in zip(parts, low, strict=True):
        points, place_ = np.unique(mesh.primitives[0].positions, axis=0, return_inverse=True)
        welded.append((points * part.scale, place_.reshape(-1)[mesh.primitives[0].faces]))
    uvs = atlas(welded, edge, max(2, edge // 256))
    shapes, values, places, alphas = [], [], [], []
    for part, mesh, uv in zip(parts, low, uvs, strict=True):
        shape = shaded(part, mesh, mesh.triangles == len(part.surface.faces), uv)
        where, known = texels(shape.uvs[0][shape.faces].astype(np.float64), edge), source(part)
        values.append(baked(known, target(shape), where))
        alphas.append(modes(known, shape))
        shapes.append(shape)
        places.append(where)
    found, names = materials_of(*merged(values, places, edge), [one for part in parts for one in part.look.materials])
    meshes = (cut(shape, found, mode) for shape, mode in zip(shapes, alphas, strict=True))
    return {id(part.mesh): Mesh(shapes_, part.mesh.name) for part, shapes_ in zip(parts, meshes, strict=True)}, names
