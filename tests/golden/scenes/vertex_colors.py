"""Vertex colours, linear, multiplied with the base colour; alpha of the vertices too."""

import dataclasses

import numpy as np

from dhsdk.scene import Mesh, make
from tests.golden.props import ball, eye, paint, plate, put
from tests.golden.shot import Shot


def coloured(mesh: Mesh, colors: np.ndarray) -> Mesh:
    return Mesh((dataclasses.replace(mesh.primitives[0], colors=colors.astype(np.float32)),))


def shot() -> Shot:
    corners = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1], [1, 1, 1, 1]])
    fading = np.array([[1, 1, 1, 1], [1, 1, 1, 1], [1, 0.3, 0, 0], [1, 0.3, 0, 0]])
    round_one = ball(0.5, paint(0.9, 0.9, 0.9))
    points = round_one.primitives[0].positions
    rainbow = np.concatenate([points + 0.5, np.ones((len(points), 1))], axis=1)
    things = [
        put("corners", coloured(plate(paint(1.0, 1.0, 1.0, unlit=True)), corners), -1.1, 0.5, 0.0),
        put("ball", coloured(round_one, rainbow.clip(0, 1)), 0.0, 0.5, 0.0),
        put("fading", coloured(plate(paint(1.0, 1.0, 1.0, unlit=True, alpha_mode="BLEND")), fading), 1.1, 0.5, 0.0),
    ]
    return Shot(make.group("things", *things), eye((0.0, 0.8, 4.2), (0.0, 0.45, 0.0), fov=0.62))
