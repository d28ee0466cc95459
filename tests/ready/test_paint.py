"""paint(): what a painter of positions paints must be what is seen, from the painted views and from others."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from dhsdk.errors import Cancelled, GenerationError, RequestError
from dhsdk.materials.colour import encoded
from dhsdk.ready.atlas import one_atlas
from dhsdk.ready.paint import around, paint
from dhsdk.render import buffers, frame
from dhsdk.scene import Material, Node, Scene, make
from dhsdk.scene.material import Transmission

EDGE, SIZE = 512, (320, 320)
WOOD = Material("wood", base_color=(0.3, 0.2, 0.1, 1.0), metallic=0.0, roughness=0.6)
STEEL = Material("steel", base_color=(0.6, 0.6, 0.6, 1.0), roughness=0.3)
GLASS = Material("glass", metallic=0.0, roughness=0.1, transmission=Transmission(0.9))


def dressed(mesh, material):
    return replace(mesh, primitives=tuple(replace(one, material=material) for one in mesh.primitives))


@pytest.fixture(scope="module")
def still_life():
    """A ball on a table leaf, a post before them: curves, corners, and things that hide others."""
    return Scene((
        Node("leaf", dressed(make.box((1.2, 0.1, 0.8)), WOOD), translation=(0.0, 0.5, 0.0)),
        Node("ball", dressed(make.sphere(0.25), STEEL), translation=(0.1, 0.8, -0.05)),
        Node("post", dressed(make.cylinder(0.06, 0.9), WOOD), translation=(-0.3, 0.45, 0.55)),
    ))  # fmt: skip


def stripes(at):
    waves = [np.sin(14 * at[..., 0] + 5 * at[..., 1]), np.sin(17 * at[..., 1]), np.sin(12 * at[..., 2] - 6 * at[..., 0])]
    return 0.5 + 0.35 * np.stack(waves, axis=-1)


def stripe_painter(seen):
    return np.where(seen.covered[..., None], stripes(seen.position), 0.0)


def places(view, depth):
    """(H, W, 3) world positions of a depth buffer, by the camera's own geometry."""
    height, width = depth.shape
    rows, columns = np.mgrid[:height, :width]
    step = 2 * math.tan(view.camera.yfov / 2) / height
    far = np.where(np.isfinite(depth), depth, 0.0)
    own = np.stack([(columns + 0.5 - width / 2) * step * far, (height / 2 - rows - 0.5) * step * far, -far], axis=-1)
    return own @ view.world[:3, :3].T + view.world[:3, 3]


def shown(scene, view):
    """((H, W, 3) sRGB base colour as the texture shows it, buffers)."""
    pixels = scene.materials[0].base_color_texture.image.pixels
    seen = buffers(scene, view, SIZE)
    at = [seen["uv"][..., 1] * EDGE - 0.5, seen["uv"][..., 0] * EDGE - 0.5]
    looked_up = [map_coordinates(pixels[..., k].astype(float), at, order=1, mode="nearest") for k in range(3)]
    return np.stack(looked_up, axis=-1) / 255, seen


def psnr(scene, view):
    picture, seen = shown(scene, view)
    wanted = stripes(places(view, seen["depth"]))
    return -10 * np.log10(((picture - wanted)[seen["id"] >= 0] ** 2).mean())


@pytest.fixture(scope="module")
def striped(still_life):
    return paint(still_life, stripe_painter, around(still_life, 8), texture=EDGE, size=SIZE)


def test_what_was_painted_is_seen_from_the_same_views(striped, still_life):
    assert min(psnr(striped.scene, view) for view in around(still_life, 8)) > 50


def test_what_was_painted_is_seen_from_views_in_between(striped, still_life):
    between = [(0.5, 0.1), (1.6, 0.6), (2.6, 0.2), (3.7, 0.5), (5.5, 0.9)]
    assert min(psnr(striped.scene, frame(still_life, *one)) for one in between) > 45


def test_texels_that_no_view_saw_are_counted(striped, still_life):
    hidden = Scene((*still_life.nodes, Node("core", dressed(make.box((0.1, 0.05, 0.1)), STEEL), translation=(0.0, 0.52, 0.0))))
    made = paint(hidden, stripe_painter, around(hidden, 4), texture=EDGE, size=SIZE)
    inside = len(made.scene.node("core").mesh.primitives[0].faces)
    assert inside == 12
    one = one_atlas(hidden, EDGE)
    own = one.geometry.node[one.where.face] == 3
    assert made.texels == len(one.where.at)
    assert made.seen <= made.texels - own.sum()
    assert striped.seen > 0.9 * striped.texels


def test_nodes_that_no_view_saw_keep_their_colour(still_life):
    core = Node("core", dressed(make.box((0.1, 0.05, 0.1)), STEEL), translation=(0.0, 0.52, 0.0))
    made = paint(Scene((*still_life.nodes, core)), stripe_painter, around(still_life, 4), texture=EDGE, size=SIZE)
    one = one_atlas(Scene((*still_life.nodes, core)), EDGE)
    own = one.where.at[one.geometry.node[one.where.face] == 3]
    pixels = made.scene.materials[0].base_color_texture.image.pixels.reshape(-1, 3)[own]
    assert np.abs(pixels.astype(int) - round(float(encoded(np.float32(0.6))) * 255)).max() <= 1


def test_no_colour_bleeds_from_one_island_to_another():
    """Six sides, six colours with hard edges: every texel, the rims of the charts too, has its own side's colour exactly."""
    box = Scene((Node("box", dressed(make.box((0.6, 0.5, 0.4)), WOOD)),))
    colours = np.array([[0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1], [1, 1, 0]], float)

    def side(normal):
        axis = np.abs(normal).argmax(axis=-1)
        return colours[2 * axis + (np.take_along_axis(normal, axis[..., None], -1)[..., 0] > 0)]

    made = paint(box, lambda seen: side(seen.normal), around(box, 8), texture=256, size=SIZE)
    assert made.seen == made.texels
    one = one_atlas(box, 256)
    normals = one.geometry.normals[one.geometry.faces[one.where.face, 0]]
    pixels = made.scene.materials[0].base_color_texture.image.pixels.reshape(-1, 3)[one.where.at] / 255
    np.testing.assert_allclose(pixels, side(normals), atol=1e-6)


def test_what_stands_before_something_is_not_painted_on_it(still_life):
    """The post is red, all else blue: no red may lie behind it, nor blue on it."""

    def painter(seen):
        post = np.hypot(seen.position[..., 0] + 0.3, seen.position[..., 2] - 0.55) < 0.07
        return np.where(post[..., None], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0])

    made = paint(still_life, painter, around(still_life, 8), texture=EDGE, size=SIZE)
    one = one_atlas(still_life, EDGE)
    pixels = made.scene.materials[0].base_color_texture.image.pixels.reshape(-1, 3)[one.where.at]
    post = one.geometry.node[one.where.face] == 2
    assert (pixels[post] == (255, 0, 0)).all()
    assert (pixels[~post] == (0, 0, 255)).all()


def test_a_second_look_knows_what_is_painted(still_life):
    view = around(still_life, 1)[0]
    looks = []

    def painter(seen):
        looks.append(seen)
        return stripe_painter(seen)

    paint(still_life, painter, (view, view), texture=EDGE, size=SIZE)
    first, second = looks
    assert first.known.max() == 0.0
    covered = first.covered
    assert np.median(second.known[covered]) == 1.0
    sure = covered & (second.known > 0.99)
    assert sure.sum() > 0.6 * covered.sum()
    assert np.abs(second.start - stripes(second.position))[sure].mean() < 0.01
    assert (first.number, second.number, first.count) == (0, 1, 2)
    np.testing.assert_allclose(first.position[covered], places(view, first.depth)[covered], atol=1e-4)
    assert (
        np.abs(first.start[covered] - encoded(np.float32([0.3, 0.2, 0.1]))).max(axis=1).min() < 0.01
    )  # its own colour, the wood's


def test_the_order_of_views_does_not_matter_to_a_painter_of_places(still_life, striped):
    made = paint(still_life, stripe_painter, around(still_life, 8)[::-1], texture=EDGE, size=SIZE)
    one, other = (scene.materials[0].base_color_texture.image.pixels.astype(int) for scene in (made.scene, striped.scene))
    assert np.abs(one - other).max() <= 1


def test_clear_surfaces_hide_nothing_and_keep_their_colour(still_life):
    cover = Node("cover", dressed(make.box((1.4, 1.4, 1.4)), GLASS), translation=(0.0, 0.6, 0.0))
    views = around(still_life, 4)
    made = paint(Scene((*still_life.nodes, cover)), stripe_painter, views, texture=EDGE, size=SIZE)
    assert min(psnr(Scene(made.scene.nodes[:3]), view) for view in views) > 30
    one = one_atlas(Scene((*still_life.nodes, cover)), EDGE)
    own = one.where.at[one.geometry.node[one.where.face] == 3]
    assert (made.scene.materials[0].base_color_texture.image.pixels.reshape(-1, 3)[own] == 255).all()


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((10, 10, 3)), r"^a painter must return a picture of \(320, 320, 3\) numbers, got \(10, 10, 3\)$"),
        (np.full((320, 320, 3), np.nan), r"^a painter must return finite numbers, got 307200 that are not$"),
    ],
)
def test_a_painter_that_paints_no_picture_is_told(still_life, picture, message):
    with pytest.raises(GenerationError, match=message):
        paint(still_life, lambda seen: picture, around(still_life, 1), texture=128, size=SIZE)


def test_no_views_are_refused(still_life):
    for make_it in (lambda: paint(still_life, stripe_painter, ()), lambda: around(still_life, 0)):
        with pytest.raises(RequestError, match=r"^a scene must be painted from at least one view, got "):
            make_it()


def test_a_cancel_stops_between_views(still_life):
    painted = []

    def tell(fraction, message):
        if len(painted) == 2:
            raise Cancelled("cancelled")

    def painter(seen):
        painted.append(seen.number)
        return stripe_painter(seen)

    with pytest.raises(Cancelled):
        paint(still_life, painter, around(still_life, 8), texture=128, size=SIZE, progress=tell)
    assert painted == [0, 1]


@pytest.mark.parametrize("count", [1, 3, 4, 8, 11])
def test_the_views_go_around(still_life, count):
    views = around(still_life, count)
    assert len(views) == count
    assert len({tuple(np.round(view.world[:3, 3], 3)) for view in views}) == count
    assert views[0].world[2, 3] > 0
    assert abs(views[0].world[0, 2]) < 1e-9
    if count >= 4:
        assert max(view.world[1, 2] for view in views) > 0.9
        assert min(view.world[1, 2] for view in views) < -0.6
