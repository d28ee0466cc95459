"""Latents as a picture, without a decoder."""

from __future__ import annotations

import numpy as np
import torch

from dhsdk.errors import ParamError
from dhsdk.media import Image

OPPONENT = np.array([[1.0, 1.0, 1.0], [1.0, 0.0, -1.0], [-0.5, 1.0, -0.5]])
"""What one unit of the three components adds to red, green and blue: brightness, red against blue, green against both."""


def preview(latents: torch.Tensor, like: torch.Tensor | None = None) -> Image:
    """Latents (C, H, W) or (N, C, H, W; side by side) as an sRGB picture of one pixel per cell, by a linear projection.

    1 channel is shown as grey and 3 as red, green and blue, both from [-1, 1]. Other numbers of channels are projected on
    their three principal components: the first is brightness, the others are two opposed pairs of colours, each over its spread.
    like: latents whose components and spreads are taken, so that the pictures of all steps of a run share their colours
    (hand in the last one, or the prediction of the clean sample).

    Raises:
        ParamError: another shape, or `like` with another number of channels.
    """
    cells = _cells(latents)
    channels = cells.shape[-1]
    if channels == 1:
        shown = np.repeat(cells, 3, axis=-1) / 2 + 0.5
    elif channels == 3:
        shown = cells / 2 + 0.5
    else:
        shown = _projected(cells, _cells(latents if like is None else like))
    row = np.concatenate(list(shown), axis=1)
    return Image(np.round(np.clip(np.nan_to_num(row), 0.0, 1.0) * 255).astype(np.uint8))


def _cells(latents: torch.Tensor) -> np.ndarray:
    """(N, H, W, C) float64."""
    if latents.ndim not in (3, 4) or not latents.numel():
        raise ParamError(f"a preview needs latents (C, H, W) or (N, C, H, W), got {tuple(latents.shape)}")
    four = latents if latents.ndim == 4 else latents[None]
    return four.detach().cpu().double().permute(0, 2, 3, 1).numpy()


def _projected(cells: np.ndarray, like: np.ndarray) -> np.ndarray:
    if like.shape[-1] != cells.shape[-1]:
        raise ParamError(f"a preview must be like latents of as many channels, got {like.shape[-1]} for {cells.shape[-1]}")
    like = like.reshape(-1, cells.shape[-1])
    mean = like.mean(axis=0)
    spreads, axes = np.linalg.eigh((like - mean).T @ (like - mean) / len(like))
    count = min(3, cells.shape[-1])
    spreads, axes = spreads[::-1][:count], axes[:, ::-1][:, :count]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), range(count)])  # an eigenvector has no sign of its own
    parts = (cells - mean) @ axes / np.sqrt(np.maximum(spreads, 1e-12))
    weights = np.array([0.2, 0.1, 0.1])[:count, None]
    return 0.5 + parts @ (OPPONENT[:count] * weights)
