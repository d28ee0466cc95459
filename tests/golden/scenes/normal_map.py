"""Normal maps: domes stand out, lit from the upper left; beside them mirrored, half as strong, and none."""

from dhsdk.scene import Light, Node, Scene, Texture, make
from dhsdk.scene.rotation import from_euler
from tests.golden.props import bumps, eye, paint, plate, put
from tests.golden.shot import Shot


def shot() -> Shot:
    texture = Texture(bumps())
    kinds = [paint(0.5, 0.5, 0.52, rough=0.5, normal_texture=texture, normal_scale=scale) for scale in (1.0, -1.0, 0.5)]
    tiles = [
        put(f"tile{i}", plate(one, 1.0, 1.0, 2.0), 1.1 * (i % 2) - 0.55, 0.55 - 1.1 * (i // 2), 0.0)
        for i, one in enumerate(kinds)
    ]
    tiles.append(put("even", plate(paint(0.5, 0.5, 0.52, rough=0.5)), 0.55, -0.55, 0.0))
    whole = make.group("tiles", *tiles)
    lamp = Node("lamp", rotation=from_euler(-0.6, -0.7, 0.0), light=Light("directional", intensity=3.0))
    return Shot(Scene((*whole.nodes, lamp)), eye((0.6, 0.3, 4.0), fov=0.6), {"shadow": 0.0, "lighting": "scene"})
