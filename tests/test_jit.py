"""dhsdk.jit: lazy compilation, one cache for all processes, safe entry from several Python threads."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from numba import prange

from dhsdk import jit


@jit.kernel()
def _double(x):
    return 2.0 * x


@jit.kernel(parallel=True)
def _doubled_sum(values):
    total = 0.0
    for i in prange(len(values)):
        total += _double(values[i])
    return total


PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
import dhsdk.jit
assert not {{"numba", "numpy"}} & set(sys.modules)
import loops
loops.square(3.0)
print(sum(loops.square.compiled().stats.cache_hits.values()), loops.outer(2.0))
"""

LOOPS = """
from dhsdk import jit

@jit.kernel()
def square(x):
    return x * x

@jit.kernel()
def outer(x):
    return square(x) + 1.0
"""


def test_a_kernel_calls_a_kernel():
    assert _doubled_sum(np.arange(4.0)) == 12.0


def test_numba_is_loaded_at_the_first_call_and_a_second_process_finds_the_code(tmp_path: Path):
    (tmp_path / "loops.py").write_text(LOOPS)
    program = PROGRAM.format(folder=str(tmp_path))
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={"DHSDK_CACHE": str(tmp_path / "cache"), "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for _ in range(2)
    ]
    assert runs == [["0", "5.0"], ["1", "5.0"]]
    assert list((tmp_path / "cache" / "numba").rglob("*.nbi"))


def test_without_a_writable_folder_it_compiles_without_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("DHSDK_CACHE", str(blocked))
    assert jit.kernel()(lambda x: x + 1.0)(1.0) == 2.0


def test_two_python_threads_may_call_a_parallel_kernel():
    values = np.ones(1000)
    found: list[float] = []
    workers = [threading.Thread(target=lambda: found.extend(_doubled_sum(values) for _ in range(50))) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [2000.0] * 200


def test_threads_are_set_and_restored():
    import numba

    before = numba.get_num_threads()
    with jit.threads(1):
        assert numba.get_num_threads() == 1
    assert numba.get_num_threads() == before
    with jit.threads(10_000):
        assert numba.get_num_threads() == numba.config.NUMBA_NUM_THREADS
    assert (jit.suited(10, 100), jit.suited(100, 100)) == (1, 0)
