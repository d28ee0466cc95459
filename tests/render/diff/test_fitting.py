"""What fitting is made of: models of scenes, poses, losses."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dhsdk.errors import RenderError
from dhsdk.media import Image
from dhsdk.render import Settings, View, look_at
from dhsdk.render.diff import chamfer, laplacian, model, morph, normal_consistency, picture, skin, topology
from dhsdk.scene import Material, Scene, Texture, make
from dhsdk.scene.primitives import box, sphere

VIEW = View(look_at((1.2, 1.0, 1.5), (0.0, 0.1, 0.0)))


def tensors(mesh, kind=torch.float64):
    one = mesh.primitives[0]
    return torch.tensor(one.positions, dtype=kind), torch.from_numpy(one.faces.astype(np.int64))


def things() -> Scene:
    pixels = np.random.default_rng(0).integers(40, 220, (16, 16, 3), np.uint8)
    paint = Material("paint", base_color_texture=Texture(Image(pixels, colour="srgb")), metallic=0.0)
    ball = make.place(
        make.single(make.sphere(0.25, 24, 12, Material("ball", (0.8, 0.2, 0.1, 1.0), metallic=0.0)), "ball"), at=(0.5, 0, 0)
    )
    return make.group("things", make.single(make.box((0.5, 0.5, 0.5), paint), "box"), ball)


def test_a_model_is_the_scene_and_its_picture_has_the_gradient_of_differences():
    start = model(things(), VIEW, Settings(size=(48, 48)))
    assert len(start.faces) == len(start.material) == len(start.node) == 12 + len(make.sphere(0.25, 24, 12).primitives[0].faces)
    moves = torch.zeros_like(start.points)
    moves[start.faces[start.node == 1].unique()] = torch.tensor([0.0, 0.0, 1.0])
    goal = picture(replace(start, points=start.points + 0.04 * moves), VIEW, (48, 48))

    def loss(amount):
        moved = replace(start, points=start.points + amount * moves)
        return ((picture(moved, VIEW, (48, 48), torch.tensor([0.5, 0.5, 0.5])) - goal) ** 2).sum()

    amount = torch.tensor(0.01, requires_grad=True)
    (grad,) = torch.autograd.grad(loss(amount), amount)
    with torch.no_grad():
        expected = (loss(amount + 2e-3) - loss(amount - 2e-3)) / 4e-3
    assert grad.item() == pytest.approx(expected.item(), rel=0.05)


def test_textures_of_a_model_can_be_painted():
    start = model(things(), VIEW, Settings(size=(48, 48)))
    texture = start.look.textures[0].clone().requires_grad_(True)
    painted = replace(start, look=replace(start.look, textures=(texture, *start.look.textures[1:])))
    picture(painted, VIEW, (48, 48)).sum().backward()
    assert (texture.grad[..., :3] > 0).any()
    assert not texture.grad.isnan().any()


def test_morph_targets_add_up():
    points, _ = tensors(box())
    targets = torch.from_numpy(np.random.default_rng(0).normal(size=(2, *points.shape)))
    moved = morph(points, targets, torch.tensor([0.5, -1.0], dtype=torch.float64))
    assert torch.allclose(moved, points + 0.5 * targets[0] - targets[1])
    with pytest.raises(RenderError, match="morph targets must have the shape"):
        morph(points, targets[:, :3], torch.zeros(2))


def test_a_skin_carries_points_with_its_bones():
    points, _ = tensors(box())
    joints = torch.zeros(len(points), 2, dtype=torch.int64)
    joints[:, 1] = 1
    upper = (points[:, 1] > 0).double()
    weights = torch.stack([1 - upper, upper], 1)
    bones = torch.eye(4, dtype=torch.float64).repeat(2, 1, 1)
    bones[1, :3, 3] = torch.tensor([0.1, 0.2, 0.3])
    bones[1, :3, :3] = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    bones.requires_grad_(True)
    moved = skin(points, joints, weights, bones)
    above = upper > 0
    assert torch.allclose(moved[~above], points[~above])
    assert torch.allclose(moved[above], points[above] @ bones[1, :3, :3].T + bones[1, :3, 3])
    (grad,) = torch.autograd.grad(moved.sum(), bones)
    assert grad[1, 0, 3].item() == above.sum().item()
    with pytest.raises(RenderError, match="joints must be numbers of"):
        skin(points, joints + 1, weights, bones)
    with pytest.raises(RenderError, match="a skin must have joints"):
        skin(points, joints[:3], weights, bones)


def test_losses_are_zero_for_what_is_perfect_and_fall_when_descended():
    points, faces = tensors(sphere(1.0, 16, 12))
    assert chamfer(points, points).item() == 0.0
    flat = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]], dtype=torch.float64)
    pair = torch.tensor([[0, 1, 2], [1, 3, 2]])
    assert normal_consistency(flat, pair, topology(pair.numpy())).item() == pytest.approx(0.0, abs=1e-12)
    folded = flat.clone()
    folded[3] = torch.tensor([0.5, 0.5, 0.5**0.5])
    assert normal_consistency(folded, pair, topology(pair.numpy())).item() == pytest.approx(1.0)
    noisy = (points + 0.05 * torch.from_numpy(np.random.default_rng(0).normal(size=points.shape))).requires_grad_(True)
    own = topology(faces.numpy())
    for loss in (lambda at: laplacian(at, faces), lambda at: normal_consistency(at, faces, own), lambda at: chamfer(at, points)):
        before = loss(noisy)
        (grad,) = torch.autograd.grad(before, noisy)
        assert loss(noisy - 1e-3 * grad / grad.norm()) < before


def test_losses_name_what_is_wrong():
    with pytest.raises(RenderError, match="point sets must be finite"):
        chamfer(torch.zeros(0, 3), torch.zeros(4, 3))
    with pytest.raises(RenderError, match="point sets must be finite"):
        chamfer(torch.full((2, 3), float("nan")), torch.zeros(4, 3))
    alone = torch.tensor([[0, 1, 2]])
    assert normal_consistency(torch.rand(3, 3), alone, topology(alone.numpy())).item() == 0.0


@pytest.mark.engine
@pytest.mark.filterwarnings("ignore::UserWarning")  # PyTorch3D's own
def test_losses_are_those_of_pytorch3d():
    pytest.importorskip("pytorch3d", reason="PyTorch3D is not installed")
    from pytorch3d.loss import chamfer_distance, mesh_laplacian_smoothing, mesh_normal_consistency
    from pytorch3d.structures import Meshes

    one = sphere(1.0, 12, 8).primitives[0]
    welded, inverse = np.unique(one.positions.round(5), axis=0, return_inverse=True)
    faces = inverse[one.faces]
    faces = torch.from_numpy(faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])])
    points = torch.from_numpy(welded).float() + 0.05 * torch.rand(len(welded), 3, generator=torch.Generator().manual_seed(0))
    mesh = Meshes([points], [faces])
    others = torch.rand(50, 3, generator=torch.Generator().manual_seed(1))
    assert chamfer(points, others).item() == pytest.approx(chamfer_distance(points[None], others[None])[0].item(), rel=1e-4)
    assert laplacian(points, faces).item() == pytest.approx(mesh_laplacian_smoothing(mesh).item(), rel=1e-4)
    ours = normal_consistency(points, faces, topology(faces.numpy().astype(np.int32)))
    assert ours.item() == pytest.approx(mesh_normal_consistency(mesh).item(), rel=1e-4)
