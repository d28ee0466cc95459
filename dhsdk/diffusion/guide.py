"""Denoisers and how words steer them: classifier-free guidance in one batched call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from dhsdk.diffusion.schedules import Schedule
from dhsdk.errors import ParamError

Denoiser = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""(x (N, C, H, W) or (N, D), t scalar tensor on x's device) -> what the schedule's prediction type says, in the shape of x."""

Conditional = Callable[[torch.Tensor, torch.Tensor, Any], torch.Tensor]
"""A denoiser that is also handed a condition: a tensor, or a tuple, list or mapping of them, None among them allowed.
The first axis of each tensor counts items."""


@dataclass(frozen=True)
class Guidance:
    """Classifier-free guidance: uncond + scale * (cond - uncond).

    cond, uncond: conditions with 1 row (for every item) or one row per item.
    interval: (low, high) of t; outside of it only `cond` is asked, at half the cost.
    rescale: share by which the result takes the spread of the conditional prediction, against overexposure.
    keep: side of the squares (over all channels) in which the result takes the length of the conditional prediction; 0: nowhere.

    Raises:
        ParamError: rescale outside [0, 1], a negative keep or an interval that is not ordered.

    Source: Ho and Salimans 2022, equation 6; Kynkäänniemi et al. 2024 (interval); Lin et al. 2024, equations 14 to 16 (rescale);
    the pipeline of Qwen-Image (keep).
    """

    cond: Any
    uncond: Any
    scale: float = 7.5
    interval: tuple[float, float] | None = None
    rescale: float = 0.0
    keep: int = 0

    def __post_init__(self) -> None:
        if not 0.0 <= self.rescale <= 1.0:
            raise ParamError(f"rescale must be in [0, 1], got {self.rescale!r} (guidance)")
        if self.keep < 0:
            raise ParamError(f"keep must be the side of squares, or 0, got {self.keep!r} (guidance)")
        if self.interval is not None and not self.interval[0] <= self.interval[1]:
            raise ParamError(f"an interval of guidance must be (low, high) in t, got {self.interval!r}")

    def of(self, denoiser: Conditional) -> Denoiser:
        """The guided denoiser."""

        def denoise(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
            if self.scale == 1.0 or not self._acts(t):
                return denoiser(x, t, spread(self.cond, len(x)))
            without, with_ = self.both(denoiser, x, t)
            found = without + self.scale * (with_ - without)
            found = _kept(found, with_, self.keep) if self.keep else found
            return _rescaled(found, with_, self.rescale) if self.rescale else found

        return denoise

    def both(self, denoiser: Conditional, x: torch.Tensor, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(without, with) the condition, out of one call over twice the batch."""
        pair = joined(spread(self.uncond, len(x)), spread(self.cond, len(x)))
        without, with_ = denoiser(torch.cat([x, x]), t, pair).chunk(2)
        return without, with_

    def _acts(self, t: torch.Tensor) -> bool:
        return self.interval is None or self.interval[0] <= float(t) <= self.interval[1]


def guided(
    denoiser: Conditional,
    cond: Any,
    uncond: Any,
    scale: float,
    interval: tuple[float, float] | None = None,
    rescale: float = 0.0,
) -> Denoiser:
    """`denoiser` under classifier-free guidance; the meaning and the errors are those of Guidance."""
    return Guidance(cond, uncond, scale, interval, rescale).of(denoiser)


def steered(
    schedule: Schedule,
    predict: Callable[[torch.Tensor, int], torch.Tensor],
    x: torch.Tensor,
    call: int,
    init: torch.Tensor,
    mask: torch.Tensor,
    rounds: int,
) -> torch.Tensor:
    """predict(x, call), moved to what the denoiser would say if it knew that the clean sample is init where mask is 0.

    By Tweedie's formula the gradient of the denoiser is the covariance of the clean sample, given x; so the kept part corrects
    the new one as in linear regression. It is solved by `rounds` of minimal residuals, not by conjugate gradients: those come
    nearer to an exact denoiser, but networks, whose gradient is no covariance, drive them to infinity.
    Where almost nothing of the clean sample shows yet (alpha below a twentieth) the prediction is left alone.

    Raises:
        ParamError: predict is not differentiable.

    Source: Rozet et al. 2024 (Learning diffusion priors from observations), section 4.2 (moment matching), with
    minimal residuals (Saad, Iterative methods for sparse linear systems, section 5.3.2).
    """
    alpha, sigma = float(schedule.alphas[call]), float(schedule.sigmas[call])
    if alpha * alpha < (alpha * alpha + sigma * sigma) / 400.0:
        return predict(x, call)
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        prediction = predict(x, call)
        if not prediction.requires_grad:
            raise ParamError("steer needs a denoiser that is differentiable, and what it gave has no gradient")
        clean = schedule.denoised(x, prediction, call)
    kept = 1.0 - mask

    def covary(one: torch.Tensor) -> torch.Tensor:
        """The covariance of all cells with the kept ones, times `one`."""
        return sigma * sigma / alpha * torch.autograd.grad(clean, x, (kept * one).to(clean), retain_graph=True)[0]

    wanted = _solved(lambda one: kept * covary(one) + RIDGE * one, kept * (init - clean.detach()), rounds)
    return schedule.predicted(x.detach(), clean.detach() + covary(wanted), call)


RIDGE = 1e-4
"""Variance that a kept cell is allowed, in units of the data."""


def _solved(matrix: Callable[[torch.Tensor], torch.Tensor], right: torch.Tensor, rounds: int) -> torch.Tensor:
    """About the solution of matrix(s) = right for each item: what is left shrinks in every round, whatever the matrix is."""
    axes = tuple(range(1, right.ndim))
    found, rest = torch.zeros_like(right), right
    for _ in range(rounds):
        bent = matrix(rest)
        far = (rest * bent).sum(axes, keepdim=True) / (bent * bent).sum(axes, keepdim=True).clamp_min(1e-20)
        far = far.clamp_min(0.0)  # an exact denoiser's covariance never asks for a way back
        found, rest = found + far * rest, rest - far * bent
    return found


def spread(cond: Any, count: int) -> Any:
    """`cond` with `count` rows: its rows are repeated as a whole (a b -> a b a b), one row serves all.

    Raises:
        ParamError: count is no multiple of the rows.
    """
    if isinstance(cond, torch.Tensor):
        rows = len(cond) if cond.ndim else 0
        if rows == 0 or count % rows:
            raise ParamError(f"a condition must have 1 row or one per item, got {rows} rows for {count} items")
        return cond if rows == count else cond.repeat(count // rows, *[1] * (cond.ndim - 1))
    return _mapped(lambda one: spread(one, count), cond)


def joined(first: Any, second: Any) -> Any:
    """Two conditions of the same build, one after the other along the first axis.

    Raises:
        ParamError: they are built differently.
    """
    if isinstance(first, torch.Tensor) and isinstance(second, torch.Tensor) and first.shape[1:] == second.shape[1:]:
        return torch.cat([first, second])
    if isinstance(first, Mapping) and isinstance(second, Mapping) and first.keys() == second.keys():
        return {name: joined(first[name], second[name]) for name in first}
    if isinstance(first, tuple | list) and isinstance(second, tuple | list) and len(first) == len(second):
        return type(first)(joined(*pair) for pair in zip(first, second, strict=True))
    if not isinstance(first, torch.Tensor | Mapping | tuple | list) and first is second:
        return first
    raise ParamError(f"cond and uncond must be built alike, got {_build(second)} and {_build(first)}")


def _mapped(function: Callable[[Any], Any], cond: Any) -> Any:
    if isinstance(cond, Mapping):
        return {name: function(one) for name, one in cond.items()}
    if isinstance(cond, tuple | list):
        return type(cond)(function(one) for one in cond)
    return cond


def _build(cond: Any) -> str:
    return f"a tensor of {tuple(cond.shape)}" if isinstance(cond, torch.Tensor) else type(cond).__name__


def _kept(found: torch.Tensor, with_: torch.Tensor, side: int) -> torch.Tensor:
    """`found` (N, C, H, W) with the length that `with_` has in every square of side x side cells."""

    def length(x: torch.Tensor) -> torch.Tensor:
        squares = torch.nn.functional.avg_pool2d(x.square().sum(dim=1, keepdim=True), side)
        return squares.sqrt()

    share = length(with_) / length(found).clamp_min(1e-12)
    return found * torch.nn.functional.interpolate(share, scale_factor=side)


def _rescaled(found: torch.Tensor, with_: torch.Tensor, share: float) -> torch.Tensor:
    axes = tuple(range(1, found.ndim))
    fitted = found * (with_.std(dim=axes, keepdim=True) / found.std(dim=axes, keepdim=True))
    return share * fitted + (1.0 - share) * found
