"""The nano prior of text_to_3d: its design space, its weights and their card."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dhsdk.diffusion.nano.draw import Prior

FOLDER = Path(__file__).parent


@functools.cache
def prior() -> Prior:
    """The shipped prior, loaded once. Raises ReadError: its files are broken, or a kernel has changed since it was trained."""
    from dhsdk.diffusion.nano.draw import Prior
    from dhsdk.plugins.text_to_3d.prior.space import space

    return Prior.load(FOLDER, space())
