import numpy as np
import pytest

from dhsdk.render.backdrop import NO_SCENERY, compose, ground
from dhsdk.render.camera import View, look_at
from dhsdk.render.studio import Floor
from dhsdk.render.tone import CODES, averaged, blurred, develop, encoded, glaze, neutral

NOBODY = np.empty((0, 0), np.float32)


def test_the_compiled_end_is_the_one_in_numpy():
    light = np.random.default_rng(0).exponential(0.6, (24, 32, 3)).astype(np.float32)
    out = np.empty((12, 16, 3), np.uint8)
    develop(0, 12, light, NOBODY, 1.3, CODES, out)
    truth = encoded(averaged(neutral(light * 1.3), 2))
    assert abs(out.astype(int) - truth).max() <= 1
    assert (out == truth).mean() > 0.97


def test_greys_stay_grey_and_bright_light_is_held():
    out = np.empty((1, 4, 3), np.uint8)
    light = np.array([[[0.0] * 3, [0.2] * 3, [3.0] * 3, [1000.0] * 3]], np.float32)
    develop(0, 1, light, NOBODY, 1.0, CODES, out)
    assert (np.ptp(out, axis=2) <= 1).all()
    assert out[0, 0, 0] == 0
    assert 200 < out[0, 2, 0] < out[0, 3, 0]


def test_transparent_layers_cover_what_is_behind():
    color, over = np.full((1, 2, 3), 0.8, np.float32), np.full((1, 2, 3), 0.1, np.float32)
    past = np.array([[[0.5] * 3, [0.0] * 3]], np.float32)
    cover = np.zeros((1, 2), np.float32)
    glaze(0, 1, over, past, color, cover)
    assert color[0, :, 0] == pytest.approx([0.5, 0.1])
    assert cover[0] == pytest.approx([0.5, 1.0])


def test_the_backdrop_is_seen_where_nothing_is():
    ramp = np.linspace(1.0, 0.2, 257)[:, None].repeat(3, axis=1).astype(np.float32)
    floor, view = Floor(np.ones((4, 4), np.float32), np.array([0.0, 0.0, 1.0]), 0.0), View(look_at((0, 0, 3), (0, 0, 0)))
    behind = ground(ramp, floor, np.zeros((4, 4, 3), np.float32), view, 1.0, 0.0, 1.0, False, (NO_SCENERY, 0.0))
    over, past = np.zeros((9, 9, 3), np.float32), np.ones((9, 9, 3), np.float32)
    past[4, 4] = 0.0
    cover = np.empty((9, 9), np.float32)
    compose(0, 9, 1, over, past, behind, cover)
    assert over[4, 4].max() == 0
    assert over[4, 3, 0] > over[0, 0, 0] > 0.2
    assert (cover == (past[..., 0] == 0)).all()


def test_a_blur_keeps_what_there_is():
    field = np.zeros((40, 40))
    field[20, 20] = 1.0
    soft = blurred(field, 3)
    assert soft.sum() == pytest.approx(1.0)
    assert soft[20, 20] == soft.max() < 0.1
    assert blurred(field, 0) is field
