import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.frozen import EMPTY, FrozenDict, freeze

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_a_frozen_value_is_the_same_json(value):
    assert json.dumps(freeze(value)) == json.dumps(value)


@given(json_values)
def test_a_frozen_value_survives_pickle_and_copy(value):
    frozen = freeze(value)
    assert pickle.loads(pickle.dumps(frozen)) == frozen == copy.deepcopy(frozen)
    assert freeze(frozen) == frozen


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.__setitem__("a", 1),
        lambda one: one.__delitem__("a"),
        lambda one: one.update(b=1),
        lambda one: one.pop("a"),
        lambda one: one.popitem(),
        lambda one: one.setdefault("b", 1),
        lambda one: one.clear(),
        lambda one: one.__ior__({"b": 1}),
    ],
)
def test_every_change_is_refused(change):
    frozen = freeze({"a": 1})
    with pytest.raises(TypeError, match=r"^this mapping is frozen: make a new one with \{\*\*old, key: value\}$"):
        change(frozen)
    assert frozen == {"a": 1}


def test_freezing_goes_all_the_way_down_and_keys_become_text():
    frozen = freeze({1: [{"a": [1]}]})
    assert frozen == {"1": ({"a": (1,)},)}
    assert isinstance(frozen["1"][0], FrozenDict)


def test_what_was_frozen_does_not_follow_the_original():
    inner = {"a": [1]}
    frozen = freeze({"x": inner})
    inner["a"].append(2)
    assert frozen["x"]["a"] == (1,)


def test_equal_ones_hash_alike():
    assert hash(freeze({"a": 1, "b": [2]})) == hash(freeze({"b": [2], "a": 1}))
    assert len({freeze({"a": 1}), freeze({"a": 1}), EMPTY}) == 2
