"""Our own CUDA kernels, compiled by numba, on an NVIDIA GPU."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

from dhsdk.plugin import RasterizerSpec, hookimpl


def available() -> str | None:
    """None, or the reason why this machine cannot run it. NUMBA_ENABLE_CUDASIM=1 runs it in numba's simulator."""
    if find_spec("numba") is None:
        return "numba is not installed: pip install numba"
    if os.environ.get("NUMBA_ENABLE_CUDASIM", "0") == "1":
        return None
    driver = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        ctypes.CDLL(driver)
    except OSError:
        return f"there is no NVIDIA driver ({driver} cannot be loaded)"
    import numba.cuda

    cuda: Any = numba.cuda
    return (
        None
        if cuda.is_available()
        else "there is a driver, but numba finds no GPU or no compiler: pip install 'numba-cuda[cu12]'"
    )


def load(device: str) -> Any:
    """A Rasterizer on the current CUDA device."""
    from dhsdk.render.backends._cuda import Cuda

    return Cuda()


@hookimpl
def dhsdk_rasterizers() -> Iterable[RasterizerSpec]:
    return [RasterizerSpec(name="cuda", available=available, load=load, devices=("cuda",))]
