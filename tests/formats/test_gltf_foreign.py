"""glTF of other hands: every mode, component type and layout that the specification allows becomes the scene's own form."""

import json

import numpy as np
import pytest
import trimesh

from dhsdk.errors import ReadError
from dhsdk.formats.gltf.meshes_in import faces_of
from dhsdk.formats.gltf.packer import Packer, glb_chunks
from dhsdk.formats.gltf.read import from_glb
from dhsdk.scene import Scene


class Foreign:
    """A GLB put together by hand."""

    def __init__(self) -> None:
        self.packer = Packer()
        self.json: dict = {"asset": {"version": "2.0", "generator": "another"}, "nodes": [{"mesh": 0}]}

    def add(self, array: np.ndarray, **more) -> int:
        index = self.packer.accessor(np.asarray(array), target=None)
        self.packer.accessors[index] |= more
        return index

    def scene(self, primitive: dict | None = None) -> Scene:
        if primitive is not None:
            self.json["meshes"] = [{"primitives": [primitive]}]
        packer = self.packer
        self.json |= {"accessors": packer.accessors, "bufferViews": packer.views, "buffers": [{"byteLength": packer.length}]}
        return from_glb(b"".join(bytes(memoryview(one).cast("B")) for one in glb_chunks(self.json, packer.chunks, packer.length)))

    def part(self, primitive: dict):
        return self.scene(primitive).nodes[0].mesh.primitives[0]


@pytest.mark.parametrize(
    ("code", "faces"),
    [
        (0, [[0], [1], [2], [3], [4], [5]]),
        (1, [[0, 1], [2, 3], [4, 5]]),
        (2, [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 0]]),
        (3, [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]]),
        (4, [[0, 1, 2], [3, 4, 5]]),
        (5, [[0, 1, 2], [2, 1, 3], [2, 3, 4], [4, 3, 5]]),
        (6, [[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 5]]),
    ],
)
def test_modes(code, faces):
    assert faces_of(np.arange(6), code).tolist() == faces
    made = Foreign()
    part = made.part({"attributes": {"POSITION": made.add(np.zeros((6, 3), np.float32))}, "mode": code})
    assert part.faces.tolist() == faces
    assert part.faces.shape[1] == {"points": 1, "lines": 2, "triangles": 3}[part.mode]


@pytest.mark.parametrize(
    ("dtype", "stored", "read"),
    [
        (np.uint8, [0, 128, 255], [0, 128 / 255, 1]),
        (np.uint16, [0, 1000, 65535], [0, 1000 / 65535, 1]),
        (np.int8, [-128, -127, 127], [-1, -1, 1]),
        (np.int16, [-32768, 0, 32767], [-1, 0, 1]),
    ],
)
def test_normalised_integers(dtype, stored, read):
    made = Foreign()
    part = made.part({"attributes": {"POSITION": made.add(np.array([stored] * 3, dtype), normalized=True)}})
    assert np.allclose(part.positions[0], read, atol=1e-7)
    made = Foreign()
    part = made.part({"attributes": {"POSITION": made.add(np.array([stored] * 3, dtype))}})
    assert part.positions[0].tolist() == stored


def test_sparse():
    made = Foreign()
    rows = made.packer.view(np.array([1, 3], np.uint8))
    values = made.packer.view(np.array([[1, 2, 3], [4, 5, 6]], np.float32))
    sparse = {"count": 2, "indices": {"bufferView": rows, "componentType": 5121}, "values": {"bufferView": values}}
    made.packer.accessors.append({"componentType": 5126, "type": "VEC3", "count": 6, "sparse": sparse})
    part = made.part({"attributes": {"POSITION": 0}})
    assert part.positions.tolist() == [[0] * 3, [1, 2, 3], [0] * 3, [4, 5, 6], [0] * 3, [0] * 3]


def test_interleaved():
    rows = np.arange(24, dtype=np.float32).reshape(3, 8)
    made = Foreign()
    view = made.packer.view(rows)
    made.packer.views[view]["byteStride"] = 32
    for offset, kind in ((0, "VEC3"), (12, "VEC3"), (24, "VEC2")):
        made.packer.accessors.append({"bufferView": view, "byteOffset": offset, "componentType": 5126, "type": kind, "count": 3})
    part = made.part({"attributes": {"POSITION": 0, "NORMAL": 1, "TEXCOORD_0": 2}})
    assert np.array_equal(part.positions, rows[:, :3])
    assert np.array_equal(part.normals, rows[:, 3:6])
    assert np.array_equal(part.uvs[0], rows[:, 6:])


def test_colours_without_alpha():
    made = Foreign()
    at = made.add(np.zeros((3, 3), np.float32))
    part = made.part({"attributes": {"POSITION": at, "COLOR_0": made.add(np.full((3, 3), 0.5, np.float32))}})
    assert part.colors.tolist() == [[0.5, 0.5, 0.5, 1.0]] * 3


def test_eight_influences():
    made = Foreign()
    given = {"POSITION": made.add(np.zeros((3, 3), np.float32))}
    for i in range(2):
        given[f"JOINTS_{i}"] = made.add(np.full((3, 4), i, np.uint8))
        given[f"WEIGHTS_{i}"] = made.add(np.full((3, 4), 0.125, np.float32))
    part = made.part({"attributes": given})
    assert part.joints.tolist() == [[0] * 4 + [1] * 4] * 3
    assert part.weights.shape == (3, 8)


def test_a_matrix_is_taken_apart():
    turn = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]]) * (2.0, 3.0, -4.0)
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn, (5, 6, 7)
    made = Foreign()
    made.json["nodes"] = [{"matrix": matrix.T.ravel().tolist()}]
    node = from_glb(json.dumps(made.json).encode()).nodes[0]
    assert node.translation == (5, 6, 7)
    x, y, z, w = node.rotation
    back = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    ) * np.array(node.scale)
    assert np.allclose(back, turn)


def test_rounded_rotations_are_made_unit():
    data = {"asset": {"version": "2.0"}, "nodes": [{"rotation": [0, 0.7, 0, 0.7]}]}
    assert np.allclose(from_glb(json.dumps(data).encode()).nodes[0].rotation, (0, 0.5**0.5, 0, 0.5**0.5))


def test_other_scenes_and_their_clips_are_left_out():
    made = Foreign()
    times, values = made.add(np.float32([0, 1])), made.add(np.zeros((2, 3), np.float32))
    target = [{"sampler": 0, "target": {"node": i, "path": "translation"}} for i in (0, 2)]
    made.json |= {
        "nodes": [{"name": "a", "children": [1]}, {"name": "b"}, {"name": "c"}],
        "scenes": [{"nodes": [2]}, {"nodes": [0]}],
        "scene": 1,
        "animations": [{"channels": target, "samplers": [{"input": times, "output": values}]}],
    }
    scene = made.scene()
    assert [node.key for node in scene.nodes] == ["a", "b"]
    assert scene.animations[0].name == "animation_0"
    assert [channel.node for channel in scene.animations[0].channels] == ["a"]


def test_rights_and_plain_extras_are_kept():
    data = {"asset": {"version": "2.0", "copyright": "someone"}, "nodes": [{"name": "a", "extras": [1, 2]}]}
    scene = from_glb(json.dumps(data).encode())
    assert scene.extras["copyright"] == "someone"
    assert scene.nodes[0].extras["value"] == (1, 2)


def test_morph_names_that_are_missing_or_clash():
    made = Foreign()
    at = made.add(np.zeros((3, 3), np.float32))
    made.json["meshes"] = [{"primitives": [{"attributes": {"POSITION": at}, "targets": [{"POSITION": at}] * 3}]}]
    made.json["meshes"][0]["extras"] = {"targetNames": ["a", "a"], "kept": 1}
    mesh = made.scene().nodes[0].mesh
    assert mesh.morph_names == ("a", "a_2", "morph_2")
    assert mesh.extras == {"kept": 1}


def test_what_trimesh_writes():
    box = trimesh.creation.box((1, 2, 3))
    scene = from_glb(trimesh.Scene({"it": box}).export(file_type="glb"))
    mesh = next(node.mesh for node in scene.nodes if node.mesh)
    assert mesh.triangles == 12
    assert np.ptp(mesh.primitives[0].positions, axis=0).tolist() == [1, 2, 3]


def test_whole_numbers_may_be_written_as_floats():
    made = Foreign()
    at = made.add(np.zeros((3, 3), np.int8), normalized=True)
    made.json |= {"scene": 0.0, "scenes": [{"nodes": [0.0]}]}
    made.json["nodes"] = [{"mesh": 0.0, "children": [1.0]}, {}]
    part = {"attributes": {"POSITION": float(at)}, "mode": 4.0, "extensions": {"KHR_draco_mesh_compression": {}}}
    assert len(made.scene(part).nodes) == 2


def test_compressed_vertices_without_a_fallback_are_told():
    made = Foreign()
    made.packer.accessors.append({"componentType": 5126, "type": "VEC3", "count": 3})
    with pytest.raises(
        ReadError, match="a primitive is compressed with KHR_draco_mesh_compression, which is not read: export it without"
    ):
        made.scene({"attributes": {"POSITION": 0}, "extensions": {"KHR_draco_mesh_compression": {}}})
