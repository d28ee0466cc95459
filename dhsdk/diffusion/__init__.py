"""THE diffusion core: sampling, guidance, windows, score distillation, text, nano priors, pretrained pipelines.

Names are loaded on first use (PEP 562). What is called like its module stays there, or the one would shadow the other:
`from dhsdk.diffusion.sample import sample`, `from dhsdk.diffusion.distill import distill`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dhsdk.diffusion.distill import Mode
    from dhsdk.diffusion.guide import Conditional, Denoiser, Guidance, guided
    from dhsdk.diffusion.mixture import Mixture
    from dhsdk.diffusion.picture import preview
    from dhsdk.diffusion.sample import Callback, Rng, noise
    from dhsdk.diffusion.schedules import Schedule, schedule
    from dhsdk.diffusion.tile import Circular, circular, circular_padding, windowed

_WHERE = {
    "distill": "Mode",
    "guide": "Conditional Denoiser Guidance guided",
    "mixture": "Mixture",
    "picture": "preview",
    "sample": "Callback Rng noise",
    "schedules": "Schedule schedule",
    "tile": "Circular circular circular_padding windowed",
}
_MODULE = {name: module for module, names in _WHERE.items() for name in names.split()}

__all__ = [
    "Callback", "Circular", "Conditional", "Denoiser", "Guidance", "Mixture", "Mode", "Rng", "Schedule", "circular",
    "circular_padding", "guided", "noise", "preview", "schedule", "windowed",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module 'dhsdk.diffusion' has no attribute {name!r}")
    value = getattr(import_module(f"dhsdk.diffusion.{_MODULE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
