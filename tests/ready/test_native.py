"""Native mesh libraries are handed nothing that they do not survive."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dhsdk.errors import RequestError
from dhsdk.ready import native
from dhsdk.ready.native import atlas, closed, solid, usable
from dhsdk.scene import make
from tests.effort import examples

CORNERS = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
SIDES = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]])


def test_a_closed_surface_is_a_solid():
    assert solid(CORNERS, SIDES).volume() == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("points", "faces"),
    [
        (CORNERS, SIDES[:3]),
        (CORNERS, SIDES[[0, 1, 2, 3, 3]]),
        (CORNERS, SIDES[:, ::-1]),
        (CORNERS, np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 0]])),
        (CORNERS, SIDES + 1),
        (CORNERS, SIDES - 1),
        (CORNERS, SIDES[:0]),
        (CORNERS[:3], np.array([[0, 1, 2], [0, 2, 1]])),
        (CORNERS * [1, 1, 0], SIDES),
        (CORNERS * 1e39, SIDES),
        (np.where(CORNERS == 1, np.nan, CORNERS), SIDES),
    ],
    ids=["open", "a face twice", "inside out", "a corner twice", "beyond", "below", "none", "a sheet", "flat", "far", "nan"],
)
def test_no_other_surface_is_one(points, faces):
    assert solid(points, faces) is None


@examples(100)
@example(seed=1, count=5, both=False)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 30), both=st.booleans())
def test_any_triangles_are_a_solid_or_none(seed, count, both):
    rng = np.random.default_rng(seed)
    faces = rng.integers(0, 12, (count, 3))
    faces = np.concatenate([faces, faces[:, ::-1]]) if both else faces
    made = solid(rng.random((12, 3)), faces)
    assert made is None or made.volume() > 0


def test_edges_must_have_twins():
    assert closed(SIDES)
    assert not closed(SIDES[:3])
    assert not closed(np.concatenate([SIDES, SIDES[:1]]))
    assert closed(np.concatenate([SIDES, np.array([0, 1, 4, 5])[SIDES]]))  # two solids that touch along an edge
    assert usable(CORNERS, SIDES)
    assert not usable(CORNERS, SIDES + 1)
    assert not usable(np.full((4, 3), np.inf), SIDES)


KINDS = ("ball", "line", "point", "nearly a line", "tiny", "huge", "apart", "doubled")


@examples(60)
@given(seed=st.integers(0, 10**6), kind=st.sampled_from(KINDS), power=st.integers(1, 30))
def test_any_surface_is_unfolded_within_the_square(seed, kind, power):
    rng = np.random.default_rng(seed)
    points, faces = rng.random((12, 3)), rng.integers(0, 12, (20, 3))
    if kind == "line":
        points[:, 1:] = 0.25
    if kind == "point":
        points[:] = 0.25
    if kind == "nearly a line":
        points[:, 1:] *= 10.0**-power
    if kind in ("tiny", "huge"):
        points *= 10.0 ** (power if kind == "huge" else -power)
    if kind == "apart":
        points[6:] += 10.0**power
    if kind == "doubled":
        faces = np.concatenate([faces, faces[:, ::-1]])
    ((index, uvs),) = atlas([(points, faces)], 64)
    assert index.shape == faces.shape
    assert ((uvs >= 0) & (uvs <= 1)).all()
    assert 0 <= index.min() <= index.max() < len(uvs)


def test_parts_that_are_small_beside_the_whole_are_unfolded_all_the_same():
    leaf = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [1e4, 0, 0], [1e4 + 1, 0, 0], [1e4, 1, 0]])
    ((index, uvs),) = atlas([(leaf, np.array([[0, 1, 2], [3, 4, 5]]))], 256)
    one, other = uvs[index][:, 1] - uvs[index][:, 0], uvs[index][:, 2] - uvs[index][:, 0]
    assert (np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) > 0.05).all()


@pytest.mark.parametrize(("points", "faces"), [(CORNERS, SIDES + 1), (np.full((4, 3), np.nan), SIDES), (CORNERS, SIDES[:0])])
def test_what_is_no_surface_is_not_unfolded(points, faces):
    with pytest.raises(RequestError, match=r"surfaces to unwrap must be triangles between finite points, got others in number 1"):
        atlas([(CORNERS, SIDES), (points, faces)], 64)


def test_only_so_many_finished_atlases_are_kept():
    for _ in range(native.MOST_RESTING + 5):
        atlas([(CORNERS, SIDES)], 64)
    assert len(native._resting) <= native.MOST_RESTING
    ball = make.sphere(0.5, 64, 48).primitives[0]
    assert len(ball.faces) >= native.LARGE
    atlas([(ball.positions, ball.faces.astype(np.int64))], 64)
    assert not native._resting
