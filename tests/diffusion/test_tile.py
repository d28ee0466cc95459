"""Windows and circles: exact where the network is local, seamless and equivariant around the width."""

import diffusers
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from dhsdk.diffusion.guide import Guidance, guided
from dhsdk.diffusion.sample import noise, sample
from dhsdk.diffusion.schedules import KINDS, Schedule, schedule
from dhsdk.diffusion.tile import anchors, circular, circular_padding, rolled, windowed
from dhsdk.errors import ParamError
from tests.diffusion import networks
from tests.effort import examples

pytestmark = pytest.mark.filterwarnings("ignore:__array:DeprecationWarning")  # numpy, of diffusers
T = torch.tensor(300.0)
UNET, WORDS_UNET = networks.unet(), networks.conditional_unet()


def convolve(x, t):
    """A real network that knows its edges: zeros are around it."""
    with torch.no_grad():
        return UNET(x, t).sample


def uneven(x, t):
    """A denoiser that knows absolute places, as transformers with position embeddings do."""
    return 0.1 * x + torch.linspace(0, 1, x.shape[-1])


def seam(x):
    """Mean step over the seam / mean step between inner columns."""
    around = torch.cat([x, x[..., :1]], -1).diff(dim=-1).abs().mean((0, 1, 2))
    return float(around[-1] / around[:-1].mean())


@given(
    size=st.tuples(st.integers(1, 9), st.integers(1, 40)),
    window=st.integers(1, 12),
    share=st.floats(0, 0.99),
    around=st.booleans(),
    batch=st.integers(1, 9),
)
@examples(60)
def test_windows_change_nothing_for_a_denoiser_without_neighbours(size, window, share, around, batch):
    x = noise((2, 3, *size), 1)
    found = windowed(lambda x, t: 2.0 * x + 1.0, window, int(share * window), around, batch)(x, T)
    assert torch.allclose(found, 2.0 * x + 1.0, atol=1e-5)


def test_memory_is_bounded_by_the_batch():
    seen = []

    def counted(x, t):
        seen.append(tuple(x.shape))
        return x

    windowed(counted, (8, 16), (2, 4), batch=3)(noise((2, 4, 8, 200), 1), T)
    assert max(shape[0] for shape in seen) == 6
    assert {shape[1:] for shape in seen} == {(4, 8, 16)}
    assert sum(shape[0] for shape in seen) == 2 * 17


def test_weights_fall_smoothly_so_windows_leave_no_edge():
    """A denoiser that paints each window in one grey: neighbouring columns differ by little."""
    x = noise((1, 1, 8, 64), 3)
    painted = windowed(lambda x, t: x.mean((1, 2, 3), keepdim=True).expand_as(x), (8, 16), (4, 12))(x, T)
    assert painted.diff(dim=-1).abs().max() < 0.2 * (painted.max() - painted.min())


def test_a_window_as_large_as_x_is_the_network_itself():
    x = noise((1, 4, 8, 16), 1)
    assert torch.allclose(windowed(convolve, (8, 16), 0)(x, T), convolve(x, T), atol=1e-6)
    assert torch.allclose(windowed(convolve, (99, 99), 5)(x, T), convolve(x, T), atol=1e-6)


def test_circular_windows_are_equivariant_to_rolls_by_their_step():
    x = noise((1, 4, 8, 48), 1)
    ask = windowed(convolve, (8, 16), (0, 8), circular=True)
    assert torch.allclose(torch.roll(ask(x, T), 8, -1), ask(torch.roll(x, 8, -1), T), atol=1e-5)
    flat = windowed(convolve, (8, 16), (0, 8))
    assert not torch.allclose(torch.roll(flat(x, T), 8, -1), flat(torch.roll(x, 8, -1), T), atol=1e-2)


def test_conditions_reach_every_window():
    x, words = noise((2, 4, 8, 32), 1), noise((2, 7, 32), 2)
    ask = lambda x, t, words: WORDS_UNET(x, t, encoder_hidden_states=words).sample  # noqa: E731
    with torch.no_grad():
        both = guided(windowed(ask, (8, 16), (0, 8)), words, torch.zeros(1, 7, 32), 3.0)(x, T)
        second = guided(windowed(ask, (8, 16), (0, 8)), words[1:], torch.zeros(1, 7, 32), 3.0)(x[1:], T)
        outside = windowed(guided(ask, words, torch.zeros(1, 7, 32), 3.0), (8, 16), (0, 8))(x, T)
    assert torch.allclose(both[1:], second, atol=1e-5)
    assert torch.allclose(both, outside, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turn", [1, 7, 16])
def test_rolled_noise_gives_the_rolled_sample_exactly(kind, turn):
    made, x = schedule(kind, 4), noise((2, 4, 8, 24), 5)
    ask = circular(convolve)
    assert torch.equal(torch.roll(sample(ask, x, made), turn, -1), sample(ask, torch.roll(x, turn, -1), made))


@pytest.mark.parametrize("inner", [uneven, windowed(convolve, (8, 16), (0, 6), circular=True)], ids=["uneven", "windows"])
def test_yaw_equivariance_holds_for_noisy_solvers_windows_and_networks_that_know_places(inner):
    made = Schedule.of(diffusers.EulerAncestralDiscreteScheduler(), 4)
    x = noise((3, 4, 8, 40), 5)
    ask = circular(inner)
    turned = rolled(x, [3, 11, 38])
    assert torch.equal(rolled(sample(ask, x, made, rng=2), [3, 11, 38]), sample(ask, turned, made, rng=2))


def test_yaw_equivariance_holds_for_masks_starts_and_guidance():
    made, x, init = schedule("dpm++", 5), noise((1, 4, 8, 24), 5), noise((1, 4, 8, 24), 6)
    mask = torch.zeros(1, 1, 1, 24)
    mask[..., 9:] = 1.0
    words = Guidance(noise((1, 7, 32), 2), torch.zeros(1, 7, 32), 3.0)
    ask = circular(lambda x, t, words: WORDS_UNET(x, t, encoder_hidden_states=words).sample)
    seen = []
    one = sample(
        ask, x, made, init=init, mask=mask, strength=0.8, steer=2, guidance=words, callback=lambda *now: seen.append(now[2])
    )
    x, init, mask = (torch.roll(part, 5, -1) for part in (x, init, mask))
    two = sample(ask, x, made, init=init, mask=mask, strength=0.8, steer=2, guidance=words)
    assert torch.equal(torch.roll(one, 5, -1), two)
    assert torch.equal(seen[-1], one)
    assert torch.equal(two[..., 5:14], init[..., 5:14])


def test_each_item_has_its_own_frame():
    made, x = schedule("euler", 4), noise((4, 4, 8, 24), 5)
    alone = sample(circular(uneven), x[:1], made, rng=3)
    assert torch.equal(sample(circular(uneven), x, made, rng=3)[:1], alone)


def test_the_rolls_move_the_seam_about():
    """What a denoiser that knows places does at its edge is spread over all columns: the seam is a step like any other."""
    made, x = schedule("flow", 40), torch.zeros(1, 1, 1, 32)
    still = sample(lambda x, t: uneven(x, t), x, made)
    moved = sample(circular(uneven), x + noise(x.shape, 1) * 1e-6, made)
    assert seam(still) > 20
    assert (moved.max() - moved.min()) < 0.5 * (still.max() - still.min())


def test_outside_of_a_run_a_circular_denoiser_is_equivariant_too():
    x = noise((2, 4, 8, 24), 1)
    ask = circular(uneven)
    assert torch.equal(torch.roll(ask(x, T), 5, -1), ask(torch.roll(x, 5, -1), T))


def test_the_anchor_rolls_with_ties_and_coarse_numbers():
    x = torch.zeros(1, 2, 2, 6)
    x[0, 0, 0, [1, 4]] = 1.0
    x[0, 1, 0, 4] = 1.0
    assert anchors(x) == [4]
    assert anchors(torch.roll(x, 3, -1)) == [1]
    coarse = noise((1, 4, 8, 512), 1, dtype=torch.bfloat16)
    assert [(one + 100) % 512 for one in anchors(coarse)] == anchors(torch.roll(coarse, 100, -1))
    assert anchors(torch.full((1, 1, 1, 4), float("nan"))) == [0]


@pytest.mark.parametrize("network", [UNET, WORDS_UNET], ids=["UNet2DModel", "UNet2DConditionModel"])
def test_with_circular_padding_a_network_is_equivariant_by_itself(network):
    x = noise((1, 4, 8, 24), 1)
    more = {"encoder_hidden_states": noise((1, 7, 32), 2)} if network is WORDS_UNET else {}
    ask = lambda x: network(x, T, **more).sample  # noqa: E731
    with torch.no_grad():
        before = ask(x)
        with circular_padding(network):
            assert torch.allclose(torch.roll(ask(x), 6, -1), ask(torch.roll(x, 6, -1)), atol=1e-5)
        assert torch.equal(ask(x), before)
        assert not torch.allclose(torch.roll(before, 6, -1), ask(torch.roll(x, 6, -1)), atol=1e-2)


def test_a_vae_closes_in_both_directions():
    vae = networks.vae()
    picture = noise((1, 3, 16, 32), 1)
    encode = lambda x: vae.encode(x).latent_dist.mean  # noqa: E731
    with torch.no_grad(), circular_padding(vae):
        latents = encode(picture)
        assert torch.allclose(torch.roll(latents, 2, -1), encode(torch.roll(picture, 4, -1)), atol=1e-5)
        shown = vae.decode(latents).sample
        assert torch.allclose(torch.roll(shown, 4, -1), vae.decode(torch.roll(latents, 2, -1)).sample, atol=1e-5)


@pytest.mark.parametrize("mode", ["zeros", "reflect"])
@pytest.mark.parametrize("padding", [(1, 2), "same", (2, 0), 0])
def test_the_height_is_padded_as_before(mode, padding):
    with networks.seeded(1):
        one = torch.nn.Conv2d(2, 3, (3, 5), padding=padding, padding_mode=mode)
    x = noise((1, 2, 9, 12), 1)
    columns = {(1, 2): 2, "same": 2, (2, 0): 0, 0: 0}[padding]
    wide = functional.pad(x, (columns, columns, 0, 0), mode="circular")
    expected = one(wide)[..., columns : columns + one(x).shape[-1]]
    with circular_padding(one):
        assert torch.allclose(one(x), expected, atol=1e-6)


def test_padding_is_set_back_after_an_error():
    one = torch.nn.Conv2d(1, 1, 3, padding=1)
    with pytest.raises(ZeroDivisionError), circular_padding(one):
        raise ZeroDivisionError
    assert "_conv_forward" not in vars(one)


def test_bad_windows_say_so():
    for window, overlap in ((0, 0), (8, 8), (8, -1), ((8, 4), (0, 5))):
        with pytest.raises(ParamError, match=r"^a window must be at least 1 wide and overlap in \[0, window\), got "):
            windowed(convolve, window, overlap)
    with pytest.raises(ParamError, match=r"^batch must be at least 1, got 0 \(windows at once\)$"):
        windowed(convolve, 8, 2, batch=0)
    with pytest.raises(ParamError, match=r"^windows need x of shape \(N, C, H, W\), got \(1, 4\)$"):
        windowed(convolve, 8, 2)(torch.zeros(1, 4), T)
    with pytest.raises(ParamError, match=r"^circular latents must have the shape \(N, C, H, W\), got \(1, 4\)$"):
        sample(circular(uneven), torch.zeros(1, 4), schedule("ddim", 2))
