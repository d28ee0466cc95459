"""Texture lookups in torch: trilinear between mipmaps, texel centres at half steps, differentiable in the texels and in uv."""

from __future__ import annotations

import torch
from torch import Tensor

from dhsdk.errors import RenderError

WRAPS = ("repeat", "mirror", "clamp")


def sample_texture(
    texture: Tensor, uv: Tensor, *, wrap: str | tuple[str, str] = "repeat", density: Tensor | float | None = None
) -> Tensor:
    """(H, W, C) values of a texture (h, w, C) at uv (H, W, 2), whose origin is the texture's upper left corner, as in glTF.

    wrap: "repeat", "mirror" or "clamp", or one for u and one for v. density: (H, W) or a number, UV units that one pixel covers,
    which chooses the mipmap level log2(density * max(h, w)); None looks up the texture itself. The level is not differentiated.
    Raises RenderError: a shape that does not fit, an unknown wrap mode.
    """
    if texture.dim() != 3 or uv.dim() != 3 or uv.shape[2] != 2:
        raise RenderError(
            f"a lookup must have a texture (h, w, C) and uv (H, W, 2), got {tuple(texture.shape)} and {tuple(uv.shape)}"
        )
    modes = (wrap, wrap) if isinstance(wrap, str) else wrap
    if not set(modes) <= set(WRAPS):
        raise RenderError(f"a wrap mode must be one of {', '.join(WRAPS)}, got {wrap!r}")
    at = uv.reshape(-1, 2)
    if density is None:
        return _bilinear(texture, at, modes).reshape(*uv.shape[:2], -1)
    most = max(texture.shape[0], texture.shape[1])
    with torch.no_grad():
        wide = torch.as_tensor(density, dtype=uv.dtype, device=uv.device).expand(uv.shape[:2]).reshape(-1)
        level = (wide * most).clamp(min=1.0).log2().clamp(max=float(most.bit_length() - 1))
    out = torch.zeros(len(at), texture.shape[2], dtype=texture.dtype, device=texture.device)
    last = int(level.max().ceil()) if len(at) else 0
    picture = texture
    for number in range(last + 1):
        share = 1.0 - (level - number).abs()
        pick = torch.nonzero(share > 0).flatten()
        if len(pick):
            out = out.index_add(0, pick, _bilinear(picture, at[pick], modes) * share[pick, None])
        picture = halved(picture) if number < last else picture
    return out.reshape(*uv.shape[:2], -1)


def halved(texture: Tensor) -> Tensor:
    """The next mipmap: the mean of 2 x 2 texels, an odd last row or column left out, one texel kept along a side of one."""
    height, width = texture.shape[:2]
    if height > 1:
        texture = (texture[: height // 2 * 2 : 2] + texture[1 : height // 2 * 2 : 2]) * 0.5
    if width > 1:
        texture = (texture[:, : width // 2 * 2 : 2] + texture[:, 1 : width // 2 * 2 : 2]) * 0.5
    return texture


def _bilinear(texture: Tensor, at: Tensor, modes: tuple[str, str]) -> Tensor:
    height, width, channels = texture.shape
    x, y = at[:, 0] * width - 0.5, at[:, 1] * height - 0.5
    x0, y0 = x.detach().floor(), y.detach().floor()
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]
    i, j = x0.long(), y0.long()
    xa, xb = _wrapped(i, width, modes[0]), _wrapped(i + 1, width, modes[0])
    ya, yb = _wrapped(j, height, modes[1]) * width, _wrapped(j + 1, height, modes[1]) * width
    flat = texture.reshape(-1, channels)
    top = flat[ya + xa] * (1 - fx) + flat[ya + xb] * fx
    end = flat[yb + xa] * (1 - fx) + flat[yb + xb] * fx
    return top * (1 - fy) + end * fy


def _wrapped(i: Tensor, n: int, mode: str) -> Tensor:
    if mode == "clamp":
        return i.clamp(0, n - 1)
    if mode == "mirror":
        i = torch.remainder(i, 2 * n)
        return torch.where(i < n, i, 2 * n - 1 - i)
    return torch.remainder(i, n)
