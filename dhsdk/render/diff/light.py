"""Light in torch: lookups in a surround, the BRDF's table, punctual lights. The mathematics of render.shade."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dhsdk.render.bvh import hidden
from dhsdk.render.lamps import CLEARANCE_SHARE
from dhsdk.render.shade import STREAK


def turned(d: Tensor, turn: float) -> Tensor:
    """Directions (N, 3) of the world in a surround that is turned by `turn` radians about +Y."""
    cos, sin = math.cos(turn), math.sin(turn)
    return torch.stack([cos * d[:, 0] - sin * d[:, 2], d[:, 1], sin * d[:, 0] + cos * d[:, 2]], dim=1)


def around(chain: Tensor, levels: tuple[tuple[int, int], ...], turn: float, d: Tensor, rough: Tensor) -> Tensor:
    """(N, 4) light in a lobe of this roughness around directions (N, 3). chain, levels: see render.environment.Surround."""
    x, y, z = turned(d, turn).unbind(dim=1)
    long = 1.0 / (x.abs() + y.abs() + z.abs() + 1e-12)
    u, v = x * long, z * long
    fold = (-y * long).clamp(min=0.0)
    u, v = u + torch.where(u < 0, -fold, fold), v + torch.where(v < 0, -fold, fold)
    level = rough * (len(levels) - 1)
    low = level.detach().long().clamp(0, len(levels) - 2)
    share = (level - low)[:, None]
    table = torch.tensor(levels, device=d.device)
    out = torch.zeros(len(d), 4, dtype=d.dtype, device=d.device)
    for step in range(2):
        first, size = table[low + step].unbind(dim=1)
        px, py = (u * 0.5 + 0.5) * (size - 2) + 0.5, (v * 0.5 + 0.5) * (size - 2) + 0.5
        i, j = px.detach().long(), py.detach().long()
        fx, fy = (px - i)[:, None], (py - j)[:, None]
        a = first + j * size + i
        top = chain[a] * (1 - fx) + chain[a + 1] * fx
        end = chain[a + size] * (1 - fx) + chain[a + size + 1] * fx
        out = out + (share if step else 1.0 - share) * (top * (1 - fy) + end * fy)
    return out


def basis(n: Tensor, turn: float) -> Tensor:
    """(N, 9) spherical harmonics of bands 0 to 2; see render.environment.basis."""
    x, y, z = turned(n, turn).unbind(dim=1)
    one = torch.full_like(x, 0.282095)
    return torch.stack(
        [
            one, 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y, 1.092548 * y * z, 0.315392 * (3 * z * z - 1),
            1.092548 * x * z, 0.546274 * (x * x - y * y),
        ],
        dim=1,
    )  # fmt: skip


def response(table: Tensor, rough: Tensor, nv: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Scale and offset of F0, and the sheen's share, (N,) each; see render.environment.response."""
    size = len(table)
    x, y = (nv * size - 0.5).clamp(0.0, size - 1.001), (rough * size - 0.5).clamp(0.0, size - 1.001)
    i, j = x.detach().long(), y.detach().long()
    fx, fy = (x - i)[:, None], (y - j)[:, None]
    top = table[j, i] * (1 - fx) + table[j, i + 1] * fx
    end = table[j + 1, i] * (1 - fx) + table[j + 1, i + 1] * fx
    scale, offset, sheen = (top * (1 - fy) + end * fy).unbind(dim=1)
    return scale, offset, sheen


def streak(
    chain: Tensor,
    levels: tuple[tuple[int, int], ...],
    turn: float,
    normal: Tensor,
    eye: Tensor,
    along: Tensor,
    rough: Tensor,
    stretch: Tensor,
) -> Tensor:
    """(N, 4) light that brushed surfaces mirror; see render.shade."""
    a = rough**2
    wide = a + (1.0 - a) * stretch**2
    blur = (a + (wide - a) / STREAK).sqrt()
    total, whole = torch.zeros(len(normal), 4, dtype=normal.dtype, device=normal.device), torch.zeros_like(a)
    for k in range(STREAK):
        e = (k + 0.5) / STREAK * 2.0 - 1.0
        facet = torch.nn.functional.normalize(normal + (wide * (e / math.sqrt(1.0 - e * e)))[:, None] * along, dim=1)
        cos = (facet * eye).sum(dim=1).clamp(min=1e-3)
        total = total + cos[:, None] * around(chain, levels, turn, 2 * cos[:, None] * facet - eye, blur)
        whole = whole + cos
    return total / whole[:, None]


def unblocked(row: Tensor, walls: tuple[Any, Any], at: Tensor, face: Tensor) -> Tensor:
    """(N,) 1 where a punctual light is seen from points with these normals, else 0; not differentiated. See render.lamps."""
    (boxes, *rest), solid = walls
    if not len(solid) or float(row[13]) > 0:
        return torch.ones(len(at), dtype=at.dtype, device=at.device)
    clearance = CLEARANCE_SHARE * float(np.linalg.norm(boxes[0, 3:] - boxes[0, :3]))
    place, normal, lamp_ = (one.detach().cpu().double().numpy() for one in (at, face, row))
    toward = np.broadcast_to(lamp_[4:7], place.shape) if lamp_[0] == 0 else lamp_[1:4] - place
    far = np.full(len(place), np.inf) if lamp_[0] == 0 else np.linalg.norm(toward, axis=1)
    toward = toward / np.maximum(np.linalg.norm(toward, axis=1, keepdims=True), 1e-4)
    out = np.empty(len(place), np.bool_)
    rays = np.concatenate([place + clearance * normal, toward], axis=1)
    hidden((boxes, *rest), solid, rays, clearance, far - clearance, out)
    return torch.tensor(~out, dtype=at.dtype, device=at.device)


def lamp(
    row: Tensor,
    at: Tensor,
    normal: Tensor,
    eye: Tensor,
    nv: Tensor,
    rough: Tensor,
    lit: Tensor,
    body: Tensor,
    f0: Tensor,
    edge: Tensor,
    along: Tensor,
    stretch: Tensor,
) -> Tensor:
    """(N, 3) a punctual light's share of what leaves the points. row: (14,), see render.lighting.Lighting."""
    kind = int(row[0])
    power = lit if float(row[13]) > 0 else torch.ones_like(nv)
    toward = row[4:7].expand_as(at)
    if kind != 0:
        away = row[1:4] - at
        far2 = (away * away).sum(dim=1).clamp(min=1e-8)
        toward = away / far2.sqrt()[:, None]
        power = power / far2
        if float(row[10]) > 0:
            power = power * (1.0 - (far2 / row[10] ** 2) ** 2).clamp(0.0, 1.0)
        if kind == 2:
            power = power * ((toward @ row[4:7] - row[11]) * row[12]).clamp(0.0, 1.0) ** 2
    nl = (normal * toward).sum(dim=1)
    half = torch.nn.functional.normalize(toward + eye, dim=1)
    nh, vh = (normal * half).sum(dim=1), (eye * half).sum(dim=1)
    across = rough**2
    broad = across + (1.0 - across) * stretch**2
    side = torch.linalg.cross(normal, along)
    up = nl.clamp(min=1e-6)

    def tilted(d: Tensor) -> tuple[Tensor, Tensor]:
        return (along * d).sum(dim=1), (side * d).sum(dim=1)

    (th, bh), (tv, bv), (tl, bl) = tilted(half), tilted(eye), tilted(toward)
    # Without a direction the two are one, and what is not along the normal is across it.
    flat = stretch <= 0
    a2 = broad * across
    facets = torch.where(flat, across**2 * (1.0 - nh * nh), (across * th) ** 2 + (broad * bh) ** 2)
    lobe = a2 * (a2 / (facets + a2 * a2 * nh * nh)) ** 2 / math.pi
    seen = torch.where(flat, across**2 * (1.0 - nv * nv), (broad * tv) ** 2 + (across * bv) ** 2)
    lit_ = torch.where(flat, across**2 * (1.0 - up * up), (broad * tl) ** 2 + (across * bl) ** 2)
    hidden = 0.5 / (up * (seen + nv * nv).sqrt() + nv * (lit_ + up * up).sqrt())
    slant = (1.0 - vh.clamp(0.0, 1.0)) ** 5
    shine = (f0 + (edge - f0) * slant[:, None]) * (lobe * hidden)[:, None]
    return torch.where(nl[:, None] > 0, (body / math.pi + shine) * row[7:10] * (power * nl)[:, None], 0.0)
