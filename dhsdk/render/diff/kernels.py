"""Compiled forward and backward passes of the differentiable operations. Sums run in pixel order, always the same."""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render.surface import wrapped


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
def projected(points, matrix, scale, middle_x, middle_y, flat, out):  # type: ignore[no-untyped-def]
    """out (V, 4): pos of world points (V, 3). matrix: (4, 4) world to camera; scale: pixels per metre at distance 1."""
    for v in range(len(points)):
        x, y, z = points[v, 0], points[v, 1], points[v, 2]
        far = -(matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2] * z + matrix[2, 3])
        w = 1.0 if flat else far
        out[v, 0] = (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z + matrix[0, 3]) * scale + w * middle_x
        out[v, 1] = w * middle_y - (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z + matrix[1, 3]) * scale
        out[v, 2] = far
        out[v, 3] = w


@kernel(error_model="numpy")
def projected_back(points, matrix, scale, middle_x, middle_y, flat, grad, to_points, to_matrix):  # type: ignore[no-untyped-def]
    """Writes d loss / d points (V, 3); adds d loss / d matrix (4, 4) float64."""
    for v in range(len(points)):
        gx, gy, gz = grad[v, 0] * scale, -grad[v, 1] * scale, -grad[v, 2]
        if not flat:
            gz -= grad[v, 0] * middle_x + grad[v, 1] * middle_y + grad[v, 3]
        for c in range(3):
            to_points[v, c] = matrix[0, c] * gx + matrix[1, c] * gy + matrix[2, c] * gz
            to_matrix[0, c] += gx * points[v, c]
            to_matrix[1, c] += gy * points[v, c]
            to_matrix[2, c] += gz * points[v, c]
        to_matrix[0, 3] += gx
        to_matrix[1, 3] += gy
        to_matrix[2, 3] += gz


@kernel(error_model="numpy", uses=("../surface.py",))
def _square(table, number, u, v, wrap_u, wrap_v):  # type: ignore[no-untyped-def]
    """The four texels around (u, v) in a mipmap, and the shares of the right and of the lower ones."""
    start, height, width = table[number, 0], table[number, 1], table[number, 2]
    x, y = u * width - 0.5, v * height - 0.5
    x0, y0 = np.floor(x), np.floor(y)
    i, j = int(x0), int(y0)
    left, right = wrapped(i, width, wrap_u), wrapped(i + 1, width, wrap_u)
    above, below = start + wrapped(j, height, wrap_v) * width, start + wrapped(j + 1, height, wrap_v) * width
    return above + left, above + right, below + left, below + right, x - x0, y - y0


@kernel(error_model="numpy", uses=("../surface.py",))
def look_up(flat, uv, table, level, wrap_u, wrap_v, out):  # type: ignore[no-untyped-def]
    """out (N, C): values at uv (N, 2) in mipmaps, whose texels (T, C) follow one another; table (L, 3): first, height, width."""
    for n in range(len(uv)):
        if not (abs(uv[n, 0]) < 1e9 and abs(uv[n, 1]) < 1e9):
            out[n] = 0
            continue
        low = int(level[n])
        rest = level[n] - low
        for step in range(2 if rest > 0.0 else 1):
            share = rest if step else 1.0 - rest
            a, b, c, d, x, y = _square(table, low + step, uv[n, 0], uv[n, 1], wrap_u, wrap_v)
            for q in range(flat.shape[1]):
                top, end = flat[a, q] * (1 - x) + flat[b, q] * x, flat[c, q] * (1 - x) + flat[d, q] * x
                value = (top * (1 - y) + end * y) * share
                out[n, q] = value + (out[n, q] if step else 0)


@kernel(error_model="numpy", uses=("../surface.py",))
def look_up_back(flat, uv, table, level, wrap_u, wrap_v, grad, to_flat, to_uv):  # type: ignore[no-untyped-def]
    """Adds d loss / d texels (T, C) float64, unless to_flat is empty; writes d loss / d uv (N, 2)."""
    for n in range(len(uv)):
        to_uv[n, 0] = to_uv[n, 1] = 0.0
        if not (abs(uv[n, 0]) < 1e9 and abs(uv[n, 1]) < 1e9):
            continue
        low = int(level[n])
        rest = level[n] - low
        for step in range(2 if rest > 0.0 else 1):
            share = rest if step else 1.0 - rest
            a, b, c, d, x, y = _square(table, low + step, uv[n, 0], uv[n, 1], wrap_u, wrap_v)
            gu = gv = 0.0
            for q in range(flat.shape[1]):
                g = grad[n, q] * share
                gu += g * ((flat[b, q] - flat[a, q]) * (1 - y) + (flat[d, q] - flat[c, q]) * y)
                gv += g * ((flat[c, q] - flat[a, q]) * (1 - x) + (flat[d, q] - flat[b, q]) * x)
                if len(to_flat):
                    to_flat[a, q] += g * (1 - x) * (1 - y)
                    to_flat[b, q] += g * x * (1 - y)
                    to_flat[c, q] += g * (1 - x) * y
                    to_flat[d, q] += g * x * y
            to_uv[n, 0] += gu * table[low + step, 2]
            to_uv[n, 1] += gv * table[low + step, 1]


@kernel(error_model="numpy")
def weigh(pos, faces, ids, bary, depth):  # type: ignore[no-untyped-def]
    """Writes the weights (H, W, 2) and depth (H, W) of known faces in the precision of pos; zeros and infinity for none."""
    for row in range(ids.shape[0]):
        for column in range(ids.shape[1]):
            f = ids[row, column]
            bary[row, column, 0] = bary[row, column, 1] = 0.0
            depth[row, column] = np.inf
            if f < 0:
                continue
            i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
            px, py = column + 0.5, row + 0.5
            xi, yi = pos[i, 0] - px * pos[i, 3], pos[i, 1] - py * pos[i, 3]
            xj, yj = pos[j, 0] - px * pos[j, 3], pos[j, 1] - py * pos[j, 3]
            xk, yk = pos[k, 0] - px * pos[k, 3], pos[k, 1] - py * pos[k, 3]
            e0, e1, e2 = xj * yk - yj * xk, xk * yi - yk * xi, xi * yj - yi * xj
            total = e0 + e1 + e2
            b0, b1 = (e0 / total, e1 / total) if total != 0.0 else (1.0, 0.0)
            bary[row, column, 0], bary[row, column, 1] = b0, b1
            depth[row, column] = b0 * pos[i, 2] + b1 * pos[j, 2] + (1.0 - b0 - b1) * pos[k, 2]
