import dataclasses
import math

import numpy as np
import pytest

from dhsdk.errors import SceneError, UnknownName
from dhsdk.scene import Animation, Channel, Coupling, Joint, Mesh, Morph, Node, Primitive, Scene, Skin, make, pose, rotation

HALF = math.sqrt(0.5)
EIGHTH = (0, math.sin(math.pi / 8), 0, math.cos(math.pi / 8))
ARM = Scene(
    (Node("base", translation=(0, 1, 0)), Node("arm", None, "base", (1, 0, 0)), Node("hand", None, "arm", (1, 0, 0))),
    joints=(
        Joint("elbow", "revolute", "base", "arm", axis=(0, 0, 1), lower=-2.0, upper=2.0),
        Joint("wrist", "revolute", "arm", "hand", (1.0, 0.0, 0.0), axis=(0, 0, 1)),
    ),
)


def test_world_of_a_long_chain():
    count = 3000
    chain = Scene(tuple(Node(f"n{i}", parent=f"n{i - 1}" if i else None, translation=(0.001, 0, 0)) for i in range(count)))
    assert pose.world(chain)["n2999"][0, 3] == pytest.approx(3.0)
    assert pose.world_matrices(Scene()).shape == (0, 4, 4)


def channel(path, values, how, times=(0.0, 2.0)):
    return Channel("base", path, times, values, how)


@pytest.mark.parametrize(
    ("one", "t", "expected"),
    [
        (channel("translation", [[0, 0, 0], [4, 0, 0]], "LINEAR"), 0.5, (1, 0, 0)),
        (channel("translation", [[0, 0, 0], [4, 0, 0]], "STEP"), 1.9, (0, 0, 0)),
        (channel("translation", [[0, 0, 0], [4, 0, 0]], "STEP"), 2.0, (4, 0, 0)),
        (channel("translation", [[1, 0, 0], [4, 0, 0]], "LINEAR", (1.0, 2.0)), 0.0, (1, 0, 0)),
        (channel("translation", [[1, 0, 0], [4, 0, 0]], "LINEAR"), 9.0, (4, 0, 0)),
        (channel("rotation", [[0, 0, 0, 1], [0, 1, 0, 0]], "LINEAR"), 1.0, (0, HALF, 0, HALF)),
        (channel("rotation", [[0, 0, 0, 1], [0, -HALF, 0, -HALF]], "LINEAR"), 1.0, EIGHTH),
        (channel("rotation", [[0, 0, 0, 1], [0, 0, 0, 1]], "LINEAR"), 1.0, (0, 0, 0, 1)),
        # Hermite: p0 = 0, p1 = 4, out-tangent of p0 = 1, in-tangent of p1 = 3, step 2, s = 1/2: 2 + 2/8 - 2*3/8
        (channel("scale", [[[0] * 3, [0] * 3, [1] * 3], [[3] * 3, [4] * 3, [0] * 3]], "CUBICSPLINE"), 1.0, (1.5, 1.5, 1.5)),
    ],
)  # fmt: skip
def test_sampling(one, t, expected):
    scene = dataclasses.replace(ARM, animations=(Animation("clip", (one,)),))
    assert getattr(pose.at(scene, "clip", t).node("base"), one.path) == pytest.approx(expected, abs=1e-7)


def test_at_refuses():
    with pytest.raises(UnknownName, match="no clip 'run' in this scene; it has: none"):
        pose.at(ARM, "run", 0.0)
    stranger = Animation("run", (Channel("foot", "scale", [0.0], [[1, 1, 1]]),))
    with pytest.raises(SceneError, match="clip 'run' moves node 'foot', which is not in the scene"):
        pose.at(ARM, stranger, 0.0)


def test_joints_carry_their_subtree():
    bent = pose.with_joints(ARM, {"elbow": math.pi / 2})
    world = pose.world(bent)
    assert world["arm"][:3, 3] == pytest.approx([0, 2, 0])
    assert world["hand"][:3, 3] == pytest.approx([0, 3, 0])
    assert bent.joints[0].rest == pytest.approx(math.pi / 2)
    both = pose.with_joints(bent, {"wrist": -math.pi / 2})
    assert pose.world(both)["hand"][:3, 3] == pytest.approx([0, 3, 0])
    assert pose.world(both)["hand"][:3, 0] == pytest.approx([1, 0, 0], abs=1e-12)
    again = pose.with_joints(both, {"elbow": 0.0, "wrist": 0.0})
    assert np.allclose(pose.world_matrices(again), pose.world_matrices(ARM), atol=1e-12)
    assert bent.nodes[2] is ARM.nodes[2]


def test_joints_whose_parent_is_no_ancestor():
    flat = Scene((Node("a"), Node("b", translation=(1, 0, 0)), Node("c", translation=(2, 0, 0))),
                 joints=(Joint("ab", "revolute", "a", "b"), Joint("bc", "prismatic", "b", "c", axis=(1, 0, 0))))  # fmt: skip
    world = pose.world(pose.with_joints(flat, {"ab": math.pi / 2, "bc": 0.5}))
    assert world["b"][:3, 3] == pytest.approx([0, 0, -1])
    assert world["c"][:3, 3] == pytest.approx([0, 0, -2.5])


def test_couplings_drive_chains():
    gears = tuple(Joint(f"g{i}", "continuous", None, f"n{i}", axis=(0, 0, 1)) for i in range(3))
    scene = Scene(
        tuple(Node(f"n{i}") for i in range(3)),
        joints=gears,
        couplings=(Coupling("g1", "g2", (0.1, 0.5)), Coupling("g0", "g1", (0.0, -2.0))),
    )
    turned = pose.with_joints(scene, {"g0": 0.3})
    assert [joint.rest for joint in turned.joints] == pytest.approx([0.3, -0.6, -0.2])
    with pytest.raises(SceneError, match=r"joint 'g1' must be -0\.6, as joint 'g0' drives it"):
        pose.with_joints(scene, {"g0": 0.3, "g1": 0.5})
    circle = dataclasses.replace(scene, couplings=(Coupling("g0", "g1", (0, 1)), Coupling("g1", "g0", (0, 1))))
    with pytest.raises(SceneError, match="couplings must not form a circle, but joint 'g1' drives itself"):
        pose.with_joints(circle, {"g0": 0.3})


@pytest.mark.parametrize(
    ("kind", "value", "place", "x_axis"),
    [
        ("prismatic", 0.5, (0, 0.5, 0), (1, 0, 0)),
        ("cylindrical", (math.pi / 2, 0.5), (0, 0.5, 0), (0, 0, -1)),
        ("cylindrical", math.pi / 2, (0, 0, 0), (0, 0, -1)),
        ("ball", (0, HALF, 0, HALF), (0, 0, 0), (0, 0, -1)),
        ("planar", (1.0, 2.0, math.pi / 2), (1, 0, -2), (0, 0, -1)),
        ("free", (1, 2, 3, 0, HALF, 0, HALF), (1, 2, 3), (0, 0, -1)),
    ],
)
def test_every_kind_of_joint(kind, value, place, x_axis):
    scene = Scene((Node("a"),), joints=(Joint("j", kind, None, "a"),))
    world = pose.world(pose.with_joints(scene, {"j": value}))["a"]
    assert world[:3, 3] == pytest.approx(place, abs=1e-12)
    assert world[:3, 0] == pytest.approx(x_axis, abs=1e-12)


def twice():
    return dataclasses.replace(ARM, joints=(*ARM.joints, Joint("third", "revolute", None, "arm")))


def circle():
    return Scene((Node("a"), Node("b")), joints=(Joint("x", "revolute", "a", "b"), Joint("y", "revolute", "b", "a")))


def stretched():
    return dataclasses.replace(ARM, nodes=(dataclasses.replace(ARM.nodes[0], scale=(2, 1, 1)), *ARM.nodes[1:]))


@pytest.mark.parametrize(
    ("scene", "values", "text"),
    [
        (ARM, {"elbow": 3.0}, r"joint 'elbow' must be in \[-2, 2\], got 3 \(radians\)"),
        (ARM, {"elbow": (1.0, 2.0)}, r"joint 'elbow' takes 1 finite numbers \(revolute\), got \(1.0, 2.0\)"),
        (twice(), {"elbow": 1.0}, "node 'arm' must hang on one joint, got 'elbow' and 'third'"),
        (circle(), {"x": 1.0}, "joints must not form a circle, but node '.' hangs on itself; close it with a Loop"),
        (stretched(), {"elbow": 1.0}, "the parent of joint 'elbow' must have one scale for x, y and z"),
    ],
)
def test_joints_refuse(scene, values, text):
    with pytest.raises(SceneError, match=text):
        pose.with_joints(scene, values)


def test_fixed_and_unknown_joints_refuse():
    scene = Scene((Node("a"),), joints=(Joint("j", "fixed", None, "a"),))
    with pytest.raises(SceneError, match=r"joint 'j' takes no value: it is fixed, got 1\.0"):
        pose.with_joints(scene, {"j": 1.0})
    with pytest.raises(UnknownName, match="no joint 'k' in this scene; it has: 'j'"):
        pose.with_joints(scene, {"k": 1.0})


def skinned_bar():
    positions = np.array([[0, 0, 0], [0, 1, 0], [0, 2, 0]], np.float32)
    weights = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0, 1, 0, 0]])
    joints = np.tile([0, 1, 0, 0], (3, 1))
    morph = Morph(np.array([[0, 0, 0], [0, 0, 0], [0, 0, 1]], np.float32))
    mesh = Mesh((Primitive(positions, [[0, 1, 2]], joints=joints, weights=weights, morphs=(morph,)),), morph_names=("out",))
    inverse = np.tile(np.eye(4), (2, 1, 1))
    inverse[1, 1, 3] = -1.0
    nodes = (Node("low"), Node("high", None, "low", (0, 1, 0)), Node("bar", mesh, skin=Skin(("low", "high"), inverse)))
    return Scene(nodes)


def test_skinned_positions():
    scene = skinned_bar()
    assert pose.skinned(scene, "bar").tolist() == [[0, 0, 0], [0, 1, 0], [0, 2, 0]]
    turn = dataclasses.replace(scene.nodes[1], rotation=(0, 0, HALF, HALF))
    bar = dataclasses.replace(scene.nodes[2], weights=(0.5,), translation=(9.0, 9.0, 9.0))
    bent = pose.skinned(Scene((scene.nodes[0], turn, bar)), "bar")
    assert bent == pytest.approx(np.array([[0, 0, 0], [0, 1, 0], [-1, 1, 0.5]]))


def test_skinned_refuses():
    scene = skinned_bar()
    with pytest.raises(SceneError, match="node 'low' must have a mesh to give positions"):
        pose.skinned(scene, "low")
    short = dataclasses.replace(scene.nodes[2], skin=Skin(("low",), np.eye(4)[None]))
    with pytest.raises(SceneError, match="joints of node 'bar' must index its skin's 1 joints, got 1"):
        pose.skinned(Scene((*scene.nodes[:2], short)), "bar")


def test_plain_meshes_follow_their_node():
    scene = make.place(make.single(make.box(), "a"), at=(1, 0, 0))
    assert pose.skinned(scene, "a").min(axis=0).tolist() == [0.5, 0, -0.5]


def test_rotations_agree_with_one_another():
    rng = np.random.default_rng(3)
    quaternions = rng.normal(size=(50, 4))
    quaternions /= np.linalg.norm(quaternions, axis=1, keepdims=True)
    quaternions *= np.where(quaternions[:, 3:] < 0, -1, 1)
    assert np.allclose(rotation.from_matrix(rotation.to_matrix(quaternions)), quaternions)
    a, b = rotation.to_matrix(quaternions[:25]), rotation.to_matrix(quaternions[25:])
    assert np.allclose(rotation.to_matrix(rotation.multiply(quaternions[:25], quaternions[25:])), a @ b)
    assert rotation.from_euler(math.pi / 2, 0, 0) == pytest.approx((HALF, 0, 0, HALF))
    x, y = rotation.from_axis_angle((1, 0, 0), 0.4), rotation.from_axis_angle((0, 1, 0), 0.7)
    assert rotation.from_euler(0.4, 0.7, 0) == pytest.approx(tuple(rotation.multiply(y, x)))


@pytest.mark.parametrize("scale", [(1, 1, 1), (2, 3, 4), (-2, 3, 4)])
def test_decompose_undoes_compose(scale):
    matrix = rotation.compose((1, 2, 3), rotation.from_euler(0.1, 2.0, 3.0), scale)
    assert np.allclose(rotation.compose(*rotation.decompose(matrix)), matrix)


def test_rotation_refuses():
    with pytest.raises(SceneError, match=r"axis must be longer than 0, got \(0, 0, 0\)"):
        rotation.from_axis_angle((0, 0, 0), 1.0)
    with pytest.raises(SceneError, match="the matrix must have a scale other than 0"):
        rotation.decompose(np.diag([0.0, 1.0, 1.0, 1.0]))
    with pytest.raises(SceneError, match="the matrix shears, which translation, rotation and scale cannot say"):
        rotation.decompose(np.array([[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]))
