"""Buildings: what opens, what one can stand on, how high things are, what age and style do to them."""

import numpy as np
import pytest

from dhsdk.shapes import kernels
from dhsdk.shapes.building.grid import bar, block, cuts, pierced, prism, together
from dhsdk.shapes.surface import surface
from tests.shapes.laws import built, is_sound, welded

BUILDING = kernels()["building"]
SIZES = {
    "house": (9.5, 9.5), "cottage": (9.0, 7.5), "hut": (5.5, 5.0), "log cabin": (8.0, 6.0), "barn": (9.8, 9.5),
    "tower": (6.9, 15.2), "castle": (19.0, 15.0), "church": (8.6, 25.0), "windmill": (17.0, 19.0), "lighthouse": (6.5, 20.5),
    "office block": (18.3, 35.0), "town house": (8.1, 16.5), "greenhouse": (3.4, 3.6), "warehouse": (16.5, 7.5),
}  # fmt: skip


def made(preset, **values):
    base = {key: dict(one) if hasattr(one, "items") else one for key, one in BUILDING.presets[preset].items()}
    for key, value in values.items():
        base[key] = {**base.get(key, {}), **value} if isinstance(value, dict) else value
    return {part.name: part for part in built(BUILDING, base)}


def extent(parts):
    return np.ptp(np.concatenate([part.surface.positions for part in parts.values()]), axis=0)


def sockets(parts):
    return {socket.key: socket for part in parts.values() for socket in part.sockets}


def test_sizes_are_those_of_life():
    assert set(SIZES) == set(BUILDING.presets)
    for preset, (width, height) in SIZES.items():
        size = extent(made(preset))
        assert size[0] == pytest.approx(width, rel=0.15), preset
        assert size[1] == pytest.approx(height, rel=0.15), preset


@pytest.mark.parametrize("preset", BUILDING.presets)
def test_there_is_a_way_in_and_room_inside(preset):
    parts = made(preset)
    places = sockets(parts)
    assert places["door"].kind == "mount"
    assert places["door"].translation[2] > 0.0
    inside = places["inside"]
    assert inside.kind == "support"
    assert min(inside.size) > 1.5
    moving = [part for name, part in parts.items() if name.startswith(("door", "portcullis")) and (part.hinge or part.slide)]
    assert moving


@pytest.mark.parametrize("preset", ["house", "tower", "castle"])
def test_one_looks_through_the_doorway(preset):
    """No wall stands where the doorway is: a line from outside to inside at the height of a hand meets none."""
    parts = made(preset)
    door = sockets(parts)["door"].translation
    walls = [part.surface for name, part in parts.items() if name in ("wall_front", "walls")]
    for wall in walls:
        corners = wall.positions[wall.faces]
        low, high = corners[..., :2].min(axis=1), corners[..., :2].max(axis=1)
        point = np.array([door[0] + 0.05, door[1] + 1.0])
        near = (low < point).all(axis=1) & (high > point).all(axis=1) & (corners[..., 2].mean(axis=1) > 0.0)
        for triangle in corners[near][..., :2]:
            a, b, c = (np.cross(triangle[(k + 1) % 3] - triangle[k], point - triangle[k]) for k in range(3))
            assert not (a > 0) == (b > 0) == (c > 0)


@pytest.mark.parametrize("preset", ["house", "barn", "office block"])
def test_doors_turn_about_their_jambs(preset):
    shut, opened = made(preset), made(preset, door={"open": 1.0})
    for name, door in shut.items():
        if name.startswith("door") and door.hinge and door.parent == "doorway":
            axis, lower, upper = door.hinge
            assert axis == (0.0, 1.0, 0.0)
            assert upper - lower == pytest.approx(1.9)
            edge = np.abs(door.surface.positions[:, 0] - door.pivot[0]).min()
            assert edge < 0.08
            assert np.ptp(opened[name].surface.positions[:, 2]) > np.ptp(door.surface.positions[:, 2]) + 0.4


def test_a_portcullis_rises_and_a_barn_door_slides():
    shut, opened = (made("castle", door={"open": share})["portcullis"] for share in (0.0, 1.0))
    assert opened.surface.positions[:, 1].min() > shut.surface.positions[:, 1].min() + 2.0
    assert shut.slide[0] == (0.0, 1.0, 0.0)
    assert opened.slide[1] == pytest.approx(-shut.slide[2])
    shut, opened = (made("warehouse", door={"open": share})["door"] for share in (0.0, 1.0))
    assert opened.surface.positions[:, 0].mean() > shut.surface.positions[:, 0].mean() + 3.0


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_storeys_are_counted(count):
    parts = made("house", body={"storeys": count})
    floors = [key for key in sockets(parts) if key.startswith("floor_")]
    assert len(floors) == count - 1
    levels = [sockets(parts)[key].translation[1] for key in floors]
    assert levels == sorted(levels)
    assert np.diff([0.34, *levels]) == pytest.approx(2.6, abs=0.05) if floors else True


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_chimneys_smoke_over_the_roof(count):
    parts = made("house", chimney={"count": count})
    smoke = [socket.translation for key, socket in sockets(parts).items() if key.startswith("smoke")]
    assert len(smoke) == count
    ridge = parts["roof"].surface.positions[:, 1].max()
    assert all(place[1] > ridge for place in smoke)


def test_windows_are_holes_with_frames_around_them():
    without, with_ = made("house", windows={"count": 0}), made("house", windows={"count": 4})
    wall, solid = (volume(one["wall_back"]) for one in (with_, without))
    holes = 8 * 0.85 * 1.15 * 0.35
    assert solid - wall == pytest.approx(holes, rel=0.08)
    assert "windows_back" in with_
    assert "windows_back" not in without


def volume(part):
    corners = part.surface.positions[part.surface.faces]
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))) / 6


def test_shutters_hang_beside_the_windows_of_the_front():
    parts = made("house")
    leaves = [part for name, part in parts.items() if "shutter" in name]
    assert len(leaves) >= 10
    assert all(part.hinge is not None and part.surface.positions[:, 2].min() > 3.4 for part in leaves)


def test_sails_turn_about_the_axis_of_the_mill():
    sails = made("windmill")["sails"]
    assert sails.hinge[0] == (0.0, 0.0, 1.0)
    middle = sails.surface.positions[:, :2].mean(axis=0)
    assert middle == pytest.approx(sails.pivot[:2], abs=0.8)
    assert sails.surface.positions[:, 1].min() > 0.0


def test_a_lighthouse_shines_over_its_gallery():
    places = sockets(made("lighthouse"))
    assert places["light"].kind == "light"
    assert places["light"].translation[1] > places["gallery"].translation[1] > 14.0


def test_age_hollows_the_ridge_loses_tiles_and_bends_the_chimney():
    new, old = (made("house", build={"wear": wear}) for wear in (0.0, 1.0))
    ridge = []
    for one in (new, old):
        points = one["roof"].surface.positions
        middle, ends = points[np.abs(points[:, 0]) < 0.9], points[np.abs(points[:, 0]) > 4.4]
        ridge.append(ends[:, 1].max() - middle[:, 1].max())
    assert ridge[1] > ridge[0] + 0.25
    assert volume(old["roof"]) < 0.97 * volume(new["roof"])
    base, tip = old["chimney_1"].pivot, sockets(old)["smoke_1"].translation
    assert np.hypot(tip[0] - base[0], tip[2] - base[2]) > 0.12


def test_style_makes_the_roof_steeper_and_the_house_stouter():
    plain, stylised = (extent(made("house", build={"stylised": s})) for s in (0.0, 1.0))
    assert stylised[1] / stylised[0] != pytest.approx(plain[1] / plain[0], rel=0.02)
    roofs = [np.ptp(made("house", build={"stylised": s})["roof"].surface.positions[:, 1]) for s in (0.0, 1.0)]
    assert roofs[1] > 1.2 * roofs[0]


@pytest.mark.parametrize("walls", ["plaster", "timbered", "stone", "brick", "wood", "logs", "glass", "metal"])
@pytest.mark.parametrize("plan", ["rectangular", "round"])
def test_every_wall_goes_with_every_plan(walls, plan):
    for part in made("cottage", walls={"made": walls}, body={"plan": plan}).values():
        is_sound(part.surface)


def test_grids_with_holes_are_closed():
    x, y = np.meshgrid(np.arange(5.0), np.arange(4.0))
    front = np.stack([x, y, 0 * x], axis=2)
    solid = np.ones((3, 4), bool)
    solid[1, 1] = solid[1, 3] = False
    made_ = surface(pierced(front, front - (0.0, 0.0, 0.3), front[..., :2], solid))
    is_sound(made_)
    assert volume(type("Part", (), {"surface": made_})) == pytest.approx(10 * 0.3)


def test_pieces_that_touch_do_not_weld():
    pieces = [block((1, 1, 1)), block((1, 1, 1), (1.0, 0.0, 0.0)), block((1, 1, 1), (0.0, 1.0, 0.0))]
    is_sound(surface(together(pieces)))
    is_sound(surface(together([bar((0, 0, 0), (0, 1, 0), 0.1, 0.1), prism([(0, 0), (1, 0), (0, 1)], 0.2)])))


def test_cuts_keep_their_distance():
    assert cuts(0.0, 1.0, [0.5, 0.51, 0.999, -1.0, 0.2]).tolist() == [0.0, 0.2, 0.5, 1.0]


@pytest.mark.parametrize("preset", BUILDING.presets)
def test_no_piece_is_inside_out(preset):
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    for part in made(preset).values():
        points, faces = welded(part.surface)
        links = coo_matrix(
            (np.ones(2 * len(faces)), (faces[:, [0, 1]].reshape(-1), faces[:, [1, 2]].reshape(-1))), (len(points),) * 2
        )
        piece = connected_components(links, directed=False)[1][faces[:, 0]]
        corners = points[faces].astype(np.float64)
        corners -= points.mean(axis=0)
        share = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
        assert np.bincount(piece, share)[np.unique(piece)].min() > 0.0, part.name


@pytest.mark.parametrize(("preset", "wall"), [("tower", "walls"), ("castle", "wall_back")])
def test_the_walls_of_a_ruin_have_fallen_to_different_heights(preset, wall):
    whole, ruin = (made(preset, build={"wear": wear}) for wear in (0.0, 1.0))
    assert "parapet" in whole
    assert "parapet" not in ruin
    levels = []
    for one in (whole, ruin):
        surface_ = one[wall].surface
        upward = surface_.positions[surface_.normals[:, 1] > 0.95]
        levels.append(np.unique(np.round(upward[upward[:, 1] > 9.5, 1], 1)))
    assert len(levels[1]) >= len(levels[0]) + 2
