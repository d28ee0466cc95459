"""python -m tests.golden: compares, rewrites and shows the golden pictures."""

from __future__ import annotations

import argparse
import math
import sys

import numpy as np
from PIL import Image as Pillow

from tests.golden.metric import difference
from tests.golden.shot import HOME, golden, names, shot


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description="Golden pictures of the rendering core.")
    parser.add_argument("--rewrite", nargs="?", const="", metavar="NAME", help="draw all, or one, anew")
    parser.add_argument("--sheet", metavar="FILE.png", help="all golden pictures in one, in the order of their names")
    given = parser.parse_args(arguments)
    if given.rewrite and given.rewrite not in names():
        parser.error(f"no scene {given.rewrite!r}; there are {', '.join(names())}")
    differ = 0
    for name in [given.rewrite] if given.rewrite else names():
        old = golden(name) if (HOME / f"{name}.png").exists() else None
        new = shot(name).picture()
        apart = None if old is None or old.shape != new.shape else difference(old, new)
        wrong = apart is None or apart.seen
        differ += wrong
        sys.stdout.write(f"{name:18} {apart or 'new'}{'  DIFFERS' if wrong else ''}\n")
        if given.rewrite is not None and (old is None or old.shape != new.shape or (old != new).any()):
            Pillow.fromarray(new).save(HOME / f"{name}.png", optimize=True)
    if given.sheet:
        sheet().save(given.sheet)
    return int(bool(differ) and given.rewrite is None)


def sheet(columns: int = 6) -> Pillow.Image:
    """All golden pictures in rows."""
    pictures = [golden(name) for name in names()]
    height, width = (max(one.shape[axis] for one in pictures) for axis in (0, 1))
    whole = np.full((math.ceil(len(pictures) / columns) * (height + 4), columns * (width + 4), 3), 255, np.uint8)
    for number, one in enumerate(pictures):
        top, left = number // columns * (height + 4), number % columns * (width + 4)
        whole[top : top + one.shape[0], left : left + one.shape[1]] = one
    return Pillow.fromarray(whole)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
