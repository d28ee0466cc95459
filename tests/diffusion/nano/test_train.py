import json

import numpy as np
import pytest
import torch

from dhsdk.diffusion.nano import train as training
from dhsdk.diffusion.nano import weights
from dhsdk.diffusion.nano.draw import Prior
from dhsdk.diffusion.nano.train import save, train
from dhsdk.errors import Cancelled, ParamError, ReadError
from tests.diffusion.nano.conftest import small_space


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Small steps, checkpoints often; the moments from fewer designs."""
    torch.set_num_threads(2)
    monkeypatch.setattr(training, "EVERY", 4)
    monkeypatch.setattr(training, "DESIGNS", 16)
    monkeypatch.setattr("dhsdk.diffusion.nano.designs.MEASURED", 10)


def stop_after(steps):
    calls = iter(range(10_000))
    return lambda: next(calls) >= steps


def same(one, other):
    return all(np.array_equal(one.arrays[name], other.arrays[name]) for name in one.arrays) and one.card == other.card


def test_same_seed_same_weights(space):
    one = train(space, steps=6, seed=1, width=32)
    assert same(one, train(space, steps=6, seed=1, width=32))
    assert not same(one, train(space, steps=6, seed=2, width=32))


@pytest.mark.parametrize("stop", [0, 4, 7])
def test_a_training_that_was_cut_off_goes_on_to_the_same_bits(space, tmp_path, stop):
    whole = train(space, steps=10, seed=1, width=32)
    with pytest.raises(Cancelled, match=rf"^training stopped after {stop} of 10 steps: --resume goes on$"):
        train(space, steps=10, seed=1, width=32, out=tmp_path, cancelled=stop_after(stop))
    assert same(whole, train(space, steps=10, seed=1, width=32, out=tmp_path, resume=True))


def test_a_killed_training_goes_on_from_its_last_checkpoint(space, tmp_path):
    """No word of goodbye: the checkpoint of step 4 is all that there is."""

    def killed(fraction, message):
        raise KeyboardInterrupt

    whole = train(space, steps=24, seed=1, width=32)
    with pytest.raises(KeyboardInterrupt):
        train(space, steps=24, seed=1, width=32, out=tmp_path, progress=killed)
    assert json.loads((tmp_path / "checkpoint.json").read_text())["step"] == 20
    assert same(whole, train(space, steps=24, seed=1, width=32, out=tmp_path, resume=True))


def test_a_checkpoint_of_another_training_is_refused(space, tmp_path):
    with pytest.raises(Cancelled):
        train(space, steps=10, seed=1, width=32, out=tmp_path, cancelled=stop_after(4))
    with pytest.raises(ReadError, match=r"^a training can only be resumed as it was begun: seed was 1, now 2$"):
        train(space, steps=10, seed=2, width=32, out=tmp_path, resume=True)
    with pytest.raises(ReadError, match=r"^a training can only be resumed as it was begun: space_sha256 was "):
        train(small_space(0.05), steps=10, seed=1, width=32, out=tmp_path, resume=True)
    data = bytearray((tmp_path / "checkpoint.safetensors").read_bytes())
    data[-1] ^= 1
    (tmp_path / "checkpoint.safetensors").write_bytes(data)
    with pytest.raises(ReadError, match=r"must be the checkpoint that its json tells of, and is not: start again"):
        train(space, steps=10, seed=1, width=32, out=tmp_path, resume=True)


def test_there_is_at_least_one_step(space):
    with pytest.raises(ParamError, match=r"^steps must be at least 1, got 0 \(training steps\)$"):
        train(space, steps=0)


def test_what_is_saved_is_whole_and_tells_what_it_is(space, tmp_path):
    with pytest.raises(Cancelled):
        train(space, steps=10, seed=1, width=32, out=tmp_path, cancelled=stop_after(4))
    trained = train(space, steps=10, seed=1, width=32, out=tmp_path, resume=True)
    save(trained, tmp_path, {"loss": trained.card["loss"]})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "card.json", "weights.safetensors"]
    card = json.loads((tmp_path / "card.json").read_text())
    assert (card["space"], card["seed"], card["steps"], card["licence"]) == ("small", 1, 10, "Apache-2.0")
    assert card["sha256"] in (tmp_path / "README.md").read_text("utf-8")
    assert Prior.load(tmp_path, space).card == card


def test_safetensors_reads_what_is_written(tmp_path):
    from safetensors.numpy import load

    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.ones(3, np.float16), "c": np.zeros((0, 2), np.int64)}
    data = weights.packed(arrays)
    for found in (load(data), weights.unpacked(data, "x")):
        assert all(np.array_equal(found[name], array) and found[name].dtype == array.dtype for name, array in arrays.items())


@pytest.mark.parametrize(
    "data",
    [b"", b"\x80\x04pickle", b"\xff" * 64, weights.packed({"a": np.ones(9, np.float32)})[:-4], b"\x02" + bytes(7) + b"[]"],
)
def test_files_that_are_no_weights_are_refused(data):
    with pytest.raises(ReadError, match=r"^w must be a whole safetensors file: "):
        weights.unpacked(data, "w")


def test_a_file_without_a_header_says_so():
    with pytest.raises(ReadError, match=r"^w must be a whole safetensors file: no header of that size$"):
        weights.unpacked(b"\xff" * 64, "w")


def test_folders_without_a_prior_are_refused(tmp_path, space, monkeypatch):
    with pytest.raises(ReadError, match=r"^a nano prior needs the file card.json, missing in .*: train it with dhsdk nano"):
        Prior.load(tmp_path, space)
    (tmp_path / "card.json").write_text("{")
    with pytest.raises(ReadError, match=r"card.json must be JSON: "):
        Prior.load(tmp_path, space)
    (tmp_path / "card.json").write_text("{}")
    with pytest.raises(ReadError, match=r"card.json must be the card of a nano prior, with space"):
        Prior.load(tmp_path, space)
    monkeypatch.setattr(weights, "MOST_BYTES", 1)
    with pytest.raises(ReadError, match=r"card.json must be at most 1 bytes, got 2$"):
        Prior.load(tmp_path, space)
