"""Pictures, videos, sound and plain meshes: round trips, bad files, provenance, safe writing."""

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

import dhsdk
from dhsdk import provenance
from dhsdk.errors import FormatRefused, ReadError, WriteError
from dhsdk.formats import staging
from dhsdk.formats.mp4 import Mp4
from dhsdk.scene import make
from dhsdk.scene.measure import bounds
from tests.formats.fuzz import bombs, mutants

HOST = dhsdk.Host(device="cpu")
OWN = {"dhsdk": {"generator": "box", "version": "1", "plan": {"a": [1, "é"]}, "seed": 3, "models": []}}
GRADIENT = np.stack(np.meshgrid(np.arange(48, dtype=np.uint8) * 5, np.arange(32, dtype=np.uint8) * 7), axis=-1)
PIXELS = np.concatenate([GRADIENT, np.full((32, 48, 1), 90, np.uint8)], axis=2)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png_keeps_every_pixel(tmp_path, channels):
    pixels = np.dstack([PIXELS, PIXELS])[..., :channels]
    image = HOST.load(HOST.save(dhsdk.Image(pixels), tmp_path / "a.png"))
    assert (image.pixels == pixels).all()


def test_png_keeps_sixteen_bits(tmp_path):
    pixels = np.arange(100, dtype=np.uint16).reshape(10, 10, 1) * 600
    assert (HOST.load(HOST.save(dhsdk.Image(pixels, colour="data"), tmp_path / "a.png")).pixels == pixels).all()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".wav", ".mp4"])
def test_provenance_and_labels_stand_in_the_file(tmp_path, suffix):
    asset = asset_for(suffix)
    first, second = HOST.save(asset, tmp_path / f"a{suffix}"), HOST.save(asset, tmp_path / f"b{suffix}")
    assert first.read_bytes() == second.read_bytes()
    assert HOST.load(first).extras["dhsdk"]["plan"] == {"a": (1, "é")}
    data = first.read_bytes()
    assert b"AIGC" in data
    if suffix != ".wav":
        assert b"algorithmicMedia" in data
    HOST.save(provenance.with_extras(asset, {}), tmp_path / f"c{suffix}")
    assert b"AIGC" not in (tmp_path / f"c{suffix}").read_bytes()


def asset_for(suffix):
    if suffix == ".wav":
        return dhsdk.Audio(np.sin(np.arange(800) / 20)[:, None], 8000, OWN)
    if suffix == ".mp4":
        return dhsdk.Clip(frames, (48, 32), 12.5, 5, extras=OWN)
    return dhsdk.Image(PIXELS, extras=OWN)


def frames():
    for i in range(5):
        yield np.roll(PIXELS, i * 4, axis=1)


@pytest.mark.parametrize(("suffix", "most"), [(".jpg", 4), (".webp", 6)])
def test_lossy_pictures_stay_close(tmp_path, suffix, most):
    image = HOST.load(HOST.save(dhsdk.Image(PIXELS), tmp_path / f"a{suffix}"))
    assert np.abs(image.pixels[..., :3].astype(int) - PIXELS).mean() < most


def test_pictures_that_would_lose_are_refused(tmp_path):
    with pytest.raises(FormatRefused, match="linear or float pixels would lose their range"):
        HOST.save(dhsdk.Image(np.zeros((2, 2, 3), np.float32), colour="linear"), tmp_path / "a.png")
    with pytest.raises(FormatRefused, match="16-bit pixels need PNG"):
        HOST.save(dhsdk.Image(np.zeros((2, 2, 1), np.uint16)), tmp_path / "a.jpg")
    with pytest.raises(FormatRefused, match="16-bit pixels must have one channel, got 3"):
        HOST.save(dhsdk.Image(np.zeros((2, 2, 3), np.uint16)), tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


def bomb(width, height, rows=b""):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (bomb(60_000, 60_000), "pixels"),
        (b"not a picture", "the PNG data cannot be decoded"),
        (b"", "the PNG data cannot be decoded"),
    ],
)
def test_pictures_made_to_harm_are_refused(tmp_path, data, message):
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(ReadError, match=message):
        HOST.load(tmp_path / "a.png")


def test_a_deflate_bomb_is_read_as_far_as_its_picture(tmp_path):
    (tmp_path / "a.png").write_bytes(bomb(64, 64, b"\0" * 50_000_000))
    assert HOST.load(tmp_path / "a.png").size == (64, 64)


def test_a_picture_over_the_byte_limit_is_refused(tmp_path, monkeypatch):
    path = HOST.save(dhsdk.Image(PIXELS), tmp_path / "a.png")
    monkeypatch.setattr("dhsdk.formats.pillow_pictures.MAX_BYTES", 10)
    with pytest.raises(ReadError, match=r"a.png must have at most 10 bytes, got "):
        HOST.load(path)


def test_a_video_comes_back_in_its_colours_and_again(tmp_path):
    red = np.zeros((33, 47, 3), np.uint8)
    red[..., 0] = 200
    path = HOST.save(dhsdk.Clip(lambda: iter([red] * 6), (47, 33), 25.0, 6), tmp_path / "a.mp4", crf=5)
    clip = HOST.load(path)
    assert (clip.size, clip.count, clip.fps) == ((48, 34), 6, 25.0)
    for _ in range(2):
        seen = list(clip.frames())
        assert len(seen) == 6
        assert np.abs(seen[3].astype(int).mean(axis=(0, 1)) - [200, 0, 0]).max() < 6


def test_a_video_has_its_sound(tmp_path):
    sound = dhsdk.Audio(0.5 * np.sin(np.arange(16000) / 16000 * 2 * np.pi * 440)[:, None], 16000)
    path = HOST.save(dhsdk.Clip(lambda: iter([PIXELS] * 25), (48, 32), 25.0, 25, audio=sound), tmp_path / "a.mp4")
    heard = HOST.load(path).audio
    assert heard.seconds == pytest.approx(1.0, abs=0.15)
    assert np.abs(heard.samples).max() == pytest.approx(0.5, abs=0.1)


def test_videos_that_cannot_be_read_say_why(tmp_path, monkeypatch):
    path = HOST.save(asset_for(".mp4"), tmp_path / "a.mp4")
    (tmp_path / "b.mp4").write_bytes(b"not a video at all" * 20)
    with pytest.raises(ReadError, match=r"b.mp4 is not a readable MP4: "):
        HOST.load(tmp_path / "b.mp4")
    clip = HOST.load(path)
    path.write_bytes(b"gone")
    with pytest.raises(ReadError, match=r"a.mp4 is damaged: a frame cannot be decoded: "):
        list(clip.frames())
    HOST.save(asset_for(".mp4"), path)
    with monkeypatch.context() as patch:
        patch.setattr("dhsdk.formats.mp4.MOST_PIXELS", 10)
        with pytest.raises(ReadError, match=r"a.mp4 must have 1..10 pixels, a rate and frames; got \(48, 32\)"):
            HOST.load(path)
    with monkeypatch.context() as patch:
        patch.setattr("dhsdk.formats.mp4._frames", lambda path: iter(()))
        with pytest.raises(ReadError, match=r"a.mp4 holds no frame that can be decoded"):
            HOST.load(path)
    import av

    with av.open(str(tmp_path / "c.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(ReadError, match=r"c.mp4 must hold a video stream, got none"):
        HOST.load(tmp_path / "c.mp4")
    assert Mp4.extra == "video"


@pytest.mark.parametrize("sample", ["int16", "float32"])
def test_sound_comes_back(tmp_path, sample):
    samples = np.random.default_rng(1).uniform(-1, 1, (1001, 2)).astype(np.float32)
    heard = HOST.load(HOST.save(dhsdk.Audio(samples, 22050), tmp_path / "a.wav", sample=sample))
    assert heard.rate == 22050
    assert np.abs(heard.samples - samples).max() <= (2e-5 if sample == "int16" else 0.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: b"RIFX" + data[4:], "a.wav must begin with RIFF and WAVE: it is no WAV file"),
        (lambda data: data[:30], "a.wav must have the chunks 'fmt ' and 'data': it is truncated or damaged"),
        (lambda data: data[:20] + b"\x07" + data[21:], "a.wav must hold 16-bit PCM or 32-bit float in 1..8 channels, got kind 7"),
        (lambda data: data[:24] + b"\0\0\0\0" + data[28:], "a.wav holds no usable sound: rate must be in"),
    ],
)
def test_sound_that_cannot_be_read_says_why(tmp_path, change, message):
    path = HOST.save(dhsdk.Audio(np.zeros((10, 1)), 8000), tmp_path / "a.wav")
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ReadError, match=message):
        HOST.load(path)


@pytest.mark.parametrize("suffix", [".obj", ".stl", ".ply"])
def test_plain_meshes_keep_their_shape(tmp_path, suffix):
    scene = make.group("g", make.place(make.single(make.box((1.0, 2.0, 3.0)), "a"), at=(1.0, 0.0, 0.0)))
    back = HOST.load(HOST.save(scene, tmp_path / f"a{suffix}"))
    assert np.allclose(bounds(back), bounds(scene), atol=1e-6)
    assert sum(mesh.triangles for mesh in back.meshes) == 12
    if suffix == ".obj":
        assert back.meshes[0].primitives[0].uvs
    with pytest.raises(FormatRefused, match="there is no mesh in it"):
        HOST.save(dhsdk.Scene((dhsdk.Node("a"),)), tmp_path / f"b{suffix}")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.ply", b"plu\n", "a.ply must begin with a PLY header: it is no PLY file"),
        ("a.ply", b"ply\nformat ascii 1.0\nelement vertex 2000000000\nend_header\n", "a.ply promises 2,000,000,000 elements in"),
        (
            "a.stl",
            b"\0" * 80 + b"\xff\xff\xff\x7f" + b"\0" * 50,
            r"a.stl promises 2,147,483,647 triangles in 134 bytes: it is truncated",
        ),
        ("a.obj", b"v 0 0 0\n", "a.obj (must hold triangles, got none|is not a readable OBJ file)"),
        ("a.obj", b"v nan 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "the positions of a.obj must be finite, got NaN"),
        ("a.obj", b"", r"a.obj must have 1..536,870,912 bytes, got 0"),
        (
            "a.stl",
            b"solid\nfacet normal 0 0 1\nouter loop\nvertex nan 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n",
            "a.stl holds a mesh that cannot be used: positions must be finite",
        ),
        ("a.stl", b"x" * 10, "a.stl "),
        ("a.obj", b"f 1 2 9\nv 0 0 0", "a.obj "),
    ],
)
def test_plain_meshes_that_cannot_be_read_say_why(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReadError, match=message):
        HOST.load(tmp_path / name)


def test_a_mesh_without_triangles_is_told(tmp_path):
    (tmp_path / "a.ply").write_bytes(
        b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\nend_header\n0 0 0\n"
    )
    with pytest.raises(ReadError, match=r"a.ply must hold triangles, got none|is not a readable PLY file"):
        HOST.load(tmp_path / "a.ply")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".wav", ".mp4", ".obj", ".stl", ".ply"])
def test_mutants_are_read_or_refused(tmp_path, suffix):
    asset = make.single(make.box(), "box") if suffix in (".obj", ".stl", ".ply") else asset_for(suffix)
    data = HOST.save(asset, tmp_path / f"whole{suffix}").read_bytes()
    path = tmp_path / f"a{suffix}"
    for mutant in [*bombs(suffix), *mutants(data, 5, 60)]:
        path.write_bytes(mutant)
        try:
            found = HOST.load(path)
            if isinstance(found, dhsdk.Clip):
                list(found.frames())
        except ReadError:
            pass


@pytest.mark.parametrize(
    ("target", "directory", "message"),
    [
        (lambda folder: Path(), False, "a target must have a file name"),
        (lambda folder: folder / "no" / "a.x", False, "does not exist: make it first"),
        (lambda folder: folder / "file", True, "must be a folder, and a file stands there: choose another name"),
        (lambda folder: folder / "folder", False, "must be a file, and a folder or device stands there"),
        (lambda folder: folder / "folder", True, "must be new, empty or written by dhsdk, and it holds 'mine'"),
        (lambda folder: folder / "b.x", False, "b.x was not written: the format must write to the path it is given"),
    ],
)
def test_a_target_that_cannot_be_written_says_why(tmp_path, target, directory, message):
    (tmp_path / "file").write_text("old", "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine").write_text("mine", "utf-8")
    with pytest.raises(WriteError, match=message), staging.staged(target(tmp_path), directory):
        pass
    assert (tmp_path / "file").read_text("utf-8") == "old"
    assert (tmp_path / "folder" / "mine").read_text("utf-8") == "mine"


def fail_in_the_middle(path, error):
    with staging.staged(path) as target:
        target.write_text("half", "utf-8")
        raise error


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("x")])
def test_what_stood_there_still_stands_when_writing_fails(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old", "utf-8")
    kind = WriteError if isinstance(error, OSError) else type(error)
    with pytest.raises(kind):
        fail_in_the_middle(path, error)
    assert path.read_text("utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_and_a_locked_folder_are_told():
    full, locked, other = (staging._told(OSError(code, "x"), Path("/f/a")) for code in (28, 13, 5))
    assert "the disk of" in str(full)
    assert "must be a folder that you may write to" in str(locked)
    assert "could not be written to" in str(other)


def test_siblings_come_along_and_folders_are_swapped(tmp_path):
    with staging.staged(tmp_path / "a.gltf") as target:
        target.write_text("main", "utf-8")
        target.with_name("a.bin").write_text("side", "utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"a.gltf", "a.bin"}
    for text in ("one", "two"):
        with staging.staged(tmp_path / "pack", directory=True) as folder:
            (folder / "x").write_text(text, "utf-8")
    assert (tmp_path / "pack" / "x").read_text("utf-8") == "two"


def test_texture_coordinates_of_one_column_are_left_out(tmp_path):
    (tmp_path / "a.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0.5\nvt 0.6\nvt 0.7\nf 1/1 2/2 3/3\n")
    assert not HOST.load(tmp_path / "a.obj").meshes[0].primitives[0].uvs


@pytest.mark.skipif(os.name == "nt", reason="no limit on file sizes there")
def test_a_disk_that_takes_no_more_leaves_what_stood_there(tmp_path):
    """A limit on file sizes stops the superuser too, in the middle of a write."""
    path = tmp_path / "a.wav"
    path.write_text("old", "utf-8")
    code = (
        "import resource, sys, numpy, dhsdk\nhost = dhsdk.Host(device='cpu')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: host.save(dhsdk.Audio(numpy.zeros((9999, 1)), 8000), sys.argv[1])\n"
        "except dhsdk.WriteError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert "could not be written" in done.stdout
    assert path.read_text("utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.wav"]
