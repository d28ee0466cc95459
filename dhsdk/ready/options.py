"""What the game-ready pass does."""

from __future__ import annotations

from typing import Literal

from dhsdk.params import Params, param


class ReadyOptions(Params):
    """Every step can be left out. Meshes with skins or morphs keep their triangles."""

    tris: int | None = param(None, help="most triangles of LOD0, all parts together; none: keep all", ge=12, le=10_000_000)
    texture: int | None = param(None, help="longest texture edge; none: keep", unit="px", ge=4, le=16384)
    tangents: bool = param(True, help="tangents for every mesh with normals and UVs")
    lods: int = param(1, help="levels of lower detail, each half of the one before", ge=0, le=3)
    colliders: Literal["auto", "box", "hull", "none"] = param("auto", help="collision shapes, one per part")
