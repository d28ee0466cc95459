"""The space of text_to_3d, and the prior that is shipped for it."""

import numpy as np
import pytest

import dhsdk
from dhsdk.diffusion.nano.designs import THIRD
from dhsdk.diffusion.nano.draw import draw
from dhsdk.diffusion.nano.space import nested
from dhsdk.plugins.text_to_3d.prior import FOLDER
from dhsdk.plugins.text_to_3d.prior.fill import prior
from dhsdk.plugins.text_to_3d.prior.space import IDENTITY, OPEN_OPTIONS, space
from dhsdk.shapes import kernels


def test_every_noun_of_every_kernel_is_a_kind():
    assert set(space().kinds) == {preset for kernel in kernels().values() for preset in kernel.presets}
    assert dhsdk.Host().generators["text_to_3d"].space() is space()


def test_the_table_names_what_there_is():
    """A kernel that renames a field must rename it here."""
    for table in (IDENTITY, OPEN_OPTIONS):
        for family, them in table.items():
            known = {token.path: token for token in space().families[family]}
            assert set(them) <= set(known), family
    for family, them in OPEN_OPTIONS.items():
        known = {token.path: token for token in space().families[family]}
        assert all(set(options) <= set(known[path].options) for path, options in them.items())


@pytest.mark.parametrize("kind", sorted(space().kinds))
def test_what_is_there_stays_and_what_is_absent_stays_away(kind):
    """And what is drawn is a design that its kernel takes."""
    one = space().kinds[kind]
    for design in draw(prior(), kind, locks={}, asked={}, rng=np.random.default_rng(1), count=4):
        kernels()[one.family].Params.parse(nested(design, kernels()[one.family].Params().model_dump(mode="json")))
        for token in space().tokens(kind):
            usual, value = one.centre[token.path], design[token.path]
            if token.path in one.said:
                assert value == usual
            elif token.kind in ("real", "whole"):
                assert value != 0 or token.low < 0
                assert usual != 0


@pytest.mark.parametrize("kind", ["stool", "oak", "castle", "bottle"])
def test_drawn_designs_build(kind):
    family = space().kinds[kind].family
    for number, design in enumerate(draw(prior(), kind, locks={}, asked={}, rng=np.random.default_rng(7), count=3)):
        params = kernels()[family].Params.parse(nested(design))
        parts = kernels()[family].build(params, lambda *names, n=number: np.random.default_rng([n, len(names)]))
        assert sum(len(part.surface.faces) for part in parts) > 20


def test_it_follows_words_and_their_absence():
    tall = draw(prior(), "chair", locks={}, asked={"back.height": 0.45}, rng=np.random.default_rng(3), count=12)
    token = next(token for token in space().tokens("chair") if token.path == "back.height")
    assert all(token.place(one["back.height"], space().kinds["chair"].centre["back.height"]) >= THIRD - 1e-9 for one in tall)
    thick = draw(prior(), "chair", locks={"legs.thickness": 0.085}, asked={}, rng=np.random.default_rng(3), count=64)
    thin = draw(prior(), "chair", locks={"legs.thickness": 0.03}, asked={}, rng=np.random.default_rng(3), count=64)
    means = [np.mean([one["seat.thickness"] for one in them]) for them in (thick, thin)]
    assert means[0] > 1.05 * means[1]


def test_it_is_small():
    assert (FOLDER / "weights.safetensors").stat().st_size <= 5e6
