from itertools import pairwise

import manifold3d
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dhsdk.errors import ParamError, RequestError
from dhsdk.media import Image
from dhsdk.ready import ReadyOptions, make_ready
from dhsdk.ready.colliders import collider
from dhsdk.ready.tangents import tangents
from dhsdk.scene import Instances, Material, Mesh, Morph, Node, Primitive, Scene, Texture, make
from dhsdk.scene.compare import differences


def closed(primitive):
    """Whether manifold3d takes the primitive, welded by position."""
    points, index = np.unique(primitive.positions, axis=0, return_inverse=True)
    faces = index.reshape(-1)[primitive.faces.astype(int)].astype(np.uint32)
    solid = manifold3d.Manifold(manifold3d.Mesh(points.astype(np.float32), faces))
    return solid.status() == manifold3d.Error.NoError and solid.volume() > 0


def ball(segments=32, rings=16):
    return make.single(make.sphere(0.5, segments, rings), "ball")


@settings(max_examples=25, deadline=None)
@given(tris=st.integers(60, 900), segments=st.integers(8, 40), rings=st.integers(4, 20))
def test_a_budget_is_met_closely_and_the_part_stays_closed(tris, segments, rings):
    source = ball(segments, rings)
    before = source.nodes[0].mesh.triangles
    mesh = make_ready(source, ReadyOptions(tris=tris, lods=2)).nodes[0].mesh
    assert mesh.triangles <= tris
    assert mesh.triangles >= min(before, 0.9 * tris - 2)
    assert closed(mesh.primitives[0])


def test_lods_are_closed_smaller_and_keep_their_seams():
    node = make_ready(ball(48, 24), ReadyOptions(lods=3)).nodes[0]
    counts = [node.mesh.triangles, *(lod.triangles for lod in node.lods)]
    assert len(counts) == 4
    assert all(small <= large // 2 + 1 for large, small in pairwise(counts))
    source = {tuple(row) for row in np.hstack([node.mesh.primitives[0].positions, node.mesh.primitives[0].uvs[0]])}
    for lod in node.lods:
        primitive = lod.primitives[0]
        assert closed(primitive)
        assert {tuple(row) for row in np.hstack([primitive.positions, primitive.uvs[0]])} <= source


def test_an_impossible_budget_is_refused():
    room = make.group("room", *[make.place(make.single(make.box(), "box"), at=(2.0 * i, 0.0, 0.0)) for i in range(40)])
    with pytest.raises(RequestError, match=r"a budget of 100 triangles cannot be met: closed parts with their seams need 480"):
        make_ready(room, ReadyOptions(tris=100))


def test_copies_count_in_the_budget():
    node = ball().nodes[0]
    many = Scene((Node("balls", node.mesh, instances=Instances(np.eye(3))),))
    assert make_ready(many, ReadyOptions(tris=600)).nodes[0].mesh.triangles <= 200


def test_rigs_and_morphs_keep_their_triangles():
    primitive = ball().nodes[0].mesh.primitives[0]
    morphs = (Morph(np.zeros_like(primitive.positions)),)
    mesh = Mesh((Primitive(primitive.positions, primitive.faces, normals=primitive.normals, morphs=morphs),), morph_names=("a",))
    ready = make_ready(Scene((Node("a", mesh),)), ReadyOptions(tris=5000, lods=2)).nodes[0]
    assert ready.mesh.triangles == mesh.triangles
    assert not ready.lods
    assert not ready.colliders


def test_tangents_are_unit_orthogonal_and_right_handed():
    primitive = make_ready(ball()).nodes[0].mesh.primitives[0]
    t = primitive.tangents
    assert np.allclose(np.linalg.norm(t[:, :3], axis=1), 1.0, atol=1e-5)
    assert np.abs((t[:, :3] * primitive.normals).sum(axis=1)).max() < 1e-5
    assert set(np.unique(t[:, 3])) <= {-1.0, 1.0}


@pytest.mark.parametrize(("flip", "side"), [(1.0, 1.0), (-1.0, -1.0)])
def test_the_bitangent_points_up_in_the_texture(flip, side):
    """A quad whose texture stands upright has the tangent along +u and the bitangent against +v; a mirrored one turns w."""
    points = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], float)
    uvs = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], float) * [flip, 1]
    made = tangents(points, np.tile([0.0, 0.0, 1.0], (4, 1)), uvs, np.array([[0, 1, 2], [0, 2, 3]]))
    assert np.allclose(made[:, :3], [flip, 0, 0])
    bitangent = np.cross([0, 0, 1], made[0, :3]) * made[0, 3]
    assert np.allclose(bitangent, [0, 1, 0])
    assert made[0, 3] == side


def test_tangents_without_uv_area_are_still_unit():
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float)
    made = tangents(points, np.tile([0.0, 0.0, 1.0], (3, 1)), np.zeros((3, 2)), np.array([[0, 1, 2]]))
    assert np.allclose(np.linalg.norm(made[:, :3], axis=1), 1.0)


def test_colliders_fit_their_shape():
    assert collider(make.box((1.0, 2.0, 3.0)), "auto").kind == "box"
    assert collider(make.sphere(0.5, 48, 24), "auto").kind == "sphere"
    assert collider(make.cylinder(0.5, 2.0, 64), "auto").kind == "cylinder"
    cone = Mesh(
        (
            Primitive(
                np.array([[0, 2, 0], [1, 0, 0], [-1, 0, 1], [-1, 0, -1]], float), [[0, 1, 3], [0, 2, 1], [0, 3, 2], [1, 2, 3]]
            ),
        )
    )
    hull = collider(cone, "auto")
    assert hull.kind == "hull"
    assert len(hull.positions) == 4
    assert collider(make.sphere(0.5, 48, 24), "hull").kind == "hull"
    assert collider(make.sphere(0.5, 48, 24), "box").kind == "box"
    assert collider(make.box((1e-4, 1e-4, 1e-4)), "auto") is None
    flat = Mesh((Primitive([[0, 0, 0], [1, 0, 0], [1, 0, 1]], [[0, 1, 2]]),))
    assert collider(flat, "auto") is None


def test_textures_are_capped_and_stay_shared():
    image = Image(np.arange(64 * 32 * 3, dtype=np.uint8).reshape(32, 64, 3))
    material = Material(base_color_texture=Texture(image), emissive_texture=Texture(image))
    ready = make_ready(make.single(make.box(material=material), "box"), ReadyOptions(texture=16))
    made = ready.materials[0]
    assert made.base_color_texture.image.pixels.shape == (8, 16, 3)
    assert made.base_color_texture.image is made.emissive_texture.image


def test_everything_can_be_left_out():
    source = ball()
    options = ReadyOptions(tangents=False, lods=0, colliders="none")
    assert not differences(make_ready(source, options), source)


def test_progress_ends_at_one():
    told = []
    make_ready(ball(), ReadyOptions(), lambda fraction, message: told.append(fraction))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_options_are_checked():
    with pytest.raises(ParamError, match=r"lods must be in \[0, 3\], got 9"):
        ReadyOptions(lods=9)
