"""dhsdk nano: a prior from nothing to a folder, its card, and what is refused."""

import json

import pytest
import torch

from dhsdk.cli import main
from dhsdk.plugins.text_to_3d.prior import FOLDER


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


def test_info_tells_the_card_of_the_shipped_prior(run):
    code, out, err = run("nano", "info", "text-to-3d")
    card = json.loads((FOLDER / "card.json").read_text("utf-8"))
    assert (code, err) == (0, "")
    assert card["sha256"] in out
    assert "fits      yes" in out


@pytest.mark.slow
def test_training_twice_makes_the_same_bytes(run, tmp_path, monkeypatch):
    """And the card's figures with them."""
    monkeypatch.setattr("dhsdk.diffusion.nano.designs.MEASURED", 40)
    torch.set_num_threads(2)
    for name in ("one", "two"):
        code, out, err = run("nano", "train", "text-to-3d", "--steps", 12, "--seed", 4, "--device", "cpu", "-o", name)
        assert (code, err) == (0, "")
        assert "named third" in out
    for file in ("weights.safetensors", "card.json", "README.md"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    code, out, err = run("nano", "info", "text_to_3d", "--folder", "one")
    assert (code, err) == (0, "")
    assert "12 steps, seed 4" in out


def test_a_generator_without_a_space_has_no_prior(run, monkeypatch):
    monkeypatch.setattr("dhsdk.plugins.text_to_3d.TextTo3d.space", lambda self: None)
    code, _, err = run("nano", "train", "text_to_3d", "-o", "x")
    assert code == 2
    assert err == "error: a nano prior needs a design space, text_to_3d publishes none: its space() returns None\n"
    assert "no design space" in run("nano", "info", "text_to_3d")[1]


def test_a_broken_folder_is_one_line(run, tmp_path):
    data = bytearray((FOLDER / "weights.safetensors").read_bytes())
    data[-1] ^= 1
    (tmp_path / "weights.safetensors").write_bytes(data)
    (tmp_path / "card.json").write_bytes((FOLDER / "card.json").read_bytes())
    code, _, err = run("nano", "info", "text_to_3d", "--folder", ".")
    assert code == 2
    assert "must be the file of its card" in err
    assert err.count("\n") == 1
