import dataclasses

import numpy as np
import pytest

from dhsdk.errors import SceneError, UnknownName
from dhsdk.media import Audio
from dhsdk.scene import (
    Animation,
    Body,
    Channel,
    Collider,
    Coupling,
    Cue,
    Expression,
    Humanoid,
    Joint,
    Loop,
    Material,
    Mesh,
    Morph,
    Node,
    Primitive,
    Scene,
    Skin,
    Socket,
    Solid,
    Sound,
    Spring,
    SpringCollider,
    edit,
    make,
    measure,
    pose,
)
from dhsdk.scene.references import named_nodes

POINTS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
BOUND = {"joints": np.zeros((3, 4)), "weights": np.tile([1.0, 0, 0, 0], (3, 1))}
RED, BLUE = Material("red"), Material("blue")


def face(names=("aa",), bound=True, joint=0):
    morphs = tuple(Morph(POINTS) for _ in names)
    extra = {**BOUND, "joints": np.full((3, 4), joint)} if bound else {}
    return Mesh((Primitive(POINTS, [[0, 1, 2]], morphs=morphs, material=RED, variants=(("cold", BLUE),), **extra),), "f", names)


def rigged():
    skin = Skin(("hips", "head"), np.tile(np.eye(4), (2, 1, 1)), skeleton="hips")
    return Scene(
        (
            Node("hips", translation=(0, 1, 0)),
            Node("head", make.box((0.1, 0.1, 0.1)), "hips", (0, 0.5, 0)),
            Node("hat", None, "head"),
            Node("face", face(), skin=skin),
        ),
        animations=(
            Animation("talk", (Channel("face", "weights", [0, 1], [[0], [1]]), Channel("head", "scale", [0], [[1, 1, 1]]))),
            Animation("nod", (Channel("head", "rotation", [0], [[0, 0, 0, 1]]),)),
        ),
        sockets=(Socket("top", "hat"),),
        variants=("cold",),
        solids=(Solid("hat", {}),),
        bodies=(Body("hat", 1.0),),
        joints=(Joint("neck", "ball", "hips", "head"), Joint("brim", "revolute", "hat", "hat")),
        couplings=(Coupling("neck", "brim", (0, 1)),),
        loops=(Loop("loop", "weld", "hat", "hips"),),
        humanoid=Humanoid(
            {"hips": "hips", "head": "head"},
            (Expression("aa", (("face", "aa", 1.0),)),),
            springs=(Spring("s", ("head", "hat"), colliders=(SpringCollider("hips", 0.1),), center="hips"),),
        ),
        sounds=(Sound("voice", Audio(np.zeros(10), 8000), "head"),),
        cues=(Cue(0, 1, "a", node="head"),),
        name="ann",
    )


def test_rename_reaches_every_reference():
    new = edit.rename(rigged(), {"hips": "root", "head": "skull", "hat": "cap", "face": "skin"})
    assert {key for _, key in named_nodes(new)} == {"root", "skull", "cap", "skin"}
    assert new.skins[0].skeleton == "root"
    assert new.humanoid.springs[0] == Spring(
        "s", ("skull", "cap"), colliders=(SpringCollider("root", 0.1),), center="root"
    )  # fmt: skip
    assert new.humanoid.expressions[0].morphs == (("skin", "aa", 1.0),)
    swapped = edit.rename(rigged(), {"hips": "head", "head": "hips"})
    assert [node.parent for node in swapped.nodes] == [None, "head", "hips", None]


def test_rename_refuses():
    with pytest.raises(UnknownName, match="no node 'foot' in this scene; it has: 'hips', 'head', 'hat', 'face'"):
        edit.rename(rigged(), {"foot": "toe"})
    with pytest.raises(SceneError, match="node keys must be unique, got 'hat' twice"):
        edit.rename(rigged(), {"head": "hat"})


def test_prefix_covers_names_too():
    new = edit.prefix(rigged(), "ann")
    assert new.animations[0].name == "ann__talk"
    assert new.couplings[0] == Coupling("ann__neck", "ann__brim", (0, 1))
    assert (new.sockets[0].key, new.loops[0].key, new.sounds[0].key) == ("ann__top", "ann__loop", "ann__voice")


def test_replace_keeps_skin_place_and_children():
    scene = rigged()
    other = face(("aa", "oh")[:1])
    new = edit.replace(scene, "face", node=Node("anything", other, parent="nowhere", translation=(5, 5, 5)))
    assert new.node("face").mesh is other
    assert new.node("face").skin is scene.node("face").skin
    assert new.node("face").translation == (0.0, 0.0, 0.0)
    assert new.node("head") is scene.node("head")
    emptied = edit.replace(scene, "head", node=Node("x"))
    assert emptied.node("head").mesh is None
    assert emptied.node("hat").parent == "head"


def test_replace_with_a_scene_hangs_its_content():
    new = edit.replace(rigged(), "head", scene=make.group("mask", make.single(make.box(), "nose")))
    assert new.node("head").mesh is None
    assert [(node.key, node.parent) for node in new.nodes[-2:]] == [("head__mask", "head"), ("head__nose", "head__mask")]
    twice = edit.replace(new, "head", scene=make.single(make.box(), "mask"))
    assert twice.nodes[-1].key == "head_2__mask"
    assert measure.bounds(twice)[1, 1] == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "replace needs either node or scene, and not both"),
        ({"node": Node("a"), "scene": Scene()}, "replace needs either node or scene, and not both"),
        (
            {"node": Node("a", face(bound=False))},
            "the new mesh of 'face' must have joints and weights, because the node is skinned",
        ),
        ({"node": Node("a", face(joint=7))}, "the new mesh of 'face' must use joints below 2, got 7"),
        ({"node": Node("a", face(("aa", "oh")))}, r"must have the morphs that clip 'talk' moves, got \['aa', 'oh'\]"),
        ({"node": Node("a", face(("oh",)))}, "the new mesh of 'face' must have morph 'aa' of expression 'aa'"),
        ({"scene": make.single(make.box(), "b")}, "must have the morphs that clip 'talk' moves"),
    ],
)
def test_replace_refuses(change, text):
    with pytest.raises(SceneError, match=text):
        edit.replace(rigged(), "face", **change)


def test_remove_lists_what_would_break():
    with pytest.raises(
        SceneError, match="node 'hat' is named by a body, a solid, joint 'brim', loop 'loop', socket 'top', spring 's':"
    ):
        edit.remove(rigged(), "hat")
    with pytest.raises(SceneError, match="node 'head' is a joint of the skin of 'face': remove that node first"):
        edit.remove(rigged(), "head", drop=True)


def test_remove_drops_references():
    rest = edit.remove(rigged(), "hat", drop=True)
    assert (rest.sockets, rest.solids, rest.bodies, rest.loops, rest.couplings) == ((),) * 5
    assert [joint.key for joint in rest.joints] == ["neck"]
    assert rest.humanoid.springs == ()
    rest = edit.remove(rest, "face", drop=True)
    assert [len(clip.channels) for clip in rest.animations] == [1, 1]
    assert rest.humanoid.expressions[0].morphs == ()
    rest = edit.remove(rest, "head", drop=True)
    assert rest.animations == ()
    assert rest.humanoid.bones == {"hips": "hips"}
    assert (rest.sounds[0].node, rest.cues[0].node) == (None, None)


def test_remove_forgets_the_skeleton_of_a_skin_that_stays():
    skin = Skin(("head",), np.eye(4)[None], skeleton="root")
    scene = Scene((Node("root"), Node("head", None, "root", (0, 1, 0)), Node("face", face(()), skin=skin)))
    rest = edit.remove(scene, "root", children=False, drop=True)
    assert rest.skins[0].skeleton is None
    assert rest.node("head").parent is None
    assert rest.node("head").translation == (0, 1, 0)


def test_remove_can_keep_children_where_they_stand():
    tree = Scene((Node("a", translation=(1, 0, 0)), Node("b", None, "a", (0, 2, 0)), Node("c", make.box(), "b")))
    rest = edit.remove(tree, "b", children=False)
    assert rest.node("c").parent == "a"
    assert np.allclose(measure.bounds(rest), measure.bounds(tree))
    assert [node.key for node in edit.remove(tree, "b").nodes] == ["a"]


def test_add():
    base = make.single(make.box(), "a")
    with_node = edit.add(base, Node("b", translation=(1, 0, 0)), "a")
    assert with_node.node("b").parent == "a"
    assert edit.add(base, make.single(make.box(), "b")).node("b").parent is None
    clash = edit.add(base, make.single(make.box(), "a"), "a")
    assert [node.key for node in clash.nodes] == ["a", "a_2__a"]
    with pytest.raises(SceneError, match=r"key 'a' is taken: rename the node, or use edit\.replace"):
        edit.add(base, Node("a"))
    with pytest.raises(UnknownName, match="no node 'z' in this scene"):
        edit.add(base, Node("b"), "z")


def test_add_keeps_names_apart():
    clip = Animation("open", (Channel("a", "scale", [0], [[1, 1, 1]]),))
    one = Scene((Node("a"),), animations=(clip,))
    two = Scene((Node("b"),), animations=(dataclasses.replace(clip, channels=(Channel("b", "scale", [0], [[1, 1, 1]]),)),))
    both = edit.add(one, two)
    assert [clip.name for clip in both.animations] == ["open", "part__open"]


def test_move():
    tree = Scene((Node("a", translation=(1, 0, 0)), Node("b", None, "a", (0, 2, 0)), Node("c", translation=(0, 0, 3))))
    assert edit.move(tree, "b", translation=(5.0, 0.0, 0.0)).node("b").translation == (5.0, 0.0, 0.0)
    hung = edit.move(tree, "b", parent="c")
    assert np.allclose(pose.world(hung)["b"], pose.world(tree)["b"])
    assert hung.node("b").parent == "c"
    assert edit.move(tree, "a", scale=(2.0, 2.0, 2.0)).node("c") is tree.node("c")
    with pytest.raises(SceneError, match="nodes must form a tree, but 'a' is its own ancestor"):
        edit.move(tree, "a", parent="b")


def test_maps_keep_sharing():
    shared = make.box(material=RED)
    scene = Scene((Node("a", shared), Node("b", shared), Node("c", make.box(material=BLUE), lods=(shared,))))
    new = edit.map_meshes(scene, lambda mesh: dataclasses.replace(mesh, name="x") if mesh is shared else mesh)
    assert new.nodes[0].mesh is new.nodes[1].mesh is new.nodes[2].lods[0]
    assert new.nodes[2].mesh is scene.nodes[2].mesh
    dark = edit.map_materials(
        scene, lambda material: dataclasses.replace(material, roughness=0.1) if material is RED else material
    )
    assert dark.nodes[0].mesh is dark.nodes[1].mesh
    assert dark.nodes[2].mesh is scene.nodes[2].mesh
    assert [material.roughness for material in dark.materials] == [0.1, 1.0]


def test_use_variant():
    scene = rigged()
    assert edit.use_variant(scene, "cold").node("face").mesh.primitives[0].material is BLUE
    assert edit.use_variant(scene, "cold").node("head").mesh is scene.node("head").mesh
    with pytest.raises(UnknownName, match="no variant 'hot' in this scene; it has: 'cold'"):
        edit.use_variant(scene, "hot")


def test_with_extras():
    scene = edit.with_extras(edit.with_extras(rigged(), {"a": [1]}), {"b": 2}, "hat")
    assert scene.extras == {"a": (1,)}
    assert scene.node("hat").extras == {"b": 2}


def test_flatten_bakes_mirrors_and_keeps_what_is_held():
    tree = Scene(
        (
            Node("root", scale=(-1.0, 2.0, 1.0), translation=(1, 0, 0)),
            Node("box", make.box((1, 1, 1)), "root", (0, 0.5, 0), rotation=(0, 0, 0.6, 0.8)),
            Node("wall", make.box(), "root", colliders=(Collider("sphere", (1.0,)),)),
            Node("top", make.box(), "wall", (0, 1, 0)),
        )
    )
    flat = edit.flatten(tree)
    assert [(node.key, node.parent) for node in flat.nodes] == [
        ("root", None),
        ("box", "root"),
        ("wall", "root"),
        ("top", "wall"),
    ]
    assert flat.node("box").rotation == (0.0, 0.0, 0.0, 1.0)
    free = Scene(tree.nodes[:2])
    baked = edit.flatten(free)
    assert [(node.key, node.parent) for node in baked.nodes] == [("box", None)]
    assert measure.volume(baked) == pytest.approx(2.0)
    assert np.allclose(measure.bounds(baked), measure.bounds(free), atol=1e-6)
    shape = baked.nodes[0].mesh.primitives[0]
    a, b, c = (shape.positions[shape.faces[:, i]] for i in range(3))
    assert (np.einsum("ij,ij->i", np.cross(b - a, c - a), shape.normals[shape.faces[:, 0]]) > 0).all()
    assert np.allclose(np.linalg.norm(shape.normals, axis=1), 1.0)


@pytest.mark.parametrize("seed", range(20))
def test_what_stands_in_its_place_under_a_node_that_is_kept_is_not_touched(seed):
    """The matrix to its own place is exactly one: solved from world matrices it would be so but for rounding."""
    rng = np.random.default_rng(seed)
    turn = rng.normal(size=4)
    held = Node("held", translation=rng.normal(size=3), rotation=turn / np.linalg.norm(turn), scale=(1, 2, 3), extras={"a": 1})
    once = edit.flatten(Scene((held, Node("box", make.box(), parent="held", translation=(1, 2, 3)))))
    assert edit.flatten(once).node("box").mesh is once.node("box").mesh


def test_flatten_bakes_morphs_and_tangents():
    normals, tangents = np.tile([0, 0, 1.0], (3, 1)), np.tile([1.0, 0, 0, 1], (3, 1))
    morph = Morph(POINTS, np.tile([0, 1.0, -1], (3, 1)), np.tile([-1.0, 1, 0], (3, 1)))
    shape = Primitive(POINTS, [[0, 1, 2]], normals, tangents, (POINTS[:, :2],), morphs=(morph,))
    scene = Scene((Node("a", Mesh((shape,), morph_names=("m",)), rotation=(0, 0, np.sqrt(0.5), np.sqrt(0.5)), weights=(1.0,)),))
    flat = edit.flatten(scene)
    assert np.allclose(measure.bounds(flat), measure.bounds(scene), atol=1e-6)
    new = flat.nodes[0].mesh.primitives[0]
    assert np.allclose(new.tangents[0], [0, 1, 0, 1], atol=1e-6)
    assert np.allclose(new.normals[0] + new.morphs[0].normals[0], [-1, 0, 0], atol=1e-6)
    assert np.allclose(new.tangents[0, :3] + new.morphs[0].tangents[0], [-1, 0, 0], atol=1e-6)


def test_weld_takes_signed_zeros_as_equal_and_keeps_seams():
    positions = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [-0.0, 0, 0], [0, 1, 0], [1, 1, 0]], np.float32)
    uv = np.array([[0, 0], [1, 0], [0, 1], [0, 0], [0.5, 1], [1, 1]], np.float32)
    mesh = Mesh((Primitive(positions, [[0, 1, 2], [3, 5, 4]], uvs=(uv,)),))
    welded = edit.weld(mesh).primitives[0]
    assert welded.faces.tolist() == [[0, 1, 2], [0, 4, 3]]
    assert len(welded.positions) == 5
    empty = Mesh((Primitive(np.empty((0, 3)), np.empty((0, 3))),))
    assert edit.weld(empty) is empty
