"""Relations between scenes, from exact world bounds and "support" sockets. Pure: each returns moved copies.

All take a scene or an arrangement (scenes that belong together) and return an arrangement, which make.group takes as one
argument: make.group("room", place.row([place.on(lamp, chest), chair], gap=0.3)).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from dhsdk.errors import SceneError, UnknownName
from dhsdk.scene import make, rotation
from dhsdk.scene.frames import world
from dhsdk.scene.make import Arrangement, members
from dhsdk.scene.measure import bounds
from dhsdk.scene.types import Scene

Side = Literal["right", "left", "front", "back"]
SIDES: dict[str, tuple[int, float]] = {"right": (0, 1.0), "left": (0, -1.0), "front": (2, 1.0), "back": (2, -1.0)}
SURFACES = ("support", "seat")


def on(a: Arrangement, b: Arrangement, *, socket: str | None = None) -> tuple[Scene, ...]:
    """b, then a standing on it: the middle of a's base on b's support socket, turned with it, else on the middle of b's top.

    socket: the key of the socket to use; None takes the highest one of kind "support" or "seat".

    Raises:
        UnknownName: b has no socket of that key.
    """
    base = _base(_box(a))
    found = _supports(b, socket)
    if found is None:
        low, high = _box(b)
        target = np.array([(low[0] + high[0]) / 2, high[1], (low[2] + high[2]) / 2])
        return (*members(b), *_moved(a, target - base))
    turn = rotation.quaternion(rotation.from_matrix(found[:3, :3] / np.linalg.norm(found[:3, :3], axis=0)))
    shift = found[:3, 3] - rotation.to_matrix(turn) @ base
    stood = (make.place(scene, at=(shift[0], shift[1], shift[2]), turn=turn) for scene in members(a))
    return (*members(b), *stood)


def _supports(b: Arrangement, socket: str | None) -> np.ndarray | None:
    """The (4, 4) world frame of the wanted socket, or of the highest that can carry something."""
    frames: dict[str, np.ndarray] = {}
    for scene in members(b):
        matrices = world(scene)
        for one in scene.sockets:
            if one.key == socket or (socket is None and one.kind in SURFACES):
                frames[one.key] = matrices[one.node] @ rotation.compose(one.translation, one.rotation, (1.0, 1.0, 1.0))
    if socket is not None and not frames:
        known = ", ".join(repr(one.key) for scene in members(b) for one in scene.sockets)
        raise UnknownName(f"no socket {socket!r} to stand on; there is: {known or 'none'}")
    return max(frames.values(), key=lambda frame: float(frame[1, 3])) if frames else None


def beside(a: Arrangement, b: Arrangement, gap: float = 0.05, side: Side = "right") -> tuple[Scene, ...]:
    """b, then a next to it: `gap` metres between their boxes on that side of b (right: +X, front: +Z), bases level."""
    if side not in SIDES:
        raise SceneError(f"side must be one of {', '.join(SIDES)}, got {side!r}")
    axis, sign = SIDES[side]
    (low, high), (own_low, own_high) = _box(b), _box(a)
    shift = _base(np.array([low, high])) - _base(np.array([own_low, own_high]))
    shift[axis] = high[axis] + gap - own_low[axis] if sign > 0 else low[axis] - gap - own_high[axis]
    return (*members(b), *_moved(a, shift))


def row(content: Sequence[Arrangement], gap: float = 0.1) -> tuple[Scene, ...]:
    """The parts in a row along +X, `gap` metres between their boxes, bases on y = 0, centred on the origin; in their order."""
    return grid(content, columns=max(1, len(content)), gap=gap)


def grid(content: Sequence[Arrangement], columns: int, gap: float = 0.1, *, even: bool = False) -> tuple[Scene, ...]:
    """The parts in rows along +X that follow one another along +Z, bases on y = 0, centred on the origin.

    A column is as wide as its widest part and a row as deep as its deepest (even: all as the largest), plus `gap` metres.

    Raises:
        SceneError: columns < 1.
    """
    if columns < 1:
        raise SceneError(f"columns must be >= 1, got {columns}")
    if not content:
        return ()
    boxes = [_box(part) for part in content]
    widths = _spans(boxes, lambda i: i % columns, 0, even)
    depths = _spans(boxes, lambda i: i // columns, 2, even)
    x, z = _centres(widths, gap), _centres(depths, gap)
    out: list[Scene] = []
    for i, (part, box) in enumerate(zip(content, boxes, strict=True)):
        out += _moved(part, np.array([x[i % columns], 0.0, z[i // columns]]) - _base(box))
    return tuple(out)


def _spans(boxes: Sequence[np.ndarray], cell: Callable[[int], int], axis: int, even: bool) -> np.ndarray:
    spans = np.zeros(max(map(cell, range(len(boxes)))) + 1)
    for i, (low, high) in enumerate(boxes):
        spans[cell(i)] = max(spans[cell(i)], high[axis] - low[axis])
    return np.full_like(spans, spans.max()) if even else spans


def _centres(spans: np.ndarray, gap: float) -> np.ndarray:
    starts = np.concatenate([[0.0], np.cumsum(spans[:-1] + gap)])
    centres: np.ndarray = starts + spans / 2 - (starts[-1] + spans[-1]) / 2
    return centres


def _box(content: Arrangement) -> np.ndarray:
    """(2, 3) world bounds of all scenes of an arrangement."""
    boxes = [bounds(scene) for scene in members(content)]
    if not boxes:
        raise SceneError("an arrangement must hold at least one scene to be placed, got none")
    return np.stack([np.min([box[0] for box in boxes], axis=0), np.max([box[1] for box in boxes], axis=0)])


def _base(box: np.ndarray) -> np.ndarray:
    """The middle of the bottom of a box."""
    return np.array([(box[0, 0] + box[1, 0]) / 2, box[0, 1], (box[0, 2] + box[1, 2]) / 2])


def _moved(content: Arrangement, shift: np.ndarray) -> list[Scene]:
    at = (float(shift[0]), float(shift[1]), float(shift[2]))
    return [make.place(scene, at=at) for scene in members(content)]
