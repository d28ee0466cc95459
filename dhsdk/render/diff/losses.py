"""What shapes are fitted with: distances between point sets, smoothness of surfaces. Values are those of PyTorch3D's losses."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from dhsdk.errors import RenderError
from dhsdk.render.topology import Topology


def chamfer(a: Tensor, b: Tensor) -> Tensor:
    """Mean squared distance from points a (N, D) to the nearest of b (M, D), plus the same from b to a. Differentiable in both.

    Raises RenderError: no points, points that are not finite.
    """
    for points in (a, b):
        if points.dim() != 2 or not len(points) or a.shape[1] != points.shape[1] or not bool(torch.isfinite(points).all()):
            raise RenderError(
                f"point sets must be finite, of one dimension and not empty, got {tuple(a.shape)} and {tuple(b.shape)}"
            )
    return ((a - b[_nearest(a, b)]) ** 2).sum(1).mean() + ((b - a[_nearest(b, a)]) ** 2).sum(1).mean()


def _nearest(points: Tensor, among: Tensor) -> Tensor:
    from scipy.spatial import cKDTree

    found = cKDTree(among.detach().cpu().numpy()).query(points.detach().cpu().numpy())[1]
    return torch.from_numpy(np.asarray(found)).to(points.device)


def laplacian(points: Tensor, faces: Tensor) -> Tensor:
    """Mean distance of points (V, 3) from the mean of their neighbours (uniform weights) on faces (F, 3): 0 for the flattest.

    Points without neighbours count as zero.
    """
    sides = torch.cat([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).long()
    both = torch.unique(torch.cat([sides, sides.flip(1)]), dim=0)
    sums = torch.zeros_like(points).index_add(0, both[:, 0], points[both[:, 1]])
    counts = torch.bincount(both[:, 0], minlength=len(points))
    apart = torch.where((counts > 0)[:, None], sums / counts.clamp(min=1)[:, None] - points, torch.zeros_like(points))
    return apart.norm(dim=1).mean()


def normal_consistency(points: Tensor, faces: Tensor, own: Topology) -> Tensor:
    """Mean of 1 - cos of the angle between faces (F, 3) that share an edge: 0 where all is flat. own: topology of the faces.

    Neighbours are counted as turned alike whatever their winding. Zero where no two faces meet.
    """
    sides = torch.from_numpy(own.sides[own.edges[:, 3] >= 0]).long().to(faces.device)
    if not len(sides):
        return points.sum() * 0.0
    edges = torch.from_numpy(own.edges[own.edges[:, 3] >= 0]).long().to(faces.device)
    a, b = points[edges[:, 0]], points[edges[:, 1]]
    one = torch.linalg.cross(b - a, points[edges[:, 2]] - a)
    two = torch.linalg.cross(points[edges[:, 3]] - a, b - a)
    return (1.0 - torch.nn.functional.cosine_similarity(one, two, dim=1)).mean()
