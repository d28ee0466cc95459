import json

import numpy as np
import pytest

from dhsdk.media import Image
from dhsdk.scene import Clearcoat, Instances, Material, Mesh, Morph, Node, Primitive, Scene, Texture, make, measure

BOX = make.box((1, 2, 3))


def test_bounds_count_copies_in_the_nodes_frame():
    copies = Instances([[0, 0, 0], [10, 0, 0]], rotations=[[0, 0, 0, 1], [0, 1, 0, 0]], scales=[[1, 1, 1], [2, 2, 2]])
    scene = Scene((Node("a", BOX, translation=(0, 5, 0), instances=copies),))
    assert np.allclose(measure.bounds(scene), [[-0.5, 5, -3], [11, 9, 3]])
    assert measure.triangles(scene) == 24
    assert measure.draw_calls(scene) == 1
    assert measure.volume(scene) == pytest.approx(6 + 48)


def test_bounds_see_morph_weights():
    points = np.zeros((3, 3), np.float32)
    shape = Primitive(points, [[0, 1, 2]], morphs=(Morph(points + 1),))
    scene = Scene((Node("a", Mesh((shape,), morph_names=("m",), weights=(0.5,))),))
    assert measure.bounds(scene).tolist() == [[0.5] * 3, [0.5] * 3]
    assert measure.bounds(Scene((Node("a", Mesh((shape,), morph_names=("m",)), weights=(2.0,)),)))[1].tolist() == [2.0] * 3


def test_nothing_shown():
    scene = Scene((Node("a"),))
    assert measure.bounds(scene).tolist() == [[0] * 3] * 2
    assert measure.volume(scene) == 0
    empty = Mesh((Primitive(np.empty((0, 3)), np.empty((0, 3))),))
    assert measure.bounds(Scene((Node("a", empty),))).tolist() == [[0] * 3] * 2
    assert measure.volume(empty) == 0


def test_area_of_a_scaled_node():
    assert measure.area(Scene((Node("a", BOX, scale=(2, 2, 2)),))) == pytest.approx(88)


def test_area_and_volume_of_a_stretched_and_mirrored_copy():
    copies = Instances([[0, 0, 0], [9, 0, 0]], scales=[[2, 1, 1], [-1, 1, 1]])
    scene = Scene((Node("a", BOX, instances=copies),))
    assert measure.area(scene) == pytest.approx(2 * (2 * 2 + 2 * 3 + 2 * 3) + 22)
    assert measure.volume(scene) == pytest.approx(12 - 6)


def test_volume_far_from_the_origin():
    assert measure.volume(make.place(make.single(BOX, "a"), at=(1e5, 1e5, 1e5))) == pytest.approx(6, rel=1e-6)


def test_textures_and_their_memory():
    image = Image(np.zeros((8, 4, 3), np.uint8), name="wood")
    material = Material("oak", base_color_texture=Texture(image), clearcoat=Clearcoat(texture=Texture(image)))
    assert [name for name, _ in measure.textures(material)] == ["base_color_texture", "clearcoat.texture"]
    scene = make.single(make.box(material=material), "a")
    assert measure.images(scene) == (image,)
    assert measure.texture_bytes(scene) == 4 * 8 * 4 * 4 // 3
    assert measure.image_size(Image(encoded=b"not a picture", mime="image/ktx2")) == (0, 0)


def test_the_size_of_encoded_images_is_read_from_the_header():
    import io

    from PIL import Image as Pillow

    out = io.BytesIO()
    Pillow.fromarray(np.zeros((5, 7, 3), np.uint8)).save(out, "PNG")
    image = Image(encoded=out.getvalue()[:60], mime="image/png")  # the pixels are cut off
    assert measure.image_size(image) == (7, 5)


def test_summary_is_json():
    facts = measure.summary(make.group("room", make.single(BOX, "a"), make.single(BOX, "a")))
    assert json.loads(json.dumps(facts)) == facts
    assert (facts["nodes"], facts["meshes"], facts["triangles"], facts["vertices"]) == (3, 1, 24, 24)
    assert facts["size_m"] == [1, 2, 3]
