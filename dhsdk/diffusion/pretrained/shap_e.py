"""Text to a mesh by a Shap-E folder: the latent is drawn by its prior, its field becomes triangles, its colours come along.

Source: Jun and Nichol, "Shap-E: Generating Conditional 3D Implicit Functions", 2023.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dhsdk.errors import GenerationError, ParamError

if TYPE_CHECKING:
    from dhsdk.diffusion.pretrained.loading import Pretrained
    from dhsdk.diffusion.pretrained.watch import Progress

QUERIES = 4096
"""Points that the renderer's network is asked for at a time."""


class ShapEMesh(NamedTuple):
    """positions (V, 3) float32, +Y up, within about [-1, 1] (the model knows no metres). faces (F, 3) int32, counter-clockwise
    seen from outside. colours (V, 3) float32, linear, in [0, 1]."""

    positions: np.ndarray
    faces: np.ndarray
    colours: np.ndarray


def shap_e_mesh(
    pretrained: Pretrained,
    prompt: str,
    *,
    seed: int = 0,
    steps: int = 64,
    guidance: float = 15.0,
    grid: int = 128,
    progress: Progress | None = None,
) -> ShapEMesh:
    """The closed surface of the field that the prompt gives, sampled on grid³ points.

    progress hears of every step and of every block of points, and stops the work by raising.

    Raises RequestError (the wrong folder, out of memory), ParamError, GenerationError (an empty field, NaN).
    """
    import torch

    if steps < 1:
        raise ParamError(f"steps must be at least 1, got {steps}")
    if not 8 <= grid <= 512:
        raise ParamError(f"grid must be in [8, 512], got {grid} (points along a side)")
    pipe = pretrained.serving("text_to_3d")
    noise = torch.Generator("cpu").manual_seed(seed)
    report = progress or (lambda fraction, message: None)
    with pretrained.running(pipe, lambda share, message: report(0.5 * share, message)), torch.no_grad():
        drawn = pipe(prompt, num_inference_steps=steps, generator=noise, guidance_scale=guidance, output_type="latent")
        with _listening(pipe.shap_e_renderer, grid, report):
            mesh = pipe.shap_e_renderer.decode_to_mesh(drawn.images[:1], pretrained.device, grid, QUERIES)
    positions = mesh.verts.float().cpu().numpy()
    faces = mesh.faces.cpu().numpy().astype(np.int32)
    colours = np.stack([mesh.vertex_channels[one].float().cpu().numpy() for one in "RGB"], axis=1)
    if not np.isfinite(positions).all() or not np.isfinite(colours).all():
        raise GenerationError("the decoded mesh has values that are not finite: load the folder with dtype='float32'")
    if _signed_volume(positions, faces) < 0.0:  # the table of triangles is part of the weights: it turns as its makers liked
        faces = faces[:, ::-1]
    positions *= (grid + 1) / (grid - 1)  # the decoder lays its frame of empty cells inside the box, and so shrinks the field
    upright = positions[:, [0, 2, 1]] * np.array([1.0, 1.0, -1.0], np.float32)  # the model's up is +Z
    return ShapEMesh(np.ascontiguousarray(upright), np.ascontiguousarray(faces), np.clip(colours, 0.0, 1.0))


def _listening(renderer: Any, grid: int, report: Progress) -> ExitStack:
    """Within, each block of points reports, and a field without a surface is told in our words."""
    blocks, asked = max(grid**3 // QUERIES, 1), 0

    def block(module: Any, given: Any) -> None:
        nonlocal asked
        asked += 1
        report(0.5 + 0.5 * min(asked / blocks, 1.0), "looking for the surface")

    def surface(module: Any, given: Any, found: Any) -> None:
        if not len(found.verts):
            raise GenerationError("the field has no surface: take other words, another seed or more steps")

    stack = ExitStack()
    for hook in (renderer.mlp.register_forward_pre_hook(block), renderer.mesh_decoder.register_forward_hook(surface)):
        stack.callback(hook.remove)
    return stack


def _signed_volume(positions: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (positions[faces[:, at]].astype(np.float64) for at in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)
