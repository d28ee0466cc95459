import hashlib
import json
import pickle
from typing import Annotated, Literal

import jsonschema
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.errors import ParamError
from dhsdk.params import AssetRef, Params, Plan, Words, fields, file_or_words, param, with_edits


class Legs(Params):
    count: int = param(4, help="number of legs", ge=3, le=8)
    style: Literal["turned", "square"] = param("turned", help="shape of the legs")


class Disc(Params):
    kind: Literal["disc"] = param("disc", help="which")
    radius: float = param(1.0, help="radius", unit="m", ge=0.1)


class Box(Params):
    kind: Literal["box"] = param("box", help="which")
    side: float = param(1.0, help="side", unit="m", le=9.0)


class Seat(Params):
    prompt: str = param(help="what to make")
    slots: int = param(6, help="number of slots", ge=3, le=24, low="few", high="many")
    height: float | None = param(None, help="height", unit="m", ge=0.01, le=3.0)
    legs: Legs = param(Legs(), help="the legs")
    more: tuple[Legs, ...] = param((), help="further legs")
    named: dict[str, Legs] = param({}, help="legs by name")
    pair: tuple[int, float] = param((1, 2.0), help="two numbers")
    finish: Literal["oak", "pine"] | None = param(None, help="wood")
    shape: Annotated[Disc | Box, pydantic.Field(discriminator="kind")] = param(Disc(), help="outline")
    either: int | str = param(1, help="number or word")
    flag: bool = param(False, help="a switch")
    sizes: list[float] = param([1.0], help="sizes")
    photo: AssetRef | None = param(None, help="photo")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"slots": 1}, "slots must be in [3, 24], got 1 (number of slots)"),
        ({"slots": 25}, "slots must be in [3, 24], got 25 (number of slots)"),
        ({"slots": "many"}, "slots must be a whole number, got 'many' (number of slots)"),
        ({"slots": 3.5}, "slots must be a whole number, got 3.5 (number of slots)"),
        ({"slots": None}, "slots must be a whole number, got None (number of slots)"),
        ({"height": 9}, "height must be in [0.01, 3], got 9 (height)"),
        ({"height": "tall"}, "height must be a number, got 'tall' (height)"),
        ({"height": float("inf")}, "height must be a finite number, got inf (height)"),
        ({"prompt": 1}, "prompt must be text, got 1 (what to make)"),
        ({"prompt": ...}, "prompt must be given (what to make)"),
        ({"legs": {"count": 9}}, "legs.count must be in [3, 8], got 9 (number of legs)"),
        ({"legs": {"style": "round"}}, "legs.style must be in {turned, square}, got 'round' (shape of the legs)"),
        ({"legs": {"cuont": 9}}, "legs.cuont is not a parameter of Legs; it has: count, style"),
        ({"legs": 3}, "legs must be a group of values, got 3 (the legs)"),
        ({"more": [{}, {"count": 1}]}, "more.1.count must be in [3, 8], got 1 (number of legs)"),
        ({"more": 3}, "more must be a list, got 3 (further legs)"),
        ({"named": {"front": {"count": 1}}}, "named.front.count must be in [3, 8], got 1 (number of legs)"),
        ({"pair": (1,)}, "pair.1 must be given (two numbers)"),
        ({"pair": (1, 2, 3)}, "pair must be at most 2 items long, got (1, 2, 3) (two numbers)"),
        ({"pair": (1, "x")}, "pair.1 must be a number, got 'x' (two numbers)"),
        ({"finish": "gold"}, "finish must be in {oak, pine}, got 'gold' (wood)"),
        ({"shape": {"kind": "disc", "radius": 0}}, "shape.radius must be >= 0.1, got 0 (radius)"),
        ({"shape": {"kind": "box", "side": 10}}, "shape.side must be <= 9, got 10 (side)"),
        ({"shape": {"kind": "box", "radius": 1}}, "shape.radius is not a parameter of Box; it has: kind, side"),
        ({"shape": {"kind": "blob"}}, "shape must be one with 'kind' among 'disc', 'box', got {'kind': 'blob'} (outline)"),
        ({"shape": {}}, "shape must be one that names its 'kind', got {} (outline)"),
        ({"either": []}, "either must be a whole number or text, got [] (number or word)"),
        ({"flag": "maybe"}, "flag must be true or false, got 'maybe' (a switch)"),
        ({"sizes": [1, "a"]}, "sizes.1 must be a number, got 'a' (sizes)"),
        ({"sizes": [float("nan")]}, "sizes.0 must be a finite number, got nan (sizes)"),
        ({"photo": "no.png"}, "photo must be the path of a file that exists (no file at 'no.png'), got 'no.png' (photo)"),
        ({"photo": 5}, "photo must be the path of a file, got 5 (photo)"),
        ({"photo": {"sha256": "0"}}, "photo.path must be given (path of the file)"),
        ({"slots": 1, "finish": "gold", "flag": 7}, "slots must be in [3, 24], got 1 (number of slots); and 2 more"),
    ],
)
def test_a_fault_is_one_line_with_rule_value_and_help(values, message):
    given = {key: value for key, value in {"prompt": "x", **values}.items() if value is not ...}
    with pytest.raises(ParamError) as by_name:
        Seat(**given)
    with pytest.raises(ParamError) as by_parse:
        Seat.parse(given)
    assert str(by_name.value) == str(by_parse.value) == message


def test_an_unknown_key_lists_the_known_ones():
    with pytest.raises(ParamError, match=r"^bogus is not a parameter of Disc; it has: kind, radius$"):
        Disc(bogus=1)

    class Nothing(Params):
        pass

    with pytest.raises(ParamError, match=r"^x is not a parameter of Nothing; it has: none$"):
        Nothing(x=1)


def test_a_long_value_is_cut():
    with pytest.raises(ParamError) as error:
        Seat(prompt="x", slots="9" * 50 + "x" * 500)
    assert "..." in str(error.value)
    assert len(str(error.value)) < 160


def test_params_are_frozen_and_survive_pickle_and_json():
    seat = Seat(prompt="a chair", more=[{}, {"count": 5}], shape={"kind": "box"}, named={"front": {}})
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        seat.slots = 7
    assert pickle.loads(pickle.dumps(seat)) == seat
    assert Seat.parse(json.loads(seat.model_dump_json())) == seat


def test_the_json_schema_accepts_what_the_params_accept_and_refuses_what_they_refuse():
    schema = Seat.model_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    valid = jsonschema.Draft202012Validator(schema).is_valid
    assert valid(Seat(prompt="x", height=1).model_dump(mode="json"))
    assert not valid({"prompt": "x", "slots": 1})
    assert not valid({"prompt": "x", "bogus": 1})
    assert not valid({})
    assert schema["properties"]["slots"]["description"] == "number of slots"
    assert (schema["properties"]["slots"]["low"], schema["properties"]["slots"]["high"]) == ("few", "many")
    assert schema["properties"]["height"]["unit"] == "m"


def test_fields_tell_a_command_line_all_it_needs():
    known = {field.name: field for field in fields(Seat)}
    assert list(known) == list(Seat.model_fields)
    assert (known["prompt"].required, known["prompt"].default, known["prompt"].type) == (True, None, str)
    assert (known["slots"].type, known["slots"].default, known["slots"].range) == (int, 6, "[3, 24]")
    assert (known["slots"].low, known["slots"].high) == ("few", "many")
    assert (known["height"].type, known["height"].range, known["height"].unit) == (float, "[0.01, 3]", "m")
    assert (known["finish"].type, known["finish"].choices, known["finish"].range) == (str, ("oak", "pine"), "{oak, pine}")
    assert known["more"].type is tuple
    assert known["flag"].type is bool
    assert known["prompt"].range == ""
    assert [field.range for field in fields(Disc)] == ["{disc}", ">= 0.1"]
    assert [field.range for field in fields(Box)] == ["{box}", "<= 9"]


@given(st.integers(-100, 100))
def test_a_value_is_taken_exactly_when_it_is_in_the_range(value):
    if 3 <= value <= 24:
        assert Seat(prompt="x", slots=value).slots == value
    else:
        with pytest.raises(ParamError, match=r"^slots must be in \[3, 24\]"):
            Seat(prompt="x", slots=value)


@pytest.fixture
def seat():
    return Seat(prompt="x", more=[{}, {}], named={"front": {}})


def test_edits_set_a_value_by_its_whole_path_or_by_its_end(seat):
    assert with_edits(seat, {"legs.count": 5}).legs.count == 5
    assert with_edits(seat, {"more.1.count": 5}).more[1].count == 5
    assert with_edits(seat, {"front.count": 5}).named["front"].count == 5
    assert with_edits(seat, {"radius": 2}).shape.radius == 2
    assert with_edits(seat, {"slots": 7, "legs.style": "square"}).model_dump()["legs"]["style"] == "square"
    assert with_edits(seat, {"legs": {"count": 3}}).legs.count == 3
    assert with_edits(seat, {}) == seat


def test_edits_leave_the_plan_as_it_was(seat):
    before = seat.model_dump_json()
    with_edits(seat, {"legs.count": 5, "front.count": 3})
    assert seat.model_dump_json() == before


def test_an_edit_that_could_mean_several_places_lists_them(seat):
    with pytest.raises(ParamError) as error:
        with_edits(seat, {"count": 3})
    assert str(error.value) == (
        "plan path 'count' must mean one place, got 4: legs.count, more.0.count, more.1.count, named.front.count"
    )


def test_an_edit_that_leads_nowhere_lists_what_there_is(seat):
    with pytest.raises(ParamError, match=r"^plan path 'legs\.cuont' leads nowhere; there is: legs, legs\.count, legs\.style$"):
        with_edits(seat, {"legs.cuont": 3})
    with pytest.raises(ParamError, match=r"^plan path '' leads nowhere; there is: prompt, slots, .* and \d+ more$"):
        with_edits(seat, {"": 3})


def test_an_edit_is_checked_like_any_value(seat):
    with pytest.raises(ParamError, match=r"^slots must be in \[3, 24\], got 99 \(number of slots\)$"):
        with_edits(seat, {"slots": 99})
    with pytest.raises(ParamError, match=r"^legs\.count must be a whole number, got 'five'"):
        with_edits(seat, {"legs.count": "five"})


def test_a_plan_carries_what_became_of_the_words():
    class Chair(Plan):
        legs: Legs = param(Legs(), help="the legs")

    plan = Chair(words=Words(understood=("oak",), ignored=("nice",)))
    assert Chair.parse(json.loads(plan.model_dump_json())) == plan
    assert with_edits(plan, {"legs.count": 3}).words.understood == ("oak",)


def test_an_asset_ref_pins_the_content(tmp_path):
    file = tmp_path / "photo.png"
    file.write_bytes(b"pixels")
    digest = hashlib.sha256(b"pixels").hexdigest()
    assert AssetRef.parse({"path": str(file)}).sha256 == digest
    pinned = Seat(prompt="x", photo=str(file))
    assert pinned.photo == AssetRef(path=str(file), sha256=digest)
    assert Seat(prompt="x", photo=file).photo == pinned.photo
    file.unlink()
    assert Seat.parse(pinned.model_dump()) == pinned, "a pinned file is not read again"
    assert pickle.loads(pickle.dumps(pinned)) == pinned


def test_a_value_with_a_known_suffix_is_a_file_and_anything_else_is_words(tmp_path):
    file = tmp_path / "Photo.PNG"
    file.write_bytes(b"pixels")
    assert isinstance(file_or_words(str(file)), AssetRef)
    assert file_or_words("an old chair, No. 5") == "an old chair, No. 5"
    with pytest.raises(ParamError, match=r"^path of a file|the path of a file that exists \(no file at 'missing\.glb'\)"):
        file_or_words("missing.glb")
