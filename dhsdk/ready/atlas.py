"""One atlas for a whole scene: every triangle has texels of its own, and all materials share their maps, baked anew."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dhsdk.errors import RequestError
from dhsdk.media import Image
from dhsdk.ready.bake import ALPHA, EMISSION, METALLIC, NORMAL, OCCLUSION, RED, ROUGHNESS, Target, pictures, rebaked
from dhsdk.ready.layout import Texels, texels
from dhsdk.ready.native import atlas
from dhsdk.ready.part import with_tangents
from dhsdk.ready.tangents import tangents
from dhsdk.ready.unwrap import MOST, with_uvs
from dhsdk.render.geometry import Geometry, gathered
from dhsdk.render.posing import smooth
from dhsdk.scene import edit
from dhsdk.scene.frames import world
from dhsdk.scene.material import Material, Texture
from dhsdk.scene.mesh import Mesh, Primitive
from dhsdk.scene.types import Node, Scene
from dhsdk.scene.weld import faceted


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """A scene on one atlas. geometry: what is drawn of it. where: the texels, with faces of the geometry.

    colours: (N, 3) float32 linear base colour at the texels. base: the texture that shows them, shared by all its materials.
    """

    scene: Scene
    geometry: Geometry
    where: Texels
    colours: np.ndarray
    base: Texture


def one_atlas(scene: Scene, edge: int) -> Atlas:
    """The scene with UVs without overlaps in one square of `edge` texels, and base colour, occlusion, roughness, metallic, normal
    and emission baked into them. Points, normals, nodes, factors of extensions (clearcoat, transmission ...) and names stay.

    Meshes that nodes share are parted; copies of one node (instances) share their texels. LODs, variants, further UV sets and
    textures of extensions go: they speak of the old UVs.

    Raises RequestError: skins, morphs, or more triangles than can be unwrapped.
    """
    wrong = next((node.key for node in scene.nodes if node.mesh is not None and not _plain(node.mesh)), None)
    if wrong is not None:
        raise RequestError(f"an atlas must be of meshes of triangles without skins and morphs, got others at node {wrong!r}")
    count = sum(node.mesh.triangles for node in scene.nodes if node.mesh is not None)
    if count > MOST:
        raise RequestError(f"an atlas must have at most {MOST:,} triangles, got {count:,}: give a smaller budget")
    look = with_tangents(gathered(scene))
    unwrapped = replace(scene, nodes=_unwrapped(scene, edge), variants=())
    geometry = gathered(unwrapped)
    corners = geometry.faces
    target = Target(
        geometry.positions[corners], geometry.normals[corners].astype(np.float64),
        geometry.tangents[corners].astype(np.float64), geometry.uvs[corners].astype(np.float64),
    )  # fmt: skip
    where = texels(target.uvs, edge)
    values = rebaked(look, target, where)
    strength = max(1.0, *(one.emissive_strength * max(one.emissive) for one in look.materials))
    textures = _textures(values, where, look, strength)
    made = edit.map_materials(unwrapped, lambda one: _shared(one, textures, strength))
    return Atlas(made, gathered(made), where, values[:, RED : RED + 3], textures["base"])


def recoloured(one: Atlas, colours: np.ndarray) -> Scene:
    """The scene with this base colour (N, 3), linear, at the texels; alpha stays."""
    own = one.base.image.pixels
    pixels = pictures(colours, one.where, (0, 1, 2), srgb=True)
    if own.shape[2] == 4:
        pixels = np.dstack([pixels, own[..., 3]])
    base = replace(one.base, image=one.base.image.replace(pixels=pixels))
    return edit.map_materials(one.scene, lambda material: replace(material, base_color_texture=base))


def _plain(mesh: Mesh) -> bool:
    return not mesh.morph_names and all(shape.mode == "triangles" and shape.joints is None for shape in mesh.primitives)


def _unwrapped(scene: Scene, edge: int) -> tuple[Node, ...]:
    matrices = world(scene)
    welded = []
    for node in scene.nodes:
        scale = abs(float(np.linalg.det(matrices[node.key][:3, :3]))) ** (1 / 3)
        for shape in node.mesh.primitives if node.mesh is not None else ():
            points, place = np.unique(shape.positions, axis=0, return_inverse=True)  # charts grow across split normals
            welded.append((points * scale, place.reshape(-1)[shape.faces]))
    charts = iter(atlas(welded, edge, max(2, edge // 256)))
    nodes = []
    for node in scene.nodes:
        if node.mesh is not None:
            shapes = tuple(_alone(with_uvs(shape, *next(charts))) for shape in node.mesh.primitives)
            node = replace(node, mesh=replace(node.mesh, primitives=shapes), lods=())
        nodes.append(node)
    return tuple(nodes)


def _alone(shape: Primitive) -> Primitive:
    """The primitive with tangents of its new UVs; what its vertex colours and variants said is in the maps, or gone."""
    shape = faceted(shape)
    normals = shape.normals if shape.normals is not None else smooth(shape.positions, shape.faces)
    along = tangents(shape.positions, normals, shape.uvs[0], shape.faces.astype(np.int64))
    return replace(shape, normals=normals, tangents=along, colors=None, variants=(), material=shape.material or Material())


def _textures(values: np.ndarray, where: Texels, look: Geometry, strength: float) -> dict[str, Texture]:
    """base, orm, normal and emissive; alpha with the base where something says more of it than a factor."""
    bases = (one.base_color_texture for one in look.materials if one.alpha_mode != "OPAQUE")
    clear = any(one is not None and one.image.pixels.shape[2] in (2, 4) for one in bases) or look.colors[:, 3].min() < 1.0
    channels = (RED, RED + 1, RED + 2, ALPHA) if clear else (RED, RED + 1, RED + 2)
    made = {
        "base": Image(pictures(values, where, channels, srgb=True), colour="srgb", name="base_color"),
        "orm": Image(pictures(values, where, (OCCLUSION, ROUGHNESS, METALLIC)), colour="data", name="orm"),
    }
    lifted = values.copy()
    lifted[:, NORMAL : NORMAL + 3] = lifted[:, NORMAL : NORMAL + 3] * np.float32(0.5) + np.float32(0.5)
    made["normal"] = Image(pictures(lifted, where, (NORMAL, NORMAL + 1, NORMAL + 2)), colour="data", name="normal")
    glow = pictures(values, where, (EMISSION, EMISSION + 1, EMISSION + 2), 1.0 / strength, True)
    made["emissive"] = Image(glow, colour="srgb", name="emissive")
    return {name: Texture(image) for name, image in made.items()}


def _shared(one: Material, textures: dict[str, Texture], strength: float) -> Material:
    """The material with the shared maps instead of its own, and its factors where the maps do not hold them."""
    shines = max(one.emissive) > 0.0
    mapped = textures["base"].image.pixels.shape[2] == 4 and not (one.transmission and one.transmission.factor > 0.0)
    return replace(
        one,
        base_color=(1.0, 1.0, 1.0, 1.0 if mapped else one.base_color[3]),
        base_color_texture=textures["base"],
        metallic=1.0,
        roughness=1.0,
        metallic_roughness_texture=textures["orm"],
        occlusion_texture=textures["orm"],
        occlusion_strength=1.0,
        normal_texture=textures["normal"],
        normal_scale=1.0,
        emissive=(1.0, 1.0, 1.0) if shines else (0.0, 0.0, 0.0),
        emissive_texture=textures["emissive"] if shines else None,
        emissive_strength=strength if shines else 1.0,
        clearcoat=one.clearcoat and replace(one.clearcoat, texture=None, roughness_texture=None, normal_texture=None),
        sheen=one.sheen and replace(one.sheen, color_texture=None, roughness_texture=None),
        transmission=one.transmission and replace(one.transmission, texture=None),
        volume=one.volume and replace(one.volume, thickness_texture=None),
        specular=one.specular and replace(one.specular, texture=None, color_texture=None),
        iridescence=one.iridescence and replace(one.iridescence, texture=None, thickness_texture=None),
        anisotropy=one.anisotropy and replace(one.anisotropy, texture=None),
    )
