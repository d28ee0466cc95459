"""The nano prior of text_to_3d: three trainings against the truth, rules, retrieval and plain sampling; its time; its edits.

The truth is the process that makes the training data: it can be asked for exact conditional draws, so every figure has its
ceiling beside it. Cases are drawn from a seed of their own; `attribute` counts pairs of asks that training never had together,
one draw each, before the miss is mended (what draw() hands out is mended and always in its third).

The shipped weights are one training; the others are trained here by the same recipe (minutes each) and kept in
build/nano_seeds, or in the folder that DHSDK_NANO_SEEDS names; an argument says how many of them (3).
One thread where it is timed.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

# ruff: noqa: E402 (the sizes of the thread pools are read when numpy loads)
for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(pool, "1")

import numpy as np

from dhsdk.diffusion.nano import measure
from dhsdk.diffusion.nano.draw import Prior, draw
from dhsdk.diffusion.nano.edit import changed
from dhsdk.diffusion.nano.measure import Figures
from dhsdk.plugins.text_to_3d.prior import FOLDER
from dhsdk.plugins.text_to_3d.prior.space import space

SEEDS = 3
ASKED, OPEN, DRAWS = 400, 32, 128
STEPS = (4, 8, 16, 50)
EDITS = 300


def priors() -> list[Prior]:
    """The shipped prior, then those of the other seeds, trained where they are missing."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    shipped = Prior.load(FOLDER, space())
    kept = Path(os.environ.get("DHSDK_NANO_SEEDS") or Path(__file__).parent.parent / "build" / "nano_seeds")
    return [
        shipped,
        *(_trained(kept / str(seed), seed, shipped.card["steps"]) for seed in range(wanted) if seed != shipped.card["seed"]),
    ]


def _trained(folder: Path, seed: int, steps: int) -> Prior:
    if not (folder / "card.json").is_file():
        import torch

        from dhsdk.diffusion.nano.train import save, train

        torch.set_num_threads(2)
        print(f"training seed {seed}, {steps} steps", file=sys.stderr, flush=True)
        save(train(space(), steps=steps, seed=seed, out=folder, resume=True), folder)
    found = Prior.load(folder, space())
    if (found.card["steps"], found.card["seed"]) != (steps, seed):
        raise RuntimeError(f"{folder} holds {found.card['steps']} steps of seed {found.card['seed']}, not {steps} of {seed}")
    return found


def best_ms(work: Callable[[], object], runs: int = 15) -> float:
    """Milliseconds of the fastest of so many runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000.0 * min(times)


def draw_ms(prior: Prior, count: int) -> float:
    """Milliseconds of the designs of a chair with a lock and an ask."""
    locks, asked = {"back.style": "splat"}, {"back.height": 0.45}
    return best_ms(lambda: draw(prior, "chair", locks=locks, asked=asked, rng=np.random.default_rng(0), count=count))


def edits(prior: Prior) -> tuple[float, float]:
    """(share of edits of one drawn number that move it the way that is asked for, mean move of the others in ranges)."""
    rng = np.random.default_rng(9)
    right, leak = [], []
    for number in range(EDITS):
        kind = prior.plan.names[int(rng.integers(len(prior.plan.names)))]
        before = draw(prior, kind, locks={}, asked={}, rng=rng)[0]
        ways = [
            (token, sign)
            for token in space().open(kind)
            if token.kind in ("real", "whole")
            for sign in (-1, 1)
            if before[token.path] != (token.high if sign > 0 else token.low)
        ]
        token, sign = ways[int(rng.integers(len(ways)))]
        after = changed(prior, space(), kind, before, {token.path: 0.45 * sign}, np.random.default_rng(number)).values
        right.append((after[token.path] - before[token.path]) * sign > 0)
        others = [one for one in space().tokens(kind) if one.kind in ("real", "whole") and one.path != token.path]
        leak.append(np.mean([abs(after[one.path] - before[one.path]) / (one.high - one.low) for one in others]))
        leak[-1] += sum(after[one.path] != before[one.path] for one in space().tokens(kind) if one.kind in ("choice", "switch"))
    return float(np.mean(right)), float(np.mean(leak))


def show(name: str, found: Figures, ms: float | None) -> None:
    time_ = "" if ms is None else f"{ms:9.2f}"
    print(
        f"{name:28}{found.attribute:10.3f}{found.spread:9.3f}{found.correlation:9.3f}{found.options:9.3f}{found.energy:9.2f}{time_}",
        flush=True,
    )


def main() -> None:
    known = priors()
    plan = known[0].plan
    asked, open_ = measure.cases(plan, ASKED, 7, held_out=True), measure.cases(plan, OPEN, 8)
    print(
        f"{len(plan.names)} kinds; {len(asked)} cases asked, {len(open_)} cases of {DRAWS} draws; before mending; ms: 16 designs"
    )
    print(f"{'':28}{'attribute':>10}{'spread':>9}{'corr err':>9}{'options':>9}{'energy':>9}{'ms':>9}")
    show("the truth, once more", measure.floor(open_, DRAWS), best_ms(lambda: measure.truth(open_[0], 16)))
    stored = measure.retrieval(plan)
    for name, way in (("rules", measure.rules), ("1-NN of 40k designs", stored), ("plain sampling", measure.unconditional)):
        show(name, measure.compare(way, asked, open_, DRAWS), best_ms(lambda way=way: way(open_[0], 16)))
    found = []
    for prior in known:
        found.append(measure.compare(measure.network(prior), asked, open_, DRAWS))
        show(f"prior, seed {prior.card['seed']}", found[-1], draw_ms(prior, 16))
    for steps in STEPS:
        show(f"prior, {steps} steps", measure.compare(measure.network(known[0], steps), asked[:200], open_[:16], DRAWS), None)
    claims = []

    def claim(name: str, values: list[float], note: str, peer: str = "") -> None:
        wide = statistics.stdev(values) if len(values) > 1 else 0.0
        told = f"{len(values)} seeds, spread {wide:.4f}; {note}" if len(values) > 1 else note
        claims.append({"id": f"diffusion.{name}", "value": round(statistics.mean(values), 4), "peer": peer, "note": told})
        print(f"{name:24}{statistics.mean(values):10.4f}  {told}", flush=True)

    claim("prior_spread", [one.spread for one in found], "numbers left open, against the true conditional process")
    claim("prior_one_ms", [draw_ms(known[0], 1)], "one thread, 8 Heun steps in numpy, best of 15")
    claim("prior_16_ms", [draw_ms(known[0], 16)], "the same")
    moved = [edits(prior) for prior in known]
    note = f"{EDITS} edits each of one drawn number by .45, asks as structure; by words: diffusion_edit.py"
    print(
        f"{'edits, right and leak':24}{np.mean([one[0] for one in moved]):10.4f}{np.mean([one[1] for one in moved]):8.4f}  {note}"
    )
    print(json.dumps({"claims": claims}))


if __name__ == "__main__":
    main()
