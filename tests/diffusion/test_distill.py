"""Score distillation against targets whose modes are known."""

import diffusers
import pytest
import torch
from torch.nn import functional

from dhsdk.diffusion.distill import SPANS, distill
from dhsdk.diffusion.guide import Guidance
from dhsdk.diffusion.mixture import Mixture
from dhsdk.diffusion.sample import noise
from dhsdk.diffusion.schedules import KINDS, Schedule, schedule
from dhsdk.errors import Cancelled, GenerationError, ParamError

SCHEDULE = schedule("ddim", 200)


def paint(texture):
    """A small picture (N, 3, 12, 12) in (-1, 1) out of a texture of 5 x 5 texels."""
    return torch.sigmoid(functional.interpolate(texture, size=(12, 12), mode="bilinear", align_corners=True)) * 2 - 1


PICTURES = Mixture(paint(noise((3, 3, 5, 5), 1)), 0.1, torch.tensor([0.5, 0.3, 0.2]))
RADIUS = float((PICTURES.means - PICTURES.means.mean(0)).flatten(1).norm(dim=1).mean())


def textures(count=6):
    return (0.1 * noise((count, 3, 5, 5), 2)).requires_grad_()


def run(mode="sds", texture=None, made=SCHEDULE, **more):
    texture = textures() if texture is None else texture
    return distill(PICTURES.denoiser(made), lambda: paint(texture), [texture], made, mode=mode, **more)


def apart(x):
    """(N, K) distances to the means, in shares of the distance between them and their middle."""
    return (x.flatten(1)[:, None] - PICTURES.means.flatten(1)).norm(dim=2) / RADIUS


@pytest.mark.parametrize(("mode", "near"), [("sds", 0.05), ("antithetic", 0.005)])
def test_it_finds_a_mode_through_a_render_function(mode, near):
    assert float(apart(run(mode)).min(1).values.mean()) < near


def test_antithetic_noise_settles_closer_at_the_same_cost():
    sds, pairs = (
        float(apart(run(mode, steps=steps)).min(1).values.mean()) for mode, steps in (("sds", 800), ("antithetic", 400))
    )
    assert pairs < 0.2 * sds


def test_a_trajectory_spreads_over_the_modes_as_samples_do():
    found = run("trajectory", textures(60), steps=150)
    assert float(apart(found).min(1).values.mean()) < 0.2
    shares = torch.bincount(apart(found).argmin(1), minlength=3) / 60
    assert torch.allclose(shares, torch.tensor([0.5, 0.3, 0.2]), atol=0.15)


def test_a_trajectory_keeps_the_width_of_the_target_where_the_others_go_to_its_middle():
    target, widths = Mixture(noise((4, 32), 1), 0.3), {}
    for mode in ("antithetic", "trajectory"):
        x = noise((20, 32), 2).requires_grad_()
        found = distill(target.denoiser(SCHEDULE), lambda x=x: x, [x], SCHEDULE, mode=mode, steps=400)
        widths[mode] = float(torch.cdist(found, target.means).min(1).values.mean()) / (0.3 * 32**0.5)
    assert widths["antithetic"] < 0.15
    assert 0.6 < widths["trajectory"] < 1.2


def conditional(made):
    """Condition 0 means every picture, k the k-th alone; both answers are exact."""
    each = [PICTURES.denoiser(made)] + [Mixture(PICTURES.means[k : k + 1], PICTURES.spread).denoiser(made) for k in range(3)]

    def denoise(x, t, cond):
        return torch.cat([each[int(k)](one[None], t) for one, k in zip(x, cond, strict=True)])

    return denoise


@pytest.mark.parametrize("mode", ["sds", "antithetic", "trajectory", "csd"])
def test_every_form_goes_where_the_condition_points(mode):
    texture = textures(2)
    words = Guidance(torch.tensor([2.0, 3.0]), torch.tensor([0.0]), 3.0)
    found = distill(conditional(SCHEDULE), lambda: paint(texture), [texture], SCHEDULE, mode=mode, guidance=words, steps=150)
    assert apart(found).argmin(1).tolist() == [1, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_every_schedule_will_do(kind):
    found = run("antithetic", textures(2), schedule(kind, 100), steps=400)
    assert float(apart(found).min(1).values.mean()) < 0.05


def test_v_prediction_is_the_same_question():
    made = Schedule.of(diffusers.DDIMScheduler(prediction_type="v_prediction", timestep_spacing="trailing"), 200)
    assert torch.allclose(run("sds", textures(2), made, steps=60), run("sds", textures(2), steps=60), atol=1e-3)


def test_the_seed_decides_and_each_item_is_alone():
    one, two = run(steps=30, rng=4), run(steps=30, rng=4)
    assert torch.equal(one, two)
    assert not torch.equal(one, run(steps=30, rng=5))
    few = run(steps=30, rng=4, texture=textures()[:2].detach().clone().requires_grad_())
    assert torch.allclose(few, one[:2], atol=1e-5)


def test_pictures_may_be_encoded_and_steps_watched():
    texture, seen = textures(1), []
    latents = Mixture(functional.avg_pool2d(PICTURES.means, 2), 0.1)
    distill(
        latents.denoiser(SCHEDULE), lambda: paint(texture), [texture], SCHEDULE, steps=20,
        encode=lambda x: functional.avg_pool2d(x, 2), callback=lambda *one: seen.append(one),
    )  # fmt: skip
    assert [one[:2] for one in seen] == [(step, 20) for step in range(1, 21)]
    assert seen[0][2].shape == seen[0][3].shape == (1, 3, 6, 6)


def test_the_weight_of_a_level_is_the_callers():
    asked = []

    def weigh(alpha, sigma):
        asked.append((alpha, sigma))
        return 0.0

    texture = textures(1)
    before = texture.detach().clone()
    run(texture=texture, made=schedule("euler", 50), weighting=weigh, steps=5)
    assert torch.equal(texture, before)
    assert all(alpha**2 + sigma**2 == pytest.approx(1.0) for alpha, sigma in asked)
    assert [sigma for _, sigma in asked] == sorted((sigma for _, sigma in asked), reverse=True)


def test_nan_stops_at_its_step():
    calls = []

    def broken(x, t):
        calls.append(t)
        return x * (float("nan") if len(calls) == 3 else 0.1)

    texture = textures(1)
    with pytest.raises(GenerationError, match=r"^the denoiser's answer became NaN or infinite at step 3 of 9 "):
        distill(broken, lambda: paint(texture), [texture], SCHEDULE, steps=9)
    assert torch.isfinite(texture).all()
    with pytest.raises(GenerationError, match=r"^the render became NaN or infinite at step 1 of 9 "):
        distill(broken, lambda: paint(texture) / 0.0, [texture], SCHEDULE, steps=9)


def test_cancel_stops_before_the_next_step():
    seen = []
    with pytest.raises(Cancelled, match=r"^cancelled before step 4 of 9$"):
        run(steps=9, callback=lambda *one: seen.append(one), cancelled=lambda: len(seen) == 3)


def test_bad_input_says_what_to_change():
    texture, ask = textures(1), PICTURES.denoiser(SCHEDULE)
    with pytest.raises(
        ParamError, match=r"^mode must be one of sds, antithetic, trajectory, csd, got 'vsd' \(form of score distillation\)$"
    ):
        run("vsd")
    with pytest.raises(ParamError, match=r"^csd needs guidance, whose cond and uncond it compares$"):
        run("csd")
    with pytest.raises(ParamError, match=r"^steps must be at least 1, got 0 \(steps of distill\)$"):
        run(steps=0)
    for span in ((0.1, 0.5), (1.5, 0.1), (0.5, -0.1)):
        with pytest.raises(ParamError, match=r"^span must fall from at most 1 to at least 0, got .* \(shares of the schedule\)$"):
            run(span=span)
    with pytest.raises(
        ParamError, match=r"^render must depend on the parameters differentiably, and what it gives has no gradient$"
    ):
        distill(ask, lambda: paint(texture).detach(), [texture], SCHEDULE)
    with pytest.raises(
        ParamError, match=r"^render must give numbers of shape \(N, C, H, W\) or \(N, D\), got \(\) of torch.float32$"
    ):
        distill(ask, lambda: texture.sum(), [texture], SCHEDULE)
    sizes = iter((1, 2, 3))
    with pytest.raises(
        ParamError, match=r"^render must give the same shape in each step, got \(2, 3, 12, 12\) after \(1, 3, 12, 12\)$"
    ):
        distill(ask, lambda: paint(texture).expand(next(sizes), -1, -1, -1), [texture], SCHEDULE, steps=3)
    with pytest.raises(GenerationError, match=r"^a denoiser must return the shape of its input .* in distill\(\)$"):
        distill(lambda x, t: x[..., :1], lambda: paint(texture), [texture], SCHEDULE)
    assert set(SPANS) == {"sds", "antithetic", "trajectory", "csd"}
