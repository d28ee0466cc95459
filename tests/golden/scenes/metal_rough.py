"""Metal from bottom to top, roughness from left to right."""

from dhsdk.scene import make
from tests.golden.props import ball, eye, paint, put
from tests.golden.shot import Shot


def shot() -> Shot:
    balls = [
        put(f"m{m}r{r}", ball(0.44, paint(0.9, 0.55, 0.3, rough=r / 4, metal=m / 2)), r - 2.0, m - 1.0, 0.0)
        for m in range(3)
        for r in range(5)
    ]
    return Shot(make.group("balls", *balls), eye((0.0, 0.0, 8.0), fov=0.48), {"shadow": 0.0})
