import numpy as np
import pytest

from dhsdk.errors import ParamError
from dhsdk.render import Settings, View, look_at, orbit, render
from dhsdk.render.drawer import Drawer
from dhsdk.render.geometry import gathered
from dhsdk.render.studio import BACKDROPS, backdrop, direction, radiance, studio
from dhsdk.scene import Material, Transmission, make

WHITE = Material("chalk", base_color=(0.8, 0.8, 0.8, 1.0), metallic=0.0, roughness=0.9)


def test_the_studio_is_finite_and_its_key_is_above_the_camera_s_left():
    light = radiance(64)
    assert np.isfinite(light).all()
    assert light.min() >= 0
    key = studio().key
    assert key[1] > 0.5 and key[0] < -0.2 and key[2] > 0.2  # noqa: PT018 (one direction)
    assert np.linalg.norm(direction(30.0, 40.0)) == pytest.approx(1.0)


def test_white_is_bright_and_not_blown_out():
    shot = render(make.single(make.sphere(0.5, 64, 32, WHITE), "b"), None, Settings(size=(96, 96), samples=1)).pixels
    ball = shot[30:60, 30:66].astype(int)
    assert ball.max() < 253
    assert ball.max() > 200
    assert ball.max() - ball.min() > 40


def test_the_floor_is_darkest_where_the_thing_stands():
    scene = make.single(make.box((0.5, 0.5, 0.5), WHITE), "b")
    view = View(look_at((0.0, 1.2, 3.0), (0.0, 0.1, 0.0)))
    with_floor, without = (
        render(scene, view, Settings(size=(120, 120), samples=1, shadow=strength)).pixels.astype(int) for strength in (0.85, 0.0)
    )
    lost = (without - with_floor).sum(axis=2)
    assert lost.min() >= -3
    assert lost.max() > 60
    assert lost[:10].max() == 0


def test_light_goes_round_with_the_camera():
    """A round thing looks the same from everywhere in the studio."""
    scene = make.single(make.sphere(0.5, 96, 48, WHITE), "b")
    drawer, geometry = Drawer(scene, Settings(size=(64, 64), samples=1)), gathered(scene)
    first, *others = (drawer.draw(geometry, view).astype(int) for view in orbit(scene, 3))
    for other in others:
        assert abs(first - other).mean() < 1.5


def test_a_drawer_draws_what_render_draws_in_any_order():
    scene = make.single(make.box((0.5, 0.5, 0.5), WHITE), "b")
    settings = Settings(size=(48, 40), samples=1)
    drawer, geometry = Drawer(scene, settings), gathered(scene)
    views = orbit(scene, 3)
    drawn = [drawer.draw(geometry, view) for view in reversed(views)][::-1]
    for view, pixels in zip(views, drawn, strict=True):
        assert (render(scene, view, settings).pixels == pixels).all()


def test_glass_alone_still_shades_the_floor():
    glass = Material("g", metallic=0.0, roughness=0.0, transmission=Transmission(1.0))
    scene = make.single(make.box((0.5, 0.5, 0.5), glass), "b")
    view = View(look_at((0.0, 1.2, 3.0), (0.0, 0.1, 0.0)))
    dark = [render(scene, view, Settings(size=(80, 80), samples=1, shadow=one)).pixels.astype(int) for one in (0.0, 0.85)]
    assert (dark[0] - dark[1]).sum(axis=2).max() > 8


@pytest.mark.parametrize("name", [*BACKDROPS, "white", "environment", "transparent", "#336699"])
def test_every_backdrop_is_a_ramp(name):
    ramp = backdrop(name)
    assert ramp.shape == (257, 3)
    assert (np.diff(ramp[:, 0]) <= 1e-7).all()


def test_the_mode_of_light_is_checked():
    with pytest.raises(ParamError, match="one of auto, studio, scene"):
        Settings(lighting="sun")


def test_stained_glass_tints_its_shadow():
    green = Material("g", base_color=(0.05, 0.8, 0.1, 1.0), metallic=0.0, roughness=0.0, transmission=Transmission(1.0))
    scene = make.single(make.box((0.5, 0.5, 0.5), green), "b")
    drawer, geometry = Drawer(scene, Settings(size=(80, 80), samples=1)), gathered(scene)
    view = View(look_at((0.0, 1.2, 3.0), (0.0, 0.1, 0.0)))
    _, _, dark = drawer.look(geometry, view)
    lost = dark.reshape(-1, 3)[dark.sum(axis=2).argmax()]
    assert lost[1] < 0.8 * lost[0]
    assert lost[1] < 0.8 * lost[2]
    solid = make.single(make.box((0.5, 0.5, 0.5), WHITE), "b")
    _, _, grey = Drawer(solid, Settings(size=(80, 80), samples=1)).look(gathered(solid), view)
    assert np.ptp(grey, axis=2).max() == 0
    assert grey.max() >= dark.max()
