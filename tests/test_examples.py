"""Every example runs as a script, and what it writes can be read back and holds what the script is for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dhsdk

FOLDER = Path(__file__).parents[1] / "examples"
MADE = {
    "public_api": ("chair.glb", "room.glb", "room.png", "scan.obj"),
    "scripted_scene": ("yard.glb", "market.png"),
    "variants_and_edits": ("stool_0.glb", "stool_1.glb", "stool_2.glb", "again.glb", "rebuilt.glb", "three_legs.glb"),
    "open_the_chest": ("chest.glb", "chest.mp4"),
    "fit_pose": ("goal.png", "found.png"),
    "materials": ("materials.png",),
    "looks": ("looks.png",),
    "diffusion_core": ("steps.png", "panorama.png", "distilled.png"),
    "painted_chest": ("quilt.glb", "brush.glb", "quilt_front.png", "quilt_back.png", "brush_front.png", "brush_back.png"),
    "own_generator": ("steps.glb", "steps.png"),
}


def test_every_example_is_run_and_listed() -> None:
    names = {path.stem for path in FOLDER.glob("*.py")}
    assert names == set(MADE)
    listed = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}.py`" in listed for name in names)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(MADE))
def test_example(name: str, tmp_path: Path) -> None:
    script = FOLDER / f"{name}.py"
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script), str(tmp_path)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert {path.name for path in tmp_path.iterdir()} >= set(MADE[name])
    for path in tmp_path.glob("*.glb"):
        scene = dhsdk.load(path)
        assert not [problem for problem in dhsdk.check(scene) if problem.severity == "error"], path.name
    if name == "variants_and_edits":
        assert (tmp_path / "again.glb").read_bytes() == (tmp_path / "stool_0.glb").read_bytes()
        assert "the same bytes: True" in done.stdout
        assert "own plan: True" in done.stdout
    if name == "fit_pose":
        assert float(done.stdout.split("found: ")[1].split(" mm")[0]) < 2.0
    if name == "diffusion_core":
        assert float(done.stdout.split("antithetic: ")[1].split(" of")[0]) < 0.01
    if name == "open_the_chest":
        assert [one.name for one in dhsdk.load(tmp_path / "chest.glb").animations] == ["open"]


@pytest.mark.slow
def test_the_generator_of_the_example_keeps_the_contract(tmp_path: Path) -> None:
    job = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--dhsdk", "own_generator"]
    done = subprocess.run(
        job, capture_output=True, text=True, timeout=300, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(FOLDER)}
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "passed" in done.stdout
