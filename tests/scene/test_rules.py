"""What the types of a scene refuse, each with its text."""

import numpy as np
import pytest

from dhsdk.errors import SceneError
from dhsdk.scene import Animation, Channel, Collider, Joint, Mesh, Morph, Node, Primitive, Scene, Skin, Socket, edit, make
from dhsdk.scene.join import _all_unique
from dhsdk.shapes.assemble import assemble
from dhsdk.shapes.kernel import Part, Surface

P = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float)
F = [[0, 1, 2]]
MOVE = Channel("a", "translation", [0.0], [[0, 0, 0]])


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda: Animation("go", (MOVE, MOVE)), "animation 'go' needs channels, one per node and path at most"),
        (lambda: Primitive(P[:, :2], F), r"positions must have shape \(N, 3\), got \(3, 2\)"),
        (lambda: Primitive(np.array([["a", "b", "c"]]), F), "positions must be an array of float32: "),
        (lambda: Primitive(P, F, joints=[[0, 0, 0, 0]] * 3), "joints and weights go together: give both or neither"),
        (lambda: Primitive(P, F, joints=[[0, 0]] * 3, weights=[[1, 0]] * 3), "joints must have 4, 8, ... columns, got 2"),
        (lambda: Primitive(P, F, attributes={"_A": np.zeros(2)}), "attribute _A must have 3 rows, got 2"),
        (lambda: Primitive(P, [[0, 1, 3]]), "faces must index the 3 vertices, got 0..3"),
        (lambda: Mesh(()), "mesh '' must have at least one primitive"),
        (lambda: Mesh((Primitive(P, F),), morph_names=("a",)), "every primitive of mesh '' must have 1 morphs, got 0"),
        (
            lambda: Mesh((Primitive(P, F, morphs=(Morph(), Morph())),), morph_names=("a", "a")),
            r"morph names of mesh '' must be unique, got \('a', 'a'\)",
        ),
        (lambda: Mesh((Primitive(P, F),), weights=(1.0,)), "mesh '' must have 0 weights, got 1"),
        (lambda: Collider("box", (1.0,)), r"size of a box collider must be 3 positive lengths, got \(1.0,\)"),
        (lambda: Collider("hull"), "a hull collider takes positions and faces"),
        (lambda: Collider("hull", positions=P, faces=[[0, 1, 5]]), "collider faces must index the 3 vertices, got 5"),
        (
            lambda: Joint("j", "revolute", None, "a", lower=2.0, upper=1.0),
            "limits of joint 'j' must be lower <= upper, got 2.0 > 1.0",
        ),
        (lambda: Joint("j", "revolute", None, "a", axis=(0, 2, 0)), "axis of joint 'j' must be a unit vector"),
        (lambda: Skin((), np.zeros((0, 4, 4))), "skin '' must have at least one joint"),
        (
            lambda: _all_unique("sounds", ["a", "a"]),
            "sounds of one scene must have unique names, got 'a' twice: rename one first",
        ),
        (
            lambda: edit.remove(Scene((Node("a"),), sockets=(Socket("s", "a"),)), "a"),
            "node 'a' is named by .*: remove them first, or pass drop=True",
        ),
    ],
)
def test_a_rule_is_told(work, message):
    with pytest.raises(SceneError, match=message):
        work()


def part(**values):
    box = make.box().primitives[0]
    surface = Surface(
        box.positions.astype(float), box.faces.astype(np.int64), box.normals.astype(float), box.uvs[0].astype(float)
    )
    return Part("a", surface, "body", **values)


def test_parts_that_do_not_fit_together_are_told():
    from dhsdk.scene import Material

    with pytest.raises(SceneError, match="parent of part 'a' must be another part, got 'b'"):
        assemble("x", [part(parent="b")], {"body": (Material(), 1.0)})
    with pytest.raises(SceneError, match="every slot must have a material, got none for 'body' of part 'a'"):
        assemble("x", [part()], {})
    with pytest.raises(SceneError, match=r"tile of slot 'body' must be > 0, got 0.0 \(metres\)"):
        assemble("x", [part()], {"body": (Material(), 0.0)})
