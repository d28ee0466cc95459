import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.shapes.boards import across, upward
from dhsdk.shapes.curves import LEAST, bevelled, bezier, circle, disc, offset, rectangle, rounded, spline, trapezoid
from dhsdk.shapes.lathe import band, lathe, torus
from dhsdk.shapes.solids import box, cushion, plank, plate, stack
from dhsdk.shapes.surface import bent, join, mirrored, moved, surface, tapered, turned
from dhsdk.shapes.sweep import beam, frames, sweep, tube
from tests.shapes.laws import is_sound, welded

XS = np.linspace(-0.3, 0.3, 6)
CURVE = bezier([(0, 0, 0), (0.2, 0.3, 0), (0, 0.5, 0.2)], 10)
SHELLS = {
    "box": lambda: box((0.4, 0.3, 0.2), 0.02),
    "tapered box": lambda: box((0.1, 0.5, 0.2), 0.01, taper=(0.5, 0.7)),
    "thin box": lambda: box((0.4, 0.3, 0.002), 0.004),
    "plank": lambda: plank(1.0, 0.12, 0.02, np.random.default_rng(1)),
    "solid lathe": lambda: lathe([(0, 0), (0.2, 0.0), (0.1, 0.3), (0, 0.3)], 12),
    "hollow lathe": lambda: lathe([(0, 0), (0.2, 0.0), (0.3, 0.4), (0.28, 0.4), (0.18, 0.02), (0, 0.02)], 16),
    "open lathe": lambda: lathe([(0.1, 0.0), (0.3, 0.4)], 9),
    "band": lambda: band(0.3, 0.1, 0.01, 0.04, 16, flare=0.01),
    "torus": lambda: torus(0.3, 0.1, 0.02, 16),
    "plate": lambda: plate(rectangle(0.4, 0.3, 0.05, 3), 0.04, 0.01),
    "dished plate": lambda: plate(disc(0.2, 20, 0.15), 0.04, 0.01, dish=0.02),
    "trapezoid": lambda: plate(trapezoid(0.45, 0.36, 0.4, 0.05), 0.04, 0.01),
    "cushion": lambda: cushion(rectangle(0.4, 0.5, 0.1, 3), 0.12),
    "stack": lambda: stack(rectangle(0.2, 0.2, 0.02), [(0.0, 0.0), (0.02, 0.3), (0.0, 0.35)]),
    "tube": lambda: tube(CURVE, 0.02),
    "sweep": lambda: sweep(CURVE, rounded(0.05, 0.03, 0.01), scale=np.linspace(1, 0.5, 10), bevel=0.004),
    "beam": lambda: beam((0, 0, 0), (0.1, 0.4, 0.1), 0.04, 0.03, taper=0.6),
    "across": lambda: across(XS, -0.1 + 0 * XS, 0.1 + XS**2, 0.02, 0.004),
    "upward": lambda: upward(XS, 0.05 * XS, 0.1 + XS**2, 0.02, 0.004),
}


@pytest.mark.parametrize("name", SHELLS)
def test_builders_make_sound_surfaces(name):
    is_sound(surface(SHELLS[name]()))


@pytest.mark.parametrize("name", ["box", "plank", "hollow lathe", "tube", "cushion"])
def test_changes_keep_them_sound(name):
    shell = SHELLS[name]()
    lifted = moved(shell, (0.0, 1.0, 0.0))
    for one in (mirrored(shell), mirrored(shell, 2), turned(shell, (1, 2, 3), 0.7), bent(shell, 1.5), tapered(lifted, 1.0, 0.6)):
        is_sound(surface(one))


def test_joined_shells_stay_apart():
    one, two = SHELLS["box"](), moved(SHELLS["torus"](), (0.05, 0.0, 0.0))
    both = surface(join(one, two))
    is_sound(both)
    assert len(both.faces) == len(one.faces) + len(two.faces)


def test_a_box_has_its_size_and_cut_edges():
    made = surface(box((0.4, 0.3, 0.2), 0.02))
    assert np.ptp(made.positions, axis=0) == pytest.approx([0.4, 0.3, 0.2])
    points, _ = welded(made)
    assert (np.abs(points) < np.array([0.2, 0.15, 0.1], np.float32) - 1e-4).any(axis=1).all()


def test_uvs_are_metres_along_the_grain():
    made = surface(box((1.0, 0.1, 0.05), 0.002))
    corners, uvs = made.positions[made.faces], made.uvs[made.faces]
    flat = (np.ptp(corners[:, :, 1], axis=1) < 1e-9) & (np.ptp(corners[:, :, 0], axis=1) > 0.9)
    assert np.ptp(uvs[flat][:, :, 0], axis=1) == pytest.approx(np.ptp(corners[flat][:, :, 0], axis=1), rel=0.01)
    assert np.ptp(uvs[flat][:, :, 1], axis=1) == pytest.approx(np.ptp(corners[flat][:, :, 2], axis=1), rel=0.05)


def test_hard_edges_split_and_smooth_ones_do_not():
    hard = surface(lathe([(0, 0), (0.2, 0.0), (0.2, 0.3), (0, 0.3)], 24))
    rim = np.isclose(np.hypot(hard.positions[:, 0], hard.positions[:, 2]), 0.2) & np.isclose(hard.positions[:, 1], 0.3)
    assert {round(float(y)) for y in hard.normals[rim][:, 1]} == {0, 1}
    side = hard.normals[rim & (hard.normals[:, 1] < 0.5)]
    assert np.abs(side[:, 1]).max() < 1e-9
    outward = hard.positions[rim & (hard.normals[:, 1] < 0.5)][:, [0, 2]] / 0.2
    assert side[:, [0, 2]] == pytest.approx(outward, abs=1e-9)


def test_a_hollow_vessel_is_hollow():
    made = surface(SHELLS["hollow lathe"]())
    points, faces = welded(made)
    corners = points[faces].astype(np.float64)
    volume = np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    assert volume < 0.25 * np.pi * 0.3**2 * 0.4


@given(st.floats(0.02, 1.0), st.floats(0.02, 1.0), st.floats(0.0, 1.0), st.integers(1, 4))
def test_rounded_rectangles_keep_their_size_and_order(width, height, radius, steps):
    points = rounded(width, height, radius, steps)
    assert points.shape == (4 * (steps + 1), 2)
    assert np.ptp(points, axis=0) == pytest.approx([width, height])
    following = np.roll(points, -1, axis=0)
    assert (points[:, 0] * following[:, 1] - points[:, 1] * following[:, 0]).min() > 0.0
    assert np.linalg.norm(following - points, axis=1).min() > 1e-5


def test_curves_meet_their_ends():
    spots = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0)]
    assert bezier(spots, 7)[[0, -1]] == pytest.approx(np.array([spots[0], spots[-1]]))
    through = spline(spots, 4)
    assert through[::4] == pytest.approx(np.array(spots))
    assert circle(2.0, 5) == pytest.approx(circle(2.0, 5, 2 * np.pi))


def test_bevelled_cuts_corners_but_not_straight_runs():
    assert len(bevelled([(0, 0), (1, 0), (1, 1)], 0.1)) == 4
    assert len(bevelled([(0, 0), (1, 0), (2, 0)], 0.1)) == 3
    assert len(bevelled([(0, 0), (1, 0), (1, 1)], 0.1, keep=[1])) == 3


def test_offset_goes_left_and_stays_off_the_axis():
    wall = offset(np.array([(0.2, 0.0), (0.2, 0.5), (0.2, 1.0)]), 0.05, LEAST)
    assert wall[:, 0] == pytest.approx(0.15)
    assert offset(np.array([(0.02, 0.0), (0.02, 1.0)]), 0.05, LEAST)[:, 0] == pytest.approx(LEAST)


def test_frames_do_not_twist():
    tangent, first, second = frames(CURVE, (0.0, 0.0, 1.0))
    assert np.abs((tangent * first).sum(axis=1)).max() < 1e-9
    assert np.cross(tangent, first) == pytest.approx(second)
    assert (first[1:] * first[:-1]).sum(axis=1).min() > 0.9
