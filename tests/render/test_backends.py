"""The contract of a rasterizer, over every one that this machine can run."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dhsdk
from dhsdk.errors import RenderError
from dhsdk.render.backends import numba_cuda, numba_tiles, open3d_rays, pytorch3d_mesh, torch_dense
from dhsdk.render.visibility import Scanline, fragments, rasterize
from tests.effort import examples
from tests.render import reference

SPECS = {
    spec.name: spec
    for module in (numba_tiles, torch_dense, numba_cuda, open3d_rays, pytorch3d_mesh)
    for spec in module.dhsdk_rasterizers()
}
MARKS = {"cuda": pytest.mark.gpu, "pytorch3d": pytest.mark.engine, "open3d": pytest.mark.engine}


def _params(names):
    return [pytest.param(name, marks=MARKS.get(name, ())) for name in names]


def _loaded(name):
    reason = SPECS[name].available()
    if reason is not None:
        pytest.skip(reason)
    return SPECS[name].load("auto")


@pytest.fixture(params=_params(SPECS))
def backend(request):
    """Any rasterizer."""
    return _loaded(request.param)


@pytest.fixture(params=_params(("numba", "torch", "cuda")))
def exact(request):
    """A rasterizer that holds the rules of edges and of equal depths."""
    return _loaded(request.param)


def flat(points, z=2.0):
    """Positions without perspective from (V, 2) or (V, 3) pixels."""
    points = np.asarray(points, np.float64)
    depth = points[:, 2] if points.shape[1] > 2 else np.full(len(points), z)
    return np.stack([points[:, 0], points[:, 1], depth, np.ones(len(points))], 1).astype(np.float32)


def soup(seed, count, size, perspective=True, behind=False):
    """Triangles anywhere; with `behind` some corners are behind the eye."""
    rng = np.random.default_rng(seed)
    x, y, z = rng.uniform(-1.2, 1.2, (3, count * 3))
    z = 2.0 * z if behind else z + 2.5
    if not perspective:
        return flat(np.stack([(x + 1) * size / 2, (y + 1) * size / 2, z], 1)), _triples(count)
    half = size / 2
    return np.stack([x * size + half * z, y * size + half * z, z, z], 1).astype(np.float32), _triples(count)


def _triples(count):
    return np.arange(count * 3, dtype=np.int32).reshape(-1, 3)


def ball(size, levels=3):
    """A closed icosphere of radius 1, 3 m before the eye."""
    import trimesh

    mesh = trimesh.creation.icosphere(levels)
    x, y, z = mesh.vertices[:, 0], -mesh.vertices[:, 1], 3.0 - mesh.vertices[:, 2]
    pos = np.stack([x * size * 1.2 + z * size / 2, y * size * 1.2 + z * size / 2, z, z], 1).astype(np.float32)
    return pos, np.asarray(mesh.faces, np.int32)


def see(backend, pos, faces, size, **more):
    ids = backend.visible(pos, faces, (size, size), **more)
    assert ids.shape == (size, size)
    assert ids.dtype == np.int32
    return ids


@pytest.mark.parametrize("perspective", [True, False])
@pytest.mark.parametrize("cull", [True, False])
def test_is_what_the_reference_sees(backend, perspective, cull):
    for seed in range(4):
        pos, faces = soup(seed, 40, 48, perspective)
        wanted = reference.visible(pos, faces, (48, 48), cull=cull)
        assert (wanted >= 0).mean() > 0.5
        assert (see(backend, pos, faces, 48, cull=cull) != wanted).sum() <= (2 if backend.name in ("open3d", "pytorch3d") else 0)


@pytest.mark.parametrize("near", [0.05, 0.7])
@pytest.mark.parametrize("cull", [True, False])
def test_triangles_that_reach_behind_the_eye_are_cut_at_the_near_plane(backend, near, cull):
    for seed in range(4):
        pos, faces = soup(seed, 30, 40, behind=True)
        wanted = reference.visible(pos, faces, (40, 40), near=near, cull=cull)
        assert (wanted >= 0).mean() > 0.02
        assert (see(backend, pos, faces, 40, near=near, cull=cull) != wanted).sum() <= 2


def test_an_eye_inside_a_room_sees_walls_everywhere(backend):
    corners = np.array([[x, y, z] for x in (-2, 2) for y in (-1, 1) for z in (-3, 3)], float)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], np.int32)
    x, y, z = corners.T
    pos = np.stack([x * 30 + 32.3 * z, y * 30 + 32.3 * z, z, z], 1).astype(np.float32)
    assert (see(backend, pos, faces, 64) >= 0).all()


@examples(25)
@given(st.integers(0, 10_000))
def test_a_tessellated_square_covers_every_pixel_once(seed):
    """Corners lie on eighths of a pixel, so that many edges and corners run through pixel centres."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.arange(2.0, 15, 3), np.arange(2.0, 15, 3)), -1)
    grid[1:-1, 1:-1] += rng.integers(-4, 5, (3, 3, 2)) / 8
    number = np.arange(25).reshape(5, 5)
    faces = []
    for i in range(4):
        for j in range(4):
            a, b, c, d = number[i, j], number[i, j + 1], number[i + 1, j + 1], number[i + 1, j]
            faces += [(a, b, c), (a, c, d)] if rng.random() < 0.5 else [(b, d, a), (b, c, d)]
    order = rng.permuted(np.tile(np.arange(3), (len(faces), 1)), axis=1)
    faces = np.take_along_axis(np.array(faces, np.int32), order, 1)
    pos = flat(grid.reshape(-1, 2))
    wanted = np.zeros((16, 16), int)
    wanted[2:14, 2:14] = 1
    for name in ("numba", "torch"):
        backend = _loaded(name)
        hits = sum((see(backend, pos, faces[k : k + 1], 16) >= 0).astype(int) for k in range(len(faces)))
        assert (hits == wanted).all()
    for k in range(0, len(faces), 5):
        one = reference.visible(pos, faces[k : k + 1], (16, 16))
        assert (see(Scanline(), pos, faces[k : k + 1], 16) == one).all()


def test_closed_meshes_have_no_holes(exact):
    for size in (33, 100):
        pos, faces = ball(size)
        ids = see(exact, pos, faces, size)
        distance = np.hypot(*(np.mgrid[:size, :size] + 0.5 - size / 2))
        assert (ids[distance < 0.40 * size] >= 0).all()


def test_culling_a_closed_mesh_changes_nothing(backend):
    pos, faces = ball(48)
    assert (see(backend, pos, faces, 48, cull=True) != see(backend, pos, faces, 48)).sum() <= (
        2 if backend.name in ("open3d", "pytorch3d") else 0
    )


def test_culling_keeps_what_turns_its_front(backend):
    pos = flat([[2, 2], [2, 14], [14, 2]])  # counter-clockwise with y up
    assert (see(backend, pos, np.array([[0, 1, 2]], np.int32), 16, cull=True) >= 0).sum() > 50
    assert (see(backend, pos, np.array([[0, 2, 1]], np.int32), 16, cull=True) < 0).all()
    assert (see(backend, pos, np.array([[0, 2, 1]], np.int32), 16) >= 0).sum() > 50


def test_layers_are_peeled_one_by_one(backend):
    pos, faces = ball(64)
    first = see(backend, pos, faces, 64)
    near_side = fragments(pos, faces, first).depth
    behind = np.where(first >= 0, near_side, -np.inf).astype(np.float32)
    second = see(backend, pos, faces, 64, behind=behind)
    far_side = fragments(pos, faces, second).depth
    both = (first >= 0) & (second >= 0)
    assert both.sum() > 0.97 * (first >= 0).sum()
    assert (far_side[both] > near_side[both]).all()
    assert (far_side[both] > 2.6).all()
    third = see(backend, pos, faces, 64, behind=np.where(second >= 0, far_side, np.inf).astype(np.float32))
    assert (third < 0).all()
    middle = np.full((64, 64), 8 / 3, np.float32)  # the depth of the outline
    cut = see(backend, pos, faces, 64, behind=middle)
    assert (cut[both] == second[both]).mean() > 0.95
    kept = see(backend, pos, faces, 64, limit=middle)
    assert (kept[both] == first[both]).mean() > 0.95
    assert (see(backend, pos, faces, 64, behind=middle, limit=middle) < 0).all()


def test_peeling_is_what_the_reference_sees(exact):
    for seed in range(3):
        pos, faces = soup(seed, 40, 40, behind=seed == 2)
        ids = reference.visible(pos, faces, (40, 40), near=0.1)
        for _ in range(3):
            behind = fragments(pos, faces, ids).depth
            ids = reference.visible(pos, faces, (40, 40), near=0.1, behind=behind)
            assert (see(exact, pos, faces, 40, near=0.1, behind=behind) != ids).sum() <= 1


def test_of_equal_depths_the_lower_number_is_seen(exact):
    pos, faces = soup(1, 20, 40)
    twice = np.concatenate([faces, faces])
    assert see(exact, pos, twice, 40).max() < 20
    # In whatever order the corners stand, and also when one is large (drawn by another path) and one is small.
    screen = flat([[-500, -500], [1500, -500], [-500, 1500], [4, 4], [4, 20], [20, 4]], z=3.0)
    assert (see(exact, screen, np.array([[3, 4, 5], [0, 1, 2]], np.int32), 32) == 0).sum() > 100
    assert (see(exact, screen, np.array([[0, 1, 2], [3, 4, 5]], np.int32), 32) == 0).all()


def test_no_faces_no_positions_one_pixel(backend):
    none = np.empty((0, 3), np.int32)
    assert (see(backend, np.empty((0, 4), np.float32), none, 8) == -1).all()
    assert (see(backend, flat([[0, 0], [9, 0], [0, 9]]), none, 8) == -1).all()
    one = flat([[-3, -3], [9, -3], [-3, 9]])
    assert see(backend, one, _triples(1), 1)[0, 0] == 0
    assert (see(backend, one + [50, 0, 0, 0], _triples(1), 1) == -1).all()


def test_faces_without_area_are_not_seen(backend):
    pos = flat([[1.3, 1.2], [14.1, 9.6], [27.9, 18.2], [1.3, 1.2]])
    pos[2, :2] = 2 * pos[1, :2] - pos[0, :2]
    faces = np.array([[0, 0, 0], [0, 1, 0], [0, 1, 3], [0, 1, 1], [2, 2, 1]], np.int32)
    assert (see(backend, pos, faces, 32) == -1).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("axis", [0, 1, 2, 3])
def test_numbers_that_are_none_harm_only_their_own_face(backend, bad, axis):
    pos, faces = soup(5, 12, 32)
    wanted = see(backend, pos, faces, 32)
    extra = soup(6, 1, 32)[0]
    extra[1, axis] = bad
    with np.errstate(all="ignore"):
        ids = see(backend, np.concatenate([pos, extra]), np.concatenate([faces, faces[:1] + len(pos)]), 32)
    other = ids != 12
    assert (ids[other] == wanted[other]).all()
    if not np.isfinite(bad) and axis < 2:
        assert other.all()


def test_a_picture_without_pixels_is_refused(backend):
    with pytest.raises(RenderError, match=r"^a picture must be 1 to 16384 pixels wide and high, got 0 x 16$"):
        backend.visible(flat([[0, 0], [9, 0], [0, 9]]), _triples(1), (0, 16))


@pytest.mark.parametrize("reach", [1e4, 1e6])
def test_huge_triangles_keep_their_edges(exact, reach):
    rng = np.random.default_rng(3)
    for _ in range(5):
        angle = rng.uniform(0, 2 * np.pi)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        pos = flat(np.array([[0.0, 0.0], [reach, reach / 7], [-reach / 3, reach]]) @ turn.T + 20.3)
        assert (see(exact, pos, _triples(1), 40) == reference.visible(pos, _triples(1), (40, 40))).all()


def test_wide_pictures_and_high_ones(exact):
    pos = flat([[-10, -10], [9000, -10], [-10, 9000]])
    assert (exact.visible(pos, _triples(1), (8192, 3)) == 0).all()
    assert (exact.visible(pos, _triples(1), (3, 8192)) == 0).all()


def test_any_number_of_threads_gives_the_same_bytes():
    pos, faces = ball(200, levels=6)
    wanted = rasterize(pos, faces, (200, 200), threads=1)
    for threads in (0, 2, 3, 8):
        seen = rasterize(pos, faces, (200, 200), threads=threads)
        for name in ("face_id", "bary", "depth"):
            assert getattr(seen, name).tobytes() == getattr(wanted, name).tobytes()


def test_python_threads_may_draw_at_once():
    scenes = [ball(150, levels=5), soup(1, 300, 150), soup(2, 300, 150, behind=True)]
    wanted = [see(Scanline(), *scene, 150) for scene in scenes]
    wrong = []

    def draw(number):
        for _ in range(10):
            ids = Scanline().visible(*scenes[number % 3], (150, 150), threads=3)
            if (ids != wanted[number % 3]).any():
                wrong.append(number)

    crowd = [threading.Thread(target=draw, args=(number,)) for number in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
    assert not any(one.is_alive() for one in crowd)
    assert not wrong


def test_the_host_finds_them_and_every_reason_is_a_line():
    found = dhsdk.Host().found.rasterizers
    assert set(SPECS) <= set(found)
    for spec in SPECS.values():
        reason = spec.available()
        assert reason is None or (len(reason) > 20 and "\n" not in reason)


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.delenv("NUMBA_ENABLE_CUDASIM", raising=False)
    for module in (numba_cuda, numba_tiles, open3d_rays, pytorch3d_mesh, torch_dense):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
        assert "pip install" in SPECS[next(iter(module.dhsdk_rasterizers())).name].available()
    monkeypatch.setattr(pytorch3d_mesh, "find_spec", lambda name: name == "torch" or None)
    assert "git+https://github.com/facebookresearch/pytorch3d@" in pytorch3d_mesh.available()
    for module, found in ((numba_cuda, "there is no NVIDIA driver"), (open3d_rays, "apt install libusb-1.0-0")):
        monkeypatch.setattr(module, "find_spec", lambda name: True)
        monkeypatch.setattr(module.sys, "platform", "linux")
        monkeypatch.setattr(module.ctypes, "CDLL", _absent)
        assert found in module.available()


def _absent(name):
    raise OSError(name)
