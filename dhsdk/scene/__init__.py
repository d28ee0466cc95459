"""What a scene is: frozen, glTF-shaped types, and pure functions over them (make, place, pose, edit, measure, check, compare).

Imports numpy and nothing heavier. `check` and the other function modules are modules here: check.check(scene, target).
"""

from dhsdk.scene.animation import Animation, Channel, Skin
from dhsdk.scene.material import (
    Anisotropy,
    Clearcoat,
    Iridescence,
    Material,
    Sheen,
    Specular,
    Texture,
    Transmission,
    Volume,
)
from dhsdk.scene.mechanism import Body, Coupling, Joint, Loop, Solid
from dhsdk.scene.mesh import Collider, Instances, Mesh, Morph, Primitive
from dhsdk.scene.person import Cue, Expression, Humanoid, LookAt, Sound, Spring, SpringCollider
from dhsdk.scene.types import Camera, Environment, Light, Node, Scene, Socket

# the function modules stand on the types above
from dhsdk.scene import check, compare, edit, make, measure, place, pose, rotation  # isort: skip

__all__ = [
    "Animation", "Anisotropy", "Body", "Camera", "Channel", "Clearcoat", "Collider", "Coupling", "Cue", "Environment",
    "Expression", "Humanoid", "Instances", "Iridescence", "Joint", "Light", "LookAt", "Loop", "Material", "Mesh", "Morph",
    "Node", "Primitive", "Scene", "Sheen", "Skin", "Socket", "Solid", "Sound", "Specular", "Spring", "SpringCollider",
    "Texture", "Transmission", "Volume", "check", "compare", "edit", "make", "measure", "place", "pose", "rotation",
]  # fmt: skip
