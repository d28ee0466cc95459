"""The one door to native mesh libraries: they trust what they are given, so everything is looked at before it is handed over.

manifold3d pairs half-edges by their number alone: where not as many run up as down, it reads past the end of its arrays (seen
with 3.5.4). xatlas never comes back from coordinates that are infinite or huge, and divides zero by zero where no triangle has
an area.
"""

from __future__ import annotations

import atexit
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from dhsdk.errors import RequestError

NOTHING, FARTHEST = 1e-6, 1e4
"""Area of triangles over their longest edges squared, below which there is nothing to unfold; how far shapes are enlarged."""
LEAST_AREA = 1e-6
"""xatlas drops triangles of less than 1.2e-7: those of an atlas have at least this on the mean."""
REST, PATIENCE, MOST_RESTING, LARGE = 0.1, 10.0, 16, 5000
"""Seconds until the threads of a finished atlas may be asked whether they sleep, and for how long at most; how many rest at once,
each of fewer triangles than LARGE."""
TASKS = Path("/proc/self/task")
"""Where Linux tells what the threads of this process do."""
_resting: deque[tuple[float, frozenset[str], Any]] = deque()
_lock = Lock()


def usable(points: np.ndarray, faces: np.ndarray) -> bool:
    """Whether points (P, 3) are finite, and faces (F, 3) are some and name points only."""
    if not len(faces) or not len(points) or faces.min() < 0 or faces.max() >= len(points):
        return False
    return bool(np.isfinite(points).all())


def closed(faces: np.ndarray) -> bool:
    """Whether faces (F, 3) have three corners each, and as many run back along every edge as run along it.

    Solids may touch along an edge: it is there twice then, either way.
    """
    start, end = faces.ravel().astype(np.int64), np.roll(faces, -1, axis=1).ravel().astype(np.int64)
    if not len(start) or (start == end).any():
        return False
    count = int(faces.max()) + 1
    ahead, back = np.sort(start * count + end), np.sort(end * count + start)
    return bool(np.array_equal(ahead, back))


def solid(points: np.ndarray, faces: np.ndarray) -> Any | None:
    """The manifold3d.Manifold inside a closed surface of points (P, 3) and faces (F, 3); None where it encloses no volume or is
    not closed. Points of one place must be one."""
    with np.errstate(over="ignore"):
        spots = np.ascontiguousarray(points, dtype=np.float32)
    if len(spots) < 4 or not usable(spots, faces) or not closed(faces):
        return None
    import manifold3d

    made = manifold3d.Manifold(manifold3d.Mesh(spots, np.ascontiguousarray(faces, dtype=np.uint32)))
    return made if made.status() == manifold3d.Error.NoError and made.volume() > 0.0 else None


def atlas(shapes: Sequence[tuple[np.ndarray, np.ndarray]], edge: int, padding: int = 2) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each (points (P, 3), faces (F, 3)): its corners (F, 3) over UVs (V, 2) in [0, 1]; one atlas for all.

    edge: of the texture, pixels, which lie `padding` apart between charts. Points are in one unit, so that all have the same
    share of texels to their area. Where no triangle has an area there is nothing to unfold, and all UVs are 0.
    Raises RequestError: a shape has no faces, indices out of range, or points that are not finite.
    """
    bad = next((number for number, shape in enumerate(shapes) if not usable(*shape)), None)
    if bad is not None:
        raise RequestError(f"surfaces to unwrap must be triangles between finite points, got others in number {bad}: mend them")
    import xatlas

    flat = _framed(shapes)
    if flat is None:
        return [(faces.astype(np.int64), np.zeros((len(points), 2), np.float32)) for points, faces in shapes]
    before = _threads()
    made = xatlas.Atlas()
    own = _threads() - before
    for points, (_, faces) in zip(flat, shapes, strict=True):
        made.add_mesh(points, np.ascontiguousarray(faces, dtype=np.uint32))
    pack = xatlas.PackOptions()
    pack.padding, pack.resolution, pack.bilinear = padding, edge, True
    made.generate(xatlas.ChartOptions(), pack)
    found = [made.get_mesh(number) for number in range(len(shapes))]
    _rest(made, own, MOST_RESTING if sum(len(faces) for _, faces in shapes) < LARGE else 0)
    return [(indices.astype(np.int64).reshape(-1, 3), np.clip(uvs, 0.0, 1.0)) for _, indices, uvs in found]


def _framed(shapes: Sequence[tuple[np.ndarray, np.ndarray]]) -> list[np.ndarray] | None:
    """The points of each shape about its middle, as float32, in a unit of their own: the largest is 1 long, or longer where its
    triangles would be too small for xatlas; None where they have next to no area."""
    low = [points.min(axis=0).astype(np.float64) for points, _ in shapes]
    high = [points.max(axis=0).astype(np.float64) for points, _ in shapes]
    size = max((float((b - a).max()) for a, b in zip(low, high, strict=True)), default=0.0)
    if not 0.0 < size < np.inf:
        return None
    framed = [(points - (a + b) / 2) / size for (points, _), a, b in zip(shapes, low, high, strict=True)]
    corners = np.concatenate([points[faces] for points, (_, faces) in zip(framed, shapes, strict=True)])
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    longest = ((corners - np.roll(corners, 1, axis=1)) ** 2).sum(axis=2).max(axis=1)
    if area.mean() < max(NOTHING * longest.mean(), LEAST_AREA / FARTHEST**2):
        return None
    grown = np.sqrt(max(1.0, LEAST_AREA / area.mean()))
    return [(points * grown).astype(np.float32) for points in framed]


def _threads() -> frozenset[str]:
    """The threads of this process; none where the system does not tell."""
    return frozenset(one.name for one in TASKS.iterdir()) if TASKS.is_dir() else frozenset()


def _runs(thread: str) -> bool:
    """Whether a thread of this process runs or waits for a processor, as far as the system tells."""
    try:
        return (TASKS / thread / "stat").read_text().rpartition(") ")[2].startswith("R")
    except OSError:
        return False


def _rest(made: Any, threads: frozenset[str], most: int) -> None:
    """Keeps a finished atlas until its threads sleep, then lets it go; at most so many are kept.

    xatlas wakes its threads to end them without holding their lock: one that is just falling asleep misses it, and xatlas waits
    for it for ever (once in about 10,000 with 0.0.11). Threads that sleep always hear it.
    """
    with _lock:
        _resting.append((time.monotonic() + REST, threads, made))
        while _resting and (len(_resting) > most or _resting[0][0] < time.monotonic()):
            _let_go()


def _let_go() -> None:
    """Lets go of the atlas that has rested longest, once it has rested enough."""
    until, threads, _ = _resting[0]
    time.sleep(max(0.0, until - time.monotonic()))
    while time.monotonic() < until + PATIENCE and any(map(_runs, threads)):
        time.sleep(REST / 10)
    _resting.popleft()


@atexit.register
def _rested() -> None:
    """Lets go of all that rests, before the interpreter does."""
    while _resting:
        _let_go()
