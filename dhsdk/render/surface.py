"""The surface at one point: the material's factors, maps and vertex colours, and the normal that its normal map bends. Compiled.

A sample is worked out in its "notes", a small array of float64; the constants below say what stands where. shade.py goes on.
"""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render.texture import COLUMNS, MAPS

(
    RED, GREEN, BLUE, ALPHA, METALLIC, ROUGHNESS, EMIT, _EMIT_G, _EMIT_B, NORMAL_SCALE, OCCLUSION, UNLIT, CUTOFF, BLEND, IOR,
    COAT, COAT_ROUGHNESS, SHEEN, _SHEEN_G, _SHEEN_B, SHEEN_ROUGHNESS, TRANSMISSION, THICKNESS, ABSORB, _ABSORB_G, _ABSORB_B,
    SPECULAR, SPECULAR_COLOR, _SPECULAR_G, _SPECULAR_B, FILM, FILM_IOR, FILM_LEAST, FILM_MOST, RICH,
    DISPERSION, BRUSHED, BRUSHED_TURN, COAT_NORMAL_SCALE,
) = range(len(COLUMNS))  # fmt: skip
(
    BASE_MAP, MR_MAP, NORMAL_MAP, OCCLUSION_MAP, EMIT_MAP, COAT_MAP, COAT_ROUGHNESS_MAP, SHEEN_MAP, SHEEN_ROUGHNESS_MAP,
    TRANSMISSION_MAP, THICKNESS_MAP, SPECULAR_MAP, SPECULAR_COLOR_MAP, FILM_MAP, FILM_THICKNESS_MAP,
    BRUSHED_MAP, COAT_NORMAL_MAP,
) = range(len(COLUMNS), len(COLUMNS) + len(MAPS))  # fmt: skip

# Places in the notes of one sample (a small array that stays in the first cache). The first 16 are the vertex attributes.
P, N, T, UV, TINT = 0, 3, 6, 10, 12
BASE, COVER, METAL, ROUGH, OPEN, GLOW, FACE, EYE, NV, LIT = 16, 19, 20, 21, 22, 23, 26, 29, 32, 33
CLEAR, CLEAR_ROUGH, CLOTH, CLOTH_ROUGH, PASS, DEEP, SPEC, SPEC_TINT, THIN, THIN_NM = 34, 35, 36, 39, 40, 41, 42, 43, 46, 47
SOFT, MIRROR, OUT, THROUGH, F0, TEX, SHINE, STRETCH, ALONG, COAT_N, RAY = 48, 52, 56, 59, 62, 66, 70, 73, 74, 77, 80
MORE, FINE, NOTES = 86, 88, 90  # the second UVs; UV units per pixel of both sets
LEAST_ROUGH = 0.045
MATH = {"contract", "arcp", "afn", "nsz"}
"""Freedoms that compiled arithmetic may take; infinities and NaN keep their meaning."""


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def wrapped(i, n, mode):  # type: ignore[no-untyped-def]
    if mode == 2:
        return min(max(i, 0), n - 1)
    if mode == 1:
        i = i % (2 * n)
        return i if i < n else 2 * n - 1 - i
    return i & (n - 1) if n & (n - 1) == 0 else i % n


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def _square(rows, number, level, u, v):  # type: ignore[no-untyped-def]
    """The four texels around (u, v) in a level, counted from the texture's first, and where between them it falls."""
    first, height, width = rows[number, 4 + 3 * level] - rows[number, 4], rows[number, 5 + 3 * level], rows[number, 6 + 3 * level]
    x, y = u * width - 0.5, v * height - 0.5
    x0, y0 = np.floor(x), np.floor(y)
    i, j = int(x0), int(y0)
    xa, xb = wrapped(i, width, rows[number, 1]), wrapped(i + 1, width, rows[number, 1])
    ya = first + wrapped(j, height, rows[number, 2]) * width
    yb = first + wrapped(j + 1, height, rows[number, 2]) * width
    return ya + xa, ya + xb, yb + xa, yb + xb, x - x0, y - y0


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def _mixed(texels, start, square, share, s):  # type: ignore[no-untyped-def]
    a, b, c, d, fx, fy = square
    share /= 65535.0
    wd = fx * fy * share
    wb, wc = fx * share - wd, fy * share - wd
    wa = np.float32(share - wb - wc - wd)
    wb, wc, wd = np.float32(wb), np.float32(wc), np.float32(wd)
    a, b, c, d = start + a, start + b, start + c, start + d
    for q in range(4):
        top = wa * np.float32(texels[a, q]) + wb * np.float32(texels[b, q])
        s[TEX + q] += top + (wc * np.float32(texels[c, q]) + wd * np.float32(texels[d, q]))


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def _where(rows, spots, number, s):  # type: ignore[no-untyped-def]
    """Where a lookup falls in every texture of this layout: squares of two levels and the second's share."""
    a, b, d, e = spots[number, 0], spots[number, 1], spots[number, 3], spots[number, 4]
    at, density = (MORE, s[FINE + 1]) if spots[number, 6] > 0 else (UV, s[FINE])
    u, v = a * s[at] + b * s[at + 1] + spots[number, 2], d * s[at] + e * s[at + 1] + spots[number, 5]
    size = max(rows[number, 5], rows[number, 6]) * density * np.sqrt(abs(a * e - b * d))
    level = min(np.log2(size), rows[number, 0] - 1.0) if size > 1.0 else 0.0
    low = int(level)
    most = rows[number, 0] - 1
    return _square(rows, number, low, u, v), _square(rows, number, min(low + 1, most), u, v), level - low


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def _texture(texels, rows, spots, number, s, place, layout):  # type: ignore[no-untyped-def]
    """Puts the texture's value at TEX; place and layout are those of the last lookup, and are returned for the next."""
    if rows[number, 3] != layout:
        place = _where(rows, spots, number, s)
        layout = rows[number, 3]
    s[TEX] = s[TEX + 1] = s[TEX + 2] = s[TEX + 3] = 0.0
    _mixed(texels, rows[number, 4], place[0], 1.0 - place[2], s)
    if place[2] > 0.0:
        _mixed(texels, rows[number, 4], place[1], place[2], s)
    return place, layout


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def unit(s, at):  # type: ignore[no-untyped-def]
    size = 1.0 / (np.sqrt(s[at] ** 2 + s[at + 1] ** 2 + s[at + 2] ** 2) + 1e-12)
    for q in range(3):
        s[at + q] *= size


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def dot(s, a, b):  # type: ignore[no-untyped-def]
    return s[a] * s[b] + s[a + 1] * s[b + 1] + s[a + 2] * s[b + 2]


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def surface(s, m, texels, rows, spots):  # type: ignore[no-untyped-def]
    """The material at this point: everything that its factors, maps and the vertex colours say."""
    for q in range(3):
        s[BASE + q] = m[q] * s[TINT + q]
        s[GLOW + q] = m[EMIT + q]
    s[COVER], s[METAL], s[ROUGH] = m[ALPHA] * s[TINT + 3], m[METALLIC], m[ROUGHNESS]
    place, layout = ((0, 0, 0, 0, 0.0, 0.0), (0, 0, 0, 0, 0.0, 0.0), 0.0), -1
    if m[BASE_MAP] >= 0:
        place, layout = _texture(texels, rows, spots, int(m[BASE_MAP]), s, place, layout)
        for q in range(3):
            s[BASE + q] *= s[TEX + q]
        s[COVER] *= s[TEX + 3]
    if m[MR_MAP] >= 0:
        place, layout = _texture(texels, rows, spots, int(m[MR_MAP]), s, place, layout)
        s[ROUGH] *= s[TEX + 1]
        s[METAL] *= s[TEX + 2]
    if m[OCCLUSION_MAP] >= 0:
        same = m[MR_MAP] >= 0 and rows[int(m[OCCLUSION_MAP]), 4] == rows[int(m[MR_MAP]), 4]
        if not same or rows[int(m[OCCLUSION_MAP]), 3] != layout:
            place, layout = _texture(texels, rows, spots, int(m[OCCLUSION_MAP]), s, place, layout)
        s[OPEN] *= 1.0 + m[OCCLUSION] * (s[TEX] - 1.0)
    if m[EMIT_MAP] >= 0:
        place, layout = _texture(texels, rows, spots, int(m[EMIT_MAP]), s, place, layout)
        for q in range(3):
            s[GLOW + q] *= s[TEX + q]
    if m[NORMAL_MAP] >= 0:
        place, layout = _texture(texels, rows, spots, int(m[NORMAL_MAP]), s, place, layout)
        _bend(s, N, m[NORMAL_SCALE])
    s[ROUGH] = min(max(s[ROUGH], LEAST_ROUGH), 1.0)
    if m[RICH] > 0:
        _extensions(s, m, texels, rows, spots, place, layout)
    if m[CUTOFF] >= 0:
        s[COVER] = 0.0 if s[COVER] < m[CUTOFF] else 1.0
    elif m[BLEND] == 0:
        s[COVER] = 1.0


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def _bend(s, at, scale):  # type: ignore[no-untyped-def]
    """The normal at s[at] turned by the normal map's value; left alone where there is no tangent that differs from the normal."""
    if not _tangent(s, at, SHINE):
        return
    nx, ny, nz, tx, ty, tz = s[at], s[at + 1], s[at + 2], s[SHINE], s[SHINE + 1], s[SHINE + 2]
    side = -scale if s[T + 3] < 0 else scale
    a, b, c = (2 * s[TEX] - 1) * scale, (2 * s[TEX + 1] - 1) * side, max(2 * s[TEX + 2] - 1, 0.05)
    s[at] = tx * a + (ny * tz - nz * ty) * b + nx * c
    s[at + 1] = ty * a + (nz * tx - nx * tz) * b + ny * c
    s[at + 2] = tz * a + (nx * ty - ny * tx) * b + nz * c
    unit(s, at)


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def _tangent(s, n, out):  # type: ignore[no-untyped-def]
    """The tangent at right angles to the normal at s[n], at s[out]; returns whether there is one."""
    along, size = dot(s, n, T), 0.0
    for q in range(3):
        s[out + q] = s[T + q] - along * s[n + q]
        size += s[out + q] ** 2
    if size < 1e-12:
        return False
    size = np.sqrt(size)
    for q in range(3):
        s[out + q] /= size
    return True


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def _extensions(s, m, texels, rows, spots, place, layout):  # type: ignore[no-untyped-def]
    s[CLEAR], s[CLEAR_ROUGH], s[CLOTH_ROUGH] = m[COAT], m[COAT_ROUGHNESS], m[SHEEN_ROUGHNESS]
    s[PASS], s[DEEP], s[SPEC], s[THIN], s[THIN_NM] = m[TRANSMISSION], m[THICKNESS], m[SPECULAR], m[FILM], m[FILM_MOST]
    for q in range(3):
        s[CLOTH + q], s[SPEC_TINT + q] = m[SHEEN + q], m[SPECULAR_COLOR + q]
    for k, at, channel in (
        (COAT_MAP, CLEAR, 0), (COAT_ROUGHNESS_MAP, CLEAR_ROUGH, 1), (SHEEN_ROUGHNESS_MAP, CLOTH_ROUGH, 3),
        (TRANSMISSION_MAP, PASS, 0), (THICKNESS_MAP, DEEP, 1), (SPECULAR_MAP, SPEC, 3), (FILM_MAP, THIN, 0),
    ):  # fmt: skip
        if m[k] >= 0:
            place, layout = _texture(texels, rows, spots, int(m[k]), s, place, layout)
            s[at] *= s[TEX + channel]
    for k, at in ((SHEEN_MAP, CLOTH), (SPECULAR_COLOR_MAP, SPEC_TINT)):
        if m[k] >= 0:
            place, layout = _texture(texels, rows, spots, int(m[k]), s, place, layout)
            for q in range(3):
                s[at + q] *= s[TEX + q]
    if m[FILM_THICKNESS_MAP] >= 0:
        place, layout = _texture(texels, rows, spots, int(m[FILM_THICKNESS_MAP]), s, place, layout)
        s[THIN_NM] = m[FILM_LEAST] + (m[FILM_MOST] - m[FILM_LEAST]) * s[TEX + 1]
    s[CLEAR_ROUGH] = min(max(s[CLEAR_ROUGH], LEAST_ROUGH), 1.0)
    for q in range(3):
        s[COAT_N + q] = s[FACE + q]
    if m[COAT_NORMAL_MAP] >= 0 and s[CLEAR] > 0:
        place, layout = _texture(texels, rows, spots, int(m[COAT_NORMAL_MAP]), s, place, layout)
        _bend(s, COAT_N, m[COAT_NORMAL_SCALE])
    s[STRETCH] = m[BRUSHED]
    if m[BRUSHED] > 0:
        s[TEX], s[TEX + 1], s[TEX + 2] = 1.0, 0.5, 1.0
        if m[BRUSHED_MAP] >= 0:
            place, layout = _texture(texels, rows, spots, int(m[BRUSHED_MAP]), s, place, layout)
        _brush(s, m[BRUSHED_TURN])


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def _brush(s, turn):  # type: ignore[no-untyped-def]
    """The direction along which reflections are stretched, at ALONG, from the anisotropy map's value at TEX; its strength."""
    s[STRETCH] *= s[TEX + 2]
    a, b = 2 * s[TEX] - 1, 2 * s[TEX + 1] - 1
    size = np.sqrt(a * a + b * b)
    if size < 1e-6 or not _tangent(s, N, ALONG):
        s[STRETCH] = 0.0
        return
    cos, sin = np.cos(turn), np.sin(turn)
    a, b = (cos * a - sin * b) / size, (sin * a + cos * b) / size
    b = -b if s[T + 3] < 0 else b
    x, y, z = s[ALONG], s[ALONG + 1], s[ALONG + 2]
    s[ALONG] = x * a + (s[N + 1] * z - s[N + 2] * y) * b
    s[ALONG + 1] = y * a + (s[N + 2] * x - s[N] * z) * b
    s[ALONG + 2] = z * a + (s[N] * y - s[N + 1] * x) * b
