"""Patterns over a surface: a second colour in stripes, checks or dots, or a carved relief."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dhsdk.materials.noise import Rng, cells, ramp, smooth

PITCH = 0.07
"""Metres from one motif to the next, about: a whole number of them fits the tile."""
BLOW = 0.014
"""Metres that one blow of the hammer leaves behind, about."""


def mask(kind: str, size: int, tile: float) -> np.ndarray:
    """(size, size) float32 in [0, 1]: where a pattern shows; for "carved" the height of the relief."""
    count = max(2, round(tile / PITCH / 2.0) * 2)
    return MASKS[kind](ramp(size, count, 1), ramp(size, count, 0), 2.0 * count / size)


def hammered(rng: Rng, size: int, tile: float) -> np.ndarray:
    """(size, size) float32 millimetres: round dents beside one another."""
    away, _, _ = cells(rng, size, round(tile / BLOW))
    return np.minimum(away * away, np.float32(0.6)) * np.float32(0.9)


def _striped(u: np.ndarray, v: np.ndarray, soft: float) -> np.ndarray:
    """A broad stripe and a narrow one beside it."""
    place = np.abs(u % 1.0 - 0.5)
    broad, narrow = smooth(0.22 + soft, 0.22, place), smooth(0.03 + soft, 0.03, np.abs(place - 0.36))
    return np.broadcast_to(np.maximum(broad, narrow), (v.size, u.size))


def _checked(u: np.ndarray, v: np.ndarray, soft: float) -> np.ndarray:
    """Gingham: bands both ways, half as strong where only one of them runs."""
    across, along = (smooth(0.25 + soft, 0.25, np.abs(place % 1.0 - 0.5)) for place in (u, v))
    return 0.5 * (across + along)


def _dotted(u: np.ndarray, v: np.ndarray, soft: float) -> np.ndarray:
    shift = 0.5 * (np.floor(v) % 2)
    return smooth(0.27 + soft, 0.27, np.hypot((u + shift) % 1.0 - 0.5, v % 1.0 - 0.5))


def _carved(u: np.ndarray, v: np.ndarray, soft: float) -> np.ndarray:
    """Rosettes of eight petals in a lattice of rounded bands, the ground cut away."""
    x, y = (u / 2.0) % 1.0 - 0.5, (v / 2.0) % 1.0 - 0.5
    rosette = np.maximum(_rosette(x, y), _rosette((x + 1.0) % 1.0 - 0.5, (y + 1.0) % 1.0 - 0.5))
    lattice = np.minimum(np.abs(np.abs(x) + np.abs(y) - 0.5), 1.0)
    band = np.sqrt(np.maximum(0.0, 1.0 - (lattice / 0.055) ** 2))
    return np.maximum(rosette, 0.75 * band)


def _rosette(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    away, turn = np.hypot(x, y), np.arctan2(y, x)
    petal = np.abs(np.cos(4.0 * turn))
    reach = 0.14 + 0.17 * petal**0.7
    body = smooth(1.0, 0.55, away / reach) * (0.45 + 0.55 * smooth(0.0, 0.45, petal))
    eye = np.sqrt(np.maximum(0.0, 1.0 - (away / 0.075) ** 2))
    ring = smooth(0.02, 0.0, np.abs(away - 0.095))
    return np.maximum(body * (1.0 - 0.7 * ring), 1.1 * eye)


MASKS: Mapping[str, Callable[[np.ndarray, np.ndarray, float], np.ndarray]] = {
    "striped": _striped, "checked": _checked, "dotted": _dotted, "carved": _carved,
}  # fmt: skip
