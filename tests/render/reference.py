"""A rasterizer to judge the others by: every pixel against every triangle, edge functions of homogeneous positions in float64."""

from __future__ import annotations

import numpy as np


def visible(pos, faces, size, *, near=0.0, cull=False, behind=None, limit=None):
    """(H, W) int32, as Rasterizer.visible has it. An edge belongs to the triangle to its right, a level one to that below."""
    width, height = size
    px, py = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    ids, best = np.full((height, width), -1, np.int32), np.full((height, width), np.inf)
    low = np.full((height, width), -np.inf) if behind is None else behind
    high = np.full((height, width), np.inf) if limit is None else limit
    for number, face in enumerate(faces):
        if len(set(face.tolist())) < 3 or not np.isfinite(pos[face]).all():
            continue
        x, y, z, w = pos[face].astype(np.float64).T
        lines = [np.cross([x[i], y[i], w[i]], [x[j], y[j], w[j]]) for i, j in ((1, 2), (2, 0), (0, 1))]
        det = lines[0] @ [x[0], y[0], w[0]]
        if det == 0 or (cull and det > 0):
            continue
        inside, values = np.ones((height, width), bool), []
        for line in lines:
            # Measured from the corner of the pixel, so that what lies on an edge gives exactly 0.
            value = line[0] * px + line[1] * py + line[2]
            side = value * np.sign(det)
            owned = np.sign(det) * line[0] > 0 or (line[0] == 0 and np.sign(det) * line[1] > 0)
            inside &= (side > 0) | ((side == 0) & owned)
            values.append(value)
        total = sum(values)
        with np.errstate(all="ignore"):
            depth = sum(value * corner for value, corner in zip(values, z, strict=True)) / total
            # float32 as everywhere, so that a layer can be told from itself.
            depth = depth.astype(np.float32)
            seen = inside & (depth >= near) & (depth > low) & (depth < high) & (depth < best)
        if (w != 1).any():
            seen &= depth > 0
        ids[seen], best[seen] = number, depth[seen]
    return ids
