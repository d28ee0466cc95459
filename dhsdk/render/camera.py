"""Cameras: a View is a glTF camera and where it stands."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.render.geometry import drawn_points
from dhsdk.scene.frames import world
from dhsdk.scene.types import Camera, Scene

NAMES = {"three-quarter": (0.6, 0.32), "front": (0.0, 0.12), "side": (math.pi / 2, 0.12), "top": (0.0, math.pi / 2 - 0.01)}
"""Azimuth about +Y from +Z, and elevation, radians."""

BEYOND = 1e30
"""Metres: no camera stands or looks farther away."""

PLANS = ((0.0, 0.0), (math.pi / 2, 0.0), (0.0, math.pi / 2))
"""Azimuth and elevation of the views of plans()."""

FACES = (
    ((1, 0, 0), (0, 1, 0)), ((-1, 0, 0), (0, 1, 0)), ((0, 1, 0), (0, 0, -1)),
    ((0, -1, 0), (0, 0, 1)), ((0, 0, 1), (0, 1, 0)), ((0, 0, -1), (0, 1, 0)),
)  # fmt: skip
"""Where the views of cube() look, and which way is up in them."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """world: (4, 4) float64, camera space to world space; the camera looks along its -Z, +Y up.

    Raises RenderError for a matrix that is not finite or cannot be inverted, and for a camera that cannot be.
    """

    world: np.ndarray
    camera: Camera = field(default_factory=Camera)

    def __post_init__(self) -> None:
        matrix = np.asarray(self.world, np.float64)
        if matrix.shape != (4, 4) or not (np.abs(matrix) <= BEYOND).all() or abs(np.linalg.det(matrix[:3, :3])) < 1e-12:
            raise RenderError("a view must have a finite (4, 4) matrix that can be inverted")
        one = self.camera
        if one.kind == "perspective" and not 0.0 < one.yfov < math.pi:
            raise RenderError(f"a camera must have a yfov between 0 and pi, got {one.yfov} (radians, from top to bottom)")
        if one.kind == "orthographic" and not 0.0 < one.ymag <= BEYOND:
            raise RenderError(f"a camera must have a ymag above 0, got {one.ymag} (metres, half the height of the picture)")
        if not 0.0 <= one.near <= BEYOND:
            raise RenderError(f"a camera must have a near plane at 0 or farther, got {one.near} (metres)")
        object.__setattr__(self, "world", matrix)

    def projected(self, points: np.ndarray, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
        """World points (V, 3) -> ((V, 3) homogeneous pixels x w, y w, w; (V,) distance along the view, metres)."""
        inverse = np.linalg.inv(self.world)
        seen = points @ inverse[:3, :3].T + inverse[:3, 3]
        far = -seen[:, 2]
        if self.camera.kind == "perspective":
            scale = height / 2 / math.tan(self.camera.yfov / 2)
            w = far
        else:
            scale = height / 2 / self.camera.ymag
            w = np.ones_like(far)
        return np.stack([seen[:, 0] * scale + w * width / 2, -seen[:, 1] * scale + w * height / 2, w], axis=1), far


def look_at(eye: tuple[float, float, float], target: tuple[float, float, float]) -> np.ndarray:
    """(4, 4) camera-to-world matrix of a camera at eye that looks at target, +Y up.

    Raises RenderError when they are one, or not finite.
    """
    if not np.isfinite([*eye, *target]).all():
        raise RenderError(f"a camera must have a finite place and target, got {tuple(eye)} and {tuple(target)}")
    back = np.asarray(eye, np.float64) - np.asarray(target, np.float64)
    length = float(np.linalg.norm(back))
    if not length > 1e-12:
        raise RenderError("a camera must stand away from its target, got the same point")
    back /= length
    side = np.cross((0.0, 1.0, 0.0), back)
    side = side / np.linalg.norm(side) if np.linalg.norm(side) > 1e-9 else np.array([1.0, 0.0, 0.0])
    out = np.eye(4)
    out[:3, :3] = np.stack([side, np.cross(back, side), back], axis=1)
    out[:3, 3] = eye
    return out


def frame(
    scene: Scene,
    azimuth: float = 0.6,
    elevation: float = 0.32,
    *,
    fov: float = 0.5,
    aspect: float = 1.0,
    margin: float = 0.12,
    animation: str | None = None,
) -> View:
    """The view from that direction in which the whole scene just fits, with `margin` of the picture free on each side.

    azimuth: radians about +Y from +Z. elevation: radians above the horizon. fov: vertical, radians. animation: what moves in this
    clip of the scene stays in the picture too.
    """
    _check(aspect, margin, fov)
    points = drawn_points(scene, animation)
    matrix = look_at(_direction(azimuth, elevation), (0.0, 0.0, 0.0))
    turned = points @ matrix[:3, :3]
    reach = math.tan(fov / 2) * (1.0 - 2.0 * margin)
    middle, distance = _fitted(turned, reach * aspect, reach)
    matrix[:3, 3] = matrix[:3, :3] @ np.array([middle[0], middle[1], distance])
    return View(matrix, _lens(fov, distance - float(turned[:, 2].max())))


def orthographic(
    scene: Scene,
    azimuth: float = 0.0,
    elevation: float = 0.0,
    *,
    aspect: float = 1.0,
    margin: float = 0.12,
    ymag: float | None = None,
    animation: str | None = None,
) -> View:
    """The view without perspective from that direction in which the whole scene just fits. The arguments are those of frame().

    ymag: half the height of the picture in metres, where it is given; the scene stays in the middle.
    """
    _check(aspect, margin)
    points = drawn_points(scene, animation)
    matrix = look_at(_direction(azimuth, elevation), (0.0, 0.0, 0.0))
    low, high = _extent(points @ matrix[:3, :3])
    half = ymag if ymag is not None else _half(low, high, aspect, margin)
    deep = max(float((high - low).max()), half)
    matrix[:3, 3] = matrix[:3, :3] @ np.array([*((low + high) / 2)[:2], high[2] + deep])
    lens = Camera("orthographic", xmag=half * aspect, ymag=half, near=deep / 2, far=float(2.5 * deep + high[2] - low[2]))
    return View(matrix, lens)


def plans(scene: Scene, *, aspect: float = 1.0, margin: float = 0.12, animation: str | None = None) -> tuple[View, View, View]:
    """Front, right side and top without perspective, all to one scale, as a drawing shows them. The front is below the top."""
    _check(aspect, margin)
    points = drawn_points(scene, animation)
    half = 0.0
    for azimuth, elevation in PLANS:
        turned = points @ look_at(_direction(azimuth, elevation), (0.0, 0.0, 0.0))[:3, :3]
        half = max(half, _half(*_extent(turned), aspect, margin))
    front, side, top = (
        orthographic(scene, azimuth, elevation, aspect=aspect, ymag=half, animation=animation) for azimuth, elevation in PLANS
    )
    return front, side, top


def cube(at: tuple[float, float, float], *, near: float = 0.01, overlap: float = 0.0) -> tuple[View, ...]:
    """Six square views from a point: towards +X, -X, +Y, -Y, +Z, -Z, 90 degrees each, together the whole sphere.

    The sides stand upright; the picture towards +Y has -Z at its upper edge, the one towards -Y has +Z there. They are what is
    seen from inside: a graphics API's cube texture has each mirrored left to right. overlap: the share by which each picture
    reaches beyond its edges on all sides. near: metres.
    """
    lens = Camera(yfov=2 * math.atan(1.0 + overlap), aspect=1.0, near=near)
    views = []
    for ahead, up in FACES:
        back, top = -np.array(ahead, np.float64), np.array(up, np.float64)
        matrix = np.eye(4)
        matrix[:3, :3] = np.stack([np.cross(top, back), top, back], axis=1)
        matrix[:3, 3] = at
        views.append(View(matrix, lens))
    return tuple(views)


def _check(aspect: float, margin: float, fov: float = 1.0) -> None:
    if not 0.0 < aspect < math.inf:
        raise RenderError(f"a picture must have an aspect above 0, got {aspect} (width / height)")
    if not 0.0 <= margin < 0.5:
        raise RenderError(f"a margin must be from 0 to below 0.5, got {margin} (share of the picture, on each side)")
    if not 0.0 < fov < math.pi:
        raise RenderError(f"a field of view must be between 0 and pi, got {fov} (radians, from top to bottom)")


def _extent(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return points.min(axis=0), points.max(axis=0)


def _half(low: np.ndarray, high: np.ndarray, aspect: float, margin: float) -> float:
    """Half the height of a picture that holds this box with a margin, metres."""
    wide, tall = (high - low)[:2]
    return max(float(max(wide / aspect, tall)) / (2 * (1.0 - 2.0 * margin)), 1e-9)


def _lens(fov: float, nearest: float) -> Camera:
    """A camera that sees what is `nearest` metres away, however small."""
    return Camera(yfov=fov, near=max(1e-7, min(0.01, 0.5 * nearest)))


def _direction(azimuth: float, elevation: float) -> tuple[float, float, float]:
    flat = math.cos(elevation)
    return (flat * math.sin(azimuth), math.sin(elevation), flat * math.cos(azimuth))


def _fitted(points: np.ndarray, right: float, up: float) -> tuple[np.ndarray, float]:
    """Where a camera that looks along -z must stand: (x, y) and z, so that |x| <= right * depth and |y| <= up * depth."""
    z = 0.0
    middle = np.zeros(2)
    for axis, reach in ((0, right), (1, up)):
        high = (points[:, axis] + points[:, 2] * reach).max()
        low = (points[:, axis] - points[:, 2] * reach).min()
        middle[axis] = (high + low) / 2
        z = max(z, float((high - low) / (2 * reach)))
    return middle, max(z, float(points[:, 2].max()) + 1e-3 * float(np.ptp(points, axis=0).max()) + 1e-9)


def orbit(
    scene: Scene,
    count: int,
    *,
    elevation: float = 0.3,
    fov: float = 0.5,
    aspect: float = 1.0,
    margin: float = 0.1,
    animation: str | None = None,
) -> tuple[View, ...]:
    """`count` views once around the scene, all at the distance that the widest of them needs. animation: as for frame()."""
    if count < 1:
        raise RenderError(f"an orbit must have at least one view, got {count}")
    _check(aspect, margin, fov)
    points = drawn_points(scene, animation)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    directions = [_direction(0.6 + i * math.tau / count, elevation) for i in range(count)]
    reach = math.tan(fov / 2) * (1.0 - 2.0 * margin)
    away = 1e-6
    for direction in directions:
        x, y, z = ((points - middle) @ look_at(direction, (0.0, 0.0, 0.0))[:3, :3]).T
        away = max(away, float((z + np.maximum(np.abs(x) / (reach * aspect), np.abs(y) / reach)).max()))
    eyes = [middle + away * np.array(direction) for direction in directions]
    lens = _lens(fov, away - float(np.linalg.norm(points - middle, axis=1).max()))
    return tuple(View(look_at(tuple(eye), tuple(middle)), lens) for eye in eyes)


def named(scene: Scene, name: str, aspect: float = 1.0, animation: str | None = None) -> View:
    """The view of a name (three-quarter, front, side, top) or of the camera node of that key, whose scale is left out.

    animation: as for frame().

    Raises RenderError: no such camera.
    """
    if name in NAMES:
        return frame(scene, *NAMES[name], aspect=aspect, animation=animation)
    if name in scene:
        camera = scene.node(name).camera
        if camera is not None:
            matrix = world(scene)[name]
            matrix[:3, :3] /= np.maximum(np.linalg.norm(matrix[:3, :3], axis=0), 1e-300)
            return View(matrix, replace(camera))
    cameras = [node.key for node in scene.nodes if node.camera is not None]
    raise RenderError(f"a camera must be one of {', '.join([*NAMES, *cameras])}, got {name!r}")
