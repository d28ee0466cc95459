"""Fewer triangles than the seams of parts allow: closed, within the budget, in the textures they had."""

import numpy as np
import pytest

from dhsdk.errors import RequestError
from dhsdk.plugin import Context
from dhsdk.ready import ReadyOptions, coarser, make_ready
from dhsdk.ready.simplify import simplify
from dhsdk.ready.tiled import retiled
from dhsdk.scene import Material, make
from dhsdk.scene.check import check
from dhsdk.shapes import kernels
from dhsdk.shapes.assemble import assemble
from tests.ready.test_make_ready import closed

CHEST, BOULDER, SWORD = ("crate", "treasure chest"), ("rock", "boulder"), ("blade", "greatsword")


def asset(kernel, preset):
    own = kernels()[kernel]
    parts = own.build(own.Params.parse(own.presets[preset]), Context(seed=0).rng)
    return assemble("asset", parts, {part.slot: (Material(name=part.slot), 1.0) for part in parts})


def meshes(scene):
    return [node.mesh for node in scene.nodes if node.mesh]


def density(primitive):
    """(F,) how much texture each triangle takes for its area."""
    at, uv = (part[primitive.faces.astype(int)].astype(float) for part in (primitive.positions, primitive.uvs[0]))
    area = np.linalg.norm(np.cross(at[:, 1] - at[:, 0], at[:, 2] - at[:, 0]), axis=1)
    u, v = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    return np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])[area > 1e-12] / area[area > 1e-12]


@pytest.mark.parametrize("thing", [CHEST, BOULDER, SWORD], ids=lambda one: one[1])
def test_a_budget_that_seams_refuse_is_met_closed_and_with_the_texture_at_its_scale(thing):
    scene = asset(*thing)
    source = meshes(scene)
    least = sum(one.triangles for one in simplify(source, 0))
    target = int(0.6 * least)
    with pytest.raises(RequestError, match="cannot be met"):
        make_ready(scene, ReadyOptions(tris=target))
    made = meshes(coarser(scene, target))
    assert 0.9 * target <= sum(one.triangles for one in made) <= target
    for low, before in zip(made, source, strict=True):
        small, full = low.primitives[0], before.primitives[0]
        assert closed(small)
        assert small.material == full.material
        assert {tuple(p) for p in small.positions.tolist()} <= {tuple(p) for p in full.positions.tolist()}
        assert np.median(density(small)) == pytest.approx(np.median(density(full)), rel=0.35)


def test_a_board_becomes_twelve_triangles_with_its_grain():
    scene = asset(*CHEST)
    floor = scene.node("floor").mesh
    low = retiled([floor], 36)[0].primitives[0]
    assert len(low.faces) == 36
    normals = low.normals[low.faces.astype(int)].reshape(-1, 3)
    assert (np.abs(normals).max(axis=1) > 0.95).mean() > 0.9  # flat sides, sharp edges


def test_a_budget_below_what_closed_parts_need_is_refused():
    room = make.group("room", *[make.place(make.single(make.box(), "box"), at=(2.0 * i, 0.0, 0.0)) for i in range(40)])
    with pytest.raises(RequestError, match="a budget of 100 triangles cannot be met"):
        coarser(room, 100)


def test_pieces_that_are_too_many_go_smallest_first():
    scene = asset("plant", "cactus")
    spines = scene.node("spines").mesh
    low = retiled([spines], 100)[0].primitives[0]
    assert len(low.faces) <= 100
    assert closed(low)
    assert not [one for one in check(coarser(scene, 700)) if "volume" in str(one) or "inside out" in str(one)]
