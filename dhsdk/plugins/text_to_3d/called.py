"""What words mean of fields: which ends, parts and extents of a kernel they may be called by."""

from __future__ import annotations

import re
from collections.abc import Mapping

Path = tuple[str, ...]

# What a size says about the fields whose ends are called so. Each kernel names the ends of its fields (low ... high).
SAME = {
    "tall": {"tall", "high"},
    "short": {"short", "low", "squat"},
    "wide": {"wide", "broad"},
    "narrow": {"narrow", "slim"},
    "thick": {"thick", "chunky", "heavy", "stout", "sturdy"},
    "thin": {"thin", "slender", "slim", "dainty"},
    "fat": {"fat", "bulging", "round", "plump"},
    "lanky": {"tall", "high", "thin", "slender", "slim"},
    "dumpy": {"short", "low", "squat", "fat", "bulging", "round", "plump"},
    "young": {"short", "thin"},
    "big": {"wide", "broad", "tall", "high", "long", "deep"},
    "huge": {"wide", "broad", "tall", "high", "long", "deep"},
    "small": {"narrow", "low", "short", "shallow"},
    "tiny": {"narrow", "low", "short", "shallow"},
    "rustic": {"rustic", "handmade"},
    "medieval": {"rustic"},
    "victorian": {"ornate"},
    "modern": {"plain", "precise"},
    "minimalist": {"plain", "precise"},
    "plain": {"plain", "unadorned"},
    "curved": {"curved", "arched", "gnarled"},
    "straight-sided": {"straight", "straight-sided", "straight-lipped"},
    "crisp": {"crisp", "sharp"},
    "soft": {"soft", "rounded", "round"},
    "cartoon": {"exaggerated"},
    "faceted": {"faceted", "coarse"},
    "leaning": {"leaning", "tilted", "reclined"},
    "upright": {"upright", "level"},
    "narrow-based": {"narrow-based", "small-based"},
    "leaky": {"leaky", "slatted"},
    "slim-handled": {"slim-handled", "dainty"},
}
OPENED = frozenset({"open", "closed"})
"""States are had or not: these go all the way."""
BY_NAME = ("size", "shape", "style", "quality", "finish", "tone", "part", "unknown")
"""Kinds of words that can be the very name of an end, whatever else they mean."""
BATTERED = {"new": 0.0, "worn": 0.5, "damaged": 1.0, "dirty": 0.35, "rusty": 0.6}
"""What a word of wear makes of a kernel's field `wear`: nicks, dents, bent pieces."""

CALLED = {"straight": ("flat",), "curved": ("arched",)}
"""Choices that a word of shape means besides its own name."""
ALSO_CALLED = {
    "blade": ("head",),
    "belly": ("body",),
    "pane": ("windows",),
    "arm": ("boughs",),
    "stem": ("stems", "handle"),
    "stalk": ("stems",),
    "band": ("hoops", "metal"),
    "plank": ("staves",),
    "leaves": ("crown",),
    "leg": ("foot", "base"),
}
"""What else a kernel may call the fields of a part: the arms of a cactus are its boughs."""

MOST = 24
"""Things of a kind in a scene."""
FIELDS_OF: Mapping[str, tuple[Path, ...]] = {
    "mouth": (("neck", "width"), ("neck", "flare")),
    "tip": (("head", "point"), ("nose", "length"), ("gem", "tip")),
    "eaves": (("roof", "overhang"), ("top", "overhang")),
    "gap": (("planks", "gap"), ("staves", "gap")),
    "base": (("body", "base"),),
    "top": (("neck", "width"), ("neck", "flare")),
    "rim": (("neck", "flare"),),
}
"""Parts that are fields of another part."""
LENGTHS = ("length", "height", "reach", "span", "chord", "dome")
WIDTHS = ("width", "radius", "breadth", "spread", "span", "chord", "girth", "base", "gap", "flare")
BULKS = ("thickness", "girth", "wall", "stem", "radius", "base", "width")
ALONG = {
    "tall": (LENGTHS, 1),
    "short": ((*LENGTHS, "overhang"), -1),
    "long": ((*LENGTHS, "overhang"), 1),
    "wide": (WIDTHS, 1),
    "narrow": (WIDTHS, -1),
    "deep": (("depth", *LENGTHS), 1),
    "shallow": (("depth", "pitch", *LENGTHS), -1),
    "steep": (("pitch",), 1),
    "flat": (("pitch", "dome"), -1),
    "closed": (("gap",), -1),
    "tight": (("gap", "width"), -1),
    "leaky": (("gap", "width"), 1),
    "round": (("dome", "roundness"), 1),
    "leaning": (("rake", "tilt", "lean", "splay"), 1),
    "soft": (("cushion",), 1),
    "hard": (("cushion",), -1),
    "thick": (BULKS, 1),
    "thin": (BULKS, -1),
    "fat": (("thickness", "girth", "radius", "width"), 1),
}
"""What a size means of a part that calls none of its fields so: the first of these fields that it has, and which way."""
FLAT = re.compile("flat|平|扁", re.IGNORECASE)
EXTENTS = ("height", "width", "size", "span", "chord", "length", "radius", "reach", "gap", "overhang")
"""Fields of a part that grow when the part does."""
FIGURE = {"thick": {"fat", "wide"}, "thin": {"slim", "slender", "narrow"}}
"""What stout and slim mean of a thing with a body."""
LITERALLY = re.compile("thick|thin|厚|薄", re.IGNORECASE)
INSTEAD = {
    "tall": ("long",),
    "long": ("wide", "tall"),
    "deep": ("tall",),
    "shallow": ("short",),
}
"""What a size means of a thing that calls none of its fields so: a rocket is called long, a bench wide."""
OF_WHOLE: Mapping[str, tuple[Path, ...]] = {
    "leg": (("seat", "height"), ("size", "height")),
    "top": (("size", "width"), ("size", "depth")),
    "crown": (("size", "breadth"),),
    "wall": (("body", "storey_height"),),
}
"""Fields of the whole that a size of a part is: the length of legs."""
OF_ALL = ("style", "quality", "finish")
"""Kinds of words that mean the whole where the part that they are said of knows nothing of the sort: ornate legs."""
