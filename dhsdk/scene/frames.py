"""Where nodes stand: local and world matrices of a whole scene at once, and of the copies of an instanced node."""

from __future__ import annotations

import numpy as np

from dhsdk.scene import rotation
from dhsdk.scene.mesh import Instances
from dhsdk.scene.types import Scene


def local_matrices(scene: Scene) -> np.ndarray:
    """(N, 4, 4) float64: each node's transform relative to its parent, in the order of scene.nodes."""
    nodes = scene.nodes
    if not nodes:
        return np.empty((0, 4, 4))
    return rotation.compose([n.translation for n in nodes], [n.rotation for n in nodes], [n.scale for n in nodes])


def world_matrices(scene: Scene) -> np.ndarray:
    """(N, 4, 4) float64: node space to world space, in the order of scene.nodes."""
    index = {node.key: i for i, node in enumerate(scene.nodes)}
    above = np.array([-1 if node.parent is None else index[node.parent] for node in scene.nodes], dtype=np.int64)
    return descended(local_matrices(scene), above)


def descended(local: np.ndarray, above: np.ndarray) -> np.ndarray:
    """(N, 4, 4) world matrices of local ones (N, 4, 4), which are not changed. above: (N,) index of the parent, -1 for none."""
    matrices, above = local.copy(), above.copy()
    # pointer doubling: each round halves the way to the root, so a chain of 100,000 nodes takes 17 rounds, not 100,000
    while len(rows := np.flatnonzero(above >= 0)):
        matrices[rows] = matrices[above[rows]] @ matrices[rows]
        above[rows] = above[above[rows]]
    return matrices


def world(scene: Scene) -> dict[str, np.ndarray]:
    """Node key -> (4, 4) float64 matrix from node space to world space."""
    return dict(zip((node.key for node in scene.nodes), world_matrices(scene), strict=True))


def instance_matrices(instances: Instances) -> np.ndarray:
    """(K, 4, 4) float64: each copy's transform, relative to the node."""
    count = len(instances.translations)
    turned = np.tile((0.0, 0.0, 0.0, 1.0), (count, 1)) if instances.rotations is None else instances.rotations
    scaled = np.ones((count, 3)) if instances.scales is None else instances.scales
    return rotation.compose(instances.translations, turned, scaled)
