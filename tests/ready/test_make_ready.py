from itertools import pairwise

import manifold3d
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from dhsdk.errors import ParamError, RequestError
from dhsdk.media import Image
from dhsdk.ready import ReadyOptions, make_ready
from dhsdk.ready.clean import cleaned
from dhsdk.ready.colliders import collider
from dhsdk.ready.steps import fills
from dhsdk.ready.tangents import tangents
from dhsdk.scene import Collider, Instances, Material, Mesh, Morph, Node, Primitive, Scene, Texture, make
from dhsdk.scene.check import check
from dhsdk.scene.compare import differences
from tests.effort import examples


def closed(primitive):
    """Whether manifold3d takes the primitive, welded by position."""
    points, index = np.unique(primitive.positions, axis=0, return_inverse=True)
    faces = index.reshape(-1)[primitive.faces.astype(int)].astype(np.uint32)
    solid = manifold3d.Manifold(manifold3d.Mesh(points.astype(np.float32), faces))
    return solid.status() == manifold3d.Error.NoError and solid.volume() > 0


def ball(segments=32, rings=16):
    return make.single(make.sphere(0.5, segments, rings), "ball")


@examples(25)
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
    finest = node.mesh.primitives[0]
    source = cKDTree(np.hstack([finest.positions, finest.uvs[0]]))
    apart = 1e-4 * np.linalg.norm(np.ptp(finest.positions, axis=0))
    for level, lod in enumerate(node.lods, 1):
        primitive = lod.primitives[0]
        assert closed(primitive)
        back = primitive.positions + np.float32(apart * level)
        assert source.query(np.hstack([back, primitive.uvs[0]]))[0].max() < 1e-6
        away = cKDTree(finest.positions).query(primitive.positions)[0]
        assert away.min() > 0.9 * apart  # no edge is welded to one of another level
        assert away.max() < 10 * apart


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


def points(mesh):
    return np.concatenate([primitive.positions for primitive in mesh.primitives])


def inside(shape, at):
    """Whether every point lies in a collider, to a thousandth."""
    x, y, z, w = shape.rotation
    q = np.array([x, y, z])
    local = at - np.array(shape.translation)
    local = local + 2 * np.cross(-q, np.cross(-q, local) + w * local)
    if shape.kind == "box":
        return (np.abs(local) <= np.array(shape.size) / 2 + 1e-3).all()
    if shape.kind == "sphere":
        return (np.linalg.norm(local, axis=1) <= shape.size[0] + 1e-3).all()
    radius, height = shape.size
    around, up = np.linalg.norm(local[:, [0, 2]], axis=1), np.abs(local[:, 1])
    if shape.kind == "cylinder":
        return (around <= radius + 1e-3).all() and (up <= height / 2 + 1e-3).all()
    return (np.hypot(around, np.maximum(up - (height / 2 - radius), 0)) <= radius + 1e-3).all()


def capsule_points(axis):
    ball = points(make.sphere(0.5, 32, 16))
    ball[:, 1] += np.where(ball[:, 1] > 0, 1.0, -1.0)
    return np.roll(ball, axis - 1, axis=1)


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (points(make.box((1.0, 2.0, 3.0))), "box"),
        (points(make.sphere(0.5, 48, 24)), "sphere"),
        *[(np.roll(points(make.cylinder(0.5, 2.0, 64)), turn, axis=1), "cylinder") for turn in range(3)],
        *[(capsule_points(axis), "capsule") for axis in range(3)],
    ],
)
def test_a_primitive_serves_where_it_fits(at, kind):
    shape = collider(at, "auto")
    assert shape.kind == kind
    assert inside(shape, at)


def test_what_no_primitive_fits_gets_a_hull():
    hull = collider(np.array([[0, 2, 0], [1, 0, 0], [-1, 0, 1], [-1, 0, -1]], float), "auto")
    assert hull.kind == "hull"
    assert len(hull.positions) == 4
    ball = collider(points(make.sphere(0.5, 48, 24)), "hull")
    solid = manifold3d.Manifold(manifold3d.Mesh(np.array(ball.positions), np.array(ball.faces)))
    assert len(ball.positions) <= 32
    assert solid.status() == manifold3d.Error.NoError
    assert solid.volume() > 0.8 * 4 / 3 * np.pi * 0.5**3
    assert collider(points(make.sphere(0.5, 48, 24)), "box").kind == "box"


def test_what_is_too_thin_gets_no_collider():
    assert collider(points(make.box((1e-4, 1e-4, 1e-4))), "auto") is None
    assert collider(np.array([[0, 0, 0], [1, 0, 0], [1, 0, 1]], float), "auto") is None


def test_one_collider_around_the_whole_asset():
    legs = [make.place(make.single(make.box((0.1, 1.0, 0.1)), "leg"), at=(x, 0.5, 0.0)) for x in (-1.0, 1.0)]
    nodes = make_ready(make.group("table", *legs), ReadyOptions(collide="asset")).nodes
    (owner,) = [node for node in nodes if node.colliders]
    assert owner.parent is None
    assert owner.colliders[0].size[0] == pytest.approx(2.1)


def test_trim_and_what_has_a_collider_already_get_none():
    box = make.box()
    own = Collider("sphere", (3.0,))
    ready = make_ready(Scene((Node("trim", box, extras={"collide": False}), Node("own", box, colliders=(own,)))))
    assert ready.node("trim").colliders == ()
    assert ready.node("own").colliders == (own,)


def test_a_triangle_soup_is_welded_and_can_then_be_reduced():
    source = ball().nodes[0].mesh.primitives[0]
    corners = source.faces.reshape(-1).astype(int)
    soup = Primitive(
        source.positions[corners],
        np.arange(len(corners)).reshape(-1, 3),
        normals=source.normals[corners],
        uvs=(source.uvs[0][corners],),
    )
    small = make_ready(Scene((Node("soup", Mesh((soup,))),)), ReadyOptions(tris=200)).nodes[0].mesh.primitives[0]
    assert len(small.faces) <= 200
    assert closed(small)


def test_triangles_without_area_go():
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [5, 5, 5]], float)
    mesh = cleaned(Mesh((Primitive(points, [[0, 1, 2], [0, 0, 1]]),)))
    assert mesh.triangles == 1
    assert len(mesh.primitives[0].positions) == 3
    box = make.box()
    assert cleaned(box) is box


def test_missing_uvs_are_unwrapped_and_the_mesh_stays_closed():
    source = ball(16, 8).nodes[0].mesh.primitives[0]
    bare = Mesh((Primitive(source.positions, source.faces, normals=source.normals),), name="scan")
    made = make_ready(Scene((Node("a", bare),)), ReadyOptions(lods=1)).nodes[0]
    for mesh in (made.mesh, *made.lods):
        primitive = mesh.primitives[0]
        assert closed(primitive)
        assert primitive.tangents is not None
        assert primitive.uvs[0].min() >= 0.0
        assert primitive.uvs[0].max() <= 1.0
        corners = primitive.uvs[0][primitive.faces.astype(int)].astype(float)
        one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        assert np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).min() > 0
    again = make_ready(Scene((Node("a", bare),)), ReadyOptions(lods=1)).nodes[0]
    assert not differences(again.mesh, made.mesh)


def test_a_mesh_too_large_to_unwrap_is_refused():
    source = make.sphere(0.5, 200, 160).primitives[0]
    bare = Mesh((Primitive(source.positions, source.faces),), name="scan")
    rule = r"at most 60,000 triangles, got 63,600 in 'scan': give a budget \(tris\) or leave the UVs out \(uv=False\)"
    with pytest.raises(RequestError, match=rule):
        make_ready(Scene((Node("a", bare),)))


def test_no_engine_minds_what_comes_out():
    before = {str(problem) for problem in check(ball())}
    assert {str(problem) for problem in check(make_ready(ball(), ReadyOptions(tris=300, lods=2)))} <= before


def test_textures_are_capped_and_stay_shared():
    image = Image(np.arange(64 * 32 * 3, dtype=np.uint8).reshape(32, 64, 3))
    material = Material(base_color_texture=Texture(image), emissive_texture=Texture(image))
    ready = make_ready(make.single(make.box(material=material), "box"), ReadyOptions(texture=16))
    made = ready.materials[0]
    assert made.base_color_texture.image.pixels.shape == (8, 16, 3)
    assert made.base_color_texture.image is made.emissive_texture.image


def test_edges_become_powers_of_two_and_colours_are_averaged_as_light():
    pixels = np.zeros((48, 96, 3), np.uint8)
    pixels[:, ::2] = 255
    material = Material(base_color_texture=Texture(Image(pixels)), normal_texture=Texture(Image(pixels, colour="data")))
    made = make_ready(make.single(make.box(material=material), "box"), ReadyOptions(texture=48)).materials[0]
    assert made.base_color_texture.image.pixels.shape == (16, 32, 3)
    assert abs(int(made.base_color_texture.image.pixels.mean()) - 188) <= 1  # half the light, encoded
    assert abs(int(made.normal_texture.image.pixels.mean()) - 128) <= 1


def test_everything_can_be_left_out():
    source = ball()
    options = ReadyOptions(weld=False, uv=False, lightmap=False, tangents=False, lods=0, colliders="none")
    assert not differences(make_ready(source, options), source)


def test_progress_ends_at_one():
    told = []
    make_ready(ball(), ReadyOptions(), lambda fraction, message: told.append(fraction))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_options_are_checked():
    with pytest.raises(ParamError, match=r"lods must be in \[0, 3\], got 9"):
        ReadyOptions(lods=9)


def shell_of(thickness):
    """A hollow ball with a thin wall: outside and inside as one closed mesh."""
    outer = make.sphere(0.5, 24, 12).primitives[0]
    inner = outer.positions * np.float32(1 - thickness)
    faces = outer.faces.astype(np.int64)
    both = np.concatenate([faces, faces[:, ::-1] + len(inner)])
    return make.single(Mesh((Primitive(np.concatenate([outer.positions, inner]), both),)), "shell")


def test_a_thin_part_keeps_its_volume_beside_a_large_one():
    """Reduced in one queue with a finely divided ball, a thin shell would pass through itself."""
    both = make.group("both", make.place(ball(64, 32), at=(3.0, 0.0, 0.0)), shell_of(0.005))
    thin = make_ready(both, ReadyOptions(tris=1000, uv=False, lods=0)).node("shell").mesh
    assert fills(thin, shell_of(0.005).nodes[0].mesh, 0.9)
    assert closed(thin.primitives[0])


def test_lower_details_keep_their_volume():
    """Coarse thin walls pass through one another: such a detail is left out, and such a budget is refused."""
    scene = make_ready(shell_of(0.005), ReadyOptions(lods=3, uv=False))
    for mesh in scene.nodes[0].lods:
        assert closed(mesh.primitives[0])
    with pytest.raises(RequestError, match=r"a budget of 60 triangles cannot be met: closed parts with their seams need \d+;"):
        make_ready(shell_of(0.005), ReadyOptions(tris=60, uv=False))


def test_normals_that_point_away_from_their_triangles_are_made_anew():
    from dhsdk.ready.steps import faced
    from dhsdk.scene import Mesh, Primitive

    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [5, 0, 0], [6, 0, 0], [5, 1, 0]], np.float32)
    normals = np.array([[0, 0, -1]] * 4 + [[0, 0.6, 0.8]] * 3, np.float32)
    shape = faced(Mesh((Primitive(points, np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6]]), normals=normals),))).primitives[0]
    assert len(shape.positions) == 9
    assert shape.normals[shape.faces[:2].ravel()].tolist() == [[0, 0, 1]] * 6
    assert np.array_equal(shape.normals[shape.faces[2]], normals[4:])
    assert np.array_equal(shape.positions[shape.faces[1]], points[[0, 2, 3]])
