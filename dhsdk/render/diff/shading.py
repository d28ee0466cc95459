"""Shading in torch: the mathematics of render.shade and render.surface, differentiable in everything but visibility.

Gradients flow into vertices, texture texels, the material table and the environment. A test holds the two pictures together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor

from dhsdk.render import surface as sf
from dhsdk.render.diff.light import around, basis, lamp, response, streak, unblocked
from dhsdk.render.diff.texture import sample_texture
from dhsdk.render.shade import WAVES
from dhsdk.render.texture import WRAP, Textures

WRAPS = tuple(WRAP)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What falls on surfaces and what they are made of; every tensor may ask for gradients.

    table: (M, 56) materials, columns: render.texture.COLUMNS then MAPS. textures: one (h, w, 4) linear tensor per texture, wraps
    its (wrap u, wrap v), place (T, 6) its transform. chain (N, 4), levels ((first, edge), ...), harmonics (9, 4), tint (3,): the
    surround; turn: radians about +Y. response: (64, 64, 3). lamps: (L, 14) as render.lighting.Lighting.
    walls: bvh.tree() and (F,) bool its solid faces, numpy: what stands in their light; none for no shadows.
    grids: (first, steps, samples) openness of the faces. shadow: depth (S, S), world to texels (3, 4), bias in metres.
    """

    table: Tensor
    textures: tuple[Tensor, ...]
    wraps: tuple[tuple[str, str], ...]
    place: Tensor
    chain: Tensor
    levels: tuple[tuple[int, int], ...]
    harmonics: Tensor
    tint: Tensor
    turn: float
    response: Tensor
    lamps: Tensor
    walls: tuple[Any, Any]
    grids: tuple[Tensor, Tensor, Tensor]
    shadow: tuple[Tensor, Tensor, float]


@dataclass(frozen=True, slots=True, eq=False)
class Vertices:
    """positions, normals (V, 3), tangents (V, 4), uvs (V, 2), colors (V, 4), world frame; pos (V, 4) as rasterizers take it."""

    positions: Tensor
    normals: Tensor
    tangents: Tensor
    uvs: Tensor
    colors: Tensor
    pos: Tensor


def look_of(textures: Textures, kernels: tuple[Any, ...], device: str = "cpu") -> Look:
    """The Look of what the compiled kernel reads (render.drawer.Drawer.look), as float32 tensors."""
    table, _, grids, env, (lamps, *walls), shadow = kernels
    chain, levels, harmonics, tint, answer, turn = env

    def put(array: Any, kind: torch.dtype = torch.float32) -> Tensor:
        return torch.tensor(array, dtype=kind, device=device)

    names = [(WRAPS[int(row[1])], WRAPS[int(row[2])]) for row in textures.table]
    return Look(
        table=put(table),
        textures=tuple(put(textures.level(k) / 65535.0) for k in range(len(names))),
        wraps=tuple(names),
        place=put(textures.place),
        chain=put(chain),
        levels=tuple((int(first), int(edge)) for first, edge in levels),
        harmonics=put(harmonics),
        tint=put(tint),
        turn=math.atan2(turn[1], turn[0]),
        response=put(answer),
        lamps=put(lamps),
        walls=(walls[0], walls[1]),
        grids=(put(grids[0], torch.int64), put(grids[1], torch.int64), put(grids[2])),
        shadow=(put(shadow[0]), put(shadow[1]), shadow[2]),
    )


def shade(
    look: Look,
    vertices: Vertices,
    faces: Tensor,
    material: Tensor,
    face_id: Tensor,
    bary: Tensor,
    eye: Tensor,
    *,
    parallel: bool = False,
) -> Tensor:
    """(H, W, 3) linear light of the surfaces that are seen, zero where there are none. Opaque surfaces: through is not returned.

    faces: (F, 3) int64. material: (F,) rows of look.table. face_id: (H, W) int64, -1 for none. bary: (H, W, 2). eye: (3,) the
    camera's place, or the direction to it when parallel.
    """
    seen = face_id.flatten() >= 0
    face = face_id.flatten()[seen]
    w = bary.reshape(-1, 2)[seen]
    corners = faces[face]
    weights = torch.cat([w, 1.0 - w.sum(dim=1, keepdim=True)], dim=1)

    def blend(values: Tensor) -> Tensor:
        out: Tensor = (values[corners] * weights[..., None]).sum(dim=1)
        return out

    normal = torch.nn.functional.normalize(blend(vertices.normals), dim=1)
    at = blend(vertices.positions)
    toward = eye.expand_as(at) if parallel else eye - at
    point = Point.blank(len(face), at, normal, torch.nn.functional.normalize(toward, dim=1))
    point.open = opened(look.grids, face, w)
    uv, tint, tangent = blend(vertices.uvs), blend(vertices.colors), blend(vertices.tangents)
    tangent = torch.where((tangent[:, :3] == 0).all(dim=1, keepdim=True), _face_tangents(vertices, corners), tangent)
    density = densities(vertices, corners, weights)
    for number in torch.unique(material[face]).tolist():
        pick = torch.nonzero(material[face] == number).flatten()
        _surface(look, int(number), pick, point, uv, tint, tangent, density)
    flip = torch.where((point.face * point.eye).sum(dim=1, keepdim=True) < 0, -1.0, 1.0)
    point.normal, point.face, point.coat = point.normal * flip, point.face * flip, point.coat * flip
    point.lit = lit(look.shadow, at, point.face)
    light = leaving(look, look.table[material[face]], point)
    out = torch.zeros(face_id.numel(), 3, dtype=light.dtype, device=light.device)
    return out.index_put((torch.nonzero(seen).flatten(),), light.clamp(max=16.0)).reshape(*face_id.shape, 3)


@dataclass(slots=True, eq=False)
class Point:
    """The surface at N points: what render.surface keeps in its notes, as columns."""

    at: Tensor
    normal: Tensor
    face: Tensor
    eye: Tensor
    base: Tensor
    metal: Tensor
    rough: Tensor
    open: Tensor
    lit: Tensor
    glow: Tensor
    clear: Tensor
    clear_rough: Tensor
    cloth: Tensor
    cloth_rough: Tensor
    through: Tensor
    spec: Tensor
    spec_tint: Tensor
    thin: Tensor
    thin_nm: Tensor
    stretch: Tensor
    along: Tensor
    coat: Tensor

    @classmethod
    def blank(cls, count: int, at: Tensor, normal: Tensor, eye: Tensor) -> Point:
        one, three = torch.zeros(count, dtype=at.dtype, device=at.device), torch.zeros_like(at)
        rest = {field.name: one for field in fields(cls)}
        rest |= dict.fromkeys(("base", "glow", "cloth", "spec_tint", "along"), three)
        return cls(**rest | {"at": at, "normal": normal, "face": normal, "coat": normal, "eye": eye})


def _surface(look: Look, number: int, pick: Tensor, p: Point, uv: Tensor, tint: Tensor, tangent: Tensor, density: Tensor) -> None:
    """The material's factors and maps at the picked points."""
    m = look.table[number]
    one = torch.ones(len(pick), dtype=uv.dtype, device=uv.device)

    def tex(column: int) -> Tensor | None:
        k = int(m[column])
        if k < 0:
            return None
        a = look.place[k]
        u, v = uv[pick, 0], uv[pick, 1]
        placed = torch.stack([a[0] * u + a[1] * v + a[2], a[3] * u + a[4] * v + a[5]], dim=1)
        scale = float((a[0] * a[4] - a[1] * a[3]).abs().sqrt())
        out: Tensor = sample_texture(look.textures[k], placed[None], wrap=look.wraps[k], density=density[None, pick] * scale)[0]
        return out

    def put(name: str, value: Tensor) -> None:
        setattr(p, name, getattr(p, name).index_put((pick,), value))

    def factor(column: int, column_map: int, channel: int) -> Tensor:
        got = tex(column_map)
        return m[column] * one if got is None else m[column] * got[:, channel]

    def colour(column: int, column_map: int) -> Tensor:
        got = tex(column_map)
        return m[column : column + 3] * (one[:, None] if got is None else got[:, :3])

    put("base", colour(sf.RED, sf.BASE_MAP) * tint[pick, :3])
    put("metal", factor(sf.METALLIC, sf.MR_MAP, 2))
    put("rough", factor(sf.ROUGHNESS, sf.MR_MAP, 1).clamp(sf.LEAST_ROUGH, 1.0))
    put("glow", colour(sf.EMIT, sf.EMIT_MAP))
    hidden, bent = tex(sf.OCCLUSION_MAP), tex(sf.NORMAL_MAP)
    if hidden is not None:
        put("open", p.open[pick] * (1.0 + m[sf.OCCLUSION] * (hidden[:, 0] - 1.0)))
    if bent is not None:
        put("normal", _bent(p.normal[pick], tangent[pick], bent, m[sf.NORMAL_SCALE]))
    put("clear", factor(sf.COAT, sf.COAT_MAP, 0))
    put("clear_rough", factor(sf.COAT_ROUGHNESS, sf.COAT_ROUGHNESS_MAP, 1).clamp(sf.LEAST_ROUGH, 1.0))
    put("cloth", colour(sf.SHEEN, sf.SHEEN_MAP))
    put("cloth_rough", factor(sf.SHEEN_ROUGHNESS, sf.SHEEN_ROUGHNESS_MAP, 3))
    put("through", factor(sf.TRANSMISSION, sf.TRANSMISSION_MAP, 0))
    put("spec", factor(sf.SPECULAR, sf.SPECULAR_MAP, 3))
    put("spec_tint", colour(sf.SPECULAR_COLOR, sf.SPECULAR_COLOR_MAP))
    put("thin", factor(sf.FILM, sf.FILM_MAP, 0))
    film = tex(sf.FILM_THICKNESS_MAP)
    most, least = m[sf.FILM_MOST], m[sf.FILM_LEAST]
    layer, brushed = tex(sf.COAT_NORMAL_MAP), tex(sf.BRUSHED_MAP)
    if layer is not None:
        put("coat", _bent(p.face[pick], tangent[pick], layer, m[sf.COAT_NORMAL_SCALE]))
    if bool(m[sf.BRUSHED] > 0):
        stretch, along = _brush(p.normal[pick], tangent[pick], brushed, m)
        put("stretch", stretch)
        put("along", along)
    put("thin_nm", most * one if film is None else least + (most - least) * film[:, 1])


def _face_tangents(vertices: Vertices, corners: Tensor) -> Tensor:
    """(N, 4) the faces' own tangents, for vertices without any: along u, their side that of maps whose green points against v."""
    uv, at = vertices.uvs[corners], vertices.positions[corners]
    a, b = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    twice = (a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1])[:, None]
    side = torch.where(twice > 0, 1.0, -1.0)
    t = side * ((at[:, 1] - at[:, 0]) * b[:, 1:] - (at[:, 2] - at[:, 0]) * a[:, 1:])
    size = (t * t).sum(dim=1, keepdim=True)
    there = (size > 0) & (size < 1e30) & (twice != 0)
    return torch.cat([torch.where(there, t / size.clamp(min=1e-30).sqrt(), 0.0), -side], dim=1)


def _tangent(n: Tensor, tangent: Tensor) -> tuple[Tensor, Tensor]:
    """The tangent at right angles to the normal, and whether there is one."""
    t = tangent[:, :3] - (n * tangent[:, :3]).sum(dim=1, keepdim=True) * n
    size = t.norm(dim=1, keepdim=True)
    return t / size.clamp(min=1e-6), size >= 1e-6


def _bent(n: Tensor, tangent: Tensor, tex: Tensor, scale: Tensor) -> Tensor:
    t, there = _tangent(n, tangent)
    side = torch.where(tangent[:, 3] < 0, -scale, scale)
    a, b, c = (2 * tex[:, 0] - 1) * scale, (2 * tex[:, 1] - 1) * side, (2 * tex[:, 2] - 1).clamp(min=0.05)
    turned = t * a[:, None] + torch.linalg.cross(n, t) * b[:, None] + n * c[:, None]
    return torch.where(there, torch.nn.functional.normalize(turned, dim=1), n)


def _brush(n: Tensor, tangent: Tensor, tex: Tensor | None, m: Tensor) -> tuple[Tensor, Tensor]:
    """Strength and direction of a brushed surface's stretch."""
    tex = torch.tensor([[1.0, 0.5, 1.0]], dtype=n.dtype, device=n.device).expand(len(n), 3) if tex is None else tex
    t, there = _tangent(n, tangent)
    flat = 2 * tex[:, :2] - 1
    size = flat.norm(dim=1, keepdim=True)
    cos, sin = torch.cos(m[sf.BRUSHED_TURN]), torch.sin(m[sf.BRUSHED_TURN])
    a, b = (flat / size.clamp(min=1e-6)).unbind(dim=1)
    a, b = cos * a - sin * b, sin * a + cos * b
    b = torch.where(tangent[:, 3] < 0, -b, b)
    strength = torch.where(there[:, 0] & (size[:, 0] >= 1e-6), m[sf.BRUSHED] * tex[:, 2], 0.0)
    return strength, t * a[:, None] + torch.linalg.cross(n, t) * b[:, None]


def densities(vertices: Vertices, corners: Tensor, weights: Tensor) -> Tensor:
    """(N,) UV units per pixel at points of faces: the root of the area that a pixel covers. Not differentiated."""
    with torch.no_grad():
        pos, uv = vertices.pos.double()[corners], vertices.uvs.double()[corners]
        x, y, w = pos[..., 0], pos[..., 1], pos[..., 3]
        volume = (x[:, 0] * (y[:, 1] * w[:, 2] - y[:, 2] * w[:, 1]) + x[:, 1] * (y[:, 2] * w[:, 0] - y[:, 0] * w[:, 2])
                  + x[:, 2] * (y[:, 0] * w[:, 1] - y[:, 1] * w[:, 0]))  # fmt: skip
        e, f = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
        twice = (e[:, 0] * f[:, 1] - f[:, 0] * e[:, 1]).abs()
        near = (weights * w).sum(dim=1)
        out: Tensor = (twice * near.abs() ** 3 / volume.abs().clamp(min=1e-30)).sqrt().float()
        return out


def opened(grids: tuple[Tensor, Tensor, Tensor], face: Tensor, w: Tensor) -> Tensor:
    """(N,) openness from the faces' own grids of samples; see render.occlusion.grids."""
    first, steps, samples = grids
    n = steps[face]
    cells = (n.clamp(min=1) - 1).to(torch.int64)
    x, y = w[:, 0].clamp(0, 1) * n, w[:, 1].clamp(0, 1) * n
    i = torch.minimum(x.detach().long(), cells)
    j = torch.minimum(torch.minimum(y.detach().long(), cells), cells - i)
    fx, fy = x - i, y - j
    last = len(samples) - 1
    a = first[face] + torch.div(i * (2 * n + 3 - i), 2, rounding_mode="floor") + j
    below = a + n + 1 - i
    one, right, down = samples[a.clamp(max=last)], samples[(a + 1).clamp(max=last)], samples[below.clamp(max=last)]
    far = samples[(below + 1).clamp(max=last)]
    low = one * (1 - fx - fy) + down * fx + right * fy
    high = far * (fx + fy - 1) + down * (1 - fy) + right * (1 - fx)
    return torch.where(n == 0, 1.0, torch.where((fx + fy <= 1.0) | (i + j == cells), low, high))


def lit(shadow: tuple[Tensor, Tensor, float], at: Tensor, normal: Tensor) -> Tensor:
    """(N,) share of the key light that arrives at points with these normals; see render.shade."""
    depth, to_light, bias = shadow
    size = len(depth)
    if size == 0:
        return torch.ones(len(at), dtype=at.dtype, device=at.device)
    seen = (at + normal * bias) @ to_light[:, :3].T + to_light[:, 3]
    x, y, z = seen[:, 0] - 2.5, seen[:, 1] - 2.5, seen[:, 2] - bias
    inside = (x >= 0) & (x < size - 6) & (y >= 0) & (y < size - 6)
    i, j = x.detach().clamp(0, size - 7).long(), y.detach().clamp(0, size - 7).long()
    fx, fy = x - i, y - j
    one = torch.ones_like(fx)
    across, down = [1 - fx, one, one, one, one, fx], [1 - fy, one, one, one, one, fy]
    total = torch.zeros_like(fx)
    for b in range(6):
        row = torch.zeros_like(fx)
        for a in range(6):
            row = row + across[a] * (z <= depth[j + b, i + a])
        total = total + row * down[b]
    return torch.where(inside, total / 25.0, 1.0)


def leaving(look: Look, m: Tensor, p: Point) -> Tensor:
    """(N, 3) light that leaves the points towards the eye. m: (N, 56) rows of the material table."""
    nv = (p.normal * p.eye).sum(dim=1).clamp(min=0.03)
    scale, offset, _ = response(look.response, p.rough, nv)
    plain = ((m[:, sf.IOR] - 1) / (m[:, sf.IOR] + 1)) ** 2
    metal, spec = p.metal[:, None], p.spec[:, None]
    f = (plain[:, None] * p.spec_tint).clamp(max=1.0) * spec
    f0 = f + (p.base - f) * metal
    f0 = f0 + (_film(f0, nv, m[:, sf.FILM_IOR], p.thin_nm) - f0) * p.thin[:, None] if bool((p.thin > 0).any()) else f0
    edge = spec + (1.0 - spec) * metal
    lost = (1.0 / (scale + offset) - 1.0)[:, None]
    shine = (f0 * scale[:, None] + edge * offset[:, None]) * (1.0 + f0 * lost)
    most = shine.amax(dim=1, keepdim=True).clamp(max=1.0)
    back = 2 * nv[:, None] * p.normal - p.eye
    mirror = around(look.chain, look.levels, look.turn, back, p.rough)
    if bool((p.stretch > 0).any()):
        drawn = streak(look.chain, look.levels, look.turn, p.normal, p.eye, p.along, p.rough, p.stretch)
        mirror = torch.where(p.stretch[:, None] > 0, drawn, mirror)
    soft4 = (basis(p.normal, look.turn) @ look.harmonics).clamp(min=0.0)
    above = (1.0 + (back * p.face).sum(dim=1)).clamp(max=1.0) ** 2
    near = ((1.0 - (1.0 - p.open) * (0.4 + 0.6 * p.rough)) * above)[:, None]
    seen = ((0.15 + 0.85 * p.lit) * above)[:, None]
    opened_, lit_ = p.open[:, None], p.lit[:, None]
    passed = p.through[:, None] * (1.0 - metal)
    body = (1.0 - most) * (1.0 - metal) * (1.0 - passed)
    c = p.base
    between = ((opened_ * (2.0404 * c - 0.3324) - 4.7951 * c + 0.6417) * opened_ + 2.7552 * c + 0.6903) * opened_
    key = soft4[:, 3:] * look.tint * lit_
    out = c * body * (soft4[:, :3] * torch.maximum(between, opened_) + key)
    out = out + shine * (mirror[:, :3] * near + mirror[:, 3:] * look.tint * seen)
    for row in look.lamps:
        clear = unblocked(row, look.walls, p.at, p.face)
        out = out + clear[:, None] * lamp(row, p.at, p.normal, p.eye, nv, p.rough, p.lit, c * body, f0, edge, p.along, p.stretch)
    out = _coats(look, p, out, soft4[:, :3] * opened_ + key, near, seen)
    return torch.where(m[:, sf.UNLIT, None] > 0, p.base, out) + p.glow


def _film(f0: Tensor, nv: Tensor, outside: Tensor, nm: Tensor) -> Tensor:
    r1 = ((outside - 1) / (outside + 1))[:, None]
    cos2 = (1.0 - (1.0 - nv**2) / outside**2).clamp(min=0.0).sqrt()
    root = f0.clamp(1e-7, 0.9999).sqrt()
    index = (1 + root) / (1 - root)
    r2 = (index - outside[:, None]) / (index + outside[:, None])
    waves = torch.tensor(WAVES, dtype=f0.dtype, device=f0.device)
    cross = 2 * r1 * r2 * torch.cos((4 * math.pi * outside * nm * cos2)[:, None] / waves)
    return ((r1 * r1 + r2 * r2 + cross) / (1 + r1 * r1 * r2 * r2 + cross)).clamp(0.0, 1.0)


def _coats(look: Look, p: Point, out: Tensor, soft: Tensor, near: Tensor, seen: Tensor) -> Tensor:
    velvet = p.cloth.amax(dim=1, keepdim=True)
    if bool((velvet > 0).any()):
        _, _, share = response(look.response, p.cloth_rough, (p.normal * p.eye).sum(dim=1).clamp(min=0.03))
        out = out * (1.0 - velvet * share[:, None]) + p.cloth * share[:, None] * soft
    if bool((p.clear > 0).any()):
        nv = (p.coat * p.eye).sum(dim=1).clamp(min=0.03)
        scale, offset, _ = response(look.response, p.clear_rough, nv)
        fresnel = (p.clear * (0.04 * scale + offset))[:, None]
        mirror = around(look.chain, look.levels, look.turn, 2 * nv[:, None] * p.coat - p.eye, p.clear_rough)
        out = out * (1.0 - fresnel) + fresnel * (mirror[:, :3] * near + mirror[:, 3:] * look.tint * seen)
    return out
