"""render, clip and buffers: from a scene and a view to pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.media import Clip, Image
from dhsdk.render import shade as sh
from dhsdk.render.camera import View, named, orbit
from dhsdk.render.geometry import Geometry, gathered
from dhsdk.render.raster import bands, rasterize
from dhsdk.render.settings import Settings
from dhsdk.render.studio import GROUND, SKY, backdrop, floor, lights
from dhsdk.render.texture import Textures
from dhsdk.render.tone import averaged, blurred, encoded, neutral
from dhsdk.scene.material import Material, Texture
from dhsdk.scene.pose import at
from dhsdk.scene.types import Scene

PEELS = 3
"""Layers of transparent surfaces that are drawn, the nearest first."""


def render(scene: Scene, camera: View | str | None = None, settings: Settings = Settings()) -> Image:  # noqa: B008 (frozen)
    """A picture of the scene, sRGB uint8: (H, W, 3), or (H, W, 4) with background "transparent".

    camera: a View, a name (three-quarter, front, side, top) or the key of a camera node; None is three-quarter.
    Raises RenderError: nothing to draw, no such camera.
    """
    width, height = settings.size
    view = camera if isinstance(camera, View) else named(scene, camera or "three-quarter", aspect=width / height)
    return _drawn(gathered(scene), _Look(scene), view, settings)


def clip(
    scene: Scene,
    cameras: Sequence[View] | str = "orbit",
    *,
    fps: float = 25.0,
    seconds: float = 4.0,
    settings: Settings = Settings(),  # noqa: B008 (frozen)
    animation: str | None = None,
) -> Clip:
    """A video of the scene, drawn frame by frame as it is pulled. cameras: one View per frame, "orbit", or a camera's name.

    animation: play this clip of the scene, for its own length (then `seconds` is not used).
    """
    width, height = settings.size
    length = max((one.seconds for one in scene.animations if one.name == animation), default=seconds)
    count = len(cameras) if not isinstance(cameras, str) else max(1, round(length * fps))
    if isinstance(cameras, str):
        still = cameras != "orbit"
        views = (named(scene, cameras, width / height),) * count if still else orbit(scene, count, aspect=width / height)
    else:
        views = tuple(cameras)
    if not views:
        raise RenderError("a clip must have at least one camera, got none")

    def frames() -> Iterator[np.ndarray]:
        look = _Look(scene)
        geometry = gathered(scene)
        opaque = settings.model_copy(update={"background": "studio"}) if settings.background == "transparent" else settings
        for number, view in enumerate(views):
            posed = gathered(at(scene, animation, number / fps)) if animation is not None else geometry
            yield _drawn(posed, look, view, opaque).pixels

    return Clip(frames, (width, height), fps, count)


def buffers(scene: Scene, view: View, size: tuple[int, int]) -> Mapping[str, np.ndarray]:
    """depth (H, W) metres along the view, inf for nothing; normal (H, W, 3) world; id (H, W) node index, -1; uv (H, W, 2)."""
    geometry = gathered(scene)
    pixels, far = view.projected(geometry.positions, *size)
    ids, bary, depth = rasterize(pixels, far, geometry.faces, size, near=view.camera.near)
    seen = ids >= 0
    corners = geometry.faces[np.where(seen, ids, 0)]
    weights = np.stack([bary[..., 0], bary[..., 1], 1.0 - bary[..., 0] - bary[..., 1]], axis=-1)[..., None]
    normal = (geometry.normals[corners] * weights).sum(axis=2)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12)
    uv = (geometry.uvs[corners] * weights).sum(axis=2)
    node = np.where(seen, geometry.node[np.where(seen, ids, 0)], -1)
    return {"depth": depth, "normal": normal * seen[..., None], "id": node, "uv": uv * seen[..., None]}


class _Look:
    """Textures and material table of a scene, made once for all frames."""

    def __init__(self, scene: Scene) -> None:
        materials = gathered(scene).materials
        self.textures = Textures(texture for material in materials for texture in _maps(material) if texture is not None)
        self.maps = (self.textures.texels, self.textures.table, self.textures.place)
        self.table = np.array([_row(material, self.textures) for material in materials])
        self.clear = np.array([material.transmission is not None or material.alpha_mode == "BLEND" for material in materials])


def _maps(m: Material) -> tuple[Texture | None, ...]:
    return (m.base_color_texture, m.metallic_roughness_texture, m.normal_texture, m.occlusion_texture, m.emissive_texture)


def _row(m: Material, textures: Textures) -> list[float]:
    row = [*m.base_color, m.metallic, m.roughness, *(value * m.emissive_strength for value in m.emissive)]
    row += [m.normal_scale, m.occlusion_strength, float(m.unlit), m.clearcoat.factor if m.clearcoat else 0.0]
    row += [m.transmission.factor if m.transmission else 0.0, *(float(textures.number(one)) for one in _maps(m))]
    return [*row, m.alpha_cutoff if m.alpha_mode == "MASK" else 0.0, max(m.sheen.color) if m.sheen else 0.0]


def _drawn(geometry: Geometry, look: _Look, view: View, settings: Settings) -> Image:
    samples = settings.samples
    width, height = settings.size[0] * samples, settings.size[1] * samples
    azimuth = math.atan2(view.world[0, 2], view.world[2, 2])
    boxes = lights(azimuth)
    ground = floor(geometry, boxes[0, :3], settings.threads)
    pixels, far = view.projected(geometry.positions, width, height)
    clear = look.clear[geometry.material]
    spans = _spans(geometry, pixels, far)

    mesh = (
        geometry.faces, geometry.positions, geometry.normals, geometry.tangents, geometry.uvs, geometry.colors,
    )  # fmt: skip

    def layer(pick: np.ndarray, behind: np.ndarray | None, limit: np.ndarray | None) -> tuple[np.ndarray, ...]:
        ids, bary, depth = rasterize(
            pixels, far, geometry.faces, (width, height), pick=pick, near=view.camera.near, behind=behind, limit=limit,
            threads=settings.threads,
        )  # fmt: skip
        light, through, glow = (np.zeros((height, width, 3)) for _ in range(3))
        through[...] = 1.0
        eye, parallel = view.world[:3, 3], view.camera.kind == "orthographic"

        def work(y0: int, y1: int) -> None:
            sh.shade(
                y0, y1, ids, bary, mesh, geometry.material, spans, view.world[:3, 2] if parallel else eye, parallel,
                look.table, look.maps, boxes, SKY, GROUND, ground.shadow, ground.to_light, ground.bias, settings.occlusion,
                light, through, glow,
            )  # fmt: skip

        bands(height, settings.threads, work)
        return ids, depth, light, through, glow

    ids, depth, light, through, glow = layer(np.flatnonzero(~clear), None, None)
    alpha = (ids >= 0).astype(np.float64)[..., None]
    behind = _behind(settings, ids, view, ground, width, height)
    color = light + through * behind[0] if behind else light
    if behind:
        alpha = np.maximum(alpha, behind[1])
    peels = []
    last: np.ndarray | None = None
    for _ in range(PEELS if clear.any() else 0):
        peeled = layer(np.flatnonzero(clear), last, depth)
        if not (peeled[0] >= 0).any():
            break
        last = np.where(peeled[0] >= 0, peeled[1], np.inf)
        peels.append(peeled)
    for peel_ids, _, over, past, shine in reversed(peels):
        covered = (peel_ids >= 0)[..., None]
        color = np.where(covered, over + past * color, color)
        glow = np.where(covered, shine + past * glow, glow)
        alpha = np.where(covered, 1.0 - (1.0 - alpha) * past.mean(axis=2, keepdims=True), alpha)
    return _finished(settings, color, alpha, glow, ids, depth, geometry)


def _behind(
    settings: Settings, ids: np.ndarray, view: View, ground: object, width: int, height: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """The backdrop with the shadow on the floor, and its coverage (the shadow alone when the background is transparent)."""
    from dhsdk.render.studio import Floor

    assert isinstance(ground, Floor)
    dark = np.zeros((height, width))
    if settings.shadow > 0 and view.camera.kind == "perspective":
        scale = height / 2 / math.tan(view.camera.yfov / 2)
        to_ray = np.array([[1 / scale, 0, -width / 2 / scale], [0, -1 / scale, height / 2 / scale], [0, 0, -1.0]])
        rays = view.world[:3, :3] @ to_ray
        reach = 0.02 * len(ground.shadow)

        def work(y0: int, y1: int) -> None:
            sh.ground_shade(
                y0, y1, ids, rays, view.world[:3, 3], ground.height, ground.shadow, ground.to_light, ground.bias, reach,
                ground.contact, ground.frame, dark,
            )  # fmt: skip

        bands(height, settings.threads, work)
    dark *= settings.shadow
    if settings.background == "transparent":
        return np.zeros((height, width, 3)), dark[..., None]
    scene = backdrop("studio" if settings.background == "environment" else settings.background, (width, height))
    return scene * (1.0 - dark[..., None]), np.ones((height, width, 1))


def _spans(geometry: Geometry, pixels: np.ndarray, far: np.ndarray) -> np.ndarray:
    """(F,) UV units per sample of each face: how coarse its textures may be looked up."""
    flat = pixels[:, :2] / np.maximum(np.abs(pixels[:, 2:]), 1e-9)
    areas = []
    for points in (flat, geometry.uvs):
        a, b, c = (points[geometry.faces[:, i]] for i in range(3))
        e, f = b - a, c - a
        areas.append(np.abs(e[:, 0] * f[:, 1] - e[:, 1] * f[:, 0]))
    out: np.ndarray = np.sqrt(areas[1] / np.maximum(areas[0], 1e-6))
    return out


def _finished(
    settings: Settings,
    color: np.ndarray,
    alpha: np.ndarray,
    glow: np.ndarray,
    ids: np.ndarray,
    depth: np.ndarray,
    geometry: Geometry,
) -> Image:
    samples = settings.samples
    if settings.glow > 0 and glow.any():
        small = averaged(glow, samples)
        halo = blurred(small, max(1, settings.size[1] // 90)) + 0.6 * blurred(small, max(1, settings.size[1] // 30))
        color = color + settings.glow * np.repeat(np.repeat(halo, samples, axis=0), samples, axis=1)
    toned = averaged(np.clip(neutral(color * settings.exposure), 0.0, 1.0), samples)
    pixels = encoded(toned)
    if settings.background == "transparent":
        cover = averaged(alpha, samples)
        pixels = np.concatenate([encoded(toned / np.maximum(cover, 1e-6)), (cover * 255 + 0.5).astype(np.uint8)], axis=2)
    layers = {}
    if settings.layers:
        seen = ids >= 0
        node = np.where(seen, geometry.node[np.where(seen, ids, 0)], -1)
        layers = {"depth": depth[::samples, ::samples].astype(np.float32), "id": node[::samples, ::samples].astype(np.int32)}
    return Image(pixels, layers=layers)
