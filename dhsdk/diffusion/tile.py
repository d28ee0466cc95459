"""Larger than the network: overlapping windows, and latents that close into a circle along their width."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from dhsdk.diffusion.guide import Conditional, Denoiser, spread
from dhsdk.errors import ParamError


def windowed(
    denoiser: Denoiser | Conditional,
    window: int | tuple[int, int],
    overlap: int | tuple[int, int],
    circular: bool = False,
    batch: int = 8,
) -> Denoiser:
    """`denoiser` asked for overlapping windows of x (N, C, H, W), whose answers are blended by a smooth weight.

    window, overlap: (rows, columns) or one number for both; a window larger than x is cut to it.
    circular: windows run on over the right edge into the left one.
    batch: how many windows are asked for at once; memory grows with it, not with the size of x. The denoiser then sees
    `batch * N` rows, window by window; a condition handed on by guided() is repeated to fit.

    Raises:
        ParamError: window below 1, overlap not in [0, window), batch below 1; (when called) x without rows and columns.

    Source: Bar-Tal et al. 2023 (MultiDiffusion), equation 5, with weights that fall to the edge.
    """
    sizes = (window, window) if isinstance(window, int) else tuple(window)
    laps = (overlap, overlap) if isinstance(overlap, int) else tuple(overlap)
    for size, lap in zip(sizes, laps, strict=True):
        if size < 1 or not 0 <= lap < size:
            raise ParamError(f"a window must be at least 1 wide and overlap in [0, window), got {size} and {lap}")
    if batch < 1:
        raise ParamError(f"batch must be at least 1, got {batch} (windows at once)")

    def denoise(x: torch.Tensor, t: torch.Tensor, *cond: Any) -> torch.Tensor:
        if x.ndim != 4:
            raise ParamError(f"windows need x of shape (N, C, H, W), got {tuple(x.shape)}")
        rows = _places(x.shape[2], sizes[0], laps[0], False, x.device)
        columns = _places(x.shape[3], sizes[1], laps[1], circular, x.device)
        weight = _bump(rows.shape[1], laps[0], x)[:, None] * _bump(columns.shape[1], laps[1], x)
        places = [(row, column) for row in rows for column in columns]
        total = torch.zeros(x.shape, dtype=weight.dtype, device=x.device)
        weights = torch.zeros(x.shape[2:], dtype=weight.dtype, device=x.device)
        for first in range(0, len(places), batch):
            some = places[first : first + batch]
            views = torch.cat([x[:, :, row[:, None], column] for row, column in some])
            answers = denoiser(views, t, *(spread(one, len(views)) for one in cond)).to(weight.dtype)
            for (row, column), answer in zip(some, answers.chunk(len(some)), strict=True):
                total[:, :, row[:, None], column] += answer * weight
                weights[row[:, None], column] += weight
        return (total / weights).to(x.dtype)

    return denoise


@dataclass(frozen=True)
class Circular:
    """A denoiser of latents (N, C, H, W) whose left and right edge are neighbours; made by `circular()`."""

    denoiser: Denoiser | Conditional

    def __call__(self, x: torch.Tensor, t: torch.Tensor, *cond: Any) -> torch.Tensor:
        """The prediction, made in x's own frame: rolled x gives the rolled prediction, bit for bit."""
        shifts = anchors(x)
        return rolled(self.denoiser(rolled(x, [-one for one in shifts]), t, *cond), shifts)


def circular(denoiser: Denoiser | Conditional) -> Circular:
    """`denoiser` for latents that close along their width, whatever it does at their edges.

    sample() sees to two things. The run takes place in a frame that is fixed to the starting noise, not to column 0, so noise
    that is rolled by any number of columns gives the same picture rolled by as many, bit for bit. And before each call x is
    rolled by a random number of columns, drawn from the run's rng, and rolled back after it, so that no seam of the network
    stays at one place. With a convolutional network use circular_padding() too: then there is no seam at all.

    Source: canonical frames: Kaba et al. 2023 (learned canonicalisation), section 3; rolls: Wu et al. 2023 (PanoDiffusion).
    """
    return Circular(denoiser)


def anchors(x: torch.Tensor) -> list[int]:
    """For each item of (N, C, H, W) the column that comes first of all when columns are compared from the top down.

    It rolls with x, and is found by comparing alone, so rounding cannot move it.

    Raises:
        ParamError: x of another shape.
    """
    if x.ndim != 4:
        raise ParamError(f"circular latents must have the shape (N, C, H, W), got {tuple(x.shape)}")
    found = []
    for item in x.detach().float().cpu():
        alive = torch.arange(x.shape[3])
        for row in item.reshape(-1, x.shape[3]):
            values = row[alive]
            alive = alive[values == values.max()]
            if len(alive) <= 1:
                break
        found.append(int(alive[0]) if len(alive) else 0)  # NaN compares with nothing; sample() stops there
    return found


def rolled(x: torch.Tensor, shifts: Sequence[int]) -> torch.Tensor:
    """Each item of (N, C, H, W) rolled along its width by its own number of columns, to the right."""
    return torch.stack([torch.roll(item, shift, -1) for item, shift in zip(x, shifts, strict=True)])


@contextmanager
def circular_padding(*modules: nn.Module) -> Iterator[None]:
    """Inside, every Conv2d of these modules (UNet, VAE) pads by wrapping along the width; the height is padded as before.

    The modules themselves are changed and set back, so do not use them from another thread meanwhile.
    A network with strides is then equivariant to rolls by multiples of its total stride. Wrapping needs at least as many columns
    as padding at the coarsest level.
    """
    closing = {id(one.conv) for module in modules for one in module.modules() if _pads_by_itself(one)}
    convolutions = {id(one): one for module in modules for one in module.modules() if isinstance(one, nn.Conv2d)}
    changed = []
    try:
        for key, one in convolutions.items():
            if key in closing or any(one._reversed_padding_repeated_twice[:2]):
                one._conv_forward = _Wrapping(one, key in closing)  # type: ignore[method-assign, assignment]
                changed.append(one)
        yield
    finally:
        for one in changed:
            del one._conv_forward


@dataclass(frozen=True)
class _Wrapping:
    """The convolution of one Conv2d with its columns wrapped."""

    of: nn.Conv2d
    closes: bool

    def __call__(self, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        one = self.of
        left, right, top, bottom = one._reversed_padding_repeated_twice
        if self.closes:  # a column of zeros stands at the right where the first one belongs
            x, right = x[..., :-1], 1
        x = functional.pad(x, (left, right, 0, 0), mode="circular")
        x = functional.pad(x, (0, 0, top, bottom), mode="constant" if one.padding_mode == "zeros" else one.padding_mode)
        return functional.conv2d(x, weight, bias, one.stride, 0, one.dilation, one.groups)


def _pads_by_itself(module: nn.Module) -> bool:
    """Whether this is diffusers' downsampling that puts zeros at the right and the bottom itself, as VAE encoders do."""
    return (
        type(module).__name__ == "Downsample2D" and getattr(module, "padding", None) == 0 and isinstance(module.conv, nn.Conv2d)
    )


def _places(length: int, size: int, lap: int, around: bool, device: torch.device) -> torch.Tensor:
    """(windows, size) indices into `length` cells, evenly laid, every cell covered."""
    size = min(size, length)
    lap = min(lap, size - 1)
    inside = torch.arange(size, device=device)
    if around:
        count = math.ceil(length / (size - lap)) if size < length or lap else 1
        starts = [round(number * length / count) for number in range(count)]
        return (torch.tensor(starts, device=device)[:, None] + inside) % length
    count = math.ceil((length - size) / (size - lap)) + 1
    starts = [round(number * (length - size) / max(count - 1, 1)) for number in range(count)]
    return torch.tensor(starts, device=device)[:, None] + inside


def _bump(size: int, lap: int, like: torch.Tensor) -> torch.Tensor:
    """(size,) weights in float32 or better: 1 inside, falling over `lap` cells to both edges as a squared sine."""
    kind = torch.promote_types(like.dtype, torch.float32)
    edge = torch.arange(size, device=like.device, dtype=kind) + 0.5
    edge = torch.minimum(edge, size - edge)
    return torch.sin(torch.clamp(edge / max(lap, 1), max=1.0) * (math.pi / 2)) ** 2 if lap else torch.ones_like(edge)
