"""Which builder makes which habit, and the pot that a plant may stand in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dhsdk.shapes.foliage import UP, clump, vec
from dhsdk.shapes.kernel import Part, Stream
from dhsdk.shapes.lathe import lathe
from dhsdk.shapes.plant.cacti import cactus_parts
from dhsdk.shapes.plant.flowers import flower_parts
from dhsdk.shapes.plant.fronds import bamboo_parts, conifer_parts, fern_parts, grass_parts, palm_parts
from dhsdk.shapes.plant.fungi import mushroom_parts
from dhsdk.shapes.plant.params import PlantParams
from dhsdk.shapes.plant.stumps import log_parts, stump_parts
from dhsdk.shapes.plant.trees import tree_parts
from dhsdk.shapes.resize import resized
from dhsdk.shapes.surface import join, mapped, moved, rotation, surface
from dhsdk.shapes.vessel.kernel import Vessel
from dhsdk.shapes.vessel.params import VesselParams

Builder = Callable[[PlantParams, Stream], list[Part]]


POTS: Mapping[str, Mapping[str, Any]] = {
    "pot": {"body": {"height": 0.3, "radius": 0.17, "belly": 1.0, "roundness": 1.0, "base": 0.66, "wall": 0.08},
            "neck": {"length": 0.2, "width": 1.0, "flare": 0.1}, "foot": {"height": 0.0}, "rings": 0, "saucer": True},
    "tray": {"body": {"height": 0.1, "radius": 0.2, "belly": 0.9, "roundness": 2.2, "base": 0.86, "wall": 0.09},
             "neck": {"length": 0.0, "width": 1.0, "flare": 0.5}, "foot": {"height": 0.12, "spread": 0.8}, "rings": 1},
}  # fmt: skip
"""How the vessel kernel makes the pots, for a plant half a metre high."""


def plant_parts(params: PlantParams, rng: Stream) -> list[Part]:
    """The parts of a plant, as tall as asked with its pot."""
    params = _proportioned(params)
    parts = HABITS[params.habit](params, rng)
    parts += _mossed(params, parts, rng)
    if params.pot != "none":
        parts = _potted(params, parts, rng)
    return [_rooted(part) for part in resized(parts, height=params.size.height)]


def _rooted(part: Part) -> Part:
    """The part with its pivot inside it."""
    points = part.surface.positions
    return replace(part, pivot=vec(np.clip(np.asarray(part.pivot), points.min(axis=0), points.max(axis=0))))


def _mossed(p: PlantParams, parts: list[Part], rng: Stream) -> list[Part]:
    """Cushions of moss where bark looks up: on roots, on boughs, along a log."""
    bark = [part for part in parts if part.slot == "bark" and part.parent is None]
    if p.moss <= 0.02 or not bark:
        return []
    own, made = rng("moss"), bark[0].surface
    corners = made.positions[made.faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1)
    upward = np.maximum(cross[:, 1] - 0.3 * area, 0.0)
    if not upward.any():
        return []
    cushions = []
    for face in own.choice(len(corners), round(5 + 9 * p.moss), p=upward / upward.sum()):
        # As broad as the limb it lies on, and tilted with it.
        size = math.sqrt(float(area[face])) * (0.6 + 0.35 * p.moss) * own.uniform(0.75, 1.15)
        cushion = clump(own, np.zeros(3), size * np.array([1.0, 0.3, 1.0]), lumps=0.3, flat=0.9)
        normal = cross[face] / area[face]
        axis = np.cross(UP, normal)
        turn = rotation(axis, math.acos(float(np.clip(normal[1], -1.0, 1.0)))) if np.linalg.norm(axis) > 1e-6 else np.eye(3)
        at = corners[face].mean(axis=0) - 0.08 * size * normal
        cushions.append(mapped(cushion, lambda points, turn=turn, at=at: points @ turn.T + at))  # type: ignore[misc]
    return [Part("moss", surface(join(*cushions)), "moss", parent=bark[0].name, collide=False)]


def _proportioned(p: PlantParams) -> PlantParams:
    """The plant as it has grown: no narrower than an eighth of its height, at most four times as wide (a log twelve times)."""
    most = 12.0 if p.habit == "log" else 4.0
    height = p.size.height * p.size.stretch
    width = min(max(p.size.width * p.size.breadth, height / 8.0), most * height)
    return p.model_copy(update={"size": p.size.model_copy(update={"height": height, "width": width})})


def _potted(p: PlantParams, plant: list[Part], rng: Stream) -> list[Part]:
    """The plant on the soil of a pot that is as large as it needs."""
    made = Vessel().build(VesselParams.model_validate(POTS[p.pot]), lambda *names: rng("pot", *names))
    body = next(part for part in made if part.name == "body").surface.positions
    wide, high = float(np.hypot(body[:, 0], body[:, 2]).max()), float(body[:, 1].max())
    trunk = [part.surface.positions for part in plant if part.slot == "bark"]
    low = [one[one[:, 1] <= one[:, 1].min() + 0.1 * np.ptp(one[:, 1])] for one in trunk]
    foot = max((float(np.hypot(one[:, 0], one[:, 2]).max()) for one in low), default=0.0)
    scale = max((0.36 if p.pot == "tray" else 0.22) * p.size.width, 1.2 * foot, 0.14 * p.size.height) / wide
    pot = []
    for part in resized(made, scale):
        owner = "pot" if part.parent == "body" else part.parent
        pot.append(replace(part, name="pot" if part.name == "body" else part.name, slot="pot", parent=owner))
    level = 0.86 * high * scale
    r = 0.88 * wide * scale
    rows = [(0.0, -0.12 * r), (r, -0.06 * r), (r, 0.0), (0.6 * r, 0.05 * r), (0.0, 0.08 * r)]
    soil = moved(lathe(rows, 18), (0.0, level, 0.0))
    raised = [_raised(part, level + 0.04 * r) for part in plant]
    raised = [part if part.parent is not None else replace(part, parent="soil") for part in raised]
    return [*pot, Part("soil", surface(soil), "soil", (0.0, level, 0.0), "pot"), *raised]


def _raised(part: Part, y: float) -> Part:
    lift = np.array([0.0, y, 0.0])
    sockets = tuple(replace(one, translation=vec(np.asarray(one.translation) + lift)) for one in part.sockets)
    made, *lods = (replace(one, positions=one.positions + lift) for one in (part.surface, *part.lods))
    return replace(part, surface=made, lods=tuple(lods), pivot=vec(np.asarray(part.pivot) + lift), sockets=sockets)


HABITS: Mapping[str, Builder] = {
    "tree": tree_parts, "conifer": conifer_parts, "palm": palm_parts, "bush": tree_parts,
    "cactus": cactus_parts, "mushroom": mushroom_parts, "flower": flower_parts, "fern": fern_parts, "grass": grass_parts,
    "rosette": fern_parts, "bamboo": bamboo_parts, "stump": stump_parts, "log": log_parts,
}  # fmt: skip
