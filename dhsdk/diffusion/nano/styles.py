"""What the words of a range's ends mean: the factors of style by which the parameters of one design hang together.

A heavy chair has thick legs and a thick seat; a rustic one is uneven everywhere. Light: no numpy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FACTORS = ("stout", "tall", "wide", "ornate", "rustic", "soft", "lively", "lush")

MEANING: Mapping[str, Mapping[str, float]] = {
    "stout": {"thick": 1, "heavy": 1, "stout": 1, "chunky": 0.9, "fat": 0.8, "sturdy": 0.8, "broad": 0.5, "padded": 0.4,
              "plinth": 0.8, "solid": 0.5, "pedestal": 0.3, "panel": 0.4, "braced": 0.3, "crossed": 0.2, "mansard": 0.3,
              "thin": -1, "slender": -1, "slim": -0.9, "dainty": -1, "small": -0.5, "hairpin": -1, "rod": -0.5, "sled": -0.3,
              "stemmed": -0.5, "tall": -0.2},
    "tall": {"tall": 1, "high": 0.9, "long": 0.7, "steep": 0.5, "pointed": 0.4, "footed": 0.3, "raised": 0.3, "spire": 0.8,
             "short": -1, "low": -0.9, "shallow": -0.4, "blunt": -0.4, "flat": -0.3, "fat": -0.3, "wide": -0.2},
    "wide": {"wide": 1, "broad": 0.7, "fat": 0.6, "generous": 0.5, "overhanging": 0.4, "deep": 0.4, "spreading": 0.5,
             "narrow": -1, "slim": -0.5, "tight": -0.3, "flush": -0.4, "shallow": -0.3, "columnar": -0.5, "tall": -0.25},
    "ornate": {"ornate": 1, "fluted": 0.7, "ringed": 0.6, "rimmed": 0.3, "domed": 0.2, "turned": 0.8, "bobbin": 0.7,
               "cabriole": 1, "moulded": 0.9, "winged": 0.9, "pleated": 0.5, "gourd": 0.3, "bell": 0.3, "splat": 0.6,
               "spindles": 0.4, "panelled": 0.5, "hip": 0.2, "bail": 0.4, "ring": 0.2, "spiral": 0.3,
               "plain": -1, "unadorned": -0.6, "tapered": -0.3, "rod": -0.5, "disc": -0.2, "eased": -0.5, "panel": -0.5,
               "sled": -0.5, "hairpin": -0.5, "trestle": -0.4, "planks": -0.4, "cap": -0.2, "drum": -0.4, "edges": -0.3},
    "rustic": {"rustic": 1, "handmade": 1, "rough": 0.7, "gnarled": 0.6, "leaky": 0.5, "slatted": 0.3, "coarse": 0.4,
               "trestle": 0.6, "ladder": 0.5, "crossed": 0.3, "planks": 0.6, "rope": 0.6, "thatch": 0.8, "logs": 0.8,
               "stone": 0.4, "box": 0.3,
               "precise": -1, "even": -0.5, "panelled": -0.5, "glazed": -0.6, "padded": -0.4, "hairpin": -0.6,
               "moulded": -0.3, "disc": -0.1},
    "soft": {"soft": 1, "round": 0.8, "rounded": 0.9, "curved": 0.7, "arched": 0.6, "bulging": 0.5, "domed": 0.5, "dome": 0.4,
             "scooped": 0.4, "smooth": 0.3, "oval": 0.6, "ball": 0.5, "globe": 0.5, "ogive": 0.5, "cabriole": 0.4,
             "flared": 0.3, "crisp": -0.8, "angular": -0.8, "sharp": -0.8, "square": -0.7, "straight": -0.5, "flat": -0.4,
             "cone": -0.4, "conical": -0.3, "chamfered": -0.3, "delta": -0.5, "spike": -0.6, "flush": -0.2},
    "lively": {"splayed": 0.9, "leaning": 0.8, "tilted": 0.5, "reclined": 0.6, "flared": 0.6, "swept": 0.7, "tapered": 0.4,
               "curved": 0.3, "winged": 0.3, "upright": -0.8, "level": -0.5, "straight": -0.5, "cylindrical": -0.3},
    "lush": {"dense": 1, "bright": 0.5, "sparse": -1, "dim": -0.5, "thick": 0.2, "thin": -0.2},
}  # fmt: skip
"""factor -> word of an end, or name of an option -> how far it speaks for the factor."""

STRONGEST = 0.8
"""The length that the loadings of one parameter may have: the rest of its variance is its own."""


def meaning(word: str) -> tuple[float, ...]:
    """How far a word ("thick", "long-necked", "double_axe") speaks for each of FACTORS."""
    pieces = [piece for piece in re.split(r"[-_ ]", word) if piece]
    return tuple(
        float(words[word]) if word in words else 0.7 * sum(words.get(piece, 0.0) for piece in pieces)
        for words in (MEANING[factor] for factor in FACTORS)
    )


def loadings(low: str, high: str) -> tuple[float, ...]:
    """How a parameter whose ends are called so hangs on each of FACTORS: a vector of at most STRONGEST."""
    ends = [(meaning(low), -1.0)] if low else []
    ends += [(meaning(high), 1.0)] if high else []
    if not ends:
        return (0.0,) * len(FACTORS)
    mean = [sum(sign * means[at] for means, sign in ends) / len(ends) for at in range(len(FACTORS))]
    length = sum(value * value for value in mean) ** 0.5
    scale = min(0.75, STRONGEST / length) if length else 0.0
    return tuple(scale * value for value in mean)
