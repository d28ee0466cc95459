"""Shading: metallic-roughness PBR with the ratified KHR_materials extensions, compiled. render.diff.shading is the same in torch.

Light comes from a Surround (split sum; its fourth channel is the key light, which casts the shadow), from punctual lights and
from the surface itself; openness dims what comes from all around.
Units: radiance; metres; roughness as in glTF (alpha = roughness^2).
Sources: glTF 2.0 appendix B and KHR_materials_*; Karis 2013; Turquin 2019 (energy lost between the facets); Jimenez et al. 2016
(light between bright surfaces); Belcour and Barla 2017 in its two-beam form (thin films).
"""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render.lamps import EYE_AT, PARALLEL, TINT_OF_KEY, TURN, arrived, lamp
from dhsdk.render.surface import (
    ALONG,
    BASE,
    CLEAR,
    CLEAR_ROUGH,
    CLOTH,
    CLOTH_ROUGH,
    COAT_N,
    COVER,
    EYE,
    F0,
    FACE,
    FILM_IOR,
    FINE,
    GLOW,
    IOR,
    LIT,
    MATH,
    METAL,
    MIRROR,
    MORE,
    NV,
    OPEN,
    OUT,
    PASS,
    RICH,
    ROUGH,
    SHINE,
    SOFT,
    SPEC,
    SPEC_TINT,
    STRETCH,
    TEX,
    THIN,
    THIN_NM,
    THROUGH,
    UNLIT,
    UV,
    N,
    P,
    T,
    dot,
    surface,
    unit,
)

USES = ("surface.py", "lamps.py", "bvh.py")
WAVES = (650.0, 550.0, 450.0)
STREAK = 8
"""Lookups along a stretched reflection."""


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _around(chain, levels, facts, x, y, z, rough, s, at):  # type: ignore[no-untyped-def]
    """Four channels of the light in a lobe around (x, y, z), at s[at]."""
    x, z = facts[TURN] * x - facts[TURN + 1] * z, facts[TURN + 1] * x + facts[TURN] * z
    long = 1.0 / (abs(x) + abs(y) + abs(z) + 1e-12)
    u, v = x * long, z * long
    fold = max(-y * long, 0.0)
    u, v = u + (-fold if u < 0 else fold), v + (-fold if v < 0 else fold)
    level = rough * (len(levels) - 1)
    low = min(int(level), len(levels) - 2)
    share = level - low
    s[at] = s[at + 1] = s[at + 2] = s[at + 3] = 0.0
    for step in range(2):
        first, size = levels[low + step, 0], levels[low + step, 1]
        px, py = (u * 0.5 + 0.5) * (size - 2) + 0.5, (v * 0.5 + 0.5) * (size - 2) + 0.5
        i, j = int(px), int(py)
        fx, fy = px - i, py - j
        part = share if step else 1.0 - share
        a = first + j * size + i
        for q in range(4):
            top = chain[a, q] * (1 - fx) + chain[a + 1, q] * fx
            end = chain[a + size, q] * (1 - fx) + chain[a + size + 1, q] * fx
            s[at + q] += part * (top * (1 - fy) + end * fy)


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _diffused(h, s):  # type: ignore[no-untyped-def]
    """Irradiance / pi of four channels for the normal, at SOFT."""
    x, y, z = h[TURN] * s[N] - h[TURN + 1] * s[N + 2], s[N + 1], h[TURN + 1] * s[N] + h[TURN] * s[N + 2]
    for q in range(4):
        value = h[q] * 0.282095 + 0.488603 * (h[4 + q] * y + h[8 + q] * z + h[12 + q] * x)
        value += 1.092548 * (h[16 + q] * x * y + h[20 + q] * y * z + h[28 + q] * x * z)
        value += h[24 + q] * 0.315392 * (3 * z * z - 1) + h[32 + q] * 0.546274 * (x * x - y * y)
        s[SOFT + q] = max(value, 0.0)


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _response(table, rough, nv):  # type: ignore[no-untyped-def]
    """Scale and offset of F0, and the sheen's share."""
    size = len(table)
    x, y = min(max(nv * size - 0.5, 0.0), size - 1.001), min(max(rough * size - 0.5, 0.0), size - 1.001)
    i, j = int(x), int(y)
    fx, fy = x - i, y - j
    wd = fx * fy
    wb, wc = fx - wd, fy - wd
    wa = 1 - wb - wc - wd
    return (
        wa * table[j, i, 0] + wb * table[j, i + 1, 0] + wc * table[j + 1, i, 0] + wd * table[j + 1, i + 1, 0],
        wa * table[j, i, 1] + wb * table[j, i + 1, 1] + wc * table[j + 1, i, 1] + wd * table[j + 1, i + 1, 1],
        wa * table[j, i, 2] + wb * table[j, i + 1, 2] + wc * table[j + 1, i, 2] + wd * table[j + 1, i + 1, 2],
    )


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _film(s, outside):  # type: ignore[no-untyped-def]
    """F0 under a thin film: the two beams that its faces throw back, in step or out of step by the wavelength."""
    r1 = (outside - 1) / (outside + 1)
    cos2 = np.sqrt(max(1.0 - (1.0 - s[NV] ** 2) / outside**2, 0.0))
    for q in range(3):
        f = min(s[F0 + q], 0.9999)
        index = (1 + np.sqrt(f)) / (1 - np.sqrt(f))
        r2 = (index - outside) / (index + outside)
        cross = 2 * r1 * r2 * np.cos(4 * np.pi * outside * s[THIN_NM] * cos2 / WAVES[q])
        beam = (r1 * r1 + r2 * r2 + cross) / (1 + r1 * r1 * r2 * r2 + cross)
        s[F0 + q] += (min(max(beam, 0.0), 1.0) - s[F0 + q]) * s[THIN]


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _streak(s, chain, levels, facts):  # type: ignore[no-untyped-def]
    """MIRROR of a brushed surface: lobes around the reflections in facets that are tilted along ALONG, even in their number."""
    a = s[ROUGH] ** 2
    wide = a + (1.0 - a) * s[STRETCH] ** 2
    rough = np.sqrt(a + (wide - a) / STREAK)
    m0 = m1 = m2 = m3 = whole = 0.0
    for k in range(STREAK):
        e = (k + 0.5) / STREAK * 2.0 - 1.0
        tilt = wide * e / np.sqrt(1.0 - e * e)
        x, y, z = s[N] + tilt * s[ALONG], s[N + 1] + tilt * s[ALONG + 1], s[N + 2] + tilt * s[ALONG + 2]
        size = 1.0 / np.sqrt(1.0 + tilt * tilt)
        x, y, z = x * size, y * size, z * size
        cos = max(x * s[EYE] + y * s[EYE + 1] + z * s[EYE + 2], 1e-3)
        _around(chain, levels, facts, 2 * cos * x - s[EYE], 2 * cos * y - s[EYE + 1], 2 * cos * z - s[EYE + 2], rough, s, TEX)
        m0, m1, m2, m3 = m0 + cos * s[TEX], m1 + cos * s[TEX + 1], m2 + cos * s[TEX + 2], m3 + cos * s[TEX + 3]
        whole += cos
    s[MIRROR], s[MIRROR + 1], s[MIRROR + 2], s[MIRROR + 3] = m0 / whole, m1 / whole, m2 / whole, m3 / whole


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _leaving(s, m, chain, levels, answer, facts, lamps, stack):  # type: ignore[no-untyped-def]
    """What leaves the surface towards the eye (OUT) and which share of what lies behind it passes (THROUGH)."""
    rich = m[RICH] > 0
    nv, rough, metal, lit, opened = s[NV], s[ROUGH], s[METAL], s[LIT], s[OPEN]
    scale, offset, _ = _response(answer, rough, nv)
    spec = s[SPEC] if rich else 1.0
    plain = ((m[IOR] - 1) / (m[IOR] + 1)) ** 2
    for q in range(3):
        f = min(plain * (s[SPEC_TINT + q] if rich else 1.0), 1.0) * spec
        s[F0 + q] = f + (s[BASE + q] - f) * metal
    if rich and s[THIN] > 0:
        _film(s, m[FILM_IOR])
    edge, lost = spec + (1.0 - spec) * metal, 1.0 / (scale + offset) - 1.0
    most = 0.0
    for q in range(3):
        s[SHINE + q] = (s[F0 + q] * scale + edge * offset) * (1.0 + s[F0 + q] * lost)
        most = max(most, s[SHINE + q])
    most = min(most, 1.0)
    rx, ry, rz = 2 * nv * s[N] - s[EYE], 2 * nv * s[N + 1] - s[EYE + 1], 2 * nv * s[N + 2] - s[EYE + 2]
    if rich and s[STRETCH] > 0:
        _streak(s, chain, levels, facts)
    else:
        _around(chain, levels, facts, rx, ry, rz, rough, s, MIRROR)
    _diffused(facts, s)
    above = min(1.0 + rx * s[FACE] + ry * s[FACE + 1] + rz * s[FACE + 2], 1.0)
    near = (1.0 - (1.0 - opened) * (0.4 + 0.6 * rough)) * above * above
    seen = (0.15 + 0.85 * lit) * above * above
    passed = s[PASS] * (1.0 - metal) if rich else 0.0
    body = (1.0 - most) * (1.0 - metal) * (1.0 - passed)
    for q in range(3):
        c = s[BASE + q]
        between = ((opened * (2.0404 * c - 0.3324) - 4.7951 * c + 0.6417) * opened + 2.7552 * c + 0.6903) * opened
        soft = s[SOFT + q] * max(between, opened) + s[SOFT + 3] * facts[TINT_OF_KEY + q] * lit
        s[OUT + q] = c * body * soft + s[SHINE + q] * (s[MIRROR + q] * near + s[MIRROR + 3] * facts[TINT_OF_KEY + q] * seen)
        s[THROUGH + q] = passed * (1.0 - most) * s[BASE + q]
    for k in range(len(lamps[0])):
        lamp(s, m, lamps, k, body, edge, facts, stack)
    if rich:
        _coats(s, chain, levels, answer, facts, near, seen)


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _coats(s, chain, levels, answer, facts, near, seen):  # type: ignore[no-untyped-def]
    """Sheen and clearcoat over what is at OUT."""
    velvet = max(s[CLOTH], s[CLOTH + 1], s[CLOTH + 2])
    if velvet > 0:
        _, _, share = _response(answer, s[CLOTH_ROUGH], s[NV])
        for q in range(3):
            soft = s[SOFT + q] * s[OPEN] + s[SOFT + 3] * facts[TINT_OF_KEY + q] * s[LIT]
            s[OUT + q] = s[OUT + q] * (1.0 - velvet * share) + s[CLOTH + q] * share * soft
    if s[CLEAR] > 0:
        nv = max(dot(s, COAT_N, EYE), 0.03)
        scale, offset, _ = _response(answer, s[CLEAR_ROUGH], nv)
        fresnel = s[CLEAR] * (0.04 * scale + offset)
        rx, ry, rz = 2 * nv * s[COAT_N] - s[EYE], 2 * nv * s[COAT_N + 1] - s[EYE + 1], 2 * nv * s[COAT_N + 2] - s[EYE + 2]
        _around(chain, levels, facts, rx, ry, rz, s[CLEAR_ROUGH], s, MIRROR)
        for q in range(3):
            over = s[MIRROR + q] * near + s[MIRROR + 3] * facts[TINT_OF_KEY + q] * seen
            s[OUT + q] = s[OUT + q] * (1.0 - fresnel) + fresnel * over
            s[THROUGH + q] *= 1.0 - fresnel


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _opened(firsts, steps, samples, f, w0, w1):  # type: ignore[no-untyped-def]
    """Share of the light from all around that arrives, from the face's own grid of samples."""
    first, count = firsts[f], steps[f]
    if count == 0:
        return 1.0
    x, y = min(max(w0, 0.0), 1.0) * count, min(max(w1, 0.0), 1.0) * count
    i, j = min(int(x), count - 1), min(int(y), count - 1)
    if i + j > count - 1:
        j = count - 1 - i
    fx, fy = x - i, y - j
    a = first + i * (2 * count + 3 - i) // 2 + j
    below = a + count + 1 - i
    if fx + fy <= 1.0 or i + j == count - 1:
        return samples[a] * (1 - fx - fy) + samples[below] * fx + samples[a + 1] * fy
    return samples[below + 1] * (fx + fy - 1) + samples[below] * (1 - fy) + samples[a + 1] * (1 - fx)


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _tangent_of(s, a, b, c, vertices):  # type: ignore[no-untyped-def]
    """The face's own tangent, for a vertex without one: along u, its side that of a normal map whose green points against v."""
    au, av = vertices[b, UV] - vertices[a, UV], vertices[b, UV + 1] - vertices[a, UV + 1]
    bu, bv = vertices[c, UV] - vertices[a, UV], vertices[c, UV + 1] - vertices[a, UV + 1]
    twice = au * bv - bu * av
    side = 1.0 if twice > 0 else -1.0
    for q in range(3):
        s[T + q] = side * ((vertices[b, q] - vertices[a, q]) * bv - (vertices[c, q] - vertices[a, q]) * av)
    size = s[T] ** 2 + s[T + 1] ** 2 + s[T + 2] ** 2
    s[T + 3] = -side
    if not (0.0 < size < 1e30) or twice == 0.0:
        s[T] = s[T + 1] = s[T + 2] = 0.0
    else:
        unit(s, T)


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _twice(values, at, a, b, c):  # type: ignore[no-untyped-def]
    """Twice the area of a triangle in UVs."""
    u, v = values[a, at], values[a, at + 1]
    return abs((values[b, at] - u) * (values[c, at + 1] - v) - (values[c, at] - u) * (values[b, at + 1] - v))


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def lay_out(s, a, b, c, w0, w1, vertices, more, reach):  # type: ignore[no-untyped-def]
    """The second UVs, if any, and how finely both sets are laid out: UV units per pixel are reach times an edge in UVs."""
    s[FINE] = np.sqrt(_twice(vertices, UV, a, b, c)) * reach
    if len(more):
        s[FINE + 1] = np.sqrt(_twice(more, 0, a, b, c)) * reach
        for q in range(2):
            s[MORE + q] = w0 * more[a, q] + w1 * more[b, q] + (1.0 - w0 - w1) * more[c, q]


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _place(s, f, x, y, drawn, facts):  # type: ignore[no-untyped-def]
    """The vertex attributes of face f at the point (x, y) of the picture. Returns the weights of its first two corners."""
    pos, faces, vertices, _, _, more = drawn
    a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
    ax, ay, bx, by = pos[a, 0] - x * pos[a, 3], pos[a, 1] - y * pos[a, 3], pos[b, 0] - x * pos[b, 3], pos[b, 1] - y * pos[b, 3]
    cx, cy = pos[c, 0] - x * pos[c, 3], pos[c, 1] - y * pos[c, 3]
    w0, w1, w2 = bx * cy - by * cx, cx * ay - cy * ax, ax * by - ay * bx
    total = w0 + w1 + w2
    volume = w0 * pos[a, 3] + w1 * pos[b, 3] + w2 * pos[c, 3]
    inverse = 1.0 / total if total != 0.0 else 0.0
    w0, w1 = w0 * inverse, w1 * inverse
    w2 = 1.0 - w0 - w1
    for q in range(16):
        s[q] = w0 * vertices[a, q] + w1 * vertices[b, q] + w2 * vertices[c, q]
    for q in range(3):
        s[EYE + q] = facts[EYE_AT + q] - (s[P + q] if facts[PARALLEL] == 0 else 0.0)
    unit(s, EYE)
    unit(s, N)
    for q in range(3):
        s[FACE + q] = s[N + q]
    if s[T] == 0 and s[T + 1] == 0 and s[T + 2] == 0:
        _tangent_of(s, a, b, c, vertices)
    lay_out(s, a, b, c, w0, w1, vertices, more, np.sqrt(abs(inverse)) * abs(volume * inverse))
    return w0, w1


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _finish(s, m, chain, levels, answer, facts, lamps, depth, stack):  # type: ignore[no-untyped-def]
    """Light for a surface that is known: OUT and THROUGH."""
    if dot(s, FACE, EYE) < 0:
        for q in range(3):
            s[N + q], s[FACE + q], s[COAT_N + q] = -s[N + q], -s[FACE + q], -s[COAT_N + q]
    s[NV] = max(dot(s, N, EYE), 0.03)
    if m[UNLIT] > 0:
        for q in range(3):
            s[OUT + q], s[THROUGH + q] = s[BASE + q], 0.0
    else:
        s[LIT] = arrived(depth, facts, s)
        _leaving(s, m, chain, levels, answer, facts, lamps, stack)
    for q in range(3):
        s[OUT + q] += s[GLOW + q]


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def _group(ids, k, y, x, done, material, flat, at):  # type: ignore[no-untyped-def]
    """The points of a pixel that are shaded with point k: their number, a point among them, and all points that are done now."""
    f, same, px, py = ids[k, y, x], 1, at[k, 0], at[k, 1]
    for other in range(k + 1, len(ids)):
        g = ids[other, y, x]
        if g < 0 or (done >> other) & 1:
            continue
        slope = flat[g, 0] * flat[f, 0] + flat[g, 1] * flat[f, 1] + flat[g, 2] * flat[f, 2]
        if g == f:
            px, py = px + at[other, 0], py + at[other, 1]
        elif material[g] == material[f] and slope >= 0.9:
            px, py = px + at[k, 0], py + at[k, 1]
        else:
            continue
        done |= 1 << other
        same += 1
    return same, px / same, py / same, done


@kernel(uses=USES, error_model="numpy", fastmath=MATH, _nrt=False)
def shade(y0, y1, ids, at, leave, drawn, look, notes, over, past, glow):  # type: ignore[no-untyped-def]
    """Fills rows y0..y1 of over (H, W, 3) light that comes from the layer, past (H, W, 3) what of the light behind passes it.

    ids: (K, H, W) int32 faces seen at K points of each pixel, which stand at `at` (K, 2) from the pixel's corner. Points that see
    one material under one slope are shaded once. glow: (H, W, 3), or (0, 0, 3) when nothing shines. leave: (M,) bool, materials
    that are left out, or (0,). Returns how many points were.
    notes: facts() of the view; NOTES numbers, a row of the material table and (64,) int64 to work in, for this thread alone.
    """
    material, flat = drawn[3:5]
    table, (texels, rows, spots), (firsts, steps, samples), (chain, levels, answer), lamps, depth = look
    facts, s, m, stack = notes
    known, left = -1, 0
    for y in range(y0, y1):
        for x in range(ids.shape[2]):
            for q in range(3):
                over[y, x, q], past[y, x, q] = 0.0, 1.0
            done = 0
            for k in range(len(ids)):
                f = ids[k, y, x]
                if f < 0 or (done >> k) & 1:
                    continue
                if len(leave) and leave[material[f]]:
                    left += 1
                    continue
                same, px, py, done = _group(ids, k, y, x, done, material, flat, at)
                if material[f] != known:
                    known = material[f]
                    for q in range(len(m)):
                        m[q] = table[known, q]
                w0, w1 = _place(s, f, x + px, y + py, drawn, facts)
                s[OPEN] = _opened(firsts, steps, samples, f, w0, w1)
                surface(s, m, texels, rows, spots)
                _finish(s, m, chain, levels, answer, facts, lamps, depth, stack)
                share = same * s[COVER] / len(ids)
                for q in range(3):
                    over[y, x, q] += min(s[OUT + q], 16.0) * share
                    past[y, x, q] += (s[THROUGH + q] - 1.0) * share
                    if len(glow):
                        glow[y, x, q] += s[GLOW + q] * share
    return left


def facts(
    env: tuple[np.ndarray, ...], shadow: tuple[np.ndarray, float], eye: np.ndarray, parallel: bool, clearance: float
) -> np.ndarray:
    """(59,) the numbers that hold for all points. env: harmonics (9, 4), tint (3,), turn (2,) cosine and sine; shadow: world to
    its texels (3, 4) and bias; eye: (3,) the camera's place, or the direction to it when parallel; clearance: metres from a
    surface at which rays to lamps begin.
    """
    return np.concatenate([*(one.ravel() for one in env), shadow[0].ravel(), [shadow[1]], eye, [float(parallel), clearance]])
