"""Blades and tools: which way they point, where hands hold them, what wear and style do to them."""

import numpy as np
import pytest

from dhsdk.shapes import kernels
from tests.shapes.laws import built

BLADE = kernels()["blade"]
SIZES = {
    "sword": 1.0, "dagger": 0.38, "katana": 1.02, "greatsword": 1.52, "axe": 0.73, "battle axe": 1.1, "hammer": 0.34,
    "war hammer": 1.15, "mace": 0.78, "morning star": 0.82, "spear": 2.0, "shovel": 1.15, "pickaxe": 0.86,
}  # fmt: skip


def made(preset, **values):
    return {part.name: part for part in built(BLADE, {**BLADE.presets[preset], **values})}


def height(parts):
    return max(part.surface.positions[:, 1].max() for part in parts.values())


def test_sizes_are_those_of_life():
    assert set(SIZES) == set(BLADE.presets)
    for preset, size in SIZES.items():
        assert height(made(preset)) == pytest.approx(size, rel=0.12), preset


@pytest.mark.parametrize("preset", BLADE.presets)
def test_the_hand_is_in_the_handle_and_the_tip_above(preset):
    parts = made(preset)
    sockets = {socket.key: socket for part in parts.values() for socket in part.sockets}
    hand, tip = sockets["hand"], sockets["tip"]
    assert (hand.kind, hand.rotation) == ("grip", (0.0, 0.0, 0.0, 1.0))
    handle = parts["handle"].surface.positions
    near = handle[np.abs(handle[:, 1] - hand.translation[1]) < 0.12]
    assert near[:, 0].min() < hand.translation[0] < near[:, 0].max()
    assert tip.translation[1] > hand.translation[1] + 0.05
    assert parts["handle"].pivot == pytest.approx(hand.translation)
    assert ("hand_2" in sockets) == (preset not in ("sword", "dagger", "hammer"))


def test_flats_look_to_the_front_and_edges_to_the_sides():
    for preset in ("sword", "katana", "axe", "battle axe"):
        parts = made(preset)
        extent = np.ptp(parts.get("blade", parts.get("head")).surface.positions, axis=0)
        assert extent[0] > 2.5 * extent[2], preset


def test_single_edges_look_to_plus_x():
    axe = made("axe")["head"].surface.positions
    assert axe[:, 0].max() > 2.0 * -axe[:, 0].min()
    assert np.ptp(axe[axe[:, 0] > 0.97 * axe[:, 0].max(), 2]) < 0.25 * np.ptp(axe[:, 2])


def test_no_edge_is_a_razor():
    blade = made("sword")["blade"].surface.positions
    middle = blade[np.abs(blade[:, 1] - blade[:, 1].mean()) < 0.1]
    edge = middle[np.isclose(middle[:, 0], middle[:, 0].max(), atol=2e-3)]
    assert np.ptp(edge[:, 2]) > 5e-4


def test_wear_nicks_the_edge_and_style_broadens_the_blade():
    new, old = (made("sword", temper={"wear": wear})["blade"].surface.positions for wear in (0.0, 1.0))
    assert np.abs(old[:, 0]).mean() < np.abs(new[:, 0]).mean()
    plain, stylised = (made("sword", temper={"stylised": s})["blade"].surface.positions for s in (0.0, 1.0))
    assert np.ptp(stylised[:, 0]) / np.ptp(stylised[:, 1]) > 1.8 * np.ptp(plain[:, 0]) / np.ptp(plain[:, 1])
