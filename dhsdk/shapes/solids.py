"""Boxes, planks, plates and cushions: outlines piled up along y."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dhsdk.shapes.curves import LEAST, Outline, rectangle
from dhsdk.shapes.loft import Grain, Look, loft, plan_uv
from dhsdk.shapes.surface import Shell

EDGE_TINT = 1.0
FACE_TINT = 0.9


def stack(
    outline: Outline,
    profile: Sequence[Sequence[float]],
    *,
    grain: Grain = "around",
    crease: float = 42.0,
    tint: float | Sequence[float] = FACE_TINT,
) -> Shell:
    """An outline in the x-z plane piled up along y: profile rows are (inset, y), metres, from the bottom to the top.

    The outline's second coordinate points to +z, the front. Level bands and caps are projected from above.
    """
    rows = np.asarray(profile, np.float64)
    rings = []
    for inset, y in rows:
        flat = outline(float(inset))
        rings.append(np.stack([flat[:, 0], np.full(len(flat), y), flat[:, 1]], axis=1)[::-1])
    steps = np.abs(np.diff(rows, axis=0))
    level = np.concatenate([[True], steps[:, 1] < 0.75 * steps[:, 0], [True]])
    tints = np.broadcast_to(np.asarray(tint, np.float64), (len(rows) - 1,))
    look = Look(grain, crease, np.concatenate([tints[:1] * 0.9, tints, tints[-1:]]), plan_uv, level)
    return loft(np.asarray(rings), look, fan=True)


def plate(outline: Outline, thickness: float, bevel: float, *, dish: float = 0.0) -> Shell:
    """A slab from y = 0 to `thickness` with cut edges. dish: metres by which the middle of its top sinks."""
    b = min(bevel, 0.35 * thickness)
    rows = [(b, 0.0), (0.0, b), (0.0, thickness - b), (b, thickness)]
    tint = [EDGE_TINT, FACE_TINT, EDGE_TINT]
    if dish > LEAST:
        reach = float(np.abs(outline(0.0)).min(axis=0).max() + np.abs(outline(0.0)).max(axis=0).min()) / 2.0
        sink = min(dish, 0.6 * thickness)
        rows += [(b + 0.22 * (reach - b), thickness - 0.15 * sink), (b + 0.5 * (reach - b), thickness - 0.85 * sink)]
        tint += [0.97, 0.9]
    return stack(outline, rows, tint=tint)


def cushion(outline: Outline, height: float, *, puff: float = 2.6, rows: int = 7) -> Shell:
    """A padded body from y = 0 to `height`: the sides bulge like a superellipse of exponent `puff`, smooth all over."""
    reach = float(np.abs(outline(0.0)).max(axis=0).min())
    angles = np.linspace(-0.5 * math.pi, 0.5 * math.pi, rows + 2)[1:-1]
    power = 2.0 / puff
    across = np.abs(np.cos(angles)) ** power
    up = np.sign(np.sin(angles)) * np.abs(np.sin(angles)) ** power
    inset = np.minimum((1.0 - across) * min(0.5 * height, 0.45 * reach), 0.45 * reach)
    crown = np.where(up > 0, 0.92, 0.5)
    body = [(float(i), float(0.5 * height * (1.0 + crown_ * u))) for i, u, crown_ in zip(inset, up, crown, strict=True)]
    top = body[-1]
    body.append((0.5 * (top[0] + reach), 0.5 * height + 0.5 * height * 0.985))
    body.insert(0, (min(0.3 * reach + body[0][0], 0.8 * reach), body[0][1] - 0.02 * height))
    bottom, top_y = body[0][1], body[-1][1]
    body = [(i, (y - bottom) * height / (top_y - bottom)) for i, y in body]
    return stack(outline, body, crease=80.0, tint=1.0)


def box(
    size: Sequence[float],
    bevel: float = 0.004,
    *,
    taper: Sequence[float] = (1.0, 1.0),
    along: int | None = None,
    base: bool = False,
) -> Shell:
    """A box of size (x, y, z) about the origin (base: standing on y = 0) with all edges cut by `bevel`.

    along: the axis of the grain, by default the longest. taper: how much the x and z of the upper end (of the grain axis'
    own upper end) shrink.
    """
    axis = int(np.argmax(size)) if along is None else along
    across = [k for k in range(3) if k != axis]
    # The section lies in a right-handed frame (across, length), so that rings run counter-clockwise along the grain.
    first, second = (across[0], across[1]) if axis != 1 else (across[1], across[0])
    w, h, length = float(size[first]), float(size[second]), float(size[axis])
    b = max(min(bevel, 0.3 * min(w, h, length)), min(LEAST, 0.3 * min(w, h, length)))
    section = rectangle(w, h, b * 1.05, 1)
    rings = np.zeros((4, 8, 3))
    for row, (inset, t) in enumerate(((b, 0.0), (0.0, b), (0.0, length - b), (b, length))):
        share = t / length
        scale = 1.0 + (np.asarray(taper, np.float64) - 1.0) * share
        flat = section(inset) * scale
        rings[row, :, first], rings[row, :, second], rings[row, :, axis] = flat[:, 0], flat[:, 1], t - length / 2.0
    if base:
        rings[..., 1] += size[1] / 2.0
    return loft(rings, Look("along", 42.0, (EDGE_TINT, FACE_TINT, EDGE_TINT)))


def plank(
    length: float, width: float, thickness: float, rng: np.random.Generator, *, bevel: float = 0.004, rough: float = 1.0
) -> Shell:
    """A slightly irregular board about the origin, along x, width along y, thickness along z.

    Its edges are cut in front (+z) only. Its ends are cut askew, it bows a little and is nowhere quite of one width;
    rough scales all of this.
    """
    b = min(bevel, 0.3 * thickness, 0.3 * width)
    middle = float(rng.uniform(0.35, 0.65)) * length
    skew = rng.uniform(-0.12, 0.12, 2) * width * rough
    bow = float(rng.uniform(-0.1, 0.1)) * thickness * rough
    swell = 1.0 + rng.uniform(-0.05, 0.02, 3) * rough
    rings = np.zeros((5, 6, 3))
    for row, (inset, x, at) in enumerate(((b, 0.0, 0), (0.0, b, 0), (0.0, middle, 1), (0.0, length - b, 2), (b, length, 2))):
        flat = _front_cut(width - 2 * inset, thickness - 2 * inset, 1.05 * b - 0.586 * inset)
        lean = 0.0 if at == 1 else float(skew[0 if at == 0 else 1])
        share = 1.0 - abs(2.0 * x / length - 1.0)
        rings[row, :, 0] = x - length / 2.0 + lean * flat[:, 0] / width
        rings[row, :, 1] = flat[:, 0] * swell[at]
        rings[row, :, 2] = flat[:, 1] + bow * share
    return loft(rings, Look("along", 42.0, (EDGE_TINT, FACE_TINT, FACE_TINT, EDGE_TINT)))


def _front_cut(width: float, thickness: float, cut: float) -> np.ndarray:
    """(6, 2) a rectangle whose two corners at +y are cut: the back of a board is never seen."""
    w, t, c = width / 2.0, thickness / 2.0, max(cut, 0.3 * LEAST)
    return np.array([(w, -t), (w, t - c), (w - c, t), (c - w, t), (-w, t - c), (-w, -t)])
