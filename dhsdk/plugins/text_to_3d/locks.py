"""Words bound to the parameters of a kernel: sizes, counts, absences and shapes become values of named fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pydantic

from dhsdk.params import Field, every_field
from dhsdk.plugins.text_to_3d.called import (
    ALONG,
    ALSO_CALLED,
    BATTERED,
    BULKS,
    BY_NAME,
    CALLED,
    EXTENTS,
    FIELDS_OF,
    FIGURE,
    FLAT,
    INSTEAD,
    LITERALLY,
    MOST,
    OF_ALL,
    OF_WHOLE,
    OPENED,
    SAME,
    Path,
)
from dhsdk.plugins.text_to_3d.surfaces import SOFT
from dhsdk.words import Mention, ObjectWords, PartWords
from dhsdk.words.bind import BESIDES
from dhsdk.words.lexicon import data
from dhsdk.words.tokens import degrees, lemmas

SCALE = {"big": 1.35, "huge": 2.0, "small": 0.7, "tiny": 0.4}
MEASURES = {"height": "height", "width": "width", "depth": "depth", "length": "width", "diameter": "width", "radius": "width"}


@dataclass
class Locks:
    """What the words of one object decide. values: kernel field path -> value. used: the mentions that found a place."""

    values: dict[Path, Any] = field(default_factory=dict)
    scale: float = 1.0
    sizes: dict[str, float] = field(default_factory=dict)
    count: int = 1
    notes: list[str] = field(default_factory=list)


def locked(words: ObjectWords, params: type[pydantic.BaseModel]) -> Locks:
    """The values that the words of an object lock in a kernel with these Params."""
    known = dict(every_field(params))
    locks = Locks()
    if words.count is not None:
        locks.count = max(1, min(MOST, round(words.count.amount)))
        if locks.count != round(words.count.amount):
            locks.notes.append(f"count: {words.count.amount:g} is out of [1, {MOST}], {locks.count} taken")
    for mention in words.attributes:
        _attribute(mention, known, locks, ())
    for mention in (one for one in words.denied if one.kind != "measure"):
        _attribute(replace(mention, strength=-abs(mention.strength)), known, locks, ())
    for part in words.parts:
        if _names(part.part, known)[1]:
            _attribute(part.part, known, locks, ())  # a footed vase has no legs
        else:
            _part(part, known, locks)
    return locks


def _attribute(mention: Mention, known: Mapping[Path, Field], locks: Locks, group: Path) -> None:
    inside = {path: one for path, one in known.items() if path[: len(group)] == group} if group else known
    if mention.kind == "measure" and mention.unit == "m" and not group:
        _measured(mention, locks)
    elif mention.kind in BY_NAME and _names(mention, inside)[1]:
        _ended(mention, inside, locks, group)
    elif mention.kind == "size" and mention.value in SCALE and not group:
        locks.scale *= SCALE[mention.value] ** mention.strength
    elif mention.kind == "size":
        body = {
            path: one
            for path, one in inside.items()
            if path[0] == "body" and {one.low, one.high} & FIGURE.get(mention.value, set())
        }
        if body and not group and not LITERALLY.search(mention.text) and not _names(replace(mention, value=""), inside)[1]:
            for path, one in body.items():
                up = (one.high in FIGURE[mention.value]) == (mention.strength > 0)
                locks.values[path] = Toward((one.le if up else one.ge) or 0.0, _share(mention))
            return
        for value in (mention.value, *(() if group else INSTEAD.get(mention.value, ()))):
            if _ended(replace(mention, value=value), inside, locks, group):
                break
    elif mention.kind in ("shape", "style", "state", "pattern", "quality"):
        if mention.strength > 0 and not (compared(mention) and _names(mention, inside)[0] & _ends(inside)):
            _chosen(mention.value, inside, locks)
        _ended(mention, inside, locks, group)
    elif mention.kind in ("finish", "tone"):
        _ended(mention, inside, locks, group)
    elif mention.kind == "material" and mention.strength > 0:
        _built_of(mention.value, inside, locks)
        if mention.value.partition("/")[0] in SOFT and not group:
            _padded(inside, locks)
    elif mention.kind == "unknown" and mention.strength > 0:
        _chosen(mention.value, inside, locks)
    elif mention.kind == "unknown":
        less = {path: one.ge for path, one in inside.items() if path[-1] == mention.value and one.type is float}
        locks.values |= {path: Toward(end, _share(mention)) for path, end in less.items() if end is not None}
    elif mention.kind == "wear":
        wear = round(min(1.0, BATTERED.get(mention.value, 0.5) * max(mention.strength, 0.0) ** 0.5), 3)
        locks.values.update({path: wear for path in inside if path[-1] == "wear"})


def _measured(mention: Mention, locks: Locks) -> None:
    name = MEASURES.get(mention.value or "height")
    if name is not None:
        value = mention.amount * (2.0 if mention.value == "radius" else 1.0)
        locks.sizes[name] = round(min(max(value, 0.001), 100.0), 6)


def _ended(mention: Mention, known: Mapping[Path, Field], locks: Locks, group: Path) -> bool:
    """tall -> half of the way from the preset to the end that a field calls tall; "slightly" goes less far, "very" farther.

    "less tall" (a strength below 0) goes to the other end. Of a part, "long" is also "long-necked". Whether a field is called so.
    """
    found = False
    names, _ = _names(mention, known)
    share = 1.0 if mention.value in OPENED else _share(mention)
    for path, one in known.items():
        if one.ge is None or one.le is None or one.type not in (int, float):
            continue
        low, high = (end.partition("-")[0] if group else end for end in (one.low, one.high))
        if {low, one.low, high, one.high} & names:
            up = bool({high, one.high} & names) == (mention.strength > 0)
            locks.values[path] = Toward(one.le if up else one.ge, share)
            found = True
    return found


def _share(mention: Mention) -> float:
    return {0.5: 0.2, 2.0: 0.8}.get(abs(mention.strength), 0.45)


def _names(mention: Mention, known: Mapping[Path, Field]) -> tuple[set[str], bool]:
    """The words for ends that a mention means, and whether it is such a word by itself.

    A word that stands for another meaning in general may be the very name of an end: an upright back is not a straight one.
    """
    plain = {form for word in mention.text.lower().split() for form in (word, *lemmas(word), *degrees(word))}
    said = plain.union(*(SAME.get(word, set()) for word in plain))
    ends = _ends(known)
    group = SAME.get(mention.value, {mention.value})
    if said & ends and not said & group:
        return said & ends, True
    return group, False


def _ends(known: Mapping[Path, Field]) -> set[str]:
    return {end for one in known.values() if one.type in (int, float) for end in (one.low, one.high) if end}


def compared(mention: Mention) -> bool:
    """Whether a word asks for more than there is: "rounder" goes on, "round" may choose."""
    return (
        any(degrees(word) for word in mention.text.lower().split())
        or mention.strength != 1.0
        or mention.text.startswith(("more ", "更"))
    )


def named(mention: Mention, params: type[pydantic.BaseModel]) -> bool:
    """Whether a word is the very name of an end of these parameters."""
    return _names(mention, dict(every_field(params)))[1]


@dataclass(frozen=True)
class Toward:
    """A lock that moves the preset's value this share of the way to an end of its range."""

    end: float
    share: float


@dataclass(frozen=True)
class By:
    """A lock that changes a number of pieces by this many."""

    pieces: int


def settled(lock: Any, value: Any, field: Field) -> Any:
    """The value that a lock makes of the present one."""
    if lock == ANY:
        return value if value != "none" else next(choice for choice in field.choices if choice != "none")
    if lock == AT_LEAST_SOME:
        return value or field.type(max(1, (field.le or 2) // 2) if field.type is int else (field.le or 1.0) / 2)
    if isinstance(lock, By):
        return min(max(value + lock.pieces, field.ge or 0), value + lock.pieces if field.le is None else field.le)
    if isinstance(lock, Toward):
        moved = value + lock.share * (lock.end - value)
        if field.type is not int:
            return round(moved, 4)
        step = (lock.end > value) - (lock.end < value)  # a whole number goes at least one step
        return round(moved) if round(moved) != value else value + step
    return lock


def _built_of(value: str, known: Mapping[Path, Field], locks: Locks) -> None:
    """A material is also a way to build where a kernel has a field `made` (walls of logs, a roof of thatch): the first such."""
    family, _, variety = value.partition("/")
    for path, one in known.items():
        choice = next((name for name in (variety, family) if name and path[-1] == "made" and name in one.choices), "")
        if choice:
            locks.values[path] = choice
            return


def _padded(known: Mapping[Path, Field], locks: Locks) -> None:
    """What is of cloth or leather has some padding to wear it, where it can have any."""
    for path, one in known.items():
        if one.high == "padded":
            locks.values.setdefault(path, AT_LEAST_SOME)


def _chosen(value: str, known: Mapping[Path, Field], locks: Locks) -> None:
    names = (value, *CALLED.get(value, ()))
    for path, one in known.items():
        choice = next((name for name in names if name in one.choices), "")
        if choice:
            locks.values[path] = choice
        elif path[-1] in names and one.type is bool:
            locks.values[path] = True
        elif path[-1] in names and one.type is float and one.le is not None:
            locks.values[path] = one.le


def _part(words: PartWords, known: Mapping[Path, Field], locks: Locks) -> None:
    name = words.part.value
    names = (name, f"{name}s", *ALSO_CALLED.get(name, ()))
    group = next((path[:-1] for each in names for path in known if len(path) > 1 and path[-2] == each), ())
    fields = FIELDS_OF.get(name, ())
    inside = {
        path: one for path, one in known.items() if (group and path[: len(group)] == group) or (not group and path in fields)
    }
    switch = {path: one for path, one in known.items() if path[-1] in (*names, f"has_{name}")}
    if not inside and not switch:
        _kind_of((name, f"{name}s"), known, locks, words.absent)
    fewer = words.count is not None and words.count.amount < 0.0
    if words.absent or (fewer and not _pieces({**switch, **inside}, names)):
        _without(inside, switch, locks)
        return
    if not fewer:
        _with(inside, switch, locks)
    if words.count is not None:
        _counted(words.count, {**switch, **inside}, locks, tuple(names))
    of_it = inside or {path: one for path, one in known.items() if path in switch or path[-1].startswith(f"{name}_")}
    for mention in words.attributes:
        _described(mention, name, of_it, known, locks)


def _described(mention: Mention, part: str, of_it: Mapping[Path, Field], known: Mapping[Path, Field], locks: Locks) -> None:
    """A word about a part moves the fields of the part; where it has none of the sort, what the part does to the whole."""
    before = dict(locks.values)
    group = next((path[:-1] for path in of_it if len(path) > 1), ())
    tries: list[Callable[[], object]] = []
    if compared(mention) and FLAT.search(mention.text):
        tries.append(lambda: _along(replace(mention, value="flat"), of_it, locks))
    if group:
        tries.append(lambda: _attribute(mention, of_it, locks, group))
    if mention.kind == "size" and part in OF_WHOLE:
        whole = {path: known[path] for path in OF_WHOLE[part] if path in known}
        size = replace(mention, value="tall") if mention.value == "long" and part == "leg" else mention
        tries += [lambda: _ended(size, whole, locks, ()), lambda: _along(size, whole, locks)]
    if mention.value in (*ALONG, *SCALE):
        tries.append(lambda: _along(mention, of_it, locks))
    if mention.kind in OF_ALL:
        others = {
            path: one
            for path, one in known.items()
            if len(path) == 1 or path[0].removesuffix("s") not in data("parts") or path[0] in ALSO_CALLED.get(part, ())
        }
        tries.append(lambda: _attribute(mention, others, locks, ()))
    for one in tries:
        if locks.values == before:
            one()


def _along(mention: Mention, of_it: Mapping[Path, Field], locks: Locks) -> None:
    """Moves the field of a part that a size is about, though no end of it is called so; all extents of a big part."""
    if mention.value in SCALE:
        wanted, up = [path for path in of_it if path[-1] in EXTENTS], SCALE[mention.value] > 1.0
    else:
        leaves, sign = ALONG.get(mention.value, ((), 1))
        there = {path[-1] for path in of_it}
        flat = leaves is BULKS and "height" in there  # a door's width is no thickness, a neck's is
        wanted = [path for leaf in leaves for path in of_it if path[-1] == leaf and not (flat and leaf == "width")][:1]
        up = sign > 0
    for path in wanted:
        one = of_it[path]
        if one.type is float and one.ge is not None and one.le is not None:
            locks.values[path] = Toward(one.le if up == (mention.strength > 0) else one.ge, _share(mention))


def _without(inside: Mapping[Path, Field], switch: Mapping[Path, Field], locks: Locks) -> None:
    for path, one in {**inside, **switch}.items():
        if "none" in one.choices:
            locks.values[path] = "none"
        elif path in switch and one.type is bool:
            locks.values[path] = False
        elif (path[-1] == "count" or path in switch) and one.ge is not None and one.ge <= 0 and one.type in (int, float):
            locks.values[path] = one.type(0)


def _with(inside: Mapping[Path, Field], switch: Mapping[Path, Field], locks: Locks) -> None:
    """A part that is named is there."""
    for path, one in {**inside, **switch}.items():
        if "none" in one.choices and (path in switch or path[-1] == "style"):
            locks.values.setdefault(path, ANY)
        elif path in switch and one.type is bool:
            locks.values[path] = True
        elif (path in switch or path[-1] == "count") and one.type in (int, float) and one.ge == 0 and one.le is not None:
            locks.values[path] = AT_LEAST_SOME


def _kind_of(names: tuple[str, ...], known: Mapping[Path, Field], locks: Locks, absent: bool) -> None:
    """A part that is one of the choices of a field: with battlements, without battlements."""
    for path, one in known.items():
        choice = next((name for name in names if name in one.choices), "")
        if choice and (not absent or "none" in one.choices):
            locks.values[path] = "none" if absent else choice


ANY = "any but none"
AT_LEAST_SOME = "more than nothing"
"""Locks that keep the preset's value where it is something already."""


def _pieces(known: Mapping[Path, Field], names: tuple[str, ...]) -> dict[Path, Field]:
    """The fields that tell how many or how much of a part there is."""
    numbers = {path: one for path, one in known.items() if one.type in (int, float) and one.ge is not None and one.le is not None}
    return {path: one for path, one in numbers.items() if path[-1] in ("count", *names) or len(known) == 1}


def _counted(count: Mention, known: Mapping[Path, Field], locks: Locks, names: tuple[str, ...]) -> None:
    for path, one in _pieces(known, names).items():
        assert one.ge is not None
        assert one.le is not None
        if count.unit == BESIDES and one.type in (int, float):
            end = one.le if count.amount > 0 else one.ge
            locks.values[path] = By(round(count.amount)) if one.type is int else Toward(end, 0.45)
            return
        if one.type is int:
            wanted = round(count.amount)
            value = int(min(max(wanted, one.ge), one.le))
            locks.values[path] = value
            if value != wanted:
                locks.notes.append(f"{'.'.join(path)}: {wanted} is out of {one.range}, {value} taken")
            return
