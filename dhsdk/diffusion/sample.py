"""sample(): noise -> clean samples, as one pure call over diffusers' schedulers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import torch

from dhsdk.diffusion.guide import Conditional, Denoiser, Guidance, steered
from dhsdk.diffusion.schedules import Schedule
from dhsdk.diffusion.tile import Circular, anchors, rolled
from dhsdk.errors import Cancelled, GenerationError, ParamError

Seed = int | torch.Generator | np.random.Generator
Rng = Seed | Sequence[int] | Sequence[torch.Generator]
"""A seed, a generator of torch or numpy (seeds are drawn from it), or one seed or CPU generator per item."""

Callback = Callable[[int, int, torch.Tensor, torch.Tensor], None]
"""(step from 1, of how many, x after the step, the clean sample that the denoiser pointed to), both in the shape of x."""


def noise(
    shape: Sequence[int], rng: Rng = 0, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
) -> torch.Tensor:
    """Unit normal noise of this shape (N, ...), each item from a CPU generator of its own.

    So item 0 is the same in a batch of 1 and of 4, and on every device.
    """
    drawn = [torch.randn(tuple(shape)[1:], generator=one) for one in streams(rng, shape[0], "noise")]
    return torch.stack(drawn).to(device, dtype)


def streams(rng: Rng, count: int, name: str) -> list[torch.Generator]:
    """`count` CPU generators. From a seed they are hashed with `name`, so that noise and steps never share their numbers.

    Raises:
        ParamError: a list of another length than `count`, or of generators that are not on the CPU.
    """
    if isinstance(rng, int | np.integer):
        return [_seeded(f"{rng}/{number}/{name}") for number in range(count)]
    if isinstance(rng, torch.Generator):
        drawn = [torch.randint(2**62, (), generator=rng, device=rng.device) for _ in range(count)]
        return [_seeded(f"{int(one)}/{name}") for one in drawn]
    if isinstance(rng, np.random.Generator):
        return [_seeded(f"{int(rng.integers(2**62))}/{name}") for _ in range(count)]
    if len(rng) != count:
        raise ParamError(f"rng must be one seed or one per item, got {len(rng)} for {count} items")
    found = [one if isinstance(one, torch.Generator) else _seeded(f"{one}/0/{name}") for one in rng]
    if any(one.device.type != "cpu" for one in found):
        raise ParamError("generators of items must be on the CPU, so that every device draws the same noise")
    return found


def sample(
    denoiser: Denoiser | Circular | Conditional,
    x: torch.Tensor,
    schedule: Schedule,
    *,
    guidance: Guidance | None = None,
    mask: torch.Tensor | None = None,
    init: torch.Tensor | None = None,
    strength: float = 1.0,
    steer: int = 0,
    rng: Rng = 0,
    callback: Callback | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> torch.Tensor:
    """Clean samples (in the shape, dtype and device of x) that `denoiser` makes of the noise x; a pure call, from any thread.

    x: unit normal noise (N, C, H, W) or (N, D), as noise() draws it; it is scaled to the schedule's start here.
    guidance: classifier-free guidance; `denoiser` is then a conditional one.
    init: a clean sample to start from, in the shape of x: noised by x to the level at which the last `strength` of the steps
        begins. At strength 0 it is the result, at strength 1 without a mask it has no say (SDEdit, img2img).
    mask: 1 where something new is made, 0 where init is kept (exactly, at the end), between them a blend; broadcast to x.
        The kept part is noised by x to the level of each step.
    steer: with a mask, rounds by which the kept part also draws the new one to where it fits: 2 to 4 halve the step at the
        border. Each step then takes 1 + steer gradients through the denoiser. 0: the kept part is only put in place.
    rng: for stochastic solvers and for the rolls of circular(): one stream per item, on the CPU.
    callback: called after each step. cancelled: asked before each step; True stops with Cancelled.

    Raises:
        ParamError: shapes, strength or rng that do not fit. Cancelled.
        GenerationError: the denoiser gave another shape, or x became NaN or infinite; the message names the step.

    Source: Meng et al. 2022 (SDEdit); known regions: Lugmayr et al. 2022 (RePaint), equation 8, with one noise for all steps.
    """
    _check(x, init, mask, strength, steer)
    begin = schedule.begin(strength) if init is not None else 0
    if init is not None and begin == len(schedule):
        return init.to(x).clone()
    shifts = anchors(x) if isinstance(denoiser, Circular) else None
    generators = streams(rng, len(x), "steps")
    ask = _asked(denoiser, guidance, generators)
    with torch.no_grad():
        given, init, mask = _moved(x, shifts, x), _moved(init, shifts, x), _moved(mask, shifts, x)
        known = None if init is None or mask is None else _Known(schedule, init, mask, given, steer)
        x = given * schedule.initial if init is None or strength == 1.0 else schedule.noised(init, given, begin)
        solver, total = schedule.run(begin), len(schedule) - begin
        timesteps = schedule.timesteps.to(x.device)

        def predict(x: torch.Tensor, call: int) -> torch.Tensor:
            return ask(solver.scaled(x, call), timesteps[call])

        for number, call in enumerate(range(begin, len(schedule)), 1):
            if cancelled is not None and cancelled():
                raise Cancelled(f"cancelled before step {number} of {total}")
            prediction = predict(x, call) if known is None else known.predict(predict, x, call)
            before, x = x, solver.step(prediction, x, call, generators).to(x.dtype)
            x = x if known is None else known.put(x, call)
            check_finite(x, "latents", number, total, timesteps[call])
            if callback is not None:
                clean = schedule.denoised(before, prediction, call).to(x.dtype)
                callback(number, total, _back(x, shifts), _back(clean, shifts))
        return _back(x, shifts)


@dataclass(frozen=True)
class _Known:
    """The part of a run that is kept: init where mask is 0."""

    schedule: Schedule
    init: torch.Tensor
    mask: torch.Tensor
    noise: torch.Tensor
    steer: int

    def predict(self, predict: Callable[[torch.Tensor, int], torch.Tensor], x: torch.Tensor, call: int) -> torch.Tensor:
        if not self.steer:
            return predict(x, call)
        return steered(self.schedule, predict, x, call, self.init, self.mask, self.steer)

    def put(self, x: torch.Tensor, call: int) -> torch.Tensor:
        """x after this call, with the kept part as it is at that level."""
        last = call + 1 == len(self.schedule)
        return self.mask * x + (1.0 - self.mask) * (self.init if last else self.schedule.noised(self.init, self.noise, call + 1))


def check_finite(x: torch.Tensor, what: str, number: int, total: int, t: torch.Tensor) -> None:
    """Raises GenerationError, which names the step, when x holds NaN or an infinite number."""
    if not torch.isfinite(x).all():
        raise GenerationError(
            f"{what} became NaN or infinite at step {number} of {total} (t {float(t):g}): "
            "take float32 or bfloat16 instead of float16, less guidance, or check the weights"
        )


def _seeded(text: str) -> torch.Generator:
    return torch.Generator().manual_seed(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1)


def _check(x: torch.Tensor, init: torch.Tensor | None, mask: torch.Tensor | None, strength: float, steer: int) -> None:
    if x.ndim < 2 or not x.is_floating_point():
        raise ParamError(f"x must be noise of shape (N, C, H, W) or (N, D), got {tuple(x.shape)} of {x.dtype}")
    if init is not None and init.shape != x.shape:
        raise ParamError(f"init must have the shape of x {tuple(x.shape)}, got {tuple(init.shape)}")
    if init is None and strength != 1.0:
        raise ParamError(f"strength needs an init to start from, got {strength!r} without one")
    if not isinstance(steer, int) or steer < 0:
        raise ParamError(
            f"steer must be a whole number of at least 0, got {steer!r} (rounds by which the kept part draws the new one)"
        )
    if mask is None:
        return
    if init is None:
        raise ParamError("a mask needs an init whose part it keeps")
    try:
        fits = np.broadcast_shapes(mask.shape, x.shape) == tuple(x.shape)
    except ValueError:
        fits = False
    if not fits:
        raise ParamError(f"mask must be broadcastable to x {tuple(x.shape)}, got {tuple(mask.shape)}")
    if not bool(((mask >= 0) & (mask <= 1)).all()):
        raise ParamError("mask must be in [0, 1] (1 is made anew, 0 is kept)")


def _asked(denoiser: Denoiser | Circular | Conditional, guidance: Guidance | None, generators: list[torch.Generator]) -> Denoiser:
    """The denoiser of this run: guided, checked, and a circular one rolled by a random number of columns at each call."""
    inner = denoiser.denoiser if isinstance(denoiser, Circular) else denoiser
    asked: Denoiser = inner if guidance is None else guidance.of(inner)  # type: ignore[assignment, arg-type]

    def checked(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        prediction = asked(x, t)
        if not isinstance(prediction, torch.Tensor):
            raise GenerationError(f"a denoiser must return a tensor, got {type(prediction).__name__}")
        if prediction.shape != x.shape:
            raise GenerationError(
                f"a denoiser must return the shape of its input {tuple(x.shape)}, got {tuple(prediction.shape)}"
            )
        return prediction

    def turned(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        shifts = [int(torch.randint(x.shape[3], (), generator=one)) for one in generators]
        return rolled(checked(rolled(x, shifts), t), [-one for one in shifts])

    return turned if isinstance(denoiser, Circular) else checked


@overload
def _moved(one: torch.Tensor, shifts: list[int] | None, x: torch.Tensor) -> torch.Tensor: ...
@overload
def _moved(one: torch.Tensor | None, shifts: list[int] | None, x: torch.Tensor) -> torch.Tensor | None: ...
def _moved(one: torch.Tensor | None, shifts: list[int] | None, x: torch.Tensor) -> torch.Tensor | None:
    """`one`, of the shape of x or broadcast to it, on its device, rolled into the frame of a circular run."""
    if one is None or shifts is None:
        return one if one is None else one.to(x)
    return rolled(one.to(x).expand(x.shape), [-shift for shift in shifts])


def _back(x: torch.Tensor, shifts: list[int] | None) -> torch.Tensor:
    return x if shifts is None else rolled(x, shifts)
