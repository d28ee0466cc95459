"""Edits in people's own words, over designs that were drawn for this: benchmarks/data/edits*.tsv, each written before it was run.

A row is a text, the kinds that it is said of, and what it asks for: field+ or field- (any field whose path ends so), field=value,
finish=family, color, scale+ or scale-; any one of them is enough. Success: that happened, or the design stood at the end already.
Leak: how far the parameters moved that no text asks for, in shares of their reach. "none": only the leak counts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import dhsdk
from dhsdk.diffusion.nano.space import values_of
from dhsdk.errors import PromptError
from dhsdk.params import every_field
from dhsdk.plugins.text_to_3d.prior.space import space

TEXTS = {
    "edits": 7_340_000,
    "edits_later": 9_120_000,
    "edits_third": 5_150_000,
    "edits_fourth": 2_680_000,
    "edits_fifth": 4_410_000,
    "edits_sixth": 3_330_000,
}
"""Lists, and the seed of the design of their first case."""
SIGNS = {"+": 1, "-": -1}


def cases(name: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(kind, text, what is asked for) of every row and kind."""
    with (Path(__file__).parent / "data" / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"):
            for kind in row["kinds"].split("|"):
                yield kind, row["text"], tuple(row["wanted"].split("|"))


def done(wanted: str, before: Any, after: Any) -> bool | None:
    """Whether the wanted happened; None: it cannot, for want of the field or because it stands at the end."""
    name, _, value = wanted.partition("=")
    if name == "finish":
        if after.finishes == before.finishes and any(finish.family == value for finish in before.finishes.values()):
            return None
        return any(finish.family == value for slot, finish in after.finishes.items() if finish != before.finishes[slot])
    if name == "color":
        return any(finish.color != before.finishes[slot].color for slot, finish in after.finishes.items())
    if name.startswith("scale"):
        return bool((after.scale - before.scale) * SIGNS[name[-1]] > 0)
    if name == "height":
        return after.height is not None or after.scale > before.scale
    was, now = _values(before), _values(after)
    if value:
        same = str(now.get(name)) == value.lstrip("!")
        return None if name not in now else not same if value.startswith("!") else same
    fields = {".".join(path): one for path, one in every_field(type(before.shape))}
    sign, moves = SIGNS[name[-1]], list[float]()
    for path, one in fields.items():
        end = one.le if sign > 0 else one.ge
        if (path == name[:-1] or path.endswith(f".{name[:-1]}")) and was[path] != end:
            moves.append((now[path] - was[path]) * sign)
    if name[:-1] == "wear":
        moves += [(finish.wear - before.finishes[slot].wear) * sign for slot, finish in after.finishes.items()]
    return max(moves) > 0 if moves else None


def main() -> None:
    host = dhsdk.Host(device="cpu")
    for name, seed in TEXTS.items():
        found, leaks = [], []
        for number, (kind, text, wanted) in enumerate(cases(name)):
            request: dict[str, Any] = {"prompt": f"a {kind}", "seed": seed + number}
            before = host.plan(host.request("text_to_3d", **request)).objects[0]
            try:
                after = host.plan(host.request("text_to_3d", **request, change=text)).objects[0]
            except PromptError as error:
                after, why = before, str(error)
            else:
                was, now = _values(before), _values(after)
                why = ", ".join(f"{path} {was[path]} -> {now[path]}" for path in now if now[path] != was[path])
            happened = [done(one, before, after) for one in wanted if one != "none"]
            leaks.append(_leak(before, after, wanted))
            if any(one is not None for one in happened):
                found.append(any(happened))
                if not found[-1]:
                    print(f"{name}: {kind}: {text}: {why}")
        print(f"{name}: {len(found)} edits, success {np.mean(found):.3f}, leak {np.mean(leaks):.4f}")


def _values(one: Any) -> dict[str, Any]:
    return values_of(one.shape.model_dump(mode="json"))


def _leak(before: Any, after: Any, wanted: tuple[str, ...]) -> float:
    was, now = _values(before), _values(after)
    asked = tuple(one.partition("=")[0].rstrip("+-") for one in wanted)
    others = [one for one in space().tokens(before.preset) if not one.path.endswith(asked)]
    centre = space().kinds[before.preset].centre
    return float(np.mean([_far(one, centre[one.path], was[one.path], now[one.path]) for one in others]))


def _far(token: Any, centre: Any, before: Any, after: Any) -> float:
    if token.kind in ("choice", "switch"):
        return float(before != after)
    return abs(token.place(after, centre) - token.place(before, centre))


if __name__ == "__main__":
    main()
