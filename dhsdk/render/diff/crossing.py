"""Where outlines, creases and intersections cross the lines between neighbouring pixel centres, compiled.

A crossing is a row of six integers: the edge, row and column of the left or upper pixel, axis (0 to the right, 1 downwards), and
two more. Of an edge these are 0 for a silhouette, 1 for a crease, 2 for a silhouette that seems to lie behind what is beyond it,
3 for one of a surface that neither pixel shows, and 1 where the surface lies right of it or below. Where two surfaces pass
through each other the edge is -1, and the two are the faces left and right of it. Its place is how far it lies from the left or
upper pixel's centre towards the other's.
"""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel


@kernel(error_model="numpy")
def screen(pos, flat, out):  # type: ignore[no-untyped-def]
    """out (V, 4) float64: x, y in pixels; what is linear on the screen (1 / w, or z without perspective); 0 behind the camera."""
    for v in range(pos.shape[0]):
        w = np.float64(pos[v, 3])
        out[v, 3] = 1.0 if w > 1e-6 else 0.0
        scale = 1.0 / max(w, 1e-6)
        out[v, 0] = pos[v, 0] * scale
        out[v, 1] = pos[v, 1] * scale
        out[v, 2] = pos[v, 2] if flat else scale


@kernel(error_model="numpy")
def _cross(ax, ay, bx, by, px, py):  # type: ignore[no-untyped-def]
    return (bx - ax) * (py - ay) - (by - ay) * (px - ax)


@kernel(error_model="numpy")
def _turn(at, faces, face):  # type: ignore[no-untyped-def]
    i, j, k = faces[face, 0], faces[face, 1], faces[face, 2]
    return 1.0 if _cross(at[i, 0], at[i, 1], at[j, 0], at[j, 1], at[k, 0], at[k, 1]) > 0.0 else -1.0


@kernel(error_model="numpy")
def _exit(at, faces, across, face, came, sx, sy, tx, ty):  # type: ignore[no-untyped-def]
    """The corner whose edge the segment from s to t leaves the face by, or -1 where t lies on it; and the share before."""
    turn = _turn(at, faces, face)
    leave, best = -1, 2.0
    for corner in range(3):
        a, b = faces[face, corner], faces[face, (corner + 1) % 3]
        to = turn * _cross(at[a, 0], at[a, 1], at[b, 0], at[b, 1], tx, ty)
        if to >= 0.0 or (came >= 0 and across[face, corner] == came):
            continue
        since = turn * _cross(at[a, 0], at[a, 1], at[b, 0], at[b, 1], sx, sy)
        when = since / (since - to) if since > to else 0.0
        if when < best:
            leave, best = corner, when
    return leave, min(best, 1.0)


@kernel(error_model="numpy")
def _beyond(at, faces, across, face, leave):  # type: ignore[no-untyped-def]
    """The face beyond an edge of a face; -1 at a border, and at a fold, where it lies on the same side on the screen."""
    following = across[face, leave]
    if following < 0:
        return -1
    back = 0
    for corner in range(3):
        if across[following, corner] == face:
            back = corner
    a, b = faces[face, leave], faces[face, (leave + 1) % 3]
    o, q = faces[face, (leave + 2) % 3], faces[following, (back + 2) % 3]
    here = _cross(at[a, 0], at[a, 1], at[b, 0], at[b, 1], at[o, 0], at[o, 1])
    there = _cross(at[a, 0], at[a, 1], at[b, 0], at[b, 1], at[q, 0], at[q, 1])
    return -1 if here * there > 0.0 or at[q, 3] == 0.0 else following


@kernel(error_model="numpy")
def reached(at, faces, across, turned, face, sx, sy, tx, ty, wanted):  # type: ignore[no-untyped-def]
    """Whether a walk over neighbouring faces from (sx, sy) on `face` arrives at `wanted` over the point (tx, ty).

    It follows the segment on the screen, face by face, and ends at folds, borders and after 256 faces: only a surface that is
    one piece between the silhouette and the pixel's centre gets there, however far it leans away from the camera. It never turns
    its other side: most of what is hidden needs no walk.
    """
    if (_turn(at, faces, face) == _turn(at, faces, wanted)) != (turned[face] == turned[wanted]):
        return False
    came = -1
    for _ in range(256):
        if face == wanted:
            return True
        leave, _ = _exit(at, faces, across, face, came, sx, sy, tx, ty)
        if leave < 0:
            break
        following = _beyond(at, faces, across, face, leave)
        if following < 0:
            return False
        came, face = face, following
    return across[face, 0] == wanted or across[face, 1] == wanted or across[face, 2] == wanted


@kernel(error_model="numpy")
def bounds(at, faces, across, turned, sides, ids, e, sx, sy, y, x, both):  # type: ignore[no-untyped-def]
    """Whether edge e at (sx, sy) bounds the surface that the pixel (y, x) shows: by its first face, or by any of `both`."""
    for side in range(2 if both else 1):
        face = sides[e, side]
        if face >= 0 and reached(at, faces, across, turned, face, sx, sy, x + 0.5, y + 0.5, ids[y, x]):
            return True
    return False


@kernel(error_model="numpy")
def _plane(pos, flat, i, j, k, px, py):  # type: ignore[no-untyped-def]
    """(u, v, c) of a face: u x + v y + c at (px + x, py + y) is 1 / depth there (flat: -depth); zeros if it is edge-on."""
    xi, yi, wi = pos[i, 0] - px * pos[i, 3], pos[i, 1] - py * pos[i, 3], pos[i, 3]
    xj, yj, wj = pos[j, 0] - px * pos[j, 3], pos[j, 1] - py * pos[j, 3], pos[j, 3]
    xk, yk, wk = pos[k, 0] - px * pos[k, 3], pos[k, 1] - py * pos[k, 3], pos[k, 3]
    e0, e1, e2 = xj * yk - yj * xk, xk * yi - yk * xi, xi * yj - yi * xj
    det = e0 * wi + e1 * wj + e2 * wk
    if det == 0.0:
        return 0.0, 0.0, 0.0
    h0, h1, h2 = (-pos[i, 2], -pos[j, 2], -pos[k, 2]) if flat else (1.0, 1.0, 1.0)
    u = (h0 * (yj * wk - wj * yk) + h1 * (yk * wi - wk * yi) + h2 * (yi * wj - wi * yj)) / det
    v = (h0 * (wj * xk - xj * wk) + h1 * (wk * xi - xk * wi) + h2 * (wi * xj - xi * wj)) / det
    return u, v, (h0 * e0 + h1 * e1 + h2 * e2) / det


@kernel(error_model="numpy")
def _plane_back(pos, flat, i, j, k, px, py, gu, gv, gc, out):  # type: ignore[no-untyped-def]
    """Adds to out (V, 4) the gradient of gu u + gv v + gc c of _plane."""
    xi, yi, wi = pos[i, 0] - px * pos[i, 3], pos[i, 1] - py * pos[i, 3], pos[i, 3]
    xj, yj, wj = pos[j, 0] - px * pos[j, 3], pos[j, 1] - py * pos[j, 3], pos[j, 3]
    xk, yk, wk = pos[k, 0] - px * pos[k, 3], pos[k, 1] - py * pos[k, 3], pos[k, 3]
    e0, e1, e2 = xj * yk - yj * xk, xk * yi - yk * xi, xi * yj - yi * xj
    det = e0 * wi + e1 * wj + e2 * wk
    u, v, c = _plane(pos, flat, i, j, k, px, py)
    away = c - u * px - v * py
    y0 = (gu * (yj * wk - wj * yk) + gv * (wj * xk - xj * wk) + gc * e0) / det
    y1 = (gu * (yk * wi - wk * yi) + gv * (wk * xi - xk * wi) + gc * e1) / det
    y2 = (gu * (yi * wj - wi * yj) + gv * (wi * xj - xi * wj) + gc * e2) / det
    for corner in range(3):
        vertex = i if corner == 0 else (j if corner == 1 else k)
        share = y0 if corner == 0 else (y1 if corner == 1 else y2)
        out[vertex, 0] -= share * u
        out[vertex, 1] -= share * v
        if flat:
            out[vertex, 2] -= share
        else:
            out[vertex, 3] -= share * away


@kernel(error_model="numpy")
def crossings(pos, at, faces, across, turned, edges, sides, creases, first, last, ids, flat, found, places):  # type: ignore[no-untyped-def]
    """The crossings of silhouettes and creases among the edges first <= e < last; how many were found.

    found: (N, 6) int32. places: (N,) float64. More than N are counted, not kept.
    """
    count = 0
    for e in range(first, last):
        a, b, o, q = np.uint32(edges[e, 0]), np.uint32(edges[e, 1]), np.uint32(edges[e, 2]), edges[e, 3]
        if at[a, 3] * at[b, 3] * at[o, 3] == 0.0:
            continue
        side = _cross(at[a, 0], at[a, 1], at[b, 0], at[b, 1], at[o, 0], at[o, 1])
        if side == 0.0:
            continue
        folded = True
        if q >= 0:
            other = _cross(at[a, 0], at[a, 1], at[b, 0], at[b, 1], at[q, 0], at[q, 1])
            folded = side * other > 0.0
            if not (folded or creases[e]) or at[q, 3] == 0.0:
                continue
        for axis in range(2):
            count = _scan(pos, at, faces, across, turned, sides, ids, flat, e, a, b, side, folded, axis, found, places, count)
    return count


@kernel(error_model="numpy")
def _scan(pos, at, faces, across, turned, sides, ids, flat, e, a, b, side, folded, axis, found, places, count):  # type: ignore[no-untyped-def]
    """The crossings of one edge with the pixel rows (axis 0) or columns (1). folded: a silhouette; else both sides are seen."""
    ax, ay, dx, dy = at[a, 0], at[a, 1], at[b, 0] - at[a, 0], at[b, 1] - at[a, 1]
    rows = axis == 0
    lines, most = (ids.shape[0], ids.shape[1]) if rows else (ids.shape[1], ids.shape[0])
    start, step = (ay, dy) if rows else (ax, dx)
    low, high = min(start, start + step), max(start, start + step)
    if not (high > 0.0 and low < lines) or high - low < 1e-9:
        return count
    after = (side > 0.0) == (dy < 0.0) if rows else (side > 0.0) == (dx > 0.0)  # the surface lies right of it, or below
    for line in range(max(0, int(np.ceil(low - 0.5))), min(lines, int(np.ceil(high - 0.5)))):
        centre = line + 0.5
        s = (centre - start) / step
        place = ax + s * dx if rows else ay + s * dy
        inner = int(np.floor(place - 0.5))
        if inner < 0 or inner + 1 >= most:
            continue
        fg, bg = (inner + 1, inner) if after else (inner, inner + 1)
        y, x, v, u = (line, fg, line, bg) if rows else (fg, line, bg, line)
        if ids[y, x] < 0 or not (folded or ids[v, u] >= 0):
            continue
        sx, sy = (place, centre) if rows else (centre, place)
        kind = 0 if folded else 1
        if folded and ids[v, u] >= 0:
            nearness = at[a, 2] * (1.0 - s) + at[b, 2] * s
            corners = faces[ids[v, u]]
            _, _, behind = _plane(pos, flat, corners[0], corners[1], corners[2], sx, sy)
            kind = 0 if behind < (-nearness if flat else nearness) else 2
        # Nothing can hide an outline before the background.
        known = (folded and ids[v, u] < 0) or bounds(at, faces, across, turned, sides, ids, e, sx, sy, y, x, folded)
        if not folded:
            known = known and reached(at, faces, across, turned, sides[e, 1], sx, sy, u + 0.5, v + 0.5, ids[v, u])
        elif kind == 0 and not known:
            kind, known = 3, True
        if not known:
            continue
        if count < len(places):
            found[count, 0], found[count, 1], found[count, 2], found[count, 3] = e, min(y, v), min(x, u), axis
            found[count, 4], found[count, 5] = kind, 1 if after else 0
            places[count] = place - 0.5 - inner
        count += 1
    return count


@kernel(error_model="numpy")
def first(found, order, taken):  # type: ignore[no-untyped-def]
    """(len(order),) whether a crossing is the first of its two pixels, in this order; sets those in taken (H, W, 2)."""
    out = np.zeros(len(order), np.bool_)
    for n in range(len(order)):
        y, x, axis = found[order[n], 1], found[order[n], 2], found[order[n], 3]
        out[n] = not taken[y, x, axis]
        taken[y, x, axis] = True
    return out


@kernel(error_model="numpy")
def _apart(pos, flat, faces, p, q, px, py):  # type: ignore[no-untyped-def]
    """_plane of face p less that of q: zero where they meet."""
    u, v, c = _plane(pos, flat, faces[p, 0], faces[p, 1], faces[p, 2], px, py)
    a, b, d = _plane(pos, flat, faces[q, 0], faces[q, 1], faces[q, 2], px, py)
    return u - a, v - b, c - d


@kernel(error_model="numpy")
def _under(at, faces, across, face, sx, sy, tx, ty):  # type: ignore[no-untyped-def]
    """The face of the same surface at (tx, ty), walking there from (sx, sy) on `face`; -1 where it ends or folds before."""
    came = -1
    for _ in range(256):
        leave, _ = _exit(at, faces, across, face, came, sx, sy, tx, ty)
        if leave < 0:
            return face
        following = _beyond(at, faces, across, face, leave)
        if following < 0:
            return -1
        came, face = face, following
    return -1


@kernel(error_model="numpy")
def _meeting(pos, flat, at, faces, across, p, q, px, py, axis):  # type: ignore[no-untyped-def]
    """The faces of two surfaces that pass through each other between two pixel centres, and where; -1 if they do not.

    p is seen at (px, py), the first centre, q at the second. Both are followed to where the planes of their faces meet, until
    those are the planes of the faces there.
    """
    qx, qy = (px + 1.0, py) if axis == 0 else (px, py + 1.0)
    f, g = p, q
    for _ in range(16):
        u, v, c = _apart(pos, flat, faces, f, g, px, py)
        slope = u if axis == 0 else v
        if slope == 0.0:
            return -1, -1, 0.0
        place = -c / slope
        inside = min(max(place, 0.0), 1.0)
        tx, ty = (px + inside, py) if axis == 0 else (px, py + inside)
        hf, hg = _under(at, faces, across, p, px, py, tx, ty), _under(at, faces, across, q, qx, qy, tx, ty)
        if hf < 0 or hg < 0:
            return -1, -1, 0.0
        if hf == f and hg == g:
            return (f, g, place) if place == inside and slope < 0.0 else (-1, -1, 0.0)
        f, g = hf, hg
    return -1, -1, 0.0


@kernel(error_model="numpy")
def meetings(pos, flat, at, faces, across, pieces, ids, taken, low, high, found, places):  # type: ignore[no-untyped-def]
    """The crossings, in rows low <= y < high, of lines in which separate pieces pass through each other; how many were found.

    taken: pairs of pixels that an edge crosses, see first().
    """
    count = 0
    height, width = ids.shape
    for y in range(low, high):
        for x in range(width):
            p = ids[y, x]
            if p < 0:
                continue
            for axis in range(2):
                v, u = (y, x + 1) if axis == 0 else (y + 1, x)
                if v >= height or u >= width:
                    continue
                q = ids[v, u]
                if q < 0 or p == q or pieces[p] == pieces[q] or taken[y, x, axis]:
                    continue
                f, g, place = _meeting(pos, flat, at, faces, across, p, q, x + 0.5, y + 0.5, axis)
                if f < 0:
                    continue
                if count < len(places):
                    places[count] = place
                    found[count, 0], found[count, 1], found[count, 2], found[count, 3] = -1, y, x, axis
                    found[count, 4], found[count, 5] = f, g
                count += 1
    return count


@kernel(error_model="numpy")
def drawn(pos, flat, at, faces, edges, sides, pieces, found, places, lines):  # type: ignore[no-untyped-def]
    """Fills lines (N, 4): the unit normal on the screen of what crosses there, and the crossing itself, in pixels.

    The last number of an edge's row becomes the piece that it belongs to.
    """
    for n in range(len(places)):
        e, y, x, axis = found[n, 0], found[n, 1], found[n, 2], found[n, 3]
        px, py = x + 0.5, y + 0.5
        if e < 0:
            u, v, _ = _apart(pos, flat, faces, found[n, 4], found[n, 5], px, py)
        else:
            a, b = edges[e, 0], edges[e, 1]
            u, v = at[a, 1] - at[b, 1], at[b, 0] - at[a, 0]
            found[n, 5] = pieces[sides[e, 0]]
        size = np.sqrt(u * u + v * v)
        lines[n, 0], lines[n, 1] = u / size, v / size
        lines[n, 2], lines[n, 3] = px + (places[n] if axis == 0 else 0.0), py + (places[n] if axis == 1 else 0.0)


@kernel(error_model="numpy")
def pushed(pos, flat, at, faces, edges, found, lines, pushes, to_pos):  # type: ignore[no-untyped-def]
    """Adds to to_pos (V, 4) float64 what pushes (N, 3), see mixing._push, are worth."""
    for n in range(len(found)):
        amount, mx, my = pushes[n, 0], pushes[n, 1], pushes[n, 2]
        if amount == 0.0 and mx == 0.0 and my == 0.0:
            continue
        e = found[n, 0]
        nx, ny = lines[n, 0], lines[n, 1]
        if e < 0:
            p, q, px, py = found[n, 4], found[n, 5], found[n, 2] + 0.5, found[n, 1] + 0.5
            u, v, _ = _apart(pos, flat, faces, p, q, px, py)
            scale = -1.0 / np.sqrt(u * u + v * v)  # u x + v y + c = 0: a change of it moves the line against its normal
            gc = amount * scale
            gu, gv = mx * scale + gc * (lines[n, 2] - px), my * scale + gc * (lines[n, 3] - py)
            _plane_back(pos, flat, faces[p, 0], faces[p, 1], faces[p, 2], px, py, gu, gv, gc, to_pos)
            _plane_back(pos, flat, faces[q, 0], faces[q, 1], faces[q, 2], px, py, -gu, -gv, -gc, to_pos)
            continue
        a, b = edges[e, 0], edges[e, 1]
        dx, dy = at[b, 0] - at[a, 0], at[b, 1] - at[a, 1]
        long = dx * dx + dy * dy
        s = ((lines[n, 2] - at[a, 0]) * dx + (lines[n, 3] - at[a, 1]) * dy) / long
        to_b = amount * s + (mx * dx + my * dy) / long
        for end in range(2):
            vertex, share = (a, amount - to_b) if end == 0 else (b, to_b)
            w = 1.0 / pos[vertex, 3]
            to_pos[vertex, 0] += share * nx * w
            to_pos[vertex, 1] += share * ny * w
            to_pos[vertex, 3] -= share * (nx * at[vertex, 0] + ny * at[vertex, 1]) * w
