"""Limits of engines: textures, influences, and the budgets of a named target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dhsdk.scene.checks.problem import Problem, minded, shapes, warning
from dhsdk.scene.measure import draw_calls, image_size, images, triangles
from dhsdk.scene.types import Scene


@dataclass(frozen=True)
class Limits:
    """pixels: longest side of a texture that is taken as it is. Counts are advice, None for no advice."""

    pixels: int
    triangles: int | None = None
    draw_calls: int | None = None


LIMITS: Mapping[str, Limits] = {
    "web": Limits(2048, 150_000, 20),  # Khronos 3D Commerce, asset creation guidelines: mobile AR and web
    "unity": Limits(2048),  # the importer's default Max Size shrinks what is larger
    "godot": Limits(16384),
    "unreal": Limits(8192),
}


def problems(scene: Scene, target: str | None) -> Iterator[Problem]:
    yield from _textures(scene, target)
    if minded(target, "web", "unity", "godot"):
        for where, _, shape in shapes(scene):
            if shape.joints is not None and shape.joints.shape[1] > 4:
                width = shape.joints.shape[1]
                yield warning(where, f"it has {width} influences; three.js and Unity read 4", "keep the 4 largest, normalised")
    limits = LIMITS.get(target or "")
    if limits is None:
        return
    found = triangles(scene)
    if limits.triangles is not None and found > limits.triangles:
        yield warning(
            "scene", f"it has {found:,} triangles; {target} should have at most {limits.triangles:,}", "use dhsdk ready"
        )
    calls = draw_calls(scene)
    if limits.draw_calls is not None and calls >= limits.draw_calls:
        yield warning("scene", f"it takes {calls} draw calls; {target} should stay under {limits.draw_calls}", "merge materials")


def _textures(scene: Scene, target: str | None) -> Iterator[Problem]:
    limits = LIMITS.get(target or "")
    for image in images(scene):
        width, height = image_size(image)
        where = f"image {image.name!r}"
        if minded(target, "unity", "unreal", "web") and any(side & (side - 1) for side in (width, height)):
            yield warning(where, f"it is {width} x {height}, not powers of two: no mips, or rescaled", "resize it")
        if limits is not None and max(width, height) > limits.pixels:
            yield warning(where, f"it is {width} x {height}; {target} should have at most {limits.pixels}", "resize it")
