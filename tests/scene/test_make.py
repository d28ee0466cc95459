import math

import numpy as np
import pytest

from dhsdk.errors import SceneError, UnknownName
from dhsdk.scene import (
    Animation,
    Channel,
    Coupling,
    Environment,
    Humanoid,
    Joint,
    Mesh,
    Node,
    Primitive,
    Scene,
    Skin,
    Socket,
    check,
    make,
    measure,
    place,
    pose,
)

CHAIR = Scene(
    (Node("chair", make.box((0.5, 1.0, 0.5))), Node("leg", make.box((0.1, 0.4, 0.1)), "chair")),
    animations=(Animation("open", (Channel("leg", "translation", [0.0, 1.0], [[0, 0, 0], [0, 1, 0]]),)),),
    sockets=(Socket("seat", "chair", (0.0, 0.4, 0.0), kind="seat", size=(0.4, 0.4)),),
    joints=(Joint("hinge", "revolute", None, "leg"), Joint("slide", "prismatic", "chair", "chair")),
    couplings=(Coupling("hinge", "slide", (0.0, 2.0)),),
    name="chair",
    extras={"dhsdk": {"seed": 7}},
)
BALL = make.single(make.sphere(0.1), "ball")


@pytest.mark.parametrize(
    ("mesh", "volume", "area"),
    [
        (make.box((1, 2, 3)), 6.0, 22.0),
        (make.sphere(0.5, 128, 64), math.pi / 6, math.pi),
        (make.cylinder(0.5, 2.0, 256), math.pi / 2, 2.5 * math.pi),
    ],
)
def test_solids_are_closed_outward_and_clean(mesh, volume, area):
    assert measure.volume(mesh) == pytest.approx(volume, rel=2e-3)
    assert measure.area(mesh) == pytest.approx(area, rel=2e-3)
    assert check.check(make.single(Mesh(mesh.primitives, extras={"closed": True}), "solid")) == ()
    shape = mesh.primitives[0]
    assert shape.uvs[0].min() >= 0
    assert shape.uvs[0].max() <= 1


def test_pivots_of_solids():
    assert measure.bounds(make.single(make.box((1, 2, 3)), "a")).tolist() == [[-0.5, 0, -1.5], [0.5, 2, 1.5]]
    assert measure.bounds(make.single(make.plane((2, 4)), "a")).tolist() == [[-1, 0, -2], [1, 0, 2]]
    assert make.plane().primitives[0].normals.tolist() == [[0, 1, 0]] * 4
    assert check.check(make.single(make.plane(), "a")) == ()


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: make.box((1, 0, 1)), r"size must be > 0, got \(1, 0, 1\) \(metres\)"),
        (lambda: make.cylinder(segments=2), "segments must be >= 3, got 2"),
        (lambda: make.sphere(rings=1), "rings must be >= 2, got 1"),
        (lambda: make.place(BALL, scale=0.0), "scale must be > 0, got 0.0"),
        (lambda: make.place(CHAIR, scale=2.0), "scale of a scene with bodies, joints, solids or springs must be 1, got 2.0"),
        (lambda: place.grid([BALL], 0), "columns must be >= 1, got 0"),
        (lambda: place.beside(BALL, BALL, side="above"), "side must be one of right, left, front, back, got 'above'"),
        (lambda: place.on(BALL, ()), "an arrangement must hold at least one scene to be placed, got none"),
    ],
)
def test_refusals(call, text):
    with pytest.raises(SceneError, match=text):
        call()


def test_mesh_from_arrays():
    mesh = make.mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]], uv=np.zeros((3, 2)), name="tri")
    assert mesh.primitives[0].positions.dtype == np.float32
    assert len(mesh.primitives[0].uvs) == 1
    assert isinstance(make.single(mesh.primitives[0], "a").node("a").mesh, Mesh)


def test_place_scales_turns_and_moves_in_one_root():
    placed = make.place(make.single(make.box((1, 1, 2)), "a"), at=(1, 2, 3), turn=math.pi / 2, scale=2.0)
    assert [node.key for node in placed.nodes] == ["place", "a"]
    assert np.allclose(measure.bounds(placed), [[-1, 2, 2], [3, 4, 4]])
    again = make.place(placed, at=(0, -2, 0))
    assert [node.key for node in again.nodes] == ["place", "a"]
    assert np.allclose(measure.bounds(again), [[-1, 0, 2], [3, 2, 4]])
    assert make.place(BALL, turn=(0.0, 1.0, 0.0, 0.0)).node("place").rotation == pytest.approx((0, 1, 0, 0))


def test_group_renames_every_reference():
    room = make.group("room", make.place(CHAIR, at=(1, 0, 0)), CHAIR, BALL)
    assert [node.key for node in room.nodes] == [
        *("room", "chair", "chair__chair", "chair__leg", "chair_2", "chair_2__leg", "ball"),
    ]  # fmt: skip
    assert [node.parent for node in room.nodes] == [None, "room", "chair", "chair__chair", "room", "chair_2", "room"]
    assert [clip.name for clip in room.animations] == ["chair__open", "chair_2__open"]
    assert [clip.channels[0].node for clip in room.animations] == ["chair__leg", "chair_2__leg"]
    assert [(socket.key, socket.node) for socket in room.sockets] == [
        ("chair__seat", "chair__chair"),
        ("chair_2__seat", "chair_2"),
    ]
    assert [(joint.key, joint.parent, joint.child) for joint in room.joints] == [
        ("chair__hinge", "chair", "chair__leg"),
        ("chair__slide", "chair__chair", "chair__chair"),
        ("chair_2__hinge", "room", "chair_2__leg"),
        ("chair_2__slide", "chair_2", "chair_2"),
    ]
    assert [(one.driver, one.driven) for one in room.couplings] == [
        ("chair__hinge", "chair__slide"),
        ("chair_2__hinge", "chair_2__slide"),
    ]
    assert room.extras == {"members": {"chair": {"dhsdk": {"seed": 7}}, "chair_2": {"dhsdk": {"seed": 7}}}}
    assert room.node("chair__leg").mesh is room.node("chair_2__leg").mesh


def test_group_labels_never_clash():
    tricky = [make.single(make.box(), key) for key in ("a", "a", "a_2", "a__b")]
    inner = Scene((Node("a"), Node("b", parent="a")), name="a")
    room = make.group("a", *tricky, inner)
    assert len({node.key for node in room.nodes}) == 7
    assert make.group("empty").nodes[0].key == "empty"
    assert make.title(Scene()) == "part"


def test_group_of_nested_arrangements():
    room = make.group("room", [[BALL, (BALL,)], BALL])
    assert [node.key for node in room.nodes] == ["room", "ball", "ball_2", "ball_3"]


def person():
    joint = np.tile(np.eye(4), (1, 1, 1))
    shape = make.box().primitives[0]
    count = len(shape.positions)
    bound = Primitive(shape.positions, shape.faces, joints=np.zeros((count, 4)), weights=np.tile([1.0, 0, 0, 0], (count, 1)))
    nodes = (Node("hips"), Node("skin", Mesh((bound,)), skin=Skin(("hips",), joint)))
    return Scene(nodes, humanoid=Humanoid({"hips": "hips"}), name="ann")


def test_a_placed_person_keeps_its_skinned_mesh_at_the_root():
    placed = make.place(person(), at=(3.0, 0.0, 0.0))
    assert placed.node("skin").parent is None
    assert placed.node("hips").parent == "place"
    assert measure.bounds(placed).tolist() == [[2.5, 0, -0.5], [3.5, 1, 0.5]]
    assert make.group("room", placed).humanoid.bones == {"hips": "ann__hips"}
    with pytest.raises(SceneError, match="one scene can hold one humanoid, got 2: put humanoid=None in all but one"):
        make.group("room", placed, person())


def test_one_environment():
    lit = [Scene((Node("a"),), environment=Environment(intensity=value)) for value in (1.0, 1.0, 2.0)]
    assert make.group("room", *lit[:2]).environment.intensity == 1.0
    with pytest.raises(SceneError, match="one scene can have one environment, got two that differ"):
        make.group("room", *lit)


def test_variants_become_one_switch():
    a, b = (Scene((Node("a"),), variants=names) for names in (("red", "blue"), ("blue", "green")))
    assert make.group("room", a, b).variants == ("red", "blue", "green")


def test_on_uses_the_highest_support():
    low = Socket("shelf", "table", (0, 0.2, 0), kind="support")
    top = Socket("top", "table", (0.5, 0.8, 0), kind="support")
    table = Scene((Node("table", make.box((2, 1, 1))),), sockets=(low, top), name="table")
    pair = place.on(BALL, table)
    assert pair[0] is table
    assert np.allclose(measure.bounds(pair[1]), [[0.4, 0.8, -0.1], [0.6, 1.0, 0.1]])
    under = place.on(BALL, table, socket="shelf")
    assert measure.bounds(under[1])[0, 1] == pytest.approx(0.2)
    with pytest.raises(UnknownName, match="no socket 'lid' to stand on; there is: 'shelf', 'top'"):
        place.on(BALL, table, socket="lid")


def test_on_follows_a_turned_support_and_stacks():
    tilted = Socket("top", "a", (0, 1, 0), rotation=(0, math.sin(0.4), 0, math.cos(0.4)), kind="support")
    base = Scene((Node("a", make.box()),), sockets=(tilted,), name="a")
    box = make.single(make.box((0.4, 0.1, 0.1)), "box")
    stood = place.on(box, base)[1]
    assert pose.world(stood)["box"][:3, 0] == pytest.approx([math.cos(0.8), 0, -math.sin(0.8)])
    plain = make.single(make.box(), "cube")
    tower = place.on(plain, place.on(plain, plain))
    assert [measure.bounds(one)[0, 1] for one in tower] == pytest.approx([0, 1, 2])


@pytest.mark.parametrize(
    ("side", "low"), [("right", (0.6, 0, -0.1)), ("left", (-0.8, 0, -0.1)), ("front", (-0.1, 0, 0.6)), ("back", (-0.1, 0, -0.8))]
)
def test_beside(side, low):
    cube = make.single(make.box(), "cube")
    assert measure.bounds(place.beside(BALL, cube, 0.1, side)[1])[0] == pytest.approx(low, abs=1e-6)


def test_row_and_grid():
    wide, thin = make.single(make.box((2, 1, 1)), "wide"), make.single(make.box((1, 1, 3)), "thin")
    boxes = [measure.bounds(one) for one in place.row([wide, thin], gap=0.5)]
    assert np.allclose([box[0] for box in boxes], [[-1.75, 0, -0.5], [0.75, 0, -1.5]])
    boxes = [measure.bounds(one) for one in place.grid([wide, thin, thin], 2, gap=1.0)]
    assert np.allclose([box[0] for box in boxes], [[-2, 0, -2.5], [1, 0, -3.5], [-1.5, 0, 0.5]])
    even = [measure.bounds(one) for one in place.grid([wide, thin], 2, gap=1.0, even=True)]
    assert np.allclose([box.mean(axis=0)[0] for box in even], [-1.5, 1.5])
    assert place.row([]) == ()


def test_units_in_a_row_stay_together():
    cube = make.single(make.box(), "cube")
    row = place.row([place.on(BALL, cube), cube], gap=1.0)
    assert [measure.bounds(one).mean(axis=0)[0] for one in row] == pytest.approx([-1, -1, 1])
