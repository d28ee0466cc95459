"""What the author of a plugin runs: check_generator() for the whole contract, FakeContext for tests of plan() and build().

The promises are in dhsdk.contract, each a function (CHECKS); `pytest --dhsdk my_plugin` runs them all as tests.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from typing import TYPE_CHECKING, Any

from dhsdk.contract import CHECKS, FakeContext
from dhsdk.errors import RequestError
from dhsdk.plugin import Generator

if TYPE_CHECKING:
    pass


__all__ = ["FakeContext", "check_generator", "generators_of"]


def check_generator(generator: Generator[Any]) -> None:
    """Runs the whole contract. Raises AssertionError with the first promise that is broken."""
    for check in CHECKS:
        check(generator)


def generators_of(name: str) -> list[Generator[Any]]:
    """The generators of a plugin: an entry point of the group "dhsdk" of this name, or an importable module.

    Raises RequestError when it cannot be imported or offers no generator.
    """
    try:
        entries = importlib.metadata.entry_points(group="dhsdk", name=name)
        module = next(iter(entries)).load() if entries else importlib.import_module(name)
    except Exception as error:
        raise RequestError(f"plugin {name!r} must be importable, got {type(error).__name__}: {error}") from error
    hook = getattr(module, "dhsdk_generators", None)
    if hook is None:
        raise RequestError(f"plugin {name!r} must have a function dhsdk_generators marked with @dhsdk.hookimpl")
    return list(hook())
