"""The stylised look of a surface: what a painter keeps of it. Few calm colours, broad strokes, soft relief, even gloss."""

from __future__ import annotations

import numpy as np

from dhsdk.materials.layers import Layers
from dhsdk.materials.noise import softened

EVEN = 0.55
"""The roughness that painted surfaces tend to: highlights are broad and do not sparkle."""


def calmed(layers: Layers, amount: float) -> Layers:
    """The layers without their fine structure. amount: 0 leaves them as they are, 1 keeps only what is broad."""
    if amount <= 0.0:
        return layers
    a = np.float32(amount)
    mean = layers.tone.mean()
    stroke = softened(layers.tone, 32) - mean
    return Layers(
        height=(1.0 - a) * layers.height + 0.6 * a * softened(layers.height, 64),
        tone=mean + (1.0 - 0.85 * a) * (layers.tone - mean) + 0.6 * a * stroke,
        rough=(1.0 - 0.85 * a) * layers.rough,
        marks=tuple(((1.0 - 0.45 * a) * cover, colour) for cover, colour in layers.marks),
    )


def fresh(color: np.ndarray, amount: float, metallic: float) -> np.ndarray:
    """An sRGB colour (..., 3) as a painter mixes it: clearer; metal, whose films are dark, lighter too. Black and white stay."""
    grey = color.mean(axis=-1, keepdims=True)
    clear = grey + (1.0 + 0.25 * amount) * (color - grey)
    return np.asarray(np.clip(clear + 0.4 * metallic * amount * clear * (1.0 - clear), 0.0, 1.0), np.float32)


def evened(rough: np.ndarray, amount: float) -> np.ndarray:
    """The roughness, nearer to EVEN."""
    return np.asarray(rough + np.float32(0.6 * amount) * (np.float32(EVEN) - rough), np.float32)
