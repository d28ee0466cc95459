"""sample() against the loops of diffusers' own pipelines."""

import pytest

from tests.diffusion.loops import parity


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # of diffusers' own pipelines
def test_every_step_is_that_of_diffusers_own_pipelines():
    found = parity(5)
    assert len(found) == 12
    assert {name: value for name, value in found.items() if value > 1e-5} == {}
