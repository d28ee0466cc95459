"""A target whose exact denoiser is known: a mixture of Gaussians. Samplers and distillation are measured on it."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from dhsdk.diffusion.guide import Denoiser
from dhsdk.diffusion.sample import Rng, streams
from dhsdk.diffusion.schedules import Schedule
from dhsdk.errors import ParamError


@dataclass(frozen=True)
class Mixture:
    """Equal round Gaussians.

    means: (K, ...) their centres; samples have the shape of one of them.
    spread: their standard deviation.
    weights: (K,) their shares, summing to 1; None: equal.

    Raises:
        ParamError: spread not above 0, or not one weight for each mean.
    """

    means: torch.Tensor
    spread: float
    weights: torch.Tensor | None = None

    def __post_init__(self) -> None:
        if not self.spread > 0:
            raise ParamError(f"spread must be above 0, got {self.spread!r} (standard deviation of a mixture)")
        if self.weights is not None and self.weights.shape != self.means.shape[:1]:
            raise ParamError(f"a mixture needs one weight for each mean, got {tuple(self.weights.shape)} for {len(self.means)}")

    def shares(self, x: torch.Tensor, alpha: float = 1.0, sigma: float = 0.0) -> torch.Tensor:
        """(N, K) how likely each Gaussian is to have made x (N, ...), which holds alpha * clean + sigma * noise."""
        return torch.softmax(self._logs(x, alpha, sigma), dim=1)

    def log_density(self, x: torch.Tensor) -> torch.Tensor:
        """(N,) natural logarithm of the density at x (N, ...), without the constant that depends on the size of x alone."""
        return torch.logsumexp(self._logs(x, 1.0, 0.0), dim=1)

    def clean(self, x: torch.Tensor, alpha: float, sigma: float) -> torch.Tensor:
        """The exact mean of the clean sample, given x (N, ...) = alpha * clean + sigma * noise.

        Source: Bayes' rule for Gaussians: each pulls x / alpha to its mean by the share of the noise in the variance.
        """
        flat = _flat(x)
        means = self.means.to(flat).reshape(len(self.means), -1)
        variance = alpha**2 * self.spread**2 + sigma**2
        kept = alpha * self.spread**2 / variance
        drawn = self.shares(x, alpha, sigma) @ means
        return (drawn + kept * (flat - alpha * drawn)).reshape(x.shape).to(x.dtype)

    def denoiser(self, schedule: Schedule) -> Denoiser:
        """The perfect denoiser, in what `schedule` asks for; it knows the levels of this schedule alone."""
        calls = {float(t): call for call, t in enumerate(schedule.timesteps)}

        def denoise(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
            call = calls[float(t)]
            full = x.to(torch.promote_types(x.dtype, torch.float32)) / float(schedule.scales[call])
            clean = self.clean(full, float(schedule.alphas[call]), float(schedule.sigmas[call]))
            return schedule.predicted(full, clean, call).to(x.dtype)

        return denoise

    def draw(self, count: int, rng: Rng = 0) -> torch.Tensor:
        """(count, ...) exact samples, float32."""
        shares = torch.ones(len(self.means)) if self.weights is None else self.weights.float()
        drawn = []
        for one in streams(rng, count, "mixture"):
            mean = self.means[int(torch.multinomial(shares, 1, generator=one))].float()
            drawn.append(mean + self.spread * torch.randn(mean.shape, generator=one))
        return torch.stack(drawn)

    def _logs(self, x: torch.Tensor, alpha: float, sigma: float) -> torch.Tensor:
        flat = _flat(x)
        means = self.means.to(flat).reshape(len(self.means), -1)
        apart = torch.cdist(flat, alpha * means) ** 2
        logs = -apart / (2.0 * (alpha**2 * self.spread**2 + sigma**2))
        return logs if self.weights is None else logs + torch.log(self.weights.to(flat))


def _flat(x: torch.Tensor) -> torch.Tensor:
    """(N, D), in float32 or better."""
    return x.reshape(len(x), -1).to(torch.promote_types(x.dtype, torch.float32))
