"""Lights at a place or from a direction (KHR_lights_punctual), and the map of the key light's shadow. Compiled."""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render.bvh import nearest
from dhsdk.render.surface import ALONG, BASE, EYE, F0, FACE, LIT, MATH, NV, OUT, RAY, RICH, ROUGH, STRETCH, N, P, dot

DIRECTIONAL, POINT, SPOT = 0, 1, 2
TINT_OF_KEY, TURN, TO_LIGHT, BIAS, EYE_AT, PARALLEL, CLEARANCE = 36, 39, 41, 53, 54, 57, 58
"""Places of the numbers that hold for all points (shade.facts); the first 36 are the harmonics (9, 4)."""
CLEARANCE_SHARE = 1.5e-3
"""How far from a surface rays to lamps begin, in diagonals of the scene."""


@kernel(uses=("surface.py",), error_model="numpy", fastmath=MATH, _nrt=False)
def lamp(s, m, lights, k, body, edge, facts, stack):  # type: ignore[no-untyped-def]
    """Adds a punctual light's share (KHR_lights_punctual). Columns: kind, place, direction to it, power, range, cone, key.

    lights: the table, bvh.tree() and (F,) bool its solid faces, none where nothing casts a shadow. The key has a map for its own.
    """
    lamps, tree, solid = lights
    x, y, z = lamps[k, 4], lamps[k, 5], lamps[k, 6]
    power, far = s[LIT] if lamps[k, 13] > 0 else 1.0, 1e30
    if lamps[k, 0] != DIRECTIONAL:
        x, y, z = lamps[k, 1] - s[P], lamps[k, 2] - s[P + 1], lamps[k, 3] - s[P + 2]
        far2 = max(x * x + y * y + z * z, 1e-8)
        far = np.sqrt(far2)
        x, y, z = x / far, y / far, z / far
        power *= 1.0 / far2
        if lamps[k, 10] > 0:
            power *= min(max(1.0 - (far2 / lamps[k, 10] ** 2) ** 2, 0.0), 1.0)
        if lamps[k, 0] == SPOT:
            inside = min(max((x * lamps[k, 4] + y * lamps[k, 5] + z * lamps[k, 6] - lamps[k, 11]) * lamps[k, 12], 0.0), 1.0)
            power *= inside * inside
    nl = s[N] * x + s[N + 1] * y + s[N + 2] * z
    if nl <= 0 or power <= 0:
        return
    if len(solid) and lamps[k, 13] == 0:
        for q in range(3):
            s[RAY + q] = s[P + q] + facts[CLEARANCE] * s[FACE + q]
        s[RAY + 3], s[RAY + 4], s[RAY + 5] = x, y, z
        if nearest(tree, s, RAY, facts[CLEARANCE], far - facts[CLEARANCE], solid, stack)[1] >= 0:
            return
    nv, a2 = s[NV], s[ROUGH] ** 4
    hx, hy, hz = x + s[EYE], y + s[EYE + 1], z + s[EYE + 2]
    size = np.sqrt(hx * hx + hy * hy + hz * hz) + 1e-12
    nh = (s[N] * hx + s[N + 1] * hy + s[N + 2] * hz) / size
    vh = (s[EYE] * hx + s[EYE + 1] * hy + s[EYE + 2] * hz) / size
    lobe = a2 / (np.pi * (nh * nh * (a2 - 1.0) + 1.0) ** 2)
    hidden = 0.5 / (nl * np.sqrt(nv * nv * (1 - a2) + a2) + nv * np.sqrt(nl * nl * (1 - a2) + a2))
    if m[RICH] > 0 and s[STRETCH] > 0:
        lobe, hidden = _stretched(s, x, y, z, hx / size, hy / size, hz / size, nh, nl)
    slant = (1.0 - min(max(vh, 0.0), 1.0)) ** 5
    for q in range(3):
        shine = (s[F0 + q] + (edge - s[F0 + q]) * slant) * lobe * hidden
        s[OUT + q] += (s[BASE + q] * body / np.pi + shine) * lamps[k, 7 + q] * power * nl


@kernel(uses=("surface.py",), error_model="numpy", fastmath=MATH, _nrt=False)
def _stretched(s, x, y, z, hx, hy, hz, nh, nl):  # type: ignore[no-untyped-def]
    """Distribution and visibility of a brushed surface's facets for light from (x, y, z); (hx, hy, hz): half way to the eye."""
    across = s[ROUGH] ** 2
    along = across + (1.0 - across) * s[STRETCH] ** 2
    tx, ty, tz = s[ALONG], s[ALONG + 1], s[ALONG + 2]
    bx, by, bz = s[N + 1] * tz - s[N + 2] * ty, s[N + 2] * tx - s[N] * tz, s[N] * ty - s[N + 1] * tx
    a2, th, bh = along * across, across * (tx * hx + ty * hy + tz * hz), along * (bx * hx + by * hy + bz * hz)
    share = a2 / (th * th + bh * bh + a2 * a2 * nh * nh)
    tv, bv = along * dot(s, ALONG, EYE), across * (bx * s[EYE] + by * s[EYE + 1] + bz * s[EYE + 2])
    tl, bl = along * (tx * x + ty * y + tz * z), across * (bx * x + by * y + bz * z)
    nv = s[NV]
    hidden = 0.5 / (nl * np.sqrt(tv * tv + bv * bv + nv * nv) + nv * np.sqrt(tl * tl + bl * bl + nl * nl))
    return a2 * share * share / np.pi, hidden


@kernel(uses=("surface.py",), error_model="numpy", fastmath=MATH, _nrt=False)
def arrived(depth, facts, s):  # type: ignore[no-untyped-def]
    """Share of the key light that arrives: the map's texels under a square of five, weighed by what of it covers each."""
    size, bias = len(depth), facts[BIAS]
    if size == 0:
        return 1.0
    px, py, pz = s[P] + s[FACE] * bias, s[P + 1] + s[FACE + 1] * bias, s[P + 2] + s[FACE + 2] * bias
    x = facts[TO_LIGHT] * px + facts[TO_LIGHT + 1] * py + facts[TO_LIGHT + 2] * pz + facts[TO_LIGHT + 3] - 2.5
    y = facts[TO_LIGHT + 4] * px + facts[TO_LIGHT + 5] * py + facts[TO_LIGHT + 6] * pz + facts[TO_LIGHT + 7] - 2.5
    z = facts[TO_LIGHT + 8] * px + facts[TO_LIGHT + 9] * py + facts[TO_LIGHT + 10] * pz + facts[TO_LIGHT + 11] - bias
    if not (0.0 <= x < size - 6.0 and 0.0 <= y < size - 6.0):
        return 1.0
    i, j = int(x), int(y)
    fx, fy = x - i, y - j
    total = 0.0
    for b in range(6):
        row = 0.0
        for a in range(6):
            weight = 1.0 - fx if a == 0 else (fx if a == 5 else 1.0)
            row += weight if z <= depth[j + b, i + a] else 0.0
        total += row * (1.0 - fy if b == 0 else (fy if b == 5 else 1.0))
    return total / 25.0
