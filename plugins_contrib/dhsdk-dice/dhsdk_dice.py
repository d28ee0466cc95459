"""A die of a chosen size: the smallest complete dhsdk plugin."""

from __future__ import annotations  # the type in a signature must not load it

import dhsdk

PIPS = ("4", "012678", "08", "02468", "048", "0268")  # +X -X +Y -Y +Z -Z, cells of a 3 x 3 grid: opposite faces sum to seven


class DiceParams(dhsdk.Params):
    size: float = dhsdk.param(0.016, help="edge length", unit="m", ge=0.001, le=10.0)


class Dice(dhsdk.Generator[DiceParams]):
    name, summary, Params = "dice", "A die with pips.", DiceParams

    def build(self, plan: DiceParams, ctx: dhsdk.Context) -> dhsdk.Scene:
        import numpy as np  # heavy imports belong here

        from dhsdk.scene import Material, Mesh, Node, Primitive, Scene, Texture

        out = np.eye(3)[[0, 0, 1, 1, 2, 2]] * np.array([1, -1] * 3)[:, None]  # the six normals
        across = np.eye(3)[[1, 1, 2, 2, 0, 0]]
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        square = corners[:, :1] * across[:, None] + corners[:, 1:] * np.cross(out, across)[:, None]
        positions = (out[:, None] + square + [0, 1, 0]) * plan.size / 2  # the pivot is the centre of the base
        faces = np.arange(6)[:, None, None] * 4 + [[0, 1, 2], [0, 2, 3]]
        uvs = (np.arange(6)[:, None, None] * [1, 0] + (corners + 1) / 2) / [8, 1]  # eight tiles side by side, two are spare

        x, y = np.meshgrid(np.arange(64), np.arange(64))
        dark = [
            sum(np.clip(7 - np.hypot(x - 12 - int(i) % 3 * 20, y - 12 - int(i) // 3 * 20), 0, 1) for i in face) for face in PIPS
        ]
        grey = (240 - 215 * np.hstack(dark + [dark[0]] * 2)).astype(np.uint8)
        ivory = Material("ivory", base_color_texture=Texture(dhsdk.Image(grey)), metallic=0.0, roughness=0.4)
        body = Primitive(
            positions.reshape(-1, 3), faces.reshape(-1, 3), out.repeat(4, 0), uvs=(uvs.reshape(-1, 2),), material=ivory
        )
        return Scene((Node("dice", Mesh((body,), "dice")),), name="dice")


@dhsdk.hookimpl
def dhsdk_generators() -> list[dhsdk.Generator]:
    return [Dice()]
