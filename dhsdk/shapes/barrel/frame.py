"""The outline that the pieces of a barrel share."""

from __future__ import annotations

import numpy as np

from dhsdk.shapes.barrel.params import BarrelParams


class BarrelFrame:
    """The outline that staves, hoops and heads share, metres."""

    def __init__(self, params: BarrelParams) -> None:
        self.params = params
        body = params.body
        self.height, self.radius = body.height, body.radius
        metal = params.made == "metal"
        self.thick = params.staves.thickness * body.radius * (0.25 if metal else 1.0)
        self.bulge = body.bulge * (0.15 if metal else 1.0)  # sheet is rolled nearly straight
        self.croze = min(0.055 * body.height + 0.2 * self.thick, 0.05) * (0.5 if metal else 1.0)

    def at(self, y: float | np.ndarray) -> np.ndarray:
        """The outer radius at a height."""
        body, t = self.params.body, np.asarray(y, np.float64) / self.params.body.height
        return np.asarray(body.radius * (1.0 - body.taper * (1.0 - t)) * (1.0 + self.bulge * (1.0 - (2.0 * t - 1.0) ** 2)))

    def slope(self, y: float) -> float:
        """How fast the outer radius grows with the height."""
        d = 0.004 * self.height
        return float(self.at(y + d) - self.at(y - d)) / (2 * d)
