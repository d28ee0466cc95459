import numpy as np
import pytest

from dhsdk.errors import SceneError
from dhsdk.scene import Expression, Humanoid, Node, Scene, Spring


@pytest.mark.parametrize(
    ("nodes", "text"),
    [
        ((Node("a"), Node("a")), "node keys must be unique, got 'a' twice"),
        ((Node(""),), "node keys must not be empty"),
        ((Node("a", parent="b"),), "parent 'b' of node 'a' is not in the scene"),
        ((Node("a", parent="b"), Node("b", parent="a")), "nodes must form a tree, but 'a' is its own ancestor"),
        ((Node("a", parent="a"),), "nodes must form a tree, but 'a' is its own ancestor"),
        ((Node("a", translation=(0, np.nan, 0)),), "the translation of node 'a' must be finite"),
        ((Node("a"), Node("b", scale=(np.inf, 1, 1))), "the scale of node 'b' must be finite"),
        ((Node("a", scale=(1, 1)),), "every scale must be 3 numbers, got 'a' with (1, 1)"),
        ((Node("a", scale=(1, 1)), Node("b", scale=(1, 1, 1, 1))), "every scale must be 3 numbers: "),
        ((Node("a", translation="abc"),), "every translation must be 3 numbers: "),
        ((Node("a", rotation=(0, 0, 0, 2)),), "rotation of node 'a' must be a unit quaternion (x, y, z, w), got (0, 0, 0, 2)"),
    ],
)
def test_nodes_are_checked(nodes, text):
    with pytest.raises(SceneError) as caught:
        Scene(nodes)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("humanoid", "who"),
    [
        (Humanoid({"hips": "x"}), "humanoid bone 'hips'"),
        (Humanoid({}, (Expression("aa", (("x", "m", 1.0),)),)), "expression 'aa'"),
        (Humanoid({}, springs=(Spring("hair", ("x",)),)), "spring 'hair'"),
        (Humanoid({}, springs=(Spring("hair", (), center="x"),)), "spring 'hair'"),
    ],
)
def test_a_person_names_nodes_that_are_there(humanoid, who):
    with pytest.raises(SceneError, match=f"{who} names node 'x', which is not in the scene; it has: 'a'"):
        Scene((Node("a"),), humanoid=humanoid)


def test_deep_chains_are_checked_without_recursion():
    count = 20000
    chain = Scene(tuple(Node(str(i), parent=str(i + 1) if i + 1 < count else None) for i in range(count)))
    assert chain.node("0").parent == "1"
