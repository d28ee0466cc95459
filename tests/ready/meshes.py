"""Meshes as they come from elsewhere, made by code."""

import numpy as np

from dhsdk.media import Image
from dhsdk.scene import Material, Mesh, Node, Primitive, Scene, Texture, make


def ball(segments=32, rings=16, radius=0.5):
    """(points, faces) of a ball, unwelded along its seam."""
    shape = make.sphere(radius, segments, rings).primitives[0]
    return shape.positions.astype(float), shape.faces.astype(np.int64)


def bumpy(segments=64, rings=32, uv=True, material=None):
    """A ball with bumps, as a scene."""
    shape = make.sphere(0.5, segments, rings).primitives[0]
    p = shape.positions.astype(float)
    p = p * (1.0 + 0.04 * np.sin(9 * p[:, :1]) * np.sin(11 * p[:, 1:2]) + 0.01 * np.sin(60 * p[:, 2:]) * np.sin(50 * p[:, 1:2]))
    return of(p, shape.faces, uvs=(shape.uvs[0],) if uv else (), material=material)


def of(points, faces, **parts):
    """A scene of one mesh."""
    return Scene((Node("thing", Mesh((Primitive(np.asarray(points, np.float32), faces, **parts),), "thing")),))


def checkered(edge=256, cells=8, seed=0):
    """A material with a base colour texture of coloured squares."""
    colors = np.random.default_rng(seed).integers(30, 226, (cells, cells, 3), dtype=np.uint8)
    pixels = colors.repeat(edge // cells, axis=0).repeat(edge // cells, axis=1)
    return Material("checks", base_color_texture=Texture(Image(pixels)), metallic=0.0, roughness=0.6)


def topology(points, faces):
    """(border edges, edges of more than two faces, edges whose two faces run the same way), points welded by position."""
    spots, place = np.unique(np.asarray(points), axis=0, return_inverse=True)
    faces = place.reshape(-1)[np.asarray(faces, np.int64)]
    ends = np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2)
    ahead = ends[:, 0] < ends[:, 1]
    keys = np.sort(ends, axis=1) @ [len(spots), 1]
    _, which, count = np.unique(keys, return_inverse=True, return_counts=True)
    sums = np.bincount(which.reshape(-1), np.where(ahead, 1, -1))
    return int((count == 1).sum()), int((count > 2).sum()), int(((count == 2) & (sums != 0)).sum())


def volume(points, faces):
    a, b, c = (np.asarray(points, float)[np.asarray(faces)[:, k]] for k in range(3))
    return float((a * np.cross(b, c)).sum() / 6)
