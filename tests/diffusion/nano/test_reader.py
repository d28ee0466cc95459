"""The reader of unknown words: what it reads, where it abstains, and that its test words were never seen."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dhsdk.diffusion import text
from dhsdk.diffusion.nano import dictionary, reader_train
from dhsdk.diffusion.nano.reader import FOLDER, Reader
from dhsdk.diffusion.nano.reader_train import Phrases, held_out, save_reader, train_reader
from dhsdk.diffusion.nano.wordnet import WordNet, stem
from dhsdk.errors import ReadError
from dhsdk.plugins.text_to_3d.vocabulary import words
from dhsdk.words import read

ROOT = Path(__file__).parents[3]
NAMES = ["dictionary.tsv", "kinds.tsv", "reader.json", "reader.safetensors"]
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


def listed(name):
    with (ROOT / "benchmarks" / "data" / name).open(encoding="utf-8", newline="") as file:
        return [(row["meaning"].split("|"), row["word"]) for row in csv.DictReader(file, delimiter="\t")]


@pytest.fixture(scope="module")
def unknown():
    return listed("unknown_words.tsv")


def test_a_word_is_read_as_a_meaning_that_the_thing_has(shipped):
    among = ("short", "high", "padded", "hard", "ornate", "plain")
    assert shipped.guess("towering", among).meaning == "high"
    assert shipped.guess("comfortable", among).meaning == "padded"
    assert shipped.read("towering", among).meaning == "high"
    assert shipped.read("towering", ("gnarled", "padded")) is None


@pytest.mark.parametrize("word", ["happy", "expensive", "napoleon", "running", "because", " "])
def test_words_that_say_nothing_about_shape_are_left_alone(shipped, word):
    assert shipped.read(word, ("tall", "short", "padded", "hard", "ornate", "plain", "wide")) is None


def test_without_a_meaning_to_choose_there_is_none(shipped):
    assert shipped.guess("tall", ()) is None
    assert shipped.guess("tall", ("no such end",)) is None


@pytest.mark.parametrize("name", ["unknown_words.tsv", "fresh_words.tsv"])
def test_the_words_of_the_test_are_in_no_lexicon_and_in_no_training(name):
    unknown = listed(name)
    phrases = Phrases.load()
    learnt = {word.lower() for _, found in phrases.meanings.values() for word in found} | set(phrases.none)
    stems = {stem(word.replace("-", " ").split()[0]) for word in learnt}
    assert len(unknown) > 250
    for meanings, word in unknown:
        assert held_out(word) or name == "fresh_words.tsv", word
        assert set(meanings) <= {*phrases.meanings, "none"}, word
        assert word not in learnt
        assert stem(word.replace("-", " ").split()[0]) not in stems, word
        if meanings != ["none"]:
            assert {one.kind for one in read(word, words()).mentions} <= {"unknown", "noun", "relation", "stop"}, word


def test_every_word_for_an_end_has_phrases():
    from dhsdk.params import every_field
    from dhsdk.shapes import kernels

    ends = {end for kernel in kernels().values() for _, one in every_field(kernel.Params) for end in (one.low, one.high)}
    assert ends - {""} <= {end for found, _ in Phrases.load().meanings.values() for end in found}


def test_how_far_it_can_be_trusted_is_learnt(cache):
    """On phrases and nouns that were left out; the shipped bounds are those that training finds."""
    groups = (("chair", "seat", "side chair"), ("cottage", "house"), ("sword", "blade"), ("vase", "urn"), ("table", "desk"))
    reader = train_reader(SMALL, nouns=groups, embed=cache)
    assert reader.trust["noun"].line[0] > 0
    assert 0 < reader.trust["noun"].certain <= 1
    assert train_reader(SMALL, embed=cache).trust["text"] == reader.trust["text"]


def test_training_is_exact_and_survives_the_file(cache, tmp_path):
    first, again = train_reader(SMALL, embed=cache), train_reader(SMALL, embed=cache)
    assert np.array_equal(first.weights, again.weights)
    save_reader(first, tmp_path)
    stored = Reader.load(tmp_path, embed=cache)
    for word, wanted in (("soaring", "high"), ("comfortable seats", "padded"), ("arched", "curved")):
        one, two = (reader.guess(word, ("high", "padded", "curved")) for reader in (first, stored))
        assert one.meaning == two.meaning == wanted
        assert one.confidence == pytest.approx(two.confidence, abs=0.01)
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES


def test_the_shipped_weights_are_small_and_are_those_of_the_shipped_phrases(shipped):
    assert (FOLDER / "reader.safetensors").stat().st_size <= 2_000_000
    known, marks = reader_train.table(Phrases.load())
    assert shipped.phrases == known
    assert np.abs(reader_train.solved(reader_train.likeness(shipped.vectors), marks) - shipped.weights).max() < 0.05


def test_an_unknown_noun_is_a_known_one_or_nothing(shipped):
    among = ("chair", "stool", "bench", "vase", "sword", "house", "tree", "lantern", "table", "barrel")
    assert shipped.read_noun("cottage", among).meaning == "house"
    assert shipped.read_noun("happiness", among) is None
    assert not shipped.guess_noun("happiness", among).sure
    among, things = ("sword", "longsword", "vase"), ("sword", "sword", "vase")
    vectors = replace(shipped, kinds=dictionary.Kinds({}, {}))
    rivals, one = vectors.guess_noun("sabre", among), vectors.guess_noun("sabre", among, things)
    assert one.meaning == rivals.meaning == "sword"
    assert one.confidence > rivals.confidence  # names of one thing are no rivals
    assert vectors.read_noun("sabre", among) is None
    assert vectors.read_noun("sabre", among, things) == one
    assert shipped.read_noun("sabre", among).meaning == "sword"
    assert shipped.read_noun("cottage", ()) is None


def test_broken_weights_are_refused(tmp_path, cache):
    for name, content in (
        *((name, b"\xff") for name in NAMES),
        *((name, b"nothing") for name in ("kinds.tsv", "reader.json", "reader.safetensors")),
        *((name, (FOLDER / name).read_bytes()[:5000]) for name in ("reader.json", "reader.safetensors")),
    ):
        broken = tmp_path / f"{name}{len(content)}"
        shutil.copytree(FOLDER, broken)
        (broken / name).write_bytes(content)
        with pytest.raises(ReadError):
            Reader.load(broken, embed=cache)
    with pytest.raises(ReadError, match=r"^the weights of the reader must be those that its training writes, got .*No such file"):
        Reader.load(tmp_path / "none", embed=cache)
    with pytest.raises(ReadError, match=r"^the dictionary must be the table that its training writes, got "):
        dictionary.rows(tmp_path / "none")


def test_without_the_extra_it_reads_what_the_dictionary_has(monkeypatch):
    monkeypatch.setattr(text, "available", lambda: "reading words needs an optional dependency: pip install 'dhsdk[text]'")
    reader = Reader.load()
    assert reader.embed is None
    assert reader.read("gangling", ("high", "short", "padded")).meaning == "high"
    assert reader.read("presidential", ("high", "short", "padded")) is None
    assert reader.guess("xyzzy", ("high", "short", "padded")) is None
    assert reader.read_noun("cutlass", ("sword", "chair")).meaning == "sword"
    assert reader.guess_noun("xyzzy", ("sword", "chair")) is None


@pytest.fixture(scope="module")
def small_wordnet(tmp_path_factory):
    """A dictionary of a few words, in the format of WordNet."""
    folder = tmp_path_factory.mktemp("dict")
    data = {
        "adj": ("  1 a licence", "001 00 a 01 tall 0 001 ! 002 a 0101 | great in height; \"a tall man\"",
                "002 00 a 01 squat 0 000 | not tall", "003 00 s 02 skyward 0 Sky-high(a) 0 001 & 001 a 0000 | going up",
                "004 00 a 01 presidential 0 000 | of a president"),
        "noun": ("001 03 n 01 artifact 0 000 | made", "002 03 n 01 natural_object 0 000 | found",
                 "003 03 n 01 geological_formation 0 000 | lies", "004 03 n 01 plant 0 001 @ 001 n 0000 | works",
                 "005 03 n 01 plant 0 000 | grows", "006 03 n 01 fungus 0 000 | grows",
                 "007 06 n 01 sword 0 001 @ 001 n 0000 | a blade", "008 06 n 02 cutlass 0 Excalibur 0 001 @ 007 n 0000 | curved"),
        "verb": ("001 30 v 01 raise 0 000 01 + 08 00 | make tall",),
    }  # fmt: skip
    index = {
        "adj": ("tall a 1 1 ! 1 1 001", "squat a 1 0 1 0 002", "skyward a 1 0 1 0 003", "sky-high a 1 0 1 0 003",
                "presidential a 1 0 1 0 004"),
        "noun": ("artifact n 1 0 1 0 001", "natural_object n 1 0 1 0 002", "geological_formation n 1 0 1 0 003",
                 "plant n 2 0 2 0 004 005", "fungus n 1 0 1 0 006", "sword n 1 0 1 0 007", "cutlass n 1 0 1 0 008"),
        "verb": ("raise v 1 0 1 0 001",),
    }  # fmt: skip
    for part in data:
        (folder / f"data.{part}").write_text("\n".join(data[part]) + "\n")
        (folder / f"index.{part}").write_text("\n".join(index[part]) + "\n")
    return WordNet.load(folder)


def test_a_dictionary_tells_what_a_word_is_explained_by(small_wordnet):
    (sense,) = small_wordnet.of("skyward")
    assert sense.words == ("skyward", "Sky-high")
    assert small_wordnet.of("tall")[0].definition == "great in height"
    assert small_wordnet.of("raised")[0].definition == "make tall"
    assert small_wordnet.of("xyzzy") == ()
    told = small_wordnet.traits("skyward")
    assert told["tall"] > 0 > small_wordnet.traits("squat")["tall"]
    assert {"squat", "skyward", "raised", "raising"} <= set(small_wordnet.words())


def test_a_reader_with_a_dictionary_survives_the_file(small_wordnet, cache, tmp_path):
    groups = (("sword", "sabre"), ("plant", "cutlass"))
    first, again = (train_reader(SMALL, nouns=groups, embed=cache, wordnet=small_wordnet) for _ in range(2))
    assert first.table == again.table
    assert dictionary.entry(first.table, "skyward").scores["tall"] > dictionary.entry(first.table, "squat").scores.get("tall", 0)
    assert set(dictionary.entry(first.table, "presidential").scores) == {"none"}
    assert "raising" in first.table
    save_reader(first, tmp_path)
    stored = Reader.load(tmp_path, embed=cache)
    assert stored.table == first.table
    assert stored.trust == first.trust
    assert list(stored.kinds.alike("cutlass", ("sword", "plant"))) == list(first.kinds.alike("cutlass", ("sword", "plant")))
    assert [name for name, _ in stored.kinds.alike("cutlass", ("sword", "plant"))] == ["sword"]
    assert "Excalibur" not in stored.kinds.senses


def test_what_is_no_dictionary_is_refused(tmp_path):
    with pytest.raises(
        ReadError, match=r"^a dictionary must be the folder of WordNet's data and index files, got .*No such file"
    ):
        WordNet.load(tmp_path)
    (tmp_path / "data.adj").write_text("nothing of the kind\n")
    with pytest.raises(ReadError, match=r"^a dictionary must be the folder of WordNet's data and index files, got "):
        WordNet.load(tmp_path)


def test_the_tables_tell_whose_they_are():
    for name in ("dictionary.tsv", "kinds.tsv"):
        assert "Princeton University" in (FOLDER / name).read_text("utf-8").splitlines()[0]
        assert (FOLDER / name).stat().st_size < 2_000_000
    assert 'PROVIDED "AS IS" AND PRINCETON' in (FOLDER / "CARD.md").read_text("utf-8")


def test_the_data_are_plain(unknown):
    data = json.loads((FOLDER / "phrases.json").read_text("utf-8"))
    for name, one in data["meanings"].items():
        assert one["ends"], name
        assert one["en"], name
        assert one["en"] == list(dict.fromkeys(one["en"]))
        assert len(one["zh"]) >= 3, name
