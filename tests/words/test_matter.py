import pytest

from dhsdk.words import Entry, lexicon, objects, read

WORDS = lexicon(
    tuple(Entry(name, "noun", name) for name in ("rock", "stone", "oak", "chair", "table", "arch", "stone arch", "石头", "箱子"))
)


def heads(text):
    return [one.noun.value for one in objects(read(text, WORDS))]


@pytest.mark.parametrize(
    ("text", "nouns"),
    [("a big rock", ["rock"]), ("a rock beside a chair", ["rock", "chair"]), ("a chair on a mossy stone", ["chair", "stone"]),
     ("a stone chair", ["chair"]), ("a chair made of stone", ["chair"]), ("a chair of dark oak", ["chair"]),
     ("a table whose legs are oak", ["table"]), ("a table with an oak top", ["table"]), ("a stone arch", ["stone arch"]),
     ("一块石头", ["石头"]), ("石头箱子", ["箱子"])],
)  # fmt: skip
def test_a_word_that_is_a_thing_and_a_matter_is_what_the_sentence_makes_of_it(text, nouns):
    assert heads(text) == nouns
