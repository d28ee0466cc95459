"""What the game-ready pass does."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


class ReadyOptions(Params):
    """Every step can be left out. Meshes with skins or morphs keep their vertices, triangles and UVs."""

    weld: bool = param(True, help="equal vertices become one; triangles without area and vertices without triangles go")
    tris: int | None = param(None, help="most triangles of LOD0, all parts together; none: keep all", ge=12, le=10_000_000)
    uv: bool = param(True, help="unwrap meshes that have no UVs")
    texture: int | None = param(None, help="longest texture edge, powers of two; none: keep", unit="px", ge=4, le=16384)
    tangents: bool = param(True, help="tangents for every mesh with normals and UVs")
    lods: int = param(1, help="levels of lower detail, each half of the one before", ge=0, le=3)
    colliders: Literal["auto", "box", "hull", "none"] = param("auto", help="collision shapes")
    collide: Literal["part", "asset"] = param("part", help="a collision shape for each part, or one for each root of the scene")
