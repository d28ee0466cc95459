"""Reading and binding, English and Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.errors import PromptError
from dhsdk.materials.catalogue import CATALOGUE
from dhsdk.plugins.text_to_3d.surfaces import FORMERLY
from dhsdk.words import Entry, lexicon, objects, read
from dhsdk.words.lexicon import data

NOUNS = lexicon(
    tuple(
        Entry(phrase, "noun", value)
        for phrase, value in [
            ("chair", "chair"), ("stool", "stool"), ("vase", "vase"), ("treasure chest", "treasure chest"), ("crate", "crate"),
            ("barrel", "barrel"), ("lamp", "lamp"), ("椅子", "chair"), ("木椅子", "chair"), ("台灯", "lamp"), ("花瓶", "vase"),
        ]
    )
)  # fmt: skip


def bound(prompt):
    """[(noun, count, {kind: value}, {part: {kind: value} or None when absent})]"""
    out = []
    for one in objects(read(prompt, NOUNS)):
        parts = {
            part.part.value: None
            if part.absent
            else {a.kind: a.value for a in part.attributes} | ({"count": part.count.amount} if part.count else {})
            for part in one.parts
        }
        count = one.count.amount if one.count else None
        out.append((one.noun.value, count, {a.kind: a.value for a in one.attributes}, parts))
    return out


@pytest.mark.parametrize(
    ("prompt", "noun", "count", "attributes", "parts"),
    [
        ("a red chair with brass legs", "chair", None, {"color": "#c0281f"}, {"leg": {"material": "metal/brass"}}),
        ("a carved oak chair with a red velvet cushion", "chair", None, {"pattern": "carved", "material": "wood/oak"},
         {"cushion": {"color": "#c0281f", "material": "fabric/velvet"}}),
        ("a leather chair with oak legs and a red cushion", "chair", None, {"material": "leather"},
         {"leg": {"material": "wood/oak"}, "cushion": {"color": "#c0281f"}}),
        ("a tall blue ceramic vase with a gold rim", "vase", None,
         {"size": "tall", "color": "#2358b0", "material": "ceramic"}, {"rim": {"material": "metal/gold"}}),
        ("an old treasure chest with brass bands", "treasure chest", None, {"wear": "worn"},
         {"band": {"material": "metal/brass"}}),
        ("a tall wooden stool without a back, three legs", "stool", None, {"size": "tall", "material": "wood"},
         {"back": None, "leg": {"count": 3}}),
        ("three barrels", "barrel", 3, {}, {}),
        ("an armless chair", "chair", None, {}, {"arm": None}),
        ("一把红色的木椅子，配黄铜腿", "chair", 1, {"color": "#c0281f"}, {"leg": {"material": "metal/brass"}}),
        ("一盏黄铜台灯，配绿色玻璃灯罩", "lamp", 1, {"material": "metal/brass"},
         {"shade": {"color": "#2f8a3c", "material": "glass"}}),
        ("没有扶手的椅子", "chair", None, {}, {"arm": None}),
        ("两个花瓶", "vase", 2, {}, {}),
    ],
)  # fmt: skip
def test_attributes_are_bound_to_what_they_belong_to(prompt, noun, count, attributes, parts):
    assert bound(prompt) == [(noun, count, attributes, parts)]


def test_objects_stand_to_one_another():
    lamp, crate = objects(read("a lamp on a crate", NOUNS))
    assert (lamp.noun.value, lamp.relations[0].kind, lamp.relations[0].other) == ("lamp", "on", 1)
    assert not crate.relations


@pytest.mark.parametrize(
    ("prompt", "dimension", "metres"),
    [
        ("a 60 cm tall vase", "height", 0.6),
        ("a vase, height of 60 cm", "height", 0.6),
        ("a stool 30 inches high", "height", 0.762),
        ("a chair 1.5 m wide", "width", 1.5),
        ("直径30厘米的花瓶", "diameter", 0.3),
        ("高1.2米的椅子", "height", 1.2),
    ],
)
def test_measures_are_si(prompt, dimension, metres):
    found = [mention for mention in read(prompt, NOUNS).mentions if mention.kind == "measure"]
    assert [(mention.value, pytest.approx(mention.amount)) for mention in found] == [(dimension, metres)]


def test_tones_join_their_colours():
    dark, plain = (read(prompt, NOUNS).mentions[1].value for prompt in ("a dark red chair", "a red chair"))
    assert dark != plain
    assert int(dark[1:3], 16) < int(plain[1:3], 16)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("", "the prompt must name what to make, got an empty text"),
        ("  \n", "the prompt must name what to make, got an empty text"),
        ("🪑🪑🪑", "the prompt must have words, got '🪑🪑🪑'"),
        ("!!! ... ---", "the prompt must have words"),
        ("chair " * 1_700_000, "the prompt must have at most 4,000 characters, got 10,200,000: say what to make in a sentence"),
        ("a chair\0", "the prompt must be plain text, got characters that are none"),
    ],
)
def test_a_prompt_without_words_is_refused(prompt, message):
    with pytest.raises(PromptError, match=message):
        read(prompt, NOUNS)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        reading = read(text, NOUNS)
    except PromptError:
        return
    for mention in reading.mentions:
        assert 0 <= mention.start < mention.end <= len(reading.text)
    objects(reading)


def test_every_material_of_the_lexicon_can_be_baked():
    for value in data("materials"):
        family, _, variety = FORMERLY.get(value, value).partition("/")
        assert family in CATALOGUE, value
        assert not variety or variety in CATALOGUE[family], value


def test_an_article_is_no_half_of_a_word():
    kinds = {mention.text: (mention.kind, mention.value) for mention in read("a round walnut chair", lexicon()).mentions}
    assert kinds["round"] == ("shape", "round")
