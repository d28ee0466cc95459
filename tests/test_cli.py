"""The command: what it writes, says and returns, and that bad input is one line."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import dhsdk
from dhsdk.cli import main


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Runs the command in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return stop.value.code or 0, said.out, said.err

    return call


@pytest.fixture(scope="module")
def stool(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "stool.glb"
    return dhsdk.save(dhsdk.generate("text_to_3d", prompt="a red oak stool", texture=64), path)


def test_make_writes_what_was_asked_and_says_what_it_understood(run, tmp_path):
    code, out, err = run("make", "text-to-3d", "a", "red", "oak", "stool", "--texture", 64, "-o", "a.glb", "--report", "r.json")
    assert (code, err) == (0, "")
    assert "a.glb" in out
    assert "understood: " in out
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert report["files"][0]["file"] == "a.glb"
    assert "red" in report["files"][0]["provenance"]["understood"]
    assert report["files"][0]["make_s"] > 0


def test_one_build_gives_several_files_and_variants_several_seeds(run, tmp_path):
    code, _, _ = run("make", "text_to_3d", "--prompt", "a stool", "--texture", 64, "-o", "s.glb", "-o", "s.png", "--variants", 2)
    assert code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s_1.glb", "s_1.png", "s_2.glb", "s_2.png"]
    assert (tmp_path / "s_1.glb").read_bytes() != (tmp_path / "s_2.glb").read_bytes()
    assert dhsdk.load(tmp_path / "s_2.glb").extras["dhsdk"]["seed"] == 1
    assert dhsdk.load(tmp_path / "s_2.png").extras["dhsdk"]["seed"] == 1


def test_set_edits_the_plan(run, tmp_path):
    assert run("make", "text_to_3d", "a stool", "--texture", 64, "--set", "legs.count=3", "-o", "a.glb")[0] == 0
    assert dhsdk.load(tmp_path / "a.glb").extras["dhsdk"]["edits"] == {"legs.count": 3}


def test_edit_asks_what_to_change(run, stool):
    code, _, text = run("edit", stool, "-o", "five.glb")
    assert code == 2
    assert "edit needs --set PATH=VALUE or --change TEXT: say what to change" in text


def test_info_rebuild_and_edit(run, tmp_path, stool):
    code, out, _ = run("info", stool)
    assert code == 0
    assert "text_to_3d" in out
    facts = json.loads(run("info", stool, "--json")[1])
    assert facts["provenance"]["generator"] == "text_to_3d"
    assert facts["facts"]["triangles"] > 100
    assert run("rebuild", stool, "-o", "same.glb")[0] == 0
    assert (tmp_path / "same.glb").read_bytes() == stool.read_bytes()
    assert run("edit", stool, "--set", "legs.count=5", "-o", "five.glb")[0] == 0
    assert len(dhsdk.load(tmp_path / "five.glb").nodes) != len(dhsdk.load(stool).nodes)


def test_check_render_list_and_plugins(run, tmp_path, stool):
    code, out, _ = run("check", stool, "--target", "godot")
    assert code == 0
    assert "0 errors" in out
    assert run("render", stool, "-o", "s.png", "--size", "96x64")[0] == 0
    assert dhsdk.load(tmp_path / "s.png").size == (96, 64)
    assert "text_to_3d" in run("list")[1]
    assert "rasterizer numba" in run("plugins")[1]
    assert json.loads(run("plugins", "--json")[1])["failures"] == []


def test_render_makes_a_turntable(run, tmp_path, stool):
    assert run("render", stool, "-o", "s.mp4", "--size", "96x64", "--seconds", 0.4, "--fps", 10)[0] == 0
    clip = dhsdk.load(tmp_path / "s.mp4")
    assert (clip.size, clip.count) == ((96, 64), 4)


def test_info_of_a_stranger_says_so(run, tmp_path):
    dhsdk.save(dhsdk.Image(np.zeros((2, 2, 3), np.uint8)), tmp_path / "p.png")
    assert "provenance       none" in run("info", "p.png")[1]
    assert run("check", "p.png")[2] == "error: p.png must hold a scene, got: image\n"


BAD = {
    "unknown flag": (["make", "text_to_3d", "a chair", "--wings", "2", "-o", "a.glb"], 2, "No such option '--wings'"),
    "unknown command": (["fly"], 2, "No such command 'fly'"),
    "unknown generator": (["make", "text_to_4d", "-o", "a.glb"], 2, "no generator named 'text_to_4d'"),
    "no output": (["make", "text_to_3d", "a chair"], 2, "Missing option '-o'"),
    "unknown suffix": (["make", "text_to_3d", "a chair", "-o", "a.xyz"], 2, "no format for 'a.xyz'"),
    "no such folder": (["make", "text_to_3d", "a chair", "-o", "no/a.glb"], 1, "does not exist: make it first"),
    "empty prompt": (["make", "text_to_3d", "--prompt", "", "-o", "a.glb"], 2, "prompt"),
    "only emoji": (["make", "text_to_3d", "🪑🪑", "-o", "a.glb"], 2, "prompt"),
    "10 MB prompt": (["make", "text_to_3d", "--prompt", "chair " * 1_700_000, "-o", "a.glb"], 2, "prompt"),
    "prompt twice": (["make", "text_to_3d", "a", "--prompt", "b", "-o", "a.glb"], 2, "the prompt must be given once"),
    "bad set": (["make", "text_to_3d", "a chair", "--set", "legs", "-o", "a.glb"], 2, "--set must be PATH=VALUE, got 'legs'"),
    "bad path": (["make", "text_to_3d", "a chair", "--set", "wings.count=2", "-o", "a.glb"], 2, "leads nowhere"),
    "out of range": (["make", "text_to_3d", "a chair", "--tris", "-5", "-o", "a.glb"], 2, "tris must be in"),
    "no such file": (["info", "none.glb"], 2, "no file at 'none.glb'"),
    "bad size": (["render", "none.glb", "-o", "a.png", "--size", "big"], 2, "no file at"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line(run, tmp_path, name):
    arguments, code, words = BAD[name]
    got, out, err = run(*arguments)
    assert got == code
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert words in err
    assert len(err) < 700
    assert not list(tmp_path.iterdir())


def test_debug_shows_the_traceback():
    with pytest.raises(dhsdk.ReadError, match="no file at"):
        main(["info", "none.glb", "--debug"])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_an_unwritable_folder_is_one_line(run, tmp_path, stool):
    tmp_path.chmod(0o500)
    assert "must be a folder that you may write to" in run("rebuild", stool, "-o", "a.glb")[2]


@pytest.mark.skipif(os.name == "nt", reason="a Ctrl-C cannot be sent to one process there")
def test_ctrl_c_leaves_nothing_behind(tmp_path):
    """An interrupt at any moment: one line, exit code 130, and no file but those that are whole."""
    for delay in (0.4, 0.8, 1.2):
        arguments = ["make", "text_to_3d", "a carved oak chair", "--texture", "1024", "--variants", "50", "-o", "a.glb"]
        code = "import sys; from dhsdk.cli import main; main(sys.argv[1:])"
        process = subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        if "Traceback" not in err or "dhsdk" in err:  # before Python has read its first module the interrupt is Python's own
            assert process.returncode == 130
            assert err.splitlines()[-1] == "error: cancelled"
        assert not [path for path in tmp_path.iterdir() if path.suffix != ".glb"]
        for path in tmp_path.glob("*.glb"):
            assert dhsdk.load(path).nodes


def test_the_demo_fills_its_folder(run, tmp_path):
    code, out, _ = run("demo", "-o", "d")
    assert code == 0
    made = {path.name for path in (tmp_path / "d").iterdir()}
    assert made == {"chair.glb", "vase.glb", "chest.glb", "lamp.glb", "room.glb", "sheet.png", "turntable.mp4"}
    assert "a carved oak chair" in out


def test_the_demo_needs_a_folder(run, tmp_path):
    (tmp_path / "d").write_text("", "utf-8")
    assert run("demo", "-o", "d")[2].startswith("error: cannot make the folder 'd': ")


def test_ready_mends_bakes_and_reports(tmp_path, capsys):

    from tests.ready.meshes import bumpy

    source, out, report = tmp_path / "scan.ply", tmp_path / "scan.glb", tmp_path / "scan.json"
    dhsdk.save(bumpy(48, 24), source)
    line = ["ready", str(source), "-o", str(out), "--target", "unreal", "--tris", "500", "--texture", "64"]
    with pytest.raises(SystemExit) as done:
        main([*line, "--report", str(report)])
    assert done.value.code == 0
    assert "triangles" in capsys.readouterr().out
    told = json.loads(report.read_text("utf-8"))
    assert told["after"]["triangles"] <= 500 < told["before"]["triangles"]
    assert out.exists()
    with pytest.raises(SystemExit) as done:
        main([*line, "--json", "--tolerance", "0.0001"])
    assert done.value.code == 2
    assert "the shape must change by at most 0.01% of its diagonal" in capsys.readouterr().err
