"""The reader of unknown words: what it reads, where it abstains, and that its test words were never seen."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from dhsdk.diffusion import text
from dhsdk.diffusion.nano import reader_train
from dhsdk.diffusion.nano.reader import FOLDER, Reader
from dhsdk.diffusion.nano.reader_train import Phrases, held_out, save_reader, stem, train_reader
from dhsdk.errors import MissingExtra, ReadError
from dhsdk.plugins.text_to_3d.vocabulary import words
from dhsdk.words import read

ROOT = Path(__file__).parents[3]
SMALL = Phrases(
    {
        "tall": (("tall", "high"), ("tall", "lofty", "towering")),
        "padded": (("padded",), ("padded", "comfortable", "soft cushions", "plush")),
        "curved": (("curved",), ("curved", "bent", "arching")),
    },
    ("happy", "expensive", "london", "to run"),
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text")
    return lambda strings: text.embed(strings, cache=folder)


@pytest.fixture(scope="module")
def shipped(cache):
    return Reader.load(embed=cache)


@pytest.fixture(scope="module")
def unknown():
    with (ROOT / "benchmarks" / "data" / "unknown_words.tsv").open(encoding="utf-8", newline="") as file:
        return [(row["meaning"].split("|"), row["word"]) for row in csv.DictReader(file, delimiter="\t")]


def test_a_word_is_read_as_a_meaning_that_the_thing_has(shipped):
    among = ("short", "high", "padded", "hard", "ornate", "plain")
    assert shipped.guess("towering", "chair", among).meaning == "high"
    assert shipped.guess("comfortable", "chair", among).meaning == "padded"
    assert shipped.read("towering", "chair", among).meaning == "high"
    assert shipped.read("towering", "chair", ("gnarled", "padded")) is None


@pytest.mark.parametrize("word", ["happy", "expensive", "napoleon", "running", "because", " "])
def test_words_that_say_nothing_about_shape_are_left_alone(shipped, word):
    assert shipped.read(word, "chair", ("tall", "short", "padded", "hard", "ornate", "plain", "wide")) is None


def test_without_a_meaning_to_choose_there_is_none(shipped):
    assert shipped.guess("tall", "chair", ()) is None
    assert shipped.guess("tall", "chair", ("no such end",)) is None


def test_the_words_of_the_test_are_in_no_lexicon_and_in_no_training(unknown):
    phrases = Phrases.load()
    learnt = {word.lower() for _, found in phrases.meanings.values() for word in found} | set(phrases.none)
    stems = {stem(word.replace("-", " ").split()[0]) for word in learnt}
    assert len(unknown) > 250
    for meanings, word in unknown:
        assert held_out(word), word
        assert set(meanings) <= {*phrases.meanings, "none"}, word
        assert word not in learnt
        assert stem(word.replace("-", " ").split()[0]) not in stems, word
        if meanings != ["none"]:
            assert {one.kind for one in read(word, words()).mentions} <= {"unknown", "relation", "stop"}, word


def test_every_word_for_an_end_has_phrases():
    from dhsdk.params import every_field
    from dhsdk.shapes import kernels

    ends = {end for kernel in kernels().values() for _, one in every_field(kernel.Params) for end in (one.low, one.high)}
    assert ends - {""} <= {end for found, _ in Phrases.load().meanings.values() for end in found}


def test_how_far_it_can_be_trusted_is_learnt(cache):
    """On phrases and nouns that were left out; the shipped bounds are those that training finds."""
    groups = (("chair", "seat", "side chair"), ("cottage", "house"), ("sword", "blade"), ("vase", "urn"), ("table", "desk"))
    reader = train_reader(SMALL, nouns=groups, embed=cache)
    assert reader.noun_line[0] > 0
    assert 0 < reader.certain_noun <= 1
    assert train_reader(SMALL, embed=cache).line == reader.line


def test_training_is_exact_and_survives_the_file(cache, tmp_path):
    first, again = train_reader(SMALL, embed=cache), train_reader(SMALL, embed=cache)
    assert np.array_equal(first.weights, again.weights)
    save_reader(first, tmp_path)
    stored = Reader.load(tmp_path, embed=cache)
    for word, wanted in (("soaring", "high"), ("comfortable seats", "padded"), ("arched", "curved")):
        one, two = (reader.guess(word, "chair", ("high", "padded", "curved")) for reader in (first, stored))
        assert one.meaning == two.meaning == wanted
        assert one.confidence == pytest.approx(two.confidence, abs=0.01)
    assert [path.name for path in tmp_path.iterdir()] == ["reader.safetensors"]


def test_the_shipped_weights_are_small_and_are_those_of_the_shipped_phrases(shipped):
    assert (FOLDER / "reader.safetensors").stat().st_size <= 2_000_000
    known, marks = reader_train.table(Phrases.load())
    assert shipped.phrases == known
    assert np.abs(reader_train.solved(shipped.vectors, marks) - shipped.weights).max() < 0.05


def test_an_unknown_noun_is_a_known_one_or_nothing(shipped):
    among = ("chair", "stool", "bench", "vase", "sword", "house", "tree", "lantern", "table", "barrel")
    assert shipped.read_noun("cottage", among).meaning == "house"
    assert shipped.read_noun("happiness", among) is None
    assert shipped.guess_noun("happiness", among).confidence < shipped.certain_noun
    among, things = ("sword", "longsword", "vase"), ("sword", "sword", "vase")
    rivals, one = shipped.guess_noun("sabre", among), shipped.guess_noun("sabre", among, things)
    assert one.meaning == rivals.meaning == "sword"
    assert one.confidence > rivals.confidence  # names of one thing are no rivals
    assert shipped.read_noun("sabre", among) is None
    assert shipped.read_noun("sabre", among, things) == one
    assert shipped.read_noun("cottage", ()) is None


def test_broken_weights_are_refused(tmp_path, cache):
    for content in (b"nothing", (FOLDER / "reader.safetensors").read_bytes()[:5000], b""):
        (tmp_path / "reader.safetensors").write_bytes(content)
        with pytest.raises(ReadError, match=r"^the weights of the reader must be those that its training writes, got "):
            Reader.load(tmp_path, embed=cache)
    with pytest.raises(ReadError, match="No such file"):
        Reader.load(tmp_path / "none", embed=cache)


def test_without_the_extra_it_says_what_to_install(monkeypatch, cache, tmp_path):
    monkeypatch.setattr(text, "available", lambda: "reading words needs an optional dependency: pip install 'dhsdk[text]'")
    with pytest.raises(MissingExtra, match=r"pip install 'dhsdk\[text\]'"):
        Reader.load(tmp_path, embed=cache)


def test_the_data_are_plain(unknown):
    data = json.loads((FOLDER / "phrases.json").read_text("utf-8"))
    for name, one in data["meanings"].items():
        assert one["ends"], name
        assert one["en"], name
        assert one["en"] == list(dict.fromkeys(one["en"]))
        assert len(one["zh"]) >= 3, name
