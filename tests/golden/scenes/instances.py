"""Copies of one mesh, turned and scaled, under a turned node."""

import math

import numpy as np

from dhsdk.scene import Instances, Node, Scene, make
from dhsdk.scene.rotation import from_axis_angle
from tests.golden.props import eye, paint
from tests.golden.shot import Shot


def shot() -> Shot:
    around = np.arange(9) / 9 * math.tau
    copies = Instances(
        np.stack([1.2 * np.sin(around), 0.03 * np.arange(9), 1.2 * np.cos(around)], axis=1),
        np.array([from_axis_angle((0, 1, 0), angle) for angle in around]),
        np.stack([np.ones(9), 0.3 + 0.15 * np.arange(9), np.ones(9)], axis=1),
    )
    mesh = make.box((0.25, 0.6, 0.5), paint(0.3, 0.5, 0.25))
    scene = Scene((Node("blocks", mesh, rotation=from_axis_angle((0, 1, 0), 0.4), instances=copies),))
    return Shot(scene, eye((0.6, 2.4, 4.4), (0.0, 0.3, 0.0), fov=0.55))
