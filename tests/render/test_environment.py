import numpy as np
import pytest

from dhsdk.errors import RenderError
from dhsdk.media import Image
from dhsdk.render import Settings, View, look_at, render
from dhsdk.render.environment import SIZES, basis, decoded, directions, response, surround
from dhsdk.render.shade import _around
from dhsdk.scene import Environment, Material, Scene, Transmission, Volume, make


def even(value=1.0):
    return np.full((32, 64, 4), value, np.float32)


def test_even_light_stays_even_in_every_lobe_and_as_irradiance():
    one = surround(even(0.7), np.zeros(3), np.ones(3))
    assert one.chain == pytest.approx(0.7, abs=1e-5)
    normals = np.random.default_rng(0).normal(size=(50, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    assert basis(normals) @ one.harmonics == pytest.approx(np.full((50, 4), 0.7), abs=2e-3)
    assert one.table[-1, 0] + one.table[-1, 1] ** 2 == len(one.chain)
    assert [edge - 2 for edge in one.table[:, 1]] == list(SIZES)


def test_irradiance_is_that_of_an_integral():
    rng = np.random.default_rng(1)
    light = rng.random((32, 64, 3)).astype(np.float32)
    light[:16] *= 3
    one = surround(np.concatenate([light, np.zeros((32, 64, 1), np.float32)], axis=2), np.zeros(3), np.ones(3))
    d = directions(32, 64)
    area = np.sin((np.arange(32) + 0.5) / 32 * np.pi)[:, None] * (np.pi / 32) * (2 * np.pi / 64)
    for normal in (np.array([0.0, 1, 0]), np.array([0.6, 0, 0.8]), np.array([0.0, -1, 0])):
        truth = (light * (np.maximum(d @ normal, 0) * area)[..., None]).sum(axis=(0, 1)) / np.pi
        assert (basis(normal) @ one.harmonics)[:3] == pytest.approx(truth, rel=0.06)


def test_a_small_bright_source_becomes_the_key_light():
    light = np.full((64, 128, 3), 0.1, np.float32)
    light[10:13, 40:43] = (400.0, 300.0, 200.0)
    one = surround(decoded(Image(light, colour="linear")))
    assert one.key @ directions(64, 128)[11, 41] > 0.999
    assert one.tint[0] > one.tint[1] > one.tint[2]
    assert surround(decoded(Image(np.full((8, 16, 3), 0.5, np.float32), colour="linear"))).key.tolist() == [0, 0, 0]


def test_row_zero_is_up_and_the_middle_column_is_z():
    d = directions(64, 128)
    assert d[0, 0, 1] > 0.99
    assert d[32, 64] @ np.array([0, 0, 1]) > 0.99
    assert d[32, 96, 0] < -0.99  # seen from within, -X is to the right of +Z


def test_the_table_loses_no_energy_and_gains_none():
    table = response()
    both = table[..., 0] + table[..., 1]
    assert both.max() <= 1.0
    assert both[0].min() > 0.93  # a mirror gives everything back
    assert both[-1, -1] == pytest.approx(1 - np.log(2), abs=0.02)  # Smith's masking at alpha 1, seen from above: 1 - ln 2
    assert table[..., 2].min() >= 0
    assert table[..., 2].max() <= 1


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.ones((4, 8)), "an environment must have three channels"),
        (np.full((4, 8, 3), np.inf, np.float32), "an environment must be finite and not negative, got 32 pixels"),
        (np.full((4, 8, 3), -1.0, np.float32), "an environment must be finite and not negative"),
    ],
)
def test_a_broken_environment_is_refused(picture, message):
    with pytest.raises(RenderError, match=message):
        surround(picture)


def test_bytes_and_grey_pictures_serve_too():
    one = surround(decoded(Image(np.full((4, 8, 1), 255, np.uint8))))
    assert one.chain[:, :3] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("toward", [(0.6, -0.8, 0.0), (0.99, -0.14, 0.0), (0.0, -0.5, 0.87), (-0.5, -0.6, -0.62)])
def test_a_mirror_that_looks_down_shows_what_is_below(toward):
    """Bright above the horizon, dark below it: a lookup below must not find the light from above."""
    halves = np.where(directions(64, 128)[..., 1:2] > 0, 1.0, 0.1)
    made = surround(np.repeat(halves, 3, axis=2).astype(np.float32))
    facts, found = np.zeros(58), np.zeros(4)
    facts[39] = 1.0
    _around(made.chain, made.table, facts, *toward, 0.0, found, 0)
    assert found[:3] == pytest.approx([0.1] * 3, abs=0.02)


def test_the_environment_s_picture_can_be_the_background():
    """Red ahead of the camera and to its left, blue to its right; turned half round they change places."""
    light = np.zeros((16, 32, 3), np.float32)
    light[:, :16, 0], light[:, 16:, 2] = 0.6, 0.6
    ball = make.single(make.sphere(0.05, 8, 6, Material("m", metallic=0.0)), "b")
    sides = []
    for turn in (0.0, np.pi):
        scene = Scene(ball.nodes, environment=Environment(Image(light, colour="linear"), rotation=turn))
        shot = render(scene, View(look_at((0.0, 0.0, 3.0), (0.0, 0.0, 0.0))), Settings(size=(32, 32), background="environment"))
        sides.append([int(shot.pixels[4, x].argmax()) for x in (2, 29)])
    assert sides == [[2, 0], [0, 2]]


def test_glass_in_even_light_cannot_be_seen():
    """The furnace for what light passes: nothing is lost in a solid that absorbs nothing."""
    grey = Environment(Image(np.full((8, 16, 3), 0.5, np.float32), colour="linear"))
    glass = Material("g", metallic=0.0, roughness=0.0, transmission=Transmission(1.0), volume=Volume(1.0))
    scene = Scene(make.single(make.sphere(0.5, 64, 48, glass), "b").nodes, environment=grey)
    shot = render(scene, None, Settings(size=(64, 64), background="environment", shadow=0.0)).pixels.astype(int)
    assert abs(shot - shot[0, 0]).max() <= 9
