"""Work shared between threads: numbered pieces, taken one by one, so that a thread that is held up holds up nobody else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import count

MOST = min(os.cpu_count() or 1, 8)
"""Threads that serve one job when the caller does not say how many."""

_lock = threading.Lock()
_pool: ThreadPoolExecutor | None = None


def spread(pieces: int, work: Callable[[int], None], threads: int = 0) -> None:
    """Runs work(0) ... work(pieces - 1) on `threads` threads, the caller's among them (0: as many as there are cores, 8 at most).

    work should spend its time in kernels that release the interpreter lock. It must not care in which order pieces run. Any
    number of Python threads may call this at once. The first exception of a piece is raised, after all have stopped.
    """
    helpers = min(threads or MOST, pieces) - 1
    if helpers < 1:
        for piece in range(pieces):
            work(piece)
        return
    numbers = count()

    def take() -> None:
        for piece in numbers:
            if piece >= pieces:
                return
            try:
                work(piece)
            except BaseException:
                next(number for number in numbers if number >= pieces)
                raise

    futures = [_threads().submit(take) for _ in range(helpers)]
    try:
        take()
    finally:
        # A helper that has not started yet (all are busy for another caller) is not needed any more.
        started = [future for future in futures if not future.cancel()]
        wait(started)
    for future in started:
        future.result()


def _threads() -> ThreadPoolExecutor:
    global _pool
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(max(MOST, 4), thread_name_prefix="dhsdk-render")
        return _pool


def _forget() -> None:
    """A forked child has none of its parent's threads."""
    global _pool, _lock
    _pool, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
