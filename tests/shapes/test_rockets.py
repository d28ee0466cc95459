"""Rockets: stages and doors that come apart, what stands where, what wear and style do."""

import numpy as np
import pytest

from dhsdk.shapes import kernels
from tests.shapes.laws import built

ROCKET = kernels()["rocket"]


def made(preset, **values):
    return {part.name: part for part in built(ROCKET, {**ROCKET.presets[preset], **values})}


def test_stages_are_parts_one_above_the_other():
    parts = made("moon rocket")
    low, middle, high = (parts[f"stage_{k}"] for k in (1, 2, 3))
    assert (middle.parent, high.parent) == ("stage_1", "stage_2")
    assert low.pivot[1] < middle.pivot[1] < high.pivot[1]
    for below, above in ((low, middle), (middle, high)):
        assert below.surface.positions[:, 1].max() == pytest.approx(above.pivot[1], abs=0.02)
        assert {socket.kind for socket in below.sockets} == {"mount"}


@pytest.mark.parametrize("preset", ["rocket", "moon rocket", "space capsule"])
def test_the_hatch_opens_outwards_about_its_side(preset):
    shut, opened = (made(preset, hatch={"open": angle})["hatch"] for angle in (0.0, 1.4))
    axis, lower, upper = opened.hinge
    assert lower == pytest.approx(-1.4)
    assert upper == pytest.approx(0.5)
    assert axis[1] < -0.9
    assert opened.surface.positions[:, 2].max() > shut.surface.positions[:, 2].max() + 0.2 * np.ptp(shut.surface.positions[:, 0])
    assert shut.pivot[0] == pytest.approx(shut.surface.positions[:, 0].min(), abs=0.35 * np.ptp(shut.surface.positions[:, 0]))


@pytest.mark.parametrize("preset", ["rocket", "rocket ship", "launch vehicle"])
def test_hatch_and_portholes_look_to_the_front(preset):
    for name, part in made(preset, panes=1).items():
        if name.startswith(("hatch", "pane")):
            assert part.surface.positions[:, 2].mean() > 0.0, name


@pytest.mark.parametrize("count", [0, 2, 3, 4])
def test_boosters_engines_and_fins_are_counted(count):
    parts = made("launch vehicle", boosters=count, engines=count + 1, fins={"style": "delta", "count": count + 2 if count else 3})
    assert sum(name.startswith("booster_") and name.count("_") == 1 for name in parts) == count
    assert sum(name.startswith("engine_") for name in parts) == count + 1
    assert sum(name.startswith("fin_") for name in parts) == (count + 2 if count else 3)


def test_fins_of_a_retro_rocket_stand_on_the_floor_under_its_engine():
    parts = made("rocket", build={"wear": 0.0})
    fins = [part.surface.positions[:, 1].min() for name, part in parts.items() if name.startswith("fin_")]
    assert max(fins) < 1e-3
    assert parts["engine_1"].surface.positions[:, 1].min() > 0.1


def test_a_burning_rocket_has_flames_below_its_bells():
    parts = made("missile", lit=True)
    assert parts["flame_1"].slot == "flame"
    assert parts["flame_1"].surface.positions[:, 1].min() < parts["engine_1"].surface.positions[:, 1].min()


def radius_towards(surface, points):
    """How far the outermost face of a surface lies from the y axis at the heights and bearings of the points."""
    corners = surface.positions[surface.faces]
    edges, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    out = []
    for x, y, z in points:
        way = np.array([x, 0.0, z]) / np.hypot(x, z)
        across = np.cross(way, other)
        volume = (edges * across).sum(axis=1)
        start = np.array([0.0, y, 0.0]) - corners[:, 0]
        turned = np.cross(start, edges)
        seen = np.abs(volume) > 1e-12
        three = np.stack([(start * across).sum(axis=1), turned @ way, (other * turned).sum(axis=1)])
        u, v, reach = three[:, seen] / volume[seen]
        out.append(reach[(u > -1e-6) & (v > -1e-6) & (u + v < 1.0 + 1e-6)].max())
    return np.array(out)


def test_livery_lies_on_the_hull_also_where_it_is_dented():
    parts = made("rocket ship", build={"wear": 1.0})
    hull, paint = parts["hull"].surface, parts["livery"].surface
    low, high = hull.positions[:, 1].min(), hull.positions[:, 1].max()
    inside = (paint.positions[:, 1] > low + 0.02) & (paint.positions[:, 1] < high - 0.02)
    outside = (paint.positions * paint.normals * (1.0, 0.0, 1.0)).sum(axis=1) > 0.5
    points = paint.positions[inside & outside][::5]
    proud = np.hypot(points[:, 0], points[:, 2]) - radius_towards(hull, points)
    assert 0.001 < proud.min() <= proud.max() < 0.1


def test_style_makes_it_stout():
    plain, stylised = (made("launch vehicle", build={"stylised": s}) for s in (0.0, 1.0))
    slim, stout = (np.ptp(np.concatenate([p.surface.positions for p in one.values()]), axis=0) for one in (plain, stylised))
    assert stout[0] / stout[1] > 1.5 * slim[0] / slim[1]
