import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from dhsdk.errors import ParamError
from dhsdk.materials.bake import bake
from dhsdk.materials.catalogue import CATALOGUE, TILE, variety
from dhsdk.materials.colour import srgb
from dhsdk.materials.finish import Finish
from dhsdk.materials.noise import cells, fractal, grid


def stream(*names):
    return np.random.default_rng(int.from_bytes(hashlib.sha256(str(names).encode()).digest()[:8], "little"))


def maps(size=64, **values):
    material, _ = bake(Finish(**values), size, stream)
    return [material.base_color_texture.image, material.normal_texture.image, material.metallic_roughness_texture.image]


@pytest.mark.parametrize(("family", "name"), [(family, name) for family, names in CATALOGUE.items() for name in names])
def test_every_variety_bakes_to_three_maps_that_tile(family, name):
    for image in maps(family=family, variety=name):
        pixels = image.pixels.astype(float)
        assert pixels.shape == (64, 64, 3)
        for axis in (0, 1):
            steps = np.abs(np.diff(pixels, axis=axis)).mean(axis=(1 - axis, 2))
            seam = np.abs(pixels.take(0, axis) - pixels.take(-1, axis)).mean()
            assert seam <= 1.3 * steps.max() + 1


def test_the_same_finish_bakes_to_the_same_bytes():
    assert all((a.pixels == b.pixels).all() for a, b in zip(maps(family="stone"), maps(family="stone"), strict=True))


@pytest.mark.parametrize(
    "change",
    [{"color": "#3366cc"}, {"roughness": 0.9}, {"wear": 0.9}, {"pattern": "striped"}, {"pattern": "carved"}, {"stylised": 1.0},
     {"pattern": "checked"}, {"pattern": "dotted"}, {"pattern": "hammered"}, {"variety": "walnut"}, {"family": "fabric"}],
)  # fmt: skip
def test_every_field_changes_the_textures(change):
    before, after = maps(family="wood"), maps(**({"family": "wood"} | change))
    assert any((a.pixels != b.pixels).any() for a, b in zip(before, after, strict=True))


def test_the_pattern_colour_and_the_glow_show():
    one, other = maps(pattern="striped"), maps(pattern="striped", pattern_color="#00ff00")
    assert (one[0].pixels != other[0].pixels).any()
    material, _ = bake(Finish(family="wax", glow=4.0), 32, stream)
    assert (material.emissive_strength, material.emissive) == (4.0, (1.0, 1.0, 1.0))
    assert material.emissive_texture is material.base_color_texture


@pytest.mark.parametrize("family", ["plastic", "fabric", "ceramic", "metal", "wood"])
@pytest.mark.parametrize("color", ["#c0281f", "#2358b0", "#f0d040"])
def test_a_tint_gives_the_colour_that_was_asked(family, color):
    mean = maps(family=family, color=color, wear=0.0)[0].pixels.reshape(-1, 3).mean(axis=0)
    asked = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    assert np.abs(mean - asked).max() < 22


def test_metal_is_metal_and_wood_is_not():
    assert maps(family="metal", variety="gold", wear=0.0)[2].pixels[..., 2].min() == 255
    assert maps(family="wood")[2].pixels[..., 2].max() == 0


@pytest.mark.parametrize("color", ["", "#000000", "#ffffff"])
@pytest.mark.parametrize(("family", "name"), [(family, name) for family, names in CATALOGUE.items() for name in names])
def test_what_is_no_metal_throws_back_2_to_90_percent_of_the_light(family, name, color):
    base, _, orm = (image.pixels for image in maps(family=family, variety=name, color=color, wear=0.3))
    matter = base[orm[..., 2] == 0] / 255.0
    light = ((matter + 0.055) / 1.055) ** 2.4
    if family != "glass" and matter.size:
        assert light.min() >= 0.02
        assert light.max() <= 0.9
    assert orm[..., 1].min() >= 7  # a roughness under 0.03 has no highlight that a pixel can hold


@pytest.mark.parametrize("family", CATALOGUE)
def test_more_wear_moves_the_surface_further_from_new(family):
    new = maps(family=family, wear=0.0)
    away = [
        sum(
            float(np.abs(a.pixels.astype(float) - b.pixels).mean())
            for a, b in zip(new, maps(family=family, wear=wear), strict=True)
        )
        for wear in (0.2, 0.5, 0.9)
    ]
    assert 0.0 < away[0] < away[1] < away[2]


def test_baking_on_many_threads_gives_the_bytes_of_one():
    kinds = [{"family": family, "wear": 0.6} for family in CATALOGUE]
    alone = [[image.pixels.tobytes() for image in maps(**kind)] for kind in kinds]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda kind: [image.pixels.tobytes() for image in maps(**kind)], kinds))
    assert alone == together


def light(name):
    return ((srgb(name) + 0.055) / 1.055) ** 2.4


@pytest.mark.parametrize(
    ("name", "reflectance"),
    [("silver", (0.972, 0.960, 0.915)), ("aluminium", (0.913, 0.921, 0.925)), ("gold", (1.0, 0.710, 0.315)),
     ("copper", (0.955, 0.637, 0.538)), ("chrome", (0.550, 0.556, 0.554)), ("nickel", (0.660, 0.609, 0.526)),
     ("titanium", (0.542, 0.497, 0.449)), ("platinum", (0.672, 0.637, 0.585)), ("iron", (0.560, 0.570, 0.580))],
)  # fmt: skip
def test_metals_reflect_what_was_measured(name, reflectance):
    assert light(CATALOGUE["metal"][name].color) == pytest.approx(reflectance, abs=0.006)


def test_chrome_is_a_mirror_and_hammered_copper_is_not_flat():
    _, normal, orm = maps(256, family="metal", variety="chrome", wear=0.0)
    assert orm.pixels[..., 1].max() < 0.1 * 255
    assert normal.pixels[..., :2].std() < 1.0
    _, hammered, _ = maps(256, family="metal", variety="copper", wear=0.0, pattern="hammered")
    assert hammered.pixels[..., :2].std() > 3.0


@pytest.mark.parametrize("name", ["silver", "chrome", "gold"])
def test_a_polished_metal_keeps_its_polish_in_use(name):
    new, used = (maps(256, family="metal", variety=name, wear=wear)[1].pixels[..., :2].astype(float) for wear in (0.0, 0.15))
    assert np.abs(used - new).max() < 20


@pytest.mark.parametrize("family", ["wood", "rock", "fabric", "leather"])
def test_the_stylised_look_keeps_the_colour_and_drops_the_structure(family):
    real, calm = maps(256, family=family, wear=0.0), maps(256, family=family, wear=0.0, stylised=1.0)
    assert calm[0].pixels.std(axis=(0, 1)).max() < 0.8 * real[0].pixels.std(axis=(0, 1)).max()
    assert calm[1].pixels[..., :2].std() < real[1].pixels[..., :2].std()
    assert np.abs(calm[0].pixels.mean(axis=(0, 1)) - real[0].pixels.mean(axis=(0, 1))).max() < 40


def test_rust_eats_the_metal():
    assert maps(family="metal", variety="iron", wear=0.95)[2].pixels[..., 2].min() < 128


def test_glass_lets_light_through():
    material, tile = bake(Finish(family="glass"), 32, stream)
    assert material.transmission.factor > 0.5
    assert tile == TILE["glass"]


def test_normals_point_out_and_up_is_green():
    normal = maps(family="stone", variety="sandstone")[1].pixels / 127.5 - 1.0
    assert (normal[..., 2] > 0).all()
    assert np.allclose(np.linalg.norm(normal, axis=-1), 1.0, atol=0.02)


def test_errors_say_what_there_is():
    with pytest.raises(ParamError, match=r"variety of wood must be one of oak, pine, .*, got 'plutonium'"):
        variety("wood", "plutonium")
    for wrong in ("red", "#12345", "#gggggg"):
        with pytest.raises(ParamError, match=f"a colour must be #rrggbb, got '{wrong}'"):
            srgb(wrong)


def test_noise_is_periodic_and_in_range():
    rng = np.random.default_rng(1)
    for field in (grid(rng, 64, (5, 3)), fractal(rng, 64, (4, 4), 4)):
        assert field.min() >= 0.0
        assert field.max() <= 1.0
        assert np.abs(field[0] - field[-1]).max() < 0.6
    nearest, gap, _ = cells(rng, 64, 8)
    assert (nearest >= 0).all()
    assert (gap >= 0).all()


@pytest.mark.parametrize("size", [0, 8, 100, 16384])
def test_a_size_must_be_a_power_of_two(size):
    text = rf"size must be a power of two in \[16, 8192\], got {size} "
    with pytest.raises(ParamError, match=text):
        bake(Finish(family="wood", variety="oak"), size, lambda *names: np.random.default_rng(0))
