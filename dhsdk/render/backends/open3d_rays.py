"""Rays of Open3D (Embree) as a rasterizer: an independent check of the others. Needs the extra [geometry].

A ray that meets an edge may count for either triangle or both, and of two surfaces at one depth either may be seen.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

from dhsdk.plugin import RasterizerSpec, hookimpl


def available() -> str | None:
    """None, or the reason why this machine cannot run it."""
    if find_spec("open3d") is None:
        return "open3d is not installed: pip install 'dhsdk[geometry]'"
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libusb-1.0.so.0")
        except OSError:
            return "open3d cannot be imported without libusb-1.0.so.0: apt install libusb-1.0-0"
    return None


def load(device: str) -> Any:
    """A Rasterizer. The CPU serves every device."""
    from dhsdk.render.backends._open3d import Rays

    return Rays()


@hookimpl
def dhsdk_rasterizers() -> Iterable[RasterizerSpec]:
    return [RasterizerSpec(name="open3d", available=available, load=load, devices=("cpu",))]
