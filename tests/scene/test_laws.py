"""Laws of the scene functions over random scenes."""

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from dhsdk.scene import check, edit, make, measure, pose
from dhsdk.scene.compare import differences
from dhsdk.scene.references import named_nodes
from tests.effort import examples
from tests.scene.strategies import PARTS, meshes, scenes

few = examples(40, suppress_health_check=list(HealthCheck))
RIGID = PARTS - {"skin", "humanoid"}


@few
@given(meshes())
def test_weld_is_idempotent(mesh):
    once = edit.weld(mesh)
    assert edit.weld(once) is once


@few
@given(meshes(joints=3), st.integers(0, 1000))
def test_weld_undoes_unwelding_and_keeps_every_attribute(mesh, seed):
    shape = mesh.primitives[0]
    from dhsdk.scene.weld import taken

    corners = shape.faces.ravel()
    torn = taken(shape, corners, np.arange(len(corners)).reshape(shape.faces.shape))
    back = edit.weld(dataclasses.replace(mesh, primitives=(torn,))).primitives[0]
    assert len(back.positions) == len(np.unique(corners))
    for name in ("positions", "normals", "tangents", "colors", "joints", "weights"):
        was, now = getattr(shape, name), getattr(back, name)
        assert (was is None and now is None) or np.array_equal(was[shape.faces], now[back.faces])
    for a, b in zip(shape.morphs, back.morphs, strict=True):
        assert np.array_equal(a.positions[shape.faces], b.positions[back.faces])


@few
@given(scenes())
def test_flatten_keeps_bounds_and_references(scene):
    flat = edit.flatten(scene)
    assert np.allclose(measure.bounds(flat), measure.bounds(scene), rtol=1e-5, atol=1e-4)
    assert sorted(named_nodes(flat)) == sorted(named_nodes(scene))
    assert np.isclose(measure.area(flat), measure.area(scene), rtol=1e-3, atol=1e-4)
    assert measure.triangles(flat) == measure.triangles(scene)


@few
@given(scenes())
def test_flatten_is_idempotent(scene):
    once = edit.flatten(scene)
    assert differences(once, edit.flatten(once)) == []


@few
@given(scenes())
def test_rename_round_trips(scene):
    names = {node.key: f"new {i}" for i, node in enumerate(scene.nodes)}
    there = edit.rename(scene, names)
    assert [node.key for node in there.nodes] == list(names.values())
    back = edit.rename(there, {new: old for old, new in names.items()})
    assert differences(scene, back) == []
    assert len(back.skins) == len(scene.skins)
    assert all(a is b for a, b in zip(scene.meshes, back.meshes, strict=True))


@few
@given(scenes(), st.data())
def test_replacing_a_node_keeps_what_names_it(scene, data):
    node = data.draw(st.sampled_from(scene.nodes))
    fresh = dataclasses.replace(node, key="other", parent=None, translation=(9.0, 9.0, 9.0), extras={"new": True})
    there = edit.replace(scene, node.key, node=fresh)
    assert sorted(named_nodes(there)) == sorted(named_nodes(scene))
    assert differences(there, scene, ignore=("extras",)) == []
    assert there.node(node.key).extras == {"new": True}


@few
@given(scenes(), st.lists(st.integers(-4, 4), min_size=3, max_size=3), st.sampled_from([0.0, 1.0, 3.5]))
def test_place_moves_the_bounds(scene, at, turn):
    placed = make.place(scene, at=tuple(map(float, at)))
    shown = any(node.mesh for node in scene.nodes)
    expected = measure.bounds(scene) + (at if shown else 0.0)
    assert np.allclose(measure.bounds(placed), expected, rtol=1e-6, atol=1e-4)
    back = make.place(make.place(scene, turn=turn), turn=-turn)
    assert np.allclose(measure.bounds(back), measure.bounds(scene), atol=1e-4)


@few
@given(scenes(), scenes(RIGID - {"environment"}))
def test_group_keeps_world_bounds_and_counts(a, b):
    room = make.group("room", a, b)
    boxes = np.array([measure.bounds(one) for one in (a, b) if any(node.mesh for node in one.nodes)])
    if len(boxes):
        expected = np.stack([boxes[:, 0].min(axis=0), boxes[:, 1].max(axis=0)])
        assert np.allclose(measure.bounds(room), expected, rtol=1e-6, atol=1e-5)
    assert len(room.nodes) == len(a.nodes) + len(b.nodes) + 1
    assert {id(mesh) for mesh in room.meshes} == {id(mesh) for mesh in (*a.meshes, *b.meshes)}
    assert len(list(named_nodes(room))) == len(list(named_nodes(a))) + len(list(named_nodes(b))) + sum(
        joint.parent is None for one in (a, b) for joint in one.joints
    )
    assert differences(room, make.group("room", a, b)) == []


@few
@given(scenes(RIGID - {"environment"}))
def test_a_scene_can_be_grouped_with_itself(scene):
    pair = make.group("pair", scene, make.place(scene, at=(5.0, 0.0, 0.0)))
    assert len(pair.nodes) == 2 * len(scene.nodes) + 2
    assert len(pair.meshes) == len(scene.meshes)


@few
@given(scenes(), st.data())
def test_remove_leaves_a_valid_scene(scene, data):
    joints = {joint for skin in scene.skins for joint in skin.joints}
    node = data.draw(st.sampled_from([node for node in scene.nodes if node.key not in joints]))
    rest = edit.remove(scene, node.key, drop=True)
    assert node.key not in rest
    assert node.key not in {key for _, key in named_nodes(rest)}


@few
@given(scenes(), st.floats(0.0, 5.0))
def test_a_posed_scene_is_valid_and_keeps_its_parts(scene, t):
    for clip in scene.animations:
        shown = pose.at(scene, clip.name, t)
        assert [node.key for node in shown.nodes] == [node.key for node in scene.nodes]
        assert np.isfinite(pose.world_matrices(shown)).all()


@few
@given(scenes())
def test_maps_that_change_nothing_return_the_scene(scene):
    assert edit.map_meshes(scene, lambda mesh: mesh) is scene
    assert edit.map_materials(scene, lambda material: material) is scene


@few
@given(scenes(), st.sampled_from([None, "godot", "unity", "unreal", "web"]))
def test_check_and_summary_never_fail(scene, target):
    import json

    for problem in check.check(scene, target):
        assert problem.severity in ("error", "warning")
        assert all(text and "\n" not in text for text in (problem.where, problem.message, problem.mend))
    json.dumps(measure.summary(scene))


@few
@given(scenes())
def test_world_matrices_multiply_down_the_tree(scene):
    from dhsdk.scene.rotation import compose

    found = pose.world(scene)
    for node in scene.nodes:
        own = compose(node.translation, node.rotation, node.scale)
        expected = own if node.parent is None else found[node.parent] @ own
        assert np.allclose(found[node.key], expected, rtol=1e-9, atol=1e-9)


@few
@given(scenes(PARTS), st.integers(0, 2**31))
def test_prefix_then_rename_is_the_identity_on_nodes(scene, seed):
    there = edit.prefix(scene, "x")
    back = edit.rename(there, {f"x__{node.key}": node.key for node in scene.nodes})
    assert [node.parent for node in back.nodes] == [node.parent for node in scene.nodes]


def test_unknown_target():
    from dhsdk.errors import UnknownName

    with pytest.raises(UnknownName, match="no target 'blender'; there is: godot, unity, unreal, web"):
        check.check(make.single(make.box(), "box"), "blender")
