"""Tops, legs, frames and drawers of tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dhsdk.shapes.curves import disc
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.solids import box, plank, plate
from dhsdk.shapes.surface import Shell, join, moved, surface, tinted, turned
from dhsdk.shapes.turning import BALUSTER, COLUMN, tapered_post, turned_member

if TYPE_CHECKING:
    from dhsdk.shapes.table import TableParams

BACK = math.pi / 2


def table_parts(params: TableParams, rng: Stream) -> list[Part]:
    """The top first; everything else hangs on it."""
    style = params.base.style
    parts = [_top(params, rng)]
    if style == "pedestal":
        return [*parts, *_pedestal(params)]
    x, z = _reach(params)
    parts += _trestles(params, x, z) if style == "trestle" else _legs(params, x, z)
    if style != "trestle" or params.drawers.count:
        parts += [Part("apron", surface(_apron(params, x, z)), "frame", (0.0, _under(params), 0.0), "top")]
        parts += _drawers(params, x, z)
    if params.base.stretcher:
        parts.append(Part("stretchers", surface(_stretchers(params, x, z)), "frame", (0.0, 0.2, 0.0), "top"))
    if params.base.shelf:
        parts.append(_shelf(params, rng, x, z))
    return parts


def _under(params: TableParams) -> float:
    return params.size.height - params.top.thickness


def _reach(params: TableParams) -> tuple[float, float]:
    """x and z of the middle of a leg: on the diagonal of a round top, at the corner of a square one."""
    size, inset = params.size, params.top.overhang + params.base.thickness / 2
    share = 0.72 if params.top.shape == "round" else 1.0
    least = 0.8 * params.base.thickness
    return max(share * size.width / 2 - inset, least), max(share * size.depth / 2 - inset, least)


def _drawer_count(params: TableParams, x: float) -> int:
    """As many as asked for, but none narrower than 12 cm."""
    return min(params.drawers.count, int((2 * x - params.base.thickness) / 0.12))


def _boards(width: float, depth: float, thick: float, count: int, rough: float, draw: np.random.Generator) -> Shell:
    """Boards along x side by side, faces up, about the origin."""
    pitch = depth / count
    pieces = []
    for i in range(count):
        length = width - 0.03 * rough * float(draw.uniform()) * width
        board = plank(length, pitch - 0.002, thick, draw, bevel=0.14 * thick, rough=0.6 * rough)
        board = moved(turned(board, (1.0, 0.0, 0.0), -BACK), (0.0, 0.0, (i + 0.5) * pitch - depth / 2))
        pieces.append(tinted(board, float(draw.uniform(0.88, 1.0))))
    return join(*pieces)


def _top(params: TableParams, rng: Stream) -> Part:
    size, top = params.size, params.top
    under = _under(params)
    wide, deep = size.width, size.depth
    if top.shape == "round":
        shell = moved(plate(disc(wide / 2, 2 * params.detail, deep / 2), top.thickness, 0.25 * top.thickness), (0.0, under, 0.0))
        wide, deep = 0.7 * wide, 0.7 * deep
    elif top.boards == 1:
        shell = moved(box((wide, top.thickness, deep), 0.22 * top.thickness, along=0), (0.0, under + top.thickness / 2, 0.0))
    else:
        shell = _boards(wide, deep, top.thickness, top.boards, top.irregular, rng("top"))
        shell = moved(shell, (0.0, under + top.thickness / 2, 0.0))
    support = PartSocket("top", (0.0, size.height, 0.0), "support", (0.94 * wide, 0.94 * deep))
    return Part("top", surface(shell), "top", (0.0, under, 0.0), sockets=(support,))


def _legs(params: TableParams, x: float, z: float) -> list[Part]:
    high, thick = _under(params) + 0.004, params.base.thickness
    if params.base.style == "turned":
        block = params.base.apron + 0.03
        post = turned_member(BALUSTER, high - block + 0.01, 0.5 * thick, params.detail)
        leg = join(post, moved(box((thick, block, thick), 0.08 * thick, along=1), (0.0, high - block / 2, 0.0)))
    else:
        leg = tapered_post(high, thick, 0.68, 0.1 * thick)
    parts = []
    for row, sz in (("front", 1), ("back", -1)):
        for side, sx in (("right", -1), ("left", 1)):
            at = (sx * x, 0.0, sz * z)
            parts.append(Part(f"leg_{row}_{side}", surface(moved(leg, at)), "legs", (at[0], high, at[2]), "top"))
    return parts


def _apron(params: TableParams, x: float, z: float) -> Shell:
    """Rails between the legs; where drawers are, two thin rails and stiles in front."""
    tall, thick, under = params.base.apron, 0.32 * params.base.thickness, _under(params)
    y = under - tall / 2 + 0.002
    pieces = [moved(box((2 * x, tall, thick), 0.15 * thick, along=0), (0.0, y, -z - 0.1 * thick))]
    for side in (-1, 1):
        pieces.append(moved(box((thick, 0.99 * tall, 2 * z), 0.15 * thick, along=2), (side * (x + 0.1 * thick), y, 0.0)))
    count = _drawer_count(params, x)
    if not count:
        return join(*pieces, moved(box((2 * x, tall, thick), 0.15 * thick, along=0), (0.0, y, z + 0.1 * thick)))
    for place in (under - 0.005, under - tall + 0.008):
        pieces.append(moved(box((2 * x, 0.014, thick), 0.002, along=0), (0.0, place, z)))
    for line in np.linspace(-1, 1, count + 1)[1:-1] * (x - params.base.thickness / 2):
        pieces.append(moved(box((0.018, 0.97 * tall, 0.98 * thick), 0.002, along=1), (line, y, z)))
    return join(*pieces)


def _drawers(params: TableParams, x: float, z: float) -> list[Part]:
    """Open boxes behind thick fronts, each with a knob; they slide out along +z."""
    count, thick = _drawer_count(params, x), params.base.thickness
    parts = []
    inner = 2 * x - thick
    for i in range(count):
        wide, tall = inner / count - 0.026, params.base.apron - 0.034
        middle = ((i + 0.5) / count - 0.5) * inner
        y = _under(params) - params.base.apron / 2
        deep = 1.7 * z - 0.04
        out = params.drawers.open * deep
        front = z + 0.2 * thick + out
        pieces = [moved(box((wide, tall, 0.022), 0.004, along=0), (middle, y, front))]
        for side in (-1, 1):
            wall = box((0.01, 0.8 * tall, deep), 0.0015, along=2)
            pieces.append(moved(wall, (middle + side * (wide / 2 - 0.012), y - 0.05 * tall, front - deep / 2)))
        pieces.append(
            moved(box((wide - 0.03, 0.76 * tall, 0.009), 0.0015, along=0), (middle, y - 0.05 * tall, front - deep + 0.008))
        )
        pieces.append(
            moved(box((wide - 0.031, 0.007, deep - 0.012), 0.0015, along=2), (middle, y - 0.4 * tall, front - deep / 2))
        )
        pivot = (middle, y, front)
        slide = ((0.0, 0.0, 1.0), -out, 0.75 * deep - out)
        parts.append(Part(f"drawer_{i + 1}", surface(join(*pieces)), "drawers", pivot, "top", slide=slide))
        size = min(0.018, 0.3 * tall)
        rows = [(0.0, -0.3 * size), (0.5 * size, 0.0), (0.4 * size, 0.7 * size), (size, 1.1 * size), (0.9 * size, 1.6 * size),
                (0.0, 1.9 * size)]  # fmt: skip
        knob = moved(turned(lathe(rows, params.detail), (1.0, 0.0, 0.0), BACK), (middle, y, front + 0.011))
        grip = PartSocket(f"knob_{i + 1}", (middle, y, front + 0.03), "handle", (2 * size, 2 * size))
        parts.append(Part(f"knob_{i + 1}", surface(knob), "handle", pivot, f"drawer_{i + 1}", sockets=(grip,), collide=False))
    return parts


def _stretchers(params: TableParams, x: float, z: float) -> Shell:
    thick = 0.5 * params.base.thickness
    y = 0.2 * _under(params)
    bar = moved(box((2 * x, 1.5 * thick, thick), 0.16 * thick, along=0), (0.0, y, 0.0))
    if params.base.style == "trestle":
        return bar
    ends = [moved(box((thick, 1.4 * thick, 2 * z), 0.16 * thick, along=2), (side * x, y, 0.0)) for side in (-1, 1)]
    return join(bar, *ends)


def _shelf(params: TableParams, rng: Stream, x: float, z: float) -> Part:
    y = 0.27 * _under(params)
    wide, deep = 2 * x - 0.2 * params.base.thickness, 2 * z - 0.2 * params.base.thickness
    shell = moved(_boards(wide, deep, 0.02, 3, params.top.irregular, rng("shelf")), (0.0, y, 0.0))
    support = PartSocket("shelf", (0.0, y + 0.01, 0.0), "support", (0.8 * wide, 0.8 * deep))
    return Part("shelf", surface(shell), "frame", (0.0, y, 0.0), "top", sockets=(support,))


def _trestles(params: TableParams, x: float, z: float) -> list[Part]:
    """A foot, a post and a bearer under each end."""
    thick, under = params.base.thickness, _under(params)
    parts = []
    for name, sx in (("left", 1), ("right", -1)):
        at = sx * 0.86 * x
        foot = moved(box((thick, 0.9 * thick, 2 * z), 0.14 * thick, along=2), (at, 0.45 * thick, 0.0))
        bearer = moved(box((0.94 * thick, params.base.apron, 1.9 * z), 0.14 * thick, along=2),
                       (at, under - params.base.apron / 2 + 0.002, 0.0))  # fmt: skip
        posts = [moved(box((0.9 * thick, under - 0.7 * thick, 0.9 * thick), 0.1 * thick, along=1),
                       (at, under / 2, side * 0.36 * z)) for side in (-1, 1)]  # fmt: skip
        parts.append(Part(f"trestle_{name}", surface(join(foot, bearer, *posts)), "legs", (at, under, 0.0), "top"))
    return parts


def _pedestal(params: TableParams) -> list[Part]:
    """A turned column on four spread feet, under a round block."""
    thick, under = params.base.thickness, _under(params)
    reach = 0.36 * min(params.size.width, params.size.depth)
    column = moved(turned_member(COLUMN, under - 0.05, thick, params.detail), (0.0, 0.05, 0.0))
    block = moved(plate(disc(0.55 * reach, params.detail), 0.03, 0.006), (0.0, under - 0.028, 0.0))
    parts = [Part("column", surface(join(column, block)), "legs", (0.0, under, 0.0), "top")]
    foot = moved(box((reach, 0.9 * thick, 0.7 * thick), 0.12 * thick, along=0, taper=(0.7, 0.6)), (reach / 2, 0.45 * thick, 0.0))
    for k in range(4):
        shell = turned(foot, (0.0, 1.0, 0.0), math.pi / 4 + k * BACK)
        parts.append(Part(f"foot_{k + 1}", surface(shell), "legs", (0.0, 0.05, 0.0), "column"))
    return parts
