"""Which light falls on a scene: the studio's, or the scene's own environment and lights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.render.environment import Surround, decoded, response, surround
from dhsdk.render.lamps import DIRECTIONAL, POINT, SPOT
from dhsdk.render.studio import studio
from dhsdk.scene.frames import world
from dhsdk.scene.types import Light, Scene

KINDS = {"directional": DIRECTIONAL, "point": POINT, "spot": SPOT}


@dataclass(frozen=True, slots=True, eq=False)
class Lighting:
    """surround: light from all around. turn: radians about +Y that it is turned by, None: it goes round with the camera.

    picture: (H, W, 3) float32 the environment's own light, None in the studio. lamps: (L, 14) float64, rows as shade._lamp reads
    them. sun: (3,) towards the lamp that casts a shadow, zeros for none.
    """

    surround: Surround
    turn: float | None
    picture: np.ndarray | None
    lamps: np.ndarray
    sun: np.ndarray

    def around(self, azimuth: float) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        """What the shading kernel needs when the camera stands at this azimuth, and the direction (3,) of the key light."""
        one, angle = self.surround, azimuth if self.turn is None else self.turn
        cos, sin = math.cos(angle), math.sin(angle)
        key = np.array([one.key[0] * cos + one.key[2] * sin, one.key[1], one.key[2] * cos - one.key[0] * sin])
        env = (one.chain, one.table, one.harmonics, one.tint, response(), np.array([cos, sin]))
        return env, key if key.any() else self.sun


def lighting(scene: Scene, mode: str) -> Lighting:
    """The light of a scene. mode: "studio", "scene" (only what the scene carries) or "auto" (its environment if it has one, else
    the studio, and its lights). Raises RenderError for an environment or a light that is not finite.
    """
    own, turn, strength, picture = studio(), None, 1.0, None
    environment = scene.environment
    if mode != "studio" and environment is not None:
        turn, strength = environment.rotation, environment.intensity
        if environment.image is not None:
            picture = decoded(environment.image)
            own = surround(picture)
    if mode == "scene" and environment is None:
        own, turn = _dark(), 0.0
    if not math.isfinite(strength) or strength < 0:
        raise RenderError(f"an environment's intensity must be finite and not negative, got {strength}")
    if strength != 1.0:
        own = Surround(own.chain * np.float32(strength), own.table, own.harmonics * strength, own.key, own.tint)
        picture = None if picture is None else picture * np.float32(strength)
    rows = [] if mode == "studio" else _lamps(scene)
    table = np.array(rows, np.float64).reshape(-1, 14)
    suns = np.flatnonzero(table[:, 0] == DIRECTIONAL)
    sun = np.zeros(3)
    if len(suns) and not own.key.any():
        brightest = suns[int(table[suns, 7:10].sum(axis=1).argmax())]
        table[brightest, 13], sun = 1.0, table[brightest, 4:7].copy()
    return Lighting(own, turn, picture, table, sun)


def _dark() -> Surround:
    one = studio()
    return Surround(np.zeros_like(one.chain), one.table, np.zeros((9, 4)), np.zeros(3), np.ones(3))


def _lamps(scene: Scene) -> list[list[float]]:
    matrices = world(scene)
    out = []
    for node in scene.nodes:
        if node.light is not None:
            matrix = matrices[node.key]
            toward = matrix[:3, 2] / max(float(np.linalg.norm(matrix[:3, 2])), 1e-12)
            out.append(_lamp(node.light, matrix[:3, 3], toward))
    return out


def _lamp(light: Light, place: np.ndarray, toward: np.ndarray) -> list[float]:
    power = [channel * light.intensity for channel in light.color]
    cone = math.cos(light.outer)
    row = [
        float(KINDS[light.kind]),
        *place,
        *toward,
        *power,
        light.range or 0.0,
        cone,
        1.0 / max(math.cos(light.inner) - cone, 1e-4),
    ]
    if not all(math.isfinite(value) for value in row):
        raise RenderError(f"a light must have finite values, got some that are not in {light.name!r}")
    return [*row, 0.0]
