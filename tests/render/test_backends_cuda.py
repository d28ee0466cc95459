"""The CUDA kernels without a GPU: numba's simulator, in a process of its own, must see what the reference sees."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import warnings
import numpy as np
warnings.simplefilter("ignore")  # the simulator's own
from dhsdk.render.backends import numba_cuda
from tests.render import reference
from tests.render.test_backends import soup

assert numba_cuda.available() is None
cuda = numba_cuda.load("cuda")
size = (21, 17)
none = np.empty((0, 3), np.int32)
assert (cuda.visible(np.empty((0, 4), np.float32), none, size) == -1).all()
for perspective, behind, cull in ((True, False, False), (True, True, True), (False, False, True)):
    pos, faces = soup(3, 14, 20, perspective, behind)
    ids = reference.visible(pos, faces, size, near=0.2, cull=cull)
    assert (ids >= 0).mean() > 0.1
    assert (cuda.visible(pos, faces, size, near=0.2, cull=cull) == ids).all()
pos, faces = soup(3, 14, 20)
front = np.full(size[::-1], 2.2, np.float32)
ids = reference.visible(pos, faces, size, behind=front, limit=front + 1)
assert (cuda.visible(pos, faces, size, behind=front, limit=front + 1) == ids).all()
twice = np.concatenate([faces, faces])
assert cuda.visible(pos, twice, size).max() < len(faces)
print("seen")
"""


def test_the_simulator_sees_what_the_reference_sees():
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", PROGRAM], cwd=root, env=environment, capture_output=True, text=True, timeout=120)
    assert run.stdout.strip() == "seen", run.stderr[-2000:]
