"""Texture lookups in torch: trilinear between mipmaps, texel centres at half steps, differentiable in the texels and in uv."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from dhsdk.errors import RenderError
from dhsdk.render.diff import kernels
from dhsdk.render.diff.fragments import numpy, numpy_kind
from dhsdk.render.texture import WRAP

WRAPS = tuple(WRAP)


def sample_texture(
    texture: Tensor,
    uv: Tensor,
    *,
    wrap: str | tuple[str, str] = "repeat",
    density: Tensor | float | None = None,
    levels: int | None = None,
) -> Tensor:
    """(H, W, C) values of a texture (h, w, C) at uv (H, W, 2), whose origin is the texture's upper left corner, as in glTF.

    wrap: "repeat", "mirror" or "clamp", or one for u and one for v. density: (H, W) or a number, UV units that one pixel covers,
    which chooses the mipmap level log2(density * max(h, w)); None looks up the texture itself. The level is not differentiated.
    levels: how many mipmaps there are at most, the texture itself among them; None: down to one texel.
    Raises RenderError: a shape that does not fit, an unknown wrap mode, no levels.
    """
    if texture.dim() != 3 or uv.dim() != 3 or uv.shape[2] != 2:
        raise RenderError(
            f"a lookup must have a texture (h, w, C) and uv (H, W, 2), got {tuple(texture.shape)} and {tuple(uv.shape)}"
        )
    modes = (wrap, wrap) if isinstance(wrap, str) else wrap
    if not set(modes) <= set(WRAPS):
        raise RenderError(f"a wrap mode must be one of {', '.join(WRAPS)}, got {wrap!r}")
    if levels is not None and levels < 1:
        raise RenderError(f"a lookup must have at least one mipmap level, got {levels}")
    edge = max(texture.shape[0], texture.shape[1])
    most = min(edge.bit_length(), levels or edge.bit_length()) - 1
    level = torch.zeros(uv.shape[0] * uv.shape[1], dtype=torch.float64)
    if density is not None:
        wide = torch.as_tensor(density, dtype=torch.float64).detach().cpu().expand(uv.shape[:2]).reshape(-1)
        level = (wide * edge).nan_to_num(1.0).clamp(min=1.0).log2().clamp(max=float(most))
    chain = [texture]
    while len(chain) <= (int(level.max().ceil()) if len(level) else 0):
        chain.append(halved(chain[-1]))
    flat = torch.cat([one.reshape(-1, texture.shape[2]) for one in chain])
    sizes = [(one.shape[0], one.shape[1]) for one in chain]
    out: Tensor = _Lookup.apply(flat, uv.reshape(-1, 2), sizes, level.numpy(), modes)  # type: ignore[no-untyped-call]
    return out.reshape(*uv.shape[:2], -1)


def halved(texture: Tensor) -> Tensor:
    """The next mipmap: the mean of 2 x 2 texels, an odd last row or column left out, one texel kept along a side of one."""
    height, width = texture.shape[:2]
    if height > 1:
        texture = (texture[: height // 2 * 2 : 2] + texture[1 : height // 2 * 2 : 2]) * 0.5
    if width > 1:
        texture = (texture[:, : width // 2 * 2 : 2] + texture[:, 1 : width // 2 * 2 : 2]) * 0.5
    return texture


class _Lookup(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, flat: Tensor, uv: Tensor, sizes: list[tuple[int, int]], level: np.ndarray, modes: tuple[str, str]
    ) -> Tensor:
        starts = np.cumsum([0] + [height * width for height, width in sizes[:-1]])
        table = np.array([(start, *size) for start, size in zip(starts, sizes, strict=True)], np.int64)
        ctx.save_for_backward(flat, uv)
        ctx.kept = (table, level, WRAP[modes[0]], WRAP[modes[1]])
        out = np.empty((len(uv), flat.shape[1]), numpy_kind(flat))
        kernels.look_up(numpy(flat, numpy_kind(flat)), numpy(uv, np.float64), *ctx.kept, out)
        return torch.from_numpy(out).to(flat)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        flat, uv = ctx.saved_tensors
        kind = numpy_kind(flat)
        to_flat, to_uv = np.zeros(tuple(flat.shape) if ctx.needs_input_grad[0] else (0, 0)), np.empty(tuple(uv.shape))
        kernels.look_up_back(numpy(flat, kind), numpy(uv, np.float64), *ctx.kept, numpy(grads[0], kind), to_flat, to_uv)
        into = torch.from_numpy(to_flat).to(flat) if ctx.needs_input_grad[0] else None
        return into, torch.from_numpy(to_uv).to(uv), None, None, None
