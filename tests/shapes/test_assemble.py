import numpy as np
import pytest

from dhsdk.errors import SceneError
from dhsdk.scene import Material, Transmission
from dhsdk.scene.check import check
from dhsdk.shapes import kernels
from dhsdk.shapes.assemble import assemble, node_key
from dhsdk.shapes.kernel import Part
from dhsdk.shapes.resize import resized
from dhsdk.shapes.shading import painted
from dhsdk.shapes.solids import box
from dhsdk.shapes.surface import surface
from tests.shapes.laws import built

BOX = surface(box((0.2, 0.2, 0.2), 0.01, base=True))


def materials(slots, tile=0.5):
    return {slot: (Material(slot), tile) for slot in slots}


def world(scene, key):
    node = scene.node(key)
    place = np.array(node.translation)
    return place if node.parent is None else place + world(scene, node.parent)


@pytest.mark.parametrize("name", list(kernels()))
def test_nodes_stand_at_their_pivots_and_meshes_where_they_were(name):
    kernel = kernels()[name]
    for preset in list(kernel.presets)[:3]:
        parts = built(kernel, kernel.presets[preset])
        scene = assemble(preset, parts, materials(kernel.slots))
        assert scene.nodes[0].key == node_key(preset)
        for part, node in zip(parts, scene.nodes[1:], strict=True):
            assert world(scene, node.key) == pytest.approx(part.pivot, abs=1e-9)
            primitive = node.mesh.primitives[0]
            assert primitive.positions + world(scene, node.key) == pytest.approx(part.surface.positions, rel=1e-6, abs=1e-6)
            assert primitive.uvs[0] == pytest.approx(part.surface.uvs / 0.5, abs=1e-5)
            assert primitive.colors.shape == (len(primitive.positions), 4)
            assert node.mesh.name == node.key == node_key(node.key)
        assert len(scene.sockets) == sum(len(part.sockets) for part in parts)


def test_hinges_become_joints():
    kernel = kernels()["crate"]
    scene = assemble("chest", built(kernel, kernel.presets["treasure chest"]), materials(kernel.slots))
    (joint,) = scene.joints
    assert (joint.kind, joint.child, joint.parent) == ("revolute", "lid", "floor")
    assert joint.translation == scene.node("lid").translation
    assert joint.lower <= 0.0 < joint.upper


def test_slides_become_prismatic_joints_and_grow_with_the_parts():
    drawer = Part("drawer", BOX, "x", (0.0, 0.1, 0.0), slide=((0.0, 0.0, 1.0), -0.1, 0.3))
    (grown,) = resized([drawer], 2.0)
    (joint,) = assemble("desk", [grown], materials(["x"])).joints
    assert (joint.kind, joint.child, joint.axis) == ("prismatic", "drawer", (0.0, 0.0, 1.0))
    assert (joint.lower, joint.upper) == pytest.approx((-0.2, 0.6))


def test_a_part_named_as_the_root_gets_a_number():
    scene = assemble("Candle", [Part("candle", BOX, "wax"), Part("Candle.", BOX, "wax")], materials(["wax"]))
    assert [node.key for node in scene.nodes] == ["candle", "candle_2", "candle_3"]


def test_trim_says_that_it_needs_no_collider():
    scene = assemble("thing", [Part("a", BOX, "x"), Part("b", BOX, "x", collide=False)], materials(["x"]))
    assert dict(scene.node("a").extras) == {}
    assert dict(scene.node("b").extras) == {"collide": False}


def test_a_slot_without_material_is_an_error():
    with pytest.raises(SceneError, match=r"every slot must have a material, got none for 'seat' of part 'top'"):
        assemble("stool", [Part("top", BOX, "seat")], {})


def test_hollows_do_not_darken_clear_glass():
    part = Part("vase", BOX, "glass")
    clear = Material("glass", transmission=Transmission(0.9))
    for material, shaded in ((clear, False), (Material("clay"), True)):
        (primitive,) = assemble("vase", [part], {"glass": (material, 0.5)}).nodes[1].mesh.primitives
        assert (primitive.colors is not None) is shaded


def test_a_painter_brings_out_edges_and_hollows():
    part = Part("box", BOX, "wood")
    assert painted(part, 0.0) is part
    before, after = BOX.colors[:, 1], painted(part, 1.0).surface.colors[:, 1]
    assert np.ptp(after) > 1.4 * np.ptp(before)
    assert (after[np.argsort(before)][[0, -1]] == [after.min(), after.max()]).all()


def test_a_tile_must_be_positive():
    with pytest.raises(SceneError, match=r"tile of slot 'seat' must be > 0, got 0.0 \(metres\)"):
        assemble("stool", [Part("top", BOX, "seat")], materials(["seat"], 0.0))


def test_a_parent_must_be_a_part():
    with pytest.raises(SceneError, match=r"parent of part 'top' must be another part, got 'legs'"):
        assemble("stool", [Part("top", BOX, "seat", parent="legs")], materials(["seat"]))


@pytest.mark.parametrize(
    ("text", "key"), [("Bar Stool", "bar_stool"), ('a.b:c@d/e"f%', "a_b_c_d_e_f"), ("椅子", "part"), ("_x_", "x")]
)
def test_node_keys_are_plain(text, key):
    assert node_key(text) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("front wheel", "frontwheel"),
        ("leg-col_2", "legcol_2"),
        ("nav NavMesh col", "nav_navmeshcol"),
        ("sea loop", "sealoop"),
        ("wheel", "wheel"),
        ("wheel rim", "wheel_rim"),
        ("protocol", "protocol"),
    ],
)
def test_no_key_ends_as_an_order_to_godot(text, key):
    assert node_key(text) == key
    part = Part(text, BOX, "seat")
    assert not [one for one in check(assemble("set", [part], materials(["seat"])), "godot") if "obeys" in one.what]
