"""What lies behind everything: the studio's backdrop or the environment's picture, and the floor with its shadow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dhsdk.jit import kernel
from dhsdk.render.camera import View
from dhsdk.render.studio import Floor
from dhsdk.render.surface import MATH

REACH = 3.0
"""How far away the backdrop is for what glass shows, in diagonals of the scene."""
COARSE = 320
"""Points along a picture's width at which the backdrop and the floor, which are smooth, are worked out at least."""
NO_SCENERY = np.empty((0, 0, 3), np.float32)


def ground(
    ramp: np.ndarray, floor: Floor, dark: np.ndarray, view: View, aspect: float, strength: float, diagonal: float, free: bool,
    scenery: tuple[np.ndarray, float],
) -> tuple[Any, ...]:  # fmt: skip
    """What the kernels here and look_through() read; points of the picture go from 0 to 1.

    ramp: (257, 3); floor, dark: its square and the shadow on it; world to picture (3, 4); picture to directions (3, 3); eye;
    strength of the shadow; metres to the backdrop; whether it is left out; the environment's picture (H, W, 3) or (0, 0, 3) and
    the cosine and sine it is turned by.
    """
    inverse = np.linalg.inv(view.world)
    flat = view.camera.kind == "orthographic"
    high = 0.5 / (view.camera.ymag if flat else math.tan(view.camera.yfov / 2))
    away = np.array([0, 0, 0, 1.0]) if flat else -inverse[2]
    to_picture = np.stack([inverse[0] * high / aspect + away / 2, -inverse[1] * high + away / 2, away])
    wide = 0.0 if flat else 1.0 / high
    rays = view.world[:3, :3] @ np.array([[wide * aspect, 0, -wide * aspect / 2], [0, -wide, wide / 2], [0, 0, -1.0]])
    eye = np.ascontiguousarray(view.world[:3, 3])
    picture, turn = scenery
    turned = np.array([math.cos(turn), math.sin(turn)])
    strength = 0.0 if flat else strength
    return ramp, dark, floor.start, floor.height, to_picture, rays, eye, strength, REACH * diagonal + 1e-6, free, picture, turned


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def ramp_at(ramp, x, y):  # type: ignore[no-untyped-def]
    """Where in the backdrop's ramp a point of the picture lies: a row, and how far towards the next."""
    dx, dy = x - 0.5, (y - 0.46) * 0.9
    t = min((dx * dx + dy * dy) / (0.72 * 0.72), 1.0) * (len(ramp) - 1)
    i = min(int(t), len(ramp) - 2)
    return i, t - i


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def shade_on(dark, start, strength, x, z):  # type: ignore[no-untyped-def]
    """What of each colour the floor throws back at a point of the world, 1 where no shadow is."""
    size = len(dark)
    u, v = (x - start[0]) / start[2] * size - 0.5, (z - start[1]) / start[2] * size - 0.5
    if not (0 <= u < size - 1 and 0 <= v < size - 1):
        return 1.0, 1.0, 1.0
    a, b = int(u), int(v)
    fu, fv = u - a, v - b
    wa, wb, wc, wd = (1 - fu) * (1 - fv) * strength, fu * (1 - fv) * strength, (1 - fu) * fv * strength, fu * fv * strength
    return (
        1.0 - (dark[b, a, 0] * wa + dark[b, a + 1, 0] * wb + dark[b + 1, a, 0] * wc + dark[b + 1, a + 1, 0] * wd),
        1.0 - (dark[b, a, 1] * wa + dark[b, a + 1, 1] * wb + dark[b + 1, a, 1] * wc + dark[b + 1, a + 1, 1] * wd),
        1.0 - (dark[b, a, 2] * wa + dark[b, a + 1, 2] * wb + dark[b + 1, a, 2] * wc + dark[b + 1, a + 1, 2] * wd),
    )


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def scenery_at(picture, turned, x, y, z, out, at):  # type: ignore[no-untyped-def]
    """out[at:at + 3]: the environment's picture in a direction of the world."""
    x, z = turned[0] * x - turned[1] * z, turned[1] * x + turned[0] * z
    height, width = picture.shape[:2]
    u = (0.5 - np.arctan2(x, z) / (2 * np.pi)) * width - 0.5
    v = np.arccos(min(max(y / np.sqrt(x * x + y * y + z * z), -1.0), 1.0)) / np.pi * height - 0.5
    v = min(max(v, 0.0), height - 1.0)
    i, j = int(np.floor(u)), int(v)
    fu, fv = u - i, v - j
    a, b, below = i % width, (i + 1) % width, min(j + 1, height - 1)
    for q in range(3):
        top = picture[j, a, q] * (1 - fu) + picture[j, b, q] * fu
        out[at + q] = top * (1 - fv) + (picture[below, a, q] * (1 - fu) + picture[below, b, q] * fu) * fv


@kernel(error_model="numpy", fastmath=MATH, _nrt=False)
def _behind(x, y, ground, out):  # type: ignore[no-untyped-def]
    """out (4,): the light at a point of the picture, and how dark the shadow on the floor is there."""
    ramp, dark, start, level, _, rays, eye, strength, _, _, picture, turned = ground
    rx = rays[0, 0] * x + rays[0, 1] * y + rays[0, 2]
    ry = rays[1, 0] * x + rays[1, 1] * y + rays[1, 2]
    rz = rays[2, 0] * x + rays[2, 1] * y + rays[2, 2]
    left = (1.0, 1.0, 1.0)
    if strength > 0 and ry < -1e-6 and level < eye[1]:
        far = (level - eye[1]) / ry
        left = shade_on(dark, start, strength, eye[0] + far * rx, eye[2] + far * rz)
    if len(picture):
        scenery_at(picture, turned, rx, ry, rz, out, 0)
    else:
        i, t = ramp_at(ramp, x, y)
        for q in range(3):
            out[q] = ramp[i, q] + (ramp[i + 1, q] - ramp[i, q]) * t
    for q in range(3):
        out[q] *= left[q]
    out[3] = 1.0 - (left[0] + left[1] + left[2]) / 3.0 if left[0] < 1.0 else 0.0


@kernel(error_model="numpy", fastmath=MATH)
def _sketched(y0, y1, step, width, height, ground):  # type: ignore[no-untyped-def]
    """(R, C, 4): _behind at every step-th pixel of rows y0..y1 and one beyond."""
    out = np.empty(((y1 - y0 + step - 1) // step + 1, (width + step - 1) // step + 1, 4))
    for r in range(out.shape[0]):
        for c in range(out.shape[1]):
            _behind((c * step + 0.5) / width, (y0 + r * step + 0.5) / height, ground, out[r, c])
    return out


@kernel(error_model="numpy", fastmath=MATH)
def compose(y0, y1, samples, over, past, ground, cover):  # type: ignore[no-untyped-def]
    """Rows y0..y1 of the picture: over (H s, W s, 3) becomes the layer over what lies behind it, which is one for the samples of
    a pixel. cover (H s, W s) is filled, or (0, 0) when nobody asks for it.
    """
    back = np.empty(4)
    height, width = past.shape[0] // samples, past.shape[1] // samples
    sharp = len(ground[10]) > 0
    step = max(1, min(width // COARSE, 4))
    sketch = _sketched(y0, y0 if sharp else y1, step, width, height, ground)
    for y in range(y0, y1):
        r, fr = (y - y0) // step, (y - y0) % step / step
        for x in range(width):
            known = False
            for j in range(y * samples, (y + 1) * samples):
                for i in range(x * samples, (x + 1) * samples):
                    free = (past[j, i, 0] + past[j, i, 1] + past[j, i, 2]) / 3.0
                    if free > 0.0:
                        if not known and sharp:
                            _behind((x + 0.5) / width, (y + 0.5) / height, ground, back)
                        elif not known:
                            c, fc = x // step, x % step / step
                            wd = fr * fc
                            wb, wc = fc - wd, fr - wd
                            wa = 1.0 - wb - wc - wd
                            for q in range(4):
                                above = sketch[r, c, q] * wa + sketch[r, c + 1, q] * wb
                                back[q] = above + sketch[r + 1, c, q] * wc + sketch[r + 1, c + 1, q] * wd
                        known = True
                        for q in range(3):
                            over[j, i, q] += past[j, i, q] * back[q]
                    if len(cover):
                        cover[j, i] = 1.0 - free + (free * back[3] if free > 0.0 else 0.0)
