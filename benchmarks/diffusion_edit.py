"""Edits by text: "make it WORD" over every kind of thing and every end word of its parameters, and over comparatives.

Success: the parameter that is called so moved to the side that is called so. One that stands at that end already is not asked.
Leak: how far the parameters that are not called so moved, in shares of their reach (a changed option counts as 1).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

import dhsdk
from dhsdk.diffusion.nano.space import Token, values_of
from dhsdk.errors import PromptError
from dhsdk.plugins.text_to_3d.prior.space import space
from dhsdk.words.lexicon import lexicon

EVERY = 16
"""One in so many cases, chosen by a hash of it."""


def cases() -> Iterator[tuple[str, Token, int, str]]:
    """(kind, token, side, text) of the sample."""
    for kind in space().kinds:
        for token in space().tokens(kind):
            for side, word in zip((-1, 1), token.words, strict=True):
                if not word or token.kind not in ("real", "whole"):
                    continue
                for text in (f"make it {word}", f"{_more(word)}", f"a bit {_more(word)}"):
                    if hashlib.sha256(f"{kind}{token.path}{text}".encode()).digest()[0] % EVERY == 0:
                        yield kind, token, side, text


def _more(word: str) -> str:
    """The comparative: of one syllable with -er, of more with "more"."""
    syllables = len(re.findall(r"[aeiou]+", word.removesuffix("e")))
    if syllables > 1 or "-" in word or word.endswith("ed") or word in ("open", "flush"):
        return f"more {word}"
    if re.search(r"[^aeiou][aeiou][bdgmnpt]$", word):
        return f"{word}{word[-1]}er"
    return f"{word[:-1]}ier" if word.endswith("y") else f"{word.removesuffix('e')}er"


def main() -> None:
    host = dhsdk.Host(device="cpu")
    good, leaks, failed = 0, [], Counter[str]()
    total = 0
    for kind, token, side, text in cases():
        request = host.request("text_to_3d", prompt=f"a {kind}", seed=total)
        before = _values(host.plan(request))
        end = token.high if side > 0 else token.low
        if before[token.path] == end:
            continue
        total += 1
        try:
            after = _values(host.plan(host.request("text_to_3d", prompt=f"a {kind}", seed=request.seed, change=text)))
        except PromptError:
            failed[f"{text} (not understood)"] += 1
            continue
        moved = (after[token.path] - before[token.path]) * side > 0
        good += moved
        if not moved:
            failed[f"{text}: {kind} {token.path}"] += 1
        called = set(token.words) | _called(text)
        others = [one for one in space().tokens(kind) if not set(filter(None, one.words)) & called]
        leaks.append(float(np.mean([_far(one, kind, before[one.path], after[one.path]) for one in others])))
    for line, times in failed.most_common(40):
        print(f"{times:4} {line}")
    note = f"{total} edits of {len(space().kinds)} kinds"
    claims = [
        {"id": "diffusion.edit_success", "value": good / total, "note": note},
        {"id": "diffusion.edit_leak", "value": float(np.mean(leaks)), "note": f"{note}, parameters not called so"},
    ]
    print(json.dumps({"claims": claims}))


def _called(text: str) -> set[str]:
    """The end words that mean the same as the words of the text: other parameters that it names as well."""
    from dhsdk.plugins.text_to_3d.locks import SAME
    from dhsdk.words import read

    named = {mention.value for mention in read(f"thing {text}", lexicon()).mentions}
    return named | {word for name in named for word in SAME.get(name, ())}


def _values(plan: Any) -> dict[str, Any]:
    return values_of(plan.objects[0].shape.model_dump(mode="json"))


def _far(token: Token, kind: str, before: Any, after: Any) -> float:
    if token.kind in ("choice", "switch"):
        return float(before != after)
    centre = space().kinds[kind].centre[token.path]
    return abs(token.place(after, centre) - token.place(before, centre))


if __name__ == "__main__":
    main()
