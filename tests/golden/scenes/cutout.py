"""Background "transparent", laid over a chessboard: a solid ball, a glass one, outlines and the ground's shadow."""

import numpy as np

from dhsdk.render import Settings, View, render
from dhsdk.scene import Scene, Transmission, make
from tests.golden.props import checker, eye, paint, stand
from tests.golden.shot import Shot


def over(scene: Scene, view: View, settings: Settings) -> np.ndarray:
    pixels = render(scene, view, settings).pixels
    width, height = settings.size
    board = checker(8, max(width, height), (130, 130, 130), (190, 190, 190)).pixels[:height, :width].astype(float)
    share = pixels[..., 3:] / 255.0
    return np.round(pixels[..., :3] * share + board * (1 - share)).astype(np.uint8)


def shot() -> Shot:
    things = [
        stand("solid", 0.5, paint(0.8, 0.2, 0.1), -0.6),
        stand("glass", 0.5, paint(0.5, 0.9, 0.6, rough=0.05, transmission=Transmission(1.0)), 0.6),
    ]
    return Shot(
        make.group("things", *things), eye((0.0, 1.1, 4.2), (0.0, 0.4, 0.0), fov=0.45), {"background": "transparent"}, over
    )
