"""Compressed GLB: meshopt comes back exactly and is safe to read, Draco is written for others."""

import contextlib
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dhsdk
from dhsdk.errors import MissingExtra, ReadError, WriteError
from dhsdk.formats.gltf import meshopt
from dhsdk.formats.gltf.draco import encoded
from dhsdk.formats.gltf.packer import ELEMENT_ARRAY_BUFFER, Packer
from dhsdk.scene import compare, make
from dhsdk.scene.primitives import sphere
from tests.effort import examples

BALL = make.single(sphere(0.5, 48, 24), "ball")


def stream(array, target=None):
    packer = Packer()
    packer.accessor(array, target=target)
    meshopt.compress(packer)
    view = packer.views[0]
    return view, b"".join(bytes(piece) for piece in packer.chunks)


@given(st.integers(1, 700), st.sampled_from([1, 2, 3, 4]), st.integers(0, 2**32 - 1))
@examples(40)
def test_rows_come_back_exactly(count, width, seed):
    rng = np.random.default_rng(seed)
    rows = np.cumsum(rng.integers(-3, 4, (count, width)), axis=0).astype(np.float32) * np.float32(rng.choice([0.25, 1e-3, 7.0]))
    data = meshopt._packed(rows, False)
    own = {"byteStride": 4 * width, "count": count, "mode": "ATTRIBUTES"}
    back = meshopt.unpack(own, memoryview(data), rows.nbytes)
    assert bytes(back) == rows.tobytes()


@given(st.lists(st.integers(0, 2**32 - 2), min_size=1, max_size=400), st.sampled_from([np.uint16, np.uint32]))
@examples(40)
def test_indices_come_back_exactly(values, kind):
    flat = np.array(values, np.uint32).astype(kind)
    data = meshopt._packed(flat, True)
    own = {"byteStride": flat.itemsize, "count": len(flat), "mode": "INDICES"}
    assert bytes(meshopt.unpack(own, memoryview(data), flat.nbytes)) == flat.tobytes()


def test_a_known_stream():
    """Five equal rows of four bytes: one block, one group of zeros for each byte, then the row itself behind zeros."""
    rows = np.full((5, 1), 1.0, np.float32)
    assert meshopt._packed(rows, False) == bytes([0xA0]) + bytes(4) + bytes(28) + rows[0].tobytes()
    assert meshopt._packed(np.arange(3, dtype=np.uint16), True) == bytes([0xD1, 0, 4, 4, 0, 0, 0, 0])


def test_small_data_stays_as_it_is():
    view, data = stream(np.arange(6, dtype=np.float32).reshape(2, 3))
    assert "extensions" not in view
    assert len(data) == 24
    view, _ = stream(np.arange(3000, dtype=np.uint32) // 3, ELEMENT_ARRAY_BUFFER)
    assert view["extensions"][meshopt.MESHOPT]["mode"] == "INDICES"


@pytest.mark.parametrize("name", ["a.glb", "a.gltf"])
def test_a_scene_comes_back_exactly_and_smaller(tmp_path, name):
    plain = dhsdk.save(BALL, tmp_path / f"plain_{name}")
    path = dhsdk.save(BALL, tmp_path / name, compression="meshopt")
    assert not compare.differences(dhsdk.load(plain), dhsdk.load(path))
    size = sum(one.stat().st_size for one in tmp_path.iterdir() if one.name.startswith("a."))
    assert size < 0.75 * sum(one.stat().st_size for one in tmp_path.iterdir() if one.name.startswith("plain_"))


def test_an_animated_skinned_scene_comes_back_exactly(tmp_path):
    from tests.formats import gltf_scenes

    scene = gltf_scenes.everything()
    path = dhsdk.save(scene, tmp_path / "a.glb", compression="meshopt")
    assert not compare.differences(dhsdk.load(dhsdk.save(scene, tmp_path / "b.glb")), dhsdk.load(path), ignore=("options",))


def broken(**changes):
    rows = np.arange(400, dtype=np.float32).reshape(100, 4)
    own = {"byteStride": 16, "count": 100, "mode": "ATTRIBUTES"} | changes
    return own, meshopt._packed(rows, False), rows.nbytes


@pytest.mark.parametrize(
    ("changes", "cut", "message"),
    [
        (
            {"mode": "TRIANGLES"},
            None,
            r"a compressed view must have the mode ATTRIBUTES or .* without a filter, got TRIA",
        ),
        (
            {"filter": "OCTAHEDRAL"},
            None,
            r"a compressed view must have the mode ATTRIBUTES or .* without a filter, got ATTR",
        ),
        ({"count": 99}, None, "a compressed view must have count x byteStride bytes, got 99 x 16 for 1600"),
        ({}, 40, "a compressed view must hold a whole meshopt stream"),
        ({"mode": "INDICES", "byteStride": 4, "count": 400}, None, "a compressed view must hold a whole meshopt stream"),
    ],
)
def test_damage_is_told(changes, cut, message):
    own, data, size = broken(**changes)
    with pytest.raises(ReadError, match=message):
        meshopt.unpack(own, memoryview(data[:cut]), size)


def test_random_bytes_are_refused_or_read_but_never_more():
    rng = np.random.default_rng(0)
    own, data, size = broken()
    for _ in range(3000):
        bad = bytearray(data)
        for _ in range(rng.integers(1, 6)):
            bad[rng.integers(0, len(bad))] = rng.integers(0, 256)
        with contextlib.suppress(ReadError):
            assert len(meshopt.unpack(own, memoryview(bytes(bad)), size)) == size


def document(path):
    data = path.read_bytes()
    return json.loads(data[20 : 20 + struct.unpack_from("<I", data, 12)[0]])


def test_draco_is_written_for_readers_that_know_it(tmp_path):
    pytest.importorskip("DracoPy", reason="the extra [draco] is not installed")
    path = dhsdk.save(BALL, tmp_path / "a.glb", compression="draco")
    plain = dhsdk.save(BALL, tmp_path / "b.glb")
    assert path.stat().st_size < 0.5 * plain.stat().st_size
    written = document(path)
    own = written["meshes"][0]["primitives"][0]
    assert written["extensionsRequired"] == ["KHR_draco_mesh_compression"]
    assert set(own["extensions"]["KHR_draco_mesh_compression"]["attributes"]) == set(own["attributes"])
    assert all("bufferView" not in written["accessors"][number] for number in (own["indices"], *own["attributes"].values()))
    with pytest.raises(ReadError, match="KHR_draco_mesh_compression, which is not read: export it without Draco"):
        dhsdk.load(path)


def test_draco_keeps_the_order_and_nearly_the_numbers():
    draco = pytest.importorskip("DracoPy", reason="the extra [draco] is not installed")
    one = BALL.meshes[0].primitives[0]
    joints = np.tile(np.arange(4, dtype=np.uint8), (len(one.positions), 1))
    rows = {"POSITION": one.positions, "NORMAL": one.normals, "TEXCOORD_0": one.uvs[0], "JOINTS_0": joints}
    data, numbers = encoded(one.faces, rows)
    back = {item["unique_id"]: item["data"] for item in draco.decode(data).attributes}
    assert (draco.decode(data).faces == one.faces).all()
    assert (back[numbers["JOINTS_0"]] == joints).all()
    for name, error in (("POSITION", 2e-5), ("TEXCOORD_0", 1e-4), ("NORMAL", 5e-3)):
        assert np.abs(back[numbers[name]] - rows[name]).max() < error


def test_a_missing_package_is_told(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "DracoPy", None)
    with pytest.raises(MissingExtra, match=r"Draco compression must have the package DracoPy: pip install 'dhsdk\[draco\]'"):
        encoded(np.zeros((1, 3), np.uint32), {})


@pytest.mark.parametrize("kind", ["meshopt", "draco"])
def test_godot_reads_no_compressed_meshes(tmp_path, kind):
    with pytest.raises(WriteError, match="compression must be none for the target godot, which reads no compressed meshes"):
        dhsdk.save(BALL, tmp_path / "a.glb", compression=kind, target="godot")
