"""From crossings to covered areas: what of a pixel belongs to its own surface and what to its neighbours', forward and backward.

Four neighbouring pixel centres are the corners of a cell, whose sides the crossings lie on. Inside, straight arms run from the
crossings to a joint: where the two lines meet, or in the middle. The arms cut the cell into regions, one for each surface, and a
pixel is the sum of its quarters of four cells. Crossings, joints and regions move on without a jump when one passes a centre.

In a pixel's own frame it is corner 0 at (0, 0), h its neighbour at (1, 0), v the one at (0, 1), d the one at (1, 1); side 0 leads
from 0 to h, side 1 from h to d, side 2 from v to d, side 3 from 0 to v. Rows of a line: nx, ny its
unit normal, x, y the crossing.
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
def _corner(k):  # type: ignore[no-untyped-def]
    return (1.0 if k == 1 or k == 2 else 0.0), (1.0 if k == 2 or k == 3 else 0.0)


@kernel(error_model="numpy")
def _around(where, places, y, x, sy, sx, t, c):  # type: ignore[no-untyped-def]
    """Fills the places t (4,) and numbers c (4,), -1 for none, of the cell on the side (sx, sy) of a pixel; how many there are.

    Outside the picture the last pixels go on.
    """
    inside_x, inside_y = x + sx >= 0 and x + sx < where.shape[1], y + sy >= 0 and y + sy < where.shape[0]
    left, upper = x if sx > 0 else x - 1, y if sy > 0 else y - 1
    c[0] = where[y, left, 0] if inside_x else -1
    c[3] = where[upper, x, 1] if inside_y else -1
    c[1] = (where[upper, x + sx, 1] if inside_x else c[3]) if inside_y else -1
    c[2] = (where[y + sy, left, 0] if inside_y else c[0]) if inside_x else -1
    count = 0
    for side in range(4):
        if c[side] >= 0:
            forth = sx > 0 if side == 0 or side == 2 else sy > 0
            t[side] = places[c[side]] if forth else 1.0 - places[c[side]]
            count += 1
    return count


@kernel(error_model="numpy")
def _joint(found, lines, sy, sx, t, c, count):  # type: ignore[no-untyped-def]
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
            a, b, ax, ay, bx, by, det = pair(lines, sy, sx, t, c, one, two + 1)
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
        third = two
        if found[c[one], 0] == found[c[two], 0] and count > 2:
            for side in range(4):
                if c[side] >= 0 and side != one and side != two:
                    third = side
        a, b, ax, ay, bx, by, det = pair(lines, sy, sx, t, c, one, third)
        if abs(det) > 1e-4:
            mx, my = (a * by - b * ay) / det, (ax * b - bx * a) / det
            if mx >= -REACH and my >= -REACH and mx <= 1.0 + REACH and my <= 1.0 + REACH:
                return mx, my, 0, one, third
    px, py = point(one, t[one])
    qx, qy = point(two, t[two])
    return 0.5 * (px + qx), 0.5 * (py + qy), 1, one, two


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
def pair(lines, sy, sx, t, c, first, second):  # type: ignore[no-untyped-def]
    """The offsets and normals of two lines in the pixel's frame, and the normals' determinant."""
    ax, ay = lines[c[first], 0] * sx, lines[c[first], 1] * sy
    bx, by = lines[c[second], 0] * sx, lines[c[second], 1] * sy
    px, py = point(first, t[first])
    qx, qy = point(second, t[second])
    return ax * px + ay * py, bx * qx + by * qy, ax, ay, bx, by, ax * by - ay * bx


@kernel(error_model="numpy")
def _region(k, t, c, joint, polygon):  # type: ignore[no-untyped-def]
    """Fills polygon (8, 2) with corner k's region; how many points it has. Side s leads from corner s to the next."""
    if joint[2] == 3:
        return _strip(k, joint[3], t, polygon)
    first = last = k
    count = 0
    while True:
        polygon[count, 0], polygon[count, 1] = _corner(first)
        count += 1
        if c[first] != -1:
            break
        first = (first + 1) % 4
    while c[(last + 3) % 4] == -1:
        last = (last + 3) % 4
    before = (last + 3) % 4
    polygon[count, 0], polygon[count, 1] = point(first, t[first])
    polygon[count + 1, 0], polygon[count + 1, 1] = joint[0], joint[1]
    polygon[count + 2, 0], polygon[count + 2, 1] = point(before, t[before])
    count += 3
    while last != k:
        polygon[count, 0], polygon[count, 1] = _corner(last)
        count += 1
        last = (last + 1) % 4
    return count


@kernel(error_model="numpy")
def _strip(k, cut, t, polygon):  # type: ignore[no-untyped-def]
    """_region() where the sides cut and cut + 1 are joined by a line, and the two others by another."""
    alone = (k - cut) % 2 == 1
    polygon[0, 0], polygon[0, 1] = _corner(k)
    polygon[1, 0], polygon[1, 1] = point(k, t[k])
    before = (k + 3) % 4
    if alone:
        polygon[2, 0], polygon[2, 1] = point(before, t[before])
        return 3
    after, beyond = (k + 1) % 4, (k + 2) % 4
    polygon[2, 0], polygon[2, 1] = point(after, t[after])
    polygon[3, 0], polygon[3, 1] = _corner(beyond)
    polygon[4, 0], polygon[4, 1] = point(beyond, t[beyond])
    polygon[5, 0], polygon[5, 1] = point(before, t[before])
    return 6


@kernel(error_model="numpy")
def _quarter(polygon, count, clipped):  # type: ignore[no-untyped-def]
    """The area of the polygon within x <= 0.5, y <= 0.5; clipped (16, 2): room for what lies within x <= 0.5."""
    kept = 0
    for n in range(count):
        ax, ay = polygon[n, 0], polygon[n, 1]
        bx, by = polygon[(n + 1) % count, 0], polygon[(n + 1) % count, 1]
        if ax <= 0.5:
            clipped[kept, 0], clipped[kept, 1] = ax, ay
            kept += 1
        if (ax <= 0.5) != (bx <= 0.5):
            clipped[kept, 0], clipped[kept, 1] = 0.5, ay + (by - ay) * (0.5 - ax) / (bx - ax)
            kept += 1
    area, px, py, started = 0.0, 0.0, 0.0, False
    fx = fy = 0.0
    for n in range(kept):
        ax, ay = clipped[n, 0], clipped[n, 1]
        bx, by = clipped[(n + 1) % kept, 0], clipped[(n + 1) % kept, 1]
        for step in range(2):
            if step == 0:
                if ay > 0.5:
                    continue
                x, y = ax, ay
            else:
                if (ay <= 0.5) == (by <= 0.5):
                    continue
                x, y = ax + (bx - ax) * (0.5 - ay) / (by - ay), 0.5
            if started:
                area += px * y - x * py
            else:
                fx, fy, started = x, y, True
            px, py = x, y
    return 0.5 * (area + px * fy - fx * py)


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
def shares(found, places, lines, where, y, x, sy, sx, room, home, areas):  # type: ignore[no-untyped-def]
    """Fills areas (4,) with what of the pixel's quarter shows the colour of each corner, corner 0's region counted for corner 0.

    Corners of one region share its area, d only where it is alone. home: of _homes(). What the gradient needs besides: how many
    crossings there are, and the joint.
    """
    t, c, polygon, clipped = room
    count = _around(where, places, y, x, sy, sx, t, c)
    areas[0], areas[1], areas[2], areas[3] = 0.25, 0.0, 0.0, 0.0
    joint = (0.0, 0.0, 0, -1, -1)
    if count == 0:
        for k in range(4):
            home[k] = 0
        return count, joint
    joint = _joint(found, lines, sy, sx, t, c, count)
    _homes(c, home)
    if joint[2] == 3:
        home[joint[3] + 2] = home[joint[3]]
    areas[0] = _quarter(polygon, _region(0, t, c, joint, polygon), clipped)
    rest = 0.25 - areas[0]
    if home[1] != 0 and home[3] == home[1]:
        if home[2] != home[1]:
            areas[2] = _quarter(polygon, _region(2, t, c, joint, polygon), clipped)
        areas[1] = areas[3] = 0.5 * (rest - areas[2])
        return count, joint
    last = 0
    for k in range(1, 4):
        if home[k] != 0 and (k != 2 or (home[1] != home[2] and home[3] != home[2])):
            areas[k] = _quarter(polygon, _region(k, t, c, joint, polygon), clipped)
            rest -= areas[k]
            last = k
    areas[last] += rest  # rounding
    return count, joint
