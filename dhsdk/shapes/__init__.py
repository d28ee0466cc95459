"""Parametric kernels: typed parameters -> closed, named parts. One folder per kernel, with its kernel.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dhsdk.shapes.kernel import Kernel


def kernels() -> Mapping[str, Kernel]:
    """Every kernel of this folder by its name, in alphabetical order."""
    import importlib
    import inspect
    import pkgutil

    from dhsdk.frozen import FrozenDict
    from dhsdk.shapes.kernel import Kernel

    found: dict[str, Kernel] = {}
    for folder in [info.name for info in pkgutil.iter_modules(__path__) if info.ispkg]:
        module = importlib.import_module(f"{__name__}.{folder}.kernel")
        for kind in vars(module).values():
            concrete = inspect.isclass(kind) and issubclass(kind, Kernel) and not inspect.isabstract(kind)
            if concrete and kind.__module__ == module.__name__:
                found[kind.name] = kind()
    return FrozenDict(sorted(found.items()))
