import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from dhsdk.shapes import kernels
from dhsdk.shapes.block import broken, corners, cut, hewn, prism, shell
from dhsdk.shapes.surface import surface
from tests.effort import examples
from tests.shapes.laws import built, is_sound, with_value

ROCK = kernels()["rock"]


def volume(one):
    return ConvexHull(corners(one)).volume


def stones(parts):
    return [part for part in parts if part.slot in ("stone", "crystal") and not part.name.startswith("debris")]


def extent(parts):
    return np.ptp(np.concatenate([part.surface.positions for part in parts]), axis=0)


@examples(40)
@given(st.integers(0, 10_000), st.integers(10, 40), st.floats(0.0, 1.0), st.tuples(*[st.floats(0.1, 3.0)] * 3))
def test_a_hewn_block_is_convex_and_inside_its_size(seed, planes, blocky, half):
    one = hewn(np.random.default_rng(seed), half, planes, blocky=blocky)
    points = corners(one)
    assert (points @ one.normals.T <= one.offsets + 1e-6 * max(half)).all()
    assert (np.abs(points) <= np.asarray(half) * (1 + 1e-6)).all()
    is_sound(surface(shell(one)))


@examples(40)
@given(st.integers(0, 10_000), st.floats(-0.3, 0.3))
def test_the_two_sides_of_a_cut_fill_the_block(seed, at):
    rng = np.random.default_rng(seed)
    one = hewn(rng, (1.0, 0.8, 0.9), 18)
    normal = rng.normal(size=3)
    normal /= np.linalg.norm(normal)
    assert volume(cut(one, normal, at)) + volume(cut(one, -normal, -at)) == pytest.approx(volume(one), rel=1e-6)


def test_a_cut_never_takes_all_of_a_block():
    one = prism(np.random.default_rng(0), 6, 0.3, 0.0, 2.0)
    for offset in (-5.0, 0.0, 0.01):
        points = corners(cut(one, (0.0, 1.0, 0.0), offset))
        assert np.ptp(points[:, 1]) == pytest.approx(2.0 / 12.0, rel=1e-3)


@pytest.mark.parametrize("preset", ROCK.presets)
def test_a_rock_is_as_large_as_asked_and_stands_on_the_ground(preset):
    parts = stones(built(ROCK, ROCK.presets[preset]))
    size = ROCK.Params.parse(ROCK.presets[preset]).size
    assert extent(parts) == pytest.approx([size.width, size.height, size.depth], rel=0.14)
    lowest = sorted(part.surface.positions[:, 1].min() for part in parts)
    assert lowest[0] < 0.02 * size.height


@pytest.mark.parametrize("preset", ["boulder", "flat stones", "cairn", "rock pile", "basalt columns"])
def test_textures_are_stretched_at_most_by_the_root_of_three(preset):
    for part in stones(built(ROCK, ROCK.presets[preset])):
        made = part.surface
        points, uvs = made.positions[made.faces], made.uvs[made.faces]
        real = np.linalg.norm(np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]), axis=1)
        (a, b), (c, d) = (uvs[:, 1] - uvs[:, 0]).T, (uvs[:, 2] - uvs[:, 0]).T
        ratio = np.abs(a * d - b * c) / real
        assert ratio.min() > 0.99 / np.sqrt(3.0)
        assert ratio.max() < 1.01


def test_one_can_walk_through_an_arch():
    parts = stones(built(ROCK, ROCK.presets["stone arch"]))
    size = ROCK.Params.parse(ROCK.presets["stone arch"]).size
    way = np.array([(x, y, 0.0) for x in (-0.4, 0.0, 0.4) for y in (0.2, 1.0, 0.4 * size.height)])
    for part in parts:
        hull = ConvexHull(part.surface.positions)
        inside = (way @ hull.equations[:, :3].T + hull.equations[:, 3] < 0.0).all(axis=1)
        assert not inside.any(), part.name


@pytest.mark.parametrize("slot", ["moss", "snow"])
def test_covers_lie_on_top_and_more_cover_more(slot):
    amounts = []
    for amount in (0.2, 0.6, 1.0):
        parts = built(ROCK, with_value(ROCK.presets["boulder"], ("cover", slot), amount))
        cover = next(part for part in parts if part.name == slot)
        stone = stones(parts)[0].surface.positions
        assert cover.surface.positions[:, 1].max() > stone[:, 1].max()
        assert not cover.collide
        amounts.append(float(np.ptp(cover.surface.positions[:, 1])))
    assert amounts[0] < amounts[1] < amounts[2]
    assert slot not in {part.name for part in built(ROCK, with_value(ROCK.presets["boulder"], ("cover", slot), 0.0))}


def test_crystals_cairns_and_columns_have_as_many_pieces_as_asked():
    for preset, word in (
        ("crystal cluster", "crystal_"),
        ("cairn", "stone_"),
        ("basalt columns", "column_"),
        ("pebbles", "stone_"),
    ):
        for count in (3, 8):
            parts = built(ROCK, with_value(ROCK.presets[preset], ("count",), count))
            assert sum(part.name.startswith(word) for part in parts) == count


def test_pebbles_do_not_lie_in_one_another():
    parts = stones(built(ROCK, ROCK.presets["pebbles"]))
    middles = np.array([part.surface.positions.mean(axis=0)[[0, 2]] for part in parts])
    away = np.linalg.norm(middles[:, None] - middles[None], axis=2) + np.eye(len(middles))
    assert away.min() > 0.06


def test_wear_splits_a_boulder():
    new, old = (built(ROCK, {"count": 1, "wear": wear, "cover": {"debris": 0}}) for wear in (0.0, 1.0))
    assert sum(len(part.surface.faces) for part in old) > 1.2 * sum(len(part.surface.faces) for part in new)


def test_what_stands_on_a_rock_has_a_place():
    for preset in ROCK.presets:
        sockets = [(part, one) for part in built(ROCK, ROCK.presets[preset]) for one in part.sockets]
        assert [one.key for _, one in sockets] == ["top"]
        part, one = sockets[0]
        assert one.kind == "support"
        assert one.translation[1] == pytest.approx(part.surface.positions[:, 1].max(), abs=1e-6)


@examples(40)
@given(st.integers(0, 10_000), st.floats(0.3, 4.0))
@example(224, 4.0)
def test_breaking_corners_takes_no_more_than_its_depth_and_leaves_the_foot(seed, height):
    rng = np.random.default_rng(seed)
    one = hewn(rng, (0.5, height, 0.4), 22)
    made = broken(one, rng, 6, 0.1)
    before, after = corners(one), corners(made)
    added = slice(len(one.normals), None)  # a plane takes at most the depth along its own normal
    assert ((before @ made.normals[added].T).max(axis=0) - made.offsets[added] <= 0.1 + 1e-9).all()
    assert after[:, 1].min() == pytest.approx(before[:, 1].min())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("preset", ["standing stone", "boulder", "rock", "cliff", "cairn", "hoodoo"])
def test_every_stone_that_should_touches_the_ground(preset, seed):
    parts = stones(built(ROCK, ROCK.presets[preset], seed))
    height = ROCK.Params.parse(ROCK.presets[preset]).size.height
    grounded = [part for part in parts if part.surface.positions[:, 1].min() < 0.03 * height]
    assert len(grounded) == (len(parts) if preset != "cairn" and preset != "hoodoo" else 1)
