import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.diffusion.nano.space import Token, nested, tokens, values_of
from dhsdk.shapes import kernels


@pytest.mark.parametrize("kernel", kernels().values(), ids=lambda kernel: kernel.name)
def test_every_kernel_has_tokens_whose_places_come_back(kernel):
    values = values_of(kernel.Params().model_dump(mode="json"))
    found = tokens(kernel.Params)
    assert {token.path for token in found} <= set(values)
    for token in found:
        if token.kind in ("real", "whole"):
            middle = values[token.path]
            assert token.at(token.place(token.high, middle), middle) == token.high
            assert token.at(token.place(token.low, middle), middle) == token.low
            assert token.at(0.0, middle) == pytest.approx(middle, abs=token.quantum)
    assert kernel.Params.parse(nested(values)) == kernel.Params()


@given(low=st.floats(-5, 5), span=st.floats(0.01, 9), centre=st.floats(0, 1), place=st.floats(-2, 2))
def test_a_number_stays_in_its_range(low, span, centre, place):
    token = Token("a", "real", low, low + span)
    assert token.low <= token.at(place, low + centre * span) <= token.high


def test_fields_can_be_left_out():
    kernel = kernels()["table"]
    assert "detail" not in {token.path for token in tokens(kernel.Params, frozenset({"detail"}))}
