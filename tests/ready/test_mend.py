"""Mending: topology, orientation, holes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.ready.mend import mended
from dhsdk.scene import make
from tests.effort import examples
from tests.ready.meshes import ball, topology, volume


def sound(surface):
    return topology(surface.points, surface.faces)


@examples(60)
@given(seed=st.integers(0, 999), flipped=st.floats(0.0, 1.0), gone=st.floats(0.0, 0.05), split=st.booleans())
def test_a_ball_with_holes_and_turned_faces_becomes_closed_and_outward(seed, flipped, gone, split):
    rng = np.random.default_rng(seed)
    points, faces = ball()
    turn = rng.random(len(faces)) < flipped
    faces = np.where(turn[:, None], faces[:, ::-1], faces)[rng.random(len(faces)) >= gone]
    if split:
        points, faces = points[faces.ravel()], np.arange(faces.size).reshape(-1, 3)
    surface = mended(points, faces)
    body = surface.faces[surface.piece == np.bincount(surface.piece).argmax()]  # a triangle between holes may be left on its own
    assert topology(surface.points, body) == (0, 0, 0)
    assert volume(surface.points, body) == pytest.approx(4 / 3 * np.pi * 0.5**3, rel=0.05)


def test_what_is_sound_stays_as_it_is():
    points, faces = ball()
    surface = mended(points, faces)
    assert np.array_equal(surface.origin, np.arange(len(faces)))
    assert not surface.turned.any()
    assert np.allclose(surface.points[surface.faces], points[faces], atol=3e-6)


def test_a_cavity_keeps_facing_inwards():
    points, faces = ball()
    both = np.concatenate([faces, faces[:, ::-1] + len(points)])
    surface = mended(np.concatenate([points, 0.5 * points]), both)
    assert not surface.turned.any()


def test_an_inside_out_shell_is_turned():
    points, faces = ball()
    surface = mended(points, faces[:, ::-1])
    assert surface.turned.all()
    assert surface.mended["triangles turned round"] == len(faces)


def test_solids_that_share_an_edge_or_a_wall_become_two():
    box = make.box().primitives[0]
    for shift in ((1.0, 1.0, 0.0), (1.0, 0.0, 0.0)):
        points = np.concatenate([box.positions, box.positions + shift])
        surface = mended(points, np.concatenate([box.faces, box.faces + len(box.positions)]))
        assert sound(surface) == (0, 0, 0)
        assert surface.piece.max() == 1
        assert volume(surface.points, surface.faces) == pytest.approx(2.0, rel=1e-3)


def test_doubles_and_both_sides_of_a_sheet_become_one():
    points, faces = ball()
    surface = mended(np.concatenate([points, points]), np.concatenate([faces, faces + len(points)]))
    assert len(surface.faces) == len(faces)
    quad = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    sheet = mended(quad, np.array([[0, 1, 2], [0, 2, 3], [2, 1, 0], [3, 2, 0]]))
    assert len(sheet.faces) == 2
    assert sheet.mended["sheets drawn from both sides made single"] > 0


def test_a_one_sided_band_is_cut_and_stays_open():
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    points = np.concatenate(
        [
            np.stack(
                [(1 + s * np.cos(turn / 2)) * np.cos(turn), (1 + s * np.cos(turn / 2)) * np.sin(turn), s * np.sin(turn / 2)],
                axis=1,
            )
            for s in (-0.2, 0.2)
        ]
    )
    n = np.arange(40)
    after = np.where(n == 39, 40, n + 1)  # the last strip meets the first upside down
    across = np.where(n == 39, 0, n + 41)
    faces = np.concatenate([np.stack([n, after, n + 40], axis=1), np.stack([after, across, n + 40], axis=1)])
    surface = mended(points, faces)
    assert surface.mended["one-sided surfaces cut"] > 0
    assert sound(surface)[2] == 0 or sound(surface)[0] > 0


def test_large_openings_stay_open_and_are_told():
    points, faces = ball(48, 24)
    bowl = faces[points[faces].mean(axis=1)[:, 1] < 0]
    surface = mended(points, bowl)
    assert sound(surface)[0] > 0
    assert surface.mended["openings left open"] == 1
    assert mended(points, bowl, close=1.0).mended["holes closed"] == 1


def test_loose_scraps_go_but_leaves_stay():
    points, faces = ball()
    scrap = np.array([[0.7, 0, 0], [0.701, 0, 0], [0.7, 0.001, 0]])
    surface = mended(np.concatenate([points, scrap]), np.concatenate([faces, [[len(points) + k for k in range(3)]]]))
    assert surface.mended["loose open scraps dropped"] == 1
    assert sound(surface) == (0, 0, 0)
    leaves = np.concatenate([scrap + [0, 0.01 * i, 0] for i in range(100)])
    assert len(mended(leaves, np.arange(300).reshape(-1, 3)).faces) == 100


def test_a_sliver_of_a_seam_is_sewn():
    points, faces = ball()
    jitter = np.random.default_rng(1).normal(size=points.shape) * 2e-6
    surface = mended(points + jitter, faces)
    assert sound(surface) == (0, 0, 0)


@examples(150)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 60), grid=st.integers(2, 4), close=st.sampled_from([0.0, 0.25, 10.0]))
def test_any_heap_of_triangles_comes_out_with_at_most_two_at_an_edge(seed, count, grid, close):
    """Triangles between the points of a small grid: doubled, crossed, five at an edge, one-sided, without area."""
    rng = np.random.default_rng(seed)
    points = np.stack(np.meshgrid(*[np.arange(grid)] * 3, indexing="ij"), axis=-1).reshape(-1, 3).astype(float)
    surface = mended(points, rng.integers(0, len(points), (count, 3)), close=close)
    if len(surface.faces):
        assert np.isfinite(surface.points).all()
        assert sound(surface)[1:] == (0, 0)
        assert set(np.unique(surface.origin)) <= set(range(-1, count))


@pytest.mark.parametrize("turn", [0.0, 0.7])
def test_sides_of_a_box_cut_unlike_are_sewn_at_their_t_junctions(turn):
    """Each side a grid of its own: 1 to 7 squares along an edge."""
    corners = np.array([[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)])
    sides = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    points, faces = [], []
    for (a, b, _, d), n in zip(sides, (1, 2, 3, 5, 7, 4), strict=True):
        for i in range(n):
            for j in range(n):
                start = len(points)
                grid = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
                points += [corners[a] + (corners[b] - corners[a]) * u / n + (corners[d] - corners[a]) * v / n for u, v in grid]
                faces += [[start, start + 1, start + 2], [start, start + 2, start + 3]]
    c, s = np.cos(turn), np.sin(turn)
    surface = mended(np.array(points) @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T, np.array(faces))
    assert topology(surface.points, surface.faces) == (0, 0, 0)
    assert abs(volume(surface.points, surface.faces)) == pytest.approx(1.0)
    assert surface.mended["border points on border edges sewn in"] > 0
    assert surface.mended["openings left open"] == 0
    assert (surface.origin < len(faces)).all()
