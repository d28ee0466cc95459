"""Pixels at outlines, mixed by what of each belongs to whom, forward and backward. Cells, corners and sides: see cells.

Rows of a line: nx, ny its unit normal, x, y the crossing.
"""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render.diff.cells import pair, point, shares


@kernel(error_model="numpy", uses=("cells.py",))
def mark(found, where, marks):  # type: ignore[no-untyped-def]
    """Writes the crossing's number to where (H, W, 2), rightwards 0 or downwards 1 of its pixel, and 1 to marks (H, W) around."""
    height, width = marks.shape
    for n in range(len(found)):
        y, x, axis = found[n, 1], found[n, 2], found[n, 3]
        where[y, x, axis] = n
        for along in range(2):
            for beside in range(-1, 2):
                v, u = (y + beside, x + along) if axis == 0 else (y + along, x + beside)
                if v >= 0 and u >= 0 and v < height and u < width:
                    marks[v, u] = 1


@kernel(error_model="numpy", uses=("cells.py",))
def _nearest(where, places, y, x):  # type: ignore[no-untyped-def]
    """How far the nearest crossing lies from the pixel's centre on the four lines to its neighbours, at most 0.5; its number, its
    axis, and 1 where it lies to the left or above."""
    best, which, its_axis, its_back = 0.5, -1, 0, 0
    for axis in range(2):
        for back in range(2):
            v, u = (y, x - back) if axis == 0 else (y - back, x)
            if v < 0 or u < 0 or where[v, u, axis] < 0:
                continue
            n = where[v, u, axis]
            away = 1.0 - places[n] if back else places[n]
            if away < best:
                best, which, its_axis, its_back = away, n, axis, back
    return best, which, its_axis, its_back


@kernel(error_model="numpy", uses=("cells.py",))
def _own(colors, y, v, x, u, q, home):  # type: ignore[no-untyped-def]
    """The mean colour of the neighbours in the pixel's own region, its own where there are none."""
    h, w = colors[y, u, q], colors[v, x, q]
    if home[1] == 0:
        return 0.5 * (h + w) if home[3] == 0 else h
    return w if home[3] == 0 else colors[y, x, q]


@kernel(error_model="numpy", uses=("cells.py",))
def mix(colors, found, where, places, lines, marks, low, high, out):  # type: ignore[no-untyped-def]
    """Rows low <= y < high of out (H, W, C), which begins as a copy of colors.

    The nearer a crossing comes to a pixel's centre, the more the pixel's own part takes on the colour of its neighbours of the
    same surface, which is what that part shows when the crossing has passed the centre.
    """
    room = (np.empty(4), np.empty(4, np.int64), np.empty((8, 2)), np.empty((16, 2)))
    home, areas = np.empty(4, np.int64), np.empty(4)
    height, width = marks.shape
    for y in range(low, high):
        for x in range(width):
            if not marks[y, x]:
                continue
            away, _, _, _ = _nearest(where, places, y, x)
            share = (1.0 - 2.0 * away) ** 2
            out[y, x] = 0.0
            for corner in range(4):
                sx, sy = (1 if corner & 1 else -1), (1 if corner & 2 else -1)
                u, v = min(max(x + sx, 0), width - 1), min(max(y + sy, 0), height - 1)
                shares(found, places, lines, where, y, x, sy, sx, room, home, areas)
                for q in range(colors.shape[2]):
                    mine = colors[y, x, q]
                    out[y, x, q] += (
                        areas[0] * (mine + share * (_own(colors, y, v, x, u, q, home) - mine))
                        + areas[1] * colors[y, u, q]
                        + areas[2] * colors[v, u, q]
                        + areas[3] * colors[v, x, q]
                    )


@kernel(error_model="numpy", uses=("cells.py",))
def _within(ax, ay, bx, by):  # type: ignore[no-untyped-def]
    """The shares of the way from a to b between which it lies within x <= 0.5, y <= 0.5."""
    low, high = 0.0, 1.0
    for a, b in ((ax, bx), (ay, by)):
        if a > 0.5 and b > 0.5:
            return 0.0, 0.0
        if (a > 0.5) != (b > 0.5):
            when = (0.5 - a) / (b - a)
            if a > 0.5:
                low = max(low, when)
            else:
                high = min(high, when)
    return low, max(low, high)


@kernel(error_model="numpy", uses=("cells.py",))
def _push(pushes, lines, n, y, x, sy, sx, px, py, amount):  # type: ignore[no-untyped-def]
    """Line n is moved along its normal at a point of the pixel's frame: adds to pushes (N, 3) the amount and its moments."""
    pushes[n, 0] += amount
    pushes[n, 1] += amount * (x + 0.5 + sx * px - lines[n, 2])
    pushes[n, 2] += amount * (y + 0.5 + sy * py - lines[n, 3])


@kernel(error_model="numpy", uses=("cells.py",))
def _shift(pushes, lines, sy, sx, side, c, fx, fy):  # type: ignore[no-untyped-def]
    """The crossing on a side moves along it; (fx, fy) is what its motion is worth."""
    if c[side] >= 0:
        across = side == 0 or side == 2
        lean = lines[c[side], 0] * sx if across else lines[c[side], 1] * sy
        if lean != 0.0:
            pushes[c[side], 0] += (fx if across else fy) / lean


@kernel(error_model="numpy", uses=("cells.py",))
def _arm(pushes, lines, sy, sx, side, c, px, py, jx, jy, gain):  # type: ignore[no-untyped-def]
    """What moving the far end of an arm is worth; the near one, on a side, is moved. gain: of area on its left."""
    low, high = _within(px, py, jx, jy)
    if high <= low or gain == 0.0:
        return 0.0, 0.0
    far = 0.5 * (high * high - low * low)
    near = high - low - far
    nx, ny = gain * (jy - py), -gain * (jx - px)
    _shift(pushes, lines, sy, sx, side, c, nx * near, ny * near)
    return nx * far, ny * far


@kernel(error_model="numpy", uses=("cells.py",))
def _areas_back(pushes, lines, y, x, sy, sx, t, c, joint, worth):  # type: ignore[no-untyped-def]
    """The arms move, and with them the areas; worth (4,): what a unit of area is worth where each corner's region shows."""
    jx, jy, how, one, two = joint
    if how == 3:
        for line in range(2):
            one, two = joint[3] + 2 * line, (joint[3] + 2 * line + 1) % 4
            px, py = point(one, t[one])
            qx, qy = point(two, t[two])
            fx, fy = _arm(pushes, lines, sy, sx, one, c, px, py, qx, qy, worth[one] - worth[(one + 1) % 4])
            _shift(pushes, lines, sy, sx, two, c, fx, fy)
        return
    fx = fy = 0.0
    for side in range(4):
        if c[side] != -1:
            px, py = point(side, t[side])
            gain = worth[side] - worth[(side + 1) % 4]
            gx, gy = _arm(pushes, lines, sy, sx, side, c, px, py, jx, jy, gain)
            fx += gx
            fy += gy
    if how == 0:
        _, _, ax, ay, bx, by, det = pair(lines, sy, sx, t, c, one, two)
        _push(pushes, lines, c[one], y, x, sy, sx, jx, jy, (fx * by - fy * bx) / det)
        _push(pushes, lines, c[two], y, x, sy, sx, jx, jy, (ax * fy - ay * fx) / det)
        return
    count = 2
    if how == 2:
        count = (c[0] >= 0) + (c[1] >= 0) + (c[2] >= 0) + (c[3] >= 0)
    for side in range(4):
        if how == 2 or side in (one, two):
            _shift(pushes, lines, sy, sx, side, c, fx / count, fy / count)


@kernel(error_model="numpy", uses=("cells.py",))
def mix_back(colors, found, where, places, lines, marks, grad, low, high, to_colors, pushes):  # type: ignore[no-untyped-def]
    """Adds to to_colors, which begins as a copy of grad, and to pushes (N, 3): what moving each line along its normal is worth.

    From the pixels in rows low <= y < high, which also reaches into the rows next to them.
    """
    room = (np.empty(4), np.empty(4, np.int64), np.empty((8, 2)), np.empty((16, 2)))
    home, areas, worth = np.empty(4, np.int64), np.empty(4), np.empty(4)
    height, width = marks.shape
    for y in range(low, high):
        for x in range(width):
            if not marks[y, x]:
                continue
            away, nearest, axis, back = _nearest(where, places, y, x)
            share = (1.0 - 2.0 * away) ** 2
            of_share = 0.0
            for q in range(colors.shape[2]):
                to_colors[y, x, q] -= grad[y, x, q]
            for corner in range(4):
                sx, sy = (1 if corner & 1 else -1), (1 if corner & 2 else -1)
                u, v = min(max(x + sx, 0), width - 1), min(max(y + sy, 0), height - 1)
                count, joint = shares(found, places, lines, where, y, x, sy, sx, room, home, areas)
                worth[:] = 0.0
                for q in range(colors.shape[2]):
                    g, mine = grad[y, x, q], colors[y, x, q]
                    own = _own(colors, y, v, x, u, q, home)
                    of_share += g * areas[0] * (own - mine)
                    worth[0] += g * (mine + share * (own - mine))
                    worth[1] += g * colors[y, u, q]
                    worth[2] += g * colors[v, u, q]
                    worth[3] += g * colors[v, x, q]
                    to_colors[y, x, q] += g * areas[0] * (1.0 - share)
                    to_colors[y, u, q] += g * areas[1]
                    to_colors[v, u, q] += g * areas[2]
                    to_colors[v, x, q] += g * areas[3]
                    _own_back(to_colors, y, v, x, u, q, home, g * areas[0] * share)
                if count:
                    _shared(home, worth)
                    _areas_back(pushes, lines, y, x, sy, sx, room[0], room[1], joint, worth)
            lean = lines[nearest, axis] if nearest >= 0 else 0.0
            if lean != 0.0:
                pushes[nearest, 0] -= 4.0 * (1.0 - 2.0 * away) * of_share * (-1.0 if back else 1.0) / lean


@kernel(error_model="numpy", uses=("cells.py",))
def _own_back(to_colors, y, v, x, u, q, home, g):  # type: ignore[no-untyped-def]
    if home[1] == 0:
        to_colors[y, u, q] += 0.5 * g if home[3] == 0 else g
    if home[3] == 0:
        to_colors[v, x, q] += 0.5 * g if home[1] == 0 else g
    if home[1] != 0 and home[3] != 0:
        to_colors[y, x, q] += g


@kernel(error_model="numpy", uses=("cells.py",))
def _shared(home, worth):  # type: ignore[no-untyped-def]
    """worth (4,) of each corner's own colour becomes that of its region."""
    if home[1] != 0 and home[3] == home[1]:
        worth[1] = worth[3] = 0.5 * (worth[1] + worth[3])
    if home[2] == home[1]:
        worth[2] = worth[1]
    elif home[2] == home[3]:
        worth[2] = worth[3]
    for k in range(1, 4):
        if home[k] == 0:
            worth[k] = worth[0]
