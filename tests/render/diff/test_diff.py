"""Differentiable rendering against finite differences."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from dhsdk.errors import RenderError
from dhsdk.render.camera import View, look_at
from dhsdk.render.diff.fragments import interpolate, project, rasterize
from dhsdk.render.diff.silhouette import antialias
from dhsdk.render.topology import topology
from dhsdk.render.visibility import fragments
from dhsdk.render.visibility import rasterize as visible
from dhsdk.scene.primitives import box, sphere
from dhsdk.scene.types import Camera

VIEW = View(look_at((0.3, 0.5, 3.0), (0.02, 0.01, 0.0)), Camera(yfov=0.9))
PARALLEL = View(look_at((0.3, 0.5, 3.0), (0.02, 0.01, 0.0)), Camera(kind="orthographic", ymag=1.4))


def arrays(mesh):
    one = mesh.primitives[0]
    return torch.from_numpy(one.positions.astype(np.float64)), np.ascontiguousarray(one.faces.astype(np.int32)), one


@pytest.mark.parametrize("view", [VIEW, PARALLEL])
def test_weights_and_depth_follow_the_corners(view):
    points, faces, _ = arrays(box((1.0, 0.8, 0.6)))
    size = (24, 20)
    kept = rasterize(project(points, view, size), torch.from_numpy(faces), size).face_id
    rng = np.random.default_rng(0)
    a, b = torch.from_numpy(rng.normal(size=(20, 24, 2))), torch.from_numpy(rng.normal(size=(20, 24)))
    seen = kept >= 0

    def loss(moved):
        found = rasterize(project(moved, view, size), torch.from_numpy(faces), size)
        return (found.bary * a)[seen].sum() + (found.depth[seen] * b[seen]).sum()

    moved = points.clone().requires_grad_(True)
    (grad,) = torch.autograd.grad(loss(moved), moved)
    for direction in rng.normal(size=(6, *points.shape)):
        step = torch.from_numpy(direction) * 1e-3
        ends = []
        for sign in (1, -1):
            pos = project(points + sign * step, view, size).numpy()
            found = fragments(pos.astype(np.float32), faces, kept.numpy().astype(np.int32))  # the same ids
            ends.append((found.bary * a.numpy())[seen.numpy()].sum() + (found.depth * b.numpy())[seen.numpy()].sum())
        expected = (ends[0] - ends[1]) / 2.0
        assert (grad * step).sum().item() == pytest.approx(expected, rel=0.01, abs=0.002)


def test_values_and_weights_have_the_gradients_of_a_weighted_sum():
    points, faces, _one = arrays(box())
    size = (12, 12)
    found = rasterize(project(points, VIEW, size), torch.from_numpy(faces), size)
    values = torch.from_numpy(np.random.default_rng(1).normal(size=(len(points), 3))).requires_grad_(True)
    out = interpolate(values, torch.from_numpy(faces), found)
    weights = torch.cat([found.bary, 1 - found.bary.sum(-1, keepdim=True)], -1).double()
    corners = values[torch.from_numpy(faces).long()[found.face_id.clamp(min=0)]]
    plain = (corners * weights[..., None]).sum(2) * (found.face_id >= 0)[..., None]
    assert torch.allclose(out, plain, atol=1e-6)
    pull = torch.from_numpy(np.random.default_rng(2).normal(size=tuple(out.shape)))
    (ours,) = torch.autograd.grad((out * pull).sum(), values, retain_graph=True)
    (theirs,) = torch.autograd.grad((plain * pull).sum(), values)
    assert torch.allclose(ours, theirs, atol=1e-6)


def covered(points, faces, own, view, size):
    pos = project(points, view, size)
    found = rasterize(pos, torch.from_numpy(faces), size)
    mask = (found.face_id >= 0)[..., None].to(points.dtype)
    return antialias(mask, found, pos, torch.from_numpy(faces), own).sum()


def area(points, faces, view, size, fine=2048):
    pos = project(points, view, (fine, fine)).numpy().astype(np.float32)
    return float((visible(pos, faces, (fine, fine)).face_id >= 0).sum()) * (size / fine) ** 2


@pytest.mark.parametrize("view", [VIEW, PARALLEL])
@pytest.mark.parametrize(("segments", "rings"), [(16, 8), (96, 48)])
def test_the_area_of_a_ball_and_its_growth(view, segments, rings):
    points, faces, one = arrays(sphere(1.0, segments, rings))
    own = topology(faces, one.positions)
    radius = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    shown = covered(points * radius, faces, own, view, (256, 256))
    (grad,) = torch.autograd.grad(shown, radius)
    assert shown.item() == pytest.approx(area(points, faces, view, 256), rel=2e-4)
    expected = (area(points * 1.01, faces, view, 256) - area(points * 0.99, faces, view, 256)) / 0.02
    assert grad.item() == pytest.approx(expected, rel=0.01)


def test_a_seam_is_no_silhouette_but_a_crease_is_smooth():
    _, faces, one = arrays(box())
    assert (topology(faces).edges[:, 3] < 0).sum() == 24  # every side stands alone
    own = topology(faces, one.positions)
    assert (own.edges[:, 3] >= 0).all()
    assert own.creases.sum() == 12
    assert topology(faces, one.positions) is own


def test_what_hides_a_silhouette_keeps_it_from_the_picture():
    points, faces, _one = arrays(sphere(0.3, 32, 16))
    big = points * 3.0 + torch.tensor([0.0, 0.0, -1.2], dtype=torch.float64)
    hidden = torch.cat([big, points * 0.5 + torch.tensor([0.0, 0.0, -2.6], dtype=torch.float64)])
    both = np.concatenate([faces, faces + len(points)]).astype(np.int32)
    hidden.requires_grad_(True)
    shown = covered(hidden, both, topology(both, hidden.detach().numpy()), VIEW, (128, 128))
    (grad,) = torch.autograd.grad(shown, hidden)
    assert grad[: len(points)].abs().sum() > 0
    assert grad[len(points) :].abs().sum() == 0


def blocks():
    """Two boxes that pass through each other and a third behind, with a colour for every face."""
    rng, meshes, at = np.random.default_rng(5), [box((1.0, 0.7, 0.6)), box((0.5, 1.2, 0.9)), box((2.0, 0.4, 0.2))], 0
    points, faces = [], []
    for mesh, place in zip(meshes, ((0.0, 0.0, 0.0), (0.3, 0.1, 0.1), (-0.2, 0.3, -0.8)), strict=True):
        one = mesh.primitives[0]
        points.append(one.positions.astype(np.float64) + place)
        faces.append(one.faces + at)
        at += len(one.positions)
    corners = np.concatenate(faces).astype(np.int32)
    colors = torch.from_numpy(rng.random((len(corners) // 2, 3))).repeat_interleave(2, 0)
    return torch.from_numpy(np.concatenate(points)), corners, colors, len(points[0])


def painted(points, faces, colors, own, size=(64, 64)):
    pos = project(points, VIEW, size)
    found = rasterize(pos, torch.from_numpy(faces), size)
    plain = torch.where((found.face_id >= 0)[..., None], colors[found.face_id.clamp(min=0).long()], 1.0)
    return antialias(plain, found, pos, torch.from_numpy(faces), own)


def test_outlines_corners_and_intersections_move_without_jumps():
    points, faces, colors, count = blocks()
    own = topology(faces, points.numpy())
    moves = torch.zeros_like(points)
    moves[:count] = torch.tensor([0.031, 0.017, 0.023])  # about a pixel sideways
    pictures = [painted(points + moves * step / 250, faces, colors, own) for step in range(251)]
    changes = torch.stack([(b - a).abs().amax(2) for a, b in pairwise(pictures)])
    jumps = changes > 0.03  # a pixel changes by 0.004 of its contrast a step; several times that where an edge slips along
    assert changes.sum() > 10
    assert changes[jumps].sum() < 0.03 * changes.sum()


def test_the_gradient_is_that_of_the_picture():
    points, faces, colors, _count = blocks()
    own = topology(faces, points.numpy())
    rng = np.random.default_rng(2)
    goal = torch.from_numpy(rng.random((64, 64, 3)))
    at = points.clone().requires_grad_(True)
    paint = colors.clone().requires_grad_(True)
    to_points, to_paint = torch.autograd.grad(((painted(at, faces, paint, own) - goal) ** 2).sum(), (at, paint))
    for _ in range(4):
        step, tint = torch.from_numpy(rng.normal(size=points.shape)), torch.from_numpy(rng.normal(size=colors.shape))
        ends = [((painted(points + h * step, faces, colors + h * tint, own) - goal) ** 2).sum().item() for h in (-1e-7, 1e-7)]
        found = ((to_points * step).sum() + (to_paint * tint).sum()).item()
        assert found == pytest.approx((ends[1] - ends[0]) / 2e-7, rel=1e-4)


def test_a_ball_is_found_again_from_its_outline():
    points, faces, one = arrays(sphere(0.7, 48, 24))
    own, size = topology(faces, one.positions), (96, 96)
    corners = torch.from_numpy(faces)

    def picture(place):
        pos = project(points + place, VIEW, size)
        found = rasterize(pos, corners, size)
        mask = (found.face_id >= 0)[..., None].double()
        return antialias(mask, found, pos, corners, own)

    goal = picture(torch.tensor([0.05, -0.03, 0.0], dtype=torch.float64)).detach()
    place = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    steps = torch.optim.Adam([place], lr=0.02)
    for number in range(80):
        steps.param_groups[0]["lr"] = 0.02 * 0.93**number
        steps.zero_grad()
        ((picture(place) - goal) ** 2).sum().backward()
        steps.step()
    assert math.hypot(place[0].item() - 0.05, place[1].item() + 0.03) < 0.002


def test_nothing_in_sight_is_an_empty_picture():
    points, faces, one = arrays(box())
    away = points + torch.tensor([0.0, 0.0, 50.0], dtype=torch.float64)
    away.requires_grad_(True)
    shown = covered(away, faces, topology(faces, one.positions), VIEW, (16, 16))
    assert shown.item() == 0
    (grad,) = torch.autograd.grad(shown, away)
    assert not grad.any()
    none = topology(np.zeros((0, 3), np.int32))
    assert len(none.edges) == 0


def test_shapes_are_checked():
    points, faces, one = arrays(box())
    pos, corners = project(points, VIEW, (8, 8)), torch.from_numpy(faces)
    found = rasterize(pos, corners, (8, 8))
    with pytest.raises(RenderError, match=r"fragments must have positions \(V, 4\)"):
        rasterize(pos[0], corners, (8, 8))
    with pytest.raises(RenderError, match=r"vertex values must have the shape \(V, C\), got \(8,\)"):
        interpolate(torch.zeros(8), corners, found)
    with pytest.raises(RenderError, match=r"colours must have the picture's shape \(8, 8\) and channels, got \(4, 4, 3\)"):
        antialias(torch.zeros(4, 4, 3), found, pos, corners, topology(faces, one.positions))
    with pytest.raises(RenderError, match=r"faces must have the shape \(F, 3\), got \(3,\)"):
        topology(np.zeros(3, np.int32))


def test_the_package_hands_out_the_function():
    from dhsdk.render.diff import antialias as handed

    assert handed is antialias


def balls(front):
    """A ball before another, each with a colour of its own."""
    unit, faces, _ = arrays(sphere(1.0, 36, 37))
    both = torch.cat([unit * 0.35 + torch.tensor(front, dtype=torch.float64), unit * 0.8])
    colors = torch.tensor([[1.0], [0.4]], dtype=torch.float64).repeat_interleave(len(faces), 0)
    return both, np.concatenate([faces, faces + len(unit)]).astype(np.int32), colors, len(unit)


def black(points, faces, colors, own, size):
    pos = project(points, VIEW, size)
    found = rasterize(pos, torch.from_numpy(faces), size)
    plain = torch.where((found.face_id >= 0)[..., None], colors[found.face_id.clamp(min=0).long()], 0.0)
    return antialias(plain, found, pos, torch.from_numpy(faces), own)


@pytest.mark.parametrize("front", [(0.3, 0.2, 0.9), (0.32, 0.22, 0.9), (0.31, 0.205, 0.9)])
def test_an_outline_close_behind_another_moves_with_its_own_contrast(front):
    points, faces, colors, count = balls(front)
    own, size = topology(faces, points.numpy()), 128

    def light(moved):
        pos = project(moved, VIEW, (2048, 2048)).numpy().astype(np.float32)
        ids = torch.from_numpy(visible(pos, faces, (2048, 2048)).face_id)
        return (torch.where(ids >= 0, colors[ids.clamp(min=0).long(), 0], 0.0).sum() / 16.0**2).item()

    for moves in (slice(0, count), slice(count, None)):
        step = torch.zeros_like(points)
        step[moves] = points[moves] - points[moves].mean(0)
        amount = torch.zeros((), dtype=torch.float64, requires_grad=True)
        (grad,) = torch.autograd.grad(black(points + amount * step, faces, colors, own, (size, size)).sum(), amount)
        expected = (light(points + 0.01 * step) - light(points - 0.01 * step)) / 0.02
        assert grad.item() == pytest.approx(expected, rel=0.02)


def test_slivers_have_the_gradient_of_their_picture():
    points, faces, colors, _ = balls((0.32, 0.22, 0.9))
    own, rng = topology(faces, points.numpy()), np.random.default_rng(3)
    weights = torch.from_numpy(rng.random((128, 128, 1)))
    at, paint = points.clone().requires_grad_(True), colors.clone().requires_grad_(True)
    to_points, to_paint = torch.autograd.grad((black(at, faces, paint, own, (128, 128)) * weights).sum(), (at, paint))
    for _ in range(4):
        step, tint = torch.from_numpy(rng.normal(size=points.shape)), torch.from_numpy(rng.normal(size=colors.shape))
        ends = [
            (black(points + h * step, faces, colors + h * tint, own, (128, 128)) * weights).sum().item() for h in (-1e-8, 1e-8)
        ]
        found = ((to_points * step).sum() + (to_paint * tint).sum()).item()
        assert found == pytest.approx((ends[1] - ends[0]) / 2e-8, rel=1e-4)
