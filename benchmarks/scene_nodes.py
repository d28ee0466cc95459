"""A scene of 100,000 copies of one mesh: built, one node edited, written as GLB. One core, absolute times."""

from __future__ import annotations

import argparse
import dataclasses
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from dhsdk.scene import Instances, Mesh, Node, Scene, edit, make

COUNT = 100_000


def places(count: int) -> np.ndarray:
    """(count, 3) float64: a square field of places, 2 m apart."""
    side = int(np.ceil(np.sqrt(count)))
    x, z = np.divmod(np.arange(count), side)
    return np.stack([2.0 * x, np.zeros(count), 2.0 * z], axis=1)


def build_nodes(mesh: Mesh, count: int) -> Scene:
    rows = [tuple(row) for row in places(count).tolist()]
    return Scene(tuple([Node(f"n{i}", mesh, None, row) for i, row in enumerate(rows)]))


def edit_nodes(scene: Scene) -> Scene:
    key = scene.nodes[len(scene.nodes) // 2].key
    return edit.move(scene, key, translation=(0.0, 3.0, 0.0))


def build_instances(mesh: Mesh, count: int) -> Scene:
    return Scene((Node("field", mesh, instances=Instances(places(count))),))


def edit_instances(scene: Scene) -> Scene:
    node = scene.node("field")
    assert node.instances is not None
    moved = node.instances.translations.copy()
    moved[len(moved) // 2] = (0.0, 3.0, 0.0)
    return edit.with_node(scene, dataclasses.replace(node, instances=dataclasses.replace(node.instances, translations=moved)))


def write(scene: Scene) -> int:
    from dhsdk.formats.gltf.write import to_glb

    return len(to_glb(scene))


def timed(step: Callable[[Any], Any], given: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    result = step(given)
    return time.perf_counter() - start, result


def run(build: Callable[[Mesh, int], Scene], change: Callable[[Scene], Scene], count: int) -> tuple[list[float], int]:
    """Seconds of build, edit and write, and the bytes written."""
    mesh = make.box()
    first, scene = timed(lambda _: build(mesh, count), None)
    second, edited = timed(change, scene)
    third, size = timed(write, edited)
    return [first, second, third], size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--count", type=int, default=COUNT)
    options = parser.parse_args()
    totals = {}
    print(f"{'scene':<22}{'':<8}{'build':>9}{'edit':>9}{'write':>9}{'total':>9}  (seconds)")
    for name, build, change in (
        (f"{options.count:,} nodes", build_nodes, edit_nodes),
        ("one instanced node", build_instances, edit_instances),
    ):
        run(build, change, 100)  # loads the writer
        rows = []
        for _ in range(options.runs):
            steps, size = run(build, change, options.count)
            rows.append([*steps, sum(steps)])
        for label, pick in (("median", statistics.median), ("min", min)):
            shown = [pick(column) for column in zip(*rows, strict=True)]
            print(f"{name:<22}{label:<8}" + "".join(f"{value:>9.3f}" for value in shown))
        totals[name] = statistics.median(row[-1] for row in rows)
        print(f"{'':<30}{size / 1e6:.2f} MB written")
    worst = max(totals.values())
    note = "; ".join(f"{name} {value:.3f} s" for name, value in totals.items())
    claim = {"id": "scene.nodes_1e5_s", "value": round(worst, 4), "peer": None, "note": f"median of {options.runs}: {note}"}
    print(json.dumps({"claims": [claim]}))


if __name__ == "__main__":
    main()
