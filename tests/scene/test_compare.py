from dataclasses import replace

import numpy as np
import pytest

from dhsdk.media import Image
from dhsdk.scene import Animation, Channel, Material, Mesh, Node, Primitive, Scene, Socket, Texture
from dhsdk.scene.compare import differences

POSITIONS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
FACES = np.array([[0, 1, 2]])
UV = np.zeros((3, 2), np.float32)
MESH = Mesh((Primitive(POSITIONS, FACES, uvs=(UV,), material=Material("oak")),), "m")
SCENE = Scene((Node("leg", MESH), Node("top", MESH, parent="leg")), extras={"a": {"b": [1, 2.5]}})


def with_leg(**changes):
    return replace(SCENE, nodes=(replace(SCENE.nodes[0], **changes), SCENE.nodes[1]))


def test_equal_scenes_have_no_differences():
    copy = Scene((Node("leg", Mesh((Primitive(POSITIONS.copy(), FACES, uvs=(UV,), material=Material("oak")),), "m")),
                  Node("top", MESH, parent="leg")), extras={"a": {"b": (1, 2.5)}})  # fmt: skip
    assert differences(SCENE, SCENE) == []
    assert differences(SCENE, copy) == []


def test_an_array_is_named_by_its_path():
    moved = replace(MESH, primitives=(replace(MESH.primitives[0], uvs=(UV + np.float32(1e-3),)),))
    assert differences(SCENE, with_leg(mesh=moved)) == ["nodes['leg'].mesh.primitives[0].uvs[0]: max difference 0.001"]
    assert differences(SCENE, with_leg(mesh=moved), tolerance=0.0011) == []
    assert differences(SCENE, with_leg(mesh=moved), ignore=("uvs",)) == []


def test_tolerance_is_relative_above_one():
    big, near = with_leg(translation=(1000.0, 0, 0)), with_leg(translation=(1000.0005, 0, 0))
    assert differences(big, near, tolerance=1e-6) == []
    assert differences(big, near, tolerance=1e-7) == ["nodes['leg'].translation[0]: 1000.0 != 1000.0005"]


def test_a_missing_part_and_a_missing_node():
    assert differences(SCENE, with_leg(mesh=None)) == ["nodes['leg'].mesh: a Mesh != None"]
    assert differences(SCENE, replace(SCENE, nodes=SCENE.nodes[:1])) == ["nodes['top']: only in the first"]


def test_order_counts():
    assert differences(SCENE, replace(SCENE, nodes=SCENE.nodes[::-1])) == ["nodes: same members, another order"]


def test_shapes_and_types():
    index = replace(MESH, primitives=(replace(MESH.primitives[0], faces=np.array([[0, 1, 2], [0, 2, 1]])),))
    assert differences(SCENE, with_leg(mesh=index)) == ["nodes['leg'].mesh.primitives[0].faces: uint32[1, 3] != uint32[2, 3]"]
    assert differences(np.array([1, 2]), np.array([1, 3])) == ["ndarray: 1 of 2 values differ"]


def test_extras_are_compared_as_json():
    other = replace(SCENE, extras={"a": {"b": [1, 2.5, 3]}, "c": 1})
    assert differences(SCENE, other) == ["extras['a']['b']: 2 members != 3 members", "extras['c']: only in the second"]


def test_a_rotation_equals_its_negation_but_no_other():
    half = (0.6, 0.0, 0.0, 0.8)
    assert differences(with_leg(rotation=half), with_leg(rotation=(-0.6, -0.0, -0.0, -0.8))) == []
    assert differences(with_leg(rotation=half), with_leg(rotation=(-0.6, 0.0, 0.0, 0.8)))


def test_unnamed_members_are_matched_by_place():
    clip = Animation("a", (Channel("leg", "scale", [0.0], [[1, 1, 1]]), Channel("top", "scale", [0.0], [[1, 1, 1]])))
    other = Animation("a", (clip.channels[0], Channel("top", "scale", [0.0], [[1, 1, 2]])))
    found = differences(replace(SCENE, animations=(clip,)), replace(SCENE, animations=(other,)))
    assert found == ["animations['a'].channels[1].values: max difference 1"]


def test_sockets_by_key():
    a, b = (replace(SCENE, sockets=(Socket("seat", "leg", kind=kind),)) for kind in ("seat", "mount"))
    assert differences(a, b) == ["sockets['seat'].kind: 'seat' != 'mount'"]


def encoded(pixels, level):
    import io

    from PIL import Image as Pillow

    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, "PNG", compress_level=level)
    return out.getvalue()


@pytest.mark.parametrize("delta", [0, 1])
def test_images_by_pixels(delta):
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    plain = Texture(Image(pixels))
    stored = Texture(Image(encoded=encoded(pixels + np.uint8(delta), 9), mime="image/png"))
    assert differences(plain, stored) == ([] if delta == 0 else ["image.pixels: 48 of 48 values differ"])


def test_images_that_cannot_be_decoded_are_compared_by_bytes():
    a, b = (Texture(Image(encoded=data, mime="image/ktx2")) for data in (b"one", b"two"))
    same = Texture(Image(encoded=b"one", mime="image/ktx2"))
    assert differences(a, same) == []
    assert differences(a, b) == ["image.encoded: the bytes differ, and one of them cannot be decoded to compare pixels"]
