"""Every kind of surface that the renderer knows, on a ball, as one picture."""

import dataclasses
import sys
from pathlib import Path

import numpy as np

import dhsdk
from dhsdk.render import Settings, sheet
from dhsdk.scene import Anisotropy, Clearcoat, Iridescence, Material, Mesh, Scene, Sheen, Transmission, Volume, make

RED, STEEL = (0.55, 0.02, 0.02, 1.0), (0.56, 0.57, 0.58, 1.0)


def plain(**values: object) -> Material:
    return Material("m", **{"metallic": 0.0, "roughness": 0.5, **values})  # type: ignore[arg-type]


def metal(color: tuple[float, ...], roughness: float, **values: object) -> Material:
    return plain(base_color=color, metallic=1.0, roughness=roughness, **values)


def glass(roughness: float = 0.0, **values: object) -> Material:
    return plain(roughness=roughness, transmission=Transmission(1.0), **values)


def ball(material: Material) -> Scene:
    """A ball on a dark foot; its tangents run round the vertical, as brushes do on a lathe."""
    (shape,) = make.sphere(0.5, 192, 128, material).primitives
    assert shape.normals is not None
    around = np.cross((0.0, 1.0, 0.0), shape.normals)
    size = np.linalg.norm(around, axis=1, keepdims=True)
    around = np.where(size > 1e-6, around / np.maximum(size, 1e-6), (1.0, 0.0, 0.0))
    shape = dataclasses.replace(shape, tangents=np.concatenate([around, np.ones((len(around), 1))], axis=1).astype(np.float32))
    foot = make.single(make.cylinder(0.36, 0.06, 96, plain(base_color=(0.05, 0.05, 0.055, 1.0))), "foot")
    return make.group("one", make.place(make.single(Mesh((shape,)), "ball"), at=(0.0, 0.55, 0.0)), foot)


MATERIALS = {
    "matt": plain(base_color=RED, roughness=1.0),
    "plastic": plain(base_color=RED, roughness=0.35),
    "gloss": plain(base_color=RED, roughness=0.08),
    "porcelain": plain(base_color=(0.85, 0.84, 0.8, 1.0), clearcoat=Clearcoat(1.0, roughness=0.03)),
    "car paint": plain(base_color=(0.02, 0.09, 0.4, 1.0), metallic=0.7, clearcoat=Clearcoat(1.0, roughness=0.02)),
    "velvet": plain(base_color=(0.25, 0.01, 0.06, 1.0), roughness=0.9, sheen=Sheen((0.9, 0.35, 0.45), roughness=0.35)),
    "chrome": metal((0.78, 0.79, 0.8, 1.0), 0.03),
    "steel": metal(STEEL, 0.35),
    "brushed steel": metal(STEEL, 0.22, anisotropy=Anisotropy(0.85)),
    "gold": metal((1.0, 0.72, 0.29, 1.0), 0.18),
    "thin film": metal((0.6, 0.6, 0.6, 1.0), 0.15, iridescence=Iridescence(1.0, thickness_max=420.0)),
    "iron": metal((0.2, 0.19, 0.19, 1.0), 0.65),
    "thin glass": glass(),
    "solid glass": glass(volume=Volume(1.0)),
    "stained glass": glass(volume=Volume(1.0, attenuation_distance=0.4, attenuation_color=(0.05, 0.5, 0.2))),
    "frosted glass": glass(0.4, volume=Volume(1.0)),
    "diamond": glass(ior=2.4, dispersion=1.5, volume=Volume(1.0)),
    "amber film": glass(0.3, base_color=(0.9, 0.5, 0.2, 1.0)),
}

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)
picture = sheet([(name, ball(material)) for name, material in MATERIALS.items()], Settings(size=(240, 240)), columns=6)
print(dhsdk.save(picture, out / "materials.png"))
