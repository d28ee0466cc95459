"""Buildings: houses, cottages, barns, towers, castles, churches, windmills, office blocks, greenhouses, huts.

The door looks to the front (+Z), the base is at y = 0, the ridge runs along X unless the gable looks to the front."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dhsdk.frozen import freeze
from dhsdk.params import Params
from dhsdk.shapes.building.params import BuildingParams
from dhsdk.shapes.kernel import Kernel, Part, Stream

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "house": {
        "body": {"width": 9.0, "depth": 7.0, "storeys": 2},
        "roof": {"pitch": 0.7},
        "windows": {"count": 4, "shutters": True},
        "door": {"style": "panelled", "steps": 2, "porch": True},
        "build": {"ornament": 0.5, "irregular": 0.1},
    },
    "cottage": {
        "body": {"width": 8.0, "depth": 5.5, "storey_height": 2.4},
        "walls": {"made": "timbered"},
        "roof": {"made": "thatch", "pitch": 0.9, "overhang": 0.55},
        "windows": {"count": 3, "bars": 2, "width": 0.9, "height": 0.95},
        "door": {"steps": 1},
        "dormers": 1,
        "build": {"irregular": 0.6, "wear": 0.25},
    },
    "hut": {
        "body": {"plan": "round", "width": 4.4, "depth": 4.4, "storey_height": 2.5},
        "walls": {"thickness": 0.25},
        "roof": {"made": "thatch", "pitch": 0.72, "overhang": 0.5},
        "windows": {"count": 2, "width": 0.5, "height": 0.5, "bars": 0},
        "door": {"steps": 0, "width": 0.9, "height": 1.8},
        "chimney": {"count": 0},
        "build": {"irregular": 0.8, "wear": 0.3},
        "detail": 12,
    },
    "log cabin": {
        "body": {"width": 6.5, "depth": 5.0, "storey_height": 2.4},
        "walls": {"made": "logs", "thickness": 0.24},
        "roof": {"made": "shingles", "pitch": 0.6, "overhang": 0.7, "front_gable": True},
        "windows": {"count": 2, "shutters": True, "width": 0.8, "height": 0.8},
        "door": {"steps": 2, "porch": True},
        "build": {"irregular": 0.6, "wear": 0.2},
        "detail": 8,
    },
    "barn": {
        "body": {"width": 9.0, "depth": 13.0, "storey_height": 4.2},
        "walls": {"made": "wood", "thickness": 0.2},
        "roof": {"shape": "mansard", "made": "shingles", "pitch": 0.6, "overhang": 0.4, "front_gable": True},
        "windows": {"count": 2, "width": 0.7, "height": 0.7},
        "door": {"style": "double", "width": 3.0, "height": 3.0, "steps": 0},
        "chimney": {"count": 0},
        "build": {"irregular": 0.4, "wear": 0.25},
    },
    "tower": {
        "body": {"plan": "round", "width": 6.0, "depth": 6.0, "storeys": 4, "storey_height": 3.2, "taper": 0.1},
        "walls": {"made": "stone", "thickness": 0.7},
        "roof": {"shape": "flat", "parapet": "battlements"},
        "windows": {"count": 1, "head": "slit", "width": 0.4, "height": 1.3},
        "door": {"arched": True, "steps": 3, "width": 1.2, "height": 2.3},
        "chimney": {"count": 0},
        "build": {"ornament": 0.6},
        "detail": 16,
    },
    "castle": {
        "body": {"width": 14.0, "depth": 12.0, "storeys": 3, "storey_height": 3.4},
        "walls": {"made": "stone", "thickness": 1.0},
        "roof": {"shape": "flat", "parapet": "battlements", "made": "slate", "pitch": 1.0},
        "windows": {"count": 2, "head": "arched", "width": 0.7, "height": 1.5, "bars": 0},
        "door": {"style": "portcullis", "width": 2.8, "height": 3.6, "arched": True, "steps": 0},
        "chimney": {"count": 0},
        "turrets": 4,
        "build": {"ornament": 0.6},
        "detail": 12,
    },
    "church": {
        "body": {"width": 8.0, "depth": 15.0, "storey_height": 5.0},
        "walls": {"made": "stone", "thickness": 0.6},
        "roof": {"made": "slate", "pitch": 0.9, "overhang": 0.3, "front_gable": True},
        "windows": {"count": 3, "head": "arched", "width": 0.9, "height": 2.4},
        "door": {"style": "double", "width": 1.7, "height": 2.8, "arched": True, "steps": 3},
        "chimney": {"count": 0},
        "tower": 13.0,
        "build": {"ornament": 0.7, "irregular": 0.1},
    },
    "windmill": {
        "body": {"plan": "octagonal", "width": 6.4, "depth": 6.4, "storeys": 3, "storey_height": 2.9, "taper": 0.38},
        "roof": {"shape": "domed", "made": "shingles", "overhang": 0.2},
        "windows": {"count": 1, "width": 0.7, "height": 0.9},
        "door": {"steps": 2},
        "chimney": {"count": 0},
        "sails": 4,
        "detail": 10,
    },
    "lighthouse": {
        "body": {"plan": "round", "width": 6.0, "depth": 6.0, "storeys": 5, "storey_height": 3.2, "taper": 0.4},
        "roof": {"shape": "domed", "made": "metal", "overhang": 0.15},
        "windows": {"count": 1, "width": 0.6, "height": 0.9, "head": "arched"},
        "door": {"style": "panelled", "steps": 4},
        "chimney": {"count": 0},
        "beacon": True,
        "build": {"irregular": 0.0},
        "detail": 16,
    },
    "office block": {
        "body": {"width": 18.0, "depth": 16.0, "storeys": 9, "storey_height": 3.5},
        "walls": {"made": "glass", "thickness": 0.4},
        "roof": {"shape": "flat", "parapet": "plain"},
        "windows": {"count": 6, "bars": 0},
        "door": {"style": "glazed", "width": 3.0, "height": 2.6, "steps": 2, "porch": True},
        "chimney": {"count": 0},
        "build": {"ornament": 0.3, "irregular": 0.0, "wear": 0.05},
    },
    "town house": {
        "body": {"width": 7.5, "depth": 8.5, "storeys": 3, "storey_height": 3.0},
        "walls": {"made": "brick"},
        "roof": {"shape": "mansard", "made": "slate", "pitch": 1.1, "overhang": 0.3},
        "windows": {"count": 3, "height": 1.6},
        "door": {"style": "panelled", "steps": 4, "height": 2.3},
        "chimney": {"count": 2, "height": 1.2},
        "dormers": 2,
        "balcony": True,
        "build": {"ornament": 0.7, "irregular": 0.05},
    },
    "greenhouse": {
        "body": {"width": 3.2, "depth": 5.0, "storey_height": 2.3},
        "walls": {"made": "glass", "thickness": 0.15},
        "roof": {"made": "glass", "pitch": 0.6, "overhang": 0.08, "front_gable": True},
        "windows": {"count": 4, "bars": 0},
        "door": {"style": "glazed", "steps": 0, "width": 1.0},
        "chimney": {"count": 0},
        "build": {"ornament": 0.2, "irregular": 0.0, "wear": 0.05},
    },
    "warehouse": {
        "body": {"width": 16.0, "depth": 20.0, "storey_height": 4.8},
        "walls": {"made": "metal", "thickness": 0.2},
        "roof": {"made": "metal", "pitch": 0.3, "overhang": 0.25, "front_gable": True},
        "windows": {"count": 5, "width": 1.4, "height": 0.8},
        "door": {"style": "sliding", "width": 4.0, "height": 3.8, "steps": 0},
        "chimney": {"count": 0},
        "build": {"ornament": 0.2, "irregular": 0.0},
    },
}


class Building(Kernel):
    name: ClassVar[str] = "building"
    summary: ClassVar[str] = "Houses, cottages, barns, towers, castles, churches, windmills, lighthouses, office blocks, huts."
    Params: ClassVar[type[Params]] = BuildingParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {
            "walls": "ceramic/plaster",
            "beams": "wood/oak/#5a4634",
            "roof": "ceramic/tiles/#a5523a",
            "base": "stone/ashlar/#8d8678",
            "trim": "wood/painted/#e6e0d2",
            "door": "wood/painted/#7a3b2a",
            "shutters": "wood/painted/#4d6b57",
            "glass": "glass/clear",
            "bulb": "glass/lit",
            "chimney": "stone/brick/#8f4a35",
            "floor": "wood/planks/#7a5c40",
            "sails": "fabric/canvas",
            "metal": "metal/iron/#4a4a4c",
        }
    )
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)
    looks: ClassVar[Mapping[str, Mapping[str, str]]] = freeze(
        {
            "cottage": {"walls": "ceramic/plaster", "roof": "wicker/thatch/#a98f5c", "door": "wood/planks/#6a4a30"},
            "hut": {
                "walls": "ceramic/plaster/#b08a5e",
                "roof": "wicker/thatch/#a98f5c",
                "door": "wood/planks/#6a4a30",
                "trim": "wood/oak/#5a4634",
            },
            "log cabin": {"walls": "wood/pine/#9a7148", "roof": "wood/shingles/#6f5d4a", "door": "wood/planks/#6a4a30"},
            "barn": {"walls": "wood/planks/#8c3227", "roof": "wood/shingles/#5d564e", "door": "wood/planks/#8c3227"},
            "tower": {
                "walls": "stone/ashlar",
                "roof": "wood/planks/#7a5c40",
                "door": "wood/planks/#6a4a30",
                "trim": "stone/ashlar/#b3ab9c",
            },
            "castle": {
                "walls": "stone/ashlar",
                "roof": "stone/slates/#565d66",
                "trim": "stone/ashlar/#b3ab9c",
                "door": "wood/planks/#6a4a30",
            },
            "church": {
                "walls": "stone/ashlar",
                "roof": "stone/slates/#565d66",
                "trim": "stone/limestone/#cfc8b4",
                "door": "wood/planks/#6a4a30",
            },
            "windmill": {"walls": "ceramic/plaster", "roof": "wood/shingles/#6f5d4a", "door": "wood/planks/#4a6a4c"},
            "lighthouse": {"walls": "ceramic/plaster/#eae6dc", "roof": "metal/painted/#b3261e", "trim": "metal/painted/#b3261e"},
            "office block": {
                "walls": "glass/frosted/#6d93a6",
                "floor": "stone/concrete/#9a9893",
                "trim": "metal/painted/#3d4650",
                "base": "stone/granite/#8a8784",
                "roof": "stone/concrete/#9a9893",
            },
            "town house": {
                "walls": "stone/brick",
                "roof": "stone/slates/#565d66",
                "trim": "stone/limestone/#cfc8b4",
                "door": "wood/painted/#20342c",
            },
            "greenhouse": {
                "walls": "glass/clear",
                "roof": "glass/clear/#eef5f2",
                "trim": "metal/painted/#e9ece8",
                "base": "stone/brick/#8f4a35",
            },
            "warehouse": {
                "walls": "metal/corrugated",
                "roof": "metal/corrugated/#7d8286",
                "base": "stone/concrete/#9a9893",
                "trim": "metal/painted/#39414a",
                "door": "metal/painted/#2f5d7c",
            },
        }
    )

    def build(self, params: BuildingParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.building.extras import extras
        from dhsdk.shapes.building.frame import BuildingFrame
        from dhsdk.shapes.building.grid import standing
        from dhsdk.shapes.building.openings import openings
        from dhsdk.shapes.building.roofs import roofs
        from dhsdk.shapes.building.walls import walls
        from dhsdk.shapes.shading import finished

        frame = BuildingFrame(params)
        drafts = [*walls(frame, rng), *openings(frame, rng), *roofs(frame, rng), *extras(frame, rng)]
        return finished([draft.part(frame.aged) for draft in standing(drafts)], rng)
