"""Work shared between threads: numbered pieces, taken one by one, so that a thread that is held up holds up nobody else.

Helpers are few and serve every caller: whoever has nothing to do joins the first job that has pieces left and room, also in its
middle. So cores stay busy where jobs end at different times, and no more threads are at work than cores, however many callers.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count

MOST = min(os.cpu_count() or 1, 8)
"""Threads that are at work together when callers do not say how many."""


class _Job:
    """Pieces of one call of spread(). helping: helpers in it now."""

    __slots__ = ("_numbers", "error", "helping", "pieces", "threads", "work")

    def __init__(self, pieces: int, work: Callable[[int], None], threads: int) -> None:
        self.pieces, self.work, self.threads = pieces, work, threads
        self.helping = 0
        self.error: BaseException | None = None
        self._numbers = count()

    def take(self, stay: Callable[[], bool]) -> None:
        """Does pieces while stay() and there are any."""
        while stay():
            piece = next(self._numbers)
            if piece >= self.pieces:
                self.pieces = 0
                return
            try:
                self.work(piece)
            except BaseException as error:
                self.error, self.pieces = error, 0


class _Crew:
    """Helpers, the open jobs and how many threads are at work, callers included."""

    def __init__(self) -> None:
        self.change = threading.Condition()
        self.jobs: list[_Job] = []
        self.busy = 0
        self.own = threading.local()
        self._helpers = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """The calling thread counts as one that is at work; once, however often it says so."""
        if getattr(self.own, "counted", False):
            yield
            return
        self.own.counted = True
        with self.change:
            self.busy += 1
        try:
            yield
        finally:
            self.own.counted = False
            with self.change:
                self.busy -= 1
                self.change.notify_all()

    def open(self, job: _Job) -> None:
        with self.change:
            self.jobs.append(job)
            wanted = min(job.threads, job.pieces, max(MOST, 4)) - 1
            for _ in range(wanted - self._helpers):
                threading.Thread(target=self._help, name="dhsdk-render", daemon=True).start()
            self._helpers = max(self._helpers, wanted)
            self.change.notify_all()

    def close(self, job: _Job) -> None:
        """Returns when the last helper has left."""
        with self.change:
            job.pieces = 0
            self.jobs.remove(job)
            self.change.wait_for(lambda: job.helping == 0)

    def _room(self) -> _Job | None:
        """The first job that a helper may join."""
        return next((job for job in self.jobs if job.pieces and self.busy < job.threads), None)

    def _help(self) -> None:
        self.own.counted = True
        while True:
            with self.change:
                while (job := self._room()) is None:
                    self.change.wait()
                job.helping += 1
                self.busy += 1
            job.take(lambda: self.busy <= job.threads)
            with self.change:
                job.helping -= 1
                self.busy -= 1
                self.change.notify_all()


_crew = _Crew()


def spread(pieces: int, work: Callable[[int], None], threads: int = 0) -> None:
    """Runs work(0) ... work(pieces - 1) on the caller's thread and on helpers.

    threads: how many may be at work together, for this caller and for all others (0: as many as there are cores, 8 at most).
    work should spend its time in kernels that release the interpreter lock. It must not care in which order pieces run. Any
    number of Python threads may call this at once. The first exception of a piece is raised, after all have stopped.
    """
    most = threads or MOST
    if min(most, pieces) < 2:
        for piece in range(pieces):
            work(piece)
        return
    job, crew = _Job(pieces, work, most), _crew
    with crew.at_work():
        crew.open(job)
        try:
            job.take(lambda: True)
        finally:
            crew.close(job)
    if job.error is not None:
        raise job.error


def at_work() -> AbstractContextManager[None]:
    """While inside, the calling thread counts as one that is at work, also between its calls of spread(): no helper takes its
    core."""
    return _crew.at_work()


def _forget() -> None:
    """A forked child has none of its parent's threads."""
    global _crew
    _crew = _Crew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
