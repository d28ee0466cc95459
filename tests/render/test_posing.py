"""Poses: vertices of skins, morphs, rigid parts and copies; what stands still is gathered once."""

from __future__ import annotations

import dataclasses
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.errors import RenderError, SceneError, UnknownName
from dhsdk.render import Settings, named
from dhsdk.render.drawer import Drawer
from dhsdk.render.geometry import Poses, gathered
from dhsdk.render.posing import smooth
from dhsdk.scene import Instances, Mesh, Morph, Node, Primitive, Scene, Skin, make
from dhsdk.scene.frames import world
from dhsdk.scene.pose import at, posed
from dhsdk.scene.rotation import from_axis_angle, to_matrix
from tests.effort import examples
from tests.render.bodies import tube

FIELDS = ("positions", "normals", "tangents", "uvs", "colors", "faces", "material", "node")


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.31, 1.0, 1.7, 9.0])
def test_a_pose_is_the_geometry_of_the_posed_scene(seconds):
    scene = tube(12, 20, bones=5)
    one, other = Poses(scene).at("wave", seconds), gathered(at(scene, "wave", seconds))
    for name in FIELDS:
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name
    assert one.materials == other.materials


def test_what_stands_still_is_gathered_once():
    poses = Poses(tube(12, 20))
    one, other = poses.at("wave", 0.2), poses.at("wave", 0.9)
    for name in ("uvs", "colors", "faces", "material", "node"):
        assert getattr(one, name) is getattr(other, name)
    assert (one.positions != other.positions).any()
    assert poses.now().positions.tobytes() == gathered(tube(12, 20)).positions.tobytes()


def test_vertices_stand_where_the_scene_says():
    scene = at(tube(16, 30, bones=4), "wave", 0.8)
    geometry, matrices = gathered(scene), world(scene)
    for number, node in enumerate(scene.nodes):
        if node.mesh is not None:
            mine = np.unique(geometry.faces[geometry.node == number])
            wanted = posed(node, node.mesh.primitives[0], matrices)
            assert np.abs(geometry.positions[mine] - wanted).max() < 1e-6


def test_normals_of_a_bent_tube_stand_upright_on_its_faces():
    geometry = gathered(at(tube(48, 96), "wave", 1.0))
    faces = geometry.faces[geometry.node == 3]
    a, b, c = (geometry.positions[faces[:, k]] for k in range(3))
    flat = unit(np.cross(b - a, c - a))
    slope = np.einsum("fk,fk->f", flat, unit(geometry.normals[faces].mean(axis=1)))
    # Linear blending bends the surface between bones a little more than its normals.
    assert np.median(slope) > 0.97
    assert slope.min() > 0.7
    assert np.abs(np.linalg.norm(geometry.normals, axis=1) - 1).max() < 1e-5


def test_a_skin_that_turns_as_a_whole_turns_its_normals():
    whole = tube(24, 12)
    turn = from_axis_angle(unit(np.array([1.0, 2.0, -0.5])), 1.1)
    turned = Scene(tuple(dataclasses.replace(one, rotation=turn) if one.key == "bone0" else one for one in whole.nodes))
    before, after = gathered(whole), gathered(turned)
    assert np.abs(after.normals - before.normals @ to_matrix(turn).T).max() < 1e-6
    assert np.abs(after.positions - before.positions @ to_matrix(turn).T).max() < 1e-6


@examples(60)
@given(st.tuples(*[st.floats(-3, 3).filter(lambda v: abs(v) > 0.05)] * 3), st.floats(0, 6), st.floats(-1, 1))
def test_normals_stay_upright_under_any_scale_and_tangents_lie_in_the_surface(scale, angle, tilt):
    """Also in a mirror; the normal keeps to the outer side."""
    shape = make.sphere(0.5, 24, 12)
    primitive = shape.primitives[0]
    along = unit(np.cross((0.2, 1.0, 0.1), primitive.normals))
    primitive = dataclasses.replace(primitive, tangents=np.column_stack([along, np.ones(len(along))]))
    node = Node("ball", Mesh((primitive,)), rotation=from_axis_angle(unit(np.array([tilt, 1.0, 0.3])), angle), scale=scale)
    geometry = gathered(Scene((node,)))
    outward = primitive.positions / np.array(scale)  # the gradient of the ellipsoid, in its own frame
    wanted = unit(outward @ to_matrix(node.rotation).T * 1.0)
    assert np.abs(geometry.normals - wanted).max() < 1e-4
    assert np.abs(np.einsum("vk,vk->v", geometry.tangents[:, :3], geometry.normals)).max() < 1e-4


@pytest.mark.parametrize("scale", [(1.0, 0.0, 1.0), (0.0, 0.0, 0.0), (1.0, 1e-20, 1e20), (0.0, 1.0, 0.0)])
def test_flat_transforms_give_flat_things(scale):
    geometry = gathered(Scene((Node("box", make.box(), scale=scale),)))
    assert np.isfinite(geometry.normals).all()
    lengths = np.linalg.norm(geometry.normals, axis=1)
    assert ((lengths < 1e-6) | (abs(lengths - 1) < 1e-5)).all()
    if scale == (1.0, 0.0, 1.0):
        assert (np.abs(geometry.normals[lengths > 0.5]) == (0, 1, 0)).all()
        assert (geometry.positions[:, 1] == 0).all()


def test_copies_stand_in_the_frame_of_their_node():
    rings = Instances([[0, 0, 0], [2.0, 0, 0]], [(0, 0, 0, 1), from_axis_angle((0, 1, 0), math.pi / 2)], [[1, 1, 1], [2, 1, 0]])
    scene = Scene((Node("boxes", make.box(), translation=(0, 5.0, 0), scale=(1, 0, 1), instances=rings),))
    geometry = gathered(scene)
    assert len(geometry.positions) == 48
    assert geometry.positions[24:, 0] == pytest.approx(2.0)  # the second is flat along its own z, which is the node's x
    assert np.ptp(geometry.positions[24:, 2]) == pytest.approx(2.0)
    assert (geometry.positions[:, 1] == 5.0).all()
    assert np.isfinite(geometry.normals).all()


def test_copies_of_a_skinned_mesh_stand_in_the_world():
    whole = tube(8, 6)
    body = dataclasses.replace(whole.node("body"), translation=(9.0, 0, 0), instances=Instances([[0, 0, 0], [0, 0, 3.0]]))
    scene = Scene(tuple(body if one.key == "body" else one for one in whole.nodes), whole.animations)
    geometry, single = Poses(scene).at("wave", 0.6), Poses(whole).at("wave", 0.6)
    count = (single.node == 3).sum()
    assert (geometry.node == 3).sum() == 2 * count
    first, second = (np.unique(geometry.faces[geometry.node == 3][half]) for half in (slice(count), slice(count, None)))
    wanted = single.positions[np.unique(single.faces[single.node == 3])]
    assert np.abs(geometry.positions[first] - wanted).max() < 1e-6
    assert np.abs(geometry.positions[second] - wanted - (0, 0, 3)).max() < 1e-6


def square(**values):
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    return Primitive(corners, [[0, 1, 2], [0, 2, 3]], **values)


def morphing(primitive, weight):
    return gathered(Scene((Node("n", Mesh((primitive,), "m", ("one",)), weights=(weight,)),)))


def test_a_morph_moves_positions_normals_and_tangents():
    front, side = np.tile(np.float32([0, 0, 1]), (4, 1)), np.tile(np.float32([1, 0, 0]), (4, 1))
    own = Morph(np.ones((4, 3)), side - front, None)
    whole = square(normals=front, tangents=np.column_stack([side, -np.ones(4)]), morphs=(own,))
    assert morphing(whole, 1.0).normals == pytest.approx(side)
    assert morphing(whole, 0.5).normals == pytest.approx(unit(side + front))
    assert morphing(whole, 0.5).positions == pytest.approx(whole.positions + 0.5)
    assert morphing(whole, 0.0).normals == pytest.approx(front)
    assert (morphing(whole, 0.5).tangents[:, 3] == -1).all()


def test_normals_follow_a_morph_that_has_none():
    """Raised along x the square becomes a slope; its normals, its own or made, become the slope's."""
    raised = Morph(np.array([[0, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0]]))
    slope = np.array([-1, 0, 1]) / math.sqrt(2)
    for given_normals in (None, np.tile(np.float32([0, 0, 1]), (4, 1))):
        made = morphing(square(normals=given_normals, morphs=(raised,)), 1.0).normals
        assert made == pytest.approx(np.tile(slope, (len(made), 1)), abs=1e-6)


def test_a_mesh_without_normals_is_flat():
    """A box of eight corners shows six flat sides, in any pose, and each corner keeps its UV."""
    points = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float32)
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [[a, b, c] for a, b, c, _ in sides] + [[a, c, d] for a, _, c, d in sides]
    uvs = points[:, :2].copy()
    geometry = gathered(make.single(Primitive(points, faces, uvs=(uvs,)), "box"))
    assert np.array_equal(geometry.positions[geometry.faces], points[faces])
    assert np.array_equal(geometry.uvs[geometry.faces], uvs[faces])
    a, b, c = (points[np.array(faces)[:, k]] for k in range(3))
    assert np.abs(geometry.normals[geometry.faces] - unit(np.cross(b - a, c - a))[:, None]).max() < 1e-6
    assert np.abs(geometry.normals).max(axis=1) == pytest.approx(1.0)


def test_normals_that_are_missing_or_have_no_length_are_made():
    half = np.array([[0, 0, 0], [0, 0, 0], [1, 0, 0], [1, 0, 0]], np.float32)
    assert gathered(make.single(square(), "s")).normals == pytest.approx(np.tile([0, 0, 1.0], (6, 1)))
    mended = gathered(make.single(square(normals=half), "s")).normals
    assert mended == pytest.approx(np.array([[0, 0, 1], [0, 0, 1], [1, 0, 0], [1, 0, 0]]))
    line = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]], np.float32)
    assert (smooth(line, np.array([[0, 1, 2]], np.uint32)) == 0).all()


def test_threads_may_pose_at_once():
    poses = Poses(tube(24, 40))
    times = np.linspace(0, 2, 16)
    alone = [poses.at("wave", t) for t in times]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda t: poses.at("wave", t), times))
    assert all(a.positions.tobytes() == b.positions.tobytes() for a, b in zip(alone, together, strict=True))


def test_shadows_follow_a_pose_whose_arrays_lie_where_older_ones_lay():
    poses = Poses(tube(16, 20))
    settings = Settings(size=(48, 48), samples=1)
    view = named(tube(16, 20), "three-quarter")
    kept = [poses.at("wave", t) for t in np.linspace(0, 2, 8)]
    one, other = Drawer(tube(16, 20), settings), Drawer(tube(16, 20), settings)
    for number, t in enumerate(np.linspace(0, 2, 8)):
        assert (one.draw(kept[number], view) == other.draw(poses.at("wave", t), view)).all()


def test_what_cannot_be_posed_says_why():
    scene = tube(8, 4)
    with pytest.raises(UnknownName, match="no clip 'fly' in this scene; it has: 'wave'"):
        Poses(scene).at("fly", 0.0)
    with pytest.raises(RenderError, match="a scene must have triangles to be drawn, got none"):
        Poses(Scene())
    primitive = scene.node("body").mesh.primitives[0]
    body = Node("body", Mesh((primitive,), "m", ("swell",)), skin=Skin(("bone",), np.eye(4)[None]))
    with pytest.raises(SceneError, match="joints of node 'body' must index its skin's 1 joints, got 2"):
        Poses(Scene((Node("bone"), body)))
    with pytest.raises(RenderError, match=r"a scene must lie within 1e\+25 m to be drawn, got .* at node 'far'"):
        gathered(Scene((Node("near", make.box()), Node("far", make.box(), translation=(3e25, 0, 0)))))
    swelling = dataclasses.replace(scene.node("body"), weights=(math.nan,))
    with pytest.raises(RenderError, match=r"morph weights must be finite to be drawn, got \(nan,\) at node 'body'"):
        gathered(Scene((*[one for one in scene.nodes if one.key.startswith("bone")], swelling)))
