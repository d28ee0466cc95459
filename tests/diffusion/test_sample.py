"""Laws of sample(): pure, deterministic per seed, per item, exact where it must be."""

import copy
import threading

import diffusers
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.diffusion.guide import Guidance
from dhsdk.diffusion.mixture import Mixture
from dhsdk.diffusion.sample import noise, sample, streams
from dhsdk.diffusion.schedules import KINDS, Schedule, schedule
from dhsdk.errors import Cancelled, GenerationError, ParamError
from tests.diffusion import networks
from tests.effort import examples

pytestmark = pytest.mark.filterwarnings("ignore:__array:DeprecationWarning")  # numpy, of diffusers
MIXTURE = Mixture(torch.tensor([[1.0, 0.5], [-1.0, 0.7], [0.2, -1.0]]), 0.2, torch.tensor([0.5, 0.3, 0.2]))
NETWORK = networks.unet()


def convolve(x, t):
    return NETWORK(x, t).sample


def noisy(steps=5):
    return Schedule.of(diffusers.EulerAncestralDiscreteScheduler(), steps)


def test_samples_have_the_distribution_of_the_target():
    made = schedule("dpm++", 30)
    found = sample(MIXTURE.denoiser(made), noise((3000, 2), 1), made)
    shares = MIXTURE.shares(found).mean(0)
    assert torch.allclose(shares, torch.tensor([0.5, 0.3, 0.2]), atol=0.03)
    truth = MIXTURE.draw(3000, 2)
    assert torch.allclose(found.std(0), truth.std(0), rtol=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_two_calls_at_once_give_what_each_gives_alone(kind):
    """The second run begins and ends inside the third step of the first one, with the same schedule."""
    made, inner = schedule(kind, 5), []
    x, y = noise((2, 2), 1), noise((2, 2), 2)

    def between(step, total, now, clean):
        if step == 3:
            inner.append(sample(MIXTURE.denoiser(made), y, made))

    outer = sample(MIXTURE.denoiser(made), x, made, callback=between)
    assert torch.equal(outer, sample(MIXTURE.denoiser(made), x, made))
    assert torch.equal(inner[0], sample(MIXTURE.denoiser(made), y, made))


def test_threads_share_one_schedule():
    made, found = noisy(20), {}
    alone = [sample(convolve, noise((1, 4, 8, 8), one), made, rng=one) for one in range(3)]

    def work(one):
        found[one] = sample(convolve, noise((1, 4, 8, 8), one), made, rng=one)

    threads = [threading.Thread(target=work, args=(one,)) for one in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert all(torch.equal(found[one], alone[one]) for one in range(3))


def test_an_item_does_not_know_its_batch():
    made = noisy()
    four = sample(lambda x, t: 0.3 * x, noise((4, 3, 5, 7), 6), made, rng=6)
    one = sample(lambda x, t: 0.3 * x, noise((1, 3, 5, 7), 6), made, rng=6)
    assert torch.equal(four[:1], one)
    assert torch.equal(noise((4, 3, 5, 7), 6)[:1], noise((1, 3, 5, 7), 6))
    assert not torch.equal(four[0], four[1])


@given(seed=st.integers(0, 2**63), count=st.integers(1, 5))
@examples(20)
def test_noise_is_a_function_of_its_seed(seed, count):
    assert torch.equal(noise((count, 3), seed), noise((count, 3), seed))
    assert not torch.equal(noise((count, 3), seed), noise((count, 3), seed + 1))
    assert torch.equal(noise((count, 3), seed)[:1], noise((1, 3), [seed]))
    assert torch.equal(noise((count, 3), seed), noise((count, 3), np.uint64(seed)))


def test_noise_and_steps_never_share_their_numbers():
    (first,), (second,) = streams(3, 1, "noise"), streams(3, 1, "steps")
    assert not torch.equal(torch.randn(4, generator=first), torch.randn(4, generator=second))


@pytest.mark.parametrize("made", [lambda: torch.Generator().manual_seed(4), lambda: np.random.default_rng(4)])
def test_seeds_are_drawn_from_a_generator(made):
    assert torch.equal(noise((3, 2), made()), noise((3, 2), made()))
    assert torch.equal(noise((3, 2), made())[:1], noise((1, 2), made()))
    one = made()
    assert not torch.equal(noise((3, 2), one), noise((3, 2), one))


def test_each_item_may_bring_its_own_generator():
    drawn = [torch.Generator().manual_seed(one) for one in (8, 9)]
    theirs = torch.stack([torch.randn(5, generator=torch.Generator().manual_seed(one)) for one in (8, 9)])
    assert torch.equal(noise((2, 5), drawn), theirs)


def line(made, length=40):
    """(exact denoiser, Cholesky factor) of smooth Gaussian lines: what a line is, given its first half, is known exactly."""
    cells = torch.arange(length, dtype=torch.float64)
    spread = torch.exp(-((cells[:, None] - cells) ** 2) / 72.0) + 1e-4 * torch.eye(length)
    sizes, axes = torch.linalg.eigh(spread)
    calls = {float(t): call for call, t in enumerate(made.timesteps)}

    def denoise(x, t):
        call = calls[float(t)]
        alpha, sigma, scale = (float(one[call]) for one in (made.alphas, made.sigmas, made.scales))
        clean = ((x.double() / scale) @ axes * (alpha * sizes / (alpha**2 * sizes + sigma**2))) @ axes.T
        return made.predicted(x.double() / scale, clean, call).to(x.dtype)

    return denoise, spread


@pytest.mark.parametrize("kind", KINDS)
def test_steering_fits_the_new_part_to_the_kept_one(kind):
    """Error of the three cells at the border / what is truly open there, over 100 lines."""
    made = schedule(kind, 20, beta_schedule="squaredcos_cap_v2") if not kind.startswith("flow") else schedule(kind, 20)
    ask, spread = line(made)
    truth = noise((100, 40), 5, dtype=torch.float64) @ torch.linalg.cholesky(spread).T
    onto = spread[20:, :20] @ torch.linalg.inv(spread[:20, :20])
    expected, left = truth[:, :20] @ onto.T, (spread[20:, 20:] - onto @ spread[:20, 20:]).diagonal()
    init, mask, error = truth.float(), (torch.arange(40) >= 20).float(), {}
    for steer in (0, 2, 8):
        found = sample(ask, noise((100, 40), 1), made, init=init, mask=mask, steer=steer)
        assert torch.equal(found[:, :20], init[:, :20])
        error[steer] = float(
            ((found - torch.cat([init[:, :20], expected], 1))[:, 20:23].square().mean() / left[:3].mean()).sqrt()
        )
    assert error[2] < 0.7 * error[0]
    assert error[8] < 0.9 * error[2]


def test_steering_stays_sane_for_a_network_that_is_no_exact_denoiser():
    made = schedule("dpm++", 6, prediction_type="v_prediction")
    mask = torch.zeros(1, 1, 1, 8)
    mask[..., 4:] = 1.0
    x, init = noise((2, 4, 8, 8), 1), noise((2, 4, 8, 8), 2)
    plain, drawn = (sample(convolve, x, made, init=init, mask=mask, steer=steer) for steer in (0, 4))
    assert torch.equal(drawn[..., :4], init[..., :4])
    assert float(drawn.abs().max()) < 3 * float(plain.abs().max())


def test_steering_needs_a_gradient():
    ask = MIXTURE.denoiser(made := schedule("ddim", 4))
    with pytest.raises(ParamError, match=r"^steer needs a denoiser that is differentiable, and what it gave has no gradient$"):
        sample(lambda x, t: ask(x.detach(), t).detach(), noise((1, 2)), made, init=noise((1, 2)), mask=torch.zeros(1), steer=1)
    with pytest.raises(
        ParamError, match=r"^steer must be a whole number of at least 0, got -1 \(rounds by which the kept part draws"
    ):
        sample(ask, noise((1, 2)), made, steer=-1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strength", [1.0, 0.6])
def test_what_the_mask_keeps_is_exact(kind, strength):
    made, init = schedule(kind, 5), noise((2, 4, 8, 8), 3)
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., 4:] = 1.0
    seen = []
    found = sample(
        convolve, noise((2, 4, 8, 8), 4), made, init=init, mask=mask, strength=strength, callback=lambda *one: seen.append(one[2])
    )
    assert torch.equal(found[..., :4], init[..., :4])
    assert not torch.isclose(found[..., 4:], init[..., 4:]).any(-1).all()
    level = made.begin(strength) + 1
    assert torch.allclose(seen[0][..., :4], made.noised(init, noise((2, 4, 8, 8), 4), level)[..., :4], atol=1e-5)


def test_a_mask_of_ones_changes_nothing_and_one_of_zeros_everything():
    made, init, x = schedule("ddim", 5), noise((1, 2), 3), noise((1, 2), 4)
    ask = MIXTURE.denoiser(made)
    assert torch.equal(sample(ask, x, made, init=init, mask=torch.ones(1, dtype=torch.bool)), sample(ask, x, made))
    assert torch.equal(sample(ask, x, made, init=init, mask=torch.zeros(1)), init)


@pytest.mark.parametrize("kind", KINDS)
def test_strength_goes_from_the_picture_to_the_noise(kind):
    made, init, x = schedule(kind, 10), MIXTURE.means[1].expand(50, 2) + 0.1, noise((50, 2), 4)
    ask = MIXTURE.denoiser(made)
    assert torch.equal(sample(ask, x, made, init=init, strength=0.0), init)
    assert torch.equal(sample(ask, x, made, init=init, strength=1.0), sample(ask, x, made))
    little = sample(ask, x, made, init=init, strength=0.1)
    assert MIXTURE.shares(little)[:, 1].mean() > 0.99
    away = [float((sample(ask, x, made, init=init, strength=one) - init).norm(dim=1).mean()) for one in (0.1, 0.5, 1.0)]
    assert away == sorted(away)


def test_the_callback_sees_every_step_and_where_it_leads():
    made, seen = schedule("flow", 6), []
    found = sample(MIXTURE.denoiser(made), noise((2, 2), 1), made, callback=lambda *one: seen.append(one))
    assert [one[:2] for one in seen] == [(step, 6) for step in range(1, 7)]
    assert torch.equal(seen[-1][2], found)
    assert torch.allclose(seen[-1][3], found, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("kind", KINDS)
def test_the_type_of_x_is_kept(kind, dtype):
    made = schedule(kind, 4)
    found = sample(MIXTURE.denoiser(made), noise((2, 2), 1, dtype=dtype), made)
    assert found.dtype == dtype
    full = sample(MIXTURE.denoiser(made), noise((2, 2), 1), made)
    assert torch.allclose(found.float(), full, atol=0.1)


@pytest.mark.parametrize("kind", ["dpm++", "flow"])
def test_a_network_in_bfloat16_stays_near_itself_in_float32(kind):
    half = copy.deepcopy(NETWORK).to(torch.bfloat16)
    made = schedule(kind, 6) if kind == "flow" else schedule(kind, 6, prediction_type="v_prediction")
    full = sample(convolve, noise((2, 4, 8, 8), 1), made)
    found = sample(lambda x, t: half(x, t).sample, noise((2, 4, 8, 8), 1, dtype=torch.bfloat16), made)
    assert found.dtype == torch.bfloat16
    assert float((found.float() - full).abs().mean()) < 0.05 * float(full.abs().mean())


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("kind", KINDS)
def test_cuda_draws_the_same_noise_and_gives_the_same(kind):
    made = schedule(kind, 4)
    x = noise((2, 2), 1, "cuda")
    assert torch.equal(x.cpu(), noise((2, 2), 1))
    found = sample(MIXTURE.denoiser(made), x, made)
    assert found.device.type == "cuda"
    assert torch.allclose(found.cpu(), sample(MIXTURE.denoiser(made), noise((2, 2), 1), made), atol=1e-4)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_nan_stops_at_its_step(bad):
    calls = []

    def broken(x, t):
        calls.append(t)
        return x * (bad if len(calls) == 3 else 0.1)

    text = (
        r"^latents became NaN or infinite at step 3 of 6 \(t 599.4\): take float32 or bfloat16 instead of float16, less guidance"
    )
    with pytest.raises(GenerationError, match=text):
        sample(broken, noise((1, 2)), schedule("euler", 6, steps_offset=0))
    assert len(calls) == 3


def test_cancel_stops_before_the_next_step():
    made, steps = schedule("ddim", 6), []
    note = lambda *one: steps.append(one)  # noqa: E731
    with pytest.raises(Cancelled, match=r"^cancelled before step 3 of 6$"):
        sample(lambda x, t: x, noise((1, 2)), made, callback=note, cancelled=lambda: len(steps) == 2)
    assert len(steps) == 2


def test_a_denoiser_that_returns_something_else_is_named():
    with pytest.raises(GenerationError, match=r"^a denoiser must return the shape of its input \(1, 2\), got \(1, 3\)$"):
        sample(lambda x, t: torch.zeros(1, 3), noise((1, 2)), schedule("ddim", 4))
    with pytest.raises(GenerationError, match=r"^a denoiser must return a tensor, got UNet2DOutput$"):
        sample(NETWORK, noise((1, 4, 8, 8)), schedule("ddim", 4))


def test_bad_input_says_what_to_change():
    made, x = schedule("ddim", 4), noise((2, 3))
    ask = lambda x, t: x  # noqa: E731
    with pytest.raises(ParamError, match=r"^x must be noise of shape \(N, C, H, W\) or \(N, D\), got \(3,\) of torch.float32$"):
        sample(ask, x[0], made)
    with pytest.raises(ParamError, match=r"^x must be noise of shape .* got \(2, 3\) of torch.int64$"):
        sample(ask, x.long(), made)
    with pytest.raises(ParamError, match=r"^init must have the shape of x \(2, 3\), got \(1, 3\)$"):
        sample(ask, x, made, init=x[:1])
    with pytest.raises(ParamError, match=r"^a mask needs an init whose part it keeps$"):
        sample(ask, x, made, mask=x)
    with pytest.raises(ParamError, match=r"^mask must be broadcastable to x \(2, 3\), got \(2, 4\)$"):
        sample(ask, x, made, init=x, mask=torch.ones(2, 4))
    with pytest.raises(ParamError, match=r"^mask must be broadcastable to x \(2, 3\), got \(5, 2, 3\)$"):
        sample(ask, x, made, init=x, mask=torch.ones(5, 2, 3))
    for value in (2.0, float("nan")):
        with pytest.raises(ParamError, match=r"^mask must be in \[0, 1\] \(1 is made anew, 0 is kept\)$"):
            sample(ask, x, made, init=x, mask=torch.full((2, 3), value))
    with pytest.raises(ParamError, match=r"^strength needs an init to start from, got 0.5 without one$"):
        sample(ask, x, made, strength=0.5)
    with pytest.raises(ParamError, match=r"^rng must be one seed or one per item, got 3 for 2 items$"):
        sample(ask, x, made, rng=[1, 2, 3])


def test_generators_of_items_belong_to_the_cpu():
    class Elsewhere(torch.Generator):
        device = torch.device("cuda")

    with pytest.raises(ParamError, match=r"^generators of items must be on the CPU, so that every device draws the same noise$"):
        noise((1, 2), [Elsewhere()])


def test_guidance_may_be_handed_to_the_run():
    made, x = schedule("flow", 4), noise((2, 3), 1)
    ask = lambda x, t, shift: 0.1 * x + shift  # noqa: E731
    one = Guidance(torch.ones(1, 3), torch.zeros(1, 3), 2.0)
    assert torch.equal(sample(ask, x, made, guidance=one), sample(one.of(ask), x, made))
