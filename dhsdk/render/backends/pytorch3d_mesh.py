"""PyTorch3D as a rasterizer, where the user has installed it. On a CPU it is for small meshes and small pictures only.

A pixel whose centre lies exactly on an edge is seen through neither triangle: PyTorch3D has no rule for edges.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

from dhsdk.plugin import RasterizerSpec, hookimpl

BUILD = (
    "pip install iopath && PYTORCH3D_FORCE_NO_CUDA=1 pip install --no-build-isolation --no-deps "
    "'git+https://github.com/facebookresearch/pytorch3d@9381c40'"
)
"""Builds 0.7.9 for the CPU, in about 24 minutes; without the variable, and with nvcc, for CUDA."""


def available() -> str | None:
    """None, or the reason why this machine cannot run it."""
    if find_spec("torch") is None:
        return "torch is not installed: pip install 'dhsdk[diffusion]'"
    return None if find_spec("pytorch3d") else f"pytorch3d is not installed: {BUILD}"


def load(device: str) -> Any:
    """A Rasterizer. device: "cpu", "cuda" or "auto"."""
    from dhsdk.render.backends._pytorch3d import Meshes

    return Meshes(device)


@hookimpl
def dhsdk_rasterizers() -> Iterable[RasterizerSpec]:
    return [RasterizerSpec(name="pytorch3d", available=available, load=load)]
