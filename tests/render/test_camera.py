"""Cameras: what they must hold is in the picture."""

import itertools

import numpy as np
import pytest

from dhsdk.errors import RenderError
from dhsdk.render import Settings, render
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


@pytest.mark.parametrize("edge", [1e-5, 1e-3, 1.0, 3e4])
def test_scenes_of_any_size_are_drawn_alike(edge):
    plain = Settings(size=(32, 32), samples=1, background="white", shadow=0.0)
    one, other = (make.single(box((size, size, size)), "box") for size in (1.0, edge))
    for camera in ("three-quarter", "front"):
        pictures = [render(scene, camera, plain).pixels.astype(int) for scene in (one, other)]
        shown = [(picture.sum(axis=2) < 700).sum() for picture in pictures]
        assert shown[0] > 200
        assert abs(shown[0] - shown[1]) <= 0.05 * shown[0]
