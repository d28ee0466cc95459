"""Colliders as the OMI_physics_shape and OMI_physics_body drafts, beside the typed extras. Godot reads them.

Source: omigroup/gltf-extensions, OMI_physics_shape and OMI_physics_body (drafts).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dhsdk.formats.gltf.given import Json
from dhsdk.formats.gltf.meshes import MeshWriter
from dhsdk.formats.gltf.shapes import mesh_of
from dhsdk.scene.mesh import Collider

SHAPE, BODY = "OMI_physics_shape", "OMI_physics_body"


@dataclass
class PhysicsWriter:
    """The shapes of one file."""

    shapes: list[Json] = field(default_factory=list)
    uses: tuple[str, ...] = (SHAPE, BODY)

    def shape(self, collider: Collider, meshes: MeshWriter) -> int:
        """The index of the shape of a collider; the triangles of a hull or mesh go to `meshes`."""
        size = collider.size
        if collider.kind == "box":
            out: Json = {"type": "box", "box": {"size": size}}
        elif collider.kind == "sphere":
            out = {"type": "sphere", "sphere": {"radius": size[0]}}
        elif collider.kind in ("capsule", "cylinder"):
            out = {"type": collider.kind, collider.kind: {"radius": size[0], "height": size[1]}}
        else:
            kind = "convex" if collider.kind == "hull" else "trimesh"
            out = {"type": kind, kind: {"mesh": meshes.index(mesh_of(collider, "collider"))}}
        self.shapes.append(out)
        return len(self.shapes) - 1

    def body(self, shape: int) -> Json:
        """The extensions of the node that holds the shape."""
        return {BODY: {"motion": {"type": "static"}, "collider": {"shape": shape}}}
