"""Both sides of open surfaces: half pipes seen from inside and from outside; the light falls on the side that is seen."""

import math

import numpy as np

from dhsdk.scene import Mesh, make
from tests.golden.props import eye, paint, put
from tests.golden.shot import Shot


def pipe(double_sided: bool) -> Mesh:
    """Half of a pipe that stands on the ground, its outside the front."""
    around = np.linspace(0, math.pi, 17)
    rim = np.stack([0.5 * np.cos(around), np.zeros(17), 0.5 * np.sin(around)], axis=1)
    positions = np.concatenate([rim, rim + [0, 1.2, 0]])
    normals = np.concatenate([rim, rim]) / 0.5
    faces = [[i, 17 + i, i + 1] for i in range(16)] + [[i + 1, 17 + i, 18 + i] for i in range(16)]
    return make.mesh(positions, faces, normals=normals, material=paint(0.7, 0.45, 0.15, rough=0.4, double_sided=double_sided))


def shot() -> Shot:
    pipes = [put(f"pipe{i}", pipe(True), 1.2 * i - 1.2, 0.0, 0.0, turn=i * math.pi / 2) for i in range(3)]
    return Shot(make.group("pipes", *pipes), eye((0.0, 1.5, 4.4), (0.0, 0.5, 0.0), fov=0.72))
