"""Things that are pieces of others, stacks, and several things on one."""

import numpy as np
import pytest

import dhsdk
from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d import TextTo3dParams
from dhsdk.plugins.text_to_3d.design import design
from dhsdk.scene import measure


def plan(prompt):
    return design(TextTo3dParams(prompt=prompt), Context(seed=0))


@pytest.mark.parametrize("prompt", ["a cactus in a blue pot", "a cactus with a blue flower pot"])
def test_the_pot_of_a_plant_is_its_own(prompt):
    (one,) = plan(prompt).objects
    assert one.preset == "cactus"
    assert one.shape.pot == "pot"
    assert one.finishes["pot"].color


def test_a_bonsai_keeps_its_tray_and_stands_where_its_pot_does():
    bonsai, table = plan("a bonsai in a clay pot on a table").objects
    assert bonsai.shape.pot == "tray"
    assert (bonsai.relation, bonsai.other, table.preset) == ("on", 1, "table")


def test_the_candles_of_a_candelabrum_are_its_own():
    (one,) = plan("a candelabra with five red candles").objects
    assert one.shape.stem.arms == 5
    assert one.finishes["candle"].color
    assert len(plan("a table with five candles").objects) == 2


def test_what_is_no_piece_stays_a_thing():
    assert [one.preset for one in plan("a flower in a vase").objects] == ["flower", "vase"]


def boxes(prompt):
    return measure.bounds(dhsdk.generate("text_to_3d", prompt=prompt, texture=16, lods=0))


def test_a_stack_is_as_high_as_its_pieces():
    one = boxes("a crate")
    three = boxes("a stack of three crates")
    assert np.ptp(three[:, 1]) == pytest.approx(3 * np.ptp(one[:, 1]), rel=0.02)
    assert np.ptp(three[:, 0]) == pytest.approx(np.ptp(one[:, 0]), rel=0.02)
    assert plan("stacked barrels").objects[0].count == 3


def test_all_things_stand_on_what_carries_them():
    table = boxes("a table")
    made = plan("a table with a vase and a mug on it").objects
    assert [(one.relation, one.other) for one in made] == [("", 0), ("on", 0), ("on", 0)]
    both = boxes("a table with a vase and a mug on it")
    assert np.ptp(both[:, 0]) == pytest.approx(np.ptp(table[:, 0]), abs=1e-3)


def test_metal_makes_a_drum_of_a_barrel():
    for prompt in ("a red steel barrel", "an oil drum", "油桶"):
        (one,) = plan(prompt).objects
        assert (one.preset, one.shape.made, one.finishes["staves"].family) == ("barrel", "metal", "metal")
    assert plan("a red steel barrel").objects[0].finishes["staves"].variety == "painted"
    assert plan("a barrel with iron hoops").objects[0].shape.made == "wood"


def test_nouns_say_more_than_their_kind():
    (hammer,) = plan("a sledgehammer").objects
    assert not hammer.shape.head.spike
    assert plan("a sledgehammer with a spike").objects[0].preset == "war hammer"
    assert plan("a chandelier").objects[0].shape.base.style == "ceiling"
    lengths = [plan(prompt).objects[0].shape.head.length for prompt in ("a short sword", "a sword", "a longsword")]
    assert lengths == sorted(lengths)


def test_only_wood_is_sawn_into_boards():
    assert plan("a stone table").objects[0].shape.top.boards == 1
    assert plan("an oak table").objects[0].shape.top.boards > 1
