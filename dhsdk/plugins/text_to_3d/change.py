"""change() of text_to_3d: words move a plan that exists. What they do not name stays as it is, bit for bit."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dhsdk.diffusion.nano import edit
from dhsdk.diffusion.nano.draw import Prior
from dhsdk.diffusion.nano.space import nested, values_of
from dhsdk.errors import PromptError
from dhsdk.materials.finish import Finish
from dhsdk.params import Words, every_field
from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d.effect import SILENT
from dhsdk.plugins.text_to_3d.locks import Locks, Toward, locked, settled
from dhsdk.plugins.text_to_3d.plainly import headed, plainly
from dhsdk.plugins.text_to_3d.plan import ObjectPlan
from dhsdk.plugins.text_to_3d.prior.fill import prior
from dhsdk.plugins.text_to_3d.prior.space import space
from dhsdk.plugins.text_to_3d.surfaces import finishes
from dhsdk.plugins.text_to_3d.unknown import Guesses
from dhsdk.plugins.text_to_3d.vocabulary import presets, things, words
from dhsdk.shapes import kernels
from dhsdk.words import Entry, Lexicon, Mention, ObjectWords, Reading, lexicon, objects, read

CLAUSES = re.compile(r"[,;，；。]|\band\b(?=\s+(?:the|an?|add|remove|make|give|with|without|no)\b)")
THE = re.compile(r"\b(?:the|this|that)\s+$", re.IGNORECASE)
STEP = 0.8
"""How far a change goes against a word of the first prompt: "taller" asks for less than "tall"."""
WORSE = 0.4
"""How far "older" wears what is left of a surface that is as old already as the word says."""


def changed(plan: Any, text: str, ctx: Context) -> Any:
    """The plan moved by words: "taller", "older, with thicker legs", "make the chair red and the table wider".

    Sizes and qualities move from where they are now. Raises PromptError for words that move nothing, and for a named thing that
    the plan does not have.
    """
    guesses, notes = Guesses(), list[str]()
    mover = _Mover(ctx, guesses, prior() if plan.backend == "design" else None, notes)
    made, did, idle = list(plan.objects), list[str](), list[str]()
    for clause in filter(None, map(str.strip, CLAUSES.split(text))):
        for number, said, asked in _meant(plainly(clause), made):
            one = made[number]
            made[number] = mover.moved(one, said)
            for mention in asked:
                alone = replace(mover, notes=[]).moved(one, _without(said, mention))
                (idle if alone == made[number] else did).append(mention.text)
    if made == list(plan.objects):
        raise PromptError(f"the words {text!r} change nothing of: {', '.join(one.key for one in plan.objects)}")
    was: Words = plan.words
    report = was.model_copy(
        update={
            "understood": tuple(dict.fromkeys((*was.understood, *did))),
            "ignored": tuple(dict.fromkeys((*was.ignored, *(word for word in idle if word not in did)))),
            "low_confidence": tuple(dict.fromkeys((*was.low_confidence, *notes, *guesses.missed))),
        }
    )
    models = tuple(dict.fromkeys((*plan.models, *guesses.models)))
    return plan.model_copy(update={"objects": tuple(made), "words": report, "models": models})


def _meant(clause: str, made: list[ObjectPlan]) -> Iterator[tuple[int, ObjectWords, list[Mention]]]:
    """Each object that a clause means (all where it names none): its number, what is said of it, and by which words."""
    there = {one.preset for one in made}
    reading = read(clause, words())
    named = {things()[said.noun.value].preset: said for said in objects(reading) if said.noun.value in things()}
    here = read(clause, _names_of(there))
    if named and (_parts_all(here, reading) or (not named.keys() & there and _else(here, reading))):
        reading, named = here, {}  # the seat of a chair, not a seat; turned into oak, not into an oak
    for preset in named.keys() - there:
        alike = {one.preset: named[preset] for one in made if one.kernel == presets()[preset]}  # a desk is called table, too
        named |= {**alike, **named}
    if named and not named.keys() & there:
        raise PromptError(f"the plan has no {', '.join(sorted(named))}: there is {', '.join(sorted(there))}")
    for number, one in enumerate(made):
        if not named:
            whole = read(f"{one.preset}: {clause}", _names_of(there))
            yield (
                number,
                next(iter(objects(headed(whole)))),
                [mention for mention in whole.mentions[1:] if mention.kind not in SILENT],
            )
        elif one.preset in named:
            yield number, named[one.preset], [mention for mention in reading.mentions if mention.kind not in (*SILENT, "noun")]


def _parts_all(here: Reading, reading: Reading) -> bool:
    """Whether every thing that a clause names may be a part of what is there: a red seat of a chair, no red chair."""
    parts = {mention.start for mention in here.mentions if mention.kind == "part"}
    return all(mention.start in parts for mention in reading.mentions if mention.kind == "noun")


def _else(here: Reading, reading: Reading) -> bool:
    """Whether a clause speaks of a part, or of a material by a word that may be a thing, too."""
    nouns = {
        mention.start for mention in reading.mentions if mention.kind == "noun" and not THE.search(here.text[: mention.start])
    }
    return any(mention.kind == "part" or (mention.kind == "material" and mention.start in nouns) for mention in here.mentions)


def _names_of(there: Collection[str]) -> Lexicon:
    """The words, of nouns those alone that mean what is there."""
    return lexicon(
        tuple(
            Entry(name, "noun", name)
            for name, thing in things().items()
            if thing.preset in there and (name == thing.preset or not _is_part(name))
        )
    )


@functools.cache
def _is_part(name: str) -> bool:
    return [mention.kind for mention in read(name, lexicon()).mentions] == ["part"]


def _without(said: ObjectWords, mention: Mention) -> ObjectWords:
    """What is said of an object but for one mention."""
    parts = tuple(
        replace(
            part,
            attributes=tuple(one for one in part.attributes if one != mention),
            count=None if part.count and part.count.start == mention.start else part.count,
        )
        for part in said.parts
        if part.part != mention
    )
    return replace(
        said,
        attributes=tuple(one for one in said.attributes if one != mention),
        denied=tuple(one for one in said.denied if one != mention),
        count=None if said.count == mention else said.count,
        parts=parts,
    )


@dataclass(frozen=True)
class _Mover:
    """Moves objects by words. prior: draws what suits the rest; None: by rule. notes: guesses that deserve a look."""

    ctx: Context
    guesses: Guesses
    prior: Prior | None
    notes: list[str]

    def moved(self, one: ObjectPlan, said: ObjectWords) -> ObjectPlan:
        """The object as the words want it."""
        kernel = kernels()[one.kernel]
        said = self.guesses.known(said, kernel.Params, self.notes)
        locks = locked(said, kernel.Params)
        self.notes.extend(locks.notes)
        values = values_of(one.shape.model_dump(mode="json"))
        new = self._shaped(one, locks, values)
        return one.model_copy(
            update={
                "shape": kernel.Params.parse(nested(new, one.shape.model_dump(mode="json"))),
                "finishes": _finished(one, said, kernel.dress(one.preset), self.ctx),
                "scale": round(min(max(one.scale * locks.scale, 0.05), 20.0), 4),
                "count": locks.count if said.count is not None else one.count,
                **{name: _resized(getattr(one, name), locks.sizes.get(name), name, new, values) for name in SIZES},
            }
        )

    def _shaped(self, one: ObjectPlan, locks: Locks, values: Mapping[str, Any]) -> dict[str, Any]:
        """path -> new value of what the locks move. What goes towards an end goes on from where it is."""
        new, asked = dict[str, Any](), dict[str, float]()
        known = {token.path for token in space().tokens(one.preset)}
        for path, field in every_field(type(one.shape)):
            name, lock = ".".join(path), locks.values.get(path)
            if lock is None:
                continue
            if path[-1] == "wear" and not isinstance(lock, Toward):
                new[name] = _older(values[name], float(lock))
            elif isinstance(lock, Toward) and name in known and lock.end in (field.ge, field.le):
                asked[name] = STEP * (lock.share if lock.end == field.le else -lock.share)
            else:
                new[name] = settled(lock, values[name], field)
        stream = self.ctx.rng("change", one.key)
        moved = edit.changed(self.prior, space(), one.preset, {**values, **new}, asked, stream).values
        return {**new, **{path: moved[path] for path in asked}}


SIZES = ("width", "height", "depth")


def _resized(was: float | None, said: float | None, name: str, new: Mapping[str, Any], values: Mapping[str, Any]) -> float | None:
    """A measured size follows the words too: as said, or by as much as the shape's own."""
    field = f"size.{name}"
    if said is None and was is not None and values.get(field) and field in new:
        return round(min(max(was * float(new[field]) / float(values[field]), 0.001), 100.0), 6)
    return was if said is None else said


def _older(was: float, said: float) -> float:
    """Wear as words move it: "new" takes it away, "older" goes on from where it is."""
    return said if said < was and said == 0.0 else round(max(said, was + WORSE * (1.0 - was)), 3)


def _finished(one: ObjectPlan, said: ObjectWords, slots: Mapping[str, str], ctx: Context) -> dict[str, Finish]:
    """The finishes with what the words make other than it would be without them."""
    plain = finishes(replace(said, attributes=(), parts=()), slots, ctx.rng("change"))
    spoken = finishes(said, slots, ctx.rng("change"))
    worn = any(
        mention.kind == "wear" for mention in (*said.attributes, *(word for part in said.parts for word in part.attributes))
    )
    made = {}
    for slot, finish in one.finishes.items():
        before, after = plain[slot].model_dump(), spoken[slot].model_dump()
        update = {name: value for name, value in after.items() if value != before[name]}
        if "family" in update or "variety" in update:
            update |= {"family": after["family"], "variety": after["variety"], "color": after["color"]}
        if "wear" in update and worn:
            update["wear"] = _older(finish.wear, after["wear"])
        made[slot] = finish.model_copy(update=update)
    return made
