import subprocess
import sys

import numpy as np
import pytest
import torch

from dhsdk.diffusion.nano.designs import THIRD
from dhsdk.diffusion.nano.draw import Prior, conditions, draw, draw_counted, levels
from dhsdk.diffusion.nano.edit import changed
from dhsdk.diffusion.nano.network import Denoiser, Sizes
from dhsdk.errors import ParamError, ReadError, UnknownName
from tests.diffusion.nano.conftest import small_space


def rng(seed=0):
    return np.random.default_rng(seed)


def torch_denoiser(prior):
    """The same network in torch, with the same weights."""
    network = Denoiser(Sizes(**prior.card["sizes"]))
    state = {name: torch.from_numpy(array.copy()) for name, array in prior.arrays.items() if name not in ("mean", "scale")}
    network.load_state_dict(state)
    return network.eval()


def test_what_is_drawn_is_a_design_of_its_kind(prior):
    for one in draw(prior, "stool", locks={}, asked={}, rng=rng(), count=40):
        assert list(one) == [token.path for token in prior.space.tokens("stool")]
        assert one["style"] in ("tapered", "turned", "cabriole")
        assert (one["cushion"], one["gilded"]) == (0.0, False)
        assert 3 <= one["legs"] <= 8
        assert isinstance(one["legs"], int)
        assert one["height"] == round(one["height"], 4)
        assert 0.2 <= one["height"] <= 1.0


def test_designs_differ_and_follow_their_seed(prior):
    first = draw(prior, "stool", locks={}, asked={}, rng=rng(1), count=8)
    assert first == draw(prior, "stool", locks={}, asked={}, rng=rng(1), count=8)
    assert len({one["height"] for one in first}) == 8


@pytest.mark.parametrize("count", [1, 3, 4, 7, 16])
def test_a_design_is_the_same_in_any_company(prior, count):
    many = draw(prior, "stool", locks={}, asked={"height": 0.5}, rng=rng(2), count=20)
    assert draw(prior, "stool", locks={}, asked={"height": 0.5}, rng=rng(2), count=count) == many[:count]


def test_locks_come_back_as_given(prior):
    locks = {"height": 0.123456789 + 0.1, "style": "none", "gilded": True, "cushion": 0.2}
    for one in draw(prior, "stool", locks=locks, asked={}, rng=rng(), count=8):
        assert {path: one[path] for path in locks} == locks


@pytest.mark.parametrize("ask", [0.45, 0.8, 1.0, -0.45, -0.8, -1.0])
@pytest.mark.parametrize("path", ["height", "thickness", "ornament"])
def test_asks_are_in_their_third(prior, path, ask):
    token = next(token for token in prior.space.tokens("stool") if token.path == path)
    usual = prior.space.kinds["stool"].centre[path]
    found = draw_counted(prior, "stool", locks={}, asked={path: ask}, rng=rng(), count=16)
    for one in found.designs:
        assert token.place(one[path], usual) * np.sign(ask) >= THIRD - 1e-9
    assert found.asked == 16
    assert found.missed <= 4


def test_what_is_absent_comes_when_it_is_asked_for(prior):
    """Its usual value is the low end: towards that end there is no way, and it stays."""
    assert all(
        one["cushion"] >= 0.2 * THIRD - 1e-9 for one in draw(prior, "stool", locks={}, asked={"cushion": 0.5}, rng=rng(), count=8)
    )
    assert all(one["cushion"] == 0.0 for one in draw(prior, "stool", locks={}, asked={"cushion": -0.5}, rng=rng(), count=2))


def test_a_count_that_is_asked_for_is_another_count(prior):
    assert all(one["legs"] > 5 for one in draw(prior, "stool", locks={}, asked={"legs": 0.45}, rng=rng(), count=8))
    assert all(one["legs"] == 3 for one in draw(prior, "bar stool", locks={}, asked={"legs": -1.0}, rng=rng(), count=4))


def test_options_are_taken_when_asked_for(prior):
    asked = {"style": "cabriole", "gilded": True}
    for one in draw(prior, "stool", locks={}, asked=asked, rng=rng(), count=4):
        assert {path: one[path] for path in asked} == asked


def test_what_hangs_together_is_drawn_together(prior):
    """thick goes with sturdy, ornate with cabriole legs: from the words of the ends alone."""
    ornate = draw(prior, "stool", locks={"ornament": 1.0}, asked={}, rng=rng(), count=64)
    plain = draw(prior, "stool", locks={"ornament": 0.0}, asked={}, rng=rng(), count=64)
    shares = [np.mean([one["style"] == "cabriole" for one in them]) for them in (ornate, plain)]
    assert shares[0] > shares[1] + 0.1


def test_it_is_the_core_of_diffusers(prior):
    """The numpy loop against diffusers' flow-matching Heun scheduler over the torch network: the same designs to 1e-5."""
    from diffusers import FlowMatchHeunDiscreteScheduler

    from dhsdk.diffusion.nano.draw import _heun

    known = conditions(prior.plan, "stool", {"height": 0.7}, {"ornament": 0.6})
    noise = rng(4).standard_normal((4, prior.plan.width)).astype(np.float32)
    mine = _heun(prior, known, noise, 8)
    scheduler = FlowMatchHeunDiscreteScheduler()
    scheduler.set_timesteps(8)
    assert np.allclose(levels(8)[:-1], np.unique(scheduler.timesteps.numpy())[::-1] / 1000.0, atol=1e-6)
    network, x = torch_denoiser(prior), torch.from_numpy(noise * known.free)
    kinds, families = torch.full((4,), known.row), torch.full((4,), int(prior.plan.family[known.row]))
    given = torch.from_numpy(known.given).repeat(4, 1)
    with torch.no_grad():
        for time in scheduler.timesteps:
            slope = network(x, (time / 1000.0).repeat(4), kinds, families, given)
            x = scheduler.step(slope, time, x).prev_sample
    assert np.abs(mine - x.numpy()).max() < 1e-5


def test_it_is_sample_of_the_core(prior):
    """And the same through sample(), the loop that all of the package shares."""
    from dhsdk.diffusion.nano.draw import _heun
    from dhsdk.diffusion.sample import sample
    from dhsdk.diffusion.schedules import schedule

    known = conditions(prior.plan, "vase", {}, {"belly": -0.6})
    noise = rng(5).standard_normal((4, prior.plan.width)).astype(np.float32)
    network, given = torch_denoiser(prior), torch.from_numpy(known.given).repeat(4, 1)
    kinds, families = torch.full((4,), known.row), torch.full((4,), int(prior.plan.family[known.row]))

    def denoiser(x, time):
        return network(x, (time / 1000.0).expand(4), kinds, families, given)

    found = sample(denoiser, torch.from_numpy(noise * known.free), schedule("flow_heun", 8))
    assert np.abs(_heun(prior, known, noise, 8) - found.numpy()).max() < 1e-5


def test_no_torch_is_loaded():
    code = "import sys, dhsdk.diffusion.nano.draw, dhsdk.diffusion.nano.edit; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_unknown_kinds_and_asks_are_refused(prior):
    with pytest.raises(UnknownName, match=r"^the space 'small' has no kind 'sofa'$"):
        draw(prior, "sofa", locks={}, asked={}, rng=rng())
    with pytest.raises(ParamError, match=r"^asks must name parameters of 'stool', got: wings$"):
        draw(prior, "stool", locks={}, asked={"wings": 0.5}, rng=rng())
    with pytest.raises(ParamError, match=r"^height must be asked for in \[-1, 1\], got 3.0$"):
        draw(prior, "stool", locks={}, asked={"height": 3.0}, rng=rng())
    with pytest.raises(ParamError, match=r"^style must be asked for one of its options, got 0.5$"):
        draw(prior, "stool", locks={}, asked={"style": 0.5}, rng=rng())
    with pytest.raises(ParamError, match=r"^style must be one of none, tapered, turned, cabriole, got 'claw'$"):
        draw(prior, "stool", locks={"style": "claw"}, asked={}, rng=rng())
    with pytest.raises(ParamError, match=r"^height must be a number in \[0.2, 1\], got 4.0$"):
        draw(prior, "stool", locks={"height": 4.0}, asked={}, rng=rng())


def test_a_change_moves_what_it_names_and_nothing_else(prior, space):
    for number, before in enumerate(draw(prior, "stool", locks={}, asked={}, rng=rng(5), count=24)):
        after = changed(prior, space, "stool", before, {"height": 0.45, "thickness": -0.2}, rng(number))
        assert after.values["height"] > before["height"]
        assert after.values["thickness"] < before["thickness"]
        assert set(after.moved) == {"height", "thickness"}
        rest = set(before) - set(after.moved)
        assert all(after.values[path] == before[path] for path in rest)


@pytest.mark.parametrize("with_prior", [True, False])
def test_a_change_goes_on_until_the_end(prior, space, with_prior):
    values = draw(prior, "stool", locks={}, asked={}, rng=rng(5))[0]
    for number in range(60):
        after = changed(prior if with_prior else None, space, "stool", values, {"legs": 0.45, "style": "turned"}, rng(number))
        assert after.values["legs"] >= values["legs"]
        values = after.values
    assert values["legs"] == 8
    assert after.stuck == ("legs", "style")
    assert after.moved == ()


def test_weights_are_those_of_their_card(tmp_path, space, trained):
    from dhsdk.diffusion.nano.train import save

    save(trained, tmp_path)
    loaded = Prior.load(tmp_path, space)
    assert draw(loaded, "vase", locks={}, asked={}, rng=rng()) == draw(
        Prior.of(space, trained.arrays, trained.card), "vase", locks={}, asked={}, rng=rng()
    )
    with pytest.raises(ReadError, match=r"^the nano prior in .* belongs to another state of the space 'small': train it"):
        Prior.load(tmp_path, small_space(thick=0.05))
    data = (tmp_path / "weights.safetensors").read_bytes()
    (tmp_path / "weights.safetensors").write_bytes(data[:-40])
    with pytest.raises(ReadError, match=r"must be the file of its card, sha256 .*: it was changed or cut off$"):
        Prior.load(tmp_path, space)


def test_weights_that_are_no_numbers_are_refused(space, trained):
    broken = {**trained.arrays, "leave.bias": np.full_like(trained.arrays["leave.bias"], np.nan)}
    with pytest.raises(ReadError, match=r"^weights must be finite numbers, leave.bias of 'small' is not: train the nano"):
        Prior.of(space, broken, trained.card)
