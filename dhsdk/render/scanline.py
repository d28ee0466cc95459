"""Visibility on the CPU, in three loops: sort triangles into bands of rows, fill the spans of a band, weigh what is seen.

A triangle is cut into the rows whose centre lines it crosses; the span of a row runs from one edge's crossing to another's. The
crossing of an edge is computed from its upper end, so that both triangles of an edge get the same number, and a span owns its
left end but not its right one: that is the top-left rule, and no pixel is lost or hit twice between neighbours.
Triangles too small to meet a pixel centre are dropped before anything is stored. Numbers are float64 from the positions on; the
buffer that decides who is nearest is float32 and holds 1/z (with perspective) or -z, both linear on the screen.
"""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel

BAND = 16
"""Rows of a band."""

CHUNK = 16384
"""Triangles that are sorted at once."""

BATCH = 64
"""Triangles that are fetched at once."""


@kernel(inline="always", error_model="numpy")
def _rows(y0, y1, y2, height, slack):  # type: ignore[no-untyped-def]
    """First and last row whose centre may lie in the triangle, first > last for none. Also for columns."""
    low, high = max(min(y0, y1, y2) - slack, np.float32(0.0)), min(max(y0, y1, y2) + slack, np.float32(height))
    if not low <= high:
        return 0, -1
    return int(np.ceil(low - np.float32(0.5))), int(np.ceil(high - np.float32(0.5))) - 1


@kernel(inline="always", error_model="numpy")
def _bands(pos, i, j, m, flat, near, cull, width, height):  # type: ignore[no-untyped-def]
    """First and last band of a triangle in float32, with room for its rounding: kept in vain sometimes, never lost."""
    z = 2 if flat else 3
    z0, z1, z2 = pos[i, z], pos[j, z], pos[m, z]
    if not (z0 >= near and z1 >= near and z2 >= near):
        if z0 >= near or z1 >= near or z2 >= near:
            return 0, (height - 1) // BAND
        return 0, -1
    if flat:
        z0 = z1 = z2 = np.float32(1.0)
    one = np.float32(1.0)
    r0, r1, r2 = one / z0, one / z1, one / z2
    x0, x1, x2 = pos[i, 0] * r0, pos[j, 0] * r1, pos[m, 0] * r2
    y0, y1, y2 = pos[i, 1] * r0, pos[j, 1] * r1, pos[m, 1] * r2
    reach = max(abs(x0), abs(x1), abs(x2)) + max(abs(y0), abs(y1), abs(y2))
    slack = np.float32(1e-6) * (reach + np.float32(1.0))
    first, last = _rows(y0, y1, y2, height, slack)
    if first > last:
        return 0, -1
    left, right = _rows(x0, x1, x2, width, slack)
    if left > right:
        return 0, -1
    if cull:
        ux, uy, vx, vy = x1 - x0, y1 - y0, x2 - x0, y2 - y0
        if ux * vy - uy * vx > slack * (abs(ux) + abs(uy) + abs(vx) + abs(vy)):
            return 0, -1
    return first // BAND, last // BAND


@kernel(error_model="numpy")
def sort(pos, faces, begin, end, flat, near, cull, width, height, kept, starts):  # type: ignore[no-untyped-def]
    """Sorts the triangles begin..end - 1 into bands, in ascending order within each.

    kept: room for 2 (end - begin) numbers. starts: (bands + 2,), where each band begins in kept. The triangles that meet more
    than two bands, or the near plane, stand after the last band, each with its first band + 65536 times its last.
    """
    bands = len(starts) - 2
    codes = np.empty(end - begin, np.int32)
    starts[:] = 0
    for f in range(begin, end):
        i, j, m = np.uint32(faces[f, 0]), np.uint32(faces[f, 1]), np.uint32(faces[f, 2])
        low, high = _bands(pos, i, j, m, flat, near, cull, width, height)
        codes[f - begin] = -1
        if low > high:
            continue
        codes[f - begin] = low | high << 16
        if high - low > 1:
            starts[bands + 1] += 2
        else:
            starts[low + 1] += 1
            if high > low:
                starts[high + 1] += 1
    for band in range(bands + 1):
        starts[band + 1] += starts[band]
    for f in range(begin, end):
        code = codes[f - begin]
        if code < 0:
            continue
        low, high = code & 0xFFFF, code >> 16
        if high - low > 1:
            kept[starts[bands]], kept[starts[bands] + 1] = f, code
            starts[bands] += 2
        else:
            for band in range(low, high + 1):
                kept[starts[band]] = f
                starts[band] += 1
    for band in range(bands + 1, 0, -1):
        starts[band] = starts[band - 1]
    starts[0] = 0


@kernel(error_model="numpy")
def _clip(pos, i, j, m, flat, near, corners):  # type: ignore[no-untyped-def]
    """Corners (x, y, 1/z or -z) of the part of a triangle beyond the near plane; how many there are: 0, 3 or 4.

    The crossing of an edge is computed from its far end, so that both triangles of the edge get the same one.
    """
    count = 0
    z = 2 if flat else 3
    for edge in range(3):
        a, b = (i, j) if edge == 0 else ((j, m) if edge == 1 else (m, i))
        za, zb = np.float64(pos[a, z]), np.float64(pos[b, z])
        for step in range(2):
            if step == 0:
                if not za >= near:
                    continue
                x, y, d = np.float64(pos[a, 0]), np.float64(pos[a, 1]), za
            else:
                if (za >= near) == (zb >= near):
                    continue
                if za >= near:
                    far, close, t = a, b, (za - near) / (za - zb)
                else:
                    far, close, t = b, a, (zb - near) / (zb - za)
                x = pos[far, 0] + t * (np.float64(pos[close, 0]) - np.float64(pos[far, 0]))
                y = pos[far, 1] + t * (np.float64(pos[close, 1]) - np.float64(pos[far, 1]))
                d = near
            r = 1.0 if flat else 1.0 / d
            corners[count, 0], corners[count, 1], corners[count, 2] = x * r, y * r, (-d if flat else r)
            count += 1
    return count


@kernel(inline="always", error_model="numpy")
def _weights(a, b, c, px, py):  # type: ignore[no-untyped-def]
    """Perspective-correct weights of the first two corners at a point of the screen, and the depth there."""
    (x0, y0, z0, w0), (x1, y1, z1, w1), (x2, y2, z2, w2) = a, b, c
    x0, x1, x2 = x0 - px * w0, x1 - px * w1, x2 - px * w2
    y0, y1, y2 = y0 - py * w0, y1 - py * w1, y2 - py * w2
    u, v, w = x1 * y2 - y1 * x2, x2 * y0 - y2 * x0, x0 * y1 - y0 * x1
    total = u + v + w
    scale = 1.0 / total if total != 0.0 else 0.0
    p, q = u * scale, v * scale
    return p, q, p * z0 + q * z1 + (1.0 - p - q) * z2


@kernel(inline="always", error_model="numpy")
def _corner(pos, i):  # type: ignore[no-untyped-def]
    return np.float64(pos[i, 0]), np.float64(pos[i, 1]), np.float64(pos[i, 2]), np.float64(pos[i, 3])


@kernel(inline="always", error_model="numpy")
def _draw(x0, y0, k0, x1, y1, k1, x2, y2, k2, f, seen, top, end, cull, peel, behind, limit, ids, nearest):  # type: ignore[no-untyped-def]
    """Fills the rows top..end - 1 of one triangle. nearest holds these rows only, the other pictures hold all.

    seen: the corners as they were given, which peeling needs. Pixels are written here, in place: a call would count references
    to its arrays, which costs more than a pixel.
    """
    cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if not (abs(cross) < np.inf and cross != 0.0) or (cull and cross > 0.0):
        return
    kx = ((k1 - k0) * (y2 - y0) - (k2 - k0) * (y1 - y0)) / cross
    ky = ((x1 - x0) * (k2 - k0) - (x2 - x0) * (k1 - k0)) / cross
    base = k0 - kx * x0 - ky * y0
    width = ids.shape[1]
    if y1 < y0:
        x0, y0, x1, y1, cross = x1, y1, x0, y0, -cross
    if y2 < y1:
        x1, y1, x2, y2, cross = x2, y2, x1, y1, -cross
    if y1 < y0:
        x0, y0, x1, y1, cross = x1, y1, x0, y0, -cross
    first = int(np.ceil(max(y0 - 0.5, np.float64(top))))
    middle = int(np.ceil(min(max(y1 - 0.5, np.float64(top)), np.float64(end))))
    last = int(np.ceil(min(y2 - 0.5, np.float64(end))))
    slope = (x2 - x0) / (y2 - y0)
    upper = (x1 - x0) / (y1 - y0) if y1 > y0 else 0.0
    lower = (x2 - x1) / (y2 - y1) if y2 > y1 else 0.0
    for row in range(first, last):
        y = row + 0.5
        here = x0 + (y - y0) * slope
        there = x0 + (y - y0) * upper if row < middle else x1 + (y - y1) * lower
        a, b = (here, there) if cross > 0.0 else (there, here)
        left = int(np.ceil(min(max(a - 0.5, 0.0), np.float64(width))))
        right = int(np.ceil(min(max(b - 0.5, 0.0), np.float64(width))))
        if left >= right:
            continue
        if peel:
            for x in range(left, right):
                far = np.float32(_weights(seen[0], seen[1], seen[2], x + 0.5, y)[2])
                if behind[row, x] < far < limit[row, x] and -far > nearest[row - top, x]:
                    nearest[row - top, x] = -far
                    ids[row, x] = f
            continue
        k = base + ky * y + kx * (left + 0.5)
        for n in range(right - left):
            value, place = np.float32(k + kx * n), np.uint64(left + n)
            if value > nearest[np.uint64(row - top), place]:
                nearest[np.uint64(row - top), place] = value
                ids[np.uint64(row), place] = f


@kernel(inline="always", error_model="numpy")
def _load(pos, i, j, m, flat, near, out, n):  # type: ignore[no-untyped-def]
    """The corners (x, y, 1/z or -z) of a triangle into column n; not a number first if it meets the near plane."""
    z = 2 if flat else 3
    z0, z1, z2 = np.float64(pos[i, z]), np.float64(pos[j, z]), np.float64(pos[m, z])
    r0, r1, r2 = (1.0, 1.0, 1.0) if flat else (1.0 / z0, 1.0 / z1, 1.0 / z2)
    whole = z0 >= near and z1 >= near and z2 >= near
    out[0, n] = pos[i, 0] * r0 if whole else np.nan
    out[1, n], out[2, n] = pos[i, 1] * r0, -z0 if flat else r0
    out[3, n], out[4, n], out[5, n] = pos[j, 0] * r1, pos[j, 1] * r1, -z1 if flat else r1
    out[6, n], out[7, n], out[8, n] = pos[m, 0] * r2, pos[m, 1] * r2, -z2 if flat else r2


@kernel(inline="always", error_model="numpy")
def _meets(xa, ya, xb, yb, row):  # type: ignore[no-untyped-def]
    """Where an edge meets the centre line of a row, twice: infinity and -infinity if it does not. As _draw has it."""
    turn = yb < ya
    xu, yu, xl, yl = (xb if turn else xa), (yb if turn else ya), (xa if turn else xb), (ya if turn else yb)
    x = xu + (row + 0.5 - yu) * ((xl - xu) / (yl - yu))
    meets = (yu - 0.5 <= row) & (yl - 0.5 > row)
    return (x if meets else np.inf), (x if meets else -np.inf)


@kernel(inline="always", error_model="numpy")
def _spans(c, top, end, width, cull, kind, spans):  # type: ignore[no-untyped-def]
    """The spans of all triangles that meet one or two rows, by the formulas of _draw, in a form made for vector units.

    kind: 0, nothing to draw; 1, spans hold it; 2, _draw must. spans: first row; for each of two rows the first column, the count
    of columns and the nearness in the first; nearness per column.
    """
    low, high, wide = np.float64(top), np.float64(end), np.float64(width)
    for n in range(len(kind)):
        x0, y0, k0, x1, y1, k1, x2, y2, k2 = c[0, n], c[1, n], c[2, n], c[3, n], c[4, n], c[5, n], c[6, n], c[7, n], c[8, n]
        first = np.ceil(max(min(y0, y1, y2) - 0.5, low))
        last = np.ceil(min(max(y0, y1, y2) - 0.5, high))
        cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        good = (abs(cross) < np.inf) & (cross != 0.0) & (not (cull and cross > 0.0)) & (first < last)
        kx = ((k1 - k0) * (y2 - y0) - (k2 - k0) * (y1 - y0)) / cross
        ky = ((x1 - x0) * (k2 - k0) - (x2 - x0) * (k1 - k0)) / cross
        base = k0 - kx * x0 - ky * y0
        a, b = _meets(x0, y0, x1, y1, first)
        d, e = _meets(x1, y1, x2, y2, first)
        g, h = _meets(x2, y2, x0, y0, first)
        left, right = np.ceil(max(min(a, d, g) - 0.5, 0.0)), np.ceil(min(max(b, e, h) - 0.5, wide))
        one = max(right - left, 0.0)
        spans[0, n], spans[1, n], spans[2, n] = first, left, one
        spans[3, n] = base + ky * (first + 0.5) + kx * (left + 0.5)
        row = first + 1.0
        a, b = _meets(x0, y0, x1, y1, row)
        d, e = _meets(x1, y1, x2, y2, row)
        g, h = _meets(x2, y2, x0, y0, row)
        left, right = np.ceil(max(min(a, d, g) - 0.5, 0.0)), np.ceil(min(max(b, e, h) - 0.5, wide))
        two = max(right - left, 0.0) if row < last else 0.0
        spans[4, n], spans[5, n] = left, two
        spans[6, n], spans[7, n] = base + ky * (row + 0.5) + kx * (left + 0.5), kx
        small = 1 if good & (one + two > 0.0) else 0
        kind[n] = 2 if (x0 != x0) | (good & (last - first > 2.5)) else small


@kernel(inline="always", error_model="numpy")
def _batch(kept, at, stop, tall, most, band, numbers):  # type: ignore[no-untyped-def]
    """The next triangles of a band: how many, and where its two lists go on. Both ascend, and so do they."""
    size = 0
    while size < BATCH and (at < stop or tall < most):
        if tall < most and not (kept[tall + 1] & 0xFFFF <= band <= kept[tall + 1] >> 16):
            tall += 2
        elif tall >= most or (at < stop and kept[at] < kept[tall]):
            numbers[size] = kept[at]
            size, at = size + 1, at + 1
        else:
            numbers[size] = kept[tall]
            size, tall = size + 1, tall + 2
    return size, at, tall


@kernel(error_model="numpy")
def fill(pos, faces, band, flat, near, cull, peel, behind, limit, begins, kept, starts, ids):  # type: ignore[no-untyped-def]
    """Fills one band of ids with what `sort` kept for it. begins: where the part of each chunk begins in kept."""
    height, width = ids.shape
    bands = starts.shape[1] - 2
    top = band * BAND
    end = min(top + BAND, height)
    nearest = np.full((end - top, width), -np.inf, np.float32)
    ids[top:end] = -1
    parts = np.empty((4, 3))
    # Corners are fetched for many triangles at once: their loads from memory then overlap.
    c = np.zeros((9, BATCH))
    numbers, kind, spans = np.empty(BATCH, np.int32), np.empty(BATCH, np.int32), np.empty((8, BATCH))
    for chunk in range(len(begins)):
        at, stop = begins[chunk] + starts[chunk, band], begins[chunk] + starts[chunk, band + 1]
        tall, most = begins[chunk] + starts[chunk, bands], begins[chunk] + starts[chunk, bands + 1]
        while at < stop or tall < most:
            size, at, tall = _batch(kept, at, stop, tall, most, band, numbers)
            for n in range(size):
                f = numbers[n]
                _load(pos, np.uint32(faces[f, 0]), np.uint32(faces[f, 1]), np.uint32(faces[f, 2]), flat, near, c, n)
            _spans(c, top, end, width, cull, kind, spans)
            for n in range(size):
                f = numbers[n]
                if kind[n] == 0:
                    continue
                if kind[n] == 1 and not peel:
                    row, slope = int(spans[0, n]), spans[7, n]
                    for line in range(2):
                        left, k = int(spans[3 * line + 1, n]), spans[3 * line + 3, n]
                        for step in range(int(spans[3 * line + 2, n])):
                            value, place = np.float32(k + slope * step), np.uint64(left + step)
                            if value > nearest[np.uint64(row + line - top), place]:
                                nearest[np.uint64(row + line - top), place] = value
                                ids[np.uint64(row + line), place] = f
                    continue
                i, j, m = np.uint32(faces[f, 0]), np.uint32(faces[f, 1]), np.uint32(faces[f, 2])
                x0, y0, k0 = c[0, n], c[1, n], c[2, n]
                x1, y1, k1 = c[3, n], c[4, n], c[5, n]
                x2, y2, k2 = c[6, n], c[7, n], c[8, n]
                seen = (_corner(pos, i), _corner(pos, j), _corner(pos, m))
                count = 3 if x0 == x0 else _clip(pos, i, j, m, flat, near, parts)
                for part in range(1, count - 1):
                    if x0 != x0 or part > 1:
                        x0, y0, k0 = parts[0, 0], parts[0, 1], parts[0, 2]
                        x1, y1, k1 = parts[part, 0], parts[part, 1], parts[part, 2]
                        x2, y2, k2 = parts[part + 1, 0], parts[part + 1, 1], parts[part + 1, 2]
                    _draw(x0, y0, k0, x1, y1, k1, x2, y2, k2, f, seen, top, end, cull, peel, behind, limit, ids, nearest)


@kernel(error_model="numpy")
def weigh(pos, faces, ids, first, last, bary, depth):  # type: ignore[no-untyped-def]
    """Barycentrics and depth of the rows first..last - 1 of ids."""
    width = ids.shape[1]
    for row in range(first, last):
        for x in range(width):
            f = ids[row, x]
            if f < 0:
                bary[row, x, 0] = bary[row, x, 1] = 0.0
                depth[row, x] = np.inf
            else:
                i, j, m = np.uint32(faces[f, 0]), np.uint32(faces[f, 1]), np.uint32(faces[f, 2])
                p, q, z = _weights(_corner(pos, i), _corner(pos, j), _corner(pos, m), x + 0.5, row + 0.5)
                bary[row, x, 0] = p
                bary[row, x, 1] = q
                depth[row, x] = z
