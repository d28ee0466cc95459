"""distill(): what a denoiser knows, brought into the parameters of any differentiable render function."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Literal, get_args

import torch

from dhsdk.diffusion.guide import Conditional, Denoiser, Guidance
from dhsdk.diffusion.sample import Callback, Rng, check_finite, streams
from dhsdk.diffusion.schedules import Schedule
from dhsdk.errors import Cancelled, GenerationError, ParamError

Mode = Literal["sds", "antithetic", "trajectory", "csd"]
SPANS: dict[str, tuple[float, float]] = {
    "sds": (0.7, 0.02),
    "antithetic": (0.7, 0.02),
    "trajectory": (0.98, 0.02),
    "csd": (0.7, 0.02),
}
"""From which share of the schedule (1: noise, 0: clean) to which one a form goes down when nothing else is said."""


def distill(
    denoiser: Denoiser | Conditional,
    render: Callable[[], torch.Tensor],
    parameters: Iterable[torch.Tensor],
    schedule: Schedule,
    *,
    mode: Mode = "sds",
    guidance: Guidance | None = None,
    weighting: Callable[[float, float], float] | None = None,
    steps: int = 500,
    lr: float = 0.05,
    span: tuple[float, float] | None = None,
    rng: Rng = 0,
    encode: Callable[[torch.Tensor], torch.Tensor] | None = None,
    callback: Callback | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> torch.Tensor:
    """Moves `parameters` (in place, by Adam) until render() is what the denoiser takes for clean; returns the last render.

    render: makes x (N, C, H, W) or (N, D) out of the parameters, differentiably; a new camera in each call is welcome.
    encode: from what render() gives to what the denoiser knows (a VAE's encoder), differentiable too.
    schedule: its levels are used, so let it have many steps (200). They are passed once from noisy to clean.
    mode: "sds" asks about fresh noise in each step and seeks a mode. "antithetic" asks about noise and its opposite in one
        call of 2 N rows: the first order of the noise cancels, so it settles without jitter. "trajectory" keeps the noise that
        the denoiser saw last: renders follow the sampler's paths and spread over the modes as samples do; for pixels that stay
        where they are. "csd" follows only what the condition adds (needs guidance).
    weighting: (alpha, sigma) with alpha² + sigma² = 1 -> factor of the gradient x - clean; None: alpha * sigma, DreamFusion's.
    lr: in units of the parameters; falls to its fiftieth by a cosine. span: first and last share of the schedule, see SPANS.
    rng, callback, cancelled: as in sample(); the callback sees x and the clean sample it is drawn to.

    Raises:
        ParamError, Cancelled, GenerationError: NaN, infinite numbers or another shape; the message names the step.

    Source: Poole et al. 2023 (DreamFusion), equation 3; annealing: Huang et al. 2024 (DreamTime); trajectory: Lukoianov et al.
        2024 (SDI), section 4, with the last noise instead of an inversion; Yu et al. 2024 (CSD), equation 6.
    """
    first, last = _span(mode, span, guidance, steps)
    adam = torch.optim.Adam(list(parameters), lr=lr, betas=(0.9, 0.99))
    asked = _asked(denoiser, mode, guidance)
    generators: list[torch.Generator] = []
    kept: torch.Tensor | None = None
    for number in range(1, steps + 1):
        if cancelled is not None and cancelled():
            raise Cancelled(f"cancelled before step {number} of {steps}")
        done = (number - 1) / max(steps - 1, 1)
        call = round((1.0 - first - (last - first) * done) * (len(schedule) - 1))
        adam.param_groups[0]["lr"] = lr * (0.02 + 0.49 * (1.0 + math.cos(math.pi * done)))
        adam.zero_grad()
        x = _rendered(render, encode, kept)
        check_finite(x, "the render", number, steps, schedule.timesteps[call])
        now = x.detach().clone()  # the render may be the parameters themselves
        generators = generators or streams(rng, len(now), "distill")
        if kept is None or mode != "trajectory":
            kept = torch.stack([torch.randn(now.shape[1:], generator=one) for one in generators]).to(now)
        with torch.no_grad():
            clean, kept = _drawn(asked, schedule, call, now, kept, mode)
        check_finite(clean, "the denoiser's answer", number, steps, schedule.timesteps[call])
        torch.autograd.backward(x, _weight(schedule, call, weighting) * (now - clean))
        adam.step()
        if callback is not None:
            callback(number, steps, now, clean)
    return _rendered(render, encode, kept, last=True).detach().clone()


Pair = Callable[[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor | None]]
"""(x, t) -> the prediction, and for "csd" the one without the condition."""


def _asked(denoiser: Denoiser | Conditional, mode: str, guidance: Guidance | None) -> Pair:
    if mode == "csd" and guidance is not None:

        def both(x: torch.Tensor, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
            without, with_ = guidance.both(denoiser, x, t)  # type: ignore[arg-type]
            return with_, without

        return both
    one: Denoiser = denoiser if guidance is None else guidance.of(denoiser)  # type: ignore[assignment, arg-type]
    return lambda x, t: (one(x, t), None)


def _drawn(
    asked: Pair, schedule: Schedule, call: int, x: torch.Tensor, noise: torch.Tensor, mode: str
) -> tuple[torch.Tensor, torch.Tensor]:
    """(the clean sample that x is drawn to, the noise that the denoiser saw in the noised x)."""
    seen = schedule.noised(x, noise, call)
    if mode == "antithetic":
        seen = torch.cat([seen, schedule.noised(x, -noise, call)])
    prediction, without = asked(seen * float(schedule.scales[call]), schedule.timesteps[call].to(x.device))
    if prediction.shape != seen.shape:
        raise GenerationError(
            f"a denoiser must return the shape of its input {tuple(seen.shape)}, got {tuple(prediction.shape)} in distill()"
        )
    clean = schedule.denoised(seen, prediction, call)
    if without is not None:
        return x + clean - schedule.denoised(seen, without, call), noise
    if mode == "antithetic":
        return clean.reshape(2, *x.shape).mean(0), noise
    return clean, (seen - float(schedule.alphas[call]) * clean) / float(schedule.sigmas[call])


def _weight(schedule: Schedule, call: int, weighting: Callable[[float, float], float] | None) -> float:
    alpha, sigma = float(schedule.alphas[call]), float(schedule.sigmas[call])
    length = math.hypot(alpha, sigma)
    alpha, sigma = alpha / length, sigma / length
    return alpha * sigma if weighting is None else weighting(alpha, sigma)


def _rendered(
    render: Callable[[], torch.Tensor],
    encode: Callable[[torch.Tensor], torch.Tensor] | None,
    like: torch.Tensor | None,
    last: bool = False,
) -> torch.Tensor:
    x = render() if encode is None else encode(render())
    if x.ndim < 2 or not x.is_floating_point():
        raise ParamError(f"render must give numbers of shape (N, C, H, W) or (N, D), got {tuple(x.shape)} of {x.dtype}")
    if not x.requires_grad and not last:
        raise ParamError("render must depend on the parameters differentiably, and what it gives has no gradient")
    if like is not None and x.shape != like.shape:
        raise ParamError(f"render must give the same shape in each step, got {tuple(x.shape)} after {tuple(like.shape)}")
    return x


def _span(mode: str, span: tuple[float, float] | None, guidance: Guidance | None, steps: int) -> tuple[float, float]:
    if mode not in SPANS:
        raise ParamError(f"mode must be one of {', '.join(get_args(Mode))}, got {mode!r} (form of score distillation)")
    if mode == "csd" and guidance is None:
        raise ParamError("csd needs guidance, whose cond and uncond it compares")
    if steps < 1:
        raise ParamError(f"steps must be at least 1, got {steps} (steps of distill)")
    first, last = SPANS[mode] if span is None else span
    if not 1.0 >= first >= last >= 0.0:
        raise ParamError(f"span must fall from at most 1 to at least 0, got {span!r} (shares of the schedule)")
    return first, last
