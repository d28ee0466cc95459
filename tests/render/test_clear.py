"""What is seen through clear surfaces, against what is known of glass."""

import numpy as np
import pytest

from dhsdk.render import Settings, View, look_at, render
from dhsdk.render.bvh import nearest, tree
from dhsdk.scene import Material, Mesh, Node, Primitive, Scene, Transmission, Volume, make

AHEAD = View(look_at((0.0, 0.0, 4.0), (0.0, 0.0, 0.0)))
PLAIN = Settings(size=(64, 64), samples=1, shadow=0.0, background="#ffffff")


def glass(**values):
    values = {"metallic": 0.0, "roughness": 0.0, "transmission": Transmission(1.0), **values}
    return Material("glass", **values)


def solid(**values):
    return glass(volume=Volume(0.5, **values.pop("volume", {})), **values)


def shot(*parts, view=AHEAD, settings=PLAIN):
    return render(make.group("g", *parts) if len(parts) > 1 else parts[0], view, settings).pixels.astype(int)


def halves():
    """A red plate to the left and a blue one to the right, far behind."""
    colors = ((0.9, 0.02, 0.02, 1.0), (0.02, 0.02, 0.9, 1.0))
    boxes = (make.box((4.0, 8.0, 0.1), Material(f"m{k}", base_color=one, unlit=True)) for k, one in enumerate(colors))
    return [make.place(make.single(box, f"b{k}"), at=(-2.0 + 4.0 * k, -4.0, -3.0)) for k, box in enumerate(boxes)]


def ball(material, radius=0.5):
    return make.single(make.sphere(radius, 96, 64, material), "ball")


def sheet(material):
    points = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32)
    return Scene((Node("sheet", Mesh((Primitive(points, np.array([[0, 1, 2], [0, 2, 3]], np.int32), material=material),))),))


def test_rays_meet_what_all_triangles_say():
    rng = np.random.default_rng(0)
    points, faces = rng.random((300, 3)), rng.integers(0, 300, (900, 3))
    made, stack, nobody = tree(points, faces), np.empty(64, np.int64), np.empty(0, bool)
    a, b, c = (points[faces[:, k]] for k in range(3))
    for _ in range(200):
        ray = np.concatenate([rng.random(3), (d := rng.normal(size=3)) / np.linalg.norm(d)])
        t, f, w0, w1 = nearest(made, ray, 0, 1e-9, 1e30, nobody, stack)
        with np.errstate(all="ignore"):
            matrix = np.stack([a - c, b - c, np.broadcast_to(-ray[3:], a.shape)], axis=2)
            good = abs(np.linalg.det(matrix)) > 1e-12
            u, v, far = np.linalg.solve(matrix[good], (ray[:3] - c[good])[..., None])[..., 0].T
        inside = (u >= 0) & (v >= 0) & (u + v <= 1) & (far > 1e-9)
        if not inside.any():
            assert f == -1
            continue
        assert t == pytest.approx(far[inside].min())
        at = w0 * a[f] + w1 * b[f] + (1 - w0 - w1) * c[f]
        assert at == pytest.approx(ray[:3] + t * ray[3:], abs=1e-6)


def test_a_search_for_any_face_minds_which_of_them_are_solid():
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 1]], float)
    made, stack = tree(points, np.array([[0, 1, 2], [3, 4, 5]])), np.empty(64, np.int64)
    ray = np.array([0.2, 0.2, -1.0, 0.0, 0.0, 1.0])
    for solid_, seen in (((True, True), True), ((False, True), True), ((False, False), False)):
        assert (nearest(made, ray, 0, 0.0, 9.0, np.array(solid_), stack)[1] >= 0) == seen
    assert nearest(made, ray, 0, 1.5, 9.0, np.empty(0, bool), stack)[1] == 1


def test_a_glass_ball_turns_the_picture_and_a_bubble_does_not():
    turned = shot(*halves(), ball(solid()))[32]
    assert turned[26, 2] > 2 * turned[26, 0]
    assert turned[38, 0] > 2 * turned[38, 2]
    for straight in (glass(), solid(ior=1.0)):
        kept = shot(*halves(), ball(straight))[32]
        assert kept[26, 0] > 2 * kept[26, 2]
        assert kept[38, 2] > 2 * kept[38, 0]


@pytest.mark.parametrize("thick", [0.1, 0.4])
def test_light_is_lost_along_the_real_way(thick):
    """Beer's law between the two sides of a slab; at each of them 4 % is thrown back."""
    white = make.place(make.single(make.box((8.0, 8.0, 0.1), Material("w", unlit=True)), "white"), at=(0.0, -4.0, -3.0))
    volume = {"attenuation_distance": 0.2, "attenuation_color": (0.5, 0.8, 1.0)}
    slab = make.place(make.single(make.box((2.0, 2.0, thick), solid(volume=volume)), "slab"), at=(0.0, -1.0, 0.0))
    settings = Settings(size=(33, 33), samples=1, shadow=0.0, lighting="scene", exposure=0.5)
    through, bare = shot(white, slab, settings=settings)[16, 16] / 255, shot(white, settings=settings)[16, 16] / 255
    linear = [np.where(one <= 0.04045, one / 12.92, ((one + 0.055) / 1.055) ** 2.4) for one in (through, bare)]
    wanted = 0.96**2 * np.array([0.5, 0.8, 1.0]) ** (thick / 0.2)
    # The tone mapper takes 0.04 from all channels above 0.08.
    assert (linear[0] + 0.04) / (linear[1] + 0.04) == pytest.approx(wanted, abs=0.03)


def test_rough_glass_blurs():
    def steep(roughness):
        row = shot(*halves(), sheet(glass(roughness=roughness)), settings=Settings(size=(96, 96), samples=2, shadow=0.0))[
            48, 30:66
        ]
        return abs(np.diff(row[:, 0] - row[:, 2])).max()

    assert steep(0.0) > 2 * steep(0.5)


def test_an_open_sheet_with_a_volume_leaves_the_picture_in_its_place():
    bare, sheeted = shot(*halves()), shot(*halves(), sheet(solid()))
    assert (bare[20:44, 20:44].argmax(axis=2) == sheeted[20:44, 20:44].argmax(axis=2)).all()


def test_colours_part_where_the_index_depends_on_them():
    """A grey edge behind a prism gets coloured rims."""
    edge = [make.place(make.single(make.box((4.0, 8.0, 0.1), Material("m", base_color=(0.02, 0.02, 0.02, 1.0), unlit=True)), "e"),
                       at=(-2.0, -4.0, -3.0))]  # fmt: skip
    rims = []
    for dispersion in (0.0, 8.0):
        row = shot(*edge, ball(solid(dispersion=dispersion)))[32, 18:46]
        rims.append(np.ptp(row, axis=1).max())
    assert rims[1] > rims[0] + 60


def test_glass_before_glass_is_seen_and_ends():
    """Two hundred sheets: the walk ends, and what is left is no light from nowhere."""
    sheets = [make.place(sheet(glass()), at=(0.0, 0.0, -0.01 * k)) for k in range(200)]
    picture = shot(*sheets)
    assert picture.max() <= 255
    assert picture[32, 32].min() > 20


def test_a_transparent_background_shows_through_glass():
    picture = shot(ball(solid()), settings=Settings(size=(64, 64), background="transparent"))
    assert picture[0, 0, 3] == 0
    assert 10 < picture[32, 32, 3] < 200


def test_threads_change_nothing():
    parts = make.group("g", *halves(), ball(solid(roughness=0.3)))
    one, four = (render(parts, AHEAD, PLAIN.model_copy(update={"threads": n})).pixels for n in (1, 4))
    assert (one == four).all()


def test_two_thin_walls_leave_what_they_do_not_throw_back():
    white = make.place(make.single(make.box((8.0, 8.0, 0.1), Material("w", unlit=True)), "white"), at=(0.0, -4.0, -3.0))
    settings = Settings(size=(33, 33), samples=1, shadow=0.0, lighting="scene", exposure=0.5)
    through, bare = (shot(*parts, settings=settings)[16, 16, 0] / 255 for parts in ((white, ball(glass())), (white,)))
    linear = [((one + 0.055) / 1.055) ** 2.4 for one in (through, bare)]
    assert (linear[0] + 0.04) / (linear[1] + 0.04) == pytest.approx(0.96**2, abs=0.02)
