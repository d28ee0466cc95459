"""Words bound to material slots: colours, materials, wear, gloss and patterns become a Finish per slot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dhsdk.materials.catalogue import catalogue
from dhsdk.materials.finish import Finish
from dhsdk.words import Mention, ObjectWords

SOFT = ("fabric", "leather")
FORMERLY = {
    "wood/maple": "wood/birch",
    "wood/ash": "wood/oak",
    "wood/beech": "wood/birch",
    "wood/rosewood": "wood/mahogany",
    "wood/cedar": "wood/cherry",
    "metal/lead": "metal/tin",
    "metal/gunmetal": "metal/iron",
    "glass/crystal": "glass/clear",
    "wood/logs": "wood/pine",
    "stone/basalt": "rock/basalt",
}
"""Materials that have no textures of their own wear their nearest relative's."""

PLAIN_AT = {
    ("walls", "wood"): "planks", ("walls", "stone"): "ashlar", ("walls", "ceramic"): "plaster", ("walls", "metal"): "corrugated",
    ("roof", "wood"): "shingles", ("roof", "stone"): "slates", ("roof", "ceramic"): "tiles", ("roof", "metal"): "corrugated",
    ("roof", "wicker"): "thatch",
}  # fmt: skip
"""What walls and roofs of a family are made of where the words leave its variety open."""
LAID = ("planks", "shingles", "ashlar", "slates", "tiles", "plaster", "brick", "thatch", "corrugated")
"""Varieties that builders lay: paint and glaze leave them what they are."""
WORN_BY = {"wicker/thatch": ("roof",), "ceramic/tiles": ("roof",), "glass/stained": ("glass", "shade")}
"""Materials of some slots alone: a thatched cottage has walls of something else, a stained glass lantern is framed in metal."""

LIT = 5.0
"""How strongly a bulb or a flame shines: times its colour."""

GLEAM = 1.5
"""How strongly a glowing crystal shines."""

USED = {"glass": 0.02, "crystal": 0.02}
"""Wear of what words leave open, where it is less than the usual: nobody thinks of glass as dirty."""

UNNAMED = {"wood": ("oak", "walnut", "pine", "cherry", "mahogany", "teak")}
"""Varieties to draw from where the words leave the wood open."""

WEAR = {"new": 0.0, "worn": 0.55, "damaged": 0.85, "dirty": 0.7, "rusty": 0.9}
GLOSS = {"glossy": 0.1, "satin": 0.35, "matte": 0.85, "rough": 1.0, "brushed": 0.6}
NATURAL = ("rock", "crystal")
"""Families of what is found outdoors: a "granite boulder" is weathered rock, not polished stone."""
FOLIAGE = ("green", "spring", "dark", "autumn")
TURNED = {
    "autumn": dict.fromkeys(FOLIAGE, "autumn"),
    "withered": dict.fromkeys((*FOLIAGE, "needle", "cactus"), "dry") | {"blade": "straw"},
    "young": dict.fromkeys(FOLIAGE, "spring"),
}
"""Qualities that change the leaves of a plant: what each kind of leaf becomes."""
STYLE: Mapping[str, Mapping[str, Any]] = {
    "modern": {"roughness": 0.3, "wear": 0.0},
    "minimalist": {"roughness": 0.4, "wear": 0.02},
    "rustic": {"roughness": 0.75, "wear": 0.6},
    "medieval": {"roughness": 0.7, "wear": 0.45},
    "victorian": {"roughness": 0.25, "wear": 0.1},
    "industrial": {"roughness": 0.6, "wear": 0.5},
    "chinese": {"roughness": 0.22, "wear": 0.08},
}
SLOTS_OF = {
    "leg": ("legs", "frame"),
    "arm": ("arms", "frame"),
    "back": ("back", "frame"),
    "seat": ("seat", "cushion", "frame"),
    "stretcher": ("frame", "legs"),
    "spindle": ("back", "frame"),
    "slat": ("back", "frame"),
    "band": ("bands", "metal"),
    "lock": ("lock", "metal"),
    "hinge": ("hinge", "metal", "bands"),
    "nail": ("metal", "bands"),
    "corner": ("corners", "metal", "bands"),
    "plank": ("planks", "body"),
    "belly": ("body",),
    "neck": ("body",),
    "foot": ("foot", "base", "body"),
    "pane": ("glass",),
    "flame": ("flame", "bulb"),
    "stem": ("stem", "base", "bark"),
    "base": ("base", "foot", "stem"),
    "lid": ("lid", "cap", "body", "planks"),
    "handle": ("handle", "handles", "metal", "body"),
    "top": ("top", "lid"),
    "spout": ("spout", "body"),
    "chain": ("chain", "metal"),
    "hook": ("hook", "metal"),
    "footrest": ("legs", "frame"),
    "head": ("blade",),
    "wrap": ("wrap", "handle"),
    "crown": ("leaves",),
    "trunk": ("bark",),
    "bough": ("bark",),
    "root": ("bark",),
    "stalk": ("stem", "leaves"),
    "fin": ("fins",),
    "hatch": ("nose",),
    "booster": ("hull",),
    "step": ("base",),
    "battlement": ("walls",),
    "spire": ("roof",),
    "turret": ("walls",),
    "porch": ("trim",),
    "balcony": ("metal",),
}
ALSO = {"handle": ("wrap",)}
"""What goes with a named part: the wrapping of a handle is what the hand sees of it."""


OF_THE_LOOK = ("color", "pattern", "tone")
"""Words of what is seen first: the main slot, or what the named material covers."""
ALL_OVER = ("wear", "finish", "style")
"""Words that mean a thing with all its accents."""

GREY = ("steel", "iron", "tin", "aluminium")
"""Metals that have a colour only where they are painted."""

UNCARVED = ("legs", "seat", "arms", "stem")


def main_slots(slots: Mapping[str, str], soft: bool | None = None, accents: bool = False) -> list[str]:
    """The slots that an attribute of the whole object means: those made of what its first one is made of.

    soft: the attribute is of cloth or leather (True), which covers the upholstery where there is one, or of something hard
    (False), which leaves it alone; None: as the first slot is. accents: also those slots that have a colour of their own (a red
    rocket keeps its brass portholes, a rusty one rusts all over).
    """
    padded = [slot for slot, finish in slots.items() if finish.partition("/")[0] in SOFT]
    first = next(iter(slots))
    if padded and (soft or (soft is None and first in padded)):
        return padded
    hard = [slot for slot in slots if slot not in padded] or padded
    first = hard[0]
    alike = [slot for slot in hard if slots[slot].partition("/")[0] == slots[first].partition("/")[0]]
    return [slot for slot in alike if accents or slot == first or slots[slot].count("/") < 2]


def slots_of_part(part: str, slots: Mapping[str, str]) -> list[str]:
    """The slots that a named part wears: one and what goes with it, or none."""
    for name in (part, f"{part}s", *SLOTS_OF.get(part, ())):
        if name in slots:
            return [name, *(other for other in ALSO.get(part, ()) if other in slots)]
    return []


def finishes(words: ObjectWords, slots: Mapping[str, str], rng: np.random.Generator) -> dict[str, Finish]:
    """A finish for every slot: its default, drawn within its family where that is open, and what the words say of it."""
    values: dict[str, dict[str, Any]] = {}
    for slot, name in slots.items():
        family, variety, color = (*name.split("/"), "", "")[:3]
        values[slot] = {
            "family": family,
            "variety": variety,
            "wear": USED.get(family, 0.15),
            "glow": LIT if slot in ("bulb", "flame") else 0.0,
        }
        if color:
            values[slot]["color"] = color
    drawn = {family: str(rng.choice(names)) for family, names in UNNAMED.items()}
    for slot in main_slots(slots, False):
        if values[slot]["variety"] not in LAID:
            values[slot]["variety"] = drawn.get(values[slot]["family"], values[slot]["variety"])
    _apply(words.attributes, values, _aims(words.attributes, slots))
    for part in words.parts:
        own = slots_of_part(part.part.value, slots)
        _apply(part.attributes, values, lambda mention, own=own: own)
    return {slot: Finish.parse(one) for slot, one in values.items()}


def _aims(attributes: Sequence[Mention], slots: Mapping[str, str]) -> Callable[[Mention], list[str]]:
    """Which slots a word of the whole object means."""
    named = [mention for mention in attributes if mention.kind == "material"]
    clad = any(map(_is_soft, named)) if named else None  # a green velvet armchair: it is the velvet that is green

    def aim(mention: Mention) -> list[str]:
        if mention.kind in ("quality", "state"):
            return list(slots)
        if mention.kind == "material":
            own = [slot for slot in WORN_BY.get(mention.value, ()) if slot in slots]
            return own or main_slots(slots, _is_soft(mention))
        if mention.kind in OF_THE_LOOK:
            return _worn(mention, main_slots(slots, clad))
        whole = main_slots(slots, bool(clad), accents=mention.kind in ALL_OVER)
        return whole if mention.kind != "wear" else list(dict.fromkeys([*whole, *main_slots(slots, True)]))

    return aim


def _worn(mention: Mention, slots: list[str]) -> list[str]:
    """Carvings are cut into the faces that are looked at, not into what is thin or sat on."""
    if mention.kind != "pattern" or mention.value != "carved":
        return slots
    return [slot for slot in slots if slot not in UNCARVED] or slots


def _is_soft(mention: Mention) -> bool:
    return mention.kind == "material" and mention.value.partition("/")[0] in SOFT


def _apply(mentions: Sequence[Mention], values: dict[str, dict[str, Any]], slots_for: Any) -> None:
    named = tuple(mention.value for mention in mentions if mention.kind == "material")
    for mention in sorted(mentions, key=lambda mention: mention.kind != "material"):
        for slot in slots_for(mention):
            _apply_one(mention, slot, values[slot], named)


def _apply_one(mention: Mention, slot: str, finish: dict[str, Any], named: tuple[str, ...]) -> None:
    if mention.strength < 0:
        _less(mention, finish)
    elif mention.kind == "material":
        finish.pop("color", None)  # a part of brass on a red chair is brass; a colour of the part itself comes after this
        family, _, variety = FORMERLY.get(mention.value, mention.value).partition("/")
        if finish["family"] in NATURAL and (family == "stone" or mention.value == "glass/crystal"):
            family = finish["family"] if not variety or variety in catalogue()[finish["family"]] else family
        if variety or family != finish["family"]:
            finish.update(family=family, variety=variety or PLAIN_AT.get((slot, family), ""))
    elif mention.kind == "color":
        finish["color"] = mention.value
        if finish["variety"] in LAID:
            finish["color"] = _earthen(mention.value)
            return
        if (not named and finish["family"] in ("wood", "metal")) or finish["variety"] in GREY:
            finish["variety"] = "painted"
        elif finish["family"] == "ceramic" and not any("/" in name for name in named):
            finish["variety"] = "glazed"  # earthenware takes its colour from its glaze
    elif mention.kind == "wear":
        most = 0.62 if finish["variety"] in LAID else 1.0  # large walls would show one pattern of moss again and again
        finish["wear"] = round(min(most, WEAR.get(mention.value, 0.5) * mention.strength**0.5), 3)
    elif mention.kind == "finish" and mention.value == "painted":
        laid = finish["variety"] in LAID
        finish["variety"] = "painted" if finish["family"] in ("wood", "metal") and not laid else finish["variety"]
        finish["roughness"] = 0.3
    elif mention.kind == "finish":
        finish["roughness"] = GLOSS.get(mention.value, 0.5)
    elif mention.kind == "pattern":
        finish["pattern"] = mention.value
    elif mention.kind == "style":
        finish.update(STYLE.get(mention.value, {}))
    elif mention.kind == "quality":
        _quality(mention, finish)
    elif mention.kind == "state" and mention.value == "lit" and finish["family"] == "crystal":
        finish["glow"] = GLEAM
    elif mention.kind == "tone":
        finish["color"] = finish.get("color") or {"dark": "#3a2a1f", "light": "#d8c3a0"}.get(mention.value, "")


def _less(mention: Mention, finish: dict[str, Any]) -> None:
    """Less of it than there is: half the wear; glossy things become matte and the other way round."""
    if mention.kind == "wear" and mention.value != "new":
        finish["wear"] = round(0.5 * finish["wear"], 3)
    elif mention.kind == "finish" and mention.value in GLOSS:
        finish["roughness"] = round(1.0 - GLOSS[mention.value], 3)


def _quality(mention: Mention, finish: dict[str, Any]) -> None:
    if finish["family"] == "leaf" and finish["variety"] in TURNED.get(mention.value, ()):
        finish["variety"] = TURNED[mention.value][finish["variety"]]
    elif mention.value == "moss" and finish["family"] in ("stone", "rock", "bark", "wood"):
        finish["wear"] = round(max(finish["wear"], min(1.0, 0.6 * mention.strength**0.5)), 3)


def _earthen(color: str) -> str:
    """A colour as builders' materials take it: a red roof is not as red as a red ball."""
    channels = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)], np.float64)
    grey = float(channels @ (0.299, 0.587, 0.114))
    strength = (channels.max() - channels.min()) / 255.0
    muted = channels + 0.38 * strength * (grey - channels)
    return "#" + "".join(f"{round(float(value)):02x}" for value in muted)
