import numpy as np
import pytest

from dhsdk.errors import RenderError
from dhsdk.render import bvh
from dhsdk.render.occlusion import around, grids, openness, sky
from dhsdk.scene import make

FLOOR = np.array([[-2.0, 0, -2], [2, 0, -2], [2, 0, 2], [-2, 0, 2]])
PAIR = np.array([[0, 2, 1], [0, 3, 2]])


def test_a_plane_is_open_above_and_shut_below():
    above = sky(FLOOR, PAIR)
    points = np.array([[0.0, 0, 0], [0.5, 0, 0.3]])
    up = np.tile([0.0, 1, 0], (2, 1))
    assert openness(above, points, up) == pytest.approx(1.0)
    assert openness(above, points - [0, 0.1, 0], up) == pytest.approx(0.0, abs=0.08)


def test_a_corner_of_two_walls_is_half_open():
    wall = FLOOR[:, [0, 2, 1]] * [1, 1, 1] + [0, 2, -2]
    points, faces = np.concatenate([FLOOR, wall]), np.concatenate([PAIR, PAIR + 4])
    got = openness(sky(points, faces, directions=256), np.array([[0.0, 0, -1.96], [0, 0, 1.9]]), np.tile([0.0, 1, 0], (2, 1)))
    assert got[0] == pytest.approx(0.5, abs=0.08)
    assert got[1] > 0.85


def test_openness_beside_a_wall_is_near_that_of_rays_and_changes_evenly():
    """The exact share is that of 4000 rays per point, even in their cosine."""
    wall = FLOOR[:, [0, 2, 1]] * [1, 0.5, 1] + [0, 1, -1]
    points, faces = np.concatenate([FLOOR, wall]), np.concatenate([PAIR, PAIR + 4])
    z = np.linspace(-0.9, 1.5, 200)
    at, up = np.stack([np.full(200, 0.2), np.zeros(200), z], axis=1), np.tile([0.0, 1, 0], (200, 1))
    reach, turn = np.sqrt((np.arange(4000) + 0.5) / 4000), 2.399963 * np.arange(4000)
    rays = np.stack([reach * np.cos(turn), np.sqrt(1 - reach**2), reach * np.sin(turn)], axis=1)
    tree, solid, blocked = bvh.tree(points, faces), np.ones(4, bool), np.empty((200, 4000), bool)
    for k in range(200):
        bvh.hidden(tree, solid, np.concatenate([np.tile(at[k], (4000, 1)), rays], axis=1), 1e-4, np.full(4000, 9.0), blocked[k])
    away = openness(sky(points, faces), at, up) - (1.0 - blocked.mean(axis=1))
    assert np.sqrt((away**2).mean()) < 0.011
    assert (np.abs(np.diff(away)) > 0.008).mean() < 0.08


def test_points_without_a_normal_are_open_and_threads_change_nothing():
    above = sky(FLOOR, PAIR, threads=1)
    points = np.random.default_rng(0).uniform(-2, 2, (9000, 3))
    up = np.tile([0.0, 1, 0], (9000, 1))
    assert (openness(above, points, up, threads=1) == openness(sky(FLOOR, PAIR), points, up, threads=3)).all()
    assert (openness(above, points, np.zeros_like(up)) == 1).all()


def test_a_face_has_samples_at_its_corners():
    first, steps, samples = grids(sky(FLOOR, PAIR), FLOOR, np.tile([0.0, 1, 0], (4, 1)), PAIR)
    assert len(samples) == sum((n + 1) * (n + 2) // 2 for n in steps)
    assert first[1] == (steps[0] + 1) * (steps[0] + 2) // 2
    assert samples == pytest.approx(1.0)


def test_nothing_hides_nothing():
    up = np.tile([0.0, 1, 0], (4, 1))
    assert (openness(sky(FLOOR, np.zeros((0, 3), int)), FLOOR, up) == 1).all()


def test_directions_are_spread_evenly():
    d = around(200)
    assert np.linalg.norm(d, axis=1) == pytest.approx(1.0)
    assert abs(d.mean(axis=0)).max() < 0.01


def test_what_cannot_be_looked_at_is_refused():
    with pytest.raises(RenderError, match="openness must have positions to look around"):
        sky(np.zeros((0, 3)), np.zeros((0, 3), int))
    with pytest.raises(RenderError, match="openness must have points and normals"):
        openness(sky(FLOOR, PAIR), FLOOR, FLOOR[:2])


def test_faces_that_have_samples_at_their_corners_alone_share_them():
    """The short way for fine meshes gives what each face would find by itself."""
    ball = make.sphere(0.5, 300, 150).primitives[0]
    points, up, faces = ball.positions.astype(float), ball.normals, ball.faces.astype(np.int64)
    above = sky(points, faces)
    first, steps, samples = grids(above, points, up, faces)
    assert (steps == 1).all()
    assert (first == 3 * np.arange(len(faces))).all()
    for corner, weight in ((2, 0), (1, 1), (0, 2)):
        assert samples[first + weight] == pytest.approx(
            openness(above, points[faces[:, corner]], up[faces[:, corner]].astype(float))
        )
