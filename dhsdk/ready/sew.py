"""Compiled loops of mend: which triangles are neighbours, which way round each must be, the borders and their filling.

A half-edge h = 3 face + k runs from corner k to corner k + 1 of its face; mate[h] is the neighbour's half-edge, -1 at a border.
"""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel


@kernel()
def mates(faces, points, order, starts):  # type: ignore[no-untyped-def]
    """(3 F,) mates. order: half-edges sorted by their undirected edge; starts: where each edge begins in it, and the end.

    More than two triangles at an edge are sorted around it, and each that has the solid ahead is joined to the next that has it
    behind; what is left over is joined to the nearest of the rest, or stays a border.
    """
    mate = np.full(3 * len(faces), -1, np.int64)
    for e in range(len(starts) - 1):
        low, high = starts[e], starts[e + 1]
        if high - low == 2:
            mate[order[low]], mate[order[low + 1]] = order[low + 1], order[low]
        elif high - low > 2:
            _around(faces, points, order[low:high], mate)
    return mate


@kernel()
def _around(faces, points, fan, mate):  # type: ignore[no-untyped-def]
    count = len(fan)
    angle, ahead = np.empty(count), np.empty(count, np.bool_)
    f0 = fan[0] // 3
    a, b = faces[f0, fan[0] % 3], faces[f0, (fan[0] + 1) % 3]
    axis = points[b] - points[a]
    axis /= np.sqrt((axis * axis).sum()) + 1e-300
    side, up = np.zeros(3), np.zeros(3)
    for i in range(count):
        f, k = fan[i] // 3, fan[i] % 3
        away = points[faces[f, (k + 2) % 3]] - points[a]
        away = away - axis * (away * axis).sum()
        if i == 0:
            side = away / (np.sqrt((away * away).sum()) + 1e-300)
            up = np.cross(axis, side)
        ahead[i] = faces[f, k] != a  # runs against the axis: its solid lies at larger angles
        # of faces that lie on each other, those that end a solid come before those that begin one
        angle[i] = np.round(np.arctan2((away * up).sum(), (away * side).sum()) / np.pi, 6) % 2.0 + (1e-7 if ahead[i] else 0.0)
    turn = np.argsort(angle)
    free = np.ones(count, np.bool_)
    for i in range(count):
        one, other = turn[i], turn[(i + 1) % count]
        if free[one] and free[other] and ahead[one] and not ahead[other]:
            mate[fan[one]], mate[fan[other]] = fan[other], fan[one]
            free[one] = free[other] = False
    for reach in range(1, count):
        for i in range(count):
            one, other = turn[i], turn[(i + reach) % count]
            if one != other and free[one] and free[other]:
                mate[fan[one]], mate[fan[other]] = fan[other], fan[one]
                free[one] = free[other] = False


@kernel()
def oriented(faces, mate):  # type: ignore[no-untyped-def]
    """(turned (F,) bool, label (F,) of the piece, cuts): neighbours run opposite ways along their edge once turned faces are.

    Where that cannot be (a one-sided surface) the edge is cut: its mates become borders. Pieces keep the way most faces had.
    """
    turned, label = np.zeros(len(faces), np.bool_), np.full(len(faces), -1, np.int64)
    stack = np.empty(len(faces), np.int64)
    cuts, pieces = 0, 0
    for seed in range(len(faces)):
        if label[seed] >= 0:
            continue
        label[seed], stack[0], top = pieces, seed, 1
        while top > 0:
            top -= 1
            f = stack[top]
            for k in range(3):
                h = 3 * f + k
                m = mate[h]
                if m < 0:
                    continue
                g = m // 3
                same = faces[f, k] == faces[g, m % 3]  # both run the same way: one must be turned
                want = turned[f] != same
                if label[g] < 0:
                    label[g], turned[g], stack[top] = pieces, want, g
                    top += 1
                elif turned[g] != want:
                    mate[h], mate[m] = -1, -1
                    cuts += 1
        pieces += 1
    return turned, label, cuts


@kernel()
def loops(faces, mate, count):  # type: ignore[no-untyped-def]
    """(vertices, starts): the border loops one after another, against the way of their faces, ready to be filled.

    count: vertices; each must be in one fan of faces only.
    """
    after = np.full(count, -1, np.int64)
    borders = 0
    for h in range(3 * len(faces)):
        if mate[h] < 0:
            after[faces[h // 3, (h + 1) % 3]] = faces[h // 3, h % 3]
            borders += 1
    ring, starts = np.empty(borders, np.int64), np.zeros(borders + 1, np.int64)
    put, made = 0, 0
    for h in range(3 * len(faces)):
        v = faces[h // 3, h % 3]
        if mate[h] >= 0 or after[v] < 0:
            continue
        while after[v] >= 0:
            ring[put] = v
            put += 1
            following = after[v]
            after[v] = -1
            v = following
        made += 1
        starts[made] = put
    return ring, starts[: made + 1]


@kernel()
def ears(at, ring, keys, more, count):  # type: ignore[no-untyped-def]
    """(N, 3) triangles over the loop `ring` (n,) with points at (n, 3): always the ear of the widest smallest angle is cut.

    keys, more: sorted low * count + high of edges that exist already and must not be made again. Empty where no ear is left.
    """
    n = len(ring)
    normal = np.zeros(3)
    for i in range(n):
        normal += np.cross(at[i] - at[0], at[(i + 1) % n] - at[0])
    normal /= np.sqrt((normal * normal).sum()) + 1e-300
    after, before = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(n):
        after[i], before[i] = (i + 1) % n, (i - 1) % n
    worth = np.full(n, -2.0)
    for i in range(n):
        worth[i] = _ear(at, ring, normal, before[i], i, after[i], after, keys, more, count, n)
    out = np.empty((n - 2, 3), np.int64)
    left = n
    while left > 3:
        best = np.argmax(worth)
        if worth[best] <= -2.0:
            return out[:0]
        a, c = before[best], after[best]
        out[n - left] = (ring[a], ring[best], ring[c])
        after[a], before[c], worth[best] = c, a, -3.0
        left -= 1
        worth[a] = _ear(at, ring, normal, before[a], a, after[a], after, keys, more, count, left)
        worth[c] = _ear(at, ring, normal, before[c], c, after[c], after, keys, more, count, left)
    b = 0
    while worth[b] <= -3.0:
        b += 1
    out[n - 3] = (ring[before[b]], ring[b], ring[after[b]])
    return out


@kernel()
def _ear(at, ring, normal, a, b, c, after, keys, more, count, left):  # type: ignore[no-untyped-def]
    """The smallest sine of an ear's angles, -2 where it may not be cut: folded over, holding another point, its edge there."""
    p, q, r = at[a], at[b], at[c]
    across = np.cross(q - p, r - q)
    if (across * normal).sum() < 0.0:
        return -2.0
    low, high = min(ring[a], ring[c]), max(ring[a], ring[c])
    key = low * count + high
    for known in (keys, more):
        place = np.searchsorted(known, key)
        if left > 3 and place < len(known) and known[place] == key:
            return -2.0
    v = after[c]
    while v != a:
        s = at[v]
        if (
            (np.cross(q - p, s - p) * normal).sum() > 0
            and (np.cross(r - q, s - q) * normal).sum() > 0
            and (np.cross(p - r, s - r) * normal).sum() > 0
        ):
            return -2.0
        v = after[v]
    one, two, three = np.sqrt(((q - p) ** 2).sum()), np.sqrt(((r - q) ** 2).sum()), np.sqrt(((p - r) ** 2).sum())
    size = np.sqrt((across * across).sum())
    return size / (max(one * two, two * three, three * one) + 1e-300)
