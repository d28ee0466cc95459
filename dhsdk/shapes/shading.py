"""The last step of every kernel: stand the parts on the floor and darken them towards it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dhsdk.shapes.kernel import Part, PartSocket, Stream, Surface
from dhsdk.shapes.surface import Vec

GROUND = 0.66
"""Brightness where a part meets the floor."""
APART = 3e-4
"""By how much the scales of repeated pieces differ."""
FLAT = 0.8
"""Brightness of an even face at half height."""


def finished(parts: Sequence[Part], rng: Stream, ground: float = GROUND) -> tuple[Part, ...]:
    """The parts moved so that the lowest point is at y = 0, darker towards the ground (down to `ground`), below and inside.

    Each is scaled by up to 0.25 % in x and z about its pivot: repeated pieces are never the same, not even nearly.
    """
    low = min(float(part.surface.positions[:, 1].min()) for part in parts)
    high = max(float(part.surface.positions[:, 1].max()) for part in parts)
    return tuple(_finish(part, low, high - low, vary, ground) for part, vary in zip(parts, _scales(parts, rng), strict=True))


def _scales(parts: Sequence[Part], rng: Stream) -> list[np.ndarray]:
    """How much each part is scaled in x and z, pieces of as many faces apart from one another in both."""
    taken: dict[int, list[np.ndarray]] = {}
    out = []
    for part in parts:
        kin = taken.setdefault(len(part.surface.faces), [])
        draws = 1.0 + rng("vary", part.name).uniform(-0.0025, 0.0025, (24, 2))
        apart = [min((float(np.abs(draw - other).min()) for other in kin), default=1.0) for draw in draws]
        chosen = draws[next((k for k, gap in enumerate(apart) if gap > APART), int(np.argmax(apart)))]
        kin.append(chosen)
        out.append(chosen)
    return out


def painted(part: Part, amount: float) -> Part:
    """The part with its edges brought out as a painter does: lighter and warmer edges, deeper and cooler hollows and foot.

    amount: 0 leaves it as it is, 1 is the stylised look.
    """
    if amount <= 0.0:
        return part

    def brought(surface: Surface) -> Surface:
        if surface.colors is None:
            return surface
        light = surface.colors.mean(axis=1, keepdims=True) / FLAT
        depth = light ** (1.1 * amount) * np.where(light > 1.0, light, 1.0) ** (1.4 * amount)
        hue = 1.0 + amount * np.clip(light - 1.0, -0.35, 0.2) * np.array([0.0, -0.04, -0.28])
        return replace(surface, colors=np.clip(surface.colors * depth * hue * (1.0 - 0.1 * amount), 0.05, 1.0))

    return replace(part, surface=brought(part.surface), lods=tuple(map(brought, part.lods)))


def _finish(part: Part, low: float, height: float, vary: np.ndarray, least: float) -> Part:
    def shaded(surface: Surface) -> Surface:
        pivot = np.asarray(part.pivot)
        positions = (surface.positions - pivot) * (vary[0], 1.0, vary[1]) + pivot - (0.0, low, 0.0)
        rise = np.clip(positions[:, 1] / (0.45 * height), 0.0, 1.0)
        ground = least + (1.0 - least) * rise * (2.0 - rise)
        sky = 0.87 + 0.13 * np.clip(surface.normals[:, 1] + 0.35, -1.0, 1.0)
        own = np.ones((len(positions), 3)) if surface.colors is None else surface.colors
        # The floor's bounce is warm: blue fades a little faster than red.
        warm = 1.0 - np.outer(1.0 - ground, np.array([0.85, 1.0, 1.12]))
        return replace(surface, positions=positions, colors=np.clip(own * warm * sky[:, None], 0.05, 1.0))

    return replace(
        part,
        surface=shaded(part.surface),
        lods=tuple(shaded(one) for one in part.lods),
        pivot=_lowered(part.pivot, low),
        sockets=tuple(_lowered_socket(socket, low) for socket in part.sockets),
    )


def _lowered(point: Vec, low: float) -> Vec:
    return (float(point[0]), float(point[1] - low), float(point[2]))


def _lowered_socket(socket: PartSocket, low: float) -> PartSocket:
    return replace(socket, translation=_lowered(socket.translation, low))
