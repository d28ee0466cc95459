"""Compiled forward and backward passes of the differentiable operations. Sums run in pixel order, always the same."""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel


@kernel(error_model="numpy")
def bary_back(pos, faces, ids, bary, grad_bary, grad_depth, out):  # type: ignore[no-untyped-def]
    """Adds d loss / d pos (V, 4) float64 of the weights b (H, W, 2) and depth (H, W) that belong to known ids.

    With M the rows (x w, y w, w) of the corners, y = M^-T p and b = y / sum(y): dL/dM = -outer(y, M^-1 g).
    """
    for row in range(ids.shape[0]):
        for column in range(ids.shape[1]):
            f = ids[row, column]
            if f < 0:
                continue
            g0, g1, gd = grad_bary[row, column, 0], grad_bary[row, column, 1], grad_depth[row, column]
            if g0 == 0.0 and g1 == 0.0 and gd == 0.0:
                continue
            i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
            b0, b1 = np.float64(bary[row, column, 0]), np.float64(bary[row, column, 1])
            b2 = 1.0 - b0 - b1
            out[i, 2] += gd * b0
            out[j, 2] += gd * b1
            out[k, 2] += gd * b2
            g0 += gd * (pos[i, 2] - pos[k, 2])
            g1 += gd * (pos[j, 2] - pos[k, 2])
            px, py = column + 0.5, row + 0.5
            # Relative to the pixel, so that the determinant keeps its digits.
            xi, yi, wi = pos[i, 0] - px * pos[i, 3], pos[i, 1] - py * pos[i, 3], np.float64(pos[i, 3])
            xj, yj, wj = pos[j, 0] - px * pos[j, 3], pos[j, 1] - py * pos[j, 3], np.float64(pos[j, 3])
            xk, yk, wk = pos[k, 0] - px * pos[k, 3], pos[k, 1] - py * pos[k, 3], np.float64(pos[k, 3])
            e0, e1, e2 = xj * yk - yj * xk, xk * yi - yk * xi, xi * yj - yi * xj
            det = e0 * wi + e1 * wj + e2 * wk
            total = e0 + e1 + e2
            if det == 0.0 or total == 0.0:
                continue
            mean = g0 * b0 + g1 * b1
            s = total / det  # the sum of y
            h0, h1, h2 = (g0 - mean) / s, (g1 - mean) / s, -mean / s
            # u = M^-1 h by the cofactors of M.
            ux = (h0 * (yj * wk - wj * yk) + h1 * (yk * wi - wk * yi) + h2 * (yi * wj - wi * yj)) / det
            uy = (h0 * (wj * xk - xj * wk) + h1 * (wk * xi - xk * wi) + h2 * (wi * xj - xi * wj)) / det
            uw = (h0 * e0 + h1 * e1 + h2 * e2) / det
            y0, y1, y2 = b0 * s, b1 * s, b2 * s
            away = uw - ux * px - uy * py
            out[i, 0] -= ux * y0
            out[i, 1] -= uy * y0
            out[i, 3] -= away * y0
            out[j, 0] -= ux * y1
            out[j, 1] -= uy * y1
            out[j, 3] -= away * y1
            out[k, 0] -= ux * y2
            out[k, 1] -= uy * y2
            out[k, 3] -= away * y2


@kernel(error_model="numpy")
def blend(values, faces, ids, bary, out):  # type: ignore[no-untyped-def]
    """out (H, W, C): the corners' values (V, C) weighted; zero where nothing is seen."""
    channels = values.shape[1]
    for row in range(ids.shape[0]):
        for column in range(ids.shape[1]):
            f = ids[row, column]
            if f < 0:
                for c in range(channels):
                    out[row, column, c] = 0.0
                continue
            i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
            b0, b1 = bary[row, column, 0], bary[row, column, 1]
            b2 = 1 - b0 - b1
            for c in range(channels):
                out[row, column, c] = b0 * values[i, c] + b1 * values[j, c] + b2 * values[k, c]


@kernel(error_model="numpy")
def blend_back(values, faces, ids, bary, grad, to_values, to_bary):  # type: ignore[no-untyped-def]
    """Adds d loss / d values (V, C) float64; writes d loss / d bary (H, W, 2)."""
    channels = values.shape[1]
    for row in range(ids.shape[0]):
        for column in range(ids.shape[1]):
            f = ids[row, column]
            if f < 0:
                continue
            i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
            b0, b1 = bary[row, column, 0], bary[row, column, 1]
            b2 = 1 - b0 - b1
            g0 = g1 = 0.0
            for c in range(channels):
                g = grad[row, column, c]
                if g != 0.0:
                    to_values[i, c] += g * b0
                    to_values[j, c] += g * b1
                    to_values[k, c] += g * b2
                    g0 += g * (values[i, c] - values[k, c])
                    g1 += g * (values[j, c] - values[k, c])
            to_bary[row, column, 0] = g0
            to_bary[row, column, 1] = g1


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
def _exit(at, faces, across, face, came, sx, sy, tx, ty):  # type: ignore[no-untyped-def]
    """The corner whose edge the segment from s to t leaves the face by, or -1 where t lies on the face."""
    i, j, k = faces[face, 0], faces[face, 1], faces[face, 2]
    turn = 1.0 if _cross(at[i, 0], at[i, 1], at[j, 0], at[j, 1], at[k, 0], at[k, 1]) > 0 else -1.0
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
    return leave


@kernel(error_model="numpy")
def _reached(at, faces, across, face, sx, sy, tx, ty, wanted):  # type: ignore[no-untyped-def]
    """Whether a walk over neighbouring faces from (sx, sy) on `face` arrives at `wanted` over the point (tx, ty).

    It follows the segment on the screen, face by face, and ends at folds, borders and after 256 faces: only a surface that is
    one piece between the silhouette and the pixel's centre gets there, however far it leans away from the camera.
    """
    came = -1
    for _ in range(256):
        if face == wanted:
            return True
        leave = _exit(at, faces, across, face, came, sx, sy, tx, ty)
        if leave < 0:
            break
        following = across[face, leave]
        if following < 0:
            return False
        back = 0
        for corner in range(3):
            if across[following, corner] == face:
                back = corner
        a, b = faces[face, leave], faces[face, (leave + 1) % 3]
        o, q = faces[face, (leave + 2) % 3], faces[following, (back + 2) % 3]
        here = _cross(at[a, 0], at[a, 1], at[b, 0], at[b, 1], at[o, 0], at[o, 1])
        there = _cross(at[a, 0], at[a, 1], at[b, 0], at[b, 1], at[q, 0], at[q, 1])
        if here * there > 0.0:
            return False
        came, face = face, following
    return across[face, 0] == wanted or across[face, 1] == wanted or across[face, 2] == wanted


@kernel(error_model="numpy")
def crossings(at, faces, across, edges, sides, creases, ids, depth, flat, found, places):  # type: ignore[no-untyped-def]
    """Where silhouettes and creases cross the line between two neighbouring pixel centres; how many were found.

    found: (N, 4) int32 rows (edge, row of fg, column of fg, where bg lies: 0 right, 1 left, 2 below, 3 above). places: (N,)
    float64, how far the crossing lies from fg's centre towards bg's. More than N are counted, not kept.
    """
    count = 0
    for e in range(edges.shape[0]):
        a, b, o, q = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
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
        count = _scan(at, faces, across, sides, ids, depth, flat, e, a, b, side, folded, found, places, count)
    return count


@kernel(error_model="numpy")
def _scan(at, faces, across, sides, ids, depth, flat, e, a, b, side, folded, found, places, count):  # type: ignore[no-untyped-def]
    """The crossings of one edge: with pixel columns where it is rather flat, with rows where it is rather steep.

    folded: a silhouette; else a crease, whose two sides are both seen, and fg is the left or the upper one.
    """
    ax, ay, dx, dy = at[a, 0], at[a, 1], at[b, 0] - at[a, 0], at[b, 1] - at[a, 1]
    steep = abs(dy) >= abs(dx)
    lines, most = (ids.shape[0], ids.shape[1]) if steep else (ids.shape[1], ids.shape[0])
    start, step = (ay, dy) if steep else (ax, dx)
    low, high = min(start, start + step), max(start, start + step)
    if not (high > 0.0 and low < lines):
        return count
    after = (side > 0.0) == (dy < 0.0) if steep else (side > 0.0) == (dx > 0.0)  # the surface lies right of it, or below
    for line in range(max(0, int(np.ceil(low - 0.5))), min(lines, int(np.ceil(high - 0.5)))):
        centre = line + 0.5
        s = (centre - start) / step
        place = ax + s * dx if steep else ay + s * dy
        inner = int(np.floor(place - 0.5))
        if inner < 0 or inner + 1 >= most:
            continue
        fg, bg = (inner + 1, inner) if after else (inner, inner + 1)
        y, x = (line, fg) if steep else (fg, line)
        seen = ids[y, x]
        if seen < 0:
            continue
        v, u = (line, bg) if steep else (bg, line)
        sx, sy = (place, centre) if steep else (centre, place)
        reached = _reached(at, faces, across, sides[e, 0], sx, sy, x + 0.5, y + 0.5, seen)
        if folded:
            linear = at[a, 2] * (1.0 - s) + at[b, 2] * s
            if not depth[v, u] > (linear if flat else 1.0 / linear):
                continue
            if not reached and sides[e, 1] >= 0:
                reached = _reached(at, faces, across, sides[e, 1], sx, sy, x + 0.5, y + 0.5, seen)
        elif reached and ids[v, u] >= 0:
            reached = _reached(at, faces, across, sides[e, 1], sx, sy, u + 0.5, v + 0.5, ids[v, u])
            fg = inner
        else:
            reached = False
        if not reached:
            continue
        if count < len(places):
            right = after and folded
            found[count, 0], found[count, 1], found[count, 2] = e, (line if steep else fg), (fg if steep else line)
            found[count, 3] = (1 if right else 0) if steep else (3 if right else 2)
            places[count] = abs(place - (fg + 0.5))
        count += 1
    return count


@kernel(error_model="numpy")
def mix(colors, found, places, out):  # type: ignore[no-untyped-def]
    """out (H, W, C) begins as a copy of colors; each crossing moves fg towards bg, or bg towards fg."""
    for n in range(len(places)):
        y, x, way = found[n, 1], found[n, 2], found[n, 3]
        v = y + (1 if way == 2 else (-1 if way == 3 else 0))
        u = x + (1 if way == 0 else (-1 if way == 1 else 0))
        over = places[n] - 0.5
        for c in range(colors.shape[2]):
            d = colors[y, x, c] - colors[v, u, c]
            if over < 0.0:
                out[y, x, c] += over * d
            else:
                out[v, u, c] += over * d


@kernel(error_model="numpy")
def mix_back(at, pos, edges, colors, found, places, grad, to_colors, to_pos):  # type: ignore[no-untyped-def]
    """Adds to to_colors, which begins as a copy of grad, and to to_pos (V, 4) float64."""
    for n in range(len(places)):
        y, x, way = found[n, 1], found[n, 2], found[n, 3]
        v = y + (1 if way == 2 else (-1 if way == 3 else 0))
        u = x + (1 if way == 0 else (-1 if way == 1 else 0))
        over = places[n] - 0.5
        ty, tx = (y, x) if over < 0.0 else (v, u)
        total = 0.0
        for c in range(colors.shape[2]):
            g = grad[ty, tx, c]
            total += g * (colors[y, x, c] - colors[v, u, c])
            to_colors[y, x, c] += over * g
            to_colors[v, u, c] -= over * g
        if total == 0.0:
            continue
        total = total if way == 0 or way == 2 else -total
        a, b = edges[found[n, 0], 0], edges[found[n, 0], 1]
        along, beside = (1, 0) if way < 2 else (0, 1)  # the axis of the pixel line, the axis on which the crossing moves
        step = at[b, along] - at[a, along]
        s = ((y if way < 2 else x) + 0.5 - at[a, along]) / step
        slope = (at[b, beside] - at[a, beside]) / step
        for end in range(2):
            vertex, share = (a, 1.0 - s) if end == 0 else (b, s)
            g_beside, g_along = total * share, -total * share * slope
            w = 1.0 / pos[vertex, 3]
            to_pos[vertex, beside] += g_beside * w
            to_pos[vertex, along] += g_along * w
            to_pos[vertex, 3] -= (g_beside * at[vertex, beside] + g_along * at[vertex, along]) * w
