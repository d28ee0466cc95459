"""The metric lets pass what may happen and catches what must not: faults of the whole picture, and some of each feature."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from dhsdk.media import Image
from dhsdk.render.visibility import Scanline
from dhsdk.scene import Material, Node, Primitive, Scene, Texture
from dhsdk.scene.pose import at
from tests.golden.metric import difference, lab
from tests.golden.props import eye
from tests.golden.shot import Shot, names, shot
from tests.render.bodies import tube


@cache
def right(name: str) -> np.ndarray:
    return shot(name).picture()


def seen(name: str, wrong: np.ndarray) -> bool:
    return difference(right(name), wrong).seen


def test_lab_is_that_of_the_standard():
    """Values of the sRGB primaries and of a mid grey (D65, 2 degrees)."""
    for code, wanted in (
        ((255, 255, 255), (100, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((119, 119, 119), (50.03, 0, 0)),
    ):
        assert lab(np.full((8, 8, 3), code, np.uint8))[4, 4] == pytest.approx(wanted, abs=0.05)


def test_two_shapes_are_refused():
    with pytest.raises(ValueError, match="the pictures have two shapes"):
        difference(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5, 3), np.uint8))


@pytest.mark.parametrize("name", names())
def test_another_number_of_threads_gives_the_same_bytes(name):
    one = shot(name).picture(threads=1)
    assert (one == right(name)).all()
    assert (one == shot(name).picture(threads=3)).all()


@pytest.mark.parametrize("name", ["alpha_mask", "instances", "layers", "mipmaps", "near_plane", "orthographic", "perspective"])
def test_another_rasterizer_gives_the_same_picture(name, monkeypatch):
    pytest.importorskip("torch")
    from dhsdk.render.backends._torch import Dense

    other = Dense("cpu")
    used = []

    def visible(self, *args, threads=0, **values):
        used.append(1)
        return other.visible(*args, **values)

    expected = right(name)
    monkeypatch.setattr(Scanline, "visible", visible)
    assert not difference(expected, shot(name).picture()).seen
    assert used


def light(pixels):
    value = pixels / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def half_aside(pixels):
    return np.round((pixels.astype(float) + np.roll(pixels, 1, axis=0)) / 2).astype(np.uint8)


def reddish(pixels):
    return np.clip(pixels.astype(int) + (2, 0, 0), 0, 255).astype(np.uint8)


EVERYWHERE = {
    "a pixel to the right": lambda pixels: np.roll(pixels, 1, axis=1),
    "a pixel up": lambda pixels: np.roll(pixels, -1, axis=0),
    "half a pixel down": half_aside,
    "mirrored": lambda pixels: pixels[:, ::-1],
    "a gamma of 2.2": lambda pixels: np.round(255 * light(pixels) ** (1 / 2.2)).astype(np.uint8),
    "linear light": lambda pixels: np.round(255 * light(pixels)).astype(np.uint8),
    "red and blue swapped": lambda pixels: pixels[..., ::-1],
    "two steps of red": reddish,
}


@pytest.mark.parametrize("fault", EVERYWHERE)
def test_what_is_wrong_with_the_whole_picture_is_seen_in_every_picture(fault):
    missed = [name for name in names() if not seen(name, EVERYWHERE[fault](right(name)))]
    grey = {"red and blue swapped": {"normal_map"}, "mirrored": set()}.get(fault, set())
    assert set(missed) <= grey


@pytest.mark.parametrize("name", sorted(set(names()) - {"buffers", "panorama"}))
def test_three_percent_more_light_is_seen(name):
    assert seen(name, shot(name).picture(exposure=1.03))


def test_a_hole_of_one_pixel_is_seen():
    wrong = right("perspective").copy()
    y, x = 60, 82
    assert wrong[y, x].tolist() != wrong[0, 0].tolist()
    wrong[y, x] = wrong[0, 0]
    assert seen("perspective", wrong)


def changed(material=None, primitive=None, node=None, **scene):
    """The shot with each material, primitive and node put through a function, and values of the scene replaced."""

    def new_primitive(one: Primitive) -> Primitive:
        if material is not None and one.material is not None:
            one = dataclasses.replace(one, material=material(one.material))
        return primitive(one) if primitive is not None else one

    def new_node(one: Node) -> Node | None:
        mesh = one.mesh and dataclasses.replace(one.mesh, primitives=tuple(map(new_primitive, one.mesh.primitives)))
        one = dataclasses.replace(one, mesh=mesh)
        return node(one) if node is not None else one

    def work(one: Shot) -> Shot:
        nodes = tuple(this for this in map(new_node, one.scene.nodes) if this is not None)
        return dataclasses.replace(one, scene=dataclasses.replace(one.scene, nodes=nodes, **scene))

    return work


def setting(**values):
    """Replaces fields; a function gets the thing that they belong to."""
    return lambda one: dataclasses.replace(one, **{key: v(one) if callable(v) else v for key, v in values.items()})


def without(part: str):
    return changed(node=lambda node: None if part in node.key and (node.mesh or node.light) else node)


def lamps(**values):
    return changed(node=lambda node: setting(light=node.light and setting(**values)(node.light))(node))


def copies(rows: slice, *used: str):
    """Instances of some rows, with these of their arrays."""
    fewer = {key: lambda one, key=key: getattr(one, key)[rows] if key in used else None for key in ("rotations", "scales")}
    return changed(
        node=lambda n: setting(instances=setting(translations=lambda i: i.translations[rows], **fewer)(n.instances))(n)
    )


def texture(**values):
    """Changes the base colour's texture."""
    return changed(
        material=lambda one: setting(base_color_texture=one.base_color_texture and setting(**values)(one.base_color_texture))(one)
    )


def flipped_green(one: Material) -> Material:
    if one.normal_texture is None:
        return one
    pixels = one.normal_texture.image.pixels.copy()
    pixels[..., 1] = 255 - pixels[..., 1]
    return dataclasses.replace(one, normal_texture=Texture(Image(pixels, colour="data")))


def channels(order, colour):
    """Changes the picture of roughness and metal."""

    def work(one: Material) -> Material:
        image = Image(one.metallic_roughness_texture.image.pixels[..., order], colour=colour)
        return dataclasses.replace(one, metallic_roughness_texture=Texture(image))

    return changed(material=work)


def lens(**values):
    return setting(view=lambda one: setting(camera=lambda view: setting(**values)(view.camera))(one.view))


def settings(**values):
    return setting(changes=lambda one: {**one.changes, **values})


def tube_at(seconds, **values):
    """The tube of skin_morph at another time, or its body changed."""

    def work(one: Shot) -> Shot:
        nodes = at(tube(24, 40), "wave", seconds).nodes
        return dataclasses.replace(one, scene=Scene(tuple(setting(**values)(n) if n.key == "body" else n for n in nodes)))

    return work


FAULTS = {
    "near_plane: not used": lens(near=0.001),
    "near_plane: 2 % off": lens(near=0.612),
    "perspective: field of view 1 % off": lens(yfov=lambda camera: camera.yfov * 1.01),
    "perspective: a thing missing": without("far"),
    "orthographic: scale 1 % off": lens(ymag=lambda camera: camera.ymag * 1.01),
    "lights: no spot": without("spot"),
    "lights: no bulb": without("bulb"),
    "lights: no sun": without("sun"),
    "lights: range not used": lamps(range=None),
    "lights: rim of the cone not soft": lamps(inner=lambda light: light.outer),
    "shadow: none on the ground": settings(shadow=0.0),
    "shadow: none on things": settings(occlusion=False),
    "occlusion: none": settings(occlusion=False),
    "emissive: no halo": settings(glow=0.0),
    "emissive: strength not used": changed(material=setting(emissive_strength=1.0)),
    "emissive: texture not used": changed(material=setting(emissive_texture=None)),
    "environment: not turned": setting(
        scene=lambda one: setting(environment=setting(rotation=0.0)(one.scene.environment))(one.scene)
    ),
    "environment: not used": changed(environment=None),
    "wrap_modes: always repeated": texture(wrap=("repeat", "repeat")),
    "wrap_modes: axes swapped": texture(wrap=lambda one: one.wrap[::-1]),
    "uv_transform: not moved": texture(offset=(0.0, 0.0)),
    "uv_transform: turned the other way": texture(rotation=lambda one: -one.rotation),
    "uv_transform: not scaled": texture(scale=(1.0, 1.0)),
    "mipmaps: texture missing": changed(material=setting(base_color_texture=None)),
    "unlit: texture missing": changed(material=setting(base_color_texture=None)),
    "unlit: lit": changed(material=setting(unlit=False)),
    "normal_map: missing": changed(material=setting(normal_texture=None)),
    "normal_map: green upside down": changed(material=flipped_green),
    "normal_map: scale not used": changed(material=setting(normal_scale=1.0)),
    "metal_rough_map: roughness and metal swapped": channels([0, 2, 1], "data"),
    "metal_rough_map: decoded as sRGB": channels([0, 1, 2], "srgb"),
    "metal_rough_map: occlusion missing": changed(material=setting(occlusion_texture=None)),
    "metal_rough: roughness 0.05 off": changed(material=setting(roughness=lambda one: abs(one.roughness - 0.05))),
    "metal_rough: all metal": changed(material=setting(metallic=1.0)),
    "glass: solid": changed(material=setting(transmission=None)),
    "cutout: glass solid": changed(material=setting(transmission=None)),
    "alpha_mask: cutoff not used": changed(material=setting(alpha_cutoff=0.5)),
    "alpha_mask: solid": changed(material=setting(alpha_mode="OPAQUE")),
    "alpha_blend: solid": changed(material=setting(alpha_mode="OPAQUE")),
    "layers: no clearcoat": changed(material=setting(clearcoat=None)),
    "layers: no sheen": changed(material=setting(sheen=None)),
    "layers: no specular": changed(material=setting(specular=None)),
    "layers: index of refraction not used": changed(material=setting(ior=1.5)),
    "layers: no iridescence": changed(material=setting(iridescence=None)),
    "brushed: anisotropy not used": changed(material=setting(anisotropy=None)),
    "brushed: direction not used": changed(
        material=setting(anisotropy=lambda m: m.anisotropy and setting(rotation=0.0)(m.anisotropy))
    ),
    "brushed: map not used": changed(material=setting(anisotropy=lambda m: m.anisotropy and setting(texture=None)(m.anisotropy))),
    "vertex_colors: not used": changed(primitive=setting(colors=None)),
    "skin_morph: skin not used": tube_at(0.7, skin=None),
    "skin_morph: morph not used": tube_at(0.7, weights=(0.0,)),
    "skin_morph: another time": tube_at(0.75),
    "instances: one less": copies(slice(1, None), "rotations", "scales"),
    "instances: not scaled": copies(slice(None), "rotations"),
    "instances: not turned": copies(slice(None), "scales"),
    "double_sided: one half missing": without("pipe1"),
    "double_sided: one side only": changed(material=setting(double_sided=False)),
    "one_sided: both sides": changed(material=setting(double_sided=True)),
    "one_sided: mirrored inside out": changed(node=setting(scale=(1.0, 1.0, 1.0))),
    "uv_sets: first set only": texture(texcoord=0),
    "uv_sets: occlusion by the first": changed(
        material=setting(occlusion_texture=lambda one: one.occlusion_texture and setting(texcoord=0)(one.occlusion_texture))
    ),
    "panorama: from 10 cm to the right": setting(view=eye((-0.1, 1.0, 0.0), (-0.1, 1.0, 1.0))),
    "buffers: a thing missing": without("box"),
}


def test_every_feature_has_a_fault():
    assert {fault.partition(":")[0] for fault in FAULTS} == set(names())


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_in_a_feature_is_seen(fault):
    name = fault.partition(":")[0]
    apart = difference(right(name), FAULTS[fault](shot(name)).picture())
    assert apart.seen, apart
