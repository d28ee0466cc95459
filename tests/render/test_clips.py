"""Clips are drawn while they are pulled, one frame ahead, and hold what moves."""

import dataclasses
import threading
import time

import numpy as np
import pytest

from dhsdk.errors import RenderError
from dhsdk.render import Settings, clip, named, render
from dhsdk.render.camera import View, orbit
from dhsdk.render.drawer import Drawer
from dhsdk.scene import Animation, Channel, make
from dhsdk.scene.primitives import box

SMALL = Settings(size=(48, 32), samples=1)


def moving():
    rise = Channel("box", "translation", np.array([0.0, 1.0]), np.array([[0.0, 0.0, 0.0], [0.0, 3.0, 0.0]]))
    return dataclasses.replace(make.single(box(), "box"), animations=(Animation("rise", (rise,)),))


def test_frames_are_those_of_pictures():
    scene = moving()
    views = [named(scene, name, 1.5) for name in ("front", "side", "three-quarter")]
    video = clip(scene, views, fps=5, settings=SMALL)
    assert (video.size, video.fps, video.count) == ((48, 32), 5, 3)
    for shown, view in zip(video.frames(), views, strict=True):
        assert np.abs(shown.astype(int) - render(scene, view, SMALL).pixels).max() <= 1


def test_a_clip_may_be_pulled_again_and_left_early():
    video = clip(moving(), "orbit", fps=10, seconds=0.5, settings=SMALL)
    first = list(video.frames())
    assert len(first) == 5
    frames = iter(video.frames())
    assert (next(frames) == first[0]).all()
    frames.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("dhsdk-clip")]


def test_what_moves_stays_in_the_picture():
    plain = Settings(size=(48, 32), samples=1, background="white", shadow=0.0)
    for pixels in clip(moving(), "front", fps=4, settings=plain, animation="rise").frames():
        away = np.abs(pixels.astype(int) - pixels[0, 0].astype(int)).sum(axis=2)
        assert away[0].max() < 30  # nothing but backdrop at the upper edge
        assert (away > 60).any()


def test_frames_do_not_depend_on_how_many_are_drawn_at_once(monkeypatch):
    views = orbit(moving(), 7, aspect=1.5)
    videos = []
    for threads, held in ((1, 1 << 30), (4, 1 << 30), (4, 1)):
        monkeypatch.setattr("dhsdk.render.clips.HELD", held)
        settings = SMALL.model_copy(update={"threads": threads})
        videos.append(np.stack(list(clip(moving(), views, fps=5, settings=settings).frames())))
    assert (videos[0] == videos[1]).all()
    assert (videos[0] == videos[2]).all()


def test_no_more_is_drawn_than_is_about_to_be_pulled(monkeypatch):
    drawn = []

    def draw(self, geometry, view):
        drawn.append(1)
        return np.zeros((32, 48, 3), np.uint8)

    monkeypatch.setattr(Drawer, "draw", draw)
    frames = clip(moving(), "orbit", fps=25, seconds=40, settings=SMALL.model_copy(update={"threads": 3})).frames()
    for _ in range(10):
        next(frames)
    time.sleep(0.2)  # who runs ahead would have by now
    assert 10 <= len(drawn) <= 10 + 2 * 3
    frames.close()
    before = len(drawn)
    time.sleep(0.1)
    assert len(drawn) == before


def test_an_error_while_drawing_reaches_the_reader():
    scene = make.single(box(), "box")
    broken = View(np.eye(4))
    object.__setattr__(broken, "world", np.zeros((4, 4)))
    frames = iter(clip(scene, [named(scene, "front"), broken], fps=5, settings=SMALL).frames())
    next(frames)
    with pytest.raises(Exception, match="Singular matrix"):
        next(frames)


def test_a_clip_has_cameras():
    with pytest.raises(RenderError, match="a clip must have at least one camera, got none"):
        clip(make.single(box(), "box"), [])
