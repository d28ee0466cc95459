"""Coopered things: barrel, keg, cask, bucket, tub, rain barrel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dhsdk.frozen import freeze
from dhsdk.params import Params
from dhsdk.shapes.barrel.params import BarrelParams
from dhsdk.shapes.kernel import Kernel, Part, Stream

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "barrel": {},
    "keg": {
        "body": {"height": 0.52, "radius": 0.19, "bulge": 0.26},
        "staves": {"count": 14},
        "hoops": {"count": 4, "width": 0.08},
        "lying": True,
        "tap": True,
        "bung": True,
    },
    "powder keg": {
        "body": {"height": 0.42, "radius": 0.15, "bulge": 0.12},
        "staves": {"count": 12, "irregular": 0.6},
        "hoops": {"count": 6, "width": 0.05, "thickness": 0.06},
        "head": "ajar",
        "boards": 3,
    },
    "bucket": {
        "body": {"height": 0.3, "radius": 0.15, "bulge": 0.0, "taper": 0.24},
        "staves": {"count": 13, "thickness": 0.09},
        "hoops": {"count": 2, "width": 0.08},
        "head": "open",
        "handle": "bail",
    },
    "tub": {
        "body": {"height": 0.36, "radius": 0.42, "bulge": 0.0, "taper": 0.12},
        "staves": {"count": 20, "thickness": 0.06},
        "hoops": {"count": 2, "width": 0.09, "thickness": 0.03},
        "head": "open",
        "handle": "lugs",
    },
    "rain barrel": {"body": {"height": 0.95, "radius": 0.3, "bulge": 0.16}, "head": "open", "tap": True, "hoops": {"count": 6}},
}


class Barrel(Kernel):
    name: ClassVar[str] = "barrel"
    summary: ClassVar[str] = "Staves and hoops: barrels, kegs, buckets, tubs."
    Params: ClassVar[type[Params]] = BarrelParams
    slots: ClassVar[Mapping[str, str]] = freeze(
        {
            "staves": "wood/oak",
            "head": "wood/oak",
            "bands": "metal/iron",
            "frame": "wood/pine",
            "tap": "wood/walnut",
            "handle": "metal/iron",
        }
    )
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = freeze(PRESETS)

    exaggeration: ClassVar[Mapping[str, float]] = freeze(
        {
            "body.bulge": 1.6,
            "staves.count": 0.65,
            "staves.gap": 1.3,
            "staves.thickness": 1.4,
            "staves.irregular": 1.5,
            "hoops.count": 0.75,
            "hoops.width": 1.5,
            "hoops.thickness": 1.7,
            "boards": 0.7,
        }
    )

    def build(self, params: BarrelParams, rng: Stream) -> tuple[Part, ...]:
        from dhsdk.shapes.barrel.parts import barrel_parts
        from dhsdk.shapes.shading import finished

        return finished(barrel_parts(params, rng), rng)
