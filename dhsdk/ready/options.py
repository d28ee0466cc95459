"""What the game-ready pass does."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


class ReadyOptions(Params):
    """Every step can be left out. Meshes with skins or morphs keep their vertices, triangles and UVs."""

    weld: bool = param(True, help="equal vertices become one; triangles without area and vertices without triangles go")
    tris: int | None = param(None, help="most triangles of LOD0, all parts together; none: keep all", ge=12, le=10_000_000)
    uv: bool = param(True, help="unwrap meshes that have no UVs")
    lightmap: bool = param(True, help="a second UV set without overlaps, for lightmaps, where there is one UV set")
    texture: int | None = param(None, help="longest texture edge, powers of two; none: keep", unit="px", ge=4, le=16384)
    tangents: bool = param(True, help="tangents for every mesh with normals and UVs")
    lods: int = param(1, help="levels of lower detail, each half of the one before", ge=0, le=3)
    colliders: Literal["auto", "box", "hull", "parts", "none"] = param(
        "auto", help="collision shapes: what fits best, a box, a hull, or convex parts (parts: what no primitive fits is cut up)"
    )
    collide: Literal["part", "asset"] = param("part", help="a collision shape for each part, or one for each root of the scene")


class ForeignOptions(ReadyOptions):
    """What is done to a mesh that came from elsewhere: a scan, a marching-cubes surface, a neural model's output."""

    lods: int = param(3, help="levels of lower detail, each half of the one before", ge=0, le=3)
    colliders: Literal["auto", "box", "hull", "parts", "none"] = param(
        "parts", help="collision shapes: what fits best, a box, a hull, or convex parts (parts: what no primitive fits is cut up)"
    )
    close: Literal["holes", "poisson", "none"] = param(
        "holes", help="fill holes that are small beside their surface, also rebuild open scans around their points, or neither"
    )
    bake: Literal["auto", "always", "never"] = param(
        "auto", help="new UVs, with maps from the source: auto where triangles go, holes are filled or UVs lack"
    )
    tolerance: float = param(
        0.03, help="most that the shape may change, share of its diagonal; what would change more is refused", ge=1e-4, le=0.5
    )
    unit: Literal["m", "cm", "mm", "in", "ft"] = param("m", help="what one unit of the file is")
    up: Literal["y", "z"] = param("y", help="the axis that points up in the file")
    size: float | None = param(None, help="longest edge after scaling; none: as it is", unit="m", ge=1e-4, le=1e6)
    pivot: Literal["keep", "base", "centre"] = param(
        "keep", help="where the origin goes: the middle of the base, or of the whole"
    )
