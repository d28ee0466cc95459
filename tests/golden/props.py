"""Things that stand in the golden scenes."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.media import Image
from dhsdk.render import View, look_at
from dhsdk.scene import Camera, Material, Mesh, Primitive, Scene, Texture, make


def eye(at: tuple[float, float, float], target: tuple[float, float, float] = (0.0, 0.0, 0.0), fov: float = 0.6, **lens) -> View:
    """A camera at a point that looks at another."""
    return View(look_at(at, target), Camera(yfov=fov, **lens))


def paint(*rgb: float, rough: float = 0.6, metal: float = 0.0, **values) -> Material:
    """A material of this linear colour."""
    return Material("paint", base_color=(*rgb, 1.0) if len(rgb) == 3 else rgb, metallic=metal, roughness=rough, **values)


def plate(material: Material, width: float = 1.0, height: float = 1.0, repeats: float = 1.0) -> Mesh:
    """A rectangle about the origin that faces +Z, with tangents; its UVs run from 0 to `repeats`, the origin at the top left."""
    x, y = width / 2, height / 2
    positions = np.array([[-x, -y, 0], [x, -y, 0], [x, y, 0], [-x, y, 0]], np.float32)
    uv = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32) * repeats
    normals, tangents = np.tile(np.float32([0, 0, 1]), (4, 1)), np.tile(np.float32([1, 0, 0, 1]), (4, 1))
    return Mesh((Primitive(positions, [[0, 1, 2], [0, 2, 3]], normals, tangents, (uv,), material=material),))


def ball(radius: float, material: Material) -> Mesh:
    return make.sphere(radius, 48, 24, material)


def put(key: str, mesh: Mesh, *at: float, turn: float = 0.0) -> Scene:
    """A scene of one thing at a place."""
    return make.place(make.single(mesh, key), at=at or (0.0, 0.0, 0.0), turn=turn)


def stand(key: str, radius: float, material: Material, x: float, z: float = 0.0) -> Scene:
    """A ball on the ground."""
    return put(key, ball(radius, material), x, radius, z)


def checker(cells: int = 8, size: int = 128, dark=(40, 60, 120), light=(235, 225, 200)) -> Image:
    """A chessboard whose upper left cell is light."""
    rows = np.arange(size) * cells // size
    odd = (rows[:, None] + rows[None]) % 2 == 1
    return Image(np.where(odd[..., None], np.uint8(dark), np.uint8(light)))


def arrow(size: int = 64) -> Image:
    """A red arrow upwards on yellow with a blue left and a green upper rim: shows every way a picture can be turned."""
    y, x = np.mgrid[0:size, 0:size] / size
    pixels = np.empty((size, size, 3), np.uint8)
    pixels[:] = (240, 215, 110)
    pixels[(abs(x - 0.5) < 0.09) & (y > 0.35) & (y < 0.85)] = (190, 30, 30)
    pixels[(abs(x - 0.5) < (y - 0.15) * 0.8) & (y > 0.15) & (y < 0.42)] = (190, 30, 30)
    pixels[x < 0.08] = (30, 60, 190)
    pixels[y < 0.08] = (30, 140, 60)
    return Image(pixels)


def bumps(size: int = 64) -> Image:
    """A normal map (OpenGL, +Y up) of a dome in the middle of a tile, with a ring-shaped groove around it."""
    y, x = (np.mgrid[0:size, 0:size] + 0.5) / size * 2 - 1
    far = np.hypot(x, y)
    slope = np.where(far < 0.6, far * 1.3, np.where(far < 0.85, -1.6 * np.sin((far - 0.6) / 0.25 * math.pi), 0.0))
    normal = np.stack([slope * x / np.maximum(far, 1e-6), -slope * y / np.maximum(far, 1e-6), np.ones_like(x)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return Image(np.round((normal * 0.5 + 0.5) * 255).astype(np.uint8), colour="data")


def textured(image: Image, **values) -> Material:
    """An unlit material that shows this picture. values: of the Texture."""
    return Material("picture", base_color_texture=Texture(image, **values), metallic=0.0, roughness=0.8, unlit=True)
