"""The second UV set: no overlaps, even density, closed meshes stay closed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.ready import ReadyOptions, make_ready
from dhsdk.ready.layout import crowded
from dhsdk.ready.lightmap import lightmapped
from dhsdk.scene import Mesh, Primitive, make
from tests.effort import examples
from tests.ready.meshes import topology


def doubled(mesh, edge=1024):
    """Texels on which two triangles of the second set meet."""
    corners = np.concatenate([shape.uvs[1][shape.faces].astype(float) for shape in mesh.primitives])
    assert corners.min() >= 0.0
    assert corners.max() <= 1.0
    return int(crowded(corners * edge, np.zeros(len(corners), np.int64), edge)[0])


@examples(20)
@given(
    shape=st.sampled_from([make.box(), make.sphere(0.5, 24, 12), make.cylinder(0.3, 2.0, 24), make.box((0.01, 3.0, 0.2))]),
    tiles=st.floats(0.2, 7.0),
)
def test_no_two_triangles_share_a_texel_however_the_first_set_tiles(shape, tiles):
    one = shape.primitives[0]
    mesh = lightmapped(Mesh((Primitive(one.positions, one.faces, normals=one.normals, uvs=(one.uvs[0] * tiles,)),)))
    assert doubled(mesh) < 4
    assert np.allclose(mesh.primitives[0].uvs[0][mesh.primitives[0].faces], one.uvs[0][one.faces] * np.float32(tiles))


@pytest.mark.parametrize("uvs", [np.zeros((36, 2)), np.random.default_rng(3).random((36, 2))])
def test_useless_first_uvs_are_not_used(uvs):
    """All at one point, or all over each other: the faces are laid out as they stand in space."""
    box = make.box().primitives[0]
    corners = box.faces.astype(int).ravel()
    soup = Primitive(box.positions[corners], np.arange(36).reshape(-1, 3), uvs=(uvs,))
    mesh = lightmapped(Mesh((soup,)))
    assert doubled(mesh) < 4
    made = mesh.primitives[0].uvs[1][mesh.primitives[0].faces].astype(float)
    one, other = made[:, 1] - made[:, 0], made[:, 2] - made[:, 0]
    size = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
    assert size.max() < 1.01 * size.min()


def test_all_parts_and_their_lods_get_one_and_stay_closed():
    ready = make_ready(make.single(make.sphere(0.5, 48, 24), "ball"), ReadyOptions(lods=2)).nodes[0]
    assert len(ready.lods) == 2
    for mesh in (ready.mesh, *ready.lods):
        shape = mesh.primitives[0]
        assert len(shape.uvs) == 2
        assert doubled(mesh) < 8
        assert topology(shape.positions, shape.faces)[:2] == (0, 0)


def test_it_can_be_left_out_and_what_is_there_stays():
    ball = make.sphere(0.5, 16, 8)
    assert len(make_ready(make.single(ball, "ball"), ReadyOptions(lightmap=False)).nodes[0].mesh.primitives[0].uvs) == 1
    again = lightmapped(lightmapped(ball))
    assert len(again.primitives[0].uvs) == 2
    assert lightmapped(again) is again
