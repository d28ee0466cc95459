"""Pixels at outlines, mixed by what of each belongs to whom, forward and backward. Cells, corners, sides and regions: see cells.

Rows of a line: nx, ny its unit normal, x, y the crossing.
"""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render.diff.cells import arm, at, cut, cut_again, pair, pieces, quarter


@kernel(error_model="numpy", uses=("cells.py",))
def touched(found, where, cells):  # type: ignore[no-untyped-def]
    """Writes the crossings' numbers to where (H, W, 2), rightwards 0 or downwards 1 of their pixels; how many cells they touch.

    cells: (2 N,) int64 becomes (row + 1) (W + 1) + column + 1 of each cell's corner 0.
    """
    for n in range(len(found)):
        where[found[n, 1], found[n, 2], found[n, 3]] = n
    count = 0
    for n in range(len(found)):
        y, x, axis = found[n, 1], found[n, 2], found[n, 3]
        for before in range(2):
            v, u = (y - before, x) if axis == 0 else (y, x - before)
            side = 3 - 2 * before if axis else 2 * before
            known = side > 0 and at(where, v, u, 0) >= 0  # a cell is named by the first of its sides that is crossed
            known = known or (side > 1 and at(where, v, u + 1, 1) >= 0) or (side > 2 and at(where, v + 1, u, 0) >= 0)
            if not known:
                cells[count] = (v + 1) * (where.shape[1] + 1) + u + 1
                count += 1
    return count


@kernel(error_model="numpy", uses=("cells.py",))
def _nearest(places, where, inner, y, x):  # type: ignore[no-untyped-def]
    """How far the nearest crossing lies from the pixel's centre on the four lines to its neighbours, at most 0.5; its number, its
    axis, and 1 where it lies to the left or above."""
    best, which, its_axis, its_back = 0.5, -1, 0, 0
    for axis in range(2):
        for back in range(2):
            n = at(where, y, x - back, axis) if axis == 0 else at(where, y - back, x, axis)
            while n >= 0:
                away = 1.0 - places[n] if back else places[n]
                if away < best:
                    best, which, its_axis, its_back = away, n, axis, back
                n = inner[n]
    return best, which, its_axis, its_back


@kernel(error_model="numpy", uses=("cells.py",))
def _views(home, k, share, out):  # type: ignore[no-untyped-def]
    """Fills out (4, 4): how much of each corner's colour quarter k takes for each region, where the rest is corner k's own.

    For another region it is the mean of the neighbouring corners in it, else the farthest corner's. For its own, `share` of the
    mean of the neighbours in it: the nearer a crossing comes to a pixel's centre, the more the pixel's own part takes on the
    colour that it shows when the crossing has passed the centre.
    """
    out[:] = 0.0
    before, after, across = (k + 3) & 3, (k + 1) & 3, (k + 2) & 3
    for region in range(4):
        own = region == home[k]
        whole = share if own else 1.0
        one, two = home[before] == region, home[after] == region
        if one:
            out[region, before] = 0.5 * whole if two else whole
        if two:
            out[region, after] = 0.5 * whole if one else whole
        if not (one or two or own) and home[across] == region:
            out[region, across] = 1.0


@kernel(error_model="numpy", uses=("cells.py",))
def _pixel(y, x, k, height, width):  # type: ignore[no-untyped-def]
    """Corner k of a cell as a pixel of the picture, and whether it is one."""
    v, u = y + (1 if k > 1 else 0), x + (1 if k == 1 or k == 2 else 0)
    inside = v >= 0 and u >= 0 and v < height and u < width
    return min(max(v, 0), height - 1), min(max(u, 0), width - 1), inside


@kernel(error_model="numpy", uses=("cells.py",))
def _split(beside, areas, inside, slivers):  # type: ignore[no-untyped-def]
    """The region beside slivers keeps its areas (4, 4) inside of them; the rest is theirs, (4,)."""
    for k in range(4):
        slivers[k] = areas[k, beside] - inside[k, beside]
        areas[k, beside] = inside[k, beside]


@kernel(error_model="numpy", uses=("cells.py",))
def mix(colors, net, cells, first, last, out):  # type: ignore[no-untyped-def]
    """The cells first <= n < last of out (H, W, C), which begins as a copy of colors. net: see silhouette.Crossings."""
    found, places, lines, where, inner, shown = net
    some = len(inner) > 0 and inner.max() >= 0  # most pictures have no slivers
    t, c, home, areas = np.empty(4), np.empty(4, np.int64), np.empty(4, np.int64), np.empty((4, 4))
    t2, c2, home2, areas2 = np.empty(4), np.empty(4, np.int64), np.empty(4, np.int64), np.empty((4, 4))
    views, slivers = np.empty((4, 4)), np.empty(4)
    height, width = where.shape[0], where.shape[1]
    for n in range(first, last):
        y, x = cells[n] // (width + 1) - 1, cells[n] % (width + 1) - 1
        cut(found, places, lines, where, y, x, t, c, home, areas)
        beside = row = column = -1
        if some:
            beside, row, column, _ = cut_again(found, places, lines, inner, shown, c, home, t2, c2, home2, areas2)
        if beside >= 0:
            _split(beside, areas, areas2, slivers)
        for k in range(4):
            v, u, inside = _pixel(y, x, k, height, width)
            if not inside:
                continue
            away, _, _, _ = _nearest(places, where, inner, v, u)
            _views(home, k, (1.0 - 2.0 * away) ** 2, views)
            for j in range(4):
                weight = 0.0
                for region in range(4):
                    weight += areas[k, region] * views[region, j]
                if weight == 0.0:
                    continue
                b, a, _ = _pixel(y, x, j, height, width)
                for q in range(colors.shape[2]):
                    out[v, u, q] += weight * (colors[b, a, q] - colors[v, u, q])
            if beside >= 0:
                for q in range(colors.shape[2]):
                    out[v, u, q] += slivers[k] * (colors[row, column, q] - colors[v, u, q])


@kernel(error_model="numpy", uses=("cells.py",))
def mix_back(colors, net, cells, grad, first, last, to_colors, pushes):  # type: ignore[no-untyped-def]
    """Adds to to_colors, which begins as a copy of grad unless it is empty, and to pushes (N, 3): what moving each line along its
    normal is worth."""
    found, places, lines, where, inner, shown = net
    some = len(inner) > 0 and inner.max() >= 0  # most pictures have no slivers
    t, c, home, areas = np.empty(4), np.empty(4, np.int64), np.empty(4, np.int64), np.empty((4, 4))
    t2, c2, home2, areas2 = np.empty(4), np.empty(4, np.int64), np.empty(4, np.int64), np.empty((4, 4))
    views, worth, inward, slivers, seen = np.empty((4, 4)), np.empty((4, 4)), np.empty((4, 4)), np.empty(4), np.empty(4)
    height, width = where.shape[0], where.shape[1]
    for n in range(first, last):
        y, x = cells[n] // (width + 1) - 1, cells[n] % (width + 1) - 1
        joint = cut(found, places, lines, where, y, x, t, c, home, areas)
        beside, row, column, second = -1, -1, -1, joint
        if some:
            beside, row, column, second = cut_again(found, places, lines, inner, shown, c, home, t2, c2, home2, areas2)
        if beside >= 0:
            _split(beside, areas, areas2, slivers)
        worth[:] = 0.0
        inward[:] = 0.0
        for k in range(4):
            v, u, inside = _pixel(y, x, k, height, width)
            if not inside:
                continue
            away, nearest, axis, back = _nearest(places, where, inner, v, u)
            _views(home, k, 1.0, views)
            share, own = (1.0 - 2.0 * away) ** 2, home[k]
            for j in range(4):
                weight, seen[j] = 0.0, 0.0
                if views[0, j] + views[1, j] + views[2, j] + views[3, j] == 0.0:
                    continue
                for region in range(4):
                    weight += areas[k, region] * views[region, j] * (share if region == own else 1.0)
                b, a, _ = _pixel(y, x, j, height, width)
                seen[j] = _pulled(colors, grad, to_colors, v, u, b, a, weight)
            for region in range(4):
                for j in range(4):
                    worth[k, region] += views[region, j] * seen[j]
            of_share = areas[k, own] * worth[k, own]
            worth[k, own] *= share
            lean = lines[nearest, axis] if nearest >= 0 else 0.0
            if lean != 0.0:
                pushes[nearest, 0] -= 4.0 * (1.0 - 2.0 * away) * of_share * (-1.0 if back else 1.0) / lean
            if beside >= 0:
                sliver = _pulled(colors, grad, to_colors, v, u, row, column, slivers[k])
                inward[k, beside] = worth[k, beside] - sliver
                worth[k, beside] = sliver
        _areas_back(pushes, lines, y, x, t, c, home, joint, worth)
        if beside >= 0:
            _areas_back(pushes, lines, y, x, t2, c2, home2, second, inward)


@kernel(error_model="numpy", uses=("cells.py",))
def _pulled(colors, grad, to_colors, v, u, b, a, weight):  # type: ignore[no-untyped-def]
    """What it is worth that the pixel (v, u) takes on the colour of (b, a); adds what that colour is, for so much of it."""
    out = 0.0
    for q in range(colors.shape[2]):
        out += grad[v, u, q] * (colors[b, a, q] - colors[v, u, q])
        if len(to_colors):
            to_colors[b, a, q] += weight * grad[v, u, q]
            to_colors[v, u, q] -= weight * grad[v, u, q]
    return out


@kernel(error_model="numpy", uses=("cells.py",))
def _areas_back(pushes, lines, y, x, t, c, home, joint, worth):  # type: ignore[no-untyped-def]
    """The arms move, and with them the areas; worth (4, 4): what a unit of area is worth for each region in each quarter."""
    fx = fy = 0.0
    for side in range(4):
        begins, px, py, jx, jy = arm(joint, side, t, c)
        if not begins:
            continue
        near, far = _gains(worth, home[side], home[(side + 1) & 3], px, py, jx, jy)
        _shift(pushes, lines, side, c, near * (jy - py), near * (px - jx))
        if joint[2] == 3:
            _shift(pushes, lines, (side + 1) & 3, c, far * (jy - py), far * (px - jx))
        fx += far * (jy - py)
        fy += far * (px - jx)
    jx, jy, how, one, two = joint
    if how == 0:
        _, _, ax, ay, bx, by, det = pair(lines, t, c, one, two)
        _push(pushes, lines, c[one], y, x, jx, jy, (fx * by - fy * bx) / det)
        _push(pushes, lines, c[two], y, x, jx, jy, (ax * fy - ay * fx) / det)
    elif how != 3:
        count = 2 if how == 1 else (c[0] >= 0) + (c[1] >= 0) + (c[2] >= 0) + (c[3] >= 0)
        for side in range(4):
            if how == 2 or side in (one, two):
                _shift(pushes, lines, side, c, fx / count, fy / count)


@kernel(error_model="numpy", uses=("cells.py",))
def _gains(worth, here, there, px, py, jx, jy):  # type: ignore[no-untyped-def]
    """What an arm gains for its length when its near end moves to the right of it, and when its far one does."""
    a, b = pieces(px, py, jx, jy)
    near = far = low = 0.0
    for high in (a, b, 1.0):
        if high > low:
            middle = 0.5 * (low + high)
            k = quarter(px + middle * (jx - px), py + middle * (jy - py))
            gain = (worth[k, here] - worth[k, there]) * (high - low)
            far += gain * middle
            near += gain * (1.0 - middle)
        low = high
    return near, far


@kernel(error_model="numpy", uses=("cells.py",))
def _push(pushes, lines, n, y, x, px, py, amount):  # type: ignore[no-untyped-def]
    """Line n is moved along its normal at a point of the cell: adds to pushes (N, 3) the amount and its moments."""
    pushes[n, 0] += amount
    pushes[n, 1] += amount * (x + 0.5 + px - lines[n, 2])
    pushes[n, 2] += amount * (y + 0.5 + py - lines[n, 3])


@kernel(error_model="numpy", uses=("cells.py",))
def _shift(pushes, lines, side, c, fx, fy):  # type: ignore[no-untyped-def]
    """The crossing on a side moves along it; (fx, fy) is what its motion is worth."""
    if c[side] >= 0:
        lean = lines[c[side], side & 1]
        if lean != 0.0:
            pushes[c[side], 0] += (fy if side & 1 else fx) / lean
