"""Shap-E: a folder whose field has a surface gives a closed mesh, upright, coloured, deterministic; an empty field says so."""

import numpy as np
import pytest
import torch

from dhsdk.diffusion.pretrained import load, shap_e_mesh
from dhsdk.errors import Cancelled, GenerationError, ParamError, RequestError
from tests.diffusion import tiny
from tests.diffusion.tiny_cubes import marching_cubes_table


@pytest.fixture(scope="module")
def mesh(pretrained):
    return shap_e_mesh(pretrained("shap_e"), "a red ball", steps=3, grid=32)


def volume(mesh):
    a, b, c = (mesh.positions[mesh.faces[:, at]].astype(float) for at in range(3))
    return np.einsum("ij,ij->", a, np.cross(b, c)) / 6


def test_the_mesh_is_the_closed_ball_that_the_field_describes(mesh):
    """Every edge is walked once each way; genus 0; distances and volume are the ball's up to the dents of the latent."""
    edges = np.concatenate([mesh.faces[:, [at, (at + 1) % 3]] for at in range(3)])
    walked = {tuple(one) for one in edges.tolist()}
    assert len(walked) == len(edges)
    assert {(b, a) for a, b in walked} == walked
    assert len(mesh.positions) - len(walked) // 2 + len(mesh.faces) == 2
    radius = np.linalg.norm(mesh.positions, axis=1)
    assert radius.min() > 0.85 * tiny.RADIUS
    assert radius.max() < 1.15 * tiny.RADIUS
    assert volume(mesh) == pytest.approx(4 / 3 * np.pi * tiny.RADIUS**3, rel=0.15)
    assert mesh.positions.dtype == np.float32
    assert mesh.faces.dtype == np.int32


def test_faces_turn_outwards_whatever_the_table_of_the_weights_does(mesh):
    other = load(tiny.folder("shap_e"))
    other.pipe.shap_e_renderer.mesh_decoder.cases.copy_(other.pipe.shap_e_renderer.mesh_decoder.cases.flip(-1))
    assert volume(shap_e_mesh(other, "a red ball", steps=3, grid=32)) == pytest.approx(volume(mesh))


def test_colours_follow_the_field(mesh):
    """The kit's colour is sigmoid(4 silu(x)) in red, sigmoid(1) in green, 0.5 in blue, and the renderer makes it linear."""
    assert mesh.colours.shape == mesh.positions.shape
    assert mesh.colours.dtype == np.float32
    assert mesh.colours[:, 1] == pytest.approx(linear(1 / (1 + np.exp(-1.0))), abs=1e-3)
    assert mesh.colours[:, 2] == pytest.approx(linear(0.5), abs=1e-3)
    right, left = mesh.positions[:, 0] > 0.4, mesh.positions[:, 0] < -0.4
    assert mesh.colours[right, 0].min() > mesh.colours[left, 0].max()


def linear(value):
    return ((value + 0.055) / 1.055) ** 2.4


def test_up_is_y(pretrained):
    """The model's +Z is our +Y: the field is raised along it by the bias of the first layer's sine of z."""
    raised = load(tiny.folder("shap_e"))
    project = next(iter(raised.pipe.shap_e_renderer.params_proj.projections.values()))
    with torch.no_grad():
        bias = project.proj.bias.view(4, 93)
        bias[0, 2] += 0.2
        bias[1, 2] -= 0.2
    centre = shap_e_mesh(raised, "a red ball", steps=3, grid=32).positions.mean(axis=0)
    plain = shap_e_mesh(pretrained("shap_e"), "a red ball", steps=3, grid=32).positions.mean(axis=0)
    assert centre[1] - plain[1] > 0.1
    assert np.abs(centre - plain)[[0, 2]].max() < 0.05


def test_same_seed_same_bytes_and_words_and_seed_move_it(pretrained, mesh):
    loaded = pretrained("shap_e")
    again = shap_e_mesh(loaded, "a red ball", steps=3, grid=32)
    assert all(np.array_equal(one, other) for one, other in zip(mesh, again, strict=True))
    for changed in (
        shap_e_mesh(loaded, "a green house", steps=3, grid=32),
        shap_e_mesh(loaded, "a red ball", steps=3, grid=32, seed=1),
    ):
        assert changed.positions.shape != mesh.positions.shape or not np.array_equal(changed.positions, mesh.positions)


def test_progress_runs_through_steps_and_points_and_cancel_stops_in_both(pretrained):
    told = []
    shap_e_mesh(pretrained("shap_e"), "a ball", steps=3, grid=32, progress=lambda share, text: told.append((share, text)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert {text for _, text in told} == {f"step {at} of 5" for at in range(1, 6)} | {"looking for the surface"}
    for where in ("step 2", "looking"):

        def stop(share, text, where=where):
            if text.startswith(where):
                raise Cancelled("cancelled")

        with pytest.raises(Cancelled):
            shap_e_mesh(pretrained("shap_e"), "a ball", steps=3, grid=32, progress=stop)
    renderer = pretrained("shap_e").pipe.shap_e_renderer
    assert not renderer.mlp._forward_pre_hooks
    assert not renderer.mesh_decoder._forward_hooks


def test_a_field_without_a_surface_says_so():
    empty = load(tiny.folder("shap_e"))
    with torch.no_grad():
        empty.pipe.shap_e_renderer.mlp.mlp[-1].bias[0] -= 5.0
    with pytest.raises(GenerationError, match="the field has no surface: take other words, another seed or more steps"):
        shap_e_mesh(empty, "a ball", steps=2, grid=16)


def test_a_mesh_that_is_not_finite_is_told():
    broken = load(tiny.folder("shap_e"))
    with torch.no_grad():
        broken.pipe.shap_e_renderer.mlp.mlp[-1].bias[3] = float("nan")
    with pytest.raises(
        GenerationError, match="the decoded mesh has values that are not finite: load the folder with dtype='float32'"
    ):
        shap_e_mesh(broken, "a ball", steps=2, grid=16)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"grid": 4}, r"grid must be in \[8, 512\], got 4 \(points along a side\)"),
    ],
)
def test_values_are_checked(pretrained, values, message):
    with pytest.raises(ParamError, match=message):
        shap_e_mesh(pretrained("shap_e"), "a ball", **values)


def test_another_folder_is_refused(pretrained):
    with pytest.raises(RequestError, match="text_to_3d needs a folder of ShapEPipeline"):
        shap_e_mesh(pretrained("sd"), "a ball")


def test_half_precision_gives_a_mesh():
    made = shap_e_mesh(load(tiny.folder("shap_e"), dtype="bfloat16"), "a red ball", steps=3, grid=32)
    assert volume(made) == pytest.approx(4 / 3 * np.pi * tiny.RADIUS**3, rel=0.3)


def test_the_table_of_the_kit_closes_every_case():
    """The kit's own fault would be ours: triangles of random fields form closed surfaces."""
    from diffusers.pipelines.shap_e.renderer import MeshDecoder

    decoder = MeshDecoder()
    cases, masks = marching_cubes_table()
    decoder.cases.copy_(torch.from_numpy(cases))
    decoder.masks.copy_(torch.from_numpy(masks))
    field = torch.full((12, 12, 12), -1.0)
    field[1:-1, 1:-1, 1:-1] = torch.randn(10, 10, 10, generator=torch.Generator().manual_seed(1))
    faces = decoder(field, torch.zeros(3), torch.ones(3)).faces.numpy()
    edges = np.concatenate([faces[:, [at, (at + 1) % 3]] for at in range(3)])
    one_way, count = np.unique(edges, axis=0, return_counts=True)
    other_way, back = np.unique(edges[:, ::-1], axis=0, return_counts=True)
    assert np.array_equal(one_way, other_way)
    assert np.array_equal(count, back)
