"""dhsdk.render.visibility: what it refuses, and the pass that weighs."""

from __future__ import annotations

import numpy as np
import pytest

from dhsdk.errors import RenderError
from dhsdk.render.visibility import fragments, rasterize

TRIANGLE = np.array([[1.0, 1.0, 2.0, 1.0], [13.0, 1.0, 2.0, 1.0], [1.0, 13.0, 2.0, 1.0]], np.float32) * [2, 2, 1, 2]
TRIANGLE = TRIANGLE.astype(np.float32)
FACE = np.array([[0, 1, 2]], np.int32)


def test_weights_give_the_pixel_centres_back():
    seen = rasterize(TRIANGLE, FACE, (16, 16))
    assert seen.face_id.dtype == np.int32
    assert seen.bary.dtype == np.float32
    assert seen.depth.dtype == np.float32
    ys, xs = np.nonzero(seen.face_id == 0)
    assert len(ys) == 66
    weights = np.concatenate([seen.bary[ys, xs], 1 - seen.bary[ys, xs].sum(-1, keepdims=True)], -1)
    points = weights @ (TRIANGLE[:, :2] / TRIANGLE[:, 3:])
    assert np.abs(points - np.stack([xs + 0.5, ys + 0.5], -1)).max() < 1e-5
    assert (seen.depth[ys, xs] == 2.0).all()
    assert np.isinf(seen.depth[seen.face_id < 0]).all()


def test_weights_of_known_faces_are_those_of_the_picture():
    seen = rasterize(TRIANGLE, FACE, (16, 16))
    again = fragments(TRIANGLE, FACE, seen.face_id, threads=3)
    assert (again.bary == seen.bary).all()
    assert (again.depth == seen.depth).all()


@pytest.mark.parametrize(
    ("pos", "faces", "size", "message"),
    [
        (TRIANGLE, FACE, (0, 4), r"^a picture must be 1 to 16384 pixels wide and high, got 0 x 4$"),
        (TRIANGLE, FACE, (4, -1), r"^a picture must be 1 to 16384 pixels wide and high, got 4 x -1$"),
        (TRIANGLE, FACE, (1 << 20, 1 << 20), r"^a picture must be 1 to 16384 pixels wide and high, got 1048576 x 1048576$"),
        (TRIANGLE[:, :3], FACE, (4, 4), r"^positions must have the shape \(V, 4\), got \(3, 3\)$"),
        (TRIANGLE, FACE[0], (4, 4), r"^faces must have the shape \(F, 3\), got \(3,\)$"),
        (TRIANGLE, FACE + 1, (4, 4), r"^faces must name positions 0 to 2, got 1 to 3$"),
        (TRIANGLE, FACE - 1, (4, 4), r"^faces must name positions 0 to 2, got -1 to 1$"),
    ],
)
def test_refuses_what_cannot_be(pos, faces, size, message):
    with pytest.raises(RenderError, match=message):
        rasterize(pos, faces, size)


def test_refuses_depth_limits_of_another_shape():
    with pytest.raises(RenderError, match=r"^depth limits must have the picture's shape \(16, 16\), got \(4, 4\)$"):
        rasterize(TRIANGLE, FACE, (16, 16), behind=np.zeros((4, 4), np.float32))
