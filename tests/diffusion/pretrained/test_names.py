"""The public names of dhsdk.diffusion.pretrained, loaded on first use."""

import pytest

from dhsdk.diffusion import pretrained


def test_every_name_is_there_and_sorted_as_told():
    assert dir(pretrained) == sorted(pretrained.__all__)
    assert all(getattr(pretrained, name) is not None for name in pretrained.__all__)
    assert set(pretrained._HOME) == set(pretrained.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'dhsdk.diffusion.pretrained' has no attribute 'chair'$"):
        _ = pretrained.chair
