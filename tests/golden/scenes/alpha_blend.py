"""Blended surfaces that cut through one another, over a ball: the nearest is on top everywhere."""

from dhsdk.scene import make
from tests.golden.props import eye, paint, plate, put, stand
from tests.golden.shot import Shot


def shot() -> Shot:
    panes = [
        put(f"pane{i}", plate(paint(*colour, 0.5, alpha_mode="BLEND", double_sided=True), 1.8, 1.3), 0.0, 0.65, 0.2, turn=turn)
        for i, (colour, turn) in enumerate((((0.9, 0.1, 0.1), 0.5), ((0.1, 0.6, 0.15), -0.5), ((0.1, 0.2, 0.9), 1.45)))
    ]
    return Shot(
        make.group("things", *panes, stand("ball", 0.35, paint(0.9, 0.8, 0.2), 0.1, -0.5)),
        eye((0.0, 1.2, 4.0), (0.0, 0.55, 0.0), fov=0.45),
    )
