"""Words that move a plan: the right way, nothing else, with a report."""

import re

import pytest

import dhsdk
from dhsdk.diffusion.nano.space import values_of
from dhsdk.errors import PromptError
from dhsdk.host import variants
from dhsdk.plugins.text_to_3d.vocabulary import presets

HOST = dhsdk.Host(device="cpu")


def plan(prompt, change="", **more):
    return HOST.plan(HOST.request("text_to_3d", prompt=prompt, backend="rules", change=change, **more))


def moved(prompt, change):
    """path -> (before, after) of what a change moves."""
    before, after = (
        values_of({one.key: one.model_dump(mode="json") for one in made.objects}) for made in (plan(prompt), plan(prompt, change))
    )
    return {path: (before[path], after[path]) for path in before if before[path] != after[path]}


@pytest.mark.parametrize(
    ("prompt", "change", "path", "way"),
    [
        ("a chair", "make it tall", "chair.shape.back.height", 1),
        ("a chair", "not so tall", "chair.shape.back.height", -1),
        ("a table", "wide", "table.shape.size.width", 1),
        ("a table", "the table narrow", "table.shape.size.width", -1),
        ("a chair", "old", "chair.finishes.frame.wear", 1),
        ("an old chair", "very old", "chair.finishes.frame.wear", 1),
        ("an old chair", "like new", "chair.finishes.frame.wear", -1),
        ("a barrel", "thick", "barrel.shape.staves.thickness", 1),
        ("a chair", "椅子高", "chair.shape.back.height", 1),
        ("a chair", "huge", "chair.scale", 1),
        ("a stool with 3 legs", "five legs", "stool.shape.legs.count", 1),
        ("a stool", "make the seat deeper", "stool.shape.seat.depth", 1),  # a seat is a thing, too, but not here
        ("an oak", "a thicker trunk", "oak.shape.trunk.girth", 1),  # so is a trunk
        ("a desk", "make the table wider", "desk.shape.size.width", 1),
        ("a table", "longer legs", "table.shape.size.height", 1),
        ("a chair", "把腿加长", "chair.shape.seat.height", 1),
        ("a table", "腿短一点", "table.shape.size.height", -1),
        ("a sword", "shorten the blade", "sword.shape.head.length", -1),
        ("a sword", "thicker handle", "sword.shape.handle.thickness", 1),
        ("a rocket", "make it taller", "rocket.shape.body.length", 1),
        ("a rocket", "bigger fins", "rocket.shape.fins.span", 1),
        ("a vase", "thicker walls", "vase.shape.body.wall", 1),
        ("a house", "smaller windows", "house.shape.windows.width", -1),
        ("a house", "taller storeys", "house.shape.body.storey_height", 1),
        ("a house", "one more storey", "house.shape.body.storeys", 1),
        ("a house", "another storey", "house.shape.body.storeys", 1),
        ("a house", "add a chimney", "house.shape.chimney.count", 1),
        ("a chair", "lean the back further", "chair.shape.back.rake", 1),
        ("a chair", "more ornate legs", "chair.shape.carving.ornament", 1),
        ("a chair", "the seat is too low", "chair.shape.seat.height", 1),
        ("a chair", "not wide enough", "chair.shape.seat.width", 1),
        ("a table", "legs twice as thick", "table.shape.legs.thickness", 1),
        ("a chair", "reduce the seat height", "chair.shape.seat.height", -1),
        ("a house", "reduce the number of windows to two", "house.shape.windows.count", -1),
        ("a house", "remove a window", "house.shape.windows.count", -1),
        ("a house", "too many windows", "house.shape.windows.count", -1),
        ("a chair", "腿太短", "chair.shape.seat.height", 1),
        ("a barrel", "slightly less bulge", "barrel.shape.body.bulge", -1),
        ("a house", "less overhang on the roof", "house.shape.roof.overhang", -1),
        ("a house", "double the number of windows", "house.shape.windows.count", 1),
        ("a tower", "skinnier", "tower.shape.body.width", -1),
        ("a vase", "slender neck", "vase.shape.neck.width", -1),
        ("an axe", "the shaft is too short", "axe.shape.handle.length", 1),
        ("a house", "the eaves should stick out less", "house.shape.roof.overhang", -1),
        ("a table", "高度降低一点", "table.shape.size.height", -1),
        ("a bench", "longer", "bench.shape.seat.width", 1),
        ("a table", "half as wide", "table.shape.size.width", -1),
        ("a table", "make the top wider", "table.shape.size.width", 1),
        ("a vase", "wider mouth", "vase.shape.neck.width", 1),
        ("a vase", "瓶口大一点", "vase.shape.neck.width", 1),
        ("a sword", "blunter point", "sword.shape.head.point", -1),
        ("a sword", "剑尖钝一点", "sword.shape.head.point", -1),
        ("a floor lamp", "a heavier base", "floor_lamp.shape.base.radius", 1),
        ("a house", "flatter roof", "house.shape.roof.pitch", -1),
        ("a house", "taller windows", "house.shape.windows.height", 1),
        ("a house", "fewer windows", "house.shape.windows.count", -1),
        ("a house", "多加两扇窗", "house.shape.windows.count", 1),
        ("a house", "the roof sticks out more", "house.shape.roof.overhang", 1),
        ("a barrel", "loosen the staves", "barrel.shape.staves.gap", 1),
        ("a barrel", "one hoop less", "barrel.shape.hoops.count", -1),
        ("a crate", "more planks", "crate.shape.planks.count", 1),
        ("an apple tree", "more fruit", "apple_tree.shape.bloom.fruit", 1),
        ("an oak", "straighten the trunk", "oak.shape.trunk.gnarled", -1),
        ("a boulder", "flatten it", "boulder.shape.size.stretch", -1),
        ("a jar", "更圆润", "jar.shape.body.roundness", 1),
    ],
)
def test_words_move_their_value_the_right_way(prompt, change, path, way):
    found = moved(prompt, change)
    before, after = found[path]
    assert (after - before) * way > 0


def test_what_is_not_named_stays_bit_for_bit():
    assert set(moved("a chair and a table", "make the table wide")) == {"table.shape.size.width"}
    assert {path.split(".")[1] for path in moved("a chair and a table", "a red chair")} == {"finishes"}
    assert {path.split(".")[0] for path in moved("a chair and a table", "a red chair")} == {"chair"}


@pytest.mark.parametrize("change", ["a wider gizmo", "make the gizmo much taller", "narrow the gizmo"])
def test_what_is_said_of_something_unknown_moves_nothing(change):
    with pytest.raises(PromptError, match="change nothing of: vase"):
        plan("a vase", change)


@pytest.mark.parametrize("preset", sorted(presets()))
def test_every_thing_can_be_changed(preset):
    assert plan(f"a {preset}", "much bigger").objects[0].scale > plan(f"a {preset}", "smaller").objects[0].scale


def test_a_part_is_no_thing_of_the_same_name():
    assert {path.split(".")[2] for path in moved("a chair", "red seat")} == {"seat"}
    assert not any("shape" in path.split(".") for path in moved("a crate", "颜色深一点"))


def test_parts_come_and_go():
    assert moved("a chair", "add armrests")["chair.shape.arms.style"][0] == "none"
    assert moved("an armchair", "remove the arms")["armchair.shape.arms.style"][1] == "none"
    assert moved("a chair", "thick legs").keys() >= {"chair.shape.legs.thickness"}
    assert "chair.shape.legs.stretchers" not in moved("a chair", "thick legs")


def test_a_word_that_may_be_a_thing_is_a_material_of_what_is_there():
    assert plan("a chair", "turn it into walnut").objects[0].finishes["frame"].variety == "walnut"
    with pytest.raises(PromptError, match="the plan has no"):
        plan("a chair", "make the oak bigger")


def test_clauses_are_read_one_by_one():
    found = moved("a chair and a table", "make the chair red and the table wide")
    assert {"chair.finishes.frame.color", "table.shape.size.width"} <= set(found)
    assert "chair.shape.seat.width" not in found


def test_a_measured_size_grows_with_its_words():
    before, after = moved("a 90 cm tall table", "tall")["table.height"]
    assert before == 0.9
    assert after > 1.0


def test_the_report_tells_what_moved_and_what_did_not():
    words = plan("a chair", "tall and xyzzyq").words
    assert "tall" in words.understood
    assert "xyzzyq" in words.ignored


def test_words_that_move_nothing_are_refused():
    with pytest.raises(PromptError, match=r"^the words 'zzzz' change nothing of: chair$"):
        plan("a chair", "zzzz")
    with pytest.raises(PromptError, match=re.escape("the plan has no barrel: there is chair")):
        plan("a chair", "make the barrel red")


def test_a_file_is_changed_and_rebuilds(tmp_path):
    path = HOST.save(HOST.generate("text_to_3d", prompt="a stool", backend="rules", texture=16), tmp_path / "a.glb")
    other = HOST.save(HOST.rebuild(path, change="tall"), tmp_path / "b.glb")
    own = HOST.load(other).extras["dhsdk"]
    assert own["change"] == "tall"
    assert "tall" in own["understood"]
    assert HOST.save(HOST.rebuild(other), tmp_path / "c.glb").read_bytes() == other.read_bytes() != path.read_bytes()


def test_variants_share_what_is_locked():
    request = HOST.request("text_to_3d", prompt="a chair")
    plans = [HOST.plan(one) for one in variants(HOST, request, 4, ["legs.thickness", "shape.back"])]
    assert len({one.objects[0].shape.legs.thickness for one in plans}) == 1
    assert len({one.objects[0].shape.back.model_dump_json() for one in plans}) == 1
    assert len({one.objects[0].shape.seat.width for one in plans}) == 4
    with pytest.raises(dhsdk.ParamError, match=r"^plan path 'wheels' leads nowhere"):
        variants(HOST, request, 2, ["wheels"])
