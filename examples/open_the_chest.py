"""A chest whose lid opens: its hinge becomes a clip that an engine plays, and a video."""

import dataclasses
import sys
from pathlib import Path

import numpy as np

import dhsdk
from dhsdk.render import Settings, clip
from dhsdk.scene import Animation, Channel
from dhsdk.scene.articulation import with_joints

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

chest = dhsdk.generate("text_to_3d", prompt="an old treasure chest with brass bands", texture=512)
hinge = next(joint for joint in chest.joints if joint.kind == "revolute")
times = np.linspace(0.0, 1.5, 16)
ease = (1 - np.cos(np.pi * times / times[-1])) / 2
poses = [with_joints(chest, {hinge.key: float(hinge.upper * share)}).node(hinge.child) for share in ease]
opening = Animation(
    "open",
    (
        Channel(hinge.child, "rotation", times, np.array([pose.rotation for pose in poses])),
        Channel(hinge.child, "translation", times, np.array([pose.translation for pose in poses])),
    ),
)
chest = dataclasses.replace(chest, animations=(opening,))

dhsdk.save(chest, out / "chest.glb")
dhsdk.save(clip(chest, "three-quarter", fps=10, settings=Settings(size=(320, 240)), animation="open"), out / "chest.mp4")
