"""Binding: which attribute, count and part belongs to which object, and how the objects stand to one another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dhsdk.words.reading import Mention, Reading

ATTRIBUTES = frozenset(
    {"color", "material", "size", "quality", "wear", "finish", "pattern", "style", "shape", "state", "tone", "measure", "unknown"}
)


MORE = frozenset({"more", "fewer", "less", "extra", "additional", "a lot more", "much more", "many more", "far more", "更", "再"})
BESIDES = "more"
"""The unit of a number that is of pieces besides those that there are, or of fewer."""


@dataclass(frozen=True, slots=True)
class PartWords:
    """A part as the words want it. absent: they say that it is not there. cue: the "without" that says so, if any."""

    part: Mention
    attributes: tuple[Mention, ...] = ()
    count: Mention | None = None
    absent: bool = False
    cue: Mention | None = None


@dataclass(frozen=True, slots=True)
class RelationWords:
    """This object stands `kind` (on, in, under, beside, front, behind ...) the object of that index."""

    kind: str
    other: int
    word: Mention | None = None


@dataclass(frozen=True, slots=True)
class ObjectWords:
    """An object: its noun (kind "noun", or "unknown" when the lexicon lacks it) and what the words bind to it.

    denied: attributes that the words deny ("not red"). modifiers: nouns before the head ("wine barrel" has "wine").
    """

    noun: Mention
    count: Mention | None = None
    attributes: tuple[Mention, ...] = ()
    parts: tuple[PartWords, ...] = ()
    denied: tuple[Mention, ...] = ()
    relations: tuple[RelationWords, ...] = ()


@dataclass(slots=True)
class _Part:
    part: Mention
    attributes: list[Mention] = field(default_factory=list)
    count: Mention | None = None
    absent: bool = False
    cue: Mention | None = None


@dataclass(slots=True)
class _Object:
    noun: Mention
    count: Mention | None = None
    attributes: list[Mention] = field(default_factory=list)
    parts: list[_Part] = field(default_factory=list)
    denied: list[Mention] = field(default_factory=list)
    relations: list[RelationWords] = field(default_factory=list)


def objects(reading: Reading) -> tuple[ObjectWords, ...]:
    """The objects of a reading, in the order of the text. Empty when it names none."""
    binder = _Binder()
    mentions = _headed(reading.mentions)
    for i, mention in enumerate(mentions):
        binder.take(mention, mentions[i + 1] if i + 1 < len(mentions) else None)
    binder.end()
    return tuple(
        ObjectWords(
            one.noun,
            one.count,
            tuple(one.attributes),
            tuple(PartWords(part.part, tuple(part.attributes), part.count, part.absent, part.cue) for part in one.parts),
            tuple(one.denied),
            tuple(one.relations),
        )
        for one in binder.objects
    )


def _headed(mentions: tuple[Mention, ...]) -> list[Mention]:
    """The mentions with one noun a phrase: in "garden chair" and "wine barrel" the last is the head, the others describe.

    An unknown word is a head only where the text has no known noun: "a carved dragon", and as what something stands on.
    """
    out = list(mentions)
    known = any(one.kind == "noun" for one in out)
    for i, here in enumerate(out):
        following = out[i + 1] if i + 1 < len(out) else None
        if here.kind == "noun" and following and following.kind == "noun" and following.start - here.end <= 1:
            out[i] = replace(here, kind="unknown")
        if here.kind != "unknown" or not here.text[:1].isalpha():
            continue
        phrase_end = following is None or following.kind in ("relation", "join", "place", "negation") or following.value == "的"
        placed = any(one.kind == "relation" and one.value in _BETWEEN_OBJECTS for one in out[max(0, i - 4) : i])
        if phrase_end and ((not known and not _later_unknown(out, i)) or (placed and _no_noun_in_phrase(out, i))):
            out[i] = replace(here, kind="noun", value="")
    return out


_BETWEEN_OBJECTS = frozenset({"on", "in", "under", "beside", "front", "behind", "between", "around"})


def _later_unknown(mentions: list[Mention], i: int) -> bool:
    """Whether the phrase that starts the text goes on: only its last unknown word can be its head."""
    return any(one.kind == "noun" for one in mentions[:i])


def _no_noun_in_phrase(mentions: list[Mention], i: int) -> bool:
    for one in reversed(mentions[:i]):
        if one.kind == "relation":
            return True
        if one.kind in ("noun", "part"):
            return False
    return True


def _besides(count: Mention | None, more: Mention) -> Mention:
    number = count or replace(more, kind="number", amount=1.0)
    return replace(number, amount=abs(number.amount) * (1.0 if float(more.value) > 0 else -1.0), unit=BESIDES)


class _Binder:
    """Takes mentions one after another. waiting: attributes whose owner is still to come."""

    def __init__(self) -> None:
        self.objects: list[_Object] = []
        self._waiting: list[Mention] = []
        self._early: list[_Part] = []
        self._count: Mention | None = None
        self._cue: Mention | None = None
        self._relation: Mention | None = None
        self._place: tuple[str, int, Mention] | None = None
        self._target: _Object | _Part | None = None
        self._joined = False
        self._shared: list[Mention] = []
        self._det = False
        self._verb: Mention | None = None
        self._extra: Mention | None = None

    def take(self, mention: Mention, following: Mention | None) -> None:
        kind = mention.kind
        if kind == "noun":
            self._noun(mention)
        elif kind == "part":
            self._part(mention)
        elif kind in ATTRIBUTES:
            self._attribute(mention)
        elif kind == "number":
            self._count = mention
            self._release_negation()
        elif kind == "intensity":
            self._more(mention, following)
        elif kind == "negation":
            self._settle(trailing=False)
            self._cue, self._joined = mention, False
        elif kind == "relation":
            self._relate(mention, following)
        elif kind == "place":
            self._put(mention)
        elif kind == "join":
            self._join(mention)
        elif kind == "det":
            self._det = True
            self._shared = []

    def _attribute(self, mention: Mention) -> None:
        if self._joined and not self._waiting and not self._det:
            pass
        self._waiting.append(mention)

    def _more(self, mention: Mention, following: Mention | None) -> None:
        """A number of pieces more or fewer than there are: "two more windows", "fewer planks", "one hoop less"."""
        if mention.text.lower() not in MORE:
            return
        part = self._target
        counted = isinstance(part, _Part) and part.count is not None and self._count is None and not self._waiting
        if isinstance(part, _Part) and counted and (following is None or following.kind == "join"):
            part.count = _besides(part.count, mention)
        elif following is not None and following.kind in (*ATTRIBUTES, "part", "number"):
            self._extra = mention

    def _release_negation(self) -> None:
        if self._cue is not None and self._joined:
            self._cue = None

    def _noun(self, mention: Mention) -> None:
        made = _Object(mention, self._count)
        last = self.objects[-1] if self.objects else None
        self._count = None
        if self._cue is not None and last is not None:
            last.denied.append(mention)
            self._reset()
            return
        made.attributes += self._waiting
        made.parts += self._early
        index = len(self.objects)
        self.objects.append(made)
        if self._place is not None:
            kind, other, word = self._place
            made.relations.append(RelationWords(kind, other, word))
            self._place = None
        elif self._relation is not None and last is not None and index:
            self._stand(made, index)
        self._reset()
        self._early = []
        self._target = made

    def _stand(self, made: _Object, index: int) -> None:
        assert self._relation is not None
        word = self._relation
        kind = {"made": "in", "ontop": "on", "inside": "in", "with": "with", "is": ""}.get(word.value, word.value)
        if kind == "with":
            made.relations.append(RelationWords("with", index - 1, word))
        elif kind and kind != "other":
            subject = self._subject(index - 1)
            self.objects[subject].relations.append(RelationWords(kind, index, word))

    def _subject(self, index: int) -> int:
        return 0 if index and self.objects[index].relations and self.objects[index].relations[0].other == 0 else index

    def _part(self, mention: Mention) -> None:
        absent = mention.absent or self._cue is not None
        count = self._count if self._extra is None else _besides(self._count, self._extra)
        self._extra = None
        part = _Part(mention, self._waiting, count, absent, self._cue)
        if self._joined and not self._waiting and not self._det and self._count is None and not absent:
            part.attributes = list(self._shared)
        owner = self.objects[-1] if self.objects and not self._before_noun else None
        (owner.parts if owner else self._early).append(part)
        self._shared = [one for one in part.attributes if one.kind in ("material", "color")]
        self._waiting, self._count, self._det, self._joined = [], None, False, False
        if mention.absent:
            self._cue = None
        self._target = part
        self._relation = None

    @property
    def _before_noun(self) -> bool:
        """A place word with its noun is over and the next noun is still to come: parts belong to that."""
        return self._place is not None

    def _relate(self, mention: Mention, following: Mention | None) -> None:
        if mention.value in ("ontop", "inside") and len(self.objects) > 1:
            self._settle(trailing=True)
            kind = "on" if mention.value == "ontop" else "in"
            first, other = self._carried()
            for made in self.objects[first:]:
                made.relations[:] = [RelationWords(kind, other, mention)]
            return
        self._settle(trailing=True)
        self._cue = None if mention.value == "with" else self._cue
        self._relation, self._joined, self._det = mention, False, False
        if mention.value in _BETWEEN_OBJECTS:
            self._verb = mention

    def _carried(self) -> tuple[int, int]:
        """The first thing that "on it" is said of, and what "it" is: of "a table with a mug and a jug on it" the table."""
        for first in range(len(self.objects) - 1, 0, -1):
            for one in self.objects[first].relations:
                if one.kind == "with":
                    return first, one.other
        return len(self.objects) - 1, len(self.objects) - 2

    def _put(self, mention: Mention) -> None:
        """A Chinese place word stands after its noun: 箱子上的灯, 灯在箱子上, 放在箱子上的灯."""
        if not self.objects:
            return
        last = len(self.objects) - 1
        said = [one for one in self.objects[:last] if any(relation.other == last for relation in one.relations)]
        if said:
            owner = said[-1]
            owner.relations[:] = [
                RelationWords(mention.value, last, mention) if relation.other == last else relation
                for relation in owner.relations
            ]
            self._place = None
        else:
            self._place = (mention.value, last, mention)
        self._relation = None

    def _join(self, mention: Mention) -> None:
        self._extra = None
        if mention.value in ("and", "or") and self._waiting and self._cue is None:
            return
        if self._waiting:
            self._settle(trailing=mention.value != ",")
        if mention.value == ",":
            self._shared = []
            if mention.text in ".。;；!?！？，,":
                self._cue = None
            self._target = self.objects[-1] if self.objects else self._target
        if mention.value == "but":
            self._cue = None
        self._relation = None if mention.value != "or" else self._relation
        self._joined, self._det = True, False

    def _settle(self, trailing: bool) -> None:
        """Gives waiting attributes to what was named last: "legs of brass", "a chair 90 cm tall"."""
        if not self._waiting:
            return
        owner = self._target
        if owner is None or self._place is not None:
            return
        if self._cue is not None and not isinstance(owner, _Part):
            owner.denied += self._waiting
            self._cue = None
        elif self._joined and self._relation is None and self.objects:
            self.objects[-1].attributes += self._waiting
        else:
            owner.attributes += self._waiting
        self._waiting = []

    def _reset(self) -> None:
        self._waiting, self._count, self._cue, self._relation = [], None, None, None
        self._joined, self._det, self._shared, self._extra = False, False, [], None

    def end(self) -> None:
        self._settle(trailing=True)
        if self._early and self.objects:
            self.objects[-1].parts += self._early
