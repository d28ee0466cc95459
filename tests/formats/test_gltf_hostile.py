"""glTF that is broken or made to harm: always one ReadError, never another exception, a hang or a huge allocation."""

# ruff: noqa: E501 (tables of what is wrong and what is told)
import base64
import copy
import json
import os
import re
import struct
import tracemalloc

import numpy as np
import pytest

from dhsdk.errors import DhsdkError, ReadError
from dhsdk.formats.gltf import Glb, GlbOptions, Gltf, GltfOptions
from dhsdk.formats.gltf.read import from_glb
from dhsdk.formats.gltf.write import to_glb
from dhsdk.scene import Material, Mesh, Node, Scene, Texture
from tests.formats.fuzz import mutants
from tests.formats.gltf_scenes import box, everything, picture
from tests.formats.test_gltf import document

WHOLE = to_glb(everything())
SMALL = to_glb(Scene((Node("a", Mesh((box(material=Material(base_color_texture=Texture(picture()))),))), Node("b", parent="a"))))


def packed(root: dict, data: bytes = SMALL) -> bytes:
    """The GLB `data` with another JSON."""
    text = json.dumps(root).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + struct.unpack_from("<I", data, 12)[0] :]
    return struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text) + len(rest), len(text), b"JSON") + text + rest


def changed(path: str, value, data: bytes = SMALL) -> bytes:
    """The GLB with one value of its JSON set."""
    root = document(data)
    owner = root
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        owner = owner[step]
    if isinstance(owner, list) and last == len(owner):
        owner.append(value)
    else:
        owner[last] = value
    return packed(root, data)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("asset", [], "asset of a glTF file must be a mapping, got a list"),
        ("asset.version", "1.0", "a glTF file must have version 2.0, got '1.0' (least: '2.0'): export it as glTF 2.0"),
        ("asset.version", 2, "version of a glTF file must be text, got 2"),
        ("nodes", {}, "nodes must be a list, got a mapping"),
        ("nodes.0", 5, "every member of nodes must be a mapping, got 5"),
        ("nodes.0.children", [7], "a child of a node must be a whole number in [0, 2), got 7"),
        ("nodes.0.children", [0], "nodes must form a tree, but 'a' is its own ancestor"),
        ("nodes.1.children", [0], "nodes must form a tree, but 'a' is its own ancestor"),
        ("nodes.0.children", [1, 1], "a node must have one parent, and 'b' has two"),
        ("nodes.0.name", 4, "name of a node must be text, got 4"),
        ("nodes.0.translation", ["x", 0, 0], "translation of a node must be a finite number, got 'x'"),
        ("nodes.0.translation", [0, 0], "translation of a node must be 3 numbers, got a list"),
        ("nodes.0.translation", [10**400, 0, 0], "translation of a node must be a finite number, got 1000"),
        ("nodes.0.rotation", [0, 0, 0, 0], "rotation of a node must be a unit quaternion"),
        ("nodes.0.rotation", [1e300, 0, 0, 0], "rotation of a node must be a unit quaternion"),
        ("nodes.0.matrix", [0] * 16, "matrix of a node must be a translation, rotation and scale, got one that flattens or overflows"),
        ("nodes.0.matrix", [1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], "got shear: apply it to the mesh"),
        ("nodes.0.mesh", 1, "mesh of a node must be a whole number in [0, 1), got 1"),
        ("nodes.0.mesh", 0.5, "mesh of a node must be a whole number in [0, 1), got 0.5"),
        ("nodes.0.skin", 0, "skin of a node must be a whole number in [0, 0), got 0"),
        ("nodes.0.camera", True, "camera of a node must be a whole number in [0, 0), got True"),
        ("nodes.0.extensions", [], "extensions must be a mapping, got a list"),
        ("nodes.0.extensions", {"KHR_lights_punctual": {"light": 0}}, "light of a node must be a whole number in [0, 0), got 0"),
        ("nodes.0.extensions", {"EXT_mesh_gpu_instancing": {"attributes": {}}}, "instances must have TRANSLATION, ROTATION or SCALE"),
        ("nodes.0.extras", {"dhsdk_node": {"boss": 1}}, "dhsdk_node must have the fields key, role, mesh"),
        ("nodes.0.weights", [1, "x"], "every weight of a node must be a finite number, got 'x'"),
        ("scene", 3, "scene must be a whole number in [0, 1), got 3"),
        ("scenes.0.nodes", [9], "a node of a scene must be a whole number in [0, 2), got 9"),
        ("meshes.0.primitives", [], "mesh '' must have primitives, and it has none"),
        ("meshes.0.primitives.0.attributes", {}, "a primitive must have the attribute POSITION, got none"),
        ("meshes.0.primitives.0.attributes.POSITION", 99, "POSITION must be a whole number in [0, "),
        ("meshes.0.primitives.0.attributes.POSITION", 3, "POSITION must have 3 components, got 2"),
        ("meshes.0.primitives.0.attributes.JOINTS_0", 0, "a primitive must have as many WEIGHTS as JOINTS, got 0 and 1"),
        ("meshes.0.primitives.0.attributes._X", 4, "attribute _X must have 24 rows, got 36"),
        ("meshes.0.primitives.0.mode", 7, "mode of a primitive must be a whole number in [0, 7), got 7"),
        ("meshes.0.primitives.0.indices", 0, "indices must be unsigned integers with 1 components, got float32 with 3"),
        ("meshes.0.primitives.0.targets", [{"POSITION": 3}], "POSITION of a morph target must have 3 components, got 2"),
        ("meshes.0.primitives.0.material", -1, "material of a primitive must be a whole number in [0, 1), got -1"),
        ("meshes.0.primitives.0.extensions", {"KHR_materials_variants": {"mappings": [{"material": 0, "variants": [0]}]}}, "a variant must be"),
        ("accessors.0.count", 2_000_000_000, "POSITION must fit in a bufferView of 288 bytes, got 2,000,000,000 rows of 12 at 0"),
        ("accessors.0.count", 0, "count of POSITION must be a whole number in [1, "),
        ("accessors.0.type", "VEC9", "type of POSITION must be SCALAR, VEC2, VEC3, VEC4, MAT2, MAT3 or MAT4, got 'VEC9'"),
        ("accessors.0.componentType", 5124, "componentType of POSITION must be 5120 to 5123, 5125 or 5126, got 5124"),
        ("accessors.0.byteOffset", 4, "POSITION must fit in a bufferView of 288 bytes, got 24 rows of 12 at 4"),
        ("accessors.0.bufferView", 99, "a bufferView must be a whole number in [0, "),
        ("accessors.0.sparse", {"count": 99, "indices": {}, "values": {}}, "sparse count of POSITION must be a whole number in [1, 25), got 99"),
        ("accessors.0.sparse", {"count": 1, "indices": {"componentType": 5121}, "values": {}}, "sparse indices and values of POSITION must have"),
        ("accessors.0.sparse", {"count": 1, "indices": {"componentType": 5126}, "values": {}}, "must be 5121, 5123 or 5125, got 5126"),
        ("bufferViews.0.byteLength", 2**40, "byteLength of a bufferView must be a whole number in [1, "),
        ("bufferViews.0.byteOffset", -4, "byteOffset of a bufferView must be a whole number in [0, "),
        ("bufferViews.0.byteStride", 8, "byteStride of POSITION must be at least 12, got 8"),
        ("bufferViews.0.buffer", 1, "buffer of a bufferView must be a whole number in [0, 1), got 1"),
        ("buffers.0.byteLength", 2**33, "buffer 0 must hold 8,589,934,592 bytes as the file says"),
        ("buffers.0.uri", "data:;base64,###", "buffer 0 must be a data: URI in base64: "),
        ("buffers.0.uri", "data:text/plain,hello", "buffer 0 must be a data: URI in base64, got 'data:text/plain,hello'"),
        ("buffers.0.uri", "x.bin", "buffer 0 names the file 'x.bin', and there is no folder to look in: read the file by its path"),
        ("images.0", {}, "image 0 must have a bufferView or a uri, and it has neither"),
        ("images.0.name", 1, "name of an image must be text, got 1"),
        ("textures.0", {}, "a texture must have a source, and this one has none that is read: export it with PNG or JPEG pictures"),
        ("textures.0.source", 5, "source of a texture must be a whole number in [0, 1), got 5"),
        ("textures.0.sampler", 0, "sampler of a texture must be a whole number in [0, 0), got 0"),
        ("materials.0.alphaMode", "GLOW", "alphaMode must be one of OPAQUE, MASK, BLEND, got 'GLOW'"),
        ("materials.0.doubleSided", 1, "doubleSided must be true or false, got 1"),
        ("materials.0.pbrMetallicRoughness.metallicFactor", 7, "breaks a rule: metallic of material '' must be in [0, 1], got 7.0"),
        ("materials.0.pbrMetallicRoughness.metallicFactor", 7, "the file holds a scene that breaks a rule"),
        ("materials.0.pbrMetallicRoughness.baseColorTexture", 3, "baseColorTexture must be a mapping, got 3"),
        ("materials.0.extensions", {"KHR_materials_ior": {"ior": None}}, "ior must be a finite number, got None"),
        ("extensionsRequired", ["KHR_draco_mesh_compression"], "the file requires the extension KHR_draco_mesh_compression, which is not"),
        ("extensionsRequired", ["KHR_meshopt_compression"], "or decode it: gltf-transform copy in.glb out.glb"),
        ("extensionsRequired", ["ACME_x"], "the file requires the extension ACME_x, which is not read: export the file without it"),
        ("extensionsRequired", [1], "every member of extensionsRequired must be text, got 1"),
        ("animations", [{"channels": [{"target": {"node": 0, "path": "x"}}]}], "path of a channel must be translation, rotation, scale"),
        ("animations", [{"channels": [{"target": {"node": 0, "path": "scale"}, "sampler": 0}]}], "sampler of a channel must be"),
        ("cameras", [{"type": "fish"}], None),
        ("extras", {"dhsdk_scene": {"cues": 3}}, "cues must be a list, got 3"),
        ("extras", {"dhsdk_scene": {"cues": [{"start": 2, "end": 1, "text": ""}]}}, "a cue must have 0 <= start <= end, got 2.0, 1.0"),
        ("extras", {"dhsdk_scene": {"cues": [{"start": 2}]}}, "cues must have the field end"),
        ("extras", {"dhsdk_scene": {"cues": [{"start": 2, "stop": 1}]}}, "cues must have the fields end, kind, node, start, text, got 'stop'"),
        ("extras", {"dhsdk_scene": {"sockets": [{"key": "s", "node": "nobody"}]}}, "socket 's' names node 'nobody', which is not in the"),
        ("extras", {"dhsdk_scene": {"environment": {"image": {"colour": "x"}}}}, "colour of environment.image must be srgb, linear or data"),
        (
            "extras",
            {"dhsdk_scene": {"environment": {"image": {"colour": "srgb", "pixels": {"view": 0, "dtype": "uint8", "shape": [2**40]}}}}},
            "pixels of environment.image must fill its bufferView of 288 bytes, got shape [1099511627776] of uint8",
        ),
        (
            "extras",
            {"dhsdk_scene": {"environment": {"image": {"colour": "srgb", "pixels": {"view": 0, "dtype": "object", "shape": [1]}}}}},
            "dtype of pixels of environment.image must be a number type, got 'object'",
        ),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told(path, value, told):
    data = changed(path, value)
    if told is None:
        from_glb(data)
        return
    with pytest.raises(ReadError, match=re.escape(told)) as caught:
        from_glb(data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the JSON of a glTF file is broken"),
        (b"glTF", "a GLB file must have at least 20 bytes, got 4: it is cut off"),
        (b"[]", "the JSON of a glTF file must be an object, got list"),
        (b"{}", "asset of a glTF file must be a mapping, got None"),
        (b"\xff\xfe{}", "the JSON of a glTF file must be UTF-8"),
        (SMALL[:500], "bytes as its header says, got 500: it is cut off"),
        (b"glTF" + struct.pack("<I", 1) + SMALL[8:], "a GLB file must have version 2, got 1: export it as glTF 2.0"),
        (SMALL[:12] + struct.pack("<I", 2**31) + SMALL[16:], "a chunk of the GLB file must end inside it, got 2,147,483,648 bytes where"),
        (SMALL[:16] + b"BIN\0" + SMALL[20:], "the first chunk of a GLB file must be JSON, got b'BIN\\x00'"),
        (b'{"asset":{"version":"2.0"},"asset":{"version":"2.0"}}', "a JSON object must have every key once, got 'asset' twice"),
        (b'{"asset":NaN}', "the JSON of a glTF file must hold finite numbers, got NaN"),
        (b'{"asset":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "the JSON of a glTF file must not be nested this deep"),
        (b'{"asset":{"version":"2.0"},"nodes":[{"name":"\\ud800"}]}', "the JSON of a glTF file must be UTF-8"),
        (b'{"asset":{"version":"2.0"},"nodes":[{"extras":{"x":1e999}}]}', "extras must be free of NaN and infinity, got inf"),
        (b'{"asset":{"version":"2.0"},"nodes":[{"extras":' + b"[" * 99 + b"]" * 99 + b"}]}", "extras must be nested at most 64 levels deep"),
        (b'{"asset":{"version":"2.0"},"nodes":[{"extras":' + b"9" * 5000 + b"}]}", "the JSON of a glTF file is broken"),
    ],
)  # fmt: skip
def test_a_broken_container_is_told(data, told):
    with pytest.raises(ReadError, match=re.escape(told)):
        from_glb(data)


def test_a_file_over_the_limit(tmp_path):
    path = tmp_path / "x.glb"
    path.write_bytes(SMALL)
    with pytest.raises(ReadError, match=r"x.glb must have at most 100 bytes, got [\d,]+: raise max_bytes"):
        Glb().read(path, GlbOptions(max_bytes=100))
    with pytest.raises(ReadError, match="a file must have at most 100 bytes"):
        from_glb(SMALL, GlbOptions(max_bytes=100))


def gltf(folder, uri, target="buffers"):
    root = {
        "asset": {"version": "2.0"},
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "material": 0}]}],
    }
    root |= {
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
    }
    data = base64.b64encode(np.eye(3, dtype=np.float32).tobytes()).decode()
    root |= {"buffers": [{"byteLength": 36, "uri": uri if target == "buffers" else f"data:;base64,{data}"}]}
    root |= {
        "materials": [{"emissiveTexture": {"index": 0}}],
        "textures": [{"source": 0}],
        "images": [{"uri": uri if target == "images" else "data:;base64,QQ=="}],
    }
    path = folder / "x.gltf"
    path.write_text(json.dumps(root))
    return Gltf().read(path, GltfOptions())


@pytest.mark.parametrize("target", ["buffers", "images"])
@pytest.mark.parametrize(
    "uri",
    ["../secret", "a/../../secret", "/etc/passwd", "%2e%2e/secret", "..%2Fsecret", "http://x/y", "file:///etc/passwd", "C:/x", "..\\secret", "", "a%00b", "link", "folderlink/secret", "nobody", "inner", "pipe", "%ff", "a" * 5000],
)  # fmt: skip
def test_nothing_outside_the_folder_is_read(tmp_path, uri, target):
    (tmp_path / "secret").write_bytes(b"x" * 100)
    folder = tmp_path / "in"
    (folder / "inner").mkdir(parents=True)
    os.symlink(tmp_path / "secret", folder / "link")
    os.symlink(tmp_path, folder / "folderlink")
    os.mkfifo(folder / "pipe")
    with pytest.raises(ReadError, match=r"^(buffer|image) 0 (must name a file|names the file)"):
        gltf(folder, uri, target)


def test_files_inside_the_folder_are_read(tmp_path):
    (tmp_path / "sub dir").mkdir()
    (tmp_path / "sub dir" / "x.bin").write_bytes(np.eye(3, dtype=np.float32).tobytes())
    os.symlink(tmp_path / "sub dir" / "x.bin", tmp_path / "link.bin")
    assert gltf(tmp_path, "sub%20dir/x.bin").nodes[0].mesh.primitives[0].positions.tolist() == np.eye(3).tolist()
    assert len(gltf(tmp_path, "link.bin").nodes) == 1


def test_a_small_file_cannot_ask_for_much_memory():
    root = document(SMALL)
    del root["accessors"][0]["bufferView"]
    root["accessors"][0]["count"] = 2_000_000_000
    tracemalloc.start()
    with pytest.raises(
        ReadError, match="the accessors of a glTF file must not ask for 24,000,000,000 bytes that the file does not hold"
    ):
        from_glb(packed(root))
    assert tracemalloc.get_traced_memory()[1] < 50 << 20
    tracemalloc.stop()


def test_one_accessor_cannot_be_used_without_end():
    root = document(SMALL)
    zeros = {"componentType": 5126, "count": 4_999_998, "type": "VEC3"}
    root["accessors"] += [zeros]
    root["meshes"][0]["primitives"] = [
        {"attributes": {"POSITION": len(root["accessors"]) - 1}, "targets": [{"POSITION": len(root["accessors"]) - 1}] * 1000}
    ]
    with pytest.raises(ReadError, match="a glTF file must not use its arrays this often: the scene would not fit in memory"):
        from_glb(packed(root))


def test_vertices_that_are_not_numbers():
    binary = bytearray(SMALL)
    start = 20 + struct.unpack_from("<I", SMALL, 12)[0] + 8
    binary[start : start + 4] = struct.pack("<f", float("nan"))
    with pytest.raises(ReadError, match="positions must be finite, got NaN or infinity in 1 places"):
        from_glb(bytes(binary))


def test_indices_outside_the_vertices():
    root = document(SMALL)
    view = root["bufferViews"][root["accessors"][root["meshes"][0]["primitives"][0]["indices"]]["bufferView"]]
    binary = bytearray(SMALL)
    start = 20 + struct.unpack_from("<I", SMALL, 12)[0] + 8 + view["byteOffset"]
    binary[start : start + 2] = struct.pack("<H", 24)
    with pytest.raises(ReadError, match=r"faces must index the 24 vertices, got 0\.\.24"):
        from_glb(bytes(binary))


def test_a_huge_picture_is_refused_by_its_head():
    scene = Scene((Node("a", Mesh((box(material=Material(base_color_texture=Texture(picture()))),))),))
    binary = bytearray(to_glb(scene))
    at = binary.index(b"IHDR") + 4
    binary[at : at + 8] = struct.pack(">II", 60_000, 60_000)
    with pytest.raises(ReadError, match=r"a picture must have at most 134,217,728 pixels, got 60000 x 60000 \(image 0\)"):
        from_glb(bytes(binary))


def test_a_broken_picture_is_told_when_it_is_decoded():
    binary = bytearray(SMALL)
    at = binary.index(b"IDAT") + 6
    binary[at : at + 8] = b"\xff" * 8
    image = from_glb(bytes(binary)).materials[0].base_color_texture.image
    with pytest.raises(ReadError, match="the image/png data cannot be decoded"):
        _ = image.pixels


def test_unknown_extensions_are_noted():
    root = copy.deepcopy(document(SMALL)) | {"extensionsUsed": ["ACME_thing", "KHR_materials_ior"]}
    assert from_glb(packed(root)).extras["unread_extensions"] == ("ACME_thing",)


def test_names_that_clash_become_keys():
    root = {
        "asset": {"version": "2.0"},
        "nodes": [{"name": "a"}, {}, {"name": "a"}, {"name": "a_2"}, {"name": ""}, {"name": "a"}],
    }
    assert [node.key for node in from_glb(json.dumps(root).encode()).nodes] == ["a", "node_1", "a_2", "a_2_2", "node_4", "a_3"]


def test_a_skin_in_a_file_without_scenes():
    root = document(WHOLE)
    del root["scenes"], root["scene"]
    assert from_glb(packed(root, WHOLE)).node("plant").skin.joints == ("stem", "crown")


def test_many_nodes_of_one_name():
    root = {"asset": {"version": "2.0"}, "nodes": [{"name": "a"}] * 50_000}
    assert from_glb(json.dumps(root).encode()).nodes[-1].key == "a_50000"


@pytest.mark.parametrize("whole", [WHOLE, SMALL], ids=["whole", "small"])
def test_mutants(whole):
    for data in mutants(whole, seed=1, count=1500):
        try:
            scene = from_glb(data)
            for material in scene.materials[:1]:
                if material.base_color_texture:
                    _ = material.base_color_texture.image.pixels
        except ReadError:
            continue


def test_mutants_of_gltf(tmp_path):
    path = tmp_path / "x.gltf"
    Gltf().write(everything(), path, GltfOptions())
    read = 0
    for data in mutants(path.read_bytes(), seed=2, count=1000):
        try:
            from_glb(data, folder=tmp_path)
            read += 1
        except DhsdkError:
            pass
    assert read > 50
