"""Prompts that nobody wrote before: the kind that the noun names, and the named third of every attribute that the lexicon knows.

Each prompt is a sentence with a noun of the lexicon and two attributes whose pair the prior never saw together in training; half
of them have a word of the held-out list besides, which neither the lexicon nor a caption has. Three seeds, each with other
prompts and other draws.
"""

from __future__ import annotations

import functools
import json
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

import dhsdk
from dhsdk.diffusion.nano.designs import held_out_pairs
from dhsdk.diffusion.nano.layout import layout
from dhsdk.diffusion.nano.space import Token, values_of
from dhsdk.errors import DhsdkError
from dhsdk.plugins.text_to_3d.prior.space import space
from dhsdk.plugins.text_to_3d.vocabulary import things

SENTENCES = (
    "a {0}, {1} {2}",
    "I need a {2} for my level, {0} and {1}",
    "please model one {1} {2} that is {0}",
    "{2}: {0}, {1}",
    "the {0} and {1} {2} of an innkeeper",
)
PROMPTS = 200
UNKNOWN = Path(__file__).with_name("data") / "unknown_words.tsv"


def main() -> None:
    strange = [line.split("\t")[1] for line in UNKNOWN.read_text("utf-8").splitlines()[1:]]
    kinds, attributes, failed = [], [], Counter[str]()
    for seed in range(3):
        rng = np.random.default_rng([seed, 71])
        right, named = [], []
        for _ in range(PROMPTS):
            noun, kind, pair = _case(rng)
            words = [token.words[side] for token, side in pair]
            if rng.random() < 0.5:
                words[0] = f"{strange[rng.integers(len(strange))]} {words[0]}"
            prompt = SENTENCES[rng.integers(len(SENTENCES))].format(*words, noun)
            made = _made(prompt, seed)
            right.append(made is not None and made.preset == kind)
            if not right[-1]:
                failed[f"not a {kind}: {prompt}"] += 1
                continue
            for token, side in pair:
                named.append(_in_its_third(made, kind, token, side))
                if not named[-1]:
                    failed[f"{token.words[side]}: {kind} {token.path}"] += 1
        kinds.append(statistics.mean(right))
        attributes.append(statistics.mean(named))
    for line, times in failed.most_common(30):
        print(f"{times:3} {line}")
    note = f"{PROMPTS} prompts a seed, 3 seeds, spread {{:.4f}}; pairs kept out of training"
    claims = [
        {"id": "diffusion.prior_category", "value": statistics.mean(kinds), "note": note.format(statistics.stdev(kinds))},
        {
            "id": "diffusion.prior_known_attr",
            "value": statistics.mean(attributes),
            "note": note.format(statistics.stdev(attributes)),
        },
    ]
    print(json.dumps({"claims": claims}))


def _case(rng: np.random.Generator) -> tuple[str, str, list[tuple[Token, int]]]:
    """A noun, its kind, and two attributes of it (token, 0 for its low end, 1 for its high end) never trained together."""
    plan = layout(space())
    apart = held_out_pairs(plan)
    nouns = [name for name, thing in things().items() if name.isascii() and not thing.like]
    while True:
        noun = nouns[rng.integers(len(nouns))]
        kind = things()[noun].preset
        row = plan.index[kind]
        able = [
            (number, token, side)
            for number, token in enumerate(space().tokens(kind))
            for side in (0, 1)
            if token.kind in ("real", "whole")
            and token.words[side]
            and plan.drawn[row, number]
            and plan.spread[row, number, side] > 0
        ]
        if len(able) < 2:
            continue
        one, other = (able[k] for k in rng.choice(len(able), 2, replace=False))
        shared = {*one[1].words} & {*other[1].words}
        first, second = (number + side * plan.numeric.shape[1] for number, _, side in (one, other))
        if one[0] != other[0] and not shared and apart[plan.family[row], first, second]:
            return noun, kind, [(one[1], one[2]), (other[1], other[2])]


def _made(prompt: str, seed: int) -> Any:
    host = _host()
    try:
        plan = host.plan(host.request("text_to_3d", prompt=prompt, seed=seed))
    except DhsdkError:
        return None
    return plan.objects[0] if len(plan.objects) == 1 else None


def _in_its_third(made: Any, kind: str, token: Token, side: int) -> bool:
    value = values_of(made.shape.model_dump(mode="json"))[token.path]
    if value == (token.high if side else token.low):
        return True
    place = token.place(value, space().kinds[kind].centre[token.path])
    return place >= 1 / 3 if side else place <= -1 / 3


@functools.cache
def _host() -> dhsdk.Host:
    return dhsdk.Host(device="cpu")


if __name__ == "__main__":
    main()
