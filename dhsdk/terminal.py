"""What the commands share: flags from Params, progress, interrupts, text files."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dhsdk.params import Field

_interrupts: list[int] = []


def listen() -> None:
    """Remembers an interrupt: Python loses the exception when it comes up inside a callback, and the work would go on."""

    def stop(number: int, frame: Any) -> None:
        _interrupts.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        _interrupts.clear()
        signal.signal(signal.SIGINT, stop)


def flag(field: Field) -> click.Option:
    """The option of a field: --name VALUE, or --name/--no-name."""
    name = field.name.replace("_", "-")
    ends = f" ({field.low} ... {field.high})" if field.low and field.high else ""
    about = " ".join(filter(None, [field.help + ends, field.range, field.unit]))
    if not field.required and field.default not in (None, ""):
        about += f"  [default: {field.default}]"
    if field.type is bool:
        return click.Option([f"--{name}/--no-{name}", field.name], default=None, help=about)
    many = field.type in (tuple, list)
    return click.Option([f"--{name}", field.name], multiple=many, help=about, metavar=field.type.__name__.upper())


def write_text(path: Path, text: str) -> None:
    from dhsdk.formats.staging import staged

    with staged(path) as target:
        target.write_text(text, "utf-8")


@contextmanager
def progress(what: str) -> Iterator[Callable[[float, str], None]]:
    """A progress bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda fraction, message: _go_on()
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=1.0)

        def show(fraction: float, message: str) -> None:
            _go_on()
            bar.update(task, completed=fraction, description=message or what)

        yield show


def _go_on() -> None:
    if _interrupts:
        raise KeyboardInterrupt
