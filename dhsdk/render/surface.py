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
) = range(len(COLUMNS))  # fmt: skip
(
    BASE_MAP, MR_MAP, NORMAL_MAP, OCCLUSION_MAP, EMIT_MAP, COAT_MAP, COAT_ROUGHNESS_MAP, SHEEN_MAP, SHEEN_ROUGHNESS_MAP,
    TRANSMISSION_MAP, THICKNESS_MAP, SPECULAR_MAP, SPECULAR_COLOR_MAP, FILM_MAP, FILM_THICKNESS_MAP,
) = range(len(COLUMNS), len(COLUMNS) + len(MAPS))  # fmt: skip

# Places in the notes of one sample (a small array that stays in the first cache). The first 16 are the vertex attributes.
P, N, T, UV, TINT = 0, 3, 6, 10, 12
BASE, COVER, METAL, ROUGH, OPEN, GLOW, FACE, EYE, NV, LIT = 16, 19, 20, 21, 22, 23, 26, 29, 32, 33
CLEAR, CLEAR_ROUGH, CLOTH, CLOTH_ROUGH, PASS, DEEP, SPEC, SPEC_TINT, THIN, THIN_NM = 34, 35, 36, 39, 40, 41, 42, 43, 46, 47
SOFT, MIRROR, OUT, THROUGH, F0, TEX, SHINE, NOTES = 48, 52, 56, 59, 62, 66, 70, 74
LEAST_ROUGH = 0.045


@kernel()
def _wrapped(i, n, mode):  # type: ignore[no-untyped-def]
    if mode == 2:
        return min(max(i, 0), n - 1)
    if mode == 1:
        i = i % (2 * n)
        return i if i < n else 2 * n - 1 - i
    return i & (n - 1) if n & (n - 1) == 0 else i % n


@kernel()
def _square(row, level, u, v):  # type: ignore[no-untyped-def]
    """The four texels around (u, v) in a level, counted from the texture's first, and where between them it falls."""
    first, height, width = row[4 + 3 * level] - row[4], row[5 + 3 * level], row[6 + 3 * level]
    x, y = u * width - 0.5, v * height - 0.5
    x0, y0 = np.floor(x), np.floor(y)
    i, j = int(x0), int(y0)
    xa, xb = _wrapped(i, width, row[1]), _wrapped(i + 1, width, row[1])
    ya, yb = first + _wrapped(j, height, row[2]) * width, first + _wrapped(j + 1, height, row[2]) * width
    return ya + xa, ya + xb, yb + xa, yb + xb, x - x0, y - y0


@kernel()
def _mixed(texels, start, square, share, s):  # type: ignore[no-untyped-def]
    a, b, c, d, fx, fy = square
    share /= 65535.0
    wd = fx * fy * share
    wb, wc = fx * share - wd, fy * share - wd
    wa = share - wb - wc - wd
    for q in range(4):
        s[TEX + q] += (
            wa * texels[start + a, q] + wb * texels[start + b, q] + wc * texels[start + c, q] + wd * texels[start + d, q]
        )  # fmt: skip


@kernel()
def _where(maps, number, s, density):  # type: ignore[no-untyped-def]
    """Where a lookup falls in every texture of this layout: squares of two levels and the second's share."""
    row, m = maps[1][number], maps[2][number]
    u = m[0] * s[UV] + m[1] * s[UV + 1] + m[2]
    v = m[3] * s[UV] + m[4] * s[UV + 1] + m[5]
    size = max(row[5], row[6]) * density * np.sqrt(abs(m[0] * m[4] - m[1] * m[3]))
    level = min(np.log2(size), row[0] - 1.0) if size > 1.0 else 0.0
    low = int(level)
    return _square(row, low, u, v), _square(row, min(low + 1, row[0] - 1), u, v), level - low


@kernel()
def _texture(maps, number, s, density, place, layout):  # type: ignore[no-untyped-def]
    """Puts the texture's value at TEX; place and layout are those of the last lookup, and are returned for the next."""
    row = maps[1][number]
    if row[3] != layout:
        place = _where(maps, number, s, density)
        layout = row[3]
    s[TEX : TEX + 4] = 0.0
    _mixed(maps[0], row[4], place[0], 1.0 - place[2], s)
    if place[2] > 0.0:
        _mixed(maps[0], row[4], place[1], place[2], s)
    return place, layout


@kernel()
def unit(s, at):  # type: ignore[no-untyped-def]
    size = 1.0 / (np.sqrt(s[at] ** 2 + s[at + 1] ** 2 + s[at + 2] ** 2) + 1e-12)
    for q in range(3):
        s[at + q] *= size


@kernel()
def dot(s, a, b):  # type: ignore[no-untyped-def]
    return s[a] * s[b] + s[a + 1] * s[b + 1] + s[a + 2] * s[b + 2]


@kernel()
def surface(s, m, maps, density):  # type: ignore[no-untyped-def]
    """The material at this point: everything that its factors, maps and the vertex colours say."""
    for q in range(3):
        s[BASE + q] = m[q] * s[TINT + q]
        s[GLOW + q] = m[EMIT + q]
    s[COVER], s[METAL], s[ROUGH] = m[ALPHA] * s[TINT + 3], m[METALLIC], m[ROUGHNESS]
    place, layout = ((0, 0, 0, 0, 0.0, 0.0), (0, 0, 0, 0, 0.0, 0.0), 0.0), -1
    if m[BASE_MAP] >= 0:
        place, layout = _texture(maps, int(m[BASE_MAP]), s, density, place, layout)
        for q in range(3):
            s[BASE + q] *= s[TEX + q]
        s[COVER] *= s[TEX + 3]
    if m[MR_MAP] >= 0:
        place, layout = _texture(maps, int(m[MR_MAP]), s, density, place, layout)
        s[ROUGH] *= s[TEX + 1]
        s[METAL] *= s[TEX + 2]
    if m[OCCLUSION_MAP] >= 0:
        place, layout = _texture(maps, int(m[OCCLUSION_MAP]), s, density, place, layout)
        s[OPEN] *= 1.0 + m[OCCLUSION] * (s[TEX] - 1.0)
    if m[EMIT_MAP] >= 0:
        place, layout = _texture(maps, int(m[EMIT_MAP]), s, density, place, layout)
        for q in range(3):
            s[GLOW + q] *= s[TEX + q]
    if m[NORMAL_MAP] >= 0:
        place, layout = _texture(maps, int(m[NORMAL_MAP]), s, density, place, layout)
        _bend(s, m[NORMAL_SCALE])
    s[ROUGH] = min(max(s[ROUGH], LEAST_ROUGH), 1.0)
    if m[RICH] > 0:
        _extensions(s, m, maps, density, place, layout)
    if m[CUTOFF] >= 0:
        s[COVER] = 0.0 if s[COVER] < m[CUTOFF] else 1.0
    elif m[BLEND] == 0:
        s[COVER] = 1.0


@kernel()
def _bend(s, scale):  # type: ignore[no-untyped-def]
    """The normal turned by the normal map's value; left alone where there is no tangent that differs from the normal."""
    along = dot(s, N, T)
    tx, ty, tz = s[T] - along * s[N], s[T + 1] - along * s[N + 1], s[T + 2] - along * s[N + 2]
    size = np.sqrt(tx * tx + ty * ty + tz * tz)
    if size < 1e-6:
        return
    tx, ty, tz = tx / size, ty / size, tz / size
    nx, ny, nz = s[N], s[N + 1], s[N + 2]
    side = -scale if s[T + 3] < 0 else scale
    a, b, c = (2 * s[TEX] - 1) * scale, (2 * s[TEX + 1] - 1) * side, max(2 * s[TEX + 2] - 1, 0.05)
    s[N] = tx * a + (ny * tz - nz * ty) * b + nx * c
    s[N + 1] = ty * a + (nz * tx - nx * tz) * b + ny * c
    s[N + 2] = tz * a + (nx * ty - ny * tx) * b + nz * c
    unit(s, N)


@kernel()
def _extensions(s, m, maps, density, place, layout):  # type: ignore[no-untyped-def]
    s[CLEAR], s[CLEAR_ROUGH], s[CLOTH_ROUGH] = m[COAT], m[COAT_ROUGHNESS], m[SHEEN_ROUGHNESS]
    s[PASS], s[DEEP], s[SPEC], s[THIN], s[THIN_NM] = m[TRANSMISSION], m[THICKNESS], m[SPECULAR], m[FILM], m[FILM_MOST]
    for q in range(3):
        s[CLOTH + q], s[SPEC_TINT + q] = m[SHEEN + q], m[SPECULAR_COLOR + q]
    for k, at, channel in (
        (COAT_MAP, CLEAR, 0), (COAT_ROUGHNESS_MAP, CLEAR_ROUGH, 1), (SHEEN_ROUGHNESS_MAP, CLOTH_ROUGH, 3),
        (TRANSMISSION_MAP, PASS, 0), (THICKNESS_MAP, DEEP, 1), (SPECULAR_MAP, SPEC, 3), (FILM_MAP, THIN, 0),
    ):  # fmt: skip
        if m[k] >= 0:
            place, layout = _texture(maps, int(m[k]), s, density, place, layout)
            s[at] *= s[TEX + channel]
    for k, at in ((SHEEN_MAP, CLOTH), (SPECULAR_COLOR_MAP, SPEC_TINT)):
        if m[k] >= 0:
            place, layout = _texture(maps, int(m[k]), s, density, place, layout)
            for q in range(3):
                s[at + q] *= s[TEX + q]
    if m[FILM_THICKNESS_MAP] >= 0:
        place, layout = _texture(maps, int(m[FILM_THICKNESS_MAP]), s, density, place, layout)
        s[THIN_NM] = m[FILM_LEAST] + (m[FILM_MOST] - m[FILM_LEAST]) * s[TEX + 1]
    s[CLEAR_ROUGH] = min(max(s[CLEAR_ROUGH], LEAST_ROUGH), 1.0)
