import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.shapes import kernels
from dhsdk.shapes.foliage import Leaf, blade, clump, frond, leaves, softened, tufted
from dhsdk.shapes.limbs import limb, roots, shared, tapering, wandering
from dhsdk.shapes.surface import surface
from tests.effort import examples
from tests.shapes.laws import built, is_sound, with_value

PLANT = kernels()["plant"]


def named(parts, word):
    return [part for part in parts if part.name.startswith(word)]


def extent(parts):
    return np.ptp(np.concatenate([part.surface.positions for part in parts]), axis=0)


@given(st.floats(0.01, 2.0), st.integers(1, 12), st.floats(0.0, 0.9))
def test_boughs_have_the_section_of_what_they_leave(radius, count, share):
    rest = shared(radius, count, share * radius)
    assert count * rest**2 + (share * radius) ** 2 == pytest.approx(radius**2)


@examples(30)
@given(st.integers(0, 10_000), st.floats(0.0, 0.3), st.floats(0.0, 0.4), st.integers(4, 12), st.booleans())
def test_a_limb_is_closed_however_it_bends(seed, bend, ridges, sides, pointed):
    rng = np.random.default_rng(seed)
    path = wandering(np.zeros(3), np.array([0.4, 3.0, -0.3]), rng, bend=bend, count=8)
    is_sound(surface(limb(path, tapering(0.2, 0.03, 8), sides, rng, ridges=ridges, flare=0.5, pointed=pointed, level=True)))
    for one in roots(path[0], 0.2, 4, 2.0, rng):
        is_sound(surface(one))


@examples(30)
@given(st.integers(0, 10_000))
def test_foliage_is_closed_and_its_soft_normals_agree_with_its_faces(seed):
    rng = np.random.default_rng(seed)
    center = rng.normal(size=3)
    ball = clump(rng, center, rng.uniform(0.3, 1.5, 3))
    bend = np.stack([np.linspace(0, 1, 6), 0.5 * np.linspace(0, 1, 6), 0.1 * rng.normal(size=6)], axis=1)
    for one in (
        ball,
        tufted(rng, ball, center, 30, 0.4),
        frond(bend, 0.02, 9, 0.3, rng),
        blade(bend, [0.1, 0.2, 0.2, 0.15, 0.1, 0.0], 0.03, (0.0, 0.0, 1.0)),
    ):
        is_sound(softened(surface(one), center - (0.0, 0.2, 0.0)))


def test_a_leaf_has_four_faces_and_its_size():
    at = Leaf(np.zeros((1, 3)), np.array([[1.0, 0, 0]]), np.array([[0, 1.0, 0]]), np.array([0.3]), np.array([0.1]))
    made = leaves(at)
    assert len(made.faces) == 4
    assert np.ptp(made.points, axis=0) == pytest.approx([0.3, 0.03, 0.1])


@pytest.mark.parametrize("preset", PLANT.presets)
def test_a_plant_is_as_tall_as_asked(preset):
    parts = built(PLANT, PLANT.presets[preset])
    height = PLANT.Params.parse(PLANT.presets[preset]).size.height
    assert extent(parts)[1] == pytest.approx(height, rel=1e-6)
    taller = built(PLANT, with_value(PLANT.presets[preset], ("size", "stretch"), 1.5))
    assert extent(taller)[1] == pytest.approx(1.5 * height, rel=1e-6)


def test_trunks_carry_crowns():
    for preset in ("tree", "oak", "birch", "poplar", "willow", "fir", "pine", "palm"):
        parts = built(PLANT, PLANT.presets[preset])
        trunk, crown = (named(parts, name)[0].surface.positions for name in ("trunk", "crown"))
        assert trunk[:, 1].min() < 0.01 * crown[:, 1].max()
        assert crown[:, 1].mean() > 0.4 * trunk[:, 1].max()
        assert not named(parts, "crown")[0].collide or preset in ("fir", "palm")


def test_a_bare_tree_has_twigs_and_no_leaves():
    full, bare = (built(PLANT, with_value({}, ("crown", "bare"), bare)) for bare in (False, True))
    assert named(full, "crown")
    assert not named(bare, "crown")
    assert len(named(bare, "trunk")[0].surface.faces) > 2 * len(named(full, "trunk")[0].surface.faces)


def test_a_dense_crown_fills_more_than_a_sparse_one():
    reach = [
        float(np.linalg.norm(extent(named(built(PLANT, with_value({}, ("crown", "dense"), dense)), "crown"))))
        for dense in (0.0, 1.0)
    ]
    faces = [
        len(named(built(PLANT, with_value({}, ("crown", "dense"), dense)), "crown")[0].surface.faces) for dense in (0.0, 1.0)
    ]
    assert faces[1] > 1.5 * faces[0]
    assert reach[1] > reach[0]


@pytest.mark.parametrize("preset", ["tree", "fir", "cactus", "mushroom", "fern", "log", "tree stump", "palm"])
def test_snow_lies_above_the_middle(preset):
    parts = built(PLANT, with_value(PLANT.presets[preset], ("snow",), 1.0))
    snow = named(parts, "snow")[0].surface.positions
    every = np.concatenate([part.surface.positions for part in parts if part.name != "snow"])
    assert snow[:, 1].mean() > every[:, 1].mean()


def test_a_potted_plant_stands_on_its_soil_in_its_pot():
    for preset in ("potted plant", "potted fern", "bonsai"):
        parts = built(PLANT, PLANT.presets[preset])
        pot, soil = (next(part for part in parts if part.name == name) for name in ("pot", "soil"))
        plant = next(part for part in parts if part.name in ("leaves", "trunk"))
        assert soil.parent == "pot"
        assert plant.parent == "soil"
        low, high = soil.surface.positions[:, 1].min(), pot.surface.positions[:, 1].max()
        assert low < plant.surface.positions[:, 1].min() < high
        reach = [np.hypot(*one.surface.positions[:, [0, 2]].T).max() for one in (soil, pot)]
        assert reach[0] < reach[1]


@pytest.mark.parametrize(("preset", "path", "count", "word"), [
    ("cactus", ("crown", "boughs"), 5, "arm_"), ("mushroom cluster", ("trunk", "stems"), 7, "cap_"),
    ("bamboo", ("trunk", "stems"), 4, "culm_"), ("prickly pear", ("crown", "boughs"), 5, "pad_"),
])  # fmt: skip
def test_counted_parts_are_there(preset, path, count, word):
    assert len(named(built(PLANT, with_value(PLANT.presets[preset], path, count)), word)) == count


def test_a_hollow_is_in_front_with_its_socket():
    parts = built(PLANT, PLANT.presets["dead tree"])
    hole, trunk = named(parts, "hole")[0], named(parts, "trunk")[0]
    socket = next(one for one in trunk.sockets if one.key == "hollow")
    assert hole.surface.positions[:, 2].mean() > 0.0
    assert math.dist(socket.translation, hole.surface.positions.mean(axis=0)) < 0.4


def test_bark_runs_along_the_trunk_in_metres():
    made = named(built(PLANT, {"trunk": {"gnarled": 0.0, "leaning": 0.0, "roots": 0.0}, "crown": {"boughs": 0}}), "trunk")[
        0
    ].surface
    upright = np.abs(made.normals[:, 1]) < 0.3
    assert np.ptp(made.uvs[upright, 0]) == pytest.approx(np.ptp(made.positions[upright, 1]), rel=0.15)


def test_gnarled_trees_stray_and_straight_ones_do_not():
    stray = []
    for gnarled in (0.0, 1.0):
        trunk = named(
            built(PLANT, {"trunk": {"gnarled": gnarled, "leaning": 0.0, "roots": 0.0}, "crown": {"bare": True, "boughs": 0}}),
            "trunk",
        )
        stray.append(float(np.hypot(*trunk[0].surface.positions[:, [0, 2]].T).max()))
    assert stray[1] > 1.1 * stray[0]


@pytest.mark.parametrize("preset", ["tree", "willow", "bush", "palm", "fern", "potted plant", "bonsai"])
def test_leaves_bring_levels_of_detail_that_keep_the_shape(preset):
    parts = built(PLANT, PLANT.presets[preset])
    leafy = next(part for part in parts if part.name in ("crown", "leaves"))
    assert len(leafy.lods) >= 2
    counts = [len(one.faces) for one in (leafy.surface, *leafy.lods)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < 0.5 * counts[0]
    size = np.ptp(leafy.surface.positions, axis=0)
    for one in leafy.lods:
        is_sound(one)
        assert np.ptp(one.positions, axis=0) == pytest.approx(size, rel=0.4)


@pytest.mark.parametrize("preset", ["log", "tree stump", "oak", "dead tree"])
def test_moss_grows_on_wood_that_looks_up(preset):
    counts = []
    for amount in (0.0, 0.4, 1.0):
        parts = built(PLANT, with_value(PLANT.presets[preset], ("moss",), amount))
        counts.append(sum(len(part.surface.faces) for part in named(parts, "moss")))
    assert counts[0] == 0 < counts[1] < counts[2]
    moss, trunk = (named(parts, name)[0].surface.positions for name in ("moss", "trunk"))
    assert moss[:, 1].max() < trunk[:, 1].max() + 0.3 * np.ptp(trunk[:, 1])
