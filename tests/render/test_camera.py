"""Cameras: what they must hold is in the picture."""

import itertools

import numpy as np
import pytest

from dhsdk.errors import RenderError
from dhsdk.render.camera import orbit
from dhsdk.scene import make, measure
from dhsdk.scene.primitives import box


@pytest.mark.parametrize("size", [(3.0, 0.1, 0.2), (0.1, 4.0, 0.1), (1e-4, 2e-4, 1e-4), (500.0, 20.0, 80.0)])
@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.0])
def test_every_view_of_an_orbit_holds_the_whole_scene(size, aspect):
    scene = make.place(make.single(box(size), "box"), at=(7.0, -2.0, 1.0))
    corners = np.array(list(itertools.product(*measure.bounds(scene).T)))
    width, height = int(400 * aspect), 400
    nearest = []
    for view in orbit(scene, 7, aspect=aspect, margin=0.1):
        pixels, _ = view.projected(corners, width, height)
        share = pixels[:, :2] / pixels[:, 2:] / (width, height)
        assert share.min() > 0.099
        assert share.max() < 0.901
        nearest.append(min(share.min(), (1 - share).min()))
    assert min(nearest) < 0.102  # and no farther away than it must be


def test_an_orbit_has_views():
    with pytest.raises(RenderError, match="an orbit must have at least one view, got 0"):
        orbit(make.single(box(), "box"), 0)
