"""Fifty meshes as they come from elsewhere, each made by code: what is wrong with it stands in its name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import fields
import manifold3d
import numpy as np

from dhsdk.media import Image
from dhsdk.scene import Material, Mesh, Node, Primitive, Scene, Texture, make


@dataclass(frozen=True)
class Foreign:
    """A mesh. tris: its budget. sheet: it cannot be closed. same: a picture of it can be compared with one of the result.

    suffix: the file it comes in. refused: words of the refusal that is right; none: it must come out.
    """

    name: str
    scene: Callable[[], Scene]
    tris: int = 5000
    sheet: bool = False
    same: bool = True
    suffix: str = ".glb"
    refused: str = ""


def of(points, faces, name="thing", **parts) -> Scene:
    return Scene((Node(name, Mesh((Primitive(np.asarray(points, np.float32), np.asarray(faces), **parts),), name)),), name=name)


def soup(points, faces):
    return points[faces.ravel()], np.arange(faces.size).reshape(-1, 3)


def faceted(points, faces, **parts):
    """Triangles with their own normals, as programs for construction write them."""
    corners = np.asarray(points, float)[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-30)
    normals[np.linalg.norm(normals, axis=1) < 0.5] = (0, 1, 0)
    return of(*soup(np.asarray(points), np.asarray(faces)), normals=np.repeat(normals, 3, axis=0), **parts)


def rng(seed=0):
    return np.random.default_rng(seed)


def cloth(edge=512, seed=0, low=40, high=220):
    """A picture of soft noise and squares."""
    field = sum(
        np.kron(rng(seed + k).random((size, size, 3)), np.ones((edge // size, edge // size, 1)))
        for k, size in enumerate((4, 16, 64))
    )
    return (low + (high - low) * field / 3).astype(np.uint8)


def skin(seed=0, **more) -> Material:
    return Material("skin", base_color_texture=Texture(Image(cloth(seed=seed))), **({"metallic": 0.0, "roughness": 0.6} | more))


def full_skin() -> Material:
    data = {"colour": "data"}
    orm = Image(cloth(256, 7, 20, 250), **data)
    bumps = np.full((256, 256, 3), 128, np.uint8)
    wave = 127 * np.sin(np.arange(256) * 2 * np.pi / 32)
    bumps[..., 0] = 128 + 0.4 * wave[None]
    bumps[..., 1] = 128 + 0.4 * wave[:, None]
    bumps[..., 2] = 220
    glow = np.zeros((256, 256, 3), np.uint8)
    glow[96:160, 96:160] = (255, 120, 20)
    return skin(
        1, metallic=1.0, roughness=1.0, metallic_roughness_texture=Texture(orm), occlusion_texture=Texture(orm),
        normal_texture=Texture(Image(bumps, **data)), emissive=(1.0, 1.0, 1.0), emissive_texture=Texture(Image(glow)),
    )  # fmt: skip


def lumpy(segments=160, uv=True, **parts) -> Scene:
    """A textured ball with waves, 2 segments^2 triangles."""
    shape = make.sphere(0.5, segments, segments).primitives[0]
    p = shape.positions.astype(float)
    p = p * (
        1 + 0.05 * np.sin(17 * p[:, :1]) * np.sin(15 * p[:, 1:2] + 1) + 0.006 * np.sin(70 * p[:, 2:]) * np.sin(75 * p[:, 1:2])
    )
    tangents = shape.tangents if "material" in parts and parts["material"].normal_texture is not None else None
    return of(p, shape.faces, uvs=(shape.uvs[0],) if uv else (), tangents=tangents, **parts)


def march(field, cells, **parts) -> Scene:
    return of(*fields.marched(field, cells), **parts)


def holes() -> Scene:
    points, faces = fields.marched(fields.bracket, 56)
    middle = points[faces].mean(axis=1)
    spots = middle[rng(2).choice(len(middle), 25, replace=False)]
    return of(points, faces[(np.linalg.norm(middle[:, None] - spots, axis=2) > 0.05).all(axis=1)])


def scan(cells=90, noise=0.004, floaters=0, gone=12) -> Scene:
    """A figure with coloured vertices, noise, missing patches and floating bits."""
    points, faces = fields.marched(fields.figure, cells)
    points = points + rng(3).normal(size=points.shape) * noise
    middle = points[faces].mean(axis=1)
    spots = middle[rng(4).choice(len(middle), gone, replace=False)]
    faces = faces[(np.linalg.norm(middle[:, None] - spots, axis=2) > 0.06).all(axis=1)]
    colors = np.ones((len(points), 4))
    colors[:, :3] = 0.5 + 0.4 * np.sin(points[:, [1]] * [9, 12, 15] + [0, 1, 2])
    bits = [rng(5 + k).normal(size=(3, 3)) * 0.01 + rng(50 + k).uniform(-0.8, 0.8, 3) for k in range(floaters)]
    if bits:
        faces = np.concatenate([faces, np.arange(3 * floaters).reshape(-1, 3) + len(points)])
        points = np.concatenate([points, *bits])
        colors = np.concatenate([colors, np.ones((3 * floaters, 4))])
    return of(points, faces, colors=colors)


def flipped(share) -> Scene:
    points, faces = fields.marched(fields.lumps, 40)
    turn = rng(6).random(len(faces)) < share
    return of(points, np.where(turn[:, None], faces[:, ::-1], faces))


def shell(outer, inner) -> Scene:
    """One ball in another; -1 turns it inside out."""
    points, faces = fields.marched(fields.lumps, 36)
    both = [faces[:, ::outer], faces[:, ::inner] + len(points)]
    return of(np.concatenate([points, 0.8 * points]), np.concatenate(both))


def boxes(places, size=1.0) -> tuple[np.ndarray, np.ndarray]:
    box = make.box((size, size, size)).primitives[0]
    spots, index = np.unique(box.positions, axis=0, return_inverse=True)
    faces = index.reshape(-1)[box.faces.astype(int)]
    at = np.asarray(places, float)
    points = (spots[None] + at[:, None]).reshape(-1, 3)
    return points, (faces[None] + 8 * np.arange(len(at))[:, None, None]).reshape(-1, 3)


def voxels() -> Scene:
    """The outer faces of voxels, welded: edges of four faces wherever two voxels meet at an edge."""
    grid = rng(8).random((9, 9, 9)) < 0.35
    points, faces = boxes(np.argwhere(grid))
    spots, index = np.unique(np.round(points * 2), axis=0, return_inverse=True)
    faces = index.reshape(-1)[faces]
    middle = np.round(spots[faces].mean(axis=1) * 3)
    _, which, count = np.unique(middle, axis=0, return_inverse=True, return_counts=True)
    return faceted(spots / 20, faces[count[which.reshape(-1)] == 1])


def fins() -> Scene:
    """A ball with walls of no thickness grown on it: three faces at an edge."""
    points, faces = fields.marched(lambda x, y, z: fields.ball(x, y, z), 30)
    order = rng(9).choice(len(faces), 60, replace=False)
    tips = points[faces[order, :2]].mean(axis=1) * 1.25
    fin = np.stack([faces[order, 0], faces[order, 1], np.arange(60) + len(points)], axis=1)
    return of(np.concatenate([points, tips]), np.concatenate([faces, fin]))


def scattered(count, segments, size, seed=10) -> Scene:
    shape = make.sphere(size, segments, max(segments // 2, 2)).primitives[0]
    spots, index = np.unique(shape.positions, axis=0, return_inverse=True)
    faces = index.reshape(-1)[shape.faces.astype(int)]
    at = rng(seed).uniform(-1, 1, (count, 3))
    points = (spots[None] + at[:, None]).reshape(-1, 3)
    return of(points, (faces[None] + len(spots) * np.arange(count)[:, None, None]).reshape(-1, 3))


def solid(made) -> tuple[np.ndarray, np.ndarray]:
    mesh = made.to_mesh()
    return np.asarray(mesh.vert_properties)[:, :3], np.asarray(mesh.tri_verts).astype(int)


def plate() -> Scene:
    """A drilled plate: long thin triangles from a boolean."""
    plate = manifold3d.Manifold.cube((2, 0.1, 1), True)
    drill = manifold3d.Manifold.cylinder(1, 0.05, 0.05, 48, True).rotate((90, 0, 0))
    for x in np.linspace(-0.85, 0.85, 9):
        for z in np.linspace(-0.35, 0.35, 4):
            plate -= drill.translate((x, 0, z))
    return faceted(*solid(plate))


def gear() -> Scene:
    turn = np.linspace(0, 2 * np.pi, 24 * 4, endpoint=False)
    radius = np.where(np.arange(24 * 4) % 4 < 2, 1.0, 0.8)
    section = manifold3d.CrossSection([np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)])
    return faceted(*solid(section.extrude(0.3) - manifold3d.Manifold.cylinder(1, 0.3, 0.3, 64, True)))


def crossing() -> Scene:
    """Balls that pass through one another, as one mesh."""
    points, faces = fields.marched(lambda x, y, z: fields.ball(x, y, z, radius=0.4), 24)
    at = [(0, 0, 0), (0.4, 0.1, 0), (-0.3, 0.3, 0.1), (0.1, -0.4, 0.2)]
    return of(np.concatenate([points + one for one in at]), np.concatenate([faces + i * len(points) for i in range(len(at))]))


def band(turns) -> Scene:
    """A band with so many half turns."""
    n = 120
    u, v = np.arange(n) * 2 * np.pi / n, np.linspace(-0.25, 0.25, 7)
    spread = v[None] * np.cos(turns * u / 2)[:, None]
    points = np.stack(
        [(1 + spread) * np.cos(u)[:, None], v[None] * np.sin(turns * u / 2)[:, None], (1 + spread) * np.sin(u)[:, None]], -1
    )
    number = np.arange(n * 7).reshape(n, 7)
    after = np.roll(number, -1, axis=0)
    if turns % 2:
        after[-1] = number[0, ::-1]
    a, b, c, d = (one.ravel() for one in (number[:, :-1], number[:, 1:], after[:, 1:], after[:, :-1]))
    return of(points.reshape(-1, 3), np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]))


def sheet(height, cells=120, **parts) -> Scene:
    u, v = np.meshgrid(np.linspace(0, 1, cells + 1), np.linspace(0, 1, cells + 1))
    points = np.stack([u.ravel() * 4 - 2, height(u, v).ravel(), v.ravel() * 4 - 2], axis=1)
    low = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    faces = np.concatenate([np.stack([low, low + cells + 2, low + 1], 1), np.stack([low, low + cells + 1, low + cells + 2], 1)])
    return of(points, faces, uvs=(np.stack([u.ravel(), v.ravel()], axis=1),), **parts)


def bowl(cut) -> Scene:
    points, faces = fields.marched(lambda x, y, z: fields.ball(x, y, z, radius=0.7), 40)
    return of(points, faces[points[faces].mean(axis=1)[:, 1] < cut])


def fragments() -> Scene:
    """A textured ball whose every 2 x 2 quads are a chart of their own, scattered over the texture."""
    scene = lumpy(160, material=skin(3))
    shape = scene.nodes[0].mesh.primitives[0]
    quad = np.arange(len(shape.faces)) // 8
    place = np.stack([quad % 80, quad // 80], axis=1) / 80.0
    corners = shape.faces.ravel().astype(int)
    uv = shape.uvs[0][corners].reshape(-1, 3, 2)
    low = np.stack([np.minimum.reduceat(uv[:, :, k].min(axis=1), np.arange(0, len(quad), 8)) for k in range(2)], axis=1)[quad]
    high = np.stack([np.maximum.reduceat(uv[:, :, k].max(axis=1), np.arange(0, len(quad), 8)) for k in range(2)], axis=1)[quad]
    uv = (uv - low[:, None]) / np.maximum(high - low, 1e-9)[:, None] / 90.0 + place[:, None] % 1.0
    material = skin(3)
    return of(shape.positions[corners], np.arange(len(corners)).reshape(-1, 3), uvs=(uv.reshape(-1, 2),), material=material)


def patchwork() -> Scene:
    """Five materials on one body."""
    shape = lumpy(120).nodes[0].mesh.primitives[0]
    band_ = np.clip((shape.positions[shape.faces.astype(int)].mean(axis=1)[:, 1] + 0.5) * 5, 0, 4).astype(int)
    parts = [
        Primitive(shape.positions, shape.faces[band_ == k], uvs=shape.uvs, material=skin(20 + k, roughness=0.2 + 0.15 * k))
        for k in range(5)
    ]
    return Scene((Node("body", Mesh(tuple(parts))),))


def tree() -> Scene:
    """A trunk with cards of leaves that are cut out of their texture."""
    leaf = np.zeros((64, 64, 4), np.uint8)
    y, x = np.mgrid[:64, :64]
    leaf[..., :3] = (60, 140, 50)
    leaf[..., 3] = 255 * ((x - 32) ** 2 / 200 + (y - 32) ** 2 / 900 < 1)
    green = Material(
        "leaf", base_color_texture=Texture(Image(leaf)), metallic=0.0, roughness=0.8, alpha_mode="MASK", double_sided=True
    )
    card = np.array([[-0.1, 0, 0], [0.1, 0, 0], [0.1, 0.3, 0], [-0.1, 0.3, 0]])
    turn = np.linalg.qr(rng(12).normal(size=(900, 3, 3)))[0]
    at = rng(13).normal(size=(900, 3)) * 0.4 + [0, 1.6, 0]
    points = (np.einsum("nij,kj->nki", turn, card) + at[:, None]).reshape(-1, 3)
    faces = (np.array([[0, 1, 2], [0, 2, 3]])[None] + 4 * np.arange(900)[:, None, None]).reshape(-1, 3)
    leaves = Primitive(points, faces, uvs=(np.tile([[0, 1], [1, 1], [1, 0], [0, 0]], (900, 1)).astype(float),), material=green)
    trunk = make.cylinder(0.12, 1.8, 24).primitives[0]
    bark = skin(14)
    wood = Primitive(
        trunk.positions + np.array([0, 0.9, 0], np.float32), trunk.faces, uvs=trunk.uvs, normals=trunk.normals, material=bark
    )
    return Scene((Node("tree", Mesh((wood, leaves))),))


def street() -> Scene:
    """Nodes under nodes, one mirrored, one mesh shared."""
    body = lumpy(60, material=skin(15)).nodes[0].mesh
    nodes = [Node("root", scale=(2.0, 2.0, 2.0))]
    nodes += [
        Node(f"part{k}", body, "root", translation=(1.3 * k, 0.0, 0.0), scale=(1.0 if k != 1 else -1.0, 1.0, 1.0))
        for k in range(3)
    ]
    return Scene(tuple(nodes))


def needles() -> Scene:
    """Slivers: points strung along the edges of a box, and pulled a little."""
    points, faces = solid(manifold3d.Manifold.cube((1, 1, 1), True).refine(20))
    points = points + 0.0247 * np.sign(rng(16).normal(size=points.shape)) * (np.abs(points) < 0.49)
    return faceted(points, faces)


def scaled(scene: Scene, factor: float, shift=(0.0, 0.0, 0.0)) -> Scene:
    shape = scene.nodes[0].mesh.primitives[0]
    return of(shape.positions.astype(float) * factor + np.array(shift), shape.faces, uvs=shape.uvs, material=shape.material)


def meshes() -> Iterator[Foreign]:
    """All of them."""
    yield Foreign("textured 50k", lambda: lumpy(160, material=skin()))
    yield Foreign("textured 50k, all maps", lambda: lumpy(160, material=full_skin()))
    yield Foreign("marching lumps, stl soup", lambda: of(*soup(*fields.marched(fields.lumps, 56))), suffix=".stl")
    yield Foreign("marching figure, obj", lambda: march(fields.figure, 80), suffix=".obj")
    yield Foreign("bracket with 25 holes", holes, same=False)
    yield Foreign("gyroid, high genus", lambda: march(fields.gyroid, 64))
    yield Foreign("coloured scan, holes, noise", scan, 8000, same=False)
    yield Foreign("scan with 40 floating bits", lambda: scan(70, 0.002, 40), same=False)
    yield Foreign("clean coloured scan", lambda: scan(80, 0.0, 0, 0))
    yield Foreign("a third of the faces turned", lambda: flipped(0.3), 3000, same=False)
    yield Foreign("inside out", lambda: flipped(1.0), 3000, same=False)
    yield Foreign("shell with a cavity", lambda: shell(1, -1), 3000)
    yield Foreign("shell inside out", lambda: shell(-1, 1), 3000, same=False)
    yield Foreign("every face twice", lambda: of(*[np.concatenate(two) for two in _twice()]), 2000)
    yield Foreign("boxes that share edges", lambda: faceted(*boxes([(k, k, 0) for k in range(6)])), 2000)
    yield Foreign("boxes wall to wall", lambda: faceted(*boxes([(k, j, 0) for k in range(4) for j in range(3)])), 2000)
    yield Foreign("voxel surface, welded", voxels, 6000)
    yield Foreign("walls of no thickness on a ball", fins, 3000, sheet=True)
    yield Foreign("a millimetre high", lambda: scaled(lumpy(100, material=skin()), 1e-3), 3000)
    yield Foreign("five kilometres wide", lambda: scaled(lumpy(100, material=skin()), 5e3), 3000)
    yield Foreign("a kilometre off its origin", lambda: scaled(lumpy(100, material=skin()), 1.0, (1000.0, 0.0, 500.0)), 3000)
    yield Foreign("1M lumps", lambda: march(fields.lumps, 300), same=True)
    yield Foreign("1M textured", lambda: lumpy(710, material=skin()))
    yield Foreign("fragmented atlas, 50k", fragments)
    yield Foreign("five materials", patchwork, 3000)
    yield Foreign("60 loose rocks", lambda: scattered(60, 16, 0.12), 5000)
    yield Foreign("2000 loose bits", lambda: scattered(2000, 8, 0.02), 40_000)
    yield Foreign("100k loose bits", lambda: scattered(100_000, 4, 0.004), 5000, refused="loose parts need")
    yield Foreign("balls through one another", crossing, 3000)
    yield Foreign("one-sided band", lambda: band(1), 1000, sheet=True, same=False)
    yield Foreign("band with two half turns", lambda: band(2), 1000, sheet=True)
    yield Foreign(
        "terrain",
        lambda: sheet(lambda u, v: 0.3 * np.sin(5 * u) * np.sin(7 * v) + 0.03 * np.sin(40 * u), material=skin()),
        sheet=True,
    )
    yield Foreign(
        "cloth, double sided",
        lambda: sheet(lambda u, v: 0.1 * np.sin(9 * u + 3 * v), material=skin(5, double_sided=True)),
        sheet=True,
    )
    yield Foreign("open bowl", lambda: bowl(0.0), 2000, sheet=True)
    yield Foreign("statue without a base", lambda: bowl(0.55), 2000, same=False)
    yield Foreign("tree with cut out leaves", tree, sheet=True)
    yield Foreign(
        "glass",
        lambda: lumpy(100, material=Material("glass", base_color=(0.6, 0.8, 0.9, 0.3), alpha_mode="BLEND", metallic=0.0)),
        3000,
    )
    yield Foreign("bright metal", lambda: lumpy(120, material=skin(9, metallic=1.0, roughness=0.25)), 3000)
    yield Foreign("drilled plate", plate, 4000)
    yield Foreign("gear", gear, 4000)
    yield Foreign("nodes under nodes", street, 6000)
    yield Foreign("slivers", needles, 2000)
    yield Foreign("low polygons, textured", lambda: lumpy(16, material=skin()), 2000)
    yield Foreign("tiled twelve times", lambda: _tiled(), 3000)
    yield Foreign("blob of a network with junk inside", _junk, 4000)
    yield Foreign("one triangle", lambda: of([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]]), sheet=True)
    yield Foreign("no area", lambda: of([[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1, 1]]), refused="triangles with an area")
    yield Foreign("budget far too small", lambda: march(fields.gyroid, 48), 200, refused="a budget of 200")


def _twice():
    points, faces = fields.marched(fields.lumps, 36)
    return [(points, points), (faces, faces + len(points))]


def _tiled() -> Scene:
    shape = lumpy(100).nodes[0].mesh.primitives[0]
    return of(shape.positions, shape.faces, uvs=(shape.uvs[0] * 12,), material=skin())


def _junk() -> Scene:
    points, faces = fields.marched(fields.figure, 70)
    inner = make.sphere(0.08, 12, 8).primitives[0]
    at = [(0, 0, 0), (0, 0.2, 0), (0, 0.65, 0)]
    extra = [inner.positions + np.array(one) for one in at]
    parts = [inner.faces.astype(int) + len(points) + k * len(inner.positions) for k in range(3)]
    return of(np.concatenate([points, *extra]), np.concatenate([faces, *parts]))
