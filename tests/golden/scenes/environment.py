"""A scene's own environment: a blue sky, an orange ground and a small sun, on mirror, satin and matt; turned a little."""

import numpy as np

from dhsdk.media import Image
from dhsdk.render.environment import directions
from dhsdk.scene import Environment, Scene, make
from tests.golden.props import eye, paint, stand
from tests.golden.shot import Shot


def shot() -> Shot:
    toward = directions(64, 128)
    up = toward[..., 1:2]
    light = np.where(up > 0, np.array([0.25, 0.45, 0.9]) * (0.4 + up), np.array([0.7, 0.35, 0.12]) * 0.7)
    light = light + 260.0 * (toward @ np.array([-0.5, 0.6, 0.62]) > 0.995)[..., None]
    sky = Environment(Image(light.astype(np.float32), colour="linear"), intensity=0.9, rotation=0.3)
    balls = [
        stand("mirror", 0.5, paint(0.95, 0.95, 0.95, rough=0.0, metal=1.0), -1.1),
        stand("satin", 0.5, paint(0.95, 0.95, 0.95, rough=0.35, metal=1.0), 0.0),
        stand("matt", 0.5, paint(0.8, 0.8, 0.8, rough=1.0), 1.1),
    ]
    return Shot(Scene(make.group("balls", *balls).nodes, environment=sky), eye((0.0, 1.2, 4.5), (0.0, 0.45, 0.0), fov=0.62))
