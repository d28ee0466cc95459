"""Surfaces that light passes: what is seen through them, followed ray by ray until it ends on something solid or far away.

A closed surface with a volume bends what passes (KHR_materials_ior, KHR_materials_dispersion), loses light along its real way
inside (KHR_materials_volume) and throws it back within where it meets the wall too slantwise; a surface without a volume is a
thin wall. At every wall the part that is thrown back is looked up in the surround, not followed.
Sources: KHR_materials_transmission, KHR_materials_volume; Walter et al. 2007 (rough walls).
"""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render.backdrop import ramp_at, scenery_at, shade_on
from dhsdk.render.bvh import nearest
from dhsdk.render.lamps import EYE_AT, PARALLEL, TINT_OF_KEY
from dhsdk.render.shade import _around, _finish, _group, _opened, _place, _tangent_of, lay_out
from dhsdk.render.surface import (
    ABSORB,
    BASE,
    COAT_N,
    COVER,
    DISPERSION,
    EYE,
    FACE,
    GLOW,
    IOR,
    MATH,
    MIRROR,
    OPEN,
    OUT,
    PASS,
    ROUGH,
    SHINE,
    THICKNESS,
    THROUGH,
    TRANSMISSION,
    N,
    P,
    T,
    dot,
    surface,
    unit,
)

WALLS = 14
"""Surfaces that a ray may meet before what is left of it is looked up in the surround."""
SMOOTH, TAPS = 0.13, 16
"""Up to this roughness a wall bends a ray one way; above it, as many ways as there are taps."""
TINT = 0.35
"""Power of the base colour at each side of a wall: what the walls of a vessel and a pane leave is near the one tint of viewers
that draw a single layer."""
RAY, WEIGHT, LIGHT, FREE, WALKED, IN, BENT, WAY = 0, 6, 9, 12, 15, 16, 19, 22
"""Places in the notes of a path: place and direction; what is left; what came; what passes the picture; metres; absorption."""
MOVED = ("surface.py", "lamps.py", "shade.py", "bvh.py", "backdrop.py")


@kernel(uses=MOVED, error_model="numpy", fastmath=MATH, _nrt=False)
def _bent(way, n, at, ratio):  # type: ignore[no-untyped-def]
    """Turns the ray at a wall whose normal n[at:at + 3] looks against it; ratio: of the indices before and behind. False: thrown
    back whole, and so turned."""
    cos = -(way[3] * n[at] + way[4] * n[at + 1] + way[5] * n[at + 2])
    left = 1.0 - ratio * ratio * (1.0 - cos * cos)
    for q in range(3):
        if left <= 0.0:
            way[3 + q] += 2.0 * cos * n[at + q]
        else:
            way[3 + q] = ratio * way[3 + q] + (ratio * cos - np.sqrt(left)) * n[at + q]
    unit(way, 3)
    return left > 0.0


@kernel(uses=MOVED, error_model="numpy", fastmath=MATH, _nrt=False)
def _thrown(cos, ratio):  # type: ignore[no-untyped-def]
    """Share of light that a wall throws back (Fresnel); ratio: of the indices before and behind."""
    left = 1.0 - ratio * ratio * (1.0 - cos * cos)
    if left <= 0.0:
        return 1.0
    out = np.sqrt(left)
    across, along = (ratio * cos - out) / (ratio * cos + out), (cos - ratio * out) / (cos + ratio * out)
    return 0.5 * (across * across + along * along)


@kernel(uses=MOVED, error_model="numpy", fastmath=MATH, _nrt=False)
def _facet(s, rough, tap, turn, way):  # type: ignore[no-untyped-def]
    """The normal of one facet of a rough wall, at way[BENT]: even samples of the distribution, others from pixel to
    pixel (turn: 0 to 1; interleaved gradient noise, Jimenez 2014)."""
    for q in range(3):
        way[BENT + q] = s[N + q]
    if rough <= SMOOTH:
        return
    e, a2 = (tap + turn) / TAPS, rough**4
    cos = np.sqrt((1.0 - e) / (1.0 + (a2 - 1.0) * e))
    sin, around = np.sqrt(max(1.0 - cos * cos, 0.0)), 2.399963229728653 * tap + 6.283185307 * turn
    x, y, z = s[N], s[N + 1], s[N + 2]
    sign = 1.0 if z >= 0 else -1.0
    p = -1.0 / (sign + z)
    u, v = sin * np.cos(around), sin * np.sin(around)
    way[BENT] = cos * x + u * (1.0 + sign * x * x * p) + v * x * y * p
    way[BENT + 1] = cos * y + u * sign * x * y * p + v * (sign + y * y * p)
    way[BENT + 2] = cos * z - u * sign * x - v * y
    if way[3] * way[BENT] + way[4] * way[BENT + 1] + way[5] * way[BENT + 2] > -0.02:
        for q in range(3):
            way[BENT + q] = s[N + q]


@kernel(uses=MOVED, error_model="numpy", fastmath=MATH, _nrt=False)
def _enter(s, m, way, front, inside, tap, turn, ior):  # type: ignore[no-untyped-def]
    """The ray goes on behind a wall that was shaded from outside; returns whether it is inside a volume now."""
    volume = m[THICKNESS] > 0.0 and front and not inside
    for q in range(3):
        way[WEIGHT + q] *= s[THROUGH + q] * max(s[BASE + q], 1e-4) ** (TINT - 1.0) if volume else s[THROUGH + q]
    if not volume and s[ROUGH] <= SMOOTH:
        return inside
    _facet(s, s[ROUGH], tap, turn, way)
    if volume:
        _bent(way, way, BENT, 1.0 / ior)
        for q in range(3):
            way[IN + q] = m[ABSORB + q]
    else:  # a thin rough wall scatters to its other side what it would throw back
        cos = way[3] * way[BENT] + way[4] * way[BENT + 1] + way[5] * way[BENT + 2]
        for q in range(3):
            way[3 + q] -= 2.0 * cos * way[BENT + q]
        cos = way[3] * s[N] + way[4] * s[N + 1] + way[5] * s[N + 2]
        for q in range(3):
            way[3 + q] -= 2.0 * max(cos, 0.0) * s[N + q]
    return inside or volume


@kernel(uses=MOVED, error_model="numpy", fastmath=MATH, _nrt=False)
def _leave(s, way, chain, levels, facts, tap, turn, ior):  # type: ignore[no-untyped-def]
    """The ray meets the wall from within; returns whether it stays inside."""
    _facet(s, s[ROUGH], tap, turn, way)
    cos = -(way[3] * way[BENT] + way[4] * way[BENT + 1] + way[5] * way[BENT + 2])
    back = _thrown(cos, ior)
    if back < 1.0:
        for q in range(3):
            s[EYE + q] = way[3 + q] + 2.0 * cos * way[BENT + q]
        _around(chain, levels, facts, s[EYE], s[EYE + 1], s[EYE + 2], s[ROUGH], s, MIRROR)
        for q in range(3):
            way[LIGHT + q] += way[WEIGHT + q] * back * (s[MIRROR + q] + s[MIRROR + 3] * facts[TINT_OF_KEY + q])
            way[WEIGHT + q] *= (1.0 - back) * max(s[BASE + q], 1e-4) ** TINT
    return not _bent(way, way, BENT, ior)


@kernel(uses=MOVED, error_model="numpy", fastmath=MATH, _nrt=False)
def _reached(s, m, hit, drawn, look, spread, facts, way):  # type: ignore[no-untyped-def]
    """Makes the notes of the surface that the ray meets; returns the face's side: whether its front is seen."""
    t, f, w0, w1 = hit
    _, faces, vertices, material, flat, more = drawn
    table, (texels, rows, spots), (firsts, steps, samples), _, _, _ = look
    for q in range(3):
        way[q] += t * way[3 + q]
    way[WALKED] += t
    a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
    w2 = 1.0 - w0 - w1
    for q in range(16):
        s[q] = w0 * vertices[a, q] + w1 * vertices[b, q] + w2 * vertices[c, q]
    unit(s, N)
    for q in range(3):
        s[FACE + q], s[EYE + q] = s[N + q], -way[3 + q]
    if s[T] == 0 and s[T + 1] == 0 and s[T + 2] == 0:
        _tangent_of(s, a, b, c, vertices)
    for q in range(len(m)):
        m[q] = table[material[f], q]
    ex, ey, ez = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
    gx, gy, gz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
    area = (ey * gz - ez * gy) ** 2 + (ez * gx - ex * gz) ** 2 + (ex * gy - ey * gx) ** 2
    lay_out(s, a, b, c, w0, w1, vertices, more, way[WALKED] * spread / np.sqrt(np.sqrt(area + 1e-30)))
    s[OPEN] = _opened(firsts, steps, samples, f, w0, w1)
    surface(s, m, texels, rows, spots)
    slope = flat[f, 0] * way[3] + flat[f, 1] * way[4] + flat[f, 2] * way[5]
    if dot(s, FACE, EYE) < 0.0:
        for q in range(3):
            s[N + q], s[FACE + q], s[COAT_N + q] = -s[N + q], -s[FACE + q], -s[COAT_N + q]
    return slope < 0.0


@kernel(uses=MOVED, error_model="numpy", fastmath=MATH, _nrt=False)
def _beyond(s, rough, chain, levels, facts, ground, way):  # type: ignore[no-untyped-def]
    """The ray meets nothing: the backdrop and the floor where it goes on ahead, the surround where it was turned away."""
    ramp, dark, start, level, to_pixel, _, _, strength, reach, free, picture, turned = ground
    far, left = reach, (1.0, 1.0, 1.0)
    if strength > 0.0 and way[4] < -1e-6 and way[1] > level - 1e-4 * reach:  # also where a foot stands on it
        t = max((level - way[1]) / way[4], 0.0)
        if t < far:
            far, left = t, shade_on(dark, start, strength, way[0] + t * way[3], way[2] + t * way[5])
    x, y, z = way[0] + far * way[3], way[1] + far * way[4], way[2] + far * way[5]
    w = to_pixel[2, 0] * x + to_pixel[2, 1] * y + to_pixel[2, 2] * z + to_pixel[2, 3]
    away, px, py = 1.0, 0.5, 0.5
    if w > 1e-9:
        px = (to_pixel[0, 0] * x + to_pixel[0, 1] * y + to_pixel[0, 2] * z + to_pixel[0, 3]) / w
        py = (to_pixel[1, 0] * x + to_pixel[1, 1] * y + to_pixel[1, 2] * z + to_pixel[1, 3]) / w
        away = min(max(2.0 * max(abs(px - 0.5), abs(py - 0.5)) - 1.0, 0.0), 1.0)
    side = away * away * (3.0 - 2.0 * away)
    sharp = len(picture) > 0 and rough <= SMOOTH
    if sharp:
        scenery_at(picture, turned, way[3], way[4], way[5], s, SHINE)
        side = side if free else 0.0
    elif len(picture):
        side = side if free else 1.0
    if side > 0.0:
        _around(chain, levels, facts, way[3], way[4], way[5], rough, s, MIRROR)
    i, t = ramp_at(ramp, px, py)
    for q in range(3):
        came = side * (s[MIRROR + q] + s[MIRROR + 3] * facts[TINT_OF_KEY + q]) if side > 0.0 else 0.0
        if free:
            way[FREE + q] += way[WEIGHT + q] * (1.0 - side)
        else:
            ahead = s[SHINE + q] if sharp else ramp[i, q] + (ramp[i + 1, q] - ramp[i, q]) * t
            came = (came + (1.0 - side) * ahead) * (left[q] if side < 1.0 or len(picture) else 1.0)
        way[LIGHT + q] += way[WEIGHT + q] * came


@kernel(uses=MOVED, error_model="numpy", fastmath=MATH, _nrt=False)
def _followed(s, m, hs, hm, front, tap, turn, color, world, stack, way):  # type: ignore[no-untyped-def]
    """Follows the ray behind the surface in s and m; adds to LIGHT and FREE. color: the channel whose bend it is, 1 the mean."""
    drawn, look, tree, ground, spread, facts, nobody = world
    _, _, _, (chain, levels, answer), lamps, depth = look
    for q in range(3):
        way[q], way[3 + q] = s[P + q], -s[EYE + q]
    ior = m[IOR] + (color - 1) * (m[IOR] - 1.0) * 0.025 * m[DISPERSION]
    x, y, z = way[3], way[4], way[5]
    inside = _enter(s, m, way, front, False, tap, turn, ior)
    rough = s[ROUGH]
    for wall in range(WALLS):
        if max(way[WEIGHT], way[WEIGHT + 1], way[WEIGHT + 2]) < 0.01:
            return
        hit = nearest(tree, way, RAY, 4e-6 * ground[8], 1e30, nobody, stack)
        if hit[1] < 0:
            if inside:  # an open sheet: it bends the ray there and back
                way[3], way[4], way[5] = x, y, z
            break
        front = _reached(hs, hm, hit, drawn, look, spread, facts, way)
        if inside:
            for q in range(3):
                way[WEIGHT + q] *= np.exp(-way[IN + q] * hit[0])
        clear = hs[PASS] if hm[TRANSMISSION] > 0.0 else 0.0
        if clear > 0.0 and hs[COVER] < 0.5:
            continue
        rough = max(rough, hs[ROUGH]) if clear > 0.0 else rough
        ior = hm[IOR] + (color - 1) * (hm[IOR] - 1.0) * 0.025 * hm[DISPERSION] if clear > 0.0 else ior
        if inside and clear > 0.0:
            if not front and hm[THICKNESS] > 0.0:
                inside = _leave(hs, way, chain, levels, facts, tap, (turn + 0.618034 * (wall + 1)) % 1.0, ior)
            continue
        _finish(hs, hm, chain, levels, answer, facts, lamps, depth, stack)
        for q in range(3):
            way[LIGHT + q] += way[WEIGHT + q] * hs[COVER] * min(hs[OUT + q], 16.0)
        x, y, z = way[3], way[4], way[5]
        if clear > 0.0:
            inside = _enter(hs, hm, way, front, inside, tap, (turn + 0.618034 * (wall + 1)) % 1.0, ior)
        else:
            for q in range(3):
                way[WEIGHT + q] *= 1.0 - hs[COVER]
    _beyond(hs, rough, chain, levels, facts, ground, way)


@kernel(uses=MOVED, error_model="numpy", fastmath=MATH, _nrt=False)
def _seen(s, m, hs, hm, front, turn, world, stack, way):  # type: ignore[no-untyped-def]
    """LIGHT and FREE of what is seen through the surface in s and m."""
    for q in range(6):
        way[LIGHT + q] = 0.0
    walked = way[WALKED]
    colors = 3 if m[DISPERSION] > 0.0 and m[THICKNESS] > 0.0 else 1
    taps = TAPS if s[ROUGH] > SMOOTH else 1
    for color in range(colors):
        for tap in range(taps):
            for q in range(3):
                way[WEIGHT + q] = 1.0 / taps if colors == 1 or q == color else 0.0
            way[WALKED] = walked
            _followed(s, m, hs, hm, front, tap, turn, color if colors > 1 else 1, world, stack, way)


@kernel(uses=MOVED, error_model="numpy", fastmath=MATH, _nrt=False)
def look_through(y0, y1, ids, at, clear, world, notes, over, past, glow):  # type: ignore[no-untyped-def]
    """Adds to rows y0..y1 of over (H, W, 3) the light of clear surfaces and of all that is seen through them, and takes from past
    what they cover. ids, at, glow: as for shade(). world: drawn and look as for shade(), bvh.tree() of all faces, ground, radians
    that a pixel sees, facts() and an empty (0,) bool.

    ground: backdrop.ground(). clear: (M,) bool, the materials that are drawn here.
    notes: two NOTES and two rows of the material table, (WAY,) floats and (64,) int64 to work in, for this thread alone.
    """
    drawn, look, _, _, _, facts, _ = world
    material, flat = drawn[3:5]
    table, (texels, rows, spots), (firsts, steps, samples), (chain, levels, answer), lamps, depth = look
    s, m, hs, hm, way, stack = notes
    for y in range(y0, y1):
        for x in range(ids.shape[2]):
            done = 0
            for k in range(len(ids)):
                f = ids[k, y, x]
                if f < 0 or (done >> k) & 1 or not clear[material[f]]:
                    continue
                same, px, py, done = _group(ids, k, y, x, done, material, flat, at)
                for q in range(len(m)):
                    m[q] = table[material[f], q]
                w0, w1 = _place(s, f, x + px, y + py, drawn, facts)
                s[OPEN] = _opened(firsts, steps, samples, f, w0, w1)
                surface(s, m, texels, rows, spots)
                _finish(s, m, chain, levels, answer, facts, lamps, depth, stack)
                front = flat[f, 0] * s[EYE] + flat[f, 1] * s[EYE + 1] + flat[f, 2] * s[EYE + 2] > 0.0
                way[WALKED] = 0.0
                for q in range(3):
                    way[WALKED] += (facts[EYE_AT + q] - s[P + q]) ** 2 if facts[PARALLEL] == 0 else 0.0
                way[WALKED] = np.sqrt(way[WALKED])
                turn = 52.9829189 * ((0.06711056 * x + 0.00583715 * y) % 1.0) % 1.0
                share = same / len(ids)
                for part in range(2 if s[COVER] < 1.0 else 1):
                    cover = s[COVER]
                    if part == 1:  # what is seen past it
                        cover, m[THICKNESS], s[ROUGH] = 1.0 - s[COVER], 0.0, 0.0
                        for q in range(3):
                            s[OUT + q], s[GLOW + q], s[THROUGH + q] = 0.0, 0.0, 1.0
                    _seen(s, m, hs, hm, front, turn, world, stack, way)
                    for q in range(3):
                        over[y, x, q] += (min(s[OUT + q], 16.0) + min(way[LIGHT + q], 16.0)) * share * cover
                        past[y, x, q] += way[FREE + q] * share * cover
                        if len(glow):
                            glow[y, x, q] += s[GLOW + q] * share * cover
                for q in range(3):
                    past[y, x, q] -= share
