"""The analytic target against numbers that were integrated or drawn."""

import pytest
import torch

from dhsdk.diffusion.mixture import Mixture
from dhsdk.errors import ParamError

MIXTURE = Mixture(torch.tensor([[1.0], [-1.0]]), 0.3, torch.tensor([0.7, 0.3]))


@pytest.mark.parametrize(("alpha", "sigma"), [(1.0, 0.5), (0.6, 0.8), (0.1, 0.99)])
def test_the_clean_mean_is_that_of_bayes(alpha, sigma):
    grid = torch.linspace(-6, 6, 20001, dtype=torch.float64)[:, None]
    x = torch.tensor([[-1.0], [0.1], [0.9]], dtype=torch.float64)
    weights = torch.exp(MIXTURE.log_density(grid) - (x - alpha * grid.T) ** 2 / (2 * sigma**2))
    truth = (weights @ grid) / weights.sum(1, keepdim=True)
    assert torch.allclose(MIXTURE.clean(x, alpha, sigma), truth, atol=1e-6)


def test_samples_are_drawn_by_weight_and_per_item():
    drawn = MIXTURE.draw(4000, 1)
    assert float((drawn > 0).float().mean()) == pytest.approx(0.7, abs=0.02)
    assert float(drawn[drawn > 0].std()) == pytest.approx(0.3, abs=0.02)
    assert torch.equal(drawn[:1], MIXTURE.draw(1, 1))


def test_pictures_may_be_the_samples():
    means = torch.zeros(2, 3, 4, 5)
    assert Mixture(means, 0.1).clean(torch.ones(6, 3, 4, 5), 1.0, 1.0).shape == (6, 3, 4, 5)
    assert Mixture(means, 0.1).draw(2).shape == (2, 3, 4, 5)


def test_bad_mixtures_are_refused():
    with pytest.raises(ParamError, match=r"^spread must be above 0, got 0.0 \(standard deviation of a mixture\)$"):
        Mixture(torch.zeros(2, 2), 0.0)
    with pytest.raises(ParamError, match=r"^a mixture needs one weight for each mean, got \(3,\) for 2$"):
        Mixture(torch.zeros(2, 2), 0.1, torch.ones(3))
