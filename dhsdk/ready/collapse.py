"""The compiled loop of simplify: half-edge collapses by quadric error, cheapest first.

Wedges are vertices of primitives, spots the points where they stand. Corners of a spot form a linked list: corner c = 3 face + k,
head[spot] the first, after[c] the next, -1 the end; corners of dead faces are dropped when two lists are joined.
Source: Garland and Heckbert 1997, "Surface simplification using quadric error metrics"; link condition: Dey et al. 1999.
"""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from dhsdk.jit import kernel

FLIP = 0.2
"""Least cosine between a triangle's normal before and after a collapse."""
AGREE = 0.1
"""Least cosine between a triangle's normal and the vertex normals at its corners after a collapse."""
SLIVER = 1e-3
"""Least doubled area of a triangle over its longest edge squared."""
FAR, MANY = 10, 100_000
"""Above this many times the target, and this many triangles, cheap edges are collapsed in any order."""


@kernel()
def quadrics(points: Any, spots: Any) -> Any:
    """(P, 10) upper triangles of the quadrics of points (P, 3): the planes of the triangles (F, 3) around each, times area."""
    out = np.zeros((len(points), 10))
    for f in range(len(spots)):
        p, q, r = points[spots[f, 0]], points[spots[f, 1]], points[spots[f, 2]]
        n = np.cross(q - p, r - p)
        area = np.sqrt((n * n).sum())
        if area <= 1e-30:
            continue
        plane = np.empty(4)
        plane[:3] = n / area
        plane[3] = -(plane[:3] * p).sum()
        for k in range(3):
            at = 0
            for i in range(4):
                for j in range(i, 4):
                    out[spots[f, k], at] += plane[i] * plane[j] * area
                    at += 1
    return out


@kernel()
def _cost(source: Any, goal: Any, points: Any, forms: Any, scale: Any) -> Any:
    """Squared distance from the planes of both ends to the goal, times area; short edges win among equals."""
    x, y, z = points[goal, 0], points[goal, 1], points[goal, 2]
    q = forms[source] + forms[goal]
    error = q[0] * x * x + q[4] * y * y + q[7] * z * z + q[9]
    error += 2.0 * (q[1] * x * y + q[2] * x * z + q[3] * x + q[5] * y * z + q[6] * y + q[8] * z)
    d = points[source] - points[goal]
    return (max(error, 0.0) + 1e-7 * (d * d).sum()) * scale[source]


@kernel()
def _around(spot: Any, faces: Any, place: Any, alive: Any, head: Any, after: Any, seen: Any, times: Any, epoch: Any) -> Any:
    """Marks the neighbours of a spot with `epoch`, `times` each shares a face with it; returns how many faces it has."""
    degree = 0
    c = head[spot]
    while c >= 0:
        f = c // 3
        if alive[f]:
            degree += 1
            for k in range(3):
                v = place[faces[f, k]]
                if v != spot:
                    if seen[v] != epoch:
                        seen[v] = epoch
                        times[v] = 0
                    times[v] += 1
        c = after[c]
    return degree


@kernel()
def _link_holds(source: Any, goal: Any, faces: Any, place: Any, alive: Any, lists: Any, marks: Any, epoch: Any) -> Any:
    """Whether the surface stays a manifold with the same border, and spots on the border move along it only."""
    head, after = lists
    seen, times, seen2, times2 = marks
    own = _around(source, faces, place, alive, head, after, seen, times, epoch)
    other = _around(goal, faces, place, alive, head, after, seen2, times2, epoch)
    if own == 0 or other == 0 or seen[goal] != epoch:
        return False
    border, apex = False, -1
    c = head[source]
    while c >= 0:
        f = c // 3
        if alive[f]:
            shares, third = False, -1
            for k in range(3):
                v = place[faces[f, k]]
                if v != source:
                    if times[v] > 2:
                        return False
                    border = border or times[v] == 1
                    shares = shares or v == goal
                    third = third if v == goal else v
            if shares and third == apex:
                return False  # both faces at the edge lie on each other: below they would count as two neighbours in common
            apex = third if shares else apex
        c = after[c]
    shared = times[goal]
    if shared != (1 if border else 2) or (not border and own + other < 7):
        return False
    common = 0
    c = head[goal]
    while c >= 0:
        f = c // 3
        if alive[f]:
            for k in range(3):
                v = place[faces[f, k]]
                if v not in (source, goal) and seen[v] == epoch and seen2[v] == epoch:
                    seen2[v] = 0  # each counts once
                    common += 1
        c = after[c]
    return common == shared


@kernel()
def _moves(source: Any, goal: Any, faces: Any, place: Any, alive: Any, lists: Any, moves: Any) -> Any:
    """Fills moves with (wedge of the source, wedge of the goal) pairs that share a triangle; False where one has none or two."""
    head, after = lists
    moves[:] = -1
    for check in range(2):
        c = head[source]
        while c >= 0:
            f = c // 3
            if alive[f]:
                own = faces[f, c % 3]
                new = -1
                for k in range(3):
                    if place[faces[f, k]] == goal:
                        new = faces[f, k]
                row = 0 if moves[0, 0] in (own, -1) else 1
                if check == 0 and new >= 0:
                    if moves[row, 0] == -1:
                        moves[row, 0], moves[row, 1] = own, new
                    elif moves[row, 0] != own or moves[row, 1] != new:
                        return False
                elif check == 1 and moves[row, 0] != own:
                    return False
            c = after[c]
    return True


@kernel()
def _mapping_holds(old: Any, new: Any, b: Any, d: Any) -> Any:
    """Whether the UV triangle (old, b, d) keeps its side and an area as (new, b, d); one that has no area has none to lose."""
    before = (b[0] - old[0]) * (d[1] - old[1]) - (b[1] - old[1]) * (d[0] - old[0])
    after = (b[0] - new[0]) * (d[1] - new[1]) - (b[1] - new[1]) * (d[0] - new[0])
    edge = max(((b - new) ** 2).sum(), ((d - new) ** 2).sum(), ((b - d) ** 2).sum())
    return before == 0.0 or ((before > 0.0) == (after > 0.0) and abs(after) > SLIVER * edge)


@kernel()
def _faces_hold(
    source: Any, goal: Any, faces: Any, place: Any, alive: Any, lists: Any, moves: Any, points: Any, normals: Any, uvs: Any
) -> Any:
    """Whether no remaining triangle of the source flips or turns into a sliver, in space or in UVs, or leaves its normals."""
    head, after = lists
    kept = 0
    c = head[source]
    while c >= 0:
        f, k = c // 3, c % 3
        c = after[c]
        if not alive[f]:
            continue
        b, d = faces[f, (k + 1) % 3], faces[f, (k + 2) % 3]
        if goal in (place[b], place[d]):
            continue
        kept += 1
        p, q, s, g = points[place[b]], points[place[d]], points[source], points[goal]
        old, new = np.cross(p - s, q - s), np.cross(p - g, q - g)
        size, length = np.sqrt((new * new).sum()), np.sqrt((old * old).sum())
        edge = max(((p - g) ** 2).sum(), ((q - g) ** 2).sum(), ((p - q) ** 2).sum())
        was = max(((p - s) ** 2).sum(), ((q - s) ** 2).sum(), ((p - q) ** 2).sum())
        thin = length <= SLIVER * was  # has no normal to keep, and may become better
        if size <= SLIVER * edge and not (thin and size * was > length * edge):
            return False
        if not thin and (old * new).sum() <= FLIP * size * length:
            return False
        moved = moves[0, 1] if faces[f, k] == moves[0, 0] else moves[1, 1]
        for w in (moved, b, d):
            n = normals[w]
            if (n * n).sum() > 0.25 and (n * new).sum() <= AGREE * size:
                return False
        if not _mapping_holds(uvs[faces[f, k]], uvs[moved], uvs[b], uvs[d]):
            return False
    return kept > 0


@kernel()
def _join(source: Any, goal: Any, faces: Any, place: Any, alive: Any, lists: Any, moves: Any, worth: Any) -> Any:
    """Carries the collapse out; returns how many triangles are gone."""
    head, after = lists
    gone = 0
    c = head[source]
    while c >= 0:
        f, k = c // 3, c % 3
        if alive[f]:
            if goal in (place[faces[f, (k + 1) % 3]], place[faces[f, (k + 2) % 3]]):
                alive[f] = False
                gone += worth[f]
            else:
                faces[f, k] = moves[0, 1] if faces[f, k] == moves[0, 0] else moves[1, 1]
        c = after[c]
    first, last = -1, -1
    for spot in (goal, source):
        c = head[spot]
        while c >= 0:
            following = after[c]
            if alive[c // 3]:
                if last < 0:
                    first = c
                else:
                    after[last] = c
                last = c
                after[c] = -1
            c = following
    head[goal], head[source] = first, -1
    return gone


@kernel()
def _tried(
    source: Any, goal: Any, faces: Any, place: Any, alive: Any, lists: Any, marks: Any, moves: Any, epoch: Any, points: Any,
    normals: Any, uvs: Any, worth: Any, forms: Any,
) -> Any:  # fmt: skip
    """Carries a collapse out where it is allowed; returns how many triangles are gone, -1 where it is not."""
    if (
        not _link_holds(source, goal, faces, place, alive, lists, marks, epoch)
        or not _moves(source, goal, faces, place, alive, lists, moves)
        or not _faces_hold(source, goal, faces, place, alive, lists, moves, points, normals, uvs)
    ):
        return -1
    gone = _join(source, goal, faces, place, alive, lists, moves, worth)
    forms[goal] += forms[source]
    return gone


@kernel()
def _bound(faces: Any, place: Any, alive: Any, points: Any, forms: Any, scale: Any) -> Any:
    """The cost that a quarter of the edges stay below, of a sample."""
    step = max(1, len(faces) // 20_000)
    costs, count = np.empty(len(faces) // step + 1), 0
    for f in range(0, len(faces), step):
        if alive[f]:
            costs[count] = _cost(place[faces[f, 0]], place[faces[f, 1]], points, forms, scale)
            count += 1
    return np.sort(costs[:count])[count // 4] if count else 0.0


@kernel()
def _swept(state: Any, points: Any, normals: Any, uvs: Any, forms: Any, scale: Any, worth: Any, target: Any) -> Any:
    """(triangles, epochs) left: far from the target any cheap edge will do, and no queue has to be kept."""
    faces, place, alive, lists, marks, moves = state
    total, epoch = worth.sum(), 0
    before = total + 1
    while max(FAR * target, MANY) < total < before:
        before = int(0.99 * total)
        bound = _bound(faces, place, alive, points, forms, scale)
        for f in range(len(faces)):
            for k in range(3):
                if not alive[f]:
                    break
                one, other = place[faces[f, k]], place[faces[f, (k + 1) % 3]]
                ahead, back = _cost(one, other, points, forms, scale), _cost(other, one, points, forms, scale)
                if ahead > back:
                    one, other, ahead = other, one, back
                if ahead <= bound:
                    epoch += 1
                    total -= max(
                        0,
                        _tried(one, other, faces, place, alive, lists, marks, moves, epoch, points, normals, uvs, worth, forms),
                    )
    return total, epoch


@kernel()
def collapse(points: Any, place: Any, faces: Any, normals: Any, uvs: Any, forms: Any, scale: Any, worth: Any, target: Any) -> Any:
    """(F,) which faces are left when their worth is at most `target`, or when no collapse is allowed any more.

    points: (P, 3). place: (W,) spot of each wedge. faces: (F, 3) wedges, changed in place. normals: (W, 3) and uvs: (W, 2), zero
    where there are none. forms: (P, 10) quadrics, changed. scale: (P,) factor of the cost. worth: (F,) int64 copies of each
    triangle.
    """
    alive = np.ones(len(faces), np.bool_)
    head, after = np.full(len(points), -1, np.int64), np.full(3 * len(faces), -1, np.int64)
    for c in range(3 * len(faces) - 1, -1, -1):
        spot = place[faces[c // 3, c % 3]]
        after[c] = head[spot]
        head[spot] = c
    lists = (head, after)
    marks = (
        np.zeros(len(points), np.int64), np.zeros(len(points), np.int64),
        np.zeros(len(points), np.int64), np.zeros(len(points), np.int64),
    )  # fmt: skip
    moves = np.full((2, 2), -1, np.int64)
    state = (faces, place, alive, lists, marks, moves)
    total, epoch = _swept(state, points, normals, uvs, forms, scale, worth, target)
    before = total + 1
    while target < total < before:
        before = total
        queue = [(0.0, 0, 0)]
        queue.pop()
        for f in range(len(faces)):
            if alive[f]:
                for k in range(3):
                    one, other = place[faces[f, k]], place[faces[f, (k + 1) % 3]]
                    queue.append((_cost(one, other, points, forms, scale), one, other))
                    queue.append((_cost(other, one, points, forms, scale), other, one))
        heapq.heapify(queue)
        while len(queue) > 0 and total > target:
            cost, source, goal = heapq.heappop(queue)
            if head[source] < 0 or head[goal] < 0 or cost < _cost(source, goal, points, forms, scale) * (1.0 - 1e-9):
                continue  # out of date: the newer entry is in the queue as well
            epoch += 1
            gone = _tried(source, goal, faces, place, alive, lists, marks, moves, epoch, points, normals, uvs, worth, forms)
            if gone < 0:
                continue
            total -= gone
            c = head[goal]
            while c >= 0:
                for k in range(3):
                    v = place[faces[c // 3, k]]
                    if v != goal:
                        heapq.heappush(queue, (_cost(v, goal, points, forms, scale), v, goal))
                        heapq.heappush(queue, (_cost(goal, v, points, forms, scale), goal, v))
                c = after[c]
    return alive


@kernel()
def settle(points: Any, spots: Any, forms: Any) -> Any:
    """Moves the points (P, 3) of triangles `spots` (F, 3), in place, to where the planes gathered in `forms` want them.

    A point moves at most half its shortest edge, and only where none of its triangles flips or turns into a sliver. What the
    planes leave open (along a flat or an edge) stays as it is.
    """
    first, which = np.zeros(len(points) + 1, np.int64), np.empty(3 * len(spots), np.int64)
    for f in range(len(spots)):
        for k in range(3):
            first[spots[f, k] + 1] += 1
    for p in range(len(points)):
        first[p + 1] += first[p]
    put = first[:-1].copy()
    for c in range(3 * len(spots)):
        p = spots[c // 3, c % 3]
        which[put[p]] = c
        put[p] += 1
    a = np.empty((3, 3))
    for p in range(len(points)):
        if first[p] == first[p + 1]:
            continue
        q, at = forms[p], points[p].copy()
        a[0, 0], a[0, 1], a[0, 2], a[1, 1], a[1, 2], a[2, 2] = q[0], q[1], q[2], q[4], q[5], q[7]
        a[1, 0], a[2, 0], a[2, 1] = q[1], q[2], q[5]
        pull = np.array((q[3], q[6], q[8]))
        tie = 1e-3 * (q[0] + q[4] + q[7])
        if tie <= 0.0:
            continue
        slope = -(a @ at + pull)
        for k in range(3):
            a[k, k] += tie
        move = np.linalg.solve(a, slope)
        shortest = np.inf
        for i in range(first[p], first[p + 1]):
            f, k = which[i] // 3, which[i] % 3
            for j in range(1, 3):
                d = points[spots[f, (k + j) % 3]] - at
                shortest = min(shortest, (d * d).sum())
        long = np.sqrt((move * move).sum())
        if long > 0.5 * np.sqrt(shortest):
            move *= 0.5 * np.sqrt(shortest) / long
        goal = at + move
        for i in range(first[p], first[p + 1]):
            f, k = which[i] // 3, which[i] % 3
            b, d = points[spots[f, (k + 1) % 3]], points[spots[f, (k + 2) % 3]]
            old, new = np.cross(b - at, d - at), np.cross(b - goal, d - goal)
            size, before = np.sqrt((new * new).sum()), np.sqrt((old * old).sum())
            edge = max(((b - goal) ** 2).sum(), ((d - goal) ** 2).sum(), ((b - d) ** 2).sum())
            if size <= SLIVER * edge or (old * new).sum() <= 0.7 * size * before:
                goal = at
                break
        points[p] = goal
