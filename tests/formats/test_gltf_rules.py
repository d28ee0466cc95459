"""What the glTF reader and writer refuse beyond single values, each with its text."""

import numpy as np
import pytest

from dhsdk.errors import ReadError, WriteError
from dhsdk.formats import beside
from dhsdk.formats.gltf import accessors, animation, meshes_in, packer, read
from dhsdk.formats.gltf.read import from_glb
from dhsdk.formats.gltf.write import to_glb
from dhsdk.scene import Animation, Channel, Mesh, Node, Primitive, Scene, Skin
from tests.formats.test_gltf import document
from tests.formats.test_gltf_hostile import packed

P = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float)
BONES = Primitive(P, [[0, 1, 2]], joints=[[0, 1, 0, 0]] * 3, weights=[[0.5, 0.5, 0, 0]] * 3)
RIGGED = to_glb(
    Scene(
        (Node("a", Mesh((BONES,)), skin=Skin(("b", "c"), np.stack([np.eye(4)] * 2))), Node("b"), Node("c", parent="b")),
        animations=(Animation("go", (Channel("b", "translation", [0.0, 1.0], [[0, 0, 0], [0, 1, 0]]),)),),
    )
)


def tampered(change):
    root = document(RIGGED)
    change(root)
    return packed(root, RIGGED)


def _matrix_of_bytes(root):
    root["accessors"][0].update(type="MAT2", componentType=5120)


def _short_bind(root):
    root["skins"][0]["joints"] = [1, 2, 0]


def _odd_output(root):
    root["accessors"][root["animations"][0]["samplers"][0]["output"]]["count"] = 1


def _no_data(root):
    root["buffers"].append({"byteLength": 4})
    root["bufferViews"][0]["buffer"] = 1


def _uneven_bones(root):
    root["accessors"][root["meshes"][0]["primitives"][0]["attributes"]["JOINTS_0"]]["count"] = 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_matrix_of_bytes, "must not be a matrix of small integers: export it with floats"),
        (lambda root: root["skins"][0].update(joints=[1, 1]), "the joints of a skin must be different nodes"),
        (_short_bind, "inverseBindMatrices must be 3, one per joint, got 2"),
        (_odd_output, "output of a translation channel must have a multiple of 2 rows, got 1"),
        (_no_data, "buffer 1 must have a uri or be the binary chunk of a GLB"),
        (_uneven_bones, "JOINTS and WEIGHTS of a primitive must have one row per vertex"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_told(change, message):
    with pytest.raises(ReadError, match=message):
        from_glb(tampered(change))


def test_single_steps_tell_what_they_mind(tmp_path):
    with pytest.raises(ReadError, match="triangles must have a multiple of 3 indices, got 4"):
        meshes_in.faces_of(np.arange(4), 4)
    with pytest.raises(ReadError, match="a primitive of mode 5 must have at least 3 indices, got 2"):
        meshes_in.faces_of(np.arange(2), 5)
    with pytest.raises(ReadError, match="output of a rotation channel must have 2 rows, got 2"):
        animation._shaped(np.zeros((2, 3)), 2, "rotation", "LINEAR")
    with pytest.raises(WriteError, match="an array must hold numbers to be written, got <U1"):
        packer.Packer().block(np.array(["a"]))
    with pytest.raises(TypeError, match="set is not JSON"):
        packer._plain({1})
    (tmp_path / "folder").mkdir()
    with pytest.raises(ReadError, match="buffer 0 must name a file, got 'folder', which is something else"):
        beside.inside(tmp_path, "folder", "buffer 0")


def test_a_glb_over_its_length_field_is_refused(monkeypatch):
    monkeypatch.setattr(packer, "MAX_GLB", 100)
    with pytest.raises(WriteError, match=r"a GLB file must be smaller than 4 GiB, got [\d,]+ bytes: write .gltf, or smaller"):
        to_glb(Scene((Node("a", Mesh((BONES,))),)))


def test_deep_nesting_is_told(monkeypatch):
    def deep(document):
        raise RecursionError

    monkeypatch.setattr(read, "_scene", deep)
    with pytest.raises(ReadError, match="the glTF file must not be nested this deep"):
        from_glb(RIGGED)


def test_large_joint_numbers_and_sparse_views_are_told(monkeypatch):
    def four_bytes(self, index, what, width):
        return np.full((3, 4), 70000)

    with monkeypatch.context() as patch:
        patch.setattr(accessors.Accessors, "whole", four_bytes)
        with pytest.raises(ReadError, match="JOINTS must be below 65536"):
            from_glb(RIGGED)

    def sparse(root):
        root["accessors"][0]["sparse"] = {"count": 1, "indices": {"componentType": 5125, "bufferView": 0}, "values": {}}

    with pytest.raises(ReadError, match=r"sparse indices and values of .* must have a bufferView"):
        from_glb(tampered(sparse))

    def far(root):
        view = root["accessors"][0]["bufferView"]
        root["accessors"][0]["sparse"] = {
            "count": 1,
            "indices": {"componentType": 5125, "bufferView": view, "byteOffset": 12},
            "values": {"bufferView": view},
        }

    with pytest.raises(ReadError, match=r"sparse indices of .* must be below 3, got 1,0"):
        from_glb(tampered(far))


def test_a_gltf_with_too_large_files_is_refused(tmp_path):
    from dhsdk.formats.gltf import Gltf, GltfOptions

    Gltf().write(from_glb(RIGGED), tmp_path / "a.gltf", GltfOptions())
    size = (tmp_path / "a.gltf").stat().st_size
    with pytest.raises(ReadError, match=r"a glTF with its files must have at most .* bytes, got .*: raise max_bytes"):
        Gltf().read(tmp_path / "a.gltf", GltfOptions(max_bytes=size + 10))
