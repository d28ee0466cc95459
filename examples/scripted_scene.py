"""A market square from four prompts: props placed by relations, and a paving of thousands of copies as instances."""

import dataclasses
import sys
from pathlib import Path

import numpy as np

import dhsdk
from dhsdk.scene import Instances, Scene, make, measure, place

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)


def copies(scene: Scene, places: np.ndarray) -> Scene:
    """The scene's meshes once at each of the places (N, 3): one draw call for each mesh, however many there are."""
    turned = Instances(translations=places)
    nodes = (dataclasses.replace(node, instances=turned, lods=(), colliders=()) if node.mesh else node for node in scene.nodes)
    return dataclasses.replace(scene, nodes=tuple(nodes))


def prop(prompt: str, **values: object) -> Scene:
    return dhsdk.generate("text_to_3d", prompt=prompt, texture=256, **values)


crate, barrel, jug, stool = prop("a wooden crate"), prop("an old oak barrel"), prop("a terracotta jug"), prop("a pine stool")
wide, _, deep = np.ptp(measure.bounds(crate), axis=0)
stall = place.beside(place.on(jug, crate), barrel, gap=0.08)
market = make.group("market", place.row([stall, stool, make.place(barrel, turn=1.0), place.on(crate, crate)], gap=0.3))

x, z = np.meshgrid(np.arange(60), np.arange(50))
spots = np.stack([(x - 30) * wide * 1.3, np.zeros_like(x), -4.0 - z * deep * 1.3], axis=-1).reshape(-1, 3)
yard = make.group("yard", market, copies(crate, spots))

dhsdk.save(yard, out / "yard.glb")
dhsdk.save(dhsdk.snapshot(market, size=(960, 540)), out / "market.png")
print(f"{len(yard.nodes)} nodes, {len(spots)} copies, {measure.triangles(market)} triangles in the market")
