"""The plan of text_to_3d: what words lock, what is drawn, and that the report tells the truth."""

import json

import pytest

import dhsdk
from dhsdk.errors import ParamError, PromptError
from dhsdk.params import with_edits
from dhsdk.plugins.text_to_3d.plan import ObjectPlan, TextTo3dPlan
from dhsdk.plugins.text_to_3d.vocabulary import things
from dhsdk.shapes import kernels

HOST = dhsdk.Host(device="cpu")
PROMPTS = [
    "a small oak stool",
    "a carved oak chair with a red velvet cushion",
    "a red chair with brass legs",
    "a throne",
    "a leather chair with oak legs and a red cushion",
    "a tall blue ceramic vase with a gold rim",
    "a glass bottle",
    "a tall wooden stool without a back, three legs",
    "a rustic pine bench",
    "a modern black chair",
    "a walnut armchair",
    "a dirty clay jug",
    "a 60 cm tall vase",
    "a huge white marble bowl",
    "two green mugs",
    "a polished silver goblet",
    "a striped armchair",
    "an old rocking chair",
    "a mug on a stool",
    "a tiny teapot",
    "a wide shallow bowl",
    "一把红色的木椅子，配黄铜腿",
    "一个高高的蓝色花瓶",
    "两只白色瓷碗",
    "破旧的凳子",
    "没有靠背的椅子",
    "直径30厘米的盘子",
    "一张胡桃木长椅",
    "小茶壶",
    "三条腿的凳子",
]


def plan(prompt, **values):
    return HOST.plan(HOST.request("text_to_3d", prompt=prompt, **values))


def shown(made):
    out = [one.model_dump(mode="json") for one in made.objects]
    for one in out:
        one.pop("key")
    return out


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_word_that_is_understood_changes_the_plan_and_an_ignored_one_does_not(prompt):
    made = plan(prompt)
    assert made.words.understood
    for word in (*made.words.understood, *made.words.ignored):
        if prompt.count(word) != 1:
            continue
        try:
            other = shown(plan(prompt.replace(word, " ")))
        except PromptError:
            other = None
        assert (other != shown(made)) == (word in made.words.understood), word


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_plan_goes_through_json_unchanged(prompt):
    made = plan(prompt)
    again = TextTo3dPlan.model_validate(json.loads(json.dumps(made.model_dump(mode="json"))))
    assert again == made
    assert type(again.objects[0].shape) is type(made.objects[0].shape)


def test_words_reach_the_parts_they_name():
    chair = plan("a red chair with brass legs").objects[0]
    assert chair.finishes["legs"].family == "metal"
    assert (chair.finishes["legs"].variety, chair.finishes["legs"].color) == ("brass", "")
    assert chair.finishes["frame"].color == "#c0281f"
    chair = plan("一把红色的木椅子，配黄铜腿").objects[0]
    assert chair.finishes["legs"].variety == "brass"


@pytest.mark.parametrize("prompt", ["a blue vase with a gold rim", "一个带金边的蓝色花瓶"])
def test_a_rim_is_a_part_of_its_own(prompt):
    made = plan(prompt)
    assert not {"rim", "gold", "金", "边"} & set(made.words.ignored)
    vase = made.objects[0]
    assert vase.shape.rim > 0
    assert (vase.finishes["rim"].family, vase.finishes["rim"].variety) == ("metal", "gold")
    assert (vase.finishes["body"].family, vase.finishes["body"].color) == ("ceramic", "#2358b0")
    assert plan("a vase").objects[0].shape.rim == 0


def test_the_colour_of_a_cloth_is_the_cloths():
    chair = plan("a green velvet armchair").objects[0]
    padded = [look for look in chair.finishes.values() if look.family == "fabric"]
    assert padded
    assert all((look.variety, look.color) == ("velvet", padded[0].color) and look.color for look in padded)
    assert chair.finishes["frame"].color == ""


@pytest.mark.parametrize(
    ("prompt", "red", "plain"),
    [("a red armchair", "cushion", "legs"), ("a red leather armchair", "cushion", "legs"),
     ("a red wooden armchair", "frame", "cushion"), ("a red chair", "frame", "cushion"),
     ("a red velvet chair", "cushion", "frame"), ("an armchair with red legs", "legs", "cushion")],
)  # fmt: skip
def test_a_colour_goes_to_what_a_person_means(prompt, red, plain):
    looks = plan(prompt).objects[0].finishes
    assert (looks[red].color, looks[plain].color) == ("#c0281f", "")


def test_hard_materials_leave_the_upholstery_and_wear_takes_both():
    looks = plan("an old oak armchair").objects[0].finishes
    assert (looks["cushion"].family, looks["frame"].family, looks["frame"].variety) == ("fabric", "wood", "oak")
    assert looks["cushion"].wear == looks["frame"].wear > 0.3


@pytest.mark.parametrize("prompt", ["a leather chair", "a velvet bench", "a red leather stool"])
def test_what_is_of_leather_has_some_of_it_to_show(prompt):
    one = plan(prompt).objects[0]
    assert one.shape.seat.cushion > 0.04
    assert one.finishes["cushion"].family in ("leather", "fabric")
    assert plan("a wooden chair").objects[0].shape.seat.cushion == 0.0


def test_stained_glass_is_framed_in_something_else():
    looks = plan("a stained glass lantern").objects[0].finishes
    assert (looks["glass"].variety, looks["base"].family) == ("stained", "metal")


@pytest.mark.parametrize(
    ("word", "variety"), [("chrome", "chrome"), ("nickel", "nickel"), ("titanium", "titanium"), ("platinum", "platinum")]
)
def test_metals_have_textures_of_their_own(word, variety):
    assert plan(f"a {word} mug").objects[0].finishes["body"].variety == variety


def test_hammered_is_a_pattern_and_lacquer_a_material():
    jug = plan("a hammered copper jug").objects[0].finishes["body"]
    assert (jug.variety, jug.pattern) == ("copper", "hammered")
    vase = plan("a red lacquer vase").objects[0].finishes["body"]
    assert (vase.family, vase.variety, vase.color) == ("wood", "lacquer", "#c0281f")


def test_an_urn_is_an_urn():
    """How many flutes it has is open; that it is fluted is not."""
    assert plan("a stone urn").objects[0].shape.flutes > 4


def test_counts_absences_and_measures():
    assert plan("a stool with five legs").objects[0].shape.legs.count == 5
    assert plan("三条腿的凳子").objects[0].shape.legs.count == 3
    assert plan("a chair without a back").objects[0].shape.back.style == "none"
    assert plan("没有靠背的椅子").objects[0].shape.back.style == "none"
    assert plan("a 60 cm tall vase").objects[0].height == pytest.approx(0.6)
    assert plan("three mugs").objects[0].count == 3
    many = plan("a chair with 400 legs")
    assert many.objects[0].shape.legs.count < 20
    assert "400 is out of" in many.words.low_confidence[0]


def test_a_measured_thing_is_as_large_as_it_was_asked():
    from dhsdk.scene.measure import bounds

    scene = HOST.generate("text_to_3d", prompt="a 60 cm tall vase", texture=16)
    low, high = bounds(scene)
    assert high[1] - low[1] == pytest.approx(0.6, abs=1e-4)
    assert low[1] == pytest.approx(0.0, abs=1e-4)


def test_seeds_give_variants_and_locked_words_stay():
    one, two = plan("a walnut stool", seed=1).objects[0], plan("a walnut stool", seed=2).objects[0]
    assert one.shape != two.shape
    assert one.finishes["frame"].variety == two.finishes["frame"].variety == "walnut"


def test_edits_reach_nested_values():
    made = plan("a stool")
    assert with_edits(made, {"legs.count": 5}).objects[0].shape.legs.count == 5
    with pytest.raises(ParamError, match=r"count must be in \[.*\], got 99"):
        with_edits(made, {"legs.count": 99})


def test_a_thing_that_is_only_alike_is_flagged_and_strict_refuses_it():
    made = plan("a red sofa")
    assert made.words.low_confidence == ("sofa: no kernel of its own, made like a bench",)
    with pytest.raises(PromptError, match="'sofa' can only be guessed as a bench; there is: chair, "):
        plan("a red sofa", strict=True)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("a purple elephant", "'elephant' is nothing that can be made; there is: chair, "),
        ("一只大象", "'象' is nothing that can be made; there is: chair, "),
        ("very big and red", "the prompt must name a thing to make; there is: chair, "),
        (
            " and ".join(["a chair", "a vase", "a mug"] * 5),
            "a prompt must name at most 12 objects, got 15: make the others separately",
        ),
    ],
)
def test_what_cannot_be_made_is_said(prompt, message):
    with pytest.raises(PromptError, match=message):
        plan(prompt)


def test_every_noun_has_a_kernel_with_its_preset():
    known = kernels()
    assert {thing.kernel for thing in things().values()} <= set(known)
    assert not [noun for noun, thing in things().items() if thing.preset not in known[thing.kernel].presets]


def test_texture_sizes_are_powers_of_two_and_kernels_are_checked():
    with pytest.raises(ParamError, match="texture must be a power of two, got 100"):
        HOST.request("text_to_3d", prompt="a chair", texture=100)
    for kernel in ("dragon", ["seat"], {}, None):
        with pytest.raises(ParamError, match="must be an object with a kernel out of: "):
            ObjectPlan(key="a", kernel=kernel, shape={}, finishes={})


def test_the_stylised_look_is_calmer():
    calm, real = (plan("an oak chair", style=style).objects[0].finishes["frame"] for style in ("stylised", "realistic"))
    assert (calm.stylised, real.stylised) == (1.0, 0.0)
    assert calm.wear == real.wear


@pytest.mark.parametrize("prompt", ["a mug on a stool", "a vase beside a chair", "three stools", "a chair in front of a bench"])
def test_things_stand_where_the_words_put_them(prompt):
    from dhsdk.scene.measure import bounds

    scene = HOST.generate("text_to_3d", prompt=prompt, texture=16, tris=20000)
    assert bounds(scene)[0][1] == pytest.approx(0.0, abs=1e-3)
    assert scene.extras["dhsdk"]["checks"] == {"problems": ()}


@pytest.mark.parametrize("prompt", ["a treasure chest", "a barrel", "a cliff", "a war hammer", "a dead tree", "a street lamp"])
def test_small_budgets_are_met(prompt):
    from dhsdk.scene.measure import triangles

    for tris in (700, 1500):
        assert 0.9 * tris <= triangles(HOST.generate("text_to_3d", prompt=prompt, tris=tris, texture=16, lods=0)) <= tris


@pytest.mark.parametrize(("prompt", "words"), [
    ("a house with a chimney", ["chimney"]), ("an amphora with two handles", ["two", "handles"]),
    ("a tower with battlements", ["battlements"]), ("a treasure chest with a lid", ["lid"]), ("a samurai katana", ["katana"]),
])  # fmt: skip
def test_what_a_thing_has_anyway_is_said_to_be_so(prompt, words):
    said = plan(prompt).words
    assert [f"{word}: so without the word" for word in words] == [one for one in said.assumed if "so without" in one]
    assert not set(words) & {*said.ignored, *said.understood}


def test_a_part_that_a_thing_cannot_lose_is_ignored():
    assert "legs" in plan("a table without legs").words.ignored


@pytest.mark.parametrize(("prompt", "path", "value"), [
    ("a table with turned legs", ("legs", "style"), "turned"), ("a chair with cabriole legs", ("legs", "style"), "cabriole"),
    ("a lamp with a pleated shade", ("shade", "style"), "pleated"),
])  # fmt: skip
def test_a_part_is_made_in_the_way_that_is_named(prompt, path, value):
    made = plan(prompt)
    part = made.objects[0].shape
    for step in path:
        part = getattr(part, step)
    assert part == value
    assert value in made.words.understood


def test_a_hut_gets_the_chimney_it_lacks():
    assert plan("a hut with a chimney").objects[0].shape.chimney.count >= 1


def test_more_than_there_may_be_is_said():
    made = plan("99 barrels")
    assert made.objects[0].count == 24
    assert "count: 99 is out of [1, 24], 24 taken" in made.words.low_confidence


@pytest.mark.parametrize("prompt", ["a retro 1950s rocket", "a 1920 lamp"])
def test_a_year_is_no_count(prompt):
    assert plan(prompt).objects[0].count == 1


def test_a_noun_that_only_describes_an_unknown_one_is_flagged():
    assert "stone bridge: 'bridge' is not understood, a rock is made" in plan("an old stone bridge").words.low_confidence
    with pytest.raises(PromptError, match="'stone bridge' can only be guessed as a rock"):
        plan("an old stone bridge", strict=True)
    assert not plan("a stone with moss").words.low_confidence


def test_what_is_in_a_forest_stands_on_the_ground():
    from dhsdk.scene.frames import world

    scene = HOST.generate("text_to_3d", prompt="a chair in a forest", texture=16, lods=0)
    assert world(scene)["chair"][1, 3] == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize(
    ("prompt", "preset", "count"),
    [("a two handed sword", "greatsword", 1), ("a double bladed axe", "battle axe", 1), ("two swords", "sword", 2)],
)
def test_a_number_in_a_name_counts_nothing(prompt, preset, count):
    found = HOST.plan(HOST.request("text_to_3d", prompt=prompt)).objects
    assert [(one.preset, one.count) for one in found] == [(preset, count)]
