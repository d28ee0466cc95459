"""An orthographic camera: equal things at three distances are equally large, and the light is right."""

import dataclasses

from dhsdk.render import orthographic
from tests.golden.scenes import perspective
from tests.golden.shot import Shot


def shot() -> Shot:
    same = perspective.shot()
    return dataclasses.replace(same, view=orthographic(same.scene, 0.5, 0.5, aspect=4 / 3))
