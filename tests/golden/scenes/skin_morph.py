"""A tube on three bones, bent by a clip, with a morph that swells it; a rigid cube rides on the last bone. At 0.7 s."""

from dhsdk.scene.pose import at
from tests.golden.props import eye
from tests.golden.shot import Shot
from tests.render.bodies import tube


def shot() -> Shot:
    return Shot(at(tube(24, 40), "wave", 0.7), eye((0.3, 1.2, 3.6), (0.1, 0.7, 0.0), fov=0.62))
