"""Mipmaps: a fine chessboard up to the horizon turns grey, without moire; close by it is sharp."""

from dhsdk.scene import make
from tests.golden.props import checker, eye, textured
from tests.golden.shot import Shot


def shot() -> Shot:
    floor = make.plane((40.0, 40.0), textured(checker(2, 64), scale=(40.0, 40.0)))
    return Shot(make.single(floor, "floor"), eye((0.0, 0.8, 10.0), (0.0, 0.0, 5.0), fov=0.9), {"shadow": 0.0})
