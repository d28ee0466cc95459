"""More and less: comparatives, "less", "not", and the many words that mean what a shorter one does."""

import pytest

from dhsdk.words import objects, read
from dhsdk.words.tokens import degrees


@pytest.mark.parametrize(
    ("prompt", "kind", "value", "strength"),
    [
        ("taller", "size", "tall", 1.0), ("much wider", "size", "wide", 2.0), ("slimmer", "size", "thin", 1.0),
        ("the heaviest", "size", "thick", 1.0), ("older", "wear", "worn", 1.0), ("more rustic", "style", "rustic", 1.0),
        ("less ornate", "style", "victorian", -1.0), ("a bit less fancy", "style", "victorian", -0.5),
        ("make it much less tall", "size", "tall", -2.0), ("not tall", "size", "tall", -1.0), ("far older", "wear", "worn", 2.0),
        ("slightly shorter", "size", "short", 0.5), ("更高", "size", "tall", 1.0), ("不高", "size", "tall", -1.0),
        ("不那么华丽", "style", "victorian", -1.0), ("lanky", "size", "lanky", 1.0), ("lankier", "size", "lanky", 1.0),
        ("comfortable", "quality", "padded", 1.0), ("handcrafted", "style", "rustic", 1.0), 
        ("broad shouldered", "quality", "top-heavy", 1.0),
    ],
)  # fmt: skip
def test_degrees_are_attributes(prompt, kind, value, strength):
    (found,) = [one for one in read(prompt).mentions if one.kind not in ("stop", "det")]
    assert (found.kind, found.value, found.strength) == (kind, value, strength)
    assert found.text in prompt


def test_what_is_denied_of_a_thing_is_still_its_own():
    (chair,) = objects(read("a chair that is not tall"))
    assert [(one.value, one.strength) for one in chair.attributes] == [("tall", -1.0)]
    (chair,) = objects(read("a chair that is not red"))
    assert [one.text for one in chair.denied] == ["red"]


@pytest.mark.parametrize("prompt", ["poster", "dryer", "cleaner", "boxer", "counter", "her", "best"])
def test_things_that_only_look_like_comparatives(prompt):
    assert all(one.kind in ("unknown", "det") for one in read(f"xyz {prompt}").mentions)


def test_the_words_that_degrees_come_from():
    assert degrees("wider") == ("wid", "wide")
    assert degrees("slimmest") == ("slimm", "slimme", "slim")
    assert "hefty" in degrees("heftier")
    assert degrees("tall") == degrees("her") == degrees("cleaner") == ()
