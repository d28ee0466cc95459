"""Bad input of the whole rendering core: a correct picture, or an error of the family that says what to mend."""

from __future__ import annotations

import dataclasses
import math
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dhsdk.errors import DhsdkError, ParamError, ReadError, RenderError, SceneError
from dhsdk.media import Image
from dhsdk.render import Settings, View, buffers, clip, cube, frame, look_at, orbit, orthographic, panorama, plans, render
from dhsdk.scene import (
    Animation,
    Camera,
    Channel,
    Environment,
    Instances,
    Light,
    Material,
    Mesh,
    Morph,
    Node,
    Primitive,
    Scene,
    Texture,
    make,
)  # fmt: skip
from tests.render.bodies import tube

SMALL = Settings(size=(48, 32), samples=1)
CORNERS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
NAN, INF = math.nan, math.inf
GREY = Image(np.full((2, 2, 3), 128, np.uint8))


def triangle(points=CORNERS, faces=((0, 1, 2),), **values):
    return make.single(Primitive(np.array(points, np.float32).reshape(-1, 3), np.array(faces, int).reshape(-1, 3), **values), "t")


def box(**values):
    return make.single(make.box((1.0, 1.0, 1.0), Material("m", metallic=0.0, **values)), "box")


def seen(scene, view=None, settings=SMALL):
    """The picture, and that it is one: finite, of the right size."""
    picture = render(scene, view, settings).pixels
    assert picture.shape == (settings.size[1], settings.size[0], 3)
    return picture.astype(int)


FRONT = View(look_at((0.0, 0.5, 3.0), (0.0, 0.5, 0.0)))
BACKDROP = seen(triangle(np.zeros((3, 3))), FRONT, SMALL.model_copy(update={"shadow": 0.0}))


@pytest.mark.parametrize(
    "scene",
    [
        Scene(),
        triangle(faces=()),
        triangle(points=(), faces=()),
        Scene((Node("empty"), Node("lamp", light=Light()), Node("eye", camera=Camera()))),
        make.single(Primitive(CORNERS, [[0, 1], [1, 2]], mode="lines"), "lines"),
        make.single(Primitive(CORNERS, [[0], [1]], mode="points"), "points"),
        Scene((Node("copies", make.box(), instances=Instances(np.empty((0, 3)))),)),
    ],
    ids=["nothing", "no faces", "no vertices", "nodes alone", "lines", "points", "no copies"],
)
@pytest.mark.parametrize(
    "draw",
    [
        lambda scene: render(scene, "front", SMALL),
        lambda scene: render(scene, FRONT, SMALL),
        lambda scene: buffers(scene, FRONT, (8, 8)),
        lambda scene: list(clip(scene, "orbit", settings=SMALL).frames()),
        lambda scene: panorama(scene, (0, 0, 0), Settings(size=(32, 16))),
        lambda scene: frame(scene),
        lambda scene: orbit(scene, 4),
        lambda scene: plans(scene),
    ],
    ids=["named", "view", "buffers", "clip", "panorama", "frame", "orbit", "plans"],
)
def test_nothing_to_draw_is_refused(scene, draw):
    with pytest.raises(RenderError, match="a scene must have triangles to be drawn, got none"):
        draw(scene)


def test_empty_parts_beside_full_ones_change_nothing():
    alone = seen(box(), FRONT)
    for empty in (triangle(faces=()), triangle(points=(), faces=())):
        both = Scene((*box().nodes, *empty.nodes))
        assert (seen(both, FRONT) == alone).all()


def huge(samples):
    return Settings(size=(8192, 8192), samples=samples)


BOARD = Settings(size=(32, 16))


@pytest.mark.parametrize(
    ("work", "kind", "message"),
    [
        (lambda: Settings(size=(0, 4)), ParamError, "size.0 must be "),
        (lambda: Settings(size=(4, -1)), ParamError, "size.1 must be "),
        (lambda: Settings(size=(100_000, 4)), ParamError, "size.0 must be "),
        (lambda: Settings(exposure=NAN), ParamError, "exposure must be a finite number"),
        (lambda: buffers(box(), FRONT, (0, 8)), RenderError, "a picture must be 1 to 16384 pixels wide and high, got 0 x 8"),
        (lambda: buffers(box(), FRONT, (16384, 16384)), RenderError, r"must have at most 134,217,728 pixels \(samples counted\)"),
        (lambda: render(box(), FRONT, huge(2)), RenderError, r" x 16384: make it smaller, or take fewer samples"),
        (lambda: render(box(), FRONT, huge(4)), RenderError, "a picture must be 1 to 16384 pixels wide and high, got 32768 x"),
        (lambda: panorama(box(), (NAN, 0, 0), BOARD), RenderError, "a panorama must have a finite place and yaw"),
        (lambda: panorama(box(), (0, 0, 0), BOARD, near=NAN), RenderError, "a camera must have a near plane at 0 or farther"),
    ],
)
def test_viewports_that_cannot_be_are_refused(work, kind, message):
    with pytest.raises(kind, match=message):
        work()


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda: View(np.full((4, 4), NAN)), "a view must have a finite"),
        (lambda: View(np.full((4, 4), INF)), "a view must have a finite"),
        (lambda: View(np.diag([1.0, 1, 0, 1])), "that can be inverted"),
        (lambda: View(np.eye(3)), "a view must have a finite"),
        (lambda: View(np.diag([1.0, 1, 1, 1]) + 1e40 * np.eye(4, k=3)), "a view must have a finite"),
        (lambda: View(np.eye(4), Camera(yfov=0.0)), "a camera must have a yfov between 0 and pi, got 0.0"),
        (lambda: View(np.eye(4), Camera(yfov=math.pi)), "a camera must have a yfov between 0 and pi, got 3.14"),
        (lambda: View(np.eye(4), Camera(yfov=NAN)), "a camera must have a yfov between 0 and pi, got nan"),
        (lambda: View(np.eye(4), Camera("orthographic", ymag=0.0)), "a camera must have a ymag above 0, got 0.0"),
        (lambda: View(np.eye(4), Camera("orthographic", ymag=-1.0)), r"got -1.0 \(metres, half the height of the picture\)"),
        (lambda: View(np.eye(4), Camera(near=NAN)), "a camera must have a near plane at 0 or farther, got nan"),
        (lambda: View(np.eye(4), Camera(near=-1.0)), "a camera must have a near plane at 0 or farther, got -1.0"),
        (lambda: look_at((NAN, 0, 0), (0, 0, 0)), "a camera must have a finite place and target"),
        (lambda: look_at((0, 0, 0), (0, INF, 0)), "a camera must have a finite place and target"),
        (lambda: frame(box(), fov=0.0), "a field of view must be between 0 and pi, got 0.0"),
        (lambda: frame(box(), fov=4.0), "a field of view must be between 0 and pi, got 4.0"),
        (lambda: frame(box(), margin=0.5), "a margin must be from 0 to below 0.5, got 0.5"),
        (lambda: frame(box(), margin=NAN), "a margin must be from 0 to below 0.5, got nan"),
        (lambda: frame(box(), aspect=0.0), "a picture must have an aspect above 0, got 0.0"),
        (lambda: frame(box(), azimuth=NAN), "a camera must have a finite place and target"),
        (lambda: orbit(box(), 3, margin=0.7), "a margin must be from 0 to below 0.5, got 0.7"),
        (lambda: orthographic(box(), aspect=-1.0), "a picture must have an aspect above 0, got -1.0"),
        (lambda: orthographic(box(), ymag=NAN), "a camera must have a ymag above 0, got nan"),
        (lambda: plans(box(), margin=-0.1), "a margin must be from 0 to below 0.5, got -0.1"),
        (lambda: clip(box(), "front", seconds=NAN, settings=SMALL), "a clip must have a finite rate and length"),
        (lambda: clip(box(), "front", seconds=INF, settings=SMALL), "a clip must have a finite rate and length"),
        (lambda: clip(box(), "front", fps=0.0, settings=SMALL), "a clip must have a finite rate and length"),
    ],
)  # fmt: skip
def test_cameras_that_cannot_be_are_refused(work, message):
    with pytest.raises(RenderError, match=message):
        work()


@pytest.mark.parametrize("kind", ["perspective", "orthographic"])
def test_a_camera_inside_a_closed_box_sees_its_walls(kind):
    view = View(look_at((0.0, 0.5, 0.0), (0.0, 0.5, -1.0)), Camera(kind, ymag=0.2))
    depth = buffers(box(), view, (16, 16))
    assert (depth["id"] == 0).all()
    assert depth["depth"] == pytest.approx(0.5)
    seen(box(), view)


def test_a_camera_inside_solid_things_and_on_their_surface_sees_on():
    ball = make.single(make.sphere(2.0), "ball")
    assert (buffers(ball, View(look_at((0, 0, 0), (0, 0, -1))), (16, 16))["id"] == 0).all()
    for at in ((0, 0.5, 0.5), (0.5, 1.0, 0.5), (0, 0, 0)):
        seen(box(), View(look_at(at, (0.1, 0.4, -1.0))))
    for view in cube((0.0, 0.5, 0.0), near=1e-6):
        assert (buffers(box(), view, (8, 8))["id"] == 0).all()


def test_a_near_plane_behind_everything_leaves_the_backdrop():
    far = View(FRONT.world, Camera(near=100.0))
    assert (buffers(box(), far, (16, 16))["id"] == -1).all()
    settings = SMALL.model_copy(update={"shadow": 0.0})
    assert np.abs(seen(box(), far, settings) - BACKDROP).max() <= 1


def test_far_away_things_and_cameras_are_drawn():
    assert (seen(make.place(box(), at=(1e7, 0.0, 0.0))) != BACKDROP).any()
    assert (seen(triangle(CORNERS * 9e24)) != BACKDROP).any()
    seen(triangle(CORNERS * np.float32(1e-38)))
    seen(box(), View(look_at((0.0, 0.5, 1e29), (0.0, 0.5, 0.0))))
    seen(Scene((*box().nodes, *triangle(CORNERS * 1e9).nodes)), FRONT)


@pytest.mark.parametrize("value", [NAN, INF, -INF])
def test_values_that_are_not_finite_never_reach_a_picture(value):
    broken = CORNERS.copy()
    broken[1, 2] = value
    with pytest.raises(SceneError, match="positions must be finite, got NaN or infinity in 1 places"):
        triangle(broken)
    for field in ("normals", "tangents", "colors", "uvs"):
        array = np.full((3, {"normals": 3, "uvs": 2}.get(field, 4)), value, np.float32)
        with pytest.raises(SceneError, match="must be finite, got NaN or infinity"):
            triangle(**{field: (array,) if field == "uvs" else array})
    for field, length in (("translation", 3), ("scale", 3)):
        with pytest.raises(SceneError, match=f"the {field} of node 'n' must be finite"):
            Scene((Node("n", make.box(), **{field: (value,) * length}),))
    primitive = Primitive(CORNERS, [[0, 1, 2]], morphs=(Morph(CORNERS),))
    with pytest.raises(RenderError, match=r"morph weights must be finite to be drawn, got .* at node 'n'"):
        render(Scene((Node("n", Mesh((primitive,), "m", ("one",)), weights=(value,)),)), FRONT, SMALL)
    with pytest.raises(RenderError, match="a material must have finite values of at most"):
        render(box(emissive_strength=value, emissive=(1.0, 1.0, 1.0)), FRONT, SMALL)
    with pytest.raises(RenderError, match="a texture must have a finite offset, rotation and scale, got some that are not for"):
        render(box(base_color_texture=Texture(GREY, offset=(value, 0.0))), FRONT, SMALL)
    with pytest.raises(RenderError, match="a light must have finite values, got some that are not in"):
        render(Scene((*box().nodes, Node("l", light=Light(intensity=value)))), FRONT, SMALL)
    with pytest.raises(RenderError, match="an environment's intensity must be finite and not negative"):
        render(Scene(box().nodes, environment=Environment(intensity=value)), FRONT, SMALL)


def test_too_far_is_refused():
    with pytest.raises(RenderError, match=r"a scene must lie within 1e\+25 m to be drawn, got .* at node 't'"):
        render(triangle(CORNERS * np.float32(3e38)), FRONT, SMALL)


@pytest.mark.parametrize("scale", [(0.0, 0.0, 0.0), (1.0, 0.0, 1.0), (0.0, 1.0, 1.0)])
def test_singular_transforms_flatten_things(scale):
    flat = Scene((Node("box", make.box(), scale=scale),))
    ids = buffers(flat, FRONT, (32, 32))["id"]
    assert (ids >= 0).sum() <= 64  # a line at most
    seen(flat, FRONT)
    both = Scene((*flat.nodes, *make.place(make.single(make.box(), "other"), at=(0, 0, 0)).nodes))
    seen(both, FRONT)
    seen(
        Scene((Node("up", scale=scale), Node("box", make.box(), "up", instances=Instances([[0, 0, 0]], scales=[[1, 0, 1]])))),
        FRONT,
    )


def test_the_scale_of_a_camera_node_is_left_out_but_not_when_it_is_zero():
    pictures = [
        seen(Scene((*box().nodes, Node("eye", translation=(0, 0.5, 3.0), scale=(scale,) * 3, camera=Camera()))), "eye")
        for scale in (1.0, 1e-5, 100.0)
    ]
    assert (pictures[0] == pictures[1]).all()
    assert (pictures[0] == pictures[2]).all()
    with pytest.raises(RenderError, match="a view must have a finite"):
        render(Scene((*box().nodes, Node("eye", scale=(0.0, 0.0, 0.0), camera=Camera()))), "eye", SMALL)


def test_mirrored_things_are_lit_from_the_same_side():
    ball = make.sphere(0.5, 24, 12, Material("m", metallic=0.0))
    plain = seen(Scene((Node("n", ball, translation=(0, 0.5, 0)),)), FRONT)
    mirrored = seen(Scene((Node("n", ball, translation=(0, 0.5, 0), scale=(-1.0, 1.0, 1.0)),)), FRONT)
    assert np.abs(plain - mirrored).max() <= 12


def test_normals_without_length_are_those_of_the_face():
    own = seen(triangle(normals=np.tile(np.float32([0, 0, 1]), (3, 1))), FRONT)
    assert np.abs(seen(triangle(normals=np.zeros((3, 3), np.float32)), FRONT) - own).max() <= 1
    assert np.abs(seen(triangle(normals=np.full((3, 3), 1e-30, np.float32)), FRONT) - own).max() <= 1


def test_tangents_without_length_are_those_of_the_face():
    """As if there were none; the normal map still bends the light."""
    bare = {"normals": np.tile(np.float32([0, 0, 1]), (3, 1)), "uvs": (CORNERS[:, :2],)}
    mapped = Material(
        "m", metallic=0.0, normal_texture=Texture(Image(np.full((2, 2, 3), (220, 90, 180), np.uint8), colour="data"))
    )
    without = seen(triangle(**bare, material=mapped), FRONT)
    assert (seen(triangle(**bare, tangents=np.zeros((3, 4), np.float32), material=mapped), FRONT) == without).all()
    assert (seen(triangle(**bare, material=Material("m", metallic=0.0)), FRONT) != without).any()


@pytest.mark.parametrize("points", [np.zeros((3, 3)), [[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 0, 0], [0, 0, 0], [1, 1, 0]]])
def test_degenerate_triangles_are_not_seen(points):
    assert (buffers(triangle(points), FRONT, (32, 32))["id"] == -1).all()
    seen(triangle(points), FRONT)
    alone = buffers(box(), FRONT, (32, 32))
    both = buffers(Scene((*box().nodes, *triangle(points).nodes)), FRONT, (32, 32))
    assert all((alone[name] == both[name]).all() for name in alone)
    twice = triangle(CORNERS, ((0, 1, 1), (2, 2, 2), (0, 1, 2)))
    assert (buffers(twice, FRONT, (32, 32))["id"] >= 0).any()


def test_indices_out_of_range_are_refused():
    with pytest.raises(SceneError, match=r"faces must index the 3 vertices, got 0..7"):
        triangle(faces=((0, 1, 7),))
    primitive = triangle().nodes[0].mesh.primitives[0]
    with pytest.raises(SceneError, match=r"faces must index the 3 vertices, got -1..2"):
        dataclasses.replace(primitive, faces=np.array([[0, -1, 2]]))


@pytest.mark.parametrize("shape", [(1, 1), (16384, 3), (1, 16384), (3, 16384), (7, 5)])
def test_textures_of_any_shape_are_drawn(shape):
    red = Image(np.full((*shape, 3), (200, 20, 20), np.uint8))
    pixels = seen(box(base_color_texture=Texture(red), unlit=True), FRONT)
    assert (
        pixels[16, 24]
        == seen(box(base_color_texture=Texture(GREY.replace(pixels=red.pixels[:1, :1])), unlit=True), FRONT)[16, 24]
    ).all()
    assert pixels[16, 24, 0] > 150 > 60 > pixels[16, 24, 1]


def test_textures_that_are_missing_or_broken_say_so():
    with pytest.raises(RenderError, match="a texture must have an image, got NoneType"):
        render(box(base_color_texture=Texture(None)), FRONT, SMALL)
    with pytest.raises(ReadError, match="the image/png data cannot be decoded"):
        render(box(base_color_texture=Texture(Image(encoded=b"nonsense", mime="image/png"))), FRONT, SMALL)
    with pytest.raises(RenderError, match="a texture must be finite, got values that are not in"):
        render(box(base_color_texture=Texture(Image(np.full((2, 2, 3), NAN, np.float32)))), FRONT, SMALL)


def test_a_texture_without_uvs_or_with_wild_ones_is_drawn():
    shown = Material("m", base_color_texture=Texture(GREY), unlit=True)
    plain = seen(triangle(material=shown), FRONT)
    for scale in (1e6, 1e30, 3e38):
        wild = seen(triangle(uvs=(CORNERS[:, :2] * np.float32(scale),), material=shown), FRONT)
        assert np.abs(wild - plain).max() <= 2 or scale > 1e29
    seen(box(base_color_texture=Texture(GREY, offset=(1e300, 0), scale=(1e300, 1e-300))), FRONT)


@pytest.mark.parametrize("strength", [1e5, 1e15, 1e30])
def test_wild_amounts_of_light_are_white(strength):
    lamp = Node("l", translation=(0, 0.5, 3.0), light=Light(intensity=strength))
    assert seen(Scene((*box().nodes, lamp)), FRONT)[16, 24].min() > 200
    assert seen(box(emissive=(1.0, 1.0, 1.0), emissive_strength=strength), FRONT)[16, 24].min() > 200
    seen(triangle(colors=np.full((3, 4), min(strength, 3e38))), FRONT)
    seen(Scene((*box().nodes, Node("l", translation=(0, 1.0, 0), light=Light()))), FRONT)  # a lamp on a surface
    with pytest.raises(RenderError, match="a material must have finite values of at most"):
        render(box(emissive=(1.0, 1.0, 1.0), emissive_strength=1e300), FRONT, SMALL)


def test_deep_trees_are_drawn():
    deep = [Node("n0")]
    deep += [Node(f"n{i}", parent=f"n{i - 1}", translation=(0.0, 0.0001, 0.0)) for i in range(1, 20_000)]
    deep.append(Node("box", make.box((1.0, 1.0, 1.0)), "n19999", translation=(0.0, -1.9999, 0.0)))
    turn = Animation("turn", (Channel("n0", "scale", [0.0, 1.0], [[1, 1, 1], [2, 2, 2]]),))
    scene = Scene(tuple(deep), (turn,))
    assert (buffers(scene, FRONT, (32, 32))["id"] == 20_000).any()
    assert len(list(clip(scene, "front", fps=2, settings=SMALL, animation="turn").frames())) == 2


@pytest.mark.parametrize("threads", [2, 8])
def test_threads_render_at_once_with_equal_bytes(threads):
    scene = make.group(
        "g", box(roughness=0.3), make.place(make.single(make.sphere(0.5), "ball"), at=(1.2, 0.5, 0.0)), tube(12, 20)
    )

    def work(_):
        return render(scene, "three-quarter", Settings(size=(64, 48), samples=2)).pixels.tobytes()

    alone = work(0)
    with ThreadPoolExecutor(threads) as pool:
        assert set(pool.map(work, range(threads * 2))) == {alone}


class Enough(Exception):
    pass


def again(work):
    while True:
        work()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs interval timers")
def test_a_picture_that_is_interrupted_stops_and_the_next_is_right():
    scene, large = make.single(make.sphere(0.5, 96, 48), "ball"), Settings(size=(1600, 1600), samples=2)
    before = seen(scene, FRONT)

    def stop(*_):
        raise Enough

    old = signal.signal(signal.SIGALRM, stop)
    try:
        for delay in (0.02, 0.1, 0.3):
            signal.setitimer(signal.ITIMER_REAL, delay)
            with pytest.raises(Enough):
                again(lambda: render(scene, FRONT, large))
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert (seen(scene, FRONT) == before).all()


def test_a_clip_that_is_left_while_it_is_drawn_leaves_no_thread_behind():
    frames = clip(tube(64, 100), "orbit", fps=30, seconds=60, settings=Settings(size=(160, 120)), animation="wave").frames()
    next(frames)
    frames.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("dhsdk-clip")]
    assert list(frames) == []


TEN_MILLION = """
import dataclasses, resource, sys
from dhsdk.render import Settings, buffers, named, render
from dhsdk.scene import Mesh, Node, Scene
from tests.render.bodies import tube

whole = tube(2500, 2000).node("body").mesh.primitives[0]
still = dataclasses.replace(whole, joints=None, weights=None, morphs=())
scene = Scene((Node("body", Mesh((still,))),))
view = named(scene, "front")
assert len(still.faces) == 10_000_000
assert (buffers(scene, view, (160, 120))["id"] == 0).sum() > 1000
assert render(scene, view, Settings(size=(160, 120), samples=1)).pixels.std() > 10
sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""


@pytest.mark.slow
def test_ten_million_triangles_are_drawn_in_bounded_memory():
    run = subprocess.run(
        [sys.executable, "-c", TEN_MILLION], capture_output=True, text=True, timeout=600, cwd=Path(__file__).parents[2]
    )
    assert run.returncode == 0, run.stderr[-2000:]
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(run.stdout) * unit < 8e9


def test_every_refusal_here_is_of_the_family():
    for kind in (ParamError, ReadError, RenderError, SceneError):
        assert issubclass(kind, DhsdkError)
