"""Punctual lights on a white room: a red spot, a green bulb with a range, a blue directional one; nothing else shines."""

from dhsdk.scene import Light, Node, Scene, make
from dhsdk.scene.rotation import from_euler
from tests.golden.props import eye, paint, plate, put, stand
from tests.golden.shot import Shot


def shot() -> Shot:
    white = paint(0.8, 0.8, 0.8, rough=0.7)
    room = make.group(
        "room",
        put("wall", plate(white, 5.0, 2.6), 0.0, 1.3, -1.2),
        make.single(make.plane((5.0, 3.5), white), "floor"),
        stand("ball", 0.5, paint(0.8, 0.8, 0.8, rough=0.25), 0.15),
    )
    lamps = (
        Node(
            "spot",
            translation=(-1.2, 1.2, 1.2),
            rotation=from_euler(0.05, 0.2, 0.0),
            light=Light("spot", (1.0, 0.1, 0.1), 9.0, inner=0.25, outer=0.32),
        ),
        Node("bulb", translation=(1.3, 0.9, 0.0), light=Light("point", (0.1, 1.0, 0.2), 3.0, range=1.6)),
        Node("sun", rotation=from_euler(-1.0, 0.6, 0.0), light=Light("directional", (0.2, 0.35, 1.0), 1.6)),
    )
    return Shot(
        Scene((*room.nodes, *lamps)), eye((0.0, 1.4, 5.0), (0.0, 0.9, 0.0), fov=0.6), {"lighting": "scene", "background": "dark"}
    )
