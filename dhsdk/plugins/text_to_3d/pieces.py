"""What a prompt calls things of their own and yet are pieces of another: the pot of a bonsai, the candles of a candelabrum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dhsdk.plugins.text_to_3d.vocabulary import things
from dhsdk.shapes import kernels
from dhsdk.words import ObjectWords, PartWords, Reading, objects


def wholes(reading: Reading) -> tuple[ObjectWords, ...]:
    """The objects of a reading, those that are pieces of others bound to them as parts."""
    found = list(objects(reading))
    number = 0
    while number < len(found):
        first = next(iter(found[number].relations), None)
        other = first.other if first else number
        if first and first.kind == "in" and other != number and (names := _piece(found[number], found[other])):
            piece = found[other]
            whole = replace(found[number], relations=piece.relations)
            found[number] = replace(whole, parts=(*whole.parts, *_parts(piece, names)))
            found = _without(found, other, number)
        elif first and first.kind == "with" and other != number and (names := _piece(found[other], found[number])):
            whole = found[other]
            found[other] = replace(whole, parts=(*whole.parts, *_parts(found[number], names)))
            found = _without(found, number, other)
        else:
            number += 1
    return tuple(found)


def _piece(whole: ObjectWords, piece: ObjectWords) -> tuple[str, ...]:
    """The names of the parts that the second thing is of the first, or none."""
    one, other = things().get(whole.noun.value), things().get(piece.noun.value)
    if one is None or other is None:
        return ()
    own: Mapping[str, tuple[str, ...]] = kernels()[one.kernel].pieces
    return own.get(piece.noun.value, own.get(other.preset, ())) if one.preset != other.preset else ()


def _parts(piece: ObjectWords, names: Sequence[str]) -> tuple[PartWords, ...]:
    nouns = [replace(piece.noun, kind="part", value=name) for name in names]
    return tuple(PartWords(noun, piece.attributes, piece.count) for noun in nouns)


def _without(found: list[ObjectWords], gone: int, heir: int) -> list[ObjectWords]:
    """The objects less one; what referred to it refers to its heir."""
    place = [number - (number > gone) for number in range(len(found))]
    place[gone] = place[heir]
    return [
        replace(one, relations=tuple(replace(each, other=place[each.other]) for each in one.relations))
        for number, one in enumerate(found)
        if number != gone
    ]
