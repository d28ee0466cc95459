from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhsdk.errors import ParamError, RenderError
from dhsdk.media import Image
from dhsdk.render import Settings, View, buffers, clip, frame, look_at, named, orbit, render, sheet
from dhsdk.render.visibility import rasterize
from dhsdk.scene import Animation, Camera, Channel, Instances, Material, Node, Scene, Texture, Transmission, make
from tests.effort import examples

SMALL = Settings(size=(64, 48), samples=1)


def ball(**values):
    return make.single(make.sphere(0.5, 24, 12, Material("m", metallic=0.0, **values)), "ball")


def cover(points, faces, size=(16, 16)):
    """How many of the triangles, drawn one by one, cover each sample."""
    pos = np.column_stack([np.asarray(points, float), np.ones((len(points), 2))]).astype(np.float32)
    return sum((rasterize(pos, np.array([face], np.int32), size).face_id >= 0).astype(int) for face in faces)


def test_a_triangle_covers_the_samples_inside_it():
    seen = cover([[0, 0], [8, 0], [0, 8]], [[0, 1, 2]])
    x, y = np.meshgrid(np.arange(16) + 0.5, np.arange(16) + 0.5)
    assert (seen[x + y < 8] == 1).all()
    assert (seen[x + y > 8] == 0).all()


@examples(60)
@given(st.lists(st.tuples(st.integers(0, 32), st.integers(0, 32)), min_size=1, max_size=1), st.booleans())
def test_a_fan_around_a_point_covers_every_sample_once(middle, turned):
    """Shared edges, also through sample centres, give no hole and no sample to two triangles."""
    center = np.clip(np.array(middle[0]) / 2, 0.5, 15.5)
    rim = np.array([[0, 0], [8, 0], [16, 0], [16, 8], [16, 16], [8, 16], [0, 16], [0, 8]], float)
    faces = [[8, i, (i + 1) % 8] if turned else [8, (i + 1) % 8, i] for i in range(8)]
    assert (cover(np.vstack([rim, center]), faces) == 1).all()


def test_the_nearer_surface_is_seen_and_a_surface_behind_the_camera_is_not():
    front = make.place(make.single(make.box((1.0, 1.0, 0.1)), "front"), at=(0.0, -0.5, 1.0))
    back = make.place(make.single(make.box((3.0, 3.0, 0.1)), "back"), at=(0.0, -1.5, -1.0))
    behind = make.place(make.single(make.box((3.0, 3.0, 0.1)), "behind"), at=(0.0, -1.5, 9.0))
    scene = make.group("g", front, back, behind)
    seen = buffers(scene, View(look_at((0.0, 0.0, 5.0), (0.0, 0.0, 0.0))), (33, 33))
    keys = [node.key for node in scene.nodes]
    assert "front" in keys[seen["id"][16, 16]]
    assert seen["depth"][16, 16] == pytest.approx(3.95, abs=1e-6)
    assert seen["normal"][16, 16] == pytest.approx([0, 0, 1])
    assert not any("behind" in keys[one] for one in np.unique(seen["id"]) if one >= 0)


def test_textures_show_the_right_way_round():
    """Red stands at the left, blue at the right, and the top of the picture is at the top."""
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[0, 0], pixels[0, 1], pixels[1, 0], pixels[1, 1] = (255, 0, 0), (0, 0, 255), (0, 255, 0), (255, 255, 0)
    texture = Texture(Image(pixels), wrap=("clamp", "clamp"), mag="nearest")
    plate = make.box((2.0, 2.0, 0.1), Material("m", base_color_texture=texture, unlit=True))
    scene = make.single(plate, "plate")
    picture = render(scene, View(look_at((0.0, 1.0, 4.0), (0.0, 1.0, 0.0))), Settings(size=(64, 64), samples=1)).pixels.astype(
        int
    )
    uv = buffers(scene, View(look_at((0.0, 1.0, 4.0), (0.0, 1.0, 0.0))), (64, 64))["uv"]
    for y, x in ((24, 24), (24, 40), (40, 24), (40, 40)):
        u, v = uv[y, x] % 1.0
        wanted = pixels[int(v * 2), int(u * 2)].astype(int)
        assert np.abs(picture[y, x] - wanted)[wanted == 255].max() < 110
        assert picture[y, x][wanted == 0].max(initial=0) < 150


def test_the_same_picture_from_any_number_of_threads():
    one, four = (render(ball(), None, Settings(size=(64, 48), threads=threads)).pixels for threads in (1, 4))
    assert (one == four).all()


def test_two_threads_may_draw_at_once():
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: render(ball(), None, SMALL).pixels, range(2))
    assert (first == second).all()


def test_red_is_red_and_light_comes_from_above():
    picture = render(ball(base_color=(0.8, 0.02, 0.02, 1.0), roughness=0.9), "front", Settings(size=(64, 64))).pixels.astype(int)
    assert picture[32, 32, 0] > 3 * picture[32, 32, 1]
    assert picture[18, 30].sum() > picture[46, 30].sum()


def test_the_background_can_be_left_out():
    picture = render(ball(), None, Settings(size=(64, 64), background="transparent")).pixels
    assert picture.shape == (64, 64, 4)
    assert picture[0, 0, 3] == 0
    assert picture[32, 32, 3] == 255
    assert (render(ball(), None, Settings(size=(32, 32), background="#102030", shadow=0.0)).pixels[0, 0] == [16, 32, 48]).all()


def test_glass_shows_what_stands_behind_it():
    red = make.place(
        make.single(make.box((1.0, 1.0, 0.1), Material("r", base_color=(1, 0, 0, 1), metallic=0.0)), "red"), at=(0, -0.5, -1)
    )
    glass = ball(roughness=0.05, transmission=Transmission(1.0))
    view = View(look_at((0.0, 0.0, 4.0), (0.0, 0.0, 0.0)))
    picture = render(make.group("g", red, glass), view, Settings(size=(64, 64))).pixels.astype(int)
    assert picture[32, 32, 0] > 1.5 * picture[32, 32, 1]


def test_copies_and_clips_are_drawn():
    node = ball().nodes[0]
    row = Scene((Node("balls", node.mesh, instances=Instances([[-1.0, 0, 0], [1.0, 0, 0]])),))
    seen = buffers(row, frame(row, 0.0, 0.0, aspect=2.0), (64, 32))["id"]
    assert seen[16, 16] == 0
    assert seen[16, 48] == 0
    assert seen[16, 32] == -1
    move = Channel("ball", "translation", [0.0, 1.0], [[0, 0, 0], [0.9, 0, 0]])
    moving = Scene(ball().nodes, animations=(Animation("go", (move,)),))
    made = clip(moving, "front", fps=4.0, settings=SMALL, animation="go")
    frames = list(made.frames())
    assert (made.count, len(frames)) == (4, 4)
    assert (frames[0] != frames[3]).any()


def test_an_orbit_goes_round_at_one_distance_and_can_be_run_again():
    views = orbit(ball(), 8)
    away = [np.linalg.norm(view.world[:3, 3]) for view in views]
    assert np.ptp(away) < 1e-9
    made = clip(ball(), "orbit", fps=5.0, seconds=0.4, settings=SMALL)
    first, second = list(made.frames()), list(made.frames())
    assert len(first) == made.count == 2
    assert all((a == b).all() for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("azimuth", [0.0, 0.7, 2.5])
def test_a_framed_scene_fits_and_fills(aspect, azimuth):
    scene = make.single(make.box((0.3, 2.0, 0.7)), "box")
    height = 200
    width = round(height * aspect)
    view = frame(scene, azimuth, 0.3, aspect=aspect, margin=0.1)
    points, _ = view.projected(scene.nodes[0].mesh.primitives[0].positions.astype(float), width, height)
    flat = points[:, :2] / points[:, 2:]
    assert (flat >= [0.09 * width, 0.09 * height]).all()
    assert (flat <= [0.91 * width, 0.91 * height]).all()
    assert max(np.ptp(flat[:, 0]) / width, np.ptp(flat[:, 1]) / height) > 0.7


def test_a_sheet_names_what_it_shows():
    picture = sheet([("ball", ball()), ("other", ball()), ("third", ball())], Settings(size=(48, 48), samples=1))
    assert picture.pixels.shape == (2 * (48 + 28), 96, 3)
    with pytest.raises(RenderError, match="the font has no glyph for '椅': give a font file that has it"):
        sheet([("椅子", ball())], SMALL)
    with pytest.raises(RenderError, match="a sheet must have at least one scene, got none"):
        sheet([])
    with pytest.raises(RenderError, match=r"the font 'none.ttf' cannot be read: "):
        sheet([("ball", ball())], SMALL, font="none.ttf")


def test_layers_come_when_asked():
    picture = render(ball(), None, Settings(size=(32, 32), layers=True))
    assert set(picture.layers) == {"depth", "id"}
    assert picture.layers["id"][16, 16] == 0


def test_a_camera_of_the_scene_can_be_used():
    scene = Scene((*ball().nodes, Node("eye", translation=(0.0, 0.0, 3.0), camera=Camera())))
    assert (render(scene, "eye", SMALL).pixels != render(scene, "top", SMALL).pixels).any()
    flat = Scene((*ball().nodes, Node("eye", translation=(0.0, 0.0, 3.0), camera=Camera("orthographic"))))
    assert render(flat, "eye", SMALL).size == (64, 48)


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda: render(Scene(), None, SMALL), "a scene must have triangles to be drawn, got none"),
        (lambda: render(ball(), "nose", SMALL), "a camera must be one of three-quarter, front, side, top, got 'nose'"),
        (lambda: named(ball(), "ball"), "a camera must be one of "),
        (lambda: look_at((1.0, 1.0, 1.0), (1.0, 1.0, 1.0)), "a camera must stand away from its target, got the same point"),
        (lambda: View(np.full((4, 4), np.nan)), "a view must have a finite"),
        (lambda: orbit(ball(), 0), "an orbit must have at least one view, got 0"),
        (lambda: clip(ball(), ()), "a clip must have at least one camera, got none"),
    ],
)
def test_what_cannot_be_drawn_says_why(work, message):
    with pytest.raises(RenderError, match=message):
        work()


def test_too_many_triangles_are_refused(monkeypatch):
    monkeypatch.setattr("dhsdk.render.geometry.MOST_FACES", 10)
    with pytest.raises(RenderError, match="a picture must have at most 10 triangles, got more: use a lower LOD"):
        render(ball(), None, SMALL)


def test_settings_are_checked():
    with pytest.raises(ParamError, match=r"size.0 must be "):
        Settings(size=(0, 5))
    with pytest.raises(ParamError, match=r"background must be one of studio, dark, white, environment, transparent or #rrggbb"):
        Settings(background="pink")
