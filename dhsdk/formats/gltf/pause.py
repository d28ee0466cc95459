"""Holds the cyclic garbage collector while a large document is built."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Nothing that is built inside has cycles, yet the collector walks all of it again and again as it grows.

    100,000 nodes: writing 0.29 s with it and 0.19 without, reading 1.0 and 0.7.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
