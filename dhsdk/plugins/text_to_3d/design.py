"""plan() of text_to_3d: words -> objects, what they lock, what is drawn, and an honest report of both."""

from __future__ import annotations

from dataclasses import replace

from dhsdk.params import ModelUse, Words
from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d import TextTo3dParams
from dhsdk.plugins.text_to_3d.effect import effect
from dhsdk.plugins.text_to_3d.filling import Fill, by_rule, contrary
from dhsdk.plugins.text_to_3d.objects import Design
from dhsdk.plugins.text_to_3d.plan import ObjectPlan, TextTo3dPlan
from dhsdk.plugins.text_to_3d.suited import fitted, stylised
from dhsdk.plugins.text_to_3d.unknown import Guesses
from dhsdk.plugins.text_to_3d.vocabulary import words
from dhsdk.words import read


def design(params: TextTo3dParams, ctx: Context) -> TextTo3dPlan:
    """The plan of a prompt. Raises PromptError: nothing to make in it, or with ctx.strict a thing that is only alike."""
    reading = read(params.prompt, words())
    fill, plainly, models = _filling(params.backend)
    guesses = Guesses()
    whole = Design(ctx, fill, guesses)
    found = whole.objects(reading)
    if params.style == "stylised":
        found = tuple(map(stylised, found))
    made = tuple(fitted(one, params.tris / sum(each.count for each in found), ctx) for one in found)
    shown = [replace(whole, ctx=Context(seed=ctx.seed), fill=one, notes=[]).objects for one in (*plainly, by_rule, contrary)]
    understood, already, ignored = effect(reading, shown[:-1], shown[-1])
    report = Words(
        understood=understood,
        ignored=ignored,
        assumed=(*already, *_assumptions(made)),
        low_confidence=tuple(dict.fromkeys((*whole.notes, *guesses.missed))),
    )
    return TextTo3dPlan(
        backend=params.backend, objects=made, tris=params.tris, texture=params.texture, style=params.style, lods=params.lods,
        words=report, models=(*models, *guesses.models),
    )  # fmt: skip


def _filling(backend: str) -> tuple[Fill, tuple[Fill, ...], tuple[ModelUse, ...]]:
    """What fills shapes in, what besides rules shows the effect of words, and the weights that take part."""
    if backend == "rules":
        return by_rule, (), ()
    from dhsdk.plugins.text_to_3d.prior.fill import from_prior, unlike, use

    return from_prior, (unlike,), (use(),)


def _assumptions(made: tuple[ObjectPlan, ...]) -> tuple[str, ...]:
    """The finishes that were taken, in words."""
    lines = []
    for one in made:
        for slot, finish in one.finishes.items():
            look = "/".join(filter(None, [finish.family, finish.variety]))
            lines.append(f"{one.key} {slot}: {look}{' ' + finish.color if finish.color else ''}")
    return tuple(lines)
