"""The denoiser of a nano prior in torch: one network for all families of a space. draw.py has the same one in numpy."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

TIMES = 16
"""Frequencies of the noise level, twice: sine and cosine."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """kinds and families that are embedded, channels of the design, width and blocks of the network, size of its condition."""

    kinds: int
    families: int
    channels: int
    width: int = 192
    blocks: int = 4
    condition: int = 128


class Block(nn.Module):
    """One residual layer whose scale, shift and gate come from the condition."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.modulate = nn.Linear(sizes.condition, 3 * sizes.width)
        self.widen = nn.Linear(sizes.width, 2 * sizes.width)
        self.narrow = nn.Linear(2 * sizes.width, sizes.width)
        nn.init.zeros_(self.modulate.weight)
        nn.init.zeros_(self.modulate.bias)

    def forward(self, hidden: Tensor, condition: Tensor) -> Tensor:
        scale, shift, gate = self.modulate(condition).chunk(3, -1)
        inner = functional.layer_norm(hidden, hidden.shape[-1:]) * (1.0 + scale) + shift
        return hidden + gate * self.narrow(functional.silu(self.widen(inner)))


class Denoiser(nn.Module):
    """v(x, sigma | kind, locks, asks), which is noise - design, of x = (1 - sigma) design + sigma noise.

    x: (B, D) whitened channels, 0 where they are not free. sigma: (B,) in [0, 1]. kinds, families: (B,) int64.
    given: (B, 4 D), channels that are free, locked values, their mask, asks.
    Untrained it is the exact flow to independent standard normals: what is learned is how designs differ from those.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.kind = nn.Embedding(sizes.kinds, 64)
        self.family = nn.Embedding(sizes.families, 32)
        self.known = nn.Linear(4 * sizes.channels + 96, sizes.condition)
        self.time = nn.Linear(2 * TIMES, sizes.condition)
        self.join = nn.Linear(sizes.condition, sizes.condition)
        self.enter = nn.Linear(5 * sizes.channels, sizes.width)
        self.blocks = nn.ModuleList(Block(sizes) for _ in range(sizes.blocks))
        self.last = nn.Linear(sizes.condition, 2 * sizes.width)
        self.leave = nn.Linear(sizes.width, sizes.channels)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: Tensor, sigma: Tensor, kinds: Tensor, families: Tensor, given: Tensor) -> Tensor:
        angle = sigma[:, None] * torch.pi * 2.0 ** torch.linspace(-1.0, 6.0, TIMES, device=x.device)
        time = self.time(torch.cat([angle.sin(), angle.cos()], -1))
        known = self.known(torch.cat([self.kind(kinds), self.family(families), given], -1))
        condition = functional.silu(self.join(functional.silu(known + time)))
        hidden = self.enter(torch.cat([x, given], -1))
        for block in self.blocks:
            hidden = block(hidden, condition)
        scale, shift = self.last(condition).chunk(2, -1)
        hidden = functional.layer_norm(hidden, hidden.shape[-1:]) * (1.0 + scale) + shift
        level = sigma[:, None]
        power = (1.0 - level) ** 2 + level**2
        return ((2.0 * level - 1.0) / power * x + self.leave(hidden) / power.sqrt()) * given[:, : x.shape[1]]
