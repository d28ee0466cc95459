"""A chest painted: a painter is a function from what a view shows to a picture. One knows places, one adds to what is there."""

import sys
from pathlib import Path

import numpy as np

import dhsdk
from dhsdk.ready.paint import ViewBuffers, around, paint
from dhsdk.render import frame

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)


def quilt(seen: ViewBuffers) -> np.ndarray:
    """Squares in space with hard edges, and red bands at equal heights: the same wherever one looks from."""
    odd = np.floor(seen.position * 12 + 0.5).sum(axis=-1) % 2
    squares = np.where(odd[..., None] > 0, [0.93, 0.88, 0.75], [0.13, 0.25, 0.38])
    band = np.abs((seen.position[..., 1] * 6) % 1 - 0.5) < 0.06
    return np.where(band[..., None], [0.8, 0.15, 0.1], squares)


def brush(seen: ViewBuffers) -> np.ndarray:
    """Strokes across the picture, others in every view: what earlier views painted stays, so that they meet."""
    rows, columns = np.mgrid[: seen.depth.shape[0], : seen.depth.shape[1]] / len(seen.depth)
    stroke = 0.5 + 0.5 * np.sin(40 * columns + 6 * np.sin(9 * rows + seen.number))
    mine = np.stack([0.15 + 0.75 * stroke, 0.35 + 0.3 * stroke, np.full_like(stroke, 0.2)], axis=-1)
    return seen.known[..., None] * seen.start + (1 - seen.known[..., None]) * mine


chest = dhsdk.generate("text_to_3d", prompt="a treasure chest", tris=8000)
views = around(chest, 8)
for painter in (quilt, brush):
    made = paint(chest, painter, views, texture=1024)
    dhsdk.save(made.scene, out / f"{painter.__name__}.glb")
    for name, azimuth in (("front", 0.5), ("back", 2.9)):
        picture = dhsdk.snapshot(made.scene, camera=frame(chest, azimuth, 0.25), size=(480, 480))
        dhsdk.save(picture, out / f"{painter.__name__}_{name}.png")
    print(f"{painter.__name__}: {made.seen} of {made.texels} texels seen, the inside takes the colours around it")
