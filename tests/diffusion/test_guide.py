"""Classifier-free guidance."""

import pytest
import torch

from dhsdk.diffusion.guide import Guidance, guided, joined, spread
from dhsdk.diffusion.sample import noise
from dhsdk.errors import ParamError

T = torch.tensor(500.0)


def shifted(x, t, cond):
    return x * 0.5 + cond["add"] if isinstance(cond, dict) else x * 0.5 + cond


def test_guidance_is_the_formula_in_one_call():
    sizes, x = [], noise((3, 4), 1)

    def counted(x, t, cond):
        sizes.append(len(x))
        return shifted(x, t, cond)

    found = guided(counted, torch.full((1, 4), 3.0), torch.full((1, 4), 1.0), 2.5)(x, T)
    assert torch.allclose(found, x * 0.5 + 1.0 + 2.5 * 2.0)
    assert sizes == [6]


def test_scale_1_and_outside_of_the_interval_only_the_condition_is_asked():
    sizes, x = [], noise((3, 4), 1)

    def counted(x, t, cond):
        sizes.append(len(x))
        return shifted(x, t, cond)

    cond, uncond = torch.full((1, 4), 3.0), torch.full((1, 4), 1.0)
    assert torch.equal(guided(counted, cond, uncond, 1.0)(x, T), x * 0.5 + 3.0)
    half = guided(counted, cond, uncond, 2.0, interval=(100.0, 400.0))
    assert torch.equal(half(x, T), x * 0.5 + 3.0)
    assert torch.allclose(half(x, torch.tensor(400.0)), x * 0.5 + 5.0)
    assert sizes == [3, 3, 6]


def test_rescale_takes_the_spread_of_the_conditional_prediction():
    x = noise((2, 4, 8, 8), 1)
    ask = lambda x, t, cond: x * cond[:, None, None, None]  # noqa: E731
    full = guided(ask, torch.tensor([1.0]), torch.tensor([0.0]), 7.0, rescale=1.0)(x, T)
    assert torch.allclose(full, x, atol=1e-5)
    half = guided(ask, torch.tensor([1.0]), torch.tensor([0.0]), 7.0, rescale=0.5)(x, T)
    assert torch.allclose(half, 4.0 * x, atol=1e-5)


def test_keep_takes_the_length_of_the_conditional_prediction_in_every_square():
    x = noise((2, 3, 4, 6), 1)
    ask = lambda x, t, cond: x * cond[:, None, None, None] + cond[:, None, None, None]  # noqa: E731
    cond, uncond = torch.tensor([1.0]), torch.tensor([-1.0])
    found, with_ = Guidance(cond, uncond, 4.0, keep=2).of(ask)(x, T), ask(x, T, cond)
    free = Guidance(cond, uncond, 4.0).of(ask)(x, T)
    for row in range(0, 4, 2):
        for column in range(0, 6, 2):
            here = (slice(None), slice(None), slice(row, row + 2), slice(column, column + 2))
            length = with_[here].flatten(1).norm(dim=1)
            assert torch.allclose(found[here].flatten(1).norm(dim=1), length, rtol=1e-5)
            share = length / free[here].flatten(1).norm(dim=1)
            assert torch.allclose(found[here], free[here] * share[:, None, None, None], atol=1e-5)
    with pytest.raises(ParamError, match=r"keep must be the side of squares, or 0, got -1 \(guidance\)"):
        Guidance(cond, uncond, 4.0, keep=-1)


def test_conditions_may_be_nested_and_have_a_row_per_item():
    x = noise((2, 4), 1)
    cond = {"add": noise((2, 4), 2), "rest": (None, [noise((1, 4), 3)])}
    zero = {"add": torch.zeros(2, 4), "rest": (None, [noise((1, 4), 4)])}
    assert torch.allclose(guided(shifted, cond, zero, 3.0)(x, T), x * 0.5 + 3.0 * cond["add"], atol=1e-6)


def test_rows_are_repeated_as_a_whole():
    rows = torch.tensor([[1.0], [2.0]])
    assert spread(rows, 4).flatten().tolist() == [1, 2, 1, 2]
    assert spread(rows, 2) is rows
    assert spread({"a": rows, "b": None}, 4)["b"] is None
    assert joined((rows, None), (rows, None))[0].shape == (4, 1)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ParamError, match=r"^a condition must have 1 row or one per item, got 2 rows for 3 items$"):
        spread(torch.zeros(2, 4), 3)
    with pytest.raises(ParamError, match=r"^a condition must have 1 row or one per item, got 0 rows for 3 items$"):
        spread(torch.tensor(1.0), 3)
    with pytest.raises(ParamError, match=r"^cond and uncond must be built alike, got a tensor of \(1, 4\) and NoneType$"):
        guided(shifted, torch.zeros(1, 4), None, 2.0)(torch.zeros(1, 4), T)
    with pytest.raises(
        ParamError, match=r"^cond and uncond must be built alike, got a tensor of \(1, 4\) and a tensor of \(1, 5\)$"
    ):
        guided(shifted, torch.zeros(1, 4), torch.zeros(1, 5), 2.0)(torch.zeros(1, 4), T)
    with pytest.raises(ParamError, match=r"^rescale must be in \[0, 1\], got 1.5 \(guidance\)$"):
        Guidance(None, None, rescale=1.5)
    with pytest.raises(ParamError, match=r"^an interval of guidance must be \(low, high\) in t, got \(500, 100\)$"):
        Guidance(None, None, interval=(500, 100))
