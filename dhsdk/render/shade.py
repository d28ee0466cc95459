"""Shading: metallic-roughness PBR under the studio's lights. Compiled; every function works on one sample.

Diffuse: Lambert. Specular: GGX, split-sum; the lights are spherical Gaussians, whose product with the lobe is closed-form.
Sources: Karis 2014 (environment BRDF, analytic), Wang et al. 2009 (spherical Gaussians), Khronos PBR Neutral is in tone.py.
"""

from __future__ import annotations

import numpy as np

from dhsdk.jit import kernel

# Columns of the material table.
ALPHA, METALLIC, ROUGHNESS, EMISSIVE, NORMAL_SCALE, OCCLUSION, UNLIT, CLEARCOAT, TRANSMISSION = 3, 4, 5, 6, 9, 10, 11, 12, 13
BASE_MAP, MR_MAP, NORMAL_MAP, OCCLUSION_MAP, EMISSIVE_MAP, CUTOFF, SHEEN = 14, 15, 16, 17, 18, 19, 20
COLUMNS = 21


@kernel()
def _wrapped(i, n, mode):  # type: ignore[no-untyped-def]
    if mode == 2:
        return min(max(i, 0), n - 1)
    if mode == 1:
        i = i % (2 * n)
        return i if i < n else 2 * n - 1 - i
    return i % n


@kernel()
def _level(texels, row, level, u, v, out):  # type: ignore[no-untyped-def]
    offset, height, width = row[4 + 3 * level], row[5 + 3 * level], row[6 + 3 * level]
    x, y = u * width - 0.5, v * height - 0.5
    x0, y0 = int(np.floor(x)), int(np.floor(y))
    fx, fy = x - x0, y - y0
    xa, xb = _wrapped(x0, width, row[1]), _wrapped(x0 + 1, width, row[1])
    ya, yb = _wrapped(y0, height, row[2]), _wrapped(y0 + 1, height, row[2])
    for c in range(4):
        top = texels[offset + ya * width + xa, c] * (1 - fx) + texels[offset + ya * width + xb, c] * fx
        low = texels[offset + yb * width + xa, c] * (1 - fx) + texels[offset + yb * width + xb, c] * fx
        out[c] = top * (1 - fy) + low * fy


@kernel()
def _lookup(texels, table, place, number, u, v, density, out, other):  # type: ignore[no-untyped-def]
    """Trilinear lookup; density: UV units per sample."""
    row, m = table[number], place[number]
    uu = m[0] * u + m[1] * v + m[2]
    vv = m[3] * u + m[4] * v + m[5]
    size = max(row[5], row[6]) * density * max(abs(m[0]) + abs(m[1]), abs(m[3]) + abs(m[4]))
    level = min(max(np.log2(max(size, 1e-9)), 0.0), row[0] - 1.0)
    low = int(level)
    _level(texels, row, low, uu, vv, out)
    part = level - low
    if part > 0.01 and low + 1 < row[0]:
        _level(texels, row, low + 1, uu, vv, other)
        for c in range(4):
            out[c] += (other[c] - out[c]) * part


@kernel()
def _shadow(shadow, to_light, p, reach, bias):  # type: ignore[no-untyped-def]
    """Share of the key light that arrives: percentage-closer filtering over a spiral of taps."""
    size = shadow.shape[0]
    x = to_light[0, 0] * p[0] + to_light[0, 1] * p[1] + to_light[0, 2] * p[2] + to_light[0, 3]
    y = to_light[1, 0] * p[0] + to_light[1, 1] * p[1] + to_light[1, 2] * p[2] + to_light[1, 3]
    z = to_light[2, 0] * p[0] + to_light[2, 1] * p[1] + to_light[2, 2] * p[2] + to_light[2, 3]
    lit, taps = 0.0, 20
    for k in range(taps):
        r, turn = reach * np.sqrt((k + 0.5) / taps), 2.399963 * k
        sx, sy = int(x + r * np.cos(turn)), int(y + r * np.sin(turn))
        if sx < 0 or sy < 0 or sx >= size or sy >= size or z <= shadow[sy, sx] + bias * (1.0 + r * 0.7):
            lit += 1.0
    return lit / taps


@kernel()
def _ambient(y, rough, sky, ground):  # type: ignore[no-untyped-def]
    """Share of the sky in a lobe around a direction of this height."""
    soft = 0.12 + 0.88 * rough
    t = min(max(0.5 + 0.5 * y / soft, 0.0), 1.0)
    return t * t * (3 - 2 * t)


@kernel()
def _blend(at, weights, corners, out):  # type: ignore[no-untyped-def]
    """out = the vertex attribute `at` (V, n) at a point inside a face."""
    for q in range(len(out)):
        out[q] = weights[0] * at[corners[0], q] + weights[1] * at[corners[1], q] + weights[2] * at[corners[2], q]


@kernel()
def _unit(v):  # type: ignore[no-untyped-def]
    size = np.sqrt(v[0] ** 2 + v[1] ** 2 + v[2] ** 2) + 1e-12
    for q in range(3):
        v[q] /= size


@kernel()
def _dot(a, b):  # type: ignore[no-untyped-def]
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@kernel()
def _surface(m, maps, uv, density, base, tex, tmp):  # type: ignore[no-untyped-def]
    """base is multiplied by its map. Returns (alpha factor, metallic, roughness, occlusion)."""
    texels, table, place = maps
    alpha, metal, rough, open_ = 1.0, m[METALLIC], m[ROUGHNESS], 1.0
    if m[BASE_MAP] >= 0:
        _lookup(texels, table, place, int(m[BASE_MAP]), uv[0], uv[1], density, tex, tmp)
        alpha = tex[3]
        for q in range(3):
            base[q] *= tex[q]
    if m[MR_MAP] >= 0:
        _lookup(texels, table, place, int(m[MR_MAP]), uv[0], uv[1], density, tex, tmp)
        rough *= tex[1]
        metal *= tex[2]
    if m[OCCLUSION_MAP] >= 0:
        _lookup(texels, table, place, int(m[OCCLUSION_MAP]), uv[0], uv[1], density, tex, tmp)
        open_ = 1.0 + m[OCCLUSION] * (tex[0] - 1.0)
    return alpha, metal, min(max(rough, 0.045), 1.0), open_


@kernel()
def _bend(m, maps, uv, density, n, t, tex, tmp):  # type: ignore[no-untyped-def]
    """n turned by the normal map, in the frame of tangent t (xyz, side)."""
    if m[NORMAL_MAP] < 0 or t[0] ** 2 + t[1] ** 2 + t[2] ** 2 < 1e-6:
        return
    texels, table, place = maps
    _lookup(texels, table, place, int(m[NORMAL_MAP]), uv[0], uv[1], density, tex, tmp)
    nx, ny = (2 * tex[0] - 1) * m[NORMAL_SCALE], (2 * tex[1] - 1) * m[NORMAL_SCALE]
    nz, w = max(2 * tex[2] - 1, 0.05), 1.0 if t[3] >= 0 else -1.0
    bx, by, bz = (n[1] * t[2] - n[2] * t[1]) * w, (n[2] * t[0] - n[0] * t[2]) * w, (n[0] * t[1] - n[1] * t[0]) * w
    n[0] = t[0] * nx + bx * ny + n[0] * nz
    n[1] = t[1] * nx + by * ny + n[1] * nz
    n[2] = t[2] * nx + bz * ny + n[2] * nz
    _unit(n)


@kernel()
def _reflected(m, base, metal, rough, facing, diffuse, spec, light, through):  # type: ignore[no-untyped-def]
    """What leaves the surface towards the eye, and what passes through it. Environment BRDF: Karis 2014, mobile fit."""
    r0 = 1.0 - rough
    edge = min(r0 * r0, 2.0 ** (-9.28 * facing)) * r0 + 0.0425 - 0.0275 * rough
    scale, shift = -1.04 * edge + 1.04 - 0.572 * rough, 1.04 * edge - 0.04 + 0.022 * rough
    fresnel = 0.04 + 0.96 * (1.0 - facing) ** 5
    pass_, coat = m[TRANSMISSION] * (1.0 - metal), m[CLEARCOAT] * fresnel
    for q in range(3):
        f0 = 0.04 + (base[q] - 0.04) * metal
        body = base[q] * (1.0 - metal) * diffuse[q] * (1.0 - pass_) + spec[q] * (f0 * scale + shift)
        light[q] = body * (1.0 - coat) + coat * spec[q] + m[SHEEN] * (1.0 - facing) ** 3 * diffuse[q]
        if m[UNLIT] > 0:
            light[q] = base[q]
        through[q] = pass_ * (1.0 - fresnel) * (0.35 + 0.65 * base[q])


@kernel()
def shade(  # type: ignore[no-untyped-def]
    y0, y1, ids, bary, mesh, material, spans, eye, parallel, table_m, maps, lights, sky, ground, shadow, to_light, bias,
    occlusion, light, through, glow,
):  # fmt: skip
    """Fills light, through and glow (H, W, 3) of rows y0..y1 where a face is seen.

    mesh: (faces, positions, normals, tangents, uvs, colors). eye: its place, or the direction to it when parallel.
    """
    faces, positions, normals, tangents, uvs, colors = mesh
    tex, tmp, tint, t = np.empty(4), np.empty(4), np.empty(4), np.empty(4)
    p, n, v, r, base = np.empty(3), np.empty(3), np.empty(3), np.empty(3), np.empty(3)
    diffuse, spec, uv, weights = np.empty(3), np.empty(3), np.empty(2), np.empty(3)
    for y in range(y0, y1):
        for x in range(ids.shape[1]):
            f = ids[y, x]
            if f < 0:
                continue
            m, corners, density = table_m[material[f]], faces[f], spans[f]
            weights[0], weights[1] = bary[y, x, 0], bary[y, x, 1]
            weights[2] = 1.0 - weights[0] - weights[1]
            _blend(positions, weights, corners, p)
            _blend(normals, weights, corners, n)
            _blend(tangents, weights, corners, t)
            _blend(uvs, weights, corners, uv)
            _blend(colors, weights, corners, tint)
            for q in range(3):
                base[q] = m[q] * tint[q]
                v[q] = eye[q] if parallel else eye[q] - p[q]
            factor, metal, rough, open_ = _surface(m, maps, uv, density, base, tex, tmp)
            alpha = m[ALPHA] * tint[3] * factor
            _unit(v)
            _unit(n)
            turn = -1.0 if _dot(n, v) < 0 else 1.0
            _bend(m, maps, uv, density, n, t, tex, tmp)
            for q in range(3):
                n[q] *= turn
            facing = max(_dot(n, v), 0.03)
            for q in range(3):
                r[q] = 2 * facing * n[q] - v[q]
                p[q] += n[q] * bias * 2
            lit = _shadow(shadow, to_light, p, 2.5, bias) if occlusion else 1.0
            _add_lights(n, r, lights, sky, ground, rough, lit, open_, diffuse, spec)
            _reflected(m, base, metal, rough, facing, diffuse, spec, light[y, x], through[y, x])
            tex[:] = 1.0
            if m[EMISSIVE_MAP] >= 0:
                _lookup(maps[0], maps[1], maps[2], int(m[EMISSIVE_MAP]), uv[0], uv[1], density, tex, tmp)
            alpha = 0.0 if alpha < m[CUTOFF] else alpha
            for q in range(3):
                glow[y, x, q] = m[EMISSIVE + q] * tex[q]
                light[y, x, q] = (light[y, x, q] + glow[y, x, q]) * alpha
                through[y, x, q] = 1.0 - alpha + alpha * through[y, x, q]


@kernel()
def _add_lights(n, r, lights, sky, ground, rough, lit, open_, diffuse, spec):  # type: ignore[no-untyped-def]
    """Diffuse irradiance / pi into `diffuse` and the light in the mirror lobe into `spec`."""
    up = _ambient(n[1], 1.0, sky, ground)
    over = _ambient(r[1], rough, sky, ground)
    horizon = min(1.0, 0.6 + 0.4 * open_)
    for q in range(3):
        diffuse[q] = (ground[q] + (sky[q] - ground[q]) * up) * open_
        spec[q] = (ground[q] + (sky[q] - ground[q]) * over) * horizon
    lobe = 2.0 / (rough**4 + 1e-4) / 4.0
    for s in range(len(lights)):
        toward = n[0] * lights[s, 0] + n[1] * lights[s, 1] + n[2] * lights[s, 2]
        mirror = r[0] * lights[s, 0] + r[1] * lights[s, 1] + r[2] * lights[s, 2]
        sharp = lights[s, 3]
        shade_ = lit if s == 0 else 1.0
        soft = 1.0 / (1.0 + 0.25 * sharp)
        wrap = max(0.0, (toward + soft) / (1.0 + soft))
        both = lobe * sharp / (lobe + sharp)
        peak = lobe / (lobe + sharp) * np.exp(both * (mirror - 1.0))
        for q in range(3):
            diffuse[q] += lights[s, 4 + q] * 2.0 / sharp * wrap * wrap * shade_
            spec[q] += lights[s, 4 + q] * peak * (0.4 + 0.6 * shade_) * horizon


@kernel()
def ground_shade(y0, y1, ids, rays, eye, height, shadow, to_light, bias, reach, contact, frame, out):  # type: ignore[no-untyped-def]
    """out (H, W): how dark the ground is, 0..1, where no surface covers it: key shadow and contact shadow.

    rays: (3, 3) direction of sample (x, y) = rays @ (x, y, 1). contact: (S, S) over the square frame (x0, z0, size).
    """
    width = ids.shape[1]
    p = np.empty(3)
    size = contact.shape[0]
    for y in range(y0, y1):
        for x in range(width):
            if ids[y, x] >= 0:
                continue
            px, py = x + 0.5, y + 0.5
            dx = rays[0, 0] * px + rays[0, 1] * py + rays[0, 2]
            dy = rays[1, 0] * px + rays[1, 1] * py + rays[1, 2]
            dz = rays[2, 0] * px + rays[2, 1] * py + rays[2, 2]
            if dy >= -1e-6:
                continue
            s = (height - eye[1]) / dy
            if s <= 0:
                continue
            p[0], p[1], p[2] = eye[0] + s * dx, height, eye[2] + s * dz
            dark = 0.42 * (1.0 - _shadow(shadow, to_light, p, reach, bias))
            u, v = (p[0] - frame[0]) / frame[2] * size - 0.5, (p[2] - frame[1]) / frame[2] * size - 0.5
            if 0 <= u < size - 1 and 0 <= v < size - 1:
                i, j = int(u), int(v)
                fu, fv = u - i, v - j
                near = (contact[j, i] * (1 - fu) + contact[j, i + 1] * fu) * (1 - fv)
                near += (contact[j + 1, i] * (1 - fu) + contact[j + 1, i + 1] * fu) * fv
                dark = 1.0 - (1.0 - dark) * (1.0 - 0.75 * near)
            out[y, x] = dark
