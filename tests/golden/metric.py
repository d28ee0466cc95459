"""How different two pictures look: CIELAB differences after a slight blur.

The blur (SIGMA pixels, in linear light) forgives what no eye sees: a coverage that differs in one of sixteen samples, dither.
Differences are Euclidean in CIELAB (CIE 1976; 2.3 is just noticeable). Three numbers judge: the mean finds what is wrong
everywhere (light, exposure, gamma), the 99th percentile what is wrong along edges or somewhere (a texture the wrong way round),
the greatest what is wrong in a few pixels (a hole).

The tolerances stand between what may happen and what must not. Measured over all golden pictures, mean / percentile / greatest:
other numbers of threads and the torch rasterizer 0 / 0 / 0; code compiled for a processor that has neither AVX nor fused
multiplication 0 / 0 / 0.15; samples an eighth of a pixel aside 0.00 to 0.15 / 0.0 to 5.0.
The least that a fault does: a picture half a pixel aside 0.22 / 3.2, a gamma of 2.2 for the sRGB curve 0.33 / 0.4, 3 % more
light 0.62 / 0.9 (where light is what is drawn), one colour channel two steps off 0.42 / 0.8, a hole of one pixel 0.01 / 0.0 / 26.
test_metric.py holds them, and faults in each feature, against the tolerances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SIGMA = 0.7
MEAN, HIGH, MOST = 0.12, 1.2, 8.0
"""Tolerances: mean, 99th percentile and greatest of the differences."""

TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
WHITE = TO_XYZ.sum(axis=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """mean, 99th percentile and greatest over all pixels, in units of CIELAB."""

    mean: float
    high: float
    most: float

    @property
    def seen(self) -> bool:
        """Whether the pictures differ by more than the tolerances."""
        return self.mean > MEAN or self.high > HIGH or self.most > MOST

    def __str__(self) -> str:
        return (
            f"mean {self.mean:.3f} (of {MEAN}), 99th percentile {self.high:.2f} (of {HIGH}), greatest {self.most:.1f} (of {MOST})"
        )


def difference(one: np.ndarray, other: np.ndarray) -> Difference:
    """How different two pictures (H, W, 3) uint8 sRGB look. Raises ValueError: two shapes."""
    if one.shape != other.shape:
        raise ValueError(f"the pictures have two shapes, {one.shape} and {other.shape}")
    apart = np.sqrt(((lab(one) - lab(other)) ** 2).sum(axis=2))
    return Difference(float(apart.mean()), float(np.percentile(apart, 99)), float(apart.max()))


def lab(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 3) float64 L*, a*, b* (D65) of slightly blurred sRGB pixels."""
    value = pixels.astype(np.float64) / 255.0
    light = blurred(np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4))
    t = light @ TO_XYZ.T / WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def blurred(light: np.ndarray) -> np.ndarray:
    """A Gaussian of SIGMA pixels along both axes, edges held."""
    reach = np.arange(-3, 4)
    weights = np.exp(-(reach**2) / (2 * SIGMA**2))
    weights /= weights.sum()
    for axis in (0, 1):
        pad = [(3, 3) if one == axis else (0, 0) for one in range(3)]
        wide = np.pad(light, pad, mode="edge")
        light = sum(weight * np.take(wide, reach[k] + 3 + np.arange(light.shape[axis]), axis) for k, weight in enumerate(weights))
    return light
