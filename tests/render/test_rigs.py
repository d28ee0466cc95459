"""Rigs: cube faces that meet, panoramas without seams, orthographic views to scale."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.errors import RenderError
from dhsdk.media import Image
from dhsdk.render import Settings, View, buffers, cube, look_at, orthographic, panorama, plans, render
from dhsdk.render.environment import directions
from dhsdk.scene import Camera, Environment, Light, Material, Node, Scene, make
from dhsdk.scene.rotation import from_axis_angle
from tests.effort import examples

AT = (0.1, 0.2, -0.15)
COLOURS = [(0.8, 0.1, 0.1), (0.1, 0.7, 0.1), (0.1, 0.2, 0.8), (0.8, 0.7, 0.1), (0.6, 0.1, 0.7), (0.1, 0.7, 0.7)]


def room():
    """Things of many colours around the middle, over the seams of the cube's faces too; lit by lamps of its own."""
    parts = []
    for number in range(14):
        y = 1.0 - 2.0 * (number + 0.5) / 14
        around = 2.4 * number
        ring = math.sqrt(1.0 - y * y)
        place = (3 * ring * math.sin(around), 3 * y, 3 * ring * math.cos(around))
        paint = Material(f"m{number}", base_color=(*COLOURS[number % 6], 1.0), metallic=0.0, roughness=0.9)
        shape = make.sphere(0.7, 32, 16, paint) if number % 2 else make.box((1.0, 1.0, 1.0), paint)
        parts.append(make.place(make.single(shape, f"thing{number}"), at=place))
    lamps = (
        Node("sun", rotation=from_axis_angle((1, 0, 0), -0.9), light=Light("directional", intensity=2.0)),
        Node("bulb", translation=(0.0, 0.4, 0.0), light=Light("point", intensity=12.0)),
    )
    whole = make.group("room", *parts)
    return Scene((*whole.nodes, *lamps))


PLAIN = Settings(size=(256, 128), lighting="scene", background="#405060", shadow=0.0)


@examples(50)
@given(st.floats(-1, 1), st.floats(-1, 1), st.sampled_from(range(12)), st.floats(0.1, 50.0))
def test_points_between_two_faces_stand_on_the_border_of_both(across, other, edge, far):
    """A point in the plane between two neighbours projects to the rim of both pictures, at the same height."""
    axes = [(i, j) for i in range(3) for j in range(i + 1, 3)]
    (i, j), signs = axes[edge % 3], (1 - 2 * (edge // 3 % 2), 1 - 2 * (edge // 6))
    point = np.full(3, across * far)
    point[i], point[j] = signs[0] * far, signs[1] * far
    views = cube((0.0, 0.0, 0.0))
    offsets = []
    for axis, sign in ((i, signs[0]), (j, signs[1])):
        pixels, _ = views[2 * axis + (sign < 0)].projected(point[None], 64, 64)
        x, y = pixels[0, :2] / pixels[0, 2]
        rim = min(abs(x), abs(x - 64), abs(y), abs(y - 64))
        assert rim < 1e-9
        offsets.append(min(abs(abs(v - 32) - abs(across) * 32) for v in (x, y)))
    assert max(offsets) < 1e-9


def test_cube_faces_stand_in_the_order_of_cube_maps():
    ahead = [tuple(-view.world[:3, 2]) for view in cube(AT)]
    assert ahead == [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)]
    assert [tuple(view.world[:3, 1]) for view in cube(AT)] == [(0, 1, 0)] * 2 + [(0, 0, -1), (0, 0, 1)] + [(0, 1, 0)] * 2
    for view in cube(AT):
        assert np.linalg.det(view.world[:3, :3]) == 1.0
        assert tuple(view.world[:3, 3]) == AT


def test_border_pixels_of_neighbouring_faces_agree():
    """Each face's upper, lower, left and right row is that of its neighbour, but for half a pixel."""
    scene = make.single(make.sphere(4.0, 96, 48), "inside")
    depth = [buffers(scene, view, (64, 64))["depth"] for view in cube((0.0, 0.0, 0.0))]
    rows = {
        (4, 0): (depth[4][:, 0], depth[0][:, -1]),
        (4, 1): (depth[4][:, -1], depth[1][:, 0]),
        (4, 2): (depth[4][0], depth[2][-1]),
        (4, 3): (depth[4][-1], depth[3][0]),
        (5, 2): (depth[5][0], depth[2][0][::-1]),
        (5, 3): (depth[5][-1], depth[3][-1][::-1]),
        (0, 2): (depth[0][0], depth[2][:, 0][::-1]),
        (1, 2): (depth[1][0], depth[2][:, -1]),
    }
    for pair, (one, other) in rows.items():
        assert np.isfinite(one).all(), pair
        assert np.abs(one - other).max() < 0.01, pair


def test_a_direction_has_the_colour_that_a_camera_sees_there():
    scene, picture = room(), panorama(room(), AT, PLAIN).pixels.astype(float)
    toward = directions(128, 256)
    for azimuth, elevation in ((0.0, 0.0), (0.8, 0.3), (2.4, -0.5), (3.9, 0.9), (5.0, -1.1), (1.6, 1.5)):
        flat = math.cos(elevation)
        ahead = np.array([flat * math.sin(azimuth), math.sin(elevation), flat * math.cos(azimuth)])
        view = View(look_at(AT, tuple(np.array(AT) + ahead)), Camera(yfov=0.9))
        seen = render(scene, view, PLAIN.model_copy(update={"size": (128, 128)})).pixels.astype(float)
        inside = (toward @ ahead) > math.cos(0.4)
        points = toward[inside] + AT
        pixels, _ = view.projected(points, 128, 128)
        x, y = np.floor(pixels[:, :2] / pixels[:, 2:]).astype(int).T
        off = np.abs(seen[y, x] - picture[inside]).max(axis=1)
        assert np.median(off) < 3.0
        assert np.percentile(off, 85) < 16.0  # the rest lies on outlines, half a pixel apart


@pytest.mark.parametrize("columns", [32, 64, 128, 200])
def test_turning_the_camera_rolls_the_panorama(columns):
    straight = panorama(room(), AT, PLAIN).pixels.astype(int)
    turned = panorama(room(), AT, PLAIN, yaw=columns / 256 * math.tau).pixels.astype(int)
    off = np.abs(np.roll(straight, columns, axis=1) - turned).max(axis=2)
    assert (off.max() if columns in (64, 128) else np.percentile(off, 99)) <= 12
    assert off.mean() < 0.6
    assert np.abs(straight - turned).mean() > 5


def test_a_panorama_of_one_colour_has_no_seam():
    """Inside an even ball every pixel is alike, also where two faces meet and at the poles."""
    paint = Material("m", base_color=(0.4, 0.5, 0.6, 1.0), unlit=True)
    ball = make.single(make.sphere(2.0, 64, 32, paint), "ball")
    pixels = panorama(ball, (0.0, 0.0, 0.0), PLAIN).pixels
    assert (pixels.reshape(-1, 3) == pixels[0, 0]).all()


def test_light_does_not_turn_from_face_to_face():
    """In the studio the light stands still for the whole panorama: a smooth ball around the camera shows no jump at the seams."""
    ball = make.single(make.sphere(2.0, 128, 64, Material("m", metallic=0.0, roughness=1.0)), "ball")
    pixels = panorama(ball, (0.0, 0.0, 0.0), Settings(size=(128, 64), samples=1, occlusion=False)).pixels.astype(int)
    assert np.ptp(pixels) > 20
    assert np.abs(np.diff(pixels, axis=1)).max() <= 6
    assert np.abs(pixels[:, 0] - pixels[:, -1]).max() <= 6


def test_the_backdrop_can_be_left_out():
    settings = PLAIN.model_copy(update={"background": "transparent", "size": (64, 32)})
    pixels = panorama(room(), AT, settings).pixels
    assert pixels.shape == (32, 64, 4)
    assert set(np.unique(pixels[..., 3])) >= {0, 255}
    even = panorama(room(), AT, PLAIN.model_copy(update={"size": (64, 32)})).pixels
    assert (even[pixels[..., 3] == 0] == (0x40, 0x50, 0x60)).all()
    assert np.abs(even[pixels[..., 3] == 255].astype(int) - pixels[..., :3][pixels[..., 3] == 255]).max() <= 1


def test_a_panorama_of_its_own_environment_lights_the_scene():
    lit = Scene(room().nodes, environment=Environment())
    assert panorama(lit, AT, PLAIN.model_copy(update={"lighting": "auto", "size": (64, 32)})).pixels.std() > 10


@pytest.mark.parametrize("turn", [0.0, 0.9])
def test_the_scenes_own_environment_lies_behind_without_seams(turn):
    """A picture of the directions themselves comes back, turned as it says; the thing in the middle stands before it."""
    sky = Environment(Image((0.25 + 0.2 * directions(128, 256)).astype(np.float32), colour="linear"), rotation=turn)
    thing = make.place(make.single(make.box((0.4, 0.4, 0.4)), "box"), at=(0.0, -0.2, 2.0))
    plain = Settings(size=(128, 64), background="environment", shadow=0.0)
    shown = panorama(Scene(thing.nodes, environment=sky), (0.0, 0.0, 0.0), plain).pixels.astype(int)
    turned = panorama(Scene(thing.nodes, environment=dataclasses.replace(sky, rotation=0.0)), (0.0, 0.0, 0.0), plain, yaw=-turn)
    free = np.abs(directions(64, 128) @ (0.0, 0.0, 1.0)) < 0.9
    free &= (directions(64, 128) @ (math.sin(turn), 0.0, math.cos(turn))) < 0.9
    free &= (directions(64, 128) @ (math.sin(-turn), 0.0, math.cos(-turn))) < 0.9
    assert np.abs(shown - turned.pixels.astype(int))[free].max() <= 3
    assert np.abs(np.diff(shown, axis=1))[free[:, 1:] & free[:, :-1]].max() <= 8
    assert np.ptp(shown[free], axis=0).min() > 60


@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("azimuth", "elevation"), [(0.0, 0.0), (0.7, 0.4), (2.5, math.pi / 2), (1.0, -math.pi / 2)])
def test_an_orthographic_view_holds_and_fills(aspect, azimuth, elevation):
    scene = make.place(make.single(make.box((0.3, 2.0, 0.7)), "box"), at=(5.0, 1.0, -2.0))
    width, height = int(200 * aspect), 200
    view = orthographic(scene, azimuth, elevation, aspect=aspect, margin=0.1)
    points = scene.nodes[1].mesh.primitives[0].positions + np.array((5.0, 1.0, -2.0))
    pixels, far = view.projected(points, width, height)
    assert (pixels[:, :2] >= [0.099 * width, 0.099 * height]).all()
    assert (pixels[:, :2] <= [0.901 * width, 0.901 * height]).all()
    assert max(np.ptp(pixels[:, 0]) / width, np.ptp(pixels[:, 1]) / height) == pytest.approx(0.8)
    assert far.min() > view.camera.near
    assert far.max() < view.camera.far


def test_plans_are_to_one_scale_and_show_front_side_and_top():
    size = (1.0, 2.0, 3.0)
    scene = make.single(make.box(size), "box")
    shown = []
    for view in plans(scene, aspect=1.0):
        seen = buffers(scene, view, (300, 300))["id"] >= 0
        scale = 300 / (2 * view.camera.ymag)
        shown.append((np.ptp(np.flatnonzero(seen.any(axis=0))) / scale, np.ptp(np.flatnonzero(seen.any(axis=1))) / scale))
    wanted = [(size[0], size[1]), (size[2], size[1]), (size[0], size[2])]
    assert np.abs(np.array(shown) - wanted).max() < 0.03


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda: panorama(room(), AT, Settings(size=(64, 64))), "a panorama must be twice as wide as high, got 64 x 64"),
        (
            lambda: panorama(room(), (0, math.nan, 0), PLAIN),
            r"a panorama must have a finite place and yaw, got \(0, nan, 0\) and 0",
        ),
        (lambda: panorama(Scene(), AT, PLAIN), "a scene must have triangles to be drawn, got none"),
        (lambda: cube((0.0, math.inf, 0.0)), "a view must have a finite"),
    ],
)
def test_what_cannot_be_seen_says_why(work, message):
    with pytest.raises(RenderError, match=message):
        work()
