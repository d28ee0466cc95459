"""Things that move: a tube on bones, with a morph and a rigid part, of any number of triangles."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.scene import Animation, Channel, Material, Mesh, Morph, Node, Primitive, Scene, Skin, make
from dhsdk.scene.rotation import from_axis_angle


def tube(around: int, rings: int, *, normals: bool = True, bones: int = 3, height: float = 1.5) -> Scene:
    """A tube of 2 * around * rings triangles on a chain of bones; clip "wave" (2 s) bends it, swells it and nods a cube."""
    angle = np.arange(around + 1) / around * math.tau
    up = np.arange(rings + 1) / rings
    ring = np.stack([np.cos(angle), np.zeros(around + 1), -np.sin(angle)], axis=1)
    outward = np.tile(ring, (rings + 1, 1))
    level = np.repeat(up, around + 1)
    positions = outward * 0.22 + np.array([0.0, height, 0.0]) * level[:, None]
    i, j = np.meshgrid(np.arange(rings), np.arange(around), indexing="ij")
    a = (i * (around + 1) + j).ravel()
    faces = np.concatenate([np.stack([a, a + 1, a + around + 1], 1), np.stack([a + 1, a + around + 2, a + around + 1], 1)])
    place = level * (bones - 1)
    first = np.minimum(place.astype(int), bones - 2)
    share = place - first
    joints = np.stack([first, first + 1, np.zeros_like(first), np.zeros_like(first)], axis=1)
    weights = np.stack([1 - share, share, 0 * share, 0 * share], axis=1)
    swell = outward * (0.15 * np.sin(level * math.pi) ** 2)[:, None]
    uv = np.stack([np.tile(angle / math.tau, rings + 1), 1 - level], axis=1)
    primitive = Primitive(
        positions, faces, outward if normals else None, None, (uv,), joints=joints, weights=weights,
        morphs=(Morph(swell),), material=Material("skin", base_color=(0.75, 0.4, 0.3, 1.0), metallic=0.0, roughness=0.5),
    )  # fmt: skip
    step = height / (bones - 1)
    keys = tuple(f"bone{k}" for k in range(bones))
    inverse = np.stack([np.eye(4)] * bones)
    inverse[:, 1, 3] = -step * np.arange(bones)
    chain = tuple(
        Node(key, parent=keys[k - 1] if k else None, translation=(0.0, step if k else 0.0, 0.0)) for k, key in enumerate(keys)
    )
    cube = make.box((0.3, 0.2, 0.3), Material("cube", base_color=(0.2, 0.4, 0.7, 1.0), metallic=0.0, roughness=0.4))
    body = Node("body", Mesh((primitive,), "tube", ("swell",), (0.0,)), skin=Skin(keys, inverse))
    turns = np.array([from_axis_angle((0, 0, 1), one) for one in (0.0, -0.8, 0.5)])
    times = np.array([0.0, 1.0, 2.0])
    channels = [Channel(key, "rotation", times, turns) for key in keys[1:]]
    channels.append(Channel("body", "weights", times, np.array([[0.0], [1.0], [0.2]])))
    channels.append(Channel("cube", "rotation", times, np.array([from_axis_angle((0, 1, 0), one) for one in (0.0, 0.6, 1.2)])))
    return Scene((*chain, body, Node("cube", cube, parent=keys[-1])), (Animation("wave", tuple(channels)),))
