"""Compiled loops: the one place that imports numba. Importing this module loads neither numba nor numpy.

    @kernel(parallel=True)
    def fill(pos, faces, out): ...

    with jit.threads(jit.suited(len(faces), 50_000)):
        fill(pos, faces, out)

numba is imported at the first call. Machine code is kept in the user's cache folder, so that only the first process on a machine
compiles. The thread layer is numba's "workqueue": its barriers wait passively (on a busy machine "omp" with 4 threads took
177 ms where one thread takes 16 and workqueue 9), but it aborts the process when two Python threads enter it. Every call of
a parallel kernel therefore holds `lock`; other kernels run without it.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

lock = threading.RLock()
"""Held by every call of a parallel kernel and by every compilation. Re-entrant."""


class Kernel:
    """A function that numba compiles at its first call. Kernels may call kernels of the same file.

    A kernel that changes only in another file would not be noticed by the cache: a kernel that calls kernels of other files
    names them, uses=("surface.py",), as paths from its own file.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        self.function = function
        self.options = {"nogil": True, "cache": True, **options}
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__
        self._compiled: Any = None

    def __call__(self, *args: Any) -> Any:
        compiled = self._compiled or self.compiled()
        with lock if self.options.get("parallel") else nullcontext():
            return compiled(*args)

    def compiled(self) -> Any:
        """numba's dispatcher of this function."""
        with lock:
            if self._compiled is None:
                self._compiled = _dispatcher(_numba(), self.function, self.options)
            return self._compiled


def kernel(**options: Any) -> Callable[[Callable[..., Any]], Kernel]:
    """A decorator: the function as a Kernel. Options are those of numba.njit (nogil and cache are on), and `uses`."""
    return lambda function: Kernel(function, options)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Parallel kernels called inside use `count` threads (0: as many as there are, 4 at most; more than there are: all)."""
    numba = _numba()
    most = int(numba.config.NUMBA_NUM_THREADS)
    before = int(numba.get_num_threads())
    numba.set_num_threads(max(1, min(count or 4, most)))
    try:
        yield
    finally:
        numba.set_num_threads(before)


def suited(work: int, least: int) -> int:
    """How many threads a job deserves: 1 below `least` units of work, where starting them costs more than it saves; else 0."""
    return 0 if work >= least else 1


def cache_folder() -> Path:
    """Where compiled code is kept: the folder numba of DHSDK_CACHE, or else of the user's cache folder."""
    import platformdirs

    return Path(os.environ.get("DHSDK_CACHE") or platformdirs.user_cache_dir("dhsdk", appauthor=False)) / "numba"


def _numba() -> Any:
    global _loaded
    with lock:
        if _loaded is None:
            import numba
            from numba.extending import typeof_impl

            if numba.config.THREADING_LAYER == "default":  # type: ignore[attr-defined]
                numba.config.THREADING_LAYER = "workqueue"  # type: ignore[attr-defined]
            typeof_impl.register(Kernel)(lambda value, context: numba.types.Dispatcher(value.compiled()))
            _loaded = numba
    return _loaded


_loaded: Any = None


def _dispatcher(numba: Any, function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """The dispatcher, with its cache in our folder; without a cache where no folder can be written."""
    uses = options.get("uses", ())
    options = {name: value for name, value in options.items() if name != "uses"}
    uncached = {**options, "cache": False}
    if not options["cache"]:
        return numba.njit(**uncached)(function)
    before = numba.config.CACHE_DIR
    try:
        folder = cache_folder() / _stamp(function, uses) if uses else cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
        return numba.njit(**options)(function)
    except (OSError, RuntimeError):  # numba's "no locator available": a read-only or zipped installation
        return numba.njit(**uncached)(function)
    finally:
        numba.config.CACHE_DIR = before


def _stamp(function: Callable[..., Any], uses: tuple[str, ...]) -> str:
    """A name for these versions of other files."""
    home = Path(function.__code__.co_filename).parent
    return hashlib.sha256(b"".join((home / name).read_bytes() for name in uses)).hexdigest()[:16]
