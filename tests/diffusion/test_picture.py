"""Latents as pictures."""

import numpy as np
import pytest
import torch

import dhsdk.diffusion
from dhsdk.diffusion import noise, preview
from dhsdk.errors import ParamError


def test_one_and_three_channels_are_shown_as_they_are():
    grey = preview(torch.tensor([[[-1.0, 0.0, 1.0]]])).pixels
    assert grey[0, :, 0].tolist() == [0, 128, 255]
    colour = torch.zeros(3, 2, 2)
    colour[0] = 1.0
    assert preview(colour).pixels[0, 0].tolist() == [255, 128, 128]


def test_latents_of_a_batch_stand_side_by_side():
    assert preview(noise((3, 4, 8, 16), 1)).pixels.shape == (8, 48, 3)


def test_parts_that_differ_in_the_latents_differ_in_the_picture():
    latents = noise((4, 8, 16), 1) * 0.05
    latents[2, :, 8:] += 3.0
    shown = preview(latents).pixels.astype(float)
    inside = shown[:, :8].std((0, 1)).max()
    assert np.abs(shown[:, 8:].mean((0, 1)) - shown[:, :8].mean((0, 1))).max() > 3 * inside


def test_steps_share_the_colours_of_what_they_are_like():
    last = noise((4, 8, 8), 1)
    assert np.array_equal(preview(last, last).pixels, preview(last).pixels)
    dim = preview(0.1 * last, last).pixels.astype(float)
    assert dim.std() < 0.3 * preview(last).pixels.astype(float).std()


def test_two_channels_and_nan_are_no_trouble():
    latents = noise((2, 4, 4), 1)
    latents[0, 0, 0] = float("nan")
    assert preview(latents, noise((2, 4, 4), 1)).pixels.shape == (4, 4, 3)


def test_what_is_no_picture_is_refused():
    with pytest.raises(ParamError, match=r"^a preview needs latents \(C, H, W\) or \(N, C, H, W\), got \(2, 5\)$"):
        preview(torch.zeros(2, 5))
    with pytest.raises(ParamError, match=r"^a preview must be like latents of as many channels, got 5 for 4$"):
        preview(torch.zeros(4, 2, 2), torch.zeros(5, 2, 2))


def test_the_public_names_are_there():
    assert all(getattr(dhsdk.diffusion, name) is not None for name in dhsdk.diffusion.__all__)
    assert dir(dhsdk.diffusion) == list(dhsdk.diffusion.__all__) == sorted(dhsdk.diffusion.__all__)
    with pytest.raises(AttributeError, match=r"^module 'dhsdk.diffusion' has no attribute 'dream'$"):
        _ = dhsdk.diffusion.dream
