"""Meshes from functions: marching tetrahedra over a grid, and the sums of simple solids."""

from collections.abc import Callable

import numpy as np

TETRAHEDRA = np.array([[0, 5, 1, 6], [0, 1, 2, 6], [0, 2, 3, 6], [0, 3, 7, 6], [0, 7, 4, 6], [0, 4, 5, 6]])
CORNERS = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]])
Field = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def marched(field: Field, cells: int, reach: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """(points, faces) of the surface field = 0 (negative inside) in a cube of [-reach, reach], as they leave it."""
    axis = np.linspace(-reach, reach, cells + 1)
    x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
    value = field(x, y, z).ravel()
    value = np.where(value == 0.0, 1e-12, value)
    grid = np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)
    steps = np.array([(cells + 1) ** 2, cells + 1, 1])
    low = (np.stack(np.meshgrid(*[np.arange(cells)] * 3, indexing="ij"), axis=-1).reshape(-1, 3) @ steps)[:, None]
    cubes = low + CORNERS @ steps
    inside = value[cubes] < 0
    cubes = cubes[inside.any(axis=1) & ~inside.all(axis=1)]
    tets = cubes[:, TETRAHEDRA].reshape(-1, 4)
    sign = value[tets] < 0
    count = sign.sum(axis=1)
    faces = []
    for number in (1, 2, 3):
        some, signs = tets[count == number], sign[count == number]
        order = np.argsort(~signs if number < 3 else signs, axis=1, kind="stable")
        a, b, c, d = np.take_along_axis(some, order, axis=1).T
        if number == 2:
            quads = [(a, c), (a, d), (b, d), (b, c)]
            faces += [[quads[0], quads[1], quads[2]], [quads[0], quads[2], quads[3]]]
        else:
            faces.append([(a, b), (a, c), (a, d)])
    ends = np.concatenate([np.stack([np.stack(pair, axis=1) for pair in three], axis=1) for three in faces])
    ends = np.sort(ends.reshape(-1, 2), axis=1)
    keys, index = np.unique(ends @ [len(value), 1], return_inverse=True)
    one, other = keys // len(value), keys % len(value)
    share = value[one] / (value[one] - value[other])
    points = grid[one] + share[:, None] * (grid[other] - grid[one])
    triangles = index.reshape(-1, 3)
    return points, _outward(points, triangles, field, reach / cells)


def _outward(points: np.ndarray, faces: np.ndarray, field: Field, step: float) -> np.ndarray:
    a, b, c = (points[faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    middle, unit = (a + b + c) / 3, normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    ahead, behind = (field(*(middle + way * 0.05 * step * unit).T) for way in (1.0, -1.0))
    return np.where((ahead < behind)[:, None], faces[:, ::-1], faces)


def ball(x, y, z, at=(0.0, 0.0, 0.0), radius=0.5):
    return np.sqrt((x - at[0]) ** 2 + (y - at[1]) ** 2 + (z - at[2]) ** 2) - radius


def block(x, y, z, at=(0.0, 0.0, 0.0), half=(0.5, 0.5, 0.5)):
    d = [np.abs(one - c) - h for one, c, h in zip((x, y, z), at, half, strict=True)]
    outside = np.sqrt(sum(np.maximum(one, 0) ** 2 for one in d))
    return outside + np.minimum(np.maximum(np.maximum(d[0], d[1]), d[2]), 0)


def rod(x, y, z, a, b, radius):
    """A capsule from a to b."""
    a, b = np.array(a, float), np.array(b, float)
    p = np.stack([x - a[0], y - a[1], z - a[2]])
    way = b - a
    t = np.clip(np.tensordot(way, p, 1) / (way @ way), 0, 1)
    return np.sqrt(((p - way[:, None, None, None] * t if p.ndim == 4 else p - way[:, None] * t) ** 2).sum(axis=0)) - radius


def joined(values, blend=0.08):
    """A smooth union."""
    out = values[0]
    for value in values[1:]:
        h = np.clip(0.5 + 0.5 * (value - out) / blend, 0, 1)
        out = value * (1 - h) + out * h - blend * h * (1 - h)
    return out


def figure(x, y, z):
    """A standing figure."""
    limbs = [((-0.12, -0.9, 0), (-0.1, -0.2, 0.02)), ((0.12, -0.9, 0), (0.1, -0.2, 0.02)), ((0, -0.2, 0), (0, 0.3, 0))]
    limbs += [((-0.15, 0.3, 0), (-0.5, 0.0, 0.1)), ((0.15, 0.3, 0), (0.45, 0.55, 0.1)), ((0, 0.3, 0), (0, 0.5, 0))]
    sizes = [0.09, 0.09, 0.17, 0.07, 0.07, 0.07]
    parts = [rod(x, y, z, *limb, size) for limb, size in zip(limbs, sizes, strict=True)]
    return joined([*parts, ball(x, y, z, (0, 0.65, 0.02), 0.17)])


def gyroid(x, y, z, waves=7.0, wall=0.35):
    g = np.sin(waves * x) * np.cos(waves * y) + np.sin(waves * y) * np.cos(waves * z) + np.sin(waves * z) * np.cos(waves * x)
    return np.maximum((np.abs(g) - wall) / waves, block(x, y, z, half=(0.8, 0.8, 0.8)))


def lumps(x, y, z):
    """A ball with waves of three sizes."""
    p = np.sqrt(x * x + y * y + z * z)
    waves = 0.08 * np.sin(5 * x) * np.sin(6 * y + 1) * np.sin(5 * z + 2) + 0.02 * np.sin(19 * x + 1) * np.sin(17 * y) * np.sin(
        18 * z
    )
    return p - 0.7 - waves - 0.004 * np.sin(60 * x) * np.sin(61 * y) * np.sin(59 * z)


def bracket(x, y, z):
    """Solids added and taken away."""
    plate = np.minimum(block(x, y, z, (0, -0.4, 0), (0.7, 0.1, 0.4)), block(x, y, z, (-0.6, 0, 0), (0.1, 0.5, 0.4)))
    holes = [np.sqrt((x - at) ** 2 + z**2) - 0.12 for at in (-0.2, 0.3)]
    return np.maximum(plate, -np.minimum(*holes))
