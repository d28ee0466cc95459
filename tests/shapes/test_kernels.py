import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from dhsdk.materials.catalogue import CATALOGUE
from dhsdk.materials.finish import Finish
from dhsdk.shapes import kernels
from tests.effort import examples
from tests.shapes.laws import are_sound, built, scalars, values, with_value

KERNELS = kernels()
NAMES = list(KERNELS)
PRESETS = [(name, preset) for name, kernel in KERNELS.items() for preset in kernel.presets]
CHOICES = [(name, path) for name, kernel in KERNELS.items() for path, field in scalars(kernel.Params) if field.choices]
FIELDS = [(name, path) for name, kernel in KERNELS.items() for path, _ in scalars(kernel.Params)]


def test_kernels_are_found_by_folder():
    assert {"seat", "vessel", "crate", "barrel", "lamp"} <= set(NAMES)


def test_the_package_is_light():
    code = "import dhsdk.shapes, sys; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", NAMES)
def test_cards_are_complete(name):
    kernel = KERNELS[name]
    assert kernel.summary
    assert len(kernel.presets) >= 5
    for finish in kernel.slots.values():
        family, variety, color = (*finish.split("/"), "", "")[:3]
        assert Finish(family=family, variety=variety, color=color).family in CATALOGUE
        assert not variety or variety in CATALOGUE[family]
        assert re.fullmatch("(#[0-9a-f]{6})?", color)
    for path, field in scalars(kernel.Params):
        assert field.help, path
        assert field.choices or field.type is bool or (field.ge is not None and field.le is not None), path


@pytest.mark.parametrize(("name", "preset"), PRESETS)
def test_presets_are_sound(name, preset):
    kernel = KERNELS[name]
    parts = built(kernel, kernel.presets[preset])
    are_sound(parts, kernel.slots)
    assert 300 <= sum(len(part.surface.faces) for part in parts) <= 6000


@pytest.mark.parametrize("name", NAMES)
def test_presets_differ_in_their_parts(name):
    kernel = KERNELS[name]
    made = {preset: built(kernel, kernel.presets[preset]) for preset in kernel.presets}
    assert len({tuple((part.name, len(part.surface.faces)) for part in parts) for parts in made.values()}) == len(made)


@pytest.mark.parametrize("name", NAMES)
@examples(60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_design_is_sound(name, data):
    kernel = KERNELS[name]
    parts = built(kernel, data.draw(values(kernel.Params)), data.draw(st.integers(0, 1000)))
    are_sound(parts, kernel.slots)


def _outline(parts):
    return [(part.name, part.surface.positions[part.surface.faces]) for part in parts]


def _moves(kernel, preset, path, field):
    ends = field.choices or ((False, True) if field.type is bool else (field.type(field.ge), field.type(field.le)))
    first, second = (_outline(built(kernel, with_value(kernel.presets[preset], path, end))) for end in (ends[0], ends[-1]))
    if [(name, corners.shape) for name, corners in first] != [(name, corners.shape) for name, corners in second]:
        return True
    return max(np.abs(a - b).max() for (_, a), (_, b) in zip(first, second, strict=True)) > 5e-4


@pytest.mark.parametrize(("name", "path"), FIELDS, ids=[f"{name}-{'.'.join(path)}" for name, path in FIELDS])
def test_every_parameter_shows(name, path):
    kernel = KERNELS[name]
    field = dict(scalars(kernel.Params))[path]
    assert any(_moves(kernel, preset, path, field) for preset in kernel.presets)


@pytest.mark.parametrize(("name", "path"), CHOICES, ids=[f"{name}-{'.'.join(path)}" for name, path in CHOICES])
def test_every_choice_makes_its_own_shape(name, path):
    kernel = KERNELS[name]
    field = dict(scalars(kernel.Params))[path]
    shapes = set()
    for choice in field.choices:
        made = set()
        for preset in kernel.presets:
            parts = built(kernel, with_value(kernel.presets[preset], path, choice))
            made.add(tuple((part.name, part.surface.positions.shape, float(part.surface.positions.sum())) for part in parts))
        shapes.add(frozenset(made))
    assert len(shapes) == len(field.choices)


@pytest.mark.parametrize(("name", "preset"), PRESETS[::4])
def test_same_seed_same_bytes_another_seed_another_piece(name, preset):
    kernel = KERNELS[name]
    one, two, other = (built(kernel, kernel.presets[preset], seed) for seed in (3, 3, 4))
    for a, b in zip(one, two, strict=True):
        assert a.surface.positions.tobytes() == b.surface.positions.tobytes()
        assert a.surface.uvs.tobytes() == b.surface.uvs.tobytes()
    assert any(not np.array_equal(a.surface.positions, b.surface.positions) for a, b in zip(one, other, strict=True))


def _part(parts, name):
    return next(part for part in parts if part.name == name)


def test_a_chest_lid_turns_about_its_rear_edge():
    kernel = KERNELS["crate"]
    parts = built(kernel, kernel.presets["treasure chest"])
    lid = _part(parts, "lid")
    assert lid.hinge is not None
    assert lid.pivot[2] <= lid.surface.positions[:, 2].min() + 0.05
    assert lid.pivot[1] == pytest.approx(lid.surface.positions[:, 1].min(), abs=0.03)
    opened = _part(built(kernel, with_value(kernel.presets["treasure chest"], ("lid", "open"), 1.2)), "lid")
    assert opened.surface.positions[:, 1].max() > lid.surface.positions[:, 1].max() + 0.1


def test_sockets_say_where_to_sit_hold_and_light():
    kinds = {}
    for name, preset in (("seat", "armchair"), ("vessel", "mug"), ("crate", "crate"), ("lamp", "table lamp")):
        parts = built(KERNELS[name], KERNELS[name].presets[preset])
        kinds[preset] = {socket.kind for part in parts for socket in part.sockets}
    assert {"seat", "grip"} <= kinds["armchair"]
    assert "handle" in kinds["mug"]
    assert "support" in kinds["crate"]
    assert "light" in kinds["table lamp"]


@pytest.mark.parametrize(("preset", "height"), [("chair", 0.45), ("stool", 0.46), ("throne", 0.59)])
def test_the_seat_is_as_high_as_asked(preset, height):
    parts = built(KERNELS["seat"], KERNELS["seat"].presets[preset])
    seat = next(socket for part in parts for socket in part.sockets if socket.kind == "seat")
    assert seat.translation[1] == pytest.approx(height, abs=0.02)


def test_backs_are_behind_and_locks_in_front():
    chair = built(KERNELS["seat"], {})
    assert _part(chair, "crest").surface.positions[:, 2].max() < 0.0
    chest = built(KERNELS["crate"], KERNELS["crate"].presets["treasure chest"])
    assert _part(chest, "lock").surface.positions[:, 2].min() > 0.1


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_a_chair_has_the_legs_it_is_asked_for(count):
    parts = built(KERNELS["seat"], {"legs": {"count": count}})
    assert sum(part.name.startswith("leg_") for part in parts) == count


def test_things_are_darker_towards_the_ground():
    for part in built(KERNELS["seat"], {}):
        if part.name == "leg_front_left":
            y, light = part.surface.positions[:, 1], part.surface.colors.mean(axis=1)
            assert light[y < 0.05].mean() < 0.85 * light[y > 0.3].mean()


def test_what_is_put_on_a_closed_chest_stands_on_its_lid():
    import dhsdk
    from dhsdk.scene import make, measure, place

    chest, jug = (dhsdk.generate("text_to_3d", prompt=prompt, texture=16) for prompt in ("a treasure chest", "a jug"))
    both = make.group("both", place.on(jug, chest))
    high, tall = measure.bounds(chest)[1][1], np.ptp(measure.bounds(jug), axis=0)[1]
    assert measure.bounds(both)[1][1] == pytest.approx(high + tall, abs=1e-4)


@pytest.mark.parametrize("tilt", [0.0, 0.5])
def test_the_door_of_a_lantern_hangs_on_its_own_edge(tilt):
    kernel = KERNELS["lamp"]
    shade = {"style": "lantern", "radius": 0.2, "height": 0.4, "tilt": tilt}
    door = _part(built(kernel, {"stem": {"style": "gooseneck"}, "shade": shade}), "door")
    axis = np.asarray(door.hinge[0])
    away = door.surface.positions - door.pivot
    reach = np.linalg.norm(away - np.outer(away @ axis, axis), axis=1)
    assert reach.min() < 0.02


def test_a_lamp_without_anything_has_a_foot():
    nothing = {"base": {"style": "none"}, "stem": {"style": "none"}, "shade": {"style": "none"}, "light": "none"}
    assert [part.name for part in built(KERNELS["lamp"], nothing)] == ["base"]


def test_a_flat_vessel_on_a_high_foot_has_room_inside():
    """Its wall is thinner than what is left of it above the foot."""
    kernel = KERNELS["vessel"]
    body = {"height": 0.015, "radius": 0.03, "belly": 0.15, "roundness": 1.0, "base": 0.2, "wall": 0.109375}
    neck, foot = {"length": 0.0, "width": 0.16, "flare": 0.0}, {"height": 0.5, "stem": 0.12, "spread": 0.7}
    rest = {"handles": {"count": 0}, "spout": "lip", "lid": "none", "rim": 0.0, "rings": 3, "flutes": 3, "detail": 6}
    are_sound(built(kernel, {"body": body, "neck": neck, "foot": foot, **rest}), kernel.slots)
