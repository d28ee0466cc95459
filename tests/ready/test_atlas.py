"""One atlas: the scene looks as before, every triangle has texels of its own."""

from dataclasses import replace

import numpy as np
import pytest

from dhsdk.errors import RequestError
from dhsdk.media import Image
from dhsdk.ready.atlas import one_atlas, recoloured
from dhsdk.ready.layout import crowded
from dhsdk.render import Settings, render
from dhsdk.scene import Material, Morph, Node, Scene, Texture, make
from dhsdk.scene.check import check
from dhsdk.scene.material import Clearcoat, Transmission
from dhsdk.scene.mesh import Mesh


def checker(first, second, cells=4, edge=64):
    odd = (np.add.outer(np.arange(edge) * cells // edge, np.arange(edge) * cells // edge) % 2).astype(bool)
    return Texture(Image(np.where(odd[..., None], first, second).astype(np.uint8)))


TILED = Material("tiled", base_color_texture=checker((200, 60, 40), (30, 60, 90)), metallic=0.0, roughness=0.5)
LACQUER = Material("lacquer", base_color=(0.2, 0.4, 0.1, 1.0), metallic=0.0, roughness=0.8, clearcoat=Clearcoat(0.7))
LAMP = Material("lamp", base_color=(1, 1, 1, 1), emissive=(1.0, 0.5, 0.2), emissive_strength=3.0, metallic=0.0)
GLASS = Material("glass", base_color=(0.5, 0.9, 0.6, 0.4), alpha_mode="BLEND", transmission=Transmission(0.9), metallic=0.0)


def dressed(mesh, material):
    return replace(mesh, primitives=tuple(replace(one, material=material) for one in mesh.primitives))


@pytest.fixture(scope="module")
def shelf():
    box = dressed(make.box((0.5, 0.5, 0.5)), TILED)
    return Scene((
        Node("root", translation=(0.0, 0.2, 0.0)),
        Node("left", box, "root", translation=(-0.4, 0.25, 0.0)),
        Node("right", box, "root", translation=(0.4, 0.25, 0.0), scale=(1.0, 1.5, 1.0)),
        Node("ball", dressed(make.sphere(0.2), LACQUER), "root", translation=(0.0, 0.4, 0.5)),
        Node("bulb", dressed(make.sphere(0.08), LAMP), translation=(0.0, 1.0, 0.0)),
        Node("pane", dressed(make.box((0.3, 0.4, 0.02)), GLASS), translation=(0.1, 0.3, 0.9)),
    ))  # fmt: skip


@pytest.fixture(scope="module")
def one(shelf):
    return one_atlas(shelf, 1024)


def test_it_looks_as_before(shelf, one):
    settings = Settings(size=(320, 240))
    for camera in ("three-quarter", "front", "top"):
        before, after = (render(scene, camera, settings).pixels.astype(int) for scene in (shelf, one.scene))
        assert np.abs(before - after).mean() < 0.8
        assert np.percentile(np.abs(before - after), 99) < 20


def test_every_triangle_has_texels_of_its_own(one):
    uvs = one.geometry.uvs[one.geometry.faces]
    assert crowded(uvs.astype(np.float64) * 1024, np.zeros(len(uvs), np.int64), 1024)[0] < 1e-4 * 1024**2
    assert uvs.min() >= 0
    assert uvs.max() <= 1


def test_points_nodes_and_factors_stay(shelf, one):
    assert [node.key for node in one.scene.nodes] == [node.key for node in shelf.nodes]
    for old, new in zip(shelf.nodes, one.scene.nodes, strict=True):
        assert (old.translation, old.parent) == (new.translation, new.parent)
        for a, b in zip(*(node.mesh.primitives if node.mesh else () for node in (old, new)), strict=True):
            np.testing.assert_array_equal(a.positions[a.faces], b.positions[b.faces])
    assert one.scene.node("left").mesh is not one.scene.node("right").mesh  # each has texels of its own
    by_name = {material.name: material for material in one.scene.materials}
    assert by_name["lacquer"].clearcoat == LACQUER.clearcoat
    assert by_name["glass"].transmission == GLASS.transmission
    assert (by_name["glass"].alpha_mode, by_name["glass"].base_color[3]) == ("BLEND", 0.4)
    assert by_name["lamp"].emissive_strength == 3.0
    assert by_name["tiled"].emissive == (0.0, 0.0, 0.0)
    assert len({id(material.base_color_texture.image) for material in one.scene.materials}) == 1
    assert not [problem for problem in check(one.scene) if problem.severity == "error"]


def test_recoloured_changes_the_base_colour_alone(one):
    green = np.broadcast_to(np.float32([0.0, 1.0, 0.0]), one.colours.shape)
    made = recoloured(one, green)
    for old, new in zip(one.scene.materials, made.materials, strict=True):
        assert (new.base_color_texture.image.pixels == (0, 255, 0)).all()
        assert replace(new, base_color_texture=None) == replace(old, base_color_texture=None)


def test_alpha_of_a_texture_stays():
    holes = np.full((32, 32, 4), 255, np.uint8)
    holes[:, 16:, 3] = 0
    leaf = Material("leaf", base_color_texture=Texture(Image(holes)), alpha_mode="MASK", metallic=0.0)
    one = one_atlas(Scene((Node("leaf", dressed(make.plane((1.0, 1.0)), leaf)),)), 128)
    made = recoloured(one, np.zeros_like(one.colours))
    pixels = made.materials[0].base_color_texture.image.pixels.reshape(-1, 4)[one.where.at]
    assert (pixels[:, :3] == 0).all()
    assert 0.4 < (pixels[:, 3] == 255).mean() < 0.6


def test_what_has_no_atlas_is_refused(monkeypatch, shelf):
    box = make.box((1.0, 1.0, 1.0))
    moved = replace(box.primitives[0], morphs=(Morph(np.zeros_like(box.primitives[0].positions)),))
    with pytest.raises(RequestError, match=r"^an atlas must be of meshes of triangles without skins and morphs, got others at "):
        one_atlas(Scene((Node("face", Mesh((moved,), morph_names=("smile",))),)), 64)
    monkeypatch.setattr("dhsdk.ready.atlas.MOST", 20)
    with pytest.raises(RequestError, match=r"^an atlas must have at most 20 triangles, got [\d,]+: give a smaller budget$"):
        one_atlas(shelf, 64)


def test_a_mesh_with_neither_normals_nor_uvs_nor_material_gets_an_atlas():
    box = make.box((1.0, 1.0, 1.0))
    bare = replace(box.primitives[0], normals=None, uvs=(), material=None)
    scene = Scene((Node("box", Mesh((bare,), "box")),))
    one = one_atlas(scene, 64)
    settings = Settings(size=(120, 120))
    before, after = (render(each, None, settings).pixels.astype(int) for each in (scene, one.scene))
    assert np.abs(before - after).mean() < 1.0
