"""Schedules: diffusers' schedulers without their state. A Schedule is frozen; every run works on a copy of its own."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import diffusers
import torch

from dhsdk.errors import ParamError, UnknownName

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "ddim": ("DDIMScheduler", {"clip_sample": False, "timestep_spacing": "trailing"}),
    "dpm++": ("DPMSolverMultistepScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "euler": ("EulerDiscreteScheduler", {}),
    "flow": ("FlowMatchEulerDiscreteScheduler", {}),
    "flow_heun": ("FlowMatchHeunDiscreteScheduler", {}),
    "flow_unipc": ("UniPCMultistepScheduler", {"use_flow_sigmas": True, "prediction_type": "flow_prediction"}),
}
"""Name -> diffusers' class and what differs from its own defaults: latents are not clipped to [-1, 1], and few steps of DDIM
start at the noisiest level (Lin et al. 2024, Common Diffusion Noise Schedules, section 3.3)."""

PREDICTIONS = ("epsilon", "sample", "v_prediction", "flow")


@dataclass(frozen=True)
class Schedule:
    """The noise levels that a run passes, and the solver between them.

    timesteps: what the denoiser is told at each of its calls (CPU, in the scheduler's own unit: 0 clean, 1000 noise).
    alphas, sigmas: at these calls x = alpha * clean + sigma * noise, both on the CPU, float64, as long as timesteps.
    prediction: what the denoiser is asked for: "epsilon", "sample", "v_prediction" or "flow" (noise - clean).

    Made by `schedule()` or `Schedule.of()`.
    """

    steps: int
    timesteps: torch.Tensor = field(repr=False)
    alphas: torch.Tensor = field(repr=False)
    sigmas: torch.Tensor = field(repr=False)
    scales: torch.Tensor = field(repr=False)
    """What x is multiplied by before the denoiser sees it."""
    prediction: str
    initial: float
    """Standard deviation of the starting noise."""
    order: int
    _scheduler: Any = field(repr=False)

    @classmethod
    def of(cls, scheduler: Any, steps: int, **options: Any) -> Schedule:
        """The schedule of a diffusers scheduler, with its own configuration; `scheduler` itself is left as it is.

        options: passed to its set_timesteps (`mu`, `sigmas`, `timesteps`: what the class knows).

        Raises:
            ParamError: steps below 1, an option that the scheduler lacks, or a scheduler that cannot be sampled repeatably.
        """
        if not isinstance(steps, int) or isinstance(steps, bool) or steps < 1:
            raise ParamError(f"steps must be a whole number of at least 1, got {steps!r} (steps of a schedule)")
        name = type(scheduler).__name__
        if name == "DPMSolverSDEScheduler" or hasattr(scheduler, "precondition_outputs"):
            raise ParamError(f"a schedule cannot be made of {name}: it preconditions predictions or draws noise of its own")
        if not hasattr(scheduler, "add_noise") and not hasattr(scheduler, "scale_noise"):
            raise ParamError(f"a schedule needs a scheduler that can add noise, and {name} cannot")
        known = inspect.signature(scheduler.set_timesteps).parameters
        unknown = sorted(set(options) - set(known))
        if unknown:
            raise ParamError(f"{name} has no option of timesteps {unknown[0]!r}; it has: {', '.join(known)}")
        own = copy.deepcopy(scheduler)  # from_config() would drop what a pipeline has mended in the configuration
        try:
            with _quiet():
                own.set_timesteps(steps, device="cpu", **options)
        except (ValueError, TypeError) as error:
            raise ParamError(f"{name} cannot be set to {steps} steps: {error}") from error
        alphas, sigmas = _levels(own)
        initial = float(getattr(own, "init_noise_sigma", 1.0))
        order = int(getattr(own, "order", 1))
        return cls(steps, own.timesteps.clone(), alphas, sigmas, _input_scales(own), _prediction(own), initial, order, own)

    def __len__(self) -> int:
        """How many times a full run calls the denoiser."""
        return len(self.timesteps)

    def begin(self, strength: float) -> int:
        """The first call of a run that starts from a picture: 0 at strength 1, len(self) at strength 0 (nothing to do).

        Raises:
            ParamError: strength outside [0, 1].
        """
        if not 0.0 <= strength <= 1.0:
            raise ParamError(f"strength must be in [0, 1], got {strength!r} (share of the steps that are run)")
        left = min(int(self.steps * strength), self.steps)
        return min((self.steps - left) * self.order, len(self)) if left else len(self)

    def noised(self, clean: torch.Tensor, noise: torch.Tensor, call: int) -> torch.Tensor:
        """`clean` with `noise` (unit variance, same shape) at the level of this call, in the dtype of `clean`."""
        return float(self.alphas[call]) * clean + float(self.sigmas[call]) * noise

    def denoised(self, x: torch.Tensor, prediction: torch.Tensor, call: int) -> torch.Tensor:
        """The clean sample that `prediction` (as the denoiser gave it for x at this call) points to."""
        alpha, sigma = float(self.alphas[call]), float(self.sigmas[call])
        if self.prediction == "sample":
            return prediction
        if self.prediction == "flow":
            return x - sigma * prediction
        if self.prediction == "epsilon":
            return (x - sigma * prediction) / max(alpha, 1e-6)
        length = (alpha * alpha + sigma * sigma) ** 0.5
        return (alpha / length) * (x / length) - (sigma / length) * prediction

    def predicted(self, x: torch.Tensor, clean: torch.Tensor, call: int) -> torch.Tensor:
        """The prediction that points from x to this clean sample: the inverse of denoised()."""
        alpha, sigma = float(self.alphas[call]), float(self.sigmas[call])
        if self.prediction == "sample":
            return clean
        if self.prediction == "flow":
            return (x - clean) / sigma
        noise = (x - alpha * clean) / sigma
        return noise if self.prediction == "epsilon" else (alpha * noise - sigma * clean) / (alpha * alpha + sigma * sigma) ** 0.5

    def ask(self, denoiser: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], x: torch.Tensor, call: int) -> torch.Tensor:
        """The denoiser's prediction for x at the level of this call; outside of a run, as score distillation asks."""
        return denoiser(x * float(self.scales[call]), self.timesteps[call].to(x.device))

    def run(self, begin: int = 0) -> Solver:
        """A fresh solver, which stands before call `begin`."""
        return Solver(copy.deepcopy(self._scheduler), begin)


class Solver:
    """The state of one run: belongs to one call of sample(). Its timesteps stay on the CPU, so that a GPU is never waited for."""

    def __init__(self, scheduler: Any, begin: int) -> None:
        self._scheduler = scheduler
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(begin)
        self._takes_generator = "generator" in inspect.signature(scheduler.step).parameters

    def scaled(self, x: torch.Tensor, call: int) -> torch.Tensor:
        """What the denoiser is shown instead of x."""
        if not hasattr(self._scheduler, "scale_model_input"):
            return x
        return self._scheduler.scale_model_input(x, self._scheduler.timesteps[call])

    def step(self, prediction: torch.Tensor, x: torch.Tensor, call: int, generators: Sequence[torch.Generator]) -> torch.Tensor:
        """x at the level after this call; noise of a stochastic solver is drawn from one generator per item."""
        extra = {"generator": list(generators)} if self._takes_generator else {}
        return self._scheduler.step(prediction, self._scheduler.timesteps[call], x, return_dict=False, **extra)[0]


def schedule(kind: str, steps: int, **config: Any) -> Schedule:
    """A schedule by its name: ddim, dpm++, unipc, euler (noise as in DDPM), flow, flow_heun, flow_unipc (flow matching).

    steps: of the solver; flow_heun asks the denoiser twice in each step but the last.
    config: what the diffusers class is built with: prediction_type="v_prediction", use_karras_sigmas=True, shift=3.0 (of
    flow_unipc flow_shift=3.0) and so on.
    "flow" ends its even steps at 1/steps as the pipelines of that family do, the class alone would waste the last one.

    Raises:
        UnknownName: no such schedule. ParamError: steps below 1 or an unknown configuration.
    """
    if kind not in KINDS:
        raise UnknownName(f"no schedule named {kind!r}; there is: {', '.join(KINDS)}")
    name, own = KINDS[kind]
    made = getattr(diffusers, name)
    known = inspect.signature(made.__init__).parameters
    unknown = sorted(set(config) - set(known))
    if unknown:
        raise ParamError(f"the configuration of {kind} has no {unknown[0]!r}; it has: {', '.join(list(known)[1:])}")
    options: dict[str, Any] = {}
    if kind == "flow" and isinstance(steps, int) and steps > 0:
        options["sigmas"] = [1.0 - number / steps for number in range(steps)]
    try:
        with _quiet():
            scheduler = made(**{**own, **config})
    except (ValueError, TypeError, NotImplementedError) as error:
        raise ParamError(f"{kind} cannot be configured so: {error}") from error
    return Schedule.of(scheduler, steps, **options)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without numpy's warning about how some of diffusers' classes hand their tensors to it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array", DeprecationWarning)
        yield


def _prediction(scheduler: Any) -> str:
    kind = scheduler.config.get("prediction_type", "flow" if hasattr(scheduler, "scale_noise") else "epsilon")
    kind = "flow" if kind == "flow_prediction" else kind
    if kind not in PREDICTIONS:
        raise ParamError(f"prediction_type must be one of {', '.join(PREDICTIONS)}, got {kind!r}")
    return kind


def _levels(scheduler: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """(alphas, sigmas): what the scheduler's own add_noise makes of a clean 1 and of a noise of 1 at each call."""
    count = len(scheduler.timesteps)
    if hasattr(scheduler, "scale_noise"):
        sigmas = scheduler.sigmas[:count].float().cpu()
        return (1.0 - sigmas).double(), sigmas.double()
    one, zero = torch.ones(1), torch.zeros(1)  # float32, as the scheduler itself will noise
    alphas, sigmas = [], []
    for call in range(count):
        fresh = copy.copy(scheduler)
        if hasattr(fresh, "set_begin_index"):
            fresh.set_begin_index(call)
        alphas.append(fresh.add_noise(one, zero, fresh.timesteps[call : call + 1]))
        sigmas.append(fresh.add_noise(zero, one, fresh.timesteps[call : call + 1]))
    return torch.cat(alphas).double(), torch.cat(sigmas).double()


def _input_scales(scheduler: Any) -> torch.Tensor:
    one = torch.ones(1, dtype=torch.float64)
    if not hasattr(scheduler, "scale_model_input"):
        return torch.ones(len(scheduler.timesteps), dtype=torch.float64)
    scales = []
    for call, timestep in enumerate(scheduler.timesteps):
        fresh = copy.copy(scheduler)
        if hasattr(fresh, "set_begin_index"):
            fresh.set_begin_index(call)
        scales.append(fresh.scale_model_input(one, timestep))
    return torch.cat(scales)
