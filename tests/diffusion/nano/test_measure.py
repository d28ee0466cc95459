"""The figures see what is wrong with a way to draw."""

import numpy as np
import pytest

from dhsdk.diffusion.nano import measure
from dhsdk.diffusion.nano.designs import batches, contexts, held_out_pairs, sample
from dhsdk.diffusion.nano.layout import layout, unwarp, warp


@pytest.fixture(scope="module")
def plan(space):
    return layout(space)


@pytest.fixture(scope="module")
def sets(plan):
    return measure.cases(plan, 60, 1), measure.cases(plan, 12, 2)


def test_the_truth_is_as_good_as_can_be(sets):
    found = measure.floor(sets[1])
    assert found.attribute == 1.0
    assert found.spread == pytest.approx(1.0, abs=0.1)
    assert found.energy == 1.0


def test_what_does_not_listen_fails_what_is_asked(sets):
    found = measure.compare(measure.unconditional, *sets)
    assert found.attribute < 0.5
    assert found.energy > 1.0


def test_rules_are_narrow(sets):
    found = measure.compare(measure.rules, *sets)
    assert found.attribute == 1.0
    assert found.spread < 0.6
    assert found.energy > 2.0


def test_retrieval_is_near_but_not_exact(plan, sets):
    found = measure.compare(measure.retrieval(plan, 3000), *sets)
    assert 0.5 < found.attribute < 1.0


def test_a_trained_prior_is_nearer_to_the_truth_than_rules(prior, plan):
    asked, open_ = measure.cases(prior.plan, 60, 1), measure.cases(prior.plan, 12, 2)
    mine, theirs = measure.compare(measure.network(prior), asked, open_), measure.compare(measure.rules, asked, open_)
    assert mine.attribute > 0.9
    assert mine.energy < theirs.energy
    assert set(measure.card_metrics(prior)) == set(measure.card_metrics(prior, 2))


def test_pairs_that_are_held_out_never_train(plan, space):
    """A tenth of the pairs of attributes; by their names, so they are the same everywhere."""
    pairs = held_out_pairs(plan)
    assert pairs.any()
    assert np.array_equal(pairs, held_out_pairs(layout(space)))
    tokens = plan.numeric.shape[1]
    given = contexts(plan, pairs, np.random.default_rng(1), 4000)
    sides = np.concatenate([given.asks < 0, given.asks > 0], 1)
    met = sides[:, :, None] & sides[:, None, :] & pairs[plan.family[given.kinds]]
    assert not met.any()
    assert ((given.asks != 0).sum(1) > 1).any()
    held = contexts(plan, pairs, np.random.default_rng(1), 400, held_out=True)
    sides = np.concatenate([held.asks < 0, held.asks > 0], 1)
    met = (sides[:, :, None] & sides[:, None, :] & pairs[plan.family[held.kinds]]).any((1, 2))
    assert met[(held.asks != 0).any(1)].all()
    assert sides.shape[1] == 2 * tokens


def test_channels_come_back(plan):
    rng = np.random.default_rng(0)
    batch = batches(plan)(rng, 64)
    assert np.isfinite(batch.target).all()
    assert np.abs(batch.target).max() <= 4.0
    spread = plan.spread[batch.kinds]
    place = rng.uniform(-1, 1, spread.shape[:2]) * (spread.min(-1) > 0)
    assert np.allclose(unwarp(warp(place, spread), spread), place)


def test_the_same_seed_makes_the_same_designs(plan):
    one, two = (batches(plan)(np.random.default_rng(5), 16) for _ in range(2))
    assert np.array_equal(one.target, two.target)


def test_evidence_moves_the_rest(plan):
    """A thick seat speaks for many legs, an ornate one for cabriole legs."""
    kinds = np.zeros(4000, np.int64)
    row = {token.path: at for at, token in enumerate(plan.space.tokens("stool"))}
    means = []
    for sign in (-1.0, 1.0):
        given = measure.nothing(plan, kinds)
        given.asks[:, row["thickness"]] = 0.6 * sign
        means.append(sample(plan, given, np.random.default_rng(0))[0][:, row["legs"]].mean())
    assert means[1] > means[0] + 0.02
