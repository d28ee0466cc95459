"""Light from all around: radiance -> mirror lobes in octahedral maps, irradiance as nine harmonics, and the BRDF's table.

The fourth channel of everything here is the key light, apart from the rest, so that the key's shadow can dim it alone.
Sources: Karis 2013 (split sum), Ramamoorthi and Hanrahan 2001 (irradiance), Estevez and Kulla 2017 (sheen).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.jit import kernel
from dhsdk.media import Image
from dhsdk.render.workers import spread

SIZES = (256, 128, 128, 64, 64, 32, 32)
"""Edge of the map of each roughness 0, 1/6 ... 1; each has a border of one texel, so that a lookup needs no wrapping."""

TABLE = 64
KEY_SHARE, KEY_ABOVE = 0.12, 12.0
"""What is brighter than KEY_ABOVE times the mean is a key light if it holds KEY_SHARE of all light."""


@dataclass(frozen=True, slots=True, eq=False)
class Surround:
    """chain: (N, 4) float32 texels of all maps. table: (7, 2) int64 first texel and edge (with border) of each.

    harmonics: (9, 4) float64, irradiance / pi. key: (3,) unit vector towards the key light, or zeros. tint: (3,) its colour.
    """

    chain: np.ndarray
    table: np.ndarray
    harmonics: np.ndarray
    key: np.ndarray
    tint: np.ndarray


def surround(radiance: np.ndarray, key: np.ndarray | None = None, tint: np.ndarray | None = None) -> Surround:
    """Everything that shading needs of an equirectangular picture.

    radiance: (H, W, 3) linear, +Z in the middle column, row 0 up; or (H, W, 4), whose last channel is the key light, of colour
    tint and direction key. Without it the brightest small source becomes the key light.
    Raises RenderError: not three channels, values that are negative or not finite.
    """
    if radiance.ndim != 3 or radiance.shape[2] not in (3, 4):
        raise RenderError(f"an environment must have three channels, got the shape {radiance.shape}")
    bad = int((~(np.isfinite(radiance) & (radiance >= 0))).any(axis=2).sum())
    if bad:
        raise RenderError(f"an environment must be finite and not negative, got {bad} pixels that are not: mend the picture")
    if radiance.shape[2] == 3 or key is None or tint is None:
        radiance, key, tint = _parted(radiance[..., :3].astype(np.float32))
    levels = _pyramid(np.ascontiguousarray(radiance, np.float32))
    starts, texels = _flat(levels)
    table, chain = [], []
    offset = 0
    for number, size in enumerate(SIZES):
        out = np.empty((size, size, 4), np.float32)
        rough = number / (len(SIZES) - 1)

        def work(row: int, rough: float = rough, out: np.ndarray = out) -> None:
            _filtered(row, rough, texels, starts, out)

        spread(size, work)
        chain.append(_bordered(out).reshape(-1, 4))
        table.append((offset, size + 2))
        offset += (size + 2) ** 2
    return Surround(np.concatenate(chain), np.array(table, np.int64), _harmonics(levels), key, tint)


def decoded(image: Image) -> np.ndarray:
    """(H, W, 3) float32 linear light of a picture."""
    pixels = image.pixels
    if pixels.shape[2] < 3:
        pixels = np.repeat(pixels[..., :1], 3, axis=2)
    top = {np.dtype(np.uint8): 255.0, np.dtype(np.uint16): 65535.0}.get(pixels.dtype, 1.0)
    light = pixels[..., :3].astype(np.float32) / np.float32(top)
    if image.colour == "srgb":
        light = np.where(light <= 0.04045, light / 12.92, ((np.maximum(light, 0) + 0.055) / 1.055) ** 2.4)
    return np.ascontiguousarray(light, np.float32)


def directions(height: int, width: int) -> np.ndarray:
    """(H, W, 3) unit vectors of an equirectangular picture's pixel centres."""
    around = (0.5 - (np.arange(width) + 0.5) / width) * math.tau
    down = (np.arange(height) + 0.5) / height * math.pi
    ring = np.sin(down)[:, None]
    up = np.broadcast_to(np.cos(down)[:, None], (height, width))
    return np.stack([ring * np.sin(around), up, ring * np.cos(around)], axis=-1)


def _weights(height: int, width: int) -> np.ndarray:
    """(H, 1) solid angle of the pixels of each row, steradians."""
    edges = np.cos(np.arange(height + 1) / height * math.pi)
    return ((edges[:-1] - edges[1:]) * math.tau / width)[:, None]


def _parted(light: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The key light moved into a channel of its own, if one small source gives much of the light: (H, W, 4), key, tint."""
    height, width = light.shape[:2]
    share = _weights(height, width)
    bright = light.mean(axis=2)
    mean = float((bright * share).sum() / (4 * math.pi))
    over = np.maximum(bright - KEY_ABOVE * mean, 0.0)
    total = float((over * share).sum())
    out = np.concatenate([light, np.zeros((height, width, 1), np.float32)], axis=2)
    toward = (directions(height, width) * (over * share)[..., None]).sum(axis=(0, 1))
    if total < KEY_SHARE * mean * 4 * math.pi or np.linalg.norm(toward) < 0.9 * total:
        return out, np.zeros(3), np.ones(3)
    out[..., 3] = over
    out[..., :3] *= (1.0 - over / np.maximum(bright, 1e-9))[..., None]
    tint = (light * (over * share / np.maximum(bright, 1e-9))[..., None]).sum(axis=(0, 1)) / total
    return out, toward / np.linalg.norm(toward), tint


def _pyramid(light: np.ndarray) -> list[np.ndarray]:
    out = [light]
    while min(out[-1].shape[:2]) > 1:
        last = out[-1]
        height, width = last.shape[0] // 2 * 2, last.shape[1] // 2 * 2
        out.append(last[:height, :width].reshape(height // 2, 2, width // 2, 2, 4).mean(axis=(1, 3)))
    return out


def _flat(levels: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    rows, offset = [], 0
    for level in levels:
        rows.append((offset, level.shape[0], level.shape[1]))
        offset += level.shape[0] * level.shape[1]
    return np.array(rows, np.int64), np.concatenate([level.reshape(-1, 4) for level in levels])


def _bordered(face: np.ndarray) -> np.ndarray:
    """An octahedral map with the texels that lie beyond its edges: those of the same edge, turned round."""
    size = len(face)
    out = np.empty((size + 2, size + 2, 4), np.float32)
    out[1:-1, 1:-1] = face
    out[0, 1:-1], out[-1, 1:-1] = face[0, ::-1], face[-1, ::-1]
    out[1:-1, 0], out[1:-1, -1] = face[::-1, 0], face[::-1, -1]
    out[0, 0], out[0, -1], out[-1, 0], out[-1, -1] = face[-1, -1], face[-1, 0], face[0, -1], face[0, 0]
    return out


def basis(d: np.ndarray) -> np.ndarray:
    """(..., 9) the real spherical harmonics of bands 0 to 2 in directions (..., 3)."""
    x, y, z = d[..., 0], d[..., 1], d[..., 2]
    return np.stack(
        [
            np.full_like(x, 0.282095), 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y, 1.092548 * y * z,
            0.315392 * (3 * z * z - 1), 1.092548 * x * z, 0.546274 * (x * x - y * y),
        ],
        axis=-1,
    )  # fmt: skip


def _harmonics(levels: list[np.ndarray]) -> np.ndarray:
    """(9, 4): irradiance / pi in the basis. Band factors of the cosine lobe over pi: 1, 2/3, 1/4."""
    light = next(level for level in levels if level.shape[0] <= 128)
    height, width = light.shape[:2]
    share = light.astype(np.float64) * _weights(height, width)[..., None]
    sums = np.einsum("hwk,hwc->kc", basis(directions(height, width)), share)
    out: np.ndarray = sums * np.array([1.0, *[2 / 3] * 3, *[0.25] * 5])[:, None]
    return out


@kernel()
def _sampled(texels, starts, level, x, y, z, out):  # type: ignore[no-untyped-def]
    """out += the equirectangular picture in a direction, trilinear in `level`."""
    level = min(max(level, 0.0), len(starts) - 1.0)
    low = int(level)
    u = 0.5 - np.arctan2(x, z) / (2 * np.pi)
    v = np.arccos(min(max(y, -1.0), 1.0)) / np.pi
    for step in range(2):
        number = min(low + step, len(starts) - 1)
        share = (level - low) if step else 1.0 - (level - low)
        offset, height, width = starts[number]
        px, py = u * width - 0.5, min(max(v * height - 0.5, 0.0), height - 1.0)
        x0, y0 = int(np.floor(px)), int(py)
        fx, fy = px - x0, py - y0
        xa, xb, yb = x0 % width, (x0 + 1) % width, min(y0 + 1, height - 1)
        for c in range(4):
            top = texels[offset + y0 * width + xa, c] * (1 - fx) + texels[offset + y0 * width + xb, c] * fx
            end = texels[offset + yb * width + xa, c] * (1 - fx) + texels[offset + yb * width + xb, c] * fx
            out[c] += share * (top * (1 - fy) + end * fy)


@kernel()
def _filtered(row, rough, texels, starts, out):  # type: ignore[no-untyped-def]
    """One row of an octahedral map: the light in a GGX lobe seen along its axis."""
    size = len(out)
    a2 = max(rough, 1e-3) ** 4
    taps = 1 if rough == 0 else 96
    pixel = 4 * np.pi / (starts[0, 1] * starts[0, 2])
    for column in range(size):
        u, v = (column + 0.5) / size * 2 - 1, (row + 0.5) / size * 2 - 1
        y = 1 - abs(u) - abs(v)
        fold = max(-y, 0.0)
        x, z = u - np.sign(u) * fold, v - np.sign(v) * fold
        long = np.sqrt(x * x + y * y + z * z)
        x, y, z = x / long, y / long, z / long
        total, whole = np.zeros(4), 0.0
        if taps == 1:
            _sampled(texels, starts, 0.5 * np.log2(4 * np.pi / (size * size) / pixel), x, y, z, total)
            whole = 1.0
        # A frame around the axis, without a singularity (Duff et al. 2017, with y up).
        sign = 1.0 if y >= 0 else -1.0
        p = -1.0 / (sign + y)
        q = x * z * p
        tx, ty, tz = 1.0 + sign * x * x * p, -sign * x, sign * q
        bx, by, bz = q, -z, sign + z * z * p
        for k in range(taps if taps > 1 else 0):
            e = (k + 0.5) / taps
            turn = 2.399963229728653 * k
            cos2 = (1 - e) / (1 + (a2 - 1) * e)
            cos, sin = np.sqrt(cos2), np.sqrt(max(1 - cos2, 0.0))
            hx, hz = sin * np.cos(turn), sin * np.sin(turn)
            lx, ly, lz = 2 * cos * hx, 2 * cos * cos - 1, 2 * cos * hz
            if ly <= 0:
                continue
            d = a2 / (np.pi * (cos2 * (a2 - 1) + 1) ** 2)
            level = 0.5 * np.log2(4.0 / (taps * d) / pixel)
            spot = np.zeros(4)
            sx, sy, sz = lx * tx + ly * x + lz * bx, lx * ty + ly * y + lz * by, lx * tz + ly * z + lz * bz
            _sampled(texels, starts, level, sx, sy, sz, spot)
            for c in range(4):
                total[c] += spot[c] * ly
            whole += ly
        for c in range(4):
            out[row, column, c] = total[c] / whole


@kernel()
def _integrated(out):  # type: ignore[no-untyped-def]
    """Rows: roughness; columns: cosine to the eye; scale and offset of F0, and the share that sheen throws back."""
    size, taps = len(out), 256
    for row in range(size):
        rough = max((row + 0.5) / size, 0.03)
        a2 = rough**4
        for column in range(size):
            nv = (column + 0.5) / size
            sv = np.sqrt(1 - nv * nv)
            scale = offset = sheen = 0.0
            for k in range(taps):
                e, turn = (k + 0.5) / taps, 2.399963229728653 * k
                cos2 = (1 - e) / (1 + (a2 - 1) * e)
                cos, sin = np.sqrt(cos2), np.sqrt(max(1 - cos2, 0.0))
                vh = max(sv * sin * np.cos(turn) + nv * cos, 1e-6)
                nl = 2 * vh * cos - nv
                if nl > 0:
                    gl = nl * np.sqrt(nv * nv * (1 - a2) + a2)
                    gv = nv * np.sqrt(nl * nl * (1 - a2) + a2)
                    g = 2 * nl * vh / ((gl + gv) * max(cos, 1e-6))
                    fresnel = (1 - vh) ** 5
                    scale += g * (1 - fresnel)
                    offset += g * fresnel
                # Sheen: cosine-weighted directions, Charlie lobe, Ashikhmin visibility.
                nl = np.sqrt(e)
                sl = np.sqrt(1 - e)
                hx, hy, hz = sl * np.cos(turn) + sv, nl + nv, sl * np.sin(turn)
                h = hy / np.sqrt(hx * hx + hy * hy + hz * hz)
                inverse = 1.0 / max(rough * rough, 1e-3)
                lobe = (2 + inverse) * max(1 - h * h, 0.0) ** (0.5 * inverse) / (2 * np.pi)
                sheen += lobe / (4 * (nl + nv - nl * nv)) * np.pi
            out[row, column, 0] = scale / taps
            out[row, column, 1] = offset / taps
            out[row, column, 2] = min(sheen / taps, 1.0)


@lru_cache(maxsize=1)
def response() -> np.ndarray:
    """(64, 64, 3) float32: rows roughness, columns cosine to the eye, at texel centres: scale and offset of F0, sheen."""
    out = np.empty((TABLE, TABLE, 3))
    _integrated(out)
    return out.astype(np.float32)
