"""Rules about geometry: surfaces, normals, tangents, UVs, skin weights and morph targets of each primitive."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dhsdk.scene.checks.problem import Problem, error, minded, shapes, warning
from dhsdk.scene.checks.topology import Piece, pieces, welded
from dhsdk.scene.measure import textures
from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.types import Scene

UNIT = 5e-3
"""How far a normal's or tangent's length may be from 1: a little under the validator's limit."""


def problems(scene: Scene, target: str | None) -> Iterator[Problem]:
    for where, mesh, shape in shapes(scene):
        if not len(shape.faces) or not len(shape.positions):
            yield error(where, f"it has {len(shape.positions)} vertices and {len(shape.faces)} faces", "leave the primitive out")
            continue
        if shape.mode == "triangles":
            yield from _triangles(where, mesh, shape)
        yield from _directions(where, shape)
        yield from _uvs(where, shape, target)
        yield from _weights(where, shape)
        yield from _morphs(where, mesh, shape, target)


def _triangles(where: str, mesh: Mesh, shape: Primitive) -> Iterator[Problem]:
    points, faces = welded(shape.positions, shape.faces)
    a, b, c = (points[faces[:, i]] for i in range(3))
    longest = np.maximum.reduce([np.linalg.norm(b - a, axis=1), np.linalg.norm(c - b, axis=1), np.linalg.norm(a - c, axis=1)])
    across = np.cross(b - a, c - a)
    flat = np.linalg.norm(across, axis=1) <= 1e-7 * longest**2  # height under 1e-7 of the longest edge: float32 noise
    if flat.any():
        yield warning(
            where, f"{int(flat.sum())} of {len(faces)} triangles have no area", "remove them: they shade black or flicker"
        )
    found = pieces(points, faces)
    yield from _closed(where, found, bool(mesh.extras.get("closed") or shape.extras.get("closed")))
    if shape.normals is not None:
        facing = np.einsum("ij,ikj->ik", across, shape.normals[shape.faces].astype(np.float64)).max(axis=1)
        against = int(((facing < 0) & ~flat).sum())
        if against > len(faces) // 2:
            yield error(
                where, f"normals point against the winding of {against} of {len(faces)} triangles", "turn faces or normals"
            )
        elif against:
            yield warning(
                where, f"normals point against the winding of {against} of {len(faces)} triangles", "recompute the normals"
            )


def _closed(where: str, found: list[Piece], promised: bool) -> Iterator[Problem]:
    closed = [piece for piece in found if not piece.open_edges]
    whole = [piece for piece in closed if piece.volume > 0]
    collapsed = [piece for piece in closed if abs(piece.volume) <= 1e-7 * piece.area**1.5]
    turned = [
        piece for piece in closed if piece.volume < 0 and not any(piece is one for one in collapsed) and not _inside(piece, whole)
    ]
    if collapsed:
        yield error(
            where, f"{len(collapsed)} closed pieces enclose no volume", "give them thickness, or keep one side of the sheet"
        )
    if turned:
        yield error(where, f"{len(turned)} closed pieces are inside out", "reverse their faces: faces[:, ::-1]")
    opened = sum(piece.open_edges for piece in found)
    if promised and opened:
        yield warning(
            where, f"extras say closed, but {opened} edges have no partner", "weld and fill the holes, or drop the mark"
        )


def _inside(piece: Piece, others: list[Piece]) -> bool:
    """A cavity: a piece that faces inwards within a larger one."""
    return any((other.low < piece.low).all() and (other.high > piece.high).all() for other in others)


def _directions(where: str, shape: Primitive) -> Iterator[Problem]:
    if shape.normals is not None:
        off = int((np.abs(np.linalg.norm(shape.normals.astype(np.float64), axis=1) - 1) > UNIT).sum())
        if off:
            yield error(where, f"{off} of {len(shape.normals)} normals are not of length 1", "normalise them")
    if shape.tangents is None:
        return
    if shape.normals is None or not shape.uvs:
        yield error(where, "it has tangents without normals and UVs", "add both, or drop the tangents")
    off = int((np.abs(np.linalg.norm(shape.tangents[:, :3].astype(np.float64), axis=1) - 1) > UNIT).sum())
    if off:
        yield error(where, f"{off} of {len(shape.tangents)} tangents are not of length 1", "normalise x, y, z")
    hand = int((np.abs(shape.tangents[:, 3]) != 1).sum())
    if hand:
        yield error(
            where, f"{hand} of {len(shape.tangents)} tangents have a w that is not 1 or -1", "set w to the sign of the UVs"
        )


def _uvs(where: str, shape: Primitive, target: str | None) -> Iterator[Problem]:
    own = () if shape.material is None else (shape.material,)
    for material in (*own, *(one for _, one in shape.variants)):
        for field, texture in textures(material):
            if texture.texcoord >= len(shape.uvs):
                yield error(
                    where,
                    f"{field} of material {material.name!r} reads UV set {texture.texcoord}, but it has {len(shape.uvs)}",
                    "unwrap it, or set texcoord to a set that exists",
                )
    if shape.morphs and shape.mode == "triangles" and not shape.uvs and minded(target, "godot"):
        yield warning(where, "it has morphs and no UVs: Godot cannot make the tangents it wants", "add a UV set")


def _weights(where: str, shape: Primitive) -> Iterator[Problem]:
    if shape.weights is None or shape.joints is None:
        return
    weights = shape.weights.astype(np.float64)
    if (weights < 0).any():
        yield error(where, f"{int((weights < 0).any(axis=1).sum())} vertices have a negative weight", "clip at 0 and normalise")
    allowed = 2e-7 * np.maximum((weights != 0).sum(axis=1), 1)
    off = np.abs(weights.sum(axis=1) - 1) > allowed
    if off.any():
        yield error(where, f"weights of {int(off.sum())} of {len(off)} vertices do not sum to 1", "divide them by their sum")
    idle = (weights == 0) & (shape.joints != 0)
    if idle.any():
        yield warning(where, f"{int(idle.any(axis=1).sum())} vertices name a joint with weight 0", "set that joint index to 0")


def _morphs(where: str, mesh: Mesh, shape: Primitive, target: str | None) -> Iterator[Problem]:
    for i, (name, morph) in enumerate(zip(mesh.morph_names, shape.morphs, strict=True)):
        parts = (morph.positions, morph.normals, morph.tangents)
        alone = all(not _moves(other, i) for other in mesh.primitives)
        if alone and shape is mesh.primitives[0]:
            yield warning(where, f"morph {name!r} moves nothing", "remove it, or check the vertex order that made it")
        if any(part is not None for part in parts) and morph.positions is None:
            yield warning(where, f"morph {name!r} changes normals and no positions", "give it positions")


def _moves(shape: Primitive, index: int) -> bool:
    morph = shape.morphs[index]
    return any(part is not None and bool(part.any()) for part in (morph.positions, morph.normals, morph.tangents))
