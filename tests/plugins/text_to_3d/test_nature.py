import pytest

from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d import TextTo3dParams
from dhsdk.plugins.text_to_3d.design import design


def planned(prompt, backend="design"):
    return design(TextTo3dParams(prompt=prompt, backend=backend), Context(seed=0))


def only(prompt):
    plan = planned(prompt)
    assert len(plan.objects) == 1
    assert not plan.words.ignored
    return plan.objects[0]


@pytest.mark.parametrize(("prompt", "slot", "look"), [
    ("a sandstone cliff", "stone", "rock/sandstone"), ("a marble boulder", "stone", "stone/marble"),
    ("an icy crystal", "crystal", "crystal/ice"), ("an autumn oak", "leaves", "leaf/autumn"),
    ("a birch", "bark", "bark/birch"), ("a withered tree with thick roots", "bark", "bark/dead"),
    ("a young tree", "leaves", "leaf/spring"), ("a basalt boulder", "stone", "rock/basalt"),
    ("a withered potted plant", "leaves", "leaf/straw"),
])  # fmt: skip
def test_matter_and_season_choose_the_material(prompt, slot, look):
    finish = planned(prompt).objects[0].finishes[slot]
    assert f"{finish.family}/{finish.variety}" == look


@pytest.mark.parametrize(("prompt", "slot", "color"), [
    ("a red mushroom with white spots", "spots", "#ffffff"), ("a blue flower", "petals", ""),
    ("a tree with red leaves", "leaves", ""),
    ("a purple crystal", "crystal", ""), ("a bush with white flowers", "blossom", "#ffffff"),
])  # fmt: skip
def test_colours_go_where_they_belong(prompt, slot, color):
    one = only(prompt)
    plain = planned(prompt.replace("red ", "").replace("blue ", "").replace("purple ", "").replace("white ", "")).objects[0]
    assert one.finishes[slot].color != plain.finishes[slot].color or one.finishes[slot].color == color
    assert one.finishes[slot].color


@pytest.mark.parametrize(("prompt", "path", "value"), [
    ("a snowy fir", ("snow",), 1.0), ("a bare tree", ("crown", "bare"), True), ("a tree without leaves", ("crown", "bare"), True),
    ("a hollow oak", ("trunk", "hollow"), True), ("a mossy rock", ("cover", "moss"), 1.0),
    ("a boulder with moss", ("cover", "moss"), 0.5),
    ("a gnarled pine", ("trunk", "gnarled"), 0.725), ("a blooming bush", ("bloom", "blossom"), 1.0),
    ("一棵光秃秃的树", ("crown", "bare"), True),
    ("a cactus with four arms", ("crown", "boughs"), 4), ("a mushroom without spots", ("fungus", "spots"), 0),
    ("长满青苔的石头", ("cover", "moss"), 1.0),
])  # fmt: skip
def test_words_of_growth_reach_the_shape(prompt, path, value):
    shape = planned(prompt).objects[0].shape
    for step in path:
        shape = getattr(shape, step)
    assert shape == value


@pytest.mark.parametrize(("prompt", "kernel"), [
    ("一棵老橡树", "plant"), ("一颗仙人掌", "plant"), ("红色的蘑菇", "plant"), ("三块石头", "rock"), ("水晶簇", "rock"),
    ("a log", "plant"),
    ("a pine bench", "seat"), ("a bamboo chair", "seat"), ("a stone urn", "vessel"), ("a crystal vase", "vessel"),
    ("a table made of oak", "table"), ("a mossy treasure chest", "crate"),
])  # fmt: skip
def test_things_and_what_they_are_made_of_are_told_apart(prompt, kernel):
    assert planned(prompt).objects[0].kernel == kernel


def test_tall_and_short_keep_the_order_of_size():
    sizes = [planned(f"a {word} flower").objects[0].shape.size.stretch for word in ("short", "", "tall", "very tall")]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 4


def test_young_trees_are_smaller_and_slimmer():
    young, grown = (planned(prompt, "rules").objects[0].shape for prompt in ("a young birch", "a birch"))
    assert young.size.stretch < grown.size.stretch
    assert young.trunk.girth < grown.trunk.girth


@pytest.mark.parametrize(("prompt", "count"), [("一棵老橡树", 1), ("三朵红色的郁金香", 3), ("五株仙人掌", 5), ("两丛草丛", 2)])
def test_chinese_measure_words_of_plants_are_counted(prompt, count):
    assert planned(prompt).objects[0].count == count


def test_a_glowing_crystal_shines_and_a_glowing_stone_does_not():
    assert planned("a glowing crystal").objects[0].finishes["crystal"].glow > 1.0
    assert planned("a crystal").objects[0].finishes["crystal"].glow == 0.0


def test_moss_on_what_has_no_moss_of_its_own_is_wear():
    mossy, plain = (planned(prompt).objects[0].finishes["body"] for prompt in ("a mossy stone urn", "a stone urn"))
    assert mossy.wear > plain.wear


@pytest.mark.parametrize("budget", [5000, 2500, 1500])
def test_crowns_of_closed_leaves_meet_budgets_by_their_own_levels(budget):
    import dhsdk

    tree = dhsdk.generate("text_to_3d", prompt="an oak", tris=budget, texture=16)
    shown = [node for node in tree.nodes if node.mesh]
    total = sum(node.mesh.triangles for node in shown)
    assert total <= budget
    assert total >= 0.9 * min(budget, 4100)
    crown = next(node for node in shown if node.key == "crown")
    counts = [mesh.triangles for mesh in (crown.mesh, *crown.lods)]
    assert len(counts) > 1
    assert counts == sorted(set(counts), reverse=True)
    assert all(shape.tangents is not None for mesh in crown.lods for shape in mesh.primitives)
