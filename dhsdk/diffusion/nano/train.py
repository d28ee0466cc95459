"""Trains a nano prior: flow matching on designs that are made as they are needed. Same space, steps and seed: same weights."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dhsdk.diffusion.nano import weights
from dhsdk.diffusion.nano.card import readme
from dhsdk.diffusion.nano.designs import Batch, Source, batches, measured, moments
from dhsdk.diffusion.nano.layout import Layout, layout
from dhsdk.diffusion.nano.network import Denoiser, Sizes
from dhsdk.diffusion.nano.space import Space
from dhsdk.errors import Cancelled, ParamError, ReadError
from dhsdk.frozen import EMPTY

STEPS = 4000
WIDTH = 192
DESIGNS = 96
"""Designs of a step."""
DRAWS = 3
"""Noise levels that each design of a step is shown at."""
RATE = 2e-3
WARM = 100
"""Steps until the rate is reached."""
EMA = 0.998
EVERY = 500
"""Steps between two checkpoints."""
CHECKPOINT = "checkpoint"

Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class Trained:
    """arrays: the averaged weights, float16. card: what they are: space, recipe, seed, steps, losses."""

    arrays: dict[str, np.ndarray]
    card: dict[str, Any]


def train(
    space: Space,
    source: Source | None = None,
    *,
    steps: int = STEPS,
    seed: int = 0,
    device: str = "cpu",
    width: int = WIDTH,
    out: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Trained:
    """A prior of this space from source(rng, count), which is designs.batches() when nothing is given.

    device: cpu, cuda, or auto: cuda where there is one. Weights are the same bits again only on the same kind of device.
    out: a folder for checkpoints, every 500 steps and when cancelled; resume goes on from the one there, to the same bits.
    Raises ParamError: no steps. ReadError: a checkpoint that is broken or of another training. Cancelled.
    """
    if steps < 1:
        raise ParamError(f"steps must be at least 1, got {steps} (training steps)")
    plan = layout(space)
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    run = _Run(plan, source or batches(plan), steps, seed, device, width)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        if resume and (out / f"{CHECKPOINT}.safetensors").is_file():
            run.restore(out)
    while run.step < steps:
        if cancelled is not None and cancelled():
            if out is not None:
                run.store(out)
            raise Cancelled(f"training stopped after {run.step} of {steps} steps: --resume goes on")
        run.advance()
        if out is not None and run.step % EVERY == 0 and run.step < steps:
            run.store(out)
        if progress is not None and (run.step % 20 == 0 or run.step == steps):
            progress(run.step / steps, f"step {run.step} of {steps}, loss {run.loss:.4f}")
    return run.trained()


def save(trained: Trained, folder: Path, metrics: Mapping[str, Any] = EMPTY) -> None:
    """Writes weights.safetensors, card.json (with the hash of the weights and these metrics) and README.md; checkpoints go."""
    folder.mkdir(parents=True, exist_ok=True)
    data = weights.packed(trained.arrays)
    card = {**trained.card, "metrics": dict(metrics), "sha256": weights.digest(data), "bytes": len(data)}
    weights.write(folder / weights.WEIGHTS, data)
    weights.write(folder / weights.CARD, (json.dumps(card, indent=1, ensure_ascii=False) + "\n").encode())
    weights.write(folder / weights.README, readme(card).encode())
    for suffix in ("safetensors", "json"):
        (folder / f"{CHECKPOINT}.{suffix}").unlink(missing_ok=True)


class _Run:
    """One training on its way: network, its running average, optimiser, step."""

    def __init__(self, plan: Layout, source: Source, steps: int, seed: int, device: str, width: int) -> None:
        self.plan, self.source, self.steps, self.seed = plan, source, steps, seed
        self.device = torch.device(device)
        self.sizes = Sizes(len(plan.names), len(plan.low), plan.width, width)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.network = Denoiser(self.sizes).to(self.device)
        self.average = {name: value.detach().clone() for name, value in self.network.named_parameters()}
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)
        self.mean, self.scale = measured(plan, source, np.random.default_rng([seed, steps, 0]))
        self.step, self.loss = 0, 0.0

    def advance(self) -> None:
        """One step of the optimiser."""
        rng = np.random.default_rng([self.seed, self.step])
        batch = self.source(rng, DESIGNS)
        for group in self.optimiser.param_groups:
            group["lr"] = RATE * _rate(self.step, self.steps)
        loss = self._loss(batch, rng)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        keep = min(EMA, (1.0 + self.step) / (10.0 + self.step))
        with torch.no_grad():
            for name, value in self.network.named_parameters():
                self.average[name].lerp_(value, 1.0 - keep)
        self.step += 1
        here = float(loss.detach())
        self.loss = here if self.step == 1 else 0.98 * self.loss + 0.02 * here

    def _loss(self, batch: Batch, rng: np.random.Generator) -> torch.Tensor:
        rows = DESIGNS * DRAWS
        noise = rng.standard_normal((rows, batch.target.shape[1]))
        sigma = 1.0 / (1.0 + np.exp(-rng.standard_normal(rows)))

        def repeated(array: np.ndarray) -> torch.Tensor:
            kind = torch.int64 if array.dtype.kind == "i" else torch.float32
            return torch.as_tensor(np.tile(array, (DRAWS,) + (1,) * (array.ndim - 1)), dtype=kind).to(self.device)

        kinds = batch.kinds
        mean, scale = moments(self.plan, self.mean, self.scale, kinds, batch.sides)
        target, free = repeated((batch.target - mean) / scale * batch.free), repeated(batch.free)
        given = repeated(np.concatenate([batch.free, batch.locked, batch.mask, batch.asks], 1))
        noises = torch.as_tensor(noise, dtype=torch.float32).to(self.device) * free
        level = torch.as_tensor(sigma, dtype=torch.float32).to(self.device)
        x = (1.0 - level[:, None]) * target + level[:, None] * noises
        found = self.network(x, level, repeated(kinds), repeated(self.plan.family[kinds]), given)
        return (((found - (noises - target)) * free) ** 2).sum() / free.sum().clamp(min=1.0)

    def store(self, folder: Path) -> None:
        """Writes the checkpoint: weights, average, optimiser; the random streams follow from seed and step."""
        arrays = {f"network.{name}": value.detach().cpu().numpy() for name, value in self.network.named_parameters()}
        arrays |= {f"average.{name}": value.cpu().numpy() for name, value in self.average.items()}
        for name, parameter in self.network.named_parameters():
            for key in ("exp_avg", "exp_avg_sq"):
                if key in self.optimiser.state[parameter]:
                    arrays[f"{key}.{name}"] = self.optimiser.state[parameter][key].cpu().numpy()
        data = weights.packed(arrays)
        about = {"sha256": weights.digest(data), "step": self.step, "loss": self.loss, **self._recipe()}
        weights.write(folder / f"{CHECKPOINT}.safetensors", data)
        weights.write(folder / f"{CHECKPOINT}.json", json.dumps(about).encode())

    def restore(self, folder: Path) -> None:
        """Goes on from the checkpoint. Raises ReadError: broken, or of another space, seed or number of steps."""
        path = folder / f"{CHECKPOINT}.safetensors"
        data = weights.read(path)
        about = json.loads(weights.read(folder / f"{CHECKPOINT}.json"))
        if about.get("sha256") != weights.digest(data):
            raise ReadError(f"{path} must be the checkpoint that its json tells of, and is not: start again without --resume")
        for name, value in self._recipe().items():
            if about.get(name) != value:
                raise ReadError(f"a training can only be resumed as it was begun: {name} was {about.get(name)}, now {value}")
        arrays = weights.unpacked(data, str(path))
        self.step, self.loss = int(about["step"]), float(about["loss"])
        with torch.no_grad():
            for name, parameter in self.network.named_parameters():
                parameter.copy_(torch.from_numpy(arrays[f"network.{name}"].copy()))
                self.average[name].copy_(torch.from_numpy(arrays[f"average.{name}"].copy()))
                if f"exp_avg.{name}" in arrays:
                    self.optimiser.state[parameter] = {
                        "step": torch.tensor(float(self.step)),
                        "exp_avg": torch.from_numpy(arrays[f"exp_avg.{name}"].copy()).to(self.device),
                        "exp_avg_sq": torch.from_numpy(arrays[f"exp_avg_sq.{name}"].copy()).to(self.device),
                    }

    def _recipe(self) -> dict[str, Any]:
        return {"space_sha256": self.plan.digest(), "seed": self.seed, "steps": self.steps, "sizes": asdict(self.sizes)}

    def trained(self) -> Trained:
        """The averaged weights and the first lines of their card."""
        arrays = {name: value.cpu().numpy().astype(np.float16) for name, value in self.average.items()}
        arrays |= {"mean": self.mean.astype(np.float16), "scale": self.scale.astype(np.float16)}
        recipe = {
            "method": "flow matching, logit-normal noise level, AdamW with cosine decay by steps, averaged weights",
            "designs": DESIGNS, "draws": DRAWS, "rate": RATE, "average": EMA, "parameters": sum(map(np.size, arrays.values())),
        }  # fmt: skip
        card = {
            "space": self.plan.space.name,
            **self._recipe(),
            "recipe": recipe,
            "data": "designs made from the space and the seed while training; nothing is stored, nothing comes from elsewhere",
            "loss": round(self.loss, 5),
            "licence": "Apache-2.0",
        }
        return Trained(arrays, card)


def _rate(step: int, steps: int) -> float:
    """Share of the learning rate: a short rise, then a cosine down to 0."""
    return min((step + 1) / WARM, 0.5 + 0.5 * math.cos(math.pi * step / steps))
