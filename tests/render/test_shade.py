"""What leaves a surface, against what is known of light."""

import numpy as np
import pytest

from dhsdk.errors import RenderError
from dhsdk.media import Image
from dhsdk.render import Settings, View, look_at, render
from dhsdk.render.drawer import Drawer, Frame
from dhsdk.render.geometry import gathered
from dhsdk.scene import (
    Clearcoat,
    Environment,
    Iridescence,
    Light,
    Material,
    Mesh,
    Node,
    Primitive,
    Scene,
    Sheen,
    Specular,
    Texture,
    Transmission,
    make,
)

TOWARD = np.tile(np.array([0, 0, 1], np.float32), (4, 1))
MIDDLE = np.array([[0.5, 0.5]])
FROM_ABOVE = View(look_at((0.0, 3.0, 1e-3), (0.0, 0.0, 0.0)))


def linear(scene, view, size=24, **settings):
    """(H, W, 3) light of what is seen, and where something is seen."""
    drawer = Drawer(scene, Settings(size=(size, size), samples=1, occlusion=False, **settings))
    geometry = gathered(scene)
    frame = Frame(geometry, view, (size, size), drawer.look(geometry, view)[0], 1, False)
    ids, _ = frame.visible(np.ones(len(geometry.faces), bool), None, None, True)
    over, past, *_ = frame.shaded(ids[:1], MIDDLE)
    return over, ids[0] >= 0, past


def in_light(mesh, value=0.5, **more):
    grey = Image(np.full((8, 16, 3), value, np.float32), colour="linear")
    return Scene(nodes=(Node("n", mesh=mesh), *more.pop("nodes", ())), environment=Environment(grey), **more)


def ball(**values):
    return make.single(make.sphere(0.5, 48, 32, Material("m", **values)), "b").nodes[0].mesh


@pytest.mark.parametrize("metallic", [0.0, 1.0])
@pytest.mark.parametrize("roughness", [0.0, 0.4, 1.0])
def test_a_white_ball_in_even_light_cannot_be_seen(metallic, roughness):
    """The furnace: what falls in comes out, no more and not much less."""
    view = View(look_at((0.0, 0.0, 3.0), (0.0, 0.0, 0.0)))
    over, seen, _ = linear(in_light(ball(metallic=metallic, roughness=roughness)), view)
    assert seen.any()
    assert over[seen].max() <= 0.505
    assert over[seen].min() >= 0.47


def test_extensions_make_no_light():
    view = View(look_at((0.0, 0.0, 3.0), (0.0, 0.0, 0.0)))
    for more in (
        {"clearcoat": Clearcoat(1.0, roughness=0.2)},
        {"sheen": Sheen((1.0, 1.0, 1.0), roughness=0.5)},
        {"specular": Specular(0.5, color=(1.0, 0.5, 0.2))},
        {"iridescence": Iridescence(1.0, thickness_max=500.0)},
        {"ior": 2.4},
    ):
        over, seen, _ = linear(in_light(ball(metallic=0.0, roughness=0.5, **more)), view)
        assert over[seen].max() <= 0.52, more
        assert over[seen].min() > 0.3, more


def test_what_a_clear_surface_does_not_throw_back_passes_it():
    view = View(look_at((0.0, 0.0, 3.0), (0.0, 0.0, 0.0)))
    glass = in_light(ball(metallic=0.0, roughness=0.0, transmission=Transmission(1.0)))
    over, _, past = linear(glass, view)
    assert past[12, 12] == pytest.approx(0.96, abs=0.01)
    assert over[12, 12] == pytest.approx(0.5 * 0.04, abs=0.01)


@pytest.mark.parametrize("kind", ["point", "directional", "spot"])
def test_a_lamp_gives_what_the_inverse_square_says(kind):
    floor = (
        make.single(make.box((2.0, 0.2, 2.0), Material("m", metallic=0.0, roughness=1.0, specular=Specular(0.0))), "f")
        .nodes[0]
        .mesh
    )
    quarter = (-(0.5**0.5), 0.0, 0.0, 0.5**0.5)  # shines down
    lamp = Node("lamp", translation=(0.0, 2.2, 0.0), rotation=quarter, light=Light(kind, intensity=8.0, inner=0.1, outer=0.4))
    scene = Scene(nodes=(Node("f", mesh=floor), lamp))
    over, seen, _ = linear(scene, FROM_ABOVE, lighting="scene")
    middle = over[12, 12].mean()
    high = scene.node("lamp").translation[1] - gathered(scene).positions[:, 1].max()
    assert middle == pytest.approx(8.0 / np.pi / (1.0 if kind == "directional" else high**2), rel=0.02)
    assert (over[seen].min() == 0) == (kind == "spot")


def test_a_lamp_out_of_reach_gives_nothing_and_the_studio_ignores_lamps():
    floor = ball(metallic=0.0)
    lamp = Node("lamp", translation=(0.0, 3.0, 0.0), light=Light("point", intensity=5.0, range=1.0))
    dark, seen, _ = linear(Scene(nodes=(Node("f", mesh=floor), lamp)), FROM_ABOVE, lighting="scene")
    assert dark[seen].max() == 0
    near = Node("lamp", translation=(0.0, 3.0, 0.0), light=Light("point", intensity=50.0))
    plain, lit = (linear(Scene(nodes=(Node("f", mesh=floor), one)), FROM_ABOVE, lighting="studio")[0] for one in (lamp, near))
    assert (plain == lit).all()
    assert linear(Scene(nodes=(Node("f", mesh=floor), near)), FROM_ABOVE)[0].sum() > plain.sum()


def test_an_environment_can_be_turned():
    light = np.full((32, 64, 3), 0.02, np.float32)
    light[:, 24:40] = 1.0  # around +Z
    scene = Scene(
        nodes=(Node("n", mesh=ball(metallic=0.0)),), environment=Environment(Image(light, colour="linear"), rotation=np.pi / 2)
    )
    over, _, _ = linear(scene, View(look_at((0.0, 0.0, 3.0), (0.0, 0.0, 0.0))))
    assert over[12, 15].mean() > 2 * over[12, 8].mean()  # now it shines from +X, which is right


def holed():
    pixels = np.full((4, 4, 4), 255, np.uint8)
    pixels[:, :2, 3] = 0
    return Texture(Image(pixels), mag="nearest")


def quad(material, **values):
    points = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32)
    given = {"uvs": (np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32),)} | values
    return Mesh((Primitive(points, np.array([[0, 1, 2], [0, 2, 3]], np.int32), material=material, **given),))


@pytest.mark.parametrize("mode", ["MASK", "BLEND"])
def test_holes_show_what_is_behind_them(mode):
    front = quad(Material("m", metallic=0.0, alpha_mode=mode, base_color_texture=holed()))
    back = quad(Material("back", unlit=True, base_color=(1.0, 0.0, 0.0, 1.0)))
    scene = Scene(nodes=(Node("front", mesh=front), Node("back", mesh=back, translation=(0.0, 0.0, -0.5))))
    shot = render(scene, View(look_at((0.0, 0.0, 4.0), (0.0, 0.0, 0.0))), Settings(size=(64, 64), samples=1)).pixels
    left, right = shot[32, 20].astype(int), shot[32, 44].astype(int)
    assert left[0] > 150 > left[1]
    assert abs(right[0] - right[1]) < 40


@pytest.mark.parametrize(
    "values",
    [
        {"uvs": (np.zeros((4, 2), np.float32),)},
        {"uvs": ()},
        {"uvs": (np.full((4, 2), 1e20, np.float32),)},
        {"normals": np.zeros((4, 3), np.float32)},
        {
            "tangents": np.tile(np.array([0, 0, 1, 1], np.float32), (4, 1)),
            "normals": TOWARD,
        },
        {"tangents": np.zeros((4, 4), np.float32), "normals": TOWARD},
    ],
)
def test_poor_vertices_still_give_a_picture(values):
    noise = Texture(Image(np.random.default_rng(0).integers(90, 160, (16, 16, 3), np.uint8), colour="data"))
    scene = Scene(nodes=(Node("n", mesh=quad(Material("m", normal_texture=noise, base_color_texture=noise), **values)),))
    over, seen, past = linear(scene, View(look_at((0.0, 0.0, 4.0), (0.0, 0.0, 0.0))))
    assert np.isfinite(over).all()
    assert over[seen].max() > 0
    assert (past[seen] == 0).all()


def test_unlit_and_shining_surfaces_show_their_colour():
    view = View(look_at((0.0, 0.0, 4.0), (0.0, 0.0, 0.0)))
    over, _, _ = linear(Scene(nodes=(Node("n", mesh=quad(Material("m", unlit=True, base_color=(0.2, 0.4, 0.6, 1.0)))),)), view)
    assert over[12, 12] == pytest.approx([0.2, 0.4, 0.6])
    shining = Material("m", base_color=(0.0, 0.0, 0.0, 1.0), metallic=1.0, emissive=(1.0, 0.5, 0.0), emissive_strength=3.0)
    over, _, _ = linear(Scene(nodes=(Node("n", mesh=quad(shining)),)), view, lighting="scene")
    assert over[12, 12] == pytest.approx([3.0, 1.5, 0.0])


def test_broken_light_is_refused():
    scene = Scene(nodes=(Node("n", mesh=ball()),), environment=Environment(None, intensity=float("nan")))
    with pytest.raises(RenderError, match="an environment's intensity must be finite and not negative"):
        render(scene)
    lamp = Node("lamp", light=Light("point", intensity=float("inf"), name="sun"))
    with pytest.raises(RenderError, match="a light must have finite values, got some that are not in 'sun'"):
        render(Scene(nodes=(Node("n", mesh=ball()), lamp)))
    hot = Image(np.full((4, 8, 3), np.inf, np.float32), colour="linear")
    with pytest.raises(RenderError, match="an environment must be finite"):
        render(Scene(nodes=(Node("n", mesh=ball()),), environment=Environment(hot)))


@pytest.mark.parametrize("kind", ["point", "directional", "spot"])
def test_what_stands_before_a_lamp_casts_a_shadow(kind):
    """A plate over the middle of a floor; a second lamp, the brighter sun, has a map for its own shadow."""
    white = Material("m", metallic=0.0, roughness=1.0, specular=Specular(0.0))
    floor = make.place(make.single(make.box((2.0, 0.2, 2.0), white), "f"), at=(0.0, -0.2, 0.0))
    plate = make.place(make.single(make.box((0.4, 0.02, 0.4), white), "p"), at=(0.0, 0.3, 0.0))
    quarter = (-(0.5**0.5), 0.0, 0.0, 0.5**0.5)
    lamp = Node("lamp", translation=(0.0, 2.2, 0.0), rotation=quarter, light=Light(kind, intensity=8.0, inner=0.5, outer=0.6))
    sun = Node("sun", rotation=quarter, light=Light("directional", intensity=9.0))
    both = make.group("g", floor, plate)
    view = View(look_at((0.0, 1.2, 2.6), (0.0, 0.0, 0.0)))
    light = {}
    for name, nodes in (("lamp", (lamp,)), ("sun", (sun,)), ("both", (lamp, sun))):
        scene = Scene(nodes=(*both.nodes, *nodes))
        drawer = Drawer(scene, Settings(size=(48, 48), samples=1, lighting="scene"))
        geometry = gathered(scene)
        frame = Frame(geometry, view, (48, 48), drawer.look(geometry, view)[0], 1, False)
        ids, _ = frame.visible(np.ones(len(geometry.faces), bool), None, None, True)
        light[name] = frame.shaded(ids[:1], MIDDLE)[0].sum(axis=2)
    under, beside = (24, 24), (24, 35)
    for name, field in light.items():
        assert field[under] < 0.05 * field[beside], name
    assert light["both"][beside] == pytest.approx(light["lamp"][beside] + light["sun"][beside], rel=0.05)


def test_a_normal_map_needs_no_tangents():
    """The faces' own are those that the vertices would have: u to the right, green against v."""
    slope = np.full((4, 4, 3), 255, np.uint8)
    slope[...] = (200, 90, 220)
    bent = Texture(Image(slope, colour="data"))
    material = Material("m", metallic=0.0, roughness=0.6, normal_texture=bent)
    view = View(look_at((0.0, 0.0, 4.0), (0.0, 0.0, 0.0)))
    right = np.tile(np.array([1, 0, 0, 1], np.float32), (4, 1))
    with_, without, plain = (
        linear(Scene(nodes=(Node("n", mesh=quad(one, normals=TOWARD, **more)),)), view)[0][12, 12]
        for one, more in ((material, {"tangents": right}), (material, {}), (Material("p", metallic=0.0, roughness=0.6), {}))
    )
    assert without == pytest.approx(with_, rel=1e-5)
    assert abs(without - plain).max() > 0.02
