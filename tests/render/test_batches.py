"""Several views of one mesh in one call of rasterize()."""

from __future__ import annotations

import numpy as np
import pytest

from dhsdk.errors import RenderError
from dhsdk.render import cube, orbit
from dhsdk.render.geometry import gathered
from dhsdk.render.visibility import rasterize
from tests.render.bodies import tube

SIZE = (40, 30)


def mesh():
    geometry = gathered(tube(16, 30))
    views = (*orbit(tube(16, 30), 5, aspect=4 / 3), *cube((0.0, 0.8, 0.05)))
    pos = []
    for view in views:
        pixels, far = view.projected(geometry.positions, *SIZE)
        pos.append(np.stack([pixels[:, 0], pixels[:, 1], far, pixels[:, 2]], axis=1))
    return np.array(pos, np.float32), geometry.faces.astype(np.int32)


@pytest.mark.parametrize("threads", [0, 1, 3, 32])
@pytest.mark.parametrize("options", [{}, {"near": 0.3}, {"cull": True}])
def test_a_batch_is_what_single_calls_give(threads, options):
    pos, faces = mesh()
    together = rasterize(pos, faces, SIZE, threads=threads, **options)
    assert together.face_id.shape == together.depth.shape == (11, 30, 40)
    assert together.bary.shape == (11, 30, 40, 2)
    for view in range(len(pos)):
        alone = rasterize(pos[view], faces, SIZE, **options)
        for name in ("face_id", "bary", "depth"):
            assert getattr(together, name)[view].tobytes() == getattr(alone, name).tobytes()
            assert getattr(together, name).dtype == getattr(alone, name).dtype
    assert (together.face_id >= 0).any(axis=(1, 2))[:5].all()


def test_each_view_has_depth_limits_of_its_own():
    pos, faces = mesh()
    first = rasterize(pos, faces, SIZE)
    second = rasterize(pos, faces, SIZE, behind=first.depth)
    assert (second.face_id != first.face_id).any(axis=(1, 2))[:5].all()
    for view in range(len(pos)):
        assert (second.face_id[view] == rasterize(pos[view], faces, SIZE, behind=first.depth[view]).face_id).all()
    nearer = rasterize(pos, faces, SIZE, limit=second.depth)
    assert (nearer.face_id == first.face_id)[second.face_id >= 0].all()


def test_no_views_give_no_pictures():
    _, faces = mesh()
    nothing = rasterize(np.empty((0, 4, 4), np.float32), faces[:0], SIZE)
    assert nothing.face_id.shape == (0, 30, 40)


def test_a_backend_may_be_given():
    pytest.importorskip("torch")
    from dhsdk.render.backends._torch import Dense

    pos, faces = mesh()
    other = rasterize(pos, faces, SIZE, backend=Dense("cpu"))
    assert (other.face_id == rasterize(pos, faces, SIZE).face_id).mean() > 0.9999


@pytest.mark.parametrize(
    ("size", "options", "message"),
    [
        ((0, 4), {}, "a picture must be 1 to 16384 pixels wide and high, got 0 x 4"),
        ((8192, 8192), {}, "views drawn at once must have at most 134,217,728 pixels, got 11 of 8192 x 8192"),
        (SIZE, {"behind": np.zeros((30, 40))}, r"depth limits of 11 views must have the shape \(11, 30, 40\), got \(30, 40\)"),
    ],
)
def test_batches_that_cannot_be_are_refused(size, options, message):
    pos, faces = mesh()
    with pytest.raises(RenderError, match=message):
        rasterize(pos, faces, size, **options)
    with pytest.raises(RenderError, match=r"positions must have the shape \(V, 4\), got \(\d+, 3\)"):
        rasterize(pos[..., :3], faces, SIZE)
    with pytest.raises(RenderError, match="faces must name positions 0 to"):
        rasterize(pos[:, :9], faces, SIZE)
