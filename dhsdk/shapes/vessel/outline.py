"""The outline of a vessel: (radius, y) rows from the foot over the belly to the lip."""

from __future__ import annotations

import numpy as np

from dhsdk.shapes.curves import bezier
from dhsdk.shapes.vessel.params import VesselParams


class Outside:
    """The outline of a vessel, metres: outer (r, y) rows from the foot to the lip, and how thick its wall is."""

    def __init__(self, params: VesselParams) -> None:
        body, neck, foot = params.body, params.neck, params.foot
        self.params = params
        self.radius = body.radius
        self.height = max(body.height, 0.2 * body.radius)  # flatter ones would turn inside out
        self.foot = foot.height * self.height if foot.height * self.height > 0.004 else 0.0
        self.neck = neck.length * self.height if neck.length * self.height > 0.006 else 0.0
        self.top = self.height - self.neck
        self.wall = max(min(body.wall * self.radius, 0.3 * (self.top - self.foot)), 0.0016)  # a flat body has room inside too
        self.base = body.base * self.radius
        self.throat = max(neck.width * self.radius, 2.6 * self.wall + 0.004)
        wide = self.foot + body.belly * (self.top - self.foot)
        if self.throat < 0.97 * self.radius:
            wide = min(wide, self.top - 0.15 * (self.top - self.foot))
        self.wide = wide
        self.rows = np.concatenate([self._foot_rows(), self._body_rows(), self._neck_rows()])

    def _foot_rows(self) -> np.ndarray:
        """From the floor to the base of the body, from outside the axis."""
        b = min(0.08 * self.base, 0.25 * max(self.foot, 0.02 * self.height), 0.006)
        if not self.foot:
            return np.array([(0.0, 0.0), (self.base - b, 0.0), (self.base, b)])
        foot = self.params.foot
        spread, waist = self.base * foot.spread, min(foot.stem, foot.spread) * self.base
        h = self.foot
        rim = min(0.16 * h, 0.05 * spread + 0.001)
        rows = [(0.0, 0.0), (spread - b, 0.0), (spread, 0.4 * rim), (spread - 0.3 * b, rim)]
        curve = bezier([(spread - 0.5 * b, rim), (waist, rim + 0.12 * h), (waist, 0.3 * h), (waist, 0.62 * h)], 6)
        rows += [tuple(p) for p in curve[1:]]
        if foot.stem < 0.7:
            knop = waist + 0.35 * (self.base - waist) + 0.1 * waist
            rows += [
                (knop * 0.9, 0.68 * h),
                (knop, 0.72 * h),
                (knop * 0.9, 0.76 * h),
                (waist * 1.04, 0.81 * h),
                (waist * 1.1, 0.92 * h),
            ]
        return np.array(rows)

    def _body_rows(self) -> np.ndarray:
        """From the base over the belly to the neck: two superellipse quarters."""
        p = self.params.body.roundness
        low = np.linspace(0.0, 1.0, 9)[1:] ** 1.5
        rows = [(self.base, self.foot + 0.012 * self.height)] if self.foot else []
        for s in low:
            grown = (1.0 - (1.0 - s) ** p) ** (1.0 / p)
            rows.append((self.base + (self.radius - self.base) * grown, self.foot + (self.wide - self.foot) * (0.02 + 0.98 * s)))
        span = self.top - self.wide
        if span > 0.03 * self.height:
            for s in np.linspace(1.0, 0.0, 8)[1:] ** 1.5:
                grown = (1.0 - (1.0 - s) ** p) ** (1.0 / p)
                rows.append((self.throat + (self.radius - self.throat) * grown, self.top - span * s))
        return np.array(rows)

    def _neck_rows(self) -> np.ndarray:
        flare = self.params.neck.flare
        start = self.throat if self.top - self.wide > 0.03 * self.height else self.radius
        rows = []
        if self.neck:
            lip = start * (1.0 + 0.55 * flare)
            curve = bezier(
                [
                    (start, self.top),
                    (start * 0.9, self.top + 0.45 * self.neck),
                    (start * (0.9 + 0.1 * flare), self.top + 0.7 * self.neck),
                    (lip, self.height),
                ],
                8,
            )
            rows = [tuple(p) for p in curve[1:]]
            if flare < 0.3:
                collar = 0.16 * self.neck
                edge = float(rows[-1][0]) + 0.14 * start
                rows = [row for row in rows if row[1] < self.height - 1.4 * collar]
                rows += [
                    (edge * 0.86, self.height - collar),
                    (edge, self.height - 0.8 * collar),
                    (edge, self.height - 0.2 * collar),
                    (edge * 0.95, self.height),
                ]
            if start > 0.9 * self.radius and self.params.body.belly > 0.9:
                rows = [
                    (start * 1.08, self.top),
                    (start * 1.1, self.top + 0.1 * self.neck),
                    (start * (1.1 + 0.2 * flare), self.height),
                ]
        else:
            rise = 0.04 * self.height + 0.1 * flare * self.height
            rows = [(start + 0.3 * flare * rise, self.height + 0.4 * rise), (start * (1.0 + 0.16 * flare), self.height + rise)]
        return np.array(rows)

    def at(self, share: float) -> tuple[float, float]:
        """(r, y) of the outside at a share of the whole height."""
        y = share * float(self.rows[-1, 1])
        return float(np.interp(y, self.rows[2:, 1], self.rows[2:, 0])), y
