"""glTF: what is written comes back, the bytes repeat, other readers agree."""

import io
import json
import struct
import subprocess
import sys

import numpy as np
import pygltflib
import pytest
import trimesh
from hypothesis import HealthCheck, given

from dhsdk.errors import WriteError
from dhsdk.formats.gltf import Glb, GlbOptions, Gltf, GltfOptions
from dhsdk.formats.gltf.packer import extremes
from dhsdk.formats.gltf.read import from_glb
from dhsdk.formats.gltf.write import to_glb
from dhsdk.media import Image
from dhsdk.scene import Camera, Instances, Light, Material, Mesh, Morph, Node, Primitive, Scene, Texture
from dhsdk.scene.compare import differences
from tests.effort import examples
from tests.formats.gltf_scenes import box, everything, picture
from tests.scene.strategies import scenes


def document(data: bytes) -> dict:
    return json.loads(data[20 : 20 + struct.unpack_from("<I", data, 12)[0]])


def of(*primitives: Primitive, **more) -> Scene:
    return Scene((Node("it", Mesh(tuple(primitives), **more)),))


TRIANGLE = {"positions": np.eye(3), "faces": [[0, 1, 2]]}


@examples(150, suppress_health_check=list(HealthCheck))
@given(scenes())
def test_what_is_written_comes_back(scene):
    assert differences(scene, from_glb(to_glb(scene))) == []


@pytest.mark.parametrize("target", ["godot", "unity", "unreal", "web"])
@examples(25, suppress_health_check=list(HealthCheck))
@given(scene=scenes())
def test_every_target_comes_back(target, scene):
    options = GlbOptions(target=target, instancing="extension", physics="omi")
    assert differences(scene, from_glb(to_glb(scene, options))) == []


def test_everything_comes_back_and_repeats():
    data = to_glb(everything())
    assert data == to_glb(everything())
    again = from_glb(data)
    assert differences(everything(), again) == []
    settled = to_glb(again)
    assert document(settled) == document(data)
    assert to_glb(from_glb(settled)) == settled


def test_sharing_survives():
    again = from_glb(to_glb(everything()))
    assert again.node("crate").mesh is again.node("second").mesh
    first = again.node("crate").mesh.primitives[0].material
    assert first.normal_texture.image is first.clearcoat.texture.image
    written = document(to_glb(everything()))
    assert len(written["images"]) == 2
    assert len([one for one in written["meshes"] if one["name"] == "box"]) == 1


def test_files_beside(tmp_path):
    scene = everything()
    path = tmp_path / "a scene.gltf"
    Gltf().write(scene, path, GltfOptions())
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "a scene.bin",
        "a scene.gltf",
        "a scene_checks.png",
        "a scene_flat.png",
    ]
    assert differences(scene, Gltf().read(path, GltfOptions())) == []


def test_two_pictures_of_one_name_are_two_files(tmp_path):
    two = [Material(base_color_texture=Texture(picture(channels=n))) for n in (3, 4)]
    scene = of(box(material=two[0]), box(material=two[1]))
    Gltf().write(scene, tmp_path / "x.gltf", GltfOptions())
    assert {one.name for one in tmp_path.iterdir()} == {"x.gltf", "x.bin", "x_checks.png", "x_checks_2.png"}
    assert differences(scene, Gltf().read(tmp_path / "x.gltf", GltfOptions())) == []


def test_embedded(tmp_path):
    path = tmp_path / "one.gltf"
    Gltf().write(everything(), path, GltfOptions(embed=True))
    assert [one.name for one in tmp_path.iterdir()] == ["one.gltf"]
    assert "MSFT_lod" not in path.read_text(), "Babylon waits for ever where the details share a buffer with a URI"
    assert differences(everything(), Gltf().read(path, GltfOptions())) == []


def test_other_readers_agree(tmp_path):
    path = tmp_path / "x.glb"
    Glb().write(everything(), path, GlbOptions())
    other = pygltflib.GLTF2().load(str(path))
    assert [node.name for node in other.nodes][:3] == ["table", "crate", "second"]
    assert other.meshes[0].extras == {"made": "by hand"}
    assert other.asset.extras["dhsdk"]["seed"] == 7
    loaded = trimesh.load(io.BytesIO(to_glb(of(box((2.0, 3.0, 4.0))))), file_type="glb")
    assert len(loaded.to_geometry().faces) == 12
    assert np.allclose(loaded.bounds, [[-1, 0, -2], [1, 3, 2]])


def test_provenance_stands_in_the_asset():
    written = document(to_glb(everything()))
    assert written["asset"] == {
        "version": "2.0",
        "generator": "dhsdk",
        "extras": {"dhsdk": dict(everything().extras["dhsdk"]) | {"plan": {"legs": [1, 2]}}},
    }
    assert written["scenes"][0]["extras"] == {"mood": "calm"}


def test_bounds_are_the_float32_values():
    rng = np.random.default_rng(3)
    points = rng.normal(size=(1000, 3)).astype(np.float32)
    written = document(to_glb(of(Primitive(points, rng.permutation(999).reshape(-1, 3)))))
    bounds = written["accessors"][0]
    assert np.array_equal(np.float32(bounds["min"]), points.min(axis=0))
    assert bounds["max"] == [float(one) for one in points.max(axis=0)]


@pytest.mark.parametrize("count", [1, 255, 256, 257, 700])
def test_extremes(count):
    rows = np.random.default_rng(count).normal(size=(count, 3)).astype(np.float32)
    low, high = extremes(rows)
    assert np.array_equal(low, rows.min(axis=0))
    assert np.array_equal(high, rows.max(axis=0))


@pytest.mark.parametrize(("count", "component"), [(65535, 5123), (65536, 5125)])
def test_index_width(count, component):
    points = np.zeros((count, 3), np.float32)
    faces = [[0, 1, count - 1]]
    data = to_glb(of(Primitive(points, faces)))
    accessors = document(data)["accessors"]
    assert accessors[1]["componentType"] == component
    assert from_glb(data).nodes[0].mesh.primitives[0].faces.tolist() == faces


def test_views_are_aligned_and_have_targets():
    written = document(to_glb(everything()))
    assert all(view["byteOffset"] % 4 == 0 for view in written["bufferViews"])
    for mesh in written["meshes"]:
        for part in mesh["primitives"]:
            for index in part["attributes"].values():
                assert written["bufferViews"][written["accessors"][index]["bufferView"]]["target"] == 34962
            if "indices" in part:
                assert written["bufferViews"][written["accessors"][part["indices"]]["bufferView"]]["target"] == 34963


def test_no_extension_is_required_by_default():
    assert "extensionsRequired" not in document(to_glb(everything()))


def test_spot_lights_have_both_cones():
    data = document(to_glb(Scene((Node("lamp", light=Light("spot")),))))
    assert data["extensions"]["KHR_lights_punctual"]["lights"][0]["spot"] == {
        "innerConeAngle": 0.0,
        "outerConeAngle": 0.7853981633974483,
    }


def test_values_without_a_place_come_back():
    material = Material(normal_scale=0.5, occlusion_strength=0.25, alpha_cutoff=0.75, emissive_strength=3.0)
    scene = Scene(
        (
            Node("a", Mesh((Primitive(**TRIANGLE, material=material),)), weights=()),
            Node("b", camera=Camera("orthographic", yfov=1.0, aspect=2.0, far=None)),
            Node("c", camera=Camera("perspective", xmag=3.0, ymag=4.0)),
            Node("d", light=Light("point", inner=0.2, outer=0.3)),
            Node("e", light=Light("directional", range=5.0)),
            Node("f", instances=Instances(np.zeros((2, 3))), weights=(0.5,)),
        )
    )
    assert differences(scene, from_glb(to_glb(scene))) == []


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_deep_pictures_come_back_exactly(dtype):
    pixels = (np.random.default_rng(1).random((4, 4, 3)) * 60000).astype(dtype)
    image = Image(pixels, colour="linear", layers={"depth": np.ones((4, 4), np.float32)}, extras={"unit": "nit"})
    scene = of(box(material=Material(base_color_texture=Texture(image))))
    assert differences(scene, from_glb(to_glb(scene))) == []


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_channels_of_pictures_come_back(channels):
    pixels = np.random.default_rng(1).integers(0, 256, (4, 4, channels), np.uint8)
    scene = of(box(material=Material(base_color_texture=Texture(Image(pixels)))))
    assert differences(scene, from_glb(to_glb(scene))) == []


def test_encoded_pictures_pass_byte_for_byte():
    from PIL import Image as Pillow

    out = io.BytesIO()
    Pillow.fromarray(np.asarray(picture().pixels)).save(out, "JPEG", quality=50)
    image = Image(encoded=out.getvalue(), mime="image/jpeg", name="photo")
    again = from_glb(to_glb(of(box(material=Material(base_color_texture=Texture(image))))))
    assert again.materials[0].base_color_texture.image.encoded == out.getvalue()
    assert again.materials[0].base_color_texture.image.mime == "image/jpeg"


@pytest.mark.parametrize(
    ("how", "mimes"), [("jpeg", ["image/jpeg", "image/png"]), ("webp", ["image/webp"] * 2), ("auto", ["image/jpeg", "image/png"])]
)
def test_ways_to_encode(how, mimes):
    two = [Material(base_color_texture=Texture(picture(channels=n))) for n in (3, 4)]
    data = to_glb(of(box(material=two[0]), box(material=two[1])), GlbOptions(textures=how))
    written = document(data)
    assert [image["mimeType"] for image in written["images"]] == mimes
    assert written.get("extensionsRequired", []) == (["EXT_texture_webp"] if how == "webp" else [])
    assert from_glb(data).materials[0].base_color_texture.image.size == (16, 16)


def test_a_picture_that_cannot_be_decoded_is_told():
    image = Image(encoded=b"GIF89a......", mime="image/gif", name="old")
    with pytest.raises(
        WriteError, match=r"the picture 'old' must be PNG, JPEG or WebP to become a texture: the image/gif data cannot"
    ):
        to_glb(of(box(material=Material(base_color_texture=Texture(image)))))


def test_morphs_without_a_change():
    still = (Morph(), Morph(np.ones((3, 3))), Morph(normals=np.ones((3, 3))))
    scene = of(Primitive(**TRIANGLE, normals=np.eye(3), morphs=still), morph_names=("a", "b", "c"))
    written = document(to_glb(scene))["meshes"][0]["primitives"][0]
    assert [sorted(one) for one in written["targets"]] == [["NORMAL", "POSITION"]] * 3
    assert "TEXCOORD_0" in written["attributes"], "Godot wants UVs on a morphed mesh"
    assert differences(scene, from_glb(to_glb(scene))) == []


def test_odd_attributes_come_back():
    odd = {
        "_BYTES": np.arange(12, dtype=np.uint8).reshape(3, 4),
        "_THREE": np.arange(9, dtype=np.uint8).reshape(3, 3),
        "_DEEP": np.arange(3, dtype=np.float64)[:, None],
        "_WIDE": np.arange(15, dtype=np.float32).reshape(3, 5),
        "_FLAT": np.arange(3, dtype=np.float32),
        "_NAN": np.array([[np.nan], [1], [2]], np.float32),
        "plain": np.arange(3, dtype=np.int32)[:, None],
        "COLOR_1": np.ones((3, 4), np.float32),
    }
    scene = of(Primitive(**TRIANGLE, attributes=odd))
    again = from_glb(to_glb(scene)).nodes[0].mesh.primitives[0].attributes
    assert {name: (one.dtype, one.shape) for name, one in again.items()} == {
        name: (one.dtype, one.shape) for name, one in odd.items()
    }
    assert all(np.array_equal(again[name], one, equal_nan=True) for name, one in odd.items())


def test_quantized_is_near_and_smaller():
    rng = np.random.default_rng(5)
    normals = rng.normal(size=(400, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    given = {"normals": normals, "uvs": (rng.random((400, 2)),), "colors": rng.random((400, 4))}
    scene = of(
        Primitive(rng.random((400, 3)), rng.integers(0, 400, (50, 3)), tangents=np.hstack([normals, np.ones((400, 1))]), **given)
    )
    small = to_glb(scene, GlbOptions(quantize=True))
    assert len(small) < 0.65 * len(to_glb(scene))
    assert document(small)["extensionsRequired"] == ["KHR_mesh_quantization"]
    assert differences(scene, from_glb(small), tolerance=0.005) == []


def test_names_that_engines_know_appear_with_a_target_alone():
    names = {
        target: [node["name"] for node in document(to_glb(everything(), GlbOptions(target=target)))["nodes"]]
        for target in (None, "godot", "unity", "unreal")
    }
    assert not any(word in name for name in names[None] for word in ("-col", "-convcol", "_LOD", "UCX_"))
    assert {"crate 0-convcolonly", "crate 4-convcolonly", "top"} <= set(names["godot"])
    assert {"crate_LOD0", "crate_LOD1", "plant_LOD0", "plant_LOD1", "top"} <= set(names["unity"])
    assert {"UBX_box_00", "UCP_box_01", "USP_box_02", "UCX_box_03", "UCX_box_04", "SOCKET_top"} <= set(names["unreal"])


def test_details_stand_in_a_second_scene():
    written = document(to_glb(everything()))
    assert [scene.get("name") for scene in written["scenes"]] == ["everything", "detail"]
    crate = written["nodes"][1]
    assert crate["extensions"]["MSFT_lod"]["ids"] == written["scenes"][1]["nodes"]


def test_extras_of_another_hand_are_not_taken_for_ours():
    data = document(to_glb(everything()))
    data["asset"]["generator"] = "another tool"
    text = json.dumps(data).encode()
    text += b" " * (-len(text) % 4)
    binary = to_glb(everything())[20 + struct.unpack_from("<I", to_glb(everything()), 12)[0] :]
    whole = struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text) + len(binary), len(text), b"JSON") + text + binary
    scene = from_glb(whole)
    assert scene.sounds == ()
    assert scene.node("crate").colliders == ()
    assert len([node for node in scene.nodes if node.key.startswith("stones ")]) == 3
    assert scene.extras["dhsdk"]["seed"] == 7
    from_glb(to_glb(scene))


def test_what_cannot_be_written_is_told():
    assert Glb().refuses(Scene()) == "a glTF scene must have nodes, and this one has none"
    empty = of(Primitive(np.zeros((0, 3)), np.zeros((0, 3), int)), name="void")
    assert Glb().refuses(empty) == "every primitive must have vertices and faces, and one of mesh 'void' has none: leave it out"
    with pytest.raises(WriteError, match="must have vertices and faces"):
        to_glb(empty)
    for value in (float("nan"), {1, 2}):
        with pytest.raises(WriteError, match="extras and numbers must be finite, plain JSON to be written"):
            to_glb(Scene((Node("a", extras={"x": value}),)))
    with pytest.raises(WriteError, match="quantize must be off for the target godot, which cannot read KHR_mesh_quantization"):
        to_glb(everything(), GlbOptions(quantize=True, target="godot"))


def test_a_hundred_thousand_nodes():
    """Many nodes, many pieces: the reader's checks must not be quadratic (this takes seconds when they are)."""
    nodes = tuple(Node(f"n{i}", parent=f"n{i // 2}" if i else None, translation=(float(i), 0.5, 0.25)) for i in range(100_000))
    again = from_glb(to_glb(Scene(nodes)))
    assert again.nodes[-1].translation == (99_999.0, 0.5, 0.25)
    assert again.nodes[-1].parent == "n49999"


def test_the_formats_load_without_numpy():
    code = "import sys, dhsdk.formats.gltf as g; [f.Options() for f in g.dhsdk_formats()]; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
