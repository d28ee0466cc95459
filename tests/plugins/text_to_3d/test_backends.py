"""Backends shap-e and paint on tiny random weights: the real loading code, real steps, the whole way to the scene."""

from dataclasses import replace

import numpy as np
import pytest

from dhsdk.errors import Cancelled, GenerationError, RequestError
from dhsdk.host import Host
from dhsdk.plugins.text_to_3d.backends import paint, shap_e
from dhsdk.plugins.text_to_3d.backends.plan import PaintPlan, ShapEPlan
from dhsdk.ready.atlas import one_atlas
from dhsdk.ready.paint import ViewBuffers, around
from dhsdk.render.camera import frame
from dhsdk.scene import make
from dhsdk.scene.check import check
from dhsdk.scene.measure import bounds
from dhsdk.testing import FakeContext
from tests.diffusion import tiny


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def design():
    host = Host(device="cpu")
    return host.plan(host.request("text_to_3d", prompt="a small oak stool with a red velvet cushion", texture=128, tris=2000))


def ball(tmp_path, seed=0, **values):
    values = {"prompt": "a red ball", "model": str(tiny.folder("shap_e")), "steps": 2, "grid": 32, "tris": 1200, "texture": 128}
    return shap_e.run(ShapEPlan(**values), FakeContext(tmp_path, seed=seed))


def painted(tmp_path, design, name="sd", seed=0, ctx=None, **values):
    values = {"views": 3, "pixels": 64, "steps": 2} | values
    plan = PaintPlan(design=design, prompt="a stone chair", model=str(tiny.folder(name)), **values)
    return paint.run(plan, ctx or FakeContext(tmp_path, seed=seed))


def base(scene):
    return scene.materials[0].base_color_texture.image.pixels


def triangles(scene):
    return sum(node.mesh.triangles for node in scene.nodes if node.mesh is not None)


def test_shap_e_makes_a_ready_scene(tmp_path):
    made = ball(tmp_path)
    assert [node.key for node in made.nodes] == ["a_red_ball"]
    assert 600 < triangles(made) <= 1200
    assert made.nodes[0].lods
    assert made.nodes[0].colliders
    assert base(made).shape == (128, 128, 3)
    low, high = bounds(made)
    assert (high - low).max() == pytest.approx(1.0, abs=0.02)
    assert low[1] == pytest.approx(0.0, abs=1e-6)
    assert not [one for one in check(made) if one.severity in ("error", "warning")]


def test_shap_e_bakes_the_colours_of_the_field(tmp_path):
    """Each texel has the colour of the nearest vertex of the mesh that the model gave."""
    from scipy.spatial import cKDTree

    from dhsdk.diffusion import pretrained
    from dhsdk.materials.colour import decoded

    ctx, made = FakeContext(tmp_path), ball(tmp_path)
    model = pretrained.load(tiny.folder("shap_e"))
    mesh = pretrained.shap_e_mesh(model, "a red ball", seed=int(ctx.rng("noise").integers(1 << 62)), steps=2, grid=32)
    low, high = mesh.positions.min(axis=0), mesh.positions.max(axis=0)
    points = (mesh.positions - [(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2]) / (high - low).max()
    shape = made.nodes[0].mesh.primitives[0]
    at = np.clip((shape.uvs[0] * 128).astype(int), 0, 127)
    texels = decoded(base(made)[at[:, 1], at[:, 0]] / 255)
    wanted = mesh.colours[cKDTree(points).query(shape.positions)[1]]
    assert np.ptp(wanted, axis=0).max() > 0.2
    assert np.sqrt(((texels - wanted) ** 2).mean()) < 0.03


def test_shap_e_says_what_made_it_and_the_seed_decides(tmp_path):
    one, same, other = (ball(tmp_path, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.nodes[0].mesh.primitives[0].positions, same.nodes[0].mesh.primitives[0].positions)
    np.testing.assert_array_equal(base(one), base(same))
    assert one.nodes[0].mesh.primitives[0].positions.tobytes() != other.nodes[0].mesh.primitives[0].positions.tobytes()
    own = one.extras["dhsdk"]
    assert own["backend"] == "shap-e"
    assert (own["models"][0]["licence"], len(own["models"][0]["sha256"])) == ("cc0-1.0", 64)


@pytest.mark.parametrize(
    "name",
    [
        "sd",
        "sd_inpaint",
        "sd_controlnet",
        *(pytest.param(one, marks=pytest.mark.slow) for one in ("sdxl", "sd3", "flux", "flux_fill", "qwen")),
    ],
)
def test_paint_changes_the_base_colour_alone(tmp_path, design, name):
    made = painted(tmp_path, design, name)
    plain = Host(device="cpu").generate(
        "text_to_3d", prompt="a small oak stool with a red velvet cushion", texture=128, tris=2000
    )
    assert [node.key for node in made.nodes] == [node.key for node in plain.nodes]
    assert triangles(made) == triangles(plain) <= 2000
    assert [one.extras.get("dhsdk", {}).get("backend") for one in (made,)] == ["paint"]
    assert {one.name: (one.sheen, one.clearcoat) for one in made.materials} == {
        one.name: (one.sheen, one.clearcoat) for one in plain.materials
    }
    own = one_atlas(plain, 128).scene.materials[0]
    painted_one = made.materials[0]
    assert base(made).shape == (128, 128, 3)
    for field in ("metallic_roughness_texture", "normal_texture"):
        before, after = (getattr(one, field).image.pixels.astype(int) for one in (own, painted_one))
        assert np.abs(before - after).mean() < 1.0
    assert np.abs(base(made).astype(int) - own.base_color_texture.image.pixels).mean() > 5
    assert not [one for one in check(made) if one.severity == "error"]
    assert any(node.lods for node in made.nodes)


def test_paint_depends_on_the_seed_alone(tmp_path, design):
    one, same, other = (base(painted(tmp_path, design, seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


@pytest.fixture(scope="module")
def look():
    """What a view of a box shows, half of it known and green."""
    from dhsdk.ready.paint import _Canvas

    scene = make.single(make.box((1.0, 1.0, 1.0)), "box")
    seen = _Canvas(one_atlas(scene, 64)).look(frame(scene, margin=0.05), (64, 64), 1, 3)
    known = np.zeros((64, 64), np.float32)
    known[:, :32] = seen.covered[:, :32]
    start = np.where(known[..., None] > 0, [0.0, 1.0, 0.0], seen.start).astype(np.float32)
    return replace(seen, known=known, start=start)


def painter(tmp_path, name, **values):
    from dhsdk.diffusion import pretrained

    plan = PaintPlan.model_construct(prompt="a box", model=str(tiny.folder(name)), steps=3, guidance=5.0, strength=0.8, **values)
    return paint.painter_of(pretrained.load(plan.model), plan, FakeContext(tmp_path), lambda fraction, message: None)


@pytest.mark.parametrize("name", ["sd", "sd_inpaint", "sd_controlnet", "flux_fill"])
def test_what_is_known_is_kept_and_the_rest_is_new(tmp_path, look, name):
    made = painter(tmp_path, name)(look)
    np.testing.assert_array_equal(made[look.known == 1], look.start[look.known == 1])
    free = look.covered & (look.known == 0)
    assert (np.abs(made[free] - look.start[free]).max(axis=1) > 0.02).mean() > 0.5
    np.testing.assert_array_equal(made[~look.covered], paint.BEHIND)


def test_a_view_that_is_known_asks_nobody(tmp_path, look):
    known = replace(look, known=np.ones((64, 64), np.float32))
    np.testing.assert_array_equal(painter(tmp_path, "sd")(known)[look.covered], look.start[look.covered])


@pytest.mark.parametrize(("name", "sees"), [("sd", False), ("sd_controlnet", True)])
def test_a_control_net_is_shown_the_depth(tmp_path, look, name, sees):
    bent = replace(look, depth=(look.depth + np.linspace(0, 3, 64, dtype=np.float32)[:, None] ** 2).astype(np.float32))
    one, other = (painter(tmp_path, name)(seen) for seen in (look, bent))
    assert (np.abs(one - other).max() > 1e-4) == sees


def test_the_picture_of_depth_is_white_where_it_is_near(look):
    made = paint.depth_picture(look)
    assert made.shape == (64, 64, 3)
    depth = np.where(look.covered, look.depth, np.nan)
    assert made[np.unravel_index(np.nanargmin(depth), depth.shape)][0] == pytest.approx(1.0)
    assert made[np.unravel_index(np.nanargmax(depth), depth.shape)][0] == pytest.approx(paint.FAINT)
    assert (made[~look.covered] == 0).all()


def test_views_have_words(look):
    scene = make.single(make.box((1.0, 1.0, 1.0)), "box")
    words = [paint.side(replace(look, view=view)) for view in around(scene, 6)]
    assert words[0] == "front view"
    assert words[3] == "back view"
    assert words[4:] == ["seen from above", "seen from below"]
    assert isinstance(look, ViewBuffers)


def test_a_folder_of_another_kind_is_told(tmp_path, design):
    with pytest.raises(RequestError, match=r"^text_to_3d needs a folder of ShapEPipeline; .* holds StableDiffusionPipeline"):
        shap_e.run(ShapEPlan(prompt="a ball", model=str(tiny.folder("sd"))), FakeContext(tmp_path))
    for name in ("shap_e", "sd_upscale"):
        with pytest.raises(RequestError, match=r"^painting needs a folder that serves controlnet, image_to_image, inpaint; "):
            painted(tmp_path, design, name)


def test_a_folder_that_is_not_there_is_told(tmp_path, design):
    with pytest.raises(RequestError, match="no/such"):
        shap_e.run(ShapEPlan(prompt="a ball", model="no/such"), FakeContext(tmp_path))
    with pytest.raises(RequestError, match="no/such"):
        paint.run(PaintPlan(design=design, prompt="a ball", model="no/such"), FakeContext(tmp_path))


def test_a_budget_that_the_mesh_cannot_meet_is_told(tmp_path):
    plan = ShapEPlan(prompt="a ball", model=str(tiny.folder("shap_e")), steps=1, grid=32, tris=200)
    made = shap_e.run(plan, FakeContext(tmp_path))
    assert triangles(made) <= 200


@pytest.mark.parametrize("at", ["licence", "step 1 of", "view 2"])
def test_a_cancel_stops_on_the_way(tmp_path, design, at):
    ctx = FakeContext(tmp_path)
    said = []

    def report(fraction, message):
        said.append(message)
        if at in message:
            ctx.cancel()

    object.__setattr__(ctx, "_report", report)
    with pytest.raises(Cancelled):
        painted(tmp_path, design, ctx=ctx)
    assert at in said[-1]


def test_progress_never_falls(tmp_path, design):
    ctx = FakeContext(tmp_path)
    painted(tmp_path, design, ctx=ctx)
    fractions = [fraction for fraction, _ in ctx.said]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_too_little_memory_is_told_with_the_mend(tmp_path, design, monkeypatch):
    from dhsdk.diffusion.pretrained import memory

    monkeypatch.setattr(memory, "free_bytes", lambda device: 1000)
    with pytest.raises(RequestError, match=r"^the weights of sd need .* on cpu, free are "):
        painted(tmp_path, design)


def test_running_out_of_memory_on_the_way_is_told(tmp_path, design, monkeypatch):
    import torch

    from dhsdk.diffusion.pretrained import latent

    def full(*args, **kwargs):
        raise torch.OutOfMemoryError("no room")

    monkeypatch.setattr(latent.LatentModel, "encode", full)
    with pytest.raises(RequestError, match=r"^painting with StableDiffusionPipeline ran out of memory on cpu: "):
        painted(tmp_path, design)


def test_weights_that_make_nan_stop_at_the_step(tmp_path, design, monkeypatch):
    from dhsdk.diffusion import pretrained

    def poisoned(name, *args, **kwargs):
        made = pretrained.load(name)
        made.pipe.unet.conv_out.bias.data.fill_(float("nan"))
        return made

    monkeypatch.setattr(pretrained, "shared", poisoned, raising=False)
    with pytest.raises(GenerationError, match=r"became NaN or infinite at step 1 of "):
        painted(tmp_path, design)


def test_distillation_moves_the_texture_to_what_the_denoiser_knows(tmp_path):
    """It knows one lit picture, of the box in another colour: seen texels take that colour, not that of the lit picture."""
    import torch

    from dhsdk.diffusion.schedules import schedule
    from dhsdk.plugins.text_to_3d.backends import distil
    from dhsdk.ready.atlas import recoloured
    from dhsdk.render.diff import model, picture

    scene = make.single(make.box((1.0, 1.0, 1.0)), "box")
    view, size = frame(scene, margin=0.05), (48, 48)
    atlas = one_atlas(scene, 32)
    wanted = np.float32([0.1, 0.5, 0.3])
    target = recoloured(atlas, np.broadcast_to(wanted, atlas.colours.shape))
    light = distil._srgb(picture(model(target, view), view, size, torch.full((3,), distil.BEHIND)))
    known = light.permute(2, 0, 1)[None].detach()
    made = distil.moved(
        atlas, [view], size, lambda x, t: known.to(x), schedule("ddim", 50, prediction_type="sample"), steps=150, lr=0.1,
        tell=lambda fraction, message: None,
    )  # fmt: skip
    from dhsdk.materials.colour import decoded

    colours = decoded(base(made).reshape(-1, 3)[atlas.where.at] / 255)
    normals = atlas.geometry.normals[atlas.geometry.faces[atlas.where.face, 0]]
    points = atlas.geometry.positions[atlas.geometry.faces[atlas.where.face]].mean(axis=1)
    seen = (normals * (view.world[:3, 3] - points)).sum(axis=1) > 0.1
    assert np.median(np.abs(colours[seen] - wanted)) < 0.03
    assert np.median(np.abs(colours[~seen] - atlas.colours[~seen])) < 0.03


@pytest.mark.slow
def test_distillation_runs_with_a_pipeline(tmp_path, design):
    made = painted(tmp_path, design, method="distill", steps=1)
    own = painted(tmp_path, design, method="distill", steps=1)
    np.testing.assert_array_equal(base(made), base(own))


@pytest.fixture
def host():
    return Host(device="cpu")


def test_a_painted_chair_from_prompt_to_file_and_back(host, tmp_path):
    values = {"prompt": "a small oak stool", "texture": 64, "backend": "paint", "model": str(tiny.folder("sd"))}
    edits = {"views": 2, "pixels": 64, "steps": 1, "legs.count": 5}
    request = host.request("text_to_3d", plan=edits, seed=3, **values)
    plan = host.plan(request)
    assert (plan.backend, plan.design.backend, plan.views, plan.design.objects[0].shape.legs.count) == ("paint", "design", 2, 5)
    made = host.generate(request)
    own = made.extras["dhsdk"]
    assert own["backend"] == "paint"
    assert "StableDiffusionPipeline sd" in [one["name"] for one in own["models"]]
    assert len(own["models"]) == 2  # and the prior of the design
    assert "oak" in own["understood"]
    host.save(made, tmp_path / "a.glb")
    again = host.rebuild(tmp_path / "a.glb")
    np.testing.assert_array_equal(base(again), base(made))
    taller = host.generate(host.request("text_to_3d", plan=edits, seed=3, change="taller", **values))
    assert np.ptp(bounds(taller), axis=0)[1] > np.ptp(bounds(made), axis=0)[1]


def test_a_mesh_by_shap_e_from_prompt_to_file_and_back(host, tmp_path):
    values = {"prompt": "a corgi", "texture": 64, "backend": "shap-e", "model": str(tiny.folder("shap_e")), "tris": 500}
    request = host.request("text_to_3d", plan={"steps": 1, "grid": 24, "size": 0.3}, **values)
    made = host.generate(request)
    assert np.ptp(bounds(made), axis=0).max() == pytest.approx(0.3, abs=0.01)
    assert made.extras["dhsdk"]["backend"] == "shap-e"
    assert made.extras["dhsdk"]["assumed"] == ("1 m along its longest edge unless size says else: the model knows no metres",)
    host.save(made, tmp_path / "a.glb")
    again = host.rebuild(tmp_path / "a.glb")
    np.testing.assert_array_equal(again.nodes[0].mesh.primitives[0].positions, made.nodes[0].mesh.primitives[0].positions)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"backend": "shap-e"},
            "model must be the folder of a diffusers pipeline for backend shap-e, got none: give --model FOLDER",
        ),
        (
            {"backend": "paint"},
            "model must be the folder of a diffusers pipeline for backend paint, got none: give --model FOLDER",
        ),
        ({"model": "some/folder"}, "model is for --backend shap-e and paint, got one with backend design: leave out one of both"),
        ({"backend": "shap-e", "model": "a/b", "prompt": " "}, "a prompt must say what to make, got none: 'a corgi'"),
        (
            {"backend": "shap-e", "model": "a/b", "change": "taller"},
            "words cannot change a mesh by shap-e, got 'taller': put them",
        ),
    ],
)
def test_what_a_request_lacks_is_told_before_any_work(host, values, message):
    with pytest.raises(RequestError) as error:
        host.generate(host.request("text_to_3d", **{"prompt": "a stool", **values}))
    assert message in str(error.value)
