"""Words that reach the shape: counts of new parts, wear, style; accents that keep their own colour."""

import pytest

import dhsdk
from dhsdk.params import every_field
from dhsdk.shapes import kernels

HOST = dhsdk.Host(device="cpu")


def plan(prompt, **values):
    return HOST.plan(HOST.request("text_to_3d", prompt=prompt, **values))


def shape(prompt, **values):
    return plan(prompt, **values).objects[0].shape


@pytest.mark.parametrize(
    ("prompt", "kernel", "preset"),
    [
        ("a sword", "blade", "straight/leaf"), ("一把剑", "blade", "straight/leaf"), ("一把武士刀", "blade", "curved"),
        ("a battle axe", "blade", "double_axe"), ("一把战锤", "blade", "war_hammer"), ("铁锹", "blade", "shovel"),
        ("a rocket", "rocket", "cigar"), ("一枚火箭", "rocket", "cigar"), ("运载火箭", "rocket", "cylinder"),
        ("a space capsule", "rocket", "capsule"), ("返回舱", "rocket", "capsule"),
    ],
)  # fmt: skip
def test_nouns_of_both_languages(prompt, kernel, preset):
    (one,) = plan(prompt).objects
    assert one.kernel == kernel
    assert (one.shape.head if kernel == "blade" else one.shape.body).style in preset.split("/")


@pytest.mark.parametrize(("prompt", "layout"), [("a desk", "pillars"), ("一张书桌", "pillars"), ("床头柜", "cabinet")])
def test_desks_have_drawers(prompt, layout):
    assert shape(prompt).drawers.layout == layout


def test_counts_of_parts():
    assert shape("a desk with five drawers").drawers.count == 5
    assert shape("a rocket with three portholes").panes == 3
    assert shape("a rocket with six fins").fins.count == 6
    assert shape("a launch vehicle with four boosters").boosters == 4
    assert shape("a round table with five legs").legs.count == 5
    assert shape("a sword without a guard").guard.style == "none"
    assert not shape("a rocket without a hatch").hatch.has_hatch


def test_wear_and_style_reach_the_shape():
    assert shape("a battered old sword").temper.wear > 0.4
    assert shape("a brand new sword").temper.wear == 0.0
    assert shape("an ornate sword").temper.ornament > 0.5
    assert shape("a rustic table").joinery.irregular > shape("a table").joinery.irregular
    assert shape("a sword", style="stylised").temper.stylised == 1.0
    assert shape("a sword").temper.stylised == 0.0


def test_accents_keep_their_colour_but_rust_with_the_rest():
    rocket = plan("a rusty blue rocket").objects[0].finishes
    assert rocket["hull"].color == "#2358b0"
    assert rocket["nose"].color == "#c4301f"
    assert rocket["nose"].wear == rocket["hull"].wear > 0.5


def test_a_named_handle_is_its_wrapping_too():
    sword = plan("a sword with a red handle").objects[0].finishes
    assert sword["handle"].color == sword["wrap"].color != ""
    assert sword["blade"].color == ""


@pytest.mark.parametrize(
    ("prompt", "preset", "made"),
    [
        ("a house", "house", "plaster"), ("一座房子", "house", "plaster"), ("小屋", "cottage", "timbered"),
        ("一座城堡", "castle", "stone"), ("石塔", "tower", "stone"), ("a log cabin", "log_cabin", "logs"),
        ("a brick house", "house", "brick"), ("a wooden tower", "tower", "wood"), ("a stone cottage", "cottage", "stone"),
        ("a half-timbered house", "house", "timbered"), ("灯塔", "lighthouse", "plaster"),
        ("a skyscraper", "office_block", "glass"),
    ],
)  # fmt: skip
def test_buildings_of_both_languages(prompt, preset, made):
    (one,) = plan(prompt).objects
    assert (one.kernel, one.key, one.shape.walls.made) == ("building", preset, made)


def test_what_a_house_is_built_of_shows_in_walls_and_roof():
    brick = plan("a brick house with a slate roof").objects[0]
    assert (brick.finishes["walls"].family, brick.finishes["walls"].variety) == ("stone", "brick")
    assert (brick.shape.roof.made, brick.finishes["roof"].family) == ("slate", "stone")
    thatched = plan("a thatched stone house").objects[0]
    assert (thatched.shape.roof.made, thatched.finishes["roof"].variety) == ("thatch", "thatch")
    assert (thatched.shape.walls.made, thatched.finishes["walls"].variety) == ("stone", "ashlar")
    red = plan("a white wooden cottage with a red roof").objects[0].finishes
    assert (red["walls"].variety, red["walls"].color) == ("planks", "#f4f3ef")
    assert red["roof"].color not in ("", "#f4f3ef")
    assert red["roof"].variety == "thatch"


def test_storeys_windows_and_extras_of_buildings():
    assert shape("a two-storey house").body.storeys == 2
    assert shape("a three-storey brick house").body.storeys == 3
    assert shape("三层楼的房子").body.storeys == shape("三层小屋").body.storeys == 3
    assert shape("a house with six windows").windows.count == 6
    assert shape("a house with two chimneys").chimney.count == 2
    assert shape("a house without a chimney").chimney.count == 0
    assert shape("a house with a balcony").balcony
    assert not shape("a house without shutters").windows.shutters
    assert shape("a castle with two turrets").turrets == 2
    assert shape("a tower without battlements").roof.parapet == "none"
    assert shape("a round tower").body.plan == "round"
    assert shape("a square tower").body.plan == "square"
    assert shape("an octagonal tower").body.plan == shape("一座八角形的塔").body.plan == "octagonal"
    assert shape("a house with a flat roof").roof.shape == "flat"
    assert shape("a house with arched windows").windows.head == "arched"
    assert shape("a house with a steep roof").roof.pitch > shape("a house").roof.pitch
    assert shape("a tower with a blue pointed roof").roof.shape == "spire"
    assert plan("a tower with a blue pointed roof").objects[0].finishes["roof"].color != ""
    assert [one.key for one in plan("a stable wooden table").objects] == ["table"]
    assert shape("a lit cottage").windows.lit
    assert shape("a ruined castle").build.wear == 1.0
    assert shape("a tall tower").body.storey_height > shape("a tower").body.storey_height


@pytest.mark.parametrize(
    "noun", ["chair", "table", "lamp", "vase", "barrel", "chest", "sword", "rocket", "house", "tree", "boulder"]
)
def test_the_stylised_look_exaggerates_every_kernel(noun):
    real, calm = shape(f"a {noun}"), shape(f"a {noun}", style="stylised")
    assert type(real) is type(calm)
    assert real != calm


def test_exaggerated_fields_stand_in_the_kernels_design_space():
    for one in kernels().values():
        names = {".".join(path) for path, _ in every_field(one.Params)}
        assert set(one.exaggeration) <= names, one.name
        assert one.exaggeration or any(name.split(".")[-1] == "stylised" for name in names), one.name


@pytest.mark.parametrize(
    ("more", "less", "path"),
    [
        ("a lanky lamp", "a lamp", "stem.height"), ("a lamp", "a lanky lamp", "stem.thickness"),
        ("a towering crate", "a crate that is not tall", "size.height"),
        ("a fancy sword", "a less ornate sword", "temper.ornament"),
        ("a comfortable chair", "a chair", "seat.cushion"), ("a slanting rock", "a rock", "stone.lean"),
        ("a curved sword", "a sword", "head.curve"), ("a crate, open", "a crate, shut", "lid.open"),
        ("a vase with a long neck", "a vase with a short neck", "neck.length"), ("a long-necked vase", "a vase", "neck.length"),
        ("a handcrafted table", "a machined table", "joinery.irregular"), ("一把舒适的椅子", "一把椅子", "seat.cushion"),
        ("a cushiony chair", "a chair that is not cushiony", "seat.cushion"), ("a taller lamp", "a lamp", "stem.height"),
    ],
)  # fmt: skip
def test_many_words_find_their_fields(more, less, path):
    found = []
    for prompt in (more, less):
        value = shape(prompt)
        for name in path.split("."):
            value = getattr(value, name)
        found.append(value)
    assert found[0] > found[1]


def test_less_wear_and_less_gloss():
    worn, less = (plan(f"a {word} chest").objects[0].finishes for word in ("worn", "less worn"))
    assert all(less[slot].wear <= worn[slot].wear for slot in worn)
    assert any(less[slot].wear < worn[slot].wear for slot in worn)
    glossy, less = (plan(f"a {word} vase").objects[0].finishes for word in ("glossy", "less glossy"))
    assert max(one.roughness for one in less.values()) > max(one.roughness for one in glossy.values())
