"""Schedules against the diffusers schedulers that they hide."""

import copy
import inspect

import diffusers
import pytest
import torch

from dhsdk.diffusion.mixture import Mixture
from dhsdk.diffusion.sample import noise, sample
from dhsdk.diffusion.schedules import KINDS, Schedule, schedule
from dhsdk.errors import ParamError, UnknownName

MIXTURE = Mixture(torch.tensor([[1.0, 0.5], [-1.0, 0.7]]), 0.2)
pytestmark = pytest.mark.filterwarnings("ignore:__array:DeprecationWarning")  # numpy, of diffusers
OTHERS = ("DDPM", "PNDM", "LCM", "TCD", "EulerAncestralDiscrete", "HeunDiscrete", "KDPM2Discrete", "DEISMultistep", "LMSDiscrete")


def bare_loop(scheduler, denoiser, x, generators=None):
    x = x * getattr(scheduler, "init_noise_sigma", 1.0)
    for t in scheduler.timesteps:
        seen = scheduler.scale_model_input(x, t) if hasattr(scheduler, "scale_model_input") else x
        extra = {"generator": generators} if generators else {}
        x = scheduler.step(denoiser(seen, t), t, x, **extra).prev_sample
    return x


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_gives_what_diffusers_gives(kind):
    name, own = KINDS[kind]
    theirs = getattr(diffusers, name)(**own)
    theirs.set_timesteps(**{"sigmas": [1.0, 0.8, 0.6, 0.4, 0.2]} if kind == "flow" else {"num_inference_steps": 5})
    made, x = schedule(kind, 5), noise((3, 2), 4)
    assert torch.equal(sample(MIXTURE.denoiser(made), x, made), bare_loop(theirs, MIXTURE.denoiser(made), x))


@pytest.mark.parametrize("name", OTHERS)
def test_any_scheduler_of_diffusers_works(name):
    scheduler = getattr(diffusers, f"{name}Scheduler")()
    made, x = Schedule.of(scheduler, 5), noise((2, 2), 4)
    scheduler.set_timesteps(5)
    takes = "generator" in scheduler.step.__code__.co_varnames
    drawn = lambda: [torch.Generator().manual_seed(one) for one in (1, 2)]  # noqa: E731
    found = sample(lambda x, t: 0.1 * x, x, made, rng=drawn())
    assert torch.equal(found, bare_loop(scheduler, lambda x, t: 0.1 * x, x, drawn() if takes else None))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("config", [{}, {"use_karras_sigmas": True}, {"shift": 3.0}], ids=str)
def test_levels_are_those_of_add_noise(kind, config):
    name = KINDS[kind][0]
    if not set(config) <= set(inspect.signature(getattr(diffusers, name).__init__).parameters):
        pytest.skip(f"{name} has no {next(iter(config))}")
    made = schedule(kind, 7, **config)
    clean, drawn = noise((1, 4), 1), noise((1, 4), 2)
    for call in range(len(made)):
        scheduler = copy.deepcopy(made._scheduler)
        scheduler.set_begin_index(call) if hasattr(scheduler, "set_begin_index") else None
        t = scheduler.timesteps[call : call + 1]
        if kind == "flow_heun":
            scheduler._step_index = call
        theirs = (
            scheduler.scale_noise(clean, t, drawn) if hasattr(scheduler, "scale_noise") else scheduler.add_noise(clean, drawn, t)
        )
        assert torch.allclose(made.noised(clean, drawn, call), theirs, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_the_clean_sample_is_read_out_of_every_prediction(kind, prediction):
    made = schedule(kind, 6) if kind.startswith("flow") else schedule(kind, 6, prediction_type=prediction)
    x = noise((4, 2), 1) * float(made.sigmas[3])
    prediction = made.ask(MIXTURE.denoiser(made), x, 3)
    truth = MIXTURE.clean(x, float(made.alphas[3]), float(made.sigmas[3]))
    assert torch.allclose(made.denoised(x, prediction, 3), truth, atol=1e-5)


def test_the_scheduler_that_was_handed_in_is_left_as_it_was():
    scheduler = diffusers.DPMSolverMultistepScheduler()
    scheduler.set_timesteps(9)
    made = Schedule.of(scheduler, 4)
    sample(MIXTURE.denoiser(made), noise((2, 2)), made)
    assert len(scheduler.timesteps) == 9
    assert scheduler.step_index is None
    assert scheduler.model_outputs == [None, None]


def test_a_configuration_that_a_pipeline_has_mended_is_kept():
    scheduler = diffusers.DDIMScheduler()
    scheduler.register_to_config(clip_sample=False)
    made = Schedule.of(scheduler, 4)
    assert not made._scheduler.config.clip_sample


def test_how_much_of_a_run_strength_leaves():
    made = schedule("dpm++", 10)
    assert [made.begin(one) for one in (0.0, 0.05, 0.3, 0.7, 1.0)] == [10, 10, 7, 3, 0]
    heun = schedule("flow_heun", 10)
    assert len(heun) == 19
    assert [heun.begin(one) for one in (0.0, 0.5, 1.0)] == [19, 10, 0]


def test_a_schedule_is_frozen():
    with pytest.raises(AttributeError):
        schedule("ddim", 4).steps = 5


def test_what_cannot_be_a_schedule_says_why():
    with pytest.raises(
        UnknownName, match=r"^no schedule named 'ddpm'; there is: ddim, dpm\+\+, unipc, euler, flow, flow_heun, flow_unipc$"
    ):
        schedule("ddpm", 4)
    for steps in (0, -1, 2.5, True):
        with pytest.raises(ParamError, match=r"^steps must be a whole number of at least 1, got "):
            schedule("flow", steps)
    with pytest.raises(ParamError, match=r"^the configuration of ddim has no 'karras'; it has: num_train_timesteps, "):
        schedule("ddim", 4, karras=True)
    with pytest.raises(ParamError, match=r"^euler cannot be configured so: "):
        schedule("euler", 4, beta_schedule="steep")
    with pytest.raises(ParamError, match=r"^DDIMScheduler has no option of timesteps 'mu'; it has: num_inference_steps, device$"):
        Schedule.of(diffusers.DDIMScheduler(), 4, mu=1.0)
    with pytest.raises(ParamError, match=r"^DDIMScheduler cannot be set to 2000 steps: "):
        schedule("ddim", 2000)
    with pytest.raises(ParamError, match=r"^a schedule cannot be made of EDMEulerScheduler: it preconditions predictions"):
        Schedule.of(diffusers.EDMEulerScheduler(), 4)
    with pytest.raises(ParamError, match=r"^a schedule needs a scheduler that can add noise, and IPNDMScheduler cannot$"):
        Schedule.of(diffusers.IPNDMScheduler(), 4)
    with pytest.raises(ParamError, match=r"^prediction_type must be one of epsilon, sample, v_prediction, flow, got 'score'$"):
        schedule("ddim", 4, prediction_type="score")
    for strength in (-0.1, 1.1, float("nan")):
        with pytest.raises(ParamError, match=r"^strength must be in \[0, 1\], got .* \(share of the steps that are run\)$"):
            schedule("ddim", 4).begin(strength)
