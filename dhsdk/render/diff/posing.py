"""Morph targets and skins in torch: vertices as functions of weights, bones and rest shape."""

from __future__ import annotations

from torch import Tensor

from dhsdk.errors import RenderError


def morph(points: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """(V, 3) points moved by targets (T, V, 3), displacements, times weights (T,). Differentiable in all three.

    Raises RenderError: shapes that do not belong together.
    """
    if targets.dim() != 3 or targets.shape[1:] != points.shape or weights.shape != targets.shape[:1]:
        raise RenderError(
            f"morph targets must have the shape (T, {len(points)}, 3) and T weights, got {tuple(targets.shape)} "
            f"and {tuple(weights.shape)}"
        )
    out: Tensor = points + (targets * weights[:, None, None]).sum(0)
    return out


def skin(points: Tensor, joints: Tensor, weights: Tensor, bones: Tensor) -> Tensor:
    """(V, 3) points (V, 3) carried by bones (J, 4, 4), each from the rest pose to where it is now: linear blend skinning.

    joints: (V, K) integers. weights: (V, K), which add up to one. Differentiable in points, weights and bones. Directions turn
    with the bones alone: skin(points + normals, ...) - skin(points, ...) are the normals of bones that do not shear.
    Raises RenderError: shapes that do not belong together, a joint that is no bone.
    """
    if joints.shape != weights.shape or joints.dim() != 2 or len(joints) != len(points) or bones.shape[1:] != (4, 4):
        raise RenderError(
            f"a skin must have joints and weights (V, K) for its {len(points)} points and bones (J, 4, 4), got "
            f"{tuple(joints.shape)}, {tuple(weights.shape)} and {tuple(bones.shape)}"
        )
    if len(joints) and not 0 <= int(joints.min()) <= int(joints.max()) < len(bones):
        raise RenderError(f"joints must be numbers of the {len(bones)} bones, got {int(joints.min())} to {int(joints.max())}")
    blended = (bones[joints.long()] * weights[:, :, None, None]).sum(1)
    out: Tensor = (blended[:, :3, :3] @ points[:, :, None])[:, :, 0] + blended[:, :3, 3]
    return out
