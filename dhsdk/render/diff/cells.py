"""From crossings to covered areas: what of a pixel belongs to its own surface and what to its neighbours'.

Four neighbouring pixel centres are the corners of a cell, whose sides the crossings lie on. Inside, straight arms run from the
crossings to a joint: where the two lines meet, or in the middle. The arms cut the cell into regions, one for each surface, and a
pixel is the sum of its quarters of four cells. Crossings, joints and regions move on without a jump when one passes a centre.

Corners 0, 1, 2, 3 of a cell lie at (0, 0), (1, 0), (1, 1), (0, 1), side s leads from corner s to the next, and quarter k is the
one at corner k. A region is named by the first of its corners. Rows of a line: nx, ny its unit normal, x, y the crossing.
"""

from __future__ import annotations

from dhsdk.jit import kernel

REACH = 0.5
"""How far outside a cell a joint may lie: the tip of a corner that has slipped between two pixel centres."""


@kernel(error_model="numpy")
def point(side, t):  # type: ignore[no-untyped-def]
    if side == 0:
        return t, 0.0
    if side == 1:
        return 1.0, t
    return (t, 1.0) if side == 2 else (0.0, t)


@kernel(error_model="numpy")
def at(where, y, x, axis):  # type: ignore[no-untyped-def]
    """The number of the crossing right of (axis 0) or below (1) a pixel, -1 for none, also outside the picture."""
    return where[y, x, axis] if y >= 0 and x >= 0 and y < where.shape[0] and x < where.shape[1] else -1


@kernel(error_model="numpy")
def cut(found, places, lines, where, y, x, t, c, home, areas):  # type: ignore[no-untyped-def]
    """Cuts the cell whose corner 0 is the pixel (y, x) into regions: its joint, see _joint.

    Outside the picture the last pixels go on. Filled are t (4,) the crossings' places on the sides, c (4,) their numbers, -1 for
    none and -2 for an end that is none, home (4,) the region of each corner, areas (4, 4) of the regions in each quarter.
    """
    height, width = where.shape[0], where.shape[1]
    c[0], c[2] = at(where, max(y, 0), x, 0), at(where, min(y + 1, height - 1), x, 0)
    c[3], c[1] = at(where, y, max(x, 0), 1), at(where, y, min(x + 1, width - 1), 1)
    return _regions(found, places, lines, t, c, home, areas)


@kernel(error_model="numpy")
def cut_again(found, places, lines, inner, shown, c, home, t, again, homes, areas):  # type: ignore[no-untyped-def]
    """Cuts a cell that slivers reach into once more, at their insides: whether there are any, their pixel, what they lie beside.

    Filled are t, again, homes and areas as those of the first cut. The areas of the region beside a sliver are its own; what the
    first cut gives it besides is the sliver.
    """
    beside, row, column = -1, -1, -1
    for side in range(4):
        again[side] = max(c[side], -1)
        if c[side] < 0 or inner[c[side]] < 0:
            continue
        again[side] = inner[c[side]]
        forth = (places[again[side]] < places[c[side]]) == (side < 2)  # the inside is nearer the corner where the side begins
        region = home[side] if forth else home[(side + 1) & 3]
        if beside < 0:
            beside, row, column = region, shown[c[side], 0], shown[c[side], 1]
        elif beside != region:
            again[side] = c[side]
    joint = (0.0, 0.0, 0, -1, -1)
    if beside >= 0:
        joint = _regions(found, places, lines, t, again, homes, areas)
        for k in range(4):
            if homes[k] != home[k]:
                beside = -1
    return beside, row, column, joint


@kernel(error_model="numpy")
def _regions(found, places, lines, t, c, home, areas):  # type: ignore[no-untyped-def]
    count = 0
    for side in range(4):
        if c[side] >= 0:
            t[side] = places[c[side]]
            count += 1
    joint = _joint(found, lines, t, c, count)
    _homes(c, home)
    if joint[2] == 3:
        home[joint[3] + 2] = home[joint[3]]
    _areas(t, c, home, joint, areas)
    return joint


@kernel(error_model="numpy")
def _joint(found, lines, t, c, count):  # type: ignore[no-untyped-def]
    """(x, y) of the joint and what it is: 0 where the lines of two sides meet, 1 the middle of two crossings, 2 of all; the two.

    3 is no joint but two lines: of the named sides, which are neighbours, and of the two others.

    A single crossing gets an arm to the middle of the opposite side. An outline goes on straight where something ends at it.
    """
    one, two = -1, -1
    if count == 4:
        for side in range(2):
            if _kin(found, c[side], c[side + 1]) and _kin(found, c[side + 2], c[(side + 3) % 4]):
                one, two = side, side + 1
        if one >= 0 and not _kin(found, c[one], c[(one + 3) % 4]):
            a, b, ax, ay, bx, by, det = pair(lines, t, c, one, two + 1)
            mx, my = (a * by - b * ay) / det, (ax * b - bx * a) / det
            if not (mx >= 0.0 and my >= 0.0 and mx <= 1.0 and my <= 1.0):
                return 0.0, 0.0, 3, one, two
            return mx, my, 0, one, two + 1
        one = -1
    for side in range(4):
        if c[side] < 0:
            continue
        for other in range(side):
            if c[other] < 0:
                continue
            if count == 2 or _one_line(found, c, other, side):
                one, two = other, side
    if count == 1:
        for side in range(4):
            if c[side] >= 0:
                one = side
        two = (one + 2) % 4
        c[two], t[two] = -2, 0.5
    elif one < 0:
        x = y = 0.0
        for side in range(4):
            if c[side] >= 0:
                px, py = point(side, t[side])
                x += px / count
                y += py / count
        return x, y, 2, -1, -1
    else:
        near, third = one, two
        straight = found[c[one], 0] == found[c[two], 0]
        for side in range(4):
            if c[side] >= 0 and side not in (one, two) and (straight or _strange(found, c[side], c[one])):
                third = side
        if third != two and not straight:
            near = _met(lines, t, c, one, two, third)
        a, b, ax, ay, bx, by, det = pair(lines, t, c, near, third)
        if abs(det) > 1e-4:
            mx, my = (a * by - b * ay) / det, (ax * b - bx * a) / det
            if mx >= -REACH and my >= -REACH and mx <= 1.0 + REACH and my <= 1.0 + REACH:
                return mx, my, 0, near, third
    px, py = point(one, t[one])
    qx, qy = point(two, t[two])
    return 0.5 * (px + qx), 0.5 * (py + qy), 1, one, two


@kernel(error_model="numpy")
def _strange(found, m, n):  # type: ignore[no-untyped-def]
    """Whether a crossing is not of the piece of an edge's: it ends behind that anywhere, not at its corner."""
    return found[m, 0] < 0 or found[m, 5] != found[n, 5]


@kernel(error_model="numpy")
def _met(lines, t, c, one, two, third):  # type: ignore[no-untyped-def]
    """At which of an outline's two lines, with a corner between them, the third ends: one or two."""
    a, b, ax, ay, bx, by, det = pair(lines, t, c, one, two)
    if abs(det) < 1e-4:
        return one
    cornerx, cornery = (a * by - b * ay) / det, (ax * b - bx * a) / det
    a, b, ax, ay, bx, by, det = pair(lines, t, c, one, third)
    px, py = point(one, t[one])
    x, y = a * by - b * ay - cornerx * det, ax * b - bx * a - cornery * det
    return one if (x * (px - cornerx) + y * (py - cornery)) * det >= 0.0 else two


@kernel(error_model="numpy")
def _one_line(found, c, one, two):  # type: ignore[no-untyped-def]
    """Whether of all crossings of a cell just these two are of one edge, or outlines of one piece."""
    if not _kin(found, c[one], c[two]):
        return False
    for side in range(4):
        if side != one and side != two and c[side] >= 0 and _kin(found, c[side], c[one]) and found[c[one], 0] != found[c[two], 0]:
            return False
    return True


@kernel(error_model="numpy")
def _kin(found, m, n):  # type: ignore[no-untyped-def]
    """Whether two crossings are of one edge, or outlines of one piece."""
    if found[m, 0] < 0 or found[n, 0] < 0:
        return False
    return found[m, 0] == found[n, 0] or (found[m, 4] != 1 and found[n, 4] != 1 and found[m, 5] == found[n, 5])


@kernel(error_model="numpy")
def pair(lines, t, c, first, second):  # type: ignore[no-untyped-def]
    """The offsets and normals of two lines in the cell's frame, and the normals' determinant."""
    ax, ay = lines[c[first], 0], lines[c[first], 1]
    bx, by = lines[c[second], 0], lines[c[second], 1]
    px, py = point(first, t[first])
    qx, qy = point(second, t[second])
    return ax * px + ay * py, bx * qx + by * qy, ax, ay, bx, by, ax * by - ay * bx


@kernel(error_model="numpy")
def _homes(c, home):  # type: ignore[no-untyped-def]
    """Fills home (4,) with the first corner of each corner's region."""
    for k in range(4):
        home[k] = home[k - 1] if k > 0 and c[k - 1] == -1 else k
    if c[3] == -1:  # the region of corner 0 goes on beyond the last side
        past = home[3]
        for k in range(4):
            if home[k] == past:
                home[k] = 0


@kernel(error_model="numpy")
def arm(joint, side, t, c):  # type: ignore[no-untyped-def]
    """Whether an arm begins at the crossing on a side, which has that side's corner to its left; its two ends."""
    px, py = point(side, t[side])
    if joint[2] == 3:
        after = (side + 1) & 3
        jx, jy = point(after, t[after])
        return (side - joint[3]) & 1 == 0, px, py, jx, jy
    return c[side] != -1, px, py, joint[0], joint[1]


@kernel(error_model="numpy")
def pieces(px, py, jx, jy):  # type: ignore[no-untyped-def]
    """The shares of the way from p to j at which an arm passes from one quarter into another, in order, 1 for none."""
    a = (0.5 - px) / (jx - px) if (px > 0.5) != (jx > 0.5) else 1.0
    b = (0.5 - py) / (jy - py) if (py > 0.5) != (jy > 0.5) else 1.0
    return min(a, b), max(a, b)


@kernel(error_model="numpy")
def quarter(x, y):  # type: ignore[no-untyped-def]
    if x <= 0.5:
        return 0 if y <= 0.5 else 3
    return 1 if y <= 0.5 else 2


@kernel(error_model="numpy")
def _areas(t, c, home, joint, out):  # type: ignore[no-untyped-def]
    """Fills out (4, 4): the area of each region in each quarter, whose sum is 1/4.

    By a walk around each region, as seen from the cell's middle: there the lines between quarters enclose nothing.
    """
    out[:] = 0.0
    for side in range(4):
        after = (side + 1) & 3
        here, there = home[side], home[after]
        share = 1.0 if c[side] == -1 else (t[side] if side < 2 else 1.0 - t[side])
        near, far = min(share, 0.5), max(share - 0.5, 0.0)
        out[side, here] += 0.25 * near
        out[side, there] += 0.25 * (0.5 - near)
        out[after, here] += 0.25 * far
        out[after, there] += 0.25 * (0.5 - far)
        begins, px, py, jx, jy = arm(joint, side, t, c)
        if not begins:
            continue
        dx, dy = jx - px, jy - py
        turn = 0.5 * ((px - 0.5) * dy - (py - 0.5) * dx)
        a, b = pieces(px, py, jx, jy)
        low = 0.0
        for high in (a, b, 1.0):
            if high > low:
                middle = 0.5 * (low + high)
                k = quarter(px + middle * dx, py + middle * dy)
                out[k, here] += turn * (high - low)
                out[k, there] -= turn * (high - low)
            low = high
