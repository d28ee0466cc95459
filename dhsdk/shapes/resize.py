"""Parts at another size: the points move, so that no node needs a scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dhsdk.shapes.kernel import Part, PartSocket, Surface

Vec = tuple[float, float, float]


def resized(
    parts: Sequence[Part],
    scale: float = 1.0,
    *,
    width: float | None = None,
    height: float | None = None,
    depth: float | None = None,
) -> tuple[Part, ...]:
    """The parts scaled about the origin. One measure (metres) scales all axes alike, several scale each its own.

    Axes without a measure follow the mean of those that have one; `scale` counts only where nothing is measured.
    UVs stay in metres along the surface.
    """
    points = np.concatenate([part.surface.positions for part in parts])
    size = np.ptp(points, axis=0)
    wanted = (width, height, depth)
    given = [want / extent for want, extent in zip(wanted, size, strict=True) if want is not None and extent > 0]
    if not given and scale == 1.0:
        return tuple(parts)
    even = float(np.exp(np.mean(np.log(given)))) if given else scale
    factors = np.array(
        [want / extent if want is not None and extent > 0 else even for want, extent in zip(wanted, size, strict=True)]
    )
    return tuple(_scaled(part, factors) for part in parts)


def _scaled(part: Part, factors: np.ndarray) -> Part:
    made, lods = _scaled_surface(part.surface, factors), tuple(_scaled_surface(one, factors) for one in part.lods)
    sockets = tuple(_scaled_socket(socket, factors) for socket in part.sockets)
    slide = part.slide
    if slide is not None:
        stretch = float(np.abs(np.asarray(slide[0])) @ factors)
        slide = (slide[0], slide[1] * stretch, slide[2] * stretch)
    return replace(part, surface=made, lods=lods, pivot=_times(part.pivot, factors), sockets=sockets, slide=slide)


def _scaled_surface(surface: Surface, factors: np.ndarray) -> Surface:
    normals = surface.normals / factors
    return Surface(
        positions=surface.positions * factors,
        faces=surface.faces,
        normals=normals / np.linalg.norm(normals, axis=1, keepdims=True),
        uvs=surface.uvs * float(np.cbrt(factors.prod())),
        colors=surface.colors,
    )


def _scaled_socket(socket: PartSocket, factors: np.ndarray) -> PartSocket:
    size = None if socket.size is None else (socket.size[0] * float(factors[0]), socket.size[1] * float(factors[2]))
    return replace(socket, translation=_times(socket.translation, factors), size=size)


def _times(v: Vec, factors: np.ndarray) -> Vec:
    return v[0] * float(factors[0]), v[1] * float(factors[1]), v[2] * float(factors[2])
