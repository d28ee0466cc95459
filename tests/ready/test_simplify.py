"""Decimation: budgets over many parts, closedness, seams, borders, determinism."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.errors import ParamError
from dhsdk.ready import ReadyOptions, make_ready
from dhsdk.ready.simplify import simplify
from dhsdk.scene import Mesh, Primitive, make
from dhsdk.shapes import kernels
from tests.effort import examples
from tests.ready.test_make_ready import closed

KERNELS = kernels()


def grid(cells):
    """An open, flat square of cells x cells, its UVs the place."""
    u, v = np.meshgrid(np.linspace(0, 1, cells + 1), np.linspace(0, 1, cells + 1))
    points = np.stack([u.ravel(), v.ravel(), 0 * u.ravel()], axis=1)
    low = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    faces = np.concatenate([np.stack([low, low + 1, low + cells + 2], 1), np.stack([low, low + cells + 2, low + cells + 1], 1)])
    return Primitive(points, faces, uvs=(points[:, :2],))


def area(primitive):
    corners = primitive.positions[primitive.faces.astype(int)].astype(float)
    return np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).sum() / 2


def surface_primitives():
    class Stream:
        def __call__(self, *names):
            return np.random.default_rng(int.from_bytes(hashlib.sha256(str(names).encode()).digest()[:8], "little"))

    for name, kernel in KERNELS.items():
        for part in kernel.build(kernel.Params(), Stream()):
            s = part.surface
            yield f"{name}.{part.name}", Primitive(s.positions, s.faces, normals=s.normals, uvs=(s.uvs,))


@pytest.mark.skipif(not KERNELS, reason="no kernels yet")
@pytest.mark.parametrize("share", [0.5, 0.25])
def test_every_part_of_every_shape_stays_closed(share):
    opened = []
    for name, primitive in surface_primitives():
        if closed(primitive):
            small = simplify([Mesh((primitive,))], int(len(primitive.faces) * share))[0].primitives[0]
            if not closed(small):
                opened.append(name)
    assert not opened


def mapped_area(primitive):
    """Signed UV area of every triangle."""
    a, b, c = (primitive.uvs[0][primitive.faces[:, k]].astype(float) for k in range(3))
    return (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]


def test_no_triangle_loses_or_flips_its_uvs():
    """A part whose triangles all have UVs on one side keeps them so, at every share."""
    judged = 0
    for name, primitive in surface_primitives():
        area = mapped_area(primitive)
        if (np.abs(area) < 1e-11).any():
            continue
        for share in (0.5, 0.25, 0.1):
            small = mapped_area(simplify([Mesh((primitive,))], int(len(primitive.faces) * share))[0].primitives[0])
            assert (np.abs(small) > 1e-13).all(), name
            assert ((small > 0).any(), (small < 0).any()) <= ((area > 0).any(), (area < 0).any()), name
            judged += 1
    assert judged > 30


@examples(20)
@given(
    st.lists(st.tuples(st.integers(6, 40), st.integers(4, 20), st.floats(0.02, 5.0)), min_size=2, max_size=12),
    st.floats(0.2, 0.9),
)
def test_one_budget_over_many_parts(parts, share):
    meshes = [make.sphere(radius, segments, rings) for segments, rings, radius in parts]
    before = sum(mesh.triangles for mesh in meshes)
    target = int(before * share)
    small = simplify(meshes, target)
    least = sum(mesh.triangles for mesh in simplify(meshes, 0))
    got = sum(mesh.triangles for mesh in small)
    assert got <= max(target, least)
    assert got >= 0.9 * target
    assert all(closed(mesh.primitives[0]) for mesh in small)


def test_a_small_part_is_not_starved():
    door, bolt = make.sphere(1.0, 48, 24), make.sphere(0.05, 16, 10)
    _, small = simplify([door, bolt], (door.triangles + bolt.triangles) // 3)
    assert small.triangles > 20


def test_an_open_surface_keeps_its_outline():
    small = simplify([Mesh((grid(16),))], 8)[0].primitives[0]
    assert len(small.faces) <= 8
    assert area(small) == pytest.approx(1.0)
    assert np.allclose(small.uvs[0], small.positions[:, :2])


def test_two_materials_of_one_body_stay_closed_together():
    ball = make.sphere(0.5, 32, 16).primitives[0]
    top = ball.positions[ball.faces.astype(int)].mean(axis=1)[:, 1] > 0
    halves = Mesh(tuple(Primitive(ball.positions, ball.faces[side], normals=ball.normals, uvs=ball.uvs) for side in (top, ~top)))
    small = simplify([halves], 200)[0]
    one, other = small.primitives
    both = Primitive(
        np.concatenate([one.positions, other.positions]), np.concatenate([one.faces, other.faces + len(one.positions)])
    )
    assert small.triangles <= 200
    assert closed(both)


def test_the_shape_stays_within_a_small_distance():
    mesh = simplify([make.sphere(0.5, 64, 32)], 1000)[0]
    primitive = mesh.primitives[0]
    centres = primitive.positions[primitive.faces.astype(int)].mean(axis=1)
    assert np.abs(np.linalg.norm(centres, axis=1) - 0.5).max() < 0.02


PROGRAM = """
import hashlib
from dhsdk import jit
from dhsdk.ready.simplify import simplify
from dhsdk.scene import make
with jit.threads({threads}):
    small = simplify([make.sphere(0.5, 48, 24)], 500)[0].primitives[0]
print(hashlib.sha256(small.positions.tobytes() + small.faces.tobytes()).hexdigest())
"""


def test_any_number_of_threads_and_any_process_give_the_same_bytes():
    runs = {
        subprocess.run([sys.executable, "-c", PROGRAM.format(threads=n)], capture_output=True, text=True, check=True).stdout
        for n in (1, 4)
    }
    assert len(runs) == 1


def test_a_budget_below_twelve_is_refused_at_once():
    with pytest.raises(ParamError, match=r"tris must be in \[12, .*\], got 3"):
        make_ready(make.single(make.box(), "box"), ReadyOptions(tris=3))
