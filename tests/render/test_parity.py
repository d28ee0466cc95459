"""The compiled shading and the one in torch: one picture."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dhsdk.errors import RenderError
from dhsdk.media import Image
from dhsdk.render import Settings, View, look_at
from dhsdk.render.diff.shading import Vertices, look_of, shade
from dhsdk.render.diff.texture import halved, sample_texture
from dhsdk.render.drawer import Drawer, Frame
from dhsdk.render.geometry import gathered
from dhsdk.render.texture import Textures
from dhsdk.render.tone import neutral
from dhsdk.scene import (
    Anisotropy,
    Clearcoat,
    Environment,
    Iridescence,
    Light,
    Material,
    Node,
    Scene,
    Sheen,
    Specular,
    Texture,
    make,
)

MIDDLE = np.array([[0.5, 0.5]])
VIEW = View(look_at((1.5, 1.6, 2.4), (0.0, 0.3, 0.0)))
SIZE = 96
DOWN = (-(0.5**0.5), 0.0, 0.0, 0.5**0.5)


def noise(seed, **values):
    pixels = np.random.default_rng(seed).integers(60, 220, (64, 32, 3), np.uint8)
    return Texture(Image(pixels, colour=values.pop("colour", "data")), **values)


def scene(lamps=True, environment=None):
    plain = {"metallic_roughness_texture": noise(1), "normal_texture": noise(2, scale=(2.0, 3.0), rotation=0.4)}
    tinted = Specular(0.7, color=(1.0, 0.6, 0.3))
    materials = [
        Material("wood", base_color_texture=noise(3, colour="srgb", wrap=("mirror", "clamp")), metallic=0.3, **plain),
        Material("paint", base_color=(0.6, 0.1, 0.1, 1.0), metallic=0.0, roughness=0.5, clearcoat=Clearcoat(0.8, roughness=0.1)),
        Material("cloth", base_color=(0.1, 0.2, 0.5, 1.0), metallic=0.0, sheen=Sheen((0.6, 0.5, 0.4), roughness=0.4)),
        Material("film", metallic=1.0, roughness=0.2, iridescence=Iridescence(1.0, thickness_max=450.0)),
        Material("wax", metallic=0.0, roughness=0.3, ior=1.8, specular=tinted, occlusion_texture=noise(4)),
        Material("brushed", metallic=1.0, roughness=0.3, anisotropy=Anisotropy(0.8, 0.5, noise(6))),
        Material(
            "coated",
            base_color=(0.1, 0.4, 0.2, 1.0),
            metallic=0.0,
            clearcoat=Clearcoat(0.9, roughness=0.2, normal_texture=noise(7), normal_scale=0.4),
        ),
        Material("lamp", emissive=(0.5, 0.4, 0.1), emissive_strength=2.0, emissive_texture=noise(5, colour="srgb")),
    ]
    parts = [make.place(make.single(make.box((3.0, 0.1, 3.0), materials[0]), "floor"), at=(0.0, -0.1, 0.0))]
    for number, material in enumerate(materials):
        at = ((number % 3 - 1) * 0.6, 0.0, (number // 3) * 0.7 - 0.3)
        shape = make.sphere(0.25, 24, 16, material) if number % 2 else make.box((0.4, 0.5, 0.4), material)
        parts.append(make.place(make.single(shape, f"part{number}"), at=at, turn=0.3 * number))
    whole = make.group("all", *parts)
    whole = replace(whole, nodes=tuple(_with_tangents(node) for node in whole.nodes))
    lights = [
        Node("point", translation=(0.5, 1.5, 0.8), light=Light("point", (1.0, 0.9, 0.7), 3.0, range=4.0)),
        Node("spot", translation=(0.0, 2.0, 0.0), rotation=DOWN, light=Light("spot", intensity=4.0, inner=0.2)),
        Node("sun", rotation=(-0.48, 0.36, 0.0, 0.8), light=Light("directional", intensity=2.0)),
    ]
    return Scene(nodes=(*whole.nodes, *(lights if lamps else ())), environment=environment)


def _with_tangents(node):
    """Around the vertical, with either handedness."""
    if node.mesh is None:
        return node
    made = []
    for primitive in node.mesh.primitives:
        if node.key.endswith("part0"):  # this one has none: the faces' own are taken
            made.append(primitive)
            continue
        side = np.cross(primitive.normals, (0.3, 1.0, 0.2))
        side /= np.linalg.norm(side, axis=1, keepdims=True)
        hand = np.full((len(side), 1), 1.0 if len(side) % 3 else -1.0)
        made.append(replace(primitive, tangents=np.concatenate([side, hand], axis=1).astype(np.float32)))
    return replace(node, mesh=replace(node.mesh, primitives=tuple(made)))


def two(one, mode="auto", size=SIZE, view=VIEW):
    """The light of both paths where something is seen, and what the second was made of."""
    drawer, geometry = Drawer(one, Settings(size=(size, size), samples=1, lighting=mode)), gathered(one)
    look = drawer.look(geometry, view)[0]
    frame = Frame(geometry, view, (size, size), look, 1, False)
    pos = torch.tensor(frame.drawn[0], dtype=torch.float32)
    ids = frame.visible(np.ones(len(geometry.faces), bool), None, None, True)[0][:1]
    fast = frame.shaded(ids, MIDDLE)[0]
    bary = _weights(frame.drawn[0], geometry.faces, ids[0])
    parts = [torch.tensor(array, dtype=torch.float32) for array in (geometry.positions, geometry.normals, geometry.tangents)]
    more = [torch.tensor(array, dtype=torch.float32) for array in (geometry.uvs, geometry.colors)]
    made = (
        look_of(drawer.textures, look),
        Vertices(*parts, *more, pos),
        torch.tensor(geometry.faces),
        torch.tensor(geometry.material),
    )
    seen = (torch.tensor(ids[0]).long(), torch.tensor(bary, dtype=torch.float32), torch.tensor(frame.eye, dtype=torch.float32))
    return fast, (*made, *seen), frame.parallel


def _weights(pos, faces, ids):
    """(H, W, 2) weights of the seen faces at pixel centres, in float64."""
    y, x = np.mgrid[0 : ids.shape[0], 0 : ids.shape[1]] + 0.5
    a, b, c = (pos[faces[np.maximum(ids, 0), corner]] for corner in range(3))
    d = [(one[..., 0] - x * one[..., 3], one[..., 1] - y * one[..., 3]) for one in (a, b, c)]
    w = [d[i][0] * d[j][1] - d[i][1] * d[j][0] for i, j in ((1, 2), (2, 0), (0, 1))]
    return np.stack(w[:2], axis=-1) / sum(w)[..., None]


def encoded(light):
    value = np.clip(neutral(light.astype(np.float64)), 0, 1)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * np.maximum(value, 1e-8) ** (1 / 2.4) - 0.055) * 255


def sky():
    light = np.random.default_rng(7).random((32, 64, 3)).astype(np.float32)
    light[6:8, 20:23] = 300.0
    return Environment(Image(light, colour="linear"), rotation=0.7, intensity=0.5)


@pytest.mark.parametrize("mode", ["studio", "auto", "scene"])
@pytest.mark.parametrize("environment", [None, sky()])
def test_both_give_one_picture(mode, environment):
    fast, parts, parallel = two(scene(environment=environment), mode)
    slow = shade(*parts, parallel=parallel).numpy()
    seen = parts[4].numpy() >= 0
    assert seen.mean() > 0.5
    assert slow[seen].std() > 0.05
    difference = (encoded(fast) - encoded(slow))[seen]
    assert np.sqrt((difference**2).mean()) < 0.1  # of 255
    assert (slow[~seen] == 0).all()


def test_gradients_are_those_of_differences():
    _, parts, _ = two(scene(), size=32)
    look, vertices, *rest = parts
    weight = torch.rand(32, 32, 3, generator=torch.Generator().manual_seed(0))

    def total(table, chain):
        changed = {name: getattr(look, name) for name in look.__slots__} | {"table": table, "chain": chain}
        return (shade(type(look)(**changed), vertices, *rest) * weight).sum()

    table, chain = look.table.clone().requires_grad_(), look.chain.clone().requires_grad_()
    total(table, chain).backward()
    for material, column in ((0, 5), (1, 0), (1, 5), (4, 14)):
        step = torch.zeros_like(look.table)
        step[material, column] = 2e-3
        with torch.no_grad():
            slope = (total(look.table + step, look.chain) - total(look.table - step, look.chain)) / 4e-3
        assert float(table.grad[material, column]) == pytest.approx(float(slope), rel=0.05, abs=0.05)
    assert chain.grad.abs().sum() > 0


def test_gradients_reach_vertices_and_texels():
    _, parts, _ = two(scene(), size=32)
    look, vertices, *rest = parts
    moved = {name: getattr(vertices, name) for name in vertices.__slots__}
    leaves = {name: moved[name].clone().requires_grad_() for name in ("positions", "normals", "uvs", "colors")}
    texel = look.textures[0].clone().requires_grad_()
    changed = {name: getattr(look, name) for name in look.__slots__} | {"textures": (texel, *look.textures[1:])}
    shade(type(look)(**changed), Vertices(**moved | leaves), *rest).sum().backward()
    for leaf in (*leaves.values(), texel):
        assert torch.isfinite(leaf.grad).all()
        assert leaf.grad.abs().sum() > 0


def test_mipmaps_are_those_of_the_compiled_path():
    image = Image(np.random.default_rng(0).integers(0, 256, (13, 20, 3), np.uint8))
    kept = Textures([Texture(image)])
    level = torch.tensor(kept.level(0) / 65535.0)
    for number in range(1, kept.table[0, 0]):
        level = halved(level)
        assert level.numpy() == pytest.approx(kept.level(0, number) / 65535.0, abs=1e-4)


@pytest.mark.parametrize(("wrap", "values"), [("repeat", [1.0, 0.25]), ("mirror", [1.0, 1.0]), ("clamp", [1.0, 1.0])])
def test_lookups_wrap(wrap, values):
    texture = torch.tensor([[[0.25], [0.5], [0.75], [1.0]]])
    at = torch.tensor([[[0.875, 0.5], [1.125, 0.5]]])
    assert sample_texture(texture, at, wrap=wrap).flatten().tolist() == pytest.approx(values)


def test_coarse_lookups_give_the_mean_and_wrong_ones_are_refused():
    texture = torch.rand(16, 16, 3, generator=torch.Generator().manual_seed(0))
    at = torch.rand(4, 5, 2, generator=torch.Generator().manual_seed(1))
    assert sample_texture(texture, at, density=1.0).numpy() == pytest.approx(
        texture.mean(dim=(0, 1)).expand(4, 5, 3).numpy(), abs=1e-5
    )
    assert torch.equal(sample_texture(texture, at, density=0.01), sample_texture(texture, at))
    with pytest.raises(RenderError, match="a lookup must have a texture"):
        sample_texture(texture[0], at)
    with pytest.raises(RenderError, match="a wrap mode must be one of repeat, mirror, clamp"):
        sample_texture(texture, at, wrap="tile")
