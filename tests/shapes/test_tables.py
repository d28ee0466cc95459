"""Tables: what stands on them, what slides out of them, and what words of age and style do to them."""

import numpy as np
import pytest

from dhsdk.shapes import kernels
from tests.shapes.laws import built

TABLE = kernels()["table"]


def made(preset, **values):
    return {part.name: part for part in built(TABLE, {**TABLE.presets[preset], **values})}


def reach(parts):
    every = np.concatenate([part.surface.positions for part in parts.values()])
    return np.ptp(every, axis=0)


@pytest.mark.parametrize("preset", TABLE.presets)
def test_the_support_is_the_top_of_the_table(preset):
    parts = made(preset)
    support = next(socket for socket in parts["top"].sockets if socket.kind == "support")
    height = TABLE.Params.parse(TABLE.presets[preset]).size.height
    assert support.translation[1] == pytest.approx(height, abs=0.01)
    assert support.translation[1] == pytest.approx(parts["top"].surface.positions[:, 1].max(), abs=0.012)
    assert support.size[0] <= np.ptp(parts["top"].surface.positions[:, 0]) * 1.05


@pytest.mark.parametrize(("preset", "count"), [("desk", 7), ("writing table", 3), ("bedside table", 2)])
def test_drawers_slide_out_to_the_front_and_can_be_filled(preset, count):
    parts = made(preset)
    drawers = [part for part in parts.values() if part.slide is not None]
    assert len(drawers) == count
    for drawer in drawers:
        axis, lower, upper = drawer.slide
        assert axis == (0.0, 0.0, 1.0)
        assert lower <= 0.0 < 0.1 < upper
        inside = next(socket for socket in drawer.sockets if socket.kind == "support")
        assert drawer.surface.positions[:, 1].min() < inside.translation[1] < drawer.surface.positions[:, 1].max()
        pull = next(part for part in parts.values() if part.parent == drawer.name)
        assert {socket.kind for socket in pull.sockets} == {"handle"}
        assert pull.surface.positions[:, 2].max() > drawer.surface.positions[:, 2].max()


@pytest.mark.parametrize("count", range(8))
def test_a_desk_has_the_drawers_it_is_asked_for(count):
    parts = made("desk", drawers={"count": count, "layout": "pillars"})
    assert sum(part.slide is not None for part in parts.values()) == count


def test_an_open_drawer_still_closes():
    shut, pulled = (made("bedside table", drawers={"count": 2, "layout": "cabinet", "open": share}) for share in (0.0, 0.5))
    out = pulled["drawer_1"].surface.positions[:, 2].max() - shut["drawer_1"].surface.positions[:, 2].max()
    assert out > 0.12
    assert -pulled["drawer_1"].slide[1] == pytest.approx(out - shut["drawer_1"].slide[1], abs=0.01)


def test_the_jaw_of_a_vise_slides():
    parts = made("workbench")
    assert parts["vise_jaw"].slide == ((0.0, 0.0, 1.0), pytest.approx(-0.041, abs=0.01), 0.15)
    assert parts["vise_screw"].parent == "vise_jaw"


@pytest.mark.parametrize("shape", ["round", "square"])
def test_a_round_or_square_top_is_as_wide_as_deep(shape):
    width, _, depth = reach({"top": made("table", top={"shape": shape, "boards": 1})["top"]})
    assert width == pytest.approx(depth, rel=0.03)


def test_words_of_style_make_it_chunkier_and_age_makes_it_gape():
    plain, stylised = made("table", joinery={"stylised": 0.0}), made("table", joinery={"stylised": 1.0})
    thin, thick = (np.ptp(one["top"].surface.positions[:, 1]) for one in (plain, stylised))
    assert thick > 1.5 * thin
    new, old = (made("table", joinery={"wear": wear, "irregular": 0.0}) for wear in (0.0, 1.0))
    area = [_volume(one["top"]) for one in (new, old)]
    assert area[1] < 0.99 * area[0]


def _volume(part):
    corners = part.surface.positions[part.surface.faces]
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))) / 6
