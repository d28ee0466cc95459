"""A small space whose prior is trained within seconds, once for all tests."""

import pytest

from dhsdk.diffusion.nano.space import Kind, Space, Token

STOOL = (
    Token("height", "real", 0.2, 1.0, words=("low", "tall")),
    Token("thickness", "real", 0.01, 0.1, words=("thin", "thick")),
    Token("legs", "whole", 3, 8, words=("", "sturdy"), quantum=1.0),
    Token("style", "choice", options=("none", "tapered", "turned", "cabriole")),
    Token("ornament", "real", 0.0, 1.0, words=("plain", "ornate")),
    Token("cushion", "real", 0.0, 0.2, words=("hard", "padded")),
    Token("gilded", "switch"),
)
VASE = (Token("height", "real", 0.1, 1.0, words=("short", "tall")), Token("belly", "real", 0.1, 1.0, words=("slim", "fat")))


def small_space(thick: float = 0.04) -> Space:
    usual = {"height": 0.5, "thickness": thick, "legs": 4, "style": "tapered", "ornament": 0.3, "cushion": 0.0, "gilded": False}
    absent = frozenset({"cushion", "gilded"})
    return Space(
        "small",
        {"stool": STOOL, "vase": VASE},
        {
            "stool": Kind("stool", "stool", usual, absent, {"style": ("tapered", "turned", "cabriole")}),
            "bar stool": Kind("bar stool", "stool", {**usual, "height": 0.9, "legs": 3}, absent | {"style"}),
            "vase": Kind("vase", "vase", {"height": 0.3, "belly": 0.4}),
        },
    )


@pytest.fixture(scope="session")
def space():
    return small_space()


@pytest.fixture(scope="session")
def trained(space):
    import torch

    from dhsdk.diffusion.nano.train import train

    torch.set_num_threads(2)
    return train(space, steps=300, seed=3, width=64)


@pytest.fixture(scope="session")
def prior(space, trained):
    from dhsdk.diffusion.nano.draw import Prior

    return Prior.of(space, trained.arrays, trained.card)
