"""Simple closed solids for scripted scenes, which dhsdk.scene.make offers: normals, UVs in [0, 1], facing outwards.

Vertices are split at seams and hard edges; vertices of one point have bit-equal positions, so welding them closes the surface.
"""

from __future__ import annotations

import numpy as np

from dhsdk.errors import SceneError
from dhsdk.scene.material import Material
from dhsdk.scene.mesh import Mesh, Primitive


def box(size: tuple[float, float, float] = (1.0, 1.0, 1.0), material: Material | None = None, name: str = "box") -> Mesh:
    """A box of these edge lengths (x, y, z), m, standing on y = 0 about the y axis. Raises SceneError for lengths <= 0."""
    _positive("size", size)
    corners: list[np.ndarray] = []
    normals: list[np.ndarray] = []
    uvs: list[tuple[float, float]] = []
    faces: list[list[int]] = []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            # u x v = the outward normal, so that (0,0) (1,0) (1,1) (0,1) runs counter-clockwise seen from outside
            u, v = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3] * sign
            normal = np.eye(3)[axis] * sign
            faces += [[len(corners), len(corners) + 1, len(corners) + 2], [len(corners), len(corners) + 2, len(corners) + 3]]
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                corners.append((normal + a * u + b * v) / 2)
                normals.append(normal)
                uvs.append(((a + 1) / 2, (1 - b) / 2))
    positions = np.array(corners) * size + np.array((0.0, size[1] / 2, 0.0))
    return _mesh(positions, faces, np.array(normals), np.array(uvs), material, name)


def plane(size: tuple[float, float] = (1.0, 1.0), material: Material | None = None, name: str = "plane") -> Mesh:
    """A rectangle of these lengths along x and z, m, about the origin, facing +Y; open. Raises SceneError for lengths <= 0."""
    _positive("size", size)
    x, z = size[0] / 2, size[1] / 2
    positions = np.array([(-x, 0, z), (x, 0, z), (x, 0, -z), (-x, 0, -z)])
    uvs = np.array([(0, 1), (1, 1), (1, 0), (0, 0)])
    return _mesh(positions, [[0, 1, 2], [0, 2, 3]], np.tile((0.0, 1.0, 0.0), (4, 1)), uvs, material, name)


def cylinder(
    radius: float = 0.5, height: float = 1.0, segments: int = 32, material: Material | None = None, name: str = "cylinder"
) -> Mesh:
    """A cylinder along y, standing on y = 0, m. The caps' UVs show the disc. Raises SceneError."""
    _positive("radius and height", (radius, height))
    _segments(segments, 3)
    ring = _ring(segments)
    turn, last = np.arange(segments + 1), np.arange(segments)
    wall = ring[turn % segments]
    low, high = wall * radius, wall * radius + (0.0, height, 0.0)
    u = turn / segments
    positions = [low, high]
    normals, uvs = [wall, wall], [np.stack([u, np.ones_like(u)], 1), np.stack([u, np.zeros_like(u)], 1)]
    top = segments + 1
    faces = [np.stack([last, last + 1, last + top], 1), np.stack([last + 1, last + 1 + top, last + top], 1)]
    for y, up in ((0.0, -1.0), (height, 1.0)):
        start = sum(map(len, positions))
        rim = ring * radius + (0.0, y, 0.0)
        positions += [rim, np.array([(0.0, y, 0.0)])]
        normals.append(np.tile((0.0, up, 0.0), (segments + 1, 1)))
        flat = 0.5 + 0.5 * ring[:, [0, 2]] * (1.0, up)
        uvs += [flat, np.array([(0.5, 0.5)])]
        after = (last + 1) % segments
        pair = (last, after) if up > 0 else (after, last)
        faces.append(np.stack([np.full(segments, segments), *pair], 1) + start)
    return _mesh(np.concatenate(positions), np.concatenate(faces), np.concatenate(normals), np.concatenate(uvs), material, name)


def sphere(
    radius: float = 0.5, segments: int = 32, rings: int = 16, material: Material | None = None, name: str = "sphere"
) -> Mesh:
    """A sphere about the origin, m: `segments` around, `rings` from pole to pole. Raises SceneError."""
    _positive("radius", (radius,))
    _segments(segments, 3)
    _segments(rings, 2, "rings")
    turn = np.arange(segments + 1)
    polar = np.pi * np.arange(rings + 1) / rings
    wide, high = np.sin(polar), np.cos(polar)
    wide[0] = wide[-1] = 0.0  # the poles are points, bit for bit
    around = _ring(segments)[turn % segments]
    directions = around[None] * wide[:, None, None] + np.array((0.0, 1.0, 0.0)) * high[:, None, None]
    u = np.broadcast_to(turn / segments, (rings + 1, segments + 1)).copy()
    u[0], u[-1] = u[0] + 0.5 / segments, u[-1] - 0.5 / segments  # a pole's vertex stands in the middle of its triangle
    v = np.broadcast_to(np.arange(rings + 1)[:, None] / rings, u.shape)
    row, column = np.meshgrid(np.arange(rings), np.arange(segments), indexing="ij")
    a = row * (segments + 1) + column
    b, c, d = a + 1, a + segments + 1, a + segments + 2
    upper = np.stack([a, d, b], -1)[1:].reshape(-1, 3)  # without the triangles that a pole would collapse
    lower = np.stack([a, c, d], -1)[:-1].reshape(-1, 3)
    used, faces = np.unique(np.concatenate([upper, lower]), return_inverse=True)  # each pole row has one vertex too many
    normals, uvs = directions.reshape(-1, 3)[used], np.stack([u, v], -1).reshape(-1, 2)[used]
    return _mesh(normals * radius, faces.reshape(-1, 3), normals, uvs, material, name)


def _ring(segments: int) -> np.ndarray:
    """(segments, 3): unit vectors in the xz plane, from +Z over +X: counter-clockwise from above."""
    angle = 2 * np.pi * np.arange(segments) / segments
    return np.stack([np.sin(angle), np.zeros(segments), np.cos(angle)], 1)


def _mesh(
    positions: np.ndarray, faces: object, normals: np.ndarray, uvs: np.ndarray, material: Material | None, name: str
) -> Mesh:
    shape = Primitive(
        positions.astype(np.float32),
        np.asarray(faces),
        normals=normals.astype(np.float32),
        uvs=(uvs.astype(np.float32),),
        material=material,
    )
    return Mesh((shape,), name)


def _positive(what: str, values: tuple[float, ...]) -> None:
    if not all(np.isfinite(value) and value > 0 for value in values):
        raise SceneError(f"{what} must be > 0, got {values} (metres)")


def _segments(count: int, least: int, what: str = "segments") -> None:
    if count < least:
        raise SceneError(f"{what} must be >= {least}, got {count}")
