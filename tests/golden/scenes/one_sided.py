"""One-sided surfaces: half pipes are seen from outside only, one that is mirrored too; their shadows are whole."""

import dataclasses
import math

from dhsdk.scene import make
from tests.golden.props import eye, put
from tests.golden.scenes.double_sided import pipe
from tests.golden.shot import Shot


def shot() -> Shot:
    pipes = make.group(
        "pipes", *(put(f"pipe{i}", pipe(False), 1.2 * i - 1.8, 0.0, 0.0, turn=i % 3 * math.pi / 2) for i in range(4))
    )
    nodes = tuple(dataclasses.replace(one, scale=(1.0, 1.0, -1.0)) if one.key == "pipe3" else one for one in pipes.nodes)
    return Shot(dataclasses.replace(pipes, nodes=nodes), eye((0.0, 1.5, 5.0), (0.0, 0.5, 0.0), fov=0.72))
