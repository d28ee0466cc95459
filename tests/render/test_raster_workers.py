"""dhsdk.render.workers: every piece once, any number of callers, exceptions raised."""

from __future__ import annotations

import os
import threading
import time

import pytest

from dhsdk.render import workers


@pytest.mark.parametrize("threads", [0, 1, 2, 9])
def test_every_piece_is_done_once(threads):
    done = []
    workers.spread(100, done.append, threads)
    assert sorted(done) == list(range(100))
    workers.spread(0, done.append, threads)
    assert len(done) == 100


@pytest.mark.parametrize("threads", [1, 4])
def test_an_exception_of_a_piece_is_raised_and_ends_the_work(threads):
    done = []

    def work(piece):
        if piece == 5:
            raise KeyError(piece)
        done.append(piece)

    with pytest.raises(KeyError):
        workers.spread(100_000, work, threads)
    assert len(done) < 100_000 - 1
    again = []
    workers.spread(10, again.append, threads)
    assert sorted(again) == list(range(10))


def test_callers_do_not_wait_for_one_another():
    """More callers than the pool has threads, each inside a piece of another: the caller itself works on."""
    done = []

    def outer(piece):
        workers.spread(4, lambda inner: done.append((piece, inner)), 4)

    crowd = [threading.Thread(target=workers.spread, args=(8, outer, 8)) for _ in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(30)
    assert not any(one.is_alive() for one in crowd)
    assert len(done) == 6 * 8 * 4


def test_no_more_threads_are_at_work_than_asked_for_and_the_idle_join_in_the_middle():
    busy, most, seen = 0, 0, set()
    lock = threading.Lock()
    others_done = threading.Event()

    def work(piece):
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
            if others_done.is_set():
                seen.add(threading.get_ident())
        time.sleep(0.002)
        with lock:
            busy -= 1

    def other():
        with workers.at_work():
            time.sleep(0.05)
            workers.spread(10, lambda piece: time.sleep(0.001), 3)
        others_done.set()

    crowd = [threading.Thread(target=other) for _ in range(2)]
    for one in crowd:
        one.start()
    workers.spread(300, work, 3)
    for one in crowd:
        one.join()
    assert most <= 3
    assert len(seen) == 3  # all helpers came as soon as the others had ended


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own():
    workers.spread(8, lambda piece: None, 4)
    child = os.fork()
    if child == 0:
        done = []
        workers.spread(50, done.append, 4)
        os._exit(0 if sorted(done) == list(range(50)) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
