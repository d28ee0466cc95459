"""One scene for each rule, with the line it must give; and clean scenes that must stay silent."""

import dataclasses
import math

import numpy as np
import pytest

from dhsdk.media import Image
from dhsdk.scene import (
    Animation,
    Body,
    Camera,
    Channel,
    Collider,
    Environment,
    Expression,
    Humanoid,
    Instances,
    Joint,
    Light,
    Material,
    Mesh,
    Morph,
    Node,
    Scene,
    Skin,
    Socket,
    Texture,
    make,
)
from dhsdk.scene.check import Problem, check
from dhsdk.scene.checks.topology import pieces, welded

BOX = make.box()
SHAPE = BOX.primitives[0]
COUNT = len(SHAPE.positions)
EYE = np.eye(4)[None]


def shown(shape=SHAPE, **changes):
    return Scene((Node("a", Mesh((dataclasses.replace(shape, **changes),))),))


def held(**changes):
    return Scene((Node("a", **changes),))


def skinned(matrices=EYE, joints=0, **changes):
    bound = dataclasses.replace(
        SHAPE, joints=np.full((COUNT, 4), joints) * [1, 0, 0, 0], weights=np.tile([1.0, 0, 0, 0], (COUNT, 1))
    )
    return Scene((Node("hip"), Node("a", Mesh((bound,)), skin=Skin(("hip",) * len(matrices), matrices, name="s"), **changes)))


def morphed(*morphs, names=("m",), **changes):
    return Scene((Node("a", Mesh((dataclasses.replace(SHAPE, morphs=morphs, **changes),), morph_names=names)),))


def moved(path, values, **changes):
    return Scene((Node("a", **changes),), animations=(Animation("go", (Channel("a", path, range(len(values)), values),)),))


def textured(size=(4, 4), texcoord=0, **changes):
    image = Image(np.zeros((*size, 3), np.uint8), name="wood")
    return shown(material=Material("oak", base_color_texture=Texture(image, texcoord)), **changes)


def bound(weights, joints=None):
    rows = np.zeros((COUNT, len(weights))) if joints is None else np.tile(joints, (COUNT, 1))
    shape = dataclasses.replace(SHAPE, weights=np.tile(weights, (COUNT, 1)), joints=rows)
    return Scene((Node("hip"), Node("a", Mesh((shape,)), skin=Skin(("hip",), EYE))))


def inward(shape=SHAPE):
    return {"faces": shape.faces[:, ::-1], "normals": -shape.normals}


TANGENTS = np.tile([1.0, 0, 0, 1], (COUNT, 1))
SLIVER = make.mesh([[0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 1, 0]], [[0, 1, 2], [0, 1, 3]])
SHEET = make.mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 1]])
FLAT = Collider("hull", positions=[[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], faces=[[0, 1, 2]])

ERRORS = [
    (shown(positions=np.empty((0, 3)), faces=np.empty((0, 3)), normals=None, uvs=()), "it has 0 vertices and 0 faces"),
    (shown(**inward()), "1 closed pieces are inside out"),
    (Scene((Node("a", SHEET),)), "1 closed pieces enclose no volume"),
    (shown(normals=-SHAPE.normals), "normals point against the winding of 12 of 12 triangles"),
    (shown(normals=SHAPE.normals * 2), "24 of 24 normals are not of length 1"),
    (shown(tangents=TANGENTS, uvs=()), "it has tangents without normals and UVs"),
    (shown(tangents=TANGENTS * 2), "24 of 24 tangents are not of length 1"),
    (shown(tangents=TANGENTS * [1, 1, 1, 0]), "24 of 24 tangents have a w that is not 1 or -1"),
    (textured(texcoord=1), "base_color_texture of material 'oak' reads UV set 1, but it has 1"),
    (bound([0.5, 0.25, 0, 0]), "weights of 24 of 24 vertices do not sum to 1"),
    (bound([1.5, -0.5, 0, 0]), "24 vertices have a negative weight"),
    (held(scale=(1, 0, 1)), "its scale is (1, 0, 1): it cannot be inverted"),
    (skinned(joints=3), "its vertices name joint 3, but the skin has 1"),
    (skinned(np.zeros((1, 4, 4))), "the inverse bind matrix of joint 'hip' cannot be inverted"),
    (skinned(EYE + np.eye(4)[:, [3, 0, 1, 2]] * np.array([[0], [0], [0], [1]])),
     "the last row of an inverse bind matrix is not 0 0 0 1"),
    (skinned(np.tile(EYE, (2, 1, 1))), "it names a joint twice"),
    (Scene((Node("hip"), Node("a", BOX, skin=Skin(("hip",), EYE)))), "it has a skin, but a primitive has no joints and weights"),
    (Scene((Node("hip"), Node("a", skin=Skin(("hip",), EYE)))), "it has a skin and no mesh"),
    (held(light=Light("spot", inner=1.0, outer=0.5)),
     "spot cone angles must be 0 <= inner < outer <= pi/2, got 1 and 0.5 (radians)"),
    (held(camera=Camera(near=1.0, far=0.5)), "camera planes must be 0 < near < far, got 1 and 0.5"),
    (held(camera=Camera(yfov=60.0)), "yfov must be in (0, pi), got 60"),
    (held(camera=Camera("orthographic", far=None)), "an orthographic camera needs xmag, ymag > 0 and a far plane"),
    (held(weights=(1.0,)), "it has 1 morph weights for another number of morphs"),
    (held(colliders=(Collider("capsule", (1.0, 1.0)),)), "its height 1 is less than twice its radius 1"),
    (held(colliders=(FLAT,)), "its 4 points enclose no volume"),
    (held(colliders=(dataclasses.replace(FLAT, kind="mesh", faces=np.empty((0, 3))),)), "it has no faces"),
    (shown(variants=(("red", Material()),)), "it has variant 'red', which Scene.variants lacks"),
    (shown(variants=(("red", Material()), ("red", Material()))), "it names a variant twice"),
    (Scene((Node("a"),), joints=(Joint("j", "revolute", None, "a", lower=1.0, upper=2.0),)), "its rest 0 is outside [1.0, 2.0]"),
    (Scene((Node("a"),), bodies=(Body("a", 1.0, inertia=(1, 1, -1, 0, 0, 0)),)),
     "its inertia (1, 1, -1, 0, 0, 0) is not positive definite"),
    (Scene((Node("a"),), humanoid=Humanoid({}, (Expression("aa", (("a", "m", 1.0),)),))), "node 'a' has no morph 'm'"),
    (Scene((Node("a"),), environment=Environment(Image(np.zeros((4, 4, 3), np.float32), colour="linear"))),
     "a panorama must be 2 H x H pixels of 3 channels, got 4 x 4 x 3"),
    (Scene((Node("a"),), environment=Environment(Image(np.zeros((4, 8, 3), np.uint8)))),
     "a panorama must hold linear float32 radiance"),
    (moved("weights", [[0], [1]]), "its weights of node 'a' are 1 wide, but the node has 0 morphs"),
    (moved("rotation", [[0, 0, 0, 1], [0, 0, 0, 2]]), "rotations of node 'a' are not unit quaternions"),
    (dataclasses.replace(moved("scale", [[2, 2, 2]]), animations=moved("scale", [[2, 2, 2]]).animations * 2),
     "2 clips have this name"),
    (Scene((Node("a"),), sockets=(Socket("s", "a"), Socket("s", "a"))), "2 sockets have this key"),
]  # fmt: skip

WARNINGS = [
    (Scene((Node("a", SLIVER),)), "1 of 2 triangles have no area"),
    (shown(normals=np.where(np.arange(COUNT)[:, None] < 4, -1, 1) * SHAPE.normals),
     "normals point against the winding of 2 of 12 triangles"),
    (Scene((Node("a", Mesh(make.plane().primitives, extras={"closed": True})),)),
     "extras say closed, but 4 edges have no partner"),
    (bound([1.0, 0, 0, 0], [0, 1, 0, 0]), "24 vertices name a joint with weight 0"),
    (morphed(Morph(np.zeros((COUNT, 3)))), "morph 'm' moves nothing"),
    (morphed(Morph(None, np.ones((COUNT, 3)))), "morph 'm' changes normals and no positions"),
    (held(scale=(1, -1, 1)), "its scale is (1, -1, 1): a mirror turns winding and colliders"),
    (held(scale=(1, 2, 1), colliders=(Collider("sphere", (1.0,)),)), "its scale (1, 2, 1) would distort its colliders"),
    (Scene((Node("hip"), Node("a", skinned().nodes[1].mesh))), "its mesh has joints and weights, but the node has no skin"),
    (skinned(parent="hip"), "a skinned mesh must stand at the scene's root: its parent's transform is ignored"),
    (skinned(translation=(1, 0, 0)), "a skinned mesh's own transform is ignored"),
    (skinned(instances=Instances([[0, 0, 0]])), "a skinned mesh cannot be instanced in glTF"),
    (held(colliders=(dataclasses.replace(FLAT, positions=np.random.default_rng(0).normal(size=(300, 3))),)),
     "it has 300 points; Unity and Unreal take 255"),
    (Scene((Node("a"),), variants=("red",)), "variant 'red' changes nothing"),
    (Scene((Node("a", colliders=(dataclasses.replace(FLAT, kind="mesh"),)),), bodies=(Body("a", 1.0),)),
     "a moving body has a mesh collider, which engines hold still"),
    (make.place(make.single(BOX, "a"), scale=2e3), "it is 2000 m large: are these metres?"),
    (make.place(make.single(BOX, "a"), scale=1e-4), "it is 0.0001 m small: are these metres?"),
    (moved("translation", [[1, 0, 0], [1, 0, 0]], translation=(1, 0, 0)), "it moves nothing: every value is the node's own"),
    (moved("rotation", [[0, 0, 0, -1]]), "it moves nothing: every value is the node's own"),
    (moved("scale", [[1, 1, 1], [0, 0, 0]]), "it scales node 'a' to 0, which cannot be inverted"),
]  # fmt: skip

ENGINES = [
    ("godot", morphed(Morph(np.ones((COUNT, 3))), uvs=()), "it has morphs and no UVs: Godot cannot make the tangents it wants"),
    ("godot", Scene((Node("a.b"),)), 'Godot replaces . : @ / " % in names, so clips and paths may miss it'),
    ("godot", Scene((Node("front_wheel"),)), "Godot's importer obeys the ending '_wheel'"),
    ("godot", Scene((Node("floor-col"),)), "Godot's importer obeys the ending '-col'"),
    ("unity", Scene((Node("a/b"),)), "'/' in a name breaks Unity's animation paths"),
    ("unity", Scene((Node("a_LOD1"),)), "Unity makes a LOD group of names that end in _LOD0, _LOD1 ..."),
    ("unity", textured((4, 6)), "it is 6 x 4, not powers of two: no mips, or rescaled"),
    ("unreal", Scene((Node("UCX_a"),)), "Unreal makes a collision shape of names that start so"),
    ("unreal", Scene((Node("a"), Node("A"))), "another key differs in case alone, which Unreal takes as equal"),
    ("unreal", Scene((Node("a", scale=(1, 2, 1)), Node("b", None, "a", rotation=(0, 0, 0.6, 0.8)))),
     "it stands sheared in the world, which Unreal and Unity cannot keep"),
    ("web", bound([1.0, 0, 0, 0, 0, 0, 0, 0]), "it has 8 influences; three.js and Unity read 4"),
    ("web", Scene((Node("a b"),), animations=(Animation("c", (Channel("a b", "scale", [0], [[2, 2, 2]]),)),)),
     "three.js changes blanks and [ ] . : / in names that clips use"),
    ("web", textured((2, 4096)), "it is 4096 x 2; web should have at most 2048"),
    ("web", make.single(make.sphere(0.5, 512, 256), "ball"), "it has 261,120 triangles; web should have at most 150,000"),
    ("web", Scene(tuple(Node(f"n{i}", BOX) for i in range(20))), "it takes 20 draw calls; web should stay under 20"),
]  # fmt: skip


def messages(problems, severity):
    return [problem.message for problem in problems if problem.severity == severity]


@pytest.mark.parametrize(("scene", "message"), ERRORS, ids=[text[:40] for _, text in ERRORS])
def test_errors(scene, message):
    assert message in messages(check(scene), "error")


@pytest.mark.parametrize(("scene", "message"), WARNINGS, ids=[text[:40] for _, text in WARNINGS])
def test_warnings(scene, message):
    found = check(scene)
    assert message in messages(found, "warning")


@pytest.mark.parametrize(("target", "scene", "message"), ENGINES, ids=[f"{row[0]} {row[2][:30]}" for row in ENGINES])
def test_engines(target, scene, message):
    assert message in messages(check(scene, target), "warning")
    other = {"godot": "unreal", "unity": "godot", "unreal": "godot", "web": "unreal"}[target]
    assert message not in messages(check(scene, other), "warning")


@pytest.mark.parametrize(
    ("key", "obeyed"),
    [
        *(
            ("front_wheel", True),
            ("cart__wheel", True),
            ("leg_col_2", True),
            ("leg_col2", True),
            ("a-noimp", True),
            ("a$col", True),
        ),
        *(("wheel", False), ("wheel_2", False), ("protocol", False), ("chair__leg_1", False), ("wheelbase", False)),
    ],
)
def test_names_that_godot_obeys(key, obeyed):
    assert bool(check(Scene((Node(key),)), "godot")) == obeyed


def test_clean_scenes_are_silent():
    lit = Light("spot", inner=0.1, outer=0.5)
    clean = Scene(
        (Node("floor", make.plane((4, 4))), Node("ball", make.sphere(), translation=(0, 0.5, 0)), Node("lamp", light=lit)),
        animations=(Animation("roll", (Channel("ball", "translation", [0, 1], [[0, 0.5, 0], [1, 0.5, 0]]),)),),
    )
    for target in (None, "godot", "unity", "unreal", "web"):
        assert check(clean, target) == ()
    assert check(skinned()) == ()
    assert check(Scene()) == ()


def test_a_skinned_node_must_not_be_moved_by_a_clip():
    scene = dataclasses.replace(skinned(), animations=(Animation("c", (Channel("a", "translation", [0], [[1, 0, 0]]),)),))
    assert "it moves skinned node 'a', whose transform is ignored" in messages(check(scene), "warning")


def test_a_cavity_is_not_inside_out():
    inner = dataclasses.replace(SHAPE, positions=SHAPE.positions * 0.5 + np.float32([0, 0.25, 0]), **inward())
    faces = np.concatenate([SHAPE.faces, inner.faces + COUNT])
    hollow = make.mesh(np.concatenate([SHAPE.positions, inner.positions]), faces)
    assert check(make.single(hollow, "a")) == ()


def test_a_spline_that_returns_still_moves():
    values = [[[0] * 3, [1] * 3, [1] * 3], [[1] * 3, [1] * 3, [0] * 3]]
    clip = Animation("c", (Channel("a", "scale", [0, 1], values, "CUBICSPLINE"),))
    assert check(Scene((Node("a"),), animations=(clip,))) == ()


def test_problems_are_values_and_errors_come_first():
    scene = Scene((Node("a", scale=(1, 0, 1)), Node("b.c"), Node("d", make.box(material=None), scale=(0, 1, 1))))
    found = check(scene)
    assert [problem.severity for problem in found] == ["error", "error", "warning"]
    assert found[0] == Problem(
        "error", "node 'a'", "its scale is (1, 0, 1): it cannot be inverted", "use a small scale, or hide it"
    )
    assert len({*found}) == 3


def test_pieces_are_told_apart():
    far = SHAPE.positions + np.float32([5, 0, 0])
    both = np.concatenate([SHAPE.positions, far, make.plane().primitives[0].positions - np.float32([0, 9, 0])])
    faces = np.concatenate([SHAPE.faces, SHAPE.faces + COUNT, make.plane().primitives[0].faces + 2 * COUNT])
    rng = np.random.default_rng(5)
    found = pieces(*welded(both, rng.permutation(faces)))
    assert sorted((piece.open_edges, round(piece.volume, 6), round(piece.area, 6)) for piece in found) == [
        (0, 1.0, 6.0),
        (0, 1.0, 6.0),
        (4, 0.0, 1.0),
    ]


def test_non_manifold_edges_count_as_open():
    fin = make.mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, -1, 0]], [[0, 1, 2], [1, 0, 3], [0, 1, 4]])
    shape = fin.primitives[0]
    assert pieces(*welded(shape.positions, shape.faces))[0].open_edges == 9
    assert math.isfinite(pieces(*welded(shape.positions, shape.faces))[0].volume)
