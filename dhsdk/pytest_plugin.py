"""`pytest --dhsdk MODULE`: the contract tests for every generator of a plugin module, one test for each promise.

pytest loads this file in every run of an environment that has dhsdk: without the option it does nothing and imports nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("dhsdk", "dhsdk plugins").addoption(
        "--dhsdk",
        action="append",
        default=[],
        metavar="MODULE",
        help="also run dhsdk's contract tests for the generators of this module (or of this dhsdk entry point); may be repeated",
    )


@pytest.hookimpl(tryfirst=True)  # before -k and --deselect look at the items
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    for module in config.getoption("--dhsdk"):
        items.extend(_contract(session, module))


def _contract(session: pytest.Session, module: str) -> Iterator[pytest.Item]:
    from dhsdk.contract import CHECKS
    from dhsdk.errors import DhsdkError
    from dhsdk.testing import generators_of

    try:
        generators = generators_of(module)
    except DhsdkError as error:
        raise pytest.UsageError(f"--dhsdk {module}: {error}") from error
    for generator in generators:
        for check in CHECKS:
            name = f"{generator.name}-{check.__name__.removeprefix('check_')}"
            yield ContractItem.from_parent(session, name=name, nodeid=f"{module}::{name}", check=check, generator=generator)


class ContractItem(pytest.Item):
    """One promise of one generator."""

    def __init__(self, *, check: Callable[[Any], None], generator: Any, **values: Any) -> None:
        super().__init__(**values)
        self.check = check
        self.generator = generator

    def runtest(self) -> None:
        self.check(self.generator)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The broken promise in one line; anything that is not a broken promise shows where it came from."""
        return str(excinfo.value) if excinfo.errisinstance(AssertionError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, int | None, str]:
        return self.nodeid.split("::")[0], None, self.name
