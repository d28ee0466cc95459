"""The pass for meshes from elsewhere: budgets, maps, reports, refusals."""

import json
import sys

import numpy as np
import pytest

import dhsdk
from dhsdk.errors import MissingExtra, RequestError
from dhsdk.ready.foreign import foreign
from dhsdk.ready.options import ForeignOptions
from dhsdk.render import Settings, render
from dhsdk.scene import Material, Mesh, Node, Primitive, Scene, make
from tests.ready.meshes import ball, bumpy, checkered, of, topology


def test_a_textured_source_meets_its_budget_with_its_colours():
    before = bumpy(96, 48, material=checkered())
    after, report = foreign(before, ForeignOptions(tris=900, texture=256))
    shape = after.nodes[0].mesh.primitives[0]
    assert 810 <= len(shape.faces) <= 900
    assert topology(shape.positions, shape.faces) == (0, 0, 0)
    assert report.baked == ("base_color", "normal")
    assert shape.material.base_color_texture.image.pixels.shape == (256, 256, 3)
    assert report.worst < 0.02
    look = Settings(size=(160, 160), samples=1)
    one, other = (render(scene, None, look).pixels.astype(float) / 255 for scene in (before, after))
    assert np.sqrt(((one**2.2 - other**2.2) ** 2).mean()) < 0.04


def test_vertex_colours_become_a_texture():
    points, faces = ball(64, 32)
    colors = np.ones((len(points), 4))
    colors[:, 0] = points[:, 0] > 0
    after, report = foreign(of(points, faces, colors=colors), ForeignOptions(tris=600, texture=128))
    shape = after.nodes[0].mesh.primitives[0]
    assert "base_color" in report.baked
    assert shape.colors is None
    pixels = shape.material.base_color_texture.image.pixels
    u, v = (shape.uvs[0] * 127).astype(int).T
    right = pixels[v, u][shape.positions[:, 0] > 0.1]
    left = pixels[v, u][shape.positions[:, 0] < -0.1]
    assert np.median(right[:, 0]) > np.median(left[:, 0]) + 60


def test_the_colours_of_a_ply_are_read_and_baked(tmp_path):
    points, faces = ball(48, 24)
    lines = ["ply", "format ascii 1.0", f"element vertex {len(points)}"]
    lines += [f"property float {axis}" for axis in "xyz"] + [f"property uchar {name}" for name in ("red", "green", "blue")]
    lines += [f"element face {len(faces)}", "property list uchar int vertex_indices", "end_header"]
    lines += [f"{x:.6f} {y:.6f} {z:.6f} 200 {100 if x > 0 else 20} 30" for x, y, z in points]
    lines += ["3 " + " ".join(map(str, face)) for face in faces]
    (tmp_path / "scan.ply").write_text("\n".join(lines) + "\n")
    scene = dhsdk.load(tmp_path / "scan.ply")
    assert scene.nodes[0].mesh.primitives[0].colors[0, 0] == pytest.approx(0.5776, abs=1e-3)  # 200 of 255, as light
    after, report = foreign(scene, ForeignOptions(tris=500, texture=128))
    assert "base_color" in report.baked
    pixels = after.nodes[0].mesh.primitives[0].material.base_color_texture.image.pixels
    assert np.abs(np.median(pixels[..., 0].astype(int)) - 200 * 0.88) < 30


def test_a_plain_mesh_gets_uvs_and_no_textures():
    after, report = foreign(bumpy(24, 12, uv=False), ForeignOptions(texture=128))
    shape = after.nodes[0].mesh.primitives[0]
    assert report.baked == ()
    assert len(shape.uvs) >= 1
    assert shape.material.base_color_texture is None
    assert report.worst < 1e-5


def test_what_fits_keeps_its_uvs_and_material():
    source = bumpy(24, 12, material=checkered())
    after, report = foreign(source, ForeignOptions(tris=5000))
    assert after.nodes[0].mesh.primitives[0].material is source.nodes[0].mesh.primitives[0].material
    assert report.baked == ()


def test_the_report_tells_before_and_after_and_is_json():
    points, faces = ball()
    _, report = foreign(of(points, faces[40:, ::-1]), ForeignOptions(tris=400, texture=64))
    assert report.before.triangles == len(faces) - 40
    assert report.after.triangles <= 400
    assert report.mended["triangles turned round"] > 0
    assert report.mended["holes closed"] > 0
    again = json.loads(json.dumps(report.json()))
    assert again["after"]["triangles"] == report.after.triangles
    assert any(line.startswith("triangles") for line in report.lines())
    assert any(line.startswith("mended: holes closed") for line in report.lines())


def test_units_axis_size_and_pivot():
    box = of(make.box((100.0, 200.0, 300.0)).primitives[0].positions, make.box().primitives[0].faces)
    after, report = foreign(box, ForeignOptions(unit="cm", up="z", pivot="base", texture=64))
    assert report.after.size == pytest.approx((1.0, 3.0, 2.0))
    points = after.nodes[0].mesh.primitives[0].positions
    assert points[:, 1].min() == pytest.approx(0.0, abs=1e-5)
    assert foreign(box, ForeignOptions(size=2.0, texture=64))[1].after.size == pytest.approx((2 / 3, 4 / 3, 2.0))


def test_refusals_tell_why():
    with pytest.raises(
        RequestError, match=r"a mesh must have a size to be made ready, got 0 along its longest edge: it is empty or a point"
    ):
        foreign(of(np.zeros((3, 3)), [[0, 1, 2]]))
    line = np.array([[0, 0, 0], [1, 0, 0], [1, 0, 0]], float)
    with pytest.raises(RequestError, match=r"a mesh must have triangles with an area, got none in 'thing'"):
        foreign(of(line, [[0, 1, 2]]))
    points, faces = ball(8, 4)
    many = np.concatenate([points + [2.0 * i, 0, 0] for i in range(30)])
    scene = of(many, np.concatenate([faces + i * len(points) for i in range(30)]))
    with pytest.raises(RequestError, match=r"a budget of 100 triangles cannot be met: 30 loose parts need \d+; ask for more"):
        foreign(scene, ForeignOptions(tris=100))
    with pytest.raises(
        RequestError,
        match=r"the shape must change by at most 0.10% of its diagonal, got .*% with \d+ triangles: ask for more triangles",
    ):
        foreign(bumpy(), ForeignOptions(tris=60, tolerance=0.001, texture=64))
    points, faces = ball(250, 130)
    with pytest.raises(RequestError, match=r"at most 60,000 triangles, got 64,500: give a budget \(tris\) or keep the UVs"):
        foreign(of(points, faces))


def test_the_same_mesh_gives_the_same_result():
    one, other = (foreign(bumpy(48, 24, material=checkered()), ForeignOptions(tris=500, texture=64))[0] for _ in range(2))
    a, b = one.nodes[0].mesh.primitives[0], other.nodes[0].mesh.primitives[0]
    assert a.positions.tobytes() == b.positions.tobytes()
    assert a.uvs[0].tobytes() == b.uvs[0].tobytes()
    pictures = [shape.material.base_color_texture.image.pixels.tobytes() for shape in (a, b)]
    assert pictures[0] == pictures[1]


def test_alpha_survives():
    glass = Material("glass", base_color=(1.0, 1.0, 1.0, 0.4), alpha_mode="BLEND", metallic=0.0)
    after, _ = foreign(bumpy(48, 24, material=glass), ForeignOptions(tris=500, texture=64))
    made = after.nodes[0].mesh.primitives[0].material
    assert made.alpha_mode == "BLEND"


def test_poisson_needs_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "open3d", None)
    points, faces = ball()
    with pytest.raises(MissingExtra, match=r"closing a scan by Poisson reconstruction needs an optional .*dhsdk\[geometry\]"):
        foreign(of(points, faces[:400]), ForeignOptions(close="poisson"))


def test_poisson_closes_an_open_scan():
    try:
        import open3d  # noqa: F401
    except (ImportError, OSError) as error:
        pytest.skip(f"open3d cannot be loaded: {error}")
    points, faces = ball(64, 32)
    bowl = faces[points[faces].mean(axis=1)[:, 1] < 0.1]
    after, report = foreign(of(points, bowl), ForeignOptions(tris=800, texture=64, close="poisson", tolerance=0.5))
    shape = after.nodes[0].mesh.primitives[0]
    assert report.mended["surfaces rebuilt around their points"] == 1
    assert topology(shape.positions, shape.faces) == (0, 0, 0)
    assert len(shape.faces) <= 800


def test_materials_stay_with_their_faces_when_some_are_dropped():
    """Red below and blue glass above, doubles in front: each alpha mode keeps a primitive, colours stay where they were."""
    shape = bumpy(48, 24).nodes[0].mesh.primitives[0]
    top = shape.positions[shape.faces.astype(int)].mean(axis=1)[:, 1] > 0
    red = Material("red", base_color=(0.8, 0.0, 0.0, 1.0), metallic=0.0)
    blue = Material("blue", base_color=(0.0, 0.0, 0.8, 0.5), metallic=0.0, alpha_mode="BLEND")
    below = np.concatenate([shape.faces[~top][:200], shape.faces[~top]])
    halves = tuple(
        Primitive(shape.positions, faces, uvs=shape.uvs, material=one) for faces, one in ((below, red), (shape.faces[top], blue))
    )
    after, report = foreign(Scene((Node("both", Mesh(halves)),)), ForeignOptions(tris=600, texture=128, lods=1))
    assert report.mended["double triangles dropped"] == 200
    made = {one.material.alpha_mode: one for one in after.nodes[0].mesh.primitives}
    assert set(made) == {"OPAQUE", "BLEND"}
    assert made["BLEND"].positions[:, 1].mean() > 0.1 > -0.1 > made["OPAQUE"].positions[:, 1].mean()
    pixels = made["OPAQUE"].material.base_color_texture.image.pixels.astype(int)
    for mode, channel in (("OPAQUE", 0), ("BLEND", 2)):
        u, v = (made[mode].uvs[0] * 127).astype(int).T
        assert np.median(pixels[v, u][:, channel] - pixels[v, u][:, 2 - channel]) > 150


def test_the_public_make_ready_mends_when_asked_to():
    points, faces = ball()
    source = of(points, faces[30:, ::-1])
    shape = dhsdk.make_ready(source, mend=True, tris=300, texture=64).nodes[0].mesh.primitives[0]
    assert topology(shape.positions, shape.faces) == (0, 0, 0)
    assert topology(*(getattr(dhsdk.make_ready(source).nodes[0].mesh.primitives[0], name) for name in ("positions", "faces")))[0]


def test_torn_sheets_have_levels_of_detail():
    """What lies between a sheet and its middle cancels out: it says nothing of what a level lost."""
    x, y = np.meshgrid(np.linspace(-5, 5, 80), np.linspace(-5, 5, 80))
    points = np.stack([x, 0.5 * np.sin(x) * np.cos(1.3 * y), y], axis=-1).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(79), np.arange(79), indexing="ij")
    corner = (i * 80 + j).ravel()
    squares = np.stack([corner, corner + 1, corner + 81, corner + 80], axis=1)
    squares = squares[np.random.default_rng(6).random(len(squares)) < 0.98]
    faces = np.concatenate([squares[:, :3], squares[:, [0, 2, 3]]])
    _, report = foreign(of(points, faces), ForeignOptions(tris=2000, texture=64, colliders="none", close="none"))
    assert len(report.lods) >= 2


def test_thin_tubes_have_no_normals_against_their_triangles():
    turn, side = np.meshgrid(np.arange(200) * np.pi / 100, np.arange(16) * np.pi / 8, indexing="ij")
    out = 1.0 + 0.05 * np.cos(side)
    points = np.stack([out * np.cos(turn), 0.05 * np.sin(side), out * np.sin(turn)], axis=-1).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(200), np.arange(16), indexing="ij")
    a, b, c, d = (((i + u) % 200 * 16 + (j + v) % 16).ravel() for u, v in ((0, 0), (0, 1), (1, 1), (1, 0)))
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    after, _ = foreign(of(points, faces), ForeignOptions(tris=90, texture=64, tolerance=0.2, colliders="none"))
    for mesh in (after.nodes[0].mesh, *after.nodes[0].lods):
        for shape in mesh.primitives:
            at = shape.positions[shape.faces].astype(float)
            across = np.cross(at[:, 1] - at[:, 0], at[:, 2] - at[:, 0])
            assert ((across * shape.normals[shape.faces].sum(axis=1)).sum(axis=1) >= 0).all()
