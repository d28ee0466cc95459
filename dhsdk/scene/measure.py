"""Facts about a scene: world bounds, counts, areas, volumes, bytes. Pure functions of what is shown at rest (LOD0)."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.media import Image
from dhsdk.scene import pose
from dhsdk.scene.material import Material, Texture
from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.types import Node, Scene

EXTENSIONS = ("clearcoat", "sheen", "transmission", "volume", "specular", "iridescence", "anisotropy")
"""The parts of a Material that may hold textures of their own."""
CHUNK = 1 << 21


def bounds(scene: Scene) -> np.ndarray:
    """(2, 3) float64: lowest and highest corner of everything shown, in world space, m; zeros for a scene that shows nothing.

    Exact over vertices: morph weights and skins as they stand, every copy of an instanced node.
    """
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    matrices = pose.world(scene)
    for node, primitive in _bent(scene):
        points = pose.posed(node, primitive, matrices)
        if len(points):
            low, high = np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
    for mesh, places in _placed(scene, matrices):
        for primitive in mesh.primitives:
            points = primitive.positions.astype(np.float64)
            step = max(1, CHUNK // max(1, len(points)))
            for start in range(0, len(places) if len(points) else 0, step):
                part = places[start : start + step]
                along = part[:, :3, :3] @ points.T
                low = np.minimum(low, (along.min(axis=2) + part[:, :3, 3]).min(axis=0))
                high = np.maximum(high, (along.max(axis=2) + part[:, :3, 3]).max(axis=0))
    return np.zeros((2, 3)) if (low > high).any() else np.stack([low, high])


def _is_bent(node: Node) -> bool:
    """Whether the node's vertices are its own: skinned, or morphed by weights other than zero."""
    weights = node.weights or (node.mesh.weights if node.mesh else ())
    return node.skin is not None or (any(weights) and node.instances is None)


def _bent(scene: Scene) -> Iterator[tuple[Node, Primitive]]:
    for node in scene.nodes:
        if node.mesh is not None and _is_bent(node):
            yield from ((node, primitive) for primitive in node.mesh.primitives)


def _placed(scene: Scene, matrices: dict[str, np.ndarray]) -> list[tuple[Mesh, np.ndarray]]:
    """Each rigid mesh with the (K, 4, 4) places where it is shown."""
    places: dict[int, list[np.ndarray]] = defaultdict(list)
    meshes: dict[int, Mesh] = {}
    for node in scene.nodes:
        if node.mesh is not None and not _is_bent(node):
            meshes[id(node.mesh)] = node.mesh
            own = matrices[node.key][None]
            places[id(node.mesh)].append(own if node.instances is None else own @ pose.instance_matrices(node.instances))
    return [(meshes[key], np.concatenate(found)) for key, found in places.items()]


def triangles(scene: Scene) -> int:
    """Triangles shown, every copy counted."""
    return sum(_copies(node) * sum(map(_triangle_count, node.mesh.primitives)) for node in scene.nodes if node.mesh)


def vertices(scene: Scene) -> int:
    """Vertices stored in the meshes shown, each mesh once."""
    shown = {id(node.mesh): node.mesh for node in scene.nodes if node.mesh}
    return sum(len(primitive.positions) for mesh in shown.values() for primitive in mesh.primitives)


def draw_calls(scene: Scene) -> int:
    """Draw calls of a plain renderer: one per node and primitive; an instanced node counts once."""
    return sum(len(node.mesh.primitives) for node in scene.nodes if node.mesh)


def _copies(node: Node) -> int:
    return 1 if node.instances is None else len(node.instances.translations)


def _triangle_count(primitive: Primitive) -> int:
    return len(primitive.faces) if primitive.mode == "triangles" else 0


def volume(part: Scene | Mesh) -> float:
    """Signed volume enclosed by the triangles, m3: positive when closed and facing outwards; scenes in world space at rest."""
    if isinstance(part, Mesh):
        return sum(_volume(points, faces) for points, faces in _triangles(part))
    matrices = pose.world(part)
    bent = sum(_volume(pose.posed(node, p, matrices), p.faces) for node, p in _bent(part) if p.mode == "triangles")
    # a volume about the mean of its points goes with the determinant, so copies need no pass over their vertices
    return bent + sum(volume(mesh) * float(np.linalg.det(places[:, :3, :3]).sum()) for mesh, places in _placed(part, matrices))


def area(part: Scene | Mesh) -> float:
    """Area of the triangles, m2; scenes in world space at rest."""
    if isinstance(part, Mesh):
        return sum(_area(points, faces) for points, faces in _triangles(part))
    matrices = pose.world(part)
    bent = sum(_area(pose.posed(node, p, matrices), p.faces) for node, p in _bent(part) if p.mode == "triangles")
    return bent + sum(_areas(mesh, places[:, :3, :3]) for mesh, places in _placed(part, matrices))


def _areas(mesh: Mesh, linear: np.ndarray) -> float:
    """Area of all copies of a mesh: by the squared scale where it is one for all axes, else over the triangles."""
    gram = np.swapaxes(linear, 1, 2) @ linear
    squared = np.trace(gram, axis1=1, axis2=2) / 3
    even = np.abs(gram - squared[:, None, None] * np.eye(3)).max(axis=(1, 2)) <= 1e-9 * squared
    total = area(mesh) * float(squared[even].sum())
    for matrix in linear[~even]:
        total += sum(_area(points @ matrix.T, faces) for points, faces in _triangles(mesh))
    return total


def _triangles(mesh: Mesh) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    return ((p.positions.astype(np.float64), p.faces) for p in mesh.primitives if p.mode == "triangles")


def _area(points: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (points[faces[:, i]] for i in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def _volume(points: np.ndarray, faces: np.ndarray) -> float:
    if not len(faces):
        return 0.0
    points = points - points.mean(axis=0)  # far from the origin the products would cancel
    a, b, c = (points[faces[:, i]] for i in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def textures(material: Material) -> Iterator[tuple[str, Texture]]:
    """(field name, texture) of every texture of a material, extensions included ("clearcoat.texture")."""
    parts = [("", material), *((f"{name}.", getattr(material, name)) for name in EXTENSIONS)]
    for prefix, part in parts:
        for name in () if part is None else part.__dataclass_fields__:
            value = getattr(part, name)
            if isinstance(value, Texture):
                yield prefix + name, value


def images(scene: Scene) -> tuple[Image, ...]:
    """Every image of the materials once, in the order of first use."""
    found = (texture.image for material in scene.materials for _, texture in textures(material))
    return tuple({id(image): image for image in found}.values())


def texture_bytes(scene: Scene) -> int:
    """Video memory of the materials' images, uncompressed with mip levels: 4 bytes a pixel (8 bit), 4/3 for the mips."""
    total = 0
    for image in images(scene):
        size = image_size(image)
        total += size[0] * size[1] * 4 * 4 // 3
    return total


def image_size(image: Image) -> tuple[int, int]:
    """(width, height); (0, 0) where the bytes cannot be decoded here (KTX2)."""
    try:
        if image.encoded is None:
            return image.size
        from PIL import Image as Pillow

        with Pillow.open(io.BytesIO(image.encoded)) as picture:  # reads the header alone; image.size would decode the pixels
            return picture.size
    except (ReadError, OSError, ValueError):
        return (0, 0)


def summary(scene: Scene) -> dict[str, Any]:
    """JSON-able facts, as `dhsdk info` prints them."""
    low, high = bounds(scene)
    shown = images(scene)
    return {
        "name": scene.name,
        "nodes": len(scene.nodes),
        "meshes": len(scene.meshes),
        "triangles": triangles(scene),
        "vertices": vertices(scene),
        "draw_calls": draw_calls(scene),
        "size_m": [round(float(value), 6) for value in high - low],
        "bounds_m": [[round(float(value), 6) for value in corner] for corner in (low, high)],
        "area_m2": round(area(scene), 6),
        "volume_m3": round(volume(scene), 9),
        "materials": [material.name for material in scene.materials],
        "images": [{"name": image.name, "size": list(image_size(image)), "mime": image.mime} for image in shown],
        "texture_bytes": texture_bytes(scene),
        "lods": max((len(node.lods) for node in scene.nodes), default=0),
        "colliders": sum(len(node.colliders) for node in scene.nodes),
        "skins": [len(skin.joints) for skin in scene.skins],
        "morphs": sorted({name for mesh in scene.meshes for name in mesh.morph_names}),
        "clips": {clip.name: round(clip.seconds, 4) for clip in scene.animations},
        "variants": list(scene.variants),
        "sockets": [socket.key for socket in scene.sockets],
        "bodies": len(scene.bodies),
        "joints": {joint.key: joint.kind for joint in scene.joints},
        "loops": len(scene.loops),
        "solids": len(scene.solids),
        "cameras": sum(node.camera is not None for node in scene.nodes),
        "lights": sum(node.light is not None for node in scene.nodes),
        "humanoid": scene.humanoid is not None,
        "sounds": [sound.key for sound in scene.sounds],
        "cues": len(scene.cues),
        "environment": scene.environment is not None,
    }
